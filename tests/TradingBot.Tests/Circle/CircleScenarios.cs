using System;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The scenarios by the Unified WebSocket.</summary>
public sealed class UnifiedScenarioTests() : CircleScenarios(isLegacy: false)
{
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
}

/// <summary>The same by derivatives REST v3 and the first WebSocket, and what is theirs alone.</summary>
public sealed class LegacyScenarioTests() : CircleScenarios(isLegacy: true)
{
    [Fact]
    public void A_web_page_instead_of_an_answer_leaves_the_entry_unknown_until_two_looks_agree_I3()
    {
        using VirtualCircle circle = Quiet();
        circle.Venue.Faults.Arm(VenueFault.RestHtml);
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => circle.Worker.Protection.Counters.Unknowns == 1, 5), "not unknown");
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(30));
        Assert.Equal((0L, 1L), (Circles.Position(circle), circle.Worker.Entries));
        circle.Run(TimeSpan.FromSeconds(90));
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == Circles.Quantity, 10), "still closed");
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 5), "no stop");
    }

    [Fact]
    public void An_order_whose_answer_was_lost_is_found_by_its_id_within_the_second()
    {
        using VirtualCircle circle = Quiet();
        circle.Venue.Faults.Arm(VenueFault.DropReply);
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle) && Circles.Position(circle) != 0, 2));
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(1, circle.Venue.Faults.CountOf(VenueFault.DropReply));
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        AssertOneStop(circle);
    }

    [Fact]
    public void Killed_at_any_moment_of_an_entry_it_comes_back_to_one_position_with_one_stop_I1_I2_I3()
    {
        foreach (int lagMs in (int[])[0, 25, 60, 120, 250])
        {
            using VirtualCircle circle = Quiet((ulong)(lagMs + 1));
            Circles.Enter(circle);
            Assert.True(Circles.Until(circle, () => circle.Worker.Entries == 1, 5));
            circle.Run(TimeSpan.FromMilliseconds(lagMs));
            circle.CrashAndRestart(tornBytes: lagMs % 3 * 40);
            circle.Run(TimeSpan.FromSeconds(120));
            Assert.Equal(Circles.Quantity, Circles.Position(circle));
            Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 15_000_000_000, $"{lagMs} ms");
            AssertOneStop(circle);
            AssertAgreement(circle);
        }
    }

    [Fact]
    public void No_order_of_it_goes_by_the_Unified_socket()
    {
        using VirtualCircle circle = Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        AssertOneStop(circle);
        Assert.DoesNotContain(
            circle.Worker.Sockets.ToArray(), socket => socket.Endpoint == WireEndpoint.UnifiedPrivate);
        Assert.Empty(circle.Venue.ConnectionsOf(VenueEndpoint.UnifiedPrivate));
    }

    [Theory]
    [InlineData("2027-02-28T23:59:59Z", false)]
    [InlineData("2027-03-01T00:00:00Z", true)]
    public void From_the_day_Kraken_ends_it_it_does_not_start(string now, bool isRefused)
    {
        long nowNs = (DateTimeOffset.Parse(now, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks * 100;
        VenueOptions venue = new() { StartNs = nowNs };
        if (!isRefused)
        {
            using VirtualCircle circle = Circles.Quiet(venue: venue, lane: DerivativesLane.Legacy);
            Assert.Contains("in 1 days", LaneEnd.NoticeAt(nowNs), StringComparison.Ordinal);
            return;
        }

        string refusal = Assert.Throws<InvalidDataException>(
            () => Circles.Quiet(venue: venue, lane: DerivativesLane.Legacy)).Message;
        Assert.Contains("2027-03-01", refusal, StringComparison.Ordinal);
        Assert.Contains("set venue.derivatives.lane to unified", refusal, StringComparison.Ordinal);
    }
}

/// <summary>The whole circle, byte for byte through parsers and encoders; judged by the venue's own truth.</summary>
public abstract class CircleScenarios(bool isLegacy)
{
    private protected VirtualCircle Quiet(ulong seed = 1, VenueOptions? venue = null) =>
        Circles.Quiet(seed, venue, isLegacy ? DerivativesLane.Legacy : DerivativesLane.Unified);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_entry_is_filled_and_its_stop_is_live_within_the_grace_I1(bool buy)
    {
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet(seed, new VenueOptions { Faults = new FaultPlan(seed) });
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
    public void A_stop_that_vanishes_without_a_word_is_placed_again_I1()
    {
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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
        using VirtualCircle circle = Quiet();
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

    private protected static void AssertOneStop(VirtualCircle circle)
    {
        OracleOrder stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal(Math.Abs(Circles.Position(circle)), stop.Lots - stop.FilledLots);
    }

    /// <summary>The worker believes what the venue knows.</summary>
    private protected static void AssertAgreement(VirtualCircle circle)
    {
        var view = circle.Worker.Protection.PositionOf(circle.Worker.IdOf(Circles.Symbol));
        long expected = Circles.Position(circle);
        Assert.Equal(expected, view.Quantity * Pow10.Of(Math.Max(0, 4 - view.QuantityDecimals)));
    }
}
