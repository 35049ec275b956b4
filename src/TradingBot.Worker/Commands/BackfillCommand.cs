using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>backfill</c>: history of the universe, or of named symbols, into the store.</summary>
internal static class BackfillCommand
{
    private const long NanosPerTick = 100;

    private static readonly Argument<string[]> Symbols = new("SYMBOL")
    {
        Description = "Fetch only these, by any name: BTC/USD, XBTUSD, PF_XBTUSD. Without any: the universe.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Timeframes = new("--timeframes")
    {
        Description = "As 15m,1h,1d; without it those of history.age_max (with --archive 1h,1d).",
    };

    private static readonly Option<string?> Since = new("--since")
    {
        Description = "How far back, as 2024-01-01. Without it the last 720 bars; beyond those every bar of spot is "
            + "rebuilt from its trades, a page of 1,000 in 1.5 s.",
    };

    private static readonly Option<bool> Archive = new("--archive")
    {
        Description = "Instead: all funding rates and charts (trades, mark, index) of the contracts. Kraken announces "
            + "no source for them after 2027-03-01.",
    };

    public static Command Build()
    {
        Command command = new("backfill", "Fetch bars of Kraken into the store; goes on where it was ended.")
        {
            Symbols, Timeframes, Since, Archive,
        };
        HistoryOptions.AddTo(command, asks: true);
        command.SetAction(InvokeAsync);
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (HistoryOptions.Read(parsed, "backfill", out int exitCode) is not var (settings, place)) return exitCode;
        TextWriter errors = parsed.InvocationConfiguration.Error;
        bool isArchive = parsed.GetValue(Archive);
        if (!TryRead(parsed, settings, isArchive, out BackfillOptions? options, out string error))
        {
            await errors.WriteLineAsync($"backfill: {error}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        CandleOpening opening = CandleStore.Open(place.Store, TimeProvider.System);
        if (opening.Fault is { } fault)
        {
            await errors.WriteLineAsync($"backfill: {fault.Text}").ConfigureAwait(false);
            return fault.Kind == StoreFaultKind.Unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
        }

        using CandleStore candles = opening.Store!;
        using HistoryStore store = new(candles);
        if (store.WhyNotOf(place.Origin) is { } other)
        {
            await errors.WriteLineAsync($"backfill: {place.Store.Text} {other}").ConfigureAwait(false);
            return ExitCode.CheckFailed;
        }

        using Interruption interruption = new();
        try
        {
            return await FetchAsync(parsed, settings, place, store, options!, isArchive, interruption.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("backfill: interrupted before anything was fetched").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"backfill: {unusable.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static async Task<int> FetchAsync(
        ParseResult parsed, WorkerSettings settings, HistoryPlace place, HistoryStore store, BackfillOptions options,
        bool isArchive, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        UniverseState state = UniverseFile.Load(place.UniversePath, out string warning);
        if (warning.Length > 0) await errors.WriteLineAsync($"backfill: {warning}").ConfigureAwait(false);
        FailureFile failures = new(place.FailuresPath);
        HistoryConsole console = new(TimeProvider.System);
        using PublicRest rest = new(place.Rest, TimeProvider.System, failures.Add);
        IReadOnlyCollection<string> held = HeldSymbols.In(settings.Storage, out warning);
        if (warning.Length > 0) await errors.WriteLineAsync($"backfill: {warning}").ConfigureAwait(false);
        HistoryRun run = new(rest, store, HistoryOptions.UniverseOf(settings), options, held);
        string[] symbols = parsed.GetValue(Symbols) ?? [];
        BackfillReport report = new(place, store, failures, rest, parsed.GetValue(HistoryOptions.Json), errors);
        if (isArchive)
        {
            (state, ImmutableArray<InstrumentSpec> contracts, string fault) =
                await run.ContractsAsync(state, symbols, stop).ConfigureAwait(false);
            UniverseFile.Save(place.UniversePath, state);
            if (fault.Length > 0) return await report.RefuseAsync(fault).ConfigureAwait(false);
            HistoryArchive archive = new(
                rest, store, place.FundingFolder, options.Timeframes, options.SinceNs!.Value, console.Show);
            IReadOnlyList<ArchiveReport> kept = await archive.RunAsync(contracts, stop).ConfigureAwait(false);
            console.End();
            if (!stop.IsCancellationRequested)
            {
                report.Fees = await new FeeArchive(settings, place, failures).KeepAsync(state, stop)
                    .ConfigureAwait(false);
            }

            return await report.TellAsync(kept, contracts.Length, stop.IsCancellationRequested).ConfigureAwait(false);
        }

        HistoryOutcome outcome = await run.RunAsync(state, symbols, console.Show, stop).ConfigureAwait(false);
        console.End();
        UniverseFile.Save(place.UniversePath, outcome.State);
        return await report.TellAsync(outcome, symbols.Length > 0, stop.IsCancellationRequested).ConfigureAwait(false);
    }

    private static bool TryRead(
        ParseResult parsed, WorkerSettings settings, bool isArchive, out BackfillOptions? options, out string error)
    {
        options = null;
        error = "";
        List<Timeframe> timeframes = [.. settings.Freshness.Limits.Select(limit => limit.Timeframe)];
        string text = parsed.GetValue(Timeframes) ?? (isArchive ? "1h,1d" : "");
        if (text.Length > 0)
        {
            timeframes.Clear();
            foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
            {
                if (!SpotReader.Timeframes.Contains(item) || !Timeframe.TryParse(item, out Timeframe timeframe))
                {
                    error = $"--timeframes '{item}' is not one of {string.Join(", ", SpotReader.Timeframes)}.";
                    return false;
                }

                if (!timeframes.Contains(timeframe)) timeframes.Add(timeframe);
            }
        }

        foreach (Timeframe timeframe in timeframes.Where(one => !SpotReader.Timeframes.Contains(one.ToString())))
        {
            error = $"history.age_max names {timeframe}, which Kraken does not keep: give --timeframes, or change it.";
            return false;
        }

        long? sinceNs = null;
        string? since = parsed.GetValue(Since) ?? (isArchive ? "2018-01-01" : null);
        if (since is not null)
        {
            bool isDate = DateTimeOffset.TryParse(
                since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date);
            if (!isDate || date.Year < 2010 || date.Year > 2100)
            {
                error = $"--since '{since}' is no date since 2010, as 2024-01-01 or 2024-01-01T12:00Z.";
                return false;
            }

            sinceNs = (date - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
        }

        options = new BackfillOptions { Timeframes = [.. timeframes.Order()], SinceNs = sinceNs };
        return true;
    }
}
