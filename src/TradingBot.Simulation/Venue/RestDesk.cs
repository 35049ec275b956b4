using System;
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

    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>What comes back, and when.</summary>
public sealed record RestAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body, long DueNs);

/// <summary>The venue's REST calls: a token for private sockets, the time, and the spot instruments.</summary>
internal sealed class RestDesk(VenueOptions options, VenueTokens tokens, Postbox post)
{
    private const string Json = "application/json; charset=utf-8";
    private const string Page = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";

    /// <summary>The venue's own names of its spot instruments: key, altname, wsname.</summary>
    private static readonly string[][] Names =
    [
        ["XXBTZUSD", "XBTUSD", "XBT/USD", "XXBT"], ["XETHZUSD", "ETHUSD", "ETH/USD", "XETH"],
        ["SOLUSD", "SOLUSD", "SOL/USD", "SOL"], ["XDGUSD", "XDGUSD", "XDG/USD", "XXDG"],
        ["ADAUSD", "ADAUSD", "ADA/USD", "ADA"],
    ];

    private readonly byte[] _secret = Convert.FromBase64String(options.ApiSecret);
    private readonly FrameText _text = new();
    private ulong _lastNonce;

    public RestAnswer Answer(RestRequest request, long nowNs)
    {
        long arrivalNs = nowNs + post.DrawLatencyNs();
        long dueNs = arrivalNs + post.DrawLatencyNs();
        if (options.Faults.Strikes(VenueFault.RestHtml))
        {
            return new RestAnswer(200, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(Page), dueNs);
        }

        int query = request.Path.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? request.Path : request.Path[..query];
        FrameText text = (request.Method, path) switch
        {
            ("GET", "/0/public/Time") => Time(arrivalNs),
            ("GET", "/0/public/AssetPairs") => Instruments(),
            ("POST", "/0/private/GetWebSocketsToken") => Refusal(request) is string error
                ? Error(error)
                : Token(arrivalNs),
            _ => Error("EGeneral:Unknown method"),
        };
        return new RestAnswer(200, Json, text.Bytes.ToArray(), dueNs);
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

    private string? Refusal(RestRequest request)
    {
        if (request.ApiKey != options.ApiKey) return "EAPI:Invalid key";
        string nonce = NonceOf(request.Body.Span);
        string expected = Sign(_secret, request.Path, nonce, request.Body.Span);
        if (request.ApiSign != expected) return "EAPI:Invalid signature";
        bool isNumber = ulong.TryParse(nonce, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        if (!isNumber || number <= _lastNonce) return "EAPI:Invalid nonce";
        _lastNonce = number;
        return null;
    }

    private FrameText Error(string error) => _text.Clear().Add("{\"error\":[\""u8).Add(error).Add("\"]}"u8);

    private FrameText Token(long nowNs) => _text.Clear().Add("{\"error\":[],\"result\":{\"token\":\""u8)
        .Add(tokens.Issue(nowNs)).Add("\",\"expires\":"u8).Add(VenueTokens.LifeSeconds).Add("}}"u8);

    private FrameText Time(long nowNs)
    {
        long seconds = nowNs / 1_000_000_000;
        string text = DateTimeOffset.FromUnixTimeSeconds(seconds)
            .ToString("ddd, dd MMM yy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        return _text.Clear().Add("{\"error\":[],\"result\":{\"unixtime\":"u8).Add(seconds)
            .Add(",\"rfc1123\":\""u8).Add(text).Add("\"}}"u8);
    }

    private FrameText Instruments()
    {
        _text.Clear().Add("{\"error\":[],\"result\":{"u8);
        for (int i = 0; i < Names.Length; i++)
        {
            SyntheticInstrument instrument = VenueInstruments.Spot[i];
            _text.Add("\""u8).Add(Names[i][0]).Add("\":{\"altname\":\""u8).Add(Names[i][1])
                .Add("\",\"wsname\":\""u8).Add(Names[i][2])
                .Add("\",\"aclass_base\":\"currency\",\"base\":\""u8).Add(Names[i][3])
                .Add("\",\"aclass_quote\":\"currency\",\"quote\":\"ZUSD\",\"lot\":\"unit\",\"cost_decimals\":5,"u8)
                .Add("\"pair_decimals\":"u8).Add(instrument.PriceDecimals)
                .Add(",\"lot_decimals\":"u8).Add(instrument.QuantityDecimals)
                .Add(",\"lot_multiplier\":1,\"ordermin\":\""u8).Add(instrument.QuantityMin)
                .Add("\",\"costmin\":\"0.5\",\"tick_size\":\""u8).Add(instrument.Increment)
                .Add("\",\"status\":\"online\"},"u8);
        }

        return _text.DropComma().Add("}}"u8);
    }
}
