using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Sockets;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Sockets that end in every way a network knows, at random moments, over real ones.</summary>
[Collection(AloneCollection.Name)]
public sealed class DisconnectTests : IDisposable
{
    private readonly Recordings _recordings = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public Task After_each_forced_disconnect_what_is_wanted_is_confirmed_and_the_ledger_has_its_hole_and_no_other() =>
        RunAsync(new HurriedTime(20), TimeSpan.FromMilliseconds(50 / 20.0), Seed.Count(ci: 50, full: 1_000));

    [Fact]
    public Task The_same_holds_at_the_times_that_are_kept_in_reality() =>
        RunAsync(TimeProvider.System, TimeSpan.FromMilliseconds(50), Seed.Count(ci: 1, full: 30));

    private async Task RunAsync(TimeProvider time, TimeSpan stepEvery, int count)
    {
        CaptureClock clock = new(time);
        Random random = Seed.Random(20261128, "disconnects");
        using X509Certificate2 root = Certificates.Of("a root", isRoot: true);
        using X509Certificate2 leaf = Certificates.Of("localhost", issuer: root);
        await using ServedCaptures spot = await ServeAsync(Dialect.SpotV2, clock);
        await using ServedCaptures unified = await ServeAsync(Dialect.Unified, clock);
        await using TlsFront front = new(leaf, unified.UnifiedUrl.Port);
        await using FaultProxy plain = FaultProxy.Before(spot.Url.Port);
        await using FaultProxy secure = FaultProxy.Before(front.Port);
        Uri secureUrl = new UriBuilder(secure.Through(unified.UnifiedUrl)) { Scheme = "wss", Host = "localhost" }.Uri;
        RecordingOptions options = new()
        {
            Symbols = ["BTC/USD", "ETH/USD", "SOL/USD", "PF_XBTUSD", "PF_ETHUSD"],
            Addresses = VenueSettings.Kraken with { SpotPublic = plain.Through(spot.Url), UnifiedPublic = secureUrl },
            StepEvery = stepEvery,
        };
        using NetFilter? filter = NetFilter.TryOpen(out string why);
        if (filter is null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"LOUDLY: no packet filter here ({why}): black holes are a proxy that stops passing bytes.");
        }

        DisconnectCampaign campaign = new(
            random,
            [
                new Victim("plain", 0, plain, spot.Play,
                    [Strike.Reset, Strike.HalfClose, Strike.BlackHole, Strike.GoingAway]),
                new Victim("tls", 1, secure, unified.Play,
                    [Strike.Reset, Strike.HalfClose, Strike.BlackHole, Strike.GoingAway, Strike.BrokenRecord]),
            ],
            count, clock, filter);
        string folder = Path.Combine(_recordings.Folder, "recording");
        (FeedRecording seen, FeedCapture capture) = await RecordedFeedTests.RecordAsync(
            options, folder, campaign.Step, kept: null, clock, [root]);

        Assert.Equal((count, count), (campaign.Made, campaign.Recovered));
        Assert.Equal((0, 0, (string?)null), (capture.RecordsLost, seen.Counters.Errors, capture.Fault));
        AssertNothingLeft(plain.Port, secure.Port);
        (int spotHoles, int spotLost) = HoleAudit.Check(folder, "spot-v2", spot.Log);
        (int unifiedHoles, int unifiedLost) = HoleAudit.Check(folder, "unified", unified.Log);
        // Attempts that never opened are losses, too, and no holes: the hole is there already.
        Assert.True(spotHoles + unifiedHoles >= count, $"{spotHoles} and {unifiedHoles} holes");
        Assert.Equal((0, 0), (HoleAudit.RowsOf(folder, "dropped"), HoleAudit.RowsOf(folder, "stale_at_end")));
        Assert.Equal(HoleAudit.RowsOf(folder, "stale"), HoleAudit.RowsOf(folder, "in_sync"));
        RecordedFeedTests.AssertReplays(seen.Engine, folder);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{campaign.Summary}: {spotHoles + unifiedHoles} holes, {spotLost + unifiedLost} frames sent fell "
            + $"into them, {seen.Counters.Frames} came, {seen.Reconnects} losses with those of attempts");
    }

    private async Task<ServedCaptures> ServeAsync(Dialect dialect, CaptureClock clock)
    {
        string path = Path.Combine(_recordings.Folder, $"{dialect}.jsonl");
        using (FileStream file = File.Create(path))
        {
            SyntheticCapture.Write(file, new SyntheticOptions { Seed = 5, Dialect = dialect, Faults = false });
        }

        return await ServedCaptures.StartAsync(path, speed: 1, loop: true, clock);
    }

    /// <summary>No thread of a feed lives on, and no socket of this process leads to a proxy.</summary>
    private static void AssertNothingLeft(params int[] ports)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("SKIPPED LOUDLY: /proc is Linux's.");
        string[] threads = [.. Directory.GetDirectories("/proc/self/task").Select(CommandOf)
            .Where(name => name.StartsWith("feed ", StringComparison.Ordinal))];
        Assert.Empty(threads);
        string[] ends = [.. ports.Select(port => $":{port:X4}")];
        // Remote address in the third column; the inode of an end that a process holds in the tenth, 0 without one.
        string[] held = [.. File.ReadAllLines("/proc/self/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => ends.Any(end => row[2].EndsWith(end, StringComparison.Ordinal)) && row[9] != "0")
            .Select(row => string.Join(' ', row[1..4]))];
        Assert.Empty(held);
    }

    private static string CommandOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }
}
