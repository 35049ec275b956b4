using System;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// Dollars at nine decimals in 64 bits: price times quantity has at most five decimals here, a fee four more.
/// </summary>
internal static class Money
{
    public const int Decimals = 9;

    public const long Dollar = 1_000_000_000;

    public static long Pow10(int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        long power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    /// <summary>Money per tick and lot of a market of perpetuals.</summary>
    public static long UnitOf(IVenueMarket market)
    {
        ArgumentNullException.ThrowIfNull(market);
        return Pow10(Decimals - market.PriceDecimals - market.QuantityDecimals);
    }

    /// <summary>A share of a notional in millionths, rounded down at a billionth of a dollar.</summary>
    public static long Share(long notional, int ppm) => (long)((Int128)notional * ppm / 1_000_000);
}
