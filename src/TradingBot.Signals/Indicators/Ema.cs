using System;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>Exponential moving average: alpha = 2 / (n + 1), seeded with the mean of the first n values.</summary>
public struct Ema
{
    private readonly int _length;
    private readonly double _alpha;
    private double _value;
    private double _seedSum;
    private int _seen;

    public Ema(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _length = length;
        _alpha = 2.0 / (length + 1);
    }

    /// <summary>At least n values were seen.</summary>
    public readonly bool Ready => _seen == _length;

    /// <summary>0 until ready.</summary>
    public readonly double Value => _value;

    public void Add(double value)
    {
        if (_seen == _length)
        {
            _value += _alpha * (value - _value);
            return;
        }

        _seedSum += value;
        if (++_seen == _length) _value = _seedSum / _length;
    }

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(_value);
        hash.AddBits(_seedSum);
        hash.Add((long)_seen);
    }
}
