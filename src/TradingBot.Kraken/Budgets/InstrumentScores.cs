// In:     placements, changes and cancels per pair, time, the venue's word that it is too much.
// Out:    whether the next may leave, else when.
// Thread: its owner's.
// Keeps:  by its own grants no pair's score passes the venue's limit; the younger an order, the dearer its change.
// Budget: a dictionary look-up per act.
using System;
using System.Collections.Generic;

namespace TradingBot.Kraken.Budgets;

/// <summary>The twin of spot's trading limits: a falling score for each pair, dearer for young orders.</summary>
/// <remarks>
/// https://docs.kraken.com/exchange/guides/general/ratelimits: placing costs 1, a change 1 and a cancel 0, and to a
/// change or cancel comes a penalty by the age of the order. A cancel is never refused by the venue, but it counts.
/// </remarks>
public sealed class InstrumentScores(AccountTier tier)
{
    private const long Second = 1_000_000_000;

    /// <summary>Live orders of an account are limited to 225 a pair; the rest is memory of closed ones.</summary>
    private const int OrdersMax = 4_096;

    /// <summary>Ages in seconds, and what the change or cancel of a younger order costs besides.</summary>
    private static readonly (int Seconds, int Amend, int Cancel)[] Penalties =
        [(5, 3, 8), (10, 2, 6), (15, 1, 5), (45, 0, 4), (90, 0, 2), (300, 0, 1)];

    private readonly Dictionary<int, FallingCounter> _counters = [];
    private readonly Dictionary<Int128, long> _placed = [];
    private readonly Queue<Int128> _order = new();

    /// <summary>The counter of a pair at the venue's documented numbers.</summary>
    public static FallingCounter CounterOf(AccountTier tier) => tier switch
    {
        AccountTier.Pro => new FallingCounter(180, 375),
        AccountTier.Intermediate => new FallingCounter(125, 234),
        _ => new FallingCounter(60, 100),
    };

    /// <summary>The highest score of any pair, rounded up.</summary>
    public long PointsAt(long nowNs)
    {
        long most = 0;
        foreach (FallingCounter one in _counters.Values) most = Math.Max(most, one.PointsAt(nowNs));
        return most;
    }

    /// <summary>An order is placed; false, and nothing is counted, when the urgency has no room.</summary>
    public bool TryPlace(int instrument, Int128 order, Urgency urgency, long nowNs)
    {
        if (!Of(instrument).TryTake(urgency, points: 1, nowNs)) return false;
        Note(order, nowNs);
        return true;
    }

    /// <summary>The same of a change, after which the order is young again.</summary>
    public bool TryAmend(int instrument, Int128 order, Urgency urgency, long nowNs)
    {
        if (!Of(instrument).TryTake(urgency, AmendPoints(order, nowNs), nowNs)) return false;
        Note(order, nowNs);
        return true;
    }

    /// <summary>The same of a cancel; of an old order it costs nothing.</summary>
    public bool TryCancel(int instrument, Int128 order, Urgency urgency, long nowNs)
    {
        int points = CancelPoints(order, nowNs);
        return points == 0 || Of(instrument).TryTake(urgency, points, nowNs);
    }

    public int AmendPoints(Int128 order, long nowNs) => 1 + PenaltyOf(order, nowNs).Amend;

    public int CancelPoints(Int128 order, long nowNs) => PenaltyOf(order, nowNs).Cancel;

    /// <summary>When so many points would be let through if nothing else came, Unix ns.</summary>
    public long FreeAtNs(int instrument, Urgency urgency, int points, long nowNs) =>
        Of(instrument).FreeAtNs(urgency, Math.Max(1, points), nowNs);

    /// <summary>The venue says that it was too much; it does not say of which pair.</summary>
    public void OnVenueRefused(long nowNs)
    {
        foreach (FallingCounter one in _counters.Values) one.OnVenueRefused(nowNs);
    }

    private FallingCounter Of(int instrument)
    {
        if (_counters.TryGetValue(instrument, out FallingCounter? counter)) return counter;
        return _counters[instrument] = CounterOf(tier);
    }

    private void Note(Int128 order, long nowNs)
    {
        if (!_placed.ContainsKey(order)) _order.Enqueue(order);
        _placed[order] = nowNs;
        if (_order.Count > OrdersMax) _placed.Remove(_order.Dequeue());
    }

    /// <summary>An order whose age is not known counts as new: what is overestimated is never refused.</summary>
    private (int Amend, int Cancel) PenaltyOf(Int128 order, long nowNs)
    {
        long ageNs = _placed.TryGetValue(order, out long placedNs) ? nowNs - placedNs : 0;
        foreach ((int seconds, int amend, int cancel) in Penalties)
        {
            if (ageNs < seconds * Second) return (amend, cancel);
        }

        return (0, 0);
    }
}
