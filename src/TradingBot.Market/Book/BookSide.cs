// In:     levels of one side of one book.   Out: the best levels, in order; the checksum of the best ten.
// Thread: the book stage's.
// Keeps:  keys strictly ascending, no level with quantity zero; the cached sum is that of the present best ten.
// Budget: ≤ 20 ns a level near the best; a change d levels from the nearer end moves d levels (BookBench).
//
// BYTES. A level takes 24: key, quantity, and the checksum's part of its digits, which lie together because a change
// touches all three. The levels stand in the middle of one array, best at its end, and the array has room for twice the
// depth and for at least 64 levels: 1.5 KiB a side at depth 10, so 3.2 KiB a book with its objects, and 96 KiB at depth
// 1000. What one message touches is less: the best ten are 240 bytes, four lines of 64 a side, and a thousand such books
// half a MiB, which stays in a core's second-level cache. Dropping the worst level moves nothing: the window over the
// array begins one place later, and is put back to the front once in as many insertions as there is room.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TradingBot.Market.Book;

/// <summary>One side of a book: a sorted array, best level last.</summary>
/// <remarks>
/// The key is the price for bids and its negation for asks, so the best level is always the greatest key and one piece
/// of code serves both sides. Most changes happen near the best level, that is at the end, where few levels move.
/// </remarks>
public sealed class BookSide
{
    /// <summary>Places of the smallest array: a depth of 10, and 54 insertions until it is tidied or grown.</summary>
    private const int LevelsMin = 64;

    /// <summary>First size of a side without depth limit; it doubles, which stops within the first snapshots.</summary>
    private const int UnlimitedInitial = 1_024;

    private readonly bool _isBid;
    private Level[] _levels;

    /// <summary>The levels are those from here on,</summary>
    private int _start;

    /// <summary>up to this one, which is not one of them.</summary>
    private int _end;

    /// <summary>Of the best ten, best first; meaningless while one of them has changed since.</summary>
    private DigitSum _sum;
    private bool _isSumCurrent;

    /// <summary>What every message tells of the best levels; meaningless while one of them has changed since.</summary>
    private SideTop _top;
    private bool _isTopCurrent;

    public BookSide(bool isBid, int depth)
    {
        _isBid = isBid;
        _levels = new Level[depth > 0 ? Math.Max(LevelsMin, 2 * depth) : UnlimitedInitial];
    }

    public int Count => _end - _start;

    /// <summary>Price mantissa of the level <paramref name="rank"/> places behind the best (0 = best).</summary>
    public long PriceAt(int rank)
    {
        long key = _levels[_end - 1 - rank].Key;
        return _isBid ? key : -key;
    }

    /// <summary>Quantity mantissa of the level <paramref name="rank"/> places behind the best.</summary>
    public long QuantityAt(int rank) => _levels[_end - 1 - rank].Quantity;

    public void Clear()
    {
        _start = 0;
        _end = 0;
        ForgetBest();
    }

    /// <summary>Sets a level's absolute quantity; zero removes it, and removing an absent level does nothing.</summary>
    public void Apply(long price, long quantity)
    {
        long key = _isBid ? price : -price;
        int index = FirstNotBelow(key);
        bool exists = index < _end && _levels[index].Key == key;
        if (quantity != 0)
        {
            if (!exists) index = OpenGap(index);
            bool isSummed = IsSummed(index);
            ref Level level = ref _levels[index];
            level.Key = key;
            level.Quantity = quantity;
            // Further down the sum may never be asked for: it is made when the level has come up.
            level.Sum = isSummed ? DigitSum.Of(price, quantity) : default;
            if (isSummed) ForgetBest();
        }
        else if (exists)
        {
            bool wasSummed = IsSummed(index);
            CloseGap(index);
            if (wasSummed) SumNewcomer();
        }
    }

    /// <summary>Drops what lies beyond the depth: the venue sends no deletes for levels pushed out of it.</summary>
    public void CutTo(int depth)
    {
        if (Count <= depth) return;
        _start = _end - depth;
        if (depth < BookChecksum.Levels) ForgetBest();
    }

    /// <summary>Sum of the best quantities, at the greatest 64-bit value when it would be more.</summary>
    public long QuantitySum(int levels)
    {
        long sum = 0;
        foreach (ref readonly Level level in Best(levels))
        {
            sum += level.Quantity;
            if (sum < 0) return long.MaxValue;
        }

        return sum;
    }

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

    /// <summary>Multiplies every price and quantity; false, with the side emptied, when one leaves 64 bits.</summary>
    public bool TryRescale(int priceExponent, int quantityExponent)
    {
        ForgetBest();
        foreach (ref Level level in _levels.AsSpan(_start, Count))
        {
            level.Sum = default;
            if (!Values.Pow10.TryScaleUp(level.Key, priceExponent, out level.Key)
                || !Values.Pow10.TryScaleUp(level.Quantity, quantityExponent, out level.Quantity))
            {
                Clear();
                return false;
            }
        }

        foreach (ref Level level in Best(BookChecksum.Levels)) AddSum(ref level);
        return true;
    }

    /// <summary>Whether the checksum covers the level at this place.</summary>
    private bool IsSummed(int index) => index >= _end - BookChecksum.Levels;

    /// <summary>The best levels, worst of them first.</summary>
    private Span<Level> Best(int levels)
    {
        int count = Math.Min(levels, Count);
        return _levels.AsSpan(_end - count, count);
    }

    private void ForgetBest()
    {
        _isSumCurrent = false;
        _isTopCurrent = false;
    }

    private void LookAtTop()
    {
        bool isEmpty = Count == 0;
        _top.Price = isEmpty ? 0 : PriceAt(0);
        _top.Quantity = isEmpty ? 0 : QuantityAt(0);
        _top.QuantitySum = QuantitySum(OrderBook.ImbalanceLevels);
        _isTopCurrent = true;
    }

    private void AddUp()
    {
        // Walked from the last level of the text to the first, as each needs to know how many digits follow it.
        ReadOnlySpan<uint> powers = DigitSum.Powers;
        Vector128<ulong> products = default;
        int digits = 0;
        foreach (ref readonly Level level in Best(BookChecksum.Levels))
        {
            products ^= DigitSum.Multiply(level.Sum.Remainder, powers[digits]);
            digits += level.Sum.Digits;
        }

        _sum = new DigitSum(DigitSum.RemainderOf(products), digits);
        _isSumCurrent = true;
    }

    /// <summary>One of the best ten is gone: the eleventh is now one of them, and may have no sum yet.</summary>
    private void SumNewcomer()
    {
        ForgetBest();
        if (Count < BookChecksum.Levels) return;
        ref Level level = ref _levels[_end - BookChecksum.Levels];
        if (level.Sum.Digits == 0) AddSum(ref level);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSum(ref Level level) =>
        level.Sum = DigitSum.Of(_isBid ? level.Key : -level.Key, level.Quantity);

    /// <summary>First place whose key is not below; near the end by steps, deeper by bisection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    private int FirstNotBelow(long key)
    {
        const int Steps = 8;
        ReadOnlySpan<Level> levels = _levels.AsSpan(_start, Count);
        int index = levels.Length;
        int stop = Math.Max(0, index - Steps);
        while (index > stop && levels[index - 1].Key >= key) index--;
        if (index > stop || index == 0) return _start + index;
        return _start + Bisect(levels[..index], key);
    }

    private static int Bisect(ReadOnlySpan<Level> levels, long key)
    {
        int low = 0;
        int high = levels.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (levels[middle].Key < key) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Makes room for a level; its place, which differs when the worse levels moved.</summary>
    private int OpenGap(int index)
    {
        int better = _end - index;
        int worse = index - _start;
        if (worse < better && _start > 0)
        {
            Move(_levels.AsSpan(_start - 1, worse + 1), -1);
            _start--;
            return index - 1;
        }

        if (_end == _levels.Length) index -= MakeRoom();
        Move(_levels.AsSpan(index, better + 1), 1);
        _end++;
        return index;
    }

    private void CloseGap(int index)
    {
        int better = _end - 1 - index;
        int worse = index - _start;
        if (worse < better)
        {
            Move(_levels.AsSpan(_start, worse + 1), 1);
            _start++;
            return;
        }

        Move(_levels.AsSpan(index, better + 1), -1);
        _end--;
    }

    /// <summary>Moves all levels but one by one place: towards the end, or towards the front.</summary>
    private static void Move(Span<Level> levels, int by)
    {
        const int Few = 12;
        int count = levels.Length - 1;
        if (count > Few)
        {
            if (by > 0) levels[..count].CopyTo(levels[1..]);
            else levels[1..].CopyTo(levels);
        }
        else if (by > 0)
        {
            for (int i = count; i > 0; i--) levels[i] = levels[i - 1];
        }
        else
        {
            for (int i = 0; i < count; i++) levels[i] = levels[i + 1];
        }
    }

    /// <summary>
    /// Puts the window back to the front, and when it fills the array doubles that; how many places it moved.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int MakeRoom()
    {
        int moved = _start;
        int count = Count;
        Level[] levels = _levels;
        // Cold: doubling ends once the side has seen its greatest message.
        if (count > levels.Length / 2) _levels = new Level[levels.Length * 2];
        levels.AsSpan(moved, count).CopyTo(_levels);
        _start = 0;
        _end = count;
        return moved;
    }

    private struct Level
    {
        public long Key;
        public long Quantity;
        public DigitSum Sum;
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
