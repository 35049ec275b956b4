// In:     signed REST calls of the spot account, already looked at for key, signature and nonce.
// Out:    answers in the form of Kraken's REST.
// Thread: the venue's; nothing waits.
// Keeps:  what is read may be as old as the options say and never goes back; what is done is done now.
// Budget: some dozens of µs; lists are of one account.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The private calls of spot that read: balances, orders, trades, ledgers, fees.</summary>
internal sealed partial class SpotDesk
{
    private const int PageRows = 50;
    private const int QueriedMax = 50;
    private const long SecondNs = 1_000_000_000;
    private const string WrongArguments = "EGeneral:Invalid arguments";
    private const string UnknownOrder = "EOrder:Unknown order";

    private readonly VenueOptions _options;
    private readonly SpotOrders _orders;
    private readonly SpotLedger _ledger;
    private readonly SpotHistory _history;
    private readonly FrameText _text = new();
    private readonly SpotRestFrames _frames;
    private readonly SplitMix64 _random;
    private long _asOfNs;

    public SpotDesk(VenueOptions options, SpotOrders orders, SpotLedger ledger, SpotHistory history)
    {
        _options = options;
        _orders = orders;
        _ledger = ledger;
        _history = history;
        _frames = new SpotRestFrames(orders.Markets, ledger, _text);
        _random = new SplitMix64(options.Seed ^ 0x5D0C_0000_0000_0007);
    }

    /// <summary>The answer to a private call by its name; null when there is none of that name.</summary>
    public FrameText? Answer(string name, RestForm form, long nowNs)
    {
        Look(nowNs);
        return name switch
        {
            "Balance" => Balance(),
            "BalanceEx" => BalanceEx(),
            "TradeBalance" => TradeBalance(),
            "OpenOrders" => OpenOrders(form),
            "ClosedOrders" => ClosedOrders(form),
            "QueryOrders" => QueryOrders(form),
            "TradesHistory" => TradesHistory(form),
            "QueryTrades" => QueryTrades(form),
            "Ledgers" => Ledgers(form),
            "QueryLedgers" => QueryLedgers(form),
            "OpenPositions" => Begin().Add("}"u8).Add("}"u8),
            "TradeVolume" => TradeVolume(form, nowNs),
            _ => Do(name, form, nowNs),
        };
    }

    /// <summary>Draws how old the picture is: REST lags behind the stream, and never shows less than it did.</summary>
    private void Look(long nowNs)
    {
        int lagMs = (int)(_options.Habits.RestLagNsMax / 1_000_000);
        long lagNs = lagMs == 0 ? 0 : _random.Below(lagMs + 1) * 1_000_000L;
        _asOfNs = Math.Max(_asOfNs, nowNs - lagNs);
    }

    private FrameText Begin() => _text.Clear().Add("{\"error\":[],\"result\":{"u8);

    private FrameText Error(string error) => _text.Clear().Add("{\"error\":[\""u8).Add(error).Add("\"]}"u8);

    /// <summary>Balances as they were: the last entry of each asset by then.</summary>
    private long BalanceOf(string asset) =>
        _ledger.Entries.LastOrDefault(entry => entry.Asset == asset && entry.TimeNs <= _asOfNs)?.Balance ?? 0;

    private FrameText Balance()
    {
        Begin();
        foreach (string asset in _ledger.Assets)
        {
            _text.Add("\""u8).Add(_frames.KeyOf(asset)).Add("\":\""u8)
                .Add(BalanceOf(asset), SpotLedger.DecimalsOf(asset)).Add("\","u8);
        }

        return _text.DropComma().Add("}}"u8);
    }

    private FrameText BalanceEx()
    {
        Begin();
        foreach (string asset in _ledger.Assets)
        {
            int decimals = SpotLedger.DecimalsOf(asset);
            _text.Add("\""u8).Add(_frames.KeyOf(asset)).Add("\":{\"balance\":\""u8).Add(BalanceOf(asset), decimals)
                .Add("\",\"hold_trade\":\""u8).Add(_ledger.HeldOf(asset, _orders.Engine.Live), decimals)
                .Add("\"},"u8);
        }

        return _text.DropComma().Add("}}"u8);
    }

    private FrameText TradeBalance()
    {
        long dollars = BalanceOf(SpotMarket.QuoteAsset);
        foreach (SpotMarket market in _orders.Markets)
        {
            Int128 worth = (Int128)BalanceOf(market.Asset) * market.LastPrice;
            int away = SpotLedger.BaseDecimals + market.PriceDecimals - SpotLedger.QuoteDecimals;
            dollars += (long)(worth / Money.Pow10(away));
        }

        Begin().Add("\"eb\":\""u8).Add(dollars, SpotLedger.QuoteDecimals)
            .Add("\",\"tb\":\""u8).Add(BalanceOf(SpotMarket.QuoteAsset), SpotLedger.QuoteDecimals)
            .Add("\",\"m\":\"0.0000\",\"n\":\"0.0000\",\"c\":\"0.0000\",\"v\":\"0.0000\",\"e\":\""u8)
            .Add(BalanceOf(SpotMarket.QuoteAsset), SpotLedger.QuoteDecimals).Add("\",\"mf\":\""u8)
            .Add(BalanceOf(SpotMarket.QuoteAsset), SpotLedger.QuoteDecimals);
        return _text.Add("\"}}"u8);
    }

    private FrameText OpenOrders(RestForm form)
    {
        Begin().Add("\"open\":{"u8);
        AddOrders(form, isOpen: true, int.MaxValue, first: 0);
        return _text.Add("}}}"u8);
    }

    /// <summary>Newest first, fifty a page.</summary>
    private FrameText ClosedOrders(RestForm form)
    {
        if (!TryOffset(form, out int first)) return Error(WrongArguments + ":ofs");
        Begin().Add("\"closed\":{"u8);
        int count = AddOrders(form, isOpen: false, PageRows, first);
        return _text.Add("},\"count\":"u8).Add(count).Add("}}"u8);
    }

    /// <summary>Adds a page of what is wanted, newest first; how many there are in all.</summary>
    private int AddOrders(RestForm form, bool isOpen, int rows, int first)
    {
        (long startNs, long endNs) = Span(form);
        bool withTrades = form.Text("trades") == "true";
        int found = 0;
        for (int i = _history.Records.Count - 1; i >= 0; i--)
        {
            SpotRecord record = _history.Records[i];
            if (record.At(_asOfNs) is not ExecutionReport report) continue;
            bool isOver = report.Kind is ReportKind.Filled or ReportKind.Canceled;
            long timeNs = isOver ? report.TimeNs : record.Order.PlacedNs;
            if (isOver == isOpen || !IsWanted(form, record.Order) || timeNs <= startNs || timeNs > endNs) continue;
            bool isOnPage = found >= first && found - first < rows;
            found++;
            if (!isOnPage) continue;
            _frames.AddOrder(record, report, _asOfNs, withTrades);
            _text.Add(","u8);
        }

        _text.DropComma();
        return found;
    }

    private FrameText QueryOrders(RestForm form)
    {
        string[] ids = form.Texts("txid");
        if (ids.Length is 0 or > QueriedMax) return Error(WrongArguments + ":txid");
        Begin();
        foreach (string id in ids)
        {
            SpotRecord? record = _history.Find(id);
            if (record?.At(_asOfNs) is not ExecutionReport report) continue;
            _frames.AddOrder(record, report, _asOfNs, form.Text("trades") == "true");
            _text.Add(","u8);
        }

        return _text.DropComma().Add("}}"u8);
    }

    private FrameText TradesHistory(RestForm form)
    {
        if (!TryOffset(form, out int first)) return Error(WrongArguments + ":ofs");
        (long startNs, long endNs) = Span(form);
        VenueFill[] fills = [.. _history.Fills.Where(fill =>
            fill.TimeNs <= _asOfNs && fill.TimeNs > startNs && fill.TimeNs <= endNs).Reverse()];
        Begin().Add("\"trades\":{"u8);
        foreach (VenueFill fill in fills.Skip(first).Take(PageRows))
        {
            _frames.AddTrade(fill);
            _text.Add(","u8);
        }

        return _text.DropComma().Add("},\"count\":"u8).Add(fills.Length).Add("}}"u8);
    }

    private FrameText QueryTrades(RestForm form)
    {
        string[] ids = form.Texts("txid");
        Begin();
        foreach (VenueFill fill in _history.Fills)
        {
            if (fill.TimeNs > _asOfNs || !ids.Contains(_ledger.TradeIdOf(fill))) continue;
            _frames.AddTrade(fill);
            _text.Add(","u8);
        }

        return _text.DropComma().Add("}}"u8);
    }

    private FrameText Ledgers(RestForm form)
    {
        if (!TryOffset(form, out int first)) return Error(WrongArguments + ":ofs");
        (long startNs, long endNs) = Span(form);
        string[] assets = form.Texts("asset");
        string type = form.Text("type");
        LedgerEntry[] entries = [.. _ledger.Entries.Where(entry => entry.TimeNs <= _asOfNs && entry.TimeNs > startNs
            && entry.TimeNs <= endNs && (type.Length == 0 || type == "all" || type == entry.Type)
            && (assets.Length == 0 || assets.Contains(entry.Asset) || assets.Contains(_frames.KeyOf(entry.Asset))
                || assets.Contains("all"))).Reverse()];
        Begin().Add("\"ledger\":{"u8);
        AddEntries(entries.Skip(first).Take(PageRows));
        return _text.Add("},\"count\":"u8).Add(entries.Length).Add("}}"u8);
    }

    private FrameText QueryLedgers(RestForm form)
    {
        string[] ids = form.Texts("id");
        Begin();
        AddEntries(_ledger.Entries.Where(entry => entry.TimeNs <= _asOfNs && ids.Contains(entry.Id)));
        return _text.Add("}}"u8);
    }

    private void AddEntries(IEnumerable<LedgerEntry> entries)
    {
        foreach (LedgerEntry entry in entries)
        {
            _frames.AddEntry(entry);
            _text.Add(","u8);
        }

        _text.DropComma();
    }

    /// <summary>Fees in percent at four decimals: a point is a hundredth of a percent.</summary>
    private FrameText TradeVolume(RestForm form, long nowNs)
    {
        long volume = _ledger.VolumeDollars(nowNs);
        Begin().Add("\"currency\":\"ZUSD\",\"volume\":\""u8).Add(volume).Add(".0000\""u8);
        string[] names = form.Texts("pair");
        SpotMarket[] wanted = [.. _orders.Markets.Where(market => names.Any(market.IsNamed))];
        if (names.Length > 0 && wanted.Length == 0) return Error("EQuery:Unknown asset pair");
        if (wanted.Length > 0)
        {
            AddFees(",\"fees\":{"u8, wanted, volume, static tier => tier.TakerPoints);
            AddFees(",\"fees_maker\":{"u8, wanted, volume, static tier => tier.MakerPoints);
        }

        return _text.Add("}}"u8);
    }

    private void AddFees(ReadOnlySpan<byte> name, SpotMarket[] wanted, long volume, Func<FeeTier, int> pointsOf)
    {
        _text.Add(name);
        FeeTier tier = FeeSchedule.Of(volume);
        foreach (SpotMarket market in wanted)
        {
            _text.Add("\""u8).Add(market.Key).Add("\":{\"fee\":\""u8).Add(pointsOf(tier) * 100, 4)
                .Add("\",\"minfee\":\""u8).Add(pointsOf(FeeSchedule.Spot[^1]) * 100, 4)
                .Add("\",\"maxfee\":\""u8).Add(pointsOf(FeeSchedule.Spot[0]) * 100, 4);
            if (FeeSchedule.After(volume) is FeeTier next)
            {
                _text.Add("\",\"nextfee\":\""u8).Add(pointsOf(next) * 100, 4)
                    .Add("\",\"nextvolume\":\""u8).Add(next.VolumeDollars).Add(".0000\""u8);
            }
            else
            {
                _text.Add("\",\"nextfee\":null,\"nextvolume\":null"u8);
            }

            _text.Add(",\"tiervolume\":\""u8).Add(tier.VolumeDollars).Add(".0000\"},"u8);
        }

        _text.DropComma().Add("}"u8);
    }

    private static bool IsWanted(RestForm form, VenueOrder order)
    {
        string clientId = form.Text("cl_ord_id");
        string number = form.Text("userref");
        return (clientId.Length == 0 || clientId == order.Ticket.ClientId)
            && (number.Length == 0
                || number == order.Ticket.UserReference.ToString(CultureInfo.InvariantCulture));
    }

    private static bool TryOffset(RestForm form, out int offset)
    {
        offset = 0;
        string text = form.Text("ofs");
        return text.Length == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset) && offset >= 0);
    }

    /// <summary>Later than the first and up to the second, Unix ns.</summary>
    private (long StartNs, long EndNs) Span(RestForm form) => (TimeOf(form.Text("start"), 0), TimeOf(form.Text("end"),
        long.MaxValue));

    /// <summary>A time in seconds, or the id of an order.</summary>
    private long TimeOf(string text, long otherwise)
    {
        if (_history.Find(text) is SpotRecord record) return record.Order.PlacedNs;
        bool isNumber = decimal.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        return isNumber && seconds < long.MaxValue / SecondNs ? (long)(seconds * SecondNs) : otherwise;
    }
}
