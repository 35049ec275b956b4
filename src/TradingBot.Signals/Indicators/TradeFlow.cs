using System;
using TradingBot.Market.Values;

namespace TradingBot.Signals.Indicators;

/// <summary>Bought minus sold quantity as a share of all quantity over the last n trades: -1..1.</summary>
/// <remarks>
/// The sums are exact integers, so adding and removing leaves no error; only the quotient is rounded.
/// </remarks>
public sealed class TradeFlow
{
    /// <summary>Bounds the ring; sums of 2^12 numbers of 63 bits are far inside 128 bits.</summary>
    public const int LengthMax = 4_096;

    private readonly long[] _quantities;
    private readonly sbyte[] _directions;
    private Int128 _total;
    private Int128 _signed;
    private int _next;
    private int _seen;

    public TradeFlow(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        _quantities = new long[length];
        _directions = new sbyte[length];
    }

    /// <summary>At least n trades were seen.</summary>
    public bool Ready => _seen == _quantities.Length;

    /// <summary>Over the trades seen so far while not ready; 0 without any.</summary>
    public double Value => _total > 0 ? (double)_signed / (double)_total : 0;

    /// <summary>
    /// A trade's quantity, a mantissa at the scale of all others; a trade without side only adds to the total.
    /// </summary>
    public void Add(long quantity, Side taker)
    {
        sbyte direction = (sbyte)(taker == Side.Buy ? 1 : taker == Side.Sell ? -1 : 0);
        long oldest = _quantities[_next];
        _total += (Int128)quantity - oldest;
        _signed += ((Int128)quantity * direction) - ((Int128)oldest * _directions[_next]);
        _quantities[_next] = quantity;
        _directions[_next] = direction;
        _next = _next + 1 == _quantities.Length ? 0 : _next + 1;
        if (_seen < _quantities.Length) _seen++;
    }

    /// <summary>
    /// Brings all quantities to <paramref name="exponent"/> more decimals; false when one leaves 64 bits.
    /// </summary>
    public bool TryWiden(int exponent)
    {
        bool fits = true;
        foreach (ref long quantity in _quantities.AsSpan())
        {
            fits &= Pow10.TryScaleUp(quantity, exponent, out quantity);
        }

        _total *= Pow10.Of(exponent);
        _signed *= Pow10.Of(exponent);
        return fits;
    }

    /// <summary>Adds the ring in shortest form, so that the scale does not matter.</summary>
    public void HashInto(ref StableHash hash, int quantityDecimals)
    {
        hash.AddBits(Value);
        hash.Add((long)_next);
        hash.Add((long)_seen);
        for (int i = 0; i < _quantities.Length; i++)
        {
            hash.AddDecimal((Int128)_quantities[i] * _directions[i], quantityDecimals);
            hash.AddDecimal(_quantities[i], quantityDecimals);
        }
    }
}
