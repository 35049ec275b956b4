using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>The rules of matching, by cases that fit on a page.</summary>
public sealed class MatchingEngineTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void A_market_order_walks_the_book_and_pays_five_points_of_a_hundredth()
    {
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 1_500));

        Assert.Equal([(60_010, 1_000, false), (60_020, 500, false)], _bench.Fills);
        Assert.Equal(["New", "Trade", "Trade", "Filled"], _bench.Reports());
        Assert.Equal(1_500, _bench.Position.Lots);
        Assert.Equal((60_020, 1_500), (_bench.Market.Asks.BestPrice, _bench.Market.Asks.BestLots));
        // 0.1 × 60,010 + 0.05 × 60,020 = 9,002 dollars, of which 0.05 %.
        Assert.Equal(EngineBench.Deposit - 4_501_000_000, _bench.Ledger.Cash);
    }

    [Fact]
    public void A_market_order_stops_one_percent_from_the_best_price_and_cancels_the_rest()
    {
        _bench.Book(
            bids: [(60_000, 1_000)], asks: [(60_010, 1_000), (60_610, 1_000), (60_611, 1_000), (61_000, 1)]);
        VenueOrder order = _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 5_000));

        Assert.Equal(2_000, order.FilledLots);
        Assert.Equal(["New", "Trade", "Trade", "Canceledprice_protection"], _bench.Reports());
        Assert.Empty(_bench.Engine.Live);
    }

    [Fact]
    public void A_limit_order_takes_up_to_its_price_and_rests_with_what_is_left()
    {
        VenueOrder order = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 1_200, price: 60_010));

        Assert.Equal([(60_010, 1_000, false)], _bench.Fills);
        Assert.Equal(VenueOrderState.Resting, order.State);
        Assert.Equal(200, order.RemainingLots);
        Assert.Equal(["New", "Trade"], _bench.Reports());
    }

    [Fact]
    public void A_resting_order_waits_for_those_before_it_and_fills_in_parts_at_its_price()
    {
        VenueOrder order = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 500, price: 60_000));
        Assert.Equal(1_000, order.AheadLots);
        _bench.Flow(takerBuys: false, price: 60_000, lots: 900);
        Assert.Equal(0, order.FilledLots);
        _bench.Flow(takerBuys: false, price: 60_000, lots: 300);
        Assert.Equal(200, order.FilledLots);
        _bench.Flow(takerBuys: true, price: 60_000, lots: 300);
        Assert.Equal(200, order.FilledLots);
        _bench.Flow(takerBuys: false, price: 59_990, lots: 5_000);

        Assert.Equal([(60_000, 200, true), (60_000, 300, true)], _bench.Fills);
        Assert.Equal(["New", "Trade", "Trade", "Filled"], _bench.Reports());
        // 0.05 × 60,000 = 3,000 dollars, of which 0.02 %.
        Assert.Equal(EngineBench.Deposit - 600_000_000, _bench.Ledger.Cash);
    }

    [Fact]
    public void Better_price_fills_before_earlier_time_and_earlier_before_later_at_one_price()
    {
        _bench.Book(bids: [(59_000, 1_000)], asks: [(60_010, 1_000), (60_020, 1_000)]);
        VenueOrder first = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 100, price: 60_000));
        VenueOrder second = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 100, price: 60_000));
        VenueOrder better = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 100, price: 60_001));
        _bench.Flow(takerBuys: false, price: 60_000, lots: 150);

        Assert.Equal((50, 0, 100), (first.FilledLots, second.FilledLots, better.FilledLots));
    }

    [Fact]
    public void A_resting_order_fills_when_the_other_side_is_quoted_through_it()
    {
        VenueOrder order = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 500, price: 60_005));
        _bench.Book(bids: [(59_990, 1_000)], asks: [(60_003, 300), (60_004, 900), (60_010, 100)]);
        _bench.Step();

        Assert.Equal([(60_005, 300, true), (60_005, 200, true)], _bench.Fills);
        Assert.Equal(VenueOrderState.Filled, order.State);
        Assert.Equal(700, _bench.Market.Asks.BestLots);
    }

    [Fact]
    public void A_stop_triggers_at_its_price_and_meets_the_book_of_the_next_step()
    {
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 500));
        VenueOrder stop = _bench.Accepted(EngineBench.Stop(isBuy: false, lots: 500, trigger: 59_950));
        _bench.Print(59_951);
        _bench.Step();
        Assert.Equal(VenueOrderState.Untriggered, stop.State);
        _bench.Print(59_950);
        _bench.Step();
        Assert.Equal(VenueOrderState.Triggered, stop.State);
        Assert.Equal(0, stop.FilledLots);
        _bench.Book(bids: [(59_500, 400), (59_400, 400), (1, 1)], asks: [(60_000, 1), (60_001, 1)]);
        _bench.Step();

        Assert.Equal(VenueOrderState.Filled, stop.State);
        Assert.Equal([(60_010, 500, false), (59_500, 400, false), (59_400, 100, false)], _bench.Fills);
        Assert.Equal(0, _bench.Position.Lots);
    }

    [Fact]
    public void A_triggered_stop_that_the_book_cannot_fill_is_cancelled_and_leaves_the_rest_naked()
    {
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 500));
        _bench.Accepted(EngineBench.Stop(isBuy: false, lots: 500, trigger: 59_950));
        _bench.Print(59_900);
        _bench.Step();
        _bench.Book(bids: [(59_500, 200), (58_000, 900), (1, 1)], asks: [(60_000, 1), (60_001, 1)]);
        _bench.Reports();
        _bench.Step();

        Assert.Equal(300, _bench.Position.Lots);
        Assert.Equal(["Trade", "Canceledprice_protection"], _bench.Reports());
    }

    [Theory]
    [InlineData(false, false, 59_950, 59_950)]
    [InlineData(true, false, 60_050, 60_050)]
    [InlineData(false, true, 60_050, 60_050)]
    [InlineData(true, true, 59_950, 59_950)]
    public void Stops_and_take_profits_look_the_right_way(bool isBuy, bool isProfit, long trigger, long reaches)
    {
        _bench.Accepted(EngineBench.AtMarket(!isBuy, lots: 100));
        _bench.Print(60_005);
        VenueOrder order = _bench.Accepted(EngineBench.Stop(isBuy, 100, trigger, isProfit: isProfit));
        _bench.Step();
        Assert.Equal(VenueOrderState.Untriggered, order.State);
        _bench.Print(reaches);
        _bench.Step();
        Assert.Equal(VenueOrderState.Triggered, order.State);
    }

    [Fact]
    public void A_stop_on_the_index_does_not_hear_the_last_price()
    {
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 100));
        VenueOrder stop = _bench.Accepted(EngineBench.Stop(isBuy: false, 100, trigger: 55_000, byIndex: true));
        _bench.Print(50_000);
        _bench.Step();
        Assert.Equal(VenueOrderState.Untriggered, stop.State);
        Assert.Null(_bench.Amend(stop, trigger: 65_000));
        _bench.Print(70_000);
        _bench.Step();
        Assert.Equal(VenueOrderState.Triggered, stop.State);
    }

    [Fact]
    public void A_stop_beyond_its_price_triggers_or_is_cancelled_as_the_options_say()
    {
        EngineBench cancels = new(cancelsLateStops: true);
        foreach (EngineBench bench in new[] { _bench, cancels })
        {
            bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 100));
            bench.Accepted(EngineBench.Stop(isBuy: false, 100, trigger: 61_000));
            bench.Step();
        }

        Assert.Equal(["New", "Trade", "Filled", "New", "Triggered"], _bench.Reports());
        Assert.Equal(
            ["New", "Trade", "Filled", "New", "Canceledwould_trigger_immediately"], cancels.Reports());
    }

    [Fact]
    public void Reduce_only_needs_a_position_and_never_flips_it()
    {
        Assert.Equal(
            "EOrder:Reduce only:No position exists", _bench.Refused(EngineBench.Stop(isBuy: false, 1, 50_000)));
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 300));
        Assert.Equal(
            "EOrder:Reduce only:No position exists",
            _bench.Refused(EngineBench.AtMarket(isBuy: true, lots: 100, reduceOnly: true)));
        _bench.Reports();
        VenueOrder order = _bench.Accepted(EngineBench.AtMarket(isBuy: false, lots: 900, reduceOnly: true));

        Assert.Equal(300, order.FilledLots);
        Assert.Equal(0, _bench.Position.Lots);
        Assert.Equal(["New", "Trade", "Canceledreduce_only"], _bench.Reports());
    }

    [Fact]
    public void A_fill_through_the_position_flips_it_at_the_new_price_and_money_stays_exact()
    {
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 1_000));
        long paid = _bench.Ledger.Cash;
        _bench.Accepted(EngineBench.AtMarket(isBuy: false, lots: 2_500));

        Assert.Equal(-1_500, _bench.Position.Lots);
        Assert.Equal(59_990 * 1_500, _bench.Position.TickLots);
        // Sold 0.1 at 60,000 what cost 60,010: −1 dollar; fee 0.05 % of 6,000 + 8,998.50.
        Assert.Equal(paid - Money.Dollar - 7_499_250_000, _bench.Ledger.Cash);
    }

    [Fact]
    public void An_order_that_would_meet_our_own_is_cancelled()
    {
        _bench.Book(bids: [(59_000, 1_000), (58_000, 1)], asks: [(60_010, 1_000), (60_020, 1_000)]);
        _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 100, price: 60_000));
        _bench.Reports();
        _bench.Accepted(EngineBench.AtMarket(isBuy: false, lots: 100));

        Assert.Equal(["New", "Canceledself_trade"], _bench.Reports());
        Assert.Equal(0, _bench.Position.Lots);
    }

    [Fact]
    public void An_amendment_below_what_is_filled_cancels_the_rest()
    {
        VenueOrder order = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 1_200, price: 60_010));
        Assert.Null(_bench.Amend(order, lots: 900));

        Assert.Equal(VenueOrderState.Canceled, order.State);
        Assert.Equal(1_000, order.FilledLots);
        Assert.Equal("EOrder:Unknown order", _bench.Amend(order, lots: 2_000));
    }

    [Fact]
    public void A_dearer_limit_takes_at_once_and_a_smaller_one_keeps_its_place()
    {
        VenueOrder order = _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 500, price: 60_000));
        _bench.Flow(takerBuys: false, price: 60_000, lots: 900);
        Assert.Null(_bench.Amend(order, lots: 400));
        Assert.Equal(100, order.AheadLots);
        Assert.Null(_bench.Amend(order, limit: 60_010));

        Assert.Equal([(60_010, 400, false)], _bench.Fills);
        Assert.Equal(VenueOrderState.Filled, order.State);
    }

    [Fact]
    public void Refusals_use_the_words_of_the_venue()
    {
        EngineBench poor = new(cash: 1_000 * Money.Dollar);
        // 10,000 dollars carry 0.1666 at most.
        Assert.Equal("EOrder:Insufficient margin", poor.Refused(EngineBench.AtMarket(isBuy: true, lots: 1_700)));
        Assert.Null(poor.Refused(EngineBench.AtMarket(isBuy: true, lots: 1_600)));
        Assert.Equal("EOrder:Invalid price", _bench.Refused(EngineBench.Limit(isBuy: true, lots: 1, price: 0)));
        _bench.Accepted(EngineBench.Limit(isBuy: true, lots: 1, price: 50_000, id: "a"));
        Assert.Equal(
            "EGeneral:Invalid arguments:cl_ord_id",
            _bench.Refused(EngineBench.Limit(isBuy: true, lots: 1, price: 50_000, id: "a")));
        Assert.Equal(
            "EOrder:Post only order",
            _bench.Refused(EngineBench.Limit(isBuy: true, lots: 1, price: 60_010) with { PostOnly = true }));
    }

    [Fact]
    public void Unprotected_time_runs_while_the_position_exceeds_its_stops()
    {
        _bench.At(1_000);
        _bench.Accepted(EngineBench.AtMarket(isBuy: true, lots: 500));
        _bench.At(3_000);
        VenueOrder stop = _bench.Accepted(EngineBench.Stop(isBuy: false, lots: 400, trigger: 50_000));
        _bench.At(6_000);
        Assert.Null(_bench.Amend(stop, lots: 500));
        Assert.Equal(5_000, _bench.Position.UnprotectedNs(9_000));
        Assert.Equal(0, _bench.Position.CurrentUnprotectedNs(9_000));
        _bench.At(9_000);
        Assert.Null(_bench.Cancel(stop));

        Assert.Equal(1_000, _bench.Position.CurrentUnprotectedNs(10_001));
        Assert.Equal(6_000, _bench.Position.UnprotectedNs(10_001));
        Assert.Equal(5_000, _bench.Position.LongestUnprotectedNs(10_001));
    }
}
