using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>A capture server for a test, with what it says it sent.</summary>
internal sealed class ServedCaptures : IAsyncDisposable
{
    private readonly CaptureServer _server;

    private ServedCaptures(CaptureServer server, ConcurrentQueue<ServedEntry> log)
    {
        _server = server;
        Log = log;
    }

    public static string Demo { get; } = Repository.TestData("captures", "demo-spot-v2.jsonl.gz");

    public ConcurrentQueue<ServedEntry> Log { get; }

    public ServedPlay Play => _server.Play;

    public Uri Url => _server.SpotUrl;

    public RecordingOptions Wanted(params string[] symbols) => new()
    {
        Symbols = symbols,
        Addresses = VenueSettings.Kraken with { SpotPublic = _server.SpotUrl, UnifiedPublic = _server.UnifiedUrl },
    };

    public Uri UnifiedUrl => _server.UnifiedUrl;

    public static async Task<ServedCaptures> StartAsync(
        string file, double speed, bool loop = false, CaptureClock? clock = null)
    {
        ConcurrentQueue<ServedEntry> log = new();
        ServeOptions options = new()
        {
            Files = [file],
            Speed = speed,
            Loop = loop,
            Log = log.Enqueue,
            Clock = clock ?? CaptureClock.System,
        };
        (CaptureServer? server, string error) =
            await CaptureServer.StartAsync(options, TestContext.Current.CancellationToken);
        Assert.True(server is not null, error);
        return new ServedCaptures(server, log);
    }

    public Uri LegacyUrl => _server.LegacyUrl;

    public async Task<ServedSocket> ConnectAsync(Uri? url = null)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(url ?? Url, TestContext.Current.CancellationToken);
        return new ServedSocket(socket);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>
    /// Many symbols out of the demo's five: each of its frames once per copy, under the copy's symbol. Checksums stay
    /// right, for they are taken over numbers.
    /// </summary>
    public static IReadOnlyList<string> WriteMany(string path, int copies, int lines)
    {
        SortedSet<string> symbols = new(StringComparer.Ordinal);
        using FileStream source = File.OpenRead(Demo);
        using GZipStream gzip = new(source, CompressionMode.Decompress);
        using StreamReader reader = new(gzip);
        using StreamWriter target = new(path);
        for (int i = 0; i < lines && reader.ReadLine() is { } line; i++)
        {
            int at = line.IndexOf("\\\"symbol\\\":\\\"", StringComparison.Ordinal);
            bool isOfOne = at >= 0 && !line.Contains("instrument", StringComparison.Ordinal);
            if (!isOfOne)
            {
                target.WriteLine(line);
                continue;
            }

            int begin = at + "\\\"symbol\\\":\\\"".Length;
            string symbol = line[begin..line.IndexOf('\\', begin)];
            for (int copy = 0; copy < copies; copy++)
            {
                string other = string.Create(CultureInfo.InvariantCulture, $"C{copy}{symbol}");
                symbols.Add(other);
                target.WriteLine(line.Replace(symbol, other, StringComparison.Ordinal));
            }
        }

        return [.. symbols];
    }
}

/// <summary>Any client: text in, text out.</summary>
internal sealed class ServedSocket(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[1 << 20];

    public WebSocketCloseStatus? Closed => socket.CloseStatus;

    public async Task SendAsync(string text) => await socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    /// <summary>The next message; null when the socket was closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(
                _buffer.AsMemory(length), TestContext.Current.CancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }

    /// <summary>The next message that is no heartbeat.</summary>
    public async Task<JsonElement> SaidAsync()
    {
        while (true)
        {
            JsonElement? said = await NextAsync();
            Assert.NotNull(said);
            bool beats = said.Value.TryGetProperty("channel", out JsonElement channel)
                && channel.GetString() == "heartbeat";
            if (!beats) return said.Value;
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
