using System;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// The six ways a venue misbehaves around an order, over real sockets; <see cref="CircleScenarios"/> has them in
/// virtual time and for longer. Required of each: one entry, one stop behind all of it, nothing naked beyond the grace.
/// </summary>
public sealed class SocketScenarioTests
{
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public async Task A_dropped_reply_to_an_accepted_entry_neither_doubles_it_nor_leaves_it_naked_I3()
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan());
        circle.Arm(VenueFault.DropReply);
        circle.Enter();
        await AssertOneEntryWithOneStopAsync(circle, VenueFault.DropReply, nakedMaxNs: 5 * SecondNs);
    }

    [Fact]
    public async Task A_fill_before_the_acknowledgement_is_protected_at_once_I1()
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan());
        circle.Arm(VenueFault.ReplyAfterExecutions);
        circle.Enter();
        await AssertOneEntryWithOneStopAsync(circle, VenueFault.ReplyAfterExecutions, nakedMaxNs: 5 * SecondNs);
    }

    [Fact]
    public async Task Repeated_executions_count_once_I7()
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan());
        circle.Arm(VenueFault.RepeatExecutions, times: 8);
        circle.Enter();
        CircleWorker worker =
            await AssertOneEntryWithOneStopAsync(circle, VenueFault.RepeatExecutions, nakedMaxNs: 5 * SecondNs);
        Assert.True(worker.Protection.Counters.FillsRepeated > 0, "no fill was repeated");
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public async Task A_socket_closed_while_an_entry_is_under_way_leaves_it_placed_once_or_not_at_all_I3(ulong seed)
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan(seed));
        circle.Arm(VenueFault.ClosePrivate);
        circle.Enter();
        Assert.True(await circle.UntilAsync(venue => venue.Faults.CountOf(VenueFault.ClosePrivate) == 1), "no close");
        // The worker's next socket, with what the venue shows there; a second try would have left by then.
        Assert.True(await circle.UntilAsync(_ => circle.Venue.Clients == 3), "not connected again");
        bool isPlaced = await circle.UntilAsync(venue => venue.Oracle.FillCount > 0, TimeSpan.FromSeconds(3));
        if (isPlaced)
        {
            await AssertOneEntryWithOneStopAsync(circle, VenueFault.ClosePrivate, nakedMaxNs: 15 * SecondNs);
            return;
        }

        CircleWorker worker = await circle.EndAsync();
        Assert.Equal((1, 1L), (circle.EntriesArrived, worker.Entries));
        Assert.Empty(circle.Venue.Ask(venue => venue.Oracle.LiveOrders));
    }

    [Fact]
    public async Task A_web_page_instead_of_a_token_is_no_token_and_is_asked_again()
    {
        FaultPlan faults = new();
        faults.Arm(VenueFault.RestHtml);
        await using SocketCircle circle = await SocketCircle.StartAsync(faults);
        circle.Enter();
        await AssertOneEntryWithOneStopAsync(circle, VenueFault.RestHtml, nakedMaxNs: 5 * SecondNs);
    }

    [Fact]
    public async Task A_stop_removed_without_a_word_is_placed_again_I1()
    {
        await using SocketCircle circle = await SocketCircle.StartAsync(new FaultPlan());
        circle.Enter();
        Assert.True(await circle.UntilAsync(IsCovered), "no stop");
        string first = circle.Venue.Ask(StopOf);
        circle.Arm(VenueFault.LoseStop);
        Assert.True(await circle.UntilAsync(venue => StopOf(venue) is { Length: > 0 } id && id != first), "no new one");
        await AssertOneEntryWithOneStopAsync(circle, VenueFault.LoseStop, nakedMaxNs: 15 * SecondNs);
    }

    private static bool IsCovered(SimulatedKraken venue) =>
        venue.Oracle.PositionLots(Circles.Symbol) == Circles.Quantity
        && venue.Oracle.UnprotectedCurrentNs(Circles.Symbol) == 0;

    private static string StopOf(SimulatedKraken venue) => venue.Oracle.LiveOrders
        .FirstOrDefault(order => order.Type == VenueOrderType.StopLoss)?.ClientId ?? "";

    /// <summary>By the venue's own truth, once it is covered: the required outcome of all six.</summary>
    private static async Task<CircleWorker> AssertOneEntryWithOneStopAsync(
        SocketCircle circle, VenueFault fault, long nakedMaxNs)
    {
        Assert.True(await circle.UntilAsync(IsCovered), "no stop behind the whole position");
        // A second entry or stop, from a second thought, would come within a few seconds.
        await circle.UntilAsync(_ => false, TimeSpan.FromSeconds(3));
        CircleWorker worker = await circle.EndAsync();
        circle.Venue.Ask(venue =>
        {
            Assert.True(venue.Faults.CountOf(fault) > 0, "the fault did not strike");
            Assert.Equal(Circles.Quantity, venue.Oracle.PositionLots(Circles.Symbol));
            OracleOrder order = Assert.Single(venue.Oracle.LiveOrders);
            Assert.Equal((VenueOrderType.StopLoss, true, false), (order.Type, order.ReduceOnly, order.IsBuy));
            Assert.Equal(Circles.Quantity, order.Lots - order.FilledLots);
            Assert.Single(venue.Oracle.Fills.Select(fill => fill.ClientId).Distinct());
            Assert.InRange(venue.Oracle.UnprotectedLongestNs(Circles.Symbol), 0, nakedMaxNs);
            return 0;
        });
        Assert.Equal(1, circle.EntriesArrived);
        var view = worker.Protection.PositionOf(worker.IdOf(Circles.Symbol));
        Assert.Equal(Circles.Quantity, view.Quantity * Market.Values.Pow10.Of(Math.Max(0, 4 - view.QuantityDecimals)));
        return worker;
    }
}
