// In:     frames of the feed of many symbols.   Out: what a recording adds to the worker's own time for a frame.
// Thread: the caller's is the worker's; a recording brings its two.
// Keeps:  the same frames to two workers that differ in the recording alone, in turns, as many at once as a feed of
//         50,000 frames a second brings between two looks of the writer.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Settings;

namespace TradingBot.Bench.Rates;

/// <summary>Processor time of a frame from the wire's event to the gate, with a recording and without.</summary>
internal static class ServiceCost
{
    /// <summary>What comes at 50,000 frames a second between two looks of the recording's writer.</summary>
    private const int FramesPerBout = 1_000;

    private const int BoutsPerRound = 60;
    private const int WarmRounds = 2;

    /// <summary>Nanoseconds a frame, with and without, of each round.</summary>
    public static List<(double On, double Off)> Measure(int symbols, int rounds, string folder)
    {
        List<(double On, double Off)> costs = [];
        RateFrames frames = new(symbols);
        using (FeedCapture capture = FeedCapture.Begin(folder, new CaptureOptions(), CaptureClock.System.NowNs()))
        {
            using Worker on = new(symbols, capture);
            using Worker off = new(symbols, null);
            byte[][] bout = new byte[FramesPerBout][];
            byte[] buffer = new byte[frames.LengthMax];
            for (int round = -WarmRounds; round < rounds; round++)
            {
                (long onNs, long offNs) = (0, 0);
                for (int i = 0; i < BoutsPerRound; i++)
                {
                    long ticks = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
                    for (int k = 0; k < bout.Length; k++) bout[k] = frames.NextPayload(buffer, ticks).ToArray();
                    // Who comes second finds the frames in the cache: each does in every other bout.
                    if (i % 2 == 0) onNs += on.Take(bout);
                    offNs += off.Take(bout);
                    if (i % 2 != 0) onNs += on.Take(bout);
                    long restNs = off.Take([]);
                    (onNs, offNs) = (onNs - restNs, offNs - restNs);
                }

                const double Frames = (double)FramesPerBout * BoutsPerRound;
                if (round >= 0) costs.Add((onNs / Frames, offNs / Frames));
            }

            if (capture.RecordsLost > 0) throw new IOException($"{capture.RecordsLost} records found no room.");
            capture.End(CaptureClock.System.NowNs());
        }

        Directory.Delete(folder, recursive: true);
        return costs;
    }

    /// <summary>The public side of a worker on a wire that says what it is told to.</summary>
    private sealed class Worker : IDisposable
    {
        /// <summary>More than the writer's 20 ms.</summary>
        private const int RestMs = 25;

        private readonly ManualResetEventSlim _rest = new(initialState: false, spinCount: 0);
        private readonly MarketSide _market;
        private readonly CircleSocket _socket;

        public Worker(int symbols, FeedCapture? capture)
        {
            VenueAddresses addresses = VenueSettings.Kraken;
            FeedTap? tap = capture is null ? null : new FeedTap(capture, addresses);
            SymbolTable table = new();
            if (!ReplayCommand.TryReadPlan(ReplayCommand.DefaultTimeframes, out BarPlan? plan, out string error))
            {
                throw new InvalidOperationException(error);
            }

            Engine engine = Topology.EngineFor(TopologyKind.Inline, table, new EngineOptions { Bars = plan });
            _market = new MarketSide(engine, new EngineInput(engine, capture), tap);
            _socket = new CircleSocket(
                new SilentWire(), WireEndpoint.SpotPublic,
                new SocketWatch(RateBudget.OfConnections(), new ReconnectBackoff(1)))
            {
                Dialect = Dialect.SpotV2,
                Tap = capture,
                Parser = new FrameParser(Dialect.SpotV2, table, new WireCounters()),
                Feed = new PublicFeed(
                    SyntheticCapture.SymbolsOf(new SyntheticOptions { Symbols = symbols }), new PublicFeedOptions()),
            };
            long nowNs = CaptureClock.System.NowNs();
            _socket.TryOpen(nowNs);
            _market.On(_socket, new WireEvent(WireEventKind.Opened, _socket.Connection), nowNs);
            _socket.Flush(nowNs);
        }

        public void Dispose() => _rest.Dispose();

        /// <summary>Nanoseconds of processor time, those of a rest behind it included.</summary>
        public long Take(byte[][] frames)
        {
            long before = ThreadTimes.OfThis();
            foreach (byte[] frame in frames)
            {
                _market.On(
                    _socket, new WireEvent(WireEventKind.Frame, _socket.Connection, frame),
                    CaptureClock.System.NowNs());
            }

            // Linux counts a thread's time when it stops; meanwhile the writer empties the ring.
            _rest.Wait(RestMs);
            return ThreadTimes.OfThis() - before;
        }
    }

    /// <summary>Opens at once, takes everything, says nothing.</summary>
    private sealed class SilentWire : IWire
    {
        public long NextDueNs => long.MaxValue;

        public long ClockNs => 0;

        public int Open(WireEndpoint endpoint) => 1;

        public void Close(int connection)
        {
        }

        public bool Send(int connection, ReadOnlySpan<byte> frame) => true;

        public int Request(WireRequest request) => 2;

        public bool TryReceive(long nowNs, out WireEvent wireEvent)
        {
            wireEvent = default;
            return false;
        }
    }
}
