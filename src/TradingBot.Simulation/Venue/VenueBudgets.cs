// In:     calls and orders as they come, time.   Out: whether the venue's rate limits let them through.
// Thread: the venue's.
// Keeps:  whole numbers only; a counter never falls below zero nor rises above its limit by more than one act.
// Budget: some ns per question.
using System;

namespace TradingBot.Simulation.Venue;

/// <summary>How much an account may do; the lowest has the smallest limits.</summary>
public enum VenueTier : byte
{
    /// <summary>No limits: the simulator's own.</summary>
    None,
    Starter,
    Intermediate,
    Pro,
}

/// <summary>A counter that acts raise and time lowers; in hundredths of a point.</summary>
internal sealed class DecayingCounter(int limit, int perSecond)
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>In billionths of a hundredth, so that a nanosecond counts.</summary>
    private Int128 _level;
    private long _timeNs;

    public long Hundredths => (long)(_level / SecondNs);

    /// <summary>Whether a cost fits under the limit now; then it is counted.</summary>
    public bool TryTake(int cost, long nowNs)
    {
        Decay(nowNs);
        bool fits = _level + ((Int128)cost * SecondNs) <= (Int128)limit * SecondNs;
        if (fits) _level += (Int128)cost * SecondNs;
        return fits;
    }

    /// <summary>Counts a cost that cannot be refused.</summary>
    public void Take(int cost, long nowNs)
    {
        Decay(nowNs);
        _level += (Int128)cost * SecondNs;
    }

    private void Decay(long nowNs)
    {
        _level = Int128.Max(0, _level - ((Int128)perSecond * Math.Max(nowNs - _timeNs, 0)));
        _timeNs = Math.Max(_timeNs, nowNs);
    }
}

/// <summary>The venue's limits: of calls by key, of orders by market, of the derivatives' own interface.</summary>
/// <remarks>https://docs.kraken.com/api/docs/guides/spot-rest-ratelimits and …/spot-ratelimits</remarks>
internal sealed class VenueBudgets
{
    public const string CallsExceeded = "EAPI:Rate limit exceeded";
    public const string OrdersExceeded = "EOrder:Rate limit exceeded";
    public const string OpenExceeded = "EOrder:Orders limit exceeded";

    private const int Point = 100;
    private const int DerivativesLimit = 500 * Point;
    private const int DerivativesPerSecond = 50 * Point;
    private const long SecondNs = 1_000_000_000;

    /// <summary>Ages in seconds, and what an act on a younger order costs besides its fixed part.</summary>
    private static readonly (int Seconds, int Amend, int Edit, int Cancel)[] Penalties =
    [
        (5, 3, 6, 8), (10, 2, 5, 6), (15, 1, 4, 5), (45, 0, 2, 4), (90, 0, 1, 2), (300, 0, 0, 1),
    ];

    private readonly DecayingCounter? _calls;
    private readonly DecayingCounter[]? _orders;
    private readonly DecayingCounter? _derivatives;
    private readonly int _openMost;

    public VenueBudgets(VenueTier tier, int markets)
    {
        if (tier == VenueTier.None) return;
        (int calls, int callsPerSecond, int orders, int ordersPerSecond, _openMost) = tier switch
        {
            VenueTier.Starter => (15, 33, 60, 100, 60),
            VenueTier.Intermediate => (20, 50, 125, 234, 80),
            _ => (20, 100, 180, 375, 225),
        };
        _calls = new DecayingCounter(calls * Point, callsPerSecond);
        _derivatives = new DecayingCounter(DerivativesLimit, DerivativesPerSecond);
        _orders = new DecayingCounter[markets];
        for (int i = 0; i < markets; i++) _orders[i] = new DecayingCounter(orders * Point, ordersPerSecond);
    }

    /// <summary>Orders count with the engine and not here; ledgers and trades count double.</summary>
    public string? Call(string name, long nowNs)
    {
        int cost = name switch
        {
            "AddOrder" or "AddOrderBatch" or "AmendOrder" or "EditOrder" or "CancelOrder" or "CancelOrderBatch"
                or "CancelAll" or "CancelAllOrdersAfter" => 0,
            "Ledgers" or "QueryLedgers" or "TradesHistory" => 2,
            _ => 1,
        };
        return _calls is null || _calls.TryTake(cost * Point, nowNs) ? null : CallsExceeded;
    }

    public string? Add(int market, int open, long nowNs)
    {
        if (_orders is null) return null;
        if (open >= _openMost) return OpenExceeded;
        return _orders[market].TryTake(Point, nowNs) ? null : OrdersExceeded;
    }

    /// <summary>So many of a batch cost half as much.</summary>
    public string? AddBatch(int market, int count, long nowNs) =>
        _orders is null || _orders[market].TryTake(count * Point / 2, nowNs) ? null : OrdersExceeded;

    public string? Amend(int market, long ageNs, long nowNs) =>
        Change(market, 1 + PenaltyOf(ageNs).Amend, nowNs);

    public string? Edit(int market, long ageNs, long nowNs) => Change(market, 1 + PenaltyOf(ageNs).Edit, nowNs);

    /// <summary>A cancel is never refused for it, and counts.</summary>
    public void Cancel(int market, long ageNs, long nowNs) =>
        _orders?[market].Take(PenaltyOf(ageNs).Cancel * Point, nowNs);

    /// <summary>A call of the derivatives' own interface.</summary>
    public bool Derivatives(string name, int batch, long nowNs)
    {
        int cost = name switch
        {
            "sendorder" or "editorder" or "cancelorder" => 10,
            "batchorder" => 9 + batch,
            "cancelallorders" or "cancelallordersafter" => 25,
            "orders/status" => 1,
            _ => 2,
        };
        return _derivatives is null || _derivatives.TryTake(cost * Point, nowNs);
    }

    private string? Change(int market, int points, long nowNs) =>
        _orders is null || _orders[market].TryTake(points * Point, nowNs) ? null : OrdersExceeded;

    private static (int Amend, int Edit, int Cancel) PenaltyOf(long ageNs)
    {
        foreach ((int seconds, int amend, int edit, int cancel) in Penalties)
        {
            if (ageNs < seconds * SecondNs) return (amend, edit, cancel);
        }

        return (0, 0, 0);
    }
}
