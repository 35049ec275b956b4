using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Dashboard;
using TradingBot.Worker.Replay;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Dashboard;

/// <summary>The standing as monitors and terminals get it.</summary>
public sealed partial class StatusMetricsTests
{
    private static readonly byte[] Standing = Stand();

    [Fact]
    public void What_monitors_rely_on_is_there_by_name()
    {
        string[] names =
        [
            "tradingbot_position_unprotected_seconds_total", "tradingbot_book_checksum_mismatches_total",
            "tradingbot_ring_depth", "tradingbot_signals_total", "tradingbot_refusals_total", "tradingbot_fills_total",
            "tradingbot_orders_total", "tradingbot_intents_total", "tradingbot_order_outcomes_total",
            "tradingbot_feed_reconnects_total", "tradingbot_positions", "tradingbot_ready",
            "tradingbot_capture_records_total", "tradingbot_capture_records_lost_total",
            "tradingbot_capture_gap_rows_total", "tradingbot_venue_state", "tradingbot_venue_entries",
            "tradingbot_venue_notices", "tradingbot_venue_call_failures_total",
            "tradingbot_capture_gap_rows_total", "tradingbot_position_refused_seconds_total",
            "tradingbot_feed_fallbacks_total", "tradingbot_feed_age_seconds", "tradingbot_clock_skew_seconds",
            "tradingbot_clock_state", "tradingbot_clock_closings_total",
            "tradingbot_feed_fallbacks_total", "tradingbot_entries_late_total", "tradingbot_gate_alarms",
            "tradingbot_drawdown_dollars", "tradingbot_drawdown_warned",
        ];
        HashSet<string> told = [.. Samples().Select(sample => sample.Name)];
        Assert.All(names, name => Assert.Contains(name, told));
    }

    [Fact]
    public void The_standing_names_the_build_that_runs()
    {
        using JsonDocument json = JsonDocument.Parse(Standing);
        Assert.Equal(WorkerJournal.Build, json.RootElement.GetProperty("build").GetString());
    }

    [Fact]
    public void The_text_keeps_the_rules_of_the_format()
    {
        Assert.Empty(Faults(StatusMetrics.Of(Standing)));
        Assert.Equal("", StatusMetrics.Of(ReadOnlyMemory<byte>.Empty));
    }

    [Theory]
    [InlineData("# HELP a_total X.\n# TYPE a_total counter\na_total -1\n", "below zero")]
    [InlineData("# HELP a X.\n# TYPE a counter\na 1\n", "_total")]
    [InlineData("# HELP a_total X.\n# TYPE a_total gauge\na_total 1\n", "_total")]
    [InlineData("a 1\n", "no type")]
    [InlineData("# HELP a X.\n# TYPE a gauge\na 1\na 2\n", "twice")]
    [InlineData("# HELP a X.\n# TYPE a gauge\na one\n", "no sample")]
    public void A_breach_of_them_is_reported(string text, string fault) =>
        Assert.Contains(Faults(text), told => told.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Every_reason_of_the_gate_is_a_series_from_the_start()
    {
        string[] reasons = [.. Enum.GetValues<Refusal>().Where(r => r != Refusal.None).Select(ReplayReport.NameOf)];
        string[] told = [.. Samples().Where(s => s.Name == "tradingbot_refusals_total").Select(s => s.Labels)];
        Assert.Equal(reasons.Select(reason => $"{{reason=\"{reason}\"}}").Order(), told.Order());
        Assert.DoesNotContain("none", reasons);
    }

    [Fact]
    public void Labels_are_escaped() => Assert.Equal("a\\\\b\\\"c\\nd", PrometheusText.Escape("a\\b\"c\nd"));

    [Theory]
    [InlineData(20)]
    [InlineData(79)]
    [InlineData(200)]
    public void The_line_of_the_terminal_fits_and_begins_with_what_matters(int width)
    {
        string line = StatusLine.Of(Standing, width);
        Assert.InRange(line.Length, 1, width);
        Assert.StartsWith("SIMULATED paper", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        if (width >= 79) Assert.Contains("00:00:30 trading | ", line, StringComparison.Ordinal);
        if (width >= 200) Assert.Contains("frames, 0 wrong", line, StringComparison.Ordinal);
    }

    private static byte[] Stand()
    {
        using VirtualCircle circle = new(RunComposition.OptionsOf(new WorkerSettings()));
        long startNs = circle.NowNs;
        circle.Run(TimeSpan.FromSeconds(30));
        return WorkerStatus.Of(
            circle.Worker, "paper", "simulated", circle.NowNs, startNs, store: null, new RingDepth(1, 2));
    }

    private static IEnumerable<(string Name, string Labels)> Samples() => StatusMetrics.Of(Standing).Split('\n')
        .Select(line => Sample().Match(line)).Where(match => match.Success)
        .Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>What a linter of the format would say, as far as we use the format.</summary>
    private static List<string> Faults(string text)
    {
        List<string> faults = [];
        Dictionary<string, string> types = [];
        HashSet<string> seen = [];
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("# HELP ")))
        {
            string[] words = line.Split(' ');
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                bool told = text.Contains($"# HELP {words[2]} ", StringComparison.Ordinal);
                if (!told || !types.TryAdd(words[2], words[3])) faults.Add($"{words[2]}: no help, or twice");
                bool isTotal = words[2].EndsWith("_total", StringComparison.Ordinal);
                if (isTotal != (words[3] == "counter")) faults.Add($"{words[2]}: counters alone end in _total");
                continue;
            }

            Match match = Sample().Match(line);
            if (!match.Success)
            {
                faults.Add($"{line}: no sample");
                continue;
            }

            string type = types.GetValueOrDefault(match.Groups[1].Value, "");
            if (type.Length == 0) faults.Add($"{line}: no type");
            if (type == "counter" && match.Groups[3].Value[0] == '-') faults.Add($"{line}: below zero");
            if (!seen.Add(match.Groups[1].Value + match.Groups[2].Value)) faults.Add($"{line}: twice");
        }

        return faults;
    }

    [GeneratedRegex(@"^([a-z_]+)((?:\{[a-z_]+=""[^""]*""(?:,[a-z_]+=""[^""]*"")*\})?) (-?[0-9][0-9.E+-]*)$")]
    private static partial Regex Sample();
}
