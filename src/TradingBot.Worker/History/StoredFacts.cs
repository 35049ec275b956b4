using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Reads from the store what freshness is judged by.</summary>
internal static class StoredFacts
{
    /// <summary>
    /// Sources of one market, the preferred first: where the venue's rows end, imported ones and the worker's own go
    /// on. A contract's rows in a spot symbol's place are another market and never join them.
    /// </summary>
    private static readonly BarSource[] OfSpot = [BarSource.SpotRest, BarSource.Import, BarSource.Own];

    private static readonly BarSource[] OfContract = [BarSource.PerpRest, BarSource.Import, BarSource.Own];

    /// <summary>One timeframe's facts: of the symbol's own market, or of its stand-in where that is newer.</summary>
    /// <returns>Null after a fault of the store.</returns>
    public static SeriesFacts? Read(HistoryStore store, string symbol, bool isSpot, Timeframe timeframe, int bars)
    {
        if (ReadMarket(store, symbol, isSpot ? OfSpot : OfContract, timeframe, bars) is not { } own) return null;
        if (!isSpot) return own;
        if (ReadMarket(store, symbol, [BarSource.PerpRest], timeframe, bars) is not { } other) return null;
        // A stand-in never hides spot rows that are as new.
        return other.LastCloseNs > own.LastCloseNs ? other with { IsStandIn = true } : own;
    }

    /// <summary>The newest complete bars of a market, oldest first, each with its source; null after a fault.</summary>
    /// <param name="store">Open.</param>
    /// <param name="symbol">Our id.</param>
    /// <param name="isSpot">A spot market, whose contract is another one.</param>
    /// <param name="timeframe">Of the bars.</param>
    /// <param name="bars">How many intervals before the newest one.</param>
    public static List<(BarRow Row, BarSource Source)>? Newest(
        HistoryStore store, string symbol, bool isSpot, Timeframe timeframe, int bars) =>
        Newest(store, symbol, isSpot ? OfSpot : OfContract, timeframe, bars);

    private static List<(BarRow Row, BarSource Source)>? Newest(
        HistoryStore store, string symbol, BarSource[] sources, Timeframe timeframe, int bars)
    {
        List<(SeriesKey Key, long LastNs)> series = [];
        foreach (BarSource source in sources)
        {
            SeriesKey key = new(symbol, source, timeframe);
            if (!store.TryReadLast(key, out BarRow? last)) return null;
            if (last is { } newest) series.Add((key, newest.OpenTimeNs));
        }

        SortedDictionary<long, (BarRow Row, BarSource Source)> joined = [];
        if (series.Count == 0) return [];
        long fromNs = series.Max(one => one.LastNs) - (bars * timeframe.LengthNs);
        foreach ((SeriesKey key, _) in series)
        {
            List<BarRow> rows = [];
            if (!store.TryRead(key, fromNs, long.MaxValue, rows)) return null;
            foreach (BarRow row in rows.Where(row => row.Complete)) joined.TryAdd(row.OpenTimeNs, (row, key.Source));
        }

        return [.. joined.Values];
    }

    private static SeriesFacts? ReadMarket(
        HistoryStore store, string symbol, BarSource[] sources, Timeframe timeframe, int bars)
    {
        if (Newest(store, symbol, sources, timeframe, bars) is not { } rows) return null;
        if (rows.Count == 0) return new SeriesFacts(timeframe, BarSource.None, 0, 0, 0, HasGap: false);
        int traded = rows.FindLastIndex(one => !one.Row.IsSynthetic);
        bool hasGap = false;
        for (int i = Math.Max(1, rows.Count - bars); i < rows.Count; i++)
        {
            hasGap |= rows[i].Row.OpenTimeNs - rows[i - 1].Row.OpenTimeNs != timeframe.LengthNs;
        }

        return new SeriesFacts(
            timeframe, rows[^1].Source, rows.Count, timeframe.CloseTimeOf(rows[^1].Row.OpenTimeNs),
            traded < 0 ? 0 : timeframe.CloseTimeOf(rows[traded].Row.OpenTimeNs), hasGap);
    }
}
