// In:     time, and wishes to spend.   Out: yes or no, and when there is one more to spend.
// Thread: the caller's; sans-I/O.
// Keeps:  in any stretch of time T at most burst + T / interval are spent, whatever the order of wishes.
// Budget: two longs.
using System;

namespace TradingBot.Kraken.Feed;

/// <summary>
/// How often something may be done: a burst, then one per interval. One that waits never waits longer than an interval.
/// </summary>
/// <remarks>
/// A count over a window would allow the same number, and after a burst it would close for the rest of the window: a
/// worker whose positions need its account's socket cannot stand outside for minutes.
/// </remarks>
public sealed class RateBudget
{
    private readonly long _burstNs;
    private readonly long _intervalNs;


    /// <param name="burst">How many may be spent at once after a rest.</param>
    /// <param name="intervalNs">One more is earned in this time.</param>
    public RateBudget(int burst, long intervalNs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(burst);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(intervalNs);
        _intervalNs = intervalNs;
        _burstNs = (burst - 1) * intervalNs;
    }

    /// <summary>When all that was spent so far is earned back, Unix ns.</summary>
    public long EarnedNs { get; private set; } = long.MinValue / 2;

    /// <summary>All that may be owed at once: the burst.</summary>
    public long OwedNsMax => _burstNs + _intervalNs;

    /// <summary>The earliest time at which <see cref="TryTake"/> says yes, Unix ns.</summary>
    public long FreeAtNs => EarnedNs - _burstNs;

    /// <summary>
    /// Connection attempts of one address: Cloudflare bans it at about 150 in any ten minutes. 15 + one each 10 s are
    /// at most 75 in ten minutes: half, so that a worker that was just started again stays below it, too.
    /// </summary>
    /// <param name="earnedNs">What <see cref="EarnedNs"/> was when the process before ended; 0 = not known.</param>
    public static RateBudget OfConnections(long earnedNs = 0)
    {
        RateBudget budget = new(15, 10_000_000_000);
        if (earnedNs > 0) budget.EarnedNs = earnedNs;
        return budget;
    }

    /// <summary>
    /// Requests of one socket: its limit is dynamic and unpublished; other clients hold 20 a second, 10 at once.
    /// </summary>
    public static RateBudget OfRequests() => new(10, 50_000_000);

    public bool TryTake(long nowNs)
    {
        if (nowNs < FreeAtNs) return false;
        EarnedNs = Math.Max(EarnedNs, nowNs) + _intervalNs;
        return true;
    }
}
