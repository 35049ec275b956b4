// In:     captured frames at their pace, messages of clients.   Out: frames to those who subscribed them.
// Thread: Run is the server's own; Join, Leave and Receive are called by the clients' tasks.
// Keeps:  one thread sees market and subscriptions; a slow client is dropped (at full speed, waited for a while first).
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Capture;

/// <summary>Plays captures to clients.</summary>
internal sealed partial class ServedPlay : IAsyncDisposable
{
    private const long HeartbeatEveryNs = 1_000_000_000;

    /// <summary>Playing begins when nobody subscribed anything for so long after the first subscription.</summary>
    private const long SettleNs = 300_000_000;

    /// <summary>At full speed a client that does not read for so long is dropped.</summary>
    private static readonly TimeSpan SlowMax = TimeSpan.FromSeconds(5);

    private static readonly byte[] Heartbeat = "{\"channel\":\"heartbeat\"}"u8.ToArray();

    private static readonly byte[] Online =
    [
        .. "{\"channel\":\"status\",\"type\":\"update\",\"data\":[{\"version\":\"2.0.10\","u8,
        .. "\"system\":\"online\",\"api_version\":\"v2\",\"connection_id\":1}]}"u8,
    ];

    private readonly ServeOptions _options;
    private readonly CaptureClock _clock;
    private readonly ITimer _alarm;
    private readonly ServedMarket _whole;
    private readonly ServedMarket _market = new();
    private readonly ConcurrentQueue<Deed> _acts = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly List<ServedClient> _clients = [];
    private long _heartbeatNs;
    private long _subscribedNs;
    private long _framesSent;
    private int _passes;
    private volatile bool _isStopping;
    private volatile bool _isOver;

    // Where the recorded time of the pass began, and when that was.
    private long _anchorFrameNs;
    private long _anchorNs;

    public ServedPlay(ServeOptions options, ServedMarket whole)
    {
        _options = options;
        _clock = options.Clock;
        _alarm = _clock.Time.CreateTimer(
            _ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _whole = whole;
    }

    /// <summary>Frames of the captures that were played, whether anybody was told of them.</summary>
    public long FramesPlayed { get; private set; }

    /// <summary>Frames handed to clients, all of them counted for each.</summary>
    public long FramesSent => Volatile.Read(ref _framesSent);

    public int Passes => Volatile.Read(ref _passes);

    /// <summary>The captures were played to their end, and do not begin again.</summary>
    public bool IsOver => _isOver;

    /// <summary>Channels and symbols on offer.</summary>
    public IReadOnlyCollection<(Dialect Dialect, string Channel, string Symbol)> Offered => _whole.Offered;

    /// <summary>Reads the captures through: which channels, symbols and depths they hold.</summary>
    public static string Survey(ServeOptions options, ServedMarket market, CancellationToken stop)
    {
        using ReplaySource source = Open(options);
        while (!stop.IsCancellationRequested && source.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            _ = market.Take(in frame, source.Dialect, out _);
        }

        if (source.Fault is { } fault) return fault.ToString();
        bool any = market.Offered.Any(
            offer => offer.Dialect is Dialect.SpotV2 or Dialect.Unified or Dialect.FuturesV1);
        return any ? "" : "There is nothing of spot v2, Unified or derivatives v1 in it: serve speaks those.";
    }

    /// <summary>What a socket hears first where the capture says nothing of the venue.</summary>
    public static byte[] OnlineFrame() => Online;

    public static byte[] HeartbeatFrame() => Heartbeat;

    public void Join(ServedClient client) => Post(new Deed(client, IsGone: false, null));

    public void Leave(ServedClient client) => Post(new Deed(client, IsGone: true, null));

    public void Receive(ServedClient client, byte[] message) => Post(new Deed(client, IsGone: false, message));

    /// <summary>Ends every client's socket: without a word, or with a close frame.</summary>
    public void Drop(WebSocketCloseStatus? status) => Post(new Deed(null, IsGone: false, null, status));

    public void Stop()
    {
        _isStopping = true;
        _wake.Set();
    }

    public void Run()
    {
        while (!_isStopping)
        {
            Interlocked.Increment(ref _passes);
            PlayOnce();
            if (_options.Loop)
            {
                _market.Rewind();
                continue;
            }

            _isOver = true;
            while (!_isStopping) Idle(HeartbeatEveryNs);
        }

        foreach (ServedClient client in _clients) client.End(WebSocketCloseStatus.EndpointUnavailable);
    }

    public async ValueTask DisposeAsync()
    {
        await _alarm.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
    }

    internal static ReplaySource Open(ServeOptions options)
    {
        if (!ReplayCommand.TryReadPlan(ReplayCommand.DefaultTimeframes, out BarPlan? plan, out string error))
        {
            throw new InvalidOperationException(error);
        }

        bool merges = options.Files.Count > 1 && options.Files.All(CaptureNames.IsRecording);
        return ReplaySource.Open(new ReplayOptions { Files = options.Files, Bars = plan, Merge = merges });
    }

    private void PlayOnce()
    {
        using ReplaySource source = Open(_options);
        ReceiveClock clock = new();
        _anchorNs = 0;
        while (!_isStopping && source.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            WaitForSubscribers();
            if (source.FileBegan) clock.BeginFile();
            // The frame's own bytes live until the next read: a subscriber that comes meanwhile changes nothing in it.
            byte[] bytes = frame.Bytes.ToArray();
            CapturedStamp stamp = frame.Stamp;
            long exchangeNs = 0;
            if (_options.Speed > 0) WaitForTime(clock.Stamp(stamp.HasReceiveTime, stamp.ReceiveTimeNs, exchangeNs));
            Act(_clock.NowNs());
            CapturedFrame played = new(bytes, in stamp);
            if (_market.Take(in played, source.Dialect, out exchangeNs) is { } served) Send(served, bytes);
            _ = clock.Stamp(stamp.HasReceiveTime, stamp.ReceiveTimeNs, exchangeNs);
            FramesPlayed++;
        }
    }

    /// <summary>Nothing is played to nobody: the capture waits for its first subscriber.</summary>
    private void WaitForSubscribers()
    {
        while (!_isStopping)
        {
            long nowNs = _clock.NowNs();
            Act(nowNs);
            if (_subscribedNs > 0 && nowNs - _subscribedNs >= SettleNs) return;
            if (_subscribedNs > 0 && _anchorNs > 0) return;
            Idle(SettleNs / 10);
        }
    }

    private void WaitForTime(long frameNs)
    {
        if (_anchorNs == 0) (_anchorNs, _anchorFrameNs) = (_clock.NowNs(), frameNs);
        while (!_isStopping)
        {
            long dueNs = _anchorNs + (long)((frameNs - _anchorFrameNs) / _options.Speed);
            long waitNs = dueNs - _clock.NowNs();
            if (waitNs <= 0) return;
            Idle(Math.Min(waitNs, HeartbeatEveryNs / 4));
        }
    }

    private void Idle(long atMostNs)
    {
        long nowNs = _clock.NowNs();
        Act(nowNs);
        long waitMs = Math.Max(1, Math.Min(atMostNs, Math.Max(0, _heartbeatNs - nowNs)) / 1_000_000);
        _alarm.Change(TimeSpan.FromMilliseconds(waitMs), Timeout.InfiniteTimeSpan);
        _wake.WaitOne();
    }

    /// <summary>Takes in what clients did, and beats when it is time.</summary>
    private void Act(long nowNs)
    {
        while (_acts.TryDequeue(out Deed act))
        {
            if (act.Client is null) DropAll(act.Status);
            else if (act.IsGone) _clients.Remove(act.Client);
            else if (act.Message is null) Welcome(act.Client);
            else if (act.Client.Dialect == Dialect.FuturesV1) AnswerLegacy(act.Client, act.Message, nowNs);
            else Answer(act.Client, act.Message, nowNs);
        }

        if (nowNs < _heartbeatNs) return;
        _heartbeatNs = nowNs + HeartbeatEveryNs;
        foreach (ServedClient client in _clients.Where(client => client.Subscriptions.Count > 0))
        {
            bool isLegacy = client.Dialect == Dialect.FuturesV1;
            if (!isLegacy) Put(client, Heartbeat);
            else if (client.Subscriptions.ContainsKey((BeatFeed, ""))) Put(client, LegacyFrames.Heartbeat(nowNs));
        }
    }

    private void DropAll(WebSocketCloseStatus? status)
    {
        foreach (ServedClient client in _clients)
        {
            if (status is { } words) client.End(words);
            else client.Abort();
        }
    }

    private void Welcome(ServedClient client)
    {
        _clients.Add(client);
        byte[] online = client.Dialect == Dialect.FuturesV1 ? LegacyFrames.Welcome : Online;
        Put(client, _market.StatusOf(client.Dialect) ?? online);
    }

    private void Send(ServedFrame served, byte[] bytes)
    {
        foreach (ServedClient client in _clients)
        {
            if (client.Dialect != served.Dialect) continue;
            if (served.Channel == "status")
            {
                Put(client, bytes);
                continue;
            }

            (string, string) key = (served.Channel, served.Symbol);
            if (!client.Subscriptions.TryGetValue(key, out bool hasBegun)) continue;
            // Updates of a book mean nothing to who does not have it.
            bool isEarly = !hasBegun && served.Channel == "book" && !served.IsSnapshot;
            if (isEarly) continue;
            client.Subscriptions[key] = true;
            Put(client, bytes);
        }
    }

    private void Put(ServedClient client, byte[] bytes)
    {
        bool waits = _options.Speed == 0;
        long began = Stopwatch.GetTimestamp();
        while (!client.TryEnqueue(bytes))
        {
            if (!waits || _isStopping || Stopwatch.GetElapsedTime(began) > SlowMax)
            {
                client.Abort();
                return;
            }

            _wake.WaitOne(TimeSpan.FromMilliseconds(1));
        }

        Volatile.Write(ref _framesSent, _framesSent + 1);
    }

    private void Answer(ServedClient client, byte[] message, long nowNs)
    {
        VenueRequest? request = VenueRequest.Read(message);
        if (request is null) Put(client, ServedReplies.Unreadable(nowNs));
        else if (request.Method == "ping") Put(client, ServedReplies.Pong(request, nowNs));
        else if (request.Method is "subscribe" or "unsubscribe") Answer(client, request, nowNs);
        else Put(client, ServedReplies.Refusal(request, "EGeneral:Invalid arguments:method", "", nowNs));
    }

    private void Answer(ServedClient client, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        string wanted = client.Dialect == Dialect.Unified ? "derivatives" : "";
        bool isKnown = channel is "book" or "trade" or "ticker" or "ohlc" or "instrument";
        string? error = !isKnown ? "EGeneral:Invalid arguments:channel"
            : request.Text("asset_class") != wanted ? "EGeneral:Invalid arguments:asset_class" : null;
        if (error is not null)
        {
            Put(client, ServedReplies.Refusal(request, error, "", nowNs));
            return;
        }

        string[] symbols = channel == "instrument" ? [""] : request.Texts("symbol");
        foreach (string symbol in symbols.DefaultIfEmpty("?"))
        {
            if (request.Method == "subscribe") Subscribe(client, request, channel, symbol, nowNs);
            else Unsubscribe(client, request, channel, symbol, nowNs);
        }
    }

    private void Subscribe(ServedClient client, VenueRequest request, string channel, string symbol, long nowNs)
    {
        int depth = request.Whole("depth", 10);
        bool isOffered = _whole.Offered.Contains((client.Dialect, channel, symbol));
        string? error = client.Subscriptions.ContainsKey((channel, symbol)) ? "Already subscribed"
            : channel == "instrument" && !isOffered ? "The capture holds no instruments"
            : channel != "instrument" && !IsKnown(client.Dialect, symbol)
                ? "Currency pair not supported " + ServedReplies.Printable(symbol)
            : channel == "book" && isOffered && depth != _whole.DepthOf(client.Dialect, symbol)
                ? "Subscription depth not supported" : null;
        if (error is not null)
        {
            Put(client, ServedReplies.Refusal(request, error, ServedReplies.Printable(symbol), nowNs));
            return;
        }

        Put(client, ServedReplies.Acknowledgement(request, client.Dialect, channel, symbol, depth, nowNs));
        byte[]? snapshot = channel == "instrument"
            ? _market.InstrumentsOf(client.Dialect) ?? _whole.InstrumentsOf(client.Dialect)
            : _market.SnapshotOf(client.Dialect, channel, symbol);
        bool begins = snapshot is not null && (channel == "book" || ServedReplies.WantsSnapshot(request, channel));
        if (begins) Put(client, snapshot!);
        client.Subscriptions[(channel, symbol)] = begins;
        if (channel != "instrument") _subscribedNs = nowNs;
    }

    private void Unsubscribe(ServedClient client, VenueRequest request, string channel, string symbol, long nowNs)
    {
        bool was = client.Subscriptions.Remove((channel, symbol));
        byte[] answer = was
            ? ServedReplies.Acknowledgement(
                request, client.Dialect, channel, symbol, request.Whole("depth", 10), nowNs)
            : ServedReplies.Refusal(request, "Subscription Not Found", ServedReplies.Printable(symbol), nowNs);
        Put(client, answer);
    }

    /// <summary>The capture has frames of the symbol, be it of another channel: this one is silent then.</summary>
    private bool IsKnown(Dialect dialect, string symbol) => symbol.Length > 0
        && _whole.Offered.Any(offer => offer.Dialect == dialect && offer.Symbol == symbol);

    private void Post(Deed act)
    {
        _acts.Enqueue(act);
        _wake.Set();
    }

    /// <summary>What a client did: came (no message), said something, went; without a client, all are to go.</summary>
    private readonly record struct Deed(
        ServedClient? Client, bool IsGone, byte[]? Message, WebSocketCloseStatus? Status = null);
}
