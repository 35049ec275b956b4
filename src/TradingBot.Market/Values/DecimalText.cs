using System;

namespace TradingBot.Market.Values;

/// <summary>
/// Exact decimal text of a mantissa: (-6300490, 2) is <c>-63004.90</c>, or <c>-63004.9</c> when shortened.
/// </summary>
public static class DecimalText
{
    /// <summary>
    /// Sign, dot, a leading zero, the 39 digits of the greatest 128-bit number, and room for 36 decimals.
    /// </summary>
    public const int BytesMax = 42 + (2 * Pow10.DecimalsMax);

    /// <summary>Writes the number; <paramref name="text"/> holds at least <see cref="BytesMax"/> bytes.</summary>
    /// <param name="shortest">Drop the fraction's trailing zeros, so that equal numbers have equal text at any
    /// scale.</param>
    public static int Write(Int128 mantissa, int decimals, Span<byte> text, bool shortest)
    {
        int length = 0;
        UInt128 magnitude = (UInt128)mantissa;
        if (mantissa < 0)
        {
            text[length++] = (byte)'-';
            magnitude = UInt128.Zero - magnitude;
        }

        // Digits, least significant first, at least one before the dot.
        Span<byte> digits = stackalloc byte[BytesMax];
        int count = 0;
        while (magnitude > ulong.MaxValue)
        {
            (magnitude, UInt128 digit) = UInt128.DivRem(magnitude, 10);
            digits[count++] = (byte)('0' + (int)digit);
        }

        ulong low = (ulong)magnitude;
        while (low != 0)
        {
            (low, ulong digit) = Math.DivRem(low, 10);
            digits[count++] = (byte)('0' + (int)digit);
        }

        while (count <= decimals) digits[count++] = (byte)'0';
        int last = 0;
        if (shortest)
        {
            while (last < decimals && digits[last] == (byte)'0') last++;
        }

        for (int i = count - 1; i >= decimals; i--) text[length++] = digits[i];
        if (last == decimals) return length;
        text[length++] = (byte)'.';
        for (int i = decimals - 1; i >= last; i--) text[length++] = digits[i];
        return length;
    }

    /// <summary>The text as a string, for reports (cold).</summary>
    public static string Of(Int128 mantissa, int decimals, bool shortest = false)
    {
        Span<byte> text = stackalloc byte[BytesMax];
        int length = Write(mantissa, decimals, text, shortest);
        return System.Text.Encoding.ASCII.GetString(text[..length]);
    }
}
