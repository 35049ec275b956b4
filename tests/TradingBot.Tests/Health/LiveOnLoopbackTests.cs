using System;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Database;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>The live path against addresses of this machine: what a first day at Kraken would be refused for.</summary>
public sealed class LiveOnLoopbackTests
{
    private static readonly VenueOptions Options = new()
    {
        ApiKey = Configured.ApiKey,
        ApiSecret = Configured.PrivateKey,
    };

    [Fact]
    public async Task Live_runs_against_loopback_with_account_keys_and_a_marked_database_and_binds_the_folder()
    {
        await using LoopbackKraken venue = await DoctorTests.StartAsync(Options);
        using Configured configured = new();
        string config = Live(configured, venue);
        Mark(configured, "live", "main");
        (int code, _, string error) = await RunAsync(config);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("rehearsal of live trading", error, StringComparison.Ordinal);
        string bound = AccountIdentity.Read(Path.Combine(configured.Folder, "data"))!;
        Assert.Equal(32, bound.Length);
        (code, _, error) = await RunAsync(config);
        Assert.True(code == ExitCode.Ok, error);
    }

    [Fact]
    public async Task Live_runs_by_the_legacy_lane_over_loopback_and_says_when_it_ends()
    {
        VenueOptions options = Options with
        {
            DerivativesKey = Configured.ApiKey,
            DerivativesSecret = Configured.PrivateKey,
            Activity = 30,
            LevelDollars = 250,
        };
        await using LoopbackKraken venue = await DoctorTests.StartAsync(options);
        using Configured configured = new();
        string config = RehearsalTests.Write(configured, venue);
        string yaml = File.ReadAllText(config)
            .Replace("  derivatives:\n", "  derivatives:\n    lane: legacy\n", StringComparison.Ordinal);
        File.WriteAllText(config, yaml + "\nprotection: {stop_distance_ppm: 2000}\n"
            + "strategy: {imbalance_trigger_percent: 40, flow_min_percent: 10}\n");
        (int code, string output, string error) =
            await Verb.RunAsync("run", "--live", "--config", config, "--for", "20s", "--json");
        Assert.True(code == ExitCode.Ok, output + error);
        Assert.Contains("legacy lane, which Kraken ends on 2027-03-01", error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("fills").GetInt64() > 0, output + error);
        Assert.True(venue.Ask(kraken => kraken.Oracle.FillCount) > 0);
        Assert.Equal(0, venue.Ask(kraken => kraken.ConnectionsOf(VenueEndpoint.UnifiedPrivate).Length));
    }

    [Fact]
    public async Task Live_is_refused_on_the_log_of_another_account_whatever_its_name()
    {
        using Configured configured = new();
        await using (LoopbackKraken venue = await DoctorTests.StartAsync(Options))
        {
            Assert.Equal(ExitCode.Ok, (await RunAsync(Live(configured, venue))).Code);
        }

        await using LoopbackKraken other = await DoctorTests.StartAsync(
            Options with { AccountNumber = "AA99 ZZZZ ZZZZ ZZZZ" });
        (int code, _, string error) = await RunAsync(Live(configured, other));
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("the key is of account", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_is_refused_with_a_key_that_moves_money()
    {
        await using LoopbackKraken venue = await DoctorTests.StartAsync(
            Options with { KeyRights = [.. Options.KeyRights, "withdraw-funds"] });
        using Configured configured = new();
        (int code, _, string error) = await RunAsync(Live(configured, venue));
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("withdraw-funds", error, StringComparison.Ordinal);
        Assert.False(File.Exists(AccountIdentity.PathOf(Path.Combine(configured.Folder, "data"))));
    }

    [Fact]
    public async Task Live_is_refused_on_a_database_of_paper()
    {
        await using LoopbackKraken venue = await DoctorTests.StartAsync(Options);
        using Configured configured = new();
        string config = Live(configured, venue);
        Mark(configured, "paper", "main");
        (int code, _, string error) = await RunAsync(config);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("belongs to paper:main", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_at_Kraken_is_refused_and_says_what_is_missing()
    {
        using Configured configured = new();
        string key = configured.Write("k", Configured.ApiKey, UnixFileMode.UserRead);
        string secret = configured.Write("s", Configured.PrivateKey, UnixFileMode.UserRead);
        File.WriteAllText(
            configured.FilePath,
            "account: {id: main}\n"
            + $"venue: {{kind: kraken, spot: {{api_key_file: {key}, api_secret_file: {secret}}}}}\n");
        (int code, _, string error) = await Configured.InvokeAsync(
            "run", "--live", "--config", configured.FilePath, "--for", "1s");
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("live trading at Kraken is refused", error, StringComparison.Ordinal);
        Assert.Contains("tradingbot probe", error, StringComparison.Ordinal);
    }

    private static string Live(Configured configured, LoopbackKraken venue)
    {
        string key = configured.Write("k" + Path.GetRandomFileName(), Configured.ApiKey, UnixFileMode.UserRead);
        string secret = configured.Write("s" + Path.GetRandomFileName(), Configured.PrivateKey, UnixFileMode.UserRead);
        string keys = $"    api_key_file: {key}\n    api_secret_file: {secret}";
        string config = DoctorTests.Write(configured, venue, keys);
        File.AppendAllText(config, "account: {id: main}\n");
        return config;
    }

    /// <summary>As the verb migrate does.</summary>
    private static void Mark(Configured configured, string mode, string account)
    {
        string folder = Path.Combine(configured.Folder, "data");
        Directory.CreateDirectory(folder);
        Assert.True(AccountMark.TryCreate(mode, account, out AccountMark mark, out string error), error);
        StoreOpening opening = StateStore.Open(
            StorePlace.OfFile(Path.Combine(folder, "state.db")), mark, TimeProvider.System);
        Assert.Null(opening.Fault);
        opening.Store!.Dispose();
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string config) =>
        Configured.InvokeAsync("run", "--live", "--config", config, "--for", "2s");
}
