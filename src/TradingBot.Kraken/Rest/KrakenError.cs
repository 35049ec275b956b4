using System;
using System.Text;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Rest;

/// <summary>What an error of the venue means: why, and whether it proves that the request had no effect.</summary>
/// <param name="Reason">Why, as far as we tell reasons apart; else <see cref="VenueReason.Other"/>.</param>
/// <param name="IsDefinite">
/// The venue refused and nothing happened. False means the outcome is unknown: an order may exist, and only evidence
/// (executions, snapshots) decides.
/// </param>
/// <remarks>
/// Texts look like <c>EOrder:Insufficient funds</c>; <see cref="VenueErrors"/> lists them with all that they mean.
/// </remarks>
public readonly record struct KrakenError(VenueReason Reason, bool IsDefinite)
{
    /// <summary>Words within the reason the venue gives for an order's end; the first found decides.</summary>
    private static readonly (string Words, VenueReason Reason)[] Ends =
    [
        ("trigger immediately", VenueReason.WouldTriggerAtOnce),
        ("would trigger", VenueReason.WouldTriggerAtOnce),
        ("price protection", VenueReason.PriceProtection),
        ("self trade", VenueReason.SelfTrade),
        ("match self", VenueReason.SelfTrade),
        ("execute self", VenueReason.SelfTrade),
        ("stp", VenueReason.SelfTrade),
        ("user requested", VenueReason.UserRequested),
        ("user request", VenueReason.UserRequested),
        ("cancelled by user", VenueReason.UserRequested),
        ("canceled by user", VenueReason.UserRequested),
        ("reduce only", VenueReason.ReduceOnly),
        ("position is closed", VenueReason.ReduceOnly),
        ("insufficient", VenueReason.InsufficientFunds),
        ("deadline", VenueReason.Deadline),
        ("expired", VenueReason.Deadline),
        ("rate limit", VenueReason.RateLimited),
        ("maintenance", VenueReason.VenueMode),
    ];

    /// <summary>An answer nobody can read, or none at all.</summary>
    public static KrakenError Unreadable { get; } = new(VenueReason.Other, false);

    /// <summary>
    /// The error a text of the venue stands for. A text not listed proves nothing: its outcome is unknown.
    /// </summary>
    public static KrakenError Of(ReadOnlySpan<byte> text) => Of(Encoding.UTF8.GetString(text));

    /// <summary>The same of text.</summary>
    public static KrakenError Of(string text) => VenueErrors.Find(ErrorDialect.Spot, text) is { } row
        ? new KrakenError(row.Reason, row.Outcome == OrderOutcome.Refused)
        : Unreadable;

    /// <summary>The venue does not take the token; the request was not looked at.</summary>
    public static bool IsOfSession(ReadOnlySpan<byte> text) =>
        VenueErrors.Find(ErrorDialect.Spot, Encoding.UTF8.GetString(text))?.Retry == RetryRule.WithNewToken;

    /// <summary>The error an HTTP status stands for when the body says nothing better.</summary>
    public static KrakenError OfStatus(int status) => status switch
    {
        401 or 403 => new KrakenError(VenueReason.Unauthorised, true),
        429 => new KrakenError(VenueReason.RateLimited, true),
        _ => Unreadable,
    };

    /// <summary>Why an order ended, by the text of its execution report.</summary>
    public static VenueReason OfEnd(ReadOnlySpan<byte> text)
    {
        string plain = Plain(text);
        foreach ((string words, VenueReason reason) in Ends)
        {
            if (plain.Contains(words, StringComparison.Ordinal)) return reason;
        }

        return Of(text).Reason;
    }

    private static string Plain(ReadOnlySpan<byte> text)
    {
        StringBuilder plain = new(text.Length);
        foreach (byte b in text)
        {
            char c = b is (byte)'_' or (byte)'-' ? ' ' : char.ToLowerInvariant((char)b);
            if (c == ' ' && (plain.Length == 0 || plain[^1] is ' ' or ':')) continue;
            plain.Append(c);
        }

        return plain.ToString();
    }
}
