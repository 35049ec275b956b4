// In:     what all positions are worth now, engine time, what earlier starts of the day came to.
// Out:    the result of the UTC day, open positions included; whether the day is over for entries.
// Thread: the engine's.
// Keeps:  a day that was lost stays so until midnight, whatever prices do afterwards.
// Budget: one sum over positions a tick.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>The loss of one UTC day against its limit; of fills and prices, so deposits and withdrawals do not
/// enter.</summary>
internal sealed class DayResult
{
    private const long DayNs = 86_400_000_000_000;

    private readonly Int128 _most;
    private long _day = -1;
    private bool _begun;
    private Int128 _opening;
    private Int128 _earlier;

    /// <param name="most">Greatest loss; 0 = no limit.</param>
    public DayResult(Notional most)
    {
        _most = most.Units;
    }

    public bool IsLimited => _most > 0;

    /// <summary>At the scale of <see cref="Notional"/>; negative is a loss.</summary>
    public Int128 Units { get; private set; }

    /// <summary>The limit was reached: no entries until the day ends.</summary>
    public bool IsLost { get; private set; }

    /// <summary>What earlier starts of the same day came to.</summary>
    public void Earlier(Int128 units, long timeNs)
    {
        Turn(timeNs);
        _earlier += units;
        Units += units;
        IsLost |= IsLimited && Units <= -_most;
    }

    /// <param name="worth">Of all positions since the start: cash that came and went, less fees, and what is
    /// open at the market.</param>
    /// <param name="nowNs">Engine time, Unix ns.</param>
    public void Observe(Int128 worth, long nowNs)
    {
        // What positions were worth before, at the day's turn or at this start, is not this day's.
        if (Turn(nowNs) || !_begun) _opening = worth;
        _begun = true;
        Units = _earlier + worth - _opening;
        IsLost |= IsLimited && Units <= -_most;
    }

    private bool Turn(long nowNs)
    {
        long day = nowNs / DayNs;
        if (day == _day) return false;
        bool turned = _day >= 0;
        _day = day;
        _earlier = 0;
        Units = 0;
        IsLost = false;
        return turned;
    }
}
