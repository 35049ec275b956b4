using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Ring;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>A run's side of history: verdicts to the gate, own bars to the store.</summary>
public sealed class MarketHistoryTests : IDisposable
{
    private const string Symbol = "PF_XBTUSD";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("history").FullName;

    private StorePlace Place => StorePlace.OfFile(Path.Combine(_folder, "candles.db"));

    private WorkerSettings Settings => new()
    {
        Storage = new StorageAddress(_folder, null),
        Universe = [Symbol],
        OwnBars = true,
        Limits = new RiskLimits { HistoryRequired = true },
        Freshness = new FreshnessRules { Limits = [FreshnessRules.Limit("1h", 2L * 3_600_000_000_000)], BarsMin = 3 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Signals_are_refused_until_the_store_has_fresh_bars_and_again_when_it_is_gone_and_it_is_told()
    {
        ConcurrentQueue<string> told = [];
        WorkerSettings settings = Settings with { OwnBars = false };
        RunUniverse universe = RunUniverse.Of(settings, [], 0);
        MemoryLogFile journal = new();
        using VirtualCircle circle = new(RunComposition.OptionsOf(settings, universe), _ => journal);
        using (MarketHistory history = new(settings, universe, told.Enqueue, Soon))
        {
            Until(() => Fault(history).Contains("is not there", StringComparison.Ordinal));
            Run(circle, history, TimeSpan.FromMinutes(2));
            Assert.True(Count(circle, Refusal.History) > 0, "no signal asked for history");
            Assert.Equal(0, Count(circle, Refusal.None));

            Fill(hours: 4);
            Until(() => Read(history).GetProperty("history").GetProperty("may_be_analysed").GetInt32() == 1);
            long before = Count(circle, Refusal.History);
            Run(circle, history, TimeSpan.FromMinutes(1));
            Assert.Equal(before, Count(circle, Refusal.History));
            Assert.True(Count(circle, Refusal.None) > 0, "nothing was approved");
        }

        // Nobody says so any more: a verdict runs out.
        long approved = Count(circle, Refusal.None);
        circle.Run(TimeSpan.FromMinutes(3));
        long late = Count(circle, Refusal.None);
        circle.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(late, Count(circle, Refusal.None));
        Assert.True(late >= approved);
        Assert.Contains(told, line => line.Contains("is not there", StringComparison.Ordinal));

        ulong commands = circle.Worker.CommandHash;
        string state = StateHash.Of(circle.Worker.Engine);
        circle.Dispose();
        JournalReplay? replay = JournalReplay.Open(
            new MemoryStream(Journals.Content(journal)), out string error);
        Assert.True(replay is not null, error);
        replay.Run();
        Assert.Null(replay.Divergence);
        Assert.Equal((commands, state), (replay.Worker.CommandHash, replay.StateHashText));
    }

    [Fact]
    public void A_symbol_that_becomes_unfit_is_told_with_its_reason_on_the_page_and_in_words()
    {
        ConcurrentQueue<string> told = [];
        Fill(hours: 2);
        WorkerSettings settings = Settings with { OwnBars = false };
        using MarketHistory history = new(settings, RunUniverse.Of(settings, [], 0), told.Enqueue, Soon);
        Until(() => told.Any(line => line.Contains("2 complete 1h bars, 3 are needed", StringComparison.Ordinal)));
        JsonElement symbol = Read(history).GetProperty("history").GetProperty("symbols")[0];
        Assert.Equal(Symbol, symbol.GetProperty("symbol").GetString());
        Assert.Equal((int)HistoryFaults.TooFew, symbol.GetProperty("faults").GetInt32());
        Assert.Contains("3 are needed", symbol.GetProperty("why").GetString(), StringComparison.Ordinal);
        // The store goes and comes: what was told is not told again.
        string away = Path.Combine(_folder, "away.db");
        foreach (string end in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(Path.Combine(_folder, "candles.db") + end))
            {
                File.Move(Path.Combine(_folder, "candles.db") + end, away + end);
            }
        }

        Until(() => Fault(history).Contains("is not there", StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(_folder, "away.db*"))
        {
            File.Move(file, file.Replace("away.db", "candles.db", StringComparison.Ordinal));
        }

        Until(() => Fault(history).Length == 0);
        Assert.Single(told, line => line.Contains("2 complete 1h bars", StringComparison.Ordinal));
        Fill(hours: 5);
        Until(() => told.Any(line => line.Contains("may be analysed again: " + Symbol, StringComparison.Ordinal)));
    }

    [Fact]
    public void Whole_bars_of_a_minute_and_more_are_kept_as_the_engine_built_them_once_each()
    {
        WorkerSettings settings = Settings;
        RunUniverse universe = RunUniverse.Of(settings, [], 0);
        using VirtualCircle circle = new(RunComposition.OptionsOf(settings, universe));
        using (OwnBars own = new(Place, HistoryPlace.OfStandIn, universe))
        {
            for (int i = 0; i < 40; i++)
            {
                circle.Run(TimeSpan.FromSeconds(30));
                own.Take(circle.Worker.Engine.Bars, circle.Worker.Symbols);
            }
        }

        BarStage bars = circle.Worker.Engine.Bars;
        RecordLog<Bar> log = bars.Log;
        using CandleStore store = CandleStore.Open(Place, TimeProvider.System).Store!;
        foreach (string length in new[] { "1m", "5m" })
        {
            Timeframe timeframe = HistoryBench.Of(length);
            List<BarRow> rows = [];
            Assert.Null(store.Read(new SeriesKey(Symbol, BarSource.Own, timeframe), 0, long.MaxValue, rows));
            List<(long, long, Int128, long)> expected = [];
            for (long number = 0; number < log.Next; number++)
            {
                Bar bar = log[number];
                bool isOf = bar.Complete && bars.Plan.TimeframeOf(bar.SeriesIndex) == timeframe;
                if (isOf) expected.Add((bar.OpenTimeNs, bar.Close, bar.Volume, bar.Count));
            }

            Assert.True(expected.Count >= (length == "1m" ? 15 : 2), $"{expected.Count} bars of {length}");
            Assert.Equal(expected, rows.Select(row => (row.OpenTimeNs, row.Close, row.Volume, row.Count)));
            Assert.All(rows, row => Assert.True(row.Complete));
        }

        List<SeriesKey> keys = [];
        Assert.Null(store.ReadKeys(keys));
        Assert.DoesNotContain(keys, key => key.Timeframe == HistoryBench.Of("1s"));
    }

    [Fact]
    public void A_store_of_Kraken_takes_no_bars_of_a_made_up_market_and_a_full_queue_counts_what_it_drops()
    {
        using (CandleStore candles = CandleStore.Open(Place, TimeProvider.System).Store!)
        using (HistoryStore store = new(candles))
        {
            Assert.Null(store.WhyNotOf(HistoryPlace.OfKraken));
        }

        RunUniverse universe = RunUniverse.Of(Settings, [], 0);
        BarStage stage = new(
            new BarPlan([HistoryBench.Of("1m")]), new Market.Values.ScaleTable());
        Market.Wire.SymbolTable symbols = new();
        symbols.IdOf(Market.Values.Dialect.Unified, "PF_XBTUSD"u8);
        using OwnBars own = new(Place, HistoryPlace.OfStandIn, universe);
        const int Bars = 16_384 + 100;
        for (int i = 0; i < Bars; i++)
        {
            stage.Log.Append() = new Bar
            {
                OpenTimeNs = i * 60_000_000_000L,
                Open = 1,
                High = 1,
                Low = 1,
                Close = 1,
                Count = 1,
                Complete = true,
            };
        }

        own.Take(stage, symbols);
        Assert.Equal(100, own.Lost);
        Until(() => own.Fault.Contains("holds rows of kraken", StringComparison.Ordinal));
        Assert.Equal(0, own.Written);
    }

    [Fact]
    public void A_strategy_on_bars_begins_with_those_of_the_store_and_a_replay_does_the_same_I5()
    {
        WorkerSettings settings = Settings with { StrategyTimeframe = HistoryBench.Of("1h") };
        RunUniverse universe = RunUniverse.Of(settings, [], 0);
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Assert.Empty(StartBars.Of(settings, universe, nowNs, out string note));
        Fill(hours: 40);
        IReadOnlyList<KnownBars> bars = StartBars.Of(settings, universe, nowNs, out note);
        Assert.Equal((Symbol, 40, ""), (bars[0].Symbol, bars[0].Count, note));
        // Older than the one that a restart costs: nothing is known of the hours between.
        Assert.Empty(StartBars.Of(settings, universe, nowNs + (3 * 3_600_000_000_000), out _));
        Assert.Empty(StartBars.Of(
            settings with { StrategyTimeframe = new WorkerSettings().StrategyTimeframe }, universe, nowNs, out _));

        CircleOptions cold = RunComposition.OptionsOf(settings, universe);
        Assert.Equal(4, cold.Strategy.BarSeries);
        MemoryLogFile journal = new();
        string state;
        using (VirtualCircle circle = new(cold with { Bars = bars }, _ => journal))
        using (VirtualCircle other = new(cold))
        {
            circle.Run(TimeSpan.FromSeconds(20));
            other.Run(TimeSpan.FromSeconds(20));
            state = StateHash.Of(circle.Worker.Engine);
            Assert.NotEqual(StateHash.Of(other.Worker.Engine), state);
        }

        JournalReplay replay = JournalReplay.Open(new MemoryStream(Journals.Content(journal)), out _)!;
        replay.Run();
        Assert.Equal((null, state), (replay.Divergence, replay.StateHashText));
    }

    [Fact]
    public void Only_what_reaches_up_to_now_without_a_hole_is_begun_with()
    {
        Timeframe hour = HistoryBench.Of("1h");
        const long HourNs = 3_600_000_000_000;
        BarRow At(int hours, byte decimals) => new()
        {
            OpenTimeNs = hours * HourNs,
            Open = 5,
            High = 9,
            Low = 1,
            Close = 7,
            PriceDecimals = decimals,
        };
        KnownBars known = StartBars.Known(Symbol, [At(1, 0), At(3, 1), At(4, 2)], hour, (5 * HourNs) + 1)!;
        Assert.Equal(2, known.PriceDecimals);
        Assert.Equal([3 * HourNs, 50, 90, 10, 70, 4 * HourNs, 5, 9, 1, 7], known.Numbers);
        Assert.NotNull(StartBars.Known(Symbol, [At(4, 0)], hour, 6 * HourNs));
        Assert.Null(StartBars.Known(Symbol, [At(4, 0)], hour, 7 * HourNs));
        Assert.Null(StartBars.Known(Symbol, [], hour, 7 * HourNs));
    }

    private static long Count(VirtualCircle circle, Refusal reason) =>
        circle.Worker.Engine.Gate.CountOf(circle.Worker.IdOf(Symbol), reason);

    private static void Run(VirtualCircle circle, MarketHistory history, TimeSpan time) =>
        circle.Run(time, () =>
        {
            history.Step(circle.Worker, circle.NowNs);
            return false;
        });

    private static string Fault(MarketHistory history) =>
        Read(history).GetProperty("history").GetProperty("fault").GetString() ?? "";

    private static JsonElement Read(MarketHistory history)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            history.Write(json);
            json.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Hours that end with the last whole one.</summary>
    private void Fill(int hours)
    {
        const long HourNs = 3_600_000_000_000;
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        using CandleStore store = CandleStore.Open(Place, TimeProvider.System).Store!;
        BarRow[] rows =
        [
            .. Enumerable.Range(1, hours).Select(back => new BarRow
            {
                OpenTimeNs = ((nowNs / HourNs) - back) * HourNs,
                Open = 1,
                High = 1,
                Low = 1,
                Close = 1,
                Volume = 1,
                Count = 1,
                Complete = true,
            }),
        ];
        SeriesKey key = new(Symbol, BarSource.PerpRest, HistoryBench.Of("1h"));
        Assert.Null(store.Upsert(key, rows, null, out _));
    }

    private static void Until(Func<bool> condition)
    {
        using ManualResetEventSlim never = new();
        for (int i = 0; i < 3_000; i++)
        {
            if (condition()) return;
            never.Wait(10);
        }

        Assert.Fail("it did not come to pass in half a minute");
    }
}
