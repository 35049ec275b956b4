using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>Every verb that opens a store, before a store that it must not use: what it says, what it ends with, and
/// that nothing was touched.</summary>
public sealed class StoreRefusalVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("refusals").FullName;

    private string State => Path.Combine(_folder, "state.db");

    private string Candles => Path.Combine(_folder, "candles.db");

    private string Bars => Path.Combine(_folder, "ETHUSD_60.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("INSERT INTO schema_migrations VALUES (99, 'future', 'ab', 1)", "has schema 99 (future), this build")]
    [InlineData("UPDATE schema_migrations SET sha256 = 'c0de' WHERE number = 1", "c0de")]
    public async Task A_newer_schema_and_a_changed_migration_end_every_verb_with_5_and_leave_the_store_alone(
        string change, string words)
    {
        TapeVenue venue = new();
        venue.List("ETH");
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        WriteBars(Bars, 3);
        await MustAsync("migrate", "--db", State, "--mark", "paper", "--account", "simulated");
        await MustAsync("migrate", "--candles", "--db", Candles);
        foreach (string path in new[] { State, Candles }) Change(path, change);
        Dictionary<string, byte[]> before = Bytes();
        string[][] verbs =
        [
            ["run", "--max-loops", "2", "--port", "0", "--data", _folder],
            ["migrate", "--db", State, "--mark", "paper", "--account", "simulated"],
            ["migrate", "--candles", "--db", Candles],
            ["import", "ohlcvt", Bars, "--symbol", "ETH/USD", "--db", Candles],
            ["rebuild", "--symbol", "ETH/USD", "--from", "1h", "--timeframe", "1d", "--db", Candles],
            ["export", "candles", "--symbol", "ETH/USD", "--timeframe", "1h", "--out", "-", "--db", Candles],
            ["backfill", "ETH/USD", "--rest-url", server.Url.ToString(), "--db", Candles],
            ["data", "status", "--db", Candles],
        ];
        foreach ((int code, string error, string verb) in await AllAsync(verbs))
        {
            Assert.True(code == 5, $"{verb}: {code}: {error}");
            Assert.Contains(words, error, StringComparison.Ordinal);
            // The place and a way out.
            bool isState = verb.StartsWith("run", StringComparison.Ordinal)
                || verb.Contains(State, StringComparison.Ordinal);
            Assert.Contains(isState ? State : Candles, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }

        Assert.Empty(server.Asked);
        foreach ((string path, byte[] bytes) in before) Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_store_that_may_not_be_written_ends_every_verb_that_writes_with_4()
    {
        WriteBars(Bars, 3);
        await MustAsync("import", "ohlcvt", Bars, "--symbol", "ETH/USD", "--db", Candles);
        await Verb.NeedAsync("chattr", "+i", Candles);
        try
        {
            WriteBars(Bars, 5);
            string[][] verbs =
            [
                ["import", "ohlcvt", Bars, "--symbol", "ETH/USD", "--db", Candles],
                ["rebuild", "--symbol", "ETH/USD", "--from", "1h", "--timeframe", "4h", "--db", Candles],
            ];
            foreach ((int code, string error, string verb) in await AllAsync(verbs))
            {
                Assert.True(code == 4, $"{verb}: {code}: {error}");
                Assert.Contains("may not be written: allow it, or choose another", error, StringComparison.Ordinal);
            }
        }
        finally
        {
            await Verb.NeedAsync("chattr", "-i", Candles);
        }

        await MustAsync("import", "ohlcvt", Bars, "--symbol", "ETH/USD", "--db", Candles);
        Assert.Equal(5L, Count());
    }

    [Fact]
    public async Task A_full_disk_ends_import_export_and_backfill_with_4_and_once_there_is_room_they_go_on()
    {
        const int Lines = 60_000;
        string disk = Path.Combine(_folder, "disk");
        Directory.CreateDirectory(disk);
        WriteBars(Bars, Lines);
        await Verb.NeedAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tradingbot-test", disk);
        try
        {
            string store = Path.Combine(disk, "candles.db");
            string[] import = ["import", "ohlcvt", Bars, "--symbol", "ETH/USD", "--db", store];
            string[] export =
                ["export", "candles", "--symbol", "ETH/USD", "--timeframe", "1h", "--out", Path.Combine(disk, "x.csv")];
            (int code, _, string error) = await Verb.RunAsync(import);
            Assert.True(code == 4, $"{code}: {error}");
            Assert.Contains("room", error, StringComparison.Ordinal);
            Assert.Contains(store, error, StringComparison.Ordinal);
            (code, _, error) = await Verb.RunAsync([.. export, "--db", store]);
            Assert.True(code == 4, $"{code}: {error}");
            // Half a file would look like a whole one.
            Assert.False(File.Exists(Path.Combine(disk, "x.csv")));
            await BackfillFailsAsync(store);
            await Verb.NeedAsync("mount", "-o", "remount,size=64m", disk);
            await MustAsync(import);
            await MustAsync([.. export, "--db", store]);
            Assert.Equal(Lines + 1, File.ReadLines(Path.Combine(disk, "x.csv")).Count());
        }
        finally
        {
            await Verb.NeedAsync("umount", disk);
        }
    }

    private static async Task BackfillFailsAsync(string store)
    {
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        venue.Add("ETH", new Random(1), nowNs - (700 * TapeVenue.MinuteNs), nowNs);
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        (int code, _, string error) = await Verb.RunAsync(
            "backfill", "ETH/USD", "--timeframes", "1m", "--rest-url", server.Url.ToString(), "--db", store);
        Assert.True(code == 4, $"{code}: {error}");
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error, string Verb)[]> AllAsync(string[][] verbs) =>
        await Task.WhenAll(verbs.Select(async verb =>
        {
            (int code, _, string error) = await Verb.RunAsync(verb);
            return (code, error, string.Join(' ', verb));
        }));

    private static async Task MustAsync(params string[] verb)
    {
        (int code, string output, string error) = await Verb.RunAsync(verb);
        Assert.True(code == 0, $"{string.Join(' ', verb)}: {code}: {error}{output}");
    }

    private static void WriteBars(string path, int count)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{1_600_002_000 + (i * 3_600L)},1.5,1.7,1.4,1.6,12.25,7\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static void Change(string path, string sql)
    {
        using SqliteConnection connection = StoreFolder.Connect(path);
#pragma warning disable CA2100 // The test's own statements.
        using SqliteCommand command = new(sql + "; PRAGMA wal_checkpoint(TRUNCATE)", connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private long Count() => (long)StoreFolder.Ask(Candles, "SELECT count(*) FROM candles")!;

    private Dictionary<string, byte[]> Bytes() => new()
    {
        [State] = File.ReadAllBytes(State),
        [Candles] = File.ReadAllBytes(Candles),
    };
}
