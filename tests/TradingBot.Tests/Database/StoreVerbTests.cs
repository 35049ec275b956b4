using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>The verbs <c>migrate</c> and <c>run</c> as processes: what they do to a folder, what they refuse.</summary>
public sealed class StoreVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-verb").FullName;

    private string Db => Path.Combine(_folder, "state.db");

    private string Log => Path.Combine(_folder, "intents.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Migrate_creates_then_has_nothing_to_do_then_refuses_another_mark_I13()
    {
        (int code, string output, string error) = await MigrateAsync("paper", "demo", "--json");
        Assert.True(code == 0, error);
        using (JsonDocument json = JsonDocument.Parse(output))
        {
            Assert.True(json.RootElement.GetProperty("created").GetBoolean());
        }

        byte[] before = File.ReadAllBytes(Db);
        (code, output, _) = await MigrateAsync("paper", "demo");
        Assert.Equal(0, code);
        Assert.Contains("nothing was to do", output, StringComparison.Ordinal);
        (code, _, error) = await MigrateAsync("live", "demo");
        Assert.Equal(5, code);
        Assert.Contains("belongs to paper:demo, this is live:demo", error, StringComparison.Ordinal);
        (code, _, error) = await MigrateAsync("demo", "demo");
        Assert.Equal(2, code);
        Assert.Contains("paper, live or dry-run", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Db));
    }

    [Fact]
    public async Task A_run_that_is_killed_and_one_that_ends_leave_exactly_the_logs_rows_I2()
    {
        using (Process killed = Verb.Start("run", "--for", "60s", "--port", "0", "--data", _folder))
        {
            // Its greeting comes after log and store are open; the epoch is in the log before anything else.
            await killed.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        for (int i = 0; i < 2; i++)
        {
            (int code, string output, string error) = await RunAsync("--json");
            Assert.True(code == 0, error);
            using JsonDocument json = JsonDocument.Parse(output);
            JsonElement store = json.RootElement.GetProperty("store");
            Assert.Equal(0, store.GetProperty("lag_records").GetInt64());
            Assert.Equal(3 + i - 1, store.GetProperty("records_projected").GetInt64());
        }

        AssertRowsAreTheLogs();
        // Rows can be lost: the log brings them back.
        foreach (string file in Directory.GetFiles(_folder, "state.db*")) File.Delete(file);
        Assert.Equal(0, (await RunAsync()).Code);
        AssertRowsAreTheLogs();
    }

    [Fact]
    public async Task A_store_without_its_log_stops_the_start_and_no_log_is_begun_I2()
    {
        Assert.Equal(0, (await RunAsync()).Code);
        File.Delete(Log);
        (int code, _, string error) = await RunAsync();
        Assert.Equal(5, code);
        Assert.Contains("1 records of an intent log, and there is no intents.log", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Log));
    }

    [Fact]
    public async Task A_store_that_knows_more_than_the_log_stops_the_start_I2()
    {
        Assert.Equal(0, (await RunAsync()).Code);
        string other = Path.Combine(_folder, "other");
        Assert.Equal(0, (await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", other)).Code);
        File.Copy(Path.Combine(other, "intents.log"), Log, overwrite: true);
        (int code, _, string error) = await RunAsync();
        Assert.Equal(5, code);
        Assert.Contains("was made from another intent log", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_another_account_stops_the_start_naming_both_I13()
    {
        Assert.Equal(0, (await MigrateAsync("live", "mine")).Code);
        (int code, _, string error) = await RunAsync();
        Assert.Equal(5, code);
        Assert.Contains("belongs to live:mine, this is paper:simulated", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Log));
    }

    [Fact]
    public async Task A_store_on_a_full_disk_stops_the_start_and_says_so()
    {
        await Verb.NeedAsync("mount", "-t", "tmpfs", "-o", "size=70m", "tradingbot-test", _folder);
        try
        {
            Assert.Equal(0, (await RunAsync()).Code);
            FillUp(Path.Combine(_folder, "filling"));
            (int code, _, string error) = await RunAsync();
            Assert.Equal(4, code);
            Assert.Contains("state.db: ", error, StringComparison.Ordinal);
            Assert.Contains("room", error, StringComparison.Ordinal);
            string fresh = Path.Combine(_folder, "fresh");
            (code, _, error) = await Verb.RunAsync("run", "--max-loops", "2", "--port", "0", "--data", fresh);
            Assert.Equal(4, code);
            Assert.Contains("intents.log", error, StringComparison.Ordinal);
            File.Delete(Path.Combine(_folder, "filling"));
            Assert.Equal(0, (await RunAsync()).Code);
            AssertRowsAreTheLogs();
        }
        finally
        {
            await Verb.NeedAsync("umount", _folder);
        }
    }

    [Fact]
    public async Task A_folder_on_a_read_only_medium_stops_the_start_and_says_so()
    {
        await Verb.NeedAsync("mount", "-t", "tmpfs", "-o", "size=70m", "tradingbot-test", _folder);
        try
        {
            Assert.Equal(0, (await RunAsync()).Code);
            await Verb.NeedAsync("mount", "-o", "remount,ro", _folder);
            (int code, _, string error) = await RunAsync();
            Assert.Equal(4, code);
            Assert.Contains("Read-only file system", error, StringComparison.Ordinal);
            (code, _, error) = await MigrateAsync("paper", "simulated");
            Assert.Equal(4, code);
            Assert.Contains("see that its folder is there, may be written", error, StringComparison.Ordinal);
        }
        finally
        {
            await Verb.NeedAsync("umount", _folder);
        }
    }

    [Fact]
    public async Task A_store_that_may_not_be_written_stops_the_start_and_says_so()
    {
        Assert.Equal(0, (await RunAsync()).Code);
        await Verb.NeedAsync("chattr", "+i", Db);
        try
        {
            (int code, _, string error) = await RunAsync();
            Assert.Equal(4, code);
            Assert.Contains("may not be written", error, StringComparison.Ordinal);
        }
        finally
        {
            await Verb.NeedAsync("chattr", "-i", Db);
        }
    }

    [Fact]
    public async Task A_damaged_store_is_set_aside_and_the_worker_starts_halted_with_rows_from_the_log_I2()
    {
        Assert.Equal(0, (await RunAsync()).Code);
        byte[] bytes = File.ReadAllBytes(Db);
        bytes.AsSpan(2_000, bytes.Length - 3_000).Fill(0xA5);
        File.WriteAllBytes(Db, bytes);
        (int code, string output, string error) = await RunAsync("--json");
        Assert.Equal(0, code);
        Assert.Contains("was damaged and lies at", error, StringComparison.Ordinal);
        Assert.Contains("HALTED since", error, StringComparison.Ordinal);
        using (JsonDocument json = JsonDocument.Parse(output))
        {
            Assert.True(json.RootElement.GetProperty("halted").GetBoolean());
        }

        string aside = Assert.Single(Directory.GetFiles(_folder, "state.db.damaged.*Z"));
        Assert.Equal(bytes, File.ReadAllBytes(aside));
        AssertRowsAreTheLogs();
        // The halt holds until a person resumes; the next start has nothing to set aside.
        (code, output, error) = await RunAsync("--json");
        Assert.Equal(0, code);
        Assert.DoesNotContain("damaged and lies", error, StringComparison.Ordinal);
        Assert.Contains("HALTED since", error, StringComparison.Ordinal);
        Assert.True(File.Exists(aside));
    }

    private static void FillUp(string path)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        byte[] block = new byte[1_024];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private void AssertRowsAreTheLogs()
    {
        using DiskLogFile file = DiskLogFile.Open(Log, 0);
        Assert.NotNull(IntentLog.Open(file, "paper:simulated", out List<IntentRecord> records, out _));
        StoreFolder.AssertRows(Db, records);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] more) =>
        Verb.RunAsync(["run", "--max-loops", "2", "--port", "0", "--data", _folder, .. more]);

    private Task<(int Code, string Output, string Error)> MigrateAsync(
        string mark, string account, params string[] more) =>
        Verb.RunAsync(["migrate", "--db", Db, "--mark", mark, "--account", account, .. more]);
}
