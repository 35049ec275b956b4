namespace TradingBot.Market.Book;

/// <summary>Both sides of one instrument's book at one depth; levels at the instrument's own decimals.</summary>
public sealed class OrderBook
{
    /// <summary>Levels per side summed for the imbalance in <see cref="BookRecord"/>.</summary>
    public const int ImbalanceLevels = 5;

    /// <param name="depth">Levels per side the venue publishes; 0 = all of them, nothing is cut.</param>
    public OrderBook(int depth)
    {
        Depth = depth;
        Bids = new BookSide(isBid: true, depth);
        Asks = new BookSide(isBid: false, depth);
    }

    public int Depth { get; }

    public BookSide Bids { get; }

    public BookSide Asks { get; }

    /// <summary>Best bid at or above best ask: the venue cannot mean it, so something was lost.</summary>
    public bool CrossedOrLocked => !Bids.IsEmpty && !Asks.IsEmpty && Bids.Top.Price >= Asks.Top.Price;

    public BookSide SideOf(bool isBid) => isBid ? Bids : Asks;

    public uint Checksum => BookChecksum.Of(Asks, Bids);

    public void Clear()
    {
        Bids.Clear();
        Asks.Clear();
    }

    public void CutToDepth()
    {
        if (Depth == 0) return;
        Bids.CutTo(Depth);
        Asks.CutTo(Depth);
    }

    /// <summary>Cold: the same levels in arrays of another depth.</summary>
    public OrderBook AtDepth(int depth)
    {
        OrderBook other = new(depth);
        for (int rank = Bids.Count - 1; rank >= 0; rank--) other.Bids.Apply(Bids.PriceAt(rank), Bids.QuantityAt(rank));
        for (int rank = Asks.Count - 1; rank >= 0; rank--) other.Asks.Apply(Asks.PriceAt(rank), Asks.QuantityAt(rank));
        return other;
    }

    /// <summary>
    /// Brings every level to more decimals; false, with the book emptied, when a value leaves 64 bits.
    /// </summary>
    public bool TryRescale(int priceExponent, int quantityExponent)
    {
        if (Bids.TryRescale(priceExponent, quantityExponent) && Asks.TryRescale(priceExponent, quantityExponent))
        {
            return true;
        }

        Clear();
        return false;
    }
}
