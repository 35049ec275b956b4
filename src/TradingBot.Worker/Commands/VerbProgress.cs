using System;
using Spectre.Console;

namespace TradingBot.Worker.Commands;

/// <summary>Progress of a long verb on standard error: a bar with rate and time left, silent in a pipe.</summary>
internal static class VerbProgress
{
    /// <summary>Runs the work; it tells how many bytes (or rows) are done of how many.</summary>
    /// <param name="what">Name of the bar.</param>
    /// <param name="total">All of it; 0 when that is not known.</param>
    /// <param name="work">Is given what to tell; null when nobody looks.</param>
    public static void Run(string what, long total, Action<Action<long>?> work)
    {
        if (Console.IsErrorRedirected)
        {
            work(null);
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        ProgressColumn[] columns = total > 0
            ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(),
                new RemainingTimeColumn()]
            : [new TaskDescriptionColumn(), new SpinnerColumn(), new ElapsedTimeColumn()];
        console.Progress().AutoClear(true).Columns(columns).Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
            task.IsIndeterminate = total == 0;
            work(done =>
            {
                if (total > 0) task.Value = done;
                else task.Description = Markup.Escape(FormattableString.Invariant($"{what}: {done:N0}"));
            });
        });
    }
}
