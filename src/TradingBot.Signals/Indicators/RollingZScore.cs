using System;
using System.Threading;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>How many standard deviations the last value lies from the mean of the last n, itself among them.</summary>
/// <remarks>
/// The deviation is that of the population (divisor n). Both passes run over the whole ring, so nothing drifts and no
/// outlier leaves a trace when it leaves the window. They run when somebody asks: a book is updated thousands of times
/// for each time its score matters. Four partial sums, in fixed order, keep the additions from waiting for each other.
/// </remarks>
public struct RollingZScore
{
    /// <summary>Two passes over 256 values in four partial sums: about 2 × 64 dependent additions, 150 ns.</summary>
    public const int LengthMax = 256;

    /// <summary>A deviation below this share of the mean is rounding, not movement: the score is then 0.</summary>
    private const double RoundingShare = 1e-12;

    private readonly double[] _ring;
    private int _next;
    private int _seen;

    public RollingZScore(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        _ring = new double[length];
    }

    /// <summary>At least n values were seen.</summary>
    public readonly bool Ready => _seen == _ring.Length;

    /// <summary>0 until ready, and 0 while all values in the window are equal.</summary>
    public readonly double Value
    {
        get
        {
            if (!Ready) return 0;
            ReadOnlySpan<double> values = _ring;
            double value = values[_next == 0 ? values.Length - 1 : _next - 1];
            double mean = Sum(values) / values.Length;
            double deviation = Math.Sqrt(SquaresAround(mean, values) / values.Length);
            return deviation > Math.Abs(mean) * RoundingShare ? (value - mean) / deviation : 0;
        }
    }

    public void Add(double value)
    {
        _ring[_next] = value;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        if (_seen < _ring.Length) _seen++;
    }

    /// <summary>Asks the memory for the place of the next value.</summary>
    public readonly void Expect() => _ = Volatile.Read(ref _ring[_next]);

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(Value);
        hash.Add((long)_next);
        hash.Add((long)_seen);
        foreach (double value in _ring) hash.AddBits(value);
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        while (values.Length >= 4)
        {
            a += values[0];
            b += values[1];
            c += values[2];
            d += values[3];
            values = values[4..];
        }

        foreach (double value in values) a += value;
        return (a + b) + (c + d);
    }

    private static double SquaresAround(double mean, ReadOnlySpan<double> values)
    {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        while (values.Length >= 4)
        {
            a += Square(values[0] - mean);
            b += Square(values[1] - mean);
            c += Square(values[2] - mean);
            d += Square(values[3] - mean);
            values = values[4..];
        }

        foreach (double value in values) a += Square(value - mean);
        return (a + b) + (c + d);
    }

    private static double Square(double value) => value * value;
}
