// In:     trades of one instrument at its scale, what becomes of its subscription.   Out: closed bars in the bar log.
// Thread: the bar stage's.
// Keeps:  bars of a series close in order and never change afterwards; every number is exact, or the instrument is out.
// Budget: ≤ 200 ns per trade over six timeframes (bench BarsBench).
using System;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;

namespace TradingBot.Market.Bars;

/// <summary>A trade brought to its instrument's scale.</summary>
internal readonly struct ScaledTrade(long price, long quantity, EventFlags flags, long timeNs)
{
    public readonly long Price = price;
    public readonly long Quantity = quantity;
    public readonly Int128 Notional = Math.BigMul(price, quantity);

    /// <summary>Positive when the taker bought, negative when it sold, 0 when the wire does not say.</summary>
    public readonly long SignedQuantity =
        (flags & EventFlags.Buy) != 0 ? quantity : (flags & EventFlags.Sell) != 0 ? -quantity : 0;

    /// <summary>Exchange time, or engine time where the wire has none.</summary>
    public readonly long TimeNs = timeNs;
}

/// <summary>The open bars of one instrument over all series of the plan.</summary>
/// <remarks>
/// <para><b>Late</b>: a trade of an interval that is not after the last closed bar of the series, or before the open
/// one. It alters nothing in that series and counts in the others. <see cref="LateTrades"/> counts it once, however
/// many series it was late in. Series that follow a rule take trades as they come; none is late there.</para>
/// <para><b>Repeated</b>: a trade id not above the last one. Ignored everywhere and counted.</para>
/// <para><b>Gap</b>: a live trade whose id jumps by more than one. Counted; open bars become incomplete and watching
/// restarts with that trade. Trades of a snapshot repeat history and may jump.</para>
/// <para><b>Complete</b>: watched from the interval's start to its end without gap. Watching starts with the
/// subscription's acknowledgement, else with the first trade; a feed gap or the end of the subscription ends it.</para>
/// </remarks>
public sealed class BarAggregator
{
    /// <summary>No start of watching known: the next trade is one.</summary>
    private const long Unwatched = long.MaxValue;

    private readonly BarPlan _plan;
    private readonly CloseSchedule _schedule;
    private readonly RecordLog<Bar> _log;
    private readonly int _instrumentId;
    private readonly Bar[] _open;
    private readonly Series[] _series;

    /// <summary>Per rule, the threshold at the present scale; index 0 is the first rule.</summary>
    private readonly Int128[] _thresholds;

    private long _watchedSinceNs = Unwatched;
    private long _lastTradeId = -1;
    private byte _priceDecimals;
    private byte _quantityDecimals;

    internal BarAggregator(
        BarPlan plan, CloseSchedule schedule, RecordLog<Bar> log, int instrumentId, in InstrumentScale scale)
    {
        _plan = plan;
        _schedule = schedule;
        _log = log;
        _instrumentId = instrumentId;
        _open = new Bar[plan.SeriesCount];
        _series = new Series[plan.SeriesCount];
        _thresholds = new Int128[plan.SeriesCount - plan.TimeframeCount];
        for (int s = 0; s < _series.Length; s++) _series[s].LastClosedOpenNs = long.MinValue;
        SetScale(scale.PriceDecimals, scale.QuantityDecimals);
    }

    public long LateTrades { get; private set; }

    public long RepeatedTrades { get; private set; }

    public long TradeGaps { get; private set; }

    /// <summary>The open bar of a series; its Count is 0 when none is open.</summary>
    public ref readonly Bar OpenBar(int series) => ref _open[series];

    public long ClosedCount(int series) => _series[series].ClosedCount;

    /// <summary>Running hash over all closed bars of a series, the same at every scale.</summary>
    public ulong ClosedHash(int series) => _series[series].Hash.Value;

    public int OpenBarCount
    {
        get
        {
            int count = 0;
            foreach (ref readonly Bar bar in _open.AsSpan())
            {
                if (bar.Count > 0) count++;
            }

            return count;
        }
    }

    /// <summary>
    /// Adds everything that decides this instrument's future bars, and the hashes of its closed ones.
    /// </summary>
    public void HashInto(ref StableHash hash)
    {
        for (int s = 0; s < _open.Length; s++)
        {
            hash.Add(_series[s].ClosedCount);
            hash.Add(_series[s].Hash.Value);
            hash.Add(_series[s].LastClosedOpenNs);
            AddBar(ref hash, in _open[s]);
        }

        hash.Add(_watchedSinceNs);
        hash.Add(_lastTradeId);
        hash.Add(LateTrades);
        hash.Add(RepeatedTrades);
        hash.Add(TradeGaps);
    }

    /// <summary>False for a trade seen before. Notes gaps in the ids of live trades.</summary>
    internal bool Accept(ref readonly MarketEvent e, long timeNs)
    {
        if ((e.Flags & EventFlags.NoTradeId) == 0)
        {
            if (e.Number <= _lastTradeId)
            {
                RepeatedTrades++;
                return false;
            }

            bool jump = _lastTradeId >= 0 && e.Number - _lastTradeId > 1;
            _lastTradeId = e.Number;
            if (jump && (e.Flags & EventFlags.Snapshot) == 0)
            {
                TradeGaps++;
                Unwatch();
            }
        }

        if (_watchedSinceNs == Unwatched) _watchedSinceNs = timeNs;
        return true;
    }

    /// <summary>
    /// Adds a trade to every series; false when a sum left 128 bits, and the instrument is out of use.
    /// </summary>
    internal bool Apply(in ScaledTrade trade)
    {
        bool fits = true;
        bool late = false;
        int timeframes = _plan.TimeframeCount;
        for (int s = 0; s < timeframes; s++)
        {
            ref Bar bar = ref _open[s];
            bool inside = trade.TimeNs >= bar.OpenTimeNs && trade.TimeNs < bar.CloseTimeNs;
            if (!inside && !TurnTo(s, in trade))
            {
                late = true;
                continue;
            }

            fits &= Add(ref bar, in trade);
        }

        for (int s = timeframes; s < _open.Length; s++)
        {
            ref Bar bar = ref _open[s];
            if (bar.Count == 0) Begin(s, trade.TimeNs, trade.TimeNs, trade.Price);
            fits &= Add(ref bar, in trade);
            bar.CloseTimeNs = Math.Max(bar.CloseTimeNs, trade.TimeNs);
            if (fits && Reached(in bar, s)) Close(s);
        }

        if (late) LateTrades++;
        return fits;
    }

    /// <summary>Closes the open bar of a series into the log.</summary>
    internal void Close(int series)
    {
        ref Bar bar = ref _open[series];
        ref Series state = ref _series[series];
        bar.Closed = true;
        _log.Append() = bar;
        state.LastClosedOpenNs = bar.OpenTimeNs;
        state.ClosedCount++;
        AddBar(ref state.Hash, in bar);
        bar = default;
        if (series < _plan.TimeframeCount) _schedule.Close(series, _instrumentId);
    }

    internal bool IsAt(in InstrumentScale scale) =>
        scale.PriceDecimals == _priceDecimals && scale.QuantityDecimals == _quantityDecimals;

    /// <summary>Brings all open bars to a wider scale; false when a number leaves its width.</summary>
    internal bool Widen(byte priceDecimals, byte quantityDecimals)
    {
        SetScale(priceDecimals, quantityDecimals);
        bool fits = true;
        foreach (ref Bar bar in _open.AsSpan())
        {
            if (bar.Count > 0) fits &= Widening.TryWiden(ref bar, priceDecimals, quantityDecimals);
        }

        return fits;
    }

    /// <summary>
    /// The subscription was acknowledged at this engine time: nothing later is missing (0 = not known).
    /// </summary>
    internal void Watch(long engineTimeNs)
    {
        Unwatch();
        if (engineTimeNs > 0) _watchedSinceNs = engineTimeNs;
    }

    /// <summary>Trades may have been missed from here on.</summary>
    internal void Unwatch()
    {
        _watchedSinceNs = Unwatched;
        foreach (ref Bar bar in _open.AsSpan()) bar.Complete = false;
    }

    /// <summary>Forgets the open bars of an instrument that is out of use.</summary>
    internal void Abandon()
    {
        for (int s = 0; s < _open.Length; s++)
        {
            _open[s] = default;
            if (s < _plan.TimeframeCount) _schedule.Close(s, _instrumentId);
        }
    }

    /// <summary>Makes the trade's interval the open one; false when the trade is late for this series.</summary>
    private bool TurnTo(int series, in ScaledTrade trade)
    {
        ref readonly Timeframe timeframe = ref _plan.TimeframeOf(series);
        long openTimeNs = timeframe.OpenTimeOf(trade.TimeNs);
        if (openTimeNs <= _series[series].LastClosedOpenNs) return false;
        ref Bar bar = ref _open[series];
        if (bar.Count > 0)
        {
            if (openTimeNs < bar.OpenTimeNs) return false;
            Close(series);
        }

        long closeTimeNs = timeframe.CloseTimeOf(openTimeNs);
        Begin(series, openTimeNs, closeTimeNs, trade.Price);
        _schedule.Open(series, _instrumentId, closeTimeNs);
        return true;
    }

    private void Begin(int series, long openTimeNs, long closeTimeNs, long price)
    {
        ref Bar bar = ref _open[series];
        bar.OpenTimeNs = openTimeNs;
        bar.CloseTimeNs = closeTimeNs;
        bar.Open = price;
        bar.High = price;
        bar.Low = price;
        bar.InstrumentId = _instrumentId;
        bar.SeriesIndex = (short)series;
        bar.PriceDecimals = _priceDecimals;
        bar.QuantityDecimals = _quantityDecimals;
        bar.Complete = _watchedSinceNs <= openTimeNs;
    }

    /// <summary>
    /// False when a sum wrapped. Prices and quantities are positive, so a wrapped sum shows as negative.
    /// </summary>
    private static bool Add(ref Bar bar, in ScaledTrade trade)
    {
        if (trade.Price > bar.High) bar.High = trade.Price;
        if (trade.Price < bar.Low) bar.Low = trade.Price;
        bar.Close = trade.Price;
        bar.Volume += trade.Quantity;
        bar.Notional += trade.Notional;
        // Never greater than the volume, so it wraps after the volume has.
        bar.SignedVolume += trade.SignedQuantity;
        bar.Count++;
        return (bar.Volume | bar.Notional) >= 0;
    }

    private bool Reached(in Bar bar, int series)
    {
        Int128 threshold = _thresholds[series - _plan.TimeframeCount];
        return _plan.RuleOf(series).Kind switch
        {
            BarKind.Tick => bar.Count >= threshold,
            BarKind.Volume => bar.Volume >= threshold,
            BarKind.Notional => bar.Notional >= threshold,
            _ => bar.SignedVolume >= threshold || bar.SignedVolume <= -threshold,
        };
    }

    private void SetScale(byte priceDecimals, byte quantityDecimals)
    {
        _priceDecimals = priceDecimals;
        _quantityDecimals = quantityDecimals;
        for (int r = 0; r < _thresholds.Length; r++)
        {
            _thresholds[r] = _plan.RuleOf(_plan.TimeframeCount + r).ThresholdAt(priceDecimals, quantityDecimals);
        }
    }

    private static void AddBar(ref StableHash hash, in Bar bar)
    {
        hash.Add(bar.OpenTimeNs);
        hash.Add(bar.CloseTimeNs);
        hash.AddDecimal(bar.Open, bar.PriceDecimals);
        hash.AddDecimal(bar.High, bar.PriceDecimals);
        hash.AddDecimal(bar.Low, bar.PriceDecimals);
        hash.AddDecimal(bar.Close, bar.PriceDecimals);
        hash.AddDecimal(bar.Volume, bar.QuantityDecimals);
        hash.AddDecimal(bar.SignedVolume, bar.QuantityDecimals);
        hash.AddDecimal(bar.Notional, bar.PriceDecimals + bar.QuantityDecimals);
        hash.Add((bar.Count << 1) | (bar.Complete ? 1L : 0L));
    }

    /// <summary>What outlives the bars of one series.</summary>
    private struct Series
    {
        public long LastClosedOpenNs;
        public long ClosedCount;
        public StableHash Hash;
    }
}
