namespace TradingBot.Trading.Risk;

/// <summary>
/// Why the gate said no. Checked in this order, but for <see cref="SignalsOff"/>, <see cref="Halted"/>,
/// <see cref="VenueNotOnline"/>, <see cref="ClockSkew"/> and <see cref="VenueNotice"/>, which come first, and
/// <see cref="History"/> behind the book; the first that applies is counted.
/// </summary>
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

    /// <summary>The operator halted: no new exposure until it is resumed.</summary>
    Halted = 9,

    /// <summary>The quantity that was asked for is no multiple of the venue's step.</summary>
    OffStep = 10,

    /// <summary>Signals do not trade in this run: a script alone does.</summary>
    SignalsOff = 11,

    /// <summary>The instrument's history is not known to be whole and fresh, and it has to be.</summary>
    History = 12,

    /// <summary>The venue is in post-only, cancel-only or maintenance, or how it stands is not known.</summary>
    VenueNotOnline = 13,

    /// <summary>A maintenance begins soon or runs, or the venue tells of an incident.</summary>
    VenueNotice = 14,

    /// <summary>Our clock and the venue's are too far apart, or all that comes is that late.</summary>
    ClockSkew = 15,
}
