using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Worker.Health;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>doctor</c>: may this start, and if not, what is to be done.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    private static readonly Option<bool> Errors = new("--errors")
    {
        Description = "Ask nobody: list the error texts of Kraken, what each means and what to do.",
    };

    public static Command Build()
    {
        Command command = new(
            "doctor", "Look at configuration, network, clock, key, account, database and disk; say what to do.")
        {
            Json, Errors,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Errors))
        {
            await output.WriteAsync(VenueErrors.Markdown()).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        bool isJson = parsed.GetValue(Json);
        List<Finding> findings = [];
        EffectiveSettings effective = SettingsOptions.Read(parsed);
        foreach (SettingFault fault in effective.Faults) Tell(Finding.Fail("configuration", fault.Text, ""));
        if (effective.Faults.Count == 0)
        {
            Tell(Finding.Ok("configuration", $"mode {effective.Settings.ModeText}, {effective.Settings.Mark}"));
            foreach (string notice in effective.Notices) Tell(Finding.Warn("configuration", notice, ""));
            using Interruption interruption = new();
            try
            {
                await new Doctor(effective.Settings, Tell).RunAsync(interruption.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("doctor: interrupted").ConfigureAwait(false);
                return ExitCode.Interrupted;
            }
        }

        int fails = findings.Count(finding => finding.Outcome == Outcome.Fail);
        int warns = findings.Count(finding => finding.Outcome == Outcome.Warn);
        if (isJson) await output.WriteLineAsync(AsJson(findings, fails, warns)).ConfigureAwait(false);
        else await output.WriteLineAsync(Verdict(findings.Count, fails, warns)).ConfigureAwait(false);
        if (effective.Faults.Count > 0) return ExitCode.Configuration;
        return fails > 0 ? ExitCode.CheckFailed : ExitCode.Ok;

        void Tell(Finding finding)
        {
            findings.Add(finding);
            if (isJson) return;
            output.WriteLine($"{finding.Word,-4}  {finding.Check}: {finding.Found}");
            if (finding.Remedy.Length > 0) output.WriteLine($"      → {finding.Remedy}");
        }
    }

    private static string Verdict(int checks, int fails, int warns) => fails > 0
        ? $"{fails} of {checks} checks failed, {warns} to look at: do not trade like this."
        : $"{checks} checks, none failed, {warns} to look at.";

    private static string AsJson(List<Finding> findings, int fails, int warns)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteBoolean("healthy", fails == 0);
            json.WriteNumber("failed", fails);
            json.WriteNumber("warned", warns);
            Finding.Write(json, findings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
