// In:     samples of mark and index, time, changes of positions.   Out: what a position owes for the time it was held.
// Thread: the venue's.
// Keeps:  integers only; every nanosecond of a position is charged once, at the rate of its hour.
// Budget: an addition per sample.
using System;

namespace TradingBot.Simulation.Venue;

/// <summary>Funding of one perpetual: the rate of each hour is made of the premium of the hour before.</summary>
/// <remarks>That it accrues and is settled at the hour and at each change of a position is documented
/// (support.kraken.com, linear multi-collateral contracts); the formula here is simpler than the venue's.</remarks>
internal sealed class FundingClock
{
    public const long HourNs = 3_600L * 1_000_000_000;

    /// <summary>An eighth of the mean premium is paid an hour, and no more than 0.25 % of the index.</summary>
    private const int UsualShare = 8;
    private const int CapDivisor = 400;

    private readonly long _unit;
    private readonly int _share;
    private long _settledNs;
    private long _premiumTicks;
    private long _samples;

    /// <param name="unit">Money per tick and lot.</param>
    /// <param name="startNs">When the market begins, Unix ns.</param>
    /// <param name="wholePremium">All of the mean premium is paid an hour.</param>
    public FundingClock(long unit, long startNs, bool wholePremium = false)
    {
        _unit = unit;
        _share = wholePremium ? 1 : UsualShare;
        _settledNs = startNs;
        NextHourNs = startNs - (startNs % HourNs) + HourNs;
    }

    /// <summary>Money that a lot held long owes an hour; negative: it receives.</summary>
    public long Rate { get; private set; }

    public long NextHourNs { get; private set; }

    public void Sample(long mark, long index)
    {
        _premiumTicks += mark - index;
        _samples++;
    }

    /// <summary>What signed lots owe since the last settlement, rounded against the account.</summary>
    public long Settle(long lots, long nowNs)
    {
        long owed = Owed(lots, nowNs);
        _settledNs = nowNs;
        return owed;
    }

    /// <summary>The same, and nothing is settled.</summary>
    public long Owed(long lots, long nowNs)
    {
        Int128 owed = (Int128)lots * Rate * (nowNs - _settledNs);
        Int128 whole = owed / HourNs;
        return checked((long)(owed > 0 && whole * HourNs != owed ? whole + 1 : whole));
    }

    /// <summary>A new hour begins: after everything until then was settled.</summary>
    /// <param name="index">The index now.</param>
    /// <param name="pays">Whether this hour costs anything.</param>
    public void BeginHour(long index, bool pays)
    {
        NextHourNs += HourNs;
        Int128 mean = _samples == 0 ? 0 : (Int128)_premiumTicks * _unit / (_samples * _share);
        Int128 cap = (Int128)index * _unit / CapDivisor;
        Rate = pays ? checked((long)Int128.Clamp(mean, -cap, cap)) : 0;
        _premiumTicks = 0;
        _samples = 0;
    }
}
