using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>run</c>: the worker over real sockets, as its configuration says.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> For = new("--for")
    {
        Description = "End after this time: 30s, 5m, 1h. Without it, run until stopped.",
    };

    private static readonly Option<long> MaxLoops = new("--max-loops")
    {
        Description = "End after this many turns of the worker's loop.",
        DefaultValueFactory = _ => long.MaxValue,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "End with one JSON object." };

    public static Command Build()
    {
        Command command = new("run", "Trade as configured; by default on paper, on a SIMULATED Kraken on this machine.")
        {
            For, MaxLoops, Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    internal static bool TryReadDuration(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.MaxValue;
        if (text is null) return true;
        double unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => 0 };
        bool isNumber = double.TryParse(
            text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double count);
        if (unit == 0 || !isNumber || count <= 0 || count * unit > 1e9) return false;
        duration = TimeSpan.FromSeconds(count * unit);
        return true;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (!TryReadDuration(parsed.GetValue(For), out TimeSpan duration))
        {
            string text = parsed.GetValue(For)!;
            await errors.WriteLineAsync($"--for '{text}' is not a time: 30s, 5m or 1h.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        EffectiveSettings effective = SettingsOptions.Read(parsed);
        if (effective.Faults.Count > 0)
        {
            await errors.WriteAsync(effective.Explain("run")).ConfigureAwait(false);
            return ExitCode.Configuration;
        }

        WorkerSettings settings = effective.Settings;
        if (RunComposition.NotBuilt(settings) is { } reason)
        {
            await errors.WriteLineAsync(reason).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        return await StartAsync(parsed, settings, duration).ConfigureAwait(false);
    }

    private static async Task<int> StartAsync(ParseResult parsed, WorkerSettings settings, TimeSpan duration)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string folder = settings.Storage.Folder;
        try
        {
            Directory.CreateDirectory(folder);
            using DiskLogFile file = DiskLogFile.Open(Path.Combine(folder, "intents.log"), IntentLog.CapacityDefault);
            IntentLog? log = IntentLog.Open(
                file, settings.Mark, out List<IntentRecord> recovered, out IntentLogFault fault);
            if (log is null)
            {
                await errors.WriteLineAsync(Explain(folder, settings.Mark, fault)).ConfigureAwait(false);
                return ExitCode.CheckFailed;
            }

            return await TradeAsync(parsed, settings, duration, log, recovered).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(
                $"run cannot start: {fault.Message} Choose another storage.url (--data) or admin.listen (--port), "
                + "or end the process that holds it.").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static async Task<int> TradeAsync(
        ParseResult parsed, WorkerSettings settings, TimeSpan duration, IntentLog log, List<IntentRecord> recovered)
    {
        uint epoch = 0;
        foreach (IntentRecord record in recovered) epoch = Math.Max(epoch, record.Epoch);
        using Interruption interruption = new();
        CancellationToken stop = interruption.Token;
        await using RunComposition built =
            await RunComposition.StartAsync(settings, log, epoch + 1, stop).ConfigureAwait(false);
        LiveRun run = built.Run;
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string greeting = $"{RunComposition.Greeting(settings)} Look at {built.Page}";
        await errors.WriteLineAsync(greeting).ConfigureAwait(false);
        bool live = !Console.IsErrorRedirected;
        await Task.Factory.StartNew(
            () => run.Run(duration, parsed.GetValue(MaxLoops), live ? () => Show(run) : null, stop),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (live) await errors.WriteLineAsync().ConfigureAwait(false);
        CircleFigures figures = new();
        figures.TakeIn(run.Worker);
        figures.TakeState(run.Worker);
        if (parsed.GetValue(Json)) WriteJson(settings, run, figures);
        return figures.Errors == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static void Show(LiveRun run)
    {
        using JsonDocument status = JsonDocument.Parse(run.Status);
        JsonElement s = status.RootElement;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"\r{s.GetProperty("uptime_seconds")} s  {s.GetProperty("frames")} frames  "
            + $"{s.GetProperty("signals")} signals  "
            + $"{s.GetProperty("orders")} orders  {s.GetProperty("fills")} fills  "
            + $"{s.GetProperty("positions_open")} open  ");
        Console.Error.Write(line);
    }

    private static void WriteJson(WorkerSettings settings, LiveRun run, CircleFigures figures)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", settings.ModeText);
        json.WriteString("venue", settings.Venue.KindText);
        figures.Write(json);
        json.WriteNumber("fills", figures.Fills);
        json.WriteNumber("positions", figures.Open);
        json.WriteNumber("elapsed_ms", Math.Round(run.Elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static string Explain(string folder, string mark, IntentLogFault fault) => fault switch
    {
        IntentLogFault.WrongMark => $"{folder}/intents.log belongs to another mode or account than {mark}: "
            + "choose another storage.url (--data).",
        IntentLogFault.NotALog => $"{folder}/intents.log is not an intent log: move it away, "
            + "or choose another storage.url (--data).",
        _ => $"{folder}/intents.log is damaged in the middle: move it away (never delete it) and start again.",
    };
}
