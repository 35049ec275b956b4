using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>(bid - ask) / (bid + ask) of resting quantities: 1 when all rests on the bid, -1 on the ask.</summary>
public struct BookImbalance
{
    private double _value;
    private bool _ready;

    /// <summary>The last book had quantity on at least one side.</summary>
    public readonly bool Ready => _ready;

    /// <summary>-1..1; 0 when not ready.</summary>
    public readonly double Value => _value;

    /// <summary>Sums of the nearest levels, mantissas of one scale, neither negative.</summary>
    public void Set(long bidQuantity, long askQuantity)
    {
        // Neither the unsigned sum nor the difference of two non-negative numbers can leave 64 bits.
        ulong total = (ulong)bidQuantity + (ulong)askQuantity;
        _ready = total > 0;
        // A signed word becomes a double in one instruction, an unsigned one in several; both round alike.
        double whole = total <= long.MaxValue ? (long)total : total;
        _value = _ready ? (bidQuantity - askQuantity) / whole : 0;
    }

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(_value);
        hash.Add(_ready ? 1L : 0L);
    }
}
