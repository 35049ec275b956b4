using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Somebody else on the account, and markets that a script moves, suspends and ends.</summary>
public sealed class ExternalActorTests
{
    private const string Symbol = VenueClient.Bitcoin;
    private const long Deposit = 10_000_000_000_000;

    [Fact]
    public void What_he_does_is_told_to_the_account_like_anything_else()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        ExternalActor other = client.Venue.Others;
        Assert.Null(other.Trade(Symbol, 200));
        Assert.Null(other.Bracket(Symbol, stopPpm: 20_000, targetPpm: 30_000));
        Assert.Equal(0, client.Venue.Oracle.UnprotectedCurrentNs(Symbol));
        OracleOrder[] legs = [.. client.Venue.Oracle.LiveOrders];
        Assert.Equal([VenueOrderType.StopLoss, VenueOrderType.TakeProfit], legs.Select(leg => leg.Type).Order());
        Assert.All(legs, leg => Assert.Equal(
            (200, true, false, ""), (leg.Lots, leg.ReduceOnly, leg.IsBuy, leg.ClientId)));
        Assert.Null(other.MoveStop(Symbol, 10_000));
        long trigger = client.Venue.Oracle.LiveOrders.Single(leg => leg.Type == VenueOrderType.StopLoss).TriggerPrice;
        long wanted = client.Venue.Oracle.LastPrice(Symbol) * 99 / 100;
        Assert.InRange(trigger, wanted - 1, wanted + 1);
        Assert.Null(other.RemoveStops(Symbol));
        Assert.Null(other.Flip(Symbol));
        Assert.Equal(-200, client.Venue.Oracle.PositionLots(Symbol));
        Assert.Null(other.Close(Symbol, partPpm: 500_000));
        Assert.Equal(-100, client.Venue.Oracle.PositionLots(Symbol));
        Assert.Null(other.Transfer(-2_000));
        Assert.Equal("insufficient available margin", other.Transfer(-20_000));
        Assert.Equal("no stop", other.RemoveStops("PF_ETHUSD"));
        Assert.Equal("no position", other.Close("PF_ETHUSD"));
        client.Run(500);
        Assert.Contains(client.Channel("executions"), frame => frame.ToString().Contains("take-profit", Ordinal));
        Assert.Equal("short", client.Channel("positions").Last().GetProperty("data").GetProperty("futures")[0]
            .GetProperty("side").GetString());
        Assert.Equal(client.Venue.Oracle.CashByFills(Deposit), client.Venue.Oracle.Cash);
        Assert.Equal(7, other.Count);
        client.Venue.Close(connection);
    }

    [Fact]
    public void Of_his_own_accord_he_does_all_there_is_and_money_is_conserved()
    {
        int seeds = Seed.Count(ci: 5, full: 100);
        Dictionary<ExternalAct, long> done = [];
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            SimulatedKraken venue = new(
                new VenueOptions { Seed = seed, OthersPerHour = 120, Habits = VenueHabits.Of(seed) });
            venue.AdvanceTo(venue.NowNs + (3_600L * 1_000_000_000));
            Assert.InRange(venue.Others.Told.Count, 60, 240);
            Assert.Equal(venue.Oracle.CashByFills(Deposit), venue.Oracle.Cash);
            foreach (ExternalAct act in Enum.GetValues<ExternalAct>())
            {
                done[act] = done.GetValueOrDefault(act) + venue.Others.CountOf(act);
            }
        }

        Assert.All(done, pair => Assert.True(pair.Value > 0, $"never: {pair.Key}"));
    }

    [Fact]
    public void Beside_him_the_worker_keeps_every_position_protected_I1()
    {
        int seeds = Seed.Count(ci: 4, full: 80);
        long adopted = 0;
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            CircleOptions options = SimulateCommand.OptionsOf(
                seed, TimeSpan.FromMinutes(30), new FaultPlan(seed), others: 60, drawn: true);
            using VirtualCircle circle = new(options);
            circle.Run(options.Duration);
            VenueOracle oracle = circle.Venue.Oracle;
            foreach (string symbol in oracle.Symbols)
            {
                long naked = oracle.UnprotectedLongestNs(symbol);
                string words = $"seed {seed}, {symbol}: {naked / 1e9} s without a stop; {options.Venue.Habits}";
                Assert.True(naked < 15_000_000_000, words + "\n" + string.Join('\n', circle.Venue.Others.Told));
            }

            adopted += circle.Worker.Protection.Counters.PositionsAdopted;
            Assert.Equal(oracle.CashByFills(Deposit), oracle.Cash);
        }

        Assert.True(adopted > 0, "nothing of his was ever taken over");
    }

    [Fact]
    public void A_market_goes_where_it_is_sent_and_takes_its_time()
    {
        SimulatedKraken venue = new(new VenueOptions { Seed = 3 });
        venue.AdvanceTo(venue.NowNs + 10_000_000_000);
        long before = venue.Oracle.LastPrice(Symbol);
        venue.Move(Symbol, -50_000, TimeSpan.FromSeconds(60));
        venue.AdvanceTo(venue.NowNs + 20_000_000_000);
        long middle = venue.Oracle.BestBid(Symbol);
        Assert.InRange(middle, before * 96 / 100, before * 995 / 1000);
        venue.AdvanceTo(venue.NowNs + 60_000_000_000);
        Assert.InRange(venue.Oracle.BestBid(Symbol), before * 93 / 100, before * 965 / 1000);
        // The index follows, as its market does.
        Assert.InRange(venue.Oracle.IndexPrice(Symbol), before * 93 / 100, before * 965 / 1000);
        long low = venue.Oracle.BestBid(Symbol);
        venue.Move(Symbol, 30_000, TimeSpan.Zero);
        venue.AdvanceTo(venue.NowNs + 3_000_000_000);
        Assert.InRange(venue.Oracle.BestBid(Symbol), low * 102 / 100, low * 104 / 100);
    }

    [Fact]
    public void An_index_that_is_down_gives_way_to_the_last_price_and_one_that_sleeps_stands_still()
    {
        SimulatedKraken venue = new(new VenueOptions { Seed = 3 });
        venue.AdvanceTo(venue.NowNs + 10_000_000_000);
        venue.SetIndex(Symbol, IndexState.Down);
        Assert.Equal(venue.Oracle.LastPrice(Symbol), venue.Oracle.IndexPrice(Symbol));
        venue.SetIndex(Symbol, IndexState.Closed);
        long held = venue.Oracle.IndexPrice(Symbol);
        venue.Others.Trade(Symbol, 100);
        venue.Move(Symbol, 60_000, TimeSpan.Zero);
        venue.AdvanceTo(venue.NowNs + (2 * 3_600L * 1_000_000_000));
        Assert.Equal(held, venue.Oracle.IndexPrice(Symbol));
        // Held to four percent around the index, and nothing paid for holding since the hour that followed.
        Assert.InRange(venue.Oracle.MarkPrice(Symbol), held * 96 / 100, held * 104 / 100);
        long paid = venue.Oracle.FundingPaid(Symbol);
        venue.AdvanceTo(venue.NowNs + (2 * 3_600L * 1_000_000_000));
        Assert.Equal(paid, venue.Oracle.FundingPaid(Symbol));
        venue.SetIndex(Symbol, IndexState.Live);
        Assert.NotEqual(held, venue.Oracle.IndexPrice(Symbol));
    }

    [Fact]
    public void A_suspended_market_matches_and_triggers_nothing_and_says_so()
    {
        VenueClient client = new();
        int feed = client.Venue.Open(VenueEndpoint.UnifiedPublic);
        client.Ask(feed, "subscribe", "\"channel\":\"instrument\"", withToken: false);
        int connection = client.OpenPrivate();
        client.Venue.Others.Trade(Symbol, 100);
        client.Venue.Others.Bracket(Symbol, 10_000, 50_000);
        client.Venue.Suspend(Symbol, suspended: true);
        client.Venue.Move(Symbol, -80_000, TimeSpan.Zero);
        int refused = client.Add(connection, "x", "buy", "0.01", "\"order_type\":\"market\"");
        client.Run(60_000);
        Assert.Equal("EService:Market in cancel_only mode", client.ErrorOf(refused));
        Assert.Equal((100, 2), (client.Venue.Oracle.PositionLots(Symbol), client.Venue.Oracle.LiveOrders.Count));
        Assert.Equal("cancel_only", StatusTold(client));
        client.Venue.Suspend(Symbol, suspended: false);
        client.Run(60_000);
        Assert.Equal("online", StatusTold(client));
        Assert.Equal(0, client.Venue.Oracle.PositionLots(Symbol));
    }

    [Fact]
    public void A_delisted_market_settles_at_its_mark_without_a_trade_and_takes_no_order()
    {
        VenueClient client = new();
        int feed = client.Venue.Open(VenueEndpoint.UnifiedPublic);
        client.Ask(feed, "subscribe", "\"channel\":\"instrument\"", withToken: false);
        int connection = client.OpenPrivate();
        client.Venue.Others.Trade(Symbol, 100);
        client.Venue.Others.Bracket(Symbol, 10_000, 50_000);
        int fills = client.Venue.Oracle.FillCount;
        client.Venue.Delist(Symbol);
        client.Run(500);
        Assert.Equal((0, fills), (client.Venue.Oracle.PositionLots(Symbol), client.Venue.Oracle.FillCount));
        Assert.Empty(client.Venue.Oracle.LiveOrders);
        Assert.Equal(client.Venue.Oracle.CashByFills(Deposit), client.Venue.Oracle.Cash);
        Assert.Equal("delisted", StatusTold(client));
        Assert.Equal(0m, client.Channel("positions").Last().GetProperty("data").GetProperty("futures")[0]
            .GetProperty("size").GetDecimal());
        int refused = client.Add(connection, "x", "buy", "0.01", "\"order_type\":\"market\"");
        int unheard = client.Ask(
            feed, "subscribe", $"\"channel\":\"book\",\"symbol\":[\"{Symbol}\"]", withToken: false);
        client.Run(500);
        Assert.Equal("EQuery:Unknown asset pair", client.ErrorOf(refused));
        Assert.Equal("Currency pair not supported " + Symbol, client.ErrorOf(unheard));
    }

    [Fact]
    public void A_renamed_market_goes_on_with_its_position_under_the_new_name()
    {
        VenueClient client = new();
        client.OpenPrivate();
        client.Venue.Others.Trade(Symbol, 100);
        client.Venue.Rename(Symbol, "PF_BTCUSD");
        client.Run(500);
        Assert.Equal(100, client.Venue.Oracle.PositionLots("PF_BTCUSD"));
        JsonElement told = client.Channel("positions").Last().GetProperty("data").GetProperty("futures")[0];
        Assert.Equal(("PF_BTCUSD", 0.01m), (
            told.GetProperty("symbol").GetString(), told.GetProperty("size").GetDecimal()));
        Assert.Throws<ArgumentException>(() => client.Venue.Oracle.PositionLots(Symbol));
    }

    [Fact]
    public void A_thousand_books_are_listed_and_followed()
    {
        int pairs = Seed.Count(ci: 100, full: 500);
        SimulatedKraken venue = new(new VenueOptions { PerpetualCount = pairs, StepsPerSecond = 2_000 });
        (string[] spot, string[] perpetuals) = SimulatedKraken.SymbolsOf(pairs);
        Assert.Equal(perpetuals, venue.Oracle.Symbols);
        Assert.Equal(2 * pairs, spot.Concat(perpetuals).Distinct().Count());
        long before = venue.Events;
        venue.AdvanceTo(venue.NowNs + 10_000_000_000);
        // About 2,000 a second: moods of markets make it more or less.
        Assert.InRange(venue.Events - before, 8_000, 40_000);
        Assert.All(perpetuals, symbol => Assert.True(venue.Oracle.BestBid(symbol) < venue.Oracle.BestAsk(symbol)));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static string StatusTold(VenueClient client) => client.Channel("instrument")
        .SelectMany(frame => frame.GetProperty("data").GetProperty("pairs").EnumerateArray())
        .Last(pair => pair.GetProperty("symbol").GetString() == Symbol).GetProperty("status").GetString()!;
}
