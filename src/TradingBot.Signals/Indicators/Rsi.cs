using System;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>Relative strength index after Wilder, seeded with the means of the first n gains and losses.</summary>
/// <remarks>100 without losses, 50 when there were neither gains nor losses.</remarks>
public struct Rsi
{
    private WilderAverage _gain;
    private WilderAverage _loss;
    private double _previous;
    private bool _hasPrevious;

    public Rsi(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _gain = new WilderAverage(length);
        _loss = new WilderAverage(length);
    }

    /// <summary>At least n changes, that is n + 1 values, were seen.</summary>
    public readonly bool Ready => _gain.Ready;

    /// <summary>0 until ready, then 0..100.</summary>
    public readonly double Value
    {
        get
        {
            if (!Ready) return 0;
            double sum = _gain.Value + _loss.Value;
            return sum > 0 ? 100 * (_gain.Value / sum) : 50;
        }
    }

    public void Add(double value)
    {
        if (_hasPrevious)
        {
            double change = value - _previous;
            _gain.Add(change > 0 ? change : 0);
            _loss.Add(change < 0 ? -change : 0);
        }

        _previous = value;
        _hasPrevious = true;
    }

    public readonly void HashInto(ref StableHash hash)
    {
        _gain.HashInto(ref hash);
        _loss.HashInto(ref hash);
        hash.AddBits(_previous);
        hash.Add(_hasPrevious ? 1L : 0L);
    }
}
