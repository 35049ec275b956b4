using System;

namespace TradingBot.Market.Bars;

/// <summary>How a bar's end is decided.</summary>
public enum BarKind : byte
{
    Time = 0,
    Tick = 1,
    Volume = 2,
    Notional = 3,
    Imbalance = 4,
}

/// <summary>Open, high, low, close and volume of one interval of one instrument.</summary>
/// <remarks>
/// Prices are mantissas at <see cref="PriceDecimals"/>, volume at <see cref="QuantityDecimals"/>, notional at the sum
/// of both. Sums are 128 bits: a 63-bit quantity can be added 2^64 times.
/// </remarks>
public struct Bar
{
    public long OpenTimeNs;

    /// <summary>Exclusive end: open + timeframe for time bars, the greatest trade time so far for the others.</summary>
    public long CloseTimeNs;

    public long Open;
    public long High;
    public long Low;
    public long Close;
    public Int128 Volume;
    public Int128 Notional;

    /// <summary>Taker-bought volume minus taker-sold volume.</summary>
    public Int128 SignedVolume;
    public long Count;
    public int InstrumentId;

    /// <summary>Index of the series in its <see cref="BarPlan"/>: timeframes first, then rules.</summary>
    public short SeriesIndex;
    public byte PriceDecimals;
    public byte QuantityDecimals;

    /// <summary>The whole interval was watched: no trade of it can be missing.</summary>
    public bool Complete;

    /// <summary>False while the interval is open.</summary>
    public bool Closed;
}

/// <summary>Which closed bars one event caused: entries of the bar log.</summary>
public struct BarRecord
{
    public long First;
    public int Count;
}
