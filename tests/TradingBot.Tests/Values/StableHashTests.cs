using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Values;

public sealed class StableHashTests
{
    private static ulong Of(Int128 mantissa, int decimals)
    {
        StableHash hash = default;
        hash.AddDecimal(mantissa, decimals);
        return hash.Value;
    }

    [Fact]
    public void Trailing_decimal_zeros_do_not_matter()
    {
        Random random = Seed.Random(5, nameof(Trailing_decimal_zeros_do_not_matter));
        for (int i = 0; i < 2_000; i++)
        {
            Int128 mantissa = random.NextInt64(-1_000_000_000, 1_000_000_000);
            int decimals = random.Next(0, 6);
            ulong expected = Of(mantissa, decimals);
            for (int more = 1; more <= 28; more++)
            {
                mantissa *= 10;
                decimals++;
                Assert.Equal(expected, Of(mantissa, decimals));
            }
        }
    }

    [Fact]
    public void Zeros_before_the_point_matter()
    {
        Assert.NotEqual(Of(10, 0), Of(1, 0));
        Assert.NotEqual(Of(1, 1), Of(1, 0));
        Assert.Equal(Of(0, 0), Of(0, 18));
        Assert.NotEqual(Of(5, 1), Of(-5, 1));
        Assert.NotEqual(Of(1, 0), Of((Int128)1 << 64, 0));
    }

    [Fact]
    public void Order_and_number_of_words_matter()
    {
        StableHash first = default;
        first.Add(1L);
        first.Add(2L);
        StableHash second = default;
        second.Add(2L);
        second.Add(1L);
        StableHash third = default;
        third.Add(0L);
        Assert.Equal(4, new HashSet<ulong> { first.Value, second.Value, third.Value, default(StableHash).Value }.Count);
    }

    [Fact]
    public void Every_bit_of_a_word_changes_about_half_of_the_hash()
    {
        for (int bit = 0; bit < 64; bit++)
        {
            StableHash zero = default;
            zero.Add(0UL);
            StableHash one = default;
            one.Add(1UL << bit);
            Assert.InRange(System.Numerics.BitOperations.PopCount(zero.Value ^ one.Value), 14, 50);
        }
    }

    [Fact]
    public void Hash_is_the_same_in_every_build()
    {
        StableHash hash = default;
        for (long i = -3; i < 4; i++) hash.Add(i);
        hash.AddDecimal(Int128.MaxValue, 18);
        Assert.Equal(12_017_241_763_610_136_158UL, hash.Value);
    }
}
