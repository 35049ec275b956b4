using TradingBot.Market.Values;

namespace TradingBot.Storage.Candles;

/// <summary>One public trade as it is kept.</summary>
/// <param name="TimeNs">When, Unix ns.</param>
/// <param name="TradeId">The venue's number of it within its symbol; 0 where it is not said.</param>
/// <param name="Price">Mantissa at <paramref name="PriceDecimals"/>.</param>
/// <param name="PriceDecimals">0 to 18.</param>
/// <param name="Quantity">Mantissa at <paramref name="QuantityDecimals"/>, greater than zero.</param>
/// <param name="QuantityDecimals">0 to 18.</param>
/// <param name="Side">What the taker did; None where it is not said.</param>
public readonly record struct TradeRow(
    long TimeNs, long TradeId, long Price, byte PriceDecimals, long Quantity, byte QuantityDecimals, Side Side);
