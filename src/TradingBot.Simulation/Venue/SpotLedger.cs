// In:     orders before they exist, fills as they happen.
// Out:    refusals in the venue's words, what an order may trade, fees, and entries that add up to the balances.
// Thread: the one that drives virtual time.
// Keeps:  no balance below zero; what live orders hold is never spent by another; Σ entries of an asset = its balance.
//         An order's cost and fee are rounded once, on their sums over its fills: parts never cost more than the whole.
// Budget: a look at the live orders per question: there are dozens at most.
using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>One change of a balance; amounts in units of the asset's decimals.</summary>
/// <param name="Id">The entry's own.</param>
/// <param name="Reference">The trade's id; of a deposit its own.</param>
/// <param name="Amount">What came in or went out, before the fee.</param>
/// <param name="Balance">After amount and fee.</param>
internal sealed record LedgerEntry(
    string Id, string Reference, long TimeNs, string Type, string Asset, long Amount, long Fee, long Balance);

/// <summary>The balances of one spot account: cash only, no margin.</summary>
/// <remarks>Orders hold what they may cost (kraken.com/legal/exchangetradingrules: an amount is subject to a
/// hold).</remarks>
internal sealed class SpotLedger : IVenueLedger
{
    /// <summary>The venue shows dollars at four decimals and other assets at ten.</summary>
    public const int QuoteDecimals = 4;
    public const int BaseDecimals = 10;

    private const int PointDecimals = 4;
    private const long MonthNs = 30L * 24 * 3_600 * 1_000_000_000;
    private const string InsufficientFunds = "EOrder:Insufficient funds";

    private readonly SpotMarket[] _markets;
    private readonly VenueIds _ids;
    private readonly bool _buysPayInBase;
    private readonly Dictionary<string, long> _balances = new(StringComparer.Ordinal);
    private readonly List<LedgerEntry> _entries = [];

    /// <summary>Of fills in order of their numbers, from 1 on.</summary>
    private readonly List<string> _tradeIds = [];
    private readonly Queue<(long TimeNs, long Units)> _month = [];
    private long _monthUnits;

    /// <param name="markets">Orders say their market by its place here.</param>
    /// <param name="ids">Of entries.</param>
    /// <param name="dollars">Deposited at the start.</param>
    /// <param name="buysPayInBase">A buy that does not say so pays its fee in what it bought.</param>
    /// <param name="startNs">When the deposit came.</param>
    public SpotLedger(SpotMarket[] markets, VenueIds ids, long dollars, bool buysPayInBase, long startNs)
    {
        _markets = markets;
        _ids = ids;
        _buysPayInBase = buysPayInBase;
        _balances.Add(SpotMarket.QuoteAsset, 0);
        foreach (SpotMarket market in markets) _balances.Add(market.Asset, 0);
        Deposit(SpotMarket.QuoteAsset, dollars * Money.Pow10(QuoteDecimals), startNs);
    }

    public string ShortReason => "Insufficient funds";

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    /// <summary>Assets of the account, the quote first.</summary>
    public IEnumerable<string> Assets => _balances.Keys;

    public static int DecimalsOf(string asset) => asset == SpotMarket.QuoteAsset ? QuoteDecimals : BaseDecimals;

    public long BalanceOf(string asset) => _balances.GetValueOrDefault(asset);

    /// <summary>What live orders hold of an asset.</summary>
    public long HeldOf(string asset, IReadOnlyList<VenueOrder> live) => live.Sum(order => HeldOf(asset, order));

    /// <summary>Traded in thirty days, in whole dollars.</summary>
    public long VolumeDollars(long nowNs)
    {
        while (_month.TryPeek(out (long TimeNs, long Units) oldest) && oldest.TimeNs <= nowNs - MonthNs)
        {
            _monthUnits -= _month.Dequeue().Units;
        }

        return _monthUnits / Money.Pow10(QuoteDecimals);
    }

    public void Deposit(string asset, long amount, long nowNs)
    {
        if (amount != 0) Enter(asset, "deposit", _ids.Spot('Q'), amount, fee: 0, nowNs);
    }

    public string? Refusal(OrderTicket ticket, IReadOnlyList<VenueOrder> live)
    {
        SpotMarket market = _markets[ticket.Market];
        if (ticket.Lots <= 0) return "EGeneral:Invalid arguments:volume";
        if (ticket.HasLimit && ticket.LimitPrice <= 0) return "EOrder:Invalid price";
        if (ticket.IsTriggered && !ticket.HasTrigger) return "EOrder:Invalid price";
        // Reduce-only concerns positions on margin, which cash never has.
        if (ticket.ReduceOnly) return "EOrder:Reduce only:No position exists";
        if (ticket.Lots < market.LotsLeast) return "EOrder:Order minimum not met";
        long price = PriceOf(ticket, market);
        if (ToQuote(market, (Int128)price * ticket.Lots, up: true) < SpotMarket.CostLeast)
        {
            return "EOrder:Cost minimum not met";
        }

        bool isOpen = ticket.ClientId.Length > 0 && live.Any(order => order.Ticket.ClientId == ticket.ClientId);
        if (isOpen) return "EGeneral:Invalid arguments:cl_ord_id";
        bool crosses = ticket.IsBuy
            ? ticket.LimitPrice >= market.Asks.BestPrice
            : ticket.LimitPrice <= market.Bids.BestPrice;
        if (ticket.PostOnly && crosses) return "EOrder:Post only order";
        string asset = ticket.IsBuy ? SpotMarket.QuoteAsset : market.Asset;
        long needed = ticket.IsBuy
            ? Cost(market, ticket, new Parts(0, 0), price, ticket.Lots)
            : ticket.Lots * LotUnits(market);
        return needed <= BalanceOf(asset) - HeldOf(asset, live) ? null : InsufficientFunds;
    }

    public string? AmendRefusal(VenueOrder order, OrderChange change, IReadOnlyList<VenueOrder> live)
    {
        SpotMarket market = _markets[order.Market];
        long lots = change.Lots == 0 ? order.Lots : change.Lots;
        if (lots < market.LotsLeast) return "EOrder:Order minimum not met";
        long rest = Math.Max(lots - order.FilledLots, 0);
        string asset = order.IsBuy ? SpotMarket.QuoteAsset : market.Asset;
        long price = order.Ticket.HasLimit
            ? change.LimitPrice == 0 ? order.LimitPrice : change.LimitPrice
            : change.TriggerPrice == 0 ? order.TriggerPrice : change.TriggerPrice;
        long needed = order.IsBuy
            ? Cost(market, order.Ticket, PartsOf(order), price, rest)
            : rest * LotUnits(market);
        long free = BalanceOf(asset) - HeldOf(asset, live) + HeldOf(asset, order);
        return needed <= free ? null : InsufficientFunds;
    }

    /// <summary>No more than the balance carries beside what other orders hold.</summary>
    public long Allowed(VenueOrder order, long price, IReadOnlyList<VenueOrder> live)
    {
        SpotMarket market = _markets[order.Market];
        string asset = order.IsBuy ? SpotMarket.QuoteAsset : market.Asset;
        long free = BalanceOf(asset) - HeldOf(asset, live) + HeldOf(asset, order);
        if (!order.IsBuy) return Math.Min(order.RemainingLots, free / LotUnits(market));
        Parts parts = PartsOf(order);
        long least = 0;
        long most = order.RemainingLots;
        if (Cost(market, order.Ticket, parts, price, most) <= free) return most;
        while (most - least > 1)
        {
            long middle = least + ((most - least) / 2);
            if (Cost(market, order.Ticket, parts, price, middle) <= free) least = middle;
            else most = middle;
        }

        return least;
    }

    public string? EndOf(VenueOrder order) => null;

    public VenueFee Book(VenueOrder order, long price, long lots, bool isMaker, long nowNs)
    {
        SpotMarket market = _markets[order.Market];
        FeeTier tier = FeeSchedule.Of(VolumeDollars(nowNs));
        int points = isMaker ? tier.MakerPoints : tier.TakerPoints;
        Int128 ticks = order.TickLots + ((Int128)price * lots);
        long cost = ToQuote(market, ticks, order.IsBuy) - ToQuote(market, order.TickLots, order.IsBuy);
        bool inBase = PaysInBase(order.Ticket);
        Int128 units = order.FeeUnits + (inBase ? (Int128)lots * points : (Int128)price * lots * points);
        long fee = inBase
            ? BaseFee(market, units) - BaseFee(market, order.FeeUnits)
            : QuoteFee(market, units) - QuoteFee(market, order.FeeUnits);
        order.FeeUnits = units;
        _month.Enqueue((nowNs, cost));
        _monthUnits += cost;
        string reference = _ids.Spot('T');
        _tradeIds.Add(reference);
        Enter(SpotMarket.QuoteAsset, "trade", reference, -order.Sign * cost, inBase ? 0 : fee, nowNs);
        Enter(market.Asset, "trade", reference, order.Sign * lots * LotUnits(market), inBase ? fee : 0, nowNs);
        return new VenueFee(fee, inBase);
    }

    public IReadOnlyList<VenueOrder> Surplus(int market, IReadOnlyList<VenueOrder> live) => [];

    public void Settle(int market, IReadOnlyList<VenueOrder> live, long nowNs)
    {
        foreach (string asset in _balances.Keys)
        {
            MatchingEngine.Holds(_balances[asset] >= HeldOf(asset, live), "balance covers what orders hold");
        }
    }

    /// <summary>The listed spot markets have the decimals they have.</summary>
    public bool CanWiden(int market, int quantityDecimals) => false;

    public void Widen(int market, int priceDecimals, int quantityDecimals) =>
        throw new InvalidOperationException("A spot market does not change its decimals.");

    /// <summary>The fee's asset where the client does not say it: what a buy receives, dollars of a sale.</summary>
    public bool PaysInBase(OrderTicket ticket) =>
        ticket.IsBuy && (ticket.Fees == FeePreference.InBase || (ticket.Fees == FeePreference.None && _buysPayInBase));

    /// <summary>The id of a fill's trade, to which its two entries refer.</summary>
    public string TradeIdOf(VenueFill fill) => _tradeIds[(int)fill.Number - 1];

    private void Enter(string asset, string type, string reference, long amount, long fee, long nowNs)
    {
        long balance = checked(_balances[asset] + amount - fee);
        MatchingEngine.Holds(balance >= 0, "no balance below zero");
        _balances[asset] = balance;
        _entries.Add(new LedgerEntry(_ids.Spot('L'), reference, nowNs, type, asset, amount, fee, balance));
    }

    private long HeldOf(string asset, VenueOrder order)
    {
        SpotMarket market = _markets[order.Market];
        if (!order.IsBuy) return asset == market.Asset ? order.RemainingLots * LotUnits(market) : 0;
        // A market order trades at once with what is free, and holds nothing.
        if (asset != SpotMarket.QuoteAsset || order.Ticket.Type == VenueOrderType.Market) return 0;
        long price = order.Ticket.HasLimit ? order.LimitPrice : order.TriggerPrice;
        return Cost(market, order.Ticket, PartsOf(order), price, order.RemainingLots);
    }

    /// <summary>What more lots of a buy cost at a price, at the taker's fee of the lowest tier at most.</summary>
    private long Cost(SpotMarket market, OrderTicket ticket, Parts parts, long price, long lots)
    {
        Int128 more = (Int128)price * lots;
        long cost = ToQuote(market, parts.TickLots + more, up: true) - ToQuote(market, parts.TickLots, up: true);
        if (PaysInBase(ticket)) return cost;
        Int128 units = parts.FeeUnits + (more * FeeSchedule.Spot[0].TakerPoints);
        return cost + QuoteFee(market, units) - QuoteFee(market, parts.FeeUnits);
    }

    /// <summary>The price at which an order is weighed before it trades.</summary>
    private static long PriceOf(OrderTicket ticket, SpotMarket market)
    {
        if (ticket.HasLimit) return ticket.LimitPrice;
        if (ticket.Type == VenueOrderType.TrailingStop) return ticket.TrailFrom(market.LastPrice);
        if (ticket.IsTriggered) return ticket.TriggerPrice;
        return ticket.IsBuy ? market.Asks.BestPrice : market.Bids.BestPrice;
    }

    private static Parts PartsOf(VenueOrder order) => new(order.TickLots, order.FeeUnits);

    private static long LotUnits(SpotMarket market) => Money.Pow10(BaseDecimals - market.QuantityDecimals);

    /// <summary>Ticks × lots as dollars: rounded up where the account pays, down where it receives.</summary>
    private static long ToQuote(SpotMarket market, Int128 tickLots, bool up) =>
        Rounded(tickLots, market.PriceDecimals + market.QuantityDecimals - QuoteDecimals, up);

    private static long QuoteFee(SpotMarket market, Int128 units) => Rounded(
        units, market.PriceDecimals + market.QuantityDecimals + PointDecimals - QuoteDecimals, up: true);

    private static long BaseFee(SpotMarket market, Int128 units) =>
        Rounded(units, market.QuantityDecimals + PointDecimals - BaseDecimals, up: true);

    private static long Rounded(Int128 amount, int decimalsAway, bool up)
    {
        Int128 divisor = (Int128)Money.Pow10(decimalsAway);
        return checked((long)((amount + (up ? divisor - 1 : 0)) / divisor));
    }

    /// <summary>What an order has cost so far, unrounded.</summary>
    private readonly record struct Parts(Int128 TickLots, Int128 FeeUnits);
}
