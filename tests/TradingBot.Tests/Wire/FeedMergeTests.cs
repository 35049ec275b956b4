using System;
using System.Linq;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>One feed out of two sockets: never twice, never out of order, and losing one is lost to nobody.</summary>
public sealed class FeedMergeTests
{
    private const int A = 0;
    private const int B = 1;
    private const int Id = 0;

    private readonly FeedMerge _merge = new(4);

    [Fact]
    public void The_first_copy_wins_whoever_brings_it_and_the_second_is_dropped()
    {
        Assert.True(Snapshot(A, 0));
        Assert.False(Snapshot(B, 0));
        Assert.True(Update(A, 1));
        Assert.False(Update(B, 1));
        Assert.True(Update(B, 2));
        Assert.False(Update(A, 2));
        Assert.True(Update(A, 3));
        Assert.True(Update(A, 4));
        Assert.False(Update(B, 3));
        Assert.False(Update(B, 4));
        Assert.True(Update(B, 5));
        Assert.True(_merge.IsTwice(Id));
        Assert.Equal((4, 2), (_merge.WonOf(A), _merge.WonOf(B)));
        Assert.Equal((1, 4), (_merge.DuplicatesOf(A), _merge.DuplicatesOf(B)));
        // The snapshot and the first update were brought when nobody else could.
        Assert.Equal((2, 0), (_merge.AloneOf(A), _merge.AloneOf(B)));
    }

    [Fact]
    public void Losing_either_leaves_the_book_served_and_losing_both_does_not()
    {
        Join();
        Assert.False(_merge.Lose(A, Id));
        Assert.True(Update(B, 2));
        Assert.True(Update(B, 3));
        Assert.False(Snapshot(A, 3));
        Assert.False(Update(A, 3));
        Assert.False(_merge.Lose(B, Id));
        Assert.True(Update(A, 4));
        Assert.True(_merge.Lose(A, Id));
        Assert.False(_merge.IsServed(Id));
        // Updates without a snapshot are nobody's.
        Assert.False(Update(B, 5));
        Assert.True(Snapshot(B, 5));
        Assert.True(Update(B, 6));
    }

    [Fact]
    public void A_socket_that_lags_behind_takes_over_where_its_twin_stopped()
    {
        Join();
        for (int i = 2; i < 200; i++) Assert.True(Update(A, i));
        Assert.False(_merge.Lose(A, Id));
        for (int i = 2; i < 200; i++) Assert.False(Update(B, i));
        Assert.True(Update(B, 200));
    }

    [Fact]
    public void A_socket_that_misses_a_message_joins_again_and_one_that_brings_another_is_counted()
    {
        Join();
        Assert.True(Update(B, 2));
        Assert.True(Update(B, 3));
        // A missed 2.
        Assert.False(Update(A, 3));
        Assert.Equal(1, _merge.DivergedOf(A));
        Assert.True(_merge.IsTwice(Id));
        Assert.True(Update(A, 4));
        Assert.False(Update(B, 4));
    }

    [Fact]
    public void A_socket_ahead_of_the_one_that_serves_waits_until_that_one_has_caught_up()
    {
        Snapshot(A, 0);
        Snapshot(B, 3);
        Assert.False(Update(B, 4));
        Assert.False(Update(B, 5));
        for (int i = 1; i <= 4; i++) Assert.True(Update(A, i));
        // B brought 4 and 5 before; what it told of 5 is gone, so it may not go on alone.
        Assert.False(_merge.IsTwice(Id));
        Assert.False(Update(B, 6));
        Assert.True(Update(A, 5));
        Assert.True(Update(A, 6));
        Assert.True(_merge.IsTwice(Id));
        Assert.True(Update(B, 7));
    }

    [Fact]
    public void When_the_one_that_serves_is_lost_a_socket_ahead_of_it_needs_a_snapshot()
    {
        Snapshot(A, 0);
        Snapshot(B, 3);
        Assert.False(Update(B, 4));
        Assert.False(Update(B, 5));
        for (int i = 1; i <= 4; i++) Assert.True(Update(A, i));
        Assert.True(_merge.Lose(A, Id));
        Assert.False(Update(B, 6));
        Assert.True(Snapshot(B, 6));
        Assert.True(Update(B, 7));
    }

    [Fact]
    public void A_book_that_broke_is_begun_anew_by_the_first_snapshot_of_either()
    {
        Join();
        _merge.Break(Id);
        Assert.False(Update(A, 2));
        Assert.False(Update(B, 2));
        Assert.True(Snapshot(B, 2));
        Assert.False(Snapshot(A, 2));
        Assert.True(Update(B, 3));
        Assert.False(Update(A, 3));
        Assert.True(Update(A, 4));
    }

    [Fact]
    public void A_snapshot_older_than_what_was_passed_begins_nothing_unless_the_venues_clock_was_set_back()
    {
        Join();
        Assert.True(Update(A, 7));
        _merge.Break(Id);
        Assert.False(Snapshot(B, 3));
        Assert.False(_merge.IsServed(Id));
        Assert.True(Snapshot(B, 8));
        _merge.Break(Id);
        Assert.True(Snapshot(A, -20_000_000));
    }

    [Fact]
    public void The_end_of_one_subscription_ends_the_book_only_when_the_other_does_not_have_it()
    {
        Join();
        Assert.False(Told(A, Event(EventKind.Unsubscribed, channel: Channel.Book)));
        Assert.True(Update(B, 2));
        Assert.True(Told(B, Event(EventKind.Unsubscribed, channel: Channel.Book)));
        Assert.False(_merge.IsServed(Id));
    }

    [Fact]
    public void Trades_go_by_their_ids_and_never_backwards()
    {
        Assert.True(Told(A, Event(EventKind.Trade, number: 7)));
        Assert.False(Told(B, Event(EventKind.Trade, number: 7)));
        Assert.True(Told(B, Event(EventKind.Trade, number: 9)));
        Assert.False(Told(A, Event(EventKind.Trade, number: 8)));
        Assert.False(Told(A, Event(EventKind.Trade, number: 9)));
        Assert.True(Told(A, Event(EventKind.Trade, number: 10)));
        // The trades before a subscription are history, and told as such by every socket.
        Assert.True(Told(B, Event(EventKind.Trade, number: 3, flags: EventFlags.Snapshot)));
    }

    [Fact]
    public void What_is_neither_book_nor_trade_passes_from_both()
    {
        Join();
        Assert.True(Told(B, Event(EventKind.InstrumentSpec)));
        Assert.True(Told(B, Event(EventKind.Heartbeat, id: -1)));
        Assert.True(Told(A, Event(EventKind.VenueStatus, id: -1)));
    }

    [Fact]
    public void Nothing_is_allocated_per_message_I8()
    {
        Join();
        EventBatch batch = new(8);
        long before = 0;
        bool isRight = true;
        for (int i = 2; i < 2_000; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            for (int source = A; source <= B; source++)
            {
                batch.Clear();
                ref MarketEvent level = ref batch.Add(EventKind.BookLevel, Id);
                level.Price = i;
                batch.Add(EventKind.BookEnd, Id).Number = i;
                isRight &= _merge.Filter(source, batch) == (source == A ? 2 : 0);
            }
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(isRight, "another copy won");
    }

    [Fact]
    public void Messages_that_look_alike_are_told_apart_by_what_follows_them()
    {
        Snapshot(A, 0);
        Assert.True(Update(A, 1));
        Assert.True(Update(A, 1));
        Assert.True(Update(A, 2));
        Snapshot(B, 0);
        Assert.False(Update(B, 1));
        Assert.False(_merge.IsTwice(Id));
        Assert.False(Update(B, 2));
        Assert.True(_merge.IsTwice(Id));
        Assert.True(Update(B, 3));
    }

    /// <summary>
    /// The property: two sockets with losses, lags, reconnects and any interleaving, in front of a real book. Whatever
    /// the book says is in sync is the true book of one message of the venue, and that message never goes backwards.
    /// </summary>
    [Fact]
    public void Whatever_the_sockets_do_the_book_is_the_single_streams_or_stale()
    {
        Random random = Seed.Random(20261128, "interleavings of two sockets");
        int rounds = Seed.Count(ci: 30, full: 3_000);
        long stale = 0;
        long seen = 0;
        long won = 0;
        for (int round = 0; round < rounds; round++)
        {
            TwinRun run = new(new Random(random.Next()), isLossy: round % 3 != 0);
            run.Run(messages: 400);
            stale += run.StaleSeen;
            seen += run.InSyncSeen;
            won += run.WonByB;
            // Without losses of messages a book that stands goes stale only when both sockets are away.
            if (round % 3 == 0) Assert.Equal(0, run.BrokenByChecksum);
        }

        Assert.True(seen > rounds * 100, $"in sync {seen} times");
        Assert.True(stale > 0 && won > rounds, $"stale {stale} times, won by B {won} times: nothing happened");
    }

    private void Join()
    {
        Snapshot(A, 0);
        Snapshot(B, 0);
        Update(A, 1);
        Update(B, 1);
        Assert.True(_merge.IsTwice(Id));
    }

    private bool Snapshot(int source, int content) => Told(source, Message(content, EventFlags.Snapshot));

    private bool Update(int source, int content) => Told(source, Message(content, EventFlags.None));

    private static MarketEvent[] Message(int content, EventFlags flags)
    {
        MarketEvent level = Event(EventKind.BookLevel, flags: flags | EventFlags.Buy | EventFlags.First);
        level.Price = 100 + content;
        level.Quantity = 5;
        MarketEvent end = Event(EventKind.BookEnd, number: content, flags: flags | EventFlags.HasChecksum);
        end.ExchangeTimeNs = 1_000_000_000_000_000 + (content * 1_000L);
        return [level, end];
    }

    private static MarketEvent Event(
        EventKind kind, int id = Id, long number = 0, EventFlags flags = EventFlags.None,
        Channel channel = Channel.None) =>
        new() { Kind = kind, InstrumentId = id, Number = number, Flags = flags, Channel = channel };

    /// <summary>Whether the frame passes whole; a frame passes whole or not at all here.</summary>
    private bool Told(int source, params MarketEvent[] events)
    {
        EventBatch batch = new(8);
        foreach (MarketEvent e in events) batch.Add(e.Kind, e.InstrumentId) = e;
        int left = _merge.Filter(source, batch);
        Assert.Contains(left, new[] { 0, events.Length });
        Assert.Equal(left, batch.Events.ToArray().Count(e => e.Kind != EventKind.None));
        return left > 0;
    }
}
