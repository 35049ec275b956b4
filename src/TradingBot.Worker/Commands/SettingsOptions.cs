using System;
using System.Collections;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The options that name a configuration or override one of its keys; the same for every verb.</summary>
internal static class SettingsOptions
{
    private static readonly Option<string?> Config = new("--config")
    {
        Description = "The configuration file; without it the one TRADINGBOT_CONFIG names, else the defaults.",
    };

    private static readonly Option<bool> Live = new("--live") { Description = "Short for mode: live." };

    private static readonly Option<string?> Venue = new("--venue")
    {
        Description = "Overrides venue.kind: simulated or kraken.",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Overrides storage.url: where the intent log lies.",
    };

    private static readonly Option<string?> Capture = new("--capture")
    {
        Description = "Overrides capture.folder: record the public feed there, for replay and serve.",
    };

    private static readonly Option<int?> Port = new("--port")
    {
        Description = "Overrides admin.listen: port of the page on 127.0.0.1; 0 takes a free one.",
    };

    private static readonly Option<ulong?> Seed = new("--seed")
    {
        Description = "Overrides venue.simulated.seed: the simulated market.",
    };

    /// <summary>For verbs that only need to know where things lie and what is wanted.</summary>
    public static void AddPlaceTo(Command command)
    {
        command.Options.Add(Config);
        command.Options.Add(Data);
    }

    public static void AddTo(Command command)
    {
        command.Options.Add(Config);
        command.Options.Add(Live);
        command.Options.Add(Venue);
        command.Options.Add(Data);
        command.Options.Add(Capture);
        command.Options.Add(Port);
        command.Options.Add(Seed);
    }

    /// <summary>What says where the data folder is, and nothing else.</summary>
    public static void AddFolderTo(Command command)
    {
        command.Options.Add(Config);
        command.Options.Add(Data);
    }

    /// <summary>The configuration in effect: defaults, file, environment and these options.</summary>
    public static EffectiveSettings Read(ParseResult parsed)
    {
        List<GivenSetting> given = [];
        if (parsed.GetValue(Live)) given.Add(Give("mode", "live", Live));
        if (parsed.GetValue(Venue) is { } venue) given.Add(Give("venue.kind", venue, Venue));
        if (parsed.GetValue(Data) is { } data) given.Add(Give("storage.url", data, Data));
        if (parsed.GetValue(Capture) is { } capture) given.Add(Give("capture.folder", capture, Capture));
        if (parsed.GetValue(Port) is { } port)
        {
            given.Add(Give("admin.listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), Port));
        }

        if (parsed.GetValue(Seed) is { } seed)
        {
            given.Add(Give("venue.simulated.seed", seed.ToString(CultureInfo.InvariantCulture), Seed));
        }

        return EffectiveSettings.Read(parsed.GetValue(Config), Variables(), given);
    }

    /// <summary>The configuration without options: the file that TRADINGBOT_CONFIG names, and the
    /// environment.</summary>
    public static EffectiveSettings OfEnvironment() => EffectiveSettings.Read(null, Variables(), []);

    private static GivenSetting Give(string key, string text, Option option) =>
        new(key, text, IsList: false, new SettingSource(SettingOrigin.Option, "option " + option.Name));

    private static Dictionary<string, string> Variables()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
