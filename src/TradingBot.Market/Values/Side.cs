namespace TradingBot.Market.Values;

/// <summary>Buy or sell; of a trade it is the taker's side, of a level buy means bid.</summary>
public enum Side : byte
{
    None = 0,
    Buy = 1,
    Sell = 2,
}
