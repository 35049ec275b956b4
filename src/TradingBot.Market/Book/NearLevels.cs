// In:     the best levels of a side.   Out: their order, and the checksum's sum over them.
// Thread: the book stage's.
// Keeps:  keys of taken slots differ; free slots hold a key below every other.
// Budget: ≤ 20 ns a level, its digits included (benchmark BookBench.Update_and_verify).
//
// WHY NOTHING MOVES. A level stays in the slot it was given. Which slot is the best, which the next, stands in one
// 64-bit word of four-bit numbers, best in the lowest: to insert a level at rank r, the numbers from r on move
// up by four bits and its slot goes in between: three operations, whatever r is. A level's rank is not searched for but
// counted: all twelve keys are compared at once, and as many as are better stand before it. A search would guess at
// every step, and a wrong guess costs as much as all of this.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TradingBot.Market.Values;

namespace TradingBot.Market.Book;

/// <summary>Up to twelve levels in slots, and their order.</summary>
/// <remarks>
/// Ten count for the checksum, and a message may insert some before it is cut to its depth. Three registers compare
/// twelve, and the fewer cache lines a side has, the more books a core keeps at hand.
/// </remarks>
internal struct NearLevels
{
    public const int Capacity = 12;

    private const int BitsPerRank = 4;
    private const int RanksPerWord = 64 / BitsPerRank;
    private const long FreeKey = long.MinValue;

    /// <summary>The slot of rank r in bits 4·r to 4·r + 3; zeros beyond the last rank.</summary>
    private ulong _order;

    /// <summary>One bit per free slot.</summary>
    private uint _free;
    private int _count;
    private Longs _keys;
    private Longs _quantities;

    /// <summary>Of the digits of price and quantity, and of the price alone, which outlives many quantities.</summary>
    private Words _sums;
    private Words _priceSums;
    private Bytes _digits;
    private Bytes _priceDigits;

    public readonly int Count => _count;

    public readonly int SlotAt(int rank) => (int)(_order >> (rank * BitsPerRank)) & (RanksPerWord - 1);

    public readonly long KeyAt(int rank) => _keys[SlotAt(rank)];

    public readonly long QuantityAt(int rank) => _quantities[SlotAt(rank)];

    public void Clear()
    {
        ((Span<long>)_keys).Fill(FreeKey);
        _order = 0;
        _free = (1u << Capacity) - 1;
        _count = 0;
    }

    /// <summary>One bit per slot whose key is above, and one for the slot whose key is equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    public readonly void Compare(long key, out uint above, out uint equal)
    {
        ReadOnlySpan<long> keys = _keys;
        if (!Vector256.IsHardwareAccelerated)
        {
            CompareEach(keys, key, out above, out equal);
            return;
        }

        Vector256<long> each = Vector256.Create(key);
        Vector256<long> a = Vector256.Create(keys);
        Vector256<long> b = Vector256.Create(keys[4..]);
        Vector256<long> c = Vector256.Create(keys[8..]);
        above = Vector256.GreaterThan(a, each).ExtractMostSignificantBits()
            | (Vector256.GreaterThan(b, each).ExtractMostSignificantBits() << 4)
            | (Vector256.GreaterThan(c, each).ExtractMostSignificantBits() << 8);
        equal = Vector256.Equals(a, each).ExtractMostSignificantBits()
            | (Vector256.Equals(b, each).ExtractMostSignificantBits() << 4)
            | (Vector256.Equals(c, each).ExtractMostSignificantBits() << 8);
    }

    /// <summary>Sum of the best quantities; false when it might leave 63 bits, or there are more levels asked
    /// for.</summary>
    public readonly bool TrySum(int levels, out long sum)
    {
        // Eight numbers below 2^60 do not leave 63 bits.
        const int Sure = 8;
        sum = 0;
        long any = 0;
        ulong order = _order;
        for (int rank = Math.Min(levels, _count); rank > 0; rank--)
        {
            long quantity = _quantities[(int)order & (RanksPerWord - 1)];
            order >>= BitsPerRank;
            sum += quantity;
            any |= quantity;
        }

        return levels <= Sure && any >> 60 == 0;
    }

    /// <summary>A new level in a slot that was taken for it.</summary>
    public void Set(int slot, long key, long price, long quantity)
    {
        DigitSum priceSum = DigitSum.Of(price);
        _keys[slot] = key;
        _priceSums[slot] = priceSum.Remainder;
        _priceDigits[slot] = (byte)priceSum.Digits;
        SetQuantity(slot, quantity, priceSum);
    }

    /// <summary>Another quantity for the level in this slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    public void Change(int slot, long quantity) =>
        SetQuantity(slot, quantity, new DigitSum(_priceSums[slot], _priceDigits[slot]));

    /// <summary>Takes a free slot, of which there is one, as the level of this rank.</summary>
    public int Insert(int rank)
    {
        int slot = BitOperations.TrailingZeroCount(_free);
        _free &= _free - 1;
        ulong better = _order & BitsBelow(rank);
        _order = better | ((ulong)slot << (rank * BitsPerRank)) | ((_order ^ better) << BitsPerRank);
        _count++;
        return slot;
    }

    /// <summary>Frees the slot that has this rank.</summary>
    public void Remove(int rank, int slot)
    {
        ulong better = _order & BitsBelow(rank);
        _order = better | ((_order >> BitsPerRank) & ~BitsBelow(rank));
        _free |= 1u << slot;
        _keys[slot] = FreeKey;
        _count--;
    }

    /// <summary>The sum over the digits of the best levels, best first.</summary>
    public readonly DigitSum AddUp(int levels)
    {
        // Walked from the last level of the text to the first, as each needs to know how many digits follow it: its
        // slot's number stands in the word's highest bits, and the word moves up.
        ReadOnlySpan<uint> powers = DigitSum.Powers;
        Vector128<ulong> products = default;
        int digits = 0;
        int count = Math.Min(levels, _count);
        ulong order = _order << (BitsPerRank * (RanksPerWord - count));
        for (; count > 0; count--)
        {
            int slot = (int)(order >> 60);
            order <<= BitsPerRank;
            products ^= DigitSum.Multiply(_sums[slot], powers[digits]);
            digits += _digits[slot];
        }

        return new DigitSum(DigitSum.RemainderOf(products), digits);
    }

    /// <summary>Multiplies every price and quantity; false when one leaves 64 bits.</summary>
    public bool TryRescale(int priceExponent, int quantityExponent, bool isBid)
    {
        for (int rank = 0; rank < Count; rank++)
        {
            int slot = SlotAt(rank);
            if (!Pow10.TryScaleUp(_keys[slot], priceExponent, out long key)
                || !Pow10.TryScaleUp(_quantities[slot], quantityExponent, out long quantity))
            {
                return false;
            }

            Set(slot, key, isBid ? key : -key, quantity);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    private void SetQuantity(int slot, long quantity, DigitSum priceSum)
    {
        DigitSum sum = DigitSum.Of(priceSum, quantity);
        _quantities[slot] = quantity;
        _sums[slot] = sum.Remainder;
        _digits[slot] = (byte)sum.Digits;
    }

    /// <summary>The bits of all ranks before this one.</summary>
    private static ulong BitsBelow(int rank) => (1UL << (rank * BitsPerRank)) - 1;

    private static void CompareEach(ReadOnlySpan<long> keys, long key, out uint above, out uint equal)
    {
        above = 0;
        equal = 0;
        for (int slot = 0; slot < keys.Length; slot++)
        {
            if (keys[slot] > key) above |= 1u << slot;
            if (keys[slot] == key) equal |= 1u << slot;
        }
    }

    [InlineArray(Capacity)]
    private struct Longs
    {
        private long _first;
    }

    [InlineArray(Capacity)]
    private struct Words
    {
        private uint _first;
    }

    [InlineArray(Capacity)]
    private struct Bytes
    {
        private byte _first;
    }
}
