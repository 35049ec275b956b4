using TradingBot.Market.Values;

namespace TradingBot.Signals;

/// <summary>Which calculator spoke.</summary>
public enum SignalKind : byte
{
    None = 0,

    /// <summary>Order-book imbalance and trade flow lean the same way.</summary>
    OrderFlow = 1,

    /// <summary>Fast average crossed the slow one at a bar's close.</summary>
    Crossover = 2,
}

/// <summary>A calculator's opinion about one instrument at one event.</summary>
public struct Signal
{
    /// <summary>Sequence of the event that caused it.</summary>
    public long CauseSequence;

    /// <summary>Engine time of the cause, Unix ns.</summary>
    public long TimeNs;

    /// <summary>Limit price proposed, mantissa at <see cref="PriceDecimals"/>.</summary>
    public long LimitPrice;

    /// <summary>Conviction in 0..1.</summary>
    public double Strength;

    public int InstrumentId;
    public SignalKind Kind;
    public Side Side;
    public byte PriceDecimals;

    /// <summary>Every indicator it rests on had seen enough input.</summary>
    public bool WarmedUp;
}

/// <summary>Which signals one event caused: entries of the signal log.</summary>
public struct SignalRecord
{
    public long First;
    public int Count;
}
