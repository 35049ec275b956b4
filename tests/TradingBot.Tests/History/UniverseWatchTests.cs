using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>A run looks at the lists again: what came, what left, who is back; the last good list stands.</summary>
public sealed class UniverseWatchTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("watch").FullName;

    private string FilePath => Path.Combine(_folder, "universe.json");

    private WorkerSettings Settings => new()
    {
        Storage = new StorageAddress(_folder, null),
        UniverseFileText = FilePath,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_came_is_told_who_rested_is_back_and_a_list_that_is_not_had_changes_nothing()
    {
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        foreach (string asset in new[] { "AAA", "BBB", "CCC" })
        {
            venue.Add(asset, new Random(1), nowNs - (90 * TapeVenue.MinuteNs), nowNs + (90 * TapeVenue.MinuteNs));
        }

        venue.Delist("CCC");
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        PublicRestOptions options = PublicRestOptions.Loopback(server.Url) with { RetriesMax = 0 };
        await RememberAsync(options);
        UniverseState state = UniverseFile.Load(FilePath, out _);
        QuarantineEntry resting = new("BBB/USD", 1, RestFailureClass.UnknownSymbol, "unknown", nowNs, NextRetryNs: 1);
        UniverseFile.Save(FilePath, state with
        {
            Quarantine = [resting],
            Accepted = state.Accepted.Remove("BBB/USD"),
        });
        RunUniverse universe = RunUniverse.Of(Settings, [], nowNs);
        Assert.Equal(["AAA/USD"], universe.Spot.Select(one => one.Symbol));

        venue.List("CCC");
        ConcurrentQueue<string> told = new();
        using UniverseWatch watch = new(Settings, universe, [], options, told.Enqueue, Soon);
        await UntilAsync(told, "Universe: CCC/USD is in it now; the next start watches it");
        Assert.Contains(told, line => line.StartsWith("Universe: BBB/USD is back after", StringComparison.Ordinal));
        state = UniverseFile.Load(FilePath, out _);
        Assert.Empty(state.Quarantine);
        string[] expected = ["AAA/USD", "BBB/USD", "CCC/USD", "PF_CCCUSD"];
        Assert.All(expected, id => Assert.Contains(id, state.Accepted));
        Assert.Equal(universe.Spot, watch.Universe.Spot);
        Assert.Contains(watch.Universe.LeftOut, one => one.Symbol == "CCC/USD"
            && one.Why == "it came while the worker ran: the next start watches it");
        Assert.True(watch.Universe.ListedNs > universe.ListedNs);

        venue.Instead = _ => StandInReply.Html(503);
        await UntilAsync(told, "the last list stands");
        Assert.NotEqual("", watch.Fault);
        Assert.Equal(state.Accepted, UniverseFile.Load(FilePath, out _).Accepted);
        Assert.Contains("maintenance", await File.ReadAllTextAsync(
            Path.Combine(_folder, "rest-failures.jsonl"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        venue.Instead = _ => null;
        await UntilAsync(told, "Universe: it is listed again");
        Assert.Equal("", watch.Fault);
    }

    [Fact]
    public async Task The_run_itself_looks_and_a_setting_of_zero_keeps_it_from_that()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(
            new VenueOptions(), 0, TestContext.Current.CancellationToken);
        await RememberAsync(PublicRestOptions.Loopback(kraken.RestUrl));
        Age();
        Assert.Equal(0, (await RunAsync(kraken, minutes: 0)).Code);
        Assert.Equal(1, UniverseFile.Load(FilePath, out _).SpotListedNs);
        (int code, string error) = await RunAsync(kraken, minutes: 60);
        Assert.True(code == 0, error);
        Assert.True(UniverseFile.Load(FilePath, out _).SpotListedNs > 1, error);
    }

    /// <summary>The list is as old as can be: a run looks at once.</summary>
    private void Age()
    {
        UniverseState state = UniverseFile.Load(FilePath, out _);
        UniverseFile.Save(FilePath, state with { SpotListedNs = 1, DerivativesListedNs = 1 });
    }

    private async Task<(int Code, string Error)> RunAsync(LoopbackKraken kraken, int minutes)
    {
        string config = Path.Combine(_folder, "config.yaml");
        await File.WriteAllTextAsync(
            config,
            $"""
            venue:
              kind: simulated
              spot:
                rest_url: {kraken.RestUrl}
                ws_public_url: {kraken.SpotPublicUrl}
              unified:
                public_url: {kraken.UnifiedPublicUrl}
                private_url: {kraken.UnifiedPrivateUrl}
            universe:
              file: {FilePath}
              refresh_minutes: {minutes}
            """,
            TestContext.Current.CancellationToken);
        (int code, _, string error) = await Verb.RunAsync(
            "run", "--config", config, "--data", _folder, "--port", "0", "--for", "4s");
        return (code, error);
    }

    private async Task RememberAsync(PublicRestOptions options)
    {
        using PublicRest rest = new(options, TimeProvider.System, _ => { });
        Discovery found = await new UniverseDiscovery(new UniverseOptions(), [])
            .AskAsync(rest, new UniverseState(), TestContext.Current.CancellationToken);
        Assert.Equal("", found.Fault);
        UniverseFile.Save(FilePath, found.State);
    }

    private static async Task UntilAsync(ConcurrentQueue<string> told, string words)
    {
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + Patience;
        while (!told.Any(line => line.Contains(words, StringComparison.Ordinal)))
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, $"'{words}' was never told: {string.Join('\n', told)}");
            await Task.Delay(Soon, TestContext.Current.CancellationToken);
        }
    }
}
