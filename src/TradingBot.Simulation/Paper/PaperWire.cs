// In:     another wire's public sockets and public calls; the worker's private socket and token calls.
// Out:    the public frames untouched; for the private ones, a paper venue that fills against them.
// Thread: the caller's, like any wire.
// Keeps:  nothing but market-data requests ever reaches the outer wire; what the worker hears of its orders is in
//         Kraken's own wire format, signed and answered as Kraken does.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;

namespace TradingBot.Simulation.Paper;

/// <summary>A wire whose market data is real and whose account is on paper.</summary>
public sealed class PaperWire : IWire
{
    private readonly IWire _outer;
    private readonly PaperVenue _venue;
    private readonly Dictionary<int, (WireEndpoint Endpoint, int Socket)> _open = [];
    private readonly Queue<int> _opened = [];
    private readonly List<(int Number, RestAnswer Answer)> _answers = [];
    private byte[] _received = [];
    private RestAnswer? _answer;
    private long _nowNs;
    private int _requests;

    private PaperWire(PaperVenue venue, IWire outer)
    {
        _venue = venue;
        _outer = outer;
    }

    /// <summary>The account's truth.</summary>
    public VenueOracle Oracle => _venue.Oracle;

    /// <summary>Times the account's file could not be written; while it cannot, entries are refused.</summary>
    public long SavesFailed => _venue.SavesFailed;

    public long NextDueNs
    {
        get
        {
            long dueNs = _opened.Count > 0 ? _nowNs : Math.Min(_outer.NextDueNs, _venue.NextDueNs);
            foreach ((_, RestAnswer answer) in _answers) dueNs = Math.Min(dueNs, answer.DueNs);
            return dueNs;
        }
    }

    public long ClockNs => _outer.ClockNs;

    /// <summary>
    /// A paper account over a wire: continued from its file, or new; null, with the reason, when the file cannot be
    /// used.
    /// </summary>
    /// <param name="options">What the paper venue shall be.</param>
    /// <param name="path">File of the account; null keeps it in memory only.</param>
    /// <param name="outer">Where market data comes from.</param>
    /// <param name="fault">Why not: what, where and what to do.</param>
    public static PaperWire? Over(IWire outer, PaperOptions options, string? path, out string fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(outer);
        PaperAccountFile? file = path is null ? null : new PaperAccountFile(path);
        PaperAccount? kept = null;
        fault = "";
        if (file is not null && !file.TryLoad(options.Mark, out kept, out fault)) return null;
        return new PaperWire(new PaperVenue(options, kept, file), outer);
    }

    public int Open(WireEndpoint endpoint)
    {
        if (endpoint == WireEndpoint.UnifiedPrivate)
        {
            int paper = OfPaper(_venue.Open());
            _opened.Enqueue(paper);
            return paper;
        }

        int connection = _outer.Open(endpoint);
        // Numbers of connections grow for ever; those of sockets are used again.
        int socket = 0;
        while (_open.Values.Any(one => one.Socket == socket)) socket++;

        _open[connection] = (endpoint, socket);
        return OfOuter(connection);
    }

    public void Close(int connection)
    {
        if (IsPaper(connection))
        {
            _venue.Close(connection >> 1);
            return;
        }

        _outer.Close(connection >> 1);
        if (_open.Remove(connection >> 1, out (WireEndpoint, int Socket) gone)) _venue.Lost(gone.Socket);
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        if (IsPaper(connection)) return _venue.Send(connection >> 1, frame);
        if (!IsMarketData(frame))
        {
            throw new InvalidOperationException("On paper nothing but market-data requests may leave.");
        }

        return _outer.Send(connection >> 1, frame);
    }

    public int Request(WireRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsPublic)
        {
            // Public calls need no key, and a paper key is nobody's business.
            return OfOuter(_outer.Request(request with { ApiKey = "", ApiSign = "" }));
        }

        _answers.Add((OfPaper(_requests++), _venue.Request(request)));
        return _answers[^1].Number;
    }

    /// <summary>
    /// What the feed has comes first, so that an order meets the newest book; then what is due of the account.
    /// </summary>
    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        _nowNs = Math.Max(_nowNs, nowNs);
        _venue.MoveTo(_nowNs);
        if (_opened.TryDequeue(out int opened))
        {
            wireEvent = new WireEvent(WireEventKind.Opened, opened);
            return true;
        }

        if (_outer.TryReceive(nowNs, out WireEvent e))
        {
            Observe(in e);
            wireEvent = new WireEvent(e.Kind, OfOuter(e.Connection), e.Bytes, e.Status);
            return true;
        }

        _venue.Advance();
        if (_venue.TryReceive(out int connection, out _received))
        {
            wireEvent = new WireEvent(WireEventKind.Frame, OfPaper(connection), _received);
            return true;
        }

        return TryAnswer(out wireEvent);
    }

    private static int OfOuter(int number) => number << 1;

    private static int OfPaper(int number) => (number << 1) | 1;

    private static bool IsPaper(int number) => (number & 1) == 1;

    /// <summary>A ping, or a subscription to a public channel without a token.</summary>
    private static bool IsMarketData(ReadOnlySpan<byte> frame)
    {
        if (VenueRequest.ReadEvent(frame) is { Method: "subscribe" or "unsubscribe" } first)
        {
            return first.Text("feed") is "book" or "trade" or "ticker" or "heartbeat";
        }

        if (VenueRequest.Read(frame) is not VenueRequest request || request.Text("token").Length > 0) return false;
        bool isPublic = request.Text("channel")
            is "book" or "trade" or "ticker" or "ohlc" or "instrument" or "status";
        return request.Method == "ping" || (isPublic && request.Method is ("subscribe" or "unsubscribe"));
    }

    private bool TryAnswer(out WireEvent wireEvent)
    {
        int due = _answers.FindIndex(entry => entry.Answer.DueNs <= _nowNs);
        if (due < 0)
        {
            wireEvent = default;
            return false;
        }

        (int number, _answer) = _answers[due];
        _answers.RemoveAt(due);
        wireEvent = new WireEvent(WireEventKind.Answer, number, _answer.Body.Span, _answer.Status);
        return true;
    }

    private void Observe(in WireEvent e)
    {
        if (e.Kind == WireEventKind.Answer || !_open.TryGetValue(e.Connection, out var from)) return;
        if (e.Kind == WireEventKind.Frame)
        {
            _venue.Observe(from.Endpoint, from.Socket, e.Bytes);
        }
        else if (e.Kind == WireEventKind.Closed)
        {
            _open.Remove(e.Connection);
            _venue.Lost(from.Socket);
        }
    }
}
