using System;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Bars;

public sealed class BarScaleTests
{
    private const string Series = "1m 5m tick:40 volume:20.5 notional:999.75 imbalance:3.5";

    [Fact]
    public void Widening_in_the_middle_of_a_bar_equals_building_at_the_wider_scale_from_the_start()
    {
        Random random = Seed.Random(
            4, nameof(Widening_in_the_middle_of_a_bar_equals_building_at_the_wider_scale_from_the_start));
        BarFixture growing = new(Series);
        BarFixture wide = new(Series);
        wide.Scales.SetFixed(0, 6, 8);
        long time = Start;
        for (int i = 0; i < 3_000; i++)
        {
            time += random.NextInt64(Second);
            // Digits appear little by little; before that the same numbers come with fewer.
            byte digits = (byte)Math.Min(6, i / 300);
            long quantity = random.Next(1, 90) * Pow10.Of(digits) / 10;
            MarketEvent trade = TradeOf(
                0, time, time, random.Next(900, 1_100), Math.Max(1, quantity),
                (random.Next(2) == 0 ? EventFlags.Buy : EventFlags.Sell) | EventFlags.NoTradeId,
                priceDecimals: Math.Min(digits, (byte)2), quantityDecimals: digits);
            growing.Feed(trade);
            wide.Feed(trade);
            if (i == 1_700)
            {
                MarketEvent level = new() { Kind = EventKind.BookLevel, PriceDecimals = 6, QuantityDecimals = 8 };
                growing.Feed(level);
                wide.Feed(level);
                Assert.Equal(6, growing.Stage.OpenBar(0, 0).PriceDecimals);
            }
        }

        Assert.True(growing.Scales.Of(0).Epoch > 3);
        Assert.Equal(0, wide.Scales.Of(0).Epoch);
        growing.Feed(EventKind.Heartbeat, time + Day);
        wide.Feed(EventKind.Heartbeat, time + Day);
        for (int series = 0; series < growing.Plan.SeriesCount; series++)
        {
            Assert.True(growing.Stage.ClosedCount(0, series) > 1);
            Assert.Equal(wide.Stage.ClosedCount(0, series), growing.Stage.ClosedCount(0, series));
            Assert.Equal(wide.Stage.ClosedHash(0, series), growing.Stage.ClosedHash(0, series));
        }
    }

    [Fact]
    public void Widening_an_open_bar_is_exact_in_every_field()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(TradeOf(0, Start, Start, 15, 2, priceDecimals: 1));
        fixture.Feed(TradeOf(0, Start, Start, 1_625, 25, EventFlags.Sell | EventFlags.NoTradeId, 0, 3, 1));
        Bar bar = fixture.Stage.OpenBar(0, 0);
        Assert.Equal((1_500, 1_625, 1_500, 1_625), (bar.Open, bar.High, bar.Low, bar.Close));
        Assert.Equal((45, -5), (bar.Volume, bar.SignedVolume));
        Assert.Equal((1_500 * 20) + (1_625 * 25), bar.Notional);
        Assert.Equal((3, 1), (bar.PriceDecimals, bar.QuantityDecimals));
    }

    [Fact]
    public void Subscription_before_the_first_value_does_not_fix_the_scale()
    {
        BarFixture fixture = new("1m volume:1");
        fixture.Feed(EventKind.Subscribed, Start, 0, Channel.Trade);
        fixture.Feed(TradeOf(0, Start, Start, 5_117, 99, priceDecimals: 4, quantityDecimals: 2));
        Assert.Equal(4, fixture.Stage.OpenBar(0, 0).PriceDecimals);
        Assert.Empty(fixture.Closed);
    }

    [Theory]
    [InlineData(long.MaxValue, 1, 0, 0)]
    [InlineData(1, long.MaxValue, 0, 0)]
    public void Overflow_by_wider_digits_isolates_one_instrument(long price, long quantity, byte before, byte level)
    {
        BarFixture fixture = new("1m 5m tick:100");
        fixture.Feed(TradeOf(0, Start, Start, price, quantity, priceDecimals: before, quantityDecimals: level));
        fixture.Feed(TradeOf(1, Start, Start, 10, 10));
        fixture.Feed(new MarketEvent { Kind = EventKind.BookLevel, PriceDecimals = 1, QuantityDecimals = 0 });
        bool priceOverflows = price == long.MaxValue;
        Assert.Equal(priceOverflows, fixture.Scales.Of(0).Overflowed);
        fixture.Feed(TradeOf(0, Start, Start, 1, 1, quantityDecimals: 1));
        // A sum has 128 bits, so a quantity near 63 bits survives one more digit; its price does not.
        Assert.Equal(priceOverflows ? 0 : 3, fixture.Stage.OpenBarCount(0));
        fixture.Feed(EventKind.Heartbeat, Start + (5 * Minute));
        Assert.Equal(priceOverflows ? 2 : 4, fixture.Closed.Count);
        Assert.False(fixture.Scales.Of(1).Overflowed);
        Assert.Equal(2, fixture.Closed.FindAll(bar => bar.InstrumentId == 1).Count);
    }

    [Fact]
    public void Trade_that_leaves_64_bits_at_the_scale_takes_only_its_instrument_out_of_use()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(TradeOf(0, Start, Start, 1_000, 1, priceDecimals: 3));
        fixture.Feed(TradeOf(1, Start, Start, 1_000, 1, priceDecimals: 3));
        fixture.Feed(TradeOf(0, Start, Start, long.MaxValue / 10, 1));
        Assert.True(fixture.Scales.Of(0).Overflowed);
        fixture.Feed(TradeOf(0, Start, Start, 1_000, 1, priceDecimals: 3));
        Assert.Equal((0, 1), (fixture.Stage.OpenBarCount(0), fixture.Stage.OpenBarCount(1)));
        Assert.Equal(1, fixture.Feed(EventKind.Heartbeat, Start + Minute));
    }

    [Fact]
    public void Sum_that_leaves_128_bits_takes_its_instrument_out_of_use()
    {
        BarFixture fixture = new("1m");
        for (int i = 0; i < 2; i++) fixture.Feed(TradeOf(0, Start, Start, long.MaxValue, long.MaxValue));
        Assert.False(fixture.Scales.Of(0).Overflowed);
        fixture.Feed(TradeOf(0, Start, Start, long.MaxValue, long.MaxValue));
        Assert.True(fixture.Scales.Of(0).Overflowed);
        Assert.Equal(0, fixture.Stage.OpenBarCount(0));
    }

    [Fact]
    public void Empty_bars_repeat_the_close_without_volume()
    {
        BarFixture fixture = new("1m");
        fixture.Trade(Start, 100, 2);
        fixture.Trade(Start + 1, 90, 2);
        fixture.Trade(Start + (4 * Minute), 80, 2);
        fixture.Trade(Start + (5 * Minute), 70, 2);
        fixture.Feed(EventKind.Heartbeat, Start + Hour);
        int count = 0;
        foreach (Bar bar in EmptyBars.Fill(fixture.Closed[0], fixture.Closed[1], Timeframe("1m")))
        {
            count++;
            Assert.Equal((Start + (count * Minute), Minute), (bar.OpenTimeNs, bar.CloseTimeNs - bar.OpenTimeNs));
            Assert.Equal((90, 90, 90, 90), (bar.Open, bar.High, bar.Low, bar.Close));
            Assert.Equal((0, 0, 0), (bar.Volume, bar.Notional, bar.Count));
            Assert.True(bar.Closed);
            Assert.False(bar.Complete);
        }

        Assert.Equal(3, count);
        Assert.False(EmptyBars.Fill(fixture.Closed[1], fixture.Closed[2], Timeframe("1m")).MoveNext());
    }
}
