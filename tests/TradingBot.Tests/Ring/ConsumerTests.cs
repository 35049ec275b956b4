using System;
using System.Collections.Generic;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using Xunit;

namespace TradingBot.Tests.Ring;

public sealed class ConsumerTests
{
    [Fact]
    public void A_downstream_consumer_never_sees_an_event_before_its_upstreams()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer a = ring.AddConsumer("a", new Collector());
        Consumer b = ring.AddConsumer("b", new Collector());
        Consumer c = ring.AddConsumer("c", new Collector(), a, b);
        ring.Publish(Derived.Frame(0, 0, 4));

        Assert.Equal(0, c.Poll(16));
        Assert.Equal(3, a.Poll(3));
        Assert.Equal(0, c.Poll(16));
        Assert.Equal(2, b.Poll(2));
        Assert.Equal(2, c.Poll(16));
        Assert.Equal(2, b.Poll(16));
        Assert.Equal(1, c.Poll(16));
        Assert.Equal((2, 3, 2), (a.Sequence, b.Sequence, c.Sequence));
    }

    [Fact]
    public void Progress_is_published_every_256_events_of_a_long_batch()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 4096);
        Watcher watcher = new();
        Consumer consumer = ring.AddConsumer("watcher", watcher);
        watcher.Watched = consumer;
        ring.Publish(Derived.Frame(0, 0, 1000));

        Assert.Equal(1000, consumer.Poll(4096));

        Assert.Equal([-1, 255, 511, 767], watcher.Seen);
        Assert.Equal(999, consumer.Sequence);
    }

    [Theory]
    [InlineData(WaitKind.Yield)]
    [InlineData(WaitKind.Park)]
    public void Stop_drains_the_whole_graph(WaitKind wait)
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Of(wait), 1024);
        Collector first = new(), last = new();
        Consumer upstream = ring.AddConsumer("upstream", first);
        Consumer downstream = ring.AddConsumer("downstream", last, upstream);
        for (int n = 0; n < 1000; n += 100) ring.Publish(Derived.Frame(0, n, 100));
        ring.Stop();

        // The downstream looks first, finds nothing to do, and must not take that for the end.
        Crew crew = new Crew().Start("downstream", downstream.Run);
        System.Threading.Thread.Yield();
        crew.Start("upstream", upstream.Run).Join();

        Assert.Equal(1000, first.Events.Count);
        Assert.Equal(1000, last.Events.Count);
    }

    [Fact]
    public void An_event_published_too_late_for_the_upstream_does_not_keep_the_downstream()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer upstream = ring.AddConsumer("upstream", new Collector());
        Consumer downstream = ring.AddConsumer("downstream", new Collector(), upstream);
        ring.Publish(Derived.Frame(0, 0, 1));
        ring.Stop();
        upstream.Run();
        ring.Publish(Derived.Frame(0, 1, 1));

        new Crew().Start("downstream", downstream.Run).Join();

        Assert.Equal((0, 0), (upstream.Sequence, downstream.Sequence));
    }

    [Fact]
    public void The_graph_is_fixed_by_the_first_publish()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer first = ring.AddConsumer("first", new Collector());
        ring.AddConsumer("second", new Collector(), first);
        Assert.Throws<ArgumentException>(() => ring.AddConsumer("first", new Collector()));

        ring.Publish(Derived.Frame(0, 0, 1));

        InvalidOperationException late =
            Assert.Throws<InvalidOperationException>(() => ring.AddConsumer("third", new Collector()));
        Assert.Contains("'third'", late.Message, StringComparison.Ordinal);
        Assert.Equal(["first", "second"], new List<Consumer>(ring.Consumers).ConvertAll(consumer => consumer.Name));
    }

    [Fact]
    public void A_consumer_of_another_ring_is_no_upstream()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        EventRing other = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer stranger = other.AddConsumer("stranger", new Collector());

        Assert.Throws<ArgumentException>(() => ring.AddConsumer("mine", new Collector(), stranger));
    }

    [Fact]
    public void A_ring_without_a_consumer_takes_no_events()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);

        Assert.Throws<InvalidOperationException>(() => ring.TryPublish(Derived.Frame(0, 0, 1)));
    }

    [Fact]
    public void A_fault_ends_the_consumer_and_is_kept()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer bomb = ring.AddConsumer("bomb", new Bomb(2));
        Consumer behind = ring.AddConsumer("behind", new Collector(), bomb);
        ring.Publish(Derived.Frame(0, 0, 4));
        Assert.Null(bomb.Fault);

        FormatException thrown = Assert.Throws<FormatException>(() => bomb.Poll(16));

        Assert.Same(thrown, bomb.Fault);
        Assert.Equal(1, bomb.Sequence);
        InvalidOperationException again = Assert.Throws<InvalidOperationException>(() => bomb.Poll(16));
        Assert.Same(thrown, again.InnerException);
        Assert.Equal(2, behind.Poll(16));
        Assert.Equal(0, behind.Poll(16));
    }

    [Fact]
    public void Behind_a_faulted_consumer_the_run_ends_with_its_last_event()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Park, 16);
        Consumer bomb = ring.AddConsumer("bomb", new Bomb(2));
        Consumer slow = ring.AddConsumer("slow", new Collector());
        Consumer behind = ring.AddConsumer("behind", new Collector(), bomb, slow);
        ring.Publish(Derived.Frame(0, 0, 4));
        Assert.Throws<FormatException>(bomb.Run);
        ring.Stop();

        Crew crew = new Crew().Start("behind", behind.Run);
        System.Threading.Thread.Yield();
        slow.Run();
        crew.Join();

        Assert.Equal((1, 3, 1), (bomb.Sequence, slow.Sequence, behind.Sequence));
    }

    [Theory]
    [InlineData(ProducerKind.Single, WaitKind.Yield)]
    [InlineData(ProducerKind.Multi, WaitKind.Yield)]
    [InlineData(ProducerKind.Single, WaitKind.Park)]
    [InlineData(ProducerKind.Multi, WaitKind.Park)]
    public void A_producer_that_waits_for_a_faulted_consumer_is_told(ProducerKind producers, WaitKind wait)
    {
        EventRing ring = new(producers, WaitStrategy.Of(wait), 8);
        Consumer bomb = ring.AddConsumer("bomb", new Bomb(2));
        ring.AddConsumer("behind", new Collector(), bomb);
        for (int n = 0; n < 8; n += 2) ring.Publish(Derived.Frame(0, n, 2));

        InvalidOperationException? told = null;
        Crew crew = new Crew().Start("producer", () =>
            told = Assert.Throws<InvalidOperationException>(() => ring.Publish(Derived.Frame(0, 8, 2))));
        crew.Start("bomb", () => Assert.Throws<FormatException>(bomb.Run)).Join();

        Assert.Contains("'bomb'", told!.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(told.InnerException);
        Assert.False(ring.TryPublish(Derived.Frame(0, 8, 2)));
    }

    [Theory]
    [InlineData(WaitKind.Yield)]
    [InlineData(WaitKind.Park)]
    public void A_producer_that_waits_on_a_stopped_ring_is_told(WaitKind wait)
    {
        EventRing ring = new(ProducerKind.Multi, WaitStrategy.Of(wait), 8);
        ring.AddConsumer("idle", new Collector());
        for (int n = 0; n < 8; n += 2) ring.Publish(Derived.Frame(0, n, 2));

        Crew crew = new Crew().Start("producer", () =>
            Assert.Throws<InvalidOperationException>(() => ring.Publish(Derived.Frame(0, 8, 2))));
        while (ring.Claimed < 10) System.Threading.Thread.Yield();
        ring.Stop();

        crew.Join();
    }

    [Fact]
    public void A_struct_handler_keeps_its_state_in_the_consumer()
    {
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield, 16);
        Consumer<Sum> consumer = ring.AddConsumer("sum", default(Sum));
        ring.Publish(Derived.Frame(0, 0, 4));

        consumer.Poll(16);

        Assert.Equal(0 + 1 + 2 + 3, consumer.Handler.Total);
    }

    [Theory]
    [InlineData(ProducerKind.Single, WaitKind.Yield)]
    [InlineData(ProducerKind.Multi, WaitKind.Park)]
    public void Publishing_and_polling_allocate_nothing_I8(ProducerKind producers, WaitKind wait)
    {
        EventRing ring = new(producers, WaitStrategy.Of(wait), 16);
        Consumer<Sum> first = ring.AddConsumer("first", default(Sum));
        Consumer<Sum> second = ring.AddConsumer("second", default(Sum), first);
        MarketEvent[] frame = Derived.Frame(0, 0, 4);
        Cycle(ring, first, second, frame);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Cycle(ring, first, second, frame);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(ring.DroppedFrames > 0);
    }

    private static void Cycle(EventRing ring, Consumer first, Consumer second, MarketEvent[] frame)
    {
        for (int i = 0; i < 4; i++) ring.Publish(frame);
        ring.TryPublish(frame);
        first.Poll(16);
        second.Poll(16);
    }

    private struct Sum : IEventHandler
    {
        public long Total { get; private set; }

        public void OnEvent(ref readonly MarketEvent e, long sequence) => Total += e.Number;
    }

    /// <summary>Notes each new value of a consumer's published sequence, seen from inside its handler.</summary>
    private sealed class Watcher : IEventHandler
    {
        public Consumer? Watched { get; set; }

        public List<long> Seen { get; } = [];

        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            if (Seen.Count == 0 || Seen[^1] != Watched!.Sequence) Seen.Add(Watched!.Sequence);
        }
    }
}
