// In:     durable records of the intent log, by number.   Out: rows of epochs, commands, outcomes, fills, orders and
//         positions, in one SQLite file that any tool can read.
// Thread: one at a time; StoreWriter's while the worker runs.
// Keeps:  I2: rows are a projection of the log: each record once, in order, in the transaction that counts it, so that
//         a crash anywhere loses nothing and doubles nothing; a store of another mode, account or log is refused.
// Budget: ≤ 10 µs a record in groups; a group is one fsync (≈ 0.3 ms on the measured disk).
using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Data.Sqlite;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Database;

/// <summary>The database of one account: what the intent log tells, as rows.</summary>
public sealed class StateStore : IDisposable
{
    /// <summary>How long another process's lock is waited for; far less than a reader of /readyz waits.</summary>
    private const int BusySeconds = 2;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly RecordRows _rows;
    private readonly SqliteCommand _advance;
    private readonly SqliteCommand _place;
    private uint _lastChecksum;

    private StateStore(SqliteConnection connection, string path, AccountMark mark, TimeProvider time)
    {
        _connection = connection;
        _path = path;
        _time = time;
        Mark = mark;
        _rows = new RecordRows(connection);
        _advance = new SqliteCommand(
            "UPDATE projection SET last_record = $to, last_checksum = $sum", connection);
        _advance.Parameters.Add("$to", SqliteType.Integer);
        _advance.Parameters.Add("$sum", SqliteType.Integer);
        _place = new SqliteCommand("SELECT last_record, last_checksum FROM projection", connection);
        (LastRecord, _lastChecksum) = ReadPlace(null);
    }

    public AccountMark Mark { get; }

    /// <summary>Newest record of the log that is in the rows; 0 before the first.</summary>
    public long LastRecord { get; private set; }

    /// <summary>
    /// The connection's <c>synchronous</c> (2 is FULL) and <c>foreign_keys</c>, which are not in the file.
    /// </summary>
    internal (long Synchronous, long ForeignKeys) Settings
    {
        get
        {
            using SqliteCommand command = new(
                "SELECT synchronous, foreign_keys FROM pragma_synchronous, pragma_foreign_keys", _connection);
            using SqliteDataReader row = command.ExecuteReader();
            row.Read();
            return (row.GetInt64(0), row.GetInt64(1));
        }
    }

    /// <summary>Opens a store, creates it when there is no file, and brings its schema up to date.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="mark">Whose it is, or will be.</param>
    /// <param name="time">Time for the columns that say when.</param>
    /// <param name="steps">Steps of the schema; null takes those of this build.</param>
    public static StoreOpening Open(
        string path, AccountMark mark, TimeProvider time, IReadOnlyList<Migration>? steps = null)
    {
        Schema schema = new(path, steps ?? Migration.OfSqlite);
        SqliteConnection? connection = null;
        try
        {
            StoreFault? fault = schema.CheckBytes(out bool isNew);
            if (fault is not null) return StoreOpening.Refused(fault);
            connection = Connect(path, isNew ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
            StoreOpening opening = BringUpToDate(connection, schema, path, mark, time);
            if (opening.Fault is not null) return opening;
            Configure(connection);
            StateStore store = new(connection, path, mark, time);
            connection = null;
            return opening with { Store = store };
        }
        catch (SqliteException fault)
        {
            return StoreOpening.Refused(StoreFault.Of(path, fault));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            string text = $"{path} cannot be used: {fault.Message} Choose another, or allow it to be read and written.";
            return StoreOpening.Refused(StoreFaultKind.Unreachable, text);
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
            using SqliteCommand command = new("UPDATE projection SET opened_ns = $ns", _connection);
            command.Parameters.AddWithValue("$ns", NowNs(_time));
            command.ExecuteNonQuery();
            return null;
        }
        catch (SqliteException fault)
        {
            return StoreFault.Of(_path, fault);
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
                $"{_path} holds {LastRecord} records, the intent log {log.Durable}: the log was lost, cut or replaced. "
                + "Bring the log back; or, if what it held may be forgotten, move the store away.");
        }

        bool same = log.TryRead(LastRecord, out _, out uint checksum) && checksum == _lastChecksum;
        if (same) return null;
        return new StoreFault(
            StoreFaultKind.WrongLog,
            $"{_path} was made from another intent log: record {LastRecord} differs. Bring that log back; or, if what "
            + "it held may be forgotten, move the store away and let it be rebuilt.");
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
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            if (ReadPlace(transaction) != (LastRecord, _lastChecksum)) return Foreign();
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

            Advance(transaction, last, checksum);
            transaction.Commit();
            (LastRecord, _lastChecksum) = (last, checksum);
            return null;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == StoreFault.Constraint)
        {
            return BadRecord(number, fault.Message);
        }
        catch (SqliteException fault)
        {
            return StoreFault.Of(_path, fault);
        }
    }

    /// <summary>Asks the database for its place in the log: it answers, and it is where this writer left it.</summary>
    public StoreFault? Ping()
    {
        try
        {
            bool moved = ReadPlace(null) != (LastRecord, _lastChecksum);
            if (!File.Exists(_path))
            {
                string text = $"{_path} is gone: what is written goes to a file without a name. Start again.";
                return new StoreFault(StoreFaultKind.Unreachable, text);
            }

            return moved ? Foreign() : null;
        }
        catch (SqliteException fault)
        {
            return StoreFault.Of(_path, fault);
        }
    }

    /// <summary>The same store opened anew, after a fault.</summary>
    public static StoreOpening Reopen(string path, AccountMark mark, TimeProvider time)
    {
        // A file that is gone is not replaced behind the operator's back.
        return File.Exists(path)
            ? Open(path, mark, time)
            : StoreOpening.Refused(StoreFaultKind.Unreachable, $"{path} is gone: start again to have it rebuilt.");
    }

    public void Dispose()
    {
        _rows.Dispose();
        _advance.Dispose();
        _place.Dispose();
        _connection.Dispose();
    }

    private static StoreOpening BringUpToDate(
        SqliteConnection connection, Schema schema, string path, AccountMark mark, TimeProvider time)
    {
        StoreFault? fault = schema.Check(connection, mark, out int from);
        if (fault is not null) return StoreOpening.Refused(fault);
        if (from == schema.Newest) return new StoreOpening(null, null, from, from, null);
        string? copy = from > 0 ? schema.Copy(connection, from, NowNs(time)) : null;
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        // Another process may have been first: with the lock in hand, look again.
        fault = schema.Check(connection, mark, out int now);
        if (fault is not null) return StoreOpening.Refused(fault);
        if (now == 0) schema.Create(connection, mark, NowNs(time));
        else schema.Apply(connection, now, NowNs(time));
        transaction.Commit();
        return new StoreOpening(null, null, from, schema.Newest, copy);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        SqliteConnectionStringBuilder text = new()
        {
            DataSource = path,
            Mode = mode,
            ForeignKeys = true,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        };
        SqliteConnection connection = new(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Readers beside the writer, and every commit on the medium before it returns.</summary>
    private static void Configure(SqliteConnection connection)
    {
        using SqliteCommand command = new("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", connection);
        command.ExecuteNonQuery();
    }

    private (long Record, uint Checksum) ReadPlace(SqliteTransaction? transaction)
    {
        _place.Transaction = transaction;
        using SqliteDataReader row = _place.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), (uint)row.GetInt64(1));
    }

    private void Advance(SqliteTransaction transaction, long to, uint checksum)
    {
        _advance.Transaction = transaction;
        _advance.Parameters[0].Value = to;
        _advance.Parameters[1].Value = (long)checksum;
        _advance.ExecuteNonQuery();
    }

    private StoreFault BadRecord(long number, string wrong) => new(
        StoreFaultKind.BadRecord, $"{_path}: record {number} of the intent log cannot be put into rows: {wrong}");

    private StoreFault Foreign() => new(
        StoreFaultKind.WrongLog, $"{_path} was changed by another process: end that one; two must not share a store.");

    private static long NowNs(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
