using System;
using System.CommandLine;
using System.IO;
using System.IO.Compression;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Worker.Commands;

/// <summary>
/// The verb <c>demo-capture</c>: writes a synthetic capture, so that there is something to replay anywhere.
/// </summary>
internal static class DemoCaptureCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "Where to write; gzip when the name ends in .gz.",
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of the market; the same seed gives the same bytes.",
        DefaultValueFactory = _ => 1UL,
    };

    private static readonly Option<bool> Unified = new("--unified")
    {
        Description = "Speak the Unified WebSocket (PF_ symbols).",
    };

    private static readonly Option<bool> NoFaults = new("--no-faults")
    {
        Description = "Leave out the scripted faults.",
    };

    private static readonly Option<int> Symbols = new("--symbols")
    {
        Description = "Markets: 5 to 1000.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> Minutes = new("--minutes")
    {
        Description = "Minutes of market time: 1 to 1440.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Between(Symbols, 5, SyntheticOptions.SymbolsMax);
        Between(Minutes, 1, 1_440);
        Command command = new("demo-capture", "Write a SYNTHETIC Kraken capture made from a seed (no real market).")
        {
            File, Seed, Unified, NoFaults, Symbols, Minutes, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string path = parsed.GetValue(File)!;
        SyntheticOptions options = new()
        {
            Seed = parsed.GetValue(Seed),
            Dialect = parsed.GetValue(Unified) ? Dialect.Unified : Dialect.SpotV2,
            Faults = !parsed.GetValue(NoFaults),
            Symbols = parsed.GetValue(Symbols),
            DurationUs = parsed.GetValue(Minutes) * 60_000_000L,
        };
        long bytes;
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write);
            Write(file, path, options);
            bytes = file.Length;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine(
                $"demo-capture {path}: the file cannot be written: {fault.Message} Choose another path.");
            return ExitCode.Usage;
        }

        if (parsed.GetValue(Json))
        {
            using Stream output = Console.OpenStandardOutput();
            using Utf8JsonWriter json = new(output);
            json.WriteStartObject();
            json.WriteString("file", path);
            json.WriteNumber("seed", options.Seed);
            json.WriteNumber("bytes", bytes);
            json.WriteBoolean("synthetic", true);
            json.WriteEndObject();
        }
        else
        {
            Console.WriteLine(
                $"{path}: synthetic capture of seed {options.Seed}, {bytes:N0} bytes. Try: tradingbot replay {path}");
        }

        return ExitCode.Ok;
    }

    private static void Between(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        int value = result.GetValueOrDefault<int>();
        if (value < least || value > most) result.AddError($"{option.Name} '{value}' is not from {least} to {most}.");
    });

    private static void Write(FileStream file, string path, SyntheticOptions options)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            SyntheticCapture.Write(file, options);
            return;
        }

        using GZipStream gzip = new(file, CompressionLevel.SmallestSize, leaveOpen: true);
        SyntheticCapture.Write(gzip, options);
    }
}
