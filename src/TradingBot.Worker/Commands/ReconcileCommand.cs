using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>reconcile</c>: what a start would find at the venue, and what it would do about it.</summary>
internal static class ReconcileCommand
{
    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Send what protects: stops, and cancels of entries. Without it nothing is sent.",
    };

    private static readonly Option<string?> For = new("--for")
    {
        Description = "Give up after this time: 30s, 5m. 2m without it.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new(
            "reconcile", "Look at the account twice and say what differs and what would be sent; --apply protects it.")
        {
            Apply, For, Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (!RunCommand.TryReadDuration(parsed.GetValue(For) ?? "2m", out TimeSpan most))
        {
            await errors.WriteLineAsync($"--for '{parsed.GetValue(For)}' is not a time: 30s, 5m or 1h.")
                .ConfigureAwait(false);
            return ExitCode.Usage;
        }

        EffectiveSettings effective = SettingsOptions.Read(parsed);
        if (effective.Faults.Count > 0)
        {
            await errors.WriteAsync(effective.Explain("reconcile")).ConfigureAwait(false);
            return ExitCode.Configuration;
        }

        WorkerSettings settings = effective.Settings;
        string? refusal = settings.Venue.Addresses is null
            ? "the simulated Kraken of this configuration lives only while run does: give the venue's addresses"
            : settings.FillsOnPaper ? "on paper the account is a file of the data folder, which run alone reads" : null;
        if (refusal is not null)
        {
            await errors.WriteLineAsync($"reconcile cannot look: {refusal}.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            return parsed.GetValue(Apply)
                ? await ApplyAsync(parsed, settings, most).ConfigureAwait(false)
                : await LookAsync(parsed, settings, most, NoLog(settings), epoch: 1, applies: false)
                    .ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"reconcile: {fault.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    /// <summary>As a start: it owns the folder, and its orders carry an epoch of their own.</summary>
    private static async Task<int> ApplyAsync(ParseResult parsed, WorkerSettings settings, TimeSpan most)
    {
        AccountMark mark = AccountMark.Parse(settings.Mark);
        using DataFolder? data = DataFolder.Open(settings.Storage, mark, out string error, out int exitCode);
        if (data is null)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"reconcile --apply: {error}")
                .ConfigureAwait(false);
            return exitCode;
        }

        uint epoch = 0;
        foreach (IntentRecord record in data.Recovered) epoch = Math.Max(epoch, record.Epoch);
        int code = await LookAsync(parsed, settings, most, data.Log, epoch + 1, applies: true).ConfigureAwait(false);
        data.Store.Finish();
        return code;
    }

    /// <summary>A look that sends nothing leaves nothing behind either.</summary>
    private static IntentLog NoLog(WorkerSettings settings) =>
        IntentLog.Open(new MemoryLogFile(), settings.Mark, out _, out IntentLogFault fault)
            ?? throw new IOException($"a log in memory: {fault}");

    private static async Task<int> LookAsync(
        ParseResult parsed, WorkerSettings settings, TimeSpan most, IntentLog log, uint epoch, bool applies)
    {
        CircleOptions options = RunComposition.OptionsOf(settings) with { DryRun = !applies };
        using Interruption interruption = new();
        CancellationToken stop = interruption.Token;
        SocketWire wire = new(settings.Venue.Addresses!);
        await using ConfiguredAsyncDisposable closing = wire.ConfigureAwait(false);
        ReconcileLook look = new(options, wire, log, epoch);
        await Task.Factory.StartNew(
            () => look.Run(most, applies, stop), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        List<DifferenceLine> lines = look.Lines();
        if (parsed.GetValue(Json)) WriteJson(look, lines, applies);
        else await WriteTextAsync(parsed.InvocationConfiguration.Output, look, lines, applies).ConfigureAwait(false);
        if (look.IsComplete) return look.Unprotected == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
        await parsed.InvocationConfiguration.Error.WriteLineAsync(
            "reconcile: two complete looks did not come in time: are address and key right, and is the venue open? "
            + "--for gives it longer.").ConfigureAwait(false);
        return stop.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Unreachable;
    }

    private static async Task WriteTextAsync(
        TextWriter output, ReconcileLook look, List<DifferenceLine> lines, bool applies)
    {
        foreach (DifferenceLine line in lines)
        {
            await output.WriteLineAsync(
                $"{line.Rule} {line.Symbol} {line.Field}: ours {line.Ours}, venue {line.Venue}: {line.Action}")
                .ConfigureAwait(false);
        }

        string verb = applies ? "sent" : "would send";
        foreach (string order in look.Orders) await output.WriteLineAsync($"{verb}: {order}").ConfigureAwait(false);
        await output.WriteLineAsync(
            $"{look.Open} positions, {look.Unprotected} without a whole stop; {lines.Count} differences.")
            .ConfigureAwait(false);
    }

    private static void WriteJson(ReconcileLook look, List<DifferenceLine> lines, bool applies)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteBoolean("complete", look.IsComplete);
        json.WriteBoolean("applied", applies);
        json.WriteNumber("positions", look.Open);
        json.WriteNumber("unprotected", look.Unprotected);
        json.WriteStartArray("differences");
        foreach (DifferenceLine line in lines) Differences.Write(json, line);
        json.WriteEndArray();
        json.WriteStartArray("orders");
        foreach (string order in look.Orders) json.WriteStringValue(order);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }
}
