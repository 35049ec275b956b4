using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Signals.Indicators;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Signals;

/// <summary>Every indicator beside its definition, computed anew from all values at every step.</summary>
public sealed class IndicatorTests
{
    private static void AssertClose(double expected, double actual, double relative = 1e-9) =>
        Assert.Equal(expected, actual, relative * Math.Max(1e-3, Math.Abs(expected)));

    private static double[] Walk(Random random, int count, double start = 100)
    {
        double[] values = new double[count];
        double value = start;
        for (int i = 0; i < count; i++)
        {
            value += random.Next(-10, 11) * 0.25;
            if (random.Next(50) == 0) value += random.Next(-40, 41);
            values[i] = value;
        }

        return values;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(21)]
    public void Ema_equals_its_batch_definition(int length)
    {
        double[] values = Walk(Seed.Random(10, nameof(Ema_equals_its_batch_definition)), 500);
        Ema ema = new(length);
        for (int i = 0; i < values.Length; i++)
        {
            ema.Add(values[i]);
            Assert.Equal(i >= length - 1, ema.Ready);
            if (!ema.Ready)
            {
                Assert.Equal(0, ema.Value);
                continue;
            }

            double alpha = 2.0 / (length + 1);
            double expected = values.Take(length).Average();
            for (int j = length; j <= i; j++) expected = (alpha * values[j]) + ((1 - alpha) * expected);
            AssertClose(expected, ema.Value);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    public void Atr_equals_its_batch_definition(int length)
    {
        Random random = Seed.Random(11, nameof(Atr_equals_its_batch_definition));
        double[] closes = Walk(random, 300);
        Atr atr = new(length);
        List<double> ranges = [];
        for (int i = 0; i < closes.Length; i++)
        {
            double high = closes[i] + random.Next(5);
            double low = closes[i] - random.Next(5);
            atr.Add(high, low, closes[i]);
            double previous = i == 0 ? closes[i] : closes[i - 1];
            ranges.Add(new[] { high - low, Math.Abs(high - previous), Math.Abs(low - previous) }.Max());
            if (i == 0) ranges[0] = high - low;
            Assert.Equal(i >= length - 1, atr.Ready);
            if (atr.Ready) AssertClose(Wilder(ranges, length), atr.Value);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    public void Rsi_equals_its_batch_definition(int length)
    {
        double[] values = Walk(Seed.Random(12, nameof(Rsi_equals_its_batch_definition)), 300);
        Rsi rsi = new(length);
        List<double> gains = [];
        List<double> losses = [];
        for (int i = 0; i < values.Length; i++)
        {
            rsi.Add(values[i]);
            if (i > 0)
            {
                gains.Add(Math.Max(0, values[i] - values[i - 1]));
                losses.Add(Math.Max(0, values[i - 1] - values[i]));
            }

            Assert.Equal(i >= length, rsi.Ready);
            if (!rsi.Ready) continue;
            double gain = Wilder(gains, length);
            double loss = Wilder(losses, length);
            double expected = loss == 0 ? (gain == 0 ? 50 : 100) : 100 - (100 / (1 + (gain / loss)));
            AssertClose(expected, rsi.Value);
        }
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(0, 50)]
    [InlineData(-1, 0)]
    public void Rsi_of_one_direction_is_at_its_end_and_of_none_in_the_middle(int step, double expected)
    {
        Rsi rsi = new(3);
        for (int i = 0; i < 4; i++) rsi.Add(100 + (i * step));
        Assert.True(rsi.Ready);
        Assert.Equal(expected, rsi.Value);
    }

    [Theory]
    [InlineData(2, 0, 10_000)]
    [InlineData(32, 0, 100_000)]
    [InlineData(33, 60_000, 100_000)]
    [InlineData(255, 100, 20_000)]
    public void Z_score_equals_the_two_pass_batch_all_along(int length, double start, int steps)
    {
        double[] values = Walk(Seed.Random(13, nameof(Z_score_equals_the_two_pass_batch_all_along)), steps, start);
        values[steps / 2] = 1e9;
        RollingZScore score = new(length);
        for (int i = 0; i < steps; i++)
        {
            score.Add(values[i]);
            Assert.Equal(i >= length - 1, score.Ready);
            if (!score.Ready) continue;
            double sum = 0;
            double squares = 0;
            for (int j = i - length + 1; j <= i; j++) sum += values[j];
            double mean = sum / length;
            for (int j = i - length + 1; j <= i; j++) squares += (values[j] - mean) * (values[j] - mean);
            double expected = squares == 0 ? 0 : (values[i] - mean) / Math.Sqrt(squares / length);
            AssertClose(expected, score.Value);
        }
    }

    [Fact]
    public void Z_score_of_equal_values_is_zero_whatever_the_rounding_of_their_mean()
    {
        RollingZScore score = new(7);
        for (int i = 0; i < 20; i++) score.Add(0.1);
        Assert.Equal(0, score.Value);
        score.Add(0.2);
        AssertClose(Math.Sqrt(6), score.Value);
    }

    [Fact]
    public void Trade_flow_equals_its_batch_definition_and_survives_widening()
    {
        Random random = Seed.Random(14, nameof(Trade_flow_equals_its_batch_definition_and_survives_widening));
        TradeFlow flow = new(20);
        List<(long Quantity, Side Taker)> trades = [];
        Assert.Equal(0, flow.Value);
        for (int i = 0; i < 500; i++)
        {
            if (i == 250) Assert.True(flow.TryWiden(3));
            long quantity = random.Next(1, 1_000_000);
            Side taker = (Side)random.Next(3);
            flow.Add(i >= 250 ? quantity * 1_000 : quantity, taker);
            trades.Add((quantity, taker));
            var last = trades.TakeLast(20).ToList();
            long bought = last.Where(trade => trade.Taker == Side.Buy).Sum(trade => trade.Quantity);
            long sold = last.Where(trade => trade.Taker == Side.Sell).Sum(trade => trade.Quantity);
            AssertClose((double)(bought - sold) / last.Sum(trade => trade.Quantity), flow.Value);
            Assert.Equal(i >= 19, flow.Ready);
        }

        Assert.False(flow.TryWiden(18));
    }

    [Fact]
    public void Imbalance_is_the_share_that_leans_even_at_saturated_sums()
    {
        BookImbalance imbalance = default;
        imbalance.Set(0, 0);
        Assert.False(imbalance.Ready);
        imbalance.Set(8, 2);
        Assert.Equal(0.6, imbalance.Value);
        imbalance.Set(long.MaxValue, long.MaxValue);
        Assert.Equal(0, imbalance.Value);
        imbalance.Set(0, long.MaxValue);
        Assert.Equal(-1, imbalance.Value);
    }

    [Fact]
    public void Microprice_lies_nearer_to_the_side_with_less_resting()
    {
        Microprice micro = default;
        micro.Set(100, 3, 200, 1, 1);
        Assert.True(micro.Ready);
        AssertClose(17.5, micro.Value);
        Assert.Equal(1, micro.Lean);
        micro.Set(100, 1, 200, 3, 1);
        AssertClose(12.5, micro.Value);
        Assert.Equal(-1, micro.Lean);
        micro.Set(100, 2, 200, 2, 1);
        Assert.Equal((15.0, 0), (micro.Value, micro.Lean));
        micro.Set(100, 2, 0, 0, 1);
        Assert.False(micro.Ready);
    }

    [Fact]
    public void State_hash_tells_indicators_apart_that_will_differ_later()
    {
        Ema first = new(3);
        Ema second = new(3);
        first.Add(1);
        second.Add(2);
        StableHash left = default;
        StableHash right = default;
        first.HashInto(ref left);
        second.HashInto(ref right);
        Assert.Equal(first.Value, second.Value);
        Assert.NotEqual(left.Value, right.Value);
    }

    [Fact]
    public void Lengths_out_of_bounds_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ema(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Atr(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rsi(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingZScore(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingZScore(257));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TradeFlow(4_097));
    }

    private static double Wilder(List<double> values, int length)
    {
        double average = values.Take(length).Average();
        foreach (double value in values.Skip(length)) average = ((average * (length - 1)) + value) / length;
        return average;
    }
}
