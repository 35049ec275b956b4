using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Market.Bars;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>replay</c>: captures through the engine.</summary>
internal static class ReplayCommand
{
    /// <summary>Bars of a replay, and of a recording, so that both come to the same state.</summary>
    internal const string DefaultTimeframes = "1s,1m,5m";

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Captures, plain or gzip; '-' reads standard input. Several are one stream in the order given. "
            + "Segments and folders of record (.tbc), several in one order of time. "
            + "Or one input journal (.tbj) of run or simulate: the whole worker runs again.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    private static readonly Option<string?> Bars = new("--bars") { Description = "Write bars to this CSV file." };

    private static readonly Option<bool> FillEmpty = new("--fill-empty")
    {
        Description = "With --bars: also write intervals without trades (previous close, no volume).",
    };

    private static readonly Option<string> Timeframes = new("--timeframes")
    {
        Description = "Bar series: timeframes (1s … 1w) and rules (tick:100, volume:5, notional:10000, imbalance:2.5).",
        DefaultValueFactory = _ => DefaultTimeframes,
    };

    private static readonly Option<string> Speed = new("--speed")
    {
        Description = "max, or a multiple of recorded time (1, 10).",
        DefaultValueFactory = _ => "max",
    };

    private static readonly Option<TopologyKind> Topologies = new("--topology")
    {
        Description = "Where the stages run: inline (one thread), ring (two), fanout (one per stage).",
    };

    private static readonly Option<WaitKind> Wait = new("--wait")
    {
        Description = "How threads wait in ring and fanout: spin (a core each), yield or park.",
        DefaultValueFactory = _ => WaitKind.Yield,
    };

    private static readonly Option<int?> HashTrace = new("--hash-trace")
    {
        Description = "Print the state hash every 2^K frames (standard error), to find where two runs part.",
    };

    private static readonly Option<int> Depth = new("--depth")
    {
        Description = "Book depth where no acknowledgement tells it: 10, 25, 100, 500 or 1000.",
    };

    private static readonly Option<string[]> Precision = new("--precision")
    {
        Description = "SYMBOL=p,q: decimals of price and quantity, for captures whose numbers lost their zeros.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> Merge = new("--merge")
    {
        Description = "Interleave the files by receive time.",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "Line format: auto, envelope, raw, rfc3339 or seconds.",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> DialectOption = new("--dialect")
    {
        Description = "Protocol: auto, spot-v2, unified, spot-v1 or futures-v1.",
        DefaultValueFactory = _ => "auto",
    };

    public static Command Build()
    {
        Depth.AcceptOnlyFromAmong("0", "10", "25", "100", "500", "1000");
        Format.AcceptOnlyFromAmong("auto", "envelope", "raw", "rfc3339", "seconds");
        DialectOption.AcceptOnlyFromAmong("auto", "spot-v2", "unified", "spot-v1", "futures-v1");
        HashTrace.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is not (< 0 or > 40)) return;
            result.AddError("--hash-trace takes an exponent of 0 to 40.");
        });
        Command command = new("replay", "Run captured Kraken feeds through the engine, as fast as it can.")
        {
            Files, Json, Bars, FillEmpty, Timeframes, Speed, Topologies, Wait, HashTrace, Depth, Precision, Merge,
            Format, DialectOption,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string[] files = parsed.GetValue(Files)!;
        if (JournalVerb.IsAsked(files)) return JournalVerb.Invoke(files, parsed.GetValue(Json), OtherThanJson(parsed));
        if (!TryReadOptions(parsed, out ReplayOptions? options, out string error))
        {
            Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }

        if (!Topology.IsRunnable(options.Topology, options.Wait, out error))
        {
            Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }

        using Interruption interruption = new();
        using ReplaySource source = ReplaySource.Open(options);
        ReplayRun run = new(options);
        BarCsv? csv = null;
        Func<BarStage, IEventHandler>? barReader = null;
        if (options.BarsFile is not null)
        {
            if (!TryCreate(options.BarsFile, out FileStream? file, out error))
            {
                Console.Error.WriteLine(error);
                return ExitCode.Usage;
            }

            barReader = stage => csv = new BarCsv(stage, run.Symbols, file, options.FillEmptyBars);
        }

        run.MakeReady();
        ReplayConsole console = new(options, source);
        try
        {
            console.Run(progressed => run.Execute(source, barReader, console.Trace(), progressed, interruption.Token));
            csv?.Finish();
        }
        finally
        {
            csv?.Dispose();
        }

        console.Report(run);
        return ExitCodeOf(run);
    }

    /// <summary>The first option given that is not --json.</summary>
    private static string? OtherThanJson(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>()
        .FirstOrDefault(result => !result.Implicit && result.Option != Json)?.Option.Name;

    private static int ExitCodeOf(ReplayRun run) => run switch
    {
        { Fault.Kind: CaptureFaultKind.CannotOpen or CaptureFaultKind.NotACapture or CaptureFaultKind.NoReceiveTime } =>
            ExitCode.Usage,
        { Fault: not null } => ExitCode.CheckFailed,
        { Interrupted: true } => ExitCode.Interrupted,
        _ => ExitCode.Ok,
    };

    private static bool TryCreate(string path, [NotNullWhen(true)] out FileStream? file, out string error)
    {
        try
        {
            file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
            error = "";
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            file = null;
            error = $"--bars {path}: the file cannot be written: {fault.Message} Choose another path.";
            return false;
        }
    }

    private static bool TryReadOptions(
        ParseResult parsed, [NotNullWhen(true)] out ReplayOptions? options, out string error)
    {
        options = null;
        if (!TryReadPlan(parsed.GetValue(Timeframes)!, out BarPlan? plan, out error)
            || !TryReadPrecisions(parsed.GetValue(Precision) ?? [], out ScaleOverride[] precisions, out error)
            || !TryReadSpeed(parsed.GetValue(Speed)!, out double speed, out error))
        {
            return false;
        }

        string[] files = InOrder(parsed.GetValue(Files)!);
        options = new ReplayOptions
        {
            Files = files,
            Format = FormatOf(parsed.GetValue(Format)!),
            Dialect = DialectOf(parsed.GetValue(DialectOption)!),
            Topology = parsed.GetValue(Topologies),
            Wait = parsed.GetValue(Wait),
            Bars = plan,
            Precisions = precisions,
            Depth = parsed.GetValue(Depth),
            Speed = speed,
            Merge = parsed.GetValue(Merge) || AreRecordings(files),
            HashTraceExponent = parsed.GetValue(HashTrace) ?? -1,
            BarsFile = parsed.GetValue(Bars),
            FillEmptyBars = parsed.GetValue(FillEmpty),
            Json = parsed.GetValue(Json),
        };
        return true;
    }

    /// <summary>Several recordings are one stream in the order of time.</summary>
    private static bool AreRecordings(string[] files) => files.Length > 1 && files.All(CaptureNames.IsRecording);

    /// <summary>Segments that are named one by one come in the order of their names, which is that of time.</summary>
    private static string[] InOrder(string[] files) =>
        AreRecordings(files) ? [.. files.OrderBy(Path.GetFileName, StringComparer.Ordinal)] : files;

    /// <summary>Timeframes and rules in any order; timeframes are sorted, a repeated one counts once.</summary>
    internal static bool TryReadPlan(
        string text, [NotNullWhen(true)] out BarPlan? plan, out string error)
    {
        plan = null;
        SortedSet<Timeframe> timeframes = [];
        List<BarRule> rules = [];
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Timeframe.TryParse(word, out Timeframe timeframe)) timeframes.Add(timeframe);
            else if (BarRule.TryParse(word, out BarRule rule)) rules.Add(rule);
            else
            {
                error = $"--timeframes '{word}' is neither a timeframe (1s, 5m, 1h, 1d, 1w: "
                    + "a part of a day or whole days) nor a rule (tick:100, volume:5, notional:10000, imbalance:2.5).";
                return false;
            }
        }

        if (timeframes.Count + rules.Count is 0 or > BarPlan.SeriesMax)
        {
            error = $"--timeframes takes 1 to {BarPlan.SeriesMax} series, given were {timeframes.Count + rules.Count}.";
            return false;
        }

        Timeframe[] sorted = [.. timeframes];
        plan = new BarPlan(sorted, [.. rules]);
        error = "";
        return true;
    }

    private static bool TryReadPrecisions(string[] texts, out ScaleOverride[] precisions, out string error)
    {
        precisions = new ScaleOverride[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            int equals = texts[i].LastIndexOf('=');
            string[] numbers = equals > 0 ? texts[i][(equals + 1)..].Split(',') : [];
            if (numbers.Length != 2
                || !TryReadDecimals(numbers[0], out byte price)
                || !TryReadDecimals(numbers[1], out byte quantity))
            {
                error = $"--precision '{texts[i]}' is not SYMBOL=p,q with decimals of 0 to 18, as in BTC/USD=1,8.";
                return false;
            }

            precisions[i] = new ScaleOverride(Encoding.UTF8.GetBytes(texts[i][..equals]), price, quantity);
        }

        error = "";
        return true;
    }

    private static bool TryReadDecimals(string text, out byte decimals) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out decimals)
        && decimals <= Pow10.DecimalsMax;

    internal static bool TryReadSpeed(string text, out double speed, out string error)
    {
        speed = 0;
        error = "";
        if (text == "max") return true;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out speed) && speed > 0) return true;
        error = $"--speed '{text}' is neither 'max' nor a number above zero.";
        return false;
    }

    private static CaptureFormat FormatOf(string name) => name switch
    {
        "envelope" => CaptureFormat.Envelope,
        "raw" => CaptureFormat.Raw,
        "rfc3339" => CaptureFormat.Rfc3339Stamped,
        "seconds" => CaptureFormat.SecondsStamped,
        _ => CaptureFormat.Auto,
    };

    private static Dialect DialectOf(string name) => name switch
    {
        "spot-v2" => Dialect.SpotV2,
        "unified" => Dialect.Unified,
        "spot-v1" => Dialect.SpotV1,
        "futures-v1" => Dialect.FuturesV1,
        _ => Dialect.None,
    };
}
