// In:     frames of the public sockets as they pass, and sockets that close.
// Out:    the perpetuals of the universe as the feed shows them; steps of matching, in the feed's own order.
// Thread: the caller's; its own symbols, books and counters, nothing shared with the worker.
// Keeps:  I6: nothing fills on a book that failed, lost its socket or fell silent; trades of a snapshot are history.
// Budget: one more parse of each frame: some microseconds with ten books of depth 10.
using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;

namespace TradingBot.Simulation.Paper;

/// <summary>The markets of a paper venue, kept from the frames of a public feed.</summary>
internal sealed class MirroredFeed
{
    /// <summary>
    /// A public socket sends something every second, a heartbeat if nothing else: after five it has gone silent.
    /// </summary>
    private const long SilenceNsMax = 5_000_000_000;

    private const long Never = long.MinValue / 2;

    private readonly SymbolTable _symbols = new();
    private readonly EventBatch _batch = new();
    private readonly FrameParser _spot;
    private readonly FrameParser _unified;
    private readonly FrameParser _futures;
    private readonly WireEndpoint _perpetuals;
    private readonly ScaleTable _scales;
    private readonly BookStage _books;
    private readonly Dictionary<int, int> _marketOf = [];
    private readonly Dictionary<int, int> _marketOfSpot = [];
    private readonly FeedMerge? _merge;

    /// <summary>Socket that the book of each instrument came from, where there are no twins.</summary>
    private readonly Dictionary<int, int> _socketOf = [];
    private long _spotHeardNs = Never;
    private long _perpetualsHeardNs = Never;

    /// <param name="perpetuals">Markets.</param>
    /// <param name="redundant">Two sockets carry the same: the first copy counts.</param>
    /// <param name="legacy">Their books and trades come from the derivatives' first WebSocket.</param>
    public MirroredFeed(IReadOnlyList<string> perpetuals, bool redundant = false, bool legacy = false)
    {
        _perpetuals = legacy ? WireEndpoint.FuturesPublic : WireEndpoint.UnifiedPublic;
        if (redundant) _merge = new FeedMerge(_symbols.Capacity);
        _spot = new FrameParser(Dialect.SpotV2, _symbols, Counters);
        _unified = new FrameParser(Dialect.Unified, _symbols, Counters);
        _futures = new FrameParser(Dialect.FuturesV1, _symbols, Counters, Dialect.Unified);
        _scales = new ScaleTable(_symbols);
        _books = new BookStage(_scales, recordCapacity: 1);
        Markets = new MirroredMarket[perpetuals.Count];
        for (int i = 0; i < Markets.Length; i++)
        {
            int id = IdOf(Dialect.Unified, perpetuals[i]);
            int spotId = MirroredMarket.SpotOf(perpetuals[i]) is string spot ? IdOf(Dialect.SpotV2, spot) : -1;
            _marketOf[id] = i;
            if (spotId >= 0) _marketOfSpot[spotId] = i;
            Markets[i] = new MirroredMarket(perpetuals[i], id, spotId, _books);
        }
    }

    public MirroredMarket[] Markets { get; }

    public WireCounters Counters { get; } = new();

    /// <summary>Decimals a kept account was written with: the instrument never gets fewer.</summary>
    public void Restore(int market, int priceDecimals, int quantityDecimals) => _scales.SetFixed(
        IdOf(Dialect.Unified, Markets[market].Symbol), (byte)priceDecimals, (byte)quantityDecimals);

    /// <summary>A frame passed on its way to the worker.</summary>
    public void Observe(
        WireEndpoint endpoint, int socket, ReadOnlySpan<byte> frame, MatchingEngine engine, long nowNs)
    {
        bool isSpot = endpoint == WireEndpoint.SpotPublic;
        if (isSpot) _spotHeardNs = nowNs;
        else if (endpoint == _perpetuals) _perpetualsHeardNs = nowNs;
        Listen(nowNs);
        FrameParser parser = isSpot ? _spot : endpoint == WireEndpoint.FuturesPublic ? _futures : _unified;
        parser.Parse(frame, _batch);
        _merge?.Filter(socket, _batch);
        foreach (ref MarketEvent e in _batch.Writable)
        {
            if (e.Kind == EventKind.None) continue;
            e.ReceiveTimeNs = nowNs;
            _books.OnEvent(in e, sequence: 0);
            if (e.Kind == EventKind.BookEnd) NoteSource(socket, e.InstrumentId);
            if (e.Kind == EventKind.VenueStatus && !isSpot) TakeStatus((VenueSystem)e.Detail);
            else if (_marketOf.TryGetValue(e.InstrumentId, out int market)) OnPerpetual(market, in e, engine, nowNs);
            else if (_marketOfSpot.TryGetValue(e.InstrumentId, out market)) OnSpot(market, in e, engine, nowNs);
        }
    }

    /// <summary>
    /// A public socket is no more: none of its books is believed until its next snapshot, unless a twin brings it.
    /// </summary>
    public void Lost(int socket, long nowNs)
    {
        for (int id = 0; id < _symbols.Count; id++)
        {
            if (_books.BookOf(id) is null) continue;
            bool isLost = _merge?.Lose(socket, id) ?? _socketOf.GetValueOrDefault(id, -1) == socket;
            if (!isLost) continue;
            MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = id, ReceiveTimeNs = nowNs };
            _books.OnEvent(in gap, sequence: 0);
        }
    }

    /// <summary>Notes which sockets have fallen silent by now.</summary>
    public void Listen(long nowNs)
    {
        foreach (MirroredMarket market in Markets)
        {
            market.FeedSpeaks = nowNs - _perpetualsHeardNs <= SilenceNsMax;
            market.SpotSpeaks = nowNs - _spotHeardNs <= SilenceNsMax;
        }
    }

    private void NoteSource(int socket, int instrumentId)
    {
        if (_merge is null) _socketOf[instrumentId] = socket;
        else if (_books.BookOf(instrumentId) is { State: BookState.Stale }) _merge.Break(instrumentId);
    }

    private void TakeStatus(VenueSystem system)
    {
        foreach (MirroredMarket market in Markets) market.VenueIsOnline = system == VenueSystem.Online;
    }

    private void OnPerpetual(int index, ref readonly MarketEvent e, MatchingEngine engine, long nowNs)
    {
        MirroredMarket market = Markets[index];
        FollowDecimals(index, e.InstrumentId, engine);
        switch (e.Kind)
        {
            case EventKind.InstrumentSpec:
            case EventKind.InstrumentMinimum:
                market.Specify(in e);
                break;
            case EventKind.BookLevel:
                if (TryScale(market, in e, out long price, out _)) market.Told(e.Flags.HasFlag(EventFlags.Buy), price);
                break;
            case EventKind.BookEnd:
                if (e.Flags.HasFlag(EventFlags.Snapshot)) market.ToldWhole();
                if (market.IsMatching) engine.AfterStep(index, [], nowNs);
                break;
            case EventKind.Trade when !e.Flags.HasFlag(EventFlags.Snapshot):
                OnTrade(index, in e, engine, nowNs);
                break;
            default:
                break;
        }
    }

    private void OnTrade(int index, ref readonly MarketEvent e, MatchingEngine engine, long nowNs)
    {
        MirroredMarket market = Markets[index];
        if (market.IsOut || !TryScale(market, in e, out long price, out long lots)) return;
        market.Printed(price);
        bool hasSide = (e.Flags & (EventFlags.Buy | EventFlags.Sell)) != 0;
        FlowTrade trade = new(e.Flags.HasFlag(EventFlags.Buy), price, lots);
        if (hasSide && market.IsMatching) engine.MeetFlow(index, trade, nowNs);
        engine.Watch(index, nowNs);
    }

    private void OnSpot(int index, ref readonly MarketEvent e, MatchingEngine engine, long nowNs)
    {
        if (e.Kind == EventKind.BookEnd && !Markets[index].IsOut) engine.Watch(index, nowNs);
    }

    /// <summary>
    /// The wire showed more digits: orders, positions and levels of the instrument follow in one step, or it is out.
    /// </summary>
    private void FollowDecimals(int index, int instrumentId, MatchingEngine engine)
    {
        MirroredMarket market = Markets[index];
        ref readonly InstrumentScale scale = ref _scales.Of(instrumentId);
        int price = scale.PriceDecimals - market.PriceDecimals;
        int quantity = scale.QuantityDecimals - market.QuantityDecimals;
        if (market.IsOut || (price == 0 && quantity == 0)) return;
        bool isMoney = scale.PriceDecimals + scale.QuantityDecimals <= Money.Decimals;
        if (isMoney && engine.TryWiden(index, price, quantity))
        {
            market.Widen(scale.PriceDecimals, scale.QuantityDecimals);
        }
        else
        {
            market.IsOut = true;
        }
    }

    private static bool TryScale(MirroredMarket market, ref readonly MarketEvent e, out long price, out long lots)
    {
        bool fits = ScaleTable.TryToScale(e.Price, e.PriceDecimals, (byte)market.PriceDecimals, out price);
        return ScaleTable.TryToScale(e.Quantity, e.QuantityDecimals, (byte)market.QuantityDecimals, out lots) && fits;
    }

    private int IdOf(Dialect dialect, string symbol) => _symbols.IdOf(dialect, Encoding.ASCII.GetBytes(symbol));
}
