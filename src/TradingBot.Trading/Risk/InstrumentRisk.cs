using TradingBot.Market.Book;

namespace TradingBot.Trading.Risk;

/// <summary>What the gate remembers of one instrument's market, from records and events only.</summary>
/// <remarks>
/// Every book update writes here, so it holds what a decision reads and no more: 40 bytes, a thousand instruments in a
/// core's first-level cache. What seldom changes stands in <see cref="InstrumentRules"/>.
/// </remarks>
internal struct InstrumentRisk
{
    /// <summary>Of the last book record, at its decimals; 0 when that side is empty.</summary>
    public long BestBid;
    public long BestAsk;

    /// <summary>Engine time of that record.</summary>
    public long BookTimeNs;

    /// <summary>Receive − exchange time of the last dated event, above the dialect's minimum.</summary>
    public long LagNs;

    /// <summary>None until there is a record.</summary>
    public BookState BookState;
    public byte PriceDecimals;
    public byte QuantityDecimals;

    /// <summary>Field by field: a copy in one piece would wait for the stores that have just made the record.</summary>
    public void See(ref readonly BookRecord book, long nowNs)
    {
        BestBid = book.BestBid;
        BestAsk = book.BestAsk;
        BookTimeNs = nowNs;
        BookState = book.State;
        PriceDecimals = book.PriceDecimals;
        QuantityDecimals = book.QuantityDecimals;
    }
}
