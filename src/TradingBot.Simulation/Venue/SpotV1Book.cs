using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What one message of the first WebSocket's book tells: two levels of one side at most.</summary>
/// <param name="IsAsk">Which side.</param>
/// <param name="Deleted">Price of a level that is gone; 0: none.</param>
/// <param name="Price">Price of a level that is new or changed; 0: none.</param>
/// <param name="Lots">Its quantity.</param>
/// <param name="IsRefill">It was below the window and moved up into it.</param>
/// <param name="Checksum">Over the window after the message.</param>
internal readonly record struct SpotV1Change(
    bool IsAsk, long Deleted, long Price, long Lots, bool IsRefill, uint Checksum);

/// <summary>A subscriber's book on the first WebSocket, told in the smallest steps.</summary>
/// <remarks>A level that goes is told together with the one that moves up, so that the window is full after every
/// message; one that comes pushes the worst out. Clients of that protocol count on it.</remarks>
internal sealed class SpotV1Book
{
    private const int ChecksumLevels = 10;

    private readonly SideShown _asks;
    private readonly SideShown _bids;

    public SpotV1Book(SyntheticMarket market, int depth)
    {
        Market = market;
        Depth = depth;
        _asks = new SideShown(market.PublicAsks, market.Asks);
        _bids = new SideShown(market.PublicBids, market.Bids);
        _asks.Fill(depth);
        _bids.Fill(depth);
    }

    public SyntheticMarket Market { get; }

    public int Depth { get; }

    public IReadOnlyList<(long Price, long Lots)> Asks => _asks.Levels;

    public IReadOnlyList<(long Price, long Lots)> Bids => _bids.Levels;

    /// <summary>Brings the subscriber's book to the present, one message after the other.</summary>
    public IEnumerable<SpotV1Change> Catch()
    {
        // What makes room comes first, so that the book is not crossed in between.
        bool risen = _asks.Levels.Count > 0 && Market.PublicBids.BestPrice >= _asks.Levels[0].Price;
        foreach (SideShown side in risen ? new[] { _asks, _bids } : [_bids, _asks])
        {
            while (side.TryStep(Depth, out SpotV1Change change))
            {
                yield return change with { IsAsk = side == _asks, Checksum = Checksum() };
            }
        }
    }

    private uint Checksum()
    {
        uint crc = 0xFFFF_FFFF;
        foreach (SideShown side in new[] { _asks, _bids })
        {
            for (int i = 0; i < side.Levels.Count && i < ChecksumLevels; i++)
            {
                crc = BookCrc.Append(crc, side.Levels[i].Price);
                crc = BookCrc.Append(crc, side.Levels[i].Lots);
            }
        }

        return ~crc;
    }

    private sealed class SideShown(PublicSide side, SyntheticBookSide order)
    {
        public List<(long Price, long Lots)> Levels { get; } = [];

        public void Fill(int depth)
        {
            for (int i = 0; i < side.Count && i < depth; i++) Levels.Add((side.PriceAt(i), side.LotsAt(i)));
        }

        /// <summary>The next difference, and the window as it is after it; false when there is none.</summary>
        public bool TryStep(int depth, out SpotV1Change change)
        {
            change = default;
            for (int i = 0; i < Levels.Count; i++)
            {
                if (side.Find(Levels[i].Price) >= 0) continue;
                long deleted = Levels[i].Price;
                Levels.RemoveAt(i);
                bool refills = TryMissing(depth, out long price, out long lots);
                if (refills) Put(price, lots, depth);
                change = new SpotV1Change(false, deleted, refills ? price : 0, lots, refills, 0);
                return true;
            }

            if (TryMissing(depth, out long added, out long addedLots))
            {
                Put(added, addedLots, depth);
                change = new SpotV1Change(false, 0, added, addedLots, false, 0);
                return true;
            }

            for (int i = 0; i < Levels.Count; i++)
            {
                long lots = side.LotsAt(side.Find(Levels[i].Price));
                if (lots == Levels[i].Lots) continue;
                Levels[i] = (Levels[i].Price, lots);
                change = new SpotV1Change(false, 0, Levels[i].Price, lots, false, 0);
                return true;
            }

            return false;
        }

        /// <summary>The worst level of the window that the subscriber does not have.</summary>
        private bool TryMissing(int depth, out long price, out long lots)
        {
            (price, lots) = (0, 0);
            for (int i = int.Min(side.Count, depth) - 1; i >= 0; i--)
            {
                long candidate = side.PriceAt(i);
                if (Levels.Exists(level => level.Price == candidate)) continue;
                (price, lots) = (candidate, side.LotsAt(i));
                return true;
            }

            return false;
        }

        private void Put(long price, long lots, int depth)
        {
            int index = 0;
            while (index < Levels.Count && order.IsBetter(Levels[index].Price, price)) index++;
            Levels.Insert(index, (price, lots));
            if (Levels.Count > depth) Levels.RemoveAt(depth);
        }
    }
}
