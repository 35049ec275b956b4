using System;
using System.Globalization;

namespace TradingBot.Market.Bars;

/// <summary>The length of a time bar and where its intervals begin, in UTC.</summary>
/// <remarks>
/// Lengths that divide a day begin at 00:00 UTC and tile every day alike. Whole days count from 1970-01-01. Whole
/// weeks, however written (<c>1w</c>, <c>7d</c>), begin on <b>Monday 00:00 UTC</b> and count from Monday 1970-01-05.
/// Unix time has no leap seconds, so every interval of a timeframe is equally long.
/// </remarks>
public readonly record struct Timeframe : IComparable<Timeframe>
{
    /// <summary>
    /// Longest timeframe: a leap year, far beyond the longest anyone draws, and safe to add to any stamp.
    /// </summary>
    public const int DaysMax = 366;

    private const long SecondNs = 1_000_000_000;
    private const long MinuteNs = 60 * SecondNs;
    private const long HourNs = 60 * MinuteNs;
    private const long DayNs = 24 * HourNs;
    private const long WeekNs = 7 * DayNs;

    /// <summary>Thursday 1970-01-01 to Monday 1970-01-05.</summary>
    private const long FirstMondayNs = 4 * DayNs;

    private Timeframe(long lengthNs)
    {
        LengthNs = lengthNs;
        OriginNs = lengthNs % WeekNs == 0 ? FirstMondayNs : 0;
    }

    public long LengthNs { get; }

    /// <summary>Where one of the intervals begins: Unix ns.</summary>
    public long OriginNs { get; }

    /// <summary>Start of the interval that contains <paramref name="unixNs"/>.</summary>
    public long OpenTimeOf(long unixNs)
    {
        long past = (unixNs - OriginNs) % LengthNs;
        // The remainder has the sign of the dividend: before the origin it counts down to the interval's end.
        return past >= 0 ? unixNs - past : unixNs - past - LengthNs;
    }

    /// <summary>Exclusive end of the interval that begins at <paramref name="openTimeNs"/>.</summary>
    public long CloseTimeOf(long openTimeNs) =>
        openTimeNs <= long.MaxValue - LengthNs ? openTimeNs + LengthNs : long.MaxValue;

    public int CompareTo(Timeframe other) => LengthNs.CompareTo(other.LengthNs);

    public static bool operator <(Timeframe left, Timeframe right) => left.LengthNs < right.LengthNs;

    public static bool operator >(Timeframe left, Timeframe right) => left.LengthNs > right.LengthNs;

    public static bool operator <=(Timeframe left, Timeframe right) => left.LengthNs <= right.LengthNs;

    public static bool operator >=(Timeframe left, Timeframe right) => left.LengthNs >= right.LengthNs;

    /// <summary>
    /// Reads <c>&lt;n&gt;s|m|h|d|w</c> (cold): n ≥ 1 without sign or leading zero, dividing a day or a whole number of
    /// days up to <see cref="DaysMax"/>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Timeframe timeframe)
    {
        timeframe = default;
        if (text.Length < 2 || text[0] == '0') return false;
        long unitNs = text[^1] switch
        {
            's' => SecondNs,
            'm' => MinuteNs,
            'h' => HourNs,
            'd' => DayNs,
            'w' => WeekNs,
            _ => 0,
        };
        if (unitNs == 0 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return false;
        }

        if (count > DaysMax * DayNs / unitNs) return false;
        long lengthNs = count * unitNs;
        if (DayNs % lengthNs != 0 && lengthNs % DayNs != 0) return false;
        timeframe = new Timeframe(lengthNs);
        return true;
    }

    /// <summary>The shortest text that parses to this timeframe (cold).</summary>
    public override string ToString()
    {
        (long unitNs, string unit) = LengthNs switch
        {
            _ when LengthNs % WeekNs == 0 => (WeekNs, "w"),
            _ when LengthNs % DayNs == 0 => (DayNs, "d"),
            _ when LengthNs % HourNs == 0 => (HourNs, "h"),
            _ when LengthNs % MinuteNs == 0 => (MinuteNs, "m"),
            _ => (SecondNs, "s"),
        };
        return string.Concat((LengthNs / unitNs).ToString(CultureInfo.InvariantCulture), unit);
    }
}
