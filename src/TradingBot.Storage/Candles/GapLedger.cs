// In:     what the ledger says of a series, and which intervals lack rows now.   Out: what it shall say.
// Thread: any; a function.
// Keeps:  nothing that was ever missing leaves the ledger: it is still missing, repaired, or proven.
using System;
using System.Collections.Generic;

namespace TradingBot.Storage.Candles;

/// <summary>An interval [FromNs, ToNs) without rows.</summary>
public readonly record struct MissingRun(long FromNs, long ToNs);

/// <summary>The ledger of one series, brought up to what its rows show.</summary>
internal static class GapLedger
{
    private const string Found = "rows were found";

    /// <summary>Splits every known gap where rows begin and end; adds what is missing and not known.</summary>
    /// <param name="known">The ledger, by start, without overlaps.</param>
    /// <param name="missing">What lacks rows now, by start, without overlaps.</param>
    /// <param name="reason">Words for gaps that are new.</param>
    public static List<BarGap> Settle(IReadOnlyList<BarGap> known, IReadOnlyList<MissingRun> missing, string reason)
    {
        List<BarGap> settled = [];
        foreach (BarGap gap in known) AddPieces(gap, missing, settled);
        foreach (MissingRun run in missing) AddUnknown(run, known, reason, settled);
        settled.Sort((left, right) => left.FromNs.CompareTo(right.FromNs));
        return Joined(settled);
    }

    /// <summary>Marks the part of every unsettled gap that lies in [fromNs, toNs) as proven.</summary>
    public static List<BarGap> Prove(IReadOnlyList<BarGap> known, long fromNs, long toNs, string reason)
    {
        List<BarGap> proven = [];
        foreach (BarGap gap in known)
        {
            long start = Math.Max(gap.FromNs, fromNs);
            long end = Math.Min(gap.ToNs, toNs);
            if (gap.State != GapState.Detected || start >= end)
            {
                proven.Add(gap);
                continue;
            }

            if (gap.FromNs < start) proven.Add(gap with { ToNs = start });
            proven.Add(new BarGap(start, end, GapState.Proven, reason));
            if (end < gap.ToNs) proven.Add(gap with { FromNs = end });
        }

        return Joined(proven);
    }

    private static void AddPieces(BarGap gap, IReadOnlyList<MissingRun> missing, List<BarGap> pieces)
    {
        long at = gap.FromNs;
        foreach (MissingRun run in missing)
        {
            long start = Math.Max(run.FromNs, at);
            long end = Math.Min(run.ToNs, gap.ToNs);
            if (start >= end) continue;
            if (at < start) pieces.Add(new BarGap(at, start, GapState.Repaired, Found));
            // What was repaired and is missing again is a new gap of the same place.
            GapState state = gap.State == GapState.Repaired ? GapState.Detected : gap.State;
            pieces.Add(new BarGap(start, end, state, gap.Reason));
            at = end;
        }

        if (at < gap.ToNs)
        {
            string reason = gap.State == GapState.Repaired ? gap.Reason : Found;
            pieces.Add(new BarGap(at, gap.ToNs, GapState.Repaired, reason));
        }
    }

    private static void AddUnknown(MissingRun run, IReadOnlyList<BarGap> known, string reason, List<BarGap> pieces)
    {
        long at = run.FromNs;
        foreach (BarGap gap in known)
        {
            if (gap.ToNs <= at || gap.FromNs >= run.ToNs) continue;
            if (at < gap.FromNs) pieces.Add(new BarGap(at, gap.FromNs, GapState.Detected, reason));
            at = Math.Max(at, gap.ToNs);
        }

        if (at < run.ToNs) pieces.Add(new BarGap(at, run.ToNs, GapState.Detected, reason));
    }

    private static List<BarGap> Joined(List<BarGap> pieces)
    {
        List<BarGap> joined = [];
        foreach (BarGap piece in pieces)
        {
            bool adjoins = joined.Count > 0 && joined[^1].ToNs == piece.FromNs && joined[^1].State == piece.State
                && joined[^1].Reason == piece.Reason;
            if (adjoins) joined[^1] = joined[^1] with { ToNs = piece.ToNs };
            else joined.Add(piece);
        }

        return joined;
    }
}
