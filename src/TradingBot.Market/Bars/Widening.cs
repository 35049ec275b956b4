using System;
using TradingBot.Market.Values;

namespace TradingBot.Market.Bars;

/// <summary>Exact change of a bar's mantissas to more decimals.</summary>
internal static class Widening
{
    /// <summary>Multiplies by 10^<paramref name="exponent"/>, 0..36; false when the product leaves 128 bits.</summary>
    public static bool TryScaleUp(Int128 mantissa, int exponent, out Int128 scaled)
    {
        int first = Math.Min(exponent, Pow10.DecimalsMax);
        Int128 power = (Int128)Pow10.Of(first) * Pow10.Of(exponent - first);
        Int128 limit = Int128.MaxValue / power;
        bool fits = mantissa <= limit && mantissa >= -limit;
        scaled = fits ? mantissa * power : 0;
        return fits;
    }

    /// <summary>
    /// Brings a bar to the given decimals, none smaller than its own; false when a number leaves its width.
    /// </summary>
    public static bool TryWiden(ref Bar bar, byte priceDecimals, byte quantityDecimals)
    {
        int price = priceDecimals - bar.PriceDecimals;
        int quantity = quantityDecimals - bar.QuantityDecimals;
        bool fits = Pow10.TryScaleUp(bar.Open, price, out bar.Open)
            & Pow10.TryScaleUp(bar.High, price, out bar.High)
            & Pow10.TryScaleUp(bar.Low, price, out bar.Low)
            & Pow10.TryScaleUp(bar.Close, price, out bar.Close)
            & TryScaleUp(bar.Volume, quantity, out bar.Volume)
            & TryScaleUp(bar.SignedVolume, quantity, out bar.SignedVolume)
            & TryScaleUp(bar.Notional, price + quantity, out bar.Notional);
        bar.PriceDecimals = priceDecimals;
        bar.QuantityDecimals = quantityDecimals;
        return fits;
    }
}
