using System;
using System.Collections.Generic;
using System.Data.Common;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>The ledger of gaps.</summary>
public sealed partial class CandleStore
{
    /// <summary>Looks for bars that lack between the first and the last of a series, and settles its ledger.</summary>
    /// <param name="key">A series of bars.</param>
    /// <param name="reason">Words for gaps that are new.</param>
    /// <param name="ledger">What the ledger says now, by start.</param>
    public StoreFault? SettleGaps(SeriesKey key, string reason, out List<BarGap> ledger)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Timeframe is not { } timeframe) throw new ArgumentException("No bars.", nameof(key));
        const string Sql = """
            SELECT before_ns + $length, open_time_ns FROM (
                SELECT open_time_ns, lag(open_time_ns) OVER (ORDER BY open_time_ns) AS before_ns
                FROM candles WHERE series = $series
            ) AS neighbours WHERE open_time_ns > before_ns + $length ORDER BY open_time_ns
            """;
        return Rewrite(
            key,
            (transaction, series) =>
            {
                List<MissingRun> missing = ReadRuns(transaction, Sql, timeframe.LengthNs, series);
                missing.AddRange(StillOutside(transaction, series, timeframe.LengthNs));
                return Union(missing);
            },
            (known, missing) => GapLedger.Settle(known, missing, reason),
            out ledger);
    }

    /// <summary>
    /// Looks for times without a trade longer than is usual, and settles the ledger of a series of trades.
    /// </summary>
    /// <param name="key">A series of trades.</param>
    /// <param name="silenceNs">Longer than this is a gap.</param>
    /// <param name="reason">Words for gaps that are new.</param>
    /// <param name="ledger">What the ledger says now, by start; a gap reaches from trade to trade.</param>
    public StoreFault? SettleSilences(SeriesKey key, long silenceNs, string reason, out List<BarGap> ledger)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Timeframe is not null) throw new ArgumentException("No trades.", nameof(key));
        // Numbers that run on across a silence prove that nothing is missing in it.
        const string Sql = """
            SELECT before_ns, time_ns FROM (
                SELECT time_ns, trade_id, lag(time_ns) OVER (ORDER BY time_ns, sequence) AS before_ns,
                    lag(trade_id) OVER (ORDER BY time_ns, sequence) AS before_id
                FROM trades WHERE series = $series
            ) AS neighbours
            WHERE time_ns > before_ns + $silence AND (trade_id = 0 OR trade_id <> before_id + 1) ORDER BY time_ns
            """;
        return Rewrite(
            key,
            (transaction, series) =>
            {
                List<MissingRun> missing = ReadRuns(transaction, Sql, series, silenceNs);
                missing.AddRange(StillSilent(transaction, series));
                return Union(missing);
            },
            (known, missing) => GapLedger.Settle(known, missing, reason),
            out ledger);
    }

    /// <summary>Puts a gap into the ledger that somebody else found: a feed away, a page that failed.</summary>
    public StoreFault? RecordGap(SeriesKey key, long fromNs, long toNs, string reason) =>
        Rewrite(
            key, (_, _) => [new MissingRun(fromNs, toNs)],
            (known, missing) =>
            {
                List<MissingRun> all = [.. missing];
                // What is known stays as it is: only the new run is said to be missing.
                foreach (BarGap gap in known)
                {
                    if (gap.State != GapState.Repaired) all.Add(new MissingRun(gap.FromNs, gap.ToNs));
                }

                return GapLedger.Settle(known, Union(all), reason);
            },
            out _);

    /// <summary>Marks what is unsettled of a series in [fromNs, toNs) as proven: nothing was traded in it.</summary>
    public StoreFault? ProveGaps(SeriesKey key, long fromNs, long toNs, string reason) =>
        Rewrite(key, (_, _) => [], (known, _) => GapLedger.Prove(known, fromNs, toNs, reason), out _);

    /// <summary>Marks several ranges of a series as proven, in one transaction.</summary>
    public StoreFault? ProveGaps(SeriesKey key, IReadOnlyList<MissingRun> ranges, string reason) =>
        Rewrite(
            key, (_, _) => ranges,
            (known, proven) =>
            {
                List<BarGap> ledger = [.. known];
                foreach (MissingRun range in proven)
                {
                    ledger = GapLedger.Prove(ledger, range.FromNs, range.ToNs, reason);
                }

                return ledger;
            },
            out _);

    /// <summary>The ledger of a series, by start.</summary>
    public StoreFault? ReadGaps(SeriesKey key, List<BarGap> gaps)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(gaps);
        try
        {
            if (TryFindSeries(null, key, out long series)) gaps.AddRange(ReadLedger(null, series));
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    private StoreFault? Rewrite(
        SeriesKey key, Func<DbTransaction, long, IReadOnlyList<MissingRun>> find,
        Func<List<BarGap>, IReadOnlyList<MissingRun>, List<BarGap>> change, out List<BarGap> ledger)
    {
        ledger = [];
        try
        {
            using DbTransaction transaction = _engine.BeginWrite(_connection);
            long series = SeriesOf(transaction, key);
            List<BarGap> known = ReadLedger(transaction, series);
            List<BarGap> next = change(known, find(transaction, series));
            HashSet<BarGap> before = [.. known];
            HashSet<BarGap> after = [.. next];
            using RowCommand delete = new(
                _engine, _connection, "DELETE FROM gaps WHERE series = $series AND from_ns = $from");
            foreach (BarGap gap in known)
            {
                if (!after.Contains(gap)) delete.Begin(transaction).Add(series).Add(gap.FromNs).Run();
            }

            using RowCommand insert = new(
                _engine, _connection,
                """
                INSERT INTO gaps (series, from_ns, to_ns, state, reason, detected_ns, settled_ns)
                VALUES ($series, $from, $to, $state, $reason, $now, $settled)
                """);
            long nowNs = NowNs(_time);
            foreach (BarGap gap in next)
            {
                if (before.Contains(gap)) continue;
                insert.Begin(transaction).Add(series).Add(gap.FromNs).Add(gap.ToNs).Add(RowText.Of(gap.State))
                    .Add(gap.Reason).Add(nowNs).AddOrNone(gap.State == GapState.Detected ? 0 : nowNs).Run();
            }

            transaction.Commit();
            ledger = next;
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            _series.Clear();
            return FaultOf(thrown);
        }
    }

    private List<BarGap> ReadLedger(DbTransaction? transaction, long series)
    {
        List<BarGap> gaps = [];
        const string Sql =
            "SELECT from_ns, to_ns, state, reason FROM gaps WHERE series = $series ORDER BY from_ns";
        using RowCommand command = new(_engine, _connection, Sql);
        using DbDataReader row = command.Begin(transaction).Add(series).Read();
        while (row.Read())
        {
            GapState state = row.GetString(2) switch
            {
                "repaired" => GapState.Repaired,
                "proven" => GapState.Proven,
                _ => GapState.Detected,
            };
            gaps.Add(new BarGap(row.GetInt64(0), row.GetInt64(1), state, row.GetString(3)));
        }

        return gaps;
    }

    private List<MissingRun> ReadRuns(DbTransaction transaction, string sql, long first, long second)
    {
        List<MissingRun> runs = [];
        using RowCommand command = new(_engine, _connection, sql);
        using DbDataReader row = command.Begin(transaction).Add(first).Add(second).Read();
        while (row.Read()) runs.Add(new MissingRun(row.GetInt64(0), row.GetInt64(1)));
        return runs;
    }

    /// <summary>What somebody recorded before the first and behind the last bar: no neighbour tells of it.</summary>
    private List<MissingRun> StillOutside(DbTransaction transaction, long series, long lengthNs)
    {
        const string Sql = "SELECT min(open_time_ns), max(open_time_ns) FROM candles WHERE series = $series";
        (long first, long end) = (long.MaxValue, long.MaxValue);
        using (RowCommand command = new(_engine, _connection, Sql))
        {
            using DbDataReader row = command.Begin(transaction).Add(series).Read();
            if (row.Read() && !row.IsDBNull(0)) (first, end) = (row.GetInt64(0), row.GetInt64(1) + lengthNs);
        }

        List<MissingRun> outside = [];
        foreach (BarGap gap in ReadLedger(transaction, series))
        {
            if (gap.State == GapState.Repaired) continue;
            long before = Math.Min(gap.ToNs, first);
            if (gap.FromNs < before) outside.Add(new MissingRun(gap.FromNs, before));
            long behind = Math.Max(gap.FromNs, end);
            if (behind < gap.ToNs) outside.Add(new MissingRun(behind, gap.ToNs));
        }

        return outside;
    }

    /// <summary>What somebody recorded and still has no trade in it, however short it is.</summary>
    private List<MissingRun> StillSilent(DbTransaction transaction, long series)
    {
        const string Sql = "SELECT count(*) FROM trades WHERE series = $series AND time_ns > $from AND time_ns < $to";
        List<MissingRun> silent = [];
        using RowCommand command = new(_engine, _connection, Sql);
        foreach (BarGap gap in ReadLedger(transaction, series))
        {
            if (gap.State == GapState.Repaired) continue;
            using DbDataReader row = command.Begin(transaction).Add(series).Add(gap.FromNs).Add(gap.ToNs).Read();
            if (row.Read() && row.GetInt64(0) == 0) silent.Add(new MissingRun(gap.FromNs, gap.ToNs));
        }

        return silent;
    }

    private static List<MissingRun> Union(List<MissingRun> runs)
    {
        runs.Sort((left, right) => left.FromNs.CompareTo(right.FromNs));
        List<MissingRun> union = [];
        foreach (MissingRun run in runs)
        {
            bool touches = union.Count > 0 && union[^1].ToNs >= run.FromNs;
            if (touches) union[^1] = union[^1] with { ToNs = Math.Max(union[^1].ToNs, run.ToNs) };
            else union.Add(run);
        }

        return union;
    }
}
