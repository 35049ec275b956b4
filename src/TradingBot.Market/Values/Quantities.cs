using System;

namespace TradingBot.Market.Values;

/// <summary>A price as a mantissa at its instrument's own price decimals: 0.5117 at 4 decimals is 5117.</summary>
/// <remarks>Prices of two instruments are not comparable; <see cref="Notional"/> is the only cross-instrument
/// money.</remarks>
public readonly record struct Price(long Mantissa);

/// <summary>A quantity as a mantissa at its instrument's own quantity decimals.</summary>
public readonly record struct Quantity(long Mantissa);

/// <summary>Money in the quote currency at <see cref="Decimals"/> decimals, 128 bits wide.</summary>
/// <remarks>
/// Width: a 63-bit price times a 63-bit quantity is below 2^126 before it is brought to 8 decimals, so one product
/// always fits; sums of products are checked arithmetic.
/// </remarks>
public readonly record struct Notional(Int128 Units)
{
    /// <summary>Decimals of <see cref="Units"/>: 1.00 in quote currency is 100,000,000 units.</summary>
    public const int Decimals = 8;

    public static Notional Zero => default;

    /// <summary>
    /// price × quantity, brought to 8 decimals, rounded away from zero so that a cap is never undercut.
    /// </summary>
    public static Notional Of(long price, int priceDecimals, long quantity, int quantityDecimals)
    {
        Int128 product = (Int128)price * quantity;
        int decimals = priceDecimals + quantityDecimals;
        if (decimals <= Decimals)
        {
            return new Notional(checked(product * Pow10.Of(Decimals - decimals)));
        }

        int excess = decimals - Decimals;
        Int128 divisor = excess <= Pow10.DecimalsMax
            ? Pow10.Of(excess)
            : (Int128)Pow10.Of(Pow10.DecimalsMax) * Pow10.Of(excess - Pow10.DecimalsMax);
        Int128 quotient = product / divisor;
        Int128 remainder = product - (quotient * divisor);
        return new Notional(remainder == 0 ? quotient : quotient + Int128.Sign(product));
    }

    public static Notional operator +(Notional left, Notional right) => new(checked(left.Units + right.Units));

    public static Notional operator -(Notional left, Notional right) => new(checked(left.Units - right.Units));

    public static bool operator >(Notional left, Notional right) => left.Units > right.Units;

    public static bool operator <(Notional left, Notional right) => left.Units < right.Units;

    public static Notional Add(Notional left, Notional right) => left + right;

    public static Notional Subtract(Notional left, Notional right) => left - right;

    public int CompareTo(Notional other) => Units.CompareTo(other.Units);
}
