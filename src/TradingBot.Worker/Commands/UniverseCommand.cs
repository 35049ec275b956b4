using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>universe</c>: what is listed, what of it is wanted, and why the rest is not.</summary>
internal static class UniverseCommand
{
    private static readonly Argument<string[]> Symbols = new("SYMBOL")
    {
        Description = "Show only these, by any name: BTC/USD, XBTUSD, XXBTZUSD, PF_XBTUSD.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Read a saved list and ask nobody: AssetPairs, derivatives instruments, or an instrument frame.",
    };

    private static readonly Option<string[]> Held = new("--held")
    {
        Description = "An instrument with an open position, beside those of the intent log in the data folder: it "
            + "stays managed whatever the rules say.",
    };

    private static readonly Option<bool> Offline = new("--offline")
    {
        Description = "Show what is remembered, and ask nobody.",
    };

    private static readonly Option<bool> All = new("--all") { Description = "Show the instruments left out, too." };

    public static Command Build()
    {
        Command command = new("universe", "Ask Kraken what is listed, choose by class, status and liquidity; say why.")
        {
            Symbols, From, Held, Offline, All,
        };
        HistoryOptions.AddTo(command, asks: true);
        command.SetAction(InvokeAsync);
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (HistoryOptions.Read(parsed, "universe", out int exitCode) is not var (settings, place)) return exitCode;
        TextWriter errors = parsed.InvocationConfiguration.Error;
        using Interruption interruption = new();
        FailureFile failures = new(place.FailuresPath);
        try
        {
            UniverseState state = UniverseFile.Load(place.UniversePath, out string warning);
            if (warning.Length > 0) await errors.WriteLineAsync($"universe: {warning}").ConfigureAwait(false);
            Discovery found = await FindAsync(parsed, settings, place, state, failures, interruption.Token)
                .ConfigureAwait(false);
            // Only what the venue said just now is remembered: a saved list may be of any age.
            bool isAsked = !parsed.GetValue(Offline) && parsed.GetValue(From) is null or [];
            if (isAsked) UniverseFile.Save(place.UniversePath, found.State);
            return await ReportAsync(parsed, found).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("universe: interrupted; nothing has changed").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"universe: {fault.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static async Task<Discovery> FindAsync(
        ParseResult parsed, WorkerSettings settings, HistoryPlace place, UniverseState state, FailureFile failures,
        CancellationToken cancellationToken)
    {
        string[] named = parsed.GetValue(Held) ?? [];
        IReadOnlyCollection<string> logged = HeldSymbols.In(settings.Storage, out string warning);
        if (warning.Length > 0)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"universe: {warning}").ConfigureAwait(false);
        }

        UniverseDiscovery discovery = new(HistoryOptions.UniverseOf(settings), [.. logged.Union(named)]);
        using PublicRest rest = new(place.Rest, TimeProvider.System, failures.Add);
        string[] files = parsed.GetValue(From) ?? [];
        if (files.Length > 0) return discovery.Read(files, state, rest.NowNs);
        return parsed.GetValue(Offline)
            ? discovery.Recall(state, rest.NowNs)
            : await discovery.AskAsync(rest, state, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ReportAsync(ParseResult parsed, Discovery found)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        foreach (RestFailure failure in found.Failures)
        {
            await errors.WriteLineAsync($"universe: {failure}").ConfigureAwait(false);
        }

        if (found.View is not { } view)
        {
            await errors.WriteLineAsync($"universe: {found.Fault}").ConfigureAwait(false);
            return found.Failures.Length > 0 ? ExitCode.Unreachable : ExitCode.CheckFailed;
        }

        InstrumentNames names = InstrumentNames.Build(found.State.Specs, out _)!;
        string[] asked = parsed.GetValue(Symbols) ?? [];
        HashSet<string> ids = [];
        foreach (string symbol in asked)
        {
            if (names.Find(symbol) is { } spec) ids.Add(spec.Id);
            else
            {
                await errors.WriteLineAsync($"universe: {symbol} names no instrument").ConfigureAwait(false);
                return ExitCode.Usage;
            }
        }

        UniverseRow[] rows = [.. view.Rows.Where(row => asked.Length > 0
            ? ids.Contains(row.Spec.Id)
            : row.IsManaged || parsed.GetValue(All))];
        if (parsed.GetValue(HistoryOptions.Json)) WriteJson(found, view, rows);
        else Print(found, view, rows, asked.Length > 0);
        foreach (string told in view.Unknown.Append(view.ShrinkText).Where(text => text.Length > 0))
        {
            await errors.WriteLineAsync($"universe: {told}").ConfigureAwait(false);
        }

        if (found.Failures.Length > 0) return ExitCode.Unreachable;
        return view.ShrinkText.Length > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
    }

    private static void Print(Discovery found, UniverseView view, UniverseRow[] rows, bool withNames)
    {
        IAnsiConsole console = HistoryConsole.Output();
        Table table = new Table().AddColumn(new TableColumn("instrument").NoWrap());
        foreach (string name in new[] { "kind", "class", "status", "tier" }) table.AddColumn(name);
        table.AddColumn(new TableColumn("volume").RightAligned());
        table.AddColumn(new TableColumn("spread ppm").RightAligned());
        table.AddColumn("perpetual").AddColumn(withNames ? "names" : "left out because");
        foreach (UniverseRow row in rows)
        {
            string text = row.IsHeld && !row.IsIncluded ? $"HELD, managed; {row.ReasonText}" : row.ReasonText;
            string names = string.Join(", ", row.Spec.Names.Where(name => name.IsInUse)
                .Select(name => $"{name.Dialect}: {name.Text}"));
            table.AddRow(
                Markup.Escape(row.Spec.Id), InstrumentSpec.TextOf(row.Spec.Kind), InstrumentSpec.TextOf(row.Spec.Class),
                InstrumentSpec.TextOf(row.Spec.Status), row.Tier.ToString(),
                row.Ticker?.VolumeQuote?.ToString("N0", CultureInfo.InvariantCulture) ?? "–",
                row.Ticker?.SpreadPpm?.ToString(CultureInfo.InvariantCulture) ?? "–", row.PerpetualId ?? "–",
                Markup.Escape(withNames ? (text.Length > 0 ? $"{names}; left out: {text}" : names) : text));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{view.Ids.Length} of {view.Rows.Length} listed instruments are in the universe"));
        foreach (var group in view.Rows.SelectMany(row => Words(row.Reasons)).CountBy(word => word)
            .OrderByDescending(group => group.Value))
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  left out by {group.Key}: {group.Value}"));
        }

        foreach (string change in found.Changes) console.WriteLine(change);
        if (found.Unread.Length > 0)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{found.Unread.Length} entries could not be read, the first: {found.Unread[0]}"));
        }
    }

    private static IEnumerable<string> Words(ExclusionReasons reasons) =>
        Enum.GetValues<ExclusionReasons>().Where(one => one != 0 && reasons.HasFlag(one)).Select(one => one.ToString());

    private static void WriteJson(Discovery found, UniverseView view, UniverseRow[] rows)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteNumber("listed", view.Rows.Length);
        json.WriteNumber("included", view.Ids.Length);
        json.WriteString("shrink", view.ShrinkText);
        HistoryConsole.WriteTexts(json, "universe", view.Ids);
        HistoryConsole.WriteTexts(json, "changes", found.Changes);
        HistoryConsole.WriteTexts(json, "unread", found.Unread);
        HistoryConsole.WriteTexts(json, "unknown", view.Unknown);
        json.WriteStartArray("instruments");
        foreach (UniverseRow row in rows) WriteRow(json, row);
        json.WriteEndArray();
        json.WriteStartArray("failures");
        foreach (RestFailure failure in found.Failures) FailureFile.Write(json, failure);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteRow(Utf8JsonWriter json, UniverseRow row)
    {
        InstrumentSpec spec = row.Spec;
        json.WriteStartObject();
        json.WriteString("id", spec.Id);
        json.WriteString("kind", InstrumentSpec.TextOf(spec.Kind));
        json.WriteString("class", InstrumentSpec.TextOf(spec.Class));
        json.WriteString("status", InstrumentSpec.TextOf(spec.Status));
        json.WriteString("base", spec.Base);
        json.WriteString("quote", spec.Quote);
        json.WriteBoolean("included", row.IsIncluded);
        json.WriteBoolean("managed", row.IsManaged);
        json.WriteNumber("reasons", (int)row.Reasons);
        json.WriteString("why_not", row.ReasonText);
        json.WriteString("tier", row.Tier.ToString());
        if (row.Ticker?.VolumeQuote is { } volume) json.WriteNumber("volume", volume);
        if (row.Ticker?.SpreadPpm is { } spread) json.WriteNumber("spread_ppm", spread);
        json.WriteString("perpetual", row.PerpetualId);
        json.WriteString("price_step", spec.PriceStep?.ToString());
        json.WriteString("quantity_step", spec.QuantityStep?.ToString());
        json.WriteString("quantity_min", spec.QuantityMin?.ToString());
        json.WriteString("cost_min", spec.CostMin?.ToString());
        if (spec.SettlesNs > 0) json.WriteString("settles", UniverseSelection.Time(spec.SettlesNs));
        json.WriteStartObject("names");
        foreach (VenueName name in spec.Names.Where(name => name.IsInUse))
        {
            json.WriteString(name.Dialect.ToString(), name.Text);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
