using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>The thread that follows the log.</summary>
public sealed class StoreWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Rows_follow_the_log_while_it_grows_and_all_are_there_at_the_end_I2()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(new Random(5));
        using StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        for (int i = 0; i < 3_000; i++)
        {
            IntentRecord record = source.Next();
            records.Add(record);
            Assert.True(log.TryAppend(in record, protective: true));
            if (i % 3 == 0) Assert.True(log.TrySync());
            if (i == 1_500) await UntilAsync(() => writer.Standing.Projected == log.Durable);
        }

        Assert.True(log.TrySync());
        Assert.Null(writer.Finish());
        Assert.Equal((3_000L, 0L, 0L), (writer.Standing.Projected, writer.Lag, writer.Standing.Errors));
        StoreFolder.AssertRows(folder.Path, records);
    }

    [Fact]
    public async Task A_quiet_store_is_asked_every_second()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        using StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        long first = writer.Standing.AliveTimestamp;
        await UntilAsync(() => writer.Standing.AliveTimestamp != first);
        Assert.False(writer.Standing.IsFailing);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_told_and_catches_up_later()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out List<IntentRecord> records);
        using StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        using (SqliteConnection other = StoreFolder.Connect(folder.Path))
        {
            using SqliteTransaction held = other.BeginTransaction(deferred: false);
            RandomRecords source = new(new Random(6));
            for (int i = 0; i < 20; i++)
            {
                IntentRecord record = source.Next();
                records.Add(record);
                Assert.True(log.TryAppend(in record, protective: true) && log.TrySync());
            }

            await UntilAsync(() => writer.Standing.IsFailing);
            Assert.Equal(20, writer.Lag);
            Assert.Contains("another process holds it", writer.Standing.Fault, StringComparison.Ordinal);
        }

        await UntilAsync(() => writer.Lag == 0 && !writer.Standing.IsFailing);
        Assert.True(writer.Standing.Errors > 0);
        Assert.Null(writer.Finish());
        StoreFolder.AssertRows(folder.Path, records);
    }

    [Fact]
    public async Task A_store_whose_file_is_taken_away_fails_and_is_not_made_anew()
    {
        using StoreFolder folder = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        using StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        File.Delete(folder.Path);
        await UntilAsync(() => writer.Standing.Errors > 1);
        Assert.Contains("is gone", writer.Standing.Fault, StringComparison.Ordinal);
        Assert.Contains("is gone", writer.Finish(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Path));
    }

    [Fact]
    public async Task A_medium_that_cannot_be_read_fails_the_store_and_not_the_process()
    {
        using StoreFolder folder = new();
        string path = Path.Combine(folder.Folder, "intents.log");
        DiskLogFile file = DiskLogFile.Open(path, 1 << 20);
        IntentLog log = StoreFolder.OpenLog(file, out _);
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        Assert.True(log.TryAppend(in epoch, protective: true) && log.TrySync());
        file.Dispose();
        using StoreWriter writer = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        await UntilAsync(() => writer.Standing.IsFailing);
        Assert.Contains("ObjectDisposedException", writer.Standing.Fault, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using System.Threading.PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < Patience, "it did not come to pass");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
