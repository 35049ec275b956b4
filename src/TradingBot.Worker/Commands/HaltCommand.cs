using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verbs <c>halt</c> and <c>resume</c>: no new exposure in the worker of a data folder.</summary>
internal static class HaltCommand
{
    private const string FolderKey = "storage.url";

    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "Why, in a few words: it is kept in the intent log and shown.",
        Required = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command BuildHalt() => Build(
        "halt", "No new entries in the running worker: resting ones are cancelled, stops stay, restarts stay halted.");

    public static Command BuildResume() => Build("resume", "Entries again in the running worker.");

    private static Command Build(string name, string description)
    {
        Command command = new(name, description) { Reason, Json };
        SettingsOptions.AddFolderTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed, name == "halt"));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, bool halts)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string verb = halts ? "halt" : "resume";
        string why = parsed.GetValue(Reason)!.Trim();
        if (!OperatorMessage.IsReason(why))
        {
            await errors.WriteLineAsync($"{verb} --reason: {OperatorMessage.ReasonAllowed}.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        // A configuration that went wrong since the start must not stand between an operator and a halt: only the
        // folder is taken from it, and nothing where --data names it.
        EffectiveSettings effective = SettingsOptions.Read(parsed);
        bool named = effective.Sources[FolderKey].Origin == SettingOrigin.Option;
        SettingFault? fault =
            effective.Faults.FirstOrDefault(one => one.Key == FolderKey || (!named && one.Key.Length == 0));
        if (fault is not null)
        {
            await errors.WriteLineAsync($"{verb}: {fault.Text}").ConfigureAwait(false);
            return ExitCode.Configuration;
        }

        string folder = effective.Settings.Storage.Folder;
        string wrong = "";
        byte[]? answer = await OperatorSocket.AskAsync(
            folder, OperatorMessage.Request(new OperatorAsk(halts ? OperatorDo.Halt : OperatorDo.Resume, why)),
            text => wrong = text).ConfigureAwait(false);
        if (answer is null)
        {
            await errors.WriteLineAsync($"{verb}: {wrong}.").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }

        using JsonDocument json = JsonDocument.Parse(answer);
        bool done = json.RootElement.GetProperty("done").GetBoolean();
        string text = parsed.GetValue(Json) ? Encoding.UTF8.GetString(answer) : Text(json.RootElement);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
        return done ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static string Text(JsonElement answer)
    {
        string refused = answer.GetProperty("refused").GetString()!;
        JsonElement halted = answer.GetProperty("halted");
        string standing = halted.ValueKind != JsonValueKind.True ? "entries are let in"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"halted since {DateTimeOffset.FromUnixTimeMilliseconds(answer.GetProperty("since_ms").GetInt64()):O}: "
                + $"{answer.GetProperty("why").GetString()}");
        return refused switch
        {
            "" => standing,
            "not_durable" => standing + ". But the intent log cannot be written: after a restart this is forgotten",
            "drawdown_persists" => standing + ". Not resumed: the result still lies risk.drawdown_halt or more below "
                + "its best; raise that, which takes a restart, or wait",
            _ => $"not done: {refused}",
        };
    }
}
