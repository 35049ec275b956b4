using System;
using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>What nobody knows of Kraken, one way and the other.</summary>
public sealed class VenueHabitTests
{
    private const string Market = "\"order_type\":\"market\"";
    private const string Stop = "\"order_type\":\"stop-loss\",\"reduce_only\":true,"
        + "\"triggers\":{\"reference\":\"index\",\"price\":40000}";

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "EGeneral:Invalid arguments:trigger_price")]
    public void A_trigger_is_amended_or_not(bool habit, string? refusal)
    {
        EngineBench bench = new(habits: new VenueHabits { RefusesTriggerAmends = habit });
        bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 100));
        VenueOrder stop = bench.Accepted(EngineBench.Stop(isBuy: false, lots: 100, trigger: 50_000));
        Assert.Equal(refusal, bench.Amend(stop, trigger: 51_000));
        Assert.Equal(habit ? 50_000 : 51_000, stop.TriggerPrice);
        // Its size can be, whatever the habit.
        Assert.Null(bench.Amend(stop, lots: 60));
    }

    [Theory]
    [InlineData(false, 2_000)]
    [InlineData(true, 4_000)]
    public void A_triggered_stop_goes_one_percent_or_as_far_as_it_takes(bool habit, long filled)
    {
        EngineBench bench = new(habits: new VenueHabits { TriggeredUnprotected = habit });
        bench.Book(bids: [(60_000, 9_000)], asks: [(60_010, 9_000), (60_020, 9_000)]);
        bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 4_000));
        VenueOrder stop = bench.Accepted(EngineBench.Stop(isBuy: false, lots: 4_000, trigger: 59_000));
        bench.Print(58_990);
        bench.Step();
        bench.Book(
            bids: [(58_000, 1_000), (57_500, 1_000), (57_000, 9_000), (50_000, 1)],
            asks: [(58_100, 9_000), (58_200, 1)]);
        bench.Step();
        Assert.Equal(filled, stop.FilledLots);
        Assert.False(stop.IsLive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reduce_only_order_beyond_the_position_is_trimmed_or_refused(bool habit)
    {
        EngineBench bench = new(habits: new VenueHabits { RefusesReduceOnlyExcess = habit });
        bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 100));
        OrderTicket sale = EngineBench.AtMarket(isBuy: false, lots: 150, reduceOnly: true);
        // A trigger is looked at when it triggers.
        bench.Accepted(EngineBench.Stop(isBuy: false, lots: 150, trigger: 50_000));
        if (habit) Assert.Equal("EOrder:Reduce only:Order exceeds position", bench.Refused(sale));
        else Assert.Equal(100, bench.Accepted(sale).FilledLots);
        Assert.Equal(habit ? 100 : 0, bench.Position.Lots);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void When_a_position_shrinks_what_rests_beyond_it_stays_or_ends(bool habit, int left)
    {
        EngineBench bench = new(habits: new VenueHabits { ShrinkEndsReduceOnly = habit });
        bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 200));
        VenueOrder near = bench.Accepted(EngineBench.Limit(isBuy: false, lots: 100, price: 61_000) with
        {
            ReduceOnly = true,
        });
        VenueOrder far = bench.Accepted(EngineBench.Limit(isBuy: false, lots: 100, price: 62_000) with
        {
            ReduceOnly = true,
        });
        bench.Accepted(EngineBench.AtMarket(isBuy: false, lots: 50));
        Assert.Equal(left, bench.Engine.Live.Count);
        // The least aggressive goes first.
        Assert.Equal((true, !habit), (near.IsLive, far.IsLive));
    }

    [Theory]
    [InlineData(false, new[] { "new", "trade", "filled" })]
    [InlineData(true, new[] { "new", "trade" })]
    public void That_an_order_is_filled_is_said_or_left_to_its_last_trade(bool habit, string[] told)
    {
        VenueClient client = new(new VenueOptions { Habits = new VenueHabits { OmitsFilled = habit } });
        int connection = client.OpenPrivate();
        client.Add(connection, "a", "buy", "0.05", Market);
        client.Run(1_000);
        Assert.Equal(told, client.Executions("a"));
        long[] sequences = [.. client.Channel("executions").Select(f => f.GetProperty("sequence").GetInt64())];
        Assert.Equal(Enumerable.Range(1, sequences.Length).Select(i => (long)i), sequences);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Orders_of_one_socket_overtake_each_other_or_do_not(bool habit)
    {
        bool any = false;
        for (ulong seed = 1; seed <= 10; seed++)
        {
            VenueClient client = new(
                new VenueOptions { Seed = seed, Habits = new VenueHabits { OrdersOvertake = habit } });
            int connection = client.OpenPrivate();
            for (int i = 0; i < 8; i++)
            {
                client.Add(connection, $"o{i}", "buy", "0.001", "\"order_type\":\"limit\",\"limit_price\":50000");
            }

            client.Run(1_000);
            string[] arrived = [.. client.Venue.Oracle.LiveOrders.Select(order => order.ClientId)];
            Assert.Equal(8, arrived.Length);
            any |= !arrived.SequenceEqual(arrived.Order(StringComparer.Ordinal));
        }

        Assert.Equal(habit, any);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void The_timer_takes_stops_away_or_leaves_them(bool habit, int left)
    {
        VenueClient client = new(new VenueOptions { Habits = new VenueHabits { TimerSparesStops = habit } });
        int connection = client.OpenPrivate();
        client.Add(connection, "in", "buy", "0.05", Market);
        client.Run(500);
        client.Add(connection, "stop", "sell", "0.05", Stop);
        client.Add(connection, "far", "buy", "0.01", "\"order_type\":\"limit\",\"limit_price\":50000");
        client.Ask(connection, "cancel_all_orders_after", "\"timeout\":2");
        client.Run(10_000);
        Assert.Equal(left, client.Venue.Oracle.LiveOrders.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_liquidation_closes_a_quarter_or_all_and_says_so_or_not(bool habit)
    {
        VenueClient client = new(new VenueOptions
        {
            DepositDollars = 500,
            Margin = new MarginTerms { MaintenancePercent = 9 },
            Habits = new VenueHabits { LiquidatesWhole = habit, LiquidatesSilently = habit },
        });
        client.OpenPrivate();
        Assert.Null(client.Venue.Others.Trade(VenueClient.Bitcoin, 700));
        client.Venue.Move(VenueClient.Bitcoin, -40_000, TimeSpan.Zero);
        client.Run(10_000);
        OracleFill[] closings = [.. client.Venue.Oracle.Fills.Where(fill => !fill.IsBuy)];
        Assert.NotEmpty(closings);
        long first = closings.Where(fill => fill.VenueId == closings[0].VenueId).Sum(fill => fill.Lots);
        Assert.Equal(habit ? 700 : 175, first);
        bool said = client.Channel("executions").Any(
            frame => frame.ToString().Contains("\"liquidated\"", StringComparison.Ordinal));
        Assert.Equal(!habit, said);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_the_own_interface_an_edit_keeps_the_id_or_not_and_a_trigger_is_the_last_price_or_mark(bool habit)
    {
        DerivativesClient client = new(new VenueOptions
        {
            Habits = new VenueHabits { EditGivesNewId = habit, TriggersByMark = habit },
        });
        JsonElement placed = client.Post(
            "sendorder",
            "orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice=50000&cliOrdId=e1").GetProperty("sendStatus");
        string id = placed.GetProperty("order_id").GetString()!;
        JsonElement edited = client.Post(
            "editorder", $"orderId={id}&limitPrice=50100").GetProperty("editStatus");
        Assert.Equal("edited", edited.GetProperty("status").GetString());
        string after = edited.GetProperty("orderId").GetString()!;
        Assert.Equal(!habit, id == after);
        Assert.Equal(after, Assert.Single(client.Venue.Oracle.LiveOrders).VenueId);
        client.Post("cancelorder", $"order_id={after}");
        client.Post(
            "sendorder", "orderType=stp&symbol=PF_XBTUSD&side=sell&size=0.01&stopPrice=40000");
        string orders = client.Get("openorders").ToString();
        Assert.Contains(habit ? "\"mark" : "\"last", orders, StringComparison.Ordinal);
    }
}
