// In:     frames of events from one feed.   Out: the engine's stages run over them, in one of three arrangements.
// Thread: Publish, Quiesce and Dispose belong to the feed's thread; consumers run on threads named after themselves.
// Keeps:  the same commands and the same state hash in all three (I5); a test compares them.
//
//   inline   feed ─▶ books ▸ bars ▸ signals ▸ gate                      one thread, no hand-off
//   ring     feed ─▶ [ring] ─▶ books ▸ bars ▸ signals ▸ gate            one consumer
//   fanout   feed ─▶ [ring] ─▶ books ──┬─▶ signals ─▶ gate              four consumers behind barriers; they exchange
//                          └─▶ bars  ──┘                                only records written per sequence
//   A reader of bars (the CSV writer) runs after the gate in the first two, and behind bars in the third.
using System;
using System.Collections.Generic;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Worker;

/// <summary>Where the stages run.</summary>
internal enum TopologyKind : byte
{
    Inline = 0,
    Ring = 1,
    Fanout = 2,
}

/// <summary>An engine with the threads that run it.</summary>
internal abstract class Topology : IDisposable
{
    /// <summary>
    /// Bars in the log when bars and signals run apart: a quarter may wait to be read, one event closes up to 65,536 in
    /// the worst case (4,096 instruments × 16 series), and up to 256 more events pass before a sequence is published.
    /// </summary>
    private const int FanoutBarLog = 131_072;

    /// <summary>The gate may lag a ring's length: one signal per event and one per bar that was let ahead.</summary>
    private const int FanoutSignalLog = 2 * EventRing.CapacityDefault;

    /// <summary>The feed, four stages and a reader of bars.</summary>
    private const int FanoutThreads = 6;

    private protected Topology(Engine engine)
    {
        Engine = engine;
    }

    public Engine Engine { get; }

    /// <summary>Bytes each consumer's thread has allocated over its life; complete once disposed.</summary>
    public IReadOnlyList<ConsumerThread> Threads { get; private protected init; } = [];

    /// <param name="barReader">Told of every event after the bar stage, on the thread named in the drawing; may be
    /// absent.</param>
    public static Topology Build(
        TopologyKind kind, Engine engine, WaitStrategy wait, Func<BarStage, IEventHandler>? barReader = null)
    {
        IEventHandler? reader = barReader?.Invoke(engine.Bars);
        return kind switch
        {
            TopologyKind.Inline => new Inline(engine, reader),
            TopologyKind.Ring => new OneConsumer(engine, wait, reader),
            _ => new Fanout(engine, wait, reader),
        };
    }

    /// <summary>Spinning threads need a core each; more of them would take each other's time slices.</summary>
    public static bool IsRunnable(TopologyKind kind, WaitKind wait, out string error)
    {
        int hotThreads = kind switch { TopologyKind.Inline => 1, TopologyKind.Ring => 2, _ => FanoutThreads };
        error = "";
        if (wait != WaitKind.Spin || hotThreads <= Environment.ProcessorCount) return true;
        error = $"--wait spin with --topology {kind.ToString().ToLowerInvariant()} needs {hotThreads} cores, "
            + $"this machine has {Environment.ProcessorCount}: use --wait yield, or a topology with fewer threads.";
        return false;
    }

    /// <summary>An engine whose records are long enough for the topology.</summary>
    public static Engine EngineFor(TopologyKind kind, SymbolTable symbols, EngineOptions options) =>
        kind == TopologyKind.Fanout
            ? new Engine(symbols, options, EventRing.CapacityDefault, FanoutBarLog, FanoutSignalLog)
            : new Engine(symbols, options);

    /// <summary>Hands on one frame's events; waits while there is no room.</summary>
    public abstract void Publish(ReadOnlySpan<MarketEvent> frame);

    /// <summary>Returns when every published event was handled by every stage: the engine may then be read.</summary>
    public abstract void Quiesce();

    public abstract void Dispose();

    private sealed class Inline(Engine engine, IEventHandler? barReader) : Topology(engine)
    {
        private long _sequence;

        public override void Publish(ReadOnlySpan<MarketEvent> frame)
        {
            foreach (ref readonly MarketEvent e in frame)
            {
                Engine.OnEvent(in e, _sequence);
                barReader?.OnEvent(in e, _sequence);
                _sequence++;
            }
        }

        public override void Quiesce()
        {
        }

        public override void Dispose()
        {
        }
    }

    private sealed class OneConsumer : OverRing
    {
        public OneConsumer(Engine engine, WaitStrategy wait, IEventHandler? barReader)
            : base(engine, wait)
        {
            if (barReader is null) Ring.AddConsumer("engine", engine);
            else Ring.AddConsumer("engine", new InTurn(engine, barReader));
            Threads = Start(wait);
        }
    }

    private sealed class Fanout : OverRing
    {
        public Fanout(Engine engine, WaitStrategy wait, IEventHandler? barReader)
            : base(engine, wait)
        {
            PacedBars paced = new(engine.Bars);
            Consumer books = Ring.AddConsumer("books", engine.Books);
            Consumer bars = Ring.AddConsumer("bars", paced);
            Consumer signals = Ring.AddConsumer("signals", engine.Signals, books, bars);
            Ring.AddConsumer("gate", engine.Gate, signals);
            Consumer? reader = barReader is null ? null : Ring.AddConsumer("bar reader", barReader, bars);
            paced.PaceBy(bars, reader is null ? [signals] : [signals, reader]);
            Threads = Start(wait);
        }
    }

    private abstract class OverRing(Engine engine, WaitStrategy wait) : Topology(engine)
    {
        private protected EventRing Ring { get; } = new(ProducerKind.Single, wait);

        public override void Publish(ReadOnlySpan<MarketEvent> frame) => Ring.Publish(frame);

        public override void Quiesce()
        {
            SpinWait pause = default;
            foreach (Consumer consumer in Ring.Consumers)
            {
                while (consumer.LagEvents > 0)
                {
                    ThrowIfFaulted();
                    pause.SpinOnce();
                }
            }
        }

        public override void Dispose()
        {
            Ring.Stop();
            foreach (ConsumerThread thread in Threads) thread.Join();
            ThrowIfFaulted();
        }

        private protected List<ConsumerThread> Start(WaitStrategy wait)
        {
            // The feed's own thread is one of the hot ones.
            wait.EnsureRunnable(Ring.Consumers.Count + 1);
            List<ConsumerThread> threads = [];
            foreach (Consumer consumer in Ring.Consumers) threads.Add(new ConsumerThread(consumer));
            return threads;
        }

        private void ThrowIfFaulted()
        {
            foreach (Consumer consumer in Ring.Consumers)
            {
                if (consumer.Fault is { } fault)
                {
                    throw new InvalidOperationException($"Stage '{consumer.Name}' stopped by a fault.", fault);
                }
            }
        }
    }

    /// <summary>Keeps the bar stage from overwriting log entries that the signal stage has not read.</summary>
    private sealed class PacedBars(BarStage stage) : IEventHandler
    {
        private const long BarsAheadMax = FanoutBarLog / 4;

        private Consumer? _self;
        private Consumer[] _readers = [];
        private long _publishedNext;
        private long _readNext;

        public void PaceBy(Consumer self, Consumer[] readers)
        {
            _self = self;
            _readers = readers;
        }

        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            // Only what is published can be waited for: the reader sees no further than this consumer's own sequence.
            if (_self!.Sequence == sequence - 1) _publishedNext = stage.Log.Next;
            if (stage.Log.Next - _readNext > BarsAheadMax) WaitForReaders(_self.Sequence);
            stage.OnEvent(in e, sequence);
        }

        private void WaitForReaders(long published)
        {
            SpinWait pause = default;
            foreach (Consumer reader in _readers)
            {
                while (reader.Sequence < published && reader.Fault is null) pause.SpinOnce();
            }

            _readNext = _publishedNext;
        }
    }

    /// <summary>Two handlers on one thread.</summary>
    private readonly struct InTurn(IEventHandler first, IEventHandler second) : IEventHandler
    {
        public void OnEvent(ref readonly MarketEvent e, long sequence)
        {
            first.OnEvent(in e, sequence);
            second.OnEvent(in e, sequence);
        }
    }
}
