// In:     captures; what a worker subscribes.   Out: the recorded frames at their pace, to the sockets that asked.
// Thread: the caller's, in virtual time.
// Keeps:  same captures and same calls, same bytes at the same times; one recorded frame per instant, so that a worker
//         can be compared with the recording after each.
// Budget: one more parse of each frame.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Capture;

/// <summary>The public sockets of a venue that is a recording.</summary>
internal sealed class CaptureWire : IWire, IDisposable
{
    private const long HeartbeatEveryNs = 1_000_000_000;

    /// <summary>Playing begins when nothing was subscribed for so long after the first subscription.</summary>
    private const long SettleNs = 300_000_000;

    /// <summary>When a recording without absolute times begins: 2026-01-01T00:00:00Z.</summary>
    private const long UsualStartNs = 1_767_225_600_000_000_000;

    private readonly ServedMarket _whole;
    private readonly ServedMarket _market = new();
    private readonly ReplaySource _source;
    private readonly ReceiveClock _clock = new();
    private readonly Dictionary<int, Dialect> _sockets = [];
    private readonly Dictionary<int, Dictionary<(string Channel, string Symbol), bool>> _subscriptions = [];
    private readonly Queue<(WireEventKind Kind, int Connection, byte[] Bytes, int Status)> _told = new();
    private byte[] _given = [];
    private byte[] _frame = [];
    private CapturedStamp _stamp;
    private bool _hasFrame;
    private long _frameNs;
    private long _anchorNs;
    private long _anchorFrameNs;
    private long _playedNs;
    private long _subscribedNs;
    private long _beatNs;
    private long _nowNs;
    private int _opened;
    private int _requests;

    private CaptureWire(ServedMarket whole, ReplaySource source)
    {
        _whole = whole;
        _source = source;
        ReadNext();
        StartNs = ReceiveClock.IsAbsolute(_frameNs) ? _frameNs - SettleNs : UsualStartNs;
        _nowNs = StartNs;
    }

    /// <summary>When virtual time begins: a moment before the first frame was received.</summary>
    public long StartNs { get; }

    /// <summary>Recorded frames played so far.</summary>
    public long FramesPlayed { get; private set; }

    /// <summary>The recording was played to its end.</summary>
    public bool IsOver => !_hasFrame;

    /// <summary>The book whose update was played last; null when it was another frame.</summary>
    public (Dialect Dialect, string Symbol)? BookPlayed { get; private set; }

    public CaptureFault? Fault => _source.Fault;

    public long ClockNs => _nowNs;

    public long NextDueNs
    {
        get
        {
            if (_told.Count > 0) return _nowNs;
            long beatNs = _subscriptions.Values.Any(one => one.Count > 0) ? _beatNs : long.MaxValue;
            return Math.Min(beatNs, FrameDueNs);
        }
    }

    private long FrameDueNs
    {
        get
        {
            if (!_hasFrame || _subscribedNs == 0) return long.MaxValue;
            if (_anchorNs == 0) return _subscribedNs + SettleNs;
            // Frames before the first that says when it was have no time between them.
            if (!ReceiveClock.IsAbsolute(_anchorFrameNs)) return _playedNs + 1;
            return Math.Max(_anchorNs + (_frameNs - _anchorFrameNs), _playedNs + 1);
        }
    }

    /// <summary>Null, with the reason, when the captures cannot be played.</summary>
    public static CaptureWire? Open(IReadOnlyList<string> files, CancellationToken stop, out string fault)
    {
        ServeOptions options = new() { Files = files };
        ServedMarket whole = new();
        fault = ServedPlay.Survey(options, whole, stop);
        return fault.Length > 0 ? null : new CaptureWire(whole, ServedPlay.Open(options));
    }

    /// <summary>Symbols of a socket that there are books of, in order of their names.</summary>
    public string[] SymbolsOf(Dialect dialect) =>
    [
        .. _whole.Offered.Where(offer => offer.Dialect == dialect && offer.Channel == "book")
            .Select(offer => offer.Symbol).Order(StringComparer.Ordinal),
    ];

    /// <summary>Levels a side that were recorded: of the deepest book, 10 without one.</summary>
    public int Depth => _whole.Offered.Where(offer => offer.Channel == "book")
        .Select(offer => _whole.DepthOf(offer.Dialect, offer.Symbol)).DefaultIfEmpty(10).Max();

    /// <summary>The checksum of the recorded book as it is now; null while it is not in sync.</summary>
    public uint? ChecksumOf(Dialect dialect, string symbol) => _market.ChecksumOf(dialect, symbol);

    public int Open(WireEndpoint endpoint)
    {
        int connection = _opened++;
        Dialect dialect = endpoint == WireEndpoint.SpotPublic ? Dialect.SpotV2 : Dialect.Unified;
        _sockets[connection] = dialect;
        _subscriptions[connection] = [];
        _told.Enqueue((WireEventKind.Opened, connection, [], 0));
        Tell(connection, _market.StatusOf(dialect) ?? ServedPlay.OnlineFrame());
        return connection;
    }

    public void Close(int connection)
    {
        _sockets.Remove(connection);
        _subscriptions.Remove(connection);
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        if (!_sockets.TryGetValue(connection, out Dialect dialect)) return false;
        if (VenueRequest.Read(frame) is not { } request)
        {
            Tell(connection, ServedReplies.Unreadable(_nowNs));
            return true;
        }

        if (request.Method == "ping")
        {
            Tell(connection, ServedReplies.Pong(request, _nowNs));
            return true;
        }

        string channel = request.Text("channel");
        string[] symbols = channel == "instrument" ? [""] : request.Texts("symbol");
        foreach (string symbol in symbols)
        {
            if (request.Method == "subscribe") Subscribe(connection, dialect, request, channel, symbol);
            else Unsubscribe(connection, dialect, request, channel, symbol);
        }

        return true;
    }

    /// <summary>The recording knows no REST: the venue is online, and nothing is announced.</summary>
    public int Request(WireRequest request)
    {
        bool asksStatus = request.Path.StartsWith("/0/public/SystemStatus", StringComparison.Ordinal);
        string status = "{\"error\":[],\"result\":{\"status\":\"online\",\"timestamp\":\""
            + ServedMarket.TimeText(_nowNs) + "\"}}";
        bool asksSchedule = request.Path.StartsWith("/0/public/MaintenanceSchedule", StringComparison.Ordinal);
        byte[] body = Encoding.ASCII.GetBytes(asksStatus ? status
            : asksSchedule ? "{\"error\":[],\"result\":{\"events\":[]}}" : "{\"error\":[\"EGeneral:Unknown method\"]}");
        _told.Enqueue((WireEventKind.Answer, _requests, body, 200));
        return _requests++;
    }

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        _nowNs = Math.Max(_nowNs, nowNs);
        if (_told.Count == 0 && FrameDueNs <= _nowNs && _playedNs < _nowNs) Play();
        if (_told.Count == 0) Beat();
        while (_told.TryDequeue(out var next))
        {
            bool isGone = next.Kind != WireEventKind.Answer && !_sockets.ContainsKey(next.Connection);
            if (isGone) continue;
            _given = next.Bytes;
            wireEvent = new WireEvent(next.Kind, next.Connection, _given, next.Status);
            return true;
        }

        wireEvent = default;
        return false;
    }

    public void Dispose() => _source.Dispose();

    private void Tell(int connection, byte[] frame) => _told.Enqueue((WireEventKind.Frame, connection, frame, 0));

    private void Subscribe(int connection, Dialect dialect, VenueRequest request, string channel, string symbol)
    {
        Dictionary<(string, string), bool> subscribed = _subscriptions[connection];
        int depth = request.Whole("depth", 10);
        bool isOffered = _whole.Offered.Contains((dialect, channel, symbol));
        string? error = subscribed.ContainsKey((channel, symbol)) ? "Already subscribed"
            : channel == "instrument" && !isOffered ? "The capture holds no instruments"
            : channel == "book" && isOffered && depth != _whole.DepthOf(dialect, symbol)
                ? "Subscription depth not supported" : null;
        if (error is not null)
        {
            Tell(connection, ServedReplies.Refusal(request, error, ServedReplies.Printable(symbol), _nowNs));
            return;
        }

        Tell(connection, ServedReplies.Acknowledgement(request, dialect, channel, symbol, depth, _nowNs));
        byte[]? snapshot = channel == "instrument"
            ? _market.InstrumentsOf(dialect) ?? _whole.InstrumentsOf(dialect)
            : _market.SnapshotOf(dialect, channel, symbol);
        bool begins = snapshot is not null && (channel == "book" || ServedReplies.WantsSnapshot(request, channel));
        if (begins) Tell(connection, snapshot!);
        subscribed[(channel, symbol)] = begins;
        if (channel != "instrument") _subscribedNs = _nowNs;
        if (_beatNs == 0) _beatNs = _nowNs + HeartbeatEveryNs;
    }

    private void Unsubscribe(int connection, Dialect dialect, VenueRequest request, string channel, string symbol)
    {
        bool was = _subscriptions[connection].Remove((channel, symbol));
        Tell(connection, was
            ? ServedReplies.Acknowledgement(request, dialect, channel, symbol, request.Whole("depth", 10), _nowNs)
            : ServedReplies.Refusal(
                request, "Subscription Not Found", ServedReplies.Printable(symbol), _nowNs));
    }

    private void Play()
    {
        bool begins = _anchorNs == 0 || !ReceiveClock.IsAbsolute(_anchorFrameNs);
        if (begins) (_anchorNs, _anchorFrameNs) = (_nowNs, _frameNs);
        _playedNs = _nowNs;
        BookPlayed = null;
        CapturedFrame frame = new(_frame, in _stamp);
        Dialect dialect = _source.Dialect;
        if (_market.Take(in frame, dialect, out long exchangeNs) is { } served)
        {
            if (served.Channel == "book") BookPlayed = (served.Dialect, served.Symbol);
            foreach ((int connection, Dialect spoken) in _sockets)
            {
                if (spoken == served.Dialect) Tell(connection, in served);
            }
        }

        _ = _clock.Stamp(_stamp.HasReceiveTime, _stamp.ReceiveTimeNs, exchangeNs);
        FramesPlayed++;
        ReadNext();
    }

    private void Tell(int connection, in ServedFrame served)
    {
        if (served.Channel != "status")
        {
            (string, string) key = (served.Channel, served.Symbol);
            if (!_subscriptions[connection].TryGetValue(key, out bool hasBegun)) return;
            // Updates of a book mean nothing to who does not have it.
            if (!hasBegun && served.Channel == "book" && !served.IsSnapshot) return;
            _subscriptions[connection][key] = true;
        }

        Tell(connection, _frame);
    }

    private void ReadNext()
    {
        _hasFrame = _source.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame;
        if (!_hasFrame) return;
        if (_source.FileBegan) _clock.BeginFile();
        _frame = frame.Bytes.ToArray();
        _stamp = frame.Stamp;
        _frameNs = _clock.Stamp(_stamp.HasReceiveTime, _stamp.ReceiveTimeNs, 0);
    }

    private void Beat()
    {
        if (_beatNs == 0 || _nowNs < _beatNs) return;
        _beatNs = _nowNs + HeartbeatEveryNs;
        foreach ((int connection, var subscribed) in _subscriptions)
        {
            if (subscribed.Count > 0) Tell(connection, ServedPlay.HeartbeatFrame());
        }
    }
}
