using System;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Book;

public sealed class BookChecksumTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Crc32_gives_the_published_check_values(string text, uint expected) =>
        Assert.Equal(expected, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Crc32_equals_a_bitwise_loop_at_every_length()
    {
        Random random = Seed.Random(7, "crc");
        byte[] bytes = new byte[300];
        random.NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint crc = uint.MaxValue;
            foreach (byte b in bytes.AsSpan(0, length))
            {
                crc ^= b;
                for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            Assert.Equal(~crc, Crc32.Of(bytes.AsSpan(0, length)));
        }
    }

    /// <summary>Kraken's own ETH/BTC depth-10 book of 2026-08-26, as published digits.</summary>
    [Fact]
    public void Checksum_of_a_live_book_is_the_venues()
    {
        OrderBook book = new(10);
        (long Price, long Quantity)[] asks =
        [
            (31357, 3740000), (31358, 287194815), (31361, 767324), (31362, 427140781), (31363, 434586052),
            (31364, 2728097668), (31365, 1292325840), (31366, 414290322), (31368, 738649), (31370, 3740000),
        ];
        (long Price, long Quantity)[] bids =
        [
            (31348, 3740000), (31347, 287288049), (31345, 857986833), (31344, 1440276069), (31340, 1296065840),
            (31339, 1319606540), (31338, 2041389313), (31336, 3740000), (31334, 1437158163), (31332, 1440695990),
        ];
        foreach ((long price, long quantity) in asks) book.Asks.Apply(price, quantity);
        foreach ((long price, long quantity) in bids) book.Bids.Apply(price, quantity);
        Assert.Equal(3619791617u, book.Checksum);

        // The update that followed: one bid gone, the one behind the tenth moved in.
        book.Bids.Apply(31347, 0);
        book.Bids.Apply(31329, 1907893401);
        Assert.Equal(2505869009u, book.Checksum);
    }
}
