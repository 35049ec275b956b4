namespace TradingBot.Worker.Circle;

/// <summary>Steps of an instrument as the venue last told them: mantissas with their decimals.</summary>
/// <param name="Symbol">As its socket calls it.</param>
/// <param name="PriceStep">Prices are multiples of it.</param>
/// <param name="PriceDecimals">Of the price step.</param>
/// <param name="QuantityStep">Quantities are multiples of it.</param>
/// <param name="QuantityDecimals">Of the quantity step.</param>
internal sealed record KnownSteps(
    string Symbol, long PriceStep, byte PriceDecimals, long QuantityStep, byte QuantityDecimals);
