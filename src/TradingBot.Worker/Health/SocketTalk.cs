// In:     an address, questions in JSON.   Out: the answers one waits for, within a time.
// Thread: the caller's, one question at a time.
// Keeps:  network faults are values; what nobody waits for is dropped; a message has at most 16 MiB.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Worker.Health;

/// <summary>A WebSocket for a few questions: not the worker's, which is made for a day of frames.</summary>
internal sealed class SocketTalk : IAsyncDisposable
{
    private const int MessageBytesMax = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 << 10];

    private SocketTalk()
    {
    }

    /// <summary>Opens; null, with the reason, when that does not come to pass.</summary>
    public static async Task<(SocketTalk? Talk, string Fault)> OpenAsync(Uri address, CancellationToken stop)
    {
        SocketTalk? talk = new();
        try
        {
            using CancellationTokenSource late = Late(stop);
            await talk._socket.ConnectAsync(address, late.Token).ConfigureAwait(false);
            SocketTalk opened = talk;
            talk = null;
            return (opened, "");
        }
        catch (Exception fault) when (IsOfNetwork(fault, stop))
        {
            return (null, Words(fault));
        }
        finally
        {
            if (talk is not null) await talk.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends and waits for the first message that fits; null, with the reason, when none came.</summary>
    /// <param name="question">A whole message.</param>
    /// <param name="fits">Looks at each message; true ends the wait.</param>
    /// <param name="stop">Nobody waits any more.</param>
    public async Task<(JsonDocument? Answer, string Fault)> AskAsync(
        ReadOnlyMemory<byte> question, Func<JsonElement, bool> fits, CancellationToken stop)
    {
        try
        {
            using CancellationTokenSource late = Late(stop);
            await _socket.SendAsync(question, WebSocketMessageType.Text, endOfMessage: true, late.Token)
                .ConfigureAwait(false);
            while (true)
            {
                byte[]? message = await ReceiveAsync(late.Token).ConfigureAwait(false);
                if (message is null) return (null, _socket.CloseStatusDescription ?? "closed by the other side");
                JsonDocument document = JsonDocument.Parse(message);
                if (document.RootElement.ValueKind == JsonValueKind.Object && fits(document.RootElement))
                {
                    return (document, "");
                }

                document.Dispose();
            }
        }
        catch (JsonException)
        {
            return (null, "a message that is no JSON");
        }
        catch (Exception fault) when (IsOfNetwork(fault, stop))
        {
            return (null, Words(fault));
        }
    }

    /// <summary>Sends all, and gives every message that comes until the time is over; why it ended before, else
    /// nothing.</summary>
    public async Task<string> ListenAsync(
        IEnumerable<ReadOnlyMemory<byte>> questions, Action<byte[]> heard, TimeSpan duration, CancellationToken stop)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(duration);
        try
        {
            foreach (ReadOnlyMemory<byte> question in questions)
            {
                await _socket.SendAsync(question, WebSocketMessageType.Text, endOfMessage: true, over.Token)
                    .ConfigureAwait(false);
            }

            while (await ReceiveAsync(over.Token).ConfigureAwait(false) is { } message) heard(message);
            return _socket.CloseStatusDescription ?? "closed by the other side";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return "";
        }
        catch (Exception fault) when (IsOfNetwork(fault, stop))
        {
            return Words(fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CancellationTokenSource Late(CancellationToken stop)
    {
        CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(Patience);
        return late;
    }

    private static bool IsOfNetwork(Exception fault, CancellationToken stop) =>
        fault is WebSocketException or IOException or System.Net.Http.HttpRequestException
        || (fault is OperationCanceledException && !stop.IsCancellationRequested);

    private static string Words(Exception fault) => fault is OperationCanceledException
        ? $"nothing came within {Patience.TotalSeconds} s"
        : fault.InnerException?.Message ?? fault.Message;

    /// <summary>One whole message; null when the other side closed.</summary>
    private async Task<byte[]?> ReceiveAsync(CancellationToken stop)
    {
        using MemoryStream message = new();
        while (true)
        {
            ValueWebSocketReceiveResult part =
                await _socket.ReceiveAsync(_buffer.AsMemory(), stop).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (message.Length + part.Count > MessageBytesMax) throw new IOException("a message of more than 16 MiB");
            message.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage) return message.ToArray();
        }
    }
}
