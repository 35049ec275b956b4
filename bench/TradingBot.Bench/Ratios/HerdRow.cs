using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using References;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Bench.Ratios;

/// <summary>The worst instant of the day: midnight ends six timeframes of 500 instruments at one event.</summary>
internal static class HerdRow
{
    private const int Instruments = 500;
    private const long SecondNs = 1_000_000_000;
    private const long DayNs = 86_400 * SecondNs;
    private const long StartNs = 20_000 * DayNs;
    private static readonly string[] Names = ["1s", "15s", "1m", "5m", "1h", "1d"];
    private static readonly long[] Seconds = [1, 15, 60, 300, 3_600, 86_400];

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "C1", "bar-close herd, 500 instruments x 6 timeframes: naive twin / ours", Bound.AtLeast, 1.5, 2, Measure)
        {
            ReferenceAllocates = true,
        };
    }

    private static RatioResult Measure()
    {
        SymbolTable symbols = new();
        for (int i = 0; i < Instruments; i++)
        {
            string symbol = string.Create(CultureInfo.InvariantCulture, $"{i:D3}/USD");
            symbols.IdOf(Dialect.SpotV2, Encoding.ASCII.GetBytes(symbol));
        }

        EngineOptions options = StageRows.Options(Names);
        Engine engine = new(symbols, options);
        NaiveChain chain = new(10, Array.ConvertAll(Seconds, s => s * SecondNs), options.CloseGraceNs);
        int bars = Instruments * Names.Length;
        long sequence = 0;
        long oursDay = 0;
        long naiveDay = 0;
        void Ours(MarketEvent e) => engine.OnEvent(in e, sequence++);
        void Naive(MarketEvent e) => chain.OnEvent(in e);
        long MidnightOfOurs()
        {
            long before = engine.Bars.Log.Next;
            Ours(Midnight(oursDay, options.CloseGraceNs));
            EqualResults.Require(engine.Bars.Log.Next - before == bars, "the bars our herd closed");
            return engine.Bars.Log.Next;
        }

        long MidnightOfNaive()
        {
            int before = chain.ClosedBars.Count;
            Naive(Midnight(naiveDay, options.CloseGraceNs));
            EqualResults.Require(chain.ClosedBars.Count - before == bars, "the bars the naive herd closed");
            return chain.ClosedBars.Count;
        }

        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("naive", bars, MidnightOfNaive)
            {
                Prepare = () => OpenAll(++naiveDay, Naive),
                RunsPerRound = 3,
            },
            new Contestant("ours", bars, MidnightOfOurs)
            {
                Prepare = () => OpenAll(++oursDay, Ours),
                RunsPerRound = 6,
            });
        return new RatioResult(m[0].Over(m[1]), string.Create(
            CultureInfo.InvariantCulture,
            $"{m[0].MedianNs:N1} / {m[1].MedianNs:N1} ns a bar, {m[1].MedianNs * bars / 1_000:N0} us the herd"));
    }

    /// <summary>A trade of every instrument half a second before the day ends.</summary>
    private static void OpenAll(long day, Action<MarketEvent> tell)
    {
        for (int id = 0; id < Instruments; id++)
        {
            tell(new MarketEvent
            {
                Kind = EventKind.Trade,
                Channel = Channel.Trade,
                Dialect = Dialect.SpotV2,
                InstrumentId = id,
                ExchangeTimeNs = StartNs + (day * DayNs) - (SecondNs / 2),
                ReceiveTimeNs = StartNs + (day * DayNs) - (SecondNs / 2),
                Price = 6_000_000 + (day * 10) + id,
                PriceDecimals = 2,
                Quantity = 12_345_678,
                QuantityDecimals = 8,
                Number = day,
                Flags = EventFlags.Buy,
            });
        }
    }

    private static MarketEvent Midnight(long day, long graceNs) => new()
    {
        Kind = EventKind.TimeAdvance,
        InstrumentId = -1,
        ReceiveTimeNs = StartNs + (day * DayNs) + graceNs,
    };
}
