using System;
using System.CommandLine;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Capture;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>capture</c>: what a recording holds, whether it is whole, and its contents as text.</summary>
internal static class CaptureCommand
{
    private static readonly Argument<string> Path = new("PATH")
    {
        Description = "A folder that record wrote, or one segment (.tbc) of it.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output." };

    private static readonly Option<ExportForm> Form = new("--format")
    {
        Description = "envelope (all that the engine was told; its replay ends in the same state) or tardis (frames).",
    };

    private static readonly Option<string> DialectOption = new("--dialect")
    {
        Description = "Only of this protocol: all, spot-v2, unified or futures-v1.",
        DefaultValueFactory = _ => "all",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "The file to write; without it standard output.",
    };

    public static Command Build()
    {
        DialectOption.AcceptOnlyFromAmong("all", "spot-v2", "unified", "spot-v1", "futures-v1");
        Command info = new("info", "What a recording holds.") { Path, Json };
        info.SetAction(parsed => Audit(parsed, books: false));
        Command verify = new("verify", "Check every checksum, number and hash, and the books that the frames make.")
        {
            Path, Json,
        };
        verify.SetAction(parsed => Audit(parsed, books: true));
        Command cat = new("cat", "Every record, one line of JSON each.") { Path, Json };
        cat.SetAction(Cat);
        Command export = new("export", "Write it as text, for replay and for others.")
        {
            Path, Form, DialectOption, Out, Json,
        };
        export.SetAction(Export);
        return new Command("capture", "Look at, check and export recordings.") { info, verify, cat, export };
    }

    private static int Audit(ParseResult parsed, bool books)
    {
        string path = parsed.GetValue(Path)!;
        CaptureAudit? audit = CaptureAudit.Of(path, out string error);
        if (audit is null) return Unusable(parsed, path, error);
        if (books && audit.Faults.Count == 0) audit.VerifyBooks(path);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            using MemoryStream line = new();
            using (Utf8JsonWriter json = new(line)) audit.Write(json);
            output.WriteLine(System.Text.Encoding.UTF8.GetString(line.ToArray()));
        }
        else
        {
            foreach (string line in audit.Lines()) output.WriteLine(line);
        }

        return audit.Faults.Count == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static int Cat(ParseResult parsed)
    {
        string path = parsed.GetValue(Path)!;
        using RecordingReader? reader = RecordingReader.Open(path, out string error);
        if (reader is null) return Unusable(parsed, path, error);
        using Stream output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        using Utf8JsonWriter json = new(
            output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        try
        {
            while (reader.TryRead(out CaptureRecord record))
            {
                CaptureWords.Write(json, in record);
                json.Flush();
                json.Reset();
                output.Write("\n"u8);
            }

            output.Flush();
        }
        catch (IOException)
        {
            // Whoever reads has seen enough: cat FILE | head.
            return ExitCode.Ok;
        }

        if (reader.Fault.Length == 0) return ExitCode.Ok;
        parsed.InvocationConfiguration.Error.WriteLine(reader.Fault);
        return ExitCode.CheckFailed;
    }

    private static int Export(ParseResult parsed)
    {
        string path = parsed.GetValue(Path)!;
        string? file = parsed.GetValue(Out);
        TextWriter errors = parsed.InvocationConfiguration.Error;
        using CaptureReader reader = CaptureReader.Open(path);
        if (reader.Format != CaptureFormat.Segments)
        {
            return Unusable(parsed, path, reader.Fault?.Message ?? "It is text already: replay reads it as it is.");
        }

        long lines;
        string error;
        try
        {
            using Stream output = file is null ? new BufferedStream(Console.OpenStandardOutput(), 1 << 16)
                : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
            Dialect only = DialectNames.Of(parsed.GetValue(DialectOption)!);
            lines = CaptureExport.Write(reader, parsed.GetValue(Form), only, output, out error);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine($"--out {file}: it cannot be written: {fault.Message} Choose another path.");
            return ExitCode.Unreachable;
        }

        if (parsed.GetValue(Json) && file is not null)
        {
            string json = FormattableString.Invariant($"{{\"mode\":\"export\",\"lines\":{lines}}}");
            parsed.InvocationConfiguration.Output.WriteLine(json);
        }

        if (error.Length == 0) return ExitCode.Ok;
        errors.WriteLine(error);
        return ExitCode.CheckFailed;
    }

    private static int Unusable(ParseResult parsed, string path, string error)
    {
        parsed.InvocationConfiguration.Error.WriteLine($"capture cannot read {path}: {error}");
        return ExitCode.Usage;
    }
}
