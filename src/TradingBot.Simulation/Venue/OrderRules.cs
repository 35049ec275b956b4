using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>What the venue refuses before an order exists.</summary>
internal sealed class OrderRules(IVenueMarket[] markets, VenuePosition[] positions, bool refusesExcess)
{
    /// <summary>What the venue answers while orders may be cancelled but nothing matches.</summary>
    public const string NoMatching = "EService:Market in cancel_only mode";

    /// <summary>Initial margin is a tenth of the notional.</summary>
    private const int Leverage = 10;

    /// <summary>Null when the order is welcome, else the venue's words.</summary>
    public string? Refusal(OrderTicket ticket, long cash, IReadOnlyList<VenueOrder> live)
    {
        if (ticket.Lots <= 0) return "EGeneral:Invalid arguments:order_qty";
        if (ticket.HasLimit && ticket.LimitPrice <= 0) return "EOrder:Invalid price";
        if (ticket.IsTriggered && !ticket.HasTrigger) return "EOrder:Invalid price";
        IVenueMarket market = markets[ticket.Market];
        if (StepFault(ticket, market) is string fault) return fault;
        // A stop only waits: it may be left while nothing matches, and nobody is better off without it.
        if (!ticket.IsTriggered && !market.IsMatching) return NoMatching;
        if (IsOpen(ticket.ClientId, live)) return "EGeneral:Invalid arguments:cl_ord_id";
        bool crosses = ticket.IsBuy
            ? ticket.LimitPrice >= market.Asks.BestPrice
            : ticket.LimitPrice <= market.Bids.BestPrice;
        if (ticket.PostOnly && crosses) return "EOrder:Post only order";
        long position = positions[ticket.Market].Lots;
        if (ticket.ReduceOnly)
        {
            bool opposes = position != 0 && position > 0 != ticket.IsBuy;
            if (!opposes) return "EOrder:Reduce only:No position exists";
            // A trigger is checked when it triggers.
            bool exceeds = refusesExcess && !ticket.IsTriggered && ticket.Lots > Math.Abs(position);
            return exceeds ? "EOrder:Reduce only:Order exceeds position" : null;
        }

        return HasMargin(ticket, cash, live) ? null : "EOrder:Insufficient margin";
    }

    /// <summary>
    /// What the venue refuses of an amendment: off the steps, or anew to the book while nothing matches.
    /// </summary>
    public string? AmendRefusal(VenueOrder order, OrderChange change)
    {
        IVenueMarket market = markets[order.Market];
        bool onTick = change.LimitPrice % market.PriceStep == 0 && change.TriggerPrice % market.PriceStep == 0;
        if (!onTick) return "EOrder:Tick size check failed";
        if (change.Lots % market.LotsStep != 0) return "EGeneral:Invalid arguments:order_qty";
        bool meetsBook = order.State == VenueOrderState.Resting && (change.LimitPrice != 0 || change.Lots > order.Lots);
        return meetsBook && !market.IsMatching ? NoMatching : null;
    }

    /// <summary>Whether prices and quantity are multiples of the instrument's steps.</summary>
    private static string? StepFault(OrderTicket ticket, IVenueMarket market)
    {
        bool onTick = ticket.LimitPrice % market.PriceStep == 0 && ticket.TriggerPrice % market.PriceStep == 0;
        if (!onTick) return "EOrder:Tick size check failed";
        if (ticket.Lots % market.LotsStep != 0) return "EGeneral:Invalid arguments:order_qty";
        // What closes a position may be smaller than what may open one.
        return ticket.Lots < market.LotsLeast && !ticket.ReduceOnly ? "EOrder:Order minimum not met" : null;
    }

    /// <summary>
    /// Whether the cash carries positions and open orders, each market at its worse side, and the new one.
    /// </summary>
    private bool HasMargin(OrderTicket ticket, long cash, IReadOnlyList<VenueOrder> live) =>
        Sum(live, ticket) <= (Int128)Math.Max(cash, 0);

    /// <summary>Margin of positions and open orders, each market at its worse side.</summary>
    public long Required(IReadOnlyList<VenueOrder> live) => checked((long)Sum(live, ticket: null));

    private Int128 Sum(IReadOnlyList<VenueOrder> live, OrderTicket? ticket)
    {
        Int128 required = 0;
        for (int i = 0; i < markets.Length; i++)
        {
            long buys = 0;
            long sells = 0;
            foreach (VenueOrder order in live)
            {
                if (order.Market != i || order.ReduceOnly) continue;
                if (order.IsBuy) buys += order.RemainingLots;
                else sells += order.RemainingLots;
            }

            if (i == ticket?.Market && ticket.IsBuy) buys += ticket.Lots;
            if (i == ticket?.Market && !ticket.IsBuy) sells += ticket.Lots;
            long lots = Math.Max(Math.Abs(positions[i].Lots + buys), Math.Abs(positions[i].Lots - sells));
            required += (Int128)lots * markets[i].LastPrice * Money.UnitOf(markets[i]) / Leverage;
        }

        return required;
    }

    /// <summary>Client ids are unique among open orders only.</summary>
    private static bool IsOpen(string clientId, IReadOnlyList<VenueOrder> live) =>
        clientId.Length > 0 && live.Any(order => order.Ticket.ClientId == clientId);
}
