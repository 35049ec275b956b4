// In:     events of one instrument's book messages.   Out: the book, every message verified by its checksum.
// Thread: one.
// Keeps:  the design people reach for first: sorted trees of integers, digits formatted into a span, CRC by table.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using TradingBot.Market.Events;

namespace References;

/// <summary>A verified order book over <see cref="SortedDictionary{TKey,TValue}"/>.</summary>
public sealed class TreeBook
{
    private const int ChecksumLevels = 10;
    private const int DigitsMax = 2 * ChecksumLevels * 2 * 20;

    private readonly Side _bids;
    private readonly Side _asks;
    private readonly byte[] _digits = new byte[DigitsMax];

    public TreeBook(int depth)
    {
        _bids = new Side(depth, Comparer<long>.Create(static (a, b) => b.CompareTo(a)));
        _asks = new Side(depth, Comparer<long>.Default);
    }

    public long Mismatches { get; private set; }

    public long Verified { get; private set; }

    public (long Price, long Quantity) BestBid => _bids.Best;

    public (long Price, long Quantity) BestAsk => _asks.Best;

    public int Levels => _bids.Levels.Count + _asks.Levels.Count;

    /// <summary>Quantity on the best levels of a side.</summary>
    public long QuantitySum(bool bids, int levels)
    {
        long sum = 0;
        int left = levels;
        foreach ((_, long quantity) in (bids ? _bids : _asks).Levels)
        {
            if (left-- == 0) break;
            sum += quantity;
        }

        return sum;
    }

    /// <summary>Applies a level, or ends a message: cut to depth, then compare the checksum.</summary>
    public void OnEvent(ref readonly MarketEvent e)
    {
        if ((e.Flags & (EventFlags.Snapshot | EventFlags.First)) == (EventFlags.Snapshot | EventFlags.First))
        {
            _bids.Clear();
            _asks.Clear();
        }

        if (e.Kind == EventKind.BookLevel)
        {
            ((e.Flags & EventFlags.Buy) != 0 ? _bids : _asks).Apply(e.Price, e.Quantity);
            return;
        }

        _bids.Cut();
        _asks.Cut();
        if (TableCrc.Of(Digits()) == (uint)e.Number) Verified++;
        else Mismatches++;
    }

    /// <summary>What the checksum is taken over: ten asks, then ten bids, price and quantity without dot and leading
    /// zeros.</summary>
    public ReadOnlySpan<byte> Digits()
    {
        int length = Format(_asks, 0);
        length = Format(_bids, length);
        return _digits.AsSpan(0, length);
    }

    private int Format(Side side, int length)
    {
        int left = ChecksumLevels;
        foreach ((long price, long quantity) in side.Levels)
        {
            if (left-- == 0) break;
            Utf8Formatter.TryFormat(price, _digits.AsSpan(length), out int written);
            length += written;
            Utf8Formatter.TryFormat(quantity, _digits.AsSpan(length), out written);
            length += written;
        }

        return length;
    }

    /// <summary>One side; the comparer puts the best price first.</summary>
    private sealed class Side(int depth, IComparer<long> order)
    {
        /// <summary>A walk to the worst level is cheap up to here; deeper books have a tree of prices.</summary>
        private const int WalkMax = 64;

        private readonly SortedSet<long>? _prices = depth > WalkMax ? new SortedSet<long>(order) : null;

        public SortedDictionary<long, long> Levels { get; } = new(order);

        public (long Price, long Quantity) Best
        {
            get
            {
                foreach ((long price, long quantity) in Levels) return (price, quantity);
                return default;
            }
        }

        public void Clear()
        {
            Levels.Clear();
            _prices?.Clear();
        }

        public void Apply(long price, long quantity)
        {
            int before = Levels.Count;
            if (quantity == 0) Levels.Remove(price);
            else Levels[price] = quantity;
            if (_prices is null || Levels.Count == before) return;
            if (quantity == 0) _prices.Remove(price);
            else _prices.Add(price);
        }

        public void Cut()
        {
            while (Levels.Count > depth)
            {
                long worst = Worst();
                Levels.Remove(worst);
                _prices?.Remove(worst);
            }
        }

        private long Worst()
        {
            if (_prices is not null) return _prices.Max;
            long worst = 0;
            foreach ((long price, _) in Levels) worst = price;
            return worst;
        }
    }
}
