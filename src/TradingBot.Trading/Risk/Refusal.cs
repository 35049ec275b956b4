namespace TradingBot.Trading.Risk;

/// <summary>Why the gate said no. Checked in this order; the first that applies is counted.</summary>
public enum Refusal : byte
{
    None = 0,

    /// <summary>No book, or none that may be believed (I6).</summary>
    BookNotInSync = 1,

    /// <summary>The book or the event behind the signal is too old to act on.</summary>
    StaleData = 2,

    /// <summary>An indicator behind the signal has not seen enough input.</summary>
    WarmingUp = 3,

    /// <summary>The limit price is too far from the middle of the book.</summary>
    PriceCollar = 4,

    /// <summary>What may be spent buys less than the venue's minimum.</summary>
    BelowMinimum = 5,

    /// <summary>Too many orders within the window.</summary>
    OrderRate = 6,

    /// <summary>The instrument's exposure would exceed its cap.</summary>
    PositionCap = 7,

    /// <summary>The exposure in the quote currency would exceed its cap.</summary>
    NotionalCap = 8,
}
