using System;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>The whole worker on paper, in virtual time; judged by the paper venue's own truth.</summary>
public sealed class PaperCircleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_entry_fills_on_the_observed_book_and_its_stop_is_live_within_the_grace_I1(bool buy)
    {
        using PaperCircle circle = new();
        circle.Enter(buy ? Side.Buy : Side.Sell);
        Assert.True(circle.Until(() => circle.Position != 0, 5), "no fill");
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(buy ? PaperCircle.Quantity : -PaperCircle.Quantity, circle.Position);
        OracleOrder stop = Assert.Single(circle.Stops);
        Assert.Equal((PaperCircle.Quantity, true, !buy), (stop.Lots, stop.ReduceOnly, stop.IsBuy));
        Assert.True(circle.Oracle.UnprotectedLongestNs(PaperCircle.Symbol) < 1_000_000_000);
        Assert.Equal(0, circle.Venue.Oracle.FillCount);
    }

    [Fact]
    public void A_stop_that_is_hit_closes_the_position()
    {
        using PaperCircle circle = new();
        circle.Enter(stopPoints: 10);
        Assert.True(circle.Until(() => circle.Stops.Length == 1, 5), "no stop");
        Assert.True(circle.Until(() => circle.Position == 0, 7_200), "the stop was not hit in two hours");
        circle.Run(TimeSpan.FromSeconds(30));
        Assert.Empty(circle.Stops);
        Assert.Equal(0, circle.Worker.Protection.PositionAt(0).Quantity);
    }

    [Fact]
    public void A_restart_finds_its_position_and_its_resting_stop_and_keeps_both_I1()
    {
        using PaperCircle circle = new();
        circle.Enter();
        Assert.True(circle.Until(() => circle.Stops.Length == 1, 5), "no stop");
        circle.Run(TimeSpan.FromSeconds(10));
        OracleOrder stop = circle.Stops[0];
        int fills = circle.Oracle.FillCount;

        circle.Restart(TimeSpan.FromMinutes(10));
        Assert.Equal(PaperCircle.Quantity, circle.Position);
        Assert.Equal(stop, Assert.Single(circle.Stops));
        Assert.Equal(fills, circle.Oracle.FillCount);
        circle.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(PaperCircle.Quantity, circle.Position);
        Assert.Single(circle.Stops);
        Assert.Equal(0, circle.Oracle.UnprotectedLongestNs(PaperCircle.Symbol));
        PositionView held = circle.Worker.Protection.PositionAt(0);
        string quantity = DecimalText.Of(held.Quantity, held.QuantityDecimals, shortest: true);
        Assert.Equal(("0.02", held.Quantity), (quantity, held.Covered));

        // The adopted stop still does its work.
        Assert.Equal(stop.VenueId, circle.Stops[0].VenueId);
    }

    [Fact]
    public void The_same_feed_and_acts_give_the_same_commands_state_and_account_I5()
    {
        Assert.Equal(Story(3), Story(3));
        Assert.NotEqual(Story(3), Story(4));
    }

    [Fact]
    public void Hours_of_trading_by_signals_send_nothing_but_market_data_requests_outward()
    {
        using PaperCircle circle = new(trades: true, venue: new VenueOptions { Activity = 4 });
        circle.Run(TimeSpan.FromHours(1));
        Assert.True(circle.Oracle.FillCount > 5, $"{circle.Oracle.FillCount} fills prove little");
        Assert.Empty(circle.Outer.Indiscreet);
        string[] calls = ["/0/public/SystemStatus", "/0/public/MaintenanceSchedule", "/0/public/Time"];
        Assert.All(circle.Outer.Requests, request => Assert.Contains(request.Path, calls));
        Assert.All(circle.Outer.Opened, endpoint => Assert.NotEqual(WireEndpoint.UnifiedPrivate, endpoint));
        string[] harmless =
            ["\"channel\":\"instrument\"", "\"channel\":\"book\"", "\"channel\":\"trade\"", "\"method\":\"ping\""];
        Assert.All(circle.Outer.Sent, text => Assert.Contains(
            harmless, words => text.Contains(words, StringComparison.Ordinal)));
        Assert.All(circle.Outer.Sent, text => Assert.DoesNotContain("token", text, StringComparison.Ordinal));
        Assert.Equal(0, circle.Venue.Oracle.FillCount);
        Assert.Empty(circle.Venue.Oracle.LiveOrders);
        Assert.True(circle.Oracle.UnprotectedLongestNs(PaperCircle.Symbol) < 5_000_000_000);
    }

    [Fact]
    public void A_lost_update_makes_the_paper_market_stale_until_the_worker_asked_for_it_anew_I6()
    {
        FaultPlan faults = new(5);
        using PaperCircle circle = new(venue: new VenueOptions { Faults = faults });
        circle.Enter();
        Assert.True(circle.Until(() => circle.Stops.Length == 1, 5), "no stop");
        for (int i = 0; i < 10; i++)
        {
            faults.Arm(VenueFault.DropBookUpdate);
            circle.Run(TimeSpan.FromSeconds(30));
            Assert.Single(circle.Stops);
        }

        Assert.True(circle.Worker.Resyncs > 0, "nothing was asked for anew");
        circle.Run(TimeSpan.FromSeconds(30));
        circle.Worker.Operate(
            new() { Kind = AccountEventKind.Exit, InstrumentId = circle.Worker.IdOf(PaperCircle.Symbol) },
            circle.Venue.NowNs);
        Assert.True(circle.Until(() => circle.Position == 0, 30), "the market did not come back");
    }

    /// <summary>Entry, fill, stop; restart with both; stop hit; and what all of it comes to.</summary>
    private static string Story(ulong seed)
    {
        using PaperCircle circle = new(seed);
        StringBuilder told = new();
        circle.Enter(stopPoints: 15);
        Assert.True(circle.Until(() => circle.Stops.Length == 1, 5), "no stop");
        circle.Run(TimeSpan.FromSeconds(5));
        Note(told, circle);
        circle.Restart(TimeSpan.FromMinutes(1));
        circle.Run(TimeSpan.FromSeconds(30));
        Note(told, circle);
        Assert.True(circle.Until(() => circle.Position == 0, 7_200), "the stop was not hit in two hours");
        circle.Run(TimeSpan.FromSeconds(10));
        Note(told, circle);
        return told.ToString();
    }

    private static void Note(StringBuilder told, PaperCircle circle) => told
        .Append(CultureInfo.InvariantCulture, $"{circle.Worker.CommandHash:x16} {StateHash.Of(circle.Worker.Engine)}\n")
        .Append(Encoding.UTF8.GetString(circle.Account)).Append('\n')
        .AppendJoin('\n', circle.Oracle.Fills.Select(fill => fill.ToString()));
}
