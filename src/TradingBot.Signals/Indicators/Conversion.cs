using System;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>The one door from exact numbers to floating point, and the one back.</summary>
public static class Conversion
{
    /// <summary>Below 2^52 units the doubles nearest to two neighbouring mantissas always differ.</summary>
    public const long UnitsMax = 1L << 52;

    private static ReadOnlySpan<double> Powers =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ];

    /// <summary>
    /// mantissa / 10^decimals for 0 ≤ decimals ≤ 18: the nearest double while |mantissa| ≤ 2^53 (both operands are then
    /// exact), else the quotient of the nearest one.
    /// </summary>
    public static double ToDouble(long mantissa, int decimals) => mantissa / Powers[decimals];

    /// <summary>Adds the raw bits: equal only when bit for bit equal.</summary>
    public static void AddBits(this ref StableHash hash, double value) =>
        hash.Add(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>
    /// The least multiple of the increment that is not below the value, or the greatest not above it.
    /// </summary>
    /// <param name="value">In units of price.</param>
    /// <param name="decimals">Decimals of the increment and of the result.</param>
    /// <param name="incrementMantissa">The instrument's tick, greater than zero.</param>
    /// <param name="roundUp">Whether the safe side is up.</param>
    /// <param name="mantissa">The price, 0 when there is none.</param>
    /// <returns>
    /// False for NaN, infinities and results beyond 2^52 units, where a double may not say which tick is meant.
    /// </returns>
    /// <remarks>
    /// "Not below" compares doubles, so the double nearest to a tick becomes exactly that tick: 1.1 stays 1.1, although
    /// 1.1 × 10 is greater than 11 in floating point.
    /// </remarks>
    public static bool ToTick(double value, int decimals, long incrementMantissa, bool roundUp, out long mantissa)
    {
        mantissa = 0;
        if (incrementMantissa <= 0 || (uint)decimals > Pow10.DecimalsMax) return false;
        double ticks = value * Powers[decimals] / incrementMantissa;
        double units = value * Powers[decimals];
        // Written so that NaN fails. The increment is added to leave room for the step to the next tick.
        if (!(Math.Abs(units) + incrementMantissa < UnitsMax)) return false;

        // The estimate is off by less than two ticks: truncation by one, the two roundings by far less than another.
        long candidate = (long)ticks;
        if (roundUp)
        {
            candidate -= 2;
            while (ToDouble(candidate * incrementMantissa, decimals) < value) candidate++;
        }
        else
        {
            candidate += 2;
            while (ToDouble(candidate * incrementMantissa, decimals) > value) candidate--;
        }

        mantissa = candidate * incrementMantissa;
        return true;
    }
}
