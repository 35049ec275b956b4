namespace TradingBot.Kraken.Budgets;

/// <summary>Kraken's verification level of an account, on which its limits depend.</summary>
public enum AccountTier : byte
{
    /// <summary>The lowest limits: what is assumed unless the operator says more.</summary>
    Starter = 0,
    Intermediate = 1,
    Pro = 2,
}
