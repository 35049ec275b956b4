using System;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>A position and a venue that takes no orders, through the whole worker, judged by the venue's own
/// truth.</summary>
public sealed class ProtectionScenarioTests
{
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public void A_fill_as_the_venue_turns_post_only_is_protected_when_it_reopens_and_never_closed_for_it_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 5), "no fill");
        TimeSpan closed = TimeSpan.FromMinutes(3);
        circle.Venue.Maintain(new MaintenanceCycle
        {
            Begins = TimeSpan.Zero,
            Length = TimeSpan.FromMilliseconds(1),
            PostOnly = closed,
            ClosesSockets = false,
        });
        circle.Run(TimeSpan.FromSeconds(60));
        int id = circle.Worker.IdOf(Circles.Symbol);
        Assert.Equal(PositionState.VenueRefuses, circle.Worker.Protection.PositionOf(id).State);
        Assert.True(circle.Worker.Protection.ProtectionOverdue);
        circle.Run(closed - TimeSpan.FromSeconds(60) + TimeSpan.FromMilliseconds(2));
        Assert.False(Circles.IsProtected(circle), "post-only let a stop in");
        bool covered = Circles.Until(circle, () => Circles.IsProtected(circle), 6);
        Assert.True(covered, "not protected 6 s after it reopened");
        circle.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal((0L, false), (circle.Worker.Protection.Counters.Exits,
            circle.Worker.Protection.ProtectionOverdue));
        // The time is counted, and nearly all of it as refused.
        long nakedNs = circle.Venue.Oracle.UnprotectedNs(Circles.Symbol);
        Assert.InRange(nakedNs, 179 * SecondNs, 187 * SecondNs);
        Assert.InRange(circle.Worker.Protection.UnprotectedRefusedNs, 170 * SecondNs, nakedNs);
    }

    [Fact]
    public void A_rate_limit_at_the_moment_of_a_fill_delays_the_stop_and_closes_nothing_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => circle.Worker.Entries == 1, 5));
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 5), "no fill");
        for (int i = 0; i < 5; i++) circle.Venue.Faults.ArmRefusal("EOrder:Rate limit exceeded");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 15), "no stop");
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal((Circles.Quantity, 0L), (Circles.Position(circle), circle.Worker.Protection.Counters.Exits));
        Assert.Equal(5, circle.Worker.Protection.Counters.VenueRefusals);
        Assert.InRange(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol), 3 * SecondNs, 10 * SecondNs);
    }
}
