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
// Numbers mostly come by twos, price and quantity: where registers hold 32 bytes, one half takes each.
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
    public const int Width = 16;

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

    /// <summary>Whether this machine has registers for <see cref="ReadTwo"/>.</summary>
    public static bool ReadsTwo => Avx2.IsSupported;

    /// <summary>Whether two numbers of so many characters may be read by <see cref="ReadTwo"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static bool CanReadTwo(int length, int secondLength) =>
        ReadsTwo && (uint)(length - 1) < Width && (uint)(secondLength - 1) < Width;

    /// <summary>Reads two numbers as <see cref="Read"/> does one; when one is refused, both are.</summary>
    /// <param name="end">A place inside the frame and at least <see cref="Width"/>, as is the other end.</param>
    /// <param name="length">With the other length it went through <see cref="CanReadTwo"/>.</param>
    // SAFETY: whoever calls this has checked ends and lengths, so the 16 bytes before an end, and the two from a
    // number's start on, are the frame's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static void ReadTwo(
        ReadOnlySpan<byte> frame, int end, int length, int secondEnd, int secondLength, out WireNumber number,
        out WireNumber second)
    {
        ref byte text = ref MemoryMarshal.GetReference(frame);
        Vector256<byte> digits = Vector256.Create(
            Vector128.LoadUnsafe(ref text, (nuint)(uint)(end - Width)),
            Vector128.LoadUnsafe(ref text, (nuint)(uint)(secondEnd - Width)));
        uint front = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref text, end - length));
        uint secondFront = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref text, secondEnd - secondLength));

        digits = (digits - Vector256.Create((byte)'0')) & Vector256.Create(LastBytes(length), LastBytes(secondLength));
        uint dots = Vector256.Equals(digits, Vector256.Create(Dot)).ExtractMostSignificantBits();
        uint plain = Vector256.LessThanOrEqual(digits, Vector256.Create((byte)9)).ExtractMostSignificantBits();
        // The lower half is the first number. Bit 15 stands in for its dot and the second one's where there is none.
        uint firstDots = dots << Width;
        uint secondDots = dots & 0xFFFF_0000;
        int decimals = BitOperations.LeadingZeroCount(firstDots | 0x8000);
        int secondDecimals = BitOperations.LeadingZeroCount(secondDots | 0x8000);
        bool areNumbers = (plain | dots) == uint.MaxValue
            && ((firstDots & (firstDots - 1)) | (secondDots & (secondDots - 1))) == 0
            && decimals != 0 && secondDecimals != 0
            && decimals != length - 1 && secondDecimals != secondLength - 1
            && (length == 1 || (front & 0xF0FF) != 0x3030)
            && (secondLength == 1 || (secondFront & 0xF0FF) != 0x3030);
        if (!areNumbers)
        {
            number = second = WireNumber.Refused;
            return;
        }

        Vector256<byte> moved = Avx2.Shuffle(digits, Vector256.Create(
            (byte)255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
            255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        digits = Vector256.ConditionalSelect(
            Vector256.Create(LastBytes(decimals), LastBytes(secondDecimals)), digits, moved);
        Vector256<ulong> halves = Halves(digits);
        number = new WireNumber(Join(halves.GetElement(0)), decimals & 15);
        second = new WireNumber(Join(halves.GetElement(2)), secondDecimals & 15);
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
            return Join(eights.AsUInt64().ToScalar());
        }

        Vector128<ulong> halves = digits.AsUInt64();
        return (EightDigits(halves.GetElement(0)) * 100_000_000) + EightDigits(halves.GetElement(1));
    }

    /// <summary>As <see cref="Value"/>, twice at once, up to the last step: the upper eight digits in the lower
    /// half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static Vector256<ulong> Halves(Vector256<byte> digits)
    {
        Vector256<short> twos = Avx2.MultiplyAddAdjacent(
            digits, Vector256.Create((short)(10 | (1 << 8))).AsSByte());
        Vector256<int> fours = Avx2.MultiplyAddAdjacent(twos, Vector256.Create(100 | (1 << 16)).AsInt16());
        Vector256<short> packed = Avx2.PackUnsignedSaturate(fours, fours).AsInt16();
        return Avx2.MultiplyAddAdjacent(packed, Vector256.Create(10_000 | (1 << 16)).AsInt16()).AsUInt64();
    }

    /// <summary>Eight digits in the lower half, the next eight in the upper one.</summary>
    private static long Join(ulong halves) => (long)(((uint)halves * 100_000_000UL) + (halves >> 32));

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
