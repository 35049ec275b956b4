using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>
/// The best prices weighted by the quantity that rests on the other side: where the next trade leans.
/// </summary>
/// <remarks>(bid × ask quantity + ask × bid quantity) / (bid quantity + ask quantity).</remarks>
public struct Microprice
{
    private double _value;
    private int _lean;
    private bool _ready;

    /// <summary>The last book had both sides.</summary>
    public readonly bool Ready => _ready;

    /// <summary>In units of price; 0 when not ready.</summary>
    public readonly double Value => _value;

    /// <summary>
    /// Exactly the sign of microprice - mid: 1, 0 or -1. With bid &lt; ask it is that of the quantities.
    /// </summary>
    public readonly int Lean => _lean;

    /// <summary>Prices are mantissas at the given decimals, quantities of one scale.</summary>
    public void Set(long bid, long bidQuantity, long ask, long askQuantity, int priceDecimals)
    {
        _ready = bid < ask && bidQuantity > 0 && askQuantity > 0;
        if (!_ready)
        {
            _value = 0;
            _lean = 0;
            return;
        }

        double bidWeight = askQuantity;
        double askWeight = bidQuantity;
        double weighted = (Conversion.ToDouble(bid, priceDecimals) * bidWeight)
            + (Conversion.ToDouble(ask, priceDecimals) * askWeight);
        _value = weighted / (bidWeight + askWeight);
        _lean = bidQuantity.CompareTo(askQuantity);
    }

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(_value);
        hash.Add((long)_lean);
        hash.Add(_ready ? 1L : 0L);
    }
}
