using System;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Bench;

/// <summary>
/// From bytes to decision on one thread: parse, book with checksum, bars, indicators, gate. Beside it the parser alone,
/// and the cost of merely reading every token. Time is per frame of the mixed synthetic feed of five instruments.
/// </summary>
[MemoryDiagnoser]
public class TickToSignalBench
{
    public const int Frames = 10_000;

    private readonly EventBatch _batch = new();
    private DemoFeed.Frame[] _frames = [];
    private FrameParser _parser = null!;
    private Engine _engine = null!;
    private long _sequence;
    private long _shiftNs;

    [GlobalSetup]
    public void Setup()
    {
        _frames = DemoFeed.Read(Frames);
        SymbolTable symbols = new();
        _parser = new FrameParser(Dialect.SpotV2, symbols, new WireCounters());
        Timeframe[] timeframes = new Timeframe[3];
        bool parsed = Timeframe.TryParse("1s", out timeframes[0])
            && Timeframe.TryParse("1m", out timeframes[1])
            && Timeframe.TryParse("5m", out timeframes[2]);
        if (!parsed) throw new InvalidOperationException("A timeframe did not parse.");
        _engine = new Engine(symbols, new EngineOptions { Bars = new BarPlan(timeframes) });
        if (Bytes_to_decision() == 0) throw new InvalidOperationException("Nothing was decided.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public long Read_tokens()
    {
        long checksum = 0;
        foreach (DemoFeed.Frame frame in _frames)
        {
            Utf8JsonReader reader = new(frame.Bytes);
            while (reader.Read()) checksum += reader.ValueSpan.Length;
        }

        return checksum;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Parse_only()
    {
        long checksum = 0;
        foreach (DemoFeed.Frame frame in _frames)
        {
            _parser.Parse(frame.Bytes, _batch);
            checksum += _batch.Count;
        }

        return checksum;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Bytes_to_decision()
    {
        // Each pass continues in time and in trade ids, so that bars keep being built and closed.
        foreach (DemoFeed.Frame frame in _frames)
        {
            _parser.Parse(frame.Bytes, _batch);
            foreach (ref MarketEvent e in _batch.Writable)
            {
                e.ReceiveTimeNs = frame.ReceiveTimeNs + _shiftNs;
                if (e.Kind == EventKind.Trade)
                {
                    e.Number += _sequence;
                    e.ExchangeTimeNs += _shiftNs;
                }

                _engine.OnEvent(in e, _sequence++);
            }
        }

        _shiftNs += _frames[^1].ReceiveTimeNs - _frames[0].ReceiveTimeNs;
        return _engine.Signals.Log.Next + _engine.Bars.Log.Next;
    }
}
