// In:     tickets, amendments and cancels of one account; steps of the markets.
// Out:    execution reports in order of happening; or a refusal as the venue words it.
// Thread: the one that drives virtual time.
// Keeps:  a filled quantity never exceeds the order's; what an order may trade and costs is the ledger's word.
//         Own orders are published in the book, but the background's makers and takers do not act on them.
// Budget: some microseconds an order; nothing to speak of per step without orders.
using System;
using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>Matches one account's orders against the background markets.</summary>
internal sealed partial class MatchingEngine
{
    private readonly IVenueMarket[] _markets;
    private readonly IVenueLedger _ledger;
    private readonly Func<string> _newId;
    private readonly List<VenueOrder> _live = [];
    private readonly List<VenueFill> _fills = [];

    /// <param name="markets">Orders say their market by its place here.</param>
    /// <param name="ledger">The account.</param>
    /// <param name="newId">Gives each order its id.</param>
    public MatchingEngine(IVenueMarket[] markets, IVenueLedger ledger, Func<string> newId)
    {
        _markets = markets;
        _ledger = ledger;
        _newId = newId;
    }

    /// <summary>What happened since the caller last cleared it.</summary>
    public List<ExecutionReport> Reports { get; } = [];

    /// <summary>Markets in which something may have happened since the caller last cleared it, in order.</summary>
    public SortedSet<int> Touched { get; } = [];

    /// <summary>The venue's mode; null: it is always online.</summary>
    public VenueModes? Modes { get; init; }

    /// <summary>A stop already beyond its price is cancelled, not triggered.</summary>
    public bool CancelsLateStops { get; init; }

    /// <summary>The trigger of an order cannot be amended.</summary>
    public bool RefusesTriggerAmends { get; init; }

    /// <summary>A triggered order without a limit goes as far as it takes.</summary>
    public bool TriggeredUnprotected { get; init; }

    /// <summary>A market order goes no further than this from the best price.</summary>
    public int ProtectionPercent { get; init; } = 1;

    public IReadOnlyList<VenueOrder> Live => _live;

    public IReadOnlyList<VenueFill> Fills => _fills;

    public VenueOrder? FindByClientId(string id) =>
        _live.Find(order => id.Length > 0 && order.Ticket.ClientId == id);

    public VenueOrder? FindById(string id) => _live.Find(order => order.Id == id);

    /// <summary>Takes an order; null when accepted, else the venue's words.</summary>
    public string? Place(OrderTicket ticket, long nowNs, out VenueOrder? order)
    {
        order = null;
        string? refusal = Modes?.OrderRefusal(ticket.PostOnly) ?? _ledger.Refusal(ticket, _live);
        if (refusal is not null) return refusal;
        order = new VenueOrder(_newId(), ticket, nowNs);
        order.State = order.IsStop ? VenueOrderState.Untriggered : VenueOrderState.Resting;
        _live.Add(order);
        Report(ReportKind.New, order, nowNs);
        if (order.IsStop)
        {
            Trail(order);
            if (CancelsLateStops && IsReached(order)) End(order, "would_trigger_immediately", nowNs);
        }
        else
        {
            Take(order, nowNs);
            if (order.IsLive) order.AheadLots = LotsAt(order);
        }

        Settle(order.Market, nowNs);
        return null;
    }

    /// <summary>What would be said of an order; null when it would be taken.</summary>
    public string? Refusal(OrderTicket ticket) => _ledger.Refusal(ticket, _live);

    public string? AmendRefusal(VenueOrder order, OrderChange change) => _ledger.AmendRefusal(order, change, _live);

    public string? Amend(VenueOrder? order, OrderChange change, long nowNs)
    {
        if (Modes?.AmendRefusal is string shut) return shut;
        if (order is null || !order.IsLive) return "EOrder:Unknown order";
        if (change.LimitPrice != 0 && !order.Ticket.HasLimit) return "EOrder:Invalid price";
        bool hasTrigger = order.IsStop && order.Ticket.Type != VenueOrderType.TrailingStop;
        if (change.TriggerPrice != 0 && !hasTrigger) return "EOrder:Invalid price";
        if (change.TriggerPrice != 0 && RefusesTriggerAmends) return "EGeneral:Invalid arguments:trigger_price";
        if (_ledger.AmendRefusal(order, change, _live) is string refusal) return refusal;
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
        if (Modes?.ServiceRefusal is string shut) return shut;
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
            foreach (VenueOrder order in LiveIn(market, VenueOrderState.Triggered)) TakeTriggered(order, nowNs);
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
            Trail(order);
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

            long filled = Math.Min(reached, Allowed(order, order.LimitPrice));
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
            long lots = Math.Min(side.BestLots, Allowed(order, order.LimitPrice));
            if (lots > 0) TakeBest(side, order, order.LimitPrice, lots, isMaker: true, nowNs);
            EndIfDone(order, nowNs);
            if (lots == 0) break;
        }

        // Others before us can only become fewer.
        if (order.IsLive) order.AheadLots = Math.Min(order.AheadLots, LotsAt(order));
    }

    /// <summary>A triggered order meets the book; one with a limit stays in it with what is left.</summary>
    private void TakeTriggered(VenueOrder order, long nowNs)
    {
        if (order.Ticket.HasLimit) order.State = VenueOrderState.Resting;
        Take(order, nowNs);
        if (order.IsLive) order.AheadLots = LotsAt(order);
    }

    /// <summary>An arriving order walks the book as far as it may; market orders cancel what is left.</summary>
    private void Take(VenueOrder order, long nowNs)
    {
        IVenueSide side = Opposite(order);
        bool isLimit = order.Ticket.HasLimit;
        long bound = side.BestPrice + (order.Sign * side.BestPrice * ProtectionPercent / 100);
        if (TriggeredUnprotected && order.TriggeredNs > 0) bound = order.IsBuy ? long.MaxValue / 2 : 0;
        long worst = isLimit ? order.LimitPrice : bound;
        string reason = isLimit ? "immediate_or_cancel" : "price_protection";
        while (order.RemainingLots > 0 && side.CanBeTaken && (worst - side.BestPrice) * order.Sign >= 0)
        {
            if (Met(order, side.BestPrice) is VenueOrder own)
            {
                if (order.Ticket.SelfTrade != SelfTradeRule.CancelNewest) End(own, "self_trade", nowNs);
                if (order.Ticket.SelfTrade == SelfTradeRule.CancelOldest) continue;
                End(order, "self_trade", nowNs);
                return;
            }

            long lots = Math.Min(side.BestLots, Allowed(order, side.BestPrice));
            if (lots == 0)
            {
                reason = _ledger.ShortReason;
                break;
            }

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
        VenueFee fee = _ledger.Book(order, price, lots, isMaker, nowNs);
        order.FilledLots += lots;
        order.TickLots += (Int128)price * lots;
        long tradeId = _markets[order.Market].PrintTrade(price, lots);
        VenueFill fill = new(
            order, FillCount + 1, price, lots, order.FilledLots, order.TickLots, isMaker, fee.Amount, tradeId, nowNs,
            fee.InBase);
        _fills.Add(fill);
        Holds(order.RemainingLots >= 0, "no fill beyond the order");
        Report(ReportKind.Trade, order, nowNs, fill);
    }

    /// <summary>Ends what is filled, and what may never trade again.</summary>
    private void EndIfDone(VenueOrder order, long nowNs)
    {
        if (!order.IsLive) return;
        if (order.RemainingLots == 0)
        {
            order.State = VenueOrderState.Filled;
            _live.Remove(order);
            Report(ReportKind.Filled, order, nowNs);
        }
        else if (_ledger.EndOf(order) is string reason)
        {
            End(order, reason, nowNs);
        }
    }

    private void End(VenueOrder order, string reason, long nowNs)
    {
        order.State = VenueOrderState.Canceled;
        _live.Remove(order);
        Report(ReportKind.Canceled, order, nowNs, fill: null, reason);
    }

    private long Allowed(VenueOrder order, long price) => _ledger.Allowed(order, price, _live);

    /// <summary>The order of the same account that a taker would trade with: no such trade happens.</summary>
    private VenueOrder? Met(VenueOrder taker, long price)
    {
        foreach (VenueOrder order in _live)
        {
            bool opposite = order.Market == taker.Market && order.IsBuy != taker.IsBuy;
            if (!opposite || order.State != VenueOrderState.Resting) continue;
            if ((price - order.LimitPrice) * taker.Sign >= 0) return order;
        }

        return null;
    }

    /// <summary>The trigger of a trailing stop follows the best price, and never goes back.</summary>
    private void Trail(VenueOrder order)
    {
        if (order.Ticket.Type != VenueOrderType.TrailingStop) return;
        long trigger = order.Ticket.TrailFrom(ReferenceOf(order));
        bool isCloser = order.TriggerPrice == 0 || (trigger - order.TriggerPrice) * order.Sign < 0;
        if (isCloser) order.TriggerPrice = trigger;
    }

    private long ReferenceOf(VenueOrder order)
    {
        IVenueMarket market = _markets[order.Market];
        return order.Ticket.TriggerByMark ? market.MarkPrice
            : order.Ticket.TriggerByIndex ? market.IndexPrice : market.LastPrice;
    }

    private bool IsReached(VenueOrder order)
    {
        long price = ReferenceOf(order);
        bool isLoss = order.Ticket.Type is not (VenueOrderType.TakeProfit or VenueOrderType.TakeProfitLimit);
        bool upwards = order.IsBuy == isLoss;
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
        foreach (VenueOrder order in _ledger.Surplus(market, _live)) End(order, "reduce_only", nowNs);
        Touched.Add(market);
        _ledger.Settle(market, _live, nowNs);
    }

    private void Report(ReportKind kind, VenueOrder order, long nowNs, VenueFill? fill = null, string reason = "")
    {
        Changes++;
        Reports.Add(new ExecutionReport(
            kind, order, fill, reason, order.Lots, order.FilledLots, order.LimitPrice, order.TriggerPrice, nowNs));
    }

    /// <summary>Stops the run when the simulator contradicts itself: its own fault, never the bot's.</summary>
    internal static void Holds(bool condition, string rule)
    {
        if (!condition) throw new InvalidOperationException("The simulated venue broke its own rule: " + rule);
    }
}
