using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>What fills on paper, and at which price: books and trades written by hand.</summary>
public sealed class PaperFillTests
{
    private readonly ScriptedFeed _feed = new();
    private readonly PaperDesk _desk;

    public PaperFillTests()
    {
        _desk = new PaperDesk(_feed).LogIn();
        _feed.Begin();
        _feed.Book([(60_000, 1_000), (59_990, 2_000)], [(60_010, 1_000), (60_020, 2_000)]);
        _feed.SpotBook(600_040, 600_060);
        _desk.Run(1);
    }

    [Fact]
    public void A_market_order_walks_the_levels_shown_and_the_rest_is_cancelled()
    {
        Assert.Null(_desk.Market("a", "buy", "0.1500"));
        Assert.Equal([(60_010, 1_000L), (60_020, 500L)], _desk.Fills.Select(fill => (fill.Price, fill.Lots)));
        Assert.Equal(1_500, _desk.Position);
        Assert.Equal(["new", "trade", "trade", "filled"], _desk.Executions("a"));

        Assert.Null(_desk.Market("b", "buy", "1.2"));
        Assert.Equal(1_500, _desk.Fills[^1].Lots);
        Assert.Equal(3_000, _desk.Position);
        Assert.Equal("canceled", _desk.Executions("b").Last());
    }

    [Fact]
    public void What_was_taken_from_a_level_is_gone_until_the_venue_tells_the_level_again()
    {
        _desk.Market("a", "buy", "0.1000");
        _desk.Market("b", "buy", "0.1000");
        Assert.Equal([60_010L, 60_020L], _desk.Fills.Select(fill => fill.Price));

        // Another level moves: ours stays taken.
        _feed.Update([], [(60_030, 500)]);
        _desk.Run(1);
        _desk.Market("c", "buy", "0.0500");
        Assert.Equal(60_020, _desk.Fills[^1].Price);
        _feed.Update([], [(60_010, 700)]);
        _desk.Run(1);
        _desk.Market("d", "buy", "0.0800");
        Assert.Equal([(60_010L, 700L), (60_020L, 100L)], _desk.Fills.TakeLast(2).Select(f => (f.Price, f.Lots)));
    }

    [Fact]
    public void An_order_meets_the_book_of_its_arrival_and_not_of_its_sending()
    {
        int request = _desk.Ask(
            "add_order",
            "\"cl_ord_id\":\"a\",\"symbol\":\"PF_XBTUSD\",\"side\":\"buy\",\"order_qty\":0.1,"
            + "\"order_type\":\"market\"");
        _feed.Update([(60_000, 0), (60_050, 10)], [(60_010, 0), (60_020, 0), (60_060, 5_000)]);
        _desk.Run(200);
        Assert.Null(_desk.ErrorOf(request));
        Assert.Equal(60_060, Assert.Single(_desk.Fills).Price);
    }

    [Fact]
    public void A_limit_order_stands_behind_what_is_shown_and_fills_from_trades_at_its_price()
    {
        _desk.Limit("a", "buy", "0.0500", 60_000);
        _feed.Trade(takerBuys: false, 60_000, 800);
        _feed.Trade(takerBuys: true, 60_000, 9_000);
        _desk.Run(1);
        Assert.Empty(_desk.Fills);
        _feed.Trade(takerBuys: false, 60_000, 230);
        _desk.Run(1);
        OracleFill fill = Assert.Single(_desk.Fills);
        Assert.Equal((60_000L, 30L, true), (fill.Price, fill.Lots, fill.IsMaker));
        _feed.Trade(takerBuys: false, 59_995, 400);
        _desk.Run(1);
        Assert.Equal((60_000L, 400L), (_desk.Fills[^1].Price, _desk.Fills[^1].Lots));
        Assert.Equal(430, _desk.Position);
    }

    [Fact]
    public void A_price_behind_the_window_has_an_unknown_queue_until_it_comes_into_view()
    {
        (long, long)[] bids = [.. Enumerable.Range(0, 10).Select(i => (60_000L - (10 * i), 1_000L))];
        _feed.Book(bids, [(60_010, 1_000)]);
        _desk.Run(1);
        _desk.Limit("a", "buy", "0.0100", 59_800);
        _feed.Trade(takerBuys: false, 59_800, 1_000_000);
        _desk.Run(1);
        Assert.Empty(_desk.Fills);
        _feed.Book([(59_810, 100), (59_800, 300)], [(60_010, 1_000)]);
        _feed.Trade(takerBuys: false, 59_800, 350);
        _desk.Run(1);
        Assert.Equal(50, Assert.Single(_desk.Fills).Lots);
    }

    [Fact]
    public void Trades_of_a_snapshot_are_history_and_fill_nothing()
    {
        _desk.Limit("a", "buy", "0.0500", 60_005);
        _feed.Trade(takerBuys: false, 59_000, 5_000, isSnapshot: true);
        _desk.Run(1);
        Assert.Empty(_desk.Fills);
    }

    [Fact]
    public void A_stop_triggers_on_the_spot_book_and_meets_the_next_book_and_not_its_own_price()
    {
        _desk.Market("a", "buy", "0.1000");
        Assert.Null(_desk.Stop("s", "sell", "0.1000", 59_500));
        _feed.Trade(takerBuys: false, 59_400, 10);
        _desk.Run(1);
        Assert.Equal(VenueOrderState.Untriggered, Assert.Single(_desk.Oracle.LiveOrders).State);
        _feed.SpotBook(594_900, 595_100);
        _desk.Run(1);
        Assert.Equal(VenueOrderState.Triggered, Assert.Single(_desk.Oracle.LiveOrders).State);
        Assert.Single(_desk.Fills);
        _feed.Update([(60_000, 0), (59_990, 0), (59_300, 400), (59_290, 900)], []);
        _desk.Run(1);
        Assert.Equal([(59_300L, 400L), (59_290L, 600L)], _desk.Fills.Skip(1).Select(f => (f.Price, f.Lots)));
        Assert.Equal(0, _desk.Position);
    }

    [Fact]
    public void A_triggered_stop_waits_a_second_for_a_book_at_most()
    {
        _desk.Market("a", "buy", "0.1000");
        _desk.Stop("s", "sell", "0.1000", 59_500, "last");
        _feed.Trade(takerBuys: false, 59_400, 10);
        _desk.Run(900);
        Assert.Equal(1_000, _desk.Position);
        _desk.Run(200);
        Assert.Equal(0, _desk.Position);
    }

    [Fact]
    public void Without_a_spot_book_the_index_is_the_last_price()
    {
        _desk.Market("a", "buy", "0.1000");
        _desk.Stop("s", "sell", "0.1000", 59_500);
        _feed.Drop(WireEndpoint.SpotPublic);
        _feed.Trade(takerBuys: false, 59_400, 10);
        _desk.Run(1);
        Assert.Equal(VenueOrderState.Triggered, Assert.Single(_desk.Oracle.LiveOrders).State);
    }

    [Fact]
    public void On_a_stale_book_nothing_fills_orders_are_refused_and_stops_may_rest_I6()
    {
        _desk.Market("a", "buy", "0.1000");
        _desk.Limit("l", "sell", "0.0100", 60_100);
        _feed.Update([], [(60_020, 100)], isBroken: true);
        _desk.Run(1);
        AssertHalted();
        _feed.Trade(takerBuys: true, 60_200, 500);
        _desk.Run(1);
        Assert.Single(_desk.Fills);

        _feed.Book([(60_150, 5)], [(60_160, 500)]);
        _desk.Run(1);
        // The bids went through the resting order while nothing could be believed: they trade with it at its price.
        Assert.Equal((60_100L, 5L), (_desk.Fills[^1].Price, _desk.Fills[^1].Lots));
        _desk.Ask("cancel_order", "\"cl_ord_id\":[\"l\"]");
        _desk.Run(200);
        Assert.Null(_desk.Market("z", "buy", "0.0100"));
        Assert.Equal(60_160, _desk.Fills[^1].Price);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("silent")]
    [InlineData("venue")]
    [InlineData("instrument")]
    public void A_lost_or_silent_socket_and_a_halted_venue_are_no_market(string why)
    {
        _desk.Market("a", "buy", "0.1000");
        if (why == "lost") _feed.Drop(WireEndpoint.UnifiedPublic);
        else if (why == "venue") _feed.System("maintenance");
        else if (why == "instrument") _feed.Begin(status: "post_only");
        else _desk.Run(5_500);
        _desk.Run(1);
        AssertHalted();
        if (why != "silent") return;
        _feed.Heartbeat(WireEndpoint.UnifiedPublic);
        _desk.Run(1);
        Assert.Null(_desk.Market("z", "buy", "0.0100"));
    }

    [Fact]
    public void Steps_and_minimum_of_the_instrument_are_kept()
    {
        _feed.Begin(tick: "10", least: "0.0010");
        _desk.Run(1);
        Assert.Equal("EOrder:Tick size check failed", _desk.Limit("a", "buy", "0.0500", 59_995));
        Assert.Equal("EOrder:Order minimum not met", _desk.Limit("b", "buy", "0.0009", 59_990));
        Assert.Null(_desk.Limit("c", "buy", "0.0010", 59_990));
        Assert.Equal("EQuery:Unknown asset pair", _desk.Add("d", "buy", "1", "\"order_type\":\"market\"", "PF_XUSD"));
    }

    [Fact]
    public void More_decimals_on_the_wire_move_no_order_position_or_money()
    {
        _desk.Market("a", "buy", "0.1000");
        _desk.Stop("s", "sell", "0.1000", 59_500);
        long cash = _desk.Oracle.Cash;
        _feed.Say(
            WireEndpoint.UnifiedPublic,
            """{"channel":"trade","type":"update","data":[{"symbol":"PF_XBTUSD","side":"buy","price":60010.5,"""
            + "\"qty\":0.0001,\"ord_type\":\"market\",\"trade_id\":2,\"timestamp\":\"2026-09-14T13:00:00Z\"}]}");
        _desk.Run(1);
        Assert.Equal(595_000, Assert.Single(_desk.Oracle.LiveOrders).TriggerPrice);
        Assert.Equal(600_100, _desk.Oracle.EntryPrice(ScriptedFeed.Perpetual));
        Assert.Equal(600_105, _desk.Oracle.LastPrice(ScriptedFeed.Perpetual));
        Assert.Equal(600_000, _desk.Oracle.BestBid(ScriptedFeed.Perpetual));
        _desk.Market("b", "sell", "0.1000", reduceOnly: true);
        Assert.Equal(0, _desk.Position);

        // Bought at 60,010 and sold at 60,000, 0.1 BTC each; a taker pays 5 points: 3.0005 and 3 dollars.
        Assert.Equal(cash - (1 * Money.Dollar) - (3 * Money.Dollar), _desk.Oracle.Cash);
    }

    private void AssertHalted()
    {
        int fills = _desk.Fills.Count;
        Assert.Equal("EService:Market in cancel_only mode", _desk.Market("x", "sell", "0.0100"));
        Assert.Equal("EService:Market in cancel_only mode", _desk.Limit("y", "sell", "0.0100", 60_000));
        Assert.Null(_desk.Stop("stop", "sell", "0.1000", 50_000));
        Assert.Equal(fills, _desk.Fills.Count);
    }
}
