using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>A venue's stream of one book, two sockets that carry it, and the book behind the merge.</summary>
internal sealed class TwinRun
{
    private const int B = 1;
    private const int Id = 0;
    private const int Depth = 10;

    private readonly Random _random;
    private readonly bool _isLossy;
    private readonly FeedMerge _merge = new(4);
    private readonly SymbolTable _symbols = new();
    private readonly BookStage _books;
    private readonly Queue<MarketEvent[]>[] _wires = [new(), new()];
    private readonly bool[] _isOpen = new bool[2];
    private readonly SortedDictionary<long, long> _bids = [];
    private readonly SortedDictionary<long, long> _asks = [];
    private readonly Dictionary<string, int> _states = [];
    private readonly List<string> _history = [];
    private readonly List<int> _times = [];
    private int _time;
    private int _lastState = -1;

    public TwinRun(Random random, bool isLossy)
    {
        _random = random;
        _isLossy = isLossy;
        _symbols.IdOf(Dialect.SpotV2, "BTC/USD"u8);
        _books = new BookStage(new ScaleTable(_symbols), recordCapacity: 1, depthDefault: Depth);
        for (int i = 0; i < Depth; i++)
        {
            _bids[1_000 - i] = 10 + i;
            _asks[1_001 + i] = 10 + i;
        }
    }

    public long StaleSeen { get; private set; }

    public long InSyncSeen { get; private set; }

    public long BrokenByChecksum { get; private set; }

    public long WonByB => _merge.WonOf(B);

    public void Run(int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            if (_random.Next(40) == 0) Toggle(_random.Next(2));
            Publish();
            int deliveries = _random.Next(4);
            for (int j = 0; j < deliveries; j++) Deliver(_random.Next(2));
        }

        for (int socket = 0; socket < 2; socket++)
        {
            while (_wires[socket].Count > 0) Deliver(socket);
        }
    }

    private void Toggle(int socket)
    {
        _wires[socket].Clear();
        if (_isOpen[socket] && _merge.Lose(socket, Id))
        {
            MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = Id };
            _books.OnEvent(in gap, 0);
        }

        _isOpen[socket] = !_isOpen[socket];
        if (_isOpen[socket]) _wires[socket].Enqueue(Whole());
    }

    /// <summary>One change of the venue's book, to every open socket; now and then one of them misses it.</summary>
    private void Publish()
    {
        bool isBid = _random.Next(2) == 0;
        SortedDictionary<long, long> side = isBid ? _bids : _asks;
        long price = isBid ? 1_000 - _random.Next(Depth) : 1_001 + _random.Next(Depth);
        // Quantities repeat, so that books and messages of different times look alike.
        long quantity = 10 + _random.Next(3);
        side[price] = quantity;
        // The clock stands still now and then: two messages of one instant.
        if (_random.Next(4) != 0) _time++;
        MarketEvent level = Level(isBid, price, quantity, EventFlags.First);
        MarketEvent[] message = [level, End(EventFlags.HasChecksum)];
        Remember();
        for (int socket = 0; socket < 2; socket++)
        {
            if (_isOpen[socket] && !(_isLossy && _random.Next(60) == 0)) _wires[socket].Enqueue(message);
        }
    }

    private void Deliver(int socket)
    {
        if (!_wires[socket].TryDequeue(out MarketEvent[]? message)) return;
        EventBatch batch = new(64);
        foreach (MarketEvent e in message) batch.Add(e.Kind, e.InstrumentId) = e;
        bool isRefused = _merge.Filter(socket, batch) == 0 && !_merge.IsServed(Id)
            && (message[^1].Flags & EventFlags.Snapshot) != 0;
        // Older than what was seen before: the worker asks again.
        if (isRefused) _wires[socket].Enqueue(Whole());
        foreach (ref readonly MarketEvent e in batch.Events)
        {
            if (e.Kind != EventKind.None) _books.OnEvent(in e, 0);
        }

        InstrumentBook? book = _books.BookOf(Id);
        if (book is { State: BookState.InSync }) Check(book.Book!);
        else StaleSeen++;
        if (book is not { State: BookState.Stale } || !_merge.IsServed(Id)) return;
        BrokenByChecksum++;
        _merge.Break(Id);
        // Both are asked anew, as the worker does.
        for (int other = 0; other < 2; other++)
        {
            if (_isOpen[other]) _wires[other].Enqueue(Whole());
        }
    }

    private void Check(OrderBook book)
    {
        InSyncSeen++;
        string text = Text(
            Enumerable.Range(0, book.Bids.Count).Select(i => (book.Bids.PriceAt(i), book.Bids.QuantityAt(i))),
            Enumerable.Range(0, book.Asks.Count).Select(i => (book.Asks.PriceAt(i), book.Asks.QuantityAt(i))));
        Assert.True(_states.TryGetValue(text, out int last), "a book that the venue never had");
        // The same book may come again: its last time is what may not lie before the one seen.
        bool isLater = _lastState < 0 || _times[last] >= _times[_lastState];
        Assert.True(isLater, $"the book went back from message {_lastState} to {last}");
        _lastState = Math.Max(_lastState, FirstSince(text));
    }

    private int FirstSince(string text)
    {
        for (int i = Math.Max(_lastState, 0); i < _history.Count; i++)
        {
            if (_history[i] == text) return i;
        }

        return _lastState;
    }

    private void Remember()
    {
        string text = Text(_bids.Reverse().Select(l => (l.Key, l.Value)), _asks.Select(l => (l.Key, l.Value)));
        _states[text] = _history.Count;
        _times.Add(_time);
        _history.Add(text);
    }

    private static string Text(IEnumerable<(long Price, long Quantity)> bids, IEnumerable<(long, long)> asks) =>
        string.Join(' ', bids) + "|" + string.Join(' ', asks);

    private MarketEvent[] Whole()
    {
        if (_history.Count == 0) Remember();
        List<MarketEvent> events = [];
        EventFlags flags = EventFlags.Snapshot | EventFlags.First;
        foreach ((long price, long quantity) in _bids)
        {
            events.Add(Level(isBid: true, price, quantity, flags));
            flags = EventFlags.Snapshot;
        }

        foreach ((long price, long quantity) in _asks) events.Add(Level(isBid: false, price, quantity, flags));
        events.Add(End(EventFlags.HasChecksum | EventFlags.Snapshot));
        return [.. events];
    }

    private static MarketEvent Level(bool isBid, long price, long quantity, EventFlags flags) => new()
    {
        Kind = EventKind.BookLevel,
        InstrumentId = Id,
        Dialect = Dialect.SpotV2,
        Price = price,
        Quantity = quantity,
        Flags = flags | (isBid ? EventFlags.Buy : EventFlags.Sell),
    };

    private MarketEvent End(EventFlags flags)
    {
        OrderBook truth = new(Depth);
        foreach ((long price, long quantity) in _bids) truth.Bids.Apply(price, quantity);
        foreach ((long price, long quantity) in _asks) truth.Asks.Apply(price, quantity);
        return new MarketEvent
        {
            Kind = EventKind.BookEnd,
            InstrumentId = Id,
            Dialect = Dialect.SpotV2,
            Number = truth.Checksum,
            ExchangeTimeNs = 1_000_000L + _time,
            Flags = flags,
        };
    }
}
