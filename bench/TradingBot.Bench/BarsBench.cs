using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Bench;

/// <summary>Trades into six timeframes, beside the dictionary everyone writes first.</summary>
[MemoryDiagnoser]
public class BarsBench
{
    private const long SecondNs = 1_000_000_000;
    private const long StartNs = 1_708_992_000 * SecondNs;
    private const int Trades = 10_000;
    private const int Instruments = 16;
    private static readonly string[] Names = ["1s", "15s", "1m", "5m", "1h", "1d"];

    private readonly MarketEvent[] _events = new MarketEvent[Trades];
    private readonly Dictionary<(int Id, int Series, long OpenNs), NaiveBar> _naive = [];
    private BarStage _stage = new(Plan(), new ScaleTable(Instruments));
    private readonly long[] _tradeIds = new long[Instruments];
    private long _sequence;
    private long _shiftNs;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        for (int i = 0; i < Trades; i++)
        {
            _events[i] = new MarketEvent
            {
                Kind = EventKind.Trade,
                InstrumentId = random.Next(Instruments),
                ExchangeTimeNs = StartNs + (i * 20_000_000L),
                ReceiveTimeNs = StartNs + (i * 20_000_000L) + 1_000_000,
                Price = random.Next(6_000_000, 6_100_000),
                PriceDecimals = 2,
                Quantity = random.Next(1, 100_000_000),
                QuantityDecimals = 8,
                Flags = (i & 1) == 0 ? EventFlags.Buy : EventFlags.Sell,
            };
        }

        _stage = new BarStage(Plan(), new ScaleTable(Instruments));
        Array.Clear(_tradeIds);
        _sequence = 0;
        _shiftNs = 0;
    }

    /// <summary>Time per trade, closing included: 200 s of market time per 10,000 trades.</summary>
    [Benchmark(OperationsPerInvoke = Trades)]
    public long Trade_to_six_timeframes()
    {
        foreach (ref readonly MarketEvent given in _events.AsSpan())
        {
            MarketEvent e = given;
            e.ExchangeTimeNs += _shiftNs;
            e.ReceiveTimeNs += _shiftNs;
            e.Number = _tradeIds[e.InstrumentId]++;
            _stage.OnEvent(in e, _sequence++);
        }

        // Each invocation continues where the last ended, so that no trade is late or repeated.
        _shiftNs += Trades * 20_000_000L;
        return _stage.Log.Next + _stage.ClosedCount(0, 0);
    }

    /// <summary>The same bars from one dictionary of decimal bars, never closed, cleared at each invocation.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Trades)]
    public decimal Trade_to_dictionary()
    {
        _naive.Clear();
        ReadOnlySpan<long> lengths = [1, 15, 60, 300, 3_600, 86_400];
        decimal checksum = 0;
        foreach (MarketEvent e in _events)
        {
            decimal price = new((int)e.Price, 0, 0, false, e.PriceDecimals);
            decimal quantity = new((int)e.Quantity, 0, 0, false, e.QuantityDecimals);
            for (int series = 0; series < lengths.Length; series++)
            {
                long lengthNs = lengths[series] * SecondNs;
                (int, int, long) key = (e.InstrumentId, series, e.ExchangeTimeNs / lengthNs * lengthNs);
                if (!_naive.TryGetValue(key, out NaiveBar? bar))
                {
                    bar = new NaiveBar { Open = price, High = price, Low = price };
                    _naive.Add(key, bar);
                }

                bar.High = Math.Max(bar.High, price);
                bar.Low = Math.Min(bar.Low, price);
                bar.Close = price;
                bar.Volume += quantity;
                bar.Notional += price * quantity;
                bar.SignedVolume += (e.Flags & EventFlags.Buy) != 0 ? quantity : -quantity;
                bar.Count++;
                checksum += bar.Close;
            }
        }

        return checksum + _naive.Count;
    }

    private static BarPlan Plan()
    {
        var timeframes = new Timeframe[Names.Length];
        for (int i = 0; i < Names.Length; i++)
        {
            if (!Timeframe.TryParse(Names[i], out timeframes[i])) throw new InvalidOperationException(Names[i]);
        }

        return new BarPlan(timeframes);
    }

    private sealed class NaiveBar
    {
        public decimal Open;
        public decimal High;
        public decimal Low;
        public decimal Close;
        public decimal Volume;
        public decimal Notional;
        public decimal SignedVolume;
        public long Count;
    }
}

/// <summary>The worst instant of the day: midnight ends six timeframes of 500 instruments at one event.</summary>
[MemoryDiagnoser]
public class BarCloseBench
{
    private const int Instruments = 500;
    private const long DayNs = 86_400_000_000_000;
    private const long StartNs = 19_780 * DayNs;
    private static readonly string[] Names = ["1s", "15s", "1m", "5m", "1h", "1d"];

    private readonly BarStage _stage = NewStage();
    private long _sequence;
    private long _dayNs = StartNs;

    /// <summary>Opens every bar shortly before midnight; not part of the measurement.</summary>
    [IterationSetup]
    public void OpenAll()
    {
        _dayNs += DayNs;
        for (int id = 0; id < Instruments; id++)
        {
            MarketEvent trade = new()
            {
                Kind = EventKind.Trade,
                InstrumentId = id,
                ExchangeTimeNs = _dayNs - 500_000_000,
                ReceiveTimeNs = _dayNs - 500_000_000,
                Price = 6_000_000 + id,
                PriceDecimals = 2,
                Quantity = 12_345_678,
                QuantityDecimals = 8,
                Flags = EventFlags.Buy | EventFlags.NoTradeId,
            };
            _stage.OnEvent(in trade, _sequence++);
        }
    }

    [Benchmark]
    public long BarClose_all_instruments()
    {
        MarketEvent midnight = new() { Kind = EventKind.TimeAdvance, InstrumentId = -1, ReceiveTimeNs = _dayNs };
        _stage.OnEvent(in midnight, _sequence++);
        int closed = _stage.Records[0].Count;
        if (closed != Instruments * Names.Length) throw new InvalidOperationException("Not every bar closed.");
        return _stage.Log.Next;
    }

    private static BarStage NewStage()
    {
        var timeframes = new Timeframe[Names.Length];
        for (int i = 0; i < Names.Length; i++)
        {
            if (!Timeframe.TryParse(Names[i], out timeframes[i])) throw new InvalidOperationException(Names[i]);
        }

        return new BarStage(new BarPlan(timeframes), new ScaleTable(Instruments));
    }
}
