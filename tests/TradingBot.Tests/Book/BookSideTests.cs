using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Book;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Book;

public sealed class BookSideTests
{
    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 10)]
    [InlineData(true, 1_000)]
    [InlineData(false, 0)]
    public void Side_equals_a_sorted_dictionary_under_random_changes(bool isBid, int depth)
    {
        Random random = Seed.Random(20261124, $"book side {isBid} {depth}");
        BookSide side = new(isBid, depth);
        SortedDictionary<long, long> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            long price = 1_000 + random.Next(depth == 10 ? 40 : 3_000);
            long quantity = random.Next(3) == 0 ? 0 : random.Next(1, 1_000_000);
            side.Apply(price, quantity);
            if (quantity == 0) model.Remove(price);
            else model[price] = quantity;
            if (depth > 0 && random.Next(4) == 0)
            {
                side.CutTo(depth);
                long[] cut = [.. (isBid ? model.Keys.Reverse() : model.Keys).Skip(depth)];
                foreach (long key in cut) model.Remove(key);
            }

            if (step % 16 == 0) AssertSame(side, isBid ? model.Reverse() : model);
        }

        AssertSame(side, isBid ? model.Reverse() : model);
    }

    [Fact]
    public void Sum_of_quantities_saturates_instead_of_wrapping()
    {
        BookSide side = new(isBid: true, 10);
        side.Apply(1, long.MaxValue - 1);
        side.Apply(2, 1);
        Assert.Equal(long.MaxValue, side.QuantitySum(5));
        side.Apply(3, 5);
        Assert.Equal(long.MaxValue, side.QuantitySum(5));
        Assert.Equal(6, side.QuantitySum(2));
    }

    private static void AssertSame(BookSide side, IEnumerable<KeyValuePair<long, long>> model)
    {
        (long, long)[] expected = [.. model.Select(level => (level.Key, level.Value))];
        (long, long)[] actual = [.. Enumerable.Range(0, side.Count).Select(i => (side.PriceAt(i), side.QuantityAt(i)))];
        Assert.Equal(expected, actual);
    }
}
