using System;

namespace TradingBot.Simulation.Venue;

/// <summary>A position by average entry, with its realised result and how long it lay unprotected.</summary>
internal sealed class VenuePosition
{
    private long _unprotectedSinceNs = -1;
    private long _unprotectedNs;
    private long _longestNs;

    /// <summary>Signed: short is negative.</summary>
    public long Lots { get; private set; }

    /// <summary>What the open quantity cost, in units of a tick and lot, never negative.</summary>
    public Int128 TickLots { get; private set; }

    /// <summary>Σ of all fills, kept apart from <see cref="Lots"/> so that the two can contradict each other.</summary>
    public long FillLots { get; private set; }

    /// <summary>Applies a fill; returns the realised result in units of a tick and lot.</summary>
    public Int128 Apply(int sign, long price, long lots)
    {
        FillLots += sign * lots;
        Int128 realised = 0;
        long closing = Lots != 0 && Math.Sign(Lots) != sign ? Math.Min(lots, Math.Abs(Lots)) : 0;
        if (closing > 0)
        {
            // The last of a position takes what rounding left, so that no money is made or lost by division.
            Int128 cost = closing == Math.Abs(Lots) ? TickLots : TickLots * closing / Math.Abs(Lots);
            realised = -sign * (((Int128)price * closing) - cost);
            TickLots -= cost;
        }

        Lots += sign * lots;
        TickLots += (Int128)price * (lots - closing);
        return realised;
    }

    /// <summary>The position as it was left, or at other decimals.</summary>
    public void Restore(long lots, Int128 tickLots)
    {
        Lots = FillLots = lots;
        TickLots = tickLots;
    }

    public void Protect(bool isProtected, long nowNs)
    {
        if (!isProtected && _unprotectedSinceNs < 0)
        {
            _unprotectedSinceNs = nowNs;
        }
        else if (isProtected && _unprotectedSinceNs >= 0)
        {
            long interval = nowNs - _unprotectedSinceNs;
            _unprotectedNs += interval;
            _longestNs = Math.Max(_longestNs, interval);
            _unprotectedSinceNs = -1;
        }
    }

    public long CurrentUnprotectedNs(long nowNs) => _unprotectedSinceNs < 0 ? 0 : nowNs - _unprotectedSinceNs;

    public long UnprotectedNs(long nowNs) => _unprotectedNs + CurrentUnprotectedNs(nowNs);

    public long LongestUnprotectedNs(long nowNs) => Math.Max(_longestNs, CurrentUnprotectedNs(nowNs));
}
