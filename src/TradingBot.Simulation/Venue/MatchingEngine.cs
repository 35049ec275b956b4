// In:     tickets, amendments and cancels of one account; steps of the markets.
// Out:    execution reports in order of happening; or a refusal as the venue words it.
// Thread: the one that drives virtual time.
// Keeps:  position = Σ fills; reduce-only never opens or flips; a filled quantity never exceeds the order's; money is
//         exact. Own orders are not shown in the published book: background flow cannot see them.
// Budget: some microseconds an order; nothing to speak of per step without orders.
using System;
using System.Collections.Generic;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Matches one account's orders against the background markets.</summary>
internal sealed partial class MatchingEngine
{
    private const int TakerFeePoints = 5;
    private const int MakerFeePoints = 2;

    /// <summary>A market order goes no further than this from the best price.</summary>
    private const int ProtectionPercent = 1;

    private readonly IVenueMarket[] _markets;
    private readonly VenuePosition[] _positions;
    private readonly List<VenueOrder> _live = [];
    private readonly List<VenueFill> _fills = [];
    private readonly OrderRules _rules;
    private readonly SplitMix64 _ids;
    private readonly bool _cancelsLateStops;

    public MatchingEngine(IVenueMarket[] markets, long cash, ulong seed, bool cancelsLateStops = false)
    {
        _markets = markets;
        Cash = cash;
        _ids = new SplitMix64(seed ^ 0x5DEE_CE66_D1CE_4E5B);
        _cancelsLateStops = cancelsLateStops;
        _positions = new VenuePosition[markets.Length];
        for (int i = 0; i < markets.Length; i++) _positions[i] = new VenuePosition();
        _rules = new OrderRules(markets, _positions, _live);
    }

    /// <summary>Deposit + realised results − fees.</summary>
    public long Cash { get; private set; }

    /// <summary>What happened since the caller last cleared it.</summary>
    public List<ExecutionReport> Reports { get; } = [];

    public IReadOnlyList<VenueOrder> Live => _live;

    public IReadOnlyList<VenueFill> Fills => _fills;

    public VenuePosition PositionOf(int market) => _positions[market];

    public VenueOrder? FindByClientId(string id) =>
        _live.Find(order => id.Length > 0 && order.Ticket.ClientId == id);

    public VenueOrder? FindById(string id) => _live.Find(order => order.Id == id);

    /// <summary>Takes an order; null when accepted, else the venue's words.</summary>
    public string? Place(OrderTicket ticket, long nowNs, out VenueOrder? order)
    {
        order = null;
        string? refusal = _rules.Refusal(ticket, Cash);
        if (refusal is not null) return refusal;
        order = new VenueOrder(NewId(), ticket, nowNs);
        order.State = order.IsStop ? VenueOrderState.Untriggered : VenueOrderState.Resting;
        _live.Add(order);
        Report(ReportKind.New, order, nowNs);
        if (order.IsStop)
        {
            if (_cancelsLateStops && IsReached(order)) End(order, "would_trigger_immediately", nowNs);
        }
        else
        {
            Take(order, nowNs);
            if (order.IsLive) order.AheadLots = LotsAt(order);
        }

        Settle(order.Market, nowNs);
        return null;
    }

    public string? Amend(VenueOrder? order, OrderChange change, long nowNs)
    {
        if (order is null || !order.IsLive) return "EOrder:Unknown order";
        if (change.LimitPrice != 0 && order.Ticket.Type != VenueOrderType.Limit) return "EOrder:Invalid price";
        if (change.TriggerPrice != 0 && !order.IsStop) return "EOrder:Invalid price";
        if (_rules.AmendRefusal(order, change) is string refusal) return refusal;
        bool keepsPlace = change.LimitPrice is 0 || change.LimitPrice == order.LimitPrice;
        if (change.Lots > order.Lots) keepsPlace = false;
        if (change.Lots != 0) order.Lots = Math.Max(change.Lots, order.FilledLots);
        if (change.LimitPrice != 0) order.LimitPrice = change.LimitPrice;
        if (change.TriggerPrice != 0) order.TriggerPrice = change.TriggerPrice;
        Report(ReportKind.Amended, order, nowNs);
        if (order.RemainingLots == 0)
        {
            End(order, "amended_below_filled", nowNs);
        }
        else if (order.State == VenueOrderState.Resting && !keepsPlace)
        {
            Take(order, nowNs);
            if (order.IsLive) order.AheadLots = LotsAt(order);
        }

        Settle(order.Market, nowNs);
        return null;
    }

    public string? Cancel(VenueOrder? order, long nowNs)
    {
        if (order is null || !order.IsLive) return "EOrder:Unknown order";
        End(order, "user_requested", nowNs);
        Settle(order.Market, nowNs);
        return null;
    }

    /// <summary>An order vanishes and nobody is told.</summary>
    public void Lose(VenueOrder order, long nowNs)
    {
        order.State = VenueOrderState.Canceled;
        _live.Remove(order);
        Settle(order.Market, nowNs);
    }

    /// <summary>
    /// After a step of a perpetual: what was triggered before meets this book, then flow meets resting orders.
    /// </summary>
    public void AfterStep(int market, ReadOnlySpan<FlowTrade> flow, long nowNs)
    {
        if (_live.Count > 0)
        {
            foreach (VenueOrder order in LiveIn(market, VenueOrderState.Triggered)) Take(order, nowNs);
            foreach (FlowTrade trade in flow) MeetFlow(market, trade, nowNs);
            foreach (VenueOrder order in LiveIn(market, VenueOrderState.Resting)) MeetQuotes(order, nowNs);
        }

        Watch(market, nowNs);
    }

    /// <summary>
    /// Triggers whatever the present prices reach: after a step of the perpetual, of its spot market, or a print.
    /// </summary>
    public void Watch(int market, long nowNs)
    {
        foreach (VenueOrder order in LiveIn(market, VenueOrderState.Untriggered))
        {
            if (!IsReached(order)) continue;
            order.State = VenueOrderState.Triggered;
            order.TriggeredNs = nowNs;
            Report(ReportKind.Triggered, order, nowNs);
        }

        Settle(market, nowNs);
    }

    /// <summary>
    /// A background taker trades at a price: resting orders better than it, or next in its queue, fill.
    /// </summary>
    public void MeetFlow(int market, FlowTrade trade, long nowNs)
    {
        long lots = trade.Lots;
        foreach (VenueOrder order in LiveIn(market, VenueOrderState.Resting))
        {
            if (order.IsBuy == trade.TakerBuys || lots <= 0) continue;
            long better = (order.LimitPrice - trade.Price) * order.Sign;
            if (better < 0) continue;
            long reached = lots;
            if (better == 0)
            {
                reached = lots - order.AheadLots;
                order.AheadLots = Math.Max(order.AheadLots - lots, 0);
            }

            long filled = Math.Min(reached, Allowed(order));
            if (filled > 0)
            {
                Fill(order, order.LimitPrice, filled, isMaker: true, nowNs);
                lots -= filled;
            }

            EndIfDone(order, nowNs);
        }
    }

    /// <summary>The other side was quoted through a resting order: those quotes trade with it, at its price.</summary>
    private void MeetQuotes(VenueOrder order, long nowNs)
    {
        IVenueSide side = Opposite(order);
        while (order.IsLive && side.CanBeTaken && (order.LimitPrice - side.BestPrice) * order.Sign >= 0)
        {
            long lots = Math.Min(side.BestLots, Allowed(order));
            if (lots > 0) TakeBest(side, order, order.LimitPrice, lots, isMaker: true, nowNs);
            EndIfDone(order, nowNs);
        }

        // Others before us can only become fewer.
        if (order.IsLive) order.AheadLots = Math.Min(order.AheadLots, LotsAt(order));
    }

    /// <summary>An arriving order walks the book as far as it may; market orders cancel what is left.</summary>
    private void Take(VenueOrder order, long nowNs)
    {
        IVenueSide side = Opposite(order);
        bool isLimit = order.Ticket.Type == VenueOrderType.Limit;
        long bound = side.BestPrice + (order.Sign * side.BestPrice * ProtectionPercent / 100);
        long worst = isLimit ? order.LimitPrice : bound;
        string reason = isLimit ? "immediate_or_cancel" : "price_protection";
        while (order.RemainingLots > 0 && side.CanBeTaken && (worst - side.BestPrice) * order.Sign >= 0)
        {
            if (MeetsOwn(order, side.BestPrice))
            {
                End(order, "self_trade", nowNs);
                return;
            }

            long lots = Math.Min(side.BestLots, Allowed(order));
            if (lots == 0) break;
            TakeBest(side, order, side.BestPrice, lots, isMaker: false, nowNs);
        }

        EndIfDone(order, nowNs);
        bool rests = isLimit && !order.Ticket.ImmediateOrCancel;
        if (order.IsLive && !rests) End(order, reason, nowNs);
    }

    private void TakeBest(IVenueSide side, VenueOrder order, long price, long lots, bool isMaker, long nowNs)
    {
        side.TakeBest(lots);
        Fill(order, price, lots, isMaker, nowNs);
    }

    private void Fill(VenueOrder order, long price, long lots, bool isMaker, long nowNs)
    {
        IVenueMarket market = _markets[order.Market];
        VenuePosition position = _positions[order.Market];
        long before = position.Lots;
        Int128 realised = position.Apply(order.Sign, price, lots);
        long notional = checked((long)((Int128)price * lots * market.NotionalUnit));
        long fee = Money.BasisPoints(notional, isMaker ? MakerFeePoints : TakerFeePoints);
        Cash += checked((long)(realised * market.NotionalUnit)) - fee;
        order.FilledLots += lots;
        order.TickLots += (Int128)price * lots;
        long tradeId = market.PrintTrade(price, lots);
        VenueFill fill = new(
            order, FillCount + 1, price, lots, order.FilledLots, order.TickLots, isMaker, fee, tradeId, nowNs);
        _fills.Add(fill);
        Holds(position.Lots == position.FillLots, "position = Σ fills");
        Holds(order.RemainingLots >= 0, "no fill beyond the order");
        bool reduced = Math.Abs(position.Lots) < Math.Abs(before) && (long)Math.Sign(position.Lots) * before >= 0;
        Holds(!order.ReduceOnly || reduced, "reduce-only reduces");
        Report(ReportKind.Trade, order, nowNs, fill);
    }

    /// <summary>Ends what is filled, and a reduce-only order that has nothing left to reduce.</summary>
    private void EndIfDone(VenueOrder order, long nowNs)
    {
        if (!order.IsLive) return;
        if (order.RemainingLots == 0)
        {
            order.State = VenueOrderState.Filled;
            _live.Remove(order);
            Report(ReportKind.Filled, order, nowNs);
        }
        else if (order.ReduceOnly && Allowed(order) == 0)
        {
            End(order, "reduce_only", nowNs);
        }
    }

    private void End(VenueOrder order, string reason, long nowNs)
    {
        order.State = VenueOrderState.Canceled;
        _live.Remove(order);
        Report(ReportKind.Canceled, order, nowNs, fill: null, reason);
    }

    /// <summary>How much an order may still trade: a reduce-only one no more than the position it reduces.</summary>
    private long Allowed(VenueOrder order)
    {
        if (!order.ReduceOnly) return order.RemainingLots;
        long opposing = Math.Max(-order.Sign * _positions[order.Market].Lots, 0);
        return Math.Min(order.RemainingLots, opposing);
    }

    /// <summary>The venue cancels a taker that would trade with its own account.</summary>
    private bool MeetsOwn(VenueOrder taker, long price)
    {
        foreach (VenueOrder order in _live)
        {
            bool opposite = order.Market == taker.Market && order.IsBuy != taker.IsBuy;
            if (!opposite || order.State != VenueOrderState.Resting) continue;
            if ((price - order.LimitPrice) * taker.Sign >= 0) return true;
        }

        return false;
    }

    private bool IsReached(VenueOrder order)
    {
        IVenueMarket market = _markets[order.Market];
        long price = order.Ticket.TriggerByIndex ? market.IndexPrice : market.LastPrice;
        bool upwards = order.IsBuy == (order.Ticket.Type == VenueOrderType.StopLoss);
        return upwards ? price >= order.TriggerPrice : price <= order.TriggerPrice;
    }

    private IVenueSide Opposite(VenueOrder order) =>
        order.IsBuy ? _markets[order.Market].Asks : _markets[order.Market].Bids;

    /// <summary>What the background shows at an order's price.</summary>
    private long LotsAt(VenueOrder order)
    {
        IVenueMarket market = _markets[order.Market];
        return (order.IsBuy ? market.Bids : market.Asks).LotsShownAt(order.LimitPrice);
    }

    /// <summary>
    /// Live orders of one state, best limit price first, then by age: a copy, since matching changes the list.
    /// </summary>
    private VenueOrder[] LiveIn(int market, VenueOrderState state)
    {
        if (_live.Count == 0) return [];
        List<VenueOrder> found = _live.FindAll(order => order.Market == market && order.State == state);
        if (found.Count < 2) return [.. found];
        VenueOrder[] sorted = [.. found];
        long[] keys = new long[sorted.Length];
        // Age breaks ties: the list is in order of arrival, and a book holds far fewer than 2^16 of our orders.
        for (int i = 0; i < keys.Length; i++) keys[i] = (-sorted[i].Sign * sorted[i].LimitPrice * 65_536) + i;
        Array.Sort(keys, sorted);
        return sorted;
    }

    private void Settle(int market, long nowNs)
    {
        VenuePosition position = _positions[market];
        long stops = 0;
        foreach (VenueOrder order in _live)
        {
            bool protects = order.Market == market && order.ReduceOnly && order.Ticket.Type == VenueOrderType.StopLoss
                && order.Sign == -Math.Sign(position.Lots);
            if (protects) stops += order.RemainingLots;
        }

        position.Protect(Math.Abs(position.Lots) <= stops, nowNs);
    }

    private void Report(ReportKind kind, VenueOrder order, long nowNs, VenueFill? fill = null, string reason = "")
    {
        Changes++;
        Reports.Add(new ExecutionReport(
            kind, order, fill, reason, order.Lots, order.FilledLots, order.LimitPrice, order.TriggerPrice, nowNs));
    }

    private string NewId()
    {
        string high = _ids.Next().ToString("x16", CultureInfo.InvariantCulture);
        string low = _ids.Next().ToString("x16", CultureInfo.InvariantCulture);
        return $"{high[..8]}-{high[8..12]}-5{high[13..]}-b{low[1..4]}-{low[4..]}";
    }

    /// <summary>Stops the run when the simulator contradicts itself: its own fault, never the bot's.</summary>
    private static void Holds(bool condition, string rule)
    {
        if (!condition) throw new InvalidOperationException("The simulated venue broke its own rule: " + rule);
    }
}
