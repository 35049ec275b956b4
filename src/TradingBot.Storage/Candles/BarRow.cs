using System;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Candles;

/// <summary>One bar as it is kept: an interval of a series.</summary>
/// <remarks>
/// Prices are mantissas at <see cref="PriceDecimals"/>, the volume at <see cref="VolumeDecimals"/>; rows of one series
/// may differ in decimals. Equality is of the mantissas: compare by <see cref="HasValuesOf"/>.
/// </remarks>
public readonly record struct BarRow
{
    /// <summary>Start of the interval, Unix ns.</summary>
    public long OpenTimeNs { get; init; }

    public long Open { get; init; }

    public long High { get; init; }

    public long Low { get; init; }

    public long Close { get; init; }

    /// <summary>0 to 18.</summary>
    public byte PriceDecimals { get; init; }

    /// <summary>Sum of the traded quantities, not negative, below 2^126.</summary>
    public Int128 Volume { get; init; }

    /// <summary>0 to 18.</summary>
    public byte VolumeDecimals { get; init; }

    /// <summary>Trades in the interval; 0 makes it synthetic (see <see cref="IsSynthetic"/>).</summary>
    public long Count { get; init; }

    /// <summary>
    /// The interval is over and was wholly seen. False for the last row of a REST answer until a newer row exists, or
    /// the venue's time is past its end and a second fetch returns it unchanged.
    /// </summary>
    public bool Complete { get; init; }

    /// <summary>
    /// Nothing was traded: the previous close four times, no volume. Never evidence that a feed is alive.
    /// </summary>
    public bool IsSynthetic => Count == 0;

    /// <summary>Whether prices, volume and count are equal, whatever their decimals.</summary>
    public bool HasValuesOf(in BarRow other) =>
        Count == other.Count
        && IsSame(Open, PriceDecimals, other.Open, other.PriceDecimals)
        && IsSame(High, PriceDecimals, other.High, other.PriceDecimals)
        && IsSame(Low, PriceDecimals, other.Low, other.PriceDecimals)
        && IsSame(Close, PriceDecimals, other.Close, other.PriceDecimals)
        && IsSame(Volume, VolumeDecimals, other.Volume, other.VolumeDecimals);

    /// <summary>Equal as numbers: the difference of decimals is at most 18, so 128 bits hold 64-bit prices.</summary>
    private static bool IsSame(Int128 left, int leftDecimals, Int128 right, int rightDecimals)
    {
        if (leftDecimals > rightDecimals) return IsSame(right, rightDecimals, left, leftDecimals);
        Int128 factor = Pow10.Of(rightDecimals - leftDecimals);
        (Int128 quotient, Int128 rest) = Int128.DivRem(right, factor);
        return rest == 0 && quotient == left;
    }
}
