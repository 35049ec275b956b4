using System.Collections.Generic;
using System.Data.Common;
using System.Globalization;
using System.Threading;
using Npgsql;
using TradingBot.Storage.Database;
using TradingBot.Tests.Database;
using Xunit;

namespace TradingBot.Tests.Postgres;

/// <summary>A schema of its own in the tests' server.</summary>
internal sealed class PostgresLab : StoreLab
{
    private static int _count;

    private readonly PostgresServer _server;
    private readonly string _schema;

    public PostgresLab(PostgresServer server)
    {
        server.Need();
        _server = server;
        _schema = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _count)}");
    }

    public override StorePlace Place
    {
        get
        {
            StorePlace? place = StorePlace.Read(_server.Url(_schema), out string error);
            Assert.Equal("", error);
            return place!;
        }
    }

    public override IReadOnlyList<Migration> Steps => Migration.OfPostgres;

    public override DbConnection Connect(bool candles = false)
    {
        NpgsqlConnection connection =
            new(_server.Keywords(candles ? _schema + "_candles" : _schema) + ";Pooling=false");
        connection.Open();
        return connection;
    }

    public override void Dispose()
    {
        using (NpgsqlConnection connection = (NpgsqlConnection)Connect())
        {
            string sql = $"SET client_min_messages = error; DROP SCHEMA IF EXISTS {_schema} CASCADE; "
                + $"DROP SCHEMA IF EXISTS {_schema}_candles CASCADE";
#pragma warning disable CA2100 // The test's own names.
            using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        base.Dispose();
    }
}
