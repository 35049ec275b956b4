// In:     one accepted WebSocket; frames through a bounded queue.   Out: the client's messages, to the server's thread.
// Thread: one receiving and one sending task; the server's thread calls TryEnqueue, End and Abort.
// Keeps:  frames leave in the order they came; a client that does not read is dropped and holds nobody up.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Capture;

/// <summary>One client of the capture server.</summary>
internal sealed class ServedClient(WebSocket socket, int number, Dialect dialect, ServeOptions options)
{
    /// <summary>Frames that may wait: a fifth of a second of a burst, some 2 MB.</summary>
    public const int FramesWaitingMax = 8_192;

    private const int MessageBytesMax = 1 << 20;

    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(FramesWaitingMax) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<WebSocketCloseStatus> _end =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;

    public Dialect Dialect => dialect;

    public bool IsEnding => _end.Task.IsCompleted;

    /// <summary>Frames that wait to be sent.</summary>
    public int Waiting => _outgoing.Reader.Count;

    /// <summary>What it subscribed, by (channel, symbol); the value tells whether its first data was sent.</summary>
    public Dictionary<(string Channel, string Symbol), bool> Subscriptions { get; } = [];

    public bool TryEnqueue(byte[] frame) => _outgoing.Writer.TryWrite(frame) || IsEnding;

    /// <summary>Closes after the frames that wait.</summary>
    public void End(WebSocketCloseStatus status)
    {
        _end.TrySetResult(status);
        _outgoing.Writer.TryComplete();
    }

    /// <summary>Closes at once and without a word.</summary>
    public void Abort()
    {
        End(WebSocketCloseStatus.EndpointUnavailable);
        socket.Abort();
    }

    /// <summary>Serves until either side closes.</summary>
    public async Task ServeAsync(Action<ServedClient, byte[]> received)
    {
        Log(ServedKind.Opened, default);
        Task both = Task.WhenAll(ReceiveAsync(received), SendAsync());
        await Task.WhenAny(both, _end.Task).ConfigureAwait(false);
        try
        {
            await both.WaitAsync(CloseGrace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            socket.Abort();
            await both.ConfigureAwait(false);
        }

        Log(ServedKind.Closed, default);
    }

    private async Task ReceiveAsync(Action<ServedClient, byte[]> received)
    {
        ArrayBufferWriter<byte> message = new(4_096);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part =
                    await socket.ReceiveAsync(message.GetMemory(4_096), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) break;
                if (IsEnding) continue;
                message.Advance(part.Count);
                if (message.WrittenCount > MessageBytesMax) End(WebSocketCloseStatus.MessageTooBig);
                if (!part.EndOfMessage || IsEnding) continue;
                received(this, message.WrittenSpan.ToArray());
                message.ResetWrittenCount();
            }
        }
        catch (Exception fault) when (IsOfNetwork(fault))
        {
            // The client is gone.
        }
        finally
        {
            End(WebSocketCloseStatus.NormalClosure);
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (byte[] frame in _outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None)
                    .ConfigureAwait(false);
                Log(ServedKind.Sent, frame);
            }

            WebSocketCloseStatus status = await _end.Task.ConfigureAwait(false);
            await socket.CloseOutputAsync(status, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOfNetwork(fault))
        {
            Abort();
        }
    }

    private void Log(ServedKind kind, ReadOnlyMemory<byte> frame) =>
        options.Log?.Invoke(new ServedEntry(kind, number, options.Clock.NowNs(), frame));

    private static bool IsOfNetwork(Exception fault) =>
        fault is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;
}
