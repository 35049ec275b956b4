using System;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

public sealed class RiskGateTests
{
    private static readonly RiskLimits Limits = new();

    [Fact]
    public void A_sound_signal_becomes_an_order_sized_by_its_budget_I4()
    {
        GateBench bench = new();
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        ApprovedOrder order = bench.LastOrder;
        Assert.True(order.IsApproved);
        Assert.Equal((0, Side.Buy, 10_001L), (order.InstrumentId, order.Side, order.LimitPrice.Mantissa));
        // 100 / 1000.1 = 0.09999000 (floor at 8 decimals), and never more than the budget.
        Assert.Equal(9_999_000, order.Quantity.Mantissa);
        Assert.False(order.Notional > Limits.OrderNotional);
        Assert.Equal(bench.NowNs + Limits.OrderTimeToLiveNs, order.ExpiresNs);
        Assert.Equal(order.Notional, bench.Gate.Exposure.OfInstrument(0));
    }

    [Fact]
    public void A_default_order_is_not_approved_I4() => Assert.False(default(ApprovedOrder).IsApproved);

    [Theory]
    [InlineData(BookState.None)]
    [InlineData(BookState.Stale)]
    [InlineData(BookState.Overflowed)]
    public void A_book_out_of_sync_refuses_I6(BookState state)
    {
        GateBench bench = new();
        Assert.Equal(Refusal.BookNotInSync, bench.Signal());
        bench.Book(state: state);
        Assert.Equal(Refusal.BookNotInSync, bench.Signal());
    }

    [Fact]
    public void A_gap_of_the_whole_feed_refuses_every_instrument_I6()
    {
        GateBench bench = new();
        bench.Book(0);
        bench.Book(1);
        bench.Book(-1, state: BookState.Stale);
        Assert.Equal(Refusal.BookNotInSync, bench.Signal(0));
        Assert.Equal(Refusal.BookNotInSync, bench.Signal(1));
    }

    [Fact]
    public void Old_books_and_late_events_refuse()
    {
        GateBench bench = new();
        bench.Book();
        bench.NowNs += Limits.BookAgeMaxNs;
        Assert.Equal(Refusal.None, bench.Signal());
        bench.NowNs++;
        Assert.Equal(Refusal.StaleData, bench.Signal());

        bench.LagNs += Limits.ExchangeLagMaxNs;
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        bench.LagNs++;
        bench.Book();
        Assert.Equal(Refusal.StaleData, bench.Signal());
    }

    [Fact]
    public void Indicators_without_enough_input_refuse()
    {
        GateBench bench = new();
        bench.Book();
        Assert.Equal(Refusal.WarmingUp, bench.Signal(warmedUp: false));
    }

    [Fact]
    public void The_price_collar_is_exact_at_its_edge_on_both_sides()
    {
        GateBench bench = new(Limits with { OrdersPerWindowMax = 9 });
        bench.Book(bid: 9_999, ask: 10_001);
        Assert.Equal(Refusal.None, bench.Signal(price: 10_200));
        Assert.Equal(Refusal.PriceCollar, bench.Signal(price: 10_201));
        Assert.Equal(Refusal.None, bench.Signal(price: 9_800));
        Assert.Equal(Refusal.PriceCollar, bench.Signal(price: 9_799));
        // The same price with more decimals than the book's scale.
        Assert.Equal(Refusal.None, bench.Signal(price: 1_020_000, decimals: 3));
        Assert.Equal(Refusal.PriceCollar, bench.Signal(price: 1_020_001, decimals: 3));
    }

    [Fact]
    public void A_book_of_small_mantissas_has_a_collar_too()
    {
        GateBench bench = new();
        bench.Book(bid: 11, ask: 13);
        Assert.Equal(Refusal.None, bench.Signal(price: 12));
        Assert.Equal(Refusal.PriceCollar, bench.Signal(price: 13));
    }

    [Fact]
    public void A_one_sided_book_has_no_middle_to_compare_with()
    {
        GateBench bench = new();
        bench.Book(bid: 0);
        Assert.Equal(Refusal.PriceCollar, bench.Signal());
    }

    [Fact]
    public void Orders_below_the_venues_minimum_refuse()
    {
        GateBench bench = new();
        bench.Event(EventKind.InstrumentMinimum, 0, price: 5, quantity: 9_999_000, priceDecimals: 1);
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        bench.Event(EventKind.InstrumentMinimum, 0, price: 5, quantity: 9_999_001, priceDecimals: 1);
        Assert.Equal(Refusal.BelowMinimum, bench.Signal());
        bench.Event(EventKind.InstrumentMinimum, 0, price: 101, priceDecimals: 0);
        Assert.Equal(Refusal.BelowMinimum, bench.Signal());
    }

    [Fact]
    public void Quantities_go_down_to_the_venues_step()
    {
        GateBench bench = new();
        bench.Event(EventKind.InstrumentSpec, 0, price: 1, quantity: 25, quantityDecimals: 3);
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        Assert.Equal(7_500_000, bench.LastOrder.Quantity.Mantissa);
    }

    [Fact]
    public void Exposure_is_capped_per_instrument_until_orders_lapse()
    {
        GateBench bench = new();
        for (int i = 0; i < 3; i++)
        {
            bench.NowNs += GateBench.Second;
            bench.Book();
            Assert.Equal(Refusal.None, bench.Signal());
        }

        bench.NowNs += GateBench.Second;
        bench.Book();
        Assert.Equal(Refusal.PositionCap, bench.Signal());
        bench.NowNs += Limits.OrderTimeToLiveNs;
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        Assert.Equal(1, bench.Gate.Exposure.Alive);
    }

    [Fact]
    public void Exposure_is_capped_per_quote_currency_and_currencies_are_not_added_up()
    {
        RiskLimits limits = new() { TotalNotionalMax = Notional.Of(250, 0, 1, 0), OrdersPerWindowMax = 9 };
        GateBench bench = new(limits);
        for (int id = 0; id < 3; id++) bench.Book(id);
        Assert.Equal(Refusal.None, bench.Signal(0));
        Assert.Equal(Refusal.None, bench.Signal(1));
        Assert.Equal(Refusal.NotionalCap, bench.Signal(1));
        Assert.Equal(Refusal.None, bench.Signal(2));
    }

    [Fact]
    public void The_order_rate_counts_a_sliding_window()
    {
        Notional plenty = Notional.Of(1_000_000, 0, 1, 0);
        RiskLimits limits = new() { PositionNotionalMax = plenty, TotalNotionalMax = plenty };
        GateBench bench = new(limits);
        bench.Book();
        for (int i = 0; i < limits.OrdersPerWindowMax; i++)
        {
            bench.NowNs += GateBench.Second / 10;
            Assert.Equal(Refusal.None, bench.Signal());
        }

        Assert.Equal(Refusal.OrderRate, bench.Signal());
        // The first of the two leaves the window one second after it was approved.
        bench.NowNs += (GateBench.Second * 9 / 10) - 1;
        Assert.Equal(Refusal.OrderRate, bench.Signal());
        bench.NowNs++;
        Assert.Equal(Refusal.None, bench.Signal());
        Assert.Equal(Refusal.OrderRate, bench.Signal());
    }

    [Fact]
    public void Caps_hold_under_any_sequence_of_signals_and_time()
    {
        Random random = Seed.Random(42, "gate caps");
        GateBench bench = new();
        long[] approvals = new long[Limits.OrdersPerWindowMax + 1];
        int count = 0;
        for (int step = 0; step < 20_000; step++)
        {
            bench.NowNs += random.NextInt64(GateBench.Second / 2);
            int id = random.Next(3);
            if (random.Next(3) == 0) bench.Book(id, 9_000 + random.Next(2_000), 11_001 + random.Next(10));
            if (bench.Signal(id, 9_900 + random.Next(400)) != Refusal.None) continue;
            approvals[count++ % approvals.Length] = bench.NowNs;
            Assert.False(bench.Gate.Exposure.OfInstrument(id) > Limits.PositionNotionalMax);
            Assert.False(bench.Gate.Exposure.OfQuote(0) > Limits.TotalNotionalMax);
            if (count >= approvals.Length)
            {
                Assert.True(bench.NowNs - approvals[count % approvals.Length] >= Limits.OrderWindowNs);
            }
        }

        Assert.True(count > 100, $"only {count} approvals");
    }

    [Fact]
    public void Inverse_contracts_are_sized_and_capped_in_dollars()
    {
        GateBench bench = new(null, "PI_XBTUSD");
        bench.Book(bid: 500_000, ask: 500_005);
        Assert.Equal(Refusal.None, bench.Signal(price: 500_005));
        Assert.Equal(10_000_000_000, bench.LastOrder.Quantity.Mantissa);
        Assert.Equal(Limits.OrderNotional, bench.LastOrder.Notional);
    }

    [Fact]
    public void Limits_that_admit_more_orders_than_can_be_held_do_not_start()
    {
        RiskLimits limits = new() { OrdersPerWindowMax = 1_000 };
        Assert.Throws<ArgumentException>(() => new GateBench(limits));
    }

    [Fact]
    public void Equal_decisions_have_equal_hashes_and_any_difference_shows()
    {
        ulong Hash(long price)
        {
            GateBench bench = new();
            bench.Book();
            bench.Signal(price: 10_001);
            bench.Signal(price: price);
            return bench.Gate.DecisionHash;
        }

        Assert.Equal(Hash(10_001), Hash(10_001));
        Assert.NotEqual(Hash(10_001), Hash(10_002));
        Assert.NotEqual(Hash(10_001), Hash(99_999));
    }
}
