// In:     a file, the environment, options of the command line.   Out: settings with the source of each, or all faults.
// Thread: the starting one.
// Keeps:  defaults < file < environment < options; whatever was given is checked, also where a later one overrides it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace TradingBot.Worker.Settings;

/// <summary>The configuration in effect.</summary>
/// <param name="Settings">Typed values; only to be used without faults.</param>
/// <param name="Sources">Where each key's value comes from.</param>
/// <param name="Faults">Everything that is wrong, in one go; empty when it can be used.</param>
internal sealed record EffectiveSettings(
    WorkerSettings Settings, IReadOnlyDictionary<string, SettingSource> Sources, IReadOnlyList<SettingFault> Faults)
{
    /// <summary>The variable that names a file when no option does.</summary>
    public const string FileVariable = "TRADINGBOT_CONFIG";

    /// <summary>Ten times the shipped file.</summary>
    private const long FileBytesMax = 64 << 10;

    /// <param name="file">Path of the file; null = the variable's, else none.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="options">Keys given on the command line.</param>
    public static EffectiveSettings Read(
        string? file, IReadOnlyDictionary<string, string> variables, IReadOnlyList<GivenSetting> options)
    {
        List<SettingFault> faults = [];
        string? path = file ?? variables.GetValueOrDefault(FileVariable);
        List<GivenSetting> given = path is null ? [] : [.. ReadFile(path, file is null, faults)];
        given.AddRange(EnvironmentSettings.Read(variables, faults));
        given.AddRange(options);

        WorkerSettings settings = new();
        Dictionary<string, SettingSource> sources =
            SettingTable.Names.ToDictionary(name => name, _ => SettingSource.Default);
        HashSet<string> stated = [];
        foreach (GivenSetting one in given)
        {
            SettingKey key = SettingTable.Find(one.Key)!;
            WorkerSettings? changed = key.Read(settings, one.Text);
            if (changed is null)
            {
                string message = $"{SettingFault.Printable(one.Text)} is not allowed; it takes {key.Allowed}";
                faults.Add(new SettingFault(one.Source, one.Key, message));
            }

            settings = changed ?? settings;
            sources[one.Key] = one.Source;
            if (one.Text == key.Default) stated.Remove(one.Key);
            else stated.Add(one.Key);
        }

        settings = SettingChecks.Check(settings, sources, faults);
        return new EffectiveSettings(settings, sources, [.. faults.OrderBy(f => (f.Source.Origin, f.Source.Line))])
        {
            Stated = stated,
        };
    }

    /// <summary>Keys that were given, were checked, and that nothing acts on yet: each is told, none is passed
    /// over.</summary>
    public IReadOnlyList<string> Notices =>
    [
        .. SettingTable.Keys.Where(key => NoticeOf(key).Length > 0).Select(key =>
            $"{Sources[key.Name].Text}: {key.Name}: {NoticeOf(key)}"),
        .. Settings.Venue.Keys.Where(key => key.IsExposed).Select(key => $"WARNING: {key.Notice}"),
    ];

    /// <summary>Keys that were given another text than their default.</summary>
    private HashSet<string> Stated { get; init; } = [];

    /// <summary>What is to be said of one key; empty for nothing.</summary>
    public string NoticeOf(SettingKey key) =>
        key.Idle.Length > 0 && Stated.Contains(key.Name) && key.IdleWith(Settings)
            ? "checked, and without effect: " + key.Idle
            : "";

    /// <summary>All faults, one a line, for standard error.</summary>
    public string Explain(string verb)
    {
        StringBuilder text = new();
        string faults = Faults.Count == 1 ? "1 fault" : $"{Faults.Count} faults";
        text.AppendLine(null, $"{verb} cannot start: {faults} in the configuration");
        foreach (SettingFault fault in Faults) text.AppendLine(null, $"  {fault.Text}");
        return text.ToString();
    }

    private static IReadOnlyList<GivenSetting> ReadFile(string path, bool byVariable, List<SettingFault> faults)
    {
        string name = byVariable ? $"{path} (named by {FileVariable})" : path;
        SettingSource source = new(SettingOrigin.File, name);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FileBytesMax })
            {
                faults.Add(new SettingFault(source, "", "the file is larger than 64 KiB: it is no configuration"));
                return [];
            }

            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
            return YamlFile.Read(path, text.TrimStart('\uFEFF'), faults);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            string message = unreadable switch
            {
                FileNotFoundException or DirectoryNotFoundException =>
                    "there is no such file; config/tradingbot.yaml of the project is one to start from",
                DecoderFallbackException => "the file is not UTF-8 text",
                _ => "the file cannot be read: " + unreadable.Message,
            };
            faults.Add(new SettingFault(source, "", message));
            return [];
        }
    }
}
