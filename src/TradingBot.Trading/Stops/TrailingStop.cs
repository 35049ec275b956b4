// In:     closed bars of one series, a position whose first target is taken.   Out: a planned stop nearer to the
//         market.
// Thread: the engine's.
// Keeps:  a plan only ever moves towards less risk; bars that are not closed are never seen; exact, so that a replay
//         on any machine moves it alike.
// Budget: per closed bar.
using System;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Trading.Positions;

namespace TradingBot.Trading.Stops;

/// <summary>Lets stops follow the market at a share of its average true range (Wilder's), bar by bar.</summary>
internal sealed class TrailingStop
{
    private readonly ProtectionOptions _options;
    private readonly ProtectionCounters _counters;
    private readonly Range[] _ranges;

    public TrailingStop(ProtectionOptions options, int instruments, ProtectionCounters counters)
    {
        _options = options;
        _counters = counters;
        _ranges = options.TrailAtrPercent > 0 ? new Range[instruments] : [];
    }

    private bool IsOn => _ranges.Length > 0;

    /// <summary>A bar closed.</summary>
    public void Take(ref readonly Bar bar)
    {
        if (!IsOn || bar.SeriesIndex != _options.TrailSeries || (uint)bar.InstrumentId >= (uint)_ranges.Length) return;
        bool usable = LedgerScale.TryPrice(bar.High, bar.PriceDecimals, out Int128 high)
            & LedgerScale.TryPrice(bar.Low, bar.PriceDecimals, out Int128 low)
            & LedgerScale.TryPrice(bar.Close, bar.PriceDecimals, out Int128 close);
        if (usable) _ranges[bar.InstrumentId].Add(high, low, close, _options.TrailBars);
    }

    /// <summary>Moves the plan behind the bar that has just closed; true when it did.</summary>
    public bool Tighten(ManagedPosition position, ref readonly InstrumentMarket market, ref readonly Bar bar)
    {
        bool concerns = IsOn && bar.SeriesIndex == _options.TrailSeries && position.Size != 0
            && position.PlanSide == position.Side && !position.ExitWanted && position.Targets.IsRunning;
        if (!concerns || !_ranges[bar.InstrumentId].IsReady(_options.TrailBars)) return false;
        Int128 reach = _ranges[bar.InstrumentId].Sum * _options.TrailAtrPercent / (100 * _options.TrailBars);
        Int128 trigger = StopPlan.Behind(
            _ranges[bar.InstrumentId].Close, reach, position.Side,
            StopPlan.Increment(in market, position.PriceDecimals));
        Int128 step = position.PlannedStop * _options.TrailStepPpm / 1_000_000;
        Int128 least = position.Side == Side.Buy ? position.PlannedStop + step : position.PlannedStop - step;
        // Nearer by a step, and not where it would fire at once.
        bool tightens = trigger > 0 && !StopPlan.IsBehind(trigger, least, position.Side);
        if (!tightens || market.Middle <= 0 || !StopPlan.IsBehind(trigger, market.Middle, position.Side)) return false;
        _counters.StopsTrailed++;
        position.PlannedStop = trigger;
        return true;
    }

    /// <summary>What bars to come are measured by.</summary>
    public void HashInto(ref StableHash hash, int instrumentId)
    {
        if (!IsOn) return;
        hash.AddDecimal(_ranges[instrumentId].Sum, LedgerScale.PriceDecimals);
        hash.AddDecimal(_ranges[instrumentId].Close, LedgerScale.PriceDecimals);
    }

    /// <summary>Wilder's average, kept as its n-fold so that nothing is lost by dividing.</summary>
    private struct Range
    {
        private int _count;

        /// <summary>The average true range, times the number of bars; once ready.</summary>
        public Int128 Sum { get; private set; }

        /// <summary>Of the last bar.</summary>
        public Int128 Close { get; private set; }

        public readonly bool IsReady(int bars) => _count >= bars;

        public void Add(Int128 high, Int128 low, Int128 close, int bars)
        {
            Int128 range = high - low;
            if (_count > 0)
            {
                range = Int128.Max(range, Int128.Abs(high - Close));
                range = Int128.Max(range, Int128.Abs(low - Close));
            }

            // The mean of the first n, then n - 1 parts of what it was and one of what is new.
            Sum = _count < bars ? Sum + range : Sum - (Sum / bars) + range;
            Close = close;
            if (_count < bars) _count++;
        }
    }
}
