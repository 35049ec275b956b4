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

/// <summary>Rows are the log, wherever process and power went: what the contract of both engines cannot
/// try.</summary>
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
