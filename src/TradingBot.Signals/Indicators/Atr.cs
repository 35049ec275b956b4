using System;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>Average true range after Wilder, seeded with the mean of the first n true ranges.</summary>
/// <remarks>
/// The true range is the greatest of high - low, |high - previous close| and |low - previous close|; of the first bar,
/// which has no previous close, it is high - low.
/// </remarks>
public struct Atr
{
    private WilderAverage _range;
    private double _previousClose;
    private bool _hasPrevious;

    public Atr(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _range = new WilderAverage(length);
    }

    /// <summary>At least n bars were seen.</summary>
    public readonly bool Ready => _range.Ready;

    /// <summary>0 until ready.</summary>
    public readonly double Value => _range.Value;

    public void Add(double high, double low, double close)
    {
        double range = high - low;
        if (_hasPrevious)
        {
            range = Math.Max(range, Math.Abs(high - _previousClose));
            range = Math.Max(range, Math.Abs(low - _previousClose));
        }

        _previousClose = close;
        _hasPrevious = true;
        _range.Add(range);
    }

    public readonly void HashInto(ref StableHash hash)
    {
        _range.HashInto(ref hash);
        hash.AddBits(_previousClose);
        hash.Add(_hasPrevious ? 1L : 0L);
    }
}
