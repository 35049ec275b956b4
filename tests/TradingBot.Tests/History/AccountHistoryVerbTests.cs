using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>What the verbs of the market know of the account: its open positions, and its fees.</summary>
public sealed class AccountHistoryVerbTests
{
    [Fact]
    public async Task Universe_keeps_what_the_intent_log_holds_also_while_a_worker_has_it()
    {
        using Configured configured = new();
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        foreach (string asset in new[] { "AAA", "BBB" })
        {
            venue.Add(asset, new Random(1), nowNs - (90 * TapeVenue.MinuteNs), nowNs);
        }

        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        string url = server.Url.ToString();
        string config = configured.Write("blocking.yaml", "universe: {block: [PF_AAAUSD, PF_BBBUSD]}\n");
        DiskLogFile file = DiskLogFile.Open(Path.Combine(configured.Folder, "intents.log"), 1 << 16);
        IntentLog log = IntentLog.Open(file, "paper:simulated", out _, out _)!;
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        Assert.True(log.TryAppend(in epoch, protective: true));
        // Of one symbol nothing is left, of the other something.
        foreach ((string symbol, Side side, ulong number) in new[]
        {
            ("PF_AAAUSD", Side.Buy, 1UL), ("PF_BBBUSD", Side.Sell, 2UL), ("PF_AAAUSD", Side.Sell, 3UL),
        })
        {
            IntentRecord fill = new()
            {
                Kind = IntentRecordKind.Fill,
                Epoch = 1,
                Side = side,
                Symbol = SymbolText.Of(System.Text.Encoding.ASCII.GetBytes(symbol)),
                Quantity = 5,
                ExecutionLow = number,
            };
            Assert.True(log.TryAppend(in fill, protective: true));
        }

        Assert.True(log.TrySync());
        string[] universe =
            ["universe", "--rest-url", url, "--data", configured.Folder, "--config", config, "--all", "--json"];
        // The rows follow the log, and are read while it is held.
        StoreOpening opening = StateStore.Open(
            StorePlace.OfFile(Path.Combine(configured.Folder, "state.db")), AccountMark.Parse("paper:simulated"),
            TimeProvider.System);
        Assert.Null(opening.Fault);
        using (StateStore store = opening.Store!)
        {
            Assert.Null(store.Project(log, 100));
            await ManagesAsync(universe);
            file.Dispose();
        }

        File.Delete(Path.Combine(configured.Folder, "state.db"));
        await ManagesAsync(universe);
        (int code, string output, string error) = await Verb.RunAsync(
            "backfill", "--timeframes", "15m", "--rest-url", url, "--data", configured.Folder, "--config", config,
            "--json");
        Assert.True(code == 0, error);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(
            ["AAA/USD", "BBB/USD", "PF_BBBUSD"],
            report.RootElement.GetProperty("symbols").EnumerateArray().Select(one => one.GetProperty("id").GetString())
                .Order(StringComparer.Ordinal));
    }

    private static async Task ManagesAsync(string[] universe)
    {
        (int code, string output, string error) = await Verb.RunAsync(universe);
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Dictionary<string, bool> managed = json.RootElement.GetProperty("instruments").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => one.GetProperty("managed").GetBoolean());
        Assert.False(managed["PF_AAAUSD"], error);
        Assert.True(managed["PF_BBBUSD"], error);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_told_and_the_universe_is_shown_all_the_same()
    {
        using Configured configured = new();
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        venue.Add("AAA", new Random(1), nowNs - (90 * TapeVenue.MinuteNs), nowNs);
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        configured.Write("intents.log", "precious notes");
        (int code, _, string error) = await Verb.RunAsync(
            "universe", "--rest-url", server.Url.ToString(), "--data", configured.Folder);
        Assert.Equal(0, code);
        Assert.Contains("intents.log does not read as an intent log", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_archive_keeps_the_fee_tier_where_there_is_a_key_that_nobody_uses()
    {
        VenueOptions options = new() { ApiKey = Configured.ApiKey, ApiSecret = Configured.PrivateKey };
        await using LoopbackKraken kraken =
            await LoopbackKraken.StartAsync(options, 0, TestContext.Current.CancellationToken);
        using Configured configured = new();
        string key = configured.Write("key", Configured.ApiKey + "\n");
        string secret = configured.Write("secret", Configured.PrivateKey + "\n");
        string config = configured.Write(
            "keyed.yaml", $"venue: {{spot: {{api_key_file: {key}, api_secret_file: {secret}}}}}\n");
        string[] archive =
        [
            "backfill", "--archive", "--timeframes", "1d", "--rest-url", kraken.RestUrl.ToString(), "--data",
            configured.Folder, "--json",
        ];
        string fees = Path.Combine(configured.Folder, "archive", "fees.csv");
        Assert.Contains("names no key", await FeesAsync(archive), StringComparison.Ordinal);
        Assert.False(File.Exists(fees));

        string[] keyed = [.. archive, "--config", config];
        Assert.Contains("as taker", await FeesAsync(keyed), StringComparison.Ordinal);
        string[] lines = await File.ReadAllLinesAsync(fees, TestContext.Current.CancellationToken);
        Assert.Equal("time,currency,volume_30d,pair,taker_percent,maker_percent", lines[0]);
        string bitcoin = lines.Single(line => line.Contains(",XXBTZUSD,", StringComparison.Ordinal));
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ,ZUSD,0\.0000,XXBTZUSD,0\.\d{4},0\.\d{4}$", bitcoin);

        using DiskLogFile held = DiskLogFile.Open(Path.Combine(configured.Folder, "intents.log"), 1 << 16);
        Assert.Contains("their nonces would collide", await FeesAsync(keyed), StringComparison.Ordinal);
        Assert.Equal(lines.Length, File.ReadLines(fees).Count());
    }

    /// <summary>The simulated Kraken has no history of funding: how the archive ends is not looked at here.</summary>
    private static async Task<string> FeesAsync(string[] arguments)
    {
        (_, string output, string error) = await Verb.RunAsync(arguments);
        Assert.True(output.Length > 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("fee_tier").GetString()!;
    }
}
