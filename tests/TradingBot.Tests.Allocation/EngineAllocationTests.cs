using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Allocation;

/// <summary>From bytes to decision nothing allocates once every instrument has been seen (I8).</summary>
public sealed class EngineAllocationTests
{
    [Fact]
    public void Bytes_to_decision_on_one_thread_allocate_nothing_I8()
    {
        Pass pass = new(fastPath: true);
        Engine engine = pass.NewEngine();
        long sequence = 0;
        AllocatedBytes bytes = AllocationProbe.Measure(
            () => pass.Next(events =>
            {
                foreach (ref readonly MarketEvent e in events) engine.OnEvent(in e, sequence++);
            }),
            repeats: Pass.Steps);
        Assert.True(engine.Signals.Log.Next > 50 && engine.Gate.Orders.Next > 20, "the engine had nothing to decide");
        Assert.Equal(0, bytes.Thread);
    }

    [Fact]
    public void The_general_path_allocates_nothing_either_I8()
    {
        Pass pass = new(fastPath: false);
        AllocatedBytes bytes = AllocationProbe.Measure(() => pass.Next(static _ => { }), repeats: Pass.Steps);
        Assert.Equal(0, bytes.Thread);
    }

    [Fact]
    public void Bytes_to_decision_over_the_ring_allocate_nothing_in_the_process_I8()
    {
        Pass pass = new(fastPath: true);
        Engine engine = pass.NewEngine();
        EventRing ring = new(ProducerKind.Single, WaitStrategy.Yield);
        Consumer consumer = ring.AddConsumer("engine", engine);
        Thread thread = new(consumer.Run) { Name = "engine", IsBackground = true };
        thread.Start();
        Pass.Receiver publish = ring.Publish;
        long bytes = AllocationProbe.LeastOfProcess(
            () =>
            {
                pass.Next(publish);
                while (consumer.LagEvents > 0) Thread.Yield();
            },
            repeats: Pass.Steps);
        ring.Stop();
        thread.Join();
        Assert.Null(consumer.Fault);
        Assert.True(engine.Gate.Orders.Next > 20, "the engine had nothing to decide");
        Assert.Equal(0, bytes);
    }

    /// <summary>The synthetic feed over and over, some frames at a time, later in time with each pass.</summary>
    private sealed class Pass
    {
        public delegate void Receiver(ReadOnlySpan<MarketEvent> frame);

        /// <summary>Steps of one measurement: with the warm-up well over one pass of the feed.</summary>
        public const int Steps = 1_000;

        private const int FramesPerStep = 40;

        private readonly List<(byte[] Bytes, long ReceiveTimeNs)> _frames = [];
        private readonly SymbolTable _symbols = new();
        private readonly FrameParser _parser;
        private readonly EventBatch _batch = new();
        private int _next;
        private long _tradeShift;
        private long _shiftNs;

        public Pass(bool fastPath)
        {
            using MemoryStream stream = new();
            SyntheticCapture.Write(stream, new SyntheticOptions());
            stream.Position = 0;
            using CaptureReader reader = CaptureReader.Over(stream, "demo");
            while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
            {
                _frames.Add((frame.Bytes.ToArray(), frame.ReceiveTimeNs));
            }

            _parser = new FrameParser(Dialect.SpotV2, _symbols, new WireCounters(), fastPath);
            // Every symbol, depth and shape once before the warm-up: an instrument's first event may allocate.
            for (int i = 0; i < _frames.Count / FramesPerStep; i++) Next(static _ => { });
        }

        public Engine NewEngine()
        {
            Timeframe[] timeframes = new Timeframe[2];
            Assert.True(Timeframe.TryParse("1s", out timeframes[0]) && Timeframe.TryParse("1m", out timeframes[1]));
            Engine engine = new(_symbols, new EngineOptions { Bars = new BarPlan(timeframes) });
            long sequence = 0;
            for (int i = 0; i < (_frames.Count / FramesPerStep) + 1; i++)
            {
                Next(events =>
                {
                    foreach (ref readonly MarketEvent e in events) engine.OnEvent(in e, sequence++);
                });
            }

            return engine;
        }

        public void Next(Receiver receiver)
        {
            for (int i = 0; i < FramesPerStep; i++)
            {
                (byte[] frame, long receiveTimeNs) = _frames[_next];
                _parser.Parse(frame, _batch);
                foreach (ref MarketEvent e in _batch.Writable)
                {
                    e.ReceiveTimeNs = receiveTimeNs + _shiftNs;
                    if (e.ExchangeTimeNs != 0) e.ExchangeTimeNs += _shiftNs;
                    if (e.Kind == EventKind.Trade) e.Number += _tradeShift;
                }

                receiver(_batch.Events);
                if (++_next < _frames.Count) continue;
                _next = 0;
                _tradeShift += 1_000_000;
                _shiftNs += _frames[^1].ReceiveTimeNs - _frames[0].ReceiveTimeNs + 1_000_000_000;
            }
        }
    }
}
