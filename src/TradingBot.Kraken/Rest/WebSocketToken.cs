using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>A private REST request, ready for the wire: POST the body to the path with both headers.</summary>
/// <param name="Path">Path without host.</param>
/// <param name="ApiKey">Header <c>API-Key</c>.</param>
/// <param name="ApiSign">Header <c>API-Sign</c>.</param>
/// <param name="Body">Bytes of type <c>application/x-www-form-urlencoded</c>; exactly these were signed.</param>
public sealed record TokenRequest(string Path, string ApiKey, string ApiSign, ReadOnlyMemory<byte> Body);

/// <summary>What came of asking for a token: the token, or what went wrong; never neither.</summary>
public readonly record struct TokenAnswer(WebSocketToken? Token, KrakenError Error)
{
    public static TokenAnswer Failed(KrakenError error) => new(null, error);
}

/// <summary>The token that private WebSocket requests carry (GetWebSocketsToken).</summary>
/// <remarks>
/// https://docs.kraken.com/api-reference/trading/get-websockets-token: to be used within <c>expires</c> seconds (900),
/// then valid while a private subscription made with it lives.
/// </remarks>
public sealed record WebSocketToken(Secret Text, long ExpiresNs)
{
    public const string Path = "/0/private/GetWebSocketsToken";

    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>A day; longer lives are not of this endpoint.</summary>
    private const long LifeSecondsMax = 86_400;

    public static TokenRequest Request(string apiKey, RequestSigner signer, string nonce)
    {
        byte[] body = Encoding.ASCII.GetBytes("nonce=" + nonce);
        return new TokenRequest(Path, apiKey, signer.Sign(Path, nonce, body), body);
    }

    /// <summary>Reads the answer. A page of a proxy, also with status 200, is an error and not "no token".</summary>
    public static TokenAnswer Parse(int status, ReadOnlySpan<byte> body, long nowNs)
    {
        try
        {
            Utf8JsonReader reader = new(body);
            if (JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                using (document) return Read(status, document.RootElement, nowNs);
            }
        }
        catch (JsonException)
        {
            // Falls through: not JSON is an answer like any other.
        }
        catch (InvalidOperationException)
        {
            // Text that is not UTF-8, or half a surrogate pair.
        }

        return TokenAnswer.Failed(KrakenError.OfStatus(status));
    }

    private static TokenAnswer Read(int status, JsonElement root, long nowNs)
    {
        if (root.ValueKind != JsonValueKind.Object) return TokenAnswer.Failed(KrakenError.OfStatus(status));
        if (root.TryGetProperty("error"u8, out JsonElement errors) && errors.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement error in errors.EnumerateArray())
            {
                // Texts that begin with W are warnings.
                string text = error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText();
                if (text.StartsWith('W')) continue;
                return TokenAnswer.Failed(KrakenError.Of(Encoding.UTF8.GetBytes(text)));
            }
        }

        bool readable = status == 200
            && root.TryGetProperty("result"u8, out JsonElement result) && result.ValueKind == JsonValueKind.Object
            && result.TryGetProperty("token"u8, out JsonElement token) && token.ValueKind == JsonValueKind.String
            && result.TryGetProperty("expires"u8, out JsonElement expires) && expires.ValueKind == JsonValueKind.Number;
        if (!readable) return TokenAnswer.Failed(KrakenError.OfStatus(status));
        return Accept(root.GetProperty("result"u8), nowNs);
    }

    private static TokenAnswer Accept(JsonElement result, long nowNs)
    {
        JsonElement text = result.GetProperty("token"u8);
        // From the answer's own bytes: a string could not be overwritten.
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        bool isPlain = !raw.Contains((byte)'\\');
        bool hasLife = result.GetProperty("expires"u8).TryGetInt64(out long seconds);
        bool isUsable = raw.Length > 0 && hasLife && seconds is > 0 and <= LifeSecondsMax;
        if (!isUsable) return TokenAnswer.Failed(KrakenError.Unreadable);
        Secret secret = isPlain ? new Secret(raw) : new Secret(text.GetString()!);
        WebSocketToken token = new(secret, nowNs + (seconds * NanosPerSecond));
        return new TokenAnswer(token, default);
    }
}
