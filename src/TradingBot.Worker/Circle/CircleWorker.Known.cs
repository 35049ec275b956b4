using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Circle;

/// <content>What is known before anything is told.</content>
internal sealed partial class CircleWorker
{
    /// <summary>
    /// To protection alone: books and bars take their decimals from the feed, which may have changed since. Part of the
    /// options, so a replay knows it, too.
    /// </summary>
    private void Know(IReadOnlyList<KnownSteps> steps)
    {
        foreach (KnownSteps known in steps)
        {
            int id = _symbols.IdOf(Dialect.Unified, Encoding.ASCII.GetBytes(known.Symbol));
            if (id < 0) continue;
            MarketEvent spec = new()
            {
                Kind = EventKind.InstrumentSpec,
                InstrumentId = id,
                Price = known.PriceStep,
                PriceDecimals = known.PriceDecimals,
                Quantity = known.QuantityStep,
                QuantityDecimals = known.QuantityDecimals,
            };
            Protection.Know(in spec);
        }
    }

    /// <summary>To the strategy, which makes no signal of them, and to trailing stops.</summary>
    private void Know(IReadOnlyList<KnownBars> bars)
    {
        foreach (KnownBars known in bars)
        {
            int id = _symbols.IdOf(Dialect.Unified, Encoding.ASCII.GetBytes(known.Symbol));
            for (int at = 0; id >= 0 && at < known.Numbers.Count; at += KnownBars.NumbersPerBar)
            {
                Bar bar = new()
                {
                    InstrumentId = id,
                    SeriesIndex = (short)_options.Strategy.BarSeries,
                    OpenTimeNs = known.Numbers[at],
                    Open = known.Numbers[at + 1],
                    High = known.Numbers[at + 2],
                    Low = known.Numbers[at + 3],
                    Close = known.Numbers[at + 4],
                    PriceDecimals = known.PriceDecimals,
                    Complete = true,
                    Closed = true,
                };
                Engine.Signals.Know(in bar);
                Protection.Know(in bar);
            }
        }
    }
}
