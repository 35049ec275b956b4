using System;

namespace TradingBot.Simulation.Synthetic;

/// <summary>Kraken's checksum of a book, computed the venue's way.</summary>
/// <remarks>The simulator has its own code for it on purpose: a mistake in the bot's must not confirm itself.</remarks>
internal static class BookCrc
{
    /// <summary>What eight shifts make of each byte: bit by bit, the sums were a twelfth of a simulated hour.</summary>
    private static readonly uint[] Shifted = Shift();

    /// <summary>CRC-32 over the best ten asks, then bids: digits of price and quantity without leading zeros.</summary>
    /// <remarks>https://docs.kraken.com/api/docs/guides/spot-ws-book-v2</remarks>
    public static uint Of(PublicSide bids, PublicSide asks)
    {
        uint crc = 0xFFFF_FFFF;
        crc = Append(crc, asks);
        crc = Append(crc, bids);
        return ~crc;
    }

    private static uint Append(uint crc, PublicSide side)
    {
        for (int i = 0; i < side.WindowCount; i++)
        {
            crc = Append(crc, side.PriceAt(i));
            crc = Append(crc, side.LotsAt(i));
        }

        return crc;
    }

    internal static uint Append(uint crc, long mantissa)
    {
        Span<byte> digits = stackalloc byte[20];
        mantissa.TryFormat(digits, out int count, default, null);
        foreach (byte digit in digits[..count]) crc = (crc >> 8) ^ Shifted[(byte)(crc ^ digit)];
        return crc;
    }

    private static uint[] Shift()
    {
        uint[] shifted = new uint[256];
        for (uint value = 0; value < shifted.Length; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB8_8320 & (0 - (crc & 1)));
            shifted[value] = crc;
        }

        return shifted;
    }
}
