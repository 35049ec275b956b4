using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>What an answer means that is no success: class, our words, and when to ask again.</summary>
internal readonly record struct RestVerdict(RestFailureClass Class, string Reason, long RetryAtNs = 0)
{
    private const string NotJson = "the body is no JSON";

    /// <summary>What is wrong with an answer of this envelope; null when its content may be read.</summary>
    public static RestVerdict? Of(RestEnvelope envelope, int status, JsonElement root)
    {
        foreach (string error in ErrorsOf(envelope, root)) return OfText(error);
        if (status is >= 200 and < 300) return MissingResult(envelope, root);
        return OfStatus(status, "an error of HTTP without the venue's words");
    }

    /// <summary>The meaning of one error text of the venue.</summary>
    public static RestVerdict OfText(string error)
    {
        string words = $"the venue says '{error}'";
        if (VenueErrors.Find(error) is not { } row) return new RestVerdict(RestFailureClass.Other, words);
        const string Throttled = "eservice:throttled:";
        string plain = VenueErrors.Plain(error);
        bool isTold = plain.StartsWith(Throttled, StringComparison.Ordinal)
            & long.TryParse(
                plain.AsSpan(Math.Min(plain.Length, Throttled.Length)), NumberStyles.None,
                CultureInfo.InvariantCulture, out long seconds)
            & seconds is > 0 and < 10_000_000_000;
        return new RestVerdict(row.Read, words, isTold ? seconds * 1_000_000_000 : 0);
    }

    /// <summary>The meaning of a status when the body says nothing that can be read.</summary>
    public static RestVerdict OfStatus(int status, string words) => status switch
    {
        401 or 403 => new RestVerdict(RestFailureClass.Auth, words),
        404 => new RestVerdict(RestFailureClass.UnknownSymbol, words),
        429 => new RestVerdict(RestFailureClass.RateLimited, words),
        503 => new RestVerdict(RestFailureClass.Maintenance, words),
        >= 500 => new RestVerdict(RestFailureClass.TransientNetwork, words),
        >= 300 and < 400 => new RestVerdict(RestFailureClass.Other, "a redirect, which is not followed"),
        >= 400 => new RestVerdict(RestFailureClass.Other, words),
        _ => new RestVerdict(RestFailureClass.BadBody, words),
    };

    /// <summary>The meaning of a body that is no JSON, with this status.</summary>
    public static RestVerdict OfUnreadable(int status, string contentType) => OfStatus(
        status, contentType.Length == 0 ? NotJson : $"{NotJson} but {contentType}");

    private static RestVerdict? MissingResult(RestEnvelope envelope, JsonElement root)
    {
        bool isObject = root.ValueKind == JsonValueKind.Object;
        bool isWhole = isObject && envelope switch
        {
            RestEnvelope.Spot => root.TryGetProperty("result"u8, out JsonElement result)
                && result.ValueKind is JsonValueKind.Object or JsonValueKind.Array,
            RestEnvelope.Derivatives => root.TryGetProperty("result"u8, out JsonElement word)
                && word.ValueKind == JsonValueKind.String && word.ValueEquals("success"u8),
            _ => true,
        };
        const string Words = "neither a result nor an error is in the body";
        return isWhole ? null : new RestVerdict(RestFailureClass.BadBody, Words);
    }

    /// <summary>The errors an answer names; texts that begin with W are warnings.</summary>
    private static IEnumerable<string> ErrorsOf(RestEnvelope envelope, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) yield break;
        if (root.TryGetProperty("error"u8, out JsonElement error))
        {
            if (error.ValueKind == JsonValueKind.String) yield return error.GetString()!;
            if (error.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement one in error.EnumerateArray())
                {
                    string text = one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText();
                    bool isWarning = envelope == RestEnvelope.Spot && text.StartsWith('W');
                    if (!isWarning) yield return text;
                }
            }
        }

        if (root.TryGetProperty("errors"u8, out JsonElement errors) && errors.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement one in errors.EnumerateArray())
            {
                bool hasMessage = one.ValueKind == JsonValueKind.Object
                    && one.TryGetProperty("message"u8, out JsonElement _);
                yield return hasMessage ? one.GetProperty("message"u8).ToString() : one.GetRawText();
            }
        }
    }
}
