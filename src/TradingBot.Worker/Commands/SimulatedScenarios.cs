using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using TradingBot.Worker.Scenarios;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary><c>simulate --scenario</c>: days that a file tells, played and judged.</summary>
internal static class SimulatedScenarios
{
    public static readonly Option<string?> File = new("--scenario")
    {
        Description = "Play a scenario file, or every one of a folder, and say what did not hold (docs/scenarios.md).",
    };

    public static int Play(ParseResult parsed)
    {
        string path = parsed.GetValue(File)!;
        IReadOnlyList<string> files = ScenarioFile.Find(path);
        List<SettingFault> faults = [];
        List<Scenario> scenarios = [.. files.Select(file => ScenarioFile.Load(file, faults)).OfType<Scenario>()];
        if (files.Count == 0)
        {
            Console.Error.WriteLine($"--scenario {path}: there is no *.yaml in this folder.");
            return ExitCode.Usage;
        }

        if (faults.Count > 0)
        {
            foreach (SettingFault fault in faults.OrderBy(one => one.Source.Line)) Console.Error.WriteLine(fault.Text);
            return ExitCode.Usage;
        }

        bool json = parsed.GetValue(SimulateCommand.Json);
        List<(ScenarioResult Result, TimeSpan Elapsed)> results = [];
        foreach (Scenario scenario in scenarios)
        {
            long start = Stopwatch.GetTimestamp();
            ScenarioResult result = ScenarioRun.Play(scenario);
            results.Add((result, Stopwatch.GetElapsedTime(start)));
            if (!json) Console.Write(Text(result, withDay: scenarios.Count == 1));
        }

        if (json) WriteJson(results);
        return results.TrueForAll(one => one.Result.Failures.Count == 0) ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static string Text(ScenarioResult result, bool withDay)
    {
        Scenario scenario = result.Scenario;
        string standing = result.Failures.Count == 0 ? "as it should" : "NOT AS IT SHOULD";
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name}: {standing}. {scenario.Title}. Seed {scenario.Venue.Seed}, {result.Fills} fills, "
                + $"longest without a live stop {ScenarioChecks.Seconds(result.NakedNs)}, "
                + $"trace {result.TraceHash:x16}\n");
        string failures = string.Concat(result.Failures.Select(failure => $"  {scenario.Name}.yaml, {failure}\n"));
        return (withDay ? $"SIMULATED. {scenario.Story}\n\n{result.Day}\n" : "") + head + failures;
    }

    private static void WriteJson(List<(ScenarioResult Result, TimeSpan Elapsed)> results)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("venue", "simulated");
            json.WriteNumber("failed", results.Count(one => one.Result.Failures.Count > 0));
            json.WriteStartArray("scenarios");
            foreach ((ScenarioResult result, TimeSpan elapsed) in results)
            {
                json.WriteStartObject();
                json.WriteString("name", result.Scenario.Name);
                json.WriteString("title", result.Scenario.Title);
                json.WriteNumber("seed", result.Scenario.Venue.Seed);
                json.WriteString("habits", result.Scenario.Venue.Habits.ToString());
                json.WriteNumber("virtual_seconds", result.Scenario.Length.TotalSeconds);
                json.WriteNumber("fills", result.Fills);
                json.WriteNumber("venue_unprotected_seconds_max", Math.Round(result.NakedNs / 1e9, 3));
                json.WriteString("trace_hash", result.TraceHash.ToString("x16", CultureInfo.InvariantCulture));
                json.WriteStartArray("failures");
                foreach (string failure in result.Failures) json.WriteStringValue(failure);
                json.WriteEndArray();
                json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
