using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>simulate</c>: the whole worker against a simulated Kraken, in virtual time.</summary>
internal static class SimulateCommand
{
    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of market, latencies and faults; the same seed gives the same run, byte for byte.",
        DefaultValueFactory = _ => 1UL,
    };

    private static readonly Option<double> Hours = new("--hours")
    {
        Description = "Hours of virtual time.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Faults = new("--faults")
    {
        Description = "Chance of each kind of fault per occasion, in parts per million (0 = none, 20000 = rough).",
    };

    private static readonly Option<int> Crashes = new("--crashes")
    {
        Description = "Times the worker is killed and started again, evenly spread.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    private static readonly Option<string?> Journal = new("--journal")
    {
        Description = "Folder for the input journal of each start (inputs-1.tbj …), which replay runs again.",
    };

    public static Command Build()
    {
        Hours.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is > 0 and <= 10_000) return;
            result.AddError("--hours takes more than 0 and at most 10000 hours.");
        });
        Faults.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is >= 0 and <= 500_000) return;
            result.AddError("--faults takes 0 to 500000 parts per million.");
        });
        Command command = new("simulate", "Trade SIMULATED perpetuals on a simulated Kraken, in virtual time.")
        {
            Seed, Hours, Faults, Crashes, Json, Journal,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string? journals = parsed.GetValue(Journal);
        try
        {
            // No limit of bytes: the journals are what was asked for.
            return Simulate(parsed, journals is null ? null : new JournalFolder(journals, long.MaxValue).Create);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"--journal {journals}: {fault.Message} Choose another folder.");
            return ExitCode.Unreachable;
        }
    }

    private static int Simulate(ParseResult parsed, Func<uint, ILogFile>? journals)
    {
        ulong seed = parsed.GetValue(Seed);
        CircleOptions options = new()
        {
            Duration = TimeSpan.FromHours(parsed.GetValue(Hours)),
            Venue = new VenueOptions { Seed = seed, Faults = Plan(seed, parsed.GetValue(Faults)) },
        };
        using VirtualCircle circle = new(options, journals);
        long start = Stopwatch.GetTimestamp();
        CircleReport report = new(options, circle);
        int parts = parsed.GetValue(Crashes) + 1;
        for (int part = 0; part < parts; part++)
        {
            if (part > 0)
            {
                report.TakeIn(circle.Worker);
                circle.CrashAndRestart();
            }

            circle.Run(options.Duration / parts);
        }

        report.TakeIn(circle.Worker);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (parsed.GetValue(Json))
        {
            using Stream output = Console.OpenStandardOutput();
            report.WriteJson(output, elapsed);
        }
        else
        {
            Console.Write(report.Text(elapsed));
        }

        return report.Sound ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    /// <summary>Every kind of fault at one rate.</summary>
    private static FaultPlan Plan(ulong seed, int perMillion)
    {
        FaultPlan plan = new(seed);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) plan.At(fault, perMillion);
        return plan;
    }
}
