using System;
using System.IO;
using System.Linq;
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
}
