using TradingBot.Market.Book;

namespace TradingBot.Trading.Risk;

/// <summary>What the gate remembers of one instrument, from records and events only.</summary>
internal struct InstrumentRisk
{
    /// <summary>Last book record; State None until there is one.</summary>
    public BookRecord Book;

    /// <summary>Engine time of that record.</summary>
    public long BookTimeNs;

    /// <summary>Receive − exchange time of the last dated event, above the dialect's minimum.</summary>
    public long LagNs;

    /// <summary>Mantissas of the instrument frame; 0 = not said.</summary>
    public long QuantityIncrement;
    public long QuantityMinimum;
    public long CostMinimum;
    public byte QuantityIncrementDecimals;
    public byte QuantityMinimumDecimals;
    public byte CostMinimumDecimals;

    /// <summary>Quote currency number + 1; 0 = not looked up yet.</summary>
    public int QuotePlusOne;

    /// <summary>Which market of the venue it is of: <see cref="VenueStanding.MarketOf"/>.</summary>
    public byte Market;

    /// <summary>Quantity counts US dollars (PI_, FI_), so notional does not depend on the price.</summary>
    public bool Inverse;
}
