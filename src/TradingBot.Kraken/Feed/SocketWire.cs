// In:     opens, frames and requests from the worker's thread.   Out: events from real sockets, in one queue.
// Thread: calls come from one thread; one task per socket receives, one sends; they meet in channels.
// Keeps:  network errors are values: a socket that fails in any way is Closed once and says why; nothing is sent twice;
//         a socket that is hung up says goodbye, and is aborted when the other side does not answer.
// Budget: thin: a message is copied once and allocated. The lane without allocation is the feed's own issue.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>Addresses of a venue.</summary>
public sealed record VenueAddresses(Uri Rest, Uri SpotPublic, Uri UnifiedPublic, Uri UnifiedPrivate)
{
    /// <summary>Every address is of this machine.</summary>
    public bool AreLoopback =>
        Rest.IsLoopback && SpotPublic.IsLoopback && UnifiedPublic.IsLoopback && UnifiedPrivate.IsLoopback;

    public Uri Of(WireEndpoint endpoint) => endpoint switch
    {
        WireEndpoint.SpotPublic => SpotPublic,
        WireEndpoint.UnifiedPublic => UnifiedPublic,
        _ => UnifiedPrivate,
    };
}

/// <summary>The wire over WebSockets and HTTP.</summary>
public sealed class SocketWire : IWire, IAsyncDisposable
{
    /// <summary>Longest message taken; Kraken's largest known snapshot is below 1 MiB.</summary>
    private const int MessageBytesMax = 16 << 20;

    /// <summary>Frames waiting to be sent on one socket: more means that the socket does not drain.</summary>
    private const int SendQueueMax = 1_024;

    /// <summary>Longest reason kept.</summary>
    private const int ReasonCharsMax = 200;

    /// <summary>How long the other side may take to answer our goodbye.</summary>
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);

    private readonly VenueAddresses _addresses;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Arrived> _arrived = new();
    private readonly ManualResetEventSlim _something = new();
    private readonly Dictionary<int, Socket> _sockets = [];
    private readonly List<Task> _tasks = [];
    private int _numbers;
    private Arrived _current;

    public SocketWire(VenueAddresses addresses)
    {
        _addresses = addresses;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }, disposeHandler: true)
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    public long NextDueNs => long.MaxValue;

    /// <summary>Events that wait to be received.</summary>
    public int Waiting => _arrived.Count;

    public int Open(WireEndpoint endpoint)
    {
        int number = _numbers++;
        Uri address = _addresses.Of(endpoint);
        Socket socket = new();
        _sockets[number] = socket;
        Keep(ServeAsync(number, socket, address));
        return number;
    }

    public void Close(int connection)
    {
        if (_sockets.Remove(connection, out Socket? socket)) socket.HangUp();
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame) =>
        _sockets.TryGetValue(connection, out Socket? socket) && socket.Outgoing.Writer.TryWrite(frame.ToArray());

    public int Request(WireRequest request)
    {
        int number = _numbers++;
        Keep(PostAsync(number, request));
        return number;
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        while (_arrived.TryDequeue(out _current))
        {
            // A socket that was hung up tells nothing more.
            bool known = _current.Kind == WireEventKind.Answer || _sockets.ContainsKey(_current.Number);
            if (!known) continue;
            if (_current.Kind == WireEventKind.Closed) _sockets.Remove(_current.Number);
            wireEvent = new WireEvent(_current.Kind, _current.Number, _current.Bytes, _current.Status);
            return true;
        }

        _something.Reset();
        wireEvent = default;
        return !_arrived.IsEmpty && TryReceive(nowNs, out wireEvent);
    }

    /// <summary>Returns when something arrived, the time is over or the run is stopped.</summary>
    public void Wait(TimeSpan atMost, CancellationToken stop)
    {
        try
        {
            _something.Wait(atMost, stop);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at its own token.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Socket socket in _sockets.Values) socket.HangUp();
        _sockets.Clear();
        _stop.CancelAfter(GoodbyeMax);
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        _http.Dispose();
        _something.Dispose();
        _stop.Dispose();
    }

    private void Keep(Task task)
    {
        _tasks.RemoveAll(static done => done.IsCompletedSuccessfully);
        _tasks.Add(task);
    }

    private void Tell(Arrived arrived)
    {
        _arrived.Enqueue(arrived);
        _something.Set();
    }

    private async Task ServeAsync(int number, Socket socket, Uri address)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(
            _stop.Token, socket.Cancel.Token);
        using ClientWebSocket client = new();
        // The status of a refused upgrade: too many attempts is another thing than a venue that is down.
        client.Options.CollectHttpResponseDetails = true;
        Task sending = Task.CompletedTask;
        string reason;
        try
        {
            await client.ConnectAsync(address, both.Token).ConfigureAwait(false);
            socket.IsOpen = true;
            Tell(new Arrived(WireEventKind.Opened, number, [], 0));
            sending = SendAllAsync(client, socket, both.Token);
            reason = await ReceiveAllAsync(client, number, both.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or OperationCanceledException
            or HttpRequestException or ObjectDisposedException)
        {
            // However it ended, it ended: the event says so.
            reason = fault.InnerException?.Message ?? fault.Message;
        }

        // What the other side closed is closed on ours, too: the sender says so after what still waits.
        socket.HangUp();
        await sending.ConfigureAwait(false);
        int status = (int?)client.CloseStatus ?? (socket.IsOpen ? 0 : (int)client.HttpStatusCode);
        if (reason.Length > ReasonCharsMax) reason = reason[..ReasonCharsMax];
        Tell(new Arrived(WireEventKind.Closed, number, Encoding.UTF8.GetBytes(reason), status));
    }

    /// <summary>Returns why the other side ended it.</summary>
    private async Task<string> ReceiveAllAsync(ClientWebSocket client, int number, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            ValueWebSocketReceiveResult result =
                await client.ReceiveAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return client.CloseStatusDescription is { Length: > 0 } words ? words : "closed by the other side";
            }

            length += result.Count;
            if (length > MessageBytesMax) return $"a message of more than {MessageBytesMax} bytes";
            if (!result.EndOfMessage) continue;
            Tell(new Arrived(WireEventKind.Frame, number, buffer.AsSpan(0, length).ToArray(), 0));
            length = 0;
        }
    }

    /// <summary>Sends until the socket is hung up, then says goodbye.</summary>
    private static async Task SendAllAsync(ClientWebSocket client, Socket socket, CancellationToken stop)
    {
        ChannelReader<byte[]> outgoing = socket.Outgoing.Reader;
        try
        {
            while (await outgoing.WaitToReadAsync(stop).ConfigureAwait(false))
            {
                while (outgoing.TryRead(out byte[]? frame))
                {
                    await client.SendAsync(frame, WebSocketMessageType.Text, true, stop).ConfigureAwait(false);
                }
            }

            await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The receiving side ends for the same reason and tells it.
        }
    }

    private async Task PostAsync(int number, WireRequest request)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, new Uri(_addresses.Rest, request.Path));
        message.Headers.Add("API-Key", request.ApiKey);
        message.Headers.Add("API-Sign", request.ApiSign);
        message.Content = new ReadOnlyMemoryContent(request.Body);
        message.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(message, _stop.Token).ConfigureAwait(false);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(_stop.Token).ConfigureAwait(false);
            Tell(new Arrived(WireEventKind.Answer, number, body, (int)answer.StatusCode));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            Tell(new Arrived(WireEventKind.Answer, number, [], 0));
        }
    }

    private sealed class Socket
    {
        private volatile bool _isOpen;

        public Channel<byte[]> Outgoing { get; } = Channel.CreateBounded<byte[]>(SendQueueMax);

        public CancellationTokenSource Cancel { get; } = new();

        public bool IsOpen
        {
            get => _isOpen;
            set => _isOpen = value;
        }

        /// <summary>Nothing more is sent but a goodbye; without an answer to that the socket is aborted.</summary>
        public void HangUp()
        {
            Outgoing.Writer.TryComplete();
            if (_isOpen) Cancel.CancelAfter(GoodbyeMax);
            else Cancel.Cancel();
        }
    }

    private readonly record struct Arrived(WireEventKind Kind, int Number, byte[] Bytes, int Status);
}
