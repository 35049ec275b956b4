using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Paper;

/// <summary>One market of a kept account: position and decimals; numbers are ticks and lots at those.</summary>
internal sealed record KeptMarket(
    string Symbol, int PriceDecimals, int QuantityDecimals, long Lots, Int128 TickLots, long LastPrice);

/// <summary>An order that is live, or that one of the latest fills belongs to.</summary>
internal sealed record KeptOrder(
    string Id, string Symbol, string ClientId, bool IsBuy, VenueOrderType Type, VenueOrderState State, long Lots,
    long FilledLots, Int128 TickLots, long LimitPrice, long TriggerPrice, bool TriggerByIndex, bool ReduceOnly,
    bool PostOnly, bool ImmediateOrCancel, long PlacedNs, long TriggeredNs);

/// <summary>A fill; <paramref name="Order"/> is a position in the list of orders.</summary>
internal sealed record KeptFill(
    int Order, long Number, long Price, long Lots, long CumulativeLots, Int128 CumulativeTickLots, bool IsMaker,
    long Fee, long TradeId, long TimeNs);

/// <summary>A paper account as it lies on disk.</summary>
/// <remarks>Queue positions are not kept: after a restart an order stands behind everything that is shown.</remarks>
internal sealed record PaperAccount(
    string Mark, int Starts, long Cash, long FillCount, KeptMarket[] Markets, KeptOrder[] Orders, KeptFill[] Fills)
{
    /// <summary>A snapshot of executions tells no more than the last fifty fills.</summary>
    private const int FillsKept = 50;

    public static PaperAccount Of(
        string mark, int starts, MatchingEngine engine, PositionLedger ledger, IReadOnlyList<IVenueMarket> markets)
    {
        VenueFill[] latest = [.. engine.Fills.Skip(Math.Max(engine.Fills.Count - FillsKept, 0))];
        List<VenueOrder> orders = [.. engine.Live];
        orders.AddRange(latest.Select(fill => fill.Order).Where(order => !order.IsLive).Distinct());
        return new PaperAccount(
            mark, starts, ledger.Cash, engine.FillCount,
            [.. markets.Select((market, i) => Keep(market, ledger.PositionOf(i)))],
            [.. orders.Select(order => Keep(order, markets[order.Market].Symbol))],
            [.. latest.Select(fill => Keep(fill, orders.IndexOf(fill.Order)))]);
    }

    /// <summary>What makes the account unbelievable, or null.</summary>
    public string? Fault()
    {
        if (Starts < 0 || FillCount < Fills.Length) return "its counts contradict each other";
        int symbols = Markets.Select(market => market.Symbol).Distinct().Count();
        if (symbols != Markets.Length) return "a market stands twice";
        foreach (KeptMarket market in Markets)
        {
            bool fits = market.PriceDecimals >= 0 && market.QuantityDecimals >= 0
                && market.PriceDecimals + market.QuantityDecimals <= Money.Decimals;
            if (!fits) return $"{market.Symbol} has impossible decimals";
            bool agrees = market.TickLots >= 0 && (market.Lots != 0 || market.TickLots == 0);
            if (!agrees) return $"the position in {market.Symbol} contradicts its cost";
        }

        foreach (KeptOrder order in Orders)
        {
            bool isKnown = Enum.IsDefined(order.Type) && Enum.IsDefined(order.State)
                && Markets.Any(market => market.Symbol == order.Symbol);
            if (!isKnown) return $"order {order.Id} is of an unknown market, type or state";
            if (order.FilledLots < 0 || order.FilledLots > order.Lots) return $"order {order.Id} is overfilled";
        }

        return Array.Exists(Fills, fill => fill.Order < 0 || fill.Order >= Orders.Length)
            ? "a fill belongs to no order"
            : null;
    }

    /// <summary>The orders of the account, in the order they are listed.</summary>
    /// <param name="marketOf">Index of a market by its symbol.</param>
    public VenueOrder[] RestoreOrders(Func<string, int> marketOf) =>
        [.. Orders.Select(kept => Restore(kept, marketOf(kept.Symbol)))];

    public VenueFill[] RestoreFills(VenueOrder[] orders) => [.. Fills.Select(kept => new VenueFill(
        orders[kept.Order], kept.Number, kept.Price, kept.Lots, kept.CumulativeLots, kept.CumulativeTickLots,
        kept.IsMaker, kept.Fee, kept.TradeId, kept.TimeNs))];

    private static VenueOrder Restore(KeptOrder kept, int market)
    {
        OrderTicket ticket = new()
        {
            Market = market,
            IsBuy = kept.IsBuy,
            Type = kept.Type,
            Lots = kept.Lots,
            ClientId = kept.ClientId,
            LimitPrice = kept.LimitPrice,
            TriggerPrice = kept.TriggerPrice,
            TriggerByIndex = kept.TriggerByIndex,
            ReduceOnly = kept.ReduceOnly,
            PostOnly = kept.PostOnly,
            ImmediateOrCancel = kept.ImmediateOrCancel,
        };
        return new VenueOrder(kept.Id, ticket, kept.PlacedNs)
        {
            State = kept.State,
            FilledLots = kept.FilledLots,
            TickLots = kept.TickLots,
            TriggeredNs = kept.TriggeredNs,
            AheadLots = long.MaxValue,
        };
    }

    private static KeptMarket Keep(IVenueMarket market, VenuePosition position) => new(
        market.Symbol, market.PriceDecimals, market.QuantityDecimals, position.Lots, position.TickLots,
        market.LastPrice);

    private static KeptOrder Keep(VenueOrder order, string symbol) => new(
        order.Id, symbol, order.Ticket.ClientId, order.IsBuy, order.Ticket.Type, order.State, order.Lots,
        order.FilledLots, order.TickLots, order.LimitPrice, order.TriggerPrice, order.Ticket.TriggerByIndex,
        order.ReduceOnly, order.Ticket.PostOnly, order.Ticket.ImmediateOrCancel, order.PlacedNs, order.TriggeredNs);

    private static KeptFill Keep(VenueFill fill, int order) => new(
        order, fill.Number, fill.Price, fill.Lots, fill.CumulativeLots, fill.CumulativeTickLots, fill.IsMaker,
        fill.Fee, fill.TradeId, fill.TimeNs);
}
