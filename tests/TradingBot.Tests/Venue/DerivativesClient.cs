using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>A client of the derivatives' own REST and first WebSocket, in plain text.</summary>
internal sealed class DerivativesClient
{
    public const string Symbol = "PF_XBTUSD";

    private const string Prefix = "/derivatives";

    private readonly VenueOptions _options;
    private int _nonce;

    public DerivativesClient(VenueOptions? options = null)
    {
        _options = options ?? new VenueOptions();
        Venue = new SimulatedKraken(_options);
    }

    public SimulatedKraken Venue { get; }

    public List<(int Connection, string Text)> Heard { get; } = [];

    public JsonElement Get(string path) => Call("GET", path, "");

    public JsonElement Post(string path, string parameters) => Call("POST", path, parameters);

    /// <summary>The documented recipe, written here a second time.</summary>
    public static string Signature(string secret, string path, string nonce, string sent)
    {
        byte[] inner = SHA256.HashData(Encoding.UTF8.GetBytes(sent + nonce + path.Replace(Prefix, "")));
        using HMACSHA512 hmac = new(Convert.FromBase64String(secret));
        return Convert.ToBase64String(hmac.ComputeHash(inner));
    }

    public int Open()
    {
        int connection = Venue.Open(VenueEndpoint.FuturesV1);
        Run(200);
        return connection;
    }

    public void Send(int connection, string text) =>
        Assert.True(Venue.Send(connection, Encoding.UTF8.GetBytes(text)));

    /// <summary>Signs the socket's challenge and follows a private feed.</summary>
    public void Follow(int connection, string feed)
    {
        Send(connection, $"{{\"event\":\"challenge\",\"api_key\":\"{_options.DerivativesKey}\"}}");
        Run(300);
        string challenge = Frames().Last(f => Is(f, "event", "challenge")).GetProperty("message").GetString()!;
        using HMACSHA512 hmac = new(Convert.FromBase64String(_options.DerivativesSecret));
        string signed = Convert.ToBase64String(hmac.ComputeHash(SHA256.HashData(Encoding.UTF8.GetBytes(challenge))));
        Send(connection, $"{{\"event\":\"subscribe\",\"feed\":\"{feed}\",\"api_key\":\"{_options.DerivativesKey}\","
            + $"\"original_challenge\":\"{challenge}\",\"signed_challenge\":\"{signed}\"}}");
        Run(300);
    }

    public void Run(long milliseconds)
    {
        long endNs = Venue.NowNs + (milliseconds * 1_000_000);
        while (true)
        {
            long nextNs = Math.Min(Venue.NextDueNs, endNs);
            Venue.AdvanceTo(nextNs);
            while (Venue.TryReceive(nextNs, out int connection, out ReadOnlySpan<byte> frame))
            {
                Heard.Add((connection, Encoding.UTF8.GetString(frame)));
            }

            if (nextNs >= endNs) return;
        }
    }

    public IEnumerable<JsonElement> Frames() => Heard.Select(heard => JsonDocument.Parse(heard.Text).RootElement);

    public IEnumerable<JsonElement> Feed(string name) => Frames()
        .Where(frame => Is(frame, "feed", name) && !frame.TryGetProperty("event", out _));

    private static bool Is(JsonElement frame, string member, string value) =>
        frame.TryGetProperty(member, out JsonElement found) && found.GetString() == value;

    private JsonElement Call(string method, string path, string sent)
    {
        string whole = Prefix + "/api/v3/" + path;
        string nonce = (++_nonce).ToString(CultureInfo.InvariantCulture);
        RestAnswer answer = Venue.Request(new RestRequest(method, whole)
        {
            ApiKey = _options.DerivativesKey,
            Authent = Signature(_options.DerivativesSecret, whole, nonce, sent),
            Nonce = nonce,
            Body = Encoding.UTF8.GetBytes(sent),
        });
        return JsonDocument.Parse(answer.Body).RootElement;
    }
}
