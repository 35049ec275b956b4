using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>config</c>: every key's value in effect, and where it comes from.</summary>
internal static class ConfigCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new("config", "Show the configuration in effect: each value and where it comes from.")
        {
            Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        EffectiveSettings effective = SettingsOptions.Read(parsed);
        InvocationConfiguration streams = parsed.InvocationConfiguration;
        if (effective.Faults.Count > 0)
        {
            streams.Error.Write(effective.Explain("run"));
            return ExitCode.Configuration;
        }

        foreach (string notice in effective.Notices) streams.Error.WriteLine(notice);
        streams.Output.Write(parsed.GetValue(Json) ? AsJson(effective) : AsText(effective));
        return ExitCode.Ok;
    }

    private static string AsText(EffectiveSettings effective)
    {
        int width = SettingTable.Names.Max(name => name.Length);
        StringBuilder text = new();
        foreach (SettingKey key in SettingTable.Keys)
        {
            string value = key.Show(effective.Settings);
            string shown = value.Length > 0 ? value : key.IsList ? "[]" : "\"\"";
            text.Append(key.Name.PadRight(width + 2)).Append(shown)
                .Append("  (").Append(effective.Sources[key.Name].Text).Append(")\n");
        }

        return text.ToString();
    }

    private static string AsJson(EffectiveSettings effective)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            foreach (SettingKey key in SettingTable.Keys)
            {
                json.WriteStartObject(key.Name);
                json.WriteString("value", key.Show(effective.Settings));
                json.WriteString("source", effective.Sources[key.Name].Text);
                string notice = effective.NoticeOf(key);
                json.WriteString("notice", notice.Length > 0 ? notice : null);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
