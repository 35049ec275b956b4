using System;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Kraken.Orders;

/// <summary>A number of the wire: mantissa and decimals, the fraction's trailing zeros taken away.</summary>
public readonly record struct Amount(long Mantissa, int Decimals)
{
    /// <summary>Reads a number of JSON, also with an exponent; false when it does not fit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Amount amount)
    {
        amount = default;
        if (Market.Wire.Mantissa.TryParse(text, out long mantissa, out int decimals) != NumberResult.Ok) return false;
        while (decimals > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            decimals--;
        }

        amount = new Amount(mantissa, decimals);
        return true;
    }

    /// <summary>
    /// Brings both to the greater of their decimals, because a record has one scale for each kind of number.
    /// </summary>
    public static bool TryAlign(ref Amount left, ref Amount right)
    {
        int decimals = Math.Max(left.Decimals, right.Decimals);
        if (!Pow10.TryScaleUp(left.Mantissa, decimals - left.Decimals, out long leftMantissa)) return false;
        if (!Pow10.TryScaleUp(right.Mantissa, decimals - right.Decimals, out long rightMantissa)) return false;
        left = new Amount(leftMantissa, decimals);
        right = new Amount(rightMantissa, decimals);
        return true;
    }

    public override string ToString() => DecimalText.Of(Mantissa, Decimals);
}
