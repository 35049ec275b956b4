// In:     frames to send, a wish to end.   Out: opened, messages and closed, in the socket's ring.
// Thread: the worker's calls; who receives is the kind's; sending is a task of its own.
// Keeps:  a socket that fails in any way is Closed once and says why; nothing is sent twice; one that is hung up says
//         goodbye, and is aborted when the other side does not answer.
using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>One socket of the wire, however it receives.</summary>
/// <param name="address">Where to.</param>
/// <param name="ring">Takes what it tells.</param>
/// <param name="told">Called after each thing told: whoever sleeps may wake.</param>
internal abstract class WireSocket(Uri address, FrameRing ring, Action told)
{
    /// <summary>Frames waiting to be sent on one socket: more means that the socket does not drain.</summary>
    private const int SendQueueMax = 1_024;

    /// <summary>Longest reason kept.</summary>
    private const int ReasonCharsMax = 200;

    /// <summary>How long the other side may take to answer our goodbye.</summary>
    public static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(SendQueueMax);
    private volatile bool _isOpen;
    private volatile bool _isAbandoned;

    public FrameRing Ring => ring;

    /// <summary>The worker hung up: what still comes is nobody's.</summary>
    public bool IsHungUp { get; set; }

    /// <summary>Ends when nothing more will be told and nothing of the socket is left.</summary>
    public abstract Task Ended { get; }

    protected Uri Address => address;

    /// <summary>Cancelled when the socket is to end at once.</summary>
    protected CancellationTokenSource Stop { get; } = new();

    protected bool IsOpen => _isOpen;

    public abstract void Start();

    public bool TrySend(ReadOnlySpan<byte> frame) => _outgoing.Writer.TryWrite(frame.ToArray());

    /// <summary>Nothing more is sent but a goodbye; without an answer to that the socket is aborted.</summary>
    public void HangUp()
    {
        _outgoing.Writer.TryComplete();
        if (_isOpen) Stop.CancelAfter(GoodbyeMax);
        else Stop.Cancel();
    }

    /// <summary>Nobody reads the ring any more: nothing waits for room in it.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        HangUp();
    }

    /// <summary>Faults of a network, which are values here.</summary>
    protected static bool IsOfNetwork(Exception fault) => fault is WebSocketException or IOException
        or OperationCanceledException or HttpRequestException or ObjectDisposedException or SocketException
        or AuthenticationException;

    protected void TellOpened()
    {
        _isOpen = true;
        Tell(WireEventKind.Opened, 0, []);
    }

    protected void TellClosed(string reason, int status)
    {
        if (reason.Length > ReasonCharsMax) reason = reason[..ReasonCharsMax];
        Tell(WireEventKind.Closed, status, Encoding.UTF8.GetBytes(reason));
    }

    /// <summary>
    /// Waits when the ring is full. Nothing of a stream may be left out, so the venue feels it as a slow reader, and
    /// the gate sees it as lag.
    /// </summary>
    protected void Tell(WireEventKind kind, int status, ReadOnlySpan<byte> message)
    {
        SpinWait spin = default;
        while (!_isAbandoned && !ring.TryWrite(kind, status, message)) spin.SpinOnce();
        told();
    }

    /// <summary>Sends until the socket is hung up, then says goodbye.</summary>
    protected async Task SendAllAsync(WebSocket socket)
    {
        ChannelReader<byte[]> outgoing = _outgoing.Reader;
        try
        {
            while (await outgoing.WaitToReadAsync(Stop.Token).ConfigureAwait(false))
            {
                while (outgoing.TryRead(out byte[]? frame))
                {
                    await socket.SendAsync(frame, WebSocketMessageType.Text, true, Stop.Token).ConfigureAwait(false);
                }
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOfNetwork(fault) || fault is InvalidOperationException)
        {
            // The receiving side ends for the same reason and tells it.
        }
    }
}
