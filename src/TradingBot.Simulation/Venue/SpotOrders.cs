using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>What a client may do with orders of the spot account, whichever wire it comes by.</summary>
internal sealed class SpotOrders(
    SpotMarket[] markets, MatchingEngine engine, VenueIds ids, VenueBudgets budgets)
{
    private const long NoTimer = 0;

    public MatchingEngine Engine => engine;

    public SpotMarket[] Markets => markets;

    /// <summary>When the dead man's timer strikes; 0: it is off.</summary>
    public long TimerNs { get; private set; }

    /// <summary>Looks an order over and does nothing; null when it would be taken.</summary>
    public string? Validate(OrderTicket ticket) => engine.Refusal(ticket);

    /// <summary>Takes an order; what it costs of the limits it costs even when it is refused.</summary>
    public string? Place(OrderTicket ticket, long nowNs, out VenueOrder? order)
    {
        order = null;
        int open = engine.Live.Count(live => live.Market == ticket.Market);
        return budgets.Add(ticket.Market, open, nowNs) ?? engine.Place(ticket, nowNs, out order);
    }

    /// <summary>Takes the limits' part of a batch; null when there is room.</summary>
    public string? Admit(int market, int count, long nowNs) => budgets.AddBatch(market, count, nowNs);

    /// <summary>Takes an order of a batch that was admitted.</summary>
    public string? PlaceAdmitted(OrderTicket ticket, long nowNs, out VenueOrder? order) =>
        engine.Place(ticket, nowNs, out order);

    public string? Cancel(VenueOrder? order, long nowNs)
    {
        if (order is { IsLive: true }) budgets.Cancel(order.Market, nowNs - order.TouchedNs, nowNs);
        return engine.Cancel(order, nowNs);
    }

    /// <summary>Amends in place: ids stay.</summary>
    public string? Amend(VenueOrder? order, OrderChange change, long nowNs, out string amendId)
    {
        amendId = string.Empty;
        string? error = Fault(change);
        if (error is null && order is not null) error = budgets.Amend(order.Market, nowNs - order.TouchedNs, nowNs);
        error ??= engine.Amend(order, change, nowNs);
        if (error is not null) return error;
        order!.TouchedNs = nowNs;
        amendId = ids.Spot('T');
        return null;
    }

    /// <summary>Cancels and places anew, with another id: place and fills are lost.</summary>
    public string? Edit(VenueOrder? order, OrderChange change, long nowNs, out VenueOrder? placed)
    {
        placed = null;
        if (order is null || !order.IsLive) return "EOrder:Unknown order";
        if (Fault(change) is string fault) return fault;
        if (budgets.Edit(order.Market, nowNs - order.TouchedNs, nowNs) is string exceeded) return exceeded;
        // The venue's own rule: an order with fills is not editable.
        if (order.FilledLots > 0 || order.State == VenueOrderState.Triggered) return "EOrder:Order not editable";
        OrderTicket ticket = order.Ticket with
        {
            Lots = change.Lots == 0 ? order.Lots : change.Lots,
            LimitPrice = change.LimitPrice == 0 ? order.LimitPrice : change.LimitPrice,
            TriggerPrice = change.TriggerPrice == 0 ? order.TriggerPrice : change.TriggerPrice,
            ClientId = string.Empty,
        };
        if (engine.AmendRefusal(order, change) is string refusal) return refusal;
        string? error = engine.Cancel(order, nowNs);
        return error ?? engine.Place(ticket, nowNs, out placed);
    }

    /// <summary>Cancels what is open of a list of ids, names and numbers of the client's; how many it were.</summary>
    public int CancelAll(Predicate<VenueOrder> wanted, long nowNs)
    {
        List<VenueOrder> found = [];
        foreach (VenueOrder order in engine.Live)
        {
            if (wanted(order)) found.Add(order);
        }

        foreach (VenueOrder order in found) _ = Cancel(order, nowNs);
        return found.Count;
    }

    /// <summary>Sets the timer that cancels everything; 0 seconds turns it off.</summary>
    public void SetTimer(int seconds, long nowNs) =>
        TimerNs = seconds == 0 ? NoTimer : nowNs + (seconds * 1_000_000_000L);

    /// <summary>Strikes when it is time.</summary>
    public void StrikeTimer(long nowNs)
    {
        if (TimerNs == NoTimer || TimerNs > nowNs) return;
        TimerNs = NoTimer;
        CancelAll(static _ => true, nowNs);
    }

    private static string? Fault(OrderChange change) => change.Lots < 0 ? "EGeneral:Invalid arguments:order_qty"
        : change.LimitPrice < 0 || change.TriggerPrice < 0 ? "EOrder:Invalid price" : null;
}
