using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using TradingBot.Worker.History;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>What is fetched equals the tape, whatever the venue does in between.</summary>
public sealed class BackfillTests
{
    private const long MinuteNs = TapeVenue.MinuteNs;

    private static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    [Fact]
    public async Task Closed_rows_are_kept_and_the_running_one_is_not()
    {
        TapeVenue venue = new();
        long nowNs = Now();
        List<TradePrint> tape = venue.Add("AAA", new Random(1), nowNs - (90 * MinuteNs), nowNs + (30 * MinuteNs));
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        HistoryOutcome outcome = await bench.RunAsync("1m,15m", symbols: ["AAAUSD"]);
        Assert.Null(Assert.Single(outcome.Symbols).Failure);
        foreach (string timeframe in new[] { "1m", "15m" })
        {
            List<BarRow> rows = bench.Rows("AAA/USD", timeframe);
            TapeVenue.AreThoseOf(tape, rows, timeframe);
            Assert.True(rows[^1].OpenTimeNs + HistoryBench.Of(timeframe).LengthNs <= Now());
        }

        // The same again changes nothing but what has closed since.
        int before = bench.Rows("AAA/USD", "1m").Count;
        outcome = await bench.RunAsync("1m,15m", symbols: ["AAA/USD"]);
        Assert.Equal(bench.Rows("AAA/USD", "1m").Count - before, outcome.Symbols[0].Series[0].Written);
    }

    [Theory]
    [InlineData(2, 3, false)]
    [InlineData(4, 3, true)]
    public async Task The_last_row_is_over_when_the_venues_clock_and_a_second_look_say_so(
        int secondsPast, int rows, bool isKept)
    {
        // A venue whose newest row's interval has ended, without a newer row yet.
        long openNs = (Now() / MinuteNs * MinuteNs) - (10 * MinuteNs);
        long nowNs = openNs + (rows * MinuteNs) + (secondsPast * 1_000_000_000L);
        string body = "{\"error\":[],\"result\":{\"XAAAUSD\":[" + string.Join(',', Enumerable.Range(0, rows).Select(
            i => $"[{(openNs / 1_000_000_000) + (60 * i)},\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",1]")) + "],\"last\":0}}";
        TapeVenue venue = new() { Now = () => nowNs };
        venue.List("AAA");
        venue.Instead = path => path.Contains("/OHLC", StringComparison.Ordinal) ? new StandInReply(body) : null;
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        await bench.RunAsync("1m", symbols: ["AAAUSD"]);
        Assert.Equal(isKept ? rows : rows - 1, bench.Rows("AAA/USD", "1m").Count);
        Assert.Contains(bench.Asked, path => path == "/0/public/Time");
    }

    [Fact]
    public async Task History_beyond_720_rows_is_rebuilt_of_trades_and_agrees_where_both_are()
    {
        Random random = Seed.Random(9, nameof(BackfillTests));
        TapeVenue venue = new() { PageRows = 100 };
        long nowNs = Now();
        long startNs = nowNs - (17 * 60 * MinuteNs);
        List<TradePrint> tape = venue.Add("AAA", random, startNs, nowNs + (10 * MinuteNs));
        // In the middle of the walk the venue fails, repeats a page, and gives an empty one.
        int trades = 0;
        string repeated = "";
        venue.Instead = path =>
        {
            if (!path.Contains("/Trades", StringComparison.Ordinal)) return null;
            return ++trades switch
            {
                2 => StandInReply.Html(502),
                4 => StandInReply.Truncated("{}"),
                6 when repeated.Length > 0 => new StandInReply(repeated),
                8 => new StandInReply("{\"error\":[],\"result\":{\"XAAAUSD\":[],\"last\":\"0\"}}"),
                _ => null,
            };
        };
        repeated = venue.Answer("/0/public/Trades?pair=AAAUSD&since=" + (startNs - 1) + "&count=100").Body;
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        long sinceNs = startNs + (30 * MinuteNs);
        HistoryOutcome outcome = await bench.RunAsync("1m,15m,1h", sinceNs, ["AAAUSD"]);
        SymbolReport report = Assert.Single(outcome.Symbols);
        Assert.Null(report.Failure);
        Assert.Empty(report.Differences);
        Assert.True(report.Agreed > 0);
        Assert.True(report.TradePages > 4);
        Assert.Contains(bench.Failures, failure => failure.Class == RestFailureClass.BadBody
            && failure.Reason.Contains("repeats an earlier one", StringComparison.Ordinal));
        foreach (string timeframe in new[] { "1m", "15m", "1h" })
        {
            TapeVenue.AreThoseOf(tape, bench.Rows("AAA/USD", timeframe), timeframe);
        }

        Assert.True(bench.Rows("AAA/USD", "1m").Count > 900);
    }

    [Fact]
    public async Task A_window_that_lacks_a_row_at_the_turn_of_an_interval_is_not_taken_for_a_young_instrument()
    {
        // The running interval has no row before its first trade, and some venues count it among the 720.
        TapeVenue venue = new() { OhlcRows = 719 };
        long nowNs = Now();
        long startNs = nowNs - (14 * 60 * MinuteNs);
        List<TradePrint> tape = venue.Add("AAA", new Random(31), startNs, nowNs + (10 * MinuteNs));
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        SymbolReport report = (await bench.RunAsync("1m", startNs, ["AAAUSD"])).Symbols[0];
        Assert.True(report.TradePages > 0);
        TapeVenue.AreThoseOf(tape, bench.Rows("AAA/USD", "1m"), "1m");
        Assert.True(bench.Rows("AAA/USD", "1m").Count > (14 * 60) - 10);
    }

    [Fact]
    public async Task A_young_instrument_has_no_older_trades_to_ask_for()
    {
        TapeVenue venue = new();
        long nowNs = Now();
        venue.Add("AAA", new Random(32), nowNs - (90 * MinuteNs), nowNs + (10 * MinuteNs));
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        SymbolReport report = (await bench.RunAsync("1m", nowNs - (600 * MinuteNs), ["AAAUSD"])).Symbols[0];
        Assert.Null(report.Failure);
        Assert.Equal(0, report.TradePages);
    }

    [Fact]
    public async Task A_walk_that_fails_goes_on_where_it_was()
    {
        TapeVenue venue = new() { PageRows = 50 };
        long nowNs = Now();
        long startNs = nowNs - (15 * 60 * MinuteNs);
        List<TradePrint> tape = venue.Add("AAA", new Random(12), startNs, nowNs + (10 * MinuteNs));
        int trades = 0;
        venue.Instead = path => path.Contains("/Trades", StringComparison.Ordinal) && ++trades > 3
            ? StandInReply.Error("EService:Unavailable")
            : null;
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        SymbolReport report = (await bench.RunAsync("1m", startNs, ["AAAUSD"])).Symbols[0];
        Assert.Equal(RestFailureClass.Maintenance, report.Failure!.Class);
        Assert.Equal(3, report.TradePages);
        int before = bench.Asked.Count();
        venue.Instead = _ => null;
        report = (await bench.RunAsync("1m", startNs, ["AAAUSD"])).Symbols[0];
        Assert.Null(report.Failure);
        string first = bench.Asked.Skip(before).First(path => path.Contains("/Trades", StringComparison.Ordinal));
        // Not from the beginning: from the first bar that is not there.
        long beginNs = HistoryBench.Of("1m").OpenTimeOf(startNs);
        Assert.DoesNotContain($"since={beginNs - 1}&", first, StringComparison.Ordinal);
        TapeVenue.AreThoseOf(tape, bench.Rows("AAA/USD", "1m"), "1m");
    }

    [Fact]
    public async Task Intervals_that_the_venue_leaves_out_are_proven_of_its_trades()
    {
        TapeVenue venue = new() { ShowsEmpty = false };
        long nowNs = Now();
        List<TradePrint> tape = venue.Add("AAA", new Random(21), nowNs - (200 * MinuteNs), nowNs + (10 * MinuteNs));
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        SeriesReport series = (await bench.RunAsync("1m", symbols: ["AAAUSD"])).Symbols[0].Series[0];
        List<BarRow> rows = bench.Rows("AAA/USD", "1m");
        Assert.Contains(rows, row => row.IsSynthetic);
        TapeVenue.AreThoseOf(tape, rows, "1m");
        Assert.True(series.GapsRepaired > 0);
        Assert.Equal(0, series.GapsOpen);
        Assert.All(bench.Gaps("AAA/USD", "1m"), gap => Assert.NotEqual(GapState.Detected, gap.State));
    }

    [Fact]
    public async Task Twenty_bad_symbols_of_five_hundred_leave_and_come_back_and_touch_no_other()
    {
        TapeVenue venue = new();
        long nowNs = Now();
        List<TradePrint> tape = venue.Add("S000", new Random(3), nowNs - (20 * MinuteNs), nowNs + (60 * MinuteNs));
        for (int i = 0; i < 500; i++) venue.List($"S{i:000}");
        string rows = "";
        // One tape stands for all: the answer's name is each symbol's own.
        venue.Instead = path =>
        {
            if (!path.Contains("/OHLC", StringComparison.Ordinal)) return null;
            string name = path.Split("pair=")[1].Split('&')[0];
            int number = int.Parse(name[1..4], System.Globalization.CultureInfo.InvariantCulture);
            bool isBad = rows.Length == 0 && number % 25 == 7;
            if (isBad) return StandInReply.Error("EQuery:Unknown asset pair");
            if (name == "S000USD") return null;
            StandInReply reply = venue.Answer(path.Replace(name, "S000USD", StringComparison.Ordinal));
            return reply with { Body = reply.Body.Replace("XS000USD", "X" + name, StringComparison.Ordinal) };
        };
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        UniverseOptions wishes = new() { VolumeMin = 0 };
        ShiftedTime time = new();
        HistoryOutcome outcome = await bench.RunAsync("1m", wishes: wishes, time: time);
        SymbolReport[] spot = [.. outcome.Symbols.Where(report => IsSpot(report.Id))];
        Assert.Equal(500, spot.Length);
        Assert.Equal(480, spot.Count(report => report.Failure is null));
        SymbolReport[] good = [.. spot.Where(report => report.Failure is null)];
        Assert.All(good, report => Assert.NotEmpty(bench.Rows(report.Id, "1m")));
        Assert.Equal(20, outcome.State.Quarantine.Count(entry => entry.IsOut && IsSpot(entry.Id)));

        // They rest, and nobody else does.
        int before = bench.Asked.Count();
        outcome = await bench.RunAsync("1m", wishes: wishes, time: time);
        Assert.Equal(20, outcome.Resting.Count(IsSpot));
        Assert.DoesNotContain(
            bench.Asked.Skip(before), path => path.Contains("pair=S007USD", StringComparison.Ordinal));

        // An hour later the venue knows them again.
        rows = "all";
        time.Shift = TimeSpan.FromHours(2);
        outcome = await bench.RunAsync("1m", wishes: wishes, time: time);
        Assert.Empty(outcome.State.Quarantine.Where(entry => IsSpot(entry.Id)));
        Assert.Equal(20, outcome.Changes.Count(change => change.Contains("/USD is back", StringComparison.Ordinal)));
        TapeVenue.AreThoseOf(tape, bench.Rows("S007/USD", "1m"), "1m");
    }

    [Fact]
    public async Task A_spot_symbol_without_rows_has_its_contracts_tagged_and_never_mixed()
    {
        TapeVenue venue = new();
        long nowNs = Now();
        List<TradePrint> tape = venue.Add("AAA", new Random(8), nowNs - (100 * MinuteNs), nowNs + (10 * MinuteNs));
        venue.Instead = path => path.Contains("/OHLC", StringComparison.Ordinal)
            ? StandInReply.Error("EQuery:Unknown asset pair")
            : null;
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        SymbolReport report = (await bench.RunAsync("1m", symbols: ["AAA/USD"])).Symbols[0];
        Assert.Equal("PF_AAAUSD", report.Fallback);
        Assert.Equal(RestFailureClass.UnknownSymbol, report.Failure!.Class);
        Assert.Empty(bench.Rows("AAA/USD", "1m"));
        List<BarRow> rows = bench.Rows("AAA/USD", "1m", BarSource.PerpRest);
        List<BarRow> expected = TapeVenue.Bars(tape, MinuteNs, rows[0].OpenTimeNs, rows[^1].OpenTimeNs + MinuteNs);
        Assert.Equal(expected.Select(Text), rows.Select(Text));

        // Charts tell no number of trades.
        static string Text(BarRow bar) =>
            $"{bar.OpenTimeNs} {DecimalText.Of(bar.Close, bar.PriceDecimals, shortest: true)} {bar.Count > 0}";
    }

    [Fact]
    public async Task When_the_venue_answers_nobody_the_rest_is_left_and_nobody_is_blamed()
    {
        TapeVenue venue = new();
        for (int i = 0; i < 100; i++) venue.List($"S{i:000}");
        string[] down = ["/OHLC", "/System", "/charts"];
        venue.Instead = path => down.Any(part => path.Contains(part, StringComparison.Ordinal))
            ? StandInReply.Error("EService:Unavailable")
            : null;
        await using HistoryBench bench = await HistoryBench.StartAsync(venue);
        HistoryOutcome outcome = await bench.RunAsync("1m", wishes: new UniverseOptions { VolumeMin = 0 });
        Assert.Contains("the venue answers nobody", outcome.Aborted, StringComparison.Ordinal);
        Assert.True(outcome.Symbols.Count < 50);
        Assert.Empty(outcome.State.Quarantine);
    }

    private static bool IsSpot(string id) => id.EndsWith("/USD", StringComparison.Ordinal);

    /// <summary>The system's time, later by as much as is asked for.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow() + Shift;
    }
}
