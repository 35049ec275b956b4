using System.Linq;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Money of the spot account, by cases that fit on a page.</summary>
public sealed class SpotLedgerTests
{
    private const long Coin = SpotBench.Coin;
    private const long Dollar = SpotBench.Dollar;

    [Fact]
    public void A_market_buy_pays_cost_and_the_takers_fee_in_dollars_where_that_is_the_default()
    {
        SpotBench bench = new();
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin / 2));

        // 0.5 × 60,010.0 = 30,005 dollars, and 0.40 % of them.
        Assert.Equal((100_000 * Dollar) - (30_005 * Dollar) - 1_200_200, bench.Dollars);
        Assert.Equal(5_000_000_000, bench.Bitcoin);
        Assert.Equal(["New", "Trade", "Filled"], bench.Reports());
    }

    [Fact]
    public void A_buy_that_pays_in_what_it_bought_can_sell_less_than_it_bought()
    {
        SpotBench bench = new(buysPayInBase: true);
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin / 2));

        Assert.Equal((100_000 * Dollar) - (30_005 * Dollar), bench.Dollars);
        Assert.Equal(4_980_000_000, bench.Bitcoin);
        Assert.Equal("EOrder:Insufficient funds", bench.Refused(SpotBench.AtMarket(isBuy: false, Coin / 2)));
        Assert.Null(bench.Refused(SpotBench.AtMarket(isBuy: false, 49_800_000)));
        Assert.Equal(0, bench.Bitcoin);
    }

    [Theory]
    [InlineData(FeePreference.InBase, 0, 20_000_000)]
    [InlineData(FeePreference.InQuote, 1_200_200, 0)]
    public void A_buy_that_says_where_it_pays_pays_there(FeePreference where, long dollars, long units)
    {
        SpotBench bench = new();
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin / 2) with { Fees = where });

        Assert.Equal((100_000 * Dollar) - (30_005 * Dollar) - dollars, bench.Dollars);
        Assert.Equal(5_000_000_000 - units, bench.Bitcoin);
    }

    [Fact]
    public void An_open_order_holds_what_it_may_cost_and_lets_go_of_it_when_it_ends()
    {
        SpotBench bench = new();
        VenueOrder buy = bench.Accepted(SpotBench.Limit(isBuy: true, Coin, price: 500_000));
        Assert.Equal((50_000 * Dollar) + (200 * Dollar), bench.Held("USD"));
        Assert.Equal("EOrder:Insufficient funds", bench.Refused(SpotBench.Limit(isBuy: true, Coin, price: 500_000)));
        Assert.Null(bench.Amend(buy, lots: Coin / 2));
        Assert.Equal((25_000 * Dollar) + (100 * Dollar), bench.Held("USD"));
        bench.Cancel(buy);

        Assert.Equal(0, bench.Held("USD"));
        Assert.Equal(100_000 * Dollar, bench.Dollars);
    }

    [Fact]
    public void A_full_stop_and_a_full_target_cannot_rest_together_on_cash()
    {
        SpotBench bench = new();
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin));
        bench.Accepted(SpotBench.Stop(isBuy: false, Coin, trigger: 590_000));

        Assert.Equal(10_000_000_000, bench.Held("BTC"));
        Assert.Equal("EOrder:Insufficient funds", bench.Refused(SpotBench.Limit(isBuy: false, Coin, price: 700_000)));
    }

    [Fact]
    public void A_market_buy_takes_no_more_than_the_balance_carries_and_cancels_the_rest()
    {
        SpotBench bench = new(dollars: 6_030);
        bench.Book(bids: [(600_000, Coin)], asks: [(600_100, Coin / 20), (605_000, Coin), (606_000, Coin)]);
        VenueOrder order = bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin / 10));

        Assert.Equal(["New", "Trade", "Trade", "CanceledInsufficient funds"], bench.Reports());
        Assert.InRange(order.FilledLots, Coin * 99 / 1_000, (Coin / 10) - 1);
        // Less than a lot of 10⁻⁸ costs.
        Assert.InRange(bench.Dollars, 0, 6);
    }

    [Fact]
    public void Parts_never_cost_more_than_the_whole()
    {
        SpotBench whole = new();
        SpotBench parts = new();
        VenueOrder one = whole.Accepted(SpotBench.Limit(isBuy: true, 33_333, price: 599_999));
        VenueOrder many = parts.Accepted(SpotBench.Limit(isBuy: true, 33_333, price: 599_999));
        whole.Flow(takerBuys: false, price: 599_998, lots: 33_333);
        for (int i = 0; i < 33_333; i += 7) parts.Flow(takerBuys: false, price: 599_998, lots: 7);

        Assert.Equal((VenueOrderState.Filled, VenueOrderState.Filled), (one.State, many.State));
        Assert.Equal(4_762, parts.Fills.Count);
        Assert.Equal((whole.Dollars, whole.Bitcoin), (parts.Dollars, parts.Bitcoin));
        Assert.Equal(parts.Dollars, parts.Ledger.Entries.Where(e => e.Asset == "USD").Sum(e => e.Amount - e.Fee));
    }

    [Fact]
    public void A_stop_limit_triggers_meets_the_next_book_and_rests_with_what_is_left()
    {
        SpotBench bench = new();
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin));
        VenueOrder stop = bench.Accepted(SpotBench.Stop(isBuy: false, Coin, trigger: 599_500, limit: 599_000));
        bench.Market.PrintTrade(599_400, 1);
        bench.Step();
        Assert.Equal((VenueOrderState.Triggered, 0L), (stop.State, stop.FilledLots));
        bench.Book(bids: [(599_200, Coin / 4), (598_900, Coin)], asks: [(599_300, Coin), (599_400, Coin)]);
        bench.Step();

        Assert.Equal((VenueOrderState.Resting, Coin / 4), (stop.State, stop.FilledLots));
        bench.Market.PrintTrade(599_200, 1);
        bench.Flow(takerBuys: true, price: 599_000, lots: Coin);
        Assert.Equal(VenueOrderState.Filled, stop.State);
        Assert.Equal(0, bench.Bitcoin);
    }

    [Theory]
    [InlineData(SelfTradeRule.CancelNewest, false, true)]
    [InlineData(SelfTradeRule.CancelOldest, true, false)]
    [InlineData(SelfTradeRule.CancelBoth, false, false)]
    public void No_account_trades_with_itself(SelfTradeRule rule, bool takerTrades, bool makerStays)
    {
        SpotBench bench = new();
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin));
        VenueOrder maker = bench.Accepted(SpotBench.Limit(isBuy: false, Coin / 2, price: 600_150));
        VenueOrder taker = bench.Accepted(
            SpotBench.Limit(isBuy: true, Coin / 10, price: 600_200) with { SelfTrade = rule });

        Assert.Equal(takerTrades, taker.FilledLots > 0);
        Assert.Equal(makerStays, maker.IsLive);
    }

    [Fact]
    public void Fees_fall_with_the_volume_of_thirty_days()
    {
        SpotBench bench = new(dollars: 1_000_000);
        Assert.Equal(40, FeeSchedule.Of(bench.Ledger.VolumeDollars(nowNs: 2_000)).TakerPoints);
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin));
        Assert.Equal((60_010L, 24), (bench.Ledger.VolumeDollars(2_000), FeeSchedule.Of(60_010).TakerPoints));
        bench.Accepted(SpotBench.AtMarket(isBuy: true, Coin));

        // 0.24 % of 60,020 dollars.
        Assert.Equal(1_440_480, bench.Engine.Fills[^1].Fee);
        Assert.Equal(0, bench.Ledger.VolumeDollars(nowNs: 31L * 24 * 3_600 * 1_000_000_000));
    }

    [Theory]
    [InlineData(4_999, 600_000, "EOrder:Order minimum not met")]
    [InlineData(5_000, 99_900, "EOrder:Cost minimum not met")]
    public void What_is_too_small_is_refused(long lots, long price, string error) =>
        Assert.Equal(error, new SpotBench().Refused(SpotBench.Limit(isBuy: true, lots, price)));

    [Fact]
    public void Reduce_only_is_of_positions_and_cash_has_none() => Assert.Equal(
        "EOrder:Reduce only:No position exists",
        new SpotBench().Refused(SpotBench.AtMarket(isBuy: false, Coin) with { ReduceOnly = true }));
}
