using System;
using Npgsql;
using TradingBot.Storage.Database;
using TradingBot.Tests.Candles;
using TradingBot.Tests.Database;
using Xunit;

[assembly: AssemblyFixture(typeof(TradingBot.Tests.Postgres.PostgresServer))]

// One server of two cores serves all: its tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace TradingBot.Tests.Postgres;

/// <summary>The contract of a store of state, kept in a server.</summary>
public sealed class PostgresStateTests(PostgresServer server) : StateContract
{
    private protected override StoreLab NewLab() => new PostgresLab(server);
}

/// <summary>The contract of an account's lease, kept in a server.</summary>
public sealed class PostgresLeaseTests(PostgresServer server) : LeaseContract
{
    private protected override StoreLab NewLab() => new PostgresLab(server);
}

/// <summary>The contract of a store of candles, kept in a server.</summary>
public sealed class PostgresCandleTests(PostgresServer server) : CandleContract
{
    private protected override StoreLab NewLab() => new PostgresLab(server);
}

/// <summary>What only a server has: users, passwords, a place that is not there.</summary>
public sealed class PostgresAccessTests(PostgresServer server)
{
    [Fact]
    public void Both_forms_of_an_address_reach_the_same_store_and_neither_shows_its_password()
    {
        using PostgresLab lab = new(server);
        lab.Open().Dispose();
        StorePlace keywords = StorePlace.Read(
            server.Keywords(lab.Place.Text.Split("schema=")[1]), out string error)!;
        Assert.Equal("", error);
        Assert.Equal(lab.Place.Text, keywords.Text);
        StoreOpening opening = StateStore.Open(keywords, StoreLab.Mark, TimeProvider.System);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        opening.Store!.Dispose();
        Assert.Equal(opening.From, opening.To);
        Assert.DoesNotContain(PostgresServer.Password, keywords.Text + keywords, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_a_missing_database_and_a_closed_port_are_told_with_the_remedy()
    {
        server.Need();
        string url = server.Url("nowhere");
        AssertRefused(url.Replace("p%40ss", "guess", StringComparison.Ordinal), "refuses this user or password");
        AssertRefused(url.Replace("/market?", "/absent?", StringComparison.Ordinal), "there is no such database");
        AssertRefused("postgresql://bot:p%40ss@127.0.0.1:1/market?connect_timeout=2", "does not answer");
    }

    [Fact]
    public void A_user_that_may_not_make_a_schema_is_told_what_to_grant()
    {
        using PostgresLab lab = new(server);
        using (NpgsqlConnection connection = (NpgsqlConnection)lab.Connect())
        {
            using NpgsqlCommand command = new(
                "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'reader'", connection);
            command.ExecuteNonQuery();
        }

        string url = server.Url("denied").Replace(
            "bot:" + Uri.EscapeDataString(PostgresServer.Password), "reader:reader", StringComparison.Ordinal);
        AssertRefused(url, "GRANT CREATE ON DATABASE");
    }

    [Fact]
    public void Tables_of_somebody_else_are_left_alone()
    {
        using PostgresLab lab = new(server);
        string schema = lab.Place.Text.Split("schema=")[1];
        lab.Ask($"CREATE SCHEMA {schema}; CREATE TABLE {schema}.precious (note text)");
        StoreOpening opening = StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System);
        Assert.Equal(StoreFaultKind.NotOurs, opening.Fault?.Kind);
        Assert.Equal(1L, lab.Ask($"SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'"));
    }

    private static void AssertRefused(string url, string words)
    {
        StorePlace place = StorePlace.Read(url, out string error)!;
        Assert.Equal("", error);
        StoreOpening opening = StateStore.Open(place, StoreLab.Mark, TimeProvider.System);
        Assert.Equal(StoreFaultKind.Unreachable, opening.Fault?.Kind);
        Assert.Contains(words, opening.Fault!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("p@ss", opening.Fault.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("guess", opening.Fault.Text, StringComparison.Ordinal);
    }
}
