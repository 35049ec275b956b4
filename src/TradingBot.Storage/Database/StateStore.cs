// In:     durable records of the intent log, by number.   Out: rows of epochs, commands, outcomes, fills, orders and
//         positions, in one database that any tool can read.
// Thread: one at a time; StoreWriter's while the worker runs.
// Keeps:  I2: rows are a projection of the log: each record once, in order, in the transaction that counts it, so that
//         a crash anywhere loses nothing and doubles nothing; a store of another mode, account or log is refused.
// Budget: ≤ 10 µs a record in groups; a group is one fsync (≈ 0.3 ms on the measured disk).
using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Common;
using System.IO;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>The database of one account: what the intent log tells, as rows.</summary>
public sealed class StateStore : IDisposable
{
    private readonly IStoreEngine _engine;
    private readonly DbConnection _connection;
    private readonly TimeProvider _time;
    private readonly RecordRows _rows;
    private readonly RowCommand _advance;
    private readonly RowCommand _place;
    private readonly RowCommand _placeLocked;
    private uint _lastChecksum;

    private StateStore(IStoreEngine engine, DbConnection connection, AccountMark mark, TimeProvider time)
    {
        const string Place = "SELECT last_record, last_checksum FROM projection";
        _engine = engine;
        _connection = connection;
        _time = time;
        Mark = mark;
        _rows = new RecordRows(engine, connection);
        _advance = new RowCommand(engine, connection, "UPDATE projection SET last_record = $to, last_checksum = $sum");
        _place = new RowCommand(engine, connection, Place);
        // Another writer of a server waits here until this one's transaction is over; a file is locked as a whole.
        _placeLocked = new RowCommand(engine, connection, engine is PostgresEngine ? Place + " FOR UPDATE" : Place);
        (LastRecord, _lastChecksum) = ReadPlace(_place, null);
    }

    public AccountMark Mark { get; }

    /// <summary>Newest record of the log that is in the rows; 0 before the first.</summary>
    public long LastRecord { get; private set; }

    /// <summary>Asks the connection itself, for what is not in the file.</summary>
    internal object? Ask(string sql)
    {
        using DbCommand command = _engine.Command(_connection, sql);
        return command.ExecuteScalar();
    }

    /// <summary>Opens a store, creates it when there is none, and brings its schema up to date.</summary>
    /// <param name="place">Where; a file's folder or a server's database is there.</param>
    /// <param name="mark">Whose it is, or will be.</param>
    /// <param name="time">Time for the columns that say when.</param>
    /// <param name="steps">Steps of the schema; null takes those of this build.</param>
    public static StoreOpening Open(
        StorePlace place, AccountMark mark, TimeProvider time, IReadOnlyList<Migration>? steps = null)
    {
        ArgumentNullException.ThrowIfNull(place);
        IStoreEngine engine = place.EngineFor(StoreKind.State);
        const string Remedy = "move it away and let it be rebuilt from the intent log.";
        Schema schema = new(engine, steps ?? engine.Steps, mark, Remedy);
        DbConnection? connection = null;
        try
        {
            StoreFault? fault = engine.CheckPlace(out bool isNew);
            if (fault is not null) return StoreOpening.Refused(fault);
            connection = engine.Connect(isNew);
            StoreOpening opening = schema.BringUpToDate(connection, NowNs(time));
            if (opening.Fault is not null) return opening;
            engine.Configure(connection);
            StateStore store = new(engine, connection, mark, time);
            connection = null;
            return opening with { Store = store };
        }
        catch (Exception thrown) when (engine.FaultOf(thrown) is not null)
        {
            return StoreOpening.Refused(engine.FaultOf(thrown)!);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Writes once, so that a store that cannot be written is known before anything is traded.</summary>
    public StoreFault? ProveWritable()
    {
        try
        {
            using RowCommand command = new(_engine, _connection, "UPDATE projection SET opened_ns = $ns");
            command.Begin(null).Add(NowNs(_time)).Run();
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>Whether the rows come from this log and from no more of it than it holds.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public StoreFault? CheckAgainst(IntentLog log)
    {
        if (LastRecord == 0) return null;
        if (log.Durable < LastRecord)
        {
            return new StoreFault(
                StoreFaultKind.WrongLog,
                $"{_engine.Place} holds {LastRecord} records, the intent log {log.Durable}: the log was lost, cut or "
                + "replaced. Bring the log back; or, if what it held may be forgotten, move the store away.");
        }

        bool same = log.TryRead(LastRecord, out _, out uint checksum) && checksum == _lastChecksum;
        if (same) return null;
        return new StoreFault(
            StoreFaultKind.WrongLog,
            $"{_engine.Place} was made from another intent log: record {LastRecord} differs. Bring that log back; or, "
            + "if what it held may be forgotten, move the store away and let it be rebuilt.");
    }

    /// <summary>Puts the next records of the log into rows, in one transaction.</summary>
    /// <param name="log">The log that the rows come from.</param>
    /// <param name="recordsMax">At most so many.</param>
    /// <returns>Null when they are durable, or when there were none; else why not: nothing was changed then.</returns>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public StoreFault? Project(IntentLog log, int recordsMax)
    {
        long last = Math.Min(log.Durable, LastRecord + recordsMax);
        if (last <= LastRecord) return null;
        long number = LastRecord;
        try
        {
            using DbTransaction transaction = _engine.BeginWrite(_connection);
            if (ReadPlace(_placeLocked, transaction) != (LastRecord, _lastChecksum)) return Foreign();
            uint checksum = 0;
            while (number < last)
            {
                number++;
                if (!log.TryRead(number, out IntentRecord record, out checksum))
                {
                    return BadRecord(number, "it does not read as it was written: look at the disk.");
                }

                string? wrong = _rows.Write(transaction, number, in record);
                if (wrong is not null) return BadRecord(number, wrong);
            }

            _rows.Settle(transaction);
            _advance.Begin(transaction).Add(last).Add(checksum).Run();
            transaction.Commit();
            (LastRecord, _lastChecksum) = (last, checksum);
            return null;
        }
        catch (DbException fault) when (_engine.IsConstraint(fault))
        {
            return BadRecord(_rows.Number, fault.Message);
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
        finally
        {
            _rows.Forget();
        }
    }

    /// <summary>Writes a group of a run's rows; null when it is durable, else why nothing was written.</summary>
    public StoreFault? Write(RunRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        try
        {
            rows.Write(_engine, _connection);
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>Asks the database for its place in the log: it answers, and it is where this writer left it.</summary>
    public StoreFault? Ping()
    {
        try
        {
            bool moved = ReadPlace(_place, null) != (LastRecord, _lastChecksum);
            if (_engine.CheckThere() is { } gone) return gone;
            return moved ? Foreign() : null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>The whole database read and compared with itself (SQLite's <c>quick_check</c>); a server does its
    /// own.</summary>
    public StoreFault? CheckWhole()
    {
        if (_engine is not SqliteEngine) return null;
        try
        {
            string? found = Ask("PRAGMA quick_check(1)") as string;
            if (found == "ok") return null;
            return new StoreFault(
                StoreFaultKind.Damaged, $"{_engine.Place}: {StoreKind.State.Remedy} (quick_check: {found})");
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            return FaultOf(thrown);
        }
    }

    /// <summary>The same store opened anew, after a fault.</summary>
    public static StoreOpening Reopen(StorePlace place, AccountMark mark, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(place);
        // A file that is gone is not replaced behind the operator's back.
        return place.File is { } path && !File.Exists(path)
            ? StoreOpening.Refused(StoreFaultKind.Unreachable, $"{path} is gone: start again to have it rebuilt.")
            : Open(place, mark, time);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _advance.Dispose();
        _place.Dispose();
        _placeLocked.Dispose();
        _connection.Dispose();
    }

    /// <summary>A connection that broke answers with a complaint about its state: then it is the server's.</summary>
    private StoreFault? FaultOf(Exception thrown) =>
        thrown is InvalidOperationException && _connection.State != ConnectionState.Open
            ? new StoreFault(StoreFaultKind.Unreachable, $"{_engine.Place}: the connection is gone: {thrown.Message}")
            : _engine.FaultOf(thrown);

    private static (long Record, uint Checksum) ReadPlace(RowCommand place, DbTransaction? transaction)
    {
        using DbDataReader row = place.Begin(transaction).Read();
        row.Read();
        return (row.GetInt64(0), (uint)row.GetInt64(1));
    }

    private StoreFault BadRecord(long number, string wrong) => new(
        StoreFaultKind.BadRecord,
        $"{_engine.Place}: record {number} of the intent log cannot be put into rows: {wrong}");

    private StoreFault Foreign() => new(
        StoreFaultKind.WrongLog,
        $"{_engine.Place} was changed by another process: end that one; two must not share a store.");

    private static long NowNs(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
