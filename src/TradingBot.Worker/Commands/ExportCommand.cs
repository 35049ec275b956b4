using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Storage.Export;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>export</c>: the market's history and the account's for other tools.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> What = new("WHAT")
    {
        Description = "candles, trades, fills, orders, signals or equity.",
    };

    private static readonly Option<string?> Db = StoreOptions.Db();
    private static readonly Option<string> Symbol = StoreOptions.Symbol(required: false);
    private static readonly Option<bool> Json = StoreOptions.Json();

    private static readonly Option<string?> Length = new("--timeframe") { Description = "Of candles, as 1d." };

    private static readonly Option<string?> Source = new("--source")
    {
        Description = "import, spot-rest, perp-rest or own; needed only where several have rows.",
    };

    private static readonly Option<string?> From = new("--from") { Description = "First time, as 2023-01-01, in UTC." };

    private static readonly Option<string?> To = new("--to") { Description = "End, exclusive, as 2024-01-01, in UTC." };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "FILE.csv, .jsonl (each also .gz) or .parquet; - writes CSV to standard output.",
        Required = true,
    };

    public static Command Build()
    {
        What.AcceptOnlyFromAmong("candles", "trades", "fills", "orders", "signals", "equity");
        Source.AcceptOnlyFromAmong(BarSourceText.All);
        Command command = new("export", "Write candles, trades, fills, orders, signals or equity for other tools.")
        {
            What, Symbol, Length, Source, From, To, Out, Db, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string what = parsed.GetValue(What)!;
        string path = parsed.GetValue(Out)!;
        bool isMarket = what is "candles" or "trades";
        string error = "";
        StorePlace? place = null;
        TableFormat? format = TableFile.FormatOf(path);
        if (format is null) error = $"--out '{path}': its name ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet.";
        else if (!TryRange(parsed, out long from, out long to)) error = "--from and --to are times, as 2023-01-01.";
        else if (isMarket && parsed.GetValue(Symbol)!.Length == 0) error = "--symbol is needed, as BTC/USD.";
        else if (what == "equity" && parsed.GetValue(Symbol)!.Length > 0) error = "equity has no --symbol.";
        else if (path == "-" && parsed.GetValue(Json)) error = "--json and --out - both want standard output.";
        else
        {
            place = StoreOptions.Place(parsed.GetValue(Db), isMarket, out error);
            if (place?.File is { } file && !File.Exists(file))
            {
                Console.Error.WriteLine($"export: {file} is not there: name another --db, or fill it first.");
                return ExitCode.Unreachable;
            }

            if (place is not null) return Export(parsed, what, place, path, format.Value, from, to);
        }

        Console.Error.WriteLine($"export: {error}");
        return ExitCode.Usage;
    }

    private static bool TryRange(ParseResult parsed, out long from, out long to)
    {
        to = 0;
        return StoreOptions.TryTime(parsed.GetValue(From), long.MinValue, out from)
            && StoreOptions.TryTime(parsed.GetValue(To), long.MaxValue, out to);
    }

    private static int Export(
        ParseResult parsed, string what, StorePlace place, string path, TableFormat format, long from, long to)
    {
        using Interruption interruption = new();
        try
        {
            if (what is "candles" or "trades")
            {
                return ExportMarket(parsed, what == "candles", place, path, format, (from, to), interruption.Token);
            }

            StateExport state = new(place);
            TableFile file = new(path, format, StateExport.Columns(what));
            string symbol = parsed.GetValue(Symbol)!;
            return Write(parsed, what, file, sink => state.Tell(what, symbol, from, to, sink, interruption.Token));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"export: stopped; {path} is as it was.");
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"export: {path} cannot be written: {fault.Message} Choose another --out.");
            return ExitCode.Unreachable;
        }
        catch (InvalidDataException fault)
        {
            Console.Error.WriteLine($"export: {fault.Message}");
            return ExitCode.CheckFailed;
        }
    }

    private static int ExportMarket(
        ParseResult parsed, bool bars, StorePlace place, string path, TableFormat format, (long From, long To) range,
        CancellationToken stop)
    {
        CandleOpening opening = CandleStore.Open(place, TimeProvider.System);
        if (opening.Fault is { } refused)
        {
            Console.Error.WriteLine($"export: {refused.Text}");
            return StoreOptions.ExitCodeOf(refused);
        }

        using CandleStore store = opening.Store!;
        SeriesKey? key = Choose(store, parsed, bars, out string error);
        if (key is null)
        {
            Console.Error.WriteLine($"export: {error}");
            return ExitCode.Usage;
        }

        TableFile file = new(path, format, bars ? MarketExport.BarColumns : MarketExport.TradeColumns);
        return Write(parsed, key.ToString(), file, sink => bars
            ? MarketExport.TellBars(store, key, range.From, range.To, sink, stop)
            : MarketExport.TellTrades(store, key, range.From, range.To, sink, stop));
    }

    /// <summary>The one series that is meant. Several sources are never mixed into one file.</summary>
    private static SeriesKey? Choose(CandleStore store, ParseResult parsed, bool bars, out string error)
    {
        string symbol = parsed.GetValue(Symbol)!;
        string length = bars ? parsed.GetValue(Length) ?? "" : SeriesKey.Trades;
        List<SeriesKey> keys = [];
        StoreFault? fault = store.ReadKeys(keys);
        List<string> there = [];
        List<SeriesKey> meant = [];
        foreach (SeriesKey key in keys)
        {
            if (key.Symbol == symbol) there.Add($"{key.TimeframeText} {BarSourceText.Of(key.Source)}");
            bool fits = key.Symbol == symbol && key.TimeframeText == length
                && (parsed.GetValue(Source) ?? BarSourceText.Of(key.Source)) == BarSourceText.Of(key.Source);
            if (fits) meant.Add(key);
        }

        string known = there.Count > 0 ? string.Join(", ", there) : "nothing";
        error = fault?.Text ?? $"of {symbol} there is: {known}; say which by --timeframe and --source.";
        return meant.Count == 1 ? meant[0] : null;
    }

    private static int Write(ParseResult parsed, string what, TableFile file, TableFile.Tell tell)
    {
        long start = Stopwatch.GetTimestamp();
        StoreFault? fault = null;
        VerbProgress.Run($"export {what}", 0, _ => fault = file.Write(tell));
        if (fault is not null)
        {
            Console.Error.WriteLine($"export: {fault.Text}");
            return StoreOptions.ExitCodeOf(fault);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string path = parsed.GetValue(Out)!;
        if (parsed.GetValue(Json))
        {
            using Stream output = Console.OpenStandardOutput();
            using Utf8JsonWriter json = new(output);
            json.WriteStartObject();
            json.WriteString("what", what);
            json.WriteString("out", path);
            json.WriteNumber("rows", file.Rows);
            json.WriteNumber("seconds", Math.Round(seconds, 3));
            json.WriteEndObject();
            json.Flush();
            output.Write("\n"u8);
        }
        else
        {
            Console.Error.WriteLine(FormattableString.Invariant(
                $"{what}: {file.Rows:N0} rows to {path} in {seconds:0.0} s"));
        }

        return ExitCode.Ok;
    }
}
