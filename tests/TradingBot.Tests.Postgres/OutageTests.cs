using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Postgres;

/// <summary>A server that goes away under load: the log is the truth, and the rows catch up by themselves.</summary>
public sealed class OutageTests(PostgresServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_server_that_is_stopped_under_load_costs_no_row_and_no_memory_I2(string how)
    {
        using PostgresLab lab = new(server);
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(Seed.Random(51, "outage"));
        using StoreWriter writer = new(lab.Open(), lab.Place, log, TimeProvider.System);
        Load(log, source, records, 300);
        await UntilAsync(() => writer.Lag == 0);

        await server.StopAsync(how);
        // 30 s in the full run, as the requirement says; a few in every run.
        int seconds = Seed.Count(ci: 4, full: 30);
        long memory = 0;
        for (int i = 0; i < seconds * 10; i++)
        {
            Load(log, source, records, 10);
            await Task.Delay(100, TestContext.Current.CancellationToken);
            if (i == 10) memory = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.True(writer.Standing.IsFailing);
        Assert.True(writer.Lag >= (seconds - 1) * 100, $"lag {writer.Lag}");
        // The log in memory and our own list grow by the records; the writer holds none of them.
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        Assert.InRange(grown, long.MinValue, (8L << 20) + (seconds * 100L * 2 * IntentRecord.Bytes));

        await server.StartAsync();
        Load(log, source, records, 50);
        await UntilAsync(() => writer.Lag == 0 && !writer.Standing.IsFailing);
        Assert.Null(writer.Finish());
        lab.AssertRows(records);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{how}: {seconds} s away, {records.Count} records, {writer.Standing.Errors} errors, {grown} bytes more");
    }

    private static void Load(IntentLog log, RandomRecords source, List<IntentRecord> records, int count)
    {
        for (int i = 0; i < count; i++)
        {
            IntentRecord record = source.Next();
            records.Add(record);
            Assert.True(log.TryAppend(in record, protective: true) && log.TrySync());
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "it did not come to pass");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
