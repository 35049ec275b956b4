using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>simulate</c>: the worker against a simulated Kraken, or that Kraken alone.</summary>
internal static class SimulateCommand
{
    private const int FaultsMax = 500_000;

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

    private static readonly Option<string[]> Fault = new("--fault")
    {
        Description = "One kind of fault at a rate of its own, NAME=PPM (wrong-digit=20000); may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Crashes = new("--crashes")
    {
        Description = "Times the worker is killed and started again, evenly spread.",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

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
            if (result.GetValueOrDefault<int>() is >= 0 and <= FaultsMax) return;
            result.AddError($"--faults takes 0 to {FaultsMax} parts per million.");
        });
        Fault.Validators.Add(result =>
        {
            foreach (string text in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (TryReadFault(text, out _, out _)) continue;
                string known = string.Join(", ", Enum.GetValues<VenueFault>().Select(NameOf));
                result.AddError($"--fault {text}: it takes NAME=PPM, 0 to {FaultsMax}; names are {known}.");
            }
        });
        SimulatedVenue.Validate();
        Command command = new(
            "simulate",
            "Trade SIMULATED perpetuals on a simulated Kraken, in virtual time; or with --port serve that Kraken.")
        {
            Seed, Hours, Faults, Fault, Crashes, Json, Journal, SimulatedVenue.Port, SimulatedVenue.Synthetic,
            SimulatedVenue.Symbols, SimulatedVenue.Speed, SimulatedVenue.Tls, SimulatedVenue.Tier,
        };
        command.Validators.Add(CheckHalves);
        command.SetAction((parsed, _) => parsed.GetValue(SimulatedVenue.Port) is null
            ? Task.FromResult(Invoke(parsed))
            : SimulatedVenue.ServeAsync(parsed, Plan(SeedOf(parsed), parsed)));
        return command;
    }

    /// <summary>An option of the other half would do nothing: it is refused.</summary>
    private static void CheckHalves(CommandResult result)
    {
        bool serves = result.GetResult(SimulatedVenue.Port) is not null;
        foreach (Option option in serves ? [Seed, Hours, Crashes, Journal] : SimulatedVenue.Own)
        {
            if (result.GetResult(option) is not { Implicit: false }) continue;
            result.AddError(serves
                ? $"{option.Name} means nothing with --port: the venue alone is served until it is stopped"
                    + (option == Seed ? "; its seed is --synthetic seed=N." : ".")
                : $"{option.Name} means something only with --port, which serves the simulated Kraken.");
        }
    }

    private static ulong SeedOf(ParseResult parsed)
    {
        _ = SimulatedVenue.TryReadMarket(parsed.GetValue(SimulatedVenue.Synthetic)!, out ulong seed, out int _);
        return seed;
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
            Venue = new VenueOptions { Seed = seed, Faults = Plan(seed, parsed) },
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

    /// <summary>Every kind of fault at one rate, and those that were named at their own.</summary>
    private static FaultPlan Plan(ulong seed, ParseResult parsed)
    {
        FaultPlan plan = new(seed);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) plan.At(fault, parsed.GetValue(Faults));
        foreach (string text in parsed.GetValue(Fault) ?? [])
        {
            if (TryReadFault(text, out VenueFault fault, out int perMillion)) plan.At(fault, perMillion);
        }

        return plan;
    }

    private static bool TryReadFault(string text, out VenueFault fault, out int perMillion)
    {
        string[] pieces = text.Split('=');
        perMillion = 0;
        bool isFault = Enum.TryParse(pieces[0].Replace("-", ""), ignoreCase: true, out fault) && Enum.IsDefined(fault)
            && !char.IsAsciiDigit(pieces[0][0]);
        return isFault && pieces.Length == 2
            && int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out perMillion)
            && perMillion <= FaultsMax;
    }

    /// <summary>As a fault is written: DropReply is drop-reply.</summary>
    private static string NameOf(VenueFault fault) => string.Concat(fault.ToString().Select((letter, i) =>
        (i > 0 && char.IsUpper(letter) ? "-" : "") + char.ToLowerInvariant(letter)));
}
