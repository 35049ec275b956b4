using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Positions;

/// <summary>The one scale at which positions and orders are kept, so that nothing is rescaled when decimals
/// grow.</summary>
/// <remarks>
/// Width: notional has 22 decimals, which leaves 10^16 in quote currency within 128 bits. Kraken's finest price has 10
/// decimals, its finest quantity 8; finer numbers are refused, never rounded.
/// </remarks>
internal static class LedgerScale
{
    public const int PriceDecimals = 12;
    public const int QuantityDecimals = 10;

    /// <summary>False when the number has digits below the scale.</summary>
    public static bool TryPrice(long mantissa, byte decimals, out Int128 price) =>
        TryWiden(mantissa, decimals, PriceDecimals, out price);

    public static bool TryQuantity(long mantissa, byte decimals, out Int128 quantity) =>
        TryWiden(mantissa, decimals, QuantityDecimals, out quantity);

    /// <summary>Back to a mantissa at the instrument's decimals; exact for whatever came in with no more of
    /// them.</summary>
    public static long PriceMantissa(Int128 price, byte decimals) => Narrow(price, PriceDecimals - decimals);

    public static long QuantityMantissa(Int128 quantity, byte decimals) => Narrow(quantity,
        QuantityDecimals - decimals);

    private static bool TryWiden(long mantissa, byte decimals, int scale, out Int128 value)
    {
        value = 0;
        if (decimals > scale)
        {
            if (decimals > Pow10.DecimalsMax) return false;
            long unit = Pow10.Of(decimals - scale);
            value = mantissa / unit;
            return mantissa % unit == 0;
        }

        value = (Int128)mantissa * Pow10.Of(scale - decimals);
        return true;
    }

    private static long Narrow(Int128 value, int exponent) =>
        exponent < 0 ? checked((long)(value * Pow10.Of(-exponent))) : checked((long)(value / Pow10.Of(exponent)));
}
