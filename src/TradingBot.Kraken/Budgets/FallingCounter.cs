// In:     costs, time, the venue's word that it is full.   Out: whether a request may leave, and when the next may.
// Thread: any; callers stand in line.
// Keeps:  never above the limit by its own grants; lower urgencies stop at their ceilings.
// Budget: some tens of ns; allocates nothing.
using System;
using System.Threading;

namespace TradingBot.Kraken.Budgets;

/// <summary>
/// The twin of a counter that rises with each request and falls with time, as Kraken's REST counters do.
/// </summary>
/// <remarks>https://docs.kraken.com/exchange/guides/general/ratelimits</remarks>
public sealed class FallingCounter
{
    private const long UnitsPerPoint = 1_000_000;
    private const long NanosPerSecond = 1_000_000_000;

    private readonly Lock _gate = new();
    private readonly long _limit;
    private readonly long _fallPerSecond;
    private long _level;
    private long _timeNs;

    /// <param name="points">The venue refuses above it.</param>
    /// <param name="hundredthsPerSecond">How fast it falls, in hundredths of a point.</param>
    public FallingCounter(int points, int hundredthsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hundredthsPerSecond, 1);
        _limit = points * UnitsPerPoint;
        _fallPerSecond = hundredthsPerSecond * UnitsPerPoint / 100;
    }

    /// <summary>The counter of one key: every private call adds a point, long lists two.</summary>
    public static FallingCounter OfRest(AccountTier tier) => tier switch
    {
        AccountTier.Pro => new FallingCounter(20, 100),
        AccountTier.Intermediate => new FallingCounter(20, 50),
        _ => new FallingCounter(15, 33),
    };

    /// <summary>Points by our count, rounded up.</summary>
    public long PointsAt(long nowNs)
    {
        lock (_gate)
        {
            Fall(nowNs);
            return (_level + UnitsPerPoint - 1) / UnitsPerPoint;
        }
    }

    /// <summary>Counts the request; false, and nothing is counted, when it would pass the urgency's ceiling.</summary>
    /// <param name="urgency">What it is for.</param>
    /// <param name="points">What it costs.</param>
    /// <param name="nowNs">The time, Unix ns.</param>
    public bool TryTake(Urgency urgency, int points, long nowNs)
    {
        lock (_gate)
        {
            Fall(nowNs);
            if (_level + (points * UnitsPerPoint) > RoomOf(urgency, points)) return false;
            _level += points * UnitsPerPoint;
            return true;
        }
    }

    /// <summary>When such a request would be let through if nothing else came, Unix ns.</summary>
    public long FreeAtNs(Urgency urgency, int points, long nowNs)
    {
        lock (_gate)
        {
            Fall(nowNs);
            long over = _level + (points * UnitsPerPoint) - RoomOf(urgency, points);
            if (over <= 0) return nowNs;
            return nowNs + (long)((((Int128)over * NanosPerSecond) + _fallPerSecond - 1) / _fallPerSecond);
        }
    }

    /// <summary>The venue says that it is full: ours was wrong, or others use the key.</summary>
    public void OnVenueRefused(long nowNs)
    {
        lock (_gate)
        {
            Fall(nowNs);
            _level = _limit;
        }
    }

    /// <summary>A ceiling below the cost of one request would shut it out for ever.</summary>
    private long RoomOf(Urgency urgency, int points) =>
        Math.Max(Ceiling.OfFalling(_limit, urgency), points * UnitsPerPoint);

    private void Fall(long nowNs)
    {
        if (nowNs <= _timeNs) return;
        long fallen = (long)Int128.Min(_level, (Int128)(nowNs - _timeNs) * _fallPerSecond / NanosPerSecond);
        // What is less than a unit is kept for the next time.
        if (fallen == 0 && _level > 0) return;
        _level -= fallen;
        _timeNs = nowNs;
    }
}
