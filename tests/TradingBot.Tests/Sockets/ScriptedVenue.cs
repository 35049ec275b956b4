using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Values;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Tests.Sockets;

/// <summary>A venue of bytes: answers subscriptions as Kraken does, and says what a test tells it to.</summary>
/// <remarks>Its books are made by the seeded market, so checksums are right where nobody spoils them.</remarks>
internal sealed class ScriptedVenue : IAsyncDisposable
{
    private const string Time = "2026-11-28T10:00:00.000000Z";

    private readonly RawServer _server = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly KrakenFrames _frames = new(Dialect.SpotV2);
    private readonly ShownBook[] _books = new ShownBook[SyntheticInstrument.All.Length];
    private readonly Task _accepting;
    private readonly ITimer _beating;
    private volatile RawClient? _client;

    /// <param name="time">What its heartbeat's second is of.</param>
    public ScriptedVenue(TimeProvider time)
    {
        for (int i = 0; i < _books.Length; i++)
        {
            SyntheticMarket market = new(i, SyntheticInstrument.All[i], seed: 3);
            _books[i] = new ShownBook(market, SyntheticBookSide.Depth);
        }

        _accepting = AcceptAsync();
        TimeSpan second = TimeSpan.FromSeconds(1);
        byte[] beat = ServerFrame.Of(ServerFrame.Text, "{\"channel\":\"heartbeat\"}"u8);
        _beating = time.CreateTimer(_ => _ = TrySayAsync(beat), null, second, second);
    }

    public Uri Url => _server.Address;

    /// <summary>Requests in their order: method, channel, symbols.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>(channel, symbol) that are acknowledged and get nothing.</summary>
    public ConcurrentDictionary<(string Channel, string Symbol), bool> Silent { get; } = new();

    /// <summary>Symbols that are refused.</summary>
    public ConcurrentDictionary<string, bool> Refused { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _beating.DisposeAsync();
        await _stop.CancelAsync();
        _client?.Dispose();
        _server.Dispose();
        await _accepting;
    }

    /// <summary>One text message, whole.</summary>
    public Task SayAsync(string text) => SayAsync(ServerFrame.OfText(text));

    /// <summary>Bytes as they are.</summary>
    public async Task SayAsync(byte[] bytes)
    {
        await _turn.WaitAsync(_stop.Token);
        try
        {
            await _client!.SayAsync(bytes, _stop.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next update of a book, with its right checksum.</summary>
    public string Update(string symbol)
    {
        lock (_frames)
        {
            ShownBook book = BookOf(symbol);
            do book.Market.Step(null);
            while (!book.HasAnyNews());
            string text = Encoding.UTF8.GetString(_frames.BookUpdate(book, BeginUs));
            book.MarkShown();
            return text;
        }
    }

    /// <summary>The book as it stands.</summary>
    public string Snapshot(string symbol)
    {
        lock (_frames)
        {
            ShownBook book = BookOf(symbol);
            string text = Encoding.UTF8.GetString(_frames.BookSnapshot(book, BeginUs));
            book.MarkShown();
            return text;
        }
    }

    private string Instruments()
    {
        lock (_frames) return Encoding.UTF8.GetString(_frames.InstrumentSnapshot(SyntheticInstrument.All));
    }

    private static long BeginUs => 1_795_860_000_000_000;

    private ShownBook BookOf(string symbol) => _books.Single(book => book.Market.Instrument.Symbol == symbol);

    private async Task TrySayAsync(byte[] bytes)
    {
        try
        {
            if (_client is not null) await SayAsync(bytes);
        }
        catch (Exception gone) when (IsOfNetwork(gone))
        {
            // There is nobody to hear it.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                RawClient client = await _server.AcceptAsync(_stop.Token);
                _client = client;
                await ListenAsync(client);
                client.Dispose();
            }
        }
        catch (Exception ended) when (IsOfNetwork(ended))
        {
            // The venue ends.
        }
    }

    private async Task ListenAsync(RawClient client)
    {
        while (await client.HearAsync(_stop.Token) is { } heard)
        {
            if (heard.Opcode == ServerFrame.Close)
            {
                // As a server does: it is the one to hang up.
                client.Socket.Shutdown(SocketShutdown.Both);
                return;
            }

            if (heard.Opcode != ServerFrame.Text) continue;
            foreach (string answer in Answers(heard.Payload)) await TrySayAsync(ServerFrame.OfText(answer));
        }
    }

    private IEnumerable<string> Answers(byte[] payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload);
        JsonElement root = document.RootElement;
        string method = root.GetProperty("method").GetString()!;
        if (method == "ping") return [$"{{\"method\":\"pong\",\"time_in\":\"{Time}\",\"time_out\":\"{Time}\"}}"];
        JsonElement asked = root.GetProperty("params");
        string channel = asked.GetProperty("channel").GetString()!;
        string[] symbols = asked.TryGetProperty("symbol", out JsonElement list)
            ? [.. list.EnumerateArray().Select(symbol => symbol.GetString()!)] : [""];
        Requests.Enqueue($"{method} {channel} {string.Join(',', symbols)}".TrimEnd());
        long id = root.GetProperty("req_id").GetInt64();
        return [.. symbols.SelectMany(symbol => Answers(method, channel, symbol, id))];
    }

    private IEnumerable<string> Answers(string method, string channel, string symbol, long id)
    {
        string end = $"\"time_in\":\"{Time}\",\"time_out\":\"{Time}\",\"req_id\":{id}}}";
        if (method == "subscribe" && Refused.ContainsKey(symbol))
        {
            yield return $"{{\"error\":\"Currency pair not supported {symbol}\",\"method\":\"subscribe\","
                + $"\"success\":false,\"symbol\":\"{symbol}\",{end}";
            yield break;
        }

        string named = symbol.Length > 0 ? $",\"symbol\":\"{symbol}\"" : "";
        string depth = channel == "book" ? ",\"depth\":10" : "";
        string result = $"{{\"channel\":\"{channel}\"{depth},\"snapshot\":true{named}}}";
        yield return $"{{\"method\":\"{method}\",\"result\":{result},\"success\":true,{end}";
        if (method != "subscribe" || Silent.ContainsKey((channel, symbol))) yield break;
        yield return channel switch
        {
            "instrument" => Instruments(),
            "book" => Snapshot(symbol),
            _ => "{\"channel\":\"trade\",\"type\":\"snapshot\",\"data\":[{\"symbol\":\"" + symbol
                + "\",\"side\":\"buy\",\"price\":1.5,\"qty\":0.1,\"ord_type\":\"limit\",\"trade_id\":1,\"timestamp\":\""
                + Time + "\"}]}",
        };
    }

    private static bool IsOfNetwork(Exception fault) =>
        fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
