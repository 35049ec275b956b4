using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Reads from the store what freshness is judged by.</summary>
internal static class StoredFacts
{
    /// <summary>
    /// Sources of a spot symbol, the preferred first: the contract's rows only where nothing else is newer.
    /// </summary>
    private static readonly BarSource[] Sources =
        [BarSource.SpotRest, BarSource.Import, BarSource.Own, BarSource.PerpRest];

    /// <summary>The facts of one timeframe: of the source whose newest complete bar is the newest.</summary>
    /// <returns>Null after a fault of the store.</returns>
    public static SeriesFacts? Read(HistoryStore store, string symbol, bool isSpot, Timeframe timeframe, int bars)
    {
        SeriesFacts best = new(timeframe, BarSource.None, 0, 0, 0, HasGap: false);
        foreach (BarSource source in Sources)
        {
            SeriesKey key = new(symbol, source, timeframe);
            if (!store.TryReadLast(key, out BarRow? last)) return null;
            if (last is not { } newest) continue;
            List<BarRow> rows = [];
            long fromNs = newest.OpenTimeNs - (bars * timeframe.LengthNs);
            if (!store.TryRead(key, fromNs, long.MaxValue, rows)) return null;
            SeriesFacts facts = Of(rows, source, timeframe, bars) with
            {
                IsStandIn = isSpot && source == BarSource.PerpRest,
            };
            // A stand-in never hides spot rows that are as new.
            if (facts.LastCloseNs > best.LastCloseNs) best = facts;
        }

        return best;
    }

    private static SeriesFacts Of(List<BarRow> rows, BarSource source, Timeframe timeframe, int bars)
    {
        List<BarRow> complete = [.. rows.Where(row => row.Complete)];
        if (complete.Count == 0) return new SeriesFacts(timeframe, source, 0, 0, 0, HasGap: false);
        long lastTradedNs = complete.FindLast(row => !row.IsSynthetic) is { Count: > 0 } traded
            ? timeframe.CloseTimeOf(traded.OpenTimeNs)
            : 0;
        bool hasGap = false;
        for (int i = System.Math.Max(1, complete.Count - bars); i < complete.Count; i++)
        {
            hasGap |= complete[i].OpenTimeNs - complete[i - 1].OpenTimeNs != timeframe.LengthNs;
        }

        return new SeriesFacts(
            timeframe, source, complete.Count, timeframe.CloseTimeOf(complete[^1].OpenTimeNs), lastTradedNs, hasGap);
    }
}
