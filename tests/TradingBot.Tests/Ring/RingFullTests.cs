using System;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using Xunit;

namespace TradingBot.Tests.Ring;

public sealed class RingFullTests
{
    [Theory]
    [InlineData(ProducerKind.Single)]
    [InlineData(ProducerKind.Multi)]
    public void A_full_ring_drops_the_whole_frame_and_counts_it(ProducerKind producers)
    {
        EventRing ring = new(producers, WaitStrategy.Yield, 8);
        Collector collector = new();
        Consumer consumer = ring.AddConsumer("collector", collector);
        Assert.True(ring.TryPublish(Derived.Frame(0, 0, 2)));
        Assert.True(ring.TryPublish(Derived.Frame(0, 2, 2)));
        Assert.True(ring.TryPublish(Derived.Frame(0, 4, 2)));
        Assert.True(ring.TryPublish(Derived.Frame(0, 6, 1)));

        Assert.False(ring.TryPublish(Derived.Frame(0, 100, 2)));
        Assert.False(ring.Publish(Derived.Frame(0, 100, 2), WhenFull.Drop));
        Assert.Equal((2L, 4L, 7L), (ring.DroppedFrames, ring.DroppedEvents, ring.Claimed));
        Assert.Equal(7, consumer.LagEvents);

        Assert.True(ring.TryPublish(Derived.Frame(0, 7, 1)));
        Assert.Equal(8, consumer.Poll(100));
        Assert.Equal(0, consumer.Poll(100));
        Assert.Equal(0, consumer.LagEvents);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], collector.Events.ConvertAll(e => e.Number));
    }

    [Theory]
    [InlineData(ProducerKind.Single, WaitKind.Yield)]
    [InlineData(ProducerKind.Multi, WaitKind.Yield)]
    [InlineData(ProducerKind.Single, WaitKind.Park)]
    [InlineData(ProducerKind.Multi, WaitKind.Park)]
    public void A_waiting_producer_continues_when_the_slowest_consumer_has_made_room(
        ProducerKind producers, WaitKind wait)
    {
        EventRing ring = new(producers, WaitStrategy.Of(wait), 8);
        Collector slow = new();
        Consumer fast = ring.AddConsumer("fast", new Collector());
        Consumer slowest = ring.AddConsumer("slowest", slow);
        for (int n = 0; n < 8; n += 2) ring.Publish(Derived.Frame(0, n, 2));
        Assert.Equal(8, fast.Poll(8));

        using System.Threading.ManualResetEventSlim done = new();
        Crew crew = new Crew().Start("producer", () =>
        {
            ring.Publish(Derived.Frame(0, 8, 2));
            done.Set();
        });

        Assert.False(done.Wait(50, TestContext.Current.CancellationToken));
        Assert.Equal(1, slowest.Poll(1));
        Assert.False(done.Wait(50, TestContext.Current.CancellationToken));
        Assert.Equal(1, slowest.Poll(1));
        crew.Join();

        Assert.Equal(8, slowest.Poll(100));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], slow.Events.ConvertAll(e => e.Number));
    }

    [Fact]
    public void A_producer_that_waits_is_not_overtaken_by_one_that_drops()
    {
        EventRing ring = new(ProducerKind.Multi, WaitStrategy.Yield, 8);
        Collector collector = new();
        Consumer consumer = ring.AddConsumer("collector", collector);
        for (int n = 0; n < 8; n += 2) ring.Publish(Derived.Frame(0, n, 2));
        Crew crew = new Crew().Start("waiting", () => ring.Publish(Derived.Frame(1, 0, 2)));
        while (ring.Claimed < 10) System.Threading.Thread.Yield();

        Assert.Equal(1, consumer.Poll(1));
        Assert.False(ring.TryPublish(Derived.Frame(2, 0, 1)));
        Assert.Equal(7, consumer.Poll(7));
        crew.Join();
        Assert.True(ring.TryPublish(Derived.Frame(2, 0, 1)));

        Assert.Equal(3, consumer.Poll(100));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2], collector.Events.ConvertAll(e => e.InstrumentId));
    }

    [Fact]
    public void A_frame_longer_than_a_quarter_of_the_ring_is_refused()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 8);
        ring.AddConsumer("collector", new Collector());

        Assert.Equal(2, ring.FrameEventsMax);
        Assert.Throws<ArgumentException>(() => ring.TryPublish(new MarketEvent[3]));
        Assert.Throws<ArgumentException>(() => ring.Publish(new MarketEvent[3]));
        Assert.Equal((0L, 0L), (ring.Claimed, ring.DroppedFrames));
    }

    [Fact]
    public void The_default_ring_holds_four_of_the_largest_frames()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield);

        Assert.Equal(4 * 1024 * 1024, ring.Capacity * MarketEvent.Bytes);
        Assert.Equal(EventBatch.CapacityDefault, ring.FrameEventsMax);
    }

    [Fact]
    public void An_empty_frame_is_published_and_changes_nothing()
    {
        EventRing ring = new(ProducerKind.Multi, WaitStrategy.Yield, 8);
        Consumer consumer = ring.AddConsumer("collector", new Collector());

        Assert.True(ring.TryPublish([]));
        Assert.Equal(0, consumer.Poll(1));
        Assert.Equal(0, ring.Claimed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(1 << 25)]
    public void A_capacity_that_is_no_power_of_two_in_range_is_refused(int capacity)
    {
        Assert.ThrowsAny<ArgumentException>(() => new EventRing(ProducerKind.Single, WaitStrategy.Yield, capacity));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(65_536)]
    public void Every_slot_starts_on_a_cache_line(int capacity)
    {
        // Odd neighbours move the array about in the pinned heap.
        for (int neighbour = 1; neighbour < 20; neighbour++)
        {
            byte[] odd = GC.AllocateArray<byte>(neighbour * 9, pinned: true);
            SlotMemory slots = new(capacity);
            for (long sequence = 0; sequence < capacity; sequence++)
            {
                nint address = slots.AddressOf(sequence);
                if (address % 64 != 0) Assert.Fail($"Slot {sequence} starts at {address:x}.");
                if (slots.IsPublished(sequence)) Assert.Fail($"Slot {sequence} is published before its time.");
            }

            Assert.Equal(64, slots.AddressOf(1) - slots.AddressOf(0));
            Assert.Equal(slots.AddressOf(0), slots.AddressOf(capacity));
            GC.KeepAlive(odd);
        }
    }
}
