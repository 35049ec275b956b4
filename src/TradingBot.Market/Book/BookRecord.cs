namespace TradingBot.Market.Book;

/// <summary>Whether a book may be believed.</summary>
public enum BookState : byte
{
    /// <summary>No snapshot yet, or unsubscribed.</summary>
    None = 0,

    /// <summary>
    /// Snapshot applied, every checksum or sequence since has matched, and best bid &lt; best ask (I6).
    /// </summary>
    InSync = 1,

    /// <summary>Mismatch, gap or crossed: ignored until the next snapshot.</summary>
    Stale = 2,

    /// <summary>The instrument's numbers left 64 bits: out of use until restart.</summary>
    Overflowed = 3,
}

/// <summary>What the book stage says about one event: written at the event's sequence, read by later stages.</summary>
/// <remarks>When <see cref="Updated"/> is false nothing else in the record is meaningful.</remarks>
public struct BookRecord
{
    /// <summary>Mantissas at <see cref="PriceDecimals"/>; 0 when that side is empty.</summary>
    public long BestBid;
    public long BestAsk;

    /// <summary>Mantissas at <see cref="QuantityDecimals"/>.</summary>
    public long BestBidQuantity;
    public long BestAskQuantity;

    /// <summary>Quantity resting on the best five levels of each side (saturating).</summary>
    public long BidQuantitySum;
    public long AskQuantitySum;

    public int InstrumentId;
    public byte PriceDecimals;
    public byte QuantityDecimals;
    public BookState State;

    /// <summary>True when this event ended a book message or changed the book's state.</summary>
    public bool Updated;
}
