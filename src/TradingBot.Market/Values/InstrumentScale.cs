namespace TradingBot.Market.Values;

/// <summary>The decimals of one instrument, and where they come from.</summary>
/// <remarks>
/// Decimals are the greatest of the digits on the wire so far, <c>ws_display_price_precision</c> and
/// <c>price_precision</c> (rebased xStocks pairs show more digits than their precision; re-serialised captures show
/// fewer and need padding). They only ever grow: each growth is a new epoch, and whoever holds mantissas rescales them.
/// </remarks>
public struct InstrumentScale
{
    public byte PriceDecimals;
    public byte QuantityDecimals;

    /// <summary>Said by an instrument frame or the operator; else inferred from the digits seen.</summary>
    public bool Confirmed;

    /// <summary>A mantissa of this instrument left 64 bits: it is out of use until restart.</summary>
    public bool Overflowed;

    /// <summary>Times the decimals grew after the first value was seen: at most twice <see
    /// cref="Pow10.DecimalsMax"/>.</summary>
    public byte Epoch;

    /// <summary>True once any value or specification was seen.</summary>
    public bool Known;

    /// <summary>In use, and exactly at these decimals: mantissas of the wire are the instrument's own.</summary>
    public readonly bool IsAt(byte priceDecimals, byte quantityDecimals) =>
        priceDecimals == PriceDecimals && quantityDecimals == QuantityDecimals && Known && !Overflowed;
}
