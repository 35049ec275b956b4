using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.Loopback;
using TradingBot.Tests.Support;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>How a worker's process begins and ends: signals, a folder held, a folder not to be had.</summary>
public sealed class WorkerSignalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-process").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_run_with_0_and_everything_flushed(string signal)
    {
        using WorkerProcess worker = WorkerProcess.Start(_folder, "--json");
        await worker.GreetingAsync();
        await worker.SignalAsync(signal);
        (int code, string output, string errors) = await worker.EndAsync();
        Assert.True(code == 0, $"{code}: {errors}");
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("store").GetProperty("lag_records").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("journal_records_lost").GetInt64());

        using (DiskLogFile file = DiskLogFile.Open(Path.Combine(_folder, "intents.log"), 0))
        {
            Assert.NotNull(IntentLog.Open(file, "paper:simulated", out List<IntentRecord> records, out _));
            StoreFolder.AssertRows(Path.Combine(_folder, "state.db"), records);
        }

        // The journal has its end, and run again it comes to the state that was told.
        using FileStream stream = File.OpenRead(Path.Combine(_folder, "inputs-1.tbj"));
        JournalReplay? replay = JournalReplay.Open(stream, out string error);
        Assert.True(replay is not null, error);
        replay.Run();
        Assert.Equal((JournalEnd.Ended, null), (replay.Reader.End, replay.Divergence));
        Assert.Equal(json.RootElement.GetProperty("state_hash").GetString(), replay.StateHashText);
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        ArrivedOrders arrived = new();
        LoopbackOptions loopback = new() { Arrived = arrival => arrived.Take(arrival) };
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 150 }, loopback, TestContext.Current.CancellationToken);
        using WorkerProcess worker = WorkerProcess.Start(_folder, "--config", WorkerProcess.Configure(_folder, venue));
        await ArriveAsync(arrived, 1);
        using (SqliteConnection other = StoreFolder.Connect(Path.Combine(_folder, "state.db")))
        {
            // While somebody else holds the rows and the log has more of them, the clean end waits for seconds.
            using SqliteTransaction held = other.BeginTransaction(deferred: false);
            await ArriveAsync(arrived, arrived.Ids.Length + 1);
            await worker.SignalAsync("TERM");
            await worker.SignalAsync("INT");
            (int code, _, string errors) = await worker.EndAsync();
            Assert.True(code is 128 + 15 or 128 + 2, $"{code}: {errors}");
        }

        // Starting and recovering are one path: the next start finds the folder as good as any.
        (int again, _, string said) = await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", _folder);
        Assert.True(again == 0, said);
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_told_that_the_account_is_taken_I13()
    {
        using WorkerProcess worker = WorkerProcess.Start(_folder);
        await worker.GreetingAsync();
        (int code, string output, string errors) =
            await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", _folder);
        Assert.True(code == 7, $"{code}: {errors}");
        Assert.StartsWith("run cannot start: another process has ", errors, StringComparison.Ordinal);
        Assert.Contains("storage.url (--data)", errors, StringComparison.Ordinal);
        Assert.Empty(output);

        // The first goes on undisturbed; when it is killed, the lock goes with it.
        Assert.False(worker.HasExited);
        worker.Kill();
        await worker.EndAsync();
        (code, _, errors) = await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", _folder);
        Assert.True(code == 0, errors);
    }

    [Fact]
    public async Task A_file_where_the_folder_should_be_stops_the_start_and_says_so()
    {
        string path = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(path, "not a folder", TestContext.Current.CancellationToken);
        await AssertRefusedAsync(path, path);
    }

    [Fact]
    public async Task A_folder_in_which_nothing_can_be_made_stops_the_start_and_says_so()
    {
        // Not even root makes files there.
        if (!OperatingSystem.IsLinux()) Assert.Skip("SKIPPED LOUDLY: /proc is Linux's.");
        await AssertRefusedAsync("/proc/tradingbot", "/proc/tradingbot");
        await AssertRefusedAsync("/proc/self", "intents.log");
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_stops_the_start_and_says_so()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("SKIPPED LOUDLY: modes of folders are a Unix thing.");
        else if (Environment.UserName == "root") Assert.Skip("SKIPPED LOUDLY: root may write what modes forbid.");
        else await AssertModeIsRespectedAsync();
    }

    private static async Task ArriveAsync(ArrivedOrders arrived, int count)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while (arrived.Ids.Length < count)
        {
            Assert.False(late.IsCancellationRequested, "no order came");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private async Task AssertModeIsRespectedAsync()
    {
        const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        UnixFileMode before = File.GetUnixFileMode(_folder);
        File.SetUnixFileMode(_folder, ReadOnly);
        try
        {
            await AssertRefusedAsync(_folder, "intents.log");
        }
        finally
        {
            File.SetUnixFileMode(_folder, before);
        }
    }

    private static async Task AssertRefusedAsync(string folder, string words)
    {
        (int code, string output, string errors) =
            await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", folder);
        Assert.True(code == 4, $"{code}: {errors}");
        Assert.StartsWith("run cannot start: ", errors, StringComparison.Ordinal);
        Assert.Contains(words, errors, StringComparison.Ordinal);
        Assert.Contains("Choose another storage.url (--data)", errors, StringComparison.Ordinal);
        Assert.Empty(output);
    }
}
