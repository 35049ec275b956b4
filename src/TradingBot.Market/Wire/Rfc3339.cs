using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TradingBot.Market.Wire;

/// <summary>RFC 3339 UTC timestamps to Unix nanoseconds, with the last seen day cached.</summary>
/// <remarks>
/// Accepted: <c>YYYY-MM-DDTHH:MM:SS[.f{1,9}][Z]</c>. A missing <c>Z</c> was seen on the wire and is read as UTC; any
/// other offset is refused. Years 1970..2261 (64-bit nanoseconds end in 2262). Seconds 0..59.
/// </remarks>
public struct Rfc3339
{
    private const long NanosPerSecond = 1_000_000_000;
    private const long NanosPerDay = 86_400 * NanosPerSecond;

    /// <summary>Bytes of <c>2026-03-04T05:06:07.080910Z</c>, which is how spot v2 and Unified write a time.</summary>
    internal const int MicrosLength = 27;

    /// <summary>No time: every one we accept is later.</summary>
    internal const long Refused = -1;

    // The ten date bytes as two overlapping words; equal words mean the cached day applies.
    private ulong _dayLow;
    private ulong _dayHigh;
    private long _dayNs;

    /// <summary>Parses the whole text; false leaves <paramref name="unixNs"/> zero.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out long unixNs)
    {
        unixNs = Read(text);
        if (unixNs != Refused) return true;
        unixNs = 0;
        return false;
    }

    /// <summary>Unix nanoseconds of the whole text, or <see cref="Refused"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    internal long Read(ReadOnlySpan<byte> text)
    {
        bool dayIsCached = Ssse3.IsSupported && text.Length == MicrosLength && text[MicrosLength - 1] == (byte)'Z'
            && BitConverter.ToUInt64(text) == _dayLow && BitConverter.ToUInt64(text[2..]) == _dayHigh && _dayNs != 0;
        return dayIsCached ? ReadMicros(text) : ReadEach(text);
    }

    /// <summary>The 17 bytes of <c>T05:06:07.080910Z</c> on the cached day: the last 16 at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private readonly long ReadMicros(ReadOnlySpan<byte> text)
    {
        // What stands above the template: at most 9 where it has a zero, nothing where it has a sign.
        Vector128<byte> above = Vector128.Create(text[11..]) - Vector128.Create("00:00:00.000000Z"u8);
        Vector128<byte> most = Vector128.Create((byte)9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 0);
        Vector128<byte> pairs = Vector128.Shuffle(
            above, Vector128.Create((byte)0, 1, 3, 4, 255, 255, 6, 7, 9, 10, 11, 12, 255, 255, 13, 14));
        Vector128<short> twos = Ssse3.MultiplyAddAdjacent(
            pairs, Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
        Vector128<short> twosMost = Vector128.Create((short)23, 59, 0, 59, 99, 99, 0, 99);
        Vector128<byte> isOver = Vector128.GreaterThan(above, most) | Vector128.GreaterThan(twos, twosMost).AsByte();
        if (isOver != Vector128<byte>.Zero || text[10] != (byte)'T') return Refused;

        // Hours and minutes in seconds, seconds, the first four decimals in millionths, the last two.
        Vector128<ulong> parts = Sse2.MultiplyAddAdjacent(
            twos, Vector128.Create((short)3_600, 60, 0, 1, 10_000, 100, 0, 1)).AsUInt64();
        Vector128<ulong> sums = (parts & Vector128.Create((ulong)uint.MaxValue)) + (parts >> 32);
        return _dayNs + ((long)sums.ToScalar() * NanosPerSecond) + ((long)sums.GetElement(1) * 1_000);
    }

    /// <summary>Every form, a byte at a time; keeps the day.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadEach(ReadOnlySpan<byte> text)
    {
        if (text.Length < 19 || text[10] != (byte)'T') return Refused;
        ulong low = BitConverter.ToUInt64(text);
        ulong high = BitConverter.ToUInt64(text[2..]);
        if (low != _dayLow || high != _dayHigh || _dayNs == 0)
        {
            if (!TryParseDay(text, out long dayNs)) return Refused;
            _dayLow = low;
            _dayHigh = high;
            _dayNs = dayNs;
        }

        if (text[13] != (byte)':' || text[16] != (byte)':') return Refused;
        int hour = TwoDigits(text[11], text[12]);
        int minute = TwoDigits(text[14], text[15]);
        int second = TwoDigits(text[17], text[18]);
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59) return Refused;

        int index = 19;
        long fraction = 0;
        if (index < text.Length && text[index] == (byte)'.')
        {
            int start = ++index;
            while (index < text.Length && (uint)(text[index] - '0') <= 9)
            {
                if (index - start == 9) return Refused;
                fraction = (fraction * 10) + (text[index] - '0');
                index++;
            }

            int digits = index - start;
            if (digits == 0) return Refused;
            fraction *= Values.Pow10.Of(9 - digits);
        }

        if (index < text.Length && text[index] == (byte)'Z') index++;
        if (index != text.Length) return Refused;
        return _dayNs + ((((hour * 60L) + minute) * 60 + second) * NanosPerSecond) + fraction;
    }

    private static bool TryParseDay(ReadOnlySpan<byte> text, out long dayNs)
    {
        dayNs = 0;
        if (text[4] != (byte)'-' || text[7] != (byte)'-') return false;
        int century = TwoDigits(text[0], text[1]);
        int yearOfCentury = TwoDigits(text[2], text[3]);
        int month = TwoDigits(text[5], text[6]);
        int day = TwoDigits(text[8], text[9]);
        if (century < 0 || yearOfCentury < 0 || month is < 1 or > 12 || day < 1) return false;
        int year = (century * 100) + yearOfCentury;
        if (year is < 1970 or > 2261 || day > DaysInMonth(year, month)) return false;

        // Days since 1970-01-01 by the civil calendar with March as the first month (Howard Hinnant's algorithm).
        int shifted = month > 2 ? month - 3 : month + 9;
        int y = month > 2 ? year : year - 1;
        int era = y / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * shifted) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        dayNs = (((long)era * 146_097) + dayOfEra - 719_468) * NanosPerDay;
        return true;
    }

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static int TwoDigits(byte tens, byte ones)
    {
        uint high = (uint)(tens - '0');
        uint low = (uint)(ones - '0');
        return high > 9 || low > 9 ? -1 : (int)((high * 10) + low);
    }
}
