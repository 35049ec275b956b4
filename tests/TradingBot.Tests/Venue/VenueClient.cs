using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>A client that speaks plain JSON to the simulated venue and keeps what it hears.</summary>
internal sealed class VenueClient
{
    public const string Bitcoin = "PF_XBTUSD";

    private readonly VenueOptions _options;
    private long _nonce = 1;
    private readonly VenueEar _ear;

    public VenueClient(VenueOptions? options = null)
    {
        _options = options ?? new VenueOptions();
        Venue = new SimulatedKraken(_options);
        _ear = new VenueEar(Venue);
    }

    public SimulatedKraken Venue { get; }

    public string Token { get; set; } = string.Empty;

    /// <summary>Frames in order of receipt, with when; a closed socket is an empty text.</summary>
    public List<(int Connection, long TimeNs, string Text)> Heard => _ear.Heard;

    /// <summary>A private socket with a token and both channels.</summary>
    public int OpenPrivate()
    {
        Token = FetchToken();
        int connection = Venue.Open(VenueEndpoint.UnifiedPrivate);
        Subscribe(connection, "\"channel\":\"executions\",\"snap_orders\":true,\"snap_trades\":true");
        Subscribe(connection, "\"channel\":\"positions\"");
        Run(500);
        return connection;
    }

    public string FetchToken()
    {
        RestAnswer answer = Post("/0/private/GetWebSocketsToken");
        using JsonDocument json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty("result").GetProperty("token").GetString()!;
    }

    public RestAnswer Post(string path, long? nonce = null, string? key = null, string? sign = null)
    {
        long used = nonce ?? ++_nonce;
        string body = $"nonce={used}";
        return Venue.Request(new RestRequest("POST", path)
        {
            ApiKey = key ?? _options.ApiKey,
            ApiSign = sign ?? Signature(_options.ApiSecret, path, $"{used}", body),
            Body = Encoding.UTF8.GetBytes(body),
        });
    }

    /// <summary>The documented recipe, written here a second time.</summary>
    public static string Signature(string secret, string path, string nonce, string body)
    {
        byte[] inner = SHA256.HashData(Encoding.UTF8.GetBytes(nonce + body));
        using HMACSHA512 hmac = new(Convert.FromBase64String(secret));
        return Convert.ToBase64String(hmac.ComputeHash([.. Encoding.UTF8.GetBytes(path), .. inner]));
    }

    public void Subscribe(int connection, string parameters) => Ask(connection, "subscribe", parameters);

    /// <summary>Sends a request of Unified; returns its id.</summary>
    public int Ask(int connection, string method, string parameters, bool withToken = true)
    {
        string token = withToken && Token.Length > 0 ? $",\"token\":\"{Token}\"" : string.Empty;
        return _ear.Ask(connection, method, $"\"asset_class\":\"derivatives\",{parameters}{token}");
    }

    public int Add(int connection, string id, string side, string quantity, string rest) => Ask(
        connection,
        "add_order",
        $"\"cl_ord_id\":\"{id}\",\"symbol\":\"{Bitcoin}\",\"side\":\"{side}\",\"order_qty\":{quantity},{rest}");

    /// <summary>Lets time pass, and hears everything on the way.</summary>
    public void Run(long milliseconds) => _ear.Run(milliseconds);

    /// <summary>The answers to a request.</summary>
    public JsonElement[] Answers(int request) => [.. _ear.Answers(request)];

    public JsonElement Answer(int request) => Assert.Single(Answers(request));

    public string ErrorOf(int request) => Answer(request).GetProperty("error").GetString()!;

    /// <summary>Data of every update of a channel, as <c>exec_type</c> texts for executions.</summary>
    public string[] Executions(string clientId) =>
        [.. Channel("executions").Where(f => f.GetProperty("type").GetString() == "update")
            .SelectMany(f => f.GetProperty("data").EnumerateArray())
            .Where(e => e.GetProperty("cl_ord_id").GetString() == clientId)
            .Select(e => e.GetProperty("exec_type").GetString()!)];

    public IEnumerable<JsonElement> Channel(string name) => _ear.Channel(name);

    public int IndexOf(Predicate<string> wanted) => Heard.FindIndex(heard => wanted(heard.Text));
}
