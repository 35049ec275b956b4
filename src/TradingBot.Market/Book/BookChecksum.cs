using System;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace TradingBot.Market.Book;

/// <summary>Kraken's book checksum, the same rule for spot v1, spot v2 and Unified.</summary>
/// <remarks>
/// CRC-32 over the ten best asks, best first, then the ten best bids, best first; of each level the digits of the price
/// and then of the quantity, without dot and leading zeros. At the instrument's own decimals those digits are just the
/// mantissa written as an integer. Source: docs.kraken.com, Spot WebSocket v2, "Book checksum (v2)".
/// </remarks>
public static class BookChecksum
{
    /// <summary>Levels per side that the rule covers, whatever the depth.</summary>
    public const int Levels = 10;

    /// <summary>Two sides × ten levels × two numbers of at most 19 digits.</summary>
    private const int DigitsMax = 2 * Levels * 2 * 19;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark BookBench.Checksum
    public static uint Of(BookSide asks, BookSide bids) =>
        DigitSum.IsSupported ? DigitSum.Crc(asks.Sum, bids.Sum) : OfDigits(asks, bids);

    /// <summary>The rule to the letter: the digits are written one after the other, and summed in one pass.</summary>
    internal static uint OfDigits(BookSide asks, BookSide bids)
    {
        Span<byte> digits = stackalloc byte[DigitsMax];
        int length = Write(asks, digits, 0);
        length = Write(bids, digits, length);
        return Crc32.Of(digits[..length]);
    }

    private static int Write(BookSide side, Span<byte> digits, int length)
    {
        int levels = Math.Min(Levels, side.Count);
        for (int rank = 0; rank < levels; rank++)
        {
            Utf8Formatter.TryFormat(side.PriceAt(rank), digits[length..], out int written);
            length += written;
            Utf8Formatter.TryFormat(side.QuantityAt(rank), digits[length..], out written);
            length += written;
        }

        return length;
    }
}
