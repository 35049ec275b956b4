using System;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;

namespace TradingBot.Bench;

/// <summary>A frame in, the same frame out, on one thread: the ring beside a bounded channel.</summary>
/// <remarks>
/// A frame of one is the lock-step case, longer ones are batches. Times are per frame; each method returns the sum of
/// what it read, so that no work can be left out.
/// </remarks>
[MemoryDiagnoser]
public class RingBench
{
    private const int Capacity = 1024;

    private readonly Channel<MarketEvent> _channel = System.Threading.Channels.Channel.CreateBounded<MarketEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    private readonly EventRing _single = new(ProducerKind.Single, WaitStrategy.Yield, Capacity);
    private readonly EventRing _multi = new(ProducerKind.Multi, WaitStrategy.Yield, Capacity);
    private readonly EventRing _parking = new(ProducerKind.Multi, WaitStrategy.Park, Capacity);
    private readonly Consumer<Sum> _ofSingle;
    private readonly Consumer<Sum> _ofMulti;
    private readonly Consumer<Sum> _ofParking;
    private MarketEvent[] _frame = [];

    public RingBench()
    {
        _ofSingle = _single.AddConsumer("sum", default(Sum));
        _ofMulti = _multi.AddConsumer("sum", default(Sum));
        _ofParking = _parking.AddConsumer("sum", default(Sum));
    }

    [Params(1, 16, 256)]
    public int FrameEvents { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _frame = new MarketEvent[FrameEvents];
        for (int i = 0; i < _frame.Length; i++) _frame[i].Price = i + 1;
    }

    [Benchmark(Baseline = true)]
    public long Channel()
    {
        long sum = 0;
        foreach (ref readonly MarketEvent e in _frame.AsSpan()) _channel.Writer.TryWrite(e);
        while (_channel.Reader.TryRead(out MarketEvent e)) sum += e.Price;
        return sum;
    }

    [Benchmark]
    public long Ring_single_producer() => Cycle(_single, _ofSingle);

    [Benchmark]
    public long Ring_multi_producer() => Cycle(_multi, _ofMulti);

    /// <summary>
    /// What parking costs while nobody sleeps: a full fence per frame published and per batch handled.
    /// </summary>
    [Benchmark]
    public long Ring_multi_producer_park() => Cycle(_parking, _ofParking);

    private long Cycle(EventRing ring, Consumer<Sum> consumer)
    {
        long before = consumer.Handler.Total;
        ring.TryPublish(_frame);
        consumer.Poll(Capacity);
        return consumer.Handler.Total - before;
    }

    private struct Sum : IEventHandler
    {
        public long Total { get; private set; }

        public void OnEvent(ref readonly MarketEvent e, long sequence) => Total += e.Price;
    }
}
