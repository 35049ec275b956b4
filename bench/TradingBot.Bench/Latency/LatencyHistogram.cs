using System;
using System.Numerics;

namespace TradingBot.Bench.Latency;

/// <summary>Counts of latencies in buckets that grow with the value: right to one part in 128.</summary>
/// <remarks>
/// Below 256 ns each nanosecond has a bucket of its own; from there on each doubling is cut into 128. Fixed memory,
/// nothing allocated after construction. (The design of HdrHistogram, of which no package restores here.)
/// </remarks>
internal sealed class LatencyHistogram
{
    /// <summary>A value's distance from its bucket's upper end is below value / 128.</summary>
    public const int SubBuckets = 128;

    private const int SubBits = 7;
    private const int Doublings = 63 - SubBits;

    private readonly long[] _counts = new long[(Doublings + 1) * SubBuckets];

    public long Count { get; private set; }

    /// <summary>Exact.</summary>
    public long Max { get; private set; }

    /// <summary>Negative values (a clock read twice) count as 0.</summary>
    public void Add(long value)
    {
        if (value < 0) value = 0;
        _counts[IndexOf(value)]++;
        Count++;
        if (value > Max) Max = value;
    }

    /// <summary>
    /// The value that the given share of all values does not exceed: the upper end of its bucket, and never above Max.
    /// </summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public long Percentile(double percent)
    {
        if (Count == 0) return 0;
        long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Min(UpperEndOf(i), Max);
        }

        return Max;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>The two leading figures of the value in base 128: how often it was halved, and what is left.</summary>
    private static int IndexOf(long value)
    {
        int halvings = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits);
        return (halvings * SubBuckets) + (int)(value >> halvings);
    }

    private static long UpperEndOf(int index)
    {
        // The first two rows are whole nanoseconds; after them a row's values begin at 128.
        int halvings = Math.Max(0, (index / SubBuckets) - 1);
        long figure = index - ((long)halvings * SubBuckets);
        return ((figure + 1) << halvings) - 1;
    }
}
