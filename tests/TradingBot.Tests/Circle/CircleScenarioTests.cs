using System;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The whole circle, byte for byte through parsers and encoders; judged by the venue's own truth.</summary>
public sealed class CircleScenarioTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_entry_is_filled_and_its_stop_is_live_within_the_grace_I1(bool buy)
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle, buy ? Side.Buy : Side.Sell);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 5), "no fill");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 5), "no stop");
        circle.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(buy ? Circles.Quantity : -Circles.Quantity, Circles.Position(circle));
        OracleOrder stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal((Circles.Quantity, true, !buy), (stop.Lots, stop.ReduceOnly, stop.IsBuy));
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 1_000_000_000);
        AssertAgreement(circle);
    }

    [Fact]
    public void A_lost_reply_to_an_accepted_entry_neither_doubles_it_nor_leaves_it_naked_I3()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Faults.Arm(VenueFault.DropReply);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(120));
        Assert.Equal(1, circle.Venue.Faults.CountOf(VenueFault.DropReply));
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 5_000_000_000);
        AssertOneStop(circle);
        AssertAgreement(circle);
    }

    [Fact]
    public void Executions_before_the_acknowledgement_protect_at_once_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Faults.Arm(VenueFault.ReplyAfterExecutions);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 1_000_000_000);
        AssertOneStop(circle);
        AssertAgreement(circle);
    }

    [Fact]
    public void Repeated_executions_count_once_I7()
    {
        using VirtualCircle circle = Circles.Quiet();
        for (int i = 0; i < 8; i++) circle.Venue.Faults.Arm(VenueFault.RepeatExecutions);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.True(circle.Worker.Protection.Counters.FillsRepeated > 0, "nothing was repeated");
        AssertOneStop(circle);
        AssertAgreement(circle);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    [InlineData(5UL)]
    [InlineData(6UL)]
    public void A_socket_that_closes_while_an_entry_is_under_way_is_resolved_by_what_the_venue_shows_I3(ulong seed)
    {
        using VirtualCircle circle = Circles.Quiet(seed, new VenueOptions { Faults = new FaultPlan(seed) });
        circle.Venue.Faults.Arm(VenueFault.ClosePrivate);
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(180));
        long position = Circles.Position(circle);
        Assert.True(position is 0 or Circles.Quantity, $"{position} lots");
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 15_000_000_000);
        if (position != 0) AssertOneStop(circle);
        AssertAgreement(circle);

        // The instrument is open again: nothing stays unknown for ever.
        if (position != 0) return;
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == Circles.Quantity, 10), "still closed");
    }

    [Fact]
    public void A_web_page_instead_of_a_token_is_no_token_and_is_asked_again()
    {
        FaultPlan faults = new();
        faults.Arm(VenueFault.RestHtml);
        using VirtualCircle circle = Circles.Quiet(venue: new VenueOptions { Faults = faults });
        Assert.Equal(1, faults.CountOf(VenueFault.RestHtml));
        Assert.True(circle.Worker.Protection.Ready, "the lane did not come up");
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 1_000_000_000);
        AssertOneStop(circle);
        AssertAgreement(circle);
    }

    [Fact]
    public void A_stop_that_vanishes_without_a_word_is_placed_again_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        AssertOneStop(circle);
        string first = Circles.Orders(circle, VenueOrderType.StopLoss).Single().ClientId;
        circle.Venue.Faults.Arm(VenueFault.LoseStop);
        Assert.True(Circles.Until(circle, () => !Circles.IsProtected(circle), 60), "the stop was not lost");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 15), "not protected again in 15 s");
        circle.Run(TimeSpan.FromSeconds(60));
        Assert.NotEqual(first, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).ClientId);
        AssertAgreement(circle);
    }

    [Fact]
    public void A_refused_stop_is_tried_again_and_then_the_position_is_closed_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => circle.Worker.Entries == 1, 5));
        for (int i = 0; i < 4; i++) circle.Venue.Faults.ArmRefusal("EOrder:Insufficient margin");
        circle.Run(TimeSpan.FromSeconds(60));
        bool isSafe = Circles.Position(circle) == 0 || Circles.IsProtected(circle);
        Assert.True(isSafe, "open and without a stop");
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 15_000_000_000);
        AssertAgreement(circle);
    }

    [Fact]
    public void A_lost_book_update_heals_by_asking_for_that_symbol_alone_I6()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Faults.Arm(VenueFault.DropBookUpdate);
        circle.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(1, circle.Venue.Faults.CountOf(VenueFault.DropBookUpdate));
        Assert.InRange(circle.Worker.Resyncs, 1, 2);
        for (int id = 0; id < circle.Worker.Symbols.Count; id++)
        {
            if (circle.Worker.Engine.Books.BookOf(id) is not { Snapshots: > 0 } book) continue;
            Assert.Equal(Market.Book.BookState.InSync, book.State);
        }
    }

    [Fact]
    public void Halt_stops_entries_and_nothing_else_and_resume_lets_them_in_again_I10()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Circles.Operate(circle, AccountEventKind.Halt);
        Circles.Operate(circle, AccountEventKind.Exit);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 0, 10), "a halt kept the exit back");
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Empty(Circles.Orders(circle, VenueOrderType.StopLoss));
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Circles.Position(circle));
        Circles.Operate(circle, AccountEventKind.Resume);
        Circles.Enter(circle);
        bool entered = Circles.Until(circle, () => Circles.Position(circle) == Circles.Quantity, 10);
        Assert.True(entered, "no entry after resume");
    }

    [Fact]
    public void A_moved_stop_is_where_it_was_moved_to_and_never_missing_meanwhile_I12()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        long trigger = circle.Venue.Oracle.LastPrice(Circles.Symbol) * 99 / 100;
        long before = circle.Venue.Oracle.UnprotectedNs(Circles.Symbol);
        Circles.Operate(circle, AccountEventKind.MoveStop, trigger);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(trigger, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).TriggerPrice);
        Assert.Equal(before, circle.Venue.Oracle.UnprotectedNs(Circles.Symbol));
    }

    [Fact]
    public void Without_a_durable_intent_no_entry_leaves_but_what_reduces_risk_does_I2()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        circle.File.Broken = true;
        Circles.Operate(circle, AccountEventKind.Exit);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 0, 10), "the exit did not leave");
        circle.Run(TimeSpan.FromSeconds(20));
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal((0L, 1L), (Circles.Position(circle), circle.Worker.Entries));
    }

    private static void AssertOneStop(VirtualCircle circle)
    {
        OracleOrder stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal(Math.Abs(Circles.Position(circle)), stop.Lots - stop.FilledLots);
    }

    /// <summary>The worker believes what the venue knows.</summary>
    private static void AssertAgreement(VirtualCircle circle)
    {
        var view = circle.Worker.Protection.PositionOf(circle.Worker.IdOf(Circles.Symbol));
        long expected = Circles.Position(circle);
        Assert.Equal(expected, view.Quantity * Pow10.Of(Math.Max(0, 4 - view.QuantityDecimals)));
    }
}
