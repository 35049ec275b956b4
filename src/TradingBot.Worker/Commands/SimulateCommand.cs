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

    public static readonly Option<ulong> Seed = new("--seed")
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

    private static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "Run so many seeds, from --seed on, one after the other, and say the trace hash of each.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Others = new("--others")
    {
        Description = "Times an hour that somebody else does something on the account: trades by hand, sets, moves and "
            + "removes stops, turns a position over, transfers money (0 = nobody).",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<string> Habits = new("--habits")
    {
        Description = "What nobody knows of Kraken for certain: drawn by the seed, or usual (docs/sim-assumptions.md).",
        DefaultValueFactory = _ => "drawn",
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
                string known = string.Join(", ", FaultNames.All);
                result.AddError($"--fault {text}: it takes NAME=PPM, 0 to {FaultsMax}; names are {known}.");
            }
        });
        Seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is >= 1 and <= 100_000) return;
            result.AddError("--seeds takes 1 to 100000.");
        });
        Others.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is >= 0 and <= 3_600) return;
            result.AddError("--others takes 0 to 3600 times an hour.");
        });
        Habits.AcceptOnlyFromAmong("drawn", "usual");
        SimulatedVenue.Validate();
        Command command = new(
            "simulate",
            "Trade SIMULATED perpetuals on a simulated Kraken, in virtual time; or with --port serve that Kraken.")
        {
            Seed, Seeds, Hours, Faults, Fault, Crashes, Others, Habits, SimulatedScenarios.File, SimulatedCapture.Files,
            Json, Journal,
            SimulatedVenue.Port, SimulatedVenue.Synthetic, SimulatedVenue.Symbols, SimulatedVenue.Rate,
            SimulatedVenue.Speed, SimulatedVenue.Tls, SimulatedVenue.Tier,
        };
        command.Validators.Add(CheckHalves);
        command.SetAction((parsed, _) => parsed.GetValue(SimulatedVenue.Port) is not null
            ? SimulatedVenue.ServeAsync(parsed, Plan(SeedOf(parsed), parsed))
            : Task.FromResult(parsed.GetValue(SimulatedScenarios.File) is not null ? SimulatedScenarios.Play(parsed)
                : parsed.GetValue(SimulatedCapture.Files) is { Length: > 0 } ? SimulatedCapture.Play(parsed)
                : Invoke(parsed)));
        return command;
    }

    /// <summary>An option that would do nothing is refused.</summary>
    private static void CheckHalves(CommandResult result)
    {
        (string Way, bool IsOn, Option[] Idle, string Why)[] ways =
        [
            ("--port", result.GetResult(SimulatedVenue.Port) is not null,
                [Seed, Seeds, Hours, Crashes, Others, Habits, Journal],
                "the venue alone is served until it is stopped; its seed is --synthetic seed=N"),
            ("--scenario", result.GetResult(SimulatedScenarios.File) is not null,
                [
                    Seed, Seeds, Hours, Crashes, Others, Habits, Journal, Faults, Fault, SimulatedVenue.Symbols,
                    SimulatedVenue.Rate,
                ],
                "the file says it"),
            ("--capture", result.GetResult(SimulatedCapture.Files) is not null,
                [
                    Seeds, Hours, Crashes, Others, Habits, Journal, Faults, Fault, SimulatedVenue.Symbols,
                    SimulatedVenue.Rate,
                ],
                "the recording is as it is"),
        ];
        string[] on = [.. ways.Where(way => way.IsOn).Select(way => way.Way)];
        if (on.Length > 1) result.AddError($"{string.Join(" and ", on)} exclude each other: choose one.");
        foreach ((string way, bool isOn, Option[] idle, string why) in ways)
        {
            foreach (Option option in isOn ? idle : [])
            {
                if (result.GetResult(option) is not { Implicit: false }) continue;
                result.AddError($"{option.Name} means nothing with {way}: {why}.");
            }
        }

        bool names = on.Length == 0
            && result.GetResult(SimulatedVenue.Symbols) is { Implicit: false, Tokens.Count: > 0 }
            && SimulatedVenue.CountOf(result) == 0;
        if (names) result.AddError("--symbols takes a number of pairs where nothing is served.");
        foreach (Option option in ways[0].IsOn ? [] : SimulatedVenue.Own)
        {
            if (result.GetResult(option) is not { Implicit: false }) continue;
            result.AddError($"{option.Name} means something only with --port, which serves the simulated Kraken.");
        }

        bool many = result.GetValue(Seeds) > 1;
        if (many && result.GetResult(Journal) is { Implicit: false })
        {
            result.AddError("--journal means nothing with --seeds: ask for one seed.");
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
        ulong first = parsed.GetValue(Seed);
        int seeds = parsed.GetValue(Seeds);
        bool sound = true;
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            CircleOptions options = OptionsOf(parsed, seed);
            long start = Stopwatch.GetTimestamp();
            using VirtualCircle circle = new(options, journals);
            CircleReport report = Run(options, circle, parsed.GetValue(Crashes) + 1);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            sound &= report.Sound;
            bool isShort = seeds > 1 && !parsed.GetValue(Json);
            if (isShort) Console.WriteLine($"{seed} {report.TraceHash}{(report.Sound ? "" : " NOT SOUND")}");
            else Say(parsed, report, elapsed);
        }

        return sound ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static CircleOptions OptionsOf(ParseResult parsed, ulong seed)
    {
        CircleOptions options = OptionsOf(
            seed, TimeSpan.FromHours(parsed.GetValue(Hours)), Plan(seed, parsed), parsed.GetValue(Others),
            parsed.GetValue(Habits) == "drawn");
        int pairs = SimulatedVenue.CountOf(parsed);
        options = options with { Venue = options.Venue with { StepsPerSecond = parsed.GetValue(SimulatedVenue.Rate) } };
        if (pairs == 0) return options;
        (string[] spot, string[] perpetuals) = SimulatedKraken.SymbolsOf(pairs);
        return options with
        {
            Venue = options.Venue with { PerpetualCount = pairs },
            Spot = spot,
            Perpetuals = perpetuals,
        };
    }

    /// <summary>What a run of a seed is.</summary>
    internal static CircleOptions OptionsOf(ulong seed, TimeSpan duration, FaultPlan faults, int others, bool drawn) =>
        new()
        {
            Duration = duration,
            Venue = new VenueOptions
            {
                Seed = seed,
                Faults = faults,
                OthersPerHour = others,
                Habits = drawn ? VenueHabits.Of(seed) : new VenueHabits(),
            },
        };

    /// <summary>Runs in equal parts, between which the worker dies.</summary>
    internal static CircleReport Run(CircleOptions options, VirtualCircle circle, int parts)
    {
        CircleReport report = new(options, circle);
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
        return report;
    }

    private static void Say(ParseResult parsed, CircleReport report, TimeSpan elapsed)
    {
        if (!parsed.GetValue(Json))
        {
            Console.Write(report.Text(elapsed));
            return;
        }

        using Stream output = Console.OpenStandardOutput();
        report.WriteJson(output, elapsed);
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
        bool isFault = FaultNames.TryRead(pieces[0], out fault);
        return isFault && pieces.Length == 2
            && int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out perMillion)
            && perMillion <= FaultsMax;
    }
}
