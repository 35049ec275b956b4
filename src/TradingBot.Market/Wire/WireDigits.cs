// In:     the two ends of a number's text inside a frame.   Out: its digits as one integer, and its decimals.
// Thread: any.
// Keeps:  the strict JSON grammar without exponent; never reads outside the frame.
// Budget: ≤ 3 ns a number of up to 16 characters (benchmark ParseBench.Parse).
//
// One load takes the 16 bytes that END at the number's last digit, so the digits stand right-aligned whatever their
// count. The number 105.25 in "qty":105.25 arrives as
//
//     bytes    q  t  y  "  :  1  0  5  .  2  5      (the last 16; earlier ones left out here)
//     minus '0' and with everything in front of the number set to zero:
//              0  0  0  0  0  1  0  5  ■  2  5      ■ = 254, what is left of the dot
//     what stands in front of the dot moves one place to the right, over it:
//              0  0  0  0  0  0  1  0  5  2  5      = 10525, with two decimals
//
// Both steps need "the last n of 16 bytes": that mask is read out of one table of 16 zeros followed by 16 ones, n bytes
// from its start. Zeros in front change no value, so nothing here depends on the number's length, and nothing branches.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TradingBot.Market.Wire;

/// <summary>Converts a number whose two ends are known.</summary>
internal static class WireDigits
{
    /// <summary>Digits that always fit a mantissa; longer numbers are the general path's.</summary>
    public const int DigitsMax = 18;

    /// <summary>Characters that one load covers.</summary>
    private const int Width = 16;

    /// <summary>The byte of a dot once <c>'0'</c> was taken from it.</summary>
    private const byte Dot = unchecked((byte)('.' - '0'));

    /// <summary>From place n on: a mask of the last n of 16 bytes.</summary>
    private static ReadOnlySpan<byte> Last =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>A mask of the last <paramref name="count"/> of 16 bytes; 0 to 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static Vector128<byte> LastBytes(int count) =>
        // SAFETY: 16 bytes from place 0 to 16 of a table of 32.
        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Last), (nuint)(uint)count);

    /// <summary>
    /// Reads <c>frame[start..end]</c>; <see cref="WireNumber.IsRefused"/> unless it is a plain number of ≤ 18 digits.
    /// </summary>
    /// <param name="end">A place inside the frame: something stands behind every number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static WireNumber Read(ReadOnlySpan<byte> frame, int start, int end)
    {
        int length = end - start;
        if (!Vector128.IsHardwareAccelerated || (uint)(length - 1) >= Width
            || (uint)end >= (uint)frame.Length || end < Width)
        {
            return ReadEach(frame, start, end);
        }

        // SAFETY: 16 ≤ end < frame.Length and start = end - length with 1 ≤ length ≤ 16, so the 16 bytes before end and
        // the two from start on are the frame's.
        ref byte text = ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), end);
        Vector128<byte> digits = Vector128.LoadUnsafe(ref Unsafe.Subtract(ref text, Width));
        uint front = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Subtract(ref text, length));

        digits = (digits - Vector128.Create((byte)'0')) & LastBytes(length);
        uint dots = Vector128.Equals(digits, Vector128.Create(Dot)).ExtractMostSignificantBits();
        uint plain = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        // Bit 15 is the last byte, so 1 to 15 decimals give 1 to 15, and no dot at all gives 16.
        int decimals = BitOperations.LeadingZeroCount(dots) - 16;
        bool isNumber = (plain | dots) == 0xFFFF  // digits and dots only,
            && (dots & (dots - 1)) == 0           // at most one dot,
            && decimals != 0                      // a digit behind it
            && decimals != length - 1             // and one before it,
            && (length == 1 || (front & 0xF0FF) != 0x3030); // no zero in front of another digit
        if (!isNumber) return WireNumber.Refused;

        Vector128<byte> moved = Vector128.Shuffle(
            digits, Vector128.Create((byte)255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        digits = Vector128.ConditionalSelect(LastBytes(decimals), digits, moved);
        return new WireNumber(Value(digits), decimals & 15);
    }

    /// <summary>The same a digit at a time: for longer numbers, and for machines without vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static WireNumber ReadEach(ReadOnlySpan<byte> frame, int start, int end)
    {
        long value = 0;
        int dot = -1;
        for (int index = start; index < end; index++)
        {
            uint digit = (uint)(frame[index] - '0');
            if (digit <= 9)
            {
                // Beyond 18 digits the value may wrap; it is then refused below.
                value = (value * 10) + digit;
                continue;
            }

            if (frame[index] != (byte)'.' || dot >= 0) return WireNumber.Refused;
            dot = index;
        }

        int integerDigits = (dot < 0 ? end : dot) - start;
        int decimals = dot < 0 ? 0 : end - dot - 1;
        bool isNumber = integerDigits > 0 && integerDigits + decimals <= DigitsMax
            && !(integerDigits > 1 && frame[start] == (byte)'0')
            && !(dot >= 0 && decimals == 0);
        return isNumber ? new WireNumber(value, decimals) : WireNumber.Refused;
    }

    /// <summary>Sixteen digits, most significant first, as one integer: neighbours are joined, four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static long Value(Vector128<byte> digits)
    {
        if (Sse41.IsSupported)
        {
            Vector128<short> twos = Ssse3.MultiplyAddAdjacent(
                digits, Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
            Vector128<int> fours = Sse2.MultiplyAddAdjacent(
                twos, Vector128.Create((short)100, 1, 100, 1, 100, 1, 100, 1));
            Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
            Vector128<int> eights = Sse2.MultiplyAddAdjacent(
                packed, Vector128.Create((short)10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1));
            ulong both = eights.AsUInt64().ToScalar();
            return (long)(((uint)both * 100_000_000UL) + (both >> 32));
        }

        Vector128<ulong> halves = digits.AsUInt64();
        return (EightDigits(halves.GetElement(0)) * 100_000_000) + EightDigits(halves.GetElement(1));
    }

    /// <summary>Eight digits in one word, the first in its lowest byte: pairs, fours and all at once.</summary>
    private static long EightDigits(ulong digits)
    {
        const ulong EverySecondPair = 0x0000_00FF_0000_00FF;
        ulong pairs = (digits * 10) + (digits >> 8);
        ulong high = (pairs & EverySecondPair) * (100 + (1_000_000UL << 32));
        ulong low = ((pairs >> 16) & EverySecondPair) * (1 + (10_000UL << 32));
        return (long)((high + low) >> 32);
    }
}
