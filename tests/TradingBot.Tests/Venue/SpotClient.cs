using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>A client of the simulated spot venue: signed calls and private sockets, in plain JSON.</summary>
internal sealed class SpotClient
{
    public const string Symbol = "BTC/USD";

    private readonly VenueOptions _options;
    private long _nonce = 1;
    private readonly VenueEar _ear;

    public SpotClient(VenueOptions? options = null)
    {
        _options = options ?? new VenueOptions();
        Venue = new SimulatedKraken(_options);
        _ear = new VenueEar(Venue);
        Token = Call("GetWebSocketsToken").GetProperty("token").GetString()!;
    }

    public SimulatedKraken Venue { get; }

    public string Token { get; }

    /// <summary>Frames in order of receipt, with when; a closed socket is an empty text.</summary>
    public List<(int Connection, long TimeNs, string Text)> Heard => _ear.Heard;

    /// <summary>The result of a private call that goes well.</summary>
    public JsonElement Call(string name, string parameters = "")
    {
        JsonElement answer = Answer(name, parameters);
        Assert.Empty(answer.GetProperty("error").EnumerateArray());
        return answer.GetProperty("result");
    }

    /// <summary>The error of a private call that does not.</summary>
    public string Error(string name, string parameters = "") =>
        Answer(name, parameters).GetProperty("error")[0].GetString()!;

    public JsonElement Answer(string name, string parameters) => Post(
        name, parameters.StartsWith('{')
            ? $"{{\"nonce\":{++_nonce},{parameters[1..]}"
            : $"nonce={++_nonce}" + (parameters.Length > 0 ? "&" + parameters : ""));

    public JsonElement Public(string path)
    {
        RestAnswer answer = Venue.Request(new RestRequest("GET", "/0/public/" + path));
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    public int OpenPrivate(params string[] channels)
    {
        int connection = Venue.Open(VenueEndpoint.SpotPrivate);
        foreach (string channel in channels) Ask(connection, "subscribe", $"\"channel\":\"{channel}\"");
        Run(400);
        return connection;
    }

    /// <summary>Sends a request; returns its id.</summary>
    public int Ask(int connection, string method, string parameters) => _ear.Ask(
        connection, method, $"\"token\":\"{Token}\"" + (parameters.Length > 0 ? "," + parameters : ""));

    public int Add(int connection, string side, string quantity, string rest) => Ask(
        connection, "add_order", $"\"symbol\":\"{Symbol}\",\"side\":\"{side}\",\"order_qty\":{quantity},{rest}");

    /// <summary>Asks and waits for the one answer.</summary>
    public JsonElement Done(int request)
    {
        Run(400);
        return Answers(request).Single();
    }

    public IEnumerable<JsonElement> Answers(int request) => _ear.Answers(request);

    public void Run(long milliseconds) => _ear.Run(milliseconds);

    /// <summary>Data of every frame of a channel, in order.</summary>
    public IEnumerable<JsonElement> Told(string channel) => _ear.Channel(channel)
        .Where(f => f.TryGetProperty("data", out _))
        .SelectMany(f => f.GetProperty("data").EnumerateArray());

    public IEnumerable<JsonElement> Frames() => _ear.Frames();

    private JsonElement Post(string name, string body)
    {
        string path = "/0/private/" + name;
        RestAnswer answer = Venue.Request(new RestRequest("POST", path)
        {
            ApiKey = _options.ApiKey,
            ApiSign = VenueClient.Signature(_options.ApiSecret, path, $"{_nonce}", body),
            Body = Encoding.UTF8.GetBytes(body),
        });
        return JsonDocument.Parse(answer.Body).RootElement;
    }
}
