namespace TradingBot.Market.Book;

/// <summary>One instrument's book with its standing and its counters; owned by the book stage.</summary>
public sealed class InstrumentBook
{
    /// <summary>The levels; null until the first snapshot tells or implies the depth.</summary>
    public OrderBook? Book { get; internal set; }

    public BookState State { get; internal set; }

    /// <summary>Depth said by an acknowledgement, the channel name or the operator; 0 = not said.</summary>
    public int DepthSaid { get; internal set; }

    /// <summary>Last sequence applied (derivatives).</summary>
    public long Sequence { get; internal set; }

    public long Snapshots { get; internal set; }

    public long Updates { get; internal set; }

    public long ChecksumsVerified { get; internal set; }

    public long ChecksumMismatches { get; internal set; }

    public long SequenceGaps { get; internal set; }

    public long Crossed { get; internal set; }

    /// <summary>Times the book went from in sync to stale.</summary>
    public long StaleIntervals { get; internal set; }

    /// <summary>Times a new snapshot of this instrument alone was asked for.</summary>
    public long ResyncsAsked { get; internal set; }

    /// <summary>Updates that came before any snapshot, or while stale: not applied.</summary>
    public long UpdatesIgnored { get; internal set; }

    /// <summary>Updates counted when the last snapshot ended: equal to Updates right after it.</summary>
    internal long UpdatesAtSnapshot { get; set; }

    /// <summary>
    /// The update before left the book crossed at this exchange time; -1 = it did not (derivatives only).
    /// </summary>
    internal long CrossedAtNs { get; set; } = -1;

    /// <summary>
    /// Derivatives send one level per message and its sequence after it: the level waits here for the check.
    /// </summary>
    internal bool HasPending { get; set; }

    internal bool PendingIsBid { get; set; }

    internal long PendingPrice { get; set; }

    internal long PendingQuantity { get; set; }
}
