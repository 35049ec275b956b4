using System;
using System.Collections.Generic;
using TradingBot.Market.Book;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Paper;

/// <summary>One side of an observed book, less what orders of ours took since each level was last told.</summary>
internal sealed class MirroredSide(BookStage books, int instrumentId, bool isBid) : IVenueSide
{
    /// <summary>What we took, by price: a few entries, since an update of the level ends one.</summary>
    private readonly List<(long Price, long Lots)> _taken = [];

    public bool CanBeTaken => BestRank() >= 0;

    public long BestPrice => BestRank() is >= 0 and int rank ? Side!.PriceAt(rank) : 0;

    public long BestLots => BestRank() is >= 0 and int rank ? LeftAt(rank) : 0;

    /// <summary>Best quote as shown, ours taken or not; 0 without one.</summary>
    public long ShownPrice => Side is { Count: > 0 } side ? side.PriceAt(0) : 0;

    private BookSide? Side => books.BookOf(instrumentId)?.Book is { } book ? isBid ? book.Bids : book.Asks : null;

    public void TakeBest(long lots)
    {
        int rank = BestRank();
        if (rank < 0 || lots > LeftAt(rank)) throw new InvalidOperationException("More was taken than is shown.");
        long price = Side!.PriceAt(rank);
        int entry = _taken.FindIndex(taken => taken.Price == price);
        if (entry < 0) _taken.Add((price, lots));
        else _taken[entry] = (price, _taken[entry].Lots + lots);
    }

    /// <summary>
    /// Nothing is known of prices behind the last level of a full window; within it, no level is no quantity.
    /// </summary>
    public long LotsShownAt(long price)
    {
        if (Side is not { } side) return long.MaxValue;
        int away = isBid ? -1 : 1;
        for (int rank = 0; rank < side.Count; rank++)
        {
            long beyond = (side.PriceAt(rank) - price) * away;
            if (beyond == 0) return LeftAt(rank);
            if (beyond > 0) return 0;
        }

        int depth = books.BookOf(instrumentId)!.Book!.Depth;
        return depth > 0 && side.Count < depth ? 0 : long.MaxValue;
    }

    /// <summary>The venue told the level anew: what it shows is there again.</summary>
    public void Told(long price) => _taken.RemoveAll(taken => taken.Price == price);

    public void ToldWhole() => _taken.Clear();

    /// <summary>Follows the instrument to more decimals; what does not fit is too far away to matter.</summary>
    public void Widen(int priceDecimals, int quantityDecimals)
    {
        for (int i = _taken.Count - 1; i >= 0; i--)
        {
            (long price, long lots) = _taken[i];
            bool fits = Pow10.TryScaleUp(price, priceDecimals, out price);
            fits = Pow10.TryScaleUp(lots, quantityDecimals, out lots) && fits;
            if (fits) _taken[i] = (price, lots);
            else _taken.RemoveAt(i);
        }
    }

    private int BestRank()
    {
        if (Side is not { } side) return -1;
        for (int rank = 0; rank < side.Count; rank++)
        {
            if (LeftAt(rank) > 0) return rank;
        }

        return -1;
    }

    private long LeftAt(int rank)
    {
        long price = Side!.PriceAt(rank);
        long shown = Side.QuantityAt(rank);
        foreach ((long takenPrice, long lots) in _taken)
        {
            if (takenPrice == price) return Math.Max(shown - lots, 0);
        }

        return shown;
    }
}
