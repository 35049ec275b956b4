using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>import</c>: Kraken's downloadable history, or captures of our own, into the store of
/// candles.</summary>
internal static class ImportCommand
{
    private const string CaptureWord = "capture";

    private const string Missing = "the bars before and after it do not adjoin";

    private static readonly Argument<string> What = new("WHAT")
    {
        Description = "ohlcvt or trades, as Kraken offers them; or capture: the trades of a recording of our own.",
    };

    private static readonly Argument<string> From = new("FILE")
    {
        Description = "A CSV (plain or .gz), a .zip as Kraken offers it, or a folder of them; of capture the folder or "
            + "file that replay reads.",
    };

    private static readonly Option<string?> Db = StoreOptions.Db();
    private static readonly Option<string> Symbol = StoreOptions.Symbol(required: true);
    private static readonly Option<bool> Json = StoreOptions.Json();

    private static readonly Option<string?> Length = new("--timeframe")
    {
        Description = "Of ohlcvt, as 1h; without it the minutes in the file's name (XBTUSD_60.csv).",
    };

    public static Command Build()
    {
        What.AcceptOnlyFromAmong("ohlcvt", "trades", CaptureWord);
        Command command = new("import", "Read Kraken's downloadable OHLCVT or time-and-sales files, or own captures.")
        {
            What, From, Symbol, Length, Db, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string what = parsed.GetValue(What)!;
        string symbol = parsed.GetValue(Symbol)!;
        StorePlace? place = StoreOptions.Place(parsed.GetValue(Db), history: true, out string error);
        List<ImportPart>? parts = place is null ? null : what == CaptureWord
            ? PlanCapture(parsed.GetValue(From)!, symbol, parsed.GetValue(Length), out error)
            : Plan(parsed.GetValue(From)!, symbol, what == "ohlcvt", parsed.GetValue(Length), out error);
        if (parts is null)
        {
            Console.Error.WriteLine($"import: {error}");
            return ExitCode.Usage;
        }

        try
        {
            if (place!.File is { } path) Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"import: {unusable.Message} Choose another place with --db.");
            return ExitCode.Unreachable;
        }

        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        if (opening.Fault is { } fault)
        {
            Console.Error.WriteLine($"import: {fault.Text}");
            return StoreOptions.ExitCodeOf(fault);
        }

        using CandleStore store = opening.Store!;
        using Interruption interruption = new();
        return ImportAll(store, parts, parsed.GetValue(Json), interruption.Token);
    }

    private static int ImportAll(
        CandleStore store, List<ImportPart> parts, bool json, CancellationToken stop)
    {
        List<(string Name, SeriesKey Key, ImportOutcome Outcome, double Seconds, int Gaps)> results = [];
        int code = ExitCode.Ok;
        foreach (ImportPart part in parts)
        {
            SeriesKey key = part.Key;
            long start = Stopwatch.GetTimestamp();
            ImportOutcome outcome = new();
            try
            {
                VerbProgress.Run($"{part.Name} → {key}", part.Bytes, tell => outcome = part.Run(store, tell, stop));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                Console.Error.WriteLine($"import: {part.Name}: {fault.Message} Fetch it again, or name another.");
                return ExitCode.Unreachable;
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int gaps = 0;
            StoreFault? unsettled = outcome.Fault;
            if (unsettled is null && key.Timeframe is not null)
            {
                unsettled = store.SettleGaps(key, Missing, out List<BarGap> ledger);
                gaps = ledger.FindAll(gap => gap.State == GapState.Detected).Count;
            }

            results.Add((part.Name, key, outcome, seconds, gaps));
            if (!json) Show(part.Name, key, outcome, seconds, gaps);
            if (outcome.BadLines > 0 || outcome.FileFault is not null) code = ExitCode.CheckFailed;
            if (outcome.Interrupted) code = ExitCode.Interrupted;
            if (unsettled is not null)
            {
                Console.Error.WriteLine($"import: {unsettled.Text}");
                code = StoreOptions.ExitCodeOf(unsettled);
            }

            if (outcome.Interrupted || unsettled is not null) break;
        }

        if (json) WriteJson(store, results);
        return code;
    }

    private static List<ImportPart>? PlanCapture(string path, string symbol, string? length, out string error)
    {
        error = length is null ? "" : "--timeframe has no meaning for a capture: rebuild --source own makes bars.";
        if (error.Length == 0 && !File.Exists(path) && !Directory.Exists(path)) error = $"{path} is not there.";
        if (error.Length > 0) return null;
        SeriesKey key = SeriesKey.OfTrades(symbol, BarSource.Own);
        long bytes = File.Exists(path)
            ? new FileInfo(path).Length
            : CaptureNames.Segments(path).Sum(file => new FileInfo(file).Length);
        return [new ImportPart(path, bytes, key, (store, tell, stop) =>
            new CaptureImport(store, path, key).Run(tell, stop))];
    }

    private static List<ImportPart>? Plan(
        string path, string symbol, bool bars, string? length, out string error)
    {
        Timeframe given = default;
        bool isGiven = length is not null;
        error = "";
        if (isGiven && !Timeframe.TryParse(length, out given))
        {
            error = $"--timeframe '{length}' is not one, as 1m, 15m, 1h, 1d.";
            return null;
        }

        if (!bars && isGiven)
        {
            error = "--timeframe has no meaning for trades: import them, then rebuild --from trades --timeframe "
                + $"{length}.";
            return null;
        }

        try
        {
            List<ImportPart> plan = [];
            foreach (HistoryFile file in HistoryFiles.Find(path, symbol, bars))
            {
                Timeframe? timeframe = isGiven ? given : null;
                if (bars && timeframe is null && Timeframe.TryParse($"{file.Minutes}m", out Timeframe named))
                {
                    timeframe = named;
                }

                if (bars && timeframe is null)
                {
                    error = $"{file.Name}: its name tells no minutes: say --timeframe.";
                    return null;
                }

                bool isOther = bars && isGiven && file.Minutes > 0 && given.LengthNs != file.Minutes * 60_000_000_000L;
                if (!isOther) plan.Add(PartOf(file, new SeriesKey(symbol, BarSource.Import, bars ? timeframe : null)));
            }

            if (plan.Count > 0) return plan;
            error = $"{path} holds nothing of {symbol}: files are named as XBTUSD_60.csv (bars), XBTUSD.csv (trades).";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error = $"{path}: {fault.Message} Fetch it again, or name another.";
        }

        return null;
    }

    private static ImportPart PartOf(HistoryFile file, SeriesKey key) => new(
        file.Name, file.Bytes, key, (store, tell, stop) => key.Timeframe is not null
            ? new OhlcvtImport(store, file, key).Run(tell, stop)
            : new TradesImport(store, file, key).Run(tell, stop));

    private static void Show(string name, SeriesKey key, ImportOutcome outcome, double seconds, int gaps)
    {
        string resumed = outcome.Resumed > 0
            ? FormattableString.Invariant($", {outcome.Resumed:N0} were done before")
            : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name} → {key}: {outcome.Lines:N0} lines in {seconds:0.0} s, "
            + $"{outcome.Written:N0} rows written{resumed}"));
        if (gaps > 0) Console.WriteLine(FormattableString.Invariant($"  {gaps:N0} gaps are in the ledger"));
        if (outcome.Rounded > 0)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"  {outcome.Rounded:N0} numbers had more digits than any quantity and were rounded to 8 decimals"));
        }

        foreach (string bad in outcome.Quoted) Console.Error.WriteLine($"  {bad}");
        if (outcome.BadLines > outcome.Quoted.Count)
        {
            Console.Error.WriteLine(FormattableString.Invariant($"  … {outcome.BadLines:N0} bad lines were left out"));
        }

        if (outcome.FileFault is not null) Console.Error.WriteLine($"  {name}: {outcome.FileFault}");
        if (outcome.Interrupted) Console.Error.WriteLine("  stopped; the same command goes on from here");
    }

    private static void WriteJson(
        CandleStore store, List<(string Name, SeriesKey Key, ImportOutcome Outcome, double Seconds, int Gaps)> results)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("db", store.Place);
        json.WriteStartArray("files");
        foreach ((string name, SeriesKey key, ImportOutcome outcome, double seconds, int gaps) in results)
        {
            json.WriteStartObject();
            json.WriteString("file", name);
            json.WriteString("symbol", key.Symbol);
            json.WriteString("timeframe", key.TimeframeText);
            json.WriteString("source", BarSourceText.Of(key.Source));
            json.WriteNumber("lines", outcome.Lines);
            json.WriteNumber("resumed", outcome.Resumed);
            json.WriteNumber("written", outcome.Written);
            json.WriteNumber("bad_lines", outcome.BadLines);
            json.WriteNumber("rounded", outcome.Rounded);
            json.WriteNumber("gaps_detected", gaps);
            json.WriteNumber("seconds", Math.Round(seconds, 3));
            json.WriteBoolean("interrupted", outcome.Interrupted);
            json.WriteString("file_fault", outcome.FileFault);
            json.WriteStartArray("bad");
            foreach (string bad in outcome.Quoted) json.WriteStringValue(bad);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    /// <summary>One file, or one capture, on its way into one series.</summary>
    private sealed record ImportPart(
        string Name, long Bytes, SeriesKey Key,
        Func<CandleStore, Action<long>?, CancellationToken, ImportOutcome> Run);
}
