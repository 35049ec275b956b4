using System;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Database;

/// <summary>A quantity with its own decimals: records of different days may have different ones.</summary>
internal readonly record struct ScaledQuantity(long Mantissa, int Decimals)
{
    /// <summary>Quantities of the venue are far from the end of 64 bits, so that negation is exact.</summary>
    public ScaledQuantity Negated => new(-Mantissa, Decimals);

    public override string ToString() => DecimalText.Of(Mantissa, Decimals);

    /// <summary>The exact sum at the greater of the decimals; false when it leaves 64 bits.</summary>
    public static bool TryAdd(ScaledQuantity left, ScaledQuantity right, out ScaledQuantity sum)
    {
        sum = default;
        int decimals = Math.Max(left.Decimals, right.Decimals);
        if (!Pow10.TryScaleUp(left.Mantissa, decimals - left.Decimals, out long one)) return false;
        if (!Pow10.TryScaleUp(right.Mantissa, decimals - right.Decimals, out long other)) return false;
        Int128 exact = (Int128)one + other;
        if (exact < long.MinValue || exact > long.MaxValue) return false;
        sum = new ScaledQuantity((long)exact, decimals);
        return true;
    }

    /// <summary>Whether it is at least the other, at any decimals.</summary>
    public bool Covers(ScaledQuantity other)
    {
        int decimals = Math.Max(Decimals, other.Decimals);
        return Scaled(Mantissa, decimals - Decimals) >= Scaled(other.Mantissa, decimals - other.Decimals);
    }

    private static Int128 Scaled(long mantissa, int exponent) => (Int128)mantissa * Pow10.Of(exponent);
}
