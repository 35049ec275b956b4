using System;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading;

/// <content>What reports and hashes see.</content>
public sealed partial class ProtectionStage
{
    /// <summary>Instruments that ever had an entry, an order or a position; flat ones included.</summary>
    public int PositionCount => _admittedCount;

    public PositionView PositionAt(int index) => View(Admitted(index));

    /// <summary>The instrument's position; the default when there never was any.</summary>
    public PositionView PositionOf(int instrumentId) =>
        _positions[instrumentId] is { } position ? View(position) : default;

    /// <summary>Copies the orders of one instrument that live; the count of them.</summary>
    public int OrdersOf(int instrumentId, Span<OrderView> orders)
    {
        int count = 0;
        if (_positions[instrumentId] is not { } position) return 0;
        for (int i = 0; i < OrderTable.Capacity && count < orders.Length; i++)
        {
            if (position.Orders[i].IsLive) orders[count++] = View(position, in position.Orders[i]);
        }

        return count;
    }

    /// <summary>Adds what is known of one instrument; nothing for an instrument without orders.</summary>
    public void HashInto(ref StableHash hash, int instrumentId)
    {
        if (_positions[instrumentId] is not { } position) return;
        hash.Add((ulong)position.State | (position.Quarantined ? 256UL : 0) | (position.ExitWanted ? 512UL : 0));
        hash.AddDecimal(position.Quantity, LedgerScale.QuantityDecimals);
        hash.AddDecimal(position.AveragePrice, LedgerScale.PriceDecimals);
        hash.AddDecimal(position.PlannedStop, LedgerScale.PriceDecimals);
        _trail.HashInto(ref hash, instrumentId);
        for (int i = 0; i < OrderTable.Capacity; i++)
        {
            ref readonly TrackedOrder order = ref position.Orders[i];
            if (!order.IsLive) continue;
            hash.Add(order.Id.High);
            hash.Add(order.Id.Low);
            hash.Add(((ulong)order.Phase << 8) | (ulong)order.InFlight);
            hash.AddDecimal(order.Quantity, LedgerScale.QuantityDecimals);
            hash.AddDecimal(order.Filled, LedgerScale.QuantityDecimals);
            hash.AddDecimal(order.Trigger, LedgerScale.PriceDecimals);
        }
    }

    private PositionView View(ManagedPosition position) => new()
    {
        InstrumentId = position.InstrumentId,
        State = position.State,
        Quarantined = position.Quarantined,
        Quantity = LedgerScale.QuantityMantissa(position.Quantity, position.QuantityDecimals),
        AveragePrice = LedgerScale.PriceMantissa(position.AveragePrice, position.PriceDecimals),
        PlannedStop = LedgerScale.PriceMantissa(position.PlannedStop, position.PriceDecimals),
        Covered = LedgerScale.QuantityMantissa(StopGuard.Coverage(
            position, in _markets[position.InstrumentId], foreignOnly: false), position.QuantityDecimals),
        PriceDecimals = position.PriceDecimals,
        QuantityDecimals = position.QuantityDecimals,
        UnprotectedNsMax = Math.Max(position.Clock.MaxNs, position.Clock.AgeNs(_nowNs)),
        UnprotectedNsTotal = position.Clock.TotalNs + position.Clock.AgeNs(_nowNs),
    };

    private static OrderView View(ManagedPosition position, ref readonly TrackedOrder order) => new()
    {
        Id = order.Id,
        Role = order.Role,
        Phase = order.Phase,
        InFlight = order.InFlight,
        Side = order.Side,
        Quantity = LedgerScale.QuantityMantissa(order.Quantity, position.QuantityDecimals),
        Filled = LedgerScale.QuantityMantissa(order.Filled, position.QuantityDecimals),
        LimitPrice = LedgerScale.PriceMantissa(order.Limit, position.PriceDecimals),
        TriggerPrice = LedgerScale.PriceMantissa(order.Trigger, position.PriceDecimals),
    };
}
