using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TradingBot.Tests.Twins;

/// <summary>RFC 3339 in UTC by the calendar of the base library: years 1970 to 2261, seconds 0 to 59.</summary>
internal static partial class NaiveTimestamp
{
    private const long NanosPerTick = 100;

    /// <summary>Unix nanoseconds, or null when the text is no such timestamp.</summary>
    public static long? Read(string text)
    {
        Match match = Grammar().Match(text);
        if (!match.Success) return null;
        if (!DateTime.TryParseExact(
            match.Groups["second"].Value,
            "yyyy-MM-dd'T'HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTime second))
        {
            return null;
        }

        if (second.Year is < 1970 or > 2261) return null;
        string fraction = match.Groups["fraction"].Value.PadRight(9, '0');
        long nanos = long.Parse(fraction, CultureInfo.InvariantCulture);
        return ((second - DateTime.UnixEpoch).Ticks * NanosPerTick) + nanos;
    }

    [GeneratedRegex(
        @"\A(?<second>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?Z?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
