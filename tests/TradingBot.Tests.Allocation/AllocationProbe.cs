// In:     a step of work and how often to repeat it.   Out: bytes, by this thread and by the whole process.
// Thread: the test's own; tests of this assembly run one at a time (AssemblyRules.cs).
// Keeps:  I8 is measured, not read off the code.
using System;
using System.Globalization;

namespace TradingBot.Tests.Allocation;

/// <summary>What a run of work allocated after its warm-up.</summary>
internal readonly record struct AllocatedBytes(long Thread, long Process)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Thread} bytes on the thread, {Process} in the process");
}

/// <summary>Counts allocated bytes exactly: no sampling and no tolerance.</summary>
internal static class AllocationProbe
{
    /// <summary>
    /// Calls before counting starts. 30 calls ask the runtime for optimised code, which a background thread compiles;
    /// 200 calls and a pause let that end, so that its bookkeeping is not counted as ours.
    /// </summary>
    public const int WarmUpCalls = 200;

    /// <summary>
    /// Runs <paramref name="step"/> to warm it, then <paramref name="repeats"/> times while counting.
    /// </summary>
    public static AllocatedBytes Measure(Action step, int repeats)
    {
        ArgumentNullException.ThrowIfNull(step);
        for (int i = 0; i < WarmUpCalls; i++) step();
        Settle();
        for (int i = 0; i < WarmUpCalls; i++) step();

        long process = GC.GetTotalAllocatedBytes(precise: true);
        long thread = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < repeats; i++) step();
        thread = GC.GetAllocatedBytesForCurrentThread() - thread;
        process = GC.GetTotalAllocatedBytes(precise: true) - process;
        return new AllocatedBytes(thread, process);
    }

    /// <summary>
    /// The same, where the work is done by other threads: the least of a few rounds, in bytes of the process.
    /// </summary>
    /// <remarks>
    /// The test host has threads of its own, which allocate now and then: a quiet round proves that the work needs
    /// nothing, while work that allocates shows in every round.
    /// </remarks>
    public static long LeastOfProcess(Action step, int repeats, int rounds = 5)
    {
        long least = long.MaxValue;
        for (int i = 0; i < rounds && least > 0; i++) least = Math.Min(least, Measure(step, repeats).Process);
        return least;
    }

    private static void Settle()
    {
        using System.Threading.ManualResetEventSlim never = new();
        never.Wait(TimeSpan.FromMilliseconds(150));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
