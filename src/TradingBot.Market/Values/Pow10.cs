using System;

namespace TradingBot.Market.Values;

/// <summary>Powers of ten that fit 64 bits, and exact scaling of mantissas between decimals.</summary>
public static class Pow10
{
    /// <summary>
    /// The most decimals a mantissa may have: 10^18 is the greatest power of ten in a signed 64-bit word.
    /// </summary>
    public const int DecimalsMax = 18;

    private static ReadOnlySpan<long> Powers =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>10^<paramref name="exponent"/> for 0 ≤ exponent ≤ 18.</summary>
    public static long Of(int exponent) => Powers[exponent];

    /// <summary>Multiplies by 10^<paramref name="exponent"/>; false when the product leaves 64 bits.</summary>
    public static bool TryScaleUp(long mantissa, int exponent, out long scaled)
    {
        if (exponent == 0)
        {
            scaled = mantissa;
            return true;
        }

        if ((uint)exponent > DecimalsMax)
        {
            scaled = 0;
            return mantissa == 0;
        }

        long high = Math.BigMul(mantissa, Powers[exponent], out scaled);
        // The product fits when the high word is only the sign extension of the low word.
        return high == scaled >> 63;
    }
}
