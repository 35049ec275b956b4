using System;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Storage.Capture;

/// <summary>Lines that carry their receive time in front of the frame.</summary>
internal static class StampedLine
{
    /// <summary>The longest timestamp: <c>2026-08-02T04:23:42.178672600Z</c>.</summary>
    private const int Rfc3339BytesMax = 30;

    /// <summary>The seconds at which 64-bit nanoseconds end, in the year 2262.</summary>
    private const long SecondsMax = long.MaxValue / 1_000_000_000;

    private const int NanosDigits = 9;

    /// <summary><c>2026-08-02T04:23:42.1786726Z {…}</c>: where the frame begins, -1 when the form is another.</summary>
    public static int ReadRfc3339(ReadOnlySpan<byte> line, ref Rfc3339 clock, out long timeNs)
    {
        timeNs = 0;
        int space = line[..Math.Min(line.Length, Rfc3339BytesMax + 1)].IndexOf((byte)' ');
        if (space < 0 || !clock.TryParse(line[..space], out timeNs)) return -1;
        return FrameStart(line, space);
    }

    /// <summary><c>1618678132.8314: {…}</c>: where the frame begins, -1 when the form is another.</summary>
    /// <remarks>Decimals beyond the ninth are dropped.</remarks>
    public static int ReadSeconds(ReadOnlySpan<byte> line, out long timeNs)
    {
        timeNs = 0;
        int index = 0;
        long seconds = 0;
        for (; index < line.Length && IsDigit(line[index]); index++)
        {
            seconds = (seconds * 10) + (line[index] - '0');
            if (seconds >= SecondsMax) return -1;
        }

        if (index == 0) return -1;
        int digits = 0;
        long nanos = 0;
        if (index < line.Length && line[index] == (byte)'.')
        {
            for (index++; index < line.Length && IsDigit(line[index]); index++)
            {
                if (digits == NanosDigits) continue;
                nanos = (nanos * 10) + (line[index] - '0');
                digits++;
            }
        }

        if (index == line.Length || line[index] != (byte)':') return -1;
        timeNs = (seconds * 1_000_000_000) + (nanos * Pow10.Of(NanosDigits - digits));
        return FrameStart(line, index + 1);
    }

    /// <summary>Whether a line has no stamp: notes among cryptofeed's frames begin with a word or an arrow.</summary>
    public static bool IsNote(ReadOnlySpan<byte> line) => !IsDigit(line[0]);

    private static int FrameStart(ReadOnlySpan<byte> line, int from)
    {
        int start = line[from..].IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (start < 0 || line[from + start] is not ((byte)'{' or (byte)'[')) return -1;
        return from + start;
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') <= 9;
}
