// In:     every event, in sequence order.   Out: closed bars in the log, and per sequence which ones the event closed.
// Thread: one: the engine's, or its own in the fanout topology. Reads no other stage's state.
// Keeps:  I5, I9: bars depend on the events alone, and silence closes them by engine time, never by a clock.
// Budget: ≤ 10 ns per event that is no trade, ≤ 200 ns per trade over six timeframes,
//         ≤ 1 ms to close six timeframes of 500 instruments (bench BarsBench); some 20 ns a frame of the mix on a busy
//         machine (benchmark StageBench.Bar_stage).
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;

namespace TradingBot.Market.Bars;

/// <summary>Builds the plan's bars of every instrument from public trades.</summary>
/// <remarks>
/// <para>A time bar closes at the first event whose engine time (greatest receive time so far) is at or past its end
/// plus the grace, or at an earlier trade of its instrument from a later interval, since exchange time may run ahead.
/// Due bars close before the event itself is applied: shortest timeframe first, then by instrument id.</para>
/// <para>Intervals belong to exchange time (engine time for a trade without one). Empty intervals make no bar
/// (<see cref="EmptyBars"/>). Late, repeated and missing trades: <see cref="BarAggregator"/>.</para>
/// <para>The first trade or trade subscription of an instrument allocates its state; after that nothing
/// allocates.</para>
/// </remarks>
public sealed class BarStage : IEventHandler
{
    /// <summary>Bars kept for readers: one event closes at most 4,096 instruments × 16 series.</summary>
    public const int LogCapacityDefault = 65_536;

    private readonly BarPlan _plan;
    private readonly ScaleTable _scales;
    private readonly CloseSchedule _schedule;
    private readonly BarAggregator?[] _aggregators;
    private readonly BarRecord[] _records;
    private readonly RecordLog<Bar> _log;
    private readonly int _recordMask;

    /// <summary>One more than the greatest instrument id with state: bounds the scans.</summary>
    private int _idEnd;

    /// <param name="plan">The series to build.</param>
    /// <param name="scales">This stage's own table; its capacity bounds the instruments.</param>
    /// <param name="recordSlots">Length of <see cref="Records"/>: the ring's, or 1 where stages run in line.</param>
    /// <param name="closeGraceNs">How long a time bar waits for its last trades after its end.</param>
    /// <param name="logCapacity">Length of <see cref="Log"/>.</param>
    public BarStage(
        BarPlan plan,
        ScaleTable scales,
        int recordSlots = 1,
        long closeGraceNs = 0,
        int logCapacity = LogCapacityDefault)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(scales);
        ArgumentOutOfRangeException.ThrowIfNegative(closeGraceNs);
        if (!BitOperations.IsPow2(recordSlots))
        {
            throw new ArgumentException("The number of slots must be a power of two.", nameof(recordSlots));
        }

        _plan = plan;
        _scales = scales;
        _schedule = new CloseSchedule(plan.TimeframeCount, scales.Capacity, closeGraceNs);
        _aggregators = new BarAggregator?[scales.Capacity];
        _records = new BarRecord[recordSlots];
        _recordMask = recordSlots - 1;
        _log = new RecordLog<Bar>(logCapacity);
    }

    /// <summary>At sequence &amp; (length - 1): the bars that event closed.</summary>
    public BarRecord[] Records => _records;

    /// <summary>Closed bars by number.</summary>
    public RecordLog<Bar> Log => _log;

    public BarPlan Plan => _plan;

    /// <summary>Greatest receive time so far, Unix ns; 0 before the first.</summary>
    public long EngineTimeNs { get; private set; }

    /// <summary>The state of one instrument; null before its first trade or trade subscription.</summary>
    public BarAggregator? AggregatorOf(int id) => _aggregators[id];

    public int OpenBarCount(int id) => _aggregators[id]?.OpenBarCount ?? 0;

    /// <summary>The open bar of an instrument that has state; its Count is 0 when none is open.</summary>
    public ref readonly Bar OpenBar(int id, int series) => ref _aggregators[id]!.OpenBar(series);

    public long ClosedCount(int id, int series) => _aggregators[id]?.ClosedCount(series) ?? 0;

    public ulong ClosedHash(int id, int series) => _aggregators[id]?.ClosedHash(series) ?? default(StableHash).Value;

    public long LateTrades(int id) => _aggregators[id]?.LateTrades ?? 0;

    public long RepeatedTrades(int id) => _aggregators[id]?.RepeatedTrades ?? 0;

    public long TradeGaps(int id) => _aggregators[id]?.TradeGaps ?? 0;

    public void HashInto(ref StableHash hash, int id) => _aggregators[id]?.HashInto(ref hash);

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        long first = _log.Next;
        // One below Never, so that a row without open bars is never due.
        if (e.ReceiveTimeNs > EngineTimeNs) EngineTimeNs = Math.Min(e.ReceiveTimeNs, CloseSchedule.Never - 1);
        // What was lost was lost before now: bars due now are incomplete as well.
        if (e.Kind == EventKind.FeedGap) OnFeed(in e);
        if (EngineTimeNs >= _schedule.NextNs) CloseDue();
        switch (e.Kind)
        {
            case EventKind.BookLevel:
            case EventKind.InstrumentSpec:
                if (_scales.Observe(in e) == ScaleChange.Widened) Widen(e.InstrumentId);
                break;
            case EventKind.Trade:
                OnTrade(in e);
                break;
            case EventKind.Subscribed:
            case EventKind.Unsubscribed:
                OnFeed(in e);
                break;
            default:
                break;
        }

        ref BarRecord record = ref _records[(int)sequence & _recordMask];
        record.First = first;
        record.Count = (int)(_log.Next - first);
    }

    /// <summary>
    /// Whether nothing is due at this receive time: an event that is no trade, gap, specification or subscription, nor
    /// a level that widens its instrument's decimals, may then pass.
    /// </summary>
    public bool IsQuietAt(long receiveTimeNs) => Math.Max(receiveTimeNs, EngineTimeNs) < _schedule.NextNs;

    /// <summary>Takes in the time of an event that may pass, and that it closed nothing.</summary>
    public void Pass(long receiveTimeNs, long sequence)
    {
        // Quiet means below what is due, and so below Never.
        if (receiveTimeNs > EngineTimeNs) EngineTimeNs = receiveTimeNs;
        _records[(int)sequence & _recordMask].Count = 0;
    }

    private void OnTrade(ref readonly MarketEvent e)
    {
        int id = e.InstrumentId;
        if ((uint)id >= (uint)_aggregators.Length) return;
        _scales.Observe(in e);
        ref readonly InstrumentScale scale = ref _scales.Of(id);
        if (scale.Overflowed) return;
        BarAggregator aggregator = _aggregators[id] ?? Admit(id);
        // Also the first value after a subscription, which is no new epoch.
        if (!aggregator.IsAt(in scale)) Widen(id);
        if (scale.Overflowed) return;
        long timeNs = e.ExchangeTimeNs != 0 ? e.ExchangeTimeNs : EngineTimeNs;
        if (!aggregator.Accept(in e, timeNs)) return;
        if (ScaleTable.TryToScale(e.Price, e.PriceDecimals, scale.PriceDecimals, out long price)
            && ScaleTable.TryToScale(e.Quantity, e.QuantityDecimals, scale.QuantityDecimals, out long quantity)
            && aggregator.Apply(new ScaledTrade(price, quantity, e.Flags, timeNs)))
        {
            return;
        }

        Overflow(id);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseDue()
    {
        long nowNs = EngineTimeNs;
        for (int s = 0; s < _plan.TimeframeCount; s++)
        {
            if (_schedule.EarliestNs(s) > nowNs) continue;
            long earliestNs = CloseSchedule.Never;
            ReadOnlySpan<long> dueNs = _schedule.Row(s)[.._idEnd];
            for (int id = 0; id < dueNs.Length; id++)
            {
                if (dueNs[id] > nowNs)
                {
                    earliestNs = Math.Min(earliestNs, dueNs[id]);
                    continue;
                }

                _aggregators[id]!.Close(s);
            }

            _schedule.Correct(s, earliestNs);
        }
    }

    /// <summary>Subscriptions of the trade channel begin and end watching, a gap ends it. Id -1 means all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnFeed(ref readonly MarketEvent e)
    {
        if (e.Kind != EventKind.FeedGap && e.Channel != Channel.Trade) return;
        int id = e.InstrumentId;
        if (id >= _aggregators.Length) return;
        bool watch = e.Kind == EventKind.Subscribed;
        if (id >= 0)
        {
            BarAggregator? aggregator = _aggregators[id] ?? (watch ? Admit(id) : null);
            if (watch) aggregator!.Watch(EngineTimeNs);
            else aggregator?.Unwatch();
            return;
        }

        foreach (BarAggregator? aggregator in _aggregators.AsSpan(0, _idEnd))
        {
            if (watch) aggregator?.Watch(EngineTimeNs);
            else aggregator?.Unwatch();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Widen(int id)
    {
        BarAggregator? aggregator = _aggregators[id];
        if (aggregator is null) return;
        ref readonly InstrumentScale scale = ref _scales.Of(id);
        if (!aggregator.Widen(scale.PriceDecimals, scale.QuantityDecimals)) Overflow(id);
    }

    /// <summary>Takes this one instrument out of use: its open bars are forgotten, its closed ones stay.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Overflow(int id)
    {
        _scales.MarkOverflowed(id);
        _aggregators[id]!.Abandon();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BarAggregator Admit(int id)
    {
        var aggregator = new BarAggregator(_plan, _schedule, _log, id, in _scales.Of(id));
        _aggregators[id] = aggregator;
        _idEnd = Math.Max(_idEnd, id + 1);
        return aggregator;
    }
}
