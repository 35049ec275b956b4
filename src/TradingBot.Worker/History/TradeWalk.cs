// In:     a spot instrument, a timeframe, a stretch of time.   Out: its bars in the store, built of the venue's trades.
// Thread: one task.
// Keeps:  a page's bars and how far the walk came are one transaction: after a kill the walk goes on at the first bar
//         that is not there, and writes no bar twice. No bar is written before a later trade or the tip proves it over.
// Budget: a page per 1.5 s, by the venue's rule.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>History beyond 720 rows, and gaps: bars rebuilt from <c>/0/public/Trades</c>.</summary>
internal sealed class TradeWalk(PublicRest rest, HistoryStore store)
{
    /// <param name="spec">A spot instrument.</param>
    /// <param name="timeframe">Of the bars.</param>
    /// <param name="fromNs">Open time of the first bar.</param>
    /// <param name="untilNs">Open time after the last bar.</param>
    /// <param name="isDeep">Remembered as a task of its own, which a restart goes on with.</param>
    /// <param name="pagesMax">Pages to spend.</param>
    /// <param name="told">Told after each page: where the walk is, and rows written with it.</param>
    /// <param name="cancellationToken">The caller wants no more; what is written stays.</param>
    public async Task<WalkEnd> RunAsync(
        InstrumentSpec spec, Timeframe timeframe, long fromNs, long untilNs, bool isDeep, long pagesMax,
        Action<long, long> told, CancellationToken cancellationToken)
    {
        SeriesKey key = new(spec.Id, BarSource.SpotRest, timeframe);
        string task = string.Create(CultureInfo.InvariantCulture, $"trades {key} from {fromNs}");
        long startNs = fromNs;
        if (isDeep)
        {
            if (!store.TryReadProgress(task, out TaskProgress? progress)) return WalkEnd.Broken;
            startNs = Math.Max(fromNs, progress?.Done ?? 0);
        }

        if (startNs >= untilNs) return new WalkEnd(untilNs, 0, 0, null, []);
        List<BarRow> before = [];
        bool isRead = store.TryRead(key, startNs - timeframe.LengthNs, startNs, before);
        if (!isRead) return WalkEnd.Broken;
        TradePager pager = new(spec.NameIn(NameDialect.Altname)!, spec.Id, OhlcFetch.NamesOf(spec), startNs);
        WalkBars bars = new(timeframe, startNs, before.Count > 0 ? before[^1] : null);
        long written = 0;
        while (bars.NextOpenNs < untilNs && pager.Pages < pagesMax)
        {
            RestResult<TradePage> answer =
                await rest.GetAsync<TradePage>(pager.Query, pager.Read, cancellationToken).ConfigureAwait(false);
            if (answer.Value is not { } page)
            {
                return new WalkEnd(bars.NextOpenNs, pager.Pages, written, answer.Failure, pager.Overfull);
            }

            bars.Add(pager.Take(page));
            long seenNs = timeframe.OpenTimeOf(rest.NowNs - OhlcFetch.CommitNs);
            if (pager.IsAtTip) bars.CloseUntil(Math.Min(untilNs, seenNs));
            BarRow[] closed = Array.FindAll(bars.TakeClosed(), bar => bar.OpenTimeNs < untilNs);
            TaskProgress? progress = isDeep ? new TaskProgress(task, Math.Min(bars.NextOpenNs, untilNs), "") : null;
            if (!store.TryWrite(key, closed, progress, out long changed)) return WalkEnd.Broken;
            written += changed;
            told(bars.NextOpenNs, changed);
            if (pager.IsAtTip) break;
        }

        return new WalkEnd(Math.Min(bars.NextOpenNs, untilNs), pager.Pages, written, null, pager.Overfull);
    }
}

/// <summary>Where a walk ended.</summary>
/// <param name="NextOpenNs">The first interval that is not done, Unix ns.</param>
/// <param name="Pages">Of trades that were taken in.</param>
/// <param name="Written">Rows that are new or have changed.</param>
/// <param name="Failure">The venue's; null when it answered.</param>
/// <param name="Overfull">Stamps with more trades than a page holds.</param>
internal sealed record WalkEnd(
    long NextOpenNs, long Pages, long Written, RestFailure? Failure, IReadOnlyList<long> Overfull)
{
    /// <summary>The store takes no more; it tells itself why.</summary>
    public static WalkEnd Broken { get; } = new(0, 0, 0, null, []);
}
