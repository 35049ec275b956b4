using System;
using TradingBot.Market.Book;
using TradingBot.Market.Events;

namespace TradingBot.Trading.Positions;

/// <summary>What protection knows of an instrument's market, at the ledger's scale.</summary>
internal struct InstrumentMarket
{
    /// <summary>Middle of the last book in sync; 0 = none to believe.</summary>
    public Int128 Middle;

    /// <summary>The last one there was, however old: better than nothing for closing; 0 = never any.</summary>
    public Int128 LastMiddle;

    /// <summary>Price increment of the instrument frame; 0 = not said.</summary>
    public Int128 Increment;

    /// <summary>Quantity step of the instrument frame; 0 = not said.</summary>
    public Int128 Lot;

    /// <summary>Least quantity of an order; 0 = not said.</summary>
    public Int128 Minimum;
    public byte PriceDecimals;

    /// <summary>Decimals a quantity on the step may need.</summary>
    public byte QuantityDecimals;

    public void Observe(ref readonly BookRecord book)
    {
        bool usable = book.State == BookState.InSync && book.BestBid != 0 && book.BestAsk != 0;
        Middle = usable
            && LedgerScale.TryPrice(book.BestBid, book.PriceDecimals, out Int128 bid)
            && LedgerScale.TryPrice(book.BestAsk, book.PriceDecimals, out Int128 ask)
            ? (bid + ask) / 2 : 0;
        if (Middle > 0) LastMiddle = Middle;
        PriceDecimals = Math.Max(PriceDecimals, book.PriceDecimals);
    }

    public void Observe(ref readonly MarketEvent spec)
    {
        if (spec.Kind == EventKind.InstrumentMinimum)
        {
            if (LedgerScale.TryQuantity(spec.Quantity, spec.QuantityDecimals, out Int128 least)) Minimum = least;
            return;
        }

        if (LedgerScale.TryQuantity(spec.Quantity, spec.QuantityDecimals, out Int128 lot))
        {
            Lot = lot;
            QuantityDecimals = Math.Max(QuantityDecimals, spec.QuantityDecimals);
        }

        if (!LedgerScale.TryPrice(spec.Price, spec.PriceDecimals, out Int128 increment)) return;
        Increment = increment;
        PriceDecimals = Math.Max(PriceDecimals, spec.PriceDecimals);
    }
}
