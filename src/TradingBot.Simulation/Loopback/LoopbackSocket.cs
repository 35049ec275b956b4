// In:     one accepted WebSocket; frames of the venue through a bounded queue.
// Out:    the client's text messages, fragments joined, to the pump; the venue's frames to the client.
// Thread: one receiving and one sending task; the pump's thread calls TryEnqueue, End and Abort.
// Keeps:  one sender; frames leave in the order they came; every open is followed by one close at the pump.
// Budget: a frame waits for the thread pool only.
using System;
using System.Buffers;
using System.IO;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Loopback;

/// <summary>One client's socket. A client that is gone is the end of its connection, never an exception.</summary>
internal sealed class LoopbackSocket(WebSocket socket, VenueEndpoint endpoint, TimeProvider time)
{
    /// <summary>A minute of a busy socket at some 20 frames/s; × 3 KB a frame it is 4 MB at worst.</summary>
    public const int FramesWaitingMax = 1_200;

    public const int MessageBytesMax = 1 << 20;

    private const int ReceiveBytes = 4_096;

    /// <summary>How long a client may take to read the rest and to answer our close.</summary>
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(FramesWaitingMax) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<WebSocketCloseStatus> _end =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public VenueEndpoint Endpoint { get; } = endpoint;

    /// <summary>The venue's number of this socket; only the pump reads and writes it.</summary>
    public int Connection { get; set; } = -1;

    /// <summary>One side has begun to close.</summary>
    public bool IsEnding => _end.Task.IsCompleted;

    /// <summary>
    /// False when the client does not read what it was sent; a frame for a socket that is closing is dropped.
    /// </summary>
    public bool TryEnqueue(byte[] frame) => _outgoing.Writer.TryWrite(frame) || IsEnding;

    /// <summary>Closes after the frames that wait; the first status given is the one that is sent.</summary>
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

    /// <summary>Serves the client until either side closes.</summary>
    public async Task ServeAsync(VenuePump pump)
    {
        if (!await pump.PostAsync(new SocketOpened(this)).ConfigureAwait(false))
        {
            End(WebSocketCloseStatus.EndpointUnavailable);
        }

        Task both = Task.WhenAll(ReceiveAsync(pump), SendAsync());
        await Task.WhenAny(both, _end.Task).ConfigureAwait(false);
        try
        {
            await both.WaitAsync(CloseGrace, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            socket.Abort();
            await both.ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(VenuePump pump)
    {
        ArrayBufferWriter<byte> message = new(ReceiveBytes);
        try
        {
            while (true)
            {
                Memory<byte> free = message.GetMemory(ReceiveBytes);
                ValueWebSocketReceiveResult part =
                    await socket.ReceiveAsync(free, CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) break;
                // After our own refusal the rest is read only to find the client's close behind it.
                if (_end.Task.IsCompleted) continue;
                message.Advance(part.Count);
                if (part.MessageType == WebSocketMessageType.Binary) End(WebSocketCloseStatus.InvalidMessageType);
                else if (message.WrittenCount > MessageBytesMax) End(WebSocketCloseStatus.MessageTooBig);
                if (!part.EndOfMessage || _end.Task.IsCompleted) continue;
                byte[] frame = message.WrittenSpan.ToArray();
                message.ResetWrittenCount();
                await pump.PostAsync(new FrameSent(this, frame)).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (IsOfNetwork(fault))
        {
            // The client is gone.
        }
        finally
        {
            End(WebSocketCloseStatus.NormalClosure);
            await pump.PostAsync(new SocketClosed(this)).ConfigureAwait(false);
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
            }

            WebSocketCloseStatus status = await _end.Task.ConfigureAwait(false);
            await socket.CloseOutputAsync(status, statusDescription: null, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOfNetwork(fault))
        {
            // Receiving ends for the same reason and tells the pump.
            Abort();
        }
    }

    /// <summary>What reading and writing throw when the client is gone or the socket was aborted.</summary>
    private static bool IsOfNetwork(Exception fault) =>
        fault is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;
}
