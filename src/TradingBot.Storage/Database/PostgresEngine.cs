using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;

namespace TradingBot.Storage.Database;

/// <summary>A store in a schema of a PostgreSQL database.</summary>
/// <remarks>
/// A session's settings (search path, advisory lock) are used, so a pooler in transaction mode must not stand between.
/// </remarks>
internal sealed partial class PostgresEngine : IStoreEngine
{
    /// <summary>Any number that no other program takes for its advisory locks: "TradBot".</summary>
    private const long LockKey = 0x0054_7261_6442_6F74;

    private readonly NpgsqlConnectionStringBuilder _address;
    private readonly string _schema;

    public PostgresEngine(PostgresAddress address, StoreKind kind)
    {
        _schema = address.Schema + kind.SchemaSuffix;
        Place = $"{address.Text} schema {_schema}";
        Steps = Migration.Of(kind.Steps + "Postgres.");
        _address = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            SearchPath = Quoted,
            ApplicationName = "tradingbot",
            Pooling = false,
            MaxAutoPrepare = 64,
            KeepAlive = 10,
            IncludeErrorDetail = false,
            LogParameters = false,
        };
        // Who waits for a server that does not answer waits this long, unless the address says otherwise.
        if (!_address.ContainsKey("Timeout")) _address.Timeout = 5;
        if (!_address.ContainsKey("Command Timeout")) _address.CommandTimeout = 30;
    }

    public string Place { get; }

    public IReadOnlyList<Migration> Steps { get; }

    private string Quoted => $"\"{_schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public StoreFault? CheckPlace(out bool isNew)
    {
        // A database is made by whoever runs the server; its schema is made with the first step.
        isNew = false;
        return null;
    }

    public DbConnection Connect(bool isNew)
    {
        NpgsqlConnection connection = new(_address.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (Exception fault) when (FaultOf(fault) is not null)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A commit returns when it is on the server's medium, whatever the server's default is.</summary>
    public void Configure(DbConnection connection)
    {
        using DbCommand command = Command(connection, "SET synchronous_commit = on; SET lock_timeout = '5s'");
        command.ExecuteNonQuery();
    }

    public long CountTables(DbConnection connection) => Count(connection, """
        SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        """, _schema);

    public bool HasTable(DbConnection connection, string table) => Count(connection, """
        SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $schema AND c.relname = $table AND c.relkind = 'r'
        """, _schema, table) == 1;

    /// <summary>Writers are kept apart by the row each of them locks first.</summary>
    public DbTransaction BeginWrite(DbConnection connection) => connection.BeginTransaction();

    public DbTransaction BeginSchema(DbConnection connection)
    {
        DbTransaction transaction = connection.BeginTransaction();
        using DbCommand wait = Command(connection, "SET LOCAL lock_timeout = '30s'");
        wait.ExecuteNonQuery();
        // Of the database, not of the schema: it may not be there yet. It ends with the transaction.
        using DbCommand command = Command(connection, "SELECT pg_advisory_xact_lock($key)");
        command.Parameters[0].Value = LockKey;
        command.ExecuteNonQuery();
        return transaction;
    }

    public void Claim(DbConnection connection)
    {
        using DbCommand command = Command(connection, $"CREATE SCHEMA IF NOT EXISTS {Quoted}");
        command.ExecuteNonQuery();
    }

    /// <summary>Every table with its rows, in a schema of its own, in one transaction.</summary>
    public string Copy(DbConnection connection, int from, long nowNs)
    {
        string stamp = nowNs.ToString(CultureInfo.InvariantCulture);
        string copy = string.Create(CultureInfo.InvariantCulture, $"{_schema}_{from}_{stamp}");
        using DbTransaction transaction = BeginSchema(connection);
        using DbCommand command = Command(connection, $$"""
            DO $$
            DECLARE one text;
            BEGIN
                EXECUTE format('CREATE SCHEMA %I', '{{Literal(copy)}}');
                FOR one IN SELECT c.relname FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = '{{Literal(_schema)}}' AND c.relkind = 'r'
                LOOP
                    EXECUTE format('CREATE TABLE %I.%I AS TABLE %I.%I', '{{Literal(copy)}}', one,
                        '{{Literal(_schema)}}', one);
                END LOOP;
            END $$
            """);
        command.ExecuteNonQuery();
        transaction.Commit();
        return $"schema {copy} of the same database";
    }

    public DbCommand Command(DbConnection connection, string sql)
    {
        NpgsqlCommand command = ((NpgsqlConnection)connection).CreateCommand();
        List<string> names = [];
#pragma warning disable CA2100 // Our own statements; values come as parameters.
        command.CommandText = Parameter().Replace(sql, match =>
        {
            int index = names.IndexOf(match.Value);
            if (index < 0)
            {
                index = names.Count;
                names.Add(match.Value);
            }

            return string.Create(CultureInfo.InvariantCulture, $"${index + 1}");
        });
#pragma warning restore CA2100
        foreach (string _ in names) command.Parameters.Add(new NpgsqlParameter());
        return command;
    }

    /// <summary>Of the schema: one database may hold several accounts.</summary>
    public bool TryHold(DbConnection connection)
    {
        using DbCommand command =
            Command(connection, "SELECT pg_try_advisory_lock(hashtextextended($schema, $key))");
        command.Parameters[0].Value = _schema;
        command.Parameters[1].Value = LockKey;
        return command.ExecuteScalar() is true;
    }

    public RowStatement Prepare(DbConnection connection, string sql) => new CommandStatement(this, connection, sql);

    public StoreFault? CheckThere() => null;

    public StoreFault? FaultOf(Exception thrown)
    {
        if (thrown is not (NpgsqlException or IOException or SocketException or TimeoutException)) return null;
        string state = (thrown as PostgresException)?.SqlState ?? "";
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        string remedy = state switch
        {
            "28P01" or "28000" => "the server refuses this user or password: look at storage.url and pg_hba.conf.",
            "3D000" => "there is no such database: create it (createdb), or choose another.",
            "42501" => $"the user may not do this: GRANT CREATE ON DATABASE, or all on schema {_schema}, to it.",
            "25006" => "the database is read-only: it is a standby, or was set so; choose the primary.",
            "53100" => "no room is left on the server's disk: free some.",
            "53300" => "the server has no connection left: raise max_connections, or end others.",
            "55P03" or "57014" => "another process holds it: end that one.",
            "57P01" or "57P02" or "57P03" => "the server is stopping or starting: it is asked again.",
            "XX001" or "XX002" => "the database is damaged: look at the server, and bring back a backup.",
            "" => "the server does not answer: see that it runs, that address and port are right and nothing lies "
                + "between.",
            _ => "the server refuses a statement: keep its log and report this.",
        };
        StoreFaultKind kind = state is "XX001" or "XX002" ? StoreFaultKind.Damaged : StoreFaultKind.Unreachable;
        string code = state.Length > 0 ? $"PostgreSQL {state}: " : "";
        string message = (thrown as PostgresException)?.MessageText ?? Innermost(thrown);
        return new StoreFault(kind, $"{Place}: {remedy} ({code}{message})");
    }

    public bool IsConstraint(DbException thrown) =>
        thrown is PostgresException fault && fault.SqlState.StartsWith("23", StringComparison.Ordinal);

    private static string Innermost(Exception thrown)
    {
        while (thrown.InnerException is { } inner) thrown = inner;
        return thrown.Message;
    }

    private static string Literal(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private long Count(DbConnection connection, string sql, params string[] values)
    {
        using DbCommand command = Command(connection, sql);
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return (long)command.ExecuteScalar()!;
    }

    [GeneratedRegex(@"\$[a-z_]\w*")]
    private static partial Regex Parameter();
}
