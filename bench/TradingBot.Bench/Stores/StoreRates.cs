using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;

namespace TradingBot.Bench.Stores;

/// <summary>One kind of work, done once.</summary>
/// <param name="What">In words.</param>
/// <param name="Rows">Rows written or read.</param>
/// <param name="Seconds">By the clock.</param>
/// <param name="ProcessorSeconds">Of the whole process: what it took of a machine that others use as well.</param>
/// <param name="Goal">What it should reach, in words; empty for none.</param>
internal sealed record StoreRate(string What, long Rows, double Seconds, double ProcessorSeconds, string Goal)
{
    public double PerSecond => Rows / Seconds;
}

/// <summary>How fast SQLite takes and gives the rows that a worker has. What was written is counted again.</summary>
/// <param name="folder">Where the files go; on the disk that is meant.</param>
internal sealed class StoreRates(string folder)
{
    /// <summary>As an import writes them.</summary>
    private const int BatchBars = 4_096;

    /// <summary>As the store's writer takes them when it is behind.</summary>
    private const int GroupRecords = 4_096;

    private const int Years = 10;
    private const int Hours = Years * 8_766;
    private const long MinuteNs = 60_000_000_000;

    private static readonly AccountMark Mark = AccountMark.Parse("paper:bench");

    /// <summary>Measures everything once.</summary>
    /// <param name="bars">Candles of a minute to write.</param>
    /// <param name="orders">Lives of an order to log: eleven records each.</param>
    /// <param name="trades">Trades to build bars from.</param>
    /// <exception cref="InvalidOperationException">Rows are not as they were written.</exception>
    public List<StoreRate> Measure(int bars, int orders, int trades)
    {
        List<StoreRate> rates = [];
        Candles(bars, rates);
        State(orders, rates);
        rates.Add(TradesIntoBars(trades));
        return rates;
    }

    private void Candles(int count, List<StoreRate> rates)
    {
        string path = Fresh("candles.db");
        using CandleStore store = Opened(CandleStore.Open(StorePlace.OfFile(path), TimeProvider.System));
        SeriesKey minutes = new("BTC/USD", BarSource.Import, Of("1m"));
        BarRow[] bars = Bars(count, MinuteNs);
        long written = 0;
        rates.Add(Timed("candles upserted, new", count, "400,000/s", () => written = Upsert(store, minutes, bars)));
        Same(count, written);
        for (int i = 0; i < bars.Length; i++) bars[i] = bars[i] with { Close = bars[i].Close + 1 };
        rates.Add(Timed("candles upserted, changed", count, "", () => written = Upsert(store, minutes, bars)));
        Same(count, written);
        rates.Add(Timed("candles upserted, the same", count, "", () => written = Upsert(store, minutes, bars)));
        Same(0, written);

        SeriesKey hours = new("BTC/USD", BarSource.Import, Of("1h"));
        BarRow[] decade = Bars(Hours, 60 * MinuteNs);
        Same(Hours, Upsert(store, hours, decade));
        List<BarRow> read = new(Hours);
        rates.Add(Timed(
            $"{Years} years of hours read", Hours, "< 100 ms",
            () => Refuse(store.Read(hours, long.MinValue, long.MaxValue, read))));
        Same(Hours, read.Count);
        for (int i = 0; i < read.Count; i++)
        {
            if (read[i] != decade[i]) throw new InvalidOperationException($"bar {i} is not as it was written");
        }
    }

    private void State(int orders, List<StoreRate> rates)
    {
        using MemoryLogFile file = new();
        IntentLog log = IntentLog.Open(file, Mark.ToString(), out _, out IntentLogFault fault)
            ?? throw new InvalidOperationException($"the log: {fault}");
        IntentRecord epoch = new() { Kind = IntentRecordKind.Epoch, Epoch = 1 };
        Append(log, in epoch);
        for (int i = 0; i < orders; i++)
        {
            foreach (IntentRecord record in OrderLife.Of(i)) Append(log, in record);
        }

        if (!log.TrySync()) throw new InvalidOperationException("the log is not durable");
        StoreOpening opening = StateStore.Open(StorePlace.OfFile(Fresh("state.db")), Mark, TimeProvider.System);
        Refuse(opening.Fault);
        using StateStore store = opening.Store!;
        long before = (long)store.Ask("SELECT total_changes()")!;
        StoreRate records = Timed("records of the log taken in", log.Durable, "", () =>
        {
            while (store.LastRecord < log.Durable) Refuse(store.Project(log, GroupRecords));
        });
        long rows = (long)store.Ask("SELECT total_changes()")! - before;
        rates.Add(records with { What = "rows of state written", Rows = rows, Goal = "150,000/s" });
        rates.Add(records);
        Same(log.Durable, store.LastRecord);
        // Of each order two commands, three answers and five fills with the epoch are rows of their own.
        Same(orders, (long)store.Ask("SELECT count(*) FROM orders WHERE state = 'filled'")!);
        Same(orders * 5L, (long)store.Ask("SELECT count(*) FROM fills")!);
    }

    private static StoreRate TradesIntoBars(int count)
    {
        TradeRow[] trades = new TradeRow[count];
        for (int i = 0; i < count; i++)
        {
            trades[i] = new TradeRow(
                1_600_000_000_000_000_000 + (i * 250_000_000L), i + 1, 30_000_00 + (i * 7_919L % 1_000), 2,
                1 + (i * 104_729L % 1_000_000), 8, i % 3 == 0 ? Side.Sell : Side.Buy);
        }

        TradeBars bars = new([Of("1m")], []);
        StoreRate rate = Timed("trades into bars of 1m", count, "5,000,000/s", () => bars.Take(trades));
        bars.Finish();
        long counted = 0;
        foreach (BarRow bar in bars.Rows(0)) counted += bar.Count;
        Same(count, counted);
        return rate;
    }

    private static long Upsert(CandleStore store, SeriesKey key, BarRow[] bars)
    {
        long written = 0;
        for (int i = 0; i < bars.Length; i += BatchBars)
        {
            ReadOnlySpan<BarRow> batch = bars.AsSpan(i, Math.Min(BatchBars, bars.Length - i));
            Refuse(store.Upsert(key, batch, null, out long changed));
            written += changed;
        }

        return written;
    }

    private static BarRow[] Bars(int count, long lengthNs)
    {
        BarRow[] bars = new BarRow[count];
        for (int i = 0; i < count; i++)
        {
            long price = 30_000_00 + (i * 7_919L % 100_000);
            bars[i] = new BarRow
            {
                OpenTimeNs = 1_420_070_400_000_000_000 + (i * lengthNs),
                Open = price,
                High = price + 1_000,
                Low = price - 1_000,
                Close = price + 100,
                PriceDecimals = 2,
                Volume = 12_345_678L * (1 + (i % 97)),
                VolumeDecimals = 8,
                Count = 100 + (i % 50),
                Complete = true,
            };
        }

        return bars;
    }

    private static StoreRate Timed(string what, long rows, string goal, Action work)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double used = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        return new StoreRate(what, rows, seconds, used, goal);
    }

    private string Fresh(string name)
    {
        string path = Path.Combine(folder, name);
        foreach (string end in (string[])["", "-wal", "-shm"]) File.Delete(path + end);
        return path;
    }

    private static CandleStore Opened(CandleOpening opening)
    {
        Refuse(opening.Fault);
        return opening.Store!;
    }

    private static void Append(IntentLog log, in IntentRecord record)
    {
        if (!log.TryAppend(in record, protective: true)) throw new InvalidOperationException("the log is full");
    }

    private static void Refuse(StoreFault? fault)
    {
        if (fault is not null) throw new InvalidOperationException(fault.Text);
    }

    private static void Same(long expected, long found)
    {
        if (expected != found) throw new InvalidOperationException($"{found} rows where {expected} must be");
    }

    private static Timeframe Of(string text) =>
        Timeframe.TryParse(text, out Timeframe timeframe) ? timeframe : throw new ArgumentException(text);
}
