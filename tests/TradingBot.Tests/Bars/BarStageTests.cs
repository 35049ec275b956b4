using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Bars;

public sealed class BarStageTests
{
    [Fact]
    public void Trade_of_a_later_interval_closes_the_bar_with_all_its_numbers()
    {
        BarFixture fixture = new("1m");
        Assert.Equal(0, fixture.Trade(Start, 100, 3));
        Assert.Equal(0, fixture.Trade(Start + Second, 120, 5, EventFlags.Sell));
        Assert.Equal(0, fixture.Trade(Start + (59 * Second), 90, 7, EventFlags.None));
        Assert.Equal(1, fixture.Trade(Start + Minute, 95, 1));

        Bar bar = Assert.Single(fixture.Closed);
        Assert.Equal((Start, Start + Minute), (bar.OpenTimeNs, bar.CloseTimeNs));
        Assert.Equal((100, 120, 90, 90), (bar.Open, bar.High, bar.Low, bar.Close));
        Assert.Equal((15, 300 + 600 + 630, -2), (bar.Volume, bar.Notional, bar.SignedVolume));
        Assert.Equal(3, bar.Count);
        Assert.True(bar.Closed);
        Assert.True(bar.Complete);
        Assert.Equal(1, fixture.Stage.OpenBarCount(0));
        Assert.Equal(95, fixture.Stage.OpenBar(0, 0).Open);
        Assert.Equal(1, fixture.Stage.ClosedCount(0, 0));
    }

    [Fact]
    public void Heartbeat_closes_a_bar_in_silence_once_the_grace_is_over()
    {
        BarFixture fixture = new("1m", graceNs: 2 * Second);
        fixture.Trade(Start + Second, 100, 1);
        Assert.Equal(0, fixture.Feed(EventKind.Heartbeat, Start + Minute));
        Assert.Equal(0, fixture.Feed(EventKind.TimeAdvance, Start + Minute + (2 * Second) - 1));
        // A trade of the ended interval still counts during the grace.
        fixture.Feed(TradeOf(0, Start + Minute - 1, Start + Minute + Second, 101, 1));
        Assert.Equal(1, fixture.Feed(EventKind.Heartbeat, Start + Minute + (2 * Second)));
        Assert.Equal(101, Assert.Single(fixture.Closed).Close);
        Assert.Equal(0, fixture.Feed(EventKind.Heartbeat, Start + Day));
        Assert.Equal(0, fixture.Stage.OpenBarCount(0));
    }

    [Fact]
    public void Engine_time_never_steps_back()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(EventKind.Heartbeat, Start + Minute);
        fixture.Feed(TradeOf(0, Start, Start, 100, 1));
        Assert.Equal(Start + Minute, fixture.Stage.EngineTimeNs);
        // The bar is past due when it opens, and closes at the next event although that event has no receive time.
        Assert.Equal(1, fixture.Feed(EventKind.Heartbeat, 0));
    }

    [Fact]
    public void Trade_without_exchange_time_belongs_to_engine_time()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(TradeOf(0, 0, Start + (90 * Second), 100, 1));
        Assert.Equal(Start + Minute, fixture.Stage.OpenBar(0, 0).OpenTimeNs);
    }

    [Fact]
    public void Bars_close_shortest_timeframe_first_then_by_instrument_before_the_trade_itself()
    {
        BarFixture fixture = new("1s 1m 5m tick:1");
        foreach (int id in new[] { 5, 2, 7 }) fixture.Feed(TradeOf(id, Start, Start, 100, 1));
        fixture.Closed.Clear();
        Assert.Equal(10, fixture.Feed(TradeOf(2, Start + (5 * Minute), Start + (5 * Minute), 100, 1)));
        List<(int, int)> order = fixture.Closed.ConvertAll(bar => ((int)bar.SeriesIndex, bar.InstrumentId));
        Assert.Equal([(0, 2), (0, 5), (0, 7), (1, 2), (1, 5), (1, 7), (2, 2), (2, 5), (2, 7), (3, 2)], order);
    }

    [Fact]
    public void Exchange_time_running_ahead_keeps_a_series_in_order()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(TradeOf(0, Start + Second, Start, 100, 1));
        Assert.Equal(1, fixture.Feed(TradeOf(0, Start + (2 * Minute), Start + (2 * Second), 101, 1)));
        // An interval between the closed bar and the open one is over as well: it had no trade in time.
        fixture.Feed(TradeOf(0, Start + Minute, Start + (3 * Second), 102, 1));
        Assert.Equal(1, fixture.Stage.LateTrades(0));
        Assert.Equal(1, fixture.Feed(EventKind.Heartbeat, Start + (3 * Minute)));
        Assert.Equal(Start + (2 * Minute), fixture.Closed[1].OpenTimeNs);
        Assert.Equal(1, fixture.Closed[1].Count);
    }

    [Fact]
    public void Late_trade_never_alters_a_closed_bar_and_still_counts_where_it_is_not_late()
    {
        BarFixture fixture = new("1m 5m volume:4");
        fixture.Trade(Start + Second, 100, 1);
        fixture.Trade(Start + Minute + Second, 101, 1);
        Bar closed = Assert.Single(fixture.Closed);
        fixture.Feed(TradeOf(0, Start + (2 * Second), Start + Minute + (2 * Second), 500, 1));
        fixture.Trade(Start + Minute + (3 * Second), 102, 1);

        Assert.Equal(1, fixture.Stage.LateTrades(0));
        Assert.Equal(100, fixture.Stage.Log[0].High);
        Assert.Equal(closed.Volume, fixture.Stage.Log[0].Volume);
        Assert.Equal(102, fixture.Stage.OpenBar(0, 0).High);
        Assert.Equal(500, fixture.Stage.OpenBar(0, 1).High);
        Assert.Equal(4, fixture.Stage.OpenBar(0, 1).Volume);
        Assert.Equal(500, fixture.Closed[1].High);
        Assert.Equal(BarKind.Volume, fixture.Plan.RuleOf(fixture.Closed[1].SeriesIndex).Kind);
    }

    [Fact]
    public void Repeated_trade_is_ignored_in_every_series_and_counted()
    {
        BarFixture fixture = new("1m tick:10");
        fixture.Feed(TradeOf(0, Start, Start, 100, 1, EventFlags.Buy, tradeId: 7));
        fixture.Feed(TradeOf(0, Start, Start, 900, 1, EventFlags.Buy, tradeId: 7));
        fixture.Feed(TradeOf(0, Start, Start, 900, 1, EventFlags.Buy | EventFlags.Snapshot, tradeId: 6));
        fixture.Feed(TradeOf(1, Start, Start, 100, 1, EventFlags.Buy, tradeId: 7));
        Assert.Equal(2, fixture.Stage.RepeatedTrades(0));
        Assert.Equal(0, fixture.Stage.RepeatedTrades(1));
        Assert.Equal((1L, 100L), (fixture.Stage.OpenBar(0, 0).Count, fixture.Stage.OpenBar(0, 0).High));
        Assert.Equal(1, fixture.Stage.OpenBar(0, 1).Count);
        Assert.Equal(0, fixture.Stage.TradeGaps(0));
    }

    [Fact]
    public void Jump_of_trade_ids_makes_the_open_bar_and_the_one_it_opens_incomplete()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(TradeOf(0, Start, Start, 1, 1, EventFlags.Buy, tradeId: 1));
        fixture.Feed(TradeOf(0, Start + Minute, Start + Minute, 1, 1, EventFlags.Buy, tradeId: 2));
        fixture.Feed(TradeOf(0, Start + Minute + 1, Start + Minute + 1, 1, 1, EventFlags.Buy, tradeId: 4));
        fixture.Feed(TradeOf(0, Start + (2 * Minute) + 1, Start + (2 * Minute) + 1, 1, 1, EventFlags.Buy, tradeId: 6));
        fixture.Feed(EventKind.Heartbeat, Start + (3 * Minute));
        fixture.Feed(TradeOf(0, Start + (3 * Minute) + 1, Start + (3 * Minute) + 1, 1, 1, EventFlags.Buy, tradeId: 7));
        fixture.Feed(EventKind.Heartbeat, Start + (4 * Minute));
        Assert.Equal(2, fixture.Stage.TradeGaps(0));
        Assert.Equal([true, false, false, true], fixture.Closed.ConvertAll(bar => bar.Complete));
    }

    [Fact]
    public void Snapshot_trades_may_jump()
    {
        BarFixture fixture = new("1m");
        const EventFlags History = EventFlags.Buy | EventFlags.Snapshot;
        fixture.Feed(TradeOf(0, Start, Start + Second, 1, 1, History, tradeId: 1));
        fixture.Feed(TradeOf(0, Start + Second, Start + Second, 1, 1, History, tradeId: 5));
        fixture.Feed(EventKind.Heartbeat, Start + Minute);
        Assert.Equal(0, fixture.Stage.TradeGaps(0));
        Assert.True(Assert.Single(fixture.Closed).Complete);
    }

    [Fact]
    public void Bar_is_complete_only_when_watched_from_its_start()
    {
        BarFixture fixture = new("1m");
        fixture.Feed(EventKind.Subscribed, Start + Second, 0, Channel.Trade);
        // A snapshot's older trade does not move the start of watching back.
        fixture.Feed(TradeOf(0, Start, Start + Second, 1, 1, EventFlags.Snapshot, tradeId: 1));
        fixture.Feed(EventKind.Heartbeat, Start + Minute);
        fixture.Feed(TradeOf(0, Start + Minute + 1, Start + Minute + 1, 1, 1, tradeId: 2, flags: EventFlags.Buy));
        fixture.Feed(EventKind.Subscribed, Start + Minute + 2, 0, Channel.Book);
        fixture.Feed(EventKind.Heartbeat, Start + (2 * Minute));
        Assert.Equal([false, true], fixture.Closed.ConvertAll(bar => bar.Complete));
    }

    [Theory]
    [InlineData(EventKind.FeedGap, 0, Channel.None, false)]
    [InlineData(EventKind.FeedGap, -1, Channel.None, false)]
    [InlineData(EventKind.FeedGap, 1, Channel.None, true)]
    [InlineData(EventKind.Unsubscribed, 0, Channel.Trade, false)]
    [InlineData(EventKind.Unsubscribed, 0, Channel.Book, true)]
    [InlineData(EventKind.Subscribed, 0, Channel.Trade, false)]
    [InlineData(EventKind.Subscribed, -1, Channel.Trade, false)]
    public void Interruption_of_the_feed_makes_open_bars_incomplete(
        EventKind kind, int id, Channel channel, bool complete)
    {
        BarFixture fixture = new("1m 5m");
        fixture.Trade(Start, 1, 1);
        fixture.Feed(kind, Start + Second, id, channel);
        fixture.Trade(Start + (2 * Second), 1, 1);
        fixture.Trade(Start + Minute + 1, 1, 1);
        fixture.Feed(EventKind.Heartbeat, Start + (5 * Minute));
        // The second minute was watched from its start again, unless nothing told when watching restarted before it.
        Assert.Equal([complete, true, complete], fixture.Closed.ConvertAll(bar => bar.Complete));
    }

    [Fact]
    public void Gap_that_arrives_with_the_interval_end_makes_the_due_bar_incomplete()
    {
        BarFixture fixture = new("1m");
        fixture.Trade(Start, 1, 1);
        Assert.Equal(1, fixture.Feed(EventKind.FeedGap, Start + Minute));
        Assert.False(fixture.Closed[0].Complete);
    }

    [Theory]
    [InlineData("tick:3", 3)]
    [InlineData("volume:1.5", 3)]
    [InlineData("volume:1.01", 3)]
    [InlineData("volume:1", 2)]
    [InlineData("notional:20.00000000000001", 3)]
    [InlineData("notional:20", 2)]
    [InlineData("imbalance:0.5", 1)]
    [InlineData("imbalance:0.50001", 4)]
    public void Rule_bars_end_with_the_trade_that_reaches_the_threshold(string rule, int count)
    {
        // 0.5 at 20.0 each: bought, sold, sold, sold.
        BarFixture fixture = new(rule);
        for (int i = 0; i < 4; i++)
        {
            EventFlags flags = (i == 0 ? EventFlags.Buy : EventFlags.Sell) | EventFlags.NoTradeId;
            long time = Start + i;
            int closed = fixture.Feed(TradeOf(0, time, time, 200, 5, flags, priceDecimals: 1, quantityDecimals: 1));
            if (closed > 0) break;
        }

        Bar bar = Assert.Single(fixture.Closed);
        Assert.Equal(count, bar.Count);
        Assert.Equal((Start, Start + count - 1), (bar.OpenTimeNs, bar.CloseTimeNs));
        Assert.Equal(0, fixture.Stage.OpenBarCount(0));
    }

    [Fact]
    public void Shuffled_trades_of_an_interval_give_the_same_extremes_and_sums()
    {
        Random random = Seed.Random(2, nameof(Shuffled_trades_of_an_interval_give_the_same_extremes_and_sums));
        for (int round = 0; round < 50; round++)
        {
            var trades = new MarketEvent[random.Next(1, 60)];
            for (int i = 0; i < trades.Length; i++)
            {
                EventFlags side = random.Next(2) == 0 ? EventFlags.Buy : EventFlags.Sell;
                long time = Start + random.NextInt64(Minute);
                trades[i] = TradeOf(
                    0, time, Start, random.Next(1, 1_000), random.Next(1, 99), side | EventFlags.NoTradeId);
            }

            Bar first = CloseOf(trades);
            random.Shuffle(trades);
            Bar second = CloseOf(trades);
            Assert.Equal((first.High, first.Low, first.Count), (second.High, second.Low, second.Count));
            Assert.Equal(
                (first.Volume, first.Notional, first.SignedVolume),
                (second.Volume, second.Notional, second.SignedVolume));
            Assert.Equal((trades[0].Price, trades[^1].Price), (second.Open, second.Close));
        }

        static Bar CloseOf(MarketEvent[] trades)
        {
            BarFixture fixture = new("1m");
            foreach (MarketEvent trade in trades) fixture.Feed(trade);
            fixture.Feed(EventKind.Heartbeat, Start + Minute);
            return Assert.Single(fixture.Closed);
        }
    }

    [Fact]
    public void Delivery_in_other_portions_with_other_events_between_gives_the_same_bars()
    {
        Random random = Seed.Random(
            3, nameof(Delivery_in_other_portions_with_other_events_between_gives_the_same_bars));
        const string Series = "1s 15s 1m 5m tick:7 volume:50 notional:9000 imbalance:30";
        BarFixture prompt = new(Series, graceNs: Minute);
        BarFixture delayed = new(Series, graceNs: Minute);
        long time = Start;
        long arrival = Start;
        for (int i = 0; i < 2_000; i++)
        {
            time += random.NextInt64(2 * Second);
            // Portions arrive up to half the grace late, several trades at one time.
            if (random.Next(4) == 0 || arrival < time) arrival = time + random.NextInt64(Minute / 2);
            EventFlags side = random.Next(2) == 0 ? EventFlags.Buy : EventFlags.Sell;
            long price = random.Next(90, 110);
            long quantity = random.Next(1, 9);
            prompt.Feed(TradeOf(0, time, time, price, quantity, side, i));
            if (random.Next(3) == 0) delayed.Feed(EventKind.Heartbeat, arrival);
            delayed.Feed(TradeOf(0, time, arrival, price, quantity, side, i));
        }

        prompt.Feed(EventKind.Heartbeat, time + Day);
        delayed.Feed(EventKind.Heartbeat, time + Day);
        for (int series = 0; series < prompt.Plan.SeriesCount; series++)
        {
            Assert.True(prompt.Stage.ClosedCount(0, series) > 5);
            Assert.Equal(prompt.Stage.ClosedCount(0, series), delayed.Stage.ClosedCount(0, series));
            Assert.Equal(prompt.Stage.ClosedHash(0, series), delayed.Stage.ClosedHash(0, series));
        }

        Assert.Equal(0, delayed.Stage.LateTrades(0));
        StableHash first = default;
        StableHash second = default;
        prompt.Stage.HashInto(ref first, 0);
        delayed.Stage.HashInto(ref second, 0);
        Assert.Equal(first.Value, second.Value);
    }

    [Fact]
    public void Record_slots_wrap_and_name_only_the_bars_of_their_event()
    {
        BarFixture fixture = new("1s", recordSlots: 1);
        fixture.Trade(Start, 1, 1);
        Assert.Equal(1, fixture.Trade(Start + Second, 1, 1));
        Assert.Equal(0, fixture.Trade(Start + Second, 1, 1));
        Assert.Equal(1, fixture.Stage.Records[0].First);
        Assert.Throws<ArgumentException>(() => new BarStage(fixture.Plan, fixture.Scales, recordSlots: 3));
    }
}
