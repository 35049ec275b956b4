using TradingBot.Market.Values;

namespace TradingBot.Trading.Orders;

public enum CommandKind : byte
{
    None = 0,
    Place = 1,

    /// <summary>Change quantity (new total) and, of a stop, the trigger; the id stays.</summary>
    Amend = 2,
    Cancel = 3,

    /// <summary>Ask the lane for a fresh snapshot of orders, fills and positions.</summary>
    Snapshot = 4,
}

public enum OrderType : byte
{
    None = 0,
    Limit = 1,
    Market = 2,

    /// <summary>Market order once the trigger price is reached.</summary>
    StopLoss = 3,

    /// <summary>Market order once the trigger price is reached on the profitable side.</summary>
    TakeProfit = 4,
}

/// <summary>What the engine wants of the venue. Values only; the lane turns it into bytes.</summary>
public struct OrderCommand
{
    /// <summary>Sequence of the input that caused it.</summary>
    public long CauseSequence;

    /// <summary>Engine time of that input, Unix ns.</summary>
    public long TimeNs;

    /// <summary>The venue is to drop the order when it has not reached matching by then, Unix ns; 0 = none.</summary>
    public long DeadlineNs;

    public ClientOrderId Id;

    /// <summary>Mantissa at <see cref="QuantityDecimals"/>.</summary>
    public long Quantity;

    /// <summary>Mantissas at <see cref="PriceDecimals"/>; 0 = none.</summary>
    public long LimitPrice;
    public long TriggerPrice;

    /// <summary>Entries: where the stop of this intent will go; durable together with the entry (0
    /// otherwise).</summary>
    public long PlannedStop;
    public int InstrumentId;
    public CommandKind Kind;
    public OrderType Type;
    public Side Side;
    public byte PriceDecimals;
    public byte QuantityDecimals;
    public bool ReduceOnly;

    /// <summary>Of a stop: triggered by the reference that is not the configured one (last for index, index for
    /// last).</summary>
    public bool OtherTrigger;

    /// <summary>Of a limit order: what does not fill at once is cancelled; else it rests.</summary>
    public bool ImmediateOrCancel;

    /// <summary>Of a limit order: refused when it would take.</summary>
    public bool PostOnly;
}
