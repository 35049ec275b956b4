// In:     contestants for one piece of work.   Out: their times per round and the bytes they allocated.
// Thread: the caller's; contestants with threads of their own bring them.
// Keeps:  every contestant runs once a round, in an order that turns, so that a noisy minute meets all of them alike.
using System;
using System.Diagnostics;
using System.Runtime;

namespace TradingBot.Bench.Ratios;

/// <summary>Times contestants in one process, round robin.</summary>
internal static class Interleaved
{
    public const int RoundsDefault = 9;

    private static readonly TimeSpan WarmUpMin = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Every tier of the compiler has had its turn when nothing was compiled for so long; it waits 100 ms itself.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    /// <summary>On a machine however busy, which delays the compiler.</summary>
    private static readonly TimeSpan WarmUpMax = TimeSpan.FromSeconds(4);

    /// <summary>Sum of all checksums: work nobody looks at could be left out by the compiler.</summary>
    public static long Sink { get; private set; }

    public static Measured[] Measure(int rounds, params Contestant[] contestants)
    {
        foreach (Contestant contestant in contestants) Warm(contestant);
        Measured[] measured = new Measured[contestants.Length];
        for (int i = 0; i < measured.Length; i++) measured[i] = new Measured(rounds);
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < contestants.Length; turn++)
            {
                int i = (turn + round) % contestants.Length;
                Time(contestants[i], measured[i], round);
            }
        }

        return measured;
    }

    private static void Warm(Contestant contestant)
    {
        long start = Stopwatch.GetTimestamp();
        long quietSince = start;
        long compiled = JitInfo.GetCompiledMethodCount();
        int runs = 0;
        while (runs < 3 || IsWarming(start, quietSince))
        {
            contestant.Prepare?.Invoke();
            Sink += contestant.Run();
            runs++;
            long now = JitInfo.GetCompiledMethodCount();
            if (now != compiled) quietSince = Stopwatch.GetTimestamp();
            compiled = now;
        }
    }

    private static bool IsWarming(long start, long quietSince)
    {
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return taken < WarmUpMin || (taken < WarmUpMax && Stopwatch.GetElapsedTime(quietSince) < Quiet);
    }

    private static void Time(Contestant contestant, Measured measured, int round)
    {
        TimeSpan total = TimeSpan.Zero;
        TimeSpan least = TimeSpan.MaxValue;
        for (int run = 0; run < contestant.RunsPerRound; run++)
        {
            contestant.Prepare?.Invoke();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan usage = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            Sink += contestant.Run();
            TimeSpan wall = Stopwatch.GetElapsedTime(start);
            usage = Environment.CpuUsage.TotalTime - usage;
            TimeSpan taken = contestant.TwoThreads ? wall : usage;
            measured.Bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
            measured.Operations += contestant.Operations;
            total += taken;
            if (taken >= least) continue;
            least = taken;
            measured.Cores[round] = usage / wall;
        }

        TimeSpan counted = contestant.TwoThreads ? least : total / contestant.RunsPerRound;
        measured.Ns[round] = counted.TotalNanoseconds / contestant.Operations;
    }
}
