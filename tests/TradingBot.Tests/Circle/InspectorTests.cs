using System;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Looks by a second private connection: the first one's stream goes on meanwhile.</summary>
public sealed class InspectorTests
{
    private static VirtualCircle Start(ulong seed = 1)
    {
        VirtualCircle circle = new(new CircleOptions
        {
            Venue = new VenueOptions { Seed = seed },
            Limits = Circles.OperatorOnly,
            Inspector = true,
        });
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.True(circle.Worker.HasInspector, "the second connection did not come up");
        return circle;
    }

    [Fact]
    public void A_stop_that_vanishes_is_missed_by_the_inspectors_look_and_placed_again_I1()
    {
        using VirtualCircle circle = Start();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        string first = Circles.Orders(circle, VenueOrderType.StopLoss).Single().ClientId;
        long before = circle.Worker.Inspections;
        circle.Venue.Faults.Arm(VenueFault.LoseStop);
        Assert.True(Circles.Until(circle, () => !Circles.IsProtected(circle), 60), "the stop was not lost");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 15), "not protected again in 15 s");
        Assert.True(circle.Worker.Inspections > before, "nobody looked");
        circle.Run(TimeSpan.FromSeconds(60));
        Assert.NotEqual(first, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).ClientId);
        Assert.Equal(2, circle.Venue.ConnectionsOf(VenueEndpoint.UnifiedPrivate).Length);
    }

    [Fact]
    public void A_lost_reply_is_resolved_by_its_look_and_fills_count_once_I3_I7()
    {
        using VirtualCircle circle = Start();
        circle.Venue.Faults.Arm(VenueFault.DropReply);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(120));
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        Assert.True(circle.Worker.Inspections > 0, "nobody looked");
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 5_000_000_000);
        var view = circle.Worker.Protection.PositionOf(circle.Worker.IdOf(Circles.Symbol));
        Assert.Equal(2, view.Quantity * 100 / (long)Math.Pow(10, view.QuantityDecimals));
    }

    [Fact]
    public void Without_the_second_connection_the_first_one_looks_and_trading_goes_on()
    {
        using VirtualCircle circle = Start();
        int second = circle.Venue.ConnectionsOf(VenueEndpoint.UnifiedPrivate).Max();
        circle.Venue.HangUp(VenueEndpoint.UnifiedPrivate, second);
        Assert.True(Circles.Until(circle, () => !circle.Worker.HasInspector, 2), "still up");
        Assert.True(circle.Worker.Protection.Ready, "the first connection went with it");
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 5), "no fill");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 5), "no stop");
        Assert.True(Circles.Until(circle, () => circle.Worker.HasInspector, 60), "it did not come back");
    }

    [Fact]
    public void The_first_connection_lost_in_the_middle_of_a_look_leaves_no_half_look_behind()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using VirtualCircle circle = Start(seed);
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromSeconds(20));
            long before = circle.Worker.Inspections;
            Assert.True(Circles.Until(circle, () => circle.Worker.Inspections > before, 180), "nobody looked");
            circle.Venue.HangUp(VenueEndpoint.UnifiedPrivate);
            circle.Run(TimeSpan.FromSeconds(60));
            Assert.True(circle.Worker.Protection.Ready, $"seed {seed}: not back");
            Assert.True(Circles.IsProtected(circle), $"seed {seed}: without a stop");
            Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        }
    }
}
