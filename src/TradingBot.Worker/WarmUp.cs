// In:     a topology and an engine's options.   Out: compiled code; nothing else of it remains.
// Thread: the caller's, which will run the real engine; a topology brings its own, as the real one does.
// Keeps:  the real engine never sees a frame of it; bounded by TimeMax whatever the compiler does.
// Budget: once a process, between some 100 ms and TimeMax, before Ready.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker;

/// <summary>Runs a throw-away engine on made-up frames of every shape until nothing is left to compile.</summary>
/// <remarks>
/// A method is compiled quickly at first and well after it was called often. What matters is therefore that every
/// method of the hot path is called many times, in the same generic instantiations, before a frame counts. The end
/// shows in the runtime's own count of compiled methods: it stands still.
/// </remarks>
internal static class WarmUp
{
    /// <summary>Nobody waits longer for Ready, on a machine however busy.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The compiler waits 100 ms after the last new method before it takes up those that were called often.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    /// <summary>Forty seconds of five markets: acknowledgements, snapshots, some hundred updates and trades.</summary>
    private const long MarketUs = 40_000_000;

    /// <summary>Trade ids and times of a pass lie above those of the one before.</summary>
    private const long TradeIdsPerPass = 1_000_000_000;

    private const string ShapesName = "TradingBot.Worker.warm-up-frames.txt";

    /// <summary>How long it took; zero before it ran.</summary>
    public static TimeSpan Taken { get; private set; }

    /// <summary>Passes over all frames; 0 before it ran.</summary>
    public static int Passes { get; private set; }

    /// <summary>Warms up, unless this process has done so before.</summary>
    public static void Once(TopologyKind kind, WaitStrategy wait, EngineOptions options)
    {
        if (Passes > 0) return;
        long start = Stopwatch.GetTimestamp();
        SymbolTable symbols = new();
        using (Topology topology = Topology.Build(kind, Topology.EngineFor(kind, symbols, options), wait))
        {
            Feed feed = new(symbols, topology);
            long compiled = -1;
            TimeSpan stoodStillSince = TimeSpan.Zero;
            TimeSpan now = TimeSpan.Zero;
            while (now < TimeMax && now - stoodStillSince < Quiet)
            {
                feed.Pass();
                Passes++;
                now = Stopwatch.GetElapsedTime(start);
                long count = JitInfo.GetCompiledMethodCount();
                if (count == compiled) continue;
                compiled = count;
                stoodStillSince = now;
            }

            topology.Quiesce();
        }

        // What the throw-away engine leaves behind is collected now and not while frames count.
        GC.Collect();
        Taken = Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Every shape of every dialect, fast and general, then markets whose books are in sync.</summary>
    private sealed class Feed
    {
        private readonly FrameParser?[] _parsers = new FrameParser?[(int)Dialect.FuturesV1 + 1];
        private readonly List<(Dialect Dialect, byte[] Frame)> _shapes = [];
        private readonly SymbolTable _symbols;
        private readonly Topology _topology;
        private readonly WireCounters _counters = new();
        private readonly EventBatch _batch = new();
        private readonly ReceiveClock _clock = new();
        private readonly MemoryStream[] _markets;
        private long _shiftNs;
        private long _idShift;

        public Feed(SymbolTable symbols, Topology topology)
        {
            _symbols = symbols;
            _topology = topology;
            ReadShapes();
            _markets = [Market(Dialect.SpotV2), Market(Dialect.Unified)];
        }

        public void Pass()
        {
            foreach ((Dialect dialect, byte[] frame) in _shapes) HandOn(dialect, frame, hasTime: false, 0);
            foreach (MemoryStream market in _markets)
            {
                market.Position = 0;
                using CaptureReader reader = CaptureReader.Over(market, "warm-up", leaveOpen: true);
                while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
                {
                    HandOn(reader.Dialect, frame.Bytes, frame.HasReceiveTime, frame.ReceiveTimeNs);
                }
            }

            _shiftNs += MarketUs * 1_000;
            _idShift += TradeIdsPerPass;
        }

        private void HandOn(Dialect dialect, ReadOnlySpan<byte> frame, bool hasTime, long timeNs)
        {
            FrameParser parser = _parsers[(int)dialect] ??= new FrameParser(dialect, _symbols, _counters);
            parser.Parse(frame, _batch);
            long receiveNs = _clock.Stamp(hasTime, timeNs + _shiftNs, 0);
            if (_batch.Count == 0) _batch.Add(EventKind.TimeAdvance, -1);
            foreach (ref MarketEvent e in _batch.Writable)
            {
                e.ReceiveTimeNs = receiveNs;
                e.ExchangeTimeNs += _shiftNs;
                if (e.Kind == EventKind.Trade) e.Number += _idShift;
            }

            _topology.Publish(_batch.Events);
        }

        /// <summary>
        /// The frames as the venue writes them, and once more with a space in front, which no template has.
        /// </summary>
        private void ReadShapes()
        {
            using Stream resource = typeof(WarmUp).Assembly.GetManifestResourceStream(ShapesName)!;
            using StreamReader lines = new(resource);
            while (lines.ReadLine() is { } line)
            {
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                Dialect dialect = line[..space] switch
                {
                    "spot-v2" => Dialect.SpotV2,
                    "unified" => Dialect.Unified,
                    "spot-v1" => Dialect.SpotV1,
                    _ => Dialect.FuturesV1,
                };
                _shapes.Add((dialect, System.Text.Encoding.UTF8.GetBytes(line[(space + 1)..])));
                _shapes.Add((dialect, System.Text.Encoding.UTF8.GetBytes(line[space..])));
            }
        }

        private static MemoryStream Market(Dialect dialect)
        {
            MemoryStream stream = new();
            SyntheticCapture.Write(
                stream, new SyntheticOptions { Dialect = dialect, DurationUs = MarketUs, Faults = false });
            return stream;
        }
    }
}
