using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Spectre.Console;
using TradingBot.Kraken.Universe;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>
/// The verb <c>data status</c>: per symbol whether it may be analysed, and if not, why; the worst first.
/// </summary>
internal static class DataCommand
{
    private const long NanosPerTick = 100;

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "End with exit code 5 when any symbol may not be analysed.",
    };

    public static Command Build()
    {
        Command status = new("status", "Show per symbol whether it may be analysed, and if not, why.") { Check };
        HistoryOptions.AddTo(status, asks: false);
        status.SetAction(Invoke);
        return new Command("data", "What is known of the market's history, and how good it is.") { status };
    }

    private static int Invoke(ParseResult parsed)
    {
        if (HistoryOptions.Read(parsed, "data status", out int exitCode) is not var (settings, place)) return exitCode;
        TextWriter errors = parsed.InvocationConfiguration.Error;
        CandleOpening opening = CandleStore.Open(place.Store, TimeProvider.System);
        if (opening.Fault is { } fault)
        {
            errors.WriteLine($"data status: {fault.Text}");
            return fault.Kind == StoreFaultKind.Unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
        }

        using CandleStore candles = opening.Store!;
        using HistoryStore store = new(candles);
        UniverseState state = UniverseFile.Load(place.UniversePath, out string warning);
        if (warning.Length > 0) errors.WriteLine($"data status: {warning}");
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
        HistoryStandings judge = new(HistoryOptions.UniverseOf(settings), settings.Freshness);
        if (judge.Of(store, state, nowNs) is not { } standings)
        {
            errors.WriteLine($"data status: {store.Fault!.Text}");
            return ExitCode.Unreachable;
        }

        if (standings.Count == 0)
        {
            errors.WriteLine($"data status: {place.Store.Text} has no rows and no universe is known: "
                + "fetch both with the verb backfill");
        }

        if (parsed.GetValue(HistoryOptions.Json)) WriteJson(standings, nowNs);
        else Print(settings, standings, nowNs);
        bool isGood = standings.All(standing => standing.MayBeAnalysed);
        return parsed.GetValue(Check) && !isGood ? ExitCode.CheckFailed : ExitCode.Ok;
    }

    private static void Print(WorkerSettings settings, IReadOnlyList<SymbolStanding> standings, long nowNs)
    {
        IAnsiConsole console = HistoryConsole.Output();
        Table table = new Table().AddColumn(new TableColumn("symbol").NoWrap()).AddColumn("analyse");
        ImmutableArray<FreshnessLimit> limits = settings.Freshness.Limits;
        foreach (FreshnessLimit limit in limits)
        {
            table.AddColumn(new TableColumn($"{limit.Timeframe} age").RightAligned());
        }

        table.AddColumn("why");
        foreach (SymbolStanding standing in standings)
        {
            string[] ages =
                [.. standing.Series.Select(one => one.AgeNs(nowNs) is { } age ? Freshness.Length(age) : "–")];
            table.AddRow(
                [Markup.Escape(standing.Symbol), standing.MayBeAnalysed ? "yes" : "no", .. ages,
                    Markup.Escape(standing.Text)]);
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{standings.Count(standing => standing.MayBeAnalysed)} of {standings.Count} symbols may be analysed"));
    }

    private static void WriteJson(IReadOnlyList<SymbolStanding> standings, long nowNs)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteNumber("symbols", standings.Count);
        json.WriteNumber("may_be_analysed", standings.Count(standing => standing.MayBeAnalysed));
        json.WriteStartArray("standings");
        foreach (SymbolStanding standing in standings)
        {
            json.WriteStartObject();
            json.WriteString("symbol", standing.Symbol);
            json.WriteBoolean("may_be_analysed", standing.MayBeAnalysed);
            json.WriteNumber("faults", (int)standing.Faults);
            json.WriteString("fault_names", standing.Faults.ToString());
            json.WriteString("why", standing.Text);
            json.WriteStartArray("series");
            foreach (SeriesFacts one in standing.Series)
            {
                json.WriteStartObject();
                json.WriteString("timeframe", one.Timeframe.ToString());
                json.WriteString("source", BarSourceText.Of(one.Source));
                json.WriteNumber("bars", one.Bars);
                if (one.AgeNs(nowNs) is { } age) json.WriteNumber("age_seconds", age / 1_000_000_000);
                json.WriteBoolean("gap", one.HasGap);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }
}
