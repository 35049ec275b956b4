// In:     the bytes of one frame and a place in it.   Out: the place behind a literal, symbol, number or time, or -1.
// Thread: any.
// Keeps:  takes nothing the general path would refuse: strict number grammar, printable ASCII in text, no escapes.
//         Never reads outside the frame: a block of 16 or 64 bytes is taken only where the frame has as many left, and
//         a byte at a time at its end. Frames need no slack behind them, and every read is bounds-checked.
// Budget: ≤ 80 ns per book update of two levels, everything included (benchmark ParseBench.Parse).
//
// HOW A FRAME IS READ. The venue writes the same text around its numbers in every frame, so nothing is tokenised: the
// text is compared with what it should be (one or two wide compares a literal), and only what lies between two literals
// is looked at. What costs time is not the comparing but the waiting: where a number begins is known only when the one
// before it has ended, and each such step takes a load, a compare and a count, 14 cycles in which little else can be
// done. So as many ends as possible are found in one step: of a level
//
//     {"price":105944.2,"qty":0.00370000},{"price":…
//                      ^ first comma    ^ first brace            both within the 64 bytes from its start
//
// a 64-byte compare with ',' and one with '}' give both ends as bit masks; the numbers between are then converted
// independently of each other and of the next level (WireDigits). Places are plain numbers, given and returned, so that
// they live in registers: one that is kept in memory would add a store and a load to every step.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>What a frame holds at a place. Inlined where it counts (benchmark ParseBench.Parse).</summary>
internal static class FrameText
{
    /// <summary>What stands there is not what was asked for.</summary>
    public const int Refused = -1;

    private const int Block = 64;

    /// <summary>A level's places lie within a block from its start; its last literal is read from there on.</summary>
    private const int LevelReach = Block + 8;

    /// <summary>The place behind these bytes; they are 4 to 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static int Past(ReadOnlySpan<byte> frame, int at, ReadOnlySpan<byte> literal)
    {
        // SAFETY: the frame has at least the literal's bytes from there on.
        return (uint)(at + literal.Length) <= (uint)frame.Length
            && Is(ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), at), literal) ? at + literal.Length : Refused;
    }

    /// <summary>The place behind <c>{"price":1.0,"qty":2.0}</c> and the byte after it; a price is above zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static int PastLevel(ReadOnlySpan<byte> frame, int at, out WireNumber price, out WireNumber quantity)
    {
        const int BeforePrice = 9;
        const int BeforeQuantity = 7;
        if (Vector128.IsHardwareAccelerated && frame.Length - at >= LevelReach && at >= WireDigits.Width)
        {
            // SAFETY: the frame has 16 bytes before this place and 72 from here on. The first block is the first 64 of
            // them; both places lie in it, so the eight bytes at a comma do not reach beyond.
            ref byte level = ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), at);
            ulong commas = Places(ref level, (byte)',');
            ulong braces = Places(ref level, (byte)'}');
            int comma = BitOperations.TrailingZeroCount(commas);
            int brace = BitOperations.TrailingZeroCount(braces);
            if (commas != 0 && braces != 0 && Is(ref level, "{\"price\":"u8)
                && Is(ref Unsafe.Add(ref level, comma), ",\"qty\":"u8))
            {
                if (!WireDigits.ReadsTwo)
                {
                    price = WireDigits.Read(frame, at + BeforePrice, at + comma);
                    quantity = WireDigits.Read(frame, at + comma + BeforeQuantity, at + brace);
                    return price.Mantissa > 0 && quantity.Mantissa >= 0 ? at + brace + 1 : Refused;
                }

                int priceLength = comma - BeforePrice;
                int quantityLength = brace - comma - BeforeQuantity;
                if (WireDigits.CanReadTwo(priceLength, quantityLength))
                {
                    WireDigits.ReadTwo(
                        frame, at + comma, priceLength, at + brace, quantityLength, out price, out quantity);
                    return price.Mantissa > 0 && quantity.Mantissa >= 0 ? at + brace + 1 : Refused;
                }
            }
        }

        int past = PastLevelSlow(frame, at, out WireNumber slowPrice, out WireNumber slowQuantity);
        price = slowPrice;
        quantity = slowQuantity;
        return past;
    }

    /// <summary>The place behind a number of either sign, and the number; refused when none stands there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static int PastNumber(ReadOnlySpan<byte> frame, int at, out WireNumber number)
    {
        bool isNegative = (uint)at < (uint)frame.Length && frame[at] == (byte)'-';
        if (isNegative) at++;
        int end = NumberEnd(frame, at);
        // The template goes on behind every number, so a frame that ends with one is no frame of ours.
        number = end < frame.Length ? WireDigits.Read(frame, at, end) : WireNumber.Refused;
        if (number.IsRefused) return Refused;
        if (isNegative) number = new WireNumber(-number.Mantissa, number.Decimals);
        return end;
    }

    /// <summary>The places of the two commas that follow the one here, when all lie within 64 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static bool TryTwoCommas(ReadOnlySpan<byte> frame, int at, out int first, out int second)
    {
        first = second = at;
        if (!Vector128.IsHardwareAccelerated || frame.Length - at < Block) return false;
        // SAFETY: the frame has 64 bytes from here on.
        ulong commas = Places(ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), at), (byte)',');
        commas &= commas - 1;
        first = at + BitOperations.TrailingZeroCount(commas);
        commas &= commas - 1;
        second = at + BitOperations.TrailingZeroCount(commas);
        return commas != 0;
    }

    /// <summary>The place of the closing quote of text that is printable ASCII without escapes.</summary>
    public static int TextEnd(ReadOnlySpan<byte> frame, int at)
    {
        ReadOnlySpan<byte> rest = frame[at..];
        int length = rest.IndexOf((byte)'"');
        if (length < 0) return Refused;
        ReadOnlySpan<byte> text = rest[..length];
        bool isPlain = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0 && !text.Contains((byte)'\\');
        return isPlain ? at + length : Refused;
    }

    /// <summary>The place behind a symbol's closing quote, and its id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static int PastSymbol(ReadOnlySpan<byte> frame, int at, Dialect dialect, SymbolTable symbols, out int id)
    {
        if (Vector128.IsHardwareAccelerated && frame.Length - at >= SymbolTable.ShortBytesMax)
        {
            // SAFETY: the frame has 16 bytes from here on.
            Vector128<byte> text = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(frame), (nuint)at);
            uint quotes = Vector128.Equals(text, Vector128.Create((byte)'"')).ExtractMostSignificantBits();
            int length = BitOperations.TrailingZeroCount(quotes | (1u << SymbolTable.ShortBytesMax));
            Vector128<byte> behind = WireDigits.LastBytes(SymbolTable.ShortBytesMax - length);
            id = symbols.FindShort(dialect, Vector128.AndNot(text, behind));
            if (quotes != 0 && id >= 0) return at + length + 1;
        }

        (id, at) = PastSymbolSlow(frame, at, dialect, symbols);
        return at;
    }

    /// <summary>The place behind a number's digits and dot, whatever their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    public static int NumberEnd(ReadOnlySpan<byte> frame, int at)
    {
        if (Vector128.IsHardwareAccelerated && frame.Length - at >= Vector128<byte>.Count)
        {
            // SAFETY: the frame has 16 bytes from here on.
            Vector128<byte> text = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(frame), (nuint)at);
            Vector128<byte> digits = text - Vector128.Create((byte)'0');
            Vector128<byte> isPart = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9))
                | Vector128.Equals(text, Vector128.Create((byte)'.'));
            uint others = ~isPart.ExtractMostSignificantBits() & 0xFFFF;
            if (others != 0) return at + BitOperations.TrailingZeroCount(others);
        }

        return NumberEndSlow(frame, at);
    }

    /// <summary>Whether these bytes stand here: 4 to 64, compared as two or four words that overlap.</summary>
    // SAFETY: whoever calls this has checked that as many bytes stand here as the literal has.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static bool Is(ref byte here, ReadOnlySpan<byte> literal)
    {
        ref byte wanted = ref MemoryMarshal.GetReference(literal);
        int length = literal.Length;
        if (length < 8) return Same<uint>(ref here, ref wanted, 0) && Same<uint>(ref here, ref wanted, length - 4);
        if (length <= 16)
        {
            return Same<ulong>(ref here, ref wanted, 0) && Same<ulong>(ref here, ref wanted, length - 8);
        }

        if (length <= 32)
        {
            return Same<UInt128>(ref here, ref wanted, 0) && Same<UInt128>(ref here, ref wanted, length - 16);
        }

        nuint last = (nuint)length - 32;
        Vector256<byte> differing = (Vector256.LoadUnsafe(ref here) ^ Vector256.LoadUnsafe(ref wanted))
            | (Vector256.LoadUnsafe(ref here, last) ^ Vector256.LoadUnsafe(ref wanted, last));
        return differing == Vector256<byte>.Zero;
    }

    /// <summary>Where a byte stands in the 64 from here on: bit n is set when it stands at place n.</summary>
    // SAFETY: whoever calls this has checked that 64 bytes stand here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static ulong Places(ref byte here, byte wanted)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Vector512.Equals(Vector512.LoadUnsafe(ref here), Vector512.Create(wanted))
                .ExtractMostSignificantBits();
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> each = Vector256.Create(wanted);
            ulong low = Vector256.Equals(Vector256.LoadUnsafe(ref here), each).ExtractMostSignificantBits();
            ulong high = Vector256.Equals(Vector256.LoadUnsafe(ref here, 32), each).ExtractMostSignificantBits();
            return low | (high << 32);
        }

        ulong places = 0;
        for (int i = 0; i < Block; i += 16)
        {
            Vector128<byte> part = Vector128.LoadUnsafe(ref here, (nuint)i);
            places |= (ulong)Vector128.Equals(part, Vector128.Create(wanted)).ExtractMostSignificantBits() << i;
        }

        return places;
    }

    /// <summary>Near the frame's end, or with longer numbers than anybody needs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PastLevelSlow(ReadOnlySpan<byte> frame, int at, out WireNumber price, out WireNumber quantity)
    {
        price = quantity = WireNumber.Refused;
        int priceAt = Past(frame, at, "{\"price\":"u8);
        if (priceAt < 0) return Refused;
        int comma = NumberEndSlow(frame, priceAt);
        int quantityAt = Past(frame, comma, ",\"qty\":"u8);
        if (quantityAt < 0) return Refused;
        int brace = NumberEndSlow(frame, quantityAt);
        price = WireDigits.ReadEach(frame, priceAt, comma);
        quantity = WireDigits.ReadEach(frame, quantityAt, brace);
        bool isLevel = brace < frame.Length && frame[brace] == (byte)'}'
            && price.Mantissa > 0 && quantity.Mantissa >= 0;
        return isLevel ? brace + 1 : Refused;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int NumberEndSlow(ReadOnlySpan<byte> frame, int at)
    {
        while (at < frame.Length && (char.IsAsciiDigit((char)frame[at]) || frame[at] == (byte)'.')) at++;
        return at;
    }

    /// <summary>A symbol seen for the first time, or one of more than 15 bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (int Id, int At) PastSymbolSlow(
        ReadOnlySpan<byte> frame, int at, Dialect dialect, SymbolTable symbols)
    {
        int end = TextEnd(frame, at);
        if (end < 0) return (-1, Refused);
        ReadOnlySpan<byte> text = frame[at..end];
        if (!SymbolTable.IsSymbol(text) || !symbols.TryIdOf(dialect, text, out int id)) return (-1, Refused);
        return (id, end + 1);
    }

    // SAFETY: as Is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static bool Same<T>(ref byte here, ref byte wanted, int at)
        where T : unmanaged, IEquatable<T> =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref here, at))
            .Equals(Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref wanted, at)));
}
