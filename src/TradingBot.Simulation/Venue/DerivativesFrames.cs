using System;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Orders and fills as the derivatives' REST shows them.</summary>
internal sealed class DerivativesFrames(IVenueMarket[] markets, FrameText text)
{
    private const int MeanDecimals = 4;

    /// <summary>A time as <c>"2019-09-05T16:33:50.734Z"</c>, quotes included.</summary>
    public FrameText AddTime(long unixNs)
    {
        string shown = DateTimeOffset.FromUnixTimeMilliseconds(unixNs / 1_000_000)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return text.Add("\""u8).Add(shown).Add("\""u8);
    }

    /// <summary>An order inside an event: what was asked for, and how it stands.</summary>
    public void AddEventOrder(VenueOrder order, long lots, long limitPrice, long nowNs)
    {
        IVenueMarket market = markets[order.Market];
        text.Add("{\"orderId\":\""u8).Add(order.Id).Add("\",\"cliOrdId\":"u8);
        AddClientId(order.Ticket.ClientId);
        text.Add(",\"type\":\""u8).Add(TypeOf(order.Ticket)).Add("\",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"quantity\":"u8).Add(lots, market.QuantityDecimals)
            .Add(",\"filled\":"u8).Add(order.FilledLots, market.QuantityDecimals)
            .Add(",\"limitPrice\":"u8);
        if (order.Ticket.HasLimit) text.Add(limitPrice, market.PriceDecimals);
        else text.Add("null"u8);
        text.Add(",\"reduceOnly\":"u8).Add(order.ReduceOnly ? "true"u8 : "false"u8).Add(",\"timestamp\":"u8);
        AddTime(order.PlacedNs).Add(",\"lastUpdateTimestamp\":"u8);
        AddTime(nowNs).Add("}"u8);
    }

    /// <summary>An order that waits for its price, inside an event.</summary>
    public void AddEventTrigger(VenueOrder order)
    {
        IVenueMarket market = markets[order.Market];
        text.Add("{\"uid\":\""u8).Add(order.Id).Add("\",\"clientId\":"u8);
        AddClientId(order.Ticket.ClientId);
        text.Add(",\"type\":\""u8).Add(TypeOf(order.Ticket)).Add("\",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"quantity\":"u8).Add(order.Lots, market.QuantityDecimals).Add(",\"limitPrice\":"u8);
        if (order.Ticket.HasLimit) text.Add(order.LimitPrice, market.PriceDecimals);
        else text.Add("null"u8);
        bool above = order.IsBuy == order.Ticket.Type is not (VenueOrderType.TakeProfit
            or VenueOrderType.TakeProfitLimit);
        text.Add(",\"triggerPrice\":"u8).Add(order.TriggerPrice, market.PriceDecimals)
            .Add(",\"triggerSide\":\""u8).Add(above ? "trigger_above"u8 : "trigger_below"u8)
            .Add("\",\"triggerSignal\":\""u8).Add(SignalOf(order.Ticket)).Add("_price\",\"reduceOnly\":"u8)
            .Add(order.ReduceOnly ? "true"u8 : "false"u8).Add(",\"timestamp\":"u8);
        AddTime(order.PlacedNs).Add(",\"lastUpdateTimestamp\":"u8);
        AddTime(order.PlacedNs).Add("}"u8);
    }

    public void AddOpenOrder(VenueOrder order)
    {
        IVenueMarket market = markets[order.Market];
        text.Add("{\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        if (order.Ticket.ClientId.Length > 0) text.Add(",\"cliOrdId\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        text.Add(",\"symbol\":\""u8).Add(market.Symbol).Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"orderType\":\""u8).Add(TypeOf(order.Ticket)).Add("\""u8);
        if (order.Ticket.HasLimit) text.Add(",\"limitPrice\":"u8).Add(order.LimitPrice, market.PriceDecimals);
        if (order.IsStop)
        {
            text.Add(",\"stopPrice\":"u8).Add(order.TriggerPrice, market.PriceDecimals)
                .Add(",\"triggerSignal\":\""u8).Add(SignalOf(order.Ticket)).Add("\""u8);
        }

        text.Add(",\"unfilledSize\":"u8).Add(order.RemainingLots, market.QuantityDecimals)
            .Add(",\"receivedTime\":"u8);
        AddTime(order.PlacedNs).Add(",\"status\":\""u8)
            .Add(order.FilledLots > 0 ? "partiallyFilled"u8 : "untouched"u8)
            .Add("\",\"filledSize\":"u8).Add(order.FilledLots, market.QuantityDecimals)
            .Add(",\"reduceOnly\":"u8).Add(order.ReduceOnly ? "true"u8 : "false"u8).Add(",\"lastUpdateTime\":"u8);
        AddTime(order.PlacedNs).Add("}"u8);
    }

    public void AddFill(VenueFill fill)
    {
        IVenueMarket market = markets[fill.Order.Market];
        text.Add("{\"fill_id\":\""u8).Add(FillIdOf(fill)).Add("\",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"side\":\""u8).Add(fill.Order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"order_id\":\""u8).Add(fill.Order.Id).Add("\""u8);
        if (fill.Order.Ticket.ClientId.Length > 0)
        {
            text.Add(",\"cliOrdId\":\""u8).Add(fill.Order.Ticket.ClientId).Add("\""u8);
        }

        text.Add(",\"size\":"u8).Add(fill.Lots, market.QuantityDecimals)
            .Add(",\"price\":"u8).Add(fill.Price, market.PriceDecimals).Add(",\"fillTime\":"u8);
        AddTime(fill.TimeNs).Add(",\"fillType\":\""u8).Add(FillTypeOf(fill)).Add("\"}"u8);
    }

    /// <summary>A fill inside an event of its order.</summary>
    public void AddExecution(VenueFill fill, long nowNs)
    {
        IVenueMarket market = markets[fill.Order.Market];
        text.Add("{\"executionId\":\""u8).Add(FillIdOf(fill))
            .Add("\",\"price\":"u8).Add(fill.Price, market.PriceDecimals)
            .Add(",\"amount\":"u8).Add(fill.Lots, market.QuantityDecimals)
            .Add(",\"orderPriorEdit\":null,\"orderPriorExecution\":"u8);
        AddEventOrder(fill.Order, fill.Order.Lots, fill.Order.LimitPrice, nowNs);
        text.Add(",\"takerReducedQuantity\":null,\"type\":\"EXECUTION\"}"u8);
    }

    public void AddMean(VenuePosition position, IVenueMarket market)
    {
        long lots = Math.Abs(position.Lots);
        long mean = lots == 0 ? 0 : (long)(position.TickLots * Money.Pow10(MeanDecimals) / lots);
        text.Add(mean, market.PriceDecimals + MeanDecimals);
    }

    /// <summary>A fill has a UUID here: made of its number, the same wherever it is told.</summary>
    public static string FillIdOf(VenueFill fill)
    {
        string number = fill.Number.ToString("x12", CultureInfo.InvariantCulture);
        return $"{fill.Order.Id[..8]}-0000-5000-b000-{number}";
    }

    public static string FillTypeOf(VenueFill fill) =>
        fill.Order.Ticket.IsLiquidation ? "liquidation" : fill.IsMaker ? "maker" : "taker";

    public static string TypeOf(OrderTicket ticket) => ticket.Type switch
    {
        VenueOrderType.Market => "mkt",
        VenueOrderType.StopLoss or VenueOrderType.StopLossLimit => "stop",
        VenueOrderType.TakeProfit or VenueOrderType.TakeProfitLimit => "take_profit",
        VenueOrderType.TrailingStop => "trailing_stop",
        _ => ticket.PostOnly ? "post" : ticket.ImmediateOrCancel ? "ioc" : "lmt",
    };

    public static string SignalOf(OrderTicket ticket) =>
        ticket.TriggerByMark ? "mark" : ticket.TriggerByIndex ? "index" : "last";

    private void AddClientId(string id)
    {
        if (id.Length == 0) text.Add("null"u8);
        else text.Add("\""u8).Add(id).Add("\""u8);
    }
}
