// In:     every event, with what book and bars wrote at its sequence.   Out: signals, and per sequence which ones.
// Thread: one: the engine's, or its own behind the barriers of the book and bar stages. Reads records, no live state.
// Keeps:  I5; I6 (FlowMomentum holds it per instrument).
// Budget: ≤ 10 ns per event without derived records, ≤ 300 ns per book update.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;

namespace TradingBot.Signals;

/// <summary>Runs <see cref="FlowMomentum"/> on every instrument.</summary>
/// <remarks>
/// Within one event: the book's state is noted first, so that a book that just went stale silences the rest; then
/// closed bars, which end before the event; then the event's trade or book update. The first event of an instrument
/// allocates its state; after that nothing allocates.
/// </remarks>
public sealed class SignalStage : IEventHandler
{
    /// <summary>
    /// Signals kept for readers: one event closes a bar of 4,096 instruments and ends one book update; doubled.
    /// </summary>
    public const int LogCapacityDefault = 8_192;

    private readonly FlowMomentumOptions _options;
    private readonly ScaleTable _scales;
    private readonly BookRecord[] _bookRecords;
    private readonly BarRecord[] _barRecords;
    private readonly RecordLog<Bar> _bars;
    private readonly FlowMomentum?[] _strategies;
    private readonly SignalRecord[] _records;
    private readonly RecordLog<Signal> _log;
    private long _engineTimeNs;

    /// <param name="scales">This stage's own table; its capacity bounds the instruments.</param>
    /// <param name="bookRecords">The book stage's record at sequence &amp; (length - 1).</param>
    /// <param name="barRecords">The bar stage's record at sequence &amp; (length - 1).</param>
    /// <param name="bars">The bar stage's log.</param>
    /// <param name="options">The strategy's numbers.</param>
    /// <param name="recordSlots">Length of <see cref="Records"/>: the ring's, or 1 where stages run in line.</param>
    /// <param name="logCapacity">Length of <see cref="Log"/>.</param>
    public SignalStage(
        ScaleTable scales,
        BookRecord[] bookRecords,
        BarRecord[] barRecords,
        RecordLog<Bar> bars,
        FlowMomentumOptions options,
        int recordSlots = 1,
        int logCapacity = LogCapacityDefault)
    {
        ArgumentNullException.ThrowIfNull(scales);
        ArgumentNullException.ThrowIfNull(bookRecords);
        ArgumentNullException.ThrowIfNull(barRecords);
        ArgumentNullException.ThrowIfNull(bars);
        ArgumentNullException.ThrowIfNull(options);
        RequirePow2(bookRecords.Length, nameof(bookRecords));
        RequirePow2(barRecords.Length, nameof(barRecords));
        RequirePow2(recordSlots, nameof(recordSlots));
        _scales = scales;
        _bookRecords = bookRecords;
        _barRecords = barRecords;
        _bars = bars;
        _options = options;
        _strategies = new FlowMomentum?[scales.Capacity];
        _records = new SignalRecord[recordSlots];
        _log = new RecordLog<Signal>(logCapacity);
    }

    /// <summary>At sequence &amp; (length - 1): the signals that event caused.</summary>
    public SignalRecord[] Records => _records;

    /// <summary>Signals by number.</summary>
    public RecordLog<Signal> Log => _log;

    /// <summary>A bar of the strategy's series that closed before the first event: it warms up, and nothing is
    /// signalled.</summary>
    public void Know(ref readonly Bar bar)
    {
        if (bar.SeriesIndex == _options.BarSeries) StrategyOf(bar.InstrumentId)?.OnBar(in bar, out _);
    }

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        long first = _log.Next;
        if (e.ReceiveTimeNs > _engineTimeNs) _engineTimeNs = e.ReceiveTimeNs;
        if (e.Kind == EventKind.FeedGap) OnFeedGap(e.InstrumentId);
        ref readonly BookRecord book = ref _bookRecords[(int)sequence & (_bookRecords.Length - 1)];
        FlowMomentum? booked = book.Updated ? StrategyOf(book.InstrumentId) : null;
        if (booked is not null) booked.Book = book.State;

        ref readonly BarRecord closed = ref _barRecords[(int)sequence & (_barRecords.Length - 1)];
        if (closed.Count > 0) OnBars(in closed, sequence);

        switch (e.Kind)
        {
            case EventKind.BookLevel:
                _scales.Observe(in e);
                break;
            case EventKind.InstrumentSpec:
                _scales.Observe(in e);
                StrategyOf(e.InstrumentId)?.OnSpec(in e);
                break;
            case EventKind.Trade:
                OnTrade(in e);
                break;
            default:
                break;
        }

        if (booked is not null && IsUsable(book.InstrumentId))
        {
            Side side = booked.OnBook(in book);
            if (side != Side.None) Emit(booked.OrderFlow(side, in book), sequence);
        }

        ref SignalRecord record = ref _records[(int)sequence & (_records.Length - 1)];
        record.First = first;
        record.Count = (int)(_log.Next - first);
    }

    /// <summary>
    /// Takes in the time of an event without records that is no trade, gap or specification, nor a level that widens
    /// its instrument's decimals: it causes nothing.
    /// </summary>
    public void Pass(long receiveTimeNs, long sequence)
    {
        if (receiveTimeNs > _engineTimeNs) _engineTimeNs = receiveTimeNs;
        _records[(int)sequence & (_records.Length - 1)].Count = 0;
    }

    /// <summary>
    /// An update of this instrument's book is under way: asks the memory for what its end will touch, so that of a
    /// thousand instruments none is waited for.
    /// </summary>
    public void Expect(int instrumentId) => _strategies[instrumentId]?.Expect();

    /// <summary>Adds one instrument's indicators and state; nothing for an instrument not seen.</summary>
    public void HashInto(ref StableHash hash, int instrumentId) => _strategies[instrumentId]?.HashInto(ref hash);

    private void OnTrade(ref readonly MarketEvent e)
    {
        _scales.Observe(in e);
        FlowMomentum? strategy = StrategyOf(e.InstrumentId);
        if (strategy is null || !IsUsable(e.InstrumentId)) return;
        byte quantityDecimals = _scales.Of(e.InstrumentId).QuantityDecimals;
        if (!strategy.OnTrade(in e, quantityDecimals)) _scales.MarkOverflowed(e.InstrumentId);
    }

    private void OnBars(ref readonly BarRecord closed, long sequence)
    {
        for (long number = closed.First; number < closed.First + closed.Count; number++)
        {
            ref readonly Bar bar = ref _bars[number];
            if (bar.SeriesIndex != _options.BarSeries || !IsUsable(bar.InstrumentId)) continue;
            FlowMomentum? strategy = StrategyOf(bar.InstrumentId);
            if (strategy is not null && strategy.OnBar(in bar, out Signal signal)) Emit(in signal, sequence);
        }
    }

    /// <summary>
    /// One event cannot carry a book record for each instrument, so a gap of all is taken from the event.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnFeedGap(int instrumentId)
    {
        if ((uint)instrumentId < (uint)_strategies.Length)
        {
            _strategies[instrumentId]?.OnFeedGap();
        }
        else if (instrumentId < 0)
        {
            foreach (FlowMomentum? strategy in _strategies) strategy?.OnFeedGap();
        }
    }

    private void Emit(in Signal signal, long sequence)
    {
        ref Signal entry = ref _log.Append();
        entry = signal;
        entry.CauseSequence = sequence;
        entry.TimeNs = _engineTimeNs;
    }

    private bool IsUsable(int id) => !_scales.Of(id).Overflowed;

    private FlowMomentum? StrategyOf(int id)
    {
        if ((uint)id >= (uint)_strategies.Length) return null;
        return _strategies[id] ?? Admit(id);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowMomentum Admit(int id) => _strategies[id] = new FlowMomentum(_options);

    private static void RequirePow2(int length, string name)
    {
        if (!BitOperations.IsPow2(length)) throw new ArgumentException("The length must be a power of two.", name);
    }
}
