using System;
using BenchmarkDotNet.Attributes;
using References;
using TradingBot.Bench.Ratios;
using TradingBot.Market.Events;
using TradingBot.Trading;

namespace TradingBot.Bench;

/// <summary>
/// What each stage costs per frame of the mix, in a closed loop of its own: the stages before it have run over the same
/// frames and left their records. The naive twins do the work of all four.
/// </summary>
[MemoryDiagnoser]
public class StageBench
{
    private const int Frames = 10_000;

    /// <summary>Records of all events at once: 10,000 frames are fewer than 32,768 events.</summary>
    private const int Records = 32_768;

    private const int Stages = 4;

    private readonly Engine[] _engines = new Engine[Stages];
    private EventFeed _feed = null!;
    private NaiveChain _naive = null!;

    [GlobalSetup]
    public void Setup()
    {
        _feed = EventFeed.Of(symbols: 8, depth: 10, Frames, seed: 11, booksOnly: false);
        if (_feed.Events.Length > Records) throw new InvalidOperationException("The events outgrew the records.");
    }

    /// <summary>An engine for each stage, in the state it has when the stage's turn comes.</summary>
    [IterationSetup]
    public void Prepare()
    {
        for (int stage = 0; stage < Stages; stage++)
        {
            Engine engine = new(_feed.Symbols, StageRows.Options(), Records);
            Subscribe(engine);
            for (int each = 0; each < Stages; each++) Run(engine, each, _feed.Snapshots);
            for (int before = 0; before < stage; before++) Run(engine, before, _feed.Events);
            _engines[stage] = engine;
        }

        _naive = StageRows.NewChain(_feed);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public long Naive_twins()
    {
        foreach (ref readonly MarketEvent e in _feed.Events.AsSpan()) _naive.OnEvent(in e);
        return _naive.ClosedBars.Count + _naive.Signals.Count;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Book_stage()
    {
        Run(_engines[0], 0, _feed.Events);
        return _engines[0].Books.Records[0].BestBid + _feed.Events.Length;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Bar_stage()
    {
        Run(_engines[1], 1, _feed.Events);
        return _engines[1].Bars.Log.Next;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Signal_stage()
    {
        Run(_engines[2], 2, _feed.Events);
        return _engines[2].Signals.Log.Next;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Risk_gate()
    {
        Run(_engines[3], 3, _feed.Events);
        return (long)_engines[3].Gate.DecisionHash;
    }

    /// <summary>The first event of an instrument makes its state: not part of the measurement.</summary>
    private void Subscribe(Engine engine)
    {
        for (int id = 0; id < _feed.Symbols.Count; id++)
        {
            MarketEvent e = new() { Kind = EventKind.Subscribed, Channel = Channel.Trade, InstrumentId = id };
            engine.Bars.OnEvent(in e, 0);
        }
    }

    private static void Run(Engine engine, int stage, MarketEvent[] events)
    {
        switch (stage)
        {
            case 0:
                Run(engine.Books, events);
                break;
            case 1:
                Run(engine.Bars, events);
                break;
            case 2:
                Run(engine.Signals, events);
                break;
            default:
                Run(engine.Gate, events);
                break;
        }
    }

    private static void Run(Market.Book.BookStage stage, MarketEvent[] events)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan()) stage.OnEvent(in e, sequence++);
    }

    private static void Run(Market.Bars.BarStage stage, MarketEvent[] events)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan()) stage.OnEvent(in e, sequence++);
    }

    private static void Run(Signals.SignalStage stage, MarketEvent[] events)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan()) stage.OnEvent(in e, sequence++);
    }

    private static void Run(Trading.Risk.RiskGate stage, MarketEvent[] events)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan()) stage.OnEvent(in e, sequence++);
    }
}
