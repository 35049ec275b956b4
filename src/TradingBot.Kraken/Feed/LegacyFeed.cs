using System;
using System.Globalization;

namespace TradingBot.Kraken.Feed;

/// <summary>The derivatives' first WebSocket as a choice, and the day it ends.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/futures-api: derivatives REST v3 and WebSocket v1 are deprecated and decommissioned
/// on 1 March 2027.
/// </remarks>
public static class LegacyFeed
{
    /// <summary>The choice that still asks for it from that day on.</summary>
    public const string BeyondItsEnd = "legacy-beyond-2027-03-01";

    /// <summary>From then on it is refused.</summary>
    public static readonly DateTimeOffset End = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Why it may not be asked for at this time; empty when it may.</summary>
    /// <param name="now">The time of the start.</param>
    /// <param name="isInsisted">It was asked for by the name of <see cref="BeyondItsEnd"/>.</param>
    /// <param name="choice">Key or option, and where the other feed is chosen.</param>
    public static string Refusal(DateTimeOffset now, bool isInsisted, string choice) =>
        now < End || isInsisted ? ""
        : $"{choice} asks for the derivatives' first WebSocket, which Kraken ended on 2027-03-01. Choose unified; or, "
            + $"if Kraken should have put that day off, {BeyondItsEnd}.";

    /// <summary>What whoever asks for it must know.</summary>
    public static string Warning(DateTimeOffset now)
    {
        int days = (int)Math.Floor((End - now).TotalDays);
        string when = days >= 0
            ? string.Create(
                CultureInfo.InvariantCulture, $"ends on 2027-03-01, in {days} days; from then on it is refused")
            : "was to end on 2027-03-01; it is asked for all the same, by name";
        return $"Warning: books and trades of derivatives come from Kraken's first WebSocket, which {when}. unified is "
            + "the feed that stays.";
    }
}
