using System.Threading;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>
/// The best prices weighted by the quantity that rests on the other side: where the next trade leans.
/// </summary>
/// <remarks>(bid × ask quantity + ask × bid quantity) / (bid quantity + ask quantity).</remarks>
public struct Microprice
{
    private long _bid;
    private long _bidQuantity;
    private long _ask;
    private long _askQuantity;
    private int _priceDecimals;
    private bool _ready;

    /// <summary>The last book had both sides.</summary>
    public readonly bool Ready => _ready;

    /// <summary>In units of price, computed when asked for; 0 when not ready.</summary>
    public readonly double Value
    {
        get
        {
            if (!_ready) return 0;
            double bidWeight = _askQuantity;
            double askWeight = _bidQuantity;
            double weighted = (Conversion.ToDouble(_bid, _priceDecimals) * bidWeight)
                + (Conversion.ToDouble(_ask, _priceDecimals) * askWeight);
            return weighted / (bidWeight + askWeight);
        }
    }

    /// <summary>
    /// Exactly the sign of microprice - mid: 1, 0 or -1. With bid &lt; ask it is that of the quantities.
    /// </summary>
    public readonly int Lean => _ready ? _bidQuantity.CompareTo(_askQuantity) : 0;

    /// <summary>Prices are mantissas at the given decimals, quantities of one scale.</summary>
    public void Set(long bid, long bidQuantity, long ask, long askQuantity, int priceDecimals)
    {
        _bid = bid;
        _bidQuantity = bidQuantity;
        _ask = ask;
        _askQuantity = askQuantity;
        _priceDecimals = priceDecimals;
        _ready = bid < ask && bidQuantity > 0 && askQuantity > 0;
    }

    /// <summary>Asks the memory for it.</summary>
    public void Expect() => _ = Volatile.Read(ref _ask);

    public readonly void HashInto(ref StableHash hash)
    {
        hash.AddBits(Value);
        hash.Add((long)Lean);
        hash.Add(_ready ? 1L : 0L);
    }
}
