using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>flatten</c>: halts entries and closes every position of the worker of a data folder.</summary>
internal static class FlattenCommand
{
    private const string FolderKey = "storage.url";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private static readonly Option<string> Account = new("--account")
    {
        Description = "Id of the account to be closed, as in account.id: typed, so that it is the one you mean.",
        Required = true,
    };

    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "Why, in a few words: it is kept in the intent log and shown.",
        Required = true,
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it. Without it nothing is done, and what would be closed is told.",
    };

    private static readonly Option<string?> For = new("--for")
    {
        Description = "How long to wait until all is closed: 30s, 5m. 1m without it.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new(
            "flatten", "Halt entries and close every position with reduce-only orders; says what it would do, "
                + "until --apply.")
        {
            Account, Reason, Apply, For, Json,
        };
        SettingsOptions.AddFolderTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        string why = parsed.GetValue(Reason)!.Trim();
        bool timed = RunCommand.TryReadDuration(parsed.GetValue(For) ?? "1m", out TimeSpan most);
        // The halt is kept with the word flatten before it.
        if (!timed || !OperatorMessage.IsReason("flatten: " + why) || why.Length == 0)
        {
            await errors.WriteLineAsync(
                timed ? $"flatten --reason: {OperatorMessage.ReasonAllowed}, with the word flatten before it."
                    : $"--for '{parsed.GetValue(For)}' is not a time: 30s, 5m or 1h.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        // As with halt, only the folder is taken from the configuration.
        EffectiveSettings effective = SettingsOptions.Read(parsed);
        bool named = effective.Sources[FolderKey].Origin == SettingOrigin.Option;
        SettingFault? fault =
            effective.Faults.FirstOrDefault(one => one.Key == FolderKey || (!named && one.Key.Length == 0));
        if (fault is not null)
        {
            await errors.WriteLineAsync($"flatten: {fault.Text}").ConfigureAwait(false);
            return ExitCode.Configuration;
        }

        string folder = effective.Settings.Storage.Folder;
        bool applies = parsed.GetValue(Apply);
        OperatorAsk ask = new(
            applies ? OperatorDo.Flatten : OperatorDo.FlattenPlan, why, parsed.GetValue(Account)!.Trim());
        Standing? standing = await AskAsync(folder, ask, errors).ConfigureAwait(false);
        if (standing is null) return ExitCode.Unreachable;
        IReadOnlyList<string> orders = standing.Positions;
        Stopwatch waited = Stopwatch.StartNew();
        while (applies && standing.IsDone && standing.Positions.Count > 0 && waited.Elapsed < most)
        {
            await Task.Delay(LookEvery).ConfigureAwait(false);
            Standing? now = await AskAsync(folder, ask with { Do = OperatorDo.FlattenPlan }, errors)
                .ConfigureAwait(false);
            if (now is null) return ExitCode.Unreachable;
            // A lane that is down for a moment tells nothing: what was open still counts.
            if (now.IsDone) standing = now;
        }

        string text = parsed.GetValue(Json) ? JsonOf(standing, orders, applies) : TextOf(standing, orders, applies);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
        bool isWhole = standing.Refused.Length == 0 && (!applies || standing.Positions.Count == 0);
        return isWhole ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    private static async Task<Standing?> AskAsync(string folder, OperatorAsk ask, TextWriter errors)
    {
        string wrong = "";
        byte[]? answer = await OperatorSocket.AskAsync(
            folder, OperatorMessage.Request(ask), text => wrong = text).ConfigureAwait(false);
        if (answer is null)
        {
            await errors.WriteLineAsync(
                $"flatten: {wrong}. Without a worker, close at Kraken's own page.").ConfigureAwait(false);
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(answer);
        JsonElement root = json.RootElement;
        bool listed = root.TryGetProperty("positions", out JsonElement positions)
            && positions.ValueKind == JsonValueKind.Array;
        return new Standing(
            root.GetProperty("refused").GetString()!, root.GetProperty("halted").ValueKind == JsonValueKind.True,
            listed ? [.. positions.EnumerateArray().Select(one => one.GetString()!)] : []);
    }

    private static string JsonOf(Standing standing, IReadOnlyList<string> orders, bool applied) =>
        JsonSerializer.Serialize(new
        {
            applied,
            refused = standing.Refused,
            halted = standing.Halted,
            orders,
            open = applied ? standing.Positions : orders,
        });

    private static string TextOf(Standing standing, IReadOnlyList<string> orders, bool applied)
    {
        StringBuilder text = new();
        string words = standing.Refused switch
        {
            "" => "",
            "wrong_account" => "not done: the worker's account has another id; look at account.id",
            "not_ready" => "not done: the worker has not seen its account whole yet, or its order lane is down; ask "
                + "again",
            "not_durable" => "done, but the intent log cannot be written: after a restart the halt is forgotten",
            _ => $"not done: {standing.Refused}",
        };
        if (!standing.IsDone) return words;
        if (words.Length > 0) text.AppendLine(words);
        string verb = applied ? "sent" : "would send";
        foreach (string order in orders) text.Append(verb).Append(": ").Append(order).AppendLine(", reduce-only");
        if (!applied) text.Append(orders.Count).Append(" positions; nothing was done, --apply does it");
        else if (standing.Positions.Count == 0) text.Append("flat; entries are halted until 'tradingbot resume'");
        else text.Append("still open: ").AppendJoin(", ", standing.Positions).Append("; the worker goes on closing");
        return text.ToString();
    }

    /// <param name="Refused">Why it was not done; empty when it was.</param>
    /// <param name="Halted">Entries are.</param>
    /// <param name="Positions">What is open.</param>
    private sealed record Standing(string Refused, bool Halted, IReadOnlyList<string> Positions)
    {
        /// <summary>A halt that a restart would forget is in effect all the same.</summary>
        public bool IsDone => Refused is "" or "not_durable";
    }
}
