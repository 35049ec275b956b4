using System;
using System.Numerics;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Values;

public sealed class Pow10Tests
{
    [Fact]
    public void Powers_are_powers()
    {
        for (int i = 0; i <= Pow10.DecimalsMax; i++) Assert.Equal(BigInteger.Pow(10, i), Pow10.Of(i));
    }

    [Fact]
    public void Scaling_up_is_exact_or_refused()
    {
        Random random = Seed.Random(20260104, "scaling");
        int refused = 0;
        for (int round = 0; round < 100_000; round++)
        {
            long mantissa = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            int exponent = random.Next(20);
            BigInteger product = mantissa * BigInteger.Pow(10, exponent);
            bool fits = product >= long.MinValue && product <= long.MaxValue;
            if (!fits) refused++;
            Assert.Equal(fits, Pow10.TryScaleUp(mantissa, exponent, out long scaled));
            if (fits) Assert.Equal(product, scaled);
        }

        Assert.InRange(refused, 10_000, 90_000);
    }

    [Theory]
    [InlineData(long.MaxValue, 0, true)]
    [InlineData(long.MinValue, 0, true)]
    [InlineData(922337203685477580, 1, true)]
    [InlineData(922337203685477581, 1, false)]
    [InlineData(-922337203685477581, 1, false)]
    [InlineData(0, 100, true)]
    [InlineData(1, 19, false)]
    [InlineData(1, -1, false)]
    public void Edges_of_scaling(long mantissa, int exponent, bool fits) =>
        Assert.Equal(fits, Pow10.TryScaleUp(mantissa, exponent, out _));
}
