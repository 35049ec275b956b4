using System;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using TradingBot.Storage.Database;

namespace TradingBot.Worker.Commands;

/// <summary>
/// The verb <c>migrate</c>: creates a database and sets its mark, or brings the schema of one up to date.
/// </summary>
internal static class MigrateCommand
{
    private static readonly Option<string> Db = new("--db")
    {
        Description = "The SQLite file; it is created when there is none.",
        Required = true,
    };

    private static readonly Option<string> Mark = new("--mark")
    {
        Description = "Mode it is for: paper, live or dry-run. It is set once; another one is refused.",
        Required = true,
    };

    private static readonly Option<string> Account = new("--account")
    {
        Description = "Account it is for, as in the worker's settings. It is set once; another one is refused.",
        Required = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new("migrate", "Create a database for one mode and account, or bring its schema up to date.")
        {
            Db, Mark, Account, Json,
        };
        command.SetAction(Invoke);
        return command;
    }

    private static int Invoke(ParseResult parsed)
    {
        string path = parsed.GetValue(Db)!;
        if (!AccountMark.TryCreate(
            parsed.GetValue(Mark)!, parsed.GetValue(Account)!, out AccountMark mark, out string error))
        {
            Console.Error.WriteLine($"migrate --mark --account: {error}");
            return ExitCode.Usage;
        }

        StoreOpening opening = StateStore.Open(StorePlace.OfFile(path), mark, TimeProvider.System);
        using StateStore? store = opening.Store;
        if (opening.Fault is { } fault)
        {
            Console.Error.WriteLine($"migrate: {fault.Text}");
            return fault.Kind == StoreFaultKind.Unreachable ? ExitCode.Unreachable : ExitCode.CheckFailed;
        }

        if (parsed.GetValue(Json)) WriteJson(path, mark, opening);
        else Console.WriteLine(Text(path, mark, opening));
        return ExitCode.Ok;
    }

    private static string Text(string path, AccountMark mark, StoreOpening opening)
    {
        if (opening.From == opening.To) return $"{path} is of {mark} and has schema {opening.To}: nothing was to do.";
        if (opening.From == 0) return $"{path} was created with schema {opening.To} for {mark}.";
        return $"{path} of {mark} went from schema {opening.From} to {opening.To}; as it was: {opening.Copy}";
    }

    private static void WriteJson(string path, AccountMark mark, StoreOpening opening)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteString("mode", mark.Mode);
        json.WriteString("account", mark.Account);
        json.WriteBoolean("created", opening.From == 0);
        json.WriteBoolean("changed", opening.From != opening.To);
        json.WriteNumber("schema", opening.To);
        json.WriteString("copy", opening.Copy);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }
}
