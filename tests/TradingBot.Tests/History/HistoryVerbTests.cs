using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Rest;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>The verbs as processes of their own, against the simulated Kraken on loopback and a failing one.</summary>
public sealed class HistoryVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("verbs").FullName;

    private string Store => Path.Combine(_folder, "candles.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Universe_backfill_and_status_work_against_the_simulated_Kraken()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions(), 0, TestContext.Current.CancellationToken);
        string url = venue.RestUrl.ToString();
        JsonElement universe = await JsonAsync(0, "universe", "--rest-url", url, "--db", Store, "--json");
        Assert.Equal(10, universe.GetProperty("included").GetInt32());
        JsonElement bitcoin = universe.GetProperty("instruments").EnumerateArray()
            .Single(one => one.GetProperty("id").GetString() == "BTC/USD");
        Assert.Equal("PF_XBTUSD", bitcoin.GetProperty("perpetual").GetString());
        Assert.Equal("XXBTZUSD", bitcoin.GetProperty("names").GetProperty("RestKey").GetString());

        JsonElement fetched = await JsonAsync(
            0, "backfill", "--timeframes", "15m,1h,1d", "--rest-url", url, "--db", Store, "--json");
        JsonElement[] symbols = [.. fetched.GetProperty("symbols").EnumerateArray()];
        Assert.Equal(10, symbols.Length);
        Assert.All(symbols, one => Assert.Equal(3, one.GetProperty("series").GetArrayLength()));
        Assert.Equal(0, fetched.GetProperty("requests_failed").GetInt64());

        string config = Path.Combine(_folder, "config.yaml");
        await File.WriteAllTextAsync(
            config, "history:\n  age_max: [\"15m=30m\", \"1h=2h\"]\n", TestContext.Current.CancellationToken);
        JsonElement status = await JsonAsync(
            0, "data", "status", "--db", Store, "--config", config, "--check", "--json");
        Assert.Equal(10, status.GetProperty("may_be_analysed").GetInt32());
        // Without that configuration 4h is missing, and every symbol is told to be unfit.
        status = await JsonAsync(5, "data", "status", "--db", Store, "--check", "--json");
        Assert.Equal(0, status.GetProperty("may_be_analysed").GetInt32());
        Assert.Contains("no complete 4h bar", status.GetProperty("standings")[0].GetProperty("why").GetString(),
            StringComparison.Ordinal);

        // Deep history over the venue's own trades.
        string since = (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(16)).ToString("O");
        fetched = await JsonAsync(
            0, "backfill", "XBTUSD", "--timeframes", "1m", "--since", since, "--rest-url", url, "--db", Store,
            "--json");
        JsonElement deep = fetched.GetProperty("symbols")[0];
        Assert.True(deep.GetProperty("trade_pages").GetInt64() > 0);
        Assert.True(deep.GetProperty("agreed").GetInt32() > 0);
        Assert.Equal(0, deep.GetProperty("differences").GetInt32());
    }

    [Fact]
    public async Task The_archive_keeps_funding_and_three_kinds_of_charts()
    {
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        venue.Add("AAA", new Random(1), nowNs - (300 * TapeVenue.MinuteNs), nowNs);
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        string[] arguments = ["backfill", "--archive", "--rest-url", server.Url.ToString(), "--db", Store, "--json"];
        JsonElement first = await JsonAsync(0, arguments);
        JsonElement contract = first.GetProperty("contracts")[0];
        Assert.Equal(2, contract.GetProperty("funding_rows").GetInt64());
        Assert.True(contract.GetProperty("chart_rows").GetInt64() > 10);
        string[] lines = await File.ReadAllLinesAsync(
            Path.Combine(_folder, "archive", "funding", "PF_AAAUSD.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "time,funding_rate,relative_funding_rate", "2026-01-01T00:00:00Z,-1.5e-09,2e-05",
                "2026-01-01T01:00:00Z,1e-09,1e-05",
            ],
            lines);
        foreach (string kind in new[] { "trade", "mark", "spot" })
        {
            string path = $"/api/charts/v1/{kind}/PF_AAAUSD/1h";
            Assert.Contains(server.Asked, asked => asked.StartsWith(path, StringComparison.Ordinal));
        }

        JsonElement second = await JsonAsync(0, arguments);
        Assert.Equal(2, second.GetProperty("contracts")[0].GetProperty("funding_rows").GetInt64());
    }

    [Fact]
    public async Task Interrupted_it_keeps_what_it_has_and_says_so()
    {
        TapeVenue venue = new() { PageRows = 20 };
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        long startNs = nowNs - (20 * 60 * TapeVenue.MinuteNs);
        venue.Add("AAA", new Random(1), startNs, nowNs + (600 * TapeVenue.MinuteNs));
        Process? victim = null;
        int pages = 0;
        venue.Instead = path =>
        {
            bool isThird = path.Contains("/Trades", StringComparison.Ordinal) && ++pages == 3;
            string id = victim?.Id.ToString(CultureInfo.InvariantCulture) ?? "";
            if (isThird) Process.Start("kill", ["-INT", id]).WaitForExit();
            return null;
        };
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        string since = DateTimeOffset.UnixEpoch.AddTicks(startNs / 100).ToString("O");
        using (victim = Verb.Start(
            "backfill", "AAA/USD", "--timeframes", "1m", "--since", since, "--rest-url", server.Url.ToString(),
            "--db", Store, "--json"))
        {
            string output = await victim.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string error = await victim.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await victim.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, victim.ExitCode);
            Assert.Contains("the same command goes on", error, StringComparison.Ordinal);
            // Not a terminal: no line of progress.
            Assert.DoesNotContain('\r', error);
            using JsonDocument report = JsonDocument.Parse(output);
            Assert.True(report.RootElement.GetProperty("interrupted").GetBoolean());
        }
    }

    [Fact]
    public async Task A_failure_is_told_with_its_class_and_the_whole_body_is_kept()
    {
        TapeVenue venue = new();
        venue.List("AAA");
        venue.Instead = path => path.Contains("/OHLC", StringComparison.Ordinal) ? StandInReply.Html(200) : null;
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        (int code, string output, string error) = await Verb.RunAsync(
            "backfill", "AAA/USD", "--rest-url", server.Url.ToString(), "--db", Store, "--json");
        Assert.Equal(4, code);
        Assert.Contains("bad-body", error, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal("bad-body", report.RootElement.GetProperty("symbols")[0].GetProperty("failure_class").GetString());
        string[] kept = await File.ReadAllLinesAsync(
            Path.Combine(_folder, "rest-failures.jsonl"), TestContext.Current.CancellationToken);
        using JsonDocument failure = JsonDocument.Parse(kept[^1]);
        Assert.Equal(StandInReply.Html(200).Body, failure.RootElement.GetProperty("body").GetString());
        Assert.Equal("AAA/USD", failure.RootElement.GetProperty("symbol").GetString());
    }

    [Fact]
    public async Task Rows_of_a_stand_in_and_of_another_origin_are_not_mixed_and_bad_options_are_told()
    {
        (int code, _, string error) =
            await Verb.RunAsync("backfill", "--rest-url", "http://example.org", "--db", Store);
        Assert.Equal(2, code);
        Assert.Contains("nor an address of this machine", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("backfill", "--timeframes", "7m", "--db", Store);
        Assert.Equal(2, code);
        Assert.Contains("'7m' is not one of", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("universe", "--offline", "--db", Store);
        Assert.Equal(5, code);
        Assert.Contains("none is remembered", error, StringComparison.Ordinal);
        TapeVenue venue = new();
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        venue.Add("AAA", new Random(1), nowNs - (9 * TapeVenue.MinuteNs), nowNs);
        await using StandIn server = await StandIn.StartAsync(venue.Answer);
        await Verb.RunAsync("backfill", "AAA/USD", "--rest-url", server.Url.ToString(), "--db", Store);
        // Nothing is asked: the store's origin is looked at first.
        (code, _, error) = await Verb.RunAsync("backfill", "AAA/USD", "--db", Store);
        Assert.Equal(5, code);
        Assert.Contains("holds rows of a stand-in", error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(int expected, params string[] arguments)
    {
        (int code, string output, string error) = await Verb.RunAsync(arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: {code}\n{error}\n{output}");
        return JsonDocument.Parse(output).RootElement;
    }
}
