using System;

namespace References;

/// <summary>Numbers and times of the wire, byte by byte: what the reader loop calls for each value.</summary>
internal static class WireText
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>A plain JSON number as mantissa and decimals; exponents do not occur in these channels.</summary>
    public static long Mantissa(ReadOnlySpan<byte> text, out byte decimals)
    {
        long mantissa = 0;
        int dot = -1;
        bool negative = text[0] == (byte)'-';
        for (int i = negative ? 1 : 0; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9) mantissa = (mantissa * 10) + digit;
            else if (text[i] == (byte)'.' && dot < 0) dot = i;
            else throw new FormatException("A number has a form the reference does not read.");
        }

        decimals = (byte)(dot < 0 ? 0 : text.Length - dot - 1);
        return negative ? -mantissa : mantissa;
    }

    /// <summary><c>2026-08-01T02:54:05.123456Z</c> as Unix nanoseconds.</summary>
    public static long UnixNanos(ReadOnlySpan<byte> text)
    {
        long days = DaysFromCivil(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
        long seconds = (days * 86_400) + (Digits(text, 11, 2) * 3_600) + (Digits(text, 14, 2) * 60)
            + Digits(text, 17, 2);
        long nanos = 0;
        long unit = NanosPerSecond / 10;
        for (int i = 20; i < text.Length && text[i] != (byte)'Z'; i++)
        {
            nanos += (text[i] - '0') * unit;
            unit /= 10;
        }

        return (seconds * NanosPerSecond) + nanos;
    }

    private static int Digits(ReadOnlySpan<byte> text, int start, int count)
    {
        int value = 0;
        foreach (byte b in text.Slice(start, count)) value = (value * 10) + (b - '0');
        return value;
    }

    /// <summary>Days since 1970-01-01 in the Gregorian calendar, years counted from March.</summary>
    private static long DaysFromCivil(int year, int month, int day)
    {
        year -= month <= 2 ? 1 : 0;
        int era = year / 400;
        int yearOfEra = year - (era * 400);
        int dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return ((long)era * 146_097) + dayOfEra - 719_468;
    }
}
