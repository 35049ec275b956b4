using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Data.Common;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace TradingBot.Storage.Database;

/// <summary>A store in a file.</summary>
internal sealed partial class SqliteEngine(string path, StoreKind kind) : IStoreEngine
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    private const int HeaderBytes = 100;
    private const int ApplicationIdOffset = 68;

    public string Place => path;

    public IReadOnlyList<Migration> Steps { get; } = Migration.Of(kind.Steps + "Sqlite.");

    /// <summary>Looks at the bytes without opening a database: opening alone could alter a stranger's file.</summary>
    public StoreFault? CheckPlace(out bool isNew)
    {
        isNew = !File.Exists(path);
        if (isNew) return null;
        Span<byte> header = stackalloc byte[HeaderBytes];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int read = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        isNew = read == 0;
        if (isNew) return null;
        string? what = null;
        if (read < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8)) what = "is not a SQLite database";
        else if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != kind.ApplicationId)
        {
            what = $"is a SQLite database of something else than {kind.Name}";
        }

        if (what is null) return null;
        return new StoreFault(StoreFaultKind.NotOurs, $"{path} {what}: move it away, or choose another file.");
    }

    public DbConnection Connect(bool isNew)
    {
        SqliteConnectionStringBuilder text = new()
        {
            DataSource = path,
            Mode = isNew ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            ForeignKeys = true,
            Pooling = false,
            DefaultTimeout = kind.BusySeconds,
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

    /// <summary>Readers beside the writer, and every commit as durable as the kind wants it.</summary>
    public void Configure(DbConnection connection)
    {
        string sql = $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {kind.Synchronous}; PRAGMA cache_size = -65536;";
        using DbCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    public long CountTables(DbConnection connection) => Count(connection, "SELECT count(*) FROM sqlite_schema");

    public bool HasTable(DbConnection connection, string table) =>
        Count(connection, $"SELECT count(*) FROM sqlite_schema WHERE name = '{table}'") == 1;

    public DbTransaction BeginWrite(DbConnection connection) =>
        ((SqliteConnection)connection).BeginTransaction(deferred: false);

    public DbTransaction BeginSchema(DbConnection connection) => BeginWrite(connection);

    public void Claim(DbConnection connection)
    {
        using DbCommand command = Command(connection, $"PRAGMA application_id = {kind.ApplicationId}");
        command.ExecuteNonQuery();
    }

    public string Copy(DbConnection connection, int from, long nowNs)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddTicks(nowNs / 100);
        string stamp = now.ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        string copy = string.Create(CultureInfo.InvariantCulture, $"{path}.schema-{from}.{stamp}");
        using DbCommand command = Command(connection, "VACUUM INTO $copy");
        command.Parameters[0].Value = copy;
        command.ExecuteNonQuery();
        // SQLite does not sync what VACUUM INTO writes, and the copy is what is left when a step goes wrong.
        using FileStream written = new(copy, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        written.Flush(flushToDisk: true);
        return copy;
    }

    public DbCommand Command(DbConnection connection, string sql)
    {
        // Within the connection's open transaction, if there is one.
        SqliteCommand command = ((SqliteConnection)connection).CreateCommand();
#pragma warning disable CA2100 // Our own statements; values come as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (Match match in Parameter().Matches(sql))
        {
            string name = match.Value;
            if (!command.Parameters.Contains(name)) command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    public bool TryHold(DbConnection connection) => true;

    public RowStatement Prepare(DbConnection connection, string sql) => new SqliteStatement(connection, sql);

    public StoreFault? CheckThere()
    {
        if (File.Exists(path)) return null;
        string text = $"{path} is gone: what is written goes to a file without a name. Start again.";
        return new StoreFault(StoreFaultKind.Unreachable, text);
    }

    public StoreFault? FaultOf(Exception thrown) => thrown switch
    {
        SqliteException fault => Of(fault),
        IOException or UnauthorizedAccessException => new StoreFault(
            StoreFaultKind.Unreachable,
            $"{path} cannot be used: {thrown.Message} Choose another, or allow it to be read and written."),
        _ => null,
    };

    public bool IsConstraint(DbException thrown) => thrown is SqliteException { SqliteErrorCode: Constraint };

    private StoreFault Of(SqliteException fault)
    {
        bool damaged = fault.SqliteErrorCode is Corrupt or NotADatabase;
        string remedy = fault.SqliteErrorCode switch
        {
            Busy or Locked => "another process holds it: end that one.",
            ReadOnly => "it or its folder may not be written: allow it, or choose another.",
            InputOutput => "the medium cannot be read or written: look at the disk and the room on it.",
            Corrupt or NotADatabase => kind.Remedy,
            Full => "no room is left on its disk: free some.",
            CannotOpen => "it cannot be opened: see that its folder is there, may be written and has room.",
            _ => "keep the file and report this.",
        };
        string code = $"SQLite {fault.SqliteErrorCode}/{fault.SqliteExtendedErrorCode}";
        return new StoreFault(
            damaged ? StoreFaultKind.Damaged : StoreFaultKind.Unreachable,
            $"{path}: {remedy} ({code}: {fault.Message})");
    }

    private long Count(DbConnection connection, string sql)
    {
        using DbCommand command = Command(connection, sql);
        return (long)command.ExecuteScalar()!;
    }

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Parameter();
}
