using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Book;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Database;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Dashboard;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>What settings make of a run.</summary>
public sealed class RunCompositionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task With_all_addresses_the_run_connects_to_the_simulated_Kraken_that_stands_there()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(new VenueOptions(), 0, token);
        WorkerSettings settings = new()
        {
            Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0),
            Venue = new VenueSettings
            {
                SpotRest = venue.RestUrl,
                SpotPublic = venue.SpotPublicUrl,
                UnifiedPublic = venue.UnifiedPublicUrl,
                UnifiedPrivate = venue.UnifiedPrivateUrl,
            },
        };
        // Two public sockets, the account's, and the one that looks.
        await RunUntilAsync(settings, built => built.Run.Worker.Protection.Ready && venue.Clients == 4, token);
        Assert.Contains(venue.RestUrl.ToString(), RunComposition.Greeting(settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_watches_what_its_universe_file_holds_and_signals_wait_for_history_that_is_whole_and_fresh()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 100 }, 0, token);
        using StoreFolder folder = new();
        string url = venue.RestUrl.ToString();
        string[] place = ["--rest-url", url, "--db", folder.Folder];
        (int code, _, string error) = await Verb.RunAsync(["universe", .. place]);
        Assert.True(code == 0, error);
        WorkerSettings settings = new()
        {
            Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0),
            Storage = new StorageAddress(folder.Folder, null),
            UniverseFileText = System.IO.Path.Combine(folder.Folder, WorkerSettings.UniverseName),
            Listing = new() { Block = ["PF_XBTUSD"] },
            Limits = new() { HistoryRequired = true },
            // Its thirty days of trades are too few daily bars.
            Freshness = new()
            {
                Limits =
                [
                    FreshnessRules.Limit("15m", 1_800_000_000_000), FreshnessRules.Limit("1h", 7_200_000_000_000),
                ],
            },
            ImbalanceTriggerPercent = 5,
            FlowMinPercent = 0,
            Venue = new VenueSettings
            {
                SpotRest = venue.RestUrl,
                SpotPublic = venue.SpotPublicUrl,
                UnifiedPublic = venue.UnifiedPublicUrl,
                UnifiedPrivate = venue.UnifiedPrivateUrl,
            },
        };
        await RunUntilAsync(
            settings, built => Decided(built, Refusal.History) > 0 && Decided(built, Refusal.None) == 0, token);
        (code, _, error) = await Verb.RunAsync(["backfill", "--timeframes", "15m,1h", .. place]);
        Assert.True(code == 0, error);
        ConcurrentQueue<string> told = [];
        JsonElement standing = default;
        await RunUntilAsync(
            settings,
            built =>
            {
                using JsonDocument status = JsonDocument.Parse(built.Run.Status);
                standing = status.RootElement.Clone();
                return Decided(built, Refusal.None) > 0;
            },
            token, told.Enqueue);
        JsonElement universe = standing.GetProperty("universe");
        Assert.Equal((5, 4), (universe.GetProperty("spot").GetInt32(), universe.GetProperty("perpetuals").GetInt32()));
        Assert.Equal("PF_XBTUSD", universe.GetProperty("left_out")[0].GetProperty("symbol").GetString());
        JsonElement history = standing.GetProperty("history");
        Assert.Equal(9, history.GetProperty("may_be_analysed").GetInt32());
        Assert.DoesNotContain(told, line => line.Contains("may not be analysed", StringComparison.Ordinal));
        Assert.DoesNotContain("PF_XBTUSD", Books(standing));
        Assert.Contains("\ntradingbot_history_may_be_analysed 9\n", Metrics(standing), StringComparison.Ordinal);
    }

    private static long Decided(RunComposition built, Refusal reason)
    {
        long sum = 0;
        CircleWorker worker = built.Run.Worker;
        for (int id = 0; id < worker.Symbols.Count; id++) sum += worker.Engine.Gate.CountOf(id, reason);
        return sum;
    }

    private static string[] Books(JsonElement standing) =>
        [.. standing.GetProperty("books").EnumerateArray().Select(book => book.GetProperty("symbol").GetString()!)];

    private static string Metrics(JsonElement standing) =>
        StatusMetrics.Of(System.Text.Encoding.UTF8.GetBytes(standing.GetRawText()));

    [Fact]
    public async Task A_rehearsal_signs_with_the_keys_of_the_files_and_its_own_simulated_Kraken_believes_them()
    {
        using Tests.Settings.Configured configured = new();
        string key = configured.Write("k", Tests.Settings.Configured.ApiKey);
        string secret = configured.Write("s", Tests.Settings.Configured.PrivateKey);
        EffectiveSettings effective = configured.Read(
            "mode: live\naccount: {id: main}\nadmin: {listen: 127.0.0.1:0}\n"
            + $"venue: {{spot: {{api_key_file: {key}, api_secret_file: {secret}}}}}\n");
        WorkerSettings settings = Tests.Settings.Configured.Sound(effective);
        CancellationToken token = TestContext.Current.CancellationToken;
        await RunUntilAsync(settings, built => built.Run.Worker.Protection.Ready, token);
        Assert.Contains("rehearsal", RunComposition.Greeting(settings), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_universe_that_is_allowed_is_watched()
    {
        WorkerSettings settings = new() { Universe = ["ETH/USD", "PF_SOLUSD"] };
        using VirtualCircle circle = new(RunComposition.OptionsOf(settings));
        circle.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(["ETH/USD", "PF_SOLUSD"], Watched(circle));
    }

    [Theory]
    [InlineData("PF_XBTUSD")]
    [InlineData("BTC/USD")]
    public void Without_symbols_of_its_kind_a_socket_stays_closed_and_the_rest_runs(string symbol)
    {
        WorkerSettings settings = new() { Universe = [symbol] };
        using VirtualCircle circle = new(RunComposition.OptionsOf(settings));
        circle.Run(TimeSpan.FromSeconds(10));
        Assert.Equal([symbol], Watched(circle));
        Assert.True(circle.Worker.Protection.Ready, "the order lane did not come up");
    }

    private static ImmutableArray<string> Watched(VirtualCircle circle)
    {
        ImmutableArray<string> watched = [];
        for (int id = 0; id < circle.Worker.Symbols.Count; id++)
        {
            if (circle.Worker.Engine.Books.BookOf(id) is not { State: BookState.InSync }) continue;
            watched = watched.Add(System.Text.Encoding.ASCII.GetString(circle.Worker.Symbols.TextOf(id)));
        }

        return watched.Sort(StringComparer.Ordinal);
    }

    private static async Task RunUntilAsync(
        WorkerSettings settings, Func<RunComposition, bool> condition, CancellationToken token,
        Action<string>? told = null)
    {
        using StoreFolder folder = new();
        StorageAddress address = new(folder.Folder, null);
        using DataFolder? data = DataFolder.Open(address, AccountMark.Parse(settings.Mark), out string error, out _);
        Assert.True(data is not null, error);
        await using RunComposition built =
            await RunComposition.StartAsync(settings, data, 1, keepsJournal: true, token, told: told);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        bool met = false;
        // The condition is asked on the worker's thread, between its steps.
        await Task.Factory.StartNew(
            () => built.Run.Run(Patience, long.MaxValue, Look, stop.Token), token, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        string standing = System.Text.Encoding.UTF8.GetString(built.Run.Status);
        Assert.True(met, "the run did not get there in its time: " + standing);

        void Look()
        {
            if (met || !condition(built)) return;
            met = true;
            stop.Cancel();
        }
    }
}
