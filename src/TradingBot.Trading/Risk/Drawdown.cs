// In:     what all positions came to since the start, what earlier starts came to and their best.
// Out:    how far the result lies below its best; whether that is a warning or a reason to halt.
// Thread: the engine's.
// Keeps:  of fills and prices, so deposits and withdrawals do not enter; what does not hold for some seconds, because a
//         book was wrong for a moment, neither halts nor becomes the best.
// Budget: a few compares a tick.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>The account's result against its best, over all starts.</summary>
internal sealed class Drawdown(Notional warn, Notional halt)
{
    /// <summary>A value has to hold for so long to be believed: 3 s.</summary>
    private const long HoldNs = 3_000_000_000;

    private readonly Int128 _warn = warn.Units;
    private readonly Int128 _halt = halt.Units;
    private Int128 _earlier;
    private Int128 _rising;
    private long _risingNs;
    private long _warnNs;
    private long _haltNs;

    public bool IsLimited => _warn > 0 || _halt > 0;

    /// <summary>The best there was, at the scale of <see cref="Notional"/>.</summary>
    public Int128 Peak { get; private set; }

    /// <summary>How far the result lies below it.</summary>
    public Int128 Units { get; private set; }

    public bool IsWarned { get; private set; }

    /// <summary>The result lies below the limit now, and has for some seconds.</summary>
    public bool IsBeyond { get; private set; }

    /// <summary>What earlier starts came to, and their best.</summary>
    public void Earlier(Int128 result, Int128 peak)
    {
        _earlier = result;
        Peak = Int128.Max(Peak, peak);
        Units = Int128.Max(0, Peak - result);
    }

    /// <param name="worth">Of all positions since the start, less fees.</param>
    /// <param name="nowNs">Engine time, Unix ns.</param>
    public void Observe(Int128 worth, long nowNs)
    {
        Int128 result = _earlier + worth;
        Rise(result, nowNs);
        Units = Int128.Max(0, Peak - result);
        IsWarned = Holds(_warn > 0 && Units >= _warn, ref _warnNs, nowNs);
        IsBeyond = Holds(_halt > 0 && Units >= _halt, ref _haltNs, nowNs);
    }

    /// <summary>A new best is the least of what was above the old one for long enough.</summary>
    private void Rise(Int128 result, long nowNs)
    {
        if (result <= Peak)
        {
            _risingNs = 0;
            return;
        }

        _rising = _risingNs == 0 ? result : Int128.Min(_rising, result);
        if (_risingNs == 0) _risingNs = nowNs;
        if (nowNs - _risingNs < HoldNs) return;
        Peak = _rising;
        _risingNs = 0;
    }

    private static bool Holds(bool now, ref long sinceNs, long nowNs)
    {
        if (!now) sinceNs = 0;
        else if (sinceNs == 0) sinceNs = nowNs;
        return now && nowNs - sinceNs >= HoldNs;
    }
}
