using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using Spectre.Console;

namespace TradingBot.Worker.History;

/// <summary>What a person sees of work on history: one line that is written over, and only on a terminal.</summary>
internal sealed class HistoryConsole(TimeProvider time)
{
    private const int PipeColumns = 200;

    /// <summary>A shorter line is filled up, so that nothing of the one before is left.</summary>
    private const int LineColumns = 110;

    private static readonly TimeSpan RedrawMin = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly bool _isShown = !Console.IsErrorRedirected;
    private TimeSpan? _drawn;

    /// <summary>Tables for a terminal, or plain text wide enough for whole rows.</summary>
    public static IAnsiConsole Output()
    {
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

    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Shows how far the work is, how fast it goes and how long it will take at this rate.</summary>
    public void Show(BackfillProgress progress)
    {
        if (!_isShown) return;
        lock (_gate)
        {
            TimeSpan elapsed = time.GetElapsedTime(_start);
            if (elapsed - _drawn < RedrawMin && progress.Done < progress.Total) return;
            _drawn = elapsed;
            string left = progress.Left(elapsed) is { } rest ? Clock(rest) : "?";
            double rate = progress.Rows / Math.Max(0.001, elapsed.TotalSeconds);
            string pages = progress.Pages > 0 ? $", {progress.Pages:N0} pages of trades" : "";
            string line = string.Create(CultureInfo.InvariantCulture,
                $"\r{progress.Done:0.0}/{progress.Total:0} series, {progress.Rows:N0} rows ({rate:N0}/s){pages}, "
                + $"{left} left  {progress.Symbol} {progress.Detail}");
            string padded = line.PadRight(LineColumns);
            Console.Error.Write(padded.Length > PipeColumns ? padded[..PipeColumns] : padded);
        }
    }

    /// <summary>Hours, however many, minutes and seconds.</summary>
    internal static string Clock(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");

    /// <summary>Ends the line, so that what follows begins on its own.</summary>
    public void End()
    {
        if (_isShown && _drawn is not null) Console.Error.WriteLine();
    }
}
