using System;
using System.Collections.Generic;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Health;

/// <summary>The orders of a rehearsal: as small as the venue takes, and far from where anything trades.</summary>
/// <param name="Symbol">By the lane's name of it.</param>
/// <param name="Price">Where it trades now.</param>
/// <param name="Entry">A limit order that could only rest.</param>
/// <param name="Second">Another, so that a lane can send both at once.</param>
/// <param name="Stop">A trigger; of derivatives reduce-only.</param>
/// <param name="PriceStep">Orders are moved by it.</param>
internal sealed record RehearsalPlan(
    string Symbol, decimal Price, OrderCommand Entry, OrderCommand Second, OrderCommand Stop, long PriceStep)
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>The same order one step farther away.</summary>
    public OrderCommand Moved(OrderCommand order) => order with
    {
        Kind = CommandKind.Amend,
        Quantity = 0,
        LimitPrice = Math.Max(0, order.LimitPrice - PriceStep),
        TriggerPrice = Math.Max(0, order.TriggerPrice - PriceStep),
    };

    public static OrderCommand Cancel(OrderCommand order) => order with { Kind = CommandKind.Cancel };

    /// <summary>Lines for people, before anything is sent.</summary>
    public IEnumerable<string> Lines()
    {
        string quantity = DecimalText.Of(Entry.Quantity, Entry.QuantityDecimals, shortest: true);
        string limit = DecimalText.Of(Entry.LimitPrice, Entry.PriceDecimals, shortest: true);
        string trigger = DecimalText.Of(Stop.TriggerPrice, Stop.PriceDecimals, shortest: true);
        yield return $"buy {quantity} {Symbol} at {limit}, post only; it trades at {Price}";
        yield return "move it one step down, cancel it";
        string reduces = Stop.ReduceOnly ? ", reduce-only" : "";
        yield return $"sell {quantity} {Symbol} once it trades at {trigger}{reduces}";
        yield return "move its trigger one step down, cancel it";
    }

    /// <summary>Null, with what is missing, when the listing does not say enough.</summary>
    /// <param name="spec">As the venue lists it.</param>
    /// <param name="symbol">The lane's name of it.</param>
    /// <param name="instrument">The lane's number of it.</param>
    /// <param name="price">Where it trades now.</param>
    /// <param name="percent">How far below that the orders lie.</param>
    /// <param name="nowNs">Its seconds are the epoch of the orders' ids: no worker's, and no other rehearsal's.</param>
    /// <param name="fault">What is missing.</param>
    public static RehearsalPlan? Of(
        InstrumentSpec spec, string symbol, int instrument, decimal price, int percent, long nowNs, out string fault)
    {
        fault = spec.Missing.Length > 0 ? $"{spec.Id}: the venue does not list its {spec.Missing}" : "";
        if (fault.Length > 0) return null;
        Amount priceStep = spec.PriceStep!.Value;
        Amount quantityStep = spec.QuantityStep!.Value;
        Amount quantity = spec.QuantityMin!.Value;
        fault = $"{spec.Id}: its steps are no numbers an order can be made of";
        if (!Amount.TryAlign(ref quantityStep, ref quantity)) return null;
        decimal step = ValueOf(priceStep);
        decimal far = decimal.Floor(price * (100 - percent) / 100 / step) * step;
        if (far <= 0 || step <= 0) return null;
        long lots = Round(quantity.Mantissa, quantityStep.Mantissa);
        if (spec.CostMin is { } cost)
        {
            decimal least = ValueOf(cost) / far / ValueOf(quantityStep);
            lots = Math.Max(lots, (long)decimal.Ceiling(least) * quantityStep.Mantissa);
        }

        uint epoch = (uint)(nowNs / NanosPerSecond);
        OrderCommand order = new()
        {
            Kind = CommandKind.Place,
            InstrumentId = instrument,
            Quantity = lots,
            QuantityDecimals = (byte)quantityStep.Decimals,
            PriceDecimals = (byte)priceStep.Decimals,
        };
        long mantissa = (long)(far / step) * priceStep.Mantissa;
        OrderCommand entry = order with
        {
            Id = ClientOrderId.Of(epoch, 1, OrderRole.Entry, 0),
            Type = OrderType.Limit,
            Side = Side.Buy,
            LimitPrice = mantissa,
            PostOnly = true,
        };
        OrderCommand stop = order with
        {
            Id = ClientOrderId.Of(epoch, 1, OrderRole.Stop, 0),
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            TriggerPrice = mantissa,
            ReduceOnly = !spec.IsSpot,
        };
        fault = "";
        OrderCommand second = entry with { Id = ClientOrderId.Of(epoch, 2, OrderRole.Entry, 0) };
        return new RehearsalPlan(symbol, price, entry, second, stop, priceStep.Mantissa);
    }

    private static decimal ValueOf(Amount amount) => amount.Mantissa / (decimal)Pow10.Of(amount.Decimals);

    private static long Round(long quantity, long step) => (quantity + step - 1) / step * step;
}
