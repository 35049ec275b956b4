// In:     kept trades or finer bars of a symbol.   Out: own bars of other timeframes, tied out against every other
//         source, and the ledger of gaps settled by what that shows.
// Thread: the verb's.
// Keeps:  a bar is complete only if nothing of it can be missing; rows written twice are the same rows.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>What a rebuild of one timeframe came to.</summary>
/// <param name="Key">The series that was written.</param>
/// <param name="Bars">Bars it has now from this rebuild.</param>
/// <param name="Written">Rows that are new or have changed.</param>
/// <param name="TieOuts">Comparison with every other source that has the symbol and timeframe.</param>
public sealed record RebuiltSeries(
    SeriesKey Key, long Bars, long Written, IReadOnlyList<(SeriesKey Other, BarTieOut Result)> TieOuts);

/// <summary>Builds own bars from what the store holds.</summary>
public sealed class BarRebuild(CandleStore store)
{
    private const string Proof = "the coarser bar of another source has the same numbers without it";
    private const string Silence = "no trade for longer than is usual, and no numbers to show that none is missing";
    private const string Missing = "the bars before and after it do not adjoin";

    /// <summary>Rows of one transaction.</summary>
    private const int BatchBars = 8_192;

    /// <summary>Why it ended early, or null.</summary>
    public StoreFault? Fault { get; private set; }

    /// <summary>Ledger of the series the bars were made from.</summary>
    public List<BarGap> Ledger { get; private set; } = [];

    /// <summary>Trades or bars that were read.</summary>
    public long Read { get; private set; }

    /// <summary>Builds bars from trades; null after a fault or when stopped.</summary>
    /// <param name="trades">The series to read.</param>
    /// <param name="timeframes">Shortest first.</param>
    /// <param name="silenceNs">A longer silence is a gap.</param>
    /// <param name="progressed">Told of trades read; may be null.</param>
    /// <param name="stop">Ends it; what was written stays right, and another run goes over it again.</param>
    public List<RebuiltSeries>? FromTrades(
        SeriesKey trades, IReadOnlyList<Timeframe> timeframes, long silenceNs, Action<long>? progressed,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(trades);
        ArgumentNullException.ThrowIfNull(timeframes);
        Fault = store.SettleSilences(trades, silenceNs, Silence, out List<BarGap> ledger);
        if (Fault is not null) return null;
        Ledger = ledger;
        TradeBars bars = new([.. timeframes], ledger);
        Fault = store.ReadTrades(trades, long.MinValue, long.MaxValue, batch =>
        {
            if (stop.IsCancellationRequested) return;
            bars.Take(batch);
            Read += batch.Length;
            progressed?.Invoke(Read);
        });
        if (Fault is not null || stop.IsCancellationRequested) return null;
        bars.Finish();
        if (bars.Overflowed)
        {
            OverflowOf(trades);
            return null;
        }

        List<RebuiltSeries> built = [];
        for (int i = 0; i < timeframes.Count; i++)
        {
            RebuiltSeries? one = Write(new SeriesKey(trades.Symbol, BarSource.Own, timeframes[i]), bars.Rows(i));
            if (one is null) return null;
            built.Add(one);
        }

        return built;
    }

    /// <summary>Rolls finer bars up; null after a fault.</summary>
    /// <param name="fine">The series to read.</param>
    /// <param name="coarse">A timeframe of which the fine one is a part.</param>
    public RebuiltSeries? FromBars(SeriesKey fine, Timeframe coarse)
    {
        ArgumentNullException.ThrowIfNull(fine);
        if (fine.Timeframe is not { } length || coarse.LengthNs % length.LengthNs != 0)
        {
            throw new ArgumentException("The timeframe is no part of the other.", nameof(fine));
        }

        List<BarRow> bars = [];
        Fault = store.SettleGaps(fine, Missing, out List<BarGap> ledger) ?? store.Read(fine, 0, long.MaxValue, bars);
        if (Fault is not null) return null;
        Read = bars.Count;
        SeriesKey own = new(fine.Symbol, BarSource.Own, coarse);
        List<BarRow>? rolled = BarRollup.Roll(bars, length.LengthNs, coarse, ledger);
        if (rolled is null)
        {
            OverflowOf(fine);
            return null;
        }

        // What another source shows to be whole has no gap; only then is it known which bars are complete.
        foreach (SeriesKey other in Others(own))
        {
            if (other.Source == fine.Source && other.Timeframe == fine.Timeframe) continue;
            BarTieOut? result = TieOut(rolled, other);
            if (result is null) return null;
            List<MissingRun> shown = [];
            foreach (long openNs in result.Proven) shown.Add(new MissingRun(openNs, coarse.CloseTimeOf(openNs)));
            Fault = store.ProveGaps(fine, Adjoined(shown), Proof);
            if (Fault is not null) return null;
        }

        ledger = [];
        Fault = store.ReadGaps(fine, ledger);
        if (Fault is not null) return null;
        Ledger = ledger;
        return Write(own, BarRollup.Roll(bars, length.LengthNs, coarse, ledger)!);
    }

    private void OverflowOf(SeriesKey key) => Fault = new StoreFault(
        StoreFaultKind.BadRecord, $"{key}: its numbers do not fit one scale; look for a wrong price or volume.");

    private RebuiltSeries? Write(SeriesKey key, List<BarRow> rows)
    {
        long written = 0;
        BarRow[] all = [.. rows];
        for (int i = 0; i < all.Length; i += BatchBars)
        {
            Fault = store.Upsert(key, all.AsSpan(i, Math.Min(BatchBars, all.Length - i)), null, out long changed);
            if (Fault is not null) return null;
            written += changed;
        }

        List<(SeriesKey, BarTieOut)> results = [];
        foreach (SeriesKey other in Others(key))
        {
            BarTieOut? result = TieOut(rows, other);
            if (result is null) return null;
            results.Add((other, result));
        }

        return Fault is null ? new RebuiltSeries(key, rows.Count, written, results) : null;
    }

    private BarTieOut? TieOut(List<BarRow> own, SeriesKey other)
    {
        List<BarRow> rows = [];
        Fault = store.Read(other, long.MinValue, long.MaxValue, rows);
        return Fault is null ? BarTieOut.Of(own, rows) : null;
    }

    /// <summary>The venue's own rows of the same symbol and timeframe: a perpetual is no other source of
    /// spot.</summary>
    private List<SeriesKey> Others(SeriesKey own)
    {
        List<SeriesKey> keys = [];
        Fault = store.ReadKeys(keys);
        List<SeriesKey> others = [];
        foreach (SeriesKey key in keys)
        {
            bool same = key.Symbol == own.Symbol && key.Timeframe == own.Timeframe;
            bool isVenue = key.Source is BarSource.Import or BarSource.SpotRest;
            if (same && isVenue) others.Add(key);
        }

        return others;
    }

    private static List<MissingRun> Adjoined(List<MissingRun> runs)
    {
        List<MissingRun> adjoined = [];
        foreach (MissingRun run in runs)
        {
            bool goesOn = adjoined.Count > 0 && adjoined[^1].ToNs == run.FromNs;
            if (goesOn) adjoined[^1] = adjoined[^1] with { ToNs = run.ToNs };
            else adjoined.Add(run);
        }

        return adjoined;
    }
}
