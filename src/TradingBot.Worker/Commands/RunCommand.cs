using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Dashboard;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>run</c>: the worker over real sockets, against a simulated Kraken on loopback.</summary>
internal static class RunCommand
{
    private const string Mark = "paper:simulated";

    private static readonly Option<string?> For = new("--for")
    {
        Description = "End after this time: 30s, 5m, 1h. Without it, run until stopped.",
    };

    private static readonly Option<long> MaxLoops = new("--max-loops")
    {
        Description = "End after this many turns of the worker's loop.",
        DefaultValueFactory = _ => long.MaxValue,
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of the simulated market.",
        DefaultValueFactory = _ => 1UL,
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder of the intent log.",
        DefaultValueFactory = _ => "data",
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port of the page on 127.0.0.1; 0 takes a free one.",
        DefaultValueFactory = _ => 8080,
    };

    private static readonly Option<bool> NoJournal = new("--no-journal")
    {
        Description = "Do not keep the journal of inputs from which replay can run the worker again.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "End with one JSON object." };

    public static Command Build()
    {
        Command command = new("run", "Trade on paper on a SIMULATED Kraken on this machine, with a page to look at.")
        {
            For, MaxLoops, Seed, Data, Port, NoJournal, Json,
        };
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
        if (!TryReadDuration(parsed.GetValue(For), out TimeSpan duration))
        {
            string text = parsed.GetValue(For)!;
            await Console.Error.WriteLineAsync($"--for '{text}' is not a time: 30s, 5m or 1h.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        string folder = parsed.GetValue(Data)!;
        try
        {
            Directory.CreateDirectory(folder);
            using DiskLogFile file = DiskLogFile.Open(Path.Combine(folder, "intents.log"), IntentLog.CapacityDefault);
            JournaledLogFile logFile = new(file);
            IntentLog? log = IntentLog.Open(logFile, Mark, out List<IntentRecord> recovered, out IntentLogFault fault);
            if (log is null)
            {
                await Console.Error.WriteLineAsync(Explain(folder, fault)).ConfigureAwait(false);
                return ExitCode.CheckFailed;
            }

            return await TradeAsync(parsed, duration, log, logFile, recovered).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(
                $"run cannot start: {fault.Message} Choose another --data or --port, or end the process that holds it.")
                .ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static async Task<int> TradeAsync(
        ParseResult parsed, TimeSpan duration, IntentLog log, JournaledLogFile logFile, List<IntentRecord> recovered)
    {
        uint epoch = 0;
        foreach (IntentRecord record in recovered) epoch = Math.Max(epoch, record.Epoch);
        using Interruption interruption = new();
        CircleOptions options = new()
        {
            // Busy enough that indicators are warm within seconds, with stops near enough to be seen firing.
            Venue = new VenueOptions { Seed = parsed.GetValue(Seed), Activity = 12 },
            Protection = new ProtectionOptions { StopDistancePpm = 1_000 },
        };
        await using LoopbackKraken venue =
            await LoopbackKraken.StartAsync(options.Venue, 0, interruption.Token).ConfigureAwait(false);
        VenueAddresses addresses = new(
            venue.RestUrl, venue.SpotPublicUrl, venue.UnifiedPublicUrl, venue.UnifiedPrivateUrl);
        await using SocketWire wire = new(addresses);
        JournalFolder? journals = parsed.GetValue(NoJournal) ? null : new JournalFolder(parsed.GetValue(Data)!);
        LiveRun run = new(options, wire, log, epoch + 1, "paper", "simulated", startNs => logFile.Journal =
            journals is null ? null
                : WorkerJournal.Begin(journals.Create(epoch + 1), options, log, epoch + 1, startNs, journals));
        using InputJournal? journal = run.Worker.Journal;
        await using StatusServer server =
            await StatusServer.StartAsync(run, parsed.GetValue(Port), interruption.Token).ConfigureAwait(false);
        string greeting = $"SIMULATED KRAKEN, paper money. Look at {server.Address}";
        await Console.Error.WriteLineAsync(greeting).ConfigureAwait(false);
        CancellationToken stop = interruption.Token;
        bool live = !Console.IsErrorRedirected;
        await Task.Factory.StartNew(
            () => run.Run(duration, parsed.GetValue(MaxLoops), live ? () => Show(run) : null, stop),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (live) await Console.Error.WriteLineAsync().ConfigureAwait(false);
        run.Worker.EndJournal();
        journal?.Dispose();
        if (journal is { Fault: not JournalFault.None }) await Console.Error.WriteLineAsync(Explain(journal))
            .ConfigureAwait(false);
        CircleFigures figures = new();
        figures.TakeIn(run.Worker);
        figures.TakeState(run.Worker);
        if (parsed.GetValue(Json)) WriteJson(run, figures, journals);
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

    private static void WriteJson(LiveRun run, CircleFigures figures, JournalFolder? journals)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("mode", "paper");
        json.WriteString("venue", "simulated");
        figures.Write(json);
        json.WriteNumber("fills", figures.Fills);
        json.WriteNumber("positions", figures.Open);
        json.WriteString("journal", journals?.Path);
        json.WriteNumber("journal_records_lost", run.Worker.Journal?.RecordsLost ?? 0);
        json.WriteNumber("elapsed_ms", Math.Round(run.Elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static string Explain(InputJournal journal) => string.Create(
        CultureInfo.InvariantCulture,
        $"The input journal broke ({journal.Fault}) and lacks {journal.RecordsLost} records: this run cannot be "
        + $"replayed beyond {DateTimeOffset.FromUnixTimeMilliseconds(journal.BrokenNs / 1_000_000):O}.");

    private static string Explain(string folder, IntentLogFault fault) => fault switch
    {
        IntentLogFault.WrongMark => $"{folder}/intents.log belongs to another mode or account: choose another --data.",
        IntentLogFault.NotALog => $"{folder}/intents.log is not an intent log: move it away, or choose another --data.",
        _ => $"{folder}/intents.log is damaged in the middle: move it away (never delete it) and start again.",
    };
}
