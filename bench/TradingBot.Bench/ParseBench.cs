using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Bench;

/// <summary>
/// One pass over a mixed feed: our parser on its fast path and kept off it, beside a reader that looks at every token
/// and does nothing with it. Time is per frame; every case returns a checksum.
/// </summary>
[MemoryDiagnoser]
public class ParseBench
{
    /// <summary>
    /// Frames per pass: larger than the caches that predict branches, small enough for the second-level cache.
    /// </summary>
    public const int Frames = 1_000;

    private readonly EventBatch _batch = new();
    private byte[][] _frames = [];
    private FrameParser _fast = null!;
    private FrameParser _general = null!;

    [Params(Dialect.SpotV2, Dialect.SpotV1, Dialect.FuturesV1)]
    public Dialect Dialect { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _frames = Feed(Dialect);
        WireCounters counters = new();
        _fast = new FrameParser(Dialect, new SymbolTable(), counters);
        _general = new FrameParser(Dialect, new SymbolTable(), new WireCounters(), fastPath: false);
        if (Parse() != ParseGeneral()) throw new InvalidOperationException("The paths disagree.");
        if (counters.Fallbacks != 0) throw new InvalidOperationException("The feed has left the templates.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public long ReadTokens()
    {
        long checksum = 0;
        foreach (byte[] frame in _frames)
        {
            Utf8JsonReader reader = new(frame);
            while (reader.Read()) checksum = (checksum * 31) + reader.ValueSpan.Length;
        }

        return checksum;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Parse() => Run(_fast);

    [Benchmark(OperationsPerInvoke = Frames)]
    public long ParseGeneral() => Run(_general);

    private long Run(FrameParser parser)
    {
        long checksum = 0;
        foreach (byte[] frame in _frames)
        {
            if (parser.Parse(frame, _batch) != ParseResult.Ok) throw new InvalidOperationException("Refused.");
            foreach (ref readonly MarketEvent e in _batch.Events)
            {
                checksum = (checksum * 31) + e.Price + e.Quantity + e.Number + e.ExchangeTimeNs + (long)e.Flags;
            }
        }

        return checksum;
    }

    /// <summary>
    /// The mix of a liquid instrument: nine book updates and a trade for each ticker, now and then a heartbeat.
    /// </summary>
    private static byte[][] Feed(Dialect dialect)
    {
        Random random = new(20260106);
        List<byte[]> frames = [];
        for (int i = 0; i < Frames; i++)
        {
            Sample s = new(random, i);
            string text = (i % 100, dialect) switch
            {
                (0, Dialect.SpotV2) => """{"channel":"heartbeat"}""",
                (0, Dialect.SpotV1) => """{"event":"heartbeat"}""",
                (0, _) => Text($$"""{"feed":"heartbeat","time":{{s.Ms}}}"""),
                (_, Dialect.SpotV2) => SpotV2(s, i % 11),
                (_, Dialect.SpotV1) => SpotV1(s, i % 11),
                _ => FuturesV1(s, i % 11),
            };
            frames.Add(Encoding.ASCII.GetBytes(text));
        }

        return [.. frames];
    }

    private static string SpotV2(Sample s, int turn)
    {
        string symbol = s.Symbol;
        string level = Text($$"""{"price":{{s.Price}},"qty":{{s.Quantity}}}""");
        string levels = turn % 3 == 0 ? level + "," + level : level;
        string bids = turn % 2 == 0 ? "" : levels;
        string asks = turn % 2 == 0 ? levels : "";
        string sides = Text($"""
            "bids":[{bids}],"asks":[{asks}]
            """);
        return turn switch
        {
            9 => Text($$"""
                {"channel":"trade","type":"update","data":[{"symbol":"{{symbol}}","side":"buy","price":{{s.Price}},
                """) + Text($$"""
                "qty":{{s.Quantity}},"ord_type":"limit","trade_id":{{s.Id}},"timestamp":"{{s.Time}}"}]}
                """),
            10 => Text($$"""
                {"channel":"ticker","type":"update","data":[{"symbol":"{{symbol}}","bid":{{s.Price}},
                """) + Text($$"""
                "bid_qty":{{s.Quantity}},"ask":{{s.Price}},"ask_qty":{{s.Quantity}},"last":{{s.Price}},
                """) + Text($$"""
                "volume":163.28908096,"vwap":105904.39279,
                """) + Text($$"""
                "low":104711.0,"high":106613.1,"change":250.0,"change_pct":0.24,"timestamp":"{{s.Time}}"}]}
                """),
            _ => Text($$"""
                {"channel":"book","type":"update","data":[{"symbol":"{{symbol}}",{{sides}},"checksum":{{s.Id}},
                """) + Text($$"""
                "timestamp":"{{s.Time}}"}]}
                """),
        };
    }

    private static string SpotV1(Sample s, int turn) => turn switch
    {
        9 => Text($$"""[337,[["{{s.Price}}","{{s.Quantity}}","{{s.Seconds}}","s","l",""]],"trade","{{s.Symbol}}"]"""),
        10 => Text($$"""
            [338,["{{s.Price}}","{{s.Price}}","{{s.Seconds}}","{{s.Quantity}}","{{s.Quantity}}"],
            """) + Text($$"""
            "spread","{{s.Symbol}}"]
            """),
        _ => Text($$"""
            [336,{"{{(turn % 2 == 0 ? "a" : "b")}}":[["{{s.Price}}","{{s.Quantity}}","{{s.Seconds}}"]],"c":"{{s.Id}}"},
            """) + Text($$"""
            "book-10","{{s.Symbol}}"]
            """),
    };

    private static string FuturesV1(Sample s, int turn) => turn switch
    {
        9 => Text($$"""
            {"product_id":"PF_XBTUSD","feed":"trade","uid":"8a2be12f-7a3f-4f8f-a111-d1b5200ab1d0","side":"sell",
            """) + Text($$"""
            "type":"fill","time":{{s.Ms}},"qty":{{s.Quantity}},"price":{{s.Price}},"seq":{{s.Id}}}
            """),
        10 => Text($$"""
            {"feed":"ticker_lite","product_id":"PF_XBTUSD","bid":{{s.Price}},"ask":{{s.Price}},
            """) + """
            "change":1.0412717668764504,"premium":-0.1,"volume":2077913.0,
            """ + """
            "tag":"perpetual","pair":"XBT:USD","dtm":0,"maturityTime":0}
            """,
        _ => Text($$"""
            {"feed":"book","product_id":"PF_XBTUSD","side":"{{(turn % 2 == 0 ? "buy" : "sell")}}","seq":{{s.Id}},
            """) + Text($$"""
            "price":{{s.Price}},"qty":{{s.Quantity}},"timestamp":{{s.Ms}}}
            """),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The numbers of one frame, as the venue would write them.</summary>
    private sealed class Sample(Random random, int index)
    {
        public string Symbol { get; } = index % 4 == 0 ? "ETH/USD" : "BTC/USD";

        public string Price { get; } = Text($"{random.Next(60_000, 64_000)}.{random.Next(10)}");

        public string Quantity { get; } = Text($"{random.Next(20)}.{random.Next(100_000_000):D8}");

        public long Id { get; } = random.NextInt64(uint.MaxValue);

        public long Ms { get; } = 1_790_359_997_224 + (index * 7);

        public string Seconds { get; } = Text($"1693415327.{random.Next(1_000_000):D6}");

        public string Time { get; } = Text($"2026-08-01T02:54:{index % 60:D2}.{random.Next(1_000_000):D6}Z");
    }
}
