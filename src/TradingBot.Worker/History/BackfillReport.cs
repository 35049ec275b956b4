using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Tells what a backfill came to, and makes an exit code of it.</summary>
internal sealed class BackfillReport(
    HistoryPlace place, HistoryStore store, FailureFile failures, PublicRest rest, bool json, TextWriter errors)
{
    /// <summary>What became of the fee tier.</summary>
    public FeeOutcome Fees { get; set; } = new("not asked for: --archive does", null);

    /// <summary>Nothing could be begun.</summary>
    public async Task<int> RefuseAsync(string fault)
    {
        await errors.WriteLineAsync($"backfill: {fault}").ConfigureAwait(false);
        RestFailure? failure = failures.Records.Count > 0 ? failures.Records[^1] : null;
        if (failure is not null) await errors.WriteLineAsync($"backfill: {failure}").ConfigureAwait(false);
        return failure is null ? ExitCode.Usage : ExitCode.Unreachable;
    }

    public async Task<int> TellAsync(HistoryOutcome outcome, bool isNamed, bool isInterrupted)
    {
        if (outcome.Fault.Length > 0) return await RefuseAsync(outcome.Fault).ConfigureAwait(false);
        if (json) WriteJson(writer => WriteOutcome(writer, outcome), isInterrupted);
        else Print(outcome);
        foreach (SymbolReport report in outcome.Symbols.Where(report => report.Failure is not null))
        {
            string instead = report.Fallback.Length > 0 ? $"; rows of {report.Fallback} stand in, tagged" : "";
            await errors.WriteLineAsync($"backfill: {report.Id}: {report.Failure}{instead}").ConfigureAwait(false);
        }

        if (outcome.Aborted.Length > 0)
        {
            await errors.WriteLineAsync($"backfill: {outcome.Aborted}").ConfigureAwait(false);
        }

        int code = await EndAsync(isInterrupted).ConfigureAwait(false);
        if (code != ExitCode.Ok) return code;
        if (outcome.Aborted.Length > 0) return ExitCode.Unreachable;
        bool isDifferent = outcome.Symbols.Any(report => report.Differences.Count > 0);
        bool anyAnswered = outcome.Symbols.Any(report => report.Failure is null);
        bool anyFailed = outcome.Symbols.Any(report => report.Failure is not null);
        // In a universe a bad symbol is reported and rests; a symbol that somebody named must come.
        if (anyFailed && !anyAnswered) return ExitCode.Unreachable;
        return isDifferent || (anyFailed && isNamed) ? ExitCode.CheckFailed : ExitCode.Ok;
    }

    public async Task<int> TellAsync(IReadOnlyList<ArchiveReport> kept, int contracts, bool isInterrupted)
    {
        if (json) WriteJson(writer => WriteArchive(writer, kept), isInterrupted);
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kept.Count} of {contracts} contracts: {kept.Sum(one => one.FundingRows):N0} funding rates in "
                + $"{place.FundingFolder}, {kept.Sum(one => one.ChartRows):N0} chart rows in {place.Store.Text}"));
            Console.WriteLine($"fee tier: {Fees.Text}");
        }

        foreach (ArchiveReport report in kept.Where(report => report.Failure is not null))
        {
            await errors.WriteLineAsync($"backfill: {report.Id}: {report.Failure}").ConfigureAwait(false);
        }

        int code = await EndAsync(isInterrupted).ConfigureAwait(false);
        bool isWhole = Fees.Failure is null && kept.All(report => report.Failure is null);
        if (code != ExitCode.Ok || isWhole) return code;
        bool isNothing = kept.Count > 0 && kept.All(report => report.Failure is not null);
        return isNothing ? ExitCode.Unreachable : ExitCode.CheckFailed;
    }

    private async Task<int> EndAsync(bool isInterrupted)
    {
        if (rest.Failures > 0)
        {
            string written = failures.Fault.Length > 0
                ? $"they could not be written: {failures.Fault}"
                : $"each with its whole body in {failures.Path}";
            await errors.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"backfill: {rest.Failures} of {rest.Requests} requests failed, {written}")).ConfigureAwait(false);
        }

        if (store.Fault is { } fault)
        {
            await errors.WriteLineAsync($"backfill: {fault.Text}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }

        if (!isInterrupted) return ExitCode.Ok;
        await errors.WriteLineAsync("backfill: interrupted; what was fetched is kept, and the same command goes on")
            .ConfigureAwait(false);
        return ExitCode.Interrupted;
    }

    private void Print(HistoryOutcome outcome)
    {
        int series = outcome.Symbols.Sum(report => report.Series.Count);
        long rows = outcome.Symbols.Sum(report => report.Series.Sum(one => one.Written));
        int open = outcome.Symbols.Sum(report => report.Series.Sum(one => one.GapsOpen));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Symbols.Count(report => report.Failure is null)} of {outcome.Symbols.Count} symbols, {series} "
            + $"series, {rows:N0} rows new or changed, {outcome.Symbols.Sum(report => report.TradePages):N0} pages of "
            + $"trades, {open} gaps open; in {place.Store.Text}"));
        foreach (RowDifference different in outcome.Symbols.SelectMany(report => report.Differences))
        {
            Console.WriteLine($"{different.Key} at {UniverseSelection.Time(different.Ours.OpenTimeNs)}: "
                + $"ours {different.Ours}, the venue's {different.Venue}");
        }

        foreach (string change in outcome.Changes) Console.WriteLine(change);
        if (outcome.Resting.Count > 0) Console.WriteLine($"resting: {string.Join(", ", outcome.Resting)}");
    }

    private void WriteJson(Action<Utf8JsonWriter> content, bool isInterrupted)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter writer = new(output);
        writer.WriteStartObject();
        writer.WriteString("store", place.Store.Text);
        writer.WriteString("origin", place.Origin);
        writer.WriteBoolean("interrupted", isInterrupted);
        writer.WriteString("fee_tier", Fees.Text);
        content(writer);
        writer.WriteNumber("requests", rest.Requests);
        writer.WriteNumber("requests_failed", rest.Failures);
        writer.WriteStartObject("failed_by_class");
        foreach (RestFailureClass one in Enum.GetValues<RestFailureClass>())
        {
            writer.WriteNumber(RestFailure.TextOf(one), failures.CountOf(one));
        }

        writer.WriteEndObject();
        writer.WriteStartArray("failures");
        foreach (RestFailure failure in failures.Records) FailureFile.Write(writer, failure);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
    }

    private static void WriteArchive(Utf8JsonWriter writer, IReadOnlyList<ArchiveReport> kept)
    {
        writer.WriteStartArray("contracts");
        foreach (ArchiveReport report in kept)
        {
            writer.WriteStartObject();
            writer.WriteString("id", report.Id);
            writer.WriteNumber("funding_rows", report.FundingRows);
            writer.WriteNumber("chart_rows", report.ChartRows);
            writer.WriteString("failure", report.Failure?.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOutcome(Utf8JsonWriter writer, HistoryOutcome outcome)
    {
        writer.WriteString("aborted", outcome.Aborted);
        HistoryConsole.WriteTexts(writer, "changes", outcome.Changes);
        HistoryConsole.WriteTexts(writer, "resting", outcome.Resting);
        writer.WriteStartArray("symbols");
        foreach (SymbolReport report in outcome.Symbols)
        {
            writer.WriteStartObject();
            writer.WriteString("id", report.Id);
            writer.WriteString("fallback", report.Fallback);
            writer.WriteNumber("trade_pages", report.TradePages);
            writer.WriteNumber("agreed", report.Agreed);
            writer.WriteNumber("differences", report.Differences.Count);
            writer.WriteString("failure_class", report.Failure?.ClassText);
            writer.WriteString("failure", report.Failure?.ToString());
            writer.WriteStartArray("series");
            foreach (SeriesReport series in report.Series)
            {
                writer.WriteStartObject();
                writer.WriteString("timeframe", series.Key.TimeframeText);
                writer.WriteString("source", BarSourceText.Of(series.Key.Source));
                writer.WriteNumber("written", series.Written);
                writer.WriteString("last", UniverseSelection.Time(series.LastNs));
                writer.WriteNumber("gaps_open", series.GapsOpen);
                writer.WriteNumber("gaps_repaired", series.GapsRepaired);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
