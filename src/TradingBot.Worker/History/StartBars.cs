// In:     the store of candles, what is traded, the strategy's timeframe.   Out: the bars just before now.
// Thread: the starting one.
// Keeps:  bars without a hole up to now, or none: an average over a hole is a number of nothing. A store that is not
//         there, or fails, leaves the strategy to warm up by itself.
// Budget: one read of fifty rows per symbol and source.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.History;

/// <summary>Reads what a strategy on bars begins with.</summary>
internal static class StartBars
{
    /// <summary>Twice the slowest average of the example strategy, and some.</summary>
    private const int BarsMax = 50;

    /// <summary>The newest bar may lack so many behind it: the one that is under way, and one that a restart
    /// cost.</summary>
    private const int MissingMax = 1;

    /// <param name="settings">Where the store lies, and the strategy's timeframe.</param>
    /// <param name="universe">Of which the perpetuals are traded.</param>
    /// <param name="nowNs">Unix ns.</param>
    /// <param name="note">What a person should know; empty when nothing is read, or all was well.</param>
    public static IReadOnlyList<KnownBars> Of(
        WorkerSettings settings, RunUniverse universe, long nowNs, out string note)
    {
        note = "";
        Timeframe timeframe = settings.StrategyTimeframe;
        if (timeframe.LengthNs < OwnBars.LengthMinNs) return [];
        if (settings.Storage.History.File is { } path && !File.Exists(path)) return [];
        CandleOpening opening = CandleStore.Open(settings.Storage.History, TimeProvider.System);
        note = opening.Fault?.Text ?? "";
        if (opening.Store is not { } candles) return [];
        using (candles)
        using (HistoryStore store = new(candles))
        {
            List<KnownBars> known = [];
            foreach (WatchedSymbol symbol in universe.Perpetuals)
            {
                List<(BarRow Row, BarSource Source)>? rows =
                    StoredFacts.Newest(store, symbol.Id, isSpot: false, timeframe, BarsMax);
                note = store.Fault?.Text ?? "";
                if (rows is null) return [];
                if (Known(symbol.Symbol, [.. rows.Select(one => one.Row)], timeframe, nowNs) is { } bars)
                {
                    known.Add(bars);
                }
            }

            return known;
        }
    }

    /// <summary>The unbroken bars up to now at one number of decimals; null when there are none.</summary>
    internal static KnownBars? Known(string symbol, List<BarRow> rows, Timeframe timeframe, long nowNs)
    {
        if (rows.Count == 0) return null;
        long missing = (timeframe.OpenTimeOf(nowNs) - timeframe.CloseTimeOf(rows[^1].OpenTimeNs)) / timeframe.LengthNs;
        if (missing > MissingMax) return null;
        int first = rows.Count - 1;
        while (first > 0 && rows[first].OpenTimeNs - rows[first - 1].OpenTimeNs == timeframe.LengthNs) first--;
        byte decimals = rows.Skip(first).Max(row => row.PriceDecimals);
        List<long> numbers = [];
        foreach (BarRow row in rows.Skip(first))
        {
            int more = decimals - row.PriceDecimals;
            bool fits = Pow10.TryScaleUp(row.Open, more, out long open)
                & Pow10.TryScaleUp(row.High, more, out long high)
                & Pow10.TryScaleUp(row.Low, more, out long low) & Pow10.TryScaleUp(row.Close, more, out long close);
            if (!fits) return null;
            numbers.AddRange([row.OpenTimeNs, open, high, low, close]);
        }

        return new KnownBars(symbol, decimals, numbers);
    }
}
