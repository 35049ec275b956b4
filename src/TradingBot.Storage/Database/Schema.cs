// In:     a file that may be a store, the steps this build knows.   Out: a store of the newest schema, or a fault.
// Thread: the caller's.
// Keeps:  what is refused is unchanged; a step is applied whole or not at all, and never twice.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Microsoft.Data.Sqlite;

namespace TradingBot.Storage.Database;

/// <summary>What a store's file says of itself, and the steps that bring it to the newest schema.</summary>
internal sealed class Schema(string path, IReadOnlyList<Migration> steps)
{
    /// <summary>"TBst" in the file's header: a database of something else is known by its first bytes.</summary>
    private const int ApplicationId = 0x5442_7374;

    private const int HeaderBytes = 100;
    private const int ApplicationIdOffset = 68;

    private const string Ledger = """
        CREATE TABLE schema_migrations (
            number     INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            sha256     TEXT    NOT NULL,
            applied_ns INTEGER NOT NULL
        ) STRICT;
        """;

    public int Newest => steps.Count;

    /// <summary>Looks at the bytes without opening a database: opening alone could alter a stranger's file.</summary>
    /// <param name="isNew">There is no file, or an empty one.</param>
    public StoreFault? CheckBytes(out bool isNew)
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
        else if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != ApplicationId)
        {
            what = "is a SQLite database of something else";
        }

        if (what is null) return null;
        return new StoreFault(StoreFaultKind.NotOurs, $"{path} {what}: move it away, or choose another file.");
    }

    /// <summary>The schema's number and whether it may be used; 0 when the database is empty.</summary>
    public StoreFault? Check(SqliteConnection connection, AccountMark mark, out int number)
    {
        number = 0;
        if (Count(connection, "SELECT count(*) FROM sqlite_schema") == 0) return null;
        bool isKept = Count(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'") == 1;
        if (!isKept)
        {
            string text = $"{path} has no table schema_migrations: move it away, or choose another file.";
            return new StoreFault(StoreFaultKind.NotOurs, text);
        }

        StoreFault? fault = CheckSteps(connection, ref number);
        return fault ?? CheckMark(connection, mark);
    }

    /// <summary>Makes the first schema and sets the mark, in one transaction.</summary>
    public void Create(SqliteConnection connection, AccountMark mark, long nowNs)
    {
        Run(connection, $"PRAGMA application_id = {ApplicationId}");
        Run(connection, Ledger);
        Apply(connection, 0, nowNs);
        const string Sql = "INSERT INTO mark (id, mode, account, created_ns) VALUES (1, $mode, $account, $ns)";
        using SqliteCommand insert = Command(connection, Sql);
        insert.Parameters.AddWithValue("$mode", mark.Mode);
        insert.Parameters.AddWithValue("$account", mark.Account);
        insert.Parameters.AddWithValue("$ns", nowNs);
        insert.ExecuteNonQuery();
    }

    /// <summary>Applies the steps behind the one the database has.</summary>
    public void Apply(SqliteConnection connection, int from, long nowNs)
    {
        for (int i = from; i < steps.Count; i++)
        {
            Run(connection, steps[i].Sql);
            const string Sql = "INSERT INTO schema_migrations VALUES ($number, $name, $sha256, $ns)";
            using SqliteCommand insert = Command(connection, Sql);
            insert.Parameters.AddWithValue("$number", steps[i].Number);
            insert.Parameters.AddWithValue("$name", steps[i].Name);
            insert.Parameters.AddWithValue("$sha256", steps[i].Sha256);
            insert.Parameters.AddWithValue("$ns", nowNs);
            insert.ExecuteNonQuery();
        }
    }

    /// <summary>The database as it is, beside itself; a name that is taken is never written over.</summary>
    public string Copy(SqliteConnection connection, int from, long nowNs)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddTicks(nowNs / 100);
        string stamp = now.ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        string copy = string.Create(CultureInfo.InvariantCulture, $"{path}.schema-{from}.{stamp}");
        using SqliteCommand command = Command(connection, "VACUUM INTO $copy");
        command.Parameters.AddWithValue("$copy", copy);
        command.ExecuteNonQuery();
        // SQLite does not sync what VACUUM INTO writes, and the copy is what is left when a step goes wrong.
        using FileStream written = new(copy, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        written.Flush(flushToDisk: true);
        return copy;
    }

    private StoreFault? CheckSteps(SqliteConnection connection, ref int number)
    {
        using SqliteCommand command =
            Command(connection, "SELECT number, name, sha256 FROM schema_migrations ORDER BY number");
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            int found = rows.GetInt32(0);
            string name = rows.GetString(1);
            if (found > steps.Count)
            {
                return new StoreFault(
                    StoreFaultKind.WrongSchema,
                    $"{path} has schema {found} ({name}), this build knows up to {steps.Count}: use the newer build.");
            }

            if (found != number + 1 || rows.GetString(2) != steps[number].Sha256)
            {
                return new StoreFault(
                    StoreFaultKind.WrongSchema,
                    $"{path}: step {found} ({name}) of its schema is not the one of this build (checksum "
                    + $"{rows.GetString(2)}, expected {steps[number].Sha256}): use the build that made it, or move it "
                    + "away and let it be rebuilt from the intent log.");
            }

            number = found;
        }

        return null;
    }

    private StoreFault? CheckMark(SqliteConnection connection, AccountMark mark)
    {
        using SqliteCommand command = Command(connection, "SELECT mode, account FROM mark");
        using SqliteDataReader rows = command.ExecuteReader();
        string found = rows.Read() ? $"{rows.GetString(0)}:{rows.GetString(1)}" : "nobody";
        if (found == mark.ToString()) return null;
        return new StoreFault(
            StoreFaultKind.WrongMark,
            $"{path} belongs to {found}, this is {mark}: choose the folder of {mark}, or another one.");
    }

    private static long Count(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>A command within the connection's open transaction, if there is one.</summary>
    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Our own statements: a step of the schema, a pragma; values come as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
