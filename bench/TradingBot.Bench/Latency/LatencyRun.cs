// In:     rates and modes.   Out: latencies from the time a frame was due to the decision about it.
// Thread: the caller's is the feed; ring brings its consumer.
// Keeps:  open loop: a frame is due at start + i / rate whether or not the one before is done, so waiting behind a
//         slow one counts (no coordinated omission); the same loop with empty work is the machine's own share.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using References;
using TradingBot.Bench.Ratios;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Worker;

namespace TradingBot.Bench.Latency;

/// <summary>One measured series.</summary>
internal sealed record LatencySeries(string Mode, int FramesPerSecond, LatencyHistogram Histogram)
{
    /// <summary>What is the pipeline's of the median; null where there is nothing else.</summary>
    public double? PipelineShare { get; init; }
}

/// <summary>The verb <c>latency</c>.</summary>
internal static class LatencyRun
{
    private static readonly int[] Rates = [5_000, 50_000, 500_000];
    private static readonly int[] SocketRates = [1_000, 10_000];

    /// <summary>Seconds of each series.</summary>
    private const double Seconds = 1;

    public static int Run(string[] args)
    {
        List<LatencySeries> series = [];
        WarmUp.Once(TopologyKind.Inline, WaitStrategy.Yield, StageRows.Options());
        WaitStrategy wait = Environment.ProcessorCount >= 2 ? WaitStrategy.Spin : WaitStrategy.Yield;
        foreach (int rate in Rates)
        {
            Told($"{rate:N0} frames/s");
            series.Add(new LatencySeries("empty", rate, Empty(rate)));
            series.Add(new LatencySeries("inline", rate, Piped(TopologyKind.Inline, rate, wait)));
            series.Add(new LatencySeries("ring", rate, Piped(TopologyKind.Ring, rate, wait)));
        }

        foreach (int rate in SocketRates)
        {
            Told($"loopback WebSocket, {rate:N0} frames/s");
            series.Add(SocketLatency.Run(rate, Seconds));
        }

        Told("");
        if (args.Contains("--json")) WriteJson(series);
        else WriteText(series, Console.Out);
        return 0;
    }

    private static void Told(string what)
    {
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r\x1b[K{what}");
    }

    private static LatencyHistogram Empty(int rate)
    {
        LatencyHistogram histogram = new();
        long frames = (long)(rate * Seconds);
        double ticksPerFrame = (double)Stopwatch.Frequency / rate;
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < frames; i++)
        {
            long due = start + (long)(i * ticksPerFrame);
            long now;
            do now = Stopwatch.GetTimestamp();
            while (now < due);
            histogram.Add(ToNs(Stopwatch.GetTimestamp() - due));
        }

        return histogram;
    }

    private static LatencyHistogram Piped(TopologyKind kind, int rate, WaitStrategy wait)
    {
        FeedLoop feed = new();
        Recorder recorder = new();
        using Topology topology = Topology.Build(
            kind, Topology.EngineFor(kind, feed.Symbols, StageRows.Options()), wait, _ => recorder);
        long sequence = 0;
        void Publish(ReadOnlySpan<MarketEvent> frame, long due)
        {
            // Written before the frame is published, read after: the ring's own release and acquire order it.
            for (int i = 0; i < frame.Length; i++) recorder.SetDue(sequence + i, i == frame.Length - 1 ? due : 0);
            sequence += frame.Length;
            topology.Publish(frame);
        }

        // What the first frames cost is the row S2 of the ratios, not this.
        for (int i = 0; i < 20_000; i++) Publish(feed.Next(), 0);
        topology.Quiesce();
        long frames = (long)(rate * Seconds);
        double ticksPerFrame = (double)Stopwatch.Frequency / rate;
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < frames; i++)
        {
            long due = start + (long)(i * ticksPerFrame);
            while (Stopwatch.GetTimestamp() < due)
            {
            }

            Publish(feed.Next(), due);
        }

        topology.Quiesce();
        return recorder.Histogram;
    }

    public static long ToNs(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private static void WriteText(List<LatencySeries> series, TextWriter output)
    {
        output.WriteLine(RatioTable.Machine);
        output.WriteLine("due time to decision, ns; 'empty' is the same loop without work");
        output.WriteLine($"{"mode",-12} {"frames/s",9} {"p50",10} {"p99",10} {"p99.9",10} {"max",12}");
        foreach (LatencySeries s in series)
        {
            LatencyHistogram h = s.Histogram;
            string share = s.PipelineShare is { } part
                ? string.Create(CultureInfo.InvariantCulture, $"  pipeline {part:P1} of p50, socket the rest")
                : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{s.Mode,-12} {s.FramesPerSecond,9} {h.Percentile(50),10} {h.Percentile(99),10} ")
                + string.Create(CultureInfo.InvariantCulture, $"{h.Percentile(99.9),10} {h.Max,12}{share}"));
        }
    }

    private static void WriteJson(List<LatencySeries> series)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("machine", RatioTable.Machine);
            json.WriteStartArray("series");
            foreach (LatencySeries s in series)
            {
                json.WriteStartObject();
                json.WriteString("mode", s.Mode);
                json.WriteNumber("frames_per_second", s.FramesPerSecond);
                json.WriteNumber("frames", s.Histogram.Count);
                json.WriteNumber("p50_ns", s.Histogram.Percentile(50));
                json.WriteNumber("p99_ns", s.Histogram.Percentile(99));
                json.WriteNumber("p99_9_ns", s.Histogram.Percentile(99.9));
                json.WriteNumber("max_ns", s.Histogram.Max);
                if (s.PipelineShare is { } share) json.WriteNumber("pipeline_share_of_p50", Math.Round(share, 4));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Runs behind the gate on the engine's thread; knows when each frame was due.</summary>
    private sealed class Recorder : IEventHandler
    {
        private readonly long[] _due = new long[2 * EventRing.CapacityDefault];

        public LatencyHistogram Histogram { get; } = new();

        /// <summary>The last event of a frame carries its due time, the others 0.</summary>
        public void SetDue(long sequence, long due) => _due[(int)sequence & (_due.Length - 1)] = due;

        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            long due = _due[(int)sequence & (_due.Length - 1)];
            if (due != 0) Histogram.Add(ToNs(Stopwatch.GetTimestamp() - due));
        }
    }
}

/// <summary>Frames of the mix without end, parsed as they are asked for: each pass later than the one before.</summary>
internal sealed class FeedLoop
{
    private const int Frames = 100_000;

    private readonly FrameSet _frames;
    private readonly FrameParser _parser;
    private readonly EventBatch _batch = new();
    private int _next;
    private long _shiftNs;
    private long _idShift;
    private long _receiveNs = MixedFeed.BeginNs;

    public FeedLoop()
    {
        MixedFeed feed = new(8, 10, 17);
        _frames = new FrameSet();
        Append(feed.Snapshots());
        Append(feed.Take(Frames));
        _parser = new FrameParser(Dialect.SpotV2, Symbols, new WireCounters());
    }

    public SymbolTable Symbols { get; } = new();

    /// <summary>Bytes of the frame that comes next.</summary>
    public ReadOnlySpan<byte> NextBytes => _frames[_next];

    public ReadOnlySpan<MarketEvent> Next() => Parse(_frames[_next]);

    /// <summary>Parses a frame that arrived in its turn.</summary>
    public ReadOnlySpan<MarketEvent> Parse(ReadOnlySpan<byte> frame)
    {
        _parser.Parse(frame, _batch);
        foreach (ref MarketEvent e in _batch.Writable)
        {
            if (e.Kind is EventKind.BookEnd or EventKind.Trade)
            {
                _receiveNs = e.ExchangeTimeNs + _shiftNs + EventFeed.TravelNs;
            }
        }

        foreach (ref MarketEvent e in _batch.Writable)
        {
            e.ReceiveTimeNs = _receiveNs;
            e.ExchangeTimeNs += _shiftNs;
            if (e.Kind == EventKind.Trade) e.Number += _idShift;
        }

        if (++_next == _frames.Count)
        {
            _next = 0;
            _shiftNs = _receiveNs - MixedFeed.BeginNs;
            _idShift += 1_000_000_000;
        }

        return _batch.Events;
    }

    /// <summary>Goes on to the next frame's bytes without parsing it: for the side that sends.</summary>
    public void Skip() => _next = _next + 1 == _frames.Count ? 0 : _next + 1;

    private void Append(FrameSet frames)
    {
        for (int i = 0; i < frames.Count; i++) _frames.Add(frames[i]);
    }
}
