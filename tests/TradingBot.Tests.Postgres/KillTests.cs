using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Database;
using TradingBot.Tests.History;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Postgres;

/// <summary>kill -9 at any moment: nothing acknowledged is lost, nothing doubled, a step whole or not there.</summary>
public sealed class KillTests(PostgresServer server)
{
    /// <summary>When a victim was ready, and when one that nobody killed was done.</summary>
    private static long _readyAt;
    private static long _doneAt;

    /// <summary>Of the imported file: some fifteen batches.</summary>
    private const int Lines = 60_000;

    private static int Kills => Seed.Count(ci: 10, full: 200);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_migration_that_is_killed_is_whole_or_not_there(bool isServer)
    {
        Random random = Seed.Random(41, "killed migrations");
        int withinMs = int.MaxValue;
        int before = 0;
        int after = 0;
        int kills = 0;
        // Who was through before the kill is looked at as well, and not counted.
        for (int i = 0; kills < Kills; i++)
        {
            Assert.True(i <= 3 * Kills, $"{kills} of {i} were killed");
            using StoreLab lab = NewLab(isServer);
            lab.Open().Dispose();
            lab.Ask(isServer
                ? "INSERT INTO epochs SELECT n, n, n FROM generate_series(1, 3000) AS g (n)"
                : "INSERT INTO epochs WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 3000) "
                    + "SELECT n, n, n FROM g");
            // The first one is let to its end: it tells how long there is to kill in, at most.
            List<string> said = [];
            bool killed = await RunAndKillAsync(random, withinMs, said, "migrate", Address(lab));
            bool done = said.Contains("done");
            double tookMs = Stopwatch.GetElapsedTime(_readyAt, _doneAt).TotalMilliseconds;
            // Then it follows the machine: about every second one is through, so that kills fall all over the step.
            if (withinMs == int.MaxValue) withinMs = (int)tookMs + 5;
            else withinMs = killed ? withinMs + (withinMs / 10) + 1 : Math.Max(5, withinMs * 9 / 10);
            bool migrated = lab.Rows("schema_migrations").Count > lab.Steps.Count;
            Assert.True(migrated || !done, "what was acknowledged is not there");
            if (migrated) Assert.Equal(3000L, lab.Ask("SELECT count(*) FROM work WHERE time_ns = record + 1"));
            else Assert.Equal(3000L, lab.Ask("SELECT count(*) FROM epochs"));
            if (killed && migrated) after++;
            else if (killed) before++;
            kills = before + after;
            // Whoever comes next gets there.
            lab.Open([.. lab.Steps, Victim.Step(lab.Steps.Count + 1, isServer)]).Dispose();
            Assert.Equal(3000L, lab.Ask("SELECT count(*) FROM work WHERE time_ns = record + 1"));
            Assert.Equal(3000L, lab.Ask("SELECT count(*) FROM epochs WHERE note = record"));
        }

        Say($"{(isServer ? "PostgreSQL" : "SQLite")}: {kills} killed within {withinMs} ms, {before} before and "
            + $"{after} after the step");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_that_is_killed_loses_and_doubles_nothing_I2(bool isServer)
    {
        Random random = Seed.Random(42, "killed writers");
        // A log is full in the end: then nobody would be killed at work.
        const int KillsPerLog = 50;
        int kills = 0;
        long records = 0;
        long inRows = 0;
        while (kills < Kills)
        {
            using StoreLab lab = NewLab(isServer);
            int next = Math.Min(KillsPerLog, Kills - kills);
            (long logged, long projected) = await KillWritersAsync(random, lab, isServer, next);
            kills += next;
            records += logged;
            inRows += projected;
        }

        Say($"{(isServer ? "PostgreSQL" : "SQLite")}: {kills} killed, {records} records, {inRows} of them in rows at "
            + "the last kill of a log");
    }

    private async Task<(long Records, long Projected)> KillWritersAsync(
        Random random, StoreLab lab, bool isServer, int kills)
    {
        string path = Path.Combine(lab.Folder, "intents.log");
        lab.Open().Dispose();
        long projected = 0;
        List<IntentRecord> records = [];
        for (int i = 0; i < kills; i++)
        {
            List<string> said = [];
            string seed = random.Next().ToString(CultureInfo.InvariantCulture);
            bool killed =
                await RunAndKillAsync(random, isServer ? 1_500 : 500, said, "commit", Address(lab), path, seed);
            Assert.True(killed, "the writer was not killed at work");
            long acknowledged = said.Where(line => line.StartsWith("durable ", StringComparison.Ordinal))
                .Select(line => long.Parse(line[8..], CultureInfo.InvariantCulture))
                .DefaultIfEmpty(records.Count).Max();
            using DiskLogFile file = DiskLogFile.Open(path, 0);
            IntentLog log = StoreLab.OpenLog(file, out records);
            Assert.True(records.Count >= acknowledged, $"{acknowledged} acknowledged, {records.Count} left");
            using StateStore store = lab.Open();
            Assert.Null(store.CheckAgainst(log));
            Assert.True(store.LastRecord >= projected, "rows went back");
            projected = store.LastRecord;
            // The rows are those of a prefix of the log, whole.
            if (i % 5 == 0 || i == kills - 1) lab.AssertRows(records.Take((int)store.LastRecord));
        }

        long atLast = projected;
        using DiskLogFile all = DiskLogFile.Open(path, 0);
        IntentLog last = StoreLab.OpenLog(all, out records);
        using (StateStore store = lab.Open())
        {
            while (store.LastRecord < last.Durable) Assert.Null(store.Project(last, 2_000));
        }

        lab.AssertRows(records);
        Assert.True(records.Count > 0 && projected > 0, "no record was written, or none became a row, before a kill");
        return (records.Count, atLast);
    }

    [Theory]
    [InlineData(false, "ohlcvt")]
    [InlineData(true, "ohlcvt")]
    [InlineData(false, "trades")]
    [InlineData(true, "trades")]
    public async Task An_import_that_is_killed_goes_on_without_a_double(bool isServer, string what)
    {
        Random random = Seed.Random(43, "killed imports");
        int kills = 0;
        int wholes = 0;
        long left = 0;
        // Whatever gets through unkilled is checked and begun anew, until there were kills enough.
        while (kills < Kills && wholes < 5 * Kills)
        {
            using StoreLab lab = NewLab(isServer);
            string path = Path.Combine(lab.Folder, what == "ohlcvt" ? "ETHUSD_1.csv.gz" : "ETHUSD.csv.gz");
            WriteFile(path, what);
            bool killed = true;
            for (int i = 0; i < 5 && killed && kills < Kills; i++)
            {
                killed = await RunAndKillAsync(random, 600, [], what, Address(lab), path);
                if (killed) kills++;
            }

            using (CandleStore store = CandleStore.Open(lab.Place, TimeProvider.System).Store!)
            {
                left = Math.Max(left, (long)lab.Ask($"SELECT count(*) FROM {Table(what)}", candles: true)!);
            }

            await FinishImportAsync(random, lab, what, path);
            wholes++;
        }

        Assert.Equal(Kills, kills);
        Say($"{(isServer ? "PostgreSQL" : "SQLite")} {what}: {kills} killed, up to {left} rows left by a kill, "
            + $"{wholes} times {Lines} rows in the end");
    }

    /// <summary>As a backfill writes: a page's bars, some of them given again, and the place of the walk.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_walk_that_is_killed_has_every_bar_up_to_its_place_once_and_goes_on(bool isServer)
    {
        Random random = Seed.Random(44, "killed walks");
        using StoreLab lab = NewLab(isServer);
        long reached = 0;
        for (int i = 0; i < Kills; i++)
        {
            List<string> said = [];
            bool killed = await RunAndKillAsync(random, isServer ? 800 : 100, said, "walk", Address(lab));
            Assert.True(killed, "the walk was not killed at work");
            long acknowledged = said.Where(line => line.StartsWith("page ", StringComparison.Ordinal))
                .Select(line => long.Parse(line[5..], CultureInfo.InvariantCulture)).DefaultIfEmpty(reached).Max();
            using CandleStore store = CandleStore.Open(lab.Place, TimeProvider.System).Store!;
            Assert.Null(store.ReadProgress(Victim.Walk, out TaskProgress? progress));
            long place = progress?.Done ?? 0;
            Assert.True(place >= acknowledged, $"page {acknowledged} was acknowledged, the walk is at {place}");
            List<BarRow> rows = [];
            Assert.Null(store.Read(Victim.WalkKey, 0, long.MaxValue, rows));
            Assert.Equal(
                Enumerable.Range(0, rows.Count).Select(minute => (minute * Victim.MinuteNs, minute + 1L)),
                rows.Select(row => (row.OpenTimeNs, row.Close)));
            Assert.Equal(place == 0 ? 0 : (place * Victim.PageBars) + 1, rows.Count);
            reached = place;
        }

        Assert.True(reached > Kills && reached < Victim.PagesMax, $"{reached} pages");
        Say($"{(isServer ? "PostgreSQL" : "SQLite")}: {Kills} killed, {reached} pages of {Victim.PageBars} bars");
    }

    [Fact]
    public async Task A_backfill_that_is_killed_loses_nothing_it_went_beyond_and_doubles_nothing()
    {
        using StoreLab lab = NewLab(isServer: true);
        await BackfillCrash.RunAsync(lab.Place, Address(lab), lab.Folder);
    }

    private static string Table(string what) => what == "ohlcvt" ? "candles" : "trades";

    /// <summary>The last one is let to its end: every line is there once.</summary>
    private async Task FinishImportAsync(Random random, StoreLab lab, string what, string path)
    {
        List<string> said = [];
        await RunAndKillAsync(random, int.MaxValue, said, what, Address(lab), path);
        Assert.Contains("done", said);
        Assert.Equal((long)Lines, lab.Ask($"SELECT count(*) FROM {Table(what)}", candles: true));
        string sum = what == "ohlcvt" ? "SELECT sum(close) FROM candles" : "SELECT sum(price) FROM trades";
        Assert.Equal(
            Enumerable.Range(0, Lines).Sum(i => 1_000L + (i % 97)),
            Convert.ToInt64(lab.Ask(sum, candles: true), CultureInfo.InvariantCulture));
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static void WriteFile(string path, string what)
    {
        using GZipStream gzip = new(File.Create(path), CompressionLevel.Fastest);
        using StreamWriter text = new(gzip, Encoding.ASCII);
        for (int i = 0; i < Lines; i++)
        {
            string price = string.Create(CultureInfo.InvariantCulture, $"{(1_000 + (i % 97)) / 10m:0.0}");
            text.WriteLine(what == "ohlcvt"
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{1_600_000_020 + (i * 60L)},{price},{price},{price},{price},1.5,3")
                : string.Create(CultureInfo.InvariantCulture, $"{1_600_000_000 + (i / 3)}.25,{price},0.5"));
        }
    }

    private StoreLab NewLab(bool isServer) => isServer ? new PostgresLab(server) : new SqliteLab();

    /// <summary>What a child needs to find the place: for a server that is the password as well.</summary>
    private string Address(StoreLab lab) =>
        lab.Place.File ?? server.Url(lab.Place.Text.Split("schema=")[1]);

    /// <summary>Starts a victim, waits until it works, and kills it within a time; whether it was killed before it was
    /// over.</summary>
    private static async Task<bool> RunAndKillAsync(
        Random random, int withinMs, List<string> said, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.ArgumentList.Add(Victim.Verb);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        _readyAt = Stopwatch.GetTimestamp();
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        if (withinMs != int.MaxValue)
        {
            using CancellationTokenSource moment = new(TimeSpan.FromMilliseconds(random.Next(withinMs)));
            try
            {
                await process.WaitForExitAsync(moment.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        _doneAt = Stopwatch.GetTimestamp();
        // Of a line that the kill cut nothing is believed.
        string text = await rest;
        said.AddRange(text.Split('\n')[..^1]);
        const int Killed = 128 + 9;
        Assert.True(process.ExitCode is 0 or Killed, $"the victim ended with {process.ExitCode} by itself");
        return process.ExitCode == Killed;
    }
}
