using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;

namespace TradingBot.Tests.Postgres;

/// <summary>A process that works on a store until it is done or killed. It says what it acknowledged.</summary>
internal static class Victim
{
    public const string Verb = "--victim";

    /// <summary>More than a run lasts: commits go on until the kill.</summary>
    private const int RecordsMax = 40_000;

    public const string Walk = "walk";
    public const int PageBars = 20;

    /// <summary>More than two hundred victims come to: each one is killed at work.</summary>
    public const long PagesMax = 1_000_000;
    public const long MinuteNs = 60_000_000_000;

    public static readonly SeriesKey WalkKey = new(
        "AAA/USD", BarSource.SpotRest, Timeframe.TryParse("1m", out Timeframe minute) ? minute : default);

    /// <summary>The extra step of the schema that migrations are killed in: some work, in several statements.</summary>
    public static Migration Step(int number, bool isServer) => new(
        number, "work", (isServer
            ? "CREATE TABLE work (record bigint NOT NULL PRIMARY KEY, time_ns bigint NOT NULL);"
            : "CREATE TABLE work (record INTEGER NOT NULL PRIMARY KEY, time_ns INTEGER NOT NULL) STRICT;")
            + "INSERT INTO work SELECT record, time_ns FROM epochs; UPDATE work SET time_ns = time_ns + 1;"
            + (isServer ? "ALTER TABLE epochs ADD COLUMN note bigint;" : "ALTER TABLE epochs ADD COLUMN note INTEGER;")
            + "UPDATE epochs SET note = record;");

    public static int Run(string[] args)
    {
        StorePlace place = StorePlace.Read(args[1], out _)!;
        switch (args[0])
        {
            case "migrate":
                IReadOnlyList<Migration> steps = place.IsServer ? Migration.OfPostgres : Migration.OfSqlite;
                // Everything is compiled and loaded before the clock of the kill starts.
                StateStore.Open(place, StoreLab.Mark, TimeProvider.System, steps).Store?.Dispose();
                Say("ready");
                StoreOpening opening = StateStore.Open(
                    place, StoreLab.Mark, TimeProvider.System, [.. steps, Step(steps.Count + 1, place.IsServer)]);
                if (opening.Fault is not null) return Fail(opening.Fault);
                opening.Store!.Dispose();
                Say("done");
                return 0;
            case "commit":
                return Commit(place, args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
            case "walk":
                return WalkOn(place);
            default:
                return Import(place, args[0], args[2]);
        }
    }

    /// <summary>Appends to the log, syncs and says so, while the store's writer follows.</summary>
    private static int Commit(StorePlace place, string logPath, int seed)
    {
        using DiskLogFile file = DiskLogFile.Open(logPath, IntentLog.CapacityDefault);
        IntentLog log = StoreLab.OpenLog(file, out List<IntentRecord> recovered);
        uint epoch = 0;
        foreach (IntentRecord record in recovered) epoch = Math.Max(epoch, record.Epoch);
        StoreOpening opening = StateStore.Open(place, StoreLab.Mark, TimeProvider.System);
        if (opening.Fault is not null) return Fail(opening.Fault);
        StoreFault? unfit = opening.Store!.CheckAgainst(log);
        if (unfit is not null) return Fail(unfit);
        using StoreWriter writer = new(opening.Store, place, log, TimeProvider.System);
        Random random = new(seed);
        RandomRecords source = new(random, epoch);
        Say("ready");
        for (int i = 0; i < RecordsMax; i++)
        {
            IntentRecord record = source.Next();
            if (!log.TryAppend(in record, protective: true)) return 1;
            if (random.Next(8) != 0) continue;
            if (!log.TrySync()) return 1;
            Say(string.Create(CultureInfo.InvariantCulture, $"durable {log.Durable}"));
        }

        return writer.Finish() is null ? 0 : 1;
    }

    /// <summary>Pages of minutes from where the walk was; the last bar of a page is the first of the next.</summary>
    private static int WalkOn(StorePlace place)
    {
        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        if (opening.Fault is not null) return Fail(opening.Fault);
        using CandleStore store = opening.Store!;
        if (store.ReadProgress(Walk, out TaskProgress? progress) is { } unread) return Fail(unread);
        Say("ready");
        for (long page = progress?.Done ?? 0; page < PagesMax; page++)
        {
            BarRow[] bars = new BarRow[PageBars + 1];
            for (int i = 0; i < bars.Length; i++)
            {
                long minute = (page * PageBars) + i;
                bars[i] = new BarRow
                {
                    OpenTimeNs = minute * MinuteNs,
                    Open = minute + 1,
                    High = minute + 1,
                    Low = minute + 1,
                    Close = minute + 1,
                    Volume = minute,
                    Count = 1,
                    Complete = true,
                };
            }

            TaskProgress next = new(Walk, page + 1, "");
            if (store.Upsert(WalkKey, bars, next, out _) is { } fault) return Fail(fault);
            Say(string.Create(CultureInfo.InvariantCulture, $"page {page + 1}"));
        }

        return 0;
    }

    private static int Import(StorePlace place, string what, string path)
    {
        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        if (opening.Fault is not null) return Fail(opening.Fault);
        using CandleStore store = opening.Store!;
        HistoryFile file = HistoryFiles.Find(path, "ETH/USD", withMinutes: what == "ohlcvt")[0];
        if (!Timeframe.TryParse("1m", out Timeframe minute)) return 1;
        Say("ready");
        ImportOutcome outcome = what == "ohlcvt"
            ? new OhlcvtImport(store, file, new SeriesKey("ETH/USD", BarSource.Import, minute))
                .Run(_ => Say("batch"), CancellationToken.None)
            : new TradesImport(store, file, SeriesKey.OfTrades("ETH/USD", BarSource.Import))
                .Run(_ => Say("batch"), CancellationToken.None);
        if (outcome.Fault is not null) return Fail(outcome.Fault);
        Say("done");
        return 0;
    }

    private static int Fail(StoreFault fault)
    {
        Console.Error.WriteLine(fault.Text);
        return 1;
    }

    private static void Say(string line)
    {
        Stream output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        output.Flush();
    }
}
