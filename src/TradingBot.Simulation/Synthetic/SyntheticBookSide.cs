using System;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Synthetic;

/// <summary>One side of the venue's book, best level first.</summary>
internal sealed class SyntheticBookSide : IVenueSide
{
    /// <summary>Levels a subscriber of the usual depth sees, and levels under the checksum.</summary>
    public const int Depth = 10;

    /// <summary>Beyond this the worst levels are withdrawn unseen; a step adds at most a handful.</summary>
    public const int LevelsMax = 40;

    private const int Capacity = LevelsMax + 24;

    private readonly long[] _price = new long[Capacity];
    private readonly long[] _lots = new long[Capacity];

    public SyntheticBookSide(bool isBid) => Away = isBid ? -1 : 1;

    /// <summary>Sign of the direction from better to worse prices.</summary>
    public int Away { get; }

    public int Count { get; private set; }

    /// <summary>Levels of the usual window now.</summary>
    public int WindowCount => Math.Min(Count, Depth);

    public long BestPrice => _price[0];

    public long BestLots => _lots[0];

    /// <summary>The last level stays: a side without quotes would have no price.</summary>
    public bool CanBeTaken => Count > 1;

    public long PriceAt(int index) => _price[index];

    public long LotsAt(int index) => _lots[index];

    public void SetLots(int index, long lots) => _lots[index] = lots;

    public bool IsBetter(long price, long than) => (price - than) * Away < 0;

    public void TakeBest(long lots)
    {
        if (lots == BestLots) RemoveAt(0);
        else SetLots(0, BestLots - lots);
    }

    /// <summary>The side holds more levels than anybody is shown: what is not there is nothing.</summary>
    public long LotsShownAt(long price)
    {
        int index = Find(price);
        return index >= 0 ? _lots[index] : 0;
    }

    /// <summary>Position of a price, or the complement of where it belongs.</summary>
    public int Find(long price)
    {
        int index = 0;
        while (index < Count && IsBetter(_price[index], price)) index++;
        return index < Count && _price[index] == price ? index : ~index;
    }

    /// <summary>Adds a level, or changes the one at that price.</summary>
    public void Put(long price, long lots)
    {
        int index = Find(price);
        if (index >= 0)
        {
            _lots[index] = lots;
            return;
        }

        index = ~index;
        _price.AsSpan(index, Count - index).CopyTo(_price.AsSpan(index + 1));
        _lots.AsSpan(index, Count - index).CopyTo(_lots.AsSpan(index + 1));
        _price[index] = price;
        _lots[index] = lots;
        Count++;
    }

    public void RemoveAt(int index)
    {
        Count--;
        _price.AsSpan(index + 1, Count - index).CopyTo(_price.AsSpan(index));
        _lots.AsSpan(index + 1, Count - index).CopyTo(_lots.AsSpan(index));
    }

    /// <summary>Withdraws every level better than a price.</summary>
    public void RemoveBetterThan(long price)
    {
        while (Count > 0 && IsBetter(BestPrice, price)) RemoveAt(0);
    }

    public void DropBeyondMax() => Count = Math.Min(Count, LevelsMax);
}
