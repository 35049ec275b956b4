namespace TradingBot.Market.Book;

/// <summary>One instrument's book with its standing and its counters; owned by the book stage.</summary>
/// <remarks>
/// What an update in sync touches, its sides, state and two counters, lies in 72 bytes: a level finds its
/// side in two steps, this object and the side.
/// </remarks>
public sealed class InstrumentBook
{
    private OrderBook? _book;
    private Rare _rare;

    /// <summary>The levels; null until the first snapshot tells or implies the depth.</summary>
    public OrderBook? Book
    {
        get => _book;
        internal set
        {
            _book = value;
            Bids = value?.Bids;
            Asks = value?.Asks;
            Depth = value?.Depth ?? 0;
        }
    }

    /// <summary>Sides and depth of <see cref="Book"/>.</summary>
    internal BookSide? Bids { get; private set; }

    internal BookSide? Asks { get; private set; }

    internal int Depth { get; private set; }

    /// <summary>The instrument's decimals when the last record was written.</summary>
    internal byte PriceDecimals { get; set; }

    internal byte QuantityDecimals { get; set; }

    /// <summary>
    /// In sync, in use and no derivative: an update at these decimals needs no more than to be applied. Whatever
    /// changes one of that ends it; the next good end of a message brings it back.
    /// </summary>
    internal bool TakesPlainLevels { get; set; }

    public BookState State { get; internal set; }

    /// <summary>Depth said by an acknowledgement, the channel name or the operator; 0 = not said.</summary>
    public int DepthSaid { get => _rare.DepthSaid; internal set => _rare.DepthSaid = value; }

    public long Updates { get; internal set; }

    public long ChecksumsVerified { get; internal set; }

    /// <summary>
    /// The update before left the book crossed at this exchange time; -1 = it did not (derivatives only).
    /// </summary>
    internal long CrossedAtNs { get; set; } = -1;

    /// <summary>Last sequence applied (derivatives).</summary>
    public long Sequence { get => _rare.Sequence; internal set => _rare.Sequence = value; }

    public long Snapshots { get => _rare.Snapshots; internal set => _rare.Snapshots = value; }

    public long ChecksumMismatches
    {
        get => _rare.ChecksumMismatches;
        internal set => _rare.ChecksumMismatches = value;
    }

    public long SequenceGaps { get => _rare.SequenceGaps; internal set => _rare.SequenceGaps = value; }

    public long Crossed { get => _rare.Crossed; internal set => _rare.Crossed = value; }

    /// <summary>Times the book went from in sync to stale.</summary>
    public long StaleIntervals { get => _rare.StaleIntervals; internal set => _rare.StaleIntervals = value; }

    /// <summary>Times a new snapshot of this instrument alone was asked for.</summary>
    public long ResyncsAsked { get => _rare.ResyncsAsked; internal set => _rare.ResyncsAsked = value; }

    /// <summary>Updates that came before any snapshot, or while stale: not applied.</summary>
    public long UpdatesIgnored { get => _rare.UpdatesIgnored; internal set => _rare.UpdatesIgnored = value; }

    /// <summary>Updates counted when the last snapshot ended: equal to Updates right after it.</summary>
    internal long UpdatesAtSnapshot { get => _rare.UpdatesAtSnapshot; set => _rare.UpdatesAtSnapshot = value; }

    /// <summary>
    /// Derivatives send one level per message and its sequence after it: the level waits here for the check.
    /// </summary>
    internal bool HasPending { get; set; }

    internal bool PendingIsBid { get; set; }

    internal long PendingPrice { get => _rare.PendingPrice; set => _rare.PendingPrice = value; }

    internal long PendingQuantity { get => _rare.PendingQuantity; set => _rare.PendingQuantity = value; }

    /// <summary>It may not be believed until the next snapshot, and one is asked for.</summary>
    internal void GoStale()
    {
        State = BookState.Stale;
        TakesPlainLevels = false;
        CrossedAtNs = -1;
        StaleIntervals++;
        ResyncsAsked++;
    }

    /// <summary>Kept together, and so apart from what every message touches.</summary>
    private struct Rare
    {
        public long Snapshots;
        public long ChecksumMismatches;
        public long SequenceGaps;
        public long Crossed;
        public long StaleIntervals;
        public long ResyncsAsked;
        public long UpdatesIgnored;
        public long UpdatesAtSnapshot;
        public long PendingPrice;
        public long PendingQuantity;
        public long Sequence;
        public int DepthSaid;
    }
}
