// In:     opens, frames and requests from the worker's thread.   Out: events from real sockets, in turn.
// Thread: calls come from one thread; each socket tells through a ring of its own, HTTP through a queue.
// Keeps:  network errors are values; what is told of one socket keeps its order; no socket starves another.
// Budget: 0 bytes per frame (SocketReceiveAllocationTests).
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Trading;

namespace TradingBot.Kraken.Feed;

/// <summary>Addresses of a venue.</summary>
public sealed record VenueAddresses(Uri Rest, Uri SpotPublic, Uri UnifiedPublic, Uri UnifiedPrivate)
{
    private const string Kraken = "kraken.com";

    /// <summary>The derivatives' first WebSocket, for public feeds; null: nobody opens it.</summary>
    public Uri? DerivativesPublic { get; init; }

    /// <summary>Host of derivatives REST v3; null: nobody asks there.</summary>
    public Uri? DerivativesRest { get; init; }

    /// <summary>The derivatives' first WebSocket, for private feeds; null: nobody opens it.</summary>
    public Uri? FuturesPrivate { get; init; }

    /// <summary>Spot WebSocket v2, private; null: nobody opens it.</summary>
    public Uri? SpotPrivate { get; init; }

    /// <summary>Every address is of this machine.</summary>
    public bool AreLoopback => Array.TrueForAll(All, address => address.IsLoopback);

    /// <summary>All that are given.</summary>
    public Uri[] All
    {
        get
        {
            Uri?[] all =
            [
                Rest, SpotPublic, UnifiedPublic, UnifiedPrivate, DerivativesPublic, DerivativesRest, FuturesPrivate,
                SpotPrivate,
            ];
            return [.. Array.FindAll(all, address => address is not null)!];
        }
    }

    /// <summary>
    /// Of Kraken (kraken.com and what lies under it) over TLS, or of this machine: nobody else is spoken to.
    /// </summary>
    public static bool IsAllowed(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsLoopback) return address.Scheme is "ws" or "wss" or "http" or "https";
        string host = address.IdnHost;
        bool isKraken = host.Equals(Kraken, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + Kraken, StringComparison.OrdinalIgnoreCase);
        return isKraken && address.Scheme is ("wss" or "https") && address.UserInfo.Length == 0;
    }

    public Uri Of(WireEndpoint endpoint) => endpoint switch
    {
        WireEndpoint.SpotPublic => SpotPublic,
        WireEndpoint.UnifiedPublic => UnifiedPublic,
        WireEndpoint.FuturesPublic => DerivativesPublic ?? throw Missing(endpoint),
        WireEndpoint.FuturesPrivate => FuturesPrivate ?? throw Missing(endpoint),
        WireEndpoint.SpotPrivate => SpotPrivate ?? throw Missing(endpoint),
        _ => UnifiedPrivate,
    };

    private static InvalidOperationException Missing(WireEndpoint endpoint) =>
        new($"No address was given for {endpoint}.");
}

/// <summary>The wire over WebSockets and HTTP.</summary>
/// <remarks>
/// Public sockets receive on threads of their own (<see cref="FeedSocket"/>), the account's on the pool
/// (<see cref="PooledSocket"/>), which is also the slow twin of the others.
/// </remarks>
public sealed class SocketWire : IWire, IAsyncDisposable
{
    /// <summary>A token is 100 bytes, a week of announcements some thousand.</summary>
    private const int AnswerBytesMax = 1 << 20;

    private readonly VenueAddresses _addresses;
    private readonly bool _inline;
    private readonly X509Certificate2Collection? _trust;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly ManualResetEventSlim _something = new();
    private readonly Dictionary<int, WireSocket> _sockets = [];
    private readonly List<int> _numbers = [];
    private readonly Stack<FrameRing> _rings = [];
    private readonly List<Task> _tasks = [];
    private readonly Action _wake;
    private readonly long _startTimestamp = Stopwatch.GetTimestamp();
    private readonly long _startNs = UnixNs();
    private int _next;
    private int _turn;

    /// <param name="addresses">Of the venue.</param>
    /// <param name="inline">Public sockets receive on threads of their own; false: on the pool, as slow twin.</param>
    /// <param name="trust">Roots that public sockets trust in place of the system's; tests have one of their
    /// own.</param>
    /// <exception cref="ArgumentException">An address is neither Kraken's nor this machine's.</exception>
    public SocketWire(VenueAddresses addresses, bool inline = true, X509Certificate2Collection? trust = null)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        Uri? stranger = Array.Find(addresses.All, address => !VenueAddresses.IsAllowed(address));
        if (stranger is not null)
        {
            string host = stranger.Host;
            throw new ArgumentException($"{host} is neither of kraken.com nor this machine.", nameof(addresses));
        }

        _addresses = addresses;
        _inline = inline;
        _trust = trust;
        _wake = _something.Set;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }, disposeHandler: true)
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    public long NextDueNs => long.MaxValue;

    /// <summary>The later of both clocks: one may be set back, the other stands still with a machine that
    /// sleeps.</summary>
    public long ClockNs => Math.Max(UnixNs(), _startNs + (Stopwatch.GetElapsedTime(_startTimestamp).Ticks * 100));

    /// <summary>Events that wait to be received.</summary>
    public int Waiting
    {
        get
        {
            long waiting = _answers.Count;
            foreach (WireSocket socket in _sockets.Values) waiting += socket.Ring.Waiting;
            return (int)waiting;
        }
    }

    public int Open(WireEndpoint endpoint)
    {
        int number = _next++;
        FrameRing ring = _rings.TryPop(out FrameRing? used) ? used : new FrameRing();
        Uri address = _addresses.Of(endpoint);
        bool isPublic = endpoint is WireEndpoint.SpotPublic or WireEndpoint.UnifiedPublic or WireEndpoint.FuturesPublic;
        WireSocket socket = _inline && isPublic
            ? new FeedSocket(address, ring, _wake, _trust, pings: endpoint == WireEndpoint.FuturesPublic)
            : new PooledSocket(address, ring, _wake, endpoint == WireEndpoint.FuturesPrivate);
        _sockets[number] = socket;
        _numbers.Add(number);
        socket.Start();
        return number;
    }

    public void Close(int connection)
    {
        if (!_sockets.TryGetValue(connection, out WireSocket? socket)) return;
        socket.IsHungUp = true;
        socket.HangUp();
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame) =>
        _sockets.TryGetValue(connection, out WireSocket? socket) && !socket.IsHungUp && socket.TrySend(frame);

    public int Request(WireRequest request)
    {
        int number = _next++;
        _tasks.RemoveAll(static done => done.IsCompletedSuccessfully);
        _tasks.Add(AskAsync(number, request));
        return number;
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        if (TryTake(out wireEvent)) return true;
        _something.Reset();
        // What came between the look and the reset has set nothing that lasts.
        return TryTake(out wireEvent);
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
        _stop.CancelAfter(WireSocket.GoodbyeMax);
        foreach (WireSocket socket in _sockets.Values)
        {
            socket.Abandon();
            _tasks.Add(socket.Ended);
        }

        _sockets.Clear();
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        _http.Dispose();
        _something.Dispose();
        _stop.Dispose();
    }

    private static long UnixNs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private bool TryTake(out WireEvent wireEvent)
    {
        if (_answers.TryDequeue(out Answer answer))
        {
            wireEvent = new WireEvent(WireEventKind.Answer, answer.Number, answer.Bytes, answer.Status);
            return true;
        }

        for (int looked = 0; looked < _numbers.Count;)
        {
            _turn = _turn + 1 < _numbers.Count ? _turn + 1 : 0;
            int number = _numbers[_turn];
            WireSocket socket = _sockets[number];
            if (!socket.Ring.TryRead(out WireEventKind kind, out int status, out ReadOnlySpan<byte> bytes))
            {
                looked++;
                continue;
            }

            if (kind == WireEventKind.Closed) Forget(number, socket);
            // A socket that was hung up tells nothing more.
            if (socket.IsHungUp) continue;
            wireEvent = new WireEvent(kind, number, bytes, status);
            return true;
        }

        wireEvent = default;
        return false;
    }

    /// <summary>Closed is the last thing a socket writes: its ring may serve another.</summary>
    private void Forget(int number, WireSocket socket)
    {
        _sockets.Remove(number);
        _numbers.Remove(number);
        _tasks.Add(socket.Ended);
        _rings.Push(socket.Ring);
    }

    private async Task AskAsync(int number, WireRequest request)
    {
        using HttpRequestMessage message = Message(request);
        Answer told;
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(message, _stop.Token).ConfigureAwait(false);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(_stop.Token).ConfigureAwait(false);
            told = new Answer(number, body, (int)answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            told = new Answer(number, [], 0);
        }

        _answers.Enqueue(told);
        _wake();
    }

    private HttpRequestMessage Message(WireRequest request)
    {
        Uri host = request.IsOfDerivatives ? _addresses.DerivativesRest ?? _addresses.Rest : _addresses.Rest;
        HttpRequestMessage message = new(
            request.IsGet ? HttpMethod.Get : HttpMethod.Post, new Uri(host, request.Path));
        if (request.IsPublic) return message;
        message.Headers.Add(request.IsOfDerivatives ? "APIKey" : "API-Key", request.ApiKey);
        message.Headers.Add(request.IsOfDerivatives ? "Authent" : "API-Sign", request.ApiSign);
        if (request.IsGet) return message;
        message.Content = new ReadOnlyMemoryContent(request.Body);
        message.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        return message;
    }

    private readonly record struct Answer(int Number, byte[] Bytes, int Status);
}
