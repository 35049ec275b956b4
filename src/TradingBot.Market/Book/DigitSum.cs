// In:     price and quantity mantissas of a level.   Out: what their digits add to the book's CRC-32.
// Thread: any.
// Keeps:  the sum of levels put one in front of the other is that of the digits written one after the other.
// Budget: ≤ 6 ns a level that changed, ≤ 10 ns for ten that did not (benchmark BookBench.Checksum).
//
// WHY IT WORKS. A CRC is the remainder of the text, read as one long polynomial over single bits, divided by a fixed
// polynomial P. Remainders add: of "price and quantity of level 1, then level 2, …" the CRC is the sum (exclusive or)
// of each part's remainder times x^(8·n), n being the bytes that follow the part. So a level's remainder is computed
// once, when the level changes; ten of them are combined by ten carry-less multiplications with x^(8·n) mod P from a
// table, and one division. The CRC's customary start value is one more part, of zero bytes behind all ones: a second
// table.
//
// A level's own remainder needs its digits, but mostly only its quantity has changed: the price's remainder is kept,
// and moved over the new quantity's digits. Sixteen digits of a mantissa are made in one register by dividing by ten
// thousand, a hundred and ten in all places at once, and stand right-aligned in it with zero bytes in front. Zero bytes
// in front do not change a remainder, so neither length matters, and nothing branches.
//
// Without carry-less multiplication (DOTNET_EnableHWIntrinsic=0, other processors) the sums stay unused:
// BookChecksum writes the digits and runs over them. Both ways give the same numbers; a test compares them.
using System;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TradingBot.Market.Book;

/// <summary>The remainder of some digits, and how many they are; no digits when it was not computed.</summary>
internal readonly struct DigitSum(uint remainder, int digits)
{
    /// <summary>Two numbers of 19 digits on ten levels of two sides: more never follow a part.</summary>
    private const int BytesMax = 2 * 19 * BookChecksum.Levels * 2;

    /// <summary>Mantissas of more digits are added up from their text.</summary>
    private const long ShortMax = 9_999_999_999_999_999;

    /// <summary>At n: x^(8·n) mod P.</summary>
    private static readonly uint[] PowerTable = BuildPowers();

    /// <summary>At n: the state of a CRC that began with all ones, after n zero bytes.</summary>
    private static readonly uint[] BeginTable = BuildBegin();

    public readonly uint Remainder = remainder;

    public readonly int Digits = digits;

    /// <summary>Whether this machine can multiply so.</summary>
    public static bool IsSupported => Pclmulqdq.IsSupported && Sse41.IsSupported;

    /// <summary>Of a number above zero.</summary>
    public static DigitSum Of(long mantissa)
    {
        if (!IsSupported) return default;
        if ((ulong)mantissa > ShortMax) return OfText(mantissa);
        Vector128<ulong> text = TextOf(mantissa, out int digits).AsUInt64();
        return new DigitSum(Divide(EightBytesOf(text)), digits);
    }

    /// <summary>Of what stands in front and, behind it, a number above zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    public static DigitSum Of(DigitSum front, long mantissa)
    {
        if (!IsSupported) return default;
        if ((ulong)mantissa > ShortMax) return OfText(front, mantissa);
        Vector128<ulong> text = TextOf(mantissa, out int digits).AsUInt64();
        // Both are congruent to their part of the whole, so one division serves for the two.
        Vector128<ulong> moved = Multiply(front.Remainder, PowerTable[digits]) << 1;
        return new DigitSum(Divide(EightBytesOf(text) ^ moved), front.Digits + digits);
    }

    /// <summary>The CRC-32 of a text that is these two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Checksum
    public static uint Crc(DigitSum front, DigitSum back)
    {
        uint moved = RemainderOf(Multiply(front.Remainder, Powers[back.Digits]));
        return ~(moved ^ back.Remainder ^ BeginTable[front.Digits + back.Digits]);
    }

    /// <summary>At n: x^(8·n) mod P.</summary>
    public static ReadOnlySpan<uint> Powers => PowerTable;

    /// <summary>A product of two remainders, not yet divided.</summary>
    public static Vector128<ulong> Multiply(uint left, uint right) => Pclmulqdq.CarrylessMultiply(
        Vector128.CreateScalar((ulong)left), Vector128.CreateScalar((ulong)right), 0x00);

    /// <summary>Divides a sum of products by P (Barrett: two multiplications by its inverse and by itself).</summary>
    public static uint RemainderOf(Vector128<ulong> product) => Divide(product << 1);

    private static uint Divide(Vector128<ulong> value)
    {
        // Bits stand in reverse, as in every CRC-32: 1DB710641 is P with its 33 bits, 1F7011641 the quotient x^64 / P.
        Vector128<ulong> low = Vector128.Create((ulong)uint.MaxValue, 0);
        Vector128<ulong> divisor = Vector128.Create(0x1_DB71_0641UL, 0x1_F701_1641UL);
        Vector128<ulong> quotient = Pclmulqdq.CarrylessMultiply(value & low, divisor, 0x10) & low;
        return (value ^ Pclmulqdq.CarrylessMultiply(quotient, divisor, 0x00)).AsUInt32().GetElement(1);
    }

    /// <summary>Sixteen bytes to twelve, to eight of the same remainder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    private static Vector128<ulong> EightBytesOf(Vector128<ulong> block)
    {
        Vector128<ulong> powers = Vector128.Create(0x0_CCAA_009EUL, 0x1_63CD_6124UL); // x^96, x^64
        Vector128<ulong> low = Vector128.Create((ulong)uint.MaxValue, 0);
        Vector128<ulong> twelve = Pclmulqdq.CarrylessMultiply(block, powers, 0x00)
            ^ Sse2.ShiftRightLogical128BitLane(block, 8);
        return Pclmulqdq.CarrylessMultiply(twelve & low, powers, 0x10) ^ Sse2.ShiftRightLogical128BitLane(twelve, 4);
    }

    /// <summary>The digits as ASCII at the end of sixteen bytes, zero bytes in front; and how many they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Update_and_verify
    private static Vector128<byte> TextOf(long mantissa, out int count)
    {
        ulong high = (ulong)mantissa / 100_000_000;
        ulong low = (ulong)mantissa - (high * 100_000_000);
        Vector128<uint> eights = Vector128.Create(high, low).AsUInt32();
        // n / 10^4 = n · ⌈2^45 / 10^4⌉ / 2^45, and so on: exact for all n of so many digits.
        Vector128<ulong> tops = Sse2.Multiply(eights, Vector128.Create(3_518_437_209u)) >> 45;
        Vector128<ulong> rests = eights.AsUInt64() - Sse2.Multiply(tops.AsUInt32(), Vector128.Create(10_000u));
        Vector128<ushort> fours = (tops | (rests << 32)).AsUInt16();
        Vector128<ushort> hundreds = Sse2.MultiplyHigh(fours, Vector128.Create((ushort)5_243)) >> 3;
        Vector128<ushort> units = fours - (hundreds * Vector128.Create((ushort)100));
        Vector128<ushort> twos = hundreds | (units.AsUInt32() << 16).AsUInt16();
        Vector128<ushort> tens = Sse2.MultiplyHigh(twos, Vector128.Create((ushort)6_554));
        Vector128<byte> digits = (tens | ((twos - (tens * Vector128.Create((ushort)10))) << 8)).AsByte();
        // From the bits, so that it need not wait for the digits.
        count = DigitsOf((ulong)mantissa);
        return (digits | Vector128.Create((byte)'0')) & Wire.WireDigits.LastBytes(count);
    }

    /// <summary>Decimal digits of a number above zero: bits times log10(2), or one more.</summary>
    private static int DigitsOf(ulong value)
    {
        int digits = ((64 - BitOperations.LeadingZeroCount(value)) * 1_233) >> 12;
        return digits + (value >= (ulong)Values.Pow10.Of(digits) ? 1 : 0);
    }

    /// <summary>Cold: a mantissa of more than sixteen digits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DigitSum OfText(long mantissa)
    {
        Span<byte> text = stackalloc byte[19];
        Utf8Formatter.TryFormat(mantissa, text, out int length);
        return new DigitSum(Crc32.RemainderOf(text[..length]), length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DigitSum OfText(DigitSum front, long mantissa)
    {
        DigitSum back = OfText(mantissa);
        uint moved = RemainderOf(Multiply(front.Remainder, Powers[back.Digits]));
        return new DigitSum(moved ^ back.Remainder, front.Digits + back.Digits);
    }

    private static uint[] BuildPowers()
    {
        // x^0 is the highest bit.
        uint power = 0x8000_0000;
        uint[] table = new uint[BytesMax + 1];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = power;
            power = Crc32.AfterZeroByte(power);
        }

        return table;
    }

    private static uint[] BuildBegin()
    {
        uint[] table = new uint[BytesMax + 1];
        uint state = uint.MaxValue;
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = state;
            state = Crc32.AfterZeroByte(state);
        }

        return table;
    }
}
