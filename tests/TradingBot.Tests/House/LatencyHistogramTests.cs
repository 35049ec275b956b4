using System;
using TradingBot.Bench.Latency;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>The histogram beside its oracle, a sorted array.</summary>
public sealed class LatencyHistogramTests
{
    private static readonly double[] Percents = [0.001, 1, 25, 50, 90, 99, 99.9, 99.99, 100];

    [Fact]
    public void Percentiles_are_those_of_a_sorted_array_to_one_part_in_128()
    {
        Random random = Seed.Random(128, "latencies");
        for (int round = 0; round < Seed.Count(20, 500); round++)
        {
            long[] values = new long[random.Next(1, 5_000)];
            LatencyHistogram histogram = new();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextInt64(1L << random.Next(1, 50));
                histogram.Add(values[i]);
            }

            Array.Sort(values);
            Assert.Equal(values.Length, histogram.Count);
            Assert.Equal(values[^1], histogram.Max);
            foreach (double percent in Percents)
            {
                long exact = values[Math.Max(1, (int)Math.Ceiling(percent / 100 * values.Length)) - 1];
                long told = histogram.Percentile(percent);
                Assert.InRange(told, exact, exact + (exact / LatencyHistogram.SubBuckets));
            }
        }
    }

    [Fact]
    public void Small_values_are_exact_and_the_greatest_possible_fits()
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i < 256; i++) histogram.Add(i);
        Assert.Equal(127, histogram.Percentile(50));
        Assert.Equal(255, histogram.Percentile(100));
        histogram.Clear();
        histogram.Add(long.MaxValue);
        histogram.Add(-1);
        Assert.Equal((long.MaxValue, 0), (histogram.Percentile(100), histogram.Percentile(50)));
    }

    [Fact]
    public void Without_values_every_percentile_is_zero() => Assert.Equal(0, new LatencyHistogram().Percentile(99));
}
