using System;
using System.Collections.Generic;
using System.Threading.Channels;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Ring;

/// <summary>The ring beside its slow twin: one bounded channel per consumer.</summary>
public sealed class RingModelTests
{
    [Theory]
    [InlineData(ProducerKind.Single, 8)]
    [InlineData(ProducerKind.Multi, 8)]
    [InlineData(ProducerKind.Single, 64)]
    [InlineData(ProducerKind.Multi, 64)]
    public void Random_publishes_and_polls_agree_with_bounded_channels(ProducerKind producers, int capacity)
    {
        Random random = Seed.Random(capacity, nameof(Random_publishes_and_polls_agree_with_bounded_channels));
        EventRing ring = new(producers, WaitStrategy.Yield, capacity);
        Collector[] collectors = [new(), new(), new()];
        List<Consumer> consumers = [];
        List<Channel<MarketEvent>> model = [];
        List<MarketEvent>[] expected = [[], [], []];
        for (int i = 0; i < collectors.Length; i++)
        {
            consumers.Add(ring.AddConsumer($"consumer {i}", collectors[i]));
            model.Add(System.Threading.Channels.Channel.CreateBounded<MarketEvent>(capacity));
        }

        long published = 0, droppedFrames = 0, droppedEvents = 0;
        for (int step = 0; step < Seed.Count(20_000, 500_000); step++)
        {
            if (random.Next(2) == 0)
            {
                int length = random.Next(ring.FrameEventsMax + 1);
                MarketEvent[] frame = Derived.Frame(random.Next(3), random.Next(), length);
                bool fits = model.TrueForAll(channel => channel.Reader.Count + frame.Length <= capacity);

                Assert.Equal(fits, ring.TryPublish(frame));

                if (fits)
                {
                    foreach (MarketEvent e in frame) Feed(model, e, published++);
                }
                else
                {
                    droppedFrames++;
                    droppedEvents += frame.Length;
                }
            }
            else
            {
                int who = random.Next(consumers.Count);
                int eventsMax = random.Next(1, capacity + 2);
                int handled = 0;
                while (handled < eventsMax && model[who].Reader.TryRead(out MarketEvent e))
                {
                    expected[who].Add(e);
                    handled++;
                }

                Assert.Equal(handled, consumers[who].Poll(eventsMax));
                Assert.Equal(expected[who].Count - 1, consumers[who].Sequence);
            }
        }

        for (int i = 0; i < collectors.Length; i++) AssertSame(expected[i], collectors[i].Events);
        Assert.Equal(published, ring.Claimed);
        Assert.Equal((droppedFrames, droppedEvents), (ring.DroppedFrames, ring.DroppedEvents));
        Assert.True(droppedFrames > 100, "The walk never filled the ring.");
    }

    [Theory]
    [InlineData(ProducerKind.Single, WaitKind.Yield)]
    [InlineData(ProducerKind.Multi, WaitKind.Park)]
    public void A_threaded_walk_gives_the_events_a_channel_gives(ProducerKind producers, WaitKind wait)
    {
        Random random = Seed.Random(7, nameof(A_threaded_walk_gives_the_events_a_channel_gives));
        EventRing ring = new(producers, WaitStrategy.Of(wait), 64);
        Collector collector = new();
        Consumer consumer = ring.AddConsumer("collector", collector);
        Channel<MarketEvent> channel = System.Threading.Channels.Channel.CreateUnbounded<MarketEvent>();
        List<Channel<MarketEvent>> model = [channel];

        Crew crew = new Crew().Start("consumer", consumer.Run);
        long published = 0;
        for (int i = 0; i < Seed.Count(5_000, 200_000); i++)
        {
            MarketEvent[] frame = Derived.Frame(random.Next(3), random.Next(), random.Next(ring.FrameEventsMax + 1));
            Assert.True(ring.Publish(frame, WhenFull.Wait));
            foreach (MarketEvent e in frame) Feed(model, e, published++);
        }

        ring.Stop();
        crew.Join();

        List<MarketEvent> expected = [];
        while (channel.Reader.TryRead(out MarketEvent e)) expected.Add(e);
        AssertSame(expected, collector.Events);
    }

    /// <summary>The ring replaces the stamp and nothing else.</summary>
    private static void Feed(List<Channel<MarketEvent>> model, MarketEvent e, long sequence)
    {
        e.Stamp = sequence;
        foreach (Channel<MarketEvent> channel in model) Assert.True(channel.Writer.TryWrite(e));
    }

    private static void AssertSame(List<MarketEvent> expected, List<MarketEvent> actual)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++) Assert.Equal(expected[i], actual[i]);
    }
}
