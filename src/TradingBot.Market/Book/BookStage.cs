// In:     every event, in order; reads BookLevel, BookEnd, (un)subscriptions, FeedGap, InstrumentSpec.
// Out:    one BookRecord per sequence; books and counters by instrument.
// Thread: the stage's own; nothing else writes its state.
// Keeps:  I6: a book is in sync only while every checksum or sequence matches and best bid < best ask; one instrument's
//         fault never touches another.
// Budget: ≤ 130 ns per message of two levels with checksum (benchmark BookBench.Update_and_verify).
using System;
using System.Runtime.CompilerServices;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;

namespace TradingBot.Market.Book;

/// <summary>Keeps the book of every instrument and says per event what became of it.</summary>
public sealed class BookStage : IEventHandler
{
    private readonly InstrumentBook?[] _books;
    private readonly ScaleTable _scales;
    private readonly BookRecord[] _records;
    private readonly int _mask;
    private readonly int _depthDefault;
    private readonly bool _cutToDepth;

    /// <summary>Of a side that is not there.</summary>
    private readonly SideTop _nothing;

    /// <param name="scales">This stage's own copy of the instruments' decimals.</param>
    /// <param name="recordCapacity">Records kept, a power of two: the ring's length, or 1 without a ring.</param>
    /// <param name="depthDefault">Depth where no acknowledgement or channel name tells it; 0 = infer from the
    /// snapshot.</param>
    /// <param name="cutToDepth">False only in the test that proves the cut is needed.</param>
    public BookStage(ScaleTable scales, int recordCapacity, int depthDefault = 0, bool cutToDepth = true)
    {
        _scales = scales;
        _books = new InstrumentBook?[scales.Capacity];
        _records = new BookRecord[recordCapacity];
        _mask = recordCapacity - 1;
        _depthDefault = depthDefault;
        _cutToDepth = cutToDepth;
    }

    /// <summary>One record per sequence, at sequence &amp; (length − 1).</summary>
    public BookRecord[] Records => _records;

    public ScaleTable Scales => _scales;

    /// <summary>The instrument's book, or null when it never had a book event.</summary>
    public InstrumentBook? BookOf(int instrumentId) => _books[instrumentId];

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        ref BookRecord record = ref _records[(int)sequence & _mask];
        record.Updated = false;
        if (e.Kind == EventKind.BookEnd)
        {
            OnEnd(in e, ref record);
        }
        else if (e.Kind == EventKind.BookLevel)
        {
            if (!TryApply(in e)) OnUnusualLevel(in e, ref record);
        }
        else
        {
            OnOther(in e, ref record);
        }
    }

    /// <summary>The usual level, an update of a book in sync: applied, and nothing else. False leaves all as it
    /// was.</summary>
    public bool TryPass(ref readonly MarketEvent e, long sequence)
    {
        if (!TryApply(in e)) return false;
        _records[(int)sequence & _mask].Updated = false;
        return true;
    }

    /// <summary>An event that no book is told of.</summary>
    public void Pass(long sequence) => _records[(int)sequence & _mask].Updated = false;

    private void OnOther(ref readonly MarketEvent e, ref BookRecord record)
    {
        switch (e.Kind)
        {
            case EventKind.Trade:
            case EventKind.InstrumentSpec:
                ObserveScale(in e, ref record);
                break;
            case EventKind.Subscribed when e.Channel == Channel.Book && e.InstrumentId >= 0:
                BookAt(e.InstrumentId).DepthSaid = e.Detail;
                break;
            case EventKind.Unsubscribed when e.Channel == Channel.Book && e.InstrumentId >= 0:
                OnUnsubscribed(e.InstrumentId, ref record);
                break;
            case EventKind.FeedGap:
                OnFeedGap(e.InstrumentId, ref record);
                break;
            default:
                break;
        }
    }

    /// <summary>The usual level: an update at the instrument's own decimals, of a book in sync.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark StageBench.Book_stage
    private bool TryApply(ref readonly MarketEvent e)
    {
        InstrumentBook? state = _books[e.InstrumentId];
        bool isUsual = state is { TakesPlainLevels: true } && (e.Flags & EventFlags.Snapshot) == 0
            && e.PriceDecimals == state.PriceDecimals && e.QuantityDecimals == state.QuantityDecimals;
        if (!isUsual) return false;
        BookSide side = (e.Flags & EventFlags.Buy) != 0 ? state!.Bids! : state!.Asks!;
        side.Apply(e.Price, e.Quantity);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnUnusualLevel(ref readonly MarketEvent e, ref BookRecord record)
    {
        InstrumentBook state = BookAt(e.InstrumentId);
        if (!ObserveScale(in e, ref record)) return;
        bool snapshot = (e.Flags & EventFlags.Snapshot) != 0;
        if (snapshot && (e.Flags & EventFlags.First) != 0) BeginSnapshot(state);
        else if (!snapshot && state.State != BookState.InSync) return;

        ref readonly InstrumentScale scale = ref _scales.Of(e.InstrumentId);
        if (!ScaleTable.TryToScale(e.Price, e.PriceDecimals, scale.PriceDecimals, out long price)
            || !ScaleTable.TryToScale(e.Quantity, e.QuantityDecimals, scale.QuantityDecimals, out long quantity))
        {
            Overflow(state, e.InstrumentId, ref record);
            return;
        }

        bool isBid = (e.Flags & EventFlags.Buy) != 0;
        if (e.Dialect == Dialect.FuturesV1 && !snapshot)
        {
            state.HasPending = true;
            state.PendingIsBid = isBid;
            state.PendingPrice = price;
            state.PendingQuantity = quantity;
            return;
        }

        state.Book!.SideOf(isBid).Apply(price, quantity);
    }

    // Inlined into a caller's loop it took 137 ns where it takes 112: too much for one method's registers.
    [MethodImpl(MethodImplOptions.NoInlining)] // row B1
    private void OnEnd(ref readonly MarketEvent e, ref BookRecord record)
    {
        InstrumentBook state = BookAt(e.InstrumentId);
        if (state.State == BookState.Overflowed) return;
        bool snapshot = (e.Flags & EventFlags.Snapshot) != 0;
        if (e.Detail > 0) state.DepthSaid = e.Detail;
        if (snapshot)
        {
            if ((e.Flags & EventFlags.First) != 0) BeginSnapshot(state);
            EndSnapshot(state, in e);
        }
        else if (state.State != BookState.InSync)
        {
            state.UpdatesIgnored++;
            return;
        }
        else if (!TakeSequence(state, in e, ref record))
        {
            return;
        }
        else
        {
            state.Updates++;
            if (_cutToDepth && state.Depth != 0)
            {
                state.Bids!.CutTo(state.Depth);
                state.Asks!.CutTo(state.Depth);
            }
        }

        Verify(state, in e);
        Write(ref record, state, e.InstrumentId);
        if (!state.TakesPlainLevels) MayTakePlainLevels(state, in e);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MayTakePlainLevels(InstrumentBook state, ref readonly MarketEvent e) => state.TakesPlainLevels =
        state.State == BookState.InSync && e.Dialect != Dialect.FuturesV1
        && _scales.Of(e.InstrumentId).IsAt(state.PriceDecimals, state.QuantityDecimals);

    private static void BeginSnapshot(InstrumentBook state)
    {
        state.Book ??= new OrderBook(state.DepthSaid);
        state.Book.Clear();
        state.HasPending = false;
        state.CrossedAtNs = -1;
    }

    /// <summary>Settles the depth, cuts, and trusts the book until proven otherwise.</summary>
    private void EndSnapshot(InstrumentBook state, ref readonly MarketEvent e)
    {
        OrderBook book = state.Book!;
        int depth = DepthOf(state, book, e.Dialect);
        if (depth != book.Depth) state.Book = book = book.AtDepth(depth);
        if (_cutToDepth) book.CutToDepth();
        state.Snapshots++;
        state.UpdatesAtSnapshot = state.Updates;
        state.Sequence = e.Number;
        state.State = BookState.InSync;
    }

    /// <summary>
    /// What was said; else the operator's default; else the smallest published depth that holds the snapshot.
    /// </summary>
    private int DepthOf(InstrumentBook state, OrderBook book, Dialect dialect)
    {
        if (dialect == Dialect.FuturesV1) return 0;
        if (state.DepthSaid > 0) return state.DepthSaid;
        if (_depthDefault > 0) return _depthDefault;
        int levels = Math.Max(book.Bids.Count, book.Asks.Count);
        ReadOnlySpan<int> published = [10, 25, 100, 500];
        foreach (int depth in published)
        {
            if (levels <= depth) return depth;
        }

        return 1_000;
    }

    /// <summary>
    /// Derivatives: applies the waiting level when its sequence follows; false when the message is not for us.
    /// </summary>
    /// <remarks>
    /// The first delta is snapshot + 1 and each one after it + 1. A sequence at or below the last is a repetition that
    /// can follow a snapshot and is dropped; anything else is a gap.
    /// </remarks>
    private static bool TakeSequence(InstrumentBook state, ref readonly MarketEvent e, ref BookRecord record)
    {
        if ((e.Flags & EventFlags.HasSequence) == 0) return true;
        bool repeated = e.Number <= state.Sequence && state.Updates == state.UpdatesAtSnapshot;
        if (repeated)
        {
            state.HasPending = false;
            state.UpdatesIgnored++;
            return false;
        }

        if (e.Number != state.Sequence + 1)
        {
            state.HasPending = false;
            state.SequenceGaps++;
            state.GoStale();
            record.State = state.State;
            record.InstrumentId = e.InstrumentId;
            record.Updated = true;
            return false;
        }

        state.Sequence = e.Number;
        if (!state.HasPending) return true;
        state.HasPending = false;
        BookSide side = state.PendingIsBid ? state.Book!.Bids : state.Book!.Asks;
        side.Apply(state.PendingPrice, state.PendingQuantity);
        return true;
    }

    private static void Verify(InstrumentBook state, ref readonly MarketEvent e)
    {
        BookSide bids = state.Bids!;
        BookSide asks = state.Asks!;
        if ((e.Flags & EventFlags.HasChecksum) != 0)
        {
            if (BookChecksum.Of(asks, bids) == (uint)e.Number)
            {
                state.ChecksumsVerified++;
            }
            else
            {
                state.ChecksumMismatches++;
                state.GoStale();
                return;
            }
        }

        bool crossedOrLocked = !bids.IsEmpty && !asks.IsEmpty && bids.Top.Price >= asks.Top.Price;
        if (!crossedOrLocked)
        {
            state.CrossedAtNs = -1;
            return;
        }

        // Derivatives publish one level per message: a crossing may last for the messages of one exchange instant.
        bool mayResolve = e.Dialect == Dialect.FuturesV1 && (e.Flags & EventFlags.Snapshot) == 0
            && e.ExchangeTimeNs != 0 && (state.CrossedAtNs == -1 || state.CrossedAtNs == e.ExchangeTimeNs);
        if (mayResolve)
        {
            state.CrossedAtNs = e.ExchangeTimeNs;
            return;
        }

        state.Crossed++;
        state.GoStale();
    }

    private void OnUnsubscribed(int instrumentId, ref BookRecord record)
    {
        InstrumentBook state = BookAt(instrumentId);
        if (state.State == BookState.Overflowed) return;
        state.State = BookState.None;
        state.TakesPlainLevels = false;
        state.DepthSaid = 0;
        state.Book?.Clear();
        Write(ref record, state, instrumentId);
    }

    private void OnFeedGap(int instrumentId, ref BookRecord record)
    {
        if (instrumentId >= 0)
        {
            InstrumentBook state = BookAt(instrumentId);
            if (state.State == BookState.InSync) state.GoStale();
            Write(ref record, state, instrumentId);
            return;
        }

        foreach (InstrumentBook? state in _books)
        {
            if (state is { State: BookState.InSync }) state.GoStale();
        }

        record.InstrumentId = -1;
        record.State = BookState.Stale;
        record.Updated = true;
    }

    /// <summary>Follows the wire's decimals; false when the instrument is out of use.</summary>
    private bool ObserveScale(ref readonly MarketEvent e, ref BookRecord record)
    {
        InstrumentBook? state = _books[e.InstrumentId];
        ref readonly InstrumentScale scale = ref _scales.Of(e.InstrumentId);
        if (scale.Overflowed) return false;
        int price = scale.PriceDecimals;
        int quantity = scale.QuantityDecimals;
        if (_scales.Observe(in e) == ScaleChange.None || state?.Book is null) return true;
        state.TakesPlainLevels = false;
        scale = ref _scales.Of(e.InstrumentId);
        if (state.Book.TryRescale(scale.PriceDecimals - price, scale.QuantityDecimals - quantity)) return true;
        Overflow(state, e.InstrumentId, ref record);
        return false;
    }

    private void Overflow(InstrumentBook state, int instrumentId, ref BookRecord record)
    {
        _scales.MarkOverflowed(instrumentId);
        state.State = BookState.Overflowed;
        state.TakesPlainLevels = false;
        state.Book?.Clear();
        Write(ref record, state, instrumentId);
    }

    private void Write(ref BookRecord record, InstrumentBook state, int instrumentId)
    {
        record.InstrumentId = instrumentId;
        // A crossing that may resolve within its exchange instant is not yet a fault, but nothing may rest on it.
        record.State = state.CrossedAtNs == -1 ? state.State : BookState.Stale;
        record.Updated = true;
        if (!state.TakesPlainLevels) FollowScale(state, instrumentId);
        record.PriceDecimals = state.PriceDecimals;
        record.QuantityDecimals = state.QuantityDecimals;
        ref readonly SideTop bid = ref TopOf(state.Bids);
        record.BestBid = bid.Price;
        record.BestBidQuantity = bid.Quantity;
        record.BidQuantitySum = bid.QuantitySum;
        ref readonly SideTop ask = ref TopOf(state.Asks);
        record.BestAsk = ask.Price;
        record.BestAskQuantity = ask.Quantity;
        record.AskQuantitySum = ask.QuantitySum;
    }

    private ref readonly SideTop TopOf(BookSide? side)
    {
        if (side is null) return ref _nothing;
        return ref side.Top;
    }

    private void FollowScale(InstrumentBook state, int instrumentId)
    {
        ref readonly InstrumentScale scale = ref _scales.Of(instrumentId);
        state.PriceDecimals = scale.PriceDecimals;
        state.QuantityDecimals = scale.QuantityDecimals;
    }

    /// <summary>Cold on the first event of an instrument, a look-up afterwards.</summary>
    private InstrumentBook BookAt(int instrumentId) => _books[instrumentId] ??= new InstrumentBook();
}
