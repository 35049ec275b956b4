using System;

namespace TradingBot.Bench.Ratios;

/// <summary>One way of doing a piece of work, to be timed beside another.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Operations">How many operations one run has.</param>
/// <param name="Run">The work; returns a checksum of it.</param>
internal sealed record Contestant(string Name, int Operations, Func<long> Run)
{
    /// <summary>What is to be done before every run, outside the measurement.</summary>
    public Action? Prepare { get; init; }

    /// <summary>Runs per round, so that a round is long beside the clock's grain.</summary>
    public int RunsPerRound { get; init; } = 1;

    /// <summary>
    /// Two threads work together: the clock on the wall counts, and of a round's runs the fastest, in which both had
    /// a core. One thread alone is timed by the processor time it used, so that waiting for a core does not count.
    /// </summary>
    public bool TwoThreads { get; init; }
}

/// <summary>What one contestant did in every round.</summary>
internal sealed class Measured(int rounds)
{
    /// <summary>Nanoseconds per operation, by round.</summary>
    public double[] Ns { get; } = new double[rounds];

    /// <summary>Cores that the run a round counts kept busy: below two, two threads took turns on one.</summary>
    public double[] Cores { get; } = new double[rounds];

    /// <summary>Bytes the thread allocated in all timed runs together.</summary>
    public long Bytes { get; set; }

    public long Operations { get; set; }

    public double MedianNs => Median(Ns);

    public double BytesPerOperation => (double)Bytes / Operations;

    public static double Median(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// Median over the rounds of this time / the other's of the same round: what slows a whole round cancels out.
    /// </summary>
    public double Over(Measured other)
    {
        double[] ratios = new double[Ns.Length];
        for (int i = 0; i < ratios.Length; i++) ratios[i] = Ns[i] / other.Ns[i];
        return Median(ratios);
    }
}
