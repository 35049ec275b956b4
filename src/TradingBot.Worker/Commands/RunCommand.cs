using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;
using TradingBot.Worker.History;
using TradingBot.Worker.Operator;
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

    private static readonly Option<bool> NoJournal = new("--no-journal")
    {
        Description = "Do not keep the journal of inputs from which replay can run the worker again.",
    };

    private static readonly Option<string?> Script = new("--script")
    {
        Description = "A YAML list of acts (enter, move_stop, exit, halt, resume) at their times; venues of this "
            + "machine only.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "End with one JSON object." };

    public static Command Build()
    {
        Command command = new("run", "Trade as configured; by default on paper, on a SIMULATED Kraken on this machine.")
        {
            For, MaxLoops, NoJournal, Script, Json,
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

        foreach (string notice in effective.Notices) await errors.WriteLineAsync(notice).ConfigureAwait(false);
        if (parsed.GetValue(Script) is not { } path)
        {
            return await StartAsync(parsed, effective.Settings, duration, null).ConfigureAwait(false);
        }

        string error = ScriptStart.Refusal(effective.Settings) is { } refusal ? "run cannot start: " + refusal : "";
        ScriptRun? script = null;
        if (error.Length == 0)
        {
            script = ScriptStart.Read(path, effective.Settings, result => Tell(errors, result), out error);
        }

        if (script is null)
        {
            await errors.WriteLineAsync(error).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        WorkerSettings scripted = ScriptStart.Prepare(effective);
        await errors.WriteLineAsync(ScriptStart.Notice(path, script, scripted)).ConfigureAwait(false);
        return await StartAsync(parsed, scripted, duration, script).ConfigureAwait(false);
    }

    /// <summary>Runs on: the worker's thread, while nobody else writes there.</summary>
    private static void Tell(TextWriter errors, ScriptResult result)
    {
        if (!Console.IsErrorRedirected) errors.WriteLine();
        errors.WriteLine(ScriptStart.Line(result));
    }

    private static async Task<int> StartAsync(
        ParseResult parsed, WorkerSettings settings, TimeSpan duration, ScriptRun? script)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string folder = settings.Storage.Folder;
        try
        {
            AccountMark mark = AccountMark.Parse(settings.Mark);
            using DataFolder? data = DataFolder.Open(settings.Storage, mark, out string error, out int exitCode);
            if (data is not null)
            {
                return await TradeAsync(parsed, settings, duration, data, script).ConfigureAwait(false);
            }

            await errors.WriteLineAsync($"run cannot start: {error}").ConfigureAwait(false);
            return exitCode;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(
                $"run cannot start: {fault.Message} Choose another storage.url (--data) or admin.listen (--port), "
                + "or end the process that holds it.").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
        catch (InvalidDataException fault)
        {
            await errors.WriteLineAsync($"run cannot start: {fault.Message}").ConfigureAwait(false);
            return ExitCode.CheckFailed;
        }
    }

    private static async Task<int> TradeAsync(
        ParseResult parsed, WorkerSettings settings, TimeSpan duration, DataFolder data, ScriptRun? script)
    {
        uint epoch = 0;
        foreach (IntentRecord record in data.Recovered) epoch = Math.Max(epoch, record.Epoch);
        using Interruption interruption = new();
        CancellationToken stop = interruption.Token;
        bool keepsJournal = !parsed.GetValue(NoJournal);
        TextWriter errors = TextWriter.Synchronized(parsed.InvocationConfiguration.Error);
        using LeaseKeeper? lease = TakeLease(settings, epoch + 1, out StoreFault? held);
        if (lease is null) return await RefuseAsync(errors, held!).ConfigureAwait(false);
        if (data.Notice.Length > 0) await errors.WriteLineAsync(data.Notice).ConfigureAwait(false);
        await using RunComposition built =
            await RunComposition.StartAsync(
                settings, data, epoch + 1, keepsJournal, stop, script, errors.WriteLine, lease).ConfigureAwait(false);
        LiveRun run = built.Run;
        string greeting = $"{RunComposition.Greeting(settings)} Look at {built.Page}";
        await errors.WriteLineAsync(greeting).ConfigureAwait(false);
        if (built.OperatorFault.Length > 0)
        {
            await errors.WriteLineAsync($"No halt from outside: {built.OperatorFault}.").ConfigureAwait(false);
        }

        await TellAsync(errors, run.MarketHistory!.Universe).ConfigureAwait(false);
        if (run.Worker.Halt is { } halt) await errors.WriteLineAsync(HaltLine(halt)).ConfigureAwait(false);
        bool live = !Console.IsErrorRedirected;
        ClockLine clock = new(errors);
        await Task.Factory.StartNew(
            () => run.Run(duration, parsed.GetValue(MaxLoops), Show, stop),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (live) await errors.WriteLineAsync().ConfigureAwait(false);
        run.Worker.EndJournal();
        built.Journal?.Dispose();
        built.Capture?.End(run.NowNs);
        if (built.Journal is { Fault: not JournalFault.None } journal)
        {
            await errors.WriteLineAsync(Explain(journal)).ConfigureAwait(false);
        }

        if (built.Capture is { } capture && (capture.RecordsLost > 0 || capture.Fault is not null))
        {
            await errors.WriteLineAsync(
                $"The recording {capture.Recording} lacks {capture.RecordsLost} records; {CaptureNames.Ledger} beside "
                + $"it says when. {capture.Fault}").ConfigureAwait(false);
        }

        if (script is { IsDone: false })
        {
            string began = script.ReadyNs == 0 ? " The script never began: account or books were not ready." : "";
            int open = script.Acts.Count - script.Results.Count;
            await errors.WriteLineAsync($"The run ended before {open} of {script.Acts.Count} acts were due.{began}")
                .ConfigureAwait(false);
        }

        string? behind = data.Store.Finish();
        CircleFigures figures = new();
        figures.TakeIn(run.Worker);
        figures.TakeState(run.Worker);
        if (parsed.GetValue(Json)) WriteJson(settings, built, figures, data.Store);
        if (behind is null) return figures.Errors == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
        string words = $"The database fell behind the intent log, and the next start catches up: {behind}";
        await errors.WriteLineAsync(words).ConfigureAwait(false);
        return ExitCode.Unreachable;

        void Show()
        {
            clock.Look(run.Worker.Clock);
            if (live) StatusLine.Show(run.Status, Console.Error);
        }
    }

    /// <summary>The folder's log is ours already: a lease is for whoever is elsewhere, or slept.</summary>
    private static LeaseKeeper? TakeLease(WorkerSettings settings, uint epoch, out StoreFault? fault)
    {
        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        string owner = LeaseKeeper.OwnerOf(settings.Storage.Folder);
        AccountLease? lease =
            AccountLease.Take(settings.Storage.State, owner, epoch, settings.LeaseNs, nowNs, out fault);
        return lease is null ? null : new LeaseKeeper(lease, TimeSpan.FromTicks(settings.LeaseNs / 100));
    }

    private static async Task<int> RefuseAsync(TextWriter errors, StoreFault fault)
    {
        await errors.WriteLineAsync($"run cannot start: {fault.Text}").ConfigureAwait(false);
        return fault.Kind switch
        {
            StoreFaultKind.Held => ExitCode.Held,
            StoreFaultKind.Unreachable => ExitCode.Unreachable,
            _ => ExitCode.CheckFailed,
        };
    }

    private static async Task TellAsync(TextWriter errors, RunUniverse universe)
    {
        foreach (string warning in universe.Warnings) await errors.WriteLineAsync(warning).ConfigureAwait(false);
        if (universe.Line.Length > 0) await errors.WriteLineAsync(universe.Line).ConfigureAwait(false);
    }

    private static string HaltLine(HaltLatch halt) => string.Create(
        CultureInfo.InvariantCulture,
        $"HALTED since {DateTimeOffset.FromUnixTimeMilliseconds(halt.SinceNs / 1_000_000):O}: {halt.Why}. "
        + $"No entries until 'tradingbot resume --reason …'.");

    private static void WriteJson(
        WorkerSettings settings, RunComposition built, CircleFigures figures, StoreWriter store)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", settings.ModeText);
        json.WriteString("venue", settings.Venue.KindText);
        figures.Write(json);
        json.WriteNumber("fills", figures.Fills);
        json.WriteNumber("positions", figures.Open);
        json.WriteBoolean("halted", built.Run.Worker.Halt is not null);
        json.WriteString("halt_reason", built.Run.Worker.Halt?.Why);
        built.Run.Script?.Write(json);
        WorkerStatus.WriteStore(json, store);
        json.WriteString("journal", built.JournalPath);
        json.WriteNumber("journal_records_lost", built.Journal?.RecordsLost ?? 0);
        WorkerStatus.WriteCapture(json, built.Capture);
        json.WriteNumber("warm_up_ms", Math.Round(WarmUp.Taken.TotalMilliseconds, 3));
        json.WriteNumber("allocated_bytes", built.Run.AllocatedBytes);
        json.WriteNumber("collections", built.Run.Collections);
        json.WriteNumber("elapsed_ms", Math.Round(built.Run.Elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static string Explain(InputJournal journal) => string.Create(
        CultureInfo.InvariantCulture,
        $"The input journal broke ({journal.Fault}) and lacks {journal.RecordsLost} records: this run cannot be "
        + $"replayed beyond {DateTimeOffset.FromUnixTimeMilliseconds(journal.BrokenNs / 1_000_000):O}.");
}
