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
    /// <summary>No quantity of Kraken has more: AssetPairs, lot_decimals.</summary>
    private const int QuantityDecimals = 8;

    private const int MillionthDecimals = 6;

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

    /// <summary>
    /// Whether prices and count are equal, and volumes but for the error of a sum of binary floats, which a volume with
    /// more decimals than any quantity of the venue (8) shows itself to be: then less than a millionth.
    /// </summary>
    /// <param name="other">What to compare with.</param>
    /// <param name="isRounded">It is that error that was forgiven.</param>
    public bool AgreesWith(in BarRow other, out bool isRounded)
    {
        isRounded = false;
        if (HasValuesOf(in other)) return true;
        bool isFloat = Math.Max(VolumeDecimals, other.VolumeDecimals) > QuantityDecimals;
        if (!isFloat || !HasValuesOf(other with { Volume = Volume, VolumeDecimals = VolumeDecimals })) return false;
        byte decimals = Math.Max(VolumeDecimals, other.VolumeDecimals);
        Int128 limit = Int128.MaxValue / Pow10.Of(Pow10.DecimalsMax);
        if (Volume > limit || other.Volume > limit) return false;
        Int128 left = Volume * Pow10.Of(decimals - VolumeDecimals);
        Int128 right = other.Volume * Pow10.Of(decimals - other.VolumeDecimals);
        isRounded = Int128.Abs(left - right) < Pow10.Of(decimals - MillionthDecimals);
        return isRounded;
    }

    /// <summary>Equal as numbers: the difference of decimals is at most 18, so 128 bits hold 64-bit prices.</summary>
    private static bool IsSame(Int128 left, int leftDecimals, Int128 right, int rightDecimals)
    {
        if (leftDecimals > rightDecimals) return IsSame(right, rightDecimals, left, leftDecimals);
        Int128 factor = Pow10.Of(rightDecimals - leftDecimals);
        (Int128 quotient, Int128 rest) = Int128.DivRem(right, factor);
        return rest == 0 && quotient == left;
    }
}
