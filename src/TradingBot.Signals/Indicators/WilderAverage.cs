using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>Wilder's smoothing: the mean of the first n values, then (previous × (n - 1) + value) / n.</summary>
internal struct WilderAverage(int length)
{
    private double _value;
    private double _seedSum;
    private int _seen;

    public readonly bool Ready => _seen == length;

    public readonly double Value => _value;

    public void Add(double value)
    {
        if (_seen == length)
        {
            _value = ((_value * (length - 1)) + value) / length;
            return;
        }

        _seedSum += value;
        if (++_seen == length) _value = _seedSum / length;
    }

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(_value);
        hash.AddBits(_seedSum);
        hash.Add((long)_seen);
    }
}
