// In:     what public sockets tell.   Out: events to the engine, answers and data to the subscriptions, records to a
//         recording, where there is one.
// Thread: the worker's.
// Keeps:  I5: every event is numbered in one order. What a lost socket fed is stale at once, and nothing else is.
using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>The public side of a worker: the same whether it trades or only records.</summary>
/// <param name="engine">Is told of the market.</param>
/// <param name="input">Numbers what it is told.</param>
/// <param name="tap">The recording; null: none.</param>
/// <param name="venue">Hears of status frames; null: nobody watches the venue.</param>
/// <param name="clock">Hears how late frames are, and of pongs; null: nobody watches the clocks.</param>
internal sealed class MarketSide(
    Engine engine, EngineInput input, FeedTap? tap, VenueWatch? venue = null, ClockWatch? clock = null)
{
    private readonly EventBatch _batch = new();
    private readonly bool[] _isOnline = new bool[SymbolTable.CapacityDefault];
    private Func<string, int>? _idOf;

    /// <summary>Joins twin sockets; null: there are none.</summary>
    public FeedMerge? Merge { get; init; }

    /// <summary>The public sockets, where several carry one market.</summary>
    public IReadOnlyList<CircleSocket> Sockets { get; set; } = [];

    /// <summary>When the market last said something of an instrument (book, trade, ticker, bar); 0 before.</summary>
    public long TickNs { get; private set; }

    public void On(CircleSocket socket, in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                socket.Watch.OnOpened(nowNs);
                tap?.OnOpened(socket, nowNs);
                socket.Feed!.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                socket.Watch.OnFrame(nowNs);
                OnFrame(socket, e.Bytes, nowNs);
                break;
            default:
                socket.OnClosed(in e, nowNs);
                OnLost(socket, nowNs);
                break;
        }
    }

    /// <summary>The socket is gone: what it fed is not to be believed.</summary>
    public void OnLost(CircleSocket socket, long nowNs)
    {
        tap?.OnLost(socket, nowNs);
        socket.Feed!.OnDisconnected();
        socket.System = null;
        // An attempt that failed fed nothing. A recording has no word on such a socket, so its replay would not know
        // whose books to doubt, and doubt all.
        if (socket.Watch.LastLoss is LossReason.ConnectFailed or LossReason.ConnectTimeout) return;
        foreach (string symbol in socket.Feed.Symbols)
        {
            int id = IdOf(symbol);
            if (id < 0) continue;
            // What its twin brings in order is lost to nobody.
            if (Merge is not null && !Merge.Lose(socket.Index, id)) continue;
            // A twin that was ahead of the lost one dropped what would be needed now.
            socket.Twin?.Feed!.Resync(symbol, nowNs);
            tap?.Capture.Gap(socket.LastConnection, nowNs, input.Next, engine.Symbols.TextOf(id));
            MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = id, ReceiveTimeNs = nowNs };
            input.TellRecorded(ref gap);
            TellTap(socket, id, nowNs);
        }
    }

    /// <summary>A subscription that died alone is asked for again; to be called at each step.</summary>
    public void Listen(CircleSocket socket, long nowNs) =>
        socket.Hearing.Look(socket.Feed!, _idOf ??= IdOf, nowNs);

    /// <summary>The venue's last word on the instrument itself is that it can be traded.</summary>
    public bool IsOnline(int id) => _isOnline[id];

    /// <summary>The instrument's id, once the venue has named it; -1 before.</summary>
    public int IdOf(string symbol)
    {
        byte[] text = Encoding.ASCII.GetBytes(symbol);
        for (int id = 0; id < engine.Symbols.Count; id++)
        {
            if (engine.Symbols.TextOf(id).SequenceEqual(text)) return id;
        }

        return -1;
    }

    public string SymbolOf(int instrumentId) => Encoding.ASCII.GetString(engine.Symbols.TextOf(instrumentId));

    /// <summary>Touches the memory that frames are read into, on the thread that will read them.</summary>
    public void Touch() => _batch.Touch();

    private void OnFrame(CircleSocket socket, ReadOnlySpan<byte> frame, long nowNs)
    {
        ParseResult result = socket.Parser!.Parse(frame, _batch);
        // A frame without events still tells that time has passed, live as in a replay.
        if (_batch.Count == 0) _batch.Add(EventKind.TimeAdvance, -1);
        long first = input.Next;
        bool anyStale = false;
        // Every socket's own subscriptions hear of all it brings, also of what its twin brought before.
        foreach (ref MarketEvent e in _batch.Writable)
        {
            socket.Hearing.Count(in e);
            TellFeed(socket, ref e, frame, nowNs);
        }

        TellClock(in _batch.Writable[^1], nowNs);
        bool isNews = Merge is null || Merge.Filter(socket.Index, _batch) > 0;
        foreach (ref MarketEvent e in _batch.Writable)
        {
            if (e.Kind == EventKind.None)
            {
                // A snapshot too old to begin with, and nobody else has the book: the next one is younger.
                bool isRefused = (e.Flags & EventFlags.Snapshot) != 0 && !Merge!.IsServed(e.InstrumentId);
                if (isRefused) socket.Feed!.Resync(SymbolOf(e.InstrumentId), nowNs);
                continue;
            }

            if (e.Kind is >= EventKind.BookLevel and <= EventKind.OhlcVolume) TickNs = nowNs;
            e.ReceiveTimeNs = nowNs;
            if (e.Kind == EventKind.InstrumentSpec) _isOnline[e.InstrumentId] = e.Detail == (int)VenueSystem.Online;
            // The last trades prove the subscription. They are history: bars made of them would look like news.
            bool isHistory = e.Kind == EventKind.Trade && (e.Flags & EventFlags.Snapshot) != 0;
            if (isHistory) continue;
            input.TellRecorded(ref e);
            if (e.Kind == EventKind.BookEnd) anyStale |= ResyncWhenStale(socket, e.InstrumentId, nowNs);
        }

        if (tap is null) return;
        FrameFate fate = !isNews ? FrameFate.Duplicate
            : result == ParseResult.Ok ? FrameFate.Applied : FrameFate.Unread;
        tap.Capture.Received(socket.LastConnection, nowNs, first, (int)(input.Next - first), fate, frame);
        // None is stale and none was: no book's standing has changed, which is so but for a frame in a million.
        if (!anyStale && !tap.HasStale) return;
        foreach (ref readonly MarketEvent e in _batch.Events)
        {
            if (e.Kind == EventKind.BookEnd) TellTap(socket, e.InstrumentId, nowNs);
        }
    }

    private void TellTap(CircleSocket socket, int id, long nowNs)
    {
        if (tap is null || engine.Books.BookOf(id) is not { } book) return;
        tap.OnBook(socket.LastConnection, id, book, engine.Symbols.TextOf(id), nowNs);
    }

    /// <summary>What of an event concerns the subscriptions: answers, and the data that confirms them.</summary>
    private void TellFeed(CircleSocket socket, ref MarketEvent e, ReadOnlySpan<byte> frame, long nowNs)
    {
        PublicFeed feed = socket.Feed!;
        switch (e.Kind)
        {
            case EventKind.Subscribed:
                // The first WebSocket beats for those alone who asked for it.
                bool beats = socket.Dialect != Dialect.FuturesV1 || e.Channel == Channel.Heartbeat;
                if (beats) socket.Watch.ExpectBeats();
                feed.OnReply(frame, nowNs);
                break;
            case EventKind.Unsubscribed or EventKind.SubscriptionRefused or EventKind.VenueNotice:
                feed.OnReply(frame, nowNs);
                break;
            case EventKind.VenueStatus:
                socket.System = (VenueSystem)e.Detail;
                e.Detail = (int)WorstOf(socket);
                venue?.OnFrame(MarketOf(socket), VenueSource.Frame, frame, nowNs, (VenueSystem)e.Detail);
                break;
            case EventKind.Pong when e.ExchangeTimeNs != 0 && socket.TakePing() is > 0 and var pingNs:
                clock?.OnStamp(pingNs, nowNs, e.ExchangeTimeNs);
                break;
            case EventKind.InstrumentSpec when feed.AwaitsData:
                feed.OnData(Channel.Instrument, "", nowNs);
                break;
            case EventKind.Heartbeat when feed.AwaitsData:
                feed.OnData(Channel.Heartbeat, "", nowNs);
                break;
            case EventKind.BookEnd when feed.AwaitsData && (e.Flags & EventFlags.Snapshot) != 0:
                feed.OnData(Channel.Book, SymbolOf(e.InstrumentId), nowNs);
                break;
            case EventKind.Trade when feed.AwaitsData:
                feed.OnData(Channel.Trade, SymbolOf(e.InstrumentId), nowNs);
                break;
            case EventKind.TickerBid or EventKind.TickerLast when feed.AwaitsData:
                feed.OnData(Channel.Ticker, SymbolOf(e.InstrumentId), nowNs);
                break;
            default:
                break;
        }
    }

    /// <summary>The last event of a frame is its newest; a snapshot tells when its book changed last.</summary>
    private void TellClock(ref readonly MarketEvent last, long nowNs)
    {
        bool isDated = last.Kind is EventKind.BookEnd or EventKind.Trade && last.ExchangeTimeNs != 0;
        if (isDated && (last.Flags & EventFlags.Snapshot) == 0) clock?.OnFrame(nowNs - last.ExchangeTimeNs);
    }

    /// <summary>The most careful word of the open sockets that carry the same market.</summary>
    private VenueSystem WorstOf(CircleSocket told)
    {
        VenueSystem system = told.System ?? VenueSystem.Unknown;
        foreach (CircleSocket socket in Sockets)
        {
            if (socket.Dialect != told.Dialect || socket.System is not { } said) continue;
            system = VenueWatch.Worse(system, said);
        }

        return system;
    }

    private static VenueMarkets MarketOf(CircleSocket socket) =>
        socket.Dialect == Dialect.SpotV2 ? VenueMarkets.Spot : VenueMarkets.Derivatives;

    /// <summary>True when the book is stale.</summary>
    private bool ResyncWhenStale(CircleSocket socket, int instrumentId, long nowNs)
    {
        if (engine.Books.BookOf(instrumentId) is not { State: BookState.Stale }) return false;
        string symbol = SymbolOf(instrumentId);
        Merge?.Break(instrumentId);
        socket.Feed!.Resync(symbol, nowNs);
        // Whichever snapshot comes first is the book's.
        socket.Twin?.Feed!.Resync(symbol, nowNs);
        return true;
    }
}
