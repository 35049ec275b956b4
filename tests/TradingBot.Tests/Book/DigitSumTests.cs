using System;
using TradingBot.Market.Book;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Book;

/// <summary>The checksum from sums of levels beside one pass over the digits.</summary>
public sealed class DigitSumTests
{
    [Fact]
    public void Checksum_from_sums_is_that_of_the_digits_at_every_length_of_numbers()
    {
        Random random = Seed.Random(20261128, "sums of levels");
        int books = Seed.Count(2_000, 200_000);
        for (int round = 0; round < books; round++)
        {
            OrderBook book = new(10);
            int priceShift = random.Next(63);
            int quantityShift = random.Next(63);
            for (int step = random.Next(60); step > 0; step--)
            {
                BookSide side = random.Next(2) == 0 ? book.Bids : book.Asks;
                bool removes = side.Count > 0 && random.Next(3) == 0;
                long price = removes ? side.PriceAt(random.Next(side.Count)) : Number(random, priceShift);
                side.Apply(price, removes ? 0 : Number(random, quantityShift));
                if (random.Next(4) == 0) book.CutToDepth();
                // Asked now and then only, so that several changes fall between two answers.
                if (random.Next(4) == 0) AssertSame(book);
            }

            AssertSame(book);
        }
    }

    [Fact]
    public void Checksum_follows_a_wider_scale()
    {
        Random random = Seed.Random(20261129, "wider scales");
        for (int round = 0; round < 500; round++)
        {
            OrderBook book = new(25);
            for (int level = 0; level < 40; level++)
            {
                (level % 2 == 0 ? book.Bids : book.Asks).Apply(random.Next(1, 1_000), random.Next(1, 1_000_000));
            }

            AssertSame(book);
            Assert.True(book.TryRescale(random.Next(6), random.Next(9)));
            AssertSame(book);
            book.Bids.Apply(book.Bids.PriceAt(0), 0);
            AssertSame(book);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 10)]
    [InlineData(9_999_999_999_999_999, 1)]
    [InlineData(10_000_000_000_000_000, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(99_999_999, 100_000_000)]
    public void Checksum_of_one_level_is_that_of_its_digits(long price, long quantity)
    {
        OrderBook book = new(10);
        book.Bids.Apply(price, quantity);
        AssertSame(book);
        book.Asks.Apply(price, quantity);
        AssertSame(book);
    }

    [Fact]
    public void Checksum_of_an_empty_book_is_that_of_no_bytes() => Assert.Equal(0u, new OrderBook(10).Checksum);

    private static long Number(Random random, int shift) => (random.NextInt64() >> shift) + 1;

    private static void AssertSame(OrderBook book) =>
        Assert.Equal(BookChecksum.OfDigits(book.Asks, book.Bids), book.Checksum);
}
