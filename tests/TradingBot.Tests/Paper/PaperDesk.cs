using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Venue;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>A trader who speaks plain JSON to a paper wire, in time the test moves.</summary>
internal sealed class PaperDesk
{
    public const long StartNs = 1_789_390_800_000_000_000;

    private const long Millisecond = 1_000_000;

    private readonly PaperOptions _options;
    private readonly Action<long> _advance;
    private readonly Dictionary<int, PublicFeed> _feeds = [];
    private readonly List<JsonElement> _heard = [];
    private string _token = "";
    private readonly int _derivatives;
    private int _private = -1;
    private int _requestId;

    /// <param name="outer">Where market data comes from.</param>
    /// <param name="advance">Lets that live up to a time.</param>
    /// <param name="options">What the paper venue shall be.</param>
    /// <param name="path">File of the account, or null.</param>
    /// <param name="startNs">Time at the start.</param>
    public PaperDesk(
        IWire outer, Action<long>? advance = null, PaperOptions? options = null, string? path = null,
        long startNs = StartNs)
    {
        _options = options ?? new PaperOptions();
        _advance = advance ?? (_ => { });
        NowNs = startNs;
        PaperWire? wire = PaperWire.Over(outer, _options, path, out string fault);
        Assert.True(wire is not null, fault);
        Wire = wire;
        string[] perpetuals = [.. _options.Perpetuals];
        string[] spot = ["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"];
        _feeds[Wire.Open(WireEndpoint.SpotPublic)] = new PublicFeed(spot, new PublicFeedOptions());
        _derivatives = Wire.Open(WireEndpoint.UnifiedPublic);
        _feeds[_derivatives] =
            new PublicFeed(perpetuals, new PublicFeedOptions { AssetClass = "derivatives" });
    }

    public PaperWire Wire { get; }

    public long NowNs { get; private set; }

    public VenueOracle Oracle => Wire.Oracle;

    public long Position => Oracle.PositionLots(ScriptedFeed.Perpetual);

    public IReadOnlyList<OracleFill> Fills => Oracle.Fills;

    /// <summary>Opens the private socket with a token and both channels.</summary>
    public PaperDesk LogIn()
    {
        _private = Wire.Open(WireEndpoint.UnifiedPrivate);
        Run(200);
        string body = $"nonce={NowNs / 1_000}";
        const string Path = "/0/private/GetWebSocketsToken";
        string sign = VenueClient.Signature(_options.Venue.ApiSecret, Path, $"{NowNs / 1_000}", body);
        Wire.Request(new WireRequest(Path, _options.Venue.ApiKey, sign, Encoding.UTF8.GetBytes(body)));
        Run(500);
        Assert.True(_token.Length > 0, "no token");
        Ask("subscribe", "\"channel\":\"executions\",\"snap_orders\":true,\"snap_trades\":true");
        Ask("subscribe", "\"channel\":\"positions\"");
        Run(300);
        return this;
    }

    /// <summary>Asks for a perpetual's book anew, as a worker does when it is stale.</summary>
    public void Resync(string symbol)
    {
        foreach (string method in (string[])["unsubscribe", "subscribe"])
        {
            string text = $"{{\"method\":\"{method}\",\"params\":{{\"channel\":\"book\","
                + $"\"asset_class\":\"derivatives\",\"symbol\":[\"{symbol}\"],\"depth\":10}}}}";
            Assert.True(Wire.Send(_derivatives, Encoding.UTF8.GetBytes(text)), "the public socket is closed");
        }

        Run(300);
    }

    /// <summary>Sends a private request; returns its id.</summary>
    public int Ask(string method, string parameters)
    {
        string text = $"{{\"method\":\"{method}\",\"params\":{{\"asset_class\":\"derivatives\",{parameters},"
            + $"\"token\":\"{_token}\"}},\"req_id\":{++_requestId}}}";
        Assert.True(Wire.Send(_private, Encoding.UTF8.GetBytes(text)), "the private socket is closed");
        return _requestId;
    }

    /// <summary>Sends an order and waits until it has arrived, not longer than a way takes.</summary>
    public string? Add(string id, string side, string quantity, string rest, string symbol = ScriptedFeed.Perpetual)
    {
        int request = Ask(
            "add_order",
            $"\"cl_ord_id\":\"{id}\",\"symbol\":\"{symbol}\",\"side\":\"{side}\",\"order_qty\":{quantity},{rest}");
        Run(200);
        return ErrorOf(request);
    }

    public string? Market(string id, string side, string quantity, bool reduceOnly = false) => Add(
        id, side, quantity, $"\"order_type\":\"market\",\"reduce_only\":{(reduceOnly ? "true" : "false")}");

    public string? Limit(string id, string side, string quantity, long price) =>
        Add(id, side, quantity, $"\"order_type\":\"limit\",\"limit_price\":{price}");

    public string? Stop(string id, string side, string quantity, long trigger, string reference = "index") => Add(
        id, side, quantity,
        $"\"order_type\":\"stop-loss\",\"reduce_only\":true,\"triggers\":{{\"reference\":\"{reference}\","
        + $"\"price\":{trigger}}}");

    /// <summary>Null when the request was accepted.</summary>
    public string? ErrorOf(int request)
    {
        JsonElement answer = Assert.Single(
            _heard, f => f.TryGetProperty("req_id", out JsonElement id) && id.GetInt32() == request);
        return answer.GetProperty("success").GetBoolean() ? null : answer.GetProperty("error").GetString();
    }

    /// <summary>Data of the private channels, by kind of report for executions.</summary>
    public IEnumerable<JsonElement> Heard(string channel) =>
        _heard.Where(f => f.TryGetProperty("channel", out JsonElement name) && name.GetString() == channel);

    public string[] Executions(string id) =>
        [.. Heard("executions").Where(f => f.GetProperty("type").GetString() == "update")
            .SelectMany(f => f.GetProperty("data").EnumerateArray())
            .Where(e => e.TryGetProperty("cl_ord_id", out JsonElement name) && name.GetString() == id)
            .Select(e => e.GetProperty("exec_type").GetString()!)];

    /// <summary>Lets time pass in the steps of whatever is due.</summary>
    public void Run(long milliseconds)
    {
        long endNs = NowNs + (milliseconds * Millisecond);
        while (true)
        {
            NowNs = Math.Min(Math.Max(Wire.NextDueNs, NowNs), endNs);
            _advance(NowNs);
            while (Wire.TryReceive(NowNs, out WireEvent e)) Take(in e);
            if (NowNs >= endNs && Wire.NextDueNs > endNs) return;
        }
    }

    private void Take(in WireEvent e)
    {
        if (e.Kind == WireEventKind.Opened && _feeds.TryGetValue(e.Connection, out PublicFeed? feed))
        {
            feed.OnConnected(NowNs);
            while (feed.TryTakeFrame(out byte[] frame)) Wire.Send(e.Connection, frame);
        }
        else if (e.Kind == WireEventKind.Answer)
        {
            using JsonDocument answer = JsonDocument.Parse(e.Bytes.ToArray());
            _token = answer.RootElement.GetProperty("result").GetProperty("token").GetString()!;
        }
        else if (e.Kind == WireEventKind.Frame && e.Connection == _private)
        {
            using JsonDocument frame = JsonDocument.Parse(e.Bytes.ToArray());
            _heard.Add(frame.RootElement.Clone());
        }
    }
}
