using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>What a store of state keeps, whatever its engine.</summary>
public abstract class StateContract
{
    private protected abstract StoreLab NewLab();

    private static Migration Second(StoreLab lab) => new(
        2, "notes", lab.Place.IsServer ? "CREATE TABLE notes (text text NOT NULL);"
            : "CREATE TABLE notes (text TEXT NOT NULL) STRICT;");

    [Fact]
    public void A_new_store_has_its_mark_and_its_steps_and_opening_it_again_changes_nothing()
    {
        using StoreLab lab = NewLab();
        StoreOpening opening = StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        opening.Store!.Dispose();
        Assert.Equal((0, lab.Steps.Count, null), (opening.From, opening.To, opening.Copy));
        Assert.StartsWith("1|paper|demo|1", Assert.Single(lab.Rows("mark")), StringComparison.Ordinal);
        Assert.StartsWith($"1|intents|{lab.Steps[0].Sha256}|1", lab.Rows("schema_migrations")[0],
            StringComparison.Ordinal);
        string[] before = Everything(lab);
        opening = StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System);
        opening.Store!.Dispose();
        Assert.Equal((lab.Steps.Count, lab.Steps.Count), (opening.From, opening.To));
        Assert.Equal(before, Everything(lab));
    }

    [Fact]
    public void Another_mark_a_newer_schema_and_a_reworded_step_are_refused_and_nothing_is_touched_I13()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        string[] before = Everything(lab);
        StoreFault fault = Refused(lab, AccountMark.Parse("live:demo"), null);
        Assert.Equal(StoreFaultKind.WrongMark, fault.Kind);
        Assert.Contains("belongs to paper:demo, this is live:demo", fault.Text, StringComparison.Ordinal);
        Migration reworded = lab.Steps[0] with { Sql = lab.Steps[0].Sql + "-- reworded\n" };
        fault = Refused(lab, StoreLab.Mark, [reworded, .. lab.Steps.Skip(1)]);
        Assert.Equal(StoreFaultKind.WrongSchema, fault.Kind);
        Assert.Contains(reworded.Sha256, fault.Text, StringComparison.Ordinal);
        Assert.Equal(before, Everything(lab));

        lab.Open([.. lab.Steps, Second(lab) with { Number = lab.Steps.Count + 1 }]).Dispose();
        before = Everything(lab);
        fault = Refused(lab, StoreLab.Mark, null);
        Assert.Equal(StoreFaultKind.WrongSchema, fault.Kind);
        Assert.Contains($"(notes), this build knows up to {lab.Steps.Count}", fault.Text, StringComparison.Ordinal);
        Assert.Equal(before, Everything(lab));
    }

    [Fact]
    public void A_migration_goes_forward_and_leaves_a_copy_and_one_that_fails_leaves_the_schema_as_it_was()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        lab.Ask("INSERT INTO epochs VALUES (7, 1, 1)");
        Migration second = Second(lab) with { Number = lab.Steps.Count + 1 };
        const string Broken = "CREATE TABLE half (x INTEGER); INSERT INTO nowhere VALUES (1);";
        Migration broken = new(lab.Steps.Count + 2, "broken", Broken);
        Migration[] steps = [.. lab.Steps, second, broken];
        StoreOpening opening = StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System, steps);
        Assert.Contains("nowhere", opening.Fault?.Text, StringComparison.Ordinal);
        lab.Open().Dispose();

        opening = StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System, [.. lab.Steps, second]);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        opening.Store!.Dispose();
        Assert.NotNull(opening.Copy);
        Assert.Equal(7L, lab.Ask("SELECT epoch FROM epochs"));
        Assert.Empty(lab.Rows("notes"));
    }

    [Fact]
    public async Task Many_that_open_a_new_store_at_once_make_it_once()
    {
        using StoreLab lab = NewLab();
        StoreOpening[] openings = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(
            () => StateStore.Open(lab.Place, StoreLab.Mark, TimeProvider.System), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        foreach (StoreOpening opening in openings)
        {
            Assert.True(opening.Fault is null, opening.Fault?.Text);
            opening.Store!.Dispose();
        }

        Assert.Single(lab.Rows("mark"));
        Assert.Equal(lab.Steps.Count, lab.Rows("schema_migrations").Count);
    }

    [Fact]
    public void Rows_equal_a_naive_fold_of_the_log_however_it_is_chopped_and_opened_again_I2_I7()
    {
        Random random = Seed.Random(11, "projection contract");
        for (int run = 0; run < Seed.Count(ci: 4, full: 200); run++) ProjectChopped(random);
    }

    [Fact]
    public void A_record_that_cannot_be_a_row_is_told_and_changes_nothing()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out _);
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        Assert.True(log.TryAppend(in epoch, true) && log.TryAppend(in epoch, true) && log.TrySync());
        using StateStore store = lab.Open();
        // The epoch twice: a rule of the table says no.
        StoreFault? fault = store.Project(log, 100);
        Assert.Equal(StoreFaultKind.BadRecord, fault?.Kind);
        Assert.Contains("record 2 of the intent log", fault!.Text, StringComparison.Ordinal);
        Assert.Equal(0, store.LastRecord);
        Assert.Null(store.Project(log, 1));
        Assert.Equal(1L, lab.Ask("SELECT count(*) FROM epochs"));

        // A kind that this build does not know.
        using MemoryLogFile other = new();
        IntentLog newer = StoreLab.OpenLog(other, out _);
        IntentRecord strange = new() { Kind = (IntentRecordKind)77, Epoch = 1 };
        Assert.True(newer.TryAppend(in epoch, true) && newer.TryAppend(in strange, true) && newer.TrySync());
        fault = store.Project(newer, 100);
        Assert.Equal(StoreFaultKind.BadRecord, fault?.Kind);
        Assert.Contains(
            "record 2 of the intent log cannot be put into rows: its kind, 77", fault!.Text, StringComparison.Ordinal);
        Assert.Equal(1, store.LastRecord);
    }

    [Fact]
    public void A_placement_that_came_before_is_told_by_its_record_whoever_placed_the_first_I2()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out _);
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        IntentRecord place = new()
        {
            Kind = IntentRecordKind.Command,
            Command = CommandKind.Place,
            Epoch = 1,
            Id = ClientOrderId.Of(1, 1, OrderRole.Entry, 0),
            Symbol = SymbolText.Of("PF_XBTUSD"u8),
            Quantity = 5,
        };
        Assert.True(log.TryAppend(in epoch, true) && log.TryAppend(in place, true) && log.TryAppend(in place, true));
        Assert.True(log.TrySync());
        using StateStore store = lab.Open();
        // In one group, and then in two.
        Assert.Contains("record 3 of the intent log", store.Project(log, 100)?.Text, StringComparison.Ordinal);
        Assert.Null(store.Project(log, 2));
        Assert.Contains("record 3 of the intent log", store.Project(log, 1)?.Text, StringComparison.Ordinal);
        Assert.Equal(1L, lab.Ask("SELECT count(*) FROM orders"));
    }

    [Fact]
    public void What_was_not_synced_is_not_projected_I2()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out _);
        using StateStore store = lab.Open();
        Append(log, new RandomRecords(new Random(1)), 5);
        Assert.Null(store.Project(log, 100));
        Assert.Equal((0L, 0L), (log.Durable, store.LastRecord));
        Assert.True(log.TrySync());
        Assert.Null(store.Project(log, 3));
        Assert.Equal((5L, 3L), (log.Durable, store.LastRecord));
        Assert.False(log.TryRead(6, out _, out _));
    }

    [Fact]
    public void A_position_beyond_64_bits_is_a_fault_and_never_rounded_I7()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out _);
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        Assert.True(log.TryAppend(in epoch, protective: true));
        IntentRecord fill = new()
        {
            Kind = IntentRecordKind.Fill,
            Epoch = 1,
            Side = Side.Buy,
            Symbol = SymbolText.Of("PF_XBTUSD"u8),
            Quantity = long.MaxValue,
        };
        for (ulong i = 1; i <= 2; i++)
        {
            fill.ExecutionLow = i;
            Assert.True(log.TryAppend(in fill, protective: true));
        }

        Assert.True(log.TrySync());
        using StateStore store = lab.Open();
        Assert.Contains("the position of PF_XBTUSD", store.Project(log, 100)?.Text, StringComparison.Ordinal);
        Assert.Null(store.Project(log, 2));
        Assert.Equal(long.MaxValue, lab.Ask("SELECT quantity FROM positions"));
    }

    [Fact]
    public void Two_writers_of_one_store_and_another_log_are_noticed_I2()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out _);
        Append(log, new RandomRecords(new Random(4)), 9);
        Assert.True(log.TrySync());
        using StateStore one = lab.Open();
        using StateStore other = lab.Open();
        Assert.Null(one.Project(log, 5));
        Assert.Equal(StoreFaultKind.WrongLog, other.Project(log, 2)?.Kind);
        Assert.Equal(StoreFaultKind.WrongLog, other.Ping()?.Kind);
        Assert.Null(one.Ping());
        Assert.Equal(5L, lab.Ask("SELECT last_record FROM projection"));
        using MemoryLogFile stranger = new();
        IntentLog another = StoreLab.OpenLog(stranger, out _);
        Append(another, new RandomRecords(new Random(5)), 9);
        Assert.True(another.TrySync());
        Assert.Contains("record 5 differs", Wrong(one, another), StringComparison.Ordinal);
        using MemoryLogFile shorter = new();
        IntentLog behind = StoreLab.OpenLog(shorter, out _);
        Append(behind, new RandomRecords(new Random(4)), 4);
        Assert.True(behind.TrySync());
        Assert.Contains("holds 5 records, the intent log 4", Wrong(one, behind), StringComparison.Ordinal);
        Assert.Null(one.CheckAgainst(log));
        Assert.Null(one.ProveWritable());
        Assert.Null(one.CheckWhole());
    }

    [Fact]
    public void Signals_and_results_of_a_run_are_rows_once_each_and_what_finds_no_room_is_counted()
    {
        using StoreLab lab = NewLab();
        using StateStore store = lab.Open();
        RunRows rows = new(epoch: 3);
        for (int i = 0; i < 700; i++) rows.Signals.Add(Signal(i));
        rows.Equity.Add(new EquityRow(60, 150_000_000, -50_000_000, 2));
        while (rows.Signals.Count > 0) Assert.Null(store.Write(rows));
        Assert.Equal(700L, lab.Ask("SELECT count(*) FROM signals"));
        Assert.Equal("3|5|1005|PF_XBTUSD|order_flow|buy|65|1|250000|history", lab.Rows("signals")[5]);
        Assert.Equal("3|60|150000000|-50000000|2", Assert.Single(lab.Rows("equity")));

        // A group whose commit was not heard of is written again.
        RunRows again = new(epoch: 3);
        for (int i = 650; i < 750; i++) again.Signals.Add(Signal(i));
        again.Equity.Add(new EquityRow(60, 7, 7, 7));
        while (again.Signals.Count > 0) Assert.Null(store.Write(again));
        Assert.Equal(750L, lab.Ask("SELECT count(*) FROM signals"));
        Assert.Equal("3|60|150000000|-50000000|2", Assert.Single(lab.Rows("equity")));

        RunRows full = new(epoch: 4);
        for (int i = 0; i < 20_000; i++) full.Signals.Add(Signal(i));
        Assert.Equal(20_000 - full.Signals.Count, full.Lost);
        Assert.True(full.Lost > 0);
    }

    [Fact]
    public async Task The_writer_puts_rows_of_the_run_beside_those_of_the_log_and_all_are_there_at_the_end()
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(new Random(6));
        using StoreWriter writer = new(lab.Open(), lab.Place, log, TimeProvider.System) { Rows = new RunRows(1) };
        for (int i = 0; i < 1_200; i++)
        {
            writer.Rows.Signals.Add(Signal(i));
            if (i % 4 == 0) records.AddRange(Append(log, source, 1));
            if (i % 100 == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(log.TrySync());
        Assert.Null(writer.Finish());
        lab.AssertRows(records);
        Assert.Equal(1_200L, lab.Ask("SELECT count(*) FROM signals"));
        Assert.Equal((0L, 0L), (writer.Rows.Lost, writer.Standing.Errors));
    }

    private static string Wrong(StateStore store, IntentLog log)
    {
        StoreFault? fault = store.CheckAgainst(log);
        Assert.Equal(StoreFaultKind.WrongLog, fault?.Kind);
        return fault!.Text;
    }

    private static SignalRow Signal(int number) => new(
        number, 1_000 + number, SymbolText.Of("PF_XBTUSD"u8), "order_flow", Side.Buy, 65, 1, 250_000, "history");

    private void ProjectChopped(Random random)
    {
        using StoreLab lab = NewLab();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(random);
        StateStore store = lab.Open();
        for (int step = 0; step < 12; step++)
        {
            records.AddRange(Append(log, source, random.Next(12)));
            Assert.True(log.TrySync());
            if (random.Next(2) == 0) Assert.Null(store.Project(log, random.Next(1, 20)));
            if (random.Next(4) != 0) continue;
            store.Dispose();
            store = lab.Open();
            Assert.Null(store.CheckAgainst(log));
            lab.AssertRows(records.Take((int)store.LastRecord));
        }

        while (store.LastRecord < log.Durable) Assert.Null(store.Project(log, 50));
        store.Dispose();
        lab.AssertRows(records);
    }

    private static List<IntentRecord> Append(IntentLog log, RandomRecords source, int count)
    {
        List<IntentRecord> appended = [];
        for (int i = 0; i < count; i++)
        {
            IntentRecord record = source.Next();
            Assert.True(log.TryAppend(in record, protective: true));
            appended.Add(record);
        }

        return appended;
    }

    private static StoreFault Refused(StoreLab lab, AccountMark mark, IReadOnlyList<Migration>? steps)
    {
        StoreOpening opening = StateStore.Open(lab.Place, mark, TimeProvider.System, steps);
        Assert.Null(opening.Store);
        return opening.Fault!;
    }

    private static string[] Everything(StoreLab lab) =>
    [
        .. lab.Rows("mark"), .. lab.Rows("schema_migrations"), .. lab.Rows("projection"), .. lab.Rows("epochs"),
    ];
}
