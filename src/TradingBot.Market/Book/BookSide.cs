// In:     levels of one side of one book.   Out: the best levels, in order; the checksum of the best ten.
// Thread: the book stage's.
// Keeps:  no two levels of one price, none with quantity zero; what is cached is of the present best levels.
// Budget: ≤ 20 ns a level among the best twelve; deeper, a change d levels from the nearer end moves d levels
//         (benchmark BookBench.Update_and_verify).
//
// BYTES. Nine of ten changes touch the best levels, so up to twelve of those live in the object itself (NearLevels,
// 328 bytes), where nothing is moved to insert or remove one. Worse levels stand in a sorted array behind it
// (FarLevels), 16 bytes a level. At depth 10 a book is 3 KiB with its two arrays, which stay untouched; what a message
// reads and writes is less than half a KiB, so a thousand books fit into a core's second-level cache. Depth 1000 takes
// 66 KiB.
using System;
using System.Numerics;

namespace TradingBot.Market.Book;

/// <summary>One side of a book.</summary>
/// <remarks>
/// The key is the price for bids and its negation for asks, so the best level is always the greatest key and one piece
/// of code serves both sides.
/// </remarks>
public sealed class BookSide
{
    /// <summary>All ones for asks, whose keys are negative prices; no bit for bids.</summary>
    private readonly sbyte _negated;

    /// <summary>What every message tells of the best five; meaningless while one of them has changed since.</summary>
    private SideTop _top;
    private bool _isTopCurrent;

    /// <summary>Of the best ten, best first; meaningless while one of them has changed since.</summary>
    private DigitSum _sum;
    private bool _isSumCurrent;

    /// <summary>The best levels; at least ten while there are as many.</summary>
    private NearLevels _near;

    /// <summary>All others; seldom touched, which is why their number is kept here, too.</summary>
    private readonly FarLevels _far;
    private int _farCount;

    /// <summary>Near and far: here, because a message looks at it on both sides.</summary>
    private int _count;

    public BookSide(bool isBid, int depth)
    {
        _negated = (sbyte)(isBid ? 0 : -1);
        _far = new FarLevels(depth);
        _near.Clear();
    }

    public int Count => _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The best level, and the sum of the best five quantities.</summary>
    internal ref readonly SideTop Top
    {
        get
        {
            if (!_isTopCurrent) LookAtTop();
            return ref _top;
        }
    }

    /// <summary>The checksum's part of this side: the best ten, best first.</summary>
    internal DigitSum Sum
    {
        get
        {
            if (!_isSumCurrent) AddUp();
            return _sum;
        }
    }

    /// <summary>Price mantissa of the level <paramref name="rank"/> places behind the best (0 = best).</summary>
    public long PriceAt(int rank) =>
        Turn(rank < _near.Count ? _near.KeyAt(rank) : _far.KeyAt(rank - _near.Count));

    /// <summary>Quantity mantissa of the level <paramref name="rank"/> places behind the best.</summary>
    public long QuantityAt(int rank) =>
        rank < _near.Count ? _near.QuantityAt(rank) : _far.QuantityAt(rank - _near.Count);

    public void Clear()
    {
        _near.Clear();
        _far.Clear();
        _farCount = 0;
        _count = 0;
        ForgetBest();
    }

    /// <summary>Sets a level's absolute quantity; zero removes it, and removing an absent level does nothing.</summary>
    public void Apply(long price, long quantity)
    {
        long key = Turn(price);
        _near.Compare(key, out uint better, out uint same);
        int rank = BitOperations.PopCount(better);
        if (same == 0 && rank == _near.Count && (_farCount > 0 || rank == NearLevels.Capacity))
        {
            // Worse than all near ones.
            _far.Apply(key, quantity);
            _farCount = _far.Count;
            _count = _near.Count + _farCount;
            return;
        }

        if (quantity != 0)
        {
            // Six of ten changes are of a quantity alone.
            if (same != 0) _near.Change(BitOperations.TrailingZeroCount(same), quantity);
            else Insert(rank, key, price, quantity);
        }
        else
        {
            if (same == 0) return;
            _count--;
            _near.Remove(rank, BitOperations.TrailingZeroCount(same));
            if (_near.Count < BookChecksum.Levels && _farCount > 0) BringNearer();
        }

        _isTopCurrent &= rank >= OrderBook.ImbalanceLevels;
        _isSumCurrent &= rank >= BookChecksum.Levels;
    }

    /// <summary>Drops what lies beyond the depth: the venue sends no deletes for levels pushed out of it.</summary>
    public void CutTo(int depth)
    {
        int excess = Count - depth;
        if (excess > 0) Cut(excess);
    }

    /// <summary>Sum of the best quantities, at the greatest 64-bit value when it would be more.</summary>
    public long QuantitySum(int levels)
    {
        if (_near.TrySum(levels, out long fits)) return fits;
        int count = Math.Min(levels, Count);
        long sum = 0;
        for (int rank = 0; rank < count; rank++)
        {
            sum += QuantityAt(rank);
            if (sum < 0) return long.MaxValue;
        }

        return sum;
    }

    /// <summary>Multiplies every price and quantity; false, with the side emptied, when one leaves 64 bits.</summary>
    public bool TryRescale(int priceExponent, int quantityExponent)
    {
        ForgetBest();
        if (_near.TryRescale(priceExponent, quantityExponent, isBid: _negated == 0)
            && _far.TryRescale(priceExponent, quantityExponent))
        {
            return true;
        }

        Clear();
        return false;
    }

    /// <summary>The key of a price, and the price of a key.</summary>
    private long Turn(long number)
    {
        long negated = _negated;
        return (number ^ negated) - negated;
    }

    /// <summary>A new level among the near ones; the worst of them makes room when all slots are taken.</summary>
    private void Insert(int rank, long key, long price, long quantity)
    {
        _count++;
        if (_near.Count == NearLevels.Capacity)
        {
            int worst = NearLevels.Capacity - 1;
            _far.AddBest(_near.KeyAt(worst), _near.QuantityAt(worst));
            _farCount++;
            _near.Remove(worst, _near.SlotAt(worst));
        }

        _near.Set(_near.Insert(rank), key, price, quantity);
    }

    /// <summary>The best of the far levels becomes the worst of the near ones.</summary>
    private void BringNearer()
    {
        long key = _far.KeyAt(0);
        long quantity = _far.QuantityAt(0);
        _far.RemoveBest();
        _farCount--;
        _near.Set(_near.Insert(_near.Count), key, Turn(key), quantity);
    }

    private void Cut(int excess)
    {
        _count -= excess;
        int far = Math.Min(excess, _farCount);
        _far.DropWorst(far);
        _farCount -= far;
        for (int i = far; i < excess; i++)
        {
            int worst = _near.Count - 1;
            if (worst < BookChecksum.Levels) ForgetBest();
            _near.Remove(worst, _near.SlotAt(worst));
        }
    }

    private void ForgetBest()
    {
        _isSumCurrent = false;
        _isTopCurrent = false;
    }

    private void LookAtTop()
    {
        bool isEmpty = _near.Count == 0;
        _top.Price = isEmpty ? 0 : PriceAt(0);
        _top.Quantity = isEmpty ? 0 : _near.QuantityAt(0);
        _top.QuantitySum = QuantitySum(OrderBook.ImbalanceLevels);
        _isTopCurrent = true;
    }

    private void AddUp()
    {
        _sum = _near.AddUp(BookChecksum.Levels);
        _isSumCurrent = true;
    }
}

/// <summary>What the best levels of a side come to; all zero when it is empty.</summary>
internal struct SideTop
{
    public long Price;
    public long Quantity;

    /// <summary>Of the best five levels (saturating).</summary>
    public long QuantitySum;
}
