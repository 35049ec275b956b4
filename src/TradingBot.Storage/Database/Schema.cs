// In:     a place that may be a store, the steps this build knows.   Out: a store of the newest schema, or a fault.
// Thread: the caller's.
// Keeps:  what is refused is unchanged; a step is applied whole or not at all, and never twice.
using System;
using System.Collections.Generic;
using System.Data.Common;

namespace TradingBot.Storage.Database;

/// <summary>What a store says of itself, and the steps that bring it to the newest schema.</summary>
/// <param name="engine">The engine of its place.</param>
/// <param name="steps">Steps of this build.</param>
/// <param name="mark">Whose it is; null for a store of no account.</param>
/// <param name="remedy">What to do with a store made by other steps.</param>
internal sealed class Schema(IStoreEngine engine, IReadOnlyList<Migration> steps, AccountMark? mark, string remedy)
{
    private const string Ledger = """
        CREATE TABLE schema_migrations (
            number     INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            sha256     TEXT    NOT NULL,
            applied_ns BIGINT  NOT NULL
        )
        """;

    /// <summary>Brings what a connection shows to the newest schema, creating it where there is nothing.</summary>
    public StoreOpening BringUpToDate(DbConnection connection, long nowNs)
    {
        StoreFault? fault = Check(connection, out int from);
        if (fault is not null) return StoreOpening.Refused(fault);
        if (from == steps.Count) return new StoreOpening(null, null, from, from, null);
        string? copy = from > 0 ? engine.Copy(connection, from, nowNs) : null;
        using DbTransaction transaction = engine.BeginSchema(connection);
        // Another process may have been first: with the lock in hand, look again.
        fault = Check(connection, out int now);
        if (fault is not null) return StoreOpening.Refused(fault);
        if (now == 0) Create(connection, nowNs);
        else Apply(connection, now, nowNs);
        transaction.Commit();
        return new StoreOpening(null, null, from, steps.Count, copy);
    }

    /// <summary>The schema's number and whether it may be used; 0 when there is nothing.</summary>
    private StoreFault? Check(DbConnection connection, out int number)
    {
        number = 0;
        if (engine.CountTables(connection) == 0) return null;
        if (!engine.HasTable(connection, "schema_migrations"))
        {
            string text = $"{engine.Place} has no table schema_migrations: move it away, or choose another place.";
            return new StoreFault(StoreFaultKind.NotOurs, text);
        }

        StoreFault? fault = CheckSteps(connection, ref number);
        return fault ?? CheckMark(connection);
    }

    /// <summary>Makes the first schema and sets the mark, in one transaction.</summary>
    private void Create(DbConnection connection, long nowNs)
    {
        engine.Claim(connection);
        Run(connection, engine is SqliteEngine ? Ledger.Replace("BIGINT ", "INTEGER", StringComparison.Ordinal)
            + " STRICT" : Ledger);
        Apply(connection, 0, nowNs);
        if (mark is not { } owner) return;
        const string Sql = "INSERT INTO mark (id, mode, account, created_ns) VALUES (1, $mode, $account, $ns)";
        Run(connection, Sql, owner.Mode, owner.Account, nowNs);
    }

    /// <summary>Applies the steps behind the one the store has.</summary>
    private void Apply(DbConnection connection, int from, long nowNs)
    {
        for (int i = from; i < steps.Count; i++)
        {
            Run(connection, steps[i].Sql);
            const string Sql = "INSERT INTO schema_migrations VALUES ($number, $name, $sha256, $ns)";
            Run(connection, Sql, steps[i].Number, steps[i].Name, steps[i].Sha256, nowNs);
        }
    }

    private StoreFault? CheckSteps(DbConnection connection, ref int number)
    {
        using DbCommand command =
            engine.Command(connection, "SELECT number, name, sha256 FROM schema_migrations ORDER BY number");
        using DbDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            int found = rows.GetInt32(0);
            string name = rows.GetString(1);
            if (found > steps.Count)
            {
                return new StoreFault(
                    StoreFaultKind.WrongSchema,
                    $"{engine.Place} has schema {found} ({name}), this build knows up to {steps.Count}: use the newer "
                    + "build.");
            }

            if (found != number + 1 || rows.GetString(2) != steps[number].Sha256)
            {
                return new StoreFault(
                    StoreFaultKind.WrongSchema,
                    $"{engine.Place}: step {found} ({name}) of its schema is not the one of this build (checksum "
                    + $"{rows.GetString(2)}, expected {steps[number].Sha256}): use the build that made it, "
                    + $"or {remedy}");
            }

            number = found;
        }

        return null;
    }

    private StoreFault? CheckMark(DbConnection connection)
    {
        if (mark is null) return null;
        using DbCommand command = engine.Command(connection, "SELECT mode, account FROM mark");
        using DbDataReader rows = command.ExecuteReader();
        string found = rows.Read() ? $"{rows.GetString(0)}:{rows.GetString(1)}" : "nobody";
        if (found == mark.ToString()) return null;
        return new StoreFault(
            StoreFaultKind.WrongMark,
            $"{engine.Place} belongs to {found}, this is {mark}: choose the place of {mark}, or another one.");
    }

    private void Run(DbConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using DbCommand command = engine.Command(connection, sql);
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
