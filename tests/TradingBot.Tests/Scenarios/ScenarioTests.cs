using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.House;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Scenarios;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Scenarios;

/// <summary>Days that files tell: played by the whole worker, judged by the venue's own truth.</summary>
public sealed class ScenarioTests
{
    private const string Head = """
        title: A day
        story: Something happens that is told here in words.
        length: 1m
        naked_max: 1s
        steps:

        """;

    public static IEnumerable<TheoryDataRow<string>> Names() =>
        Files().Select(file => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_holds_and_its_day_is_the_reviewed_one(string name)
    {
        ScenarioResult result = ScenarioRun.Play(Load(Repository.TestData("scenarios", name + ".yaml")));
        string golden = Repository.TestData("scenarios", name + ".day");
        if (Environment.GetEnvironmentVariable("TRADINGBOT_WRITE") == "1") File.WriteAllText(golden, result.Day);
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures) + "\n" + result.Day);
        Assert.Equal(File.ReadAllText(golden).ReplaceLineEndings("\n"), result.Day);
    }

    [Fact]
    public void There_are_twenty_and_more_and_the_incidents_they_name_are_known()
    {
        Scenario[] scenarios = [.. Files().Select(Load)];
        Assert.True(scenarios.Length >= 20, $"{scenarios.Length} scenarios");
        HashSet<string> known = [.. IncidentTable.Read().Select(row => row.Id)];
        string[] named = [.. scenarios.SelectMany(scenario => scenario.Incidents).Distinct()];
        Assert.Empty(named.Except(known));
        Assert.True(named.Length >= 30, $"{named.Length} incidents");
        Assert.Equal(scenarios.Length, scenarios.Select(scenario => scenario.Title).Distinct().Count());
        // No day without its file.
        string[] days = Directory.GetFiles(Repository.TestData("scenarios"), "*.day");
        Assert.Equal(scenarios.Length, days.Length);
    }

    [Fact]
    public void What_does_not_hold_is_told_with_its_line()
    {
        Scenario scenario = Read(Head + """
              - {at: 15s, do: enter, symbol: PF_XBTUSD, side: buy, quantity: "0.02", stop: 2%}
              - {at: 20s, do: enter, symbol: PF_XBTUSD, side: buy, quantity: "0.02", stop: 2%}
              - {at: 30s, do: expect, symbol: PF_XBTUSD, position: "0.03", protected: no}
              - {at: 40s, do: exit, symbol: PF_XBTUSD, refused: nothing}
            """);
        ScenarioResult result = ScenarioRun.Play(scenario);
        Assert.Equal(
            [
                "line 7: enter was refused: occupied, and should have been done",
                "line 8: position is 0.02, not 0.03; protected is yes, not no",
                "line 9: exit was done, and should have been refused: nothing",
            ],
            result.Failures);
        Assert.Contains("NOT MET: position is 0.02", result.Day, StringComparison.Ordinal);
    }

    [Fact]
    public void A_position_without_a_stop_is_told_whatever_the_file_expects()
    {
        Scenario scenario = Read(Head + """
              - {at: 15s, do: rate, fault: refuse-order, ppm: 1000000}
              - {at: 20s, do: other, act: buy, symbol: PF_XBTUSD, quantity: "0.02"}
            """);
        ScenarioResult result = ScenarioRun.Play(scenario);
        Assert.Contains(result.Failures, text => text.Contains("without a live stop; naked_max", Ordinal));
        Assert.Contains(result.Failures, text => text.Contains("ends open without a live stop", Ordinal));
    }

    [Theory]
    [InlineData("- {at: 15s, do: entre, symbol: PF_XBTUSD}", "do: there is no 'entre'; the nearest is enter")]
    [InlineData("- {at: 15s, do: exit}", "exit.symbol: the key is missing; it takes a perpetual")]
    [InlineData("- {at: 15s, do: exit, symbol: PF_XBTUSD, sotp: 2%}", "exit.sotp: unknown key")]
    [InlineData("- {at: 15, do: exit, symbol: PF_XBTUSD}", "exit.at: '15' is not a time")]
    [InlineData("- {at: 15s, do: market, symbol: PF_XBTUSD, by: 3}", "market.by: '3' is not a percentage")]
    [InlineData("- {at: 2m, do: exit, symbol: PF_XBTUSD}", "at: it is after the scenario's length")]
    [InlineData("- {at: 9s, do: crash}\n  - {at: 5s, do: crash}", "at: it is before the step above it")]
    [InlineData("- {at: 9s, do: fault, fault: drop-replies}", "'drop-replies' is not one of drop-reply")]
    [InlineData("- {at: 9s, do: crash", "this is not YAML from here on")]
    [InlineData("[]", "a list of acts")]
    public void What_is_wrong_in_a_file_is_told_with_key_and_remedy(string steps, string expected)
    {
        List<SettingFault> faults = [];
        Assert.Null(ScenarioFile.Read("day.yaml", Head + "  " + steps, faults));
        Assert.Contains(faults, fault => fault.Text.Contains(expected, Ordinal));
        Assert.All(faults, fault => Assert.StartsWith("day.yaml:", fault.Text, Ordinal));
    }

    [Fact]
    public void An_unknown_habit_and_key_of_the_head_are_told()
    {
        List<SettingFault> faults = [];
        string text = "venue: {habits: [sparse_report], activty: 3}\ntitel: x\n" + Head + "  - {at: 1s, do: crash}";
        Assert.Null(ScenarioFile.Read("day.yaml", text, faults));
        Assert.Contains(faults, fault => fault.Text.Contains("nearest is sparse_reports", Ordinal));
        Assert.Contains(faults, fault => fault.Text.Contains("nearest is activity", Ordinal));
        Assert.Contains(faults, fault => fault.Text.Contains("nearest is title", Ordinal));
    }

    [Fact]
    public async Task The_verb_plays_a_file_and_says_by_its_exit_code_what_came_of_it()
    {
        string file = Repository.TestData("scenarios", "01-a-plain-day.yaml");
        (int code, string output, string error) = await Verb.RunAsync("simulate", "--scenario", file, "--json");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement played = Assert.Single(json.RootElement.GetProperty("scenarios").EnumerateArray().ToArray());
        // The day of another process is the reviewed one, to the last byte that passed.
        string hash = played.GetProperty("trace_hash").GetString()!;
        Assert.EndsWith($"trace {hash}\n", File.ReadAllText(Path.ChangeExtension(file, ".day")), Ordinal);

        string folder = Directory.CreateTempSubdirectory("scenarios").FullName;
        string wrong = Path.Combine(folder, "wrong.yaml");
        File.WriteAllText(wrong, Head + "  - {at: 20s, do: expect, ready: no}\n");
        (code, output, _) = await Verb.RunAsync("simulate", "--scenario", folder);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("wrong.yaml, line 6: ready is yes, not no", output, Ordinal);
        File.WriteAllText(wrong, Head + "  - {at: 20s, do: expect, raedy: no}\n");
        (code, _, error) = await Verb.RunAsync("simulate", "--scenario", folder);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("wrong.yaml:6: expect.raedy: unknown key; the nearest is ready", error, Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static IReadOnlyList<string> Files() => ScenarioFile.Find(Repository.TestData("scenarios"));

    private static Scenario Load(string path)
    {
        List<SettingFault> faults = [];
        Scenario? scenario = ScenarioFile.Load(path, faults);
        Assert.Empty(faults.Select(fault => fault.Text));
        return scenario!;
    }

    private static Scenario Read(string text)
    {
        List<SettingFault> faults = [];
        Scenario? scenario = ScenarioFile.Read("day.yaml", text, faults);
        Assert.Empty(faults.Select(fault => fault.Text));
        return scenario!;
    }
}
