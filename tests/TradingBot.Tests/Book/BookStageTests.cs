using System.Linq;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using Xunit;

namespace TradingBot.Tests.Book;

public sealed class BookStageTests
{
    private static readonly (long Price, long Quantity)[] Bids = [(1000, 5), (999, 6), (998, 7)];
    private static readonly (long Price, long Quantity)[] Asks = [(1001, 8), (1002, 9)];

    [Fact]
    public void Snapshot_makes_the_book_in_sync_and_says_best_levels()
    {
        BookFeed feed = new();
        feed.Snapshot(Bids, Asks, BookFeed.ChecksumOf(Bids, Asks));
        Assert.Equal(BookState.InSync, feed.Record.State);
        Assert.True(feed.Record.Updated);
        Assert.Equal((1000L, 5L, 1001L, 8L),
            (feed.Record.BestBid, feed.Record.BestBidQuantity, feed.Record.BestAsk, feed.Record.BestAskQuantity));
        Assert.Equal((18L, 17L), (feed.Record.BidQuantitySum, feed.Record.AskQuantitySum));
        Assert.Equal(1, feed.State.ChecksumsVerified);
    }

    [Fact]
    public void Update_before_any_snapshot_is_ignored_and_counted()
    {
        BookFeed feed = new();
        feed.Update([(1000, 5)], []);
        Assert.Equal(BookState.None, feed.State.State);
        Assert.Equal(1, feed.State.UpdatesIgnored);
        Assert.Equal(0, feed.State.Updates);
    }

    [Fact]
    public void Checksum_mismatch_makes_that_book_stale_until_its_next_snapshot_I6()
    {
        BookFeed feed = new();
        feed.Snapshot(Bids, Asks);
        feed.Snapshot(Bids, Asks, id: 1);
        feed.Update([(1000, 4)], [], checksum: 1);
        Assert.Equal(BookState.Stale, feed.Record.State);
        Assert.Equal((1L, 1L, 1L), (feed.State.ChecksumMismatches, feed.State.StaleIntervals, feed.State.ResyncsAsked));
        Assert.Equal(BookState.InSync, feed.Stage.BookOf(1)!.State);

        feed.Update([(1000, 3)], []);
        Assert.False(feed.Record.Updated);
        Assert.Equal(1, feed.State.UpdatesIgnored);

        feed.Snapshot(Bids, Asks, BookFeed.ChecksumOf(Bids, Asks));
        Assert.Equal(BookState.InSync, feed.Record.State);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1002)]
    public void Locked_or_crossed_book_is_stale_I6(long bid)
    {
        BookFeed feed = new();
        feed.Snapshot(Bids, Asks);
        feed.Update([(bid, 1)], []);
        Assert.Equal(BookState.Stale, feed.Record.State);
        Assert.Equal(1, feed.State.Crossed);
    }

    [Fact]
    public void Levels_beyond_the_depth_are_cut_after_the_message_not_within_it()
    {
        BookFeed feed = new(depthDefault: 3);
        feed.Snapshot(Bids, Asks);
        // 1000.5 would push 998 out, but the same message takes 999 away again: 998 must survive.
        feed.Update([(1003 - 2, 0), (1000, 0), (997, 1), (996, 2)], []);
        Assert.Equal([999L, 998L, 997L], Enumerable.Range(0, 3).Select(feed.State.Book!.Bids.PriceAt));
        Assert.Equal(3, feed.State.Book!.Bids.Count);
    }

    [Fact]
    public void Without_the_cut_a_level_pushed_out_of_the_depth_comes_back_to_haunt()
    {
        foreach (bool cut in new[] { true, false })
        {
            BookFeed feed = new(depthDefault: 3, cutToDepth: cut);
            feed.Snapshot(Bids, Asks);
            feed.Update([(1000, 5), (1000 - 5, 9)], []);
            feed.Update([(1000, 0)], []);
            (long, long)[] expected = [(999, 6), (998, 7)];
            feed.Update([(999, 6)], [], BookFeed.ChecksumOf(expected, Asks));
            Assert.Equal(cut ? BookState.InSync : BookState.Stale, feed.State.State);
        }
    }

    [Fact]
    public void Derivatives_sequence_gap_makes_the_book_stale_and_does_not_apply_the_level()
    {
        BookFeed feed = new(dialect: Dialect.FuturesV1);
        feed.Snapshot(Bids, Asks, sequence: 10);
        feed.Update([(1000, 4)], [], sequence: 11);
        Assert.Equal(4, feed.Record.BestBidQuantity);
        feed.Update([(1000, 3)], [], sequence: 13);
        Assert.Equal(BookState.Stale, feed.Record.State);
        Assert.Equal((1L, 1L), (feed.State.SequenceGaps, feed.State.ResyncsAsked));
        Assert.Equal(4, feed.State.Book!.Bids.QuantityAt(0));
    }

    [Fact]
    public void Derivatives_repetition_right_after_the_snapshot_is_dropped_and_later_ones_are_a_gap()
    {
        BookFeed feed = new(dialect: Dialect.FuturesV1);
        feed.Snapshot(Bids, Asks, sequence: 10);
        feed.Update([(1000, 1)], [], sequence: 9);
        feed.Update([(1000, 2)], [], sequence: 10);
        Assert.Equal((BookState.InSync, 5L), (feed.State.State, feed.State.Book!.Bids.QuantityAt(0)));
        feed.Update([(1000, 4)], [], sequence: 11);
        feed.Update([(1000, 3)], [], sequence: 11);
        Assert.Equal(BookState.Stale, feed.State.State);
    }

    [Fact]
    public void Derivatives_book_may_cross_within_one_exchange_instant_but_not_beyond()
    {
        BookFeed feed = new(dialect: Dialect.FuturesV1);
        feed.Snapshot(Bids, Asks, sequence: 10);
        feed.Update([(1001, 2)], [], sequence: 11);
        Assert.Equal(BookState.Stale, feed.Record.State);
        Assert.Equal(BookState.InSync, feed.State.State);
        feed.Update([], [(1001, 0)], sequence: 12);
        Assert.Equal((BookState.InSync, 0L), (feed.Record.State, feed.State.Crossed));

        feed.Update([(1002, 2)], [], sequence: 13);
        feed.ExchangeTimeNs++;
        feed.Update([(1000, 2)], [], sequence: 14);
        Assert.Equal((BookState.Stale, 1L), (feed.State.State, feed.State.Crossed));
    }

    [Fact]
    public void Derivatives_book_keeps_every_level()
    {
        BookFeed feed = new(dialect: Dialect.FuturesV1);
        (long, long)[] bids = [.. Enumerable.Range(1, 3_000).Select(i => ((long)i, 1L))];
        feed.Snapshot(bids, [(5_000, 1)], sequence: 1);
        Assert.Equal((3_000, 3_000L), (feed.State.Book!.Bids.Count, feed.Record.BestBid));
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(10, 10)]
    [InlineData(11, 25)]
    [InlineData(101, 500)]
    [InlineData(501, 1000)]
    public void Depth_is_inferred_from_the_snapshot_when_nothing_tells_it(int levels, int depth)
    {
        BookFeed feed = new();
        feed.Snapshot([.. Enumerable.Range(1, levels).Select(i => ((long)i, 1L))], [(5_000, 1)]);
        Assert.Equal((depth, levels), (feed.State.Book!.Depth, feed.State.Book.Bids.Count));
    }

    [Fact]
    public void Depth_of_the_acknowledgement_wins_and_unsubscribing_empties_the_book()
    {
        BookFeed feed = new(depthDefault: 100);
        feed.Event(EventKind.Subscribed, detail: 25);
        feed.Snapshot(Bids, Asks);
        Assert.Equal(25, feed.State.Book!.Depth);
        feed.Event(EventKind.Unsubscribed);
        Assert.Equal((BookState.None, true), (feed.Record.State, feed.Record.Updated));
        feed.Event(EventKind.Subscribed, detail: 10);
        feed.Snapshot(Bids, Asks);
        Assert.Equal((10, 2L), (feed.State.Book!.Depth, feed.State.Snapshots));
    }

    [Fact]
    public void More_digits_on_the_wire_widen_the_scale_exactly()
    {
        BookFeed feed = new();
        feed.Snapshot(Bids, Asks);
        feed.PriceDecimals = 3;
        feed.QuantityDecimals = 9;
        (long, long)[] bids = [(100_000, 50), (99_900, 60), (99_800, 70), (99_955, 1)];
        (long, long)[] asks = [(100_100, 80), (100_200, 90)];
        feed.Update([(99_955, 1)], [], BookFeed.ChecksumOf(bids, asks));
        BookRecord record = feed.Record;
        Assert.Equal((BookState.InSync, 3, 9), (record.State, record.PriceDecimals, record.QuantityDecimals));
        Assert.Equal((100_000L, 50L), (feed.Record.BestBid, feed.Record.BestBidQuantity));
        Assert.Equal(1, feed.State.ChecksumsVerified);
    }

    [Fact]
    public void A_scale_that_leaves_64_bits_takes_out_that_instrument_alone()
    {
        BookFeed feed = new();
        feed.Snapshot([(long.MaxValue / 10, 1)], []);
        feed.Snapshot(Bids, Asks, id: 1);
        feed.PriceDecimals = 9;
        feed.Update([(5, 1)], []);
        Assert.Equal(BookState.Overflowed, feed.State.State);
        Assert.Equal(BookState.InSync, feed.Stage.BookOf(1)!.State);
        feed.Snapshot([(5, 1)], []);
        Assert.Equal(BookState.Overflowed, feed.State.State);
    }

    [Fact]
    public void A_gap_of_the_feed_makes_every_book_stale_and_one_of_an_instrument_only_its_own()
    {
        BookFeed feed = new();
        feed.Snapshot(Bids, Asks);
        feed.Snapshot(Bids, Asks, id: 1);
        feed.Event(EventKind.FeedGap, id: 1);
        Assert.Equal((BookState.InSync, BookState.Stale), (feed.State.State, feed.Stage.BookOf(1)!.State));
        feed.Event(EventKind.FeedGap, id: -1);
        Assert.Equal((BookState.Stale, -1), (feed.State.State, feed.Record.InstrumentId));
    }
}
