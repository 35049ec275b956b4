using System;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.Commands;

/// <summary>
/// The verb <c>migrate</c>: creates a database and sets its mark, or brings the schema of one up to date.
/// </summary>
internal static class MigrateCommand
{
    private static readonly Option<string?> Db = StoreOptions.Db();

    private static readonly Option<bool> History = new("--candles")
    {
        Description = "The store of candles, which belongs to no account, instead of the account's.",
    };

    private static readonly Option<string?> Mark = new("--mark")
    {
        Description = "Mode it is for: paper, live or dry-run. It is set once; another one is refused.",
    };

    private static readonly Option<string?> Account = new("--account")
    {
        Description = "Account it is for, as in the worker's settings. It is set once; another one is refused.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new("migrate", "Create a database for one mode and account, or bring its schema up to date.")
        {
            Db, Mark, Account, History, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        bool history = parsed.GetValue(History);
        StorePlace? place = StoreOptions.Place(parsed.GetValue(Db), history, out string error);
        if (place is null)
        {
            Console.Error.WriteLine($"migrate: {error}");
            return ExitCode.Usage;
        }

        if (history)
        {
            CandleOpening opened = CandleStore.Open(place, TimeProvider.System);
            opened.Store?.Dispose();
            return Tell(parsed, place, null, new StoreOpening(null, opened.Fault, opened.From, opened.To, opened.Copy));
        }

        string mode = parsed.GetValue(Mark) ?? "";
        string account = parsed.GetValue(Account) ?? "";
        if (!AccountMark.TryCreate(mode, account, out AccountMark mark, out error))
        {
            Console.Error.WriteLine($"migrate --mark --account: {error}");
            return ExitCode.Usage;
        }

        StoreOpening opening = StateStore.Open(place, mark, TimeProvider.System);
        opening.Store?.Dispose();
        return Tell(parsed, place, mark, opening);
    }

    private static int Tell(ParseResult parsed, StorePlace place, AccountMark? mark, StoreOpening opening)
    {
        if (opening.Fault is { } fault)
        {
            Console.Error.WriteLine($"migrate: {fault.Text}");
            return StoreOptions.ExitCodeOf(fault);
        }

        if (parsed.GetValue(Json)) WriteJson(place, mark, opening);
        else Console.WriteLine(Text(place, mark?.ToString() ?? "candles", opening));
        return ExitCode.Ok;
    }

    private static string Text(StorePlace path, string whose, StoreOpening opening)
    {
        if (opening.From == opening.To) return $"{path} is of {whose} and has schema {opening.To}: nothing was to do.";
        if (opening.From == 0) return $"{path} was created with schema {opening.To} for {whose}.";
        return $"{path} of {whose} went from schema {opening.From} to {opening.To}; as it was: {opening.Copy}";
    }

    private static void WriteJson(StorePlace place, AccountMark? mark, StoreOpening opening)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("db", place.Text);
        json.WriteString("mode", mark?.Mode);
        json.WriteString("account", mark?.Account);
        json.WriteBoolean("created", opening.From == 0);
        json.WriteBoolean("changed", opening.From != opening.To);
        json.WriteNumber("schema", opening.To);
        json.WriteString("copy", opening.Copy);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }
}
