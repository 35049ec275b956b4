using System;
using System.Collections.Generic;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Ring;

/// <summary>Real threads on small rings. One class, so that its threads have the cores to themselves.</summary>
public sealed class RingStressTests
{
    private const int Multicast = 3;

    [Theory]
    [InlineData(8, WaitKind.Yield)]
    [InlineData(64, WaitKind.Yield)]
    [InlineData(8, WaitKind.Park)]
    [InlineData(1024, WaitKind.Park)]
    public void One_producer_and_one_consumer_lose_nothing(int capacity, WaitKind wait)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Of(wait), capacity);
        Checker checker = new(producers: 1);
        Crew crew = Start(ring.AddConsumer("checker", checker));

        int count = Seed.Count(100_000, 5_000_000);
        Produce(ring, 0, count, Seed.Random(capacity, nameof(One_producer_and_one_consumer_lose_nothing)));
        ring.Stop();
        crew.Join();

        checker.AssertComplete(count);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    public void Every_consumer_of_a_multicast_gets_every_event(int capacity)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, capacity);
        List<Checker> checkers = [];
        Crew crew = new();
        for (int i = 0; i < Multicast; i++)
        {
            checkers.Add(new Checker(producers: 1));
            Consumer consumer = ring.AddConsumer($"checker {i}", checkers[i]);
            crew.Start(consumer.Name, consumer.Run);
        }

        int count = Seed.Count(100_000, 2_000_000);
        Produce(ring, 0, count, Seed.Random(capacity, nameof(Every_consumer_of_a_multicast_gets_every_event)));
        ring.Stop();
        crew.Join();

        Assert.All(checkers, checker => checker.AssertComplete(count));
    }

    [Theory]
    [InlineData(8, WaitKind.Yield)]
    [InlineData(2048, WaitKind.Park)]
    public void A_diamond_joins_what_both_sides_wrote(int capacity, WaitKind wait)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Of(wait), capacity);
        long[] left = new long[capacity];
        long[] right = new long[capacity];
        Join joined = new(left, right);
        Consumer a = ring.AddConsumer("left", new Record(left, 3));
        Consumer b = ring.AddConsumer("right", new Record(right, 5));
        Consumer c = ring.AddConsumer("join", joined, a, b);
        Crew crew = Start(a, b, c);

        int count = Seed.Count(100_000, 2_000_000);
        Produce(ring, 0, count, Seed.Random(capacity, nameof(A_diamond_joins_what_both_sides_wrote)));
        ring.Stop();
        crew.Join();

        Assert.Equal(0, joined.Mismatches);
        Assert.Equal(count, joined.Count);
    }

    [Theory]
    [InlineData(8, WaitKind.Park)]
    [InlineData(512, WaitKind.Yield)]
    public void A_pipeline_of_four_hands_each_event_down(int capacity, WaitKind wait)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Of(wait), capacity);
        long[][] records = [new long[capacity], new long[capacity], new long[capacity]];
        Consumer first = ring.AddConsumer("first", new Record(records[0], 3));
        Step second = new(records[0], records[1]);
        Step third = new(records[1], records[2]);
        Join fourth = new(records[2], records[2], factor: 3 + 2, otherFactor: 3 + 2);
        Consumer c2 = ring.AddConsumer("second", second, first);
        Consumer c3 = ring.AddConsumer("third", third, c2);
        Consumer c4 = ring.AddConsumer("fourth", fourth, c3);
        Crew crew = Start(first, c2, c3, c4);

        int count = Seed.Count(50_000, 1_000_000);
        Produce(ring, 0, count, Seed.Random(capacity, nameof(A_pipeline_of_four_hands_each_event_down)));
        ring.Stop();
        crew.Join();

        Assert.Equal(0, fourth.Mismatches);
        Assert.Equal(count, fourth.Count);
    }

    [Theory]
    [InlineData(8, WaitKind.Yield, WhenFull.Wait)]
    [InlineData(64, WaitKind.Park, WhenFull.Wait)]
    [InlineData(64, WaitKind.Yield, WhenFull.Drop)]
    [InlineData(4096, WaitKind.Yield, WhenFull.Wait)]
    public void Three_producers_keep_their_own_order(int capacity, WaitKind wait, WhenFull whenFull)
    {
        const int Producers = 3;
        Random seeds = Seed.Random(capacity, nameof(Three_producers_keep_their_own_order));
        EventRing ring = new(ProducerKind.Multi, WaitStrategy.Of(wait), capacity);
        Checker checker = new(Producers);
        Crew consumers = Start(ring.AddConsumer("checker", checker));
        int count = Seed.Count(50_000, 2_000_000);

        Crew crew = new();
        for (int i = 0; i < Producers; i++)
        {
            int producer = i;
            Random random = new(seeds.Next());
            crew.Start($"producer {i}", () => Produce(ring, producer, count, random, whenFull));
        }

        crew.Join();
        ring.Stop();
        consumers.Join();

        checker.AssertComplete(count);
        Assert.Equal(Producers * count, ring.Claimed);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public void Producers_that_race_for_the_last_slots_never_claim_more_than_there_are(int capacity)
    {
        int rounds = Seed.Count(20_000, 500_000);
        EventRing ring = new(ProducerKind.Multi, WaitStrategy.Yield, capacity);
        Consumer consumer = ring.AddConsumer("collector", new Bomb(sequenceAt: -1));
        Cursor begun = new(0), ended = new(0);
        Crew crew = new Crew().Start("rival", () =>
        {
            for (long round = 1; round <= rounds; round++)
            {
                Spin.Until(begun, round);
                Fill(ring, 1);
                ended.Publish(round);
            }
        });

        for (long round = 1; round <= rounds; round++)
        {
            begun.Publish(round);
            Fill(ring, 0);
            Spin.Until(ended, round);

            if (consumer.LagEvents > capacity) Assert.Fail($"Round {round}: {consumer.LagEvents} of {capacity} slots.");
            Assert.Equal(consumer.LagEvents, consumer.Poll(capacity));
        }

        crew.Join();
        Assert.Equal(ring.Claimed, consumer.Sequence + 1);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(64, 16)]
    public void A_payload_is_never_seen_before_it_is_whole(int capacity, int frameEvents)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, capacity);
        Checker checker = new(producers: 1);
        Crew crew = Start(ring.AddConsumer("checker", checker));
        int count = Seed.Count(1_500_000, 50_000_000);
        MarketEvent[] frame = new MarketEvent[frameEvents];
        for (int n = 0; n < count; n += frameEvents)
        {
            // Each event already carries the stamp it is about to get: copied along, it would publish too early.
            Derived.Fill(frame, 0, n);
            ring.Publish(frame);
        }

        ring.Stop();
        crew.Join();

        checker.AssertComplete(count);
    }

    private static Crew Start(params Consumer[] consumers)
    {
        Crew crew = new();
        foreach (Consumer consumer in consumers) crew.Start(consumer.Name, consumer.Run);
        return crew;
    }

    private static void Fill(EventRing ring, int producer)
    {
        ReadOnlySpan<MarketEvent> frame = [Derived.Event(producer, 0)];
        while (ring.TryPublish(frame)) { }
    }

    private static void Produce(
        EventRing ring, int producer, int count, Random random, WhenFull whenFull = WhenFull.Wait)
    {
        MarketEvent[] frame = new MarketEvent[ring.FrameEventsMax];
        for (int n = 0; n < count;)
        {
            int length = Math.Min(random.Next(1, frame.Length + 1), count - n);
            Derived.Fill(frame.AsSpan(0, length), producer, n);
            while (!ring.Publish(frame.AsSpan(0, length), whenFull)) System.Threading.Thread.Yield();
            n += length;
        }
    }

    /// <summary>Expects each producer's numbers 0, 1, 2 … and whole payloads.</summary>
    private sealed class Checker(int producers) : IEventHandler
    {
        private readonly long[] _next = new long[producers];
        private long _torn;
        private long _misnumbered;
        private long _sequence;

        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            if (!Derived.IsWhole(in e)) _torn++;
            if (e.Number != _next[e.InstrumentId]++ || sequence != _sequence++ || e.Stamp != sequence) _misnumbered++;
        }

        public void AssertComplete(long count)
        {
            Assert.Equal(0, _torn);
            Assert.Equal(0, _misnumbered);
            Assert.All(_next, next => Assert.Equal(count, next));
        }
    }

    /// <summary>Writes a plain record per sequence; the barrier alone publishes it.</summary>
    private sealed class Record(long[] records, long factor) : IEventHandler
    {
        public void OnEvent(ref readonly MarketEvent e, long sequence) =>
            records[sequence & (records.Length - 1)] = sequence * factor;
    }

    private sealed class Step(long[] from, long[] to) : IEventHandler
    {
        public void OnEvent(ref readonly MarketEvent e, long sequence) =>
            to[sequence & (to.Length - 1)] = from[sequence & (from.Length - 1)] + sequence;
    }

    private sealed class Join(long[] one, long[] other, long factor = 3, long otherFactor = 5) : IEventHandler
    {
        public long Count { get; private set; }

        public long Mismatches { get; private set; }

        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            long slot = sequence & (one.Length - 1);
            if (one[slot] != sequence * factor || other[slot] != sequence * otherFactor) Mismatches++;
            if (!Derived.IsWhole(in e) || e.Number != Count++) Mismatches++;
        }
    }
}
