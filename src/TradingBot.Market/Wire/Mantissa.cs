using System;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>What became of one number on the wire.</summary>
public enum NumberResult : byte
{
    Ok = 0,

    /// <summary>Not a number by the JSON grammar.</summary>
    Invalid = 1,

    /// <summary>A number, but not representable in 63 bits with at most 18 decimals.</summary>
    OutOfRange = 2,
}

/// <summary>
/// Exact conversion of a JSON number's text into (mantissa, decimals). No floating point, never a wrap.
/// </summary>
/// <remarks>
/// Grammar (RFC 8259): <c>-? (0|[1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?</c>, the whole text.
/// Trailing zeros are kept, because Kraken's book checksum is defined over the digits as published:
/// <c>0.03740000</c> is (3740000, 8). Exponents shift the decimals: <c>5.1e-05</c> is (51, 6), <c>1.50e1</c> is
/// (150, 1), <c>1e3</c> is (1000, 0). A zero keeps its decimals, limited to 0..18. Only when a value does not fit are
/// trailing zeros of the fraction given up, one by one, until it does.
/// </remarks>
public static class Mantissa
{
    /// <summary>
    /// Exponents are read up to this magnitude. It is greater than the digits of any text (frames end at 16 MiB), so
    /// beyond it only zero is representable anyway.
    /// </summary>
    private const int ExponentMax = 100_000_000;

    public static NumberResult TryParse(ReadOnlySpan<byte> text, out long mantissa, out int decimals)
    {
        mantissa = 0;
        decimals = 0;
        int index = 0;
        bool negative = false;
        if (text.Length > 0 && text[0] == (byte)'-')
        {
            negative = true;
            index = 1;
        }

        int firstDigit = index;
        ulong value = 0;
        bool wide = false;
        while (index < text.Length && (uint)(text[index] - '0') <= 9)
        {
            wide |= !TryAppend(ref value, (uint)(text[index] - '0'));
            index++;
        }

        int integerDigits = index - firstDigit;
        if (integerDigits == 0 || (integerDigits > 1 && text[firstDigit] == (byte)'0')) return NumberResult.Invalid;

        int fractionDigits = 0;
        if (index < text.Length && text[index] == (byte)'.')
        {
            int start = ++index;
            while (index < text.Length && (uint)(text[index] - '0') <= 9)
            {
                wide |= !TryAppend(ref value, (uint)(text[index] - '0'));
                index++;
            }

            fractionDigits = index - start;
            if (fractionDigits == 0) return NumberResult.Invalid;
        }

        if (index == text.Length && !wide && fractionDigits <= Pow10.DecimalsMax && value <= long.MaxValue)
        {
            mantissa = negative ? -(long)value : (long)value;
            decimals = fractionDigits;
            return NumberResult.Ok;
        }

        return ParseRare(text, index, firstDigit, fractionDigits, negative, out mantissa, out decimals);
    }

    /// <summary>
    /// Reads an integer: a number whose fraction, if any, is zero (<c>5</c>, <c>5.0</c>, <c>1e3</c>).
    /// </summary>
    public static NumberResult TryParseInteger(ReadOnlySpan<byte> text, out long value)
    {
        NumberResult result = TryParse(text, out value, out int decimals);
        if (result != NumberResult.Ok || decimals == 0) return result;
        long divisor = Pow10.Of(decimals);
        long quotient = value / divisor;
        if (quotient * divisor != value) return NumberResult.Invalid;
        value = quotient;
        return NumberResult.Ok;
    }

    private static bool TryAppend(ref ulong value, uint digit)
    {
        const ulong Limit = (ulong)long.MaxValue;
        if (value > (Limit - digit) / 10) return false;
        value = (value * 10) + digit;
        return true;
    }

    /// <summary>Exponents, more than 18 decimals, more digits than 63 bits hold.</summary>
    private static NumberResult ParseRare(
        ReadOnlySpan<byte> text, int index, int firstDigit, int fractionDigits, bool negative,
        out long mantissa, out int decimals)
    {
        mantissa = 0;
        decimals = 0;
        int digitsEnd = index;
        int exponent = 0;
        if (index < text.Length)
        {
            if ((text[index] | 0x20) != 'e' || !TryParseExponent(text[(index + 1)..], out exponent))
            {
                return NumberResult.Invalid;
            }
        }

        // Significant digits without leading zeros and without the dot, at most as many as can matter.
        ReadOnlySpan<byte> digits = text[firstDigit..digitsEnd];
        int trailingZeros = 0;
        bool any = false;
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            if (digits[i] == (byte)'.') continue;
            if (digits[i] != (byte)'0')
            {
                any = true;
                break;
            }

            trailingZeros++;
        }

        int scale = fractionDigits - exponent;
        if (!any)
        {
            decimals = Math.Clamp(scale, 0, Pow10.DecimalsMax);
            return NumberResult.Ok;
        }

        // Give up as few trailing zeros as possible: first none, then one more at a time while they are fraction.
        for (int drop = 0; drop <= trailingZeros && (drop == 0 || scale - drop >= 0); drop++)
        {
            if (scale - drop > Pow10.DecimalsMax) continue;
            if (!TryCollect(digits, drop, out ulong value)) continue;
            int kept = scale - drop;
            long signed = negative ? -(long)value : (long)value;
            if (kept >= 0)
            {
                mantissa = signed;
                decimals = kept;
                return NumberResult.Ok;
            }

            return Pow10.TryScaleUp(signed, -kept, out mantissa) && mantissa != long.MinValue
                ? NumberResult.Ok
                : NumberResult.OutOfRange;
        }

        return NumberResult.OutOfRange;
    }

    private static bool TryCollect(ReadOnlySpan<byte> digits, int drop, out ulong value)
    {
        value = 0;
        int count = digits.Length;
        while (drop > 0)
        {
            count--;
            if (digits[count] != (byte)'.') drop--;
        }

        for (int i = 0; i < count; i++)
        {
            if (digits[i] == (byte)'.') continue;
            if (!TryAppend(ref value, (uint)(digits[i] - '0'))) return false;
        }

        return true;
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        int index = 0;
        bool negative = false;
        if (text.Length > 0 && (text[0] == (byte)'+' || text[0] == (byte)'-'))
        {
            negative = text[0] == (byte)'-';
            index = 1;
        }

        if (index == text.Length) return false;
        for (; index < text.Length; index++)
        {
            uint digit = (uint)(text[index] - '0');
            if (digit > 9) return false;
            exponent = Math.Min((exponent * 10) + (int)digit, ExponentMax);
        }

        if (negative) exponent = -exponent;
        return true;
    }
}
