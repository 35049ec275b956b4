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
/// Texts look like <c>EOrder:Insufficient funds</c>; a parameter may follow a second colon, and spaces after colons and
/// the case of letters vary, so both are taken away before texts are compared.
/// </remarks>
public readonly record struct KrakenError(VenueReason Reason, bool IsDefinite)
{
    /// <summary>
    /// Beginnings of texts; the first that matches decides, so longer ones stand before shorter ones.
    /// </summary>
    private static readonly (string Prefix, VenueReason Reason, bool IsDefinite)[] Errors =
    [
        ("eapi:invalid key", VenueReason.Unauthorised, true),
        ("eapi:invalid signature", VenueReason.Unauthorised, true),
        ("eapi:invalid nonce", VenueReason.Other, true),
        ("eapi:rate limit exceeded", VenueReason.RateLimited, true),
        ("eapi:bad request", VenueReason.InvalidArguments, true),
        ("eapi:feature disabled", VenueReason.InvalidArguments, true),
        ("eapi:invalid arguments", VenueReason.InvalidArguments, true),
        ("eauth:rate limit exceeded", VenueReason.RateLimited, true),
        ("eauth:too many requests", VenueReason.RateLimited, true),
        ("eauth:account", VenueReason.Unauthorised, true),
        ("egeneral:invalid arguments", VenueReason.InvalidArguments, true),
        ("egeneral:permission denied", VenueReason.Unauthorised, true),
        ("egeneral:temporary lockout", VenueReason.RateLimited, true),
        ("egeneral:too many requests", VenueReason.RateLimited, true),
        ("egeneral:unknown method", VenueReason.InvalidArguments, true),
        ("egeneral:internal error", VenueReason.Other, false),
        ("edatabase:internal error", VenueReason.Other, false),
        ("eservice:unavailable", VenueReason.VenueMode, false),
        ("eservice:busy", VenueReason.VenueMode, false),
        ("eservice:throttled", VenueReason.RateLimited, true),

        // "The order may have been placed despite the timeout": never a refusal.
        ("eservice:deadline elapsed", VenueReason.Deadline, false),
        ("eservice:market in", VenueReason.VenueMode, true),
        ("eorder:insufficient", VenueReason.InsufficientFunds, true),
        ("eorder:margin", VenueReason.InsufficientFunds, true),
        ("eorder:cannot open", VenueReason.InsufficientFunds, true),
        ("eorder:order minimum not met", VenueReason.InvalidArguments, true),
        ("eorder:cost minimum not met", VenueReason.InvalidArguments, true),
        ("eorder:tick size check failed", VenueReason.InvalidArguments, true),
        ("eorder:invalid", VenueReason.InvalidArguments, true),
        ("eorder:rate limit exceeded", VenueReason.RateLimited, true),
        ("eorder:domain rate limit exceeded", VenueReason.RateLimited, true),
        ("eorder:orders limit exceeded", VenueReason.RateLimited, true),
        ("eorder:scheduled orders limit exceeded", VenueReason.RateLimited, true),
        ("eorder:positions limit exceeded", VenueReason.RateLimited, true),
        ("eorder:unknown order", VenueReason.UnknownOrder, true),

        // A part may have matched before the rest was cancelled: the filled quantity decides, not this text.
        ("eorder:reduce only:position is closed", VenueReason.ReduceOnly, false),
        ("eorder:reduce only", VenueReason.ReduceOnly, true),
        ("eorder:unknown position", VenueReason.ReduceOnly, true),
        ("eorder:order not editable", VenueReason.UnknownOrder, true),
        ("eorder:not enough leaves qty", VenueReason.UnknownOrder, true),
        ("eorder:cancel pending", VenueReason.UnknownOrder, true),
        ("eorder:post only order", VenueReason.Other, true),
        ("eorder:trading agreement required", VenueReason.Unauthorised, true),
        ("equery:unknown asset", VenueReason.UnknownInstrument, true),
        ("equery:invalid asset", VenueReason.UnknownInstrument, true),
        ("etrade:", VenueReason.Unauthorised, true),
        ("eaccount:", VenueReason.Unauthorised, true),
        ("esession:invalid session", VenueReason.Unauthorised, true),
        ("ebm:limit exceeded", VenueReason.RateLimited, true),

        // Of the WebSocket itself, before any engine saw the request.
        ("unsupported field", VenueReason.InvalidArguments, true),
    ];

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
    public static KrakenError Of(ReadOnlySpan<byte> text)
    {
        string plain = Plain(text);
        foreach ((string prefix, VenueReason reason, bool isDefinite) in Errors)
        {
            if (plain.StartsWith(prefix, StringComparison.Ordinal)) return new KrakenError(reason, isDefinite);
        }

        return Unreadable;
    }

    /// <summary>The venue does not take the token; the request was not looked at.</summary>
    public static bool IsOfSession(ReadOnlySpan<byte> text) =>
        Plain(text).StartsWith("esession:", StringComparison.Ordinal);

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
