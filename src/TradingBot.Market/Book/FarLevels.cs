// In:     the levels of a side that are not among its best.   Out: the same, in order.
// Thread: the book stage's.
// Keeps:  keys strictly ascending, no level with quantity zero.
// Budget: a change d levels from the nearer end moves d levels (benchmark BookBench.Update_and_verify, depth 1000).
using System;
using System.Runtime.CompilerServices;

namespace TradingBot.Market.Book;

/// <summary>A sorted array, best level last.</summary>
/// <remarks>
/// Changes are frequent at the best end and, where the depth cuts, at the worst one. Dropping the worst level moves
/// nothing: the window over the array begins one place later. It is put back to the front once in as many insertions as
/// there is room.
/// </remarks>
internal sealed class FarLevels
{
    /// <summary>Places of the smallest array: a message that inserts more grows it, once.</summary>
    private const int LevelsMin = 64;

    /// <summary>First size of a side without depth limit; it doubles, which stops within the first snapshots.</summary>
    private const int UnlimitedInitial = 1_024;

    private Level[] _levels;

    /// <summary>The levels are those from here on,</summary>
    private int _start;

    /// <summary>up to this one, which is not one of them.</summary>
    private int _end;

    public FarLevels(int depth) => _levels = new Level[depth > 0 ? Math.Max(LevelsMin, 2 * depth) : UnlimitedInitial];

    public int Count => _end - _start;

    public long KeyAt(int rank) => _levels[_end - 1 - rank].Key;

    public long QuantityAt(int rank) => _levels[_end - 1 - rank].Quantity;

    public void Clear()
    {
        _start = 0;
        _end = 0;
    }

    /// <summary>Sets a level's absolute quantity; zero removes it, and removing an absent level does nothing.</summary>
    public void Apply(long key, long quantity)
    {
        int index = FirstNotBelow(key);
        bool exists = index < _end && _levels[index].Key == key;
        if (quantity != 0)
        {
            if (!exists) index = OpenGap(index);
            _levels[index] = new Level { Key = key, Quantity = quantity };
        }
        else if (exists)
        {
            CloseGap(index);
        }
    }

    /// <summary>Adds a level that is better than all.</summary>
    public void AddBest(long key, long quantity)
    {
        // The array may be another one afterwards.
        int index = OpenGap(_end);
        _levels[index] = new Level { Key = key, Quantity = quantity };
    }

    public void RemoveBest() => _end--;

    public void DropWorst(int count) => _start += count;

    /// <summary>Multiplies every price and quantity; false when one leaves 64 bits.</summary>
    public bool TryRescale(int priceExponent, int quantityExponent)
    {
        foreach (ref Level level in _levels.AsSpan(_start, Count))
        {
            if (!Values.Pow10.TryScaleUp(level.Key, priceExponent, out level.Key)
                || !Values.Pow10.TryScaleUp(level.Quantity, quantityExponent, out level.Quantity))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>First place whose key is not below; near the end by steps, deeper by bisection.</summary>
    private int FirstNotBelow(long key)
    {
        const int Steps = 8;
        ReadOnlySpan<Level> levels = _levels.AsSpan(_start, Count);
        int index = levels.Length;
        int stop = Math.Max(0, index - Steps);
        while (index > stop && levels[index - 1].Key >= key) index--;
        if (index > stop || index == 0) return _start + index;
        int low = 0;
        while (low < index)
        {
            int middle = (low + index) >>> 1;
            if (levels[middle].Key < key) low = middle + 1;
            else index = middle;
        }

        return _start + low;
    }

    /// <summary>Makes room for a level; its place, which differs when the worse levels moved.</summary>
    private int OpenGap(int index)
    {
        int better = _end - index;
        int worse = index - _start;
        if (worse < better && _start > 0)
        {
            _levels.AsSpan(_start, worse).CopyTo(_levels.AsSpan(_start - 1));
            _start--;
            return index - 1;
        }

        if (_end == _levels.Length) index -= MakeRoom();
        _levels.AsSpan(index, better).CopyTo(_levels.AsSpan(index + 1));
        _end++;
        return index;
    }

    private void CloseGap(int index)
    {
        int better = _end - 1 - index;
        int worse = index - _start;
        if (worse < better)
        {
            _levels.AsSpan(_start, worse).CopyTo(_levels.AsSpan(_start + 1));
            _start++;
            return;
        }

        _levels.AsSpan(index + 1, better).CopyTo(_levels.AsSpan(index));
        _end--;
    }

    /// <summary>
    /// Puts the window back to the front, and when it fills the array doubles that; how many places it moved.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int MakeRoom()
    {
        int moved = _start;
        int count = Count;
        _levels.AsSpan(moved, count).CopyTo(_levels);
        // Cold: doubling ends once the side has seen its greatest message.
        if (count > _levels.Length / 2) Array.Resize(ref _levels, _levels.Length * 2);
        _start = 0;
        _end = count;
        return moved;
    }

    private struct Level
    {
        public long Key;
        public long Quantity;
    }
}
