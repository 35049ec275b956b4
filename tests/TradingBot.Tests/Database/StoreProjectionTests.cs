using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Support;
using TradingBot.Tests.Twins;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>Rows are the log, whatever happened on the way.</summary>
public sealed class StoreProjectionTests
{
    [Fact]
    public void Rows_equal_a_naive_fold_of_the_log_however_it_is_chopped_and_wherever_it_crashes_I2_I7()
    {
        Random random = Seed.Random(11, "projection");
        int runs = Seed.Count(ci: 12, full: 600);
        for (int run = 0; run < runs; run++) RunOnce(random);
    }

    [Fact]
    public void What_was_not_synced_is_not_projected_I2()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        using StateStore store = folder.Open();
        Append(log, new RandomRecords(new Random(1)), 5);
        Assert.Null(store.Project(log, 100));
        Assert.Equal((0L, 0L), (log.Durable, store.LastRecord));
        Assert.True(log.TrySync());
        Assert.Null(store.Project(log, 3));
        Assert.Equal((5L, 3L), (log.Durable, store.LastRecord));
        Assert.False(log.TryRead(6, out _, out _));
    }

    [Fact]
    public void A_life_in_virtual_time_with_crashes_leaves_exactly_the_logs_rows_I2()
    {
        using StoreFolder folder = new();
        using VirtualCircle circle = Circles.Quiet();
        for (int life = 0; life < 4; life++)
        {
            using StateStore store = folder.Open();
            Assert.Null(store.CheckAgainst(circle.Log));
            if (life % 2 == 0) Circles.Enter(circle, life == 0 ? Side.Buy : Side.Sell);
            else Circles.Operate(circle, AccountEventKind.Exit);
            for (int i = 0; i < 5; i++)
            {
                circle.Run(TimeSpan.FromSeconds(3));
                Assert.Null(store.Project(circle.Log, 4));
            }

            circle.CrashAndRestart(tornBytes: life * 50);
            circle.Run(TimeSpan.FromSeconds(15));
        }

        using (StateStore last = folder.Open()) ProjectAll(last, circle.Log);
        circle.CrashAndRestart();
        List<IntentRecord> records = [.. circle.Recovered];
        Assert.Contains(records, record => record.Kind == IntentRecordKind.Fill);
        Assert.True(records.Count >= 20, $"{records.Count} records");
        StoreFolder.AssertRows(folder.Path, records);
        string[] rows = new NaiveRows(records).Tables["orders"];
        Assert.Contains(rows, row => row.Contains("|filled|", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_that_is_behind_or_another_is_refused_and_the_rows_stay_I2()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(new Random(2));
        records.AddRange(Append(log, source, 9));
        Assert.True(log.TrySync());
        using (StateStore store = folder.Open())
        {
            ProjectAll(store, log);
            Assert.Null(store.CheckAgainst(log));
            using MemoryLogFile shorter = new();
            IntentLog behind = StoreFolder.OpenLog(shorter, out _);
            foreach (IntentRecord record in records.Take(8)) Assert.True(behind.TryAppend(in record, protective: true));
            Assert.True(behind.TrySync());
            Assert.Contains("holds 9 records, the intent log 8", Wrong(store, behind), StringComparison.Ordinal);
            using MemoryLogFile longer = new();
            IntentLog another = StoreFolder.OpenLog(longer, out _);
            Append(another, new RandomRecords(new Random(3)), 30);
            Assert.True(another.TrySync());
            Assert.Contains("record 9 differs", Wrong(store, another), StringComparison.Ordinal);
        }

        StoreFolder.AssertRows(folder.Path, records);
    }

    [Fact]
    public void A_record_that_cannot_be_a_row_is_told_and_changes_nothing()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        IntentRecord strange = new() { Kind = (IntentRecordKind)77, Epoch = 1 };
        Assert.True(log.TryAppend(in epoch, true) && log.TryAppend(in strange, true) && log.TrySync());
        using StateStore store = folder.Open();
        StoreFault? fault = store.Project(log, 100);
        Assert.Equal(StoreFaultKind.BadRecord, fault?.Kind);
        const string Words = "record 2 of the intent log cannot be put into rows: its kind, 77";
        Assert.Contains(Words, fault!.Text, StringComparison.Ordinal);
        Assert.Equal(0, store.LastRecord);
        Assert.Null(store.Project(log, 1));
        Assert.Equal(1L, StoreFolder.Ask(folder.Path, "SELECT count(*) FROM epochs"));
    }

    private static string Wrong(StateStore store, IntentLog log)
    {
        StoreFault? fault = store.CheckAgainst(log);
        Assert.Equal(StoreFaultKind.WrongLog, fault?.Kind);
        return fault!.Text;
    }

    private static void RunOnce(Random random)
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        RandomRecords source = new(random);
        IntentLog log = StoreFolder.OpenLog(file, out _);
        string path = folder.Path;
        StateStore store = StoreFolder.Open(path);
        for (int step = 0; step < 40; step++)
        {
            Append(log, source, random.Next(6));
            if (random.Next(3) != 0) Assert.True(log.TrySync());
            if (random.Next(2) == 0) Assert.Null(store.Project(log, random.Next(1, 9)));
            if (random.Next(6) != 0) continue;
            path = Crash(path, folder.Folder, step);
            store.Dispose();
            file.CutPower(random.Next(3) == 0 ? random.Next(IntentRecord.Bytes) : 0);
            log = StoreFolder.OpenLog(file, out List<IntentRecord> left);
            source = Continue(random, left);
            store = StoreFolder.Open(path);
            Assert.Null(store.CheckAgainst(log));
            StoreFolder.AssertRows(path, left.Take((int)store.LastRecord));
        }

        Assert.True(log.TrySync());
        ProjectAll(store, log);
        store.Dispose();
        StoreFolder.OpenLog(file, out List<IntentRecord> all);
        StoreFolder.AssertRows(path, all);
    }

    /// <summary>What a process that is killed leaves: the file and its log of writes, as they are now.</summary>
    private static string Crash(string path, string folder, int step)
    {
        string left = Path.Combine(folder, $"{step}.db");
        foreach (string end in new[] { "", "-wal" })
        {
            if (File.Exists(path + end)) File.Copy(path + end, left + end);
        }

        return left;
    }

    /// <summary>The next process knows of orders only what the log kept, and its epoch is a new one.</summary>
    private static RandomRecords Continue(Random random, List<IntentRecord> left) =>
        new(random, left.Count == 0 ? 0 : left.Max(record => record.Epoch));

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

    private static void ProjectAll(StateStore store, IntentLog log)
    {
        while (store.LastRecord < log.Durable) Assert.Null(store.Project(log, 7));
    }
}
