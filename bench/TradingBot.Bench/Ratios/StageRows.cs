using System;
using System.Collections.Generic;
using References;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Signals;
using TradingBot.Trading;
using TradingBot.Trading.Risk;

namespace TradingBot.Bench.Ratios;

/// <summary>What follows parsing: all stages beside their naive twins; few symbols beside many.</summary>
internal static class StageRows
{
    private const int Depth = 10;
    private const int Symbols = 8;
    private const int Frames = 40_000;
    private const int Seed = 11;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "E1", "book + bars + signals + gate / their naive twins", Bound.AtMost, 1.0 / 8, 1.0 / 12, Twins)
        {
            ReferenceAllocates = true,
        };
        yield return new RatioRow(
            "M1", "cost per frame: 1,000 symbols / 10 symbols, same mix", Bound.AtMost, 1.5, 1.2, ManySymbols);
    }

    public static EngineOptions Options(params string[] timeframes)
    {
        string[] names = timeframes.Length == 0 ? ["1s", "1m", "5m"] : timeframes;
        Timeframe[] plan = new Timeframe[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            if (!Timeframe.TryParse(names[i], out plan[i])) throw new InvalidOperationException(names[i]);
        }

        return new EngineOptions { Bars = new BarPlan(plan) };
    }

    private static RatioResult Twins()
    {
        EventFeed feed = EventFeed.Of(Symbols, Depth, Frames, Seed, booksOnly: false);
        Engine engine = NewEngine(feed);
        NaiveChain chain = NewChain(feed);
        RequireEqual(feed);
        Measured[] m = Interleaved.Measure(
            7,
            new Contestant("ours", feed.Frames, () => Run(engine, feed.Events))
            {
                Prepare = () => engine = NewEngine(feed),
                RunsPerRound = 3,
            },
            new Contestant("naive", feed.Frames, () => Run(chain, feed.Events))
            {
                Prepare = () => chain = NewChain(feed),
            });
        return ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static Engine NewEngine(EventFeed feed)
    {
        Engine engine = new(feed.Symbols, Options());
        Run(engine, feed.Snapshots);
        return engine;
    }

    public static NaiveChain NewChain(EventFeed feed)
    {
        const long SecondNs = 1_000_000_000;
        NaiveChain chain = new(Depth, [SecondNs, 60 * SecondNs, 300 * SecondNs], Options().CloseGraceNs);
        Run(chain, feed.Snapshots);
        return chain;
    }

    private static long Run(Engine engine, MarketEvent[] events)
    {
        long sequence = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan()) engine.OnEvent(in e, sequence++);
        return engine.Bars.Log.Next + engine.Signals.Log.Next;
    }

    private static long Run(NaiveChain chain, MarketEvent[] events)
    {
        foreach (ref readonly MarketEvent e in events.AsSpan()) chain.OnEvent(in e);
        return chain.ClosedBars.Count + chain.Signals.Count;
    }

    /// <summary>Bar for bar, signal for signal, order for order.</summary>
    private static void RequireEqual(EventFeed feed)
    {
        Engine engine = NewEngine(feed);
        NaiveChain chain = NewChain(feed);
        Run(engine, feed.Events);
        Run(chain, feed.Events);
        EqualResults.Require(engine.Bars.Log.Next == chain.ClosedBars.Count, "the number of bars");
        EqualResults.Require(chain.ClosedBars.Count is > 100 and < BarStage.LogCapacityDefault, "bars there are");
        for (int i = 0; i < chain.ClosedBars.Count; i++) RequireEqual(in engine.Bars.Log[i], chain.ClosedBars[i], i);
        EqualResults.Require(
            engine.Signals.Log.Next == chain.Signals.Count,
            $"the number of signals, {engine.Signals.Log.Next} and {chain.Signals.Count}");
        EqualResults.Require(chain.Signals.Count is > 50 and < SignalStage.LogCapacityDefault, "signals there are");
        for (int i = 0; i < chain.Signals.Count; i++)
        {
            ref readonly Signal ours = ref engine.Signals.Log[i];
            NaiveSignal naive = chain.Signals[i];
            bool equal = ours.InstrumentId == naive.InstrumentId && ours.WarmedUp == naive.WarmedUp
                && ours.Side == (naive.Buy ? Side.Buy : Side.Sell)
                && ours.Kind == (naive.IsCrossover ? SignalKind.Crossover : SignalKind.OrderFlow)
                && Value(ours.LimitPrice, ours.PriceDecimals) == naive.Limit;
            EqualResults.Require(equal, $"signal {i}");
        }

        EqualResults.Require(engine.Gate.Orders.Next == chain.Orders.Count, "the number of orders");
        EqualResults.Require(chain.Orders.Count > 5, "orders there are");
        for (int i = 0; i < chain.Orders.Count; i++)
        {
            ref readonly ApprovedOrder ours = ref engine.Gate.Orders[i];
            NaiveOrder naive = chain.Orders[i];
            bool equal = ours.InstrumentId == naive.InstrumentId && ours.ExpiresNs == naive.ExpiresNs
                && Value(ours.LimitPrice.Mantissa, ours.PriceDecimals) == naive.Limit
                && Value(ours.Quantity.Mantissa, ours.QuantityDecimals) == naive.Quantity;
            EqualResults.Require(equal, $"order {i}");
        }
    }

    private static void RequireEqual(in Bar ours, NaiveBar naive, int number)
    {
        bool equal = ours.InstrumentId == naive.InstrumentId && ours.SeriesIndex == naive.Series
            && ours.OpenTimeNs == naive.OpenTimeNs && ours.Count == naive.Count
            && Value(ours.Open, ours.PriceDecimals) == naive.Open && Value(ours.High, ours.PriceDecimals) == naive.High
            && Value(ours.Low, ours.PriceDecimals) == naive.Low && Value(ours.Close, ours.PriceDecimals) == naive.Close
            && Value((long)ours.Volume, ours.QuantityDecimals) == naive.Volume
            && Value((long)ours.SignedVolume, ours.QuantityDecimals) == naive.SignedVolume
            && (decimal)ours.Notional / Pow10.Of(ours.PriceDecimals + ours.QuantityDecimals) == naive.Notional;
        EqualResults.Require(equal, $"bar {number}");
    }

    private static decimal Value(long mantissa, int decimals) => new decimal(mantissa) / Pow10.Of(decimals);

    /// <summary>Whole frames: parsing, books and the rest; the books of 1,000 symbols leave the caches.</summary>
    private static RatioResult ManySymbols()
    {
        MixedFeed fewFeed = new(10, Depth, Seed);
        MixedFeed manyFeed = new(1_000, Depth, Seed);
        FrameSet fewSnapshots = fewFeed.Snapshots();
        FrameSet manySnapshots = manyFeed.Snapshots();
        FrameSet few = fewFeed.Take(Frames);
        FrameSet many = manyFeed.Take(Frames);
        FrameChain ofFew = new(fewSnapshots);
        FrameChain ofMany = new(manySnapshots);
        Measured[] m = Interleaved.Measure(
            7,
            new Contestant("1,000 symbols", Frames, () => ofMany.Run(many))
            {
                Prepare = () => ofMany = new(manySnapshots),
            },
            new Contestant("10 symbols", Frames, () => ofFew.Run(few))
            {
                Prepare = () => ofFew = new(fewSnapshots),
            });
        EqualResults.Require(ofMany.Mismatches == 0 && ofFew.Mismatches == 0, "the checksums of many symbols");
        return ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }
}
