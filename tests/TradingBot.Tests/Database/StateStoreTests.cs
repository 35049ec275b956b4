using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Data.Sqlite;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>Creating, migrating and refusing a store's file.</summary>
public sealed class StateStoreTests
{
    private static readonly int Newest = Migration.OfSqlite.Count;

    private static readonly Migration Next =
        new(Newest + 1, "notes", "CREATE TABLE notes (text TEXT NOT NULL) STRICT;");

    [Fact]
    public void A_new_store_has_its_mark_its_schema_and_durable_settings()
    {
        using StoreFolder folder = new();
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(folder.Path), StoreFolder.Mark, TimeProvider.System);
        Assert.Null(opening.Fault);
        opening.Store!.Dispose();
        Assert.Equal((0, Newest, null), (opening.From, opening.To, opening.Copy));
        using SqliteConnection connection = StoreFolder.Connect(folder.Path);
        Assert.StartsWith("1|paper|demo|1", Assert.Single(StoreFolder.Rows(connection, "mark")),
            StringComparison.Ordinal);
        List<string> steps = StoreFolder.Rows(connection, "schema_migrations");
        Assert.Equal(Newest, steps.Count);
        Assert.StartsWith($"1|intents|{Migration.OfSqlite[0].Sha256}|1", steps[0], StringComparison.Ordinal);
        Assert.Equal("wal", StoreFolder.Ask(folder.Path, "PRAGMA journal_mode"));
        using StateStore again = folder.Open();
        Assert.Equal(2L, again.Ask("PRAGMA synchronous"));
        Assert.Equal(1L, again.Ask("PRAGMA foreign_keys"));
    }

    [Fact]
    public void Every_table_is_strict_and_no_column_holds_floating_point()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        using SqliteConnection connection = StoreFolder.Connect(folder.Path);
        const string Lax = "(SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 "
            + "AND schema = 'main' AND name NOT LIKE 'sqlite_%')";
        Assert.Empty(StoreFolder.Rows(connection, Lax));
        const string Columns = "(SELECT DISTINCT c.type FROM pragma_table_list t, pragma_table_info(t.name) c "
            + "WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%')";
        Assert.Equal(["INTEGER", "TEXT"], StoreFolder.Rows(connection, Columns).Order());
    }

    [Fact]
    public void Opening_it_again_changes_nothing()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        byte[] before = File.ReadAllBytes(folder.Path);
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(folder.Path), StoreFolder.Mark, TimeProvider.System);
        opening.Store!.Dispose();
        Assert.Equal((Newest, Newest), (opening.From, opening.To));
        AssertUntouched(folder, before);
    }

    [Fact]
    public void Another_mode_or_account_is_refused_naming_both_marks_I13()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        byte[] before = File.ReadAllBytes(folder.Path);
        foreach (string mark in new[] { "live:demo", "paper:other" })
        {
            StoreFault fault = Refused(folder, AccountMark.Parse(mark));
            Assert.Equal(StoreFaultKind.WrongMark, fault.Kind);
            Assert.Contains($"belongs to paper:demo, this is {mark}", fault.Text, StringComparison.Ordinal);
        }

        AssertUntouched(folder, before);
    }

    [Fact]
    public void A_file_that_is_no_store_is_refused_and_left_alone()
    {
        using StoreFolder folder = new();
        File.WriteAllText(folder.Path, "precious notes");
        AssertNotOurs(folder, "is not a SQLite database");
        File.WriteAllText(folder.Path, new string('x', 5_000));
        AssertNotOurs(folder, "is not a SQLite database");
        File.Delete(folder.Path);
        StoreFolder.Ask(folder.Path, "PRAGMA journal_mode = WAL; CREATE TABLE precious (note TEXT)");
        AssertNotOurs(folder, "is a SQLite database of something else");
    }

    [Fact]
    public void A_newer_schema_is_refused_and_left_alone()
    {
        using StoreFolder folder = new();
        folder.Open([.. Migration.OfSqlite, Next]).Dispose();
        byte[] before = File.ReadAllBytes(folder.Path);
        StoreFault fault = Refused(folder, StoreFolder.Mark);
        Assert.Equal(StoreFaultKind.WrongSchema, fault.Kind);
        Assert.Contains(
            $"has schema {Newest + 1} (notes), this build knows up to {Newest}", fault.Text, StringComparison.Ordinal);
        AssertUntouched(folder, before);
    }

    [Fact]
    public void A_step_that_was_applied_in_another_wording_is_refused_and_left_alone()
    {
        using StoreFolder folder = new();
        Migration reworded = Migration.OfSqlite[0] with { Sql = Migration.OfSqlite[0].Sql + "-- reworded\n" };
        Assert.NotEqual(Migration.OfSqlite[0].Sha256, reworded.Sha256);
        folder.Open([reworded]).Dispose();
        byte[] before = File.ReadAllBytes(folder.Path);
        StoreFault fault = Refused(folder, StoreFolder.Mark);
        Assert.Equal(StoreFaultKind.WrongSchema, fault.Kind);
        Assert.Contains(reworded.Sha256, fault.Text, StringComparison.Ordinal);
        AssertUntouched(folder, before);
    }

    [Fact]
    public void A_migration_goes_forward_and_leaves_a_copy_of_what_was()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        StoreFolder.Ask(folder.Path, "INSERT INTO epochs VALUES (7, 1, 1)");
        IReadOnlyList<Migration> steps = [.. Migration.OfSqlite, Next];
        StorePlace place = StorePlace.OfFile(folder.Path);
        StoreOpening opening = StateStore.Open(place, StoreFolder.Mark, TimeProvider.System, steps);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        opening.Store!.Dispose();
        Assert.Equal((Newest, Newest + 1), (opening.From, opening.To));
        Assert.Equal(7L, StoreFolder.Ask(folder.Path, "SELECT epoch FROM epochs"));
        Assert.Equal(0L, StoreFolder.Ask(folder.Path, "SELECT count(*) FROM notes"));
        // The copy is a store of the old schema.
        using StateStore copy = StoreFolder.Open(opening.Copy!);
        Assert.Equal(7L, StoreFolder.Ask(opening.Copy!, "SELECT epoch FROM epochs"));
    }

    [Fact]
    public void A_store_of_the_first_schema_has_every_table_of_a_new_one_afterwards()
    {
        using StoreFolder old = new();
        old.Open([Migration.OfSqlite[0]]).Dispose();
        old.Open().Dispose();
        using StoreFolder young = new();
        young.Open().Dispose();
        const string Tables = "(SELECT name, sql FROM sqlite_schema ORDER BY name)";
        using SqliteConnection grown = StoreFolder.Connect(old.Path);
        using SqliteConnection made = StoreFolder.Connect(young.Path);
        Assert.Equal(StoreFolder.Rows(made, Tables), StoreFolder.Rows(grown, Tables));
    }

    [Fact]
    public void A_migration_that_fails_halfway_leaves_the_schema_as_it_was()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        Migration broken = new(
            Newest + 2, "broken", "CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);");
        IReadOnlyList<Migration> steps = [.. Migration.OfSqlite, Next, broken];
        StorePlace place = StorePlace.OfFile(folder.Path);
        StoreOpening opening = StateStore.Open(place, StoreFolder.Mark, TimeProvider.System, steps);
        Assert.Contains("no such table: nowhere", opening.Fault?.Text, StringComparison.Ordinal);
        Assert.Equal(
            0L, StoreFolder.Ask(folder.Path, "SELECT count(*) FROM sqlite_schema WHERE name IN ('half', 'notes')"));
        folder.Open().Dispose();
    }

    [Fact]
    public void Steps_are_numbered_from_one_without_a_gap() =>
        Assert.Equal(
            Enumerable.Range(1, Migration.OfSqlite.Count), Migration.OfSqlite.Select(step => step.Number));

    [Fact]
    public void A_folder_that_is_not_there_and_a_store_that_is_held_are_told_with_the_remedy()
    {
        using StoreFolder folder = new();
        string nowhere = Path.Combine(folder.Folder, "no", "state.db");
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(nowhere), StoreFolder.Mark, TimeProvider.System);
        Assert.Equal(StoreFaultKind.Unreachable, opening.Fault?.Kind);
        Assert.Contains("see that its folder is there", opening.Fault!.Text, StringComparison.Ordinal);
        using StateStore store = folder.Open();
        using SqliteConnection other = StoreFolder.Connect(folder.Path);
        using SqliteTransaction held = other.BeginTransaction(deferred: false);
        StoreFault? fault = store.ProveWritable();
        Assert.Equal(StoreFaultKind.Unreachable, fault?.Kind);
        Assert.Contains("another process holds it", fault!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_store_is_told_with_the_remedy()
    {
        using StoreFolder folder = new();
        folder.Open().Dispose();
        byte[] bytes = File.ReadAllBytes(folder.Path);
        bytes.AsSpan(100, 3_000).Fill(0xFF);
        File.WriteAllBytes(folder.Path, bytes);
        StoreFault fault = Refused(folder, StoreFolder.Mark);
        Assert.Contains("is damaged: move it", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("paper", "demo", "")]
    [InlineData("dry-run", "a.b-c_9", "")]
    [InlineData("demo", "x", "'demo' is not a mode")]
    [InlineData("paper", "", "'' is not an account")]
    [InlineData("paper", "two words", "'two words' is not an account")]
    public void A_mark_is_a_known_mode_and_a_name_that_a_log_can_hold(string mode, string account, string error)
    {
        Assert.Equal(error.Length == 0, AccountMark.TryCreate(mode, account, out AccountMark mark, out string said));
        Assert.Contains(error, said, StringComparison.Ordinal);
        if (error.Length == 0) Assert.Equal(mark, AccountMark.Parse(mark.ToString()));
    }

    [Fact]
    public void A_mark_is_no_longer_than_the_header_of_a_log()
    {
        Assert.True(AccountMark.TryCreate("live", new string('a', 91), out AccountMark longest, out _));
        using MemoryLogFile file = new();
        Assert.NotNull(IntentLog.Open(file, longest.ToString(), out _, out _));
        Assert.False(AccountMark.TryCreate("live", new string('a', 92), out _, out string error));
        Assert.Contains("too long", error, StringComparison.Ordinal);
    }

    private static StoreFault Refused(StoreFolder folder, AccountMark mark)
    {
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(folder.Path), mark, TimeProvider.System);
        Assert.Null(opening.Store);
        return opening.Fault!;
    }

    private static void AssertNotOurs(StoreFolder folder, string words)
    {
        byte[] before = File.ReadAllBytes(folder.Path);
        StoreFault fault = Refused(folder, StoreFolder.Mark);
        Assert.Equal(StoreFaultKind.NotOurs, fault.Kind);
        Assert.Contains(words, fault.Text, StringComparison.Ordinal);
        AssertUntouched(folder, before);
    }

    /// <summary>The same bytes, and nothing beside them.</summary>
    private static void AssertUntouched(StoreFolder folder, byte[] before)
    {
        Assert.Equal(before, File.ReadAllBytes(folder.Path));
        Assert.Equal([folder.Path], Directory.GetFiles(folder.Folder));
    }
}
