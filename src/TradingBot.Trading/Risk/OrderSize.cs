using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>Quantities in exact arithmetic; always rounded towards less.</summary>
public static class OrderSize
{
    /// <summary>Greatest power of ten by which 128 bits hold a budget of up to 10^13 quote units.</summary>
    private const int ExponentMax = 16;

    /// <summary>
    /// The greatest quantity whose notional at the price does not exceed the budget; 0 when there is none.
    /// </summary>
    public static long MostFor(Notional budget, long price, int priceDecimals, int quantityDecimals, bool inverse)
    {
        if (price <= 0 || budget.Units <= 0) return 0;
        // quantity = budget / price: units·10^-8 / (price·10^-p) at q decimals = units·10^(p+q-8) / price.
        int exponent = (inverse ? 0 : priceDecimals) + quantityDecimals - Notional.Decimals;
        Int128 divisor = inverse ? 1 : price;
        if (exponent > ExponentMax) return 0;
        Int128 most = exponent >= 0
            ? budget.Units * Pow10.Of(exponent) / divisor
            : budget.Units / (divisor * Pow10.Of(-exponent));
        return most > long.MaxValue ? long.MaxValue : (long)most;
    }

    /// <summary>Down to a multiple of the venue's step; unchanged when the step is not said.</summary>
    public static long OnStep(long quantity, int decimals, long step, int stepDecimals)
    {
        if (step <= 0) return quantity;
        if (stepDecimals <= decimals)
        {
            return Pow10.TryScaleUp(step, decimals - stepDecimals, out long scaled)
                ? quantity - (quantity % scaled)
                : 0;
        }

        // A step finer than the scale: whole units of the scale are multiples of it when it divides them.
        return quantity;
    }

    /// <summary>Whether the quantity is a multiple of the venue's step, exactly; any is when the step is not
    /// said.</summary>
    public static bool IsOnStep(long quantity, int decimals, long step, int stepDecimals)
    {
        if (step <= 0) return true;
        int common = Math.Max(decimals, stepDecimals);
        Int128 scaledStep = (Int128)step * Pow10.Of(common - stepDecimals);
        return (Int128)quantity * Pow10.Of(common - decimals) % scaledStep == 0;
    }

    /// <summary>Whether the quantity is less than the minimum, exactly.</summary>
    public static bool IsBelow(long quantity, int decimals, long minimum, int minimumDecimals)
    {
        int common = Math.Max(decimals, minimumDecimals);
        return (Int128)quantity * Pow10.Of(common - decimals) < (Int128)minimum * Pow10.Of(common - minimumDecimals);
    }
}
