using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>One HTTP call: path without host; the body as the exact bytes that were signed.</summary>
public sealed record RestRequest(string Method, string Path)
{
    public string ApiKey { get; init; } = string.Empty;

    public string ApiSign { get; init; } = string.Empty;

    /// <summary>Signature and nonce of the derivatives' own REST.</summary>
    public string Authent { get; init; } = string.Empty;

    public string Nonce { get; init; } = string.Empty;

    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>What comes back, and when.</summary>
public sealed record RestAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body, long DueNs);

/// <summary>The venue's REST calls: a token for private sockets, and market data.</summary>
/// <param name="options">Key, secret and faults.</param>
/// <param name="tokens">Issued here, looked at by the private sockets.</param>
/// <param name="post">Draws how long a call is under way.</param>
/// <param name="market">Market data; null: this venue has none of its own over REST.</param>
/// <param name="spot">The spot account; null: this venue has none.</param>
/// <param name="modes">The mode of the venue; null: it is always online.</param>
/// <param name="derivatives">The derivatives' own interface; null: this venue has none.</param>
/// <param name="budgets">Counts private calls; null: nobody does.</param>
internal sealed class RestDesk(VenueOptions options, VenueTokens tokens, Postbox post, MarketDesk? market = null,
    SpotVenue? spot = null, VenueModes? modes = null, DerivativesDesk? derivatives = null,
    VenueBudgets? budgets = null)
{
    public const string StatusPath = "/0/public/SystemStatus";
    public const string SchedulePath = "/0/public/MaintenanceSchedule";
    public const string TimePath = "/0/public/Time";

    private const string Json = "application/json; charset=utf-8";
    private const string Page = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";

    private const string PrivatePath = "/0/private/";
    private const long SecondNs = 1_000_000_000;

    private readonly byte[] _secret = Convert.FromBase64String(options.ApiSecret);
    private readonly byte[] _cancelSecret = Convert.FromBase64String(options.CancelSecret);
    private readonly FrameText _text = new();

    /// <summary>
    /// Calls of the venue's state come at all times; drawing from the streams of others they would move all that is
    /// drawn there.
    /// </summary>
    private readonly SplitMix64 _statusRandom = new(options.Seed ^ 0x57A7_0500_0000_0001);
    private readonly SplitMix64 _timeRandom = new(options.Seed ^ 0x713E_0500_0000_0001);
    private ulong _lastNonce;
    private ulong _lastCancelNonce;

    public RestAnswer Answer(RestRequest request, long nowNs)
    {
        int query = request.Path.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? request.Path : request.Path[..query];
        if (path is StatusPath or SchedulePath && request.Method == "GET") return Standing(path, nowNs, _statusRandom);
        if (path is TimePath && request.Method == "GET") return Standing(path, nowNs, _timeRandom);
        long arrivalNs = nowNs + post.DrawLatencyNs();
        long dueNs = arrivalNs + post.DrawLatencyNs();
        if (options.Faults.Strikes(VenueFault.RestHtml))
        {
            return new RestAnswer(200, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(Page), dueNs);
        }

        FrameText answer = (request.Method, path) switch
        {
            _ when Derivatives(request, path, query, nowNs) is FrameText own => own,
            ("GET", _) => market?.Answer(path, Read(query < 0 ? "" : request.Path[(query + 1)..]), arrivalNs)
                ?? Error("EGeneral:Unknown method"),
            ("POST", "/0/private/GetWebSocketsToken") => Refusal(request, "GetWebSocketsToken", nowNs) is string error
                ? Error(error)
                : modes?.ServiceRefusal is string closed ? Error(closed) : Token(arrivalNs),
            ("POST", "/0/private/GetApiKeyInfo") => Refusal(request, "GetApiKeyInfo", nowNs) is string error
                ? Error(error)
                : modes?.ServiceRefusal is string away ? Error(away) : KeyReport(request.ApiKey == options.CancelKey),
            ("POST", _) when path.StartsWith(PrivatePath, StringComparison.Ordinal) =>
                Private(path[PrivatePath.Length..], request, nowNs),
            // The venue takes its public calls either way.
            ("POST", _) => market?.Answer(path, RestForm.Read(request.Body.Span)?.Fields ?? Read(""), arrivalNs)
                ?? Error("EGeneral:Unknown method"),
            _ => Error("EGeneral:Unknown method"),
        };
        RestAnswer whole = new(200, Json, answer.Bytes.ToArray(), dueNs);
        return request.Method == "POST" && IsOrder(path) ? Spoil(whole, arrivalNs) : whole;
    }

    private static bool IsOrder(string path) =>
        path is DerivativesDesk.Path + "sendorder" or DerivativesDesk.Path + "batchorder" or PrivatePath + "AddOrder";

    /// <summary>The order was taken or refused by now; what is lost or late is the answer.</summary>
    private RestAnswer Spoil(RestAnswer answer, long arrivalNs)
    {
        if (options.Faults.Strikes(VenueFault.DropReply))
        {
            return new RestAnswer(504, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(Page), answer.DueNs);
        }

        // Twice the slowest way: whatever the socket told of it has arrived by then.
        long lateNs = options.Faults.Strikes(VenueFault.ReplyAfterExecutions)
            ? 2 * (Postbox.LatencyLeastNs + Postbox.LatencyRangeNs) : 0;
        bool isDelayed = options.Faults.Strikes(VenueFault.DelayReply);
        if (isDelayed) lateNs = SecondNs + (options.Faults.Draw(9_000) * 1_000_000L);
        return lateNs == 0 ? answer : answer with { DueNs = Math.Max(answer.DueNs, arrivalNs + lateNs) };
    }

    /// <summary>How the venue stands, and what it has announced.</summary>
    private RestAnswer Standing(string path, long nowNs, SplitMix64 random)
    {
        long arrivalNs = nowNs + Postbox.LatencyLeastNs + random.Below(Postbox.LatencyRangeNs);
        long dueNs = arrivalNs + Postbox.LatencyLeastNs + random.Below(Postbox.LatencyRangeNs);
        if (path != TimePath && options.Faults.Strikes(VenueFault.LoseStatus))
        {
            return new RestAnswer(502, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(Page), dueNs);
        }

        FrameText answer = market?.Answer(path, new Dictionary<string, string>(), arrivalNs)
            ?? Error("EGeneral:Unknown method");
        return new RestAnswer(200, Json, answer.Bytes.ToArray(), dueNs);
    }

    private static Dictionary<string, string> Read(string query)
    {
        Dictionary<string, string> read = new(StringComparer.Ordinal);
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) read[part[..equals]] = Uri.UnescapeDataString(part[(equals + 1)..]);
        }

        return read;
    }

    /// <summary>base64 of HMAC-SHA512 over path and SHA-256 of nonce and body.</summary>
    /// <remarks>https://docs.kraken.com/api/docs/guides/spot-rest-auth</remarks>
    public static string Sign(ReadOnlySpan<byte> secret, string path, string nonce, ReadOnlySpan<byte> body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(nonce));
        hash.AppendData(body);
        byte[] inner = hash.GetHashAndReset();
        byte[] message = [.. Encoding.UTF8.GetBytes(path), .. inner];
        return Convert.ToBase64String(HMACSHA512.HashData(secret, message));
    }

    /// <summary>The nonce as the body spells it, in either of the two forms; empty when there is none.</summary>
    public static string NonceOf(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body);
        bool isJson = text.StartsWith('{');
        string mark = isJson ? "\"nonce\":" : "nonce=";
        int at = isJson || text.StartsWith(mark, StringComparison.Ordinal)
            ? text.IndexOf(mark, StringComparison.Ordinal)
            : text.IndexOf("&" + mark, StringComparison.Ordinal) + 1;
        bool found = at > 0 || text.StartsWith(mark, StringComparison.Ordinal);
        if (!found) return string.Empty;
        int first = at + mark.Length;
        while (first < text.Length && text[first] is ' ' or '"') first++;
        int end = first;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return text[first..end];
    }

    private string? Refusal(RestRequest request, string name, long nowNs)
    {
        bool isSecond = request.ApiKey == options.CancelKey;
        if (request.ApiKey != options.ApiKey && !isSecond) return "EAPI:Invalid key";
        string nonce = NonceOf(request.Body.Span);
        string expected = Sign(isSecond ? _cancelSecret : _secret, request.Path, nonce, request.Body.Span);
        if (request.ApiSign != expected) return "EAPI:Invalid signature";
        bool isNumber = ulong.TryParse(nonce, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        ref ulong last = ref isSecond ? ref _lastCancelNonce : ref _lastNonce;
        if (!isNumber || number <= last) return "EAPI:Invalid nonce";
        last = number;
        return budgets?.Call(name, nowNs);
    }

    /// <summary>An answer of the derivatives' own interface; null when the call is none of its own.</summary>
    private FrameText? Derivatives(RestRequest request, string path, int query, long nowNs)
    {
        if (derivatives is null || !path.StartsWith(DerivativesDesk.Path, StringComparison.Ordinal)) return null;
        string sent = query < 0 ? "" : request.Path[(query + 1)..];
        return derivatives.Answer(request, path[DerivativesDesk.Path.Length..], sent, nowNs);
    }

    private FrameText Private(string name, RestRequest request, long nowNs)
    {
        if (Refusal(request, name, nowNs) is string error) return Error(error);
        if (modes?.ServiceRefusal is string closed) return Error(closed);
        if (request.ApiKey == options.CancelKey) return Error("EGeneral:Permission denied");
        if (RestForm.Read(request.Body.Span) is not RestForm form) return Error("EGeneral:Invalid arguments");
        return spot?.Answer(name, form, nowNs) ?? Error("EGeneral:Unknown method");
    }

    private FrameText Error(string error) => _text.Clear().Add("{\"error\":[\""u8).Add(error).Add("\"]}"u8);

    /// <summary>https://docs.kraken.com/api-reference/account-data/get-api-key-info: numbers are texts.</summary>
    private FrameText KeyReport(bool isSecond)
    {
        IReadOnlyList<string> rights = isSecond ? options.CancelKeyRights : options.KeyRights;
        ulong last = isSecond ? _lastCancelNonce : _lastNonce;
        _text.Clear().Add("{\"error\":[],\"result\":{\"api_key_name\":\"simulated\",\"nonce\":\""u8)
            .Add(last.ToString(CultureInfo.InvariantCulture))
            .Add("\",\"nonce_window\":\"0\",\"permissions\":["u8);
        for (int i = 0; i < rights.Count; i++)
        {
            _text.Add(i > 0 ? ",\"" : "\"").Add(rights[i]).Add("\""u8);
        }

        return _text.Add("],\"iban\":\""u8).Add(options.AccountNumber)
            .Add("\",\"valid_until\":\"0\",\"ip_allowlist\":[\"127.0.0.1\"]}}"u8);
    }

    private FrameText Token(long nowNs) => _text.Clear().Add("{\"error\":[],\"result\":{\"token\":\""u8)
        .Add(tokens.Issue(nowNs)).Add("\",\"expires\":"u8).Add(VenueTokens.LifeSeconds).Add("}}"u8);
}
