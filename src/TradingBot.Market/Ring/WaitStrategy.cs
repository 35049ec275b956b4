using System;
using System.Threading;

namespace TradingBot.Market.Ring;

/// <summary>How a thread passes the time between two looks at a condition; chosen in the configuration.</summary>
/// <remarks>
/// <para><b>Spin</b> has the shortest hand-off, about one cache-line transfer, and wins where every waiting thread owns
/// a core; with more threads than cores they burn each other's time slices and it is the slowest by far.
/// <b>Yield</b> costs a system call per look once it is idle; it wins where cores are shared and the machine may be
/// busy, which is why it is the default. <b>Park</b> frees the core, and pays for a wake-up by the system (tens of
/// microseconds in a virtual machine) and a full fence per publication; it wins where silence is long and power or
/// neighbours count.</para>
/// <para>Holds no state: the caller keeps the count of idle rounds, and the ring keeps who sleeps.</para>
/// </remarks>
public sealed class WaitStrategy
{
    // About 2 µs of pause instructions: longer than a hand-off between two running threads, shorter than a time slice.
    private const int SpinRounds = 64;

    // A thread that found nothing in this many offered time slices is idle, not late.
    private const int YieldRounds = SpinRounds + 32;

    private WaitStrategy(WaitKind kind) => Kind = kind;

    public static WaitStrategy Spin { get; } = new(WaitKind.Spin);

    public static WaitStrategy Yield { get; } = new(WaitKind.Yield);

    public static WaitStrategy Park { get; } = new(WaitKind.Park);

    public WaitKind Kind { get; }

    public static WaitStrategy Of(WaitKind kind) => kind switch
    {
        WaitKind.Spin => Spin,
        WaitKind.Yield => Yield,
        WaitKind.Park => Park,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a wait strategy."),
    };

    /// <summary>
    /// Refuses to start more spinning threads than there are cores: they would take each other's time slices.
    /// </summary>
    /// <param name="hotThreads">Threads that wait with this strategy at the same time.</param>
    public void EnsureRunnable(int hotThreads) => EnsureRunnable(hotThreads, Environment.ProcessorCount);

    internal void EnsureRunnable(int hotThreads, int cores)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hotThreads);
        if (Kind == WaitKind.Spin && hotThreads > cores)
        {
            throw new InvalidOperationException(
                $"Wait strategy 'spin' needs a core per hot thread: {hotThreads} threads, {cores} cores. " +
                "Choose 'yield' or 'park', or a topology with fewer threads.");
        }
    }

    /// <summary>
    /// Passes one idle round. False: the caller has been idle long enough to sleep, and nothing was waited.
    /// </summary>
    internal bool Pause(ref int idleRounds)
    {
        if (Kind == WaitKind.Spin || idleRounds < SpinRounds)
        {
            Thread.SpinWait(1);
        }
        else if (Kind == WaitKind.Yield || idleRounds < YieldRounds)
        {
            Thread.Yield();
        }
        else
        {
            idleRounds = 0;
            return false;
        }

        // Counted to the last threshold only, so that a day of idling cannot overflow.
        if (idleRounds < YieldRounds) idleRounds++;
        return true;
    }
}
