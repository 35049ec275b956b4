using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>What an answer means that is no success: class, our words, and when to ask again.</summary>
internal readonly record struct RestVerdict(RestFailureClass Class, string Reason, long RetryAtNs = 0)
{
    private const string NotJson = "the body is no JSON";

    /// <summary>Beginnings of the venue's error texts, in lower case without spaces; longer ones first.</summary>
    /// <remarks>https://docs.kraken.com/api/docs/guides/spot-errors; of derivatives the REST v3 page.</remarks>
    private static readonly (string Prefix, RestFailureClass Class)[] Texts =
    [
        ("eapi:ratelimitexceeded", RestFailureClass.RateLimited),
        ("egeneral:toomanyrequests", RestFailureClass.RateLimited),
        ("egeneral:temporarylockout", RestFailureClass.RateLimited),
        ("eservice:throttled", RestFailureClass.RateLimited),
        ("eauth:ratelimit", RestFailureClass.RateLimited),
        ("eauth:toomanyrequests", RestFailureClass.RateLimited),
        ("apilimitexceeded", RestFailureClass.RateLimited),
        ("equery:unknownasset", RestFailureClass.UnknownSymbol),
        ("equery:invalidassetpair", RestFailureClass.UnknownSymbol),
        ("egeneral:invalidarguments:pair", RestFailureClass.UnknownSymbol),
        ("contractnotfound", RestFailureClass.UnknownSymbol),
        ("invalidargument:symbol", RestFailureClass.UnknownSymbol),
        ("notfound", RestFailureClass.UnknownSymbol),
        ("eservice:unavailable", RestFailureClass.Maintenance),
        ("eservice:busy", RestFailureClass.Maintenance),
        ("eservice:market", RestFailureClass.Maintenance),
        ("marketunavailable", RestFailureClass.Maintenance),
        ("unavailable", RestFailureClass.Maintenance),
        ("eservice:timeout", RestFailureClass.TransientNetwork),
        ("eservice:deadlineelapsed", RestFailureClass.TransientNetwork),
        ("egeneral:internalerror", RestFailureClass.TransientNetwork),
        ("edatabase:internalerror", RestFailureClass.TransientNetwork),
        ("servererror", RestFailureClass.TransientNetwork),
        ("unknownerror", RestFailureClass.TransientNetwork),
        ("eapi:invalid", RestFailureClass.Auth),
        ("eauth:", RestFailureClass.Auth),
        ("egeneral:permissiondenied", RestFailureClass.Auth),
        ("eaccount:", RestFailureClass.Auth),
        ("authenticationerror", RestFailureClass.Auth),
        ("accountinactive", RestFailureClass.Auth),
        ("insufficientprivileges", RestFailureClass.Auth),
        ("unauthorized", RestFailureClass.Auth),
    ];

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
        string plain = error.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .ToLowerInvariant();
        foreach ((string prefix, RestFailureClass failure) in Texts)
        {
            if (!plain.StartsWith(prefix, StringComparison.Ordinal)) continue;
            long retryAtNs = plain.StartsWith("eservice:throttled:", StringComparison.Ordinal)
                && long.TryParse(plain["eservice:throttled:".Length..], NumberStyles.None, CultureInfo.InvariantCulture,
                    out long seconds) && seconds is > 0 and < 10_000_000_000 ? seconds * 1_000_000_000 : 0;
            return new RestVerdict(failure, $"the venue says '{error}'", retryAtNs);
        }

        return new RestVerdict(RestFailureClass.Other, $"the venue says '{error}'");
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
