// In:     REST calls under /derivatives/api/v3: public ones, and private ones signed its own way.
// Out:    answers in its form: HTTP 200, "result", and what became of an order inside.
// Thread: the venue's; nothing waits.
// Keeps:  the account is that of the Unified socket: what is done here is told there.
// Budget: some dozens of µs.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The derivatives' own REST, which Kraken ends on 2027-03-01: the half that reads.</summary>
internal sealed partial class DerivativesDesk
{
    public const string Path = "/derivatives/api/v3/";

    private const string Prefix = "/derivatives";
    private const int FillsMax = 100;
    private const int HistoryMax = 100;

    private readonly VenueOptions _options;
    private readonly PerpetualMarket[] _markets;
    private readonly IReadOnlyDictionary<SyntheticMarket, VenueTape> _tapes;
    private readonly MatchingEngine _engine;
    private readonly PositionLedger _ledger;
    private readonly VenueBudgets _budgets;
    private readonly byte[] _secret;
    private readonly Func<string> _newId;
    private readonly DeadMansTimer _timer;
    private readonly FrameText _text = new();
    private readonly DerivativesFrames _frames;

    public DerivativesDesk(VenueOptions options, PerpetualMarket[] markets,
        IReadOnlyDictionary<SyntheticMarket, VenueTape> tapes, MatchingEngine engine, PositionLedger ledger,
        VenueBudgets budgets, DeadMansTimer timer, Func<string> newId)
    {
        _newId = newId;
        _timer = timer;
        _budgets = budgets;
        _options = options;
        _markets = markets;
        _tapes = tapes;
        _engine = engine;
        _ledger = ledger;
        _secret = Convert.FromBase64String(options.DerivativesSecret);
        _frames = new DerivativesFrames(markets, _text);
    }

    /// <summary>The answer to a call; null when it has none of that name.</summary>
    /// <param name="request">The call.</param>
    /// <param name="name">Its path behind the prefix.</param>
    /// <param name="query">What stands behind the question mark, as sent.</param>
    /// <param name="nowNs">Now.</param>
    public FrameText? Answer(RestRequest request, string name, string query, long nowNs)
    {
        string body = Encoding.UTF8.GetString(request.Body.Span);
        RestForm form = RestForm.OfQuery(body.Length > 0 ? body : query);
        if (request.Method == "GET" && name == "orderbook") return Book(form, nowNs);
        if (request.Method == "GET" && name == "history") return History(form, nowNs);
        bool isPrivate = (request.Method, name) is ("GET", "accounts" or "openpositions" or "openorders" or "fills")
            or ("POST", "orders/status" or "sendorder" or "editorder" or "cancelorder" or "cancelallorders"
                or "cancelallordersafter" or "batchorder");
        if (!isPrivate) return null;
        if (!IsSigned(request, body.Length > 0 ? body : query)) return Error("authenticationError", nowNs);
        int batch = name == "batchorder" ? BatchOf(form)?.Length ?? 0 : 0;
        if (!_budgets.Derivatives(name, batch, nowNs)) return Error("apiLimitExceeded", nowNs);
        return name switch
        {
            "accounts" => Accounts(nowNs),
            "openpositions" => Positions(nowNs),
            "openorders" => OpenOrders(nowNs),
            "fills" => Fills(nowNs),
            "orders/status" => Statuses(form, nowNs),
            _ => Do(name, form, nowNs),
        };
    }

    /// <summary>base64 of HMAC-SHA512 over SHA-256 of what was sent, nonce and path without its first part.</summary>
    /// <remarks>https://docs.kraken.com/api/docs/guides/futures-rest</remarks>
    public static string Sign(ReadOnlySpan<byte> secret, string path, string nonce, string sent)
    {
        string signed = path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : path;
        byte[] inner = SHA256.HashData(Encoding.UTF8.GetBytes(sent + nonce + signed));
        return Convert.ToBase64String(HMACSHA512.HashData(secret, inner));
    }

    private bool IsSigned(RestRequest request, string sent)
    {
        int query = request.Path.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? request.Path : request.Path[..query];
        return request.ApiKey == _options.DerivativesKey
            && request.Authent == Sign(_secret, path, request.Nonce, sent);
    }

    private FrameText Begin() => _text.Clear().Add("{\"result\":\"success\","u8);

    private FrameText End(long nowNs)
    {
        _text.Add(",\"serverTime\":"u8);
        return _frames.AddTime(nowNs).Add("}"u8);
    }

    private FrameText Error(string error, long nowNs)
    {
        _text.Clear().Add("{\"result\":\"error\",\"error\":\""u8).Add(error).Add("\""u8);
        return End(nowNs);
    }

    private PerpetualMarket? MarketOf(string symbol) =>
        Array.Find(_markets, market => market.Symbol.Equals(symbol, StringComparison.OrdinalIgnoreCase));

    private FrameText Book(RestForm form, long nowNs)
    {
        if (MarketOf(form.Text("symbol")) is not PerpetualMarket market) return Error("contractNotFound", nowNs);
        Begin().Add("\"orderBook\":{\"bids\":["u8);
        AddSide(market, market.Perpetual.PublicBids);
        _text.Add("],\"asks\":["u8);
        AddSide(market, market.Perpetual.PublicAsks);
        _text.Add("]}"u8);
        return End(nowNs);
    }

    private void AddSide(PerpetualMarket market, PublicSide side)
    {
        for (int i = 0; i < side.Count; i++)
        {
            _text.Add("["u8).Add(side.PriceAt(i), market.PriceDecimals).Add(","u8)
                .Add(side.LotsAt(i), market.QuantityDecimals).Add("],"u8);
        }

        _text.DropComma();
    }

    /// <summary>The last hundred trades, newest first.</summary>
    private FrameText History(RestForm form, long nowNs)
    {
        if (MarketOf(form.Text("symbol")) is not PerpetualMarket market) return Error("contractNotFound", nowNs);
        SyntheticTrade[] trades = [.. _tapes[market.Perpetual].After(nowNs - FundingClock.HourNs).TakeLast(HistoryMax)];
        Begin().Add("\"history\":["u8);
        for (int i = trades.Length - 1; i >= 0; i--)
        {
            _text.Add("{\"time\":"u8);
            _frames.AddTime(trades[i].TimeUs * 1_000).Add(",\"trade_id\":"u8).Add(trades[i].Id)
                .Add(",\"price\":"u8).Add(trades[i].Price, market.PriceDecimals)
                .Add(",\"size\":"u8).Add(trades[i].Lots, market.QuantityDecimals)
                .Add(trades[i].TakerBuys ? ",\"side\":\"buy\""u8 : ",\"side\":\"sell\""u8)
                .Add(",\"type\":\"fill\",\"uid\":\""u8).Add(VenueIds.OfNumber(trades[i].Id)).Add("\"},"u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }

    private FrameText Accounts(long nowNs)
    {
        long initial = _ledger.InitialMargin([]);
        long withOrders = _ledger.InitialMargin(_engine.Live);
        long equity = _ledger.MarginEquity;
        Begin().Add("\"accounts\":{\"cash\":{\"type\":\"cashAccount\",\"balances\":{}},\"flex\":{"u8)
            .Add("\"type\":\"multiCollateralMarginAccount\",\"currencies\":{\"USD\":{\"quantity\":"u8);
        AddMoney(_ledger.Cash).Add(",\"value\":"u8);
        AddMoney(_ledger.Cash).Add(",\"collateralValue\":"u8);
        AddMoney(_ledger.Cash).Add(",\"available\":"u8);
        AddMoney(Math.Max(equity - withOrders, 0)).Add("}}"u8);
        (string Name, long Value)[] figures =
        [
            ("balanceValue", _ledger.Cash), ("portfolioValue", _ledger.PortfolioValue),
            ("collateralValue", equity - _ledger.Unrealised), ("initialMargin", initial),
            ("initialMarginWithOrders", withOrders), ("maintenanceMargin", _ledger.MaintenanceMargin),
            ("pnl", _ledger.Unrealised), ("unrealizedFunding", -_ledger.FundingOwed(nowNs)),
            ("totalUnrealized", _ledger.Unrealised), ("totalUnrealizedAsMargin", _ledger.Unrealised),
            ("marginEquity", equity), ("availableMargin", equity - withOrders),
        ];
        foreach ((string name, long value) in figures)
        {
            _text.Add(",\""u8).Add(name).Add("\":"u8);
            AddMoney(value);
        }

        _text.Add("}}"u8);
        return End(nowNs);
    }

    private FrameText AddMoney(long money) => _text.Add(money, Money.Decimals);

    private FrameText Positions(long nowNs)
    {
        Begin().Add("\"openPositions\":["u8);
        for (int i = 0; i < _markets.Length; i++)
        {
            VenuePosition position = _ledger.PositionOf(i);
            if (position.Lots == 0) continue;
            _text.Add(position.Lots < 0 ? "{\"side\":\"short\",\"symbol\":\""u8 : "{\"side\":\"long\",\"symbol\":\""u8)
                .Add(_markets[i].Symbol).Add("\",\"price\":"u8);
            _frames.AddMean(position, _markets[i]);
            _text.Add(",\"fillTime\":"u8);
            int market = i;
            _frames.AddTime(_engine.Fills.Last(fill => fill.Order.Market == market).TimeNs).Add(",\"size\":"u8)
                .Add(Math.Abs(position.Lots), _markets[i].QuantityDecimals).Add(",\"unrealizedFunding\":"u8);
            AddMoney(-_ledger.FundingOwed(i, nowNs)).Add("},"u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }

    private FrameText OpenOrders(long nowNs)
    {
        Begin().Add("\"openOrders\":["u8);
        foreach (VenueOrder order in _engine.Live)
        {
            _frames.AddOpenOrder(order);
            _text.Add(","u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }

    /// <summary>The newest hundred, newest first.</summary>
    private FrameText Fills(long nowNs)
    {
        Begin().Add("\"fills\":["u8);
        for (int i = _engine.Fills.Count - 1; i >= Math.Max(_engine.Fills.Count - FillsMax, 0); i--)
        {
            _frames.AddFill(_engine.Fills[i]);
            _text.Add(","u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }

    /// <summary>Open orders of a list, or what is left of those that ended in the last seconds.</summary>
    private FrameText Statuses(RestForm form, long nowNs)
    {
        string[] ids = [.. form.Texts("orderIds"), .. form.Texts("cliOrdIds")];
        Begin().Add("\"orders\":["u8);
        foreach (VenueOrder order in _engine.Live)
        {
            if (!ids.Contains(order.Id) && !ids.Contains(order.Ticket.ClientId)) continue;
            _text.Add("{\"order\":"u8);
            _frames.AddEventOrder(order, order.Lots, order.LimitPrice, nowNs);
            bool waits = order.State == VenueOrderState.Untriggered;
            _text.Add(waits ? ",\"status\":\"TRIGGER_PLACED\""u8 : ",\"status\":\"ENTERED_BOOK\""u8)
                .Add(",\"updateReason\":null,\"error\":null},"u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }
}
