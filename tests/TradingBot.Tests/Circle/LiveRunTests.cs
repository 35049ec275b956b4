using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Dashboard;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The worker in real time over real sockets, against the simulated Kraken on loopback.</summary>
public sealed class LiveRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_worker_comes_up_over_sockets_and_tells_it_on_its_page()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        VenueOptions options = new() { Activity = 12 };
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(options, 0, token);
        VenueAddresses addresses = new(
            venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, venue.UnifiedPrivateUrl);
        Assert.True(addresses.AreLoopback);
        await using SocketWire wire = new(addresses);
        using MemoryLogFile file = new();
        IntentLog log = StoreFolder.OpenLog(file, out _);
        using StoreFolder folder = new();
        using StoreWriter store = new(folder.Open(), StorePlace.OfFile(folder.Path), log, TimeProvider.System);
        LiveRun run = new(new CircleOptions { Venue = options }, wire, log, 1, "paper", "simulated", null, store);
        IPEndPoint listen = new(IPAddress.Loopback, 0);
        await using StatusServer server = await StatusServer.StartAsync(run, listen, token);
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler) { BaseAddress = server.Address };
        using HttpResponseMessage early = await client.GetAsync(new Uri("/readyz", UriKind.Relative), token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task running = Task.Factory.StartNew(
            () => run.Run(Patience, long.MaxValue, null, stop.Token), token, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await UntilAsync(client, "/readyz", token);
        await UntilAsync(client, "/livez", token);
        string metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), token);
        Assert.Contains("\ntradingbot_book_checksum_mismatches_total 0\n", metrics, StringComparison.Ordinal);
        AssertFeeds(metrics);
        Assert.Contains("\ntradingbot_store_errors_total 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\ntradingbot_store_lag_records ", metrics, StringComparison.Ordinal);
        string checks = await client.GetStringAsync(new Uri("/readyz?verbose", UriKind.Relative), token);
        Assert.Matches(
            "^ok   worker: .*\nok   account: .*\nok   reconnect: .*\nok   clock: .*\nok   market: .*\nok   store: .*\n"
                + "ready\n$",
            checks);
        string page = await client.GetStringAsync(new Uri("/", UriKind.Relative), token);
        Assert.Contains("/page.js", page, StringComparison.Ordinal);
        byte[] bytes = await client.GetByteArrayAsync(new Uri("/api/status", UriKind.Relative), token);
        using JsonDocument status = JsonDocument.Parse(bytes);
        Assert.Equal("simulated", status.RootElement.GetProperty("venue").GetString());
        JsonElement rows = status.RootElement.GetProperty("store");
        Assert.False(rows.GetProperty("failing").GetBoolean());
        Assert.True(rows.GetProperty("records_projected").GetInt64() >= 1);
        await stop.CancelAsync();
        await running;

        CircleFigures figures = new();
        figures.TakeIn(run.Worker);
        Assert.Equal((0L, 0L), (figures.Errors, figures.Mismatches));
        Assert.True(figures.Verified > 0, "no checksum was verified");
        Assert.Null(store.Finish());
        StoreFolder.OpenLog(file, out List<IntentRecord> records);
        StoreFolder.AssertRows(folder.Path, records);
    }

    [Fact]
    public async Task A_socket_to_nowhere_is_closed_and_a_request_to_nowhere_is_answered_with_nothing()
    {
        Uri nowhere = new("ws://127.0.0.1:1/");
        VenueAddresses addresses = new(new Uri("http://127.0.0.1:1/"), nowhere, nowhere, nowhere);
        await using SocketWire wire = new(addresses);
        int socket = wire.Open(WireEndpoint.SpotPublic);
        int request = wire.Request(new WireRequest("/0/private/X", "key", "sign", new byte[1]));
        bool closed = false;
        bool answered = false;
        for (int i = 0; i < 600 && !(closed && answered); i++)
        {
            wire.Wait(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            while (wire.TryReceive(0, out WireEvent e))
            {
                closed |= e.Kind == WireEventKind.Closed && e.Connection == socket;
                answered |= e.Kind == WireEventKind.Answer && e.Connection == request && e.Status == 0;
            }
        }

        Assert.True(closed && answered, $"closed {closed}, answered {answered}");
        Assert.False(wire.Send(socket, "x"u8));
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7_200)]
    [InlineData("", 0)]
    [InlineData("5", 0)]
    [InlineData("-5s", 0)]
    [InlineData("0s", 0)]
    [InlineData("fives", 0)]
    public void Durations_are_a_number_and_a_unit(string text, int seconds)
    {
        Assert.Equal(seconds > 0, RunCommand.TryReadDuration(text, out TimeSpan duration));
        if (seconds > 0) Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    private static void AssertFeeds(string metrics)
    {
        string[] lines =
        [
            "# TYPE tradingbot_feed_reconnects_total counter",
            "tradingbot_feed_reconnects_total{endpoint=\"unified_private\",reason=\"closed_by_venue\"} ",
            "tradingbot_feed_reconnects_total{endpoint=\"spot_public\",reason=\"silent\"} ",
            "tradingbot_feed_subscriptions_wanted{endpoint=\"spot_public\"} 11",
            "tradingbot_feed_subscriptions_confirmed{endpoint=\"unified_public\"} ",
            "tradingbot_feed_subscriptions_refused{endpoint=\"unified_public\"} 0",
        ];
        Assert.All(lines, line => Assert.Contains("\n" + line, metrics, StringComparison.Ordinal));
    }

    private static async Task UntilAsync(HttpClient client, string path, CancellationToken token)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 300; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), token);
            if (answer.IsSuccessStatusCode) return;
            await timer.WaitForNextTickAsync(token);
        }

        Assert.Fail($"{path} did not answer well in 30 s");
    }
}
