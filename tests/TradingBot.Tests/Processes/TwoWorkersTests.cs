using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Loopback;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary>Two workers started at once on one account: one of them trades.</summary>
public sealed class TwoWorkersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-two").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_two_started_together_one_ends_with_7_and_no_order_comes_of_two_epochs_I13()
    {
        ArrivedOrders arrived = new();
        LoopbackOptions loopback = new() { Arrived = arrival => arrived.Take(arrival) };
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 150 }, loopback, TestContext.Current.CancellationToken);
        string config = WorkerProcess.Configure(_folder, venue);
        int rounds = Seed.Count(ci: 2, full: 200);
        for (int round = 0; round < rounds; round++)
        {
            int before = arrived.Ids.Length;
            using WorkerProcess left = WorkerProcess.Start(_folder, "--config", config);
            using WorkerProcess right = WorkerProcess.Start(_folder, "--config", config);
            Task<(int Code, string Output, string Errors)> leftEnd = left.EndAsync();
            Task<(int Code, string Output, string Errors)> rightEnd = right.EndAsync();
            Task<(int Code, string Output, string Errors)> first = await Task.WhenAny(leftEnd, rightEnd);
            (int code, _, string errors) = await first;
            Assert.True(code == 7, $"round {round}: {code}: {errors}");
            WorkerProcess owner = first == leftEnd ? right : left;
            await owner.GreetingAsync();
            Assert.False(owner.HasExited, $"round {round}: both ended");
            owner.Kill();
            await (first == leftEnd ? rightEnd : leftEnd);
            ClientOrderId[] ids = arrived.Ids[before..];
            Assert.True(ids.Select(id => id.Epoch).Distinct().Count() <= 1, $"round {round}: orders of two epochs");
        }
    }

    [Fact]
    public async Task Paused_past_its_lease_it_keeps_the_account_and_no_order_comes_of_two_epochs_I13()
    {
        const int LeaseMs = 4_000;
        ArrivedOrders arrived = new();
        LoopbackOptions loopback = new() { Arrived = arrival => arrived.Take(arrival) };
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 150 }, loopback, token);
        string config = WorkerProcess.Configure(_folder, venue);
        int rounds = Seed.Count(ci: 5, full: 50);
        await File.AppendAllTextAsync(config, $"storage: {{lease_ms: {LeaseMs}}}\n", token);
        using WorkerProcess owner = WorkerProcess.Start(_folder, "--config", config);
        using SocketsHttpHandler handler = new();
        using HttpClient client = new(handler, disposeHandler: false) { BaseAddress = await owner.PageAsync() };
        for (int round = 0; round < rounds; round++)
        {
            await EntriesAsync(arrived, arrived.Ids.Length, token);
            await owner.SignalAsync("STOP");
            await Task.Delay(LeaseMs + 500, token);
            int before = arrived.Ids.Length;
            // By the row nobody owns the account now. Its process lives, and may wake at any time: that decides.
            using (WorkerProcess second = WorkerProcess.Start(_folder, "--config", config))
            {
                (int code, _, string errors) = await second.EndAsync();
                Assert.True(code == 7, $"round {round}: {code}: {errors}");
            }

            Assert.Equal(before, arrived.Ids.Length);
            await owner.SignalAsync("CONT");
            await OwnedAsync(client, token);
        }

        await owner.SignalAsync("TERM");
        (int end, _, string said) = await owner.EndAsync();
        Assert.True(end == 0, $"{end}: {said}");
        Assert.Equal([1u], arrived.Ids.Select(id => id.Epoch).Distinct());
        // What was given back is had at once, and what came of the first owner came before all of the second.
        using WorkerProcess next = WorkerProcess.Start(_folder, "--config", config);
        using HttpClient again = new(handler, disposeHandler: false) { BaseAddress = await next.PageAsync() };
        await OwnedAsync(again, token);
        await EntriesAsync(arrived, arrived.Ids.Length, token);
        uint[] epochs = [.. arrived.Ids.Select(id => id.Epoch)];
        Assert.Equal(epochs.Order(), epochs);
    }

    /// <summary>Waits for an order, or until the market has given none for a while: then any time will do.</summary>
    private static async Task EntriesAsync(ArrivedOrders arrived, int count, CancellationToken token)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (arrived.Ids.Length <= count && waited.Elapsed < TimeSpan.FromSeconds(15))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), token);
        }
    }

    /// <summary>By its own word, it has renewed the lease.</summary>
    private static async Task OwnedAsync(HttpClient client, CancellationToken token)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            byte[] bytes = await client.GetByteArrayAsync(new Uri("/api/status", UriKind.Relative), token);
            if (bytes.Length > 0)
            {
                using JsonDocument status = JsonDocument.Parse(bytes);
                if (status.RootElement.GetProperty("lease_remaining_seconds").GetDouble() > 1.5) return;
            }

            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "the lease was not renewed");
            await Task.Delay(TimeSpan.FromMilliseconds(50), token);
        }
    }
}
