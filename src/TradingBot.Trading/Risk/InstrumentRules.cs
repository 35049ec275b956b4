using TradingBot.Market.Events;

namespace TradingBot.Trading.Risk;

/// <summary>What the venue asks of an order in one instrument, and what its symbol and its history say.</summary>
internal struct InstrumentRules
{
    /// <summary>Mantissas of the instrument frame; 0 = not said.</summary>
    public long QuantityIncrement;
    public long QuantityMinimum;
    public long CostMinimum;
    public byte QuantityIncrementDecimals;
    public byte QuantityMinimumDecimals;
    public byte CostMinimumDecimals;

    /// <summary>The instrument may be analysed until then, Unix ns; 0: it may not.</summary>
    public long HistoryUntilNs;

    /// <summary>Quantity counts US dollars (PI_, FI_), so notional does not depend on the price.</summary>
    public bool Inverse;

    /// <summary>Which market of the venue it is of: <see cref="VenueStanding.MarketOf"/>.</summary>
    public byte Market;

    /// <summary>Quote currency number + 1; 0 = not looked up yet.</summary>
    public int QuotePlusOne;

    /// <summary>Takes what an instrument frame says, of which each half is an event.</summary>
    public void Learn(ref readonly MarketEvent e)
    {
        if (e.Kind == EventKind.InstrumentSpec)
        {
            QuantityIncrement = e.Quantity;
            QuantityIncrementDecimals = e.QuantityDecimals;
            return;
        }

        CostMinimum = e.Price;
        CostMinimumDecimals = e.PriceDecimals;
        QuantityMinimum = e.Quantity;
        QuantityMinimumDecimals = e.QuantityDecimals;
    }
}
