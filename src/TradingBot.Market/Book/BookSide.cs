// In:     levels of one side of one book.   Out: the best levels, in order.
// Thread: the book stage's.
// Keeps:  keys strictly ascending, no level with quantity zero.
// Budget: a change d levels from the best moves 2d words; the best level sits at the end of the arrays.
using System;

namespace TradingBot.Market.Book;

/// <summary>One side of a book: parallel sorted arrays, best level last.</summary>
/// <remarks>
/// The key is the price for bids and its negation for asks, so the best level is always the greatest key and one piece
/// of code serves both sides. Most changes happen near the best level, that is at the end, where few words move.
/// </remarks>
public sealed class BookSide
{
    /// <summary>Room beyond the depth for levels a message inserts before the cut; more grow the arrays.</summary>
    private const int LevelsPerMessage = 64;

    /// <summary>First size of a side without depth limit; it doubles, which stops within the first snapshots.</summary>
    private const int UnlimitedInitial = 1_024;

    private readonly bool _isBid;
    private long[] _keys;
    private long[] _quantities;
    private int _count;

    public BookSide(bool isBid, int depth)
    {
        _isBid = isBid;
        int capacity = depth > 0 ? depth + LevelsPerMessage : UnlimitedInitial;
        _keys = new long[capacity];
        _quantities = new long[capacity];
    }

    public int Count => _count;

    /// <summary>Price mantissa of the level <paramref name="rank"/> places behind the best (0 = best).</summary>
    public long PriceAt(int rank) => _isBid ? _keys[_count - 1 - rank] : -_keys[_count - 1 - rank];

    /// <summary>Quantity mantissa of the level <paramref name="rank"/> places behind the best.</summary>
    public long QuantityAt(int rank) => _quantities[_count - 1 - rank];

    public void Clear() => _count = 0;

    /// <summary>Sets a level's absolute quantity; zero removes it, and removing an absent level does nothing.</summary>
    public void Apply(long price, long quantity)
    {
        long key = _isBid ? price : -price;
        int index = FirstNotBelow(key);
        bool exists = index < _count && _keys[index] == key;
        if (quantity != 0)
        {
            if (!exists) OpenGap(index, key);
            _quantities[index] = quantity;
        }
        else if (exists)
        {
            CloseGap(index);
        }
    }

    /// <summary>Drops what lies beyond the depth: the venue sends no deletes for levels pushed out of it.</summary>
    public void CutTo(int depth)
    {
        int excess = _count - depth;
        if (excess <= 0) return;
        Array.Copy(_keys, excess, _keys, 0, depth);
        Array.Copy(_quantities, excess, _quantities, 0, depth);
        _count = depth;
    }

    /// <summary>Sum of the best quantities, at the greatest 64-bit value when it would be more.</summary>
    public long QuantitySum(int levels)
    {
        int count = Math.Min(levels, _count);
        long sum = 0;
        for (int rank = 0; rank < count; rank++)
        {
            long next = sum + QuantityAt(rank);
            if (next < sum) return long.MaxValue;
            sum = next;
        }

        return sum;
    }

    /// <summary>Multiplies every price and quantity; false, with the side emptied, when one leaves 64 bits.</summary>
    public bool TryRescale(int priceExponent, int quantityExponent)
    {
        for (int i = 0; i < _count; i++)
        {
            if (!Values.Pow10.TryScaleUp(_keys[i], priceExponent, out _keys[i])
                || !Values.Pow10.TryScaleUp(_quantities[i], quantityExponent, out _quantities[i]))
            {
                _count = 0;
                return false;
            }
        }

        return true;
    }

    /// <summary>First index whose key is not below; near the end by steps, deeper by bisection.</summary>
    private int FirstNotBelow(long key)
    {
        const int Steps = 8;
        int index = _count;
        int stop = Math.Max(0, index - Steps);
        while (index > stop)
        {
            if (_keys[index - 1] < key) return index;
            index--;
        }

        if (index == 0) return 0;
        int low = 0;
        while (low < index)
        {
            int middle = (low + index) >>> 1;
            if (_keys[middle] < key) low = middle + 1;
            else index = middle;
        }

        return low;
    }

    private void OpenGap(int index, long key)
    {
        if (_count == _keys.Length) Grow();
        int moved = _count - index;
        if (moved > 0)
        {
            Array.Copy(_keys, index, _keys, index + 1, moved);
            Array.Copy(_quantities, index, _quantities, index + 1, moved);
        }

        _keys[index] = key;
        _count++;
    }

    private void CloseGap(int index)
    {
        int moved = _count - index - 1;
        if (moved > 0)
        {
            Array.Copy(_keys, index + 1, _keys, index, moved);
            Array.Copy(_quantities, index + 1, _quantities, index, moved);
        }

        _count--;
    }

    /// <summary>Cold: doubling ends once the side has seen its greatest message.</summary>
    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        Array.Resize(ref _quantities, _quantities.Length * 2);
    }
}
