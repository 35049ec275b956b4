using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using References;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;

namespace TradingBot.Bench.Ratios;

/// <summary>Hand-offs between two threads: the ring beside a bare cache line and a channel.</summary>
internal static class RingRows
{
    private const int RoundTrips = 20_000;
    private const int StreamEvents = 200_000;
    private const int Capacity = 65_536;

    /// <summary>Two threads that meet each other at every event need two cores; this much of them is enough.</summary>
    private const double CoresMin = 1.6;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow("R1", "ping-pong p50: ours / raw cache line", Bound.AtMost, 1.25, 1.0, PingPong);
        yield return new RatioRow(
            "R3", "lock-step, one event a publication, 1P-1C: bounded channel / ours", Bound.AtLeast, 15, 30, LockStep)
        {
            ReferenceAllocates = true,
        };
    }

    private static RatioResult PingPong()
    {
        if (FreeCores() is < CoresMin and double free) return Busy(free);
        const int Rounds = 9;
        long[] trips = new long[RoundTrips];
        double[] ratios = new double[Rounds];
        double[] ours = new double[Rounds];
        double[] raw = new double[Rounds];
        double[] cores = new double[Rounds];
        CacheLine.PingPong(trips);
        RingPingPong.Run(trips);
        for (int round = 0; round < Rounds; round++)
        {
            CacheLine.PingPong(trips);
            raw[round] = OneWayNs(trips);
            TimeSpan usage = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            RingPingPong.Run(trips);
            cores[round] = (Environment.CpuUsage.TotalTime - usage) / Stopwatch.GetElapsedTime(start);
            ours[round] = OneWayNs(trips);
            ratios[round] = ours[round] / raw[round];
        }

        if (Measured.Median(cores) < CoresMin) return Busy(Measured.Median(cores));
        return new RatioResult(Measured.Median(ratios), string.Create(
            CultureInfo.InvariantCulture, $"{Measured.Median(ours):N0} / {Measured.Median(raw):N0} ns one way"));
    }

    private static double OneWayNs(long[] trips)
    {
        Array.Sort(trips);
        return trips[trips.Length / 2] * (1e9 / Stopwatch.Frequency) / 2;
    }

    private static RatioResult LockStep()
    {
        if (FreeCores() is < CoresMin and double free) return Busy(free);
        const long Expected = (long)StreamEvents * (StreamEvents + 1) / 2;
        long Channel()
        {
            long sum = BoundedChannel.Stream(StreamEvents, Capacity);
            EqualResults.Require(sum == Expected, "the sum the channel carried");
            return sum;
        }

        RingStream? stream = null;
        long Ring()
        {
            long sum = stream!.Run(StreamEvents);
            EqualResults.Require(sum == Expected, "the sum the ring carried");
            return sum;
        }

        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("channel", StreamEvents, Channel) { TwoThreads = true, RunsPerRound = 3 },
            new Contestant("ring", StreamEvents, Ring)
            {
                TwoThreads = true,
                RunsPerRound = 6,
                Prepare = () => stream = new RingStream(Capacity),
            });
        double cores = Measured.Median(m[1].Cores);
        return cores < CoresMin ? Busy(cores) : ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }

    /// <summary>Cores that two threads get which spin for a moment: on a full one hand-offs take minutes.</summary>
    private static double FreeCores()
    {
        TimeSpan moment = TimeSpan.FromMilliseconds(50);
        TimeSpan usage = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        void Spin()
        {
            while (Stopwatch.GetElapsedTime(start) < moment)
            {
            }
        }

        Thread other = new(Spin) { IsBackground = true };
        other.Start();
        Spin();
        other.Join();
        return (Environment.CpuUsage.TotalTime - usage) / Stopwatch.GetElapsedTime(start);
    }

    private static RatioResult Busy(double cores) => new(null, string.Create(
        CultureInfo.InvariantCulture, $"two cores were not free: the two threads had {cores:N1}"));
}

/// <summary>An event thrown over one ring and answered over another.</summary>
internal static class RingPingPong
{
    public static void Run(Span<long> roundTrips)
    {
        EventRing ping = new(ProducerKind.Single, WaitStrategy.Spin, 1_024);
        EventRing pong = new(ProducerKind.Single, WaitStrategy.Spin, 1_024);
        Consumer<Last> heard = ping.AddConsumer("answer", default(Last));
        Consumer<Last> answered = pong.AddConsumer("throw", default(Last));
        int count = roundTrips.Length;
        Thread other = new(() => Answer(heard, pong, count)) { IsBackground = true };
        other.Start();
        MarketEvent[] one = new MarketEvent[1];
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            one[0].Price = i + 1;
            ping.Publish(one);
            while (answered.Poll(1) == 0)
            {
            }

            long now = Stopwatch.GetTimestamp();
            roundTrips[i] = now - before;
            before = now;
        }

        other.Join();
        EqualResults.Require(answered.Handler.Price == count, "the last answer");
    }

    private static void Answer(Consumer<Last> heard, EventRing pong, int count)
    {
        MarketEvent[] one = new MarketEvent[1];
        for (int i = 0; i < count; i++)
        {
            while (heard.Poll(1) == 0)
            {
            }

            one[0].Price = heard.Handler.Price;
            pong.Publish(one);
        }
    }

    private struct Last : IEventHandler
    {
        public long Price { get; private set; }

        public void OnEvent(ref readonly MarketEvent e, long sequence) => Price = e.Price;
    }
}

/// <summary>One event a publication, as fast as the producer can; the consumer waits on a thread of its own.</summary>
internal sealed class RingStream
{
    private readonly EventRing _ring;
    private readonly Consumer<Sum> _consumer;
    private readonly Thread _reader;

    public RingStream(int capacity)
    {
        _ring = new EventRing(ProducerKind.Single, WaitStrategy.Spin, capacity);
        _consumer = _ring.AddConsumer("sum", default(Sum));
        _reader = new Thread(_consumer.Run) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>Once: the sum of the prices 1 + 2 + … + count, when all have been read.</summary>
    public long Run(int count)
    {
        MarketEvent[] one = new MarketEvent[1];
        for (int i = 0; i < count; i++)
        {
            one[0].Price = i + 1;
            _ring.Publish(one);
        }

        _ring.Stop();
        _reader.Join();
        return _consumer.Handler.Total;
    }

    private struct Sum : IEventHandler
    {
        public long Total { get; private set; }

        public void OnEvent(ref readonly MarketEvent e, long sequence) => Total += e.Price;
    }
}
