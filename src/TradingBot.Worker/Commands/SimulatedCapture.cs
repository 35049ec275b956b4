using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Commands;

/// <summary><c>simulate --capture</c>: the worker on a recorded market.</summary>
internal static class SimulatedCapture
{
    public static readonly Option<string[]> Files = new("--capture")
    {
        Description = "Trade on a recorded market in place of the made-up one: captures of spot v2 and Unified.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static int Play(ParseResult parsed)
    {
        string[] files = parsed.GetValue(Files)!;
        CircleOptions options = new() { Venue = new VenueOptions { Seed = parsed.GetValue(SimulateCommand.Seed) } };
        using Interruption interruption = new();
        long start = Stopwatch.GetTimestamp();
        using CapturedDay? day = CapturedDay.Open(files, options, interruption.Token, out string fault);
        if (day is null)
        {
            Console.Error.WriteLine($"--capture: {fault}");
            return ExitCode.Usage;
        }

        day.Run(watch: null, interruption.Token);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (parsed.GetValue(SimulateCommand.Json))
        {
            using Stream output = Console.OpenStandardOutput();
            day.WriteJson(output, elapsed);
        }
        else
        {
            Console.Write(day.Text(elapsed));
        }

        if (interruption.Token.IsCancellationRequested) return ExitCode.Interrupted;
        if (day.Market.Fault is { } broken) Console.Error.WriteLine($"--capture: {broken}");
        bool isSound = day.Differing == 0 && day.Worker.Wire.Errors == 0 && day.Market.Fault is null;
        return isSound ? ExitCode.Ok : ExitCode.CheckFailed;
    }
}
