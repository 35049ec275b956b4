// In:     bars and public trades of any source, in batches.   Out: the same rows, what is missing of them, and how far
//         a task came.
// Thread: one at a time; the verb's, or the writer's. Never the engine's: a batch is a transaction and may wait.
// Keeps:  a row is there once, whatever is given again; a batch and its progress are there together or not at all.
// Budget: ≥ 400,000 bars a second on SQLite in batches of 1,000; ten years of hours are read in < 100 ms.
using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Common;
using System.IO;
using TradingBot.Market.Bars;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>What opening a store of candles came to: a store or a fault, and what was done to its place.</summary>
/// <param name="Store">Null when there is a fault.</param>
/// <param name="Fault">Null when there is a store.</param>
/// <param name="From">Schema it had; 0 when it was created.</param>
/// <param name="To">Schema it has.</param>
/// <param name="Copy">Where the store as it was before a migration lies; null when nothing was migrated.</param>
public sealed record CandleOpening(CandleStore? Store, StoreFault? Fault, int From, int To, string? Copy);

/// <summary>The market's history: candles, trades and gaps of every series, in SQLite or PostgreSQL.</summary>
public sealed partial class CandleStore : IDisposable
{
    /// <summary>Bars handed on at once by <see cref="ReadBars"/>: 0.4 MiB.</summary>
    internal const int BarsPerBatch = 4_096;

    private readonly IStoreEngine _engine;
    private readonly DbConnection _connection;
    private readonly TimeProvider _time;
    private readonly IHistoryRows _rows;
    private readonly Dictionary<SeriesKey, long> _series = [];

    private CandleStore(IStoreEngine engine, DbConnection connection, TimeProvider time)
    {
        _engine = engine;
        _connection = connection;
        _time = time;
        _rows = engine is PostgresEngine
            ? new PostgresHistoryRows(engine, connection)
            : new SqliteHistoryRows(connection);
    }

    /// <summary>Where it lies, without a password.</summary>
    public string Place => _engine.Place;

    /// <summary>Opens a store, creates it when there is none, and brings its schema up to date.</summary>
    /// <param name="place">Where; a file's folder or a server's database is there. State and candles may share a
    /// database of a server, and never share a file.</param>
    /// <param name="time">Time for the columns that say when.</param>
    /// <param name="steps">Steps of the schema; null takes those of this build.</param>
    public static CandleOpening Open(StorePlace place, TimeProvider time, IReadOnlyList<Migration>? steps = null)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(time);
        IStoreEngine engine = place.EngineFor(StoreKind.History);
        const string Remedy = "move it away and fetch or import its rows again.";
        Schema schema = new(engine, steps ?? engine.Steps, mark: null, Remedy);
        DbConnection? connection = null;
        try
        {
            StoreFault? fault = engine.CheckPlace(out bool isNew);
            if (fault is not null) return Refused(fault);
            connection = engine.Connect(isNew);
            StoreOpening opening = schema.BringUpToDate(connection, NowNs(time));
            if (opening.Fault is not null) return Refused(opening.Fault);
            engine.Configure(connection);
            CandleStore store = new(engine, connection, time);
            connection = null;
            return new CandleOpening(store, null, opening.From, opening.To, opening.Copy);
        }
        catch (Exception thrown) when (engine.FaultOf(thrown) is not null)
        {
            return Refused(engine.FaultOf(thrown)!);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Writes bars: new ones are added, known ones are replaced, unless that would undo a complete
    /// one.</summary>
    /// <param name="key">A series of bars.</param>
    /// <param name="bars">In any order; each open time once, else the last one counts.</param>
    /// <param name="progress">What to remember with them; null for nothing.</param>
    /// <param name="written">Rows that are new or have changed.</param>
    /// <returns>Null when all is durable as the engine's settings promise; else why nothing was written.</returns>
    public StoreFault? Upsert(
        SeriesKey key, ReadOnlySpan<BarRow> bars, TaskProgress? progress, out long written)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Timeframe is null) throw new ArgumentException("A series of trades has no bars.", nameof(key));
        written = 0;
        try
        {
            using DbTransaction transaction = _engine.BeginWrite(_connection);
            long series = SeriesOf(transaction, key);
            long changed = _rows.Upsert(transaction, series, bars);
            if (progress is not null) WriteProgress(transaction, progress);
            transaction.Commit();
            written = changed;
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            // A series made in a transaction that did not end is not there.
            _series.Clear();
            return FaultOf(thrown);
        }
    }

    /// <summary>Takes some bars, oldest first.</summary>
    public delegate void TakeBars(ReadOnlySpan<BarRow> bars);

    /// <summary>Appends the bars of a series between two times, oldest first.</summary>
    /// <param name="key">A series of bars.</param>
    /// <param name="fromNs">First open time, inclusive: Unix ns.</param>
    /// <param name="toNs">Last open time, exclusive.</param>
    /// <param name="bars">Where they go.</param>
    /// <returns>Null, or why it could not be read; a series that is not there has no rows.</returns>
    public StoreFault? Read(SeriesKey key, long fromNs, long toNs, List<BarRow> bars)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(bars);
        return ReadBars(key, fromNs, toNs, batch => bars.AddRange(batch));
    }

    /// <summary>Hands on the bars of a series between two times, oldest first, in batches.</summary>
    public StoreFault? ReadBars(SeriesKey key, long fromNs, long toNs, TakeBars take)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(take);
        try
        {
            if (!TryFindSeries(null, key, out long series)) return null;
            _rows.ReadBars(series, fromNs, toNs, take);
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>The newest bar of a series, complete or not; null when it has none.</summary>
    public StoreFault? ReadLast(SeriesKey key, out BarRow? last)
    {
        ArgumentNullException.ThrowIfNull(key);
        last = null;
        try
        {
            if (!TryFindSeries(null, key, out long series)) return null;
            const string Sql = """
                SELECT open_time_ns, open, high, low, close, price_decimals, volume, volume_high, volume_decimals,
                    trades, complete
                FROM candles WHERE series = $series ORDER BY open_time_ns DESC LIMIT 1
                """;
            using RowCommand command = new(_engine, _connection, Sql);
            using DbDataReader row = command.Begin(null).Add(series).Read();
            if (row.Read()) last = BarOf(row);
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>Every series there ever was, by symbol, source and length, without counting its rows.</summary>
    public StoreFault? ReadKeys(List<SeriesKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        try
        {
            const string Sql = "SELECT symbol, source, timeframe FROM series ORDER BY symbol, source, length_ns";
            using RowCommand command = new(_engine, _connection, Sql);
            using DbDataReader row = command.Begin(null).Read();
            while (row.Read()) keys.Add(KeyOf(row.GetString(0), row.GetString(1), row.GetString(2)));
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>Every series with rows, by symbol, source and length. It counts them: not for every moment.</summary>
    public StoreFault? ReadSpans(List<SeriesSpan> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        try
        {
            const string Sql = """
                SELECT s.symbol, s.source, s.timeframe, c.amount, c.first_ns, c.last_ns FROM series s JOIN (
                    SELECT series, count(*) AS amount, min(open_time_ns) AS first_ns, max(open_time_ns) AS last_ns
                        FROM candles GROUP BY series
                    UNION ALL
                    SELECT series, count(*), min(time_ns), max(time_ns) FROM trades GROUP BY series
                ) c ON c.series = s.id ORDER BY s.symbol, s.source, s.length_ns
                """;
            using RowCommand command = new(_engine, _connection, Sql);
            using DbDataReader row = command.Begin(null).Read();
            while (row.Read())
            {
                SeriesKey key = KeyOf(row.GetString(0), row.GetString(1), row.GetString(2));
                spans.Add(new SeriesSpan(key, row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)));
            }

            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>How far a task came; null when it never wrote.</summary>
    public StoreFault? ReadProgress(string task, out TaskProgress? progress)
    {
        progress = null;
        try
        {
            using RowCommand command =
                new(_engine, _connection, "SELECT done, note FROM progress WHERE task = $task");
            using DbDataReader row = command.Begin(null).Add(task).Read();
            if (row.Read()) progress = new TaskProgress(task, row.GetInt64(0), row.GetString(1));
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>The whole file compared with itself; a server does its own.</summary>
    public StoreFault? CheckWhole()
    {
        if (_engine is not SqliteEngine) return null;
        try
        {
            using DbCommand command = _engine.Command(_connection, "PRAGMA quick_check(1)");
            string? found = command.ExecuteScalar() as string;
            if (found == "ok") return null;
            return new StoreFault(
                StoreFaultKind.Damaged, $"{_engine.Place}: {StoreKind.History.Remedy} (quick_check: {found})");
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _connection.Dispose();
    }

    private static CandleOpening Refused(StoreFault fault) => new(null, fault, 0, 0, null);

    internal static BarRow BarOf(DbDataReader row) => new()
    {
        OpenTimeNs = row.GetInt64(0),
        Open = row.GetInt64(1),
        High = row.GetInt64(2),
        Low = row.GetInt64(3),
        Close = row.GetInt64(4),
        PriceDecimals = (byte)row.GetInt64(5),
        Volume = WideVolume.Join(row.GetInt64(7), row.GetInt64(6)),
        VolumeDecimals = (byte)row.GetInt64(8),
        Count = row.GetInt64(9),
        Complete = row.GetInt64(10) != 0,
    };

    private static SeriesKey KeyOf(string symbol, string source, string timeframe)
    {
        BarSource known = BarSourceText.TryParse(source, out BarSource found) ? found : BarSource.None;
        Timeframe? length = Timeframe.TryParse(timeframe, out Timeframe read) ? read : null;
        return new SeriesKey(symbol, known, length);
    }

    private bool TryFindSeries(DbTransaction? transaction, SeriesKey key, out long series)
    {
        if (_series.TryGetValue(key, out series)) return true;
        const string Sql = "SELECT id FROM series WHERE symbol = $symbol AND source = $source AND timeframe = $frame";
        using RowCommand command = new(_engine, _connection, Sql);
        using DbDataReader row = command.Begin(transaction)
            .Add(key.Symbol).Add(BarSourceText.Of(key.Source)).Add(key.TimeframeText).Read();
        if (!row.Read()) return false;
        series = row.GetInt64(0);
        _series[key] = series;
        return true;
    }

    private long SeriesOf(DbTransaction transaction, SeriesKey key)
    {
        if (TryFindSeries(transaction, key, out long series))
        {
            Lock(transaction, series);
            return series;
        }

        const string Sql = """
            INSERT INTO series (symbol, source, timeframe, length_ns) VALUES ($symbol, $source, $frame, $length)
            ON CONFLICT (symbol, source, timeframe) DO NOTHING
            """;
        using RowCommand insert = new(_engine, _connection, Sql);
        insert.Begin(transaction).Add(key.Symbol).Add(BarSourceText.Of(key.Source)).Add(key.TimeframeText)
            .Add(key.Timeframe?.LengthNs ?? 0).Run();
        if (!TryFindSeries(transaction, key, out series)) throw new InvalidOperationException($"{key} was not made.");
        Lock(transaction, series);
        return series;
    }

    /// <summary>Two writers of one series take turns; a file is locked as a whole already.</summary>
    private void Lock(DbTransaction transaction, long series)
    {
        if (_engine is not PostgresEngine) return;
        using RowCommand command = new(_engine, _connection, "SELECT id FROM series WHERE id = $series FOR UPDATE");
        using DbDataReader row = command.Begin(transaction).Add(series).Read();
        row.Read();
    }

    private void WriteProgress(DbTransaction transaction, TaskProgress progress)
    {
        const string Sql = """
            INSERT INTO progress (task, done, note, changed_ns) VALUES ($task, $done, $note, $now)
            ON CONFLICT (task) DO UPDATE SET done = excluded.done, note = excluded.note,
                changed_ns = excluded.changed_ns
            """;
        using RowCommand command = new(_engine, _connection, Sql);
        command.Begin(transaction).Add(progress.Task).Add(progress.Done).Add(progress.Note).Add(NowNs(_time)).Run();
    }

    /// <summary>
    /// A connection that broke answers with a complaint about its state: then it is the server's. A fault of a file
    /// that a reader writes to is not the store's.
    /// </summary>
    private StoreFault? FaultOf(Exception thrown) => thrown is IOException ? null
        : thrown is InvalidOperationException && _connection.State != ConnectionState.Open
            ? new StoreFault(StoreFaultKind.Unreachable, $"{_engine.Place}: the connection is gone: {thrown.Message}")
            : _engine.FaultOf(thrown);

    private static long NowNs(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
