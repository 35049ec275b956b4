using System;
using System.Globalization;
using Spectre.Console;
using TradingBot.Market.Book;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Replay;

/// <summary>What a person sees of a replay: a progress bar while it runs, tables when it is over.</summary>
/// <remarks>Progress, traces and faults go to standard error; standard output holds the result alone.</remarks>
internal sealed class ReplayConsole(ReplayOptions options, ReplaySource source)
{
    /// <summary>Runs the work, with a progress bar when standard error is a terminal.</summary>
    public void Run(Action<Action?> work)
    {
        if (Console.IsErrorRedirected)
        {
            work(null);
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("replay");
                task.IsIndeterminate = source.Progress.Total is null;
                work(() =>
                {
                    (long read, long? total) = source.Progress;
                    if (total is > 0) task.Value = 100.0 * read / total.Value;
                });
                task.Value = 100;
            });
    }

    /// <summary>Prints traced hashes; null when no trace is asked for.</summary>
    public Action<long, string>? Trace() => options.HashTraceExponent < 0
        ? null
        : (frames, hash) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{frames} {hash}"));

    public void Report(ReplayRun run)
    {
        if (run.Fault is { } fault) Console.Error.WriteLine($"replay stopped: {fault}");
        if (options.Json)
        {
            using System.IO.Stream output = Console.OpenStandardOutput();
            ReplayReport.WriteJson(run, options, output);
            return;
        }

        if (run.Frames == 0) return;
        IAnsiConsole console = Output();
        console.Write(Books(run));
        console.Write(Decisions(run));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run.Frames:N0} frames in {run.Elapsed.TotalMilliseconds:N0} ms ({Decoding(run)}), "
            + $"{run.Trades:N0} trades, "
            + $"{run.Counters.Errors:N0} parse errors"));
        console.WriteLine("state hash " + run.StateHashText);
    }

    /// <summary>What getting at the frames cost beside running them.</summary>
    private static string Decoding(ReplayRun run) => run.Decoding == TimeSpan.Zero
        ? "frames read in place"
        : string.Create(CultureInfo.InvariantCulture, $"decoding {run.Decoding / run.Elapsed:P0} of it");

    /// <summary>A pipe gets plain text, wide enough for whole rows.</summary>
    private static IAnsiConsole Output()
    {
        const int PipeColumns = 160;
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        console.Profile.Width = PipeColumns;
        return console;
    }

    private static Table Books(ReplayRun run)
    {
        Table table = new Table().Title("Books").AddColumn(new TableColumn("symbol").NoWrap()).AddColumn("state");
        foreach (string name in new[] { "depth", "snapshots", "updates", "verified", "faults", "best bid", "best ask" })
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        for (int id = 0; id < run.Symbols.Count; id++)
        {
            if (run.Engine.Books.BookOf(id) is not { } state || state.Snapshots + state.UpdatesIgnored == 0) continue;
            int decimals = run.Engine.Books.Scales.Of(id).PriceDecimals;
            table.AddRow(
                Markup.Escape(System.Text.Encoding.ASCII.GetString(run.Symbols.TextOf(id))), state.State.ToString(),
                Text(state.Book?.Depth ?? 0), Text(state.Snapshots), Text(state.Updates), Text(state.ChecksumsVerified),
                Text(state.ChecksumMismatches + state.SequenceGaps + state.Crossed),
                Best(state.Book?.Bids, state.State, decimals), Best(state.Book?.Asks, state.State, decimals));
        }

        return table;
    }

    private static Table Decisions(ReplayRun run)
    {
        Table table = new Table().Title("Signals and the gate").AddColumn("what");
        table.AddColumn(new TableColumn("count").RightAligned());
        table.AddRow("signals", Text(run.Engine.Signals.Log.Next));
        table.AddRow("approved", Text(run.Engine.Gate.Orders.Next));
        foreach ((string name, long count) in ReplayReport.Refusals(run)) table.AddRow("refused: " + name, Text(count));
        return table;
    }

    private static string Best(BookSide? side, BookState state, int decimals) =>
        side is { Count: > 0 } && state == BookState.InSync ? DecimalText.Of(side.PriceAt(0), decimals) : "–";

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
