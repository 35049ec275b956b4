using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>
/// kill -9 in the middle of the verb: nothing acknowledged is lost, nothing is doubled. Both engines run it.
/// </summary>
internal static class BackfillCrash
{
    private const long MinuteNs = TapeVenue.MinuteNs;

    /// <param name="place">Where the bars go.</param>
    /// <param name="address">The same as the verb takes it, password included.</param>
    /// <param name="folder">Where the verb keeps what else it remembers.</param>
    public static async Task RunAsync(StorePlace place, string address, string folder)
    {
        Random random = Seed.Random(31, "killed backfills");
        int kills = Seed.Count(10, 200);
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        long startNs = nowNs - ((15 * 60 * MinuteNs) + (kills * 60 * MinuteNs));
        TapeVenue venue = new() { PageRows = 20 };
        List<TradePrint> tape = venue.Add("AAA", random, startNs, nowNs + (600 * MinuteNs));
        Process? victim = null;
        int untilKill = 0;
        long acknowledgedNs = 0;
        venue.Instead = path =>
        {
            if (!path.Contains("/Trades", StringComparison.Ordinal)) return null;
            // A page is asked for when everything before it is in the store: that is the acknowledgement.
            acknowledgedNs = long.Parse(path.Split("since=")[1].Split('&')[0], CultureInfo.InvariantCulture);
            if (--untilKill == 0) victim?.Kill();
            return null;
        };
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        string[] arguments =
        [
            "backfill", "AAA/USD", "--timeframes", "1m", "--since",
            DateTimeOffset.UnixEpoch.AddTicks(startNs / 100).ToString("O"), "--rest-url", server.Url.ToString(),
            "--db", address, "--data", folder,
        ];
        int killed = 0;
        // Who was through before the kill is looked at as well, and not counted.
        for (int runs = 0; killed < kills && runs < 2 * kills; runs++)
        {
            acknowledgedNs = 0;
            untilKill = random.Next(2, 6);
            using (Process process = victim = Verb.Start(arguments))
            {
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                    process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                killed += process.ExitCode == 137 ? 1 : 0;
            }

            victim = null;
            // All bars that closed before the last page asked for are there.
            List<BarRow> rows = Rows(place);
            long lastMinute = (acknowledgedNs / MinuteNs * MinuteNs) - MinuteNs;
            if (acknowledgedNs > startNs + MinuteNs) Assert.Contains(rows, row => row.OpenTimeNs == lastMinute);
            List<BarRow> walked = [.. rows.TakeWhile((row, at) =>
                at == 0 || row.OpenTimeNs == rows[at - 1].OpenTimeNs + MinuteNs)];
            TapeVenue.AreThoseOf(tape, walked, "1m");
            Assert.True(acknowledgedNs == 0 || walked[^1].OpenTimeNs >= lastMinute);
        }

        Assert.Equal(kills, killed);
        untilKill = int.MaxValue;
        (int code, string output, string error) = await Verb.RunAsync([.. arguments, "--json"]);
        Assert.True(code == 0, $"{code}: {error}{output}");
        List<BarRow> all = Rows(place);
        TapeVenue.AreThoseOf(tape, all, "1m");
        Assert.True(all.Count > 15 * 60);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(place.IsServer ? "PostgreSQL" : "SQLite")} backfill: {killed} killed, {all.Count} bars in the end");
    }

    private static List<BarRow> Rows(StorePlace place)
    {
        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        Assert.Null(opening.Fault);
        using CandleStore store = opening.Store!;
        List<BarRow> rows = [];
        Assert.True(Timeframe.TryParse("1m", out Timeframe minute));
        SeriesKey key = new("AAA/USD", BarSource.SpotRest, minute);
        Assert.Null(store.Read(key, 0, long.MaxValue, rows));
        Assert.Null(store.CheckWhole());
        return rows;
    }
}
