// In:     instruments, timeframes and how far back.   Out: their rows in the store, and a report for each.
// Thread: some tasks side by side; the store is had by one at a time.
// Keeps:  rows of spot and of derivatives never share a series; a symbol's failure ends that symbol alone; when the
//         venue answers nobody, nobody is asked further. Whatever was written stays, and is not written twice.
// Budget: a request a second for spot.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Fetches history into the store.</summary>
internal sealed class Backfill
{
    /// <summary>Symbols in a row that fail for the venue's reasons before the rest is left for another time.</summary>
    private const int VenueFailuresMax = 8;

    private readonly PublicRest _rest;
    private readonly HistoryStore _store;
    private readonly BackfillOptions _options;
    private readonly Action<BackfillProgress> _told;
    private readonly OhlcFetch _fetch;
    private readonly TradeWalk _walk;
    private readonly Lock _gate = new();
    private BackfillWork _work = new(0, 0, isDeep: false);
    private double _done;
    private double _total;
    private long _rows;
    private long _pages;
    private int _venueFailures;

    public Backfill(PublicRest rest, HistoryStore store, BackfillOptions options, Action<BackfillProgress> told)
    {
        _rest = rest;
        _store = store;
        _options = options;
        _told = told;
        _fetch = new OhlcFetch(rest);
        _walk = new TradeWalk(rest, store);
    }

    /// <summary>Why the run ended before every symbol was asked; empty when it did not.</summary>
    public string Aborted { get; private set; } = "";

    /// <summary>Rows that are new or have changed.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <param name="work">Each instrument, and the contract that may stand in for it.</param>
    /// <param name="cancellationToken">Ends the work; the reports so far are returned.</param>
    public async Task<IReadOnlyList<SymbolReport>> RunAsync(
        IReadOnlyList<(InstrumentSpec Spec, InstrumentSpec? Fallback)> work, CancellationToken cancellationToken)
    {
        _total = work.Count * _options.Timeframes.Length;
        _work = new BackfillWork(work.Count, _options.Timeframes.Length, _options.SinceNs is not null);
        ConcurrentDictionary<string, SymbolReport> reports = new(StringComparer.Ordinal);
        using CancellationTokenSource ended =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _store.Broken);
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = _options.Parallel,
            CancellationToken = ended.Token,
        };
        try
        {
            await Parallel.ForEachAsync(
                work, parallel,
                async (one, token) =>
                {
                    SymbolReport report = reports.GetOrAdd(one.Spec.Id, id => new SymbolReport(id));
                    await SymbolAsync(one.Spec, one.Fallback, report, token).ConfigureAwait(false);
                    Expect(left => left.SymbolDone(one.Spec.Id));
                    bool isOver = IsOfVenue(report.Failure) && !await AnswersAsync(token).ConfigureAwait(false);
                    if (!isOver) return;
                    Aborted = $"the venue answers nobody: {report.Failure}";
                    await ended.CancelAsync().ConfigureAwait(false);
                }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller, the store or the venue ended it; which one, the properties tell.
        }

        return [.. work.Where(one => reports.ContainsKey(one.Spec.Id)).Select(one => reports[one.Spec.Id])];
    }

    private async Task SymbolAsync(
        InstrumentSpec spec, InstrumentSpec? fallback, SymbolReport report, CancellationToken cancellationToken)
    {
        if (!spec.IsSpot)
        {
            string symbol = spec.NameIn(NameDialect.Derivatives)!;
            await ChartsAsync(symbol, spec.Id, report, cancellationToken).ConfigureAwait(false);
            return;
        }

        Dictionary<Timeframe, long> beginnings = [];
        foreach (Timeframe timeframe in _options.Timeframes)
        {
            bool isGood = await SpotAsync(spec, timeframe, report, beginnings, cancellationToken).ConfigureAwait(false);
            if (!isGood) break;
        }

        if (report.Failure is null) await DeepAsync(spec, report, beginnings, cancellationToken).ConfigureAwait(false);
        if (report.Failure is null)
        {
            foreach (SeriesReport series in report.Series)
            {
                await RepairAsync(spec, series, report, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        bool isOfSymbol = report.Failure.Class is RestFailureClass.UnknownSymbol or RestFailureClass.BadBody
            or RestFailureClass.TransientNetwork or RestFailureClass.Other;
        bool isMissing = fallback is not null && report.Series.Count == 0 && isOfSymbol;
        if (!isMissing) return;
        SymbolReport standIn = new(spec.Id);
        await ChartsAsync(fallback!.NameIn(NameDialect.Derivatives)!, spec.Id, standIn, cancellationToken)
            .ConfigureAwait(false);
        report.Series.AddRange(standIn.Series);
        if (standIn.Series.Count > 0) report.Fallback = fallback.Id;
    }

    /// <summary>The newest rows of one spot series; the open time of the first goes to the beginnings when older
    /// history is wanted and exists.</summary>
    private async Task<bool> SpotAsync(
        InstrumentSpec spec, Timeframe timeframe, SymbolReport report, Dictionary<Timeframe, long> beginnings,
        CancellationToken cancellationToken)
    {
        RestResult<FetchedBars> answer =
            await _fetch.SpotAsync(spec, timeframe, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } fetched)
        {
            report.Failure = answer.Failure;
            return false;
        }

        SeriesKey key = new(spec.Id, BarSource.SpotRest, timeframe);
        if (!Write(key, fetched.Closed, report)) return false;
        bool isDeep = _options.SinceNs is { } sinceNs && !fetched.IsWhole && fetched.Closed.Count > 0
            && fetched.Closed[0].OpenTimeNs > sinceNs;
        if (isDeep) beginnings[timeframe] = fetched.Closed[0].OpenTimeNs;
        Expect(work => work.SeriesDone(spec.Id));
        Advance(spec.Id, isDeep ? 0 : 1, "");
        return true;
    }

    /// <summary>
    /// What lies before the rows that OHLC holds: one walk for the shortest timeframe, the others out of it.
    /// </summary>
    private async Task DeepAsync(
        InstrumentSpec spec, SymbolReport report, Dictionary<Timeframe, long> beginnings,
        CancellationToken cancellationToken)
    {
        if (beginnings.Count == 0) return;
        Timeframe finest = beginnings.Keys.Min();
        long fromNs = finest.OpenTimeOf(_options.SinceNs!.Value);
        // Some bars beyond the meeting point show whether both sources agree.
        const int Overlap = 4;
        long untilNs = beginnings[finest];
        SeriesKey key = new(spec.Id, BarSource.SpotRest, finest);
        double share = 0;
        SeriesReport series = Report(report, key);
        double trades = TradesPerNs(key, untilNs) * (untilNs - fromNs);
        Expect(work => work.Decide(spec.Id, trades));
        long pages = 0;
        long startNs = 0;
        WalkEnd end = await _walk.RunAsync(
            spec, finest, fromNs, untilNs, isDeep: true, long.MaxValue,
            (atNs, written) =>
            {
                double now = Math.Clamp((double)(atNs - fromNs) / (untilNs - fromNs), 0, 1) * beginnings.Count;
                Interlocked.Add(ref _rows, written);
                Interlocked.Increment(ref _pages);
                series.Written += written;
                // Where an earlier run left off, this one's walk began.
                if (pages++ == 0) startNs = atNs;
                double walked = Math.Clamp((atNs - startNs) / Math.Max(1.0, untilNs - startNs), 0, 1);
                Expect(work => work.WalkAt(spec.Id, pages, walked));
                Advance(spec.Id, now - share, "trades at " + UniverseSelection.Time(atNs));
                share = now;
            },
            cancellationToken).ConfigureAwait(false);
        report.TradePages += end.Pages;
        report.Failure = end.Failure;
        foreach ((Timeframe timeframe, long beginNs) in beginnings.Where(one => one.Key != finest))
        {
            Roll(spec.Id, finest, timeframe, fromNs, Math.Min(beginNs, end.NextOpenNs), report);
        }

        if (end.Failure is not null || end.NextOpenNs < untilNs) return;
        Advance(spec.Id, beginnings.Count - share, "");
        await TieOutAsync(spec, key, untilNs, untilNs + (Overlap * finest.LengthNs), report, cancellationToken)
            .ConfigureAwait(false);
    }

    private void Roll(
        string id, Timeframe from, Timeframe to, long fromNs, long untilNs, SymbolReport report)
    {
        if (!BarRollup.CanRoll(from, to)) return;
        List<BarRow> parts = [];
        long firstNs = to.OpenTimeOf(fromNs);
        if (!_store.TryRead(new SeriesKey(id, BarSource.SpotRest, from), firstNs, long.MaxValue, parts)) return;
        // Where a part is missing, the whole is not known; numbers that leave their width make no bar.
        List<BarRow> made = BarRollup.Roll(parts, from.LengthNs, to, BarRollup.HolesIn(parts, from.LengthNs)) ?? [];
        made.RemoveAll(bar => !bar.Complete || bar.OpenTimeNs >= untilNs);
        if (made.Count > 0) Write(new SeriesKey(id, BarSource.SpotRest, to), made, report);
    }

    /// <summary>Builds some bars that OHLC holds, too, and compares.</summary>
    private async Task TieOutAsync(
        InstrumentSpec spec, SeriesKey key, long fromNs, long untilNs, SymbolReport report,
        CancellationToken cancellationToken)
    {
        List<BarRow> venue = [];
        if (!_store.TryRead(key, fromNs, untilNs, venue) || venue.Count == 0) return;
        TradePager pager = new(spec.NameIn(NameDialect.Altname)!, spec.Id, OhlcFetch.NamesOf(spec), fromNs);
        WalkBars bars = new(key.Timeframe!.Value, fromNs, before: null);
        const int PagesMax = 20;
        while (bars.NextOpenNs < untilNs && pager.Pages < PagesMax && !pager.IsAtTip)
        {
            RestResult<TradePage> answer =
                await _rest.GetAsync<TradePage>(pager.Query, pager.Read, cancellationToken).ConfigureAwait(false);
            if (answer.Value is not { } page) return;
            bars.Add(pager.Take(page));
        }

        report.TradePages += pager.Pages;
        Dictionary<long, BarRow> ours = bars.TakeClosed().ToDictionary(bar => bar.OpenTimeNs);
        foreach (BarRow row in venue)
        {
            if (row.IsSynthetic || !ours.TryGetValue(row.OpenTimeNs, out BarRow built)) continue;
            if (built.HasValuesOf(row)) report.Agreed++;
            else report.Differences.Add(new RowDifference(key, built, row));
        }
    }

    private async Task RepairAsync(
        InstrumentSpec spec, SeriesReport series, SymbolReport report, CancellationToken cancellationToken)
    {
        const string Reason = "not listed by the venue";
        if (!_store.TrySettleGaps(series.Key, Reason, out List<BarGap> ledger)) return;
        long pages = 0;
        foreach (BarGap gap in ledger.Where(gap => gap.State == GapState.Detected))
        {
            if (pages >= _options.RepairPagesMax) break;
            WalkEnd end = await _walk.RunAsync(
                spec, series.Key.Timeframe!.Value, gap.FromNs, gap.ToNs, isDeep: false, _options.RepairPagesMax - pages,
                (atNs, written) =>
                {
                    Interlocked.Add(ref _rows, written);
                    Interlocked.Increment(ref _pages);
                    series.Written += written;
                    Advance(spec.Id, 0, "gap at " + UniverseSelection.Time(atNs));
                },
                cancellationToken).ConfigureAwait(false);
            pages += end.Pages;
            if (end.NextOpenNs >= gap.ToNs) series.GapsRepaired++;
            // Rows of OHLC are good without the repair: the gap stays in the ledger for the next time.
            if (end.Failure is not null) break;
        }

        report.TradePages += pages;
        if (!_store.TrySettleGaps(series.Key, Reason, out ledger)) return;
        series.GapsOpen = ledger.Count(gap => gap.State == GapState.Detected);
    }

    /// <summary>Charts of a contract, for itself or for a spot instrument that has no rows.</summary>
    private async Task ChartsAsync(
        string symbol, string id, SymbolReport report, CancellationToken cancellationToken)
    {
        foreach (Timeframe timeframe in _options.Timeframes)
        {
            SeriesKey key = new(id, BarSource.PerpRest, timeframe);
            if (!_store.TryReadLast(key, out BarRow? last)) return;
            long windowNs = _rest.NowNs - (OhlcFetch.SpotRows * timeframe.LengthNs);
            long fromNs = _options.SinceNs ?? windowNs;
            // What is complete need not be asked for again, when it reaches back far enough.
            List<BarRow> first = [];
            if (!_store.TryRead(key, 0, fromNs + timeframe.LengthNs, first)) return;
            if (last is { } newest && first.Count > 0) fromNs = Math.Max(fromNs, newest.OpenTimeNs);
            (_, RestFailure? failure) = await _fetch.ChartAsync(
                symbol, id, "trade", timeframe, fromNs, mayBeEmpty: false, closed => Write(key, closed, report),
                cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                report.Failure = failure;
                return;
            }

            Expect(work => work.SeriesDone(id));
            Advance(id, 1, "");
            if (_store.TrySettleGaps(key, "not listed by the venue", out List<BarGap> ledger))
            {
                Report(report, key).GapsOpen = ledger.Count(gap => gap.State == GapState.Detected);
            }
        }
    }

    private bool Write(SeriesKey key, IReadOnlyList<BarRow> bars, SymbolReport report)
    {
        if (!_store.TryWrite(key, [.. bars], null, out long written)) return false;
        SeriesReport series = Report(report, key);
        series.Written += written;
        if (bars.Count > 0) series.LastNs = Math.Max(series.LastNs, bars[^1].OpenTimeNs);
        Interlocked.Add(ref _rows, written);
        return true;
    }

    private static SeriesReport Report(SymbolReport report, SeriesKey key)
    {
        SeriesReport? known = report.Series.Find(series => series.Key == key);
        if (known is not null) return known;
        report.Series.Add(new SeriesReport(key));
        return report.Series[^1];
    }

    /// <summary>Trades a nanosecond in the rows that the venue just gave.</summary>
    private double TradesPerNs(SeriesKey key, long fromNs)
    {
        List<BarRow> rows = [];
        if (!_store.TryRead(key, fromNs, long.MaxValue, rows) || rows.Count == 0) return 0;
        return (double)rows.Sum(row => row.Count) / (rows.Count * key.Timeframe!.Value.LengthNs);
    }

    private void Expect(Action<BackfillWork> told)
    {
        lock (_gate) told(_work);
    }

    private void Advance(string id, double done, string detail)
    {
        lock (_gate)
        {
            _done += done;
            _told(new BackfillProgress(
                id, _done, _total, Interlocked.Read(ref _rows), Interlocked.Read(ref _pages), detail, _rest.Requests,
                _work.Left));
        }
    }

    /// <summary>Whether one symbol after the other fails for reasons that are not its own.</summary>
    private bool IsOfVenue(RestFailure? failure)
    {
        bool isOfVenue = failure?.Class is RestFailureClass.Maintenance or RestFailureClass.Auth
            or RestFailureClass.TransientNetwork or RestFailureClass.RateLimited;
        lock (_gate)
        {
            _venueFailures = isOfVenue ? _venueFailures + 1 : 0;
            return _venueFailures >= VenueFailuresMax;
        }
    }

    /// <summary>Asks the venue itself: bad symbols may stand beside each other.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        RestResult<string> status = await _rest
            .GetAsync(PublicQuery.Spot("SystemStatus"), SpotReader.ReadStatus, cancellationToken).ConfigureAwait(false);
        bool answers = status.Value is not (null or "maintenance");
        lock (_gate)
        {
            if (answers) _venueFailures = 0;
        }

        return answers;
    }
}
