namespace TradingBot.Trading.Positions;

/// <summary>Why an exit or a move of a stop, asked for by an operator or a script, was not done.</summary>
public enum ActRefusal : byte
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>The instrument has neither a position nor a working entry; a stop needs a position.</summary>
    NothingOpen = 1,

    /// <summary>The new trigger means more risk than the one planned: protection is never loosened.</summary>
    LoosensProtection = 2,

    /// <summary>The market is beyond the new trigger: it would fire at once. An exit is what is meant.</summary>
    ThroughMarket = 3,

    /// <summary>The trigger is no multiple of the instrument's increment.</summary>
    OffIncrement = 4,

    /// <summary>No price, or digits below the ledger's scale.</summary>
    Unusable = 5,
}
