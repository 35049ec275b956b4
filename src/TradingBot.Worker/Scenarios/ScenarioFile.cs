// In:     a file.   Out: the scenario in it, or every fault with line, key and remedy.
// Thread: the starting one.
// Keeps:  nothing in the file is passed over: unknown verbs and keys, bad and missing values, times out of order.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TradingBot.Worker.Scenarios;

/// <summary>Reads a scenario.</summary>
internal sealed class ScenarioFile
{
    private const string Form = "a scenario has title, story, length, naked_max and steps (docs/scenarios.md)";
    private const long FileBytesMax = 1 << 20;

    private readonly string _path;
    private readonly List<SettingFault> _faults;

    private ScenarioFile(string path, List<SettingFault> faults)
    {
        _path = path;
        _faults = faults;
    }

    /// <summary>The files of a folder in order of their names, or the one file.</summary>
    public static IReadOnlyList<string> Find(string path) => Directory.Exists(path)
        ? [.. Directory.GetFiles(path, "*.yaml").Order(StringComparer.Ordinal)]
        : [path];

    /// <summary>Null, with faults, when it cannot be used.</summary>
    public static Scenario? Load(string path, List<SettingFault> faults)
    {
        ScenarioFile file = new(path, faults);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FileBytesMax })
            {
                file.Fault(0, "", "the file is larger than 1 MiB");
                return null;
            }

            return file.Read(File.ReadAllText(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            file.Fault(0, "", "the file cannot be read: " + unreadable.Message);
            return null;
        }
    }

    /// <summary>The same of a text.</summary>
    public static Scenario? Read(string path, string text, List<SettingFault> faults) =>
        new ScenarioFile(path, faults).Read(text);

    private Scenario? Read(string text)
    {
        int before = _faults.Count;
        YamlStream stream = new();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException broken)
        {
            Fault(Math.Max(broken.Start.Line, 1), "", "this is not YAML from here on: " + broken.Message);
            return null;
        }

        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            Fault(1, "", Form);
            return null;
        }

        Scenario scenario = Read(root);
        return _faults.Count == before ? scenario : null;
    }

    private Scenario Read(YamlMappingNode root)
    {
        Dictionary<string, YamlNode> head = Keys(root, ScenarioForm.Head);
        string title = Text(head, "title", root.Start.Line);
        string story = Text(head, "story", root.Start.Line);
        string length = Text(head, "length", root.Start.Line);
        string naked = Text(head, "naked_max", root.Start.Line);
        string signals = head.ContainsKey("signals") ? Text(head, "signals", 0) : "no";
        string seed = head.ContainsKey("seed") ? Text(head, "seed", 0) : "1";
        _ = ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        _ = ScriptReader.TryTime(length, out long lengthNs);
        _ = ScriptReader.TryTime(naked, out long nakedNs);
        return new Scenario
        {
            Name = Path.GetFileNameWithoutExtension(_path),
            Title = title,
            Story = story.ReplaceLineEndings(" ").Trim(),
            Incidents = Items(head, "incidents"),
            Length = TimeSpan.FromTicks(lengthNs / 100),
            NakedNsMax = nakedNs,
            Signals = signals == "yes",
            Venue = Venue(head, number),
            Steps = Steps(head, root.Start.Line, lengthNs),
        };
    }

    private VenueOptions Venue(Dictionary<string, YamlNode> head, ulong seed)
    {
        VenueOptions usual = new() { Seed = seed, Faults = new FaultPlan(seed) };
        if (!head.TryGetValue("venue", out YamlNode? node)) return usual;
        if (node is not YamlMappingNode mapping)
        {
            Fault(node.Start.Line, "venue", "this is a set of keys: " + string.Join(", ", ScenarioForm.Venue));
            return usual;
        }

        Dictionary<string, YamlNode> keys = Keys(mapping, ScenarioForm.Venue);
        return usual with
        {
            Activity = Math.Max(Whole(keys, "activity", usual.Activity), 1),
            LevelDollars = Whole(keys, "level_dollars", usual.LevelDollars),
            DepositDollars = Whole(keys, "deposit", (int)usual.DepositDollars),
            OthersPerHour = Whole(keys, "others_per_hour", usual.OthersPerHour),
            Margin = usual.Margin with
            {
                MaintenancePercent = Whole(keys, "maintenance_percent", usual.Margin.MaintenancePercent),
            },
            Habits = Habits(keys, seed),
        };
    }

    /// <summary>The usual ones, those of the seed, or the usual ones but for some.</summary>
    private VenueHabits Habits(Dictionary<string, YamlNode> keys, ulong seed)
    {
        if (!keys.TryGetValue("habits", out YamlNode? node)) return new VenueHabits();
        if (node is YamlScalarNode { Value: "drawn" }) return VenueHabits.Of(seed);
        VenueHabits habits = new();
        foreach (string name in Items(keys, "habits"))
        {
            if (habits.Without(name) is { } other) habits = other;
            else
            {
                string[] known = [.. habits.Named().Select(one => one.Name)];
                Fault(node.Start.Line, "habits", $"{SettingFault.Printable(name)} is no habit; the nearest is "
                    + NearestName.Of(name, known) + ", or the word drawn");
            }
        }

        return habits;
    }

    private List<ScenarioStep> Steps(Dictionary<string, YamlNode> head, long line, long lengthNs)
    {
        List<ScenarioStep> steps = [];
        if (head.GetValueOrDefault("steps") is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            Fault(line, "steps", "this is a list of acts, as '- {at: 15s, do: exit, symbol: PF_XBTUSD}'");
            return steps;
        }

        foreach (YamlNode node in list)
        {
            if (node is not YamlMappingNode mapping) Fault(node.Start.Line, "steps", "a step is a set of keys");
            else if (Step(mapping) is { } step) steps.Add(step);
        }

        for (int i = 0; i < steps.Count; i++)
        {
            bool ordered = i == 0 || steps[i].AtNs >= steps[i - 1].AtNs;
            if (!ordered) Fault(steps[i].Line, "at", "it is before the step above it: order them by time");
            if (steps[i].AtNs > lengthNs) Fault(steps[i].Line, "at", "it is after the scenario's length");
        }

        return steps;
    }

    private ScenarioStep? Step(YamlMappingNode mapping)
    {
        long line = mapping.Start.Line;
        int before = _faults.Count;
        Dictionary<string, string> fields = [];
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            if (key is YamlScalarNode { Value: { } name } && value is YamlScalarNode { Value: { } text })
            {
                fields[name] = text;
            }
            else
            {
                Fault(value.Start.Line, key.ToString(), "a key of a step has one plain value");
            }
        }

        if (!fields.Remove("do", out string? verb) || !ScenarioForm.Verbs.TryGetValue(verb, out var form))
        {
            Fault(line, "do", $"there is no {SettingFault.Printable(verb ?? "")}; the nearest is "
                + NearestName.Of(verb ?? "", ScenarioForm.Verbs.Keys));
            return null;
        }

        string[] known = ["at", .. form.Needs, .. form.May];
        foreach (string needed in form.Needs.Prepend("at").Where(name => !fields.ContainsKey(name)))
        {
            Fault(line, $"{verb}.{needed}", "the key is missing; it takes " + ScenarioForm.Takes(needed));
        }

        foreach ((string name, string text) in fields)
        {
            string? allowed = ScenarioForm.Allowed(name, text);
            if (!known.Contains(name))
            {
                Fault(line, $"{verb}.{name}", "unknown key; the nearest is " + NearestName.Of(name, known));
            }
            else if (allowed is not null)
            {
                Fault(line, $"{verb}.{name}", $"{SettingFault.Printable(text)} is not {allowed}");
            }
        }

        if (_faults.Count > before) return null;
        _ = ScriptReader.TryTime(fields["at"], out long atNs);
        return new ScenarioStep(atNs, verb, fields, line);
    }

    private Dictionary<string, YamlNode> Keys(YamlMappingNode mapping, string[] known)
    {
        Dictionary<string, YamlNode> keys = [];
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            string name = key is YamlScalarNode scalar ? scalar.Value ?? "" : key.ToString();
            if (known.Contains(name)) keys[name] = value;
            else Fault(key.Start.Line, name, "unknown key; the nearest is " + NearestName.Of(name, known));
        }

        return keys;
    }

    private string Text(Dictionary<string, YamlNode> keys, string key, long line)
    {
        string? text = keys.GetValueOrDefault(key) is YamlScalarNode scalar ? scalar.Value : null;
        string allowed = ScenarioForm.Takes(key);
        if (text is null) Fault(line, key, "the key is missing; it takes " + allowed);
        else if (ScenarioForm.Allowed(key, text.Trim().ReplaceLineEndings(" ")) is not null)
        {
            Fault(keys[key].Start.Line, key, $"{SettingFault.Printable(text)} is not {allowed}");
        }

        return text ?? "";
    }

    private int Whole(Dictionary<string, YamlNode> keys, string key, int otherwise)
    {
        if (!keys.ContainsKey(key)) return otherwise;
        string text = Text(keys, key, 0);
        return int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
    }

    private string[] Items(Dictionary<string, YamlNode> keys, string key)
    {
        if (!keys.TryGetValue(key, out YamlNode? node)) return [];
        if (node is YamlSequenceNode list && list.All(item => item is YamlScalarNode))
        {
            return [.. list.Select(item => ((YamlScalarNode)item).Value ?? "")];
        }

        Fault(node.Start.Line, key, "this is a list of plain values, as [I-11, I-36]");
        return [];
    }

    private void Fault(long line, string key, string message)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{_path}:{line}");
        _faults.Add(new SettingFault(new SettingSource(SettingOrigin.File, place, line), key, message));
    }
}
