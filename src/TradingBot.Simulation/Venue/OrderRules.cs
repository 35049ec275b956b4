using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What the venue refuses before an order exists.</summary>
internal sealed class OrderRules(PerpetualMarket[] markets, VenuePosition[] positions, List<VenueOrder> live)
{
    /// <summary>Initial margin is a tenth of the notional.</summary>
    private const int Leverage = 10;

    /// <summary>Null when the order is welcome, else the venue's words.</summary>
    public string? Refusal(OrderTicket ticket, long cash)
    {
        if (ticket.Lots <= 0) return "EGeneral:Invalid arguments:order_qty";
        if (ticket.Type == VenueOrderType.Limit && ticket.LimitPrice <= 0) return "EOrder:Invalid price";
        bool isStop = ticket.Type is VenueOrderType.StopLoss or VenueOrderType.TakeProfit;
        if (isStop && ticket.TriggerPrice <= 0) return "EOrder:Invalid price";
        if (IsOpen(ticket.ClientId)) return "EGeneral:Invalid arguments:cl_ord_id";
        SyntheticMarket market = markets[ticket.Market].Perpetual;
        bool crosses = ticket.IsBuy
            ? ticket.LimitPrice >= market.Asks.BestPrice
            : ticket.LimitPrice <= market.Bids.BestPrice;
        if (ticket.PostOnly && crosses) return "EOrder:Post only order";
        long position = positions[ticket.Market].Lots;
        if (ticket.ReduceOnly)
        {
            bool opposes = position != 0 && position > 0 != ticket.IsBuy;
            return opposes ? null : "EOrder:Reduce only:No position exists";
        }

        return HasMargin(ticket, cash) ? null : "EOrder:Insufficient margin";
    }

    /// <summary>
    /// Whether the cash carries positions and open orders, each market at its worse side, and the new one.
    /// </summary>
    private bool HasMargin(OrderTicket ticket, long cash)
    {
        long required = 0;
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

            if (i == ticket.Market && ticket.IsBuy) buys += ticket.Lots;
            if (i == ticket.Market && !ticket.IsBuy) sells += ticket.Lots;
            long lots = Math.Max(Math.Abs(positions[i].Lots + buys), Math.Abs(positions[i].Lots - sells));
            Int128 notional = (Int128)lots * markets[i].LastPrice * markets[i].NotionalUnit;
            if (notional > (Int128)cash * Leverage) return false;
            required += (long)(notional / Leverage);
        }

        return required <= cash;
    }

    /// <summary>Client ids are unique among open orders only.</summary>
    private bool IsOpen(string clientId) =>
        clientId.Length > 0 && live.Exists(order => order.Ticket.ClientId == clientId);
}
