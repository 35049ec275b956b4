using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>A client on a real socket that keeps what it hears.</summary>
internal sealed class LoopbackClient : IDisposable
{
    /// <summary>Long enough for a machine that is busy with other things; spent only on a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private LoopbackClient() => _patience.CancelAfter(Patience);

    public List<string> Heard { get; } = [];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<LoopbackClient> ConnectAsync(Uri url)
    {
        LoopbackClient client = new();
        await client._socket.ConnectAsync(url, client._patience.Token);
        return client;
    }

    public Task SendAsync(string text) => SendAsync(text, WebSocketMessageType.Text, endOfMessage: true);

    public Task SendAsync(string text, WebSocketMessageType type, bool endOfMessage) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage, _patience.Token);

    /// <summary>The next frame; null when the server closed.</summary>
    public async Task<string?> NextAsync()
    {
        byte[] buffer = new byte[1 << 20];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part =
                await _socket.ReceiveAsync(buffer.AsMemory(length), _patience.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (!part.EndOfMessage) continue;
            string text = Encoding.UTF8.GetString(buffer, 0, length);
            Heard.Add(text);
            return text;
        }
    }

    /// <summary>Listens until a frame says it.</summary>
    public async Task<JsonElement> HearAsync(string words)
    {
        while (true)
        {
            string? text = await NextAsync();
            Assert.NotNull(text);
            if (text.Contains(words, StringComparison.Ordinal)) return JsonDocument.Parse(text).RootElement;
        }
    }

    /// <summary>Listens until the server closes.</summary>
    public async Task<WebSocketCloseStatus?> HearCloseAsync()
    {
        while (await NextAsync() is not null) continue;
        return CloseStatus;
    }

    /// <summary>Gone without a word.</summary>
    public void Vanish() => _socket.Abort();

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _patience.Token);

    public void Dispose()
    {
        _socket.Dispose();
        _patience.Dispose();
    }
}
