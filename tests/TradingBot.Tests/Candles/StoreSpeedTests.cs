using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>How fast the stores are on this machine: printed, never judged. What was written is checked.</summary>
public sealed class StoreSpeedTests
{
    private const int BatchBars = 1_000;
    private const int Years = 10;
    private const int Hours = Years * 8_766;

    private static readonly SeriesKey Key = new("BTC/USD", BarSource.Import, Parse("1h"));

    [Fact]
    public void Candles_are_written_and_ten_years_of_hours_are_read()
    {
        using SqliteLab lab = new();
        using CandleStore store = CandleStore.Open(lab.Place, TimeProvider.System).Store!;
        BarRow[] bars = [.. Enumerable.Range(0, Hours).Select(Bar)];
        (long Wall, TimeSpan Processor) start = Now();
        for (int i = 0; i < bars.Length; i += BatchBars)
        {
            Assert.Null(store.Upsert(Key, bars.AsSpan(i, Math.Min(BatchBars, bars.Length - i)), null, out _));
        }

        Say("candles written", bars.Length, start);
        start = Now();
        Assert.Null(store.Upsert(Key, bars, null, out long again));
        Say("candles given again", bars.Length, start);
        Assert.Equal(0, again);
        List<BarRow> read = [];
        for (int round = 0; round < 3; round++)
        {
            read.Clear();
            start = Now();
            Assert.Null(store.Read(Key, 0, long.MaxValue, read));
            Say($"{Years} years of hours read", read.Count, start);
        }

        Assert.Equal(bars, read);
    }

    [Fact]
    public void Bars_are_built_from_trades()
    {
        const int Trades = 1_000_000;
        TradeRow[] trades = new TradeRow[Trades];
        Random random = new(8);
        for (int i = 0; i < Trades; i++)
        {
            trades[i] = new TradeRow(
                1_600_000_000_000_000_000 + (i * 250_000_000L), i + 1, 30_000_00 + random.Next(1_000), 2,
                random.Next(1, 1_000_000), 8, Side.Buy);
        }

        for (int round = 0; round < 3; round++)
        {
            TradeBars bars = new([Parse("1m")], []);
            (long Wall, TimeSpan Processor) start = Now();
            bars.Take(trades);
            Say("trades into bars of 1m", Trades, start);
            bars.Finish();
            Assert.Equal(Trades, bars.Rows(0).Sum(row => row.Count));
        }
    }

    [Fact]
    public void Rows_of_state_are_written()
    {
        using SqliteLab lab = new();
        using MemoryLogFile file = new();
        IntentLog log = StoreLab.OpenLog(file, out List<IntentRecord> records);
        RandomRecords source = new(new Random(9));
        for (int i = 0; i < 20_000; i++)
        {
            IntentRecord record = source.Next();
            records.Add(record);
            Assert.True(log.TryAppend(in record, protective: true));
        }

        Assert.True(log.TrySync());
        using StateStore store = lab.Open();
        (long Wall, TimeSpan Processor) start = Now();
        while (store.LastRecord < log.Durable) Assert.Null(store.Project(log, 512));
        Say("records of the log into rows", records.Count, start);
        lab.AssertRows(records);
    }

    private static (long Wall, TimeSpan Processor) Now() =>
        (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

    /// <summary>Processor time is the process's: it says something when nothing else runs in it.</summary>
    private static void Say(string what, long count, (long Wall, TimeSpan Processor) start)
    {
        double seconds = Stopwatch.GetElapsedTime(start.Wall).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - start.Processor).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {count:N0} in {seconds * 1_000:N1} ms ({processor * 1_000:N1} ms of processor time), "
            + $"{count / seconds:N0} a second"));
    }

    private static BarRow Bar(int hour) => new()
    {
        OpenTimeNs = hour * 3_600_000_000_000L,
        Open = 30_000_00 + hour,
        High = 30_010_00 + hour,
        Low = 29_990_00 + hour,
        Close = 30_001_00 + hour,
        PriceDecimals = 2,
        Volume = 12_345_678L * (1 + (hour % 97)),
        VolumeDecimals = 8,
        Count = 100 + (hour % 50),
        Complete = true,
    };

    private static Timeframe Parse(string text)
    {
        Assert.True(Timeframe.TryParse(text, out Timeframe timeframe));
        return timeframe;
    }
}
