using System;
using System.Numerics;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Values;

public sealed class NotionalTests
{
    [Fact]
    public void Products_are_exact_and_rounded_away_from_zero()
    {
        Random random = Seed.Random(20260105, "notionals");
        int refused = 0;
        int rounded = 0;
        for (int round = 0; round < 100_000; round++)
        {
            long price = random.NextInt64(long.MinValue + 1, long.MaxValue) >> random.Next(63);
            long quantity = random.NextInt64(long.MinValue + 1, long.MaxValue) >> random.Next(63);
            int priceDecimals = random.Next(19);
            int quantityDecimals = random.Next(19);
            BigInteger scaled = (BigInteger)price * quantity * BigInteger.Pow(10, Notional.Decimals);
            BigInteger divisor = BigInteger.Pow(10, priceDecimals + quantityDecimals);
            BigInteger expected = BigInteger.DivRem(scaled, divisor, out BigInteger remainder);
            if (!remainder.IsZero)
            {
                expected += scaled.Sign;
                rounded++;
            }

            if (BigInteger.Abs(expected) > (BigInteger)Int128.MaxValue)
            {
                refused++;
                Assert.Throws<OverflowException>(
                    () => Notional.Of(price, priceDecimals, quantity, quantityDecimals));
                continue;
            }

            Notional notional = Notional.Of(price, priceDecimals, quantity, quantityDecimals);
            Assert.Equal(expected, (BigInteger)notional.Units);
        }

        Assert.True(rounded > 10_000 && refused > 0, $"{rounded} rounded, {refused} refused");
    }

    [Fact]
    public void Sums_that_leave_128_bits_are_refused_and_never_wrap()
    {
        Notional largest = new(Int128.MaxValue);
        Notional smallest = new(Int128.MinValue);
        Notional one = new(1);
        Assert.Throws<OverflowException>(() => largest + one);
        Assert.Throws<OverflowException>(() => smallest - one);
        Assert.Equal(new Notional(3), one + new Notional(2));
        Assert.Equal(new Notional(-1), Notional.Subtract(one, Notional.Add(one, one)));
        Assert.True(largest > one && smallest < one && one.CompareTo(largest) < 0);
    }
}
