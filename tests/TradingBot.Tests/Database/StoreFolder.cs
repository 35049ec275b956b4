using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Data.Sqlite;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Twins;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>A folder for one test, with a store in it, and its tables as text.</summary>
internal sealed class StoreFolder : IDisposable
{
    public static readonly AccountMark Mark = AccountMark.Parse("paper:demo");

    public string Folder { get; } = Directory.CreateTempSubdirectory("tradingbot-store").FullName;

    public string Path => System.IO.Path.Combine(Folder, "state.db");

    public static StateStore Open(string path, IReadOnlyList<Migration>? steps = null)
    {
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(path), Mark, TimeProvider.System, steps);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        return opening.Store!;
    }

    public static IntentLog OpenLog(ILogFile file, out List<IntentRecord> recovered)
    {
        IntentLog? log = IntentLog.Open(file, Mark.ToString(), out recovered, out IntentLogFault fault);
        Assert.Equal(IntentLogFault.None, fault);
        return log!;
    }

    public StateStore Open(IReadOnlyList<Migration>? steps = null) => Open(Path, steps);

    public static SqliteConnection Connect(string path)
    {
        SqliteConnection connection = new($"Data Source={path};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }

    public static object? Ask(string path, string sql)
    {
        using SqliteConnection connection = Connect(path);
#pragma warning disable CA2100 // The test's own statements.
        using SqliteCommand command = new(sql, connection);
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    /// <summary>The tables hold exactly what the log's records fold to.</summary>
    public static void AssertRows(string path, IEnumerable<IntentRecord> records)
    {
        using SqliteConnection connection = Connect(path);
        foreach ((string table, string[] expected) in new NaiveRows(records).Tables)
        {
            Assert.Equal(expected.Order(StringComparer.Ordinal), Rows(connection, table).Order(StringComparer.Ordinal));
        }
    }

    public static List<string> Rows(SqliteConnection connection, string table)
    {
        List<string> rows = [];
#pragma warning disable CA2100 // The test's own tables.
        using SqliteCommand command = new($"SELECT * FROM {table}", connection);
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            IEnumerable<string> cells = Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.IsDBNull(i) ? "-" : reader.GetValue(i).ToString()!);
            rows.Add(string.Join('|', cells));
        }

        return rows;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
