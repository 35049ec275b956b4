using System.Globalization;
using System.IO;
using TradingBot.Kraken.Feed;

namespace TradingBot.Worker.Commands;

/// <summary>A line at the console whenever the clocks part or meet again.</summary>
/// <param name="lines">Where to.</param>
internal sealed class ClockLine(TextWriter lines)
{
    private bool _wasWarning;
    private bool _wasClosed;

    /// <summary>To be called often; writes when something changed.</summary>
    public void Look(ClockWatch clock)
    {
        if (clock.IsWarning == _wasWarning && clock.IsClosed == _wasClosed) return;
        _wasWarning = clock.IsWarning;
        _wasClosed = clock.IsClosed;
        lines.WriteLine(Of(clock));
    }

    /// <summary>What there is to say.</summary>
    public static string Of(ClockWatch clock)
    {
        string bounds = $"this machine's clock less the venue's is {Milliseconds(clock.LeastNs)} to "
            + $"{Milliseconds(clock.MostNs)} ms";
        long allowedMs = clock.Options.SkewMaxNs / 1_000_000;
        return clock.IsClosed
            ? $"NO ENTRIES: {bounds}, allowed are {allowedMs} (venue.clock.skew_max_ms). Either the clock is wrong: "
                + "set it and start again; or all that comes is so late. Stops and exits go on."
            : clock.IsWarning ? $"Warning: {bounds}. Beyond {allowedMs} entries stop; set the clock by NTP."
            : $"The clocks agree again: {bounds}. Entries are let in.";
    }

    private static string Milliseconds(long? ns) =>
        ns is { } bound ? (bound / 1_000_000).ToString(CultureInfo.InvariantCulture) : "?";
}
