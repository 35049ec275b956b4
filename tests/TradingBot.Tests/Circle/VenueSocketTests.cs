using System;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The same maintenance over real sockets and real calls; <see cref="VenueScenarioTests"/> has more of
/// it.</summary>
public sealed class VenueSocketTests
{
    [Fact]
    public async Task A_maintenance_over_sockets_goes_from_notice_to_online_with_the_right_refusals()
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan());
        Assert.True(await circle.UntilWorkerAsync(worker => SystemOf(worker) == VenueSystem.Online), "never online");
        Assert.Equal("", await EnterAsync(circle));
        Assert.True(await circle.UntilAsync(venue => IsGuarded(venue)), "not guarded");

        circle.Venue.Ask(venue =>
        {
            venue.Maintain(new MaintenanceCycle
            {
                Begins = TimeSpan.FromSeconds(4),
                Length = TimeSpan.FromSeconds(4),
                PostOnly = TimeSpan.FromSeconds(4),
            });
            return 0;
        });
        bool noticed = await circle.UntilWorkerAsync(worker => worker.Venue.IsNoticed(VenueMarkets.Derivatives));
        Assert.True(noticed, "the notice was not heard");
        Assert.Equal("venue_notice", await EnterAsync(circle));

        Assert.True(await circle.UntilWorkerAsync(worker => SystemOf(worker) == VenueSystem.Maintenance), "not shut");
        Assert.Equal("venue_not_online", await EnterAsync(circle));
        Assert.True(await circle.UntilWorkerAsync(worker => StateOf(worker) == BookState.Stale), "a dead book stands");

        Assert.True(await circle.UntilWorkerAsync(worker => SystemOf(worker) == VenueSystem.PostOnly), "not post-only");
        Assert.Equal("venue_not_online", await EnterAsync(circle));

        Assert.True(await circle.UntilWorkerAsync(worker => SystemOf(worker) == VenueSystem.Online), "still shut");
        Assert.True(await circle.UntilWorkerAsync(worker => StateOf(worker) == BookState.InSync), "no new snapshot");
        Assert.True(circle.Venue.Ask(IsGuarded), "the stop did not outlive the maintenance");
        Assert.True(await circle.UntilWorkerAsync(worker => worker.Protection.Ready), "the lane did not come back");
        Assert.Equal("", await circle.AskWorkerAsync((worker, nowNs) => worker.Operate(
            new AccountRecord { Kind = AccountEventKind.Exit, InstrumentId = worker.IdOf(Circles.Symbol) }, nowNs)));
        Assert.True(await circle.UntilAsync(venue => venue.Oracle.PositionLots(Circles.Symbol) == 0), "no exit");
        CircleWorker ended = await circle.EndAsync();
        Assert.Equal(0, ended.Venue.Status.Failures);
        Assert.False(ended.Venue.IsNoticed(VenueMarkets.Derivatives));
    }

    private static VenueSystem SystemOf(CircleWorker worker) => worker.Venue.SystemOf(VenueMarkets.Derivatives);

    private static BookState StateOf(CircleWorker worker) =>
        worker.Engine.Books.BookOf(worker.IdOf(Circles.Symbol))!.State;

    private static bool IsGuarded(SimulatedKraken venue) => venue.Oracle.PositionLots(Circles.Symbol) != 0
        && venue.Oracle.LiveOrders.Any(order => order.Symbol == Circles.Symbol && order.Type == VenueOrderType.StopLoss)
        && venue.Oracle.UnprotectedCurrentNs(Circles.Symbol) == 0;

    private static Task<string> EnterAsync(SocketCircle circle)
    {
        long price = circle.Venue.Ask(venue => venue.Oracle.LastPrice(Circles.Symbol));
        return circle.AskWorkerAsync((worker, nowNs) => worker.Operate(
            new AccountRecord
            {
                Kind = AccountEventKind.Enter,
                InstrumentId = worker.IdOf(Circles.Symbol),
                Side = Side.Buy,
                Quantity = Circles.Quantity,
                QuantityDecimals = 4,
                Price = price * 101 / 100,
                TriggerPrice = price * 95 / 100,
            },
            nowNs));
    }
}
