using System;
using System.Globalization;
using TradingBot.Signals.Indicators;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Signals;

public sealed class ConversionTests
{
    [Fact]
    public void Mantissas_become_the_nearest_double_and_ticks_come_back()
    {
        Random random = Seed.Random(20, nameof(Mantissas_become_the_nearest_double_and_ticks_come_back));
        for (int i = 0; i < 20_000; i++)
        {
            int decimals = random.Next(0, 16);
            long increment = random.Next(1, 1_000);
            long ticks = random.NextInt64(1, 1L << random.Next(1, 40));
            long mantissa = ticks * increment;
            double value = Conversion.ToDouble(mantissa, decimals);
            string text = $"{mantissa}e-{decimals}";
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
            foreach (bool roundUp in new[] { true, false })
            {
                Assert.True(Conversion.ToTick(value, decimals, increment, roundUp, out long back));
                Assert.Equal(mantissa, back);
                Assert.True(Conversion.ToTick(-value, decimals, increment, roundUp, out back));
                Assert.Equal(-mantissa, back);
            }
        }
    }

    [Fact]
    public void Values_between_ticks_go_to_the_neighbour_on_the_safe_side()
    {
        Random random = Seed.Random(21, nameof(Values_between_ticks_go_to_the_neighbour_on_the_safe_side));
        for (int i = 0; i < 20_000; i++)
        {
            int decimals = random.Next(0, 11);
            long increment = random.Next(1, 500);
            double unit = Math.Pow(10, random.Next(0, decimals + 1));
            double value = (random.NextDouble() - 0.5) * random.Next(1, 100_000) / unit;
            Assert.True(Conversion.ToTick(value, decimals, increment, roundUp: true, out long up));
            Assert.True(Conversion.ToTick(value, decimals, increment, roundUp: false, out long down));
            Assert.Equal(0, up % increment);
            Assert.Equal(0, down % increment);
            Assert.True(Conversion.ToDouble(up, decimals) >= value);
            Assert.True(Conversion.ToDouble(up - increment, decimals) < value);
            Assert.True(Conversion.ToDouble(down, decimals) <= value);
            Assert.True(Conversion.ToDouble(down + increment, decimals) > value);
        }
    }

    [Theory]
    [InlineData(1.1, 1, 1, true, 11)]
    [InlineData(0.3, 1, 1, false, 3)]
    [InlineData(1.05, 1, 1, true, 11)]
    [InlineData(1.05, 1, 1, false, 10)]
    [InlineData(1.26, 2, 5, false, 125)]
    [InlineData(1.26, 2, 5, true, 130)]
    [InlineData(0.0, 8, 1, true, 0)]
    public void Ticks_are_found_exactly(double value, int decimals, long increment, bool roundUp, long expected)
    {
        Assert.True(Conversion.ToTick(value, decimals, increment, roundUp, out long mantissa));
        Assert.Equal(expected, mantissa);
    }

    [Theory]
    [InlineData(double.NaN, 2, 1)]
    [InlineData(double.PositiveInfinity, 2, 1)]
    [InlineData(double.NegativeInfinity, 2, 1)]
    [InlineData(1e300, 2, 1)]
    [InlineData(4.6e15, 0, 1)]
    [InlineData(1.0, 2, 0)]
    [InlineData(1.0, 2, -5)]
    [InlineData(1.0, 2, long.MaxValue)]
    [InlineData(1.0, 19, 1)]
    [InlineData(1.0, -1, 1)]
    public void What_has_no_tick_is_refused(double value, int decimals, long increment)
    {
        Assert.False(Conversion.ToTick(value, decimals, increment, roundUp: true, out long mantissa));
        Assert.Equal(0, mantissa);
        Assert.False(Conversion.ToTick(value, decimals, increment, roundUp: false, out _));
    }
}
