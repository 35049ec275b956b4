using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Positions;

/// <summary>A position for reports; mantissas at its own decimals.</summary>
public readonly record struct PositionView
{
    public required int InstrumentId { get; init; }

    public required PositionState State { get; init; }

    public required bool Quarantined { get; init; }

    /// <summary>Signed: short is negative.</summary>
    public required long Quantity { get; init; }

    public required long AveragePrice { get; init; }

    /// <summary>Where its stop belongs; 0 = nothing planned.</summary>
    public required long PlannedStop { get; init; }

    /// <summary>Quantity that proven stops cover.</summary>
    public required long Covered { get; init; }

    public required byte PriceDecimals { get; init; }

    public required byte QuantityDecimals { get; init; }

    /// <summary>Engine time without proven protection, the running interval included.</summary>
    public required long UnprotectedNsMax { get; init; }

    public required long UnprotectedNsTotal { get; init; }
}

/// <summary>An order for reports; mantissas at its position's decimals.</summary>
public readonly record struct OrderView
{
    /// <summary>None for orders that are not ours.</summary>
    public required ClientOrderId Id { get; init; }

    public required OrderRole Role { get; init; }

    public required OrderPhase Phase { get; init; }

    public required CommandKind InFlight { get; init; }

    public required Side Side { get; init; }

    public required long Quantity { get; init; }

    public required long Filled { get; init; }

    public required long LimitPrice { get; init; }

    public required long TriggerPrice { get; init; }
}
