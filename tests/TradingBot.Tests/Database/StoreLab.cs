using System;
using System.Collections.Generic;
using System.Data.Common;
using System.IO;
using System.Linq;
using Microsoft.Data.Sqlite;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Twins;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>A place for one test's store, and its tables as text, read round the store's own code.</summary>
internal abstract class StoreLab : IDisposable
{
    public static readonly AccountMark Mark = AccountMark.Parse("paper:demo");

    public abstract StorePlace Place { get; }

    /// <summary>Steps of this engine's schema of state.</summary>
    public abstract IReadOnlyList<Migration> Steps { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tradingbot-store").FullName;

    /// <summary>A connection that sees the tables of the store by their names alone.</summary>
    public abstract DbConnection Connect(bool candles = false);

    public StateStore Open(IReadOnlyList<Migration>? steps = null)
    {
        StoreOpening opening = StateStore.Open(Place, Mark, TimeProvider.System, steps);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        return opening.Store!;
    }

    public static IntentLog OpenLog(ILogFile file, out List<IntentRecord> recovered)
    {
        IntentLog? log = IntentLog.Open(file, Mark.ToString(), out recovered, out IntentLogFault fault);
        Assert.Equal(IntentLogFault.None, fault);
        return log!;
    }

    public object? Ask(string sql, bool candles = false)
    {
        using DbConnection connection = Connect(candles);
        using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own statements.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    public List<string> Rows(string table, bool candles = false)
    {
        using DbConnection connection = Connect(candles);
        using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own tables.
        command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
        using DbDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            IEnumerable<string> cells = Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.IsDBNull(i) ? "-" : reader.GetValue(i).ToString()!);
            rows.Add(string.Join('|', cells));
        }

        return rows;
    }

    /// <summary>The tables hold exactly what the log's records fold to.</summary>
    public void AssertRows(IEnumerable<IntentRecord> records)
    {
        foreach ((string table, string[] expected) in new NaiveRows(records).Tables)
        {
            Assert.Equal(expected.Order(StringComparer.Ordinal), Rows(table).Order(StringComparer.Ordinal));
        }
    }

    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>A file of its own.</summary>
internal sealed class SqliteLab : StoreLab
{
    private string File => Path.Combine(Folder, "store.db");

    public override StorePlace Place => StorePlace.OfFile(File);

    public override IReadOnlyList<Migration> Steps => Migration.OfSqlite;

    public override DbConnection Connect(bool candles = false)
    {
        SqliteConnection connection = new($"Data Source={File};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }
}
