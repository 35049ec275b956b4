using System;
using System.CommandLine;
using System.IO;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Storage.Database;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The options of the verbs that deal with history: the same names, the same meaning.</summary>
internal static class HistoryOptions
{
    private static readonly Option<string?> Db = new("--db")
    {
        Description = "The store: a SQLite file, its folder or a PostgreSQL address. Without it the store of "
            + "storage.url (file, TRADINGBOT__STORAGE__URL, DATABASE_URL).",
    };

    private static readonly Option<string?> RestUrl = new("--rest-url")
    {
        Description = "A stand-in for Kraken's REST on this machine, as http://127.0.0.1:8001.",
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "One JSON object on standard output." };

    public static void AddTo(Command command, bool asks)
    {
        command.Options.Add(Db);
        if (asks) command.Options.Add(RestUrl);
        command.Options.Add(Json);
        SettingsOptions.AddPlaceTo(command);
    }

    /// <summary>What settings want of the listing: with the allow list, which <c>run</c> subscribes to.</summary>
    public static UniverseOptions UniverseOf(WorkerSettings settings) =>
        settings.Listing with { Allow = settings.Universe };

    /// <summary>Where a run asks for market data: where its venue is.</summary>
    public static PublicRestOptions RestOf(VenueSettings venue) =>
        venue.SpotRest is { } address ? RestAt(address) : new PublicRestOptions();

    /// <summary>Settings and place; null when something cannot be used, which was told.</summary>
    public static (WorkerSettings Settings, HistoryPlace Place)? Read(ParseResult parsed, string verb, out int exitCode)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        EffectiveSettings effective = SettingsOptions.Read(parsed);
        exitCode = ExitCode.Configuration;
        if (effective.Faults.Count > 0)
        {
            errors.Write(effective.Explain(verb));
            return null;
        }

        exitCode = ExitCode.Usage;
        if (RestOf(parsed, effective.Settings, out string error) is not { } rest
            || StoreOf(parsed, effective.Settings, out error) is not { } store)
        {
            errors.WriteLine($"{verb}: {error}");
            return null;
        }

        string folder = store.File is { } file && parsed.GetValue(Db) is not null
            ? Path.GetDirectoryName(Path.GetFullPath(file))!
            : effective.Settings.Storage.Folder;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            exitCode = ExitCode.Unreachable;
            errors.WriteLine($"{verb}: {fault.Message} Choose another place with --db or storage.url.");
            return null;
        }

        exitCode = ExitCode.Ok;
        string origin = rest.Spot.IsLoopback ? HistoryPlace.OfStandIn : HistoryPlace.OfKraken;
        return (effective.Settings, new HistoryPlace(store, folder, rest, origin));
    }

    private static PublicRestOptions? RestOf(ParseResult parsed, WorkerSettings settings, out string error)
    {
        error = "";
        string? given = parsed.GetValue(RestUrl);
        if (given is null && settings.Venue.SpotRest is null) return new PublicRestOptions();
        string text = given ?? settings.Venue.SpotRest!.ToString();
        bool isAddress = Uri.TryCreate(text, UriKind.Absolute, out Uri? address);
        string name = given is null ? "venue.spot.rest_url" : "--rest-url";
        if (!isAddress)
        {
            error = $"{name} '{given}' is no address: give one as http://127.0.0.1:8001.";
            return null;
        }

        if (PublicRestOptions.WhyRefused(address!) is { } refused)
        {
            error = $"{name}: {refused}.";
            return null;
        }

        return RestAt(address!);
    }

    /// <summary>A stand-in answers for both hosts; Kraken's spot address says nothing of the other one.</summary>
    private static PublicRestOptions RestAt(Uri address) =>
        address.IsLoopback ? PublicRestOptions.Loopback(address) : new PublicRestOptions { Spot = address };

    private static StorePlace? StoreOf(ParseResult parsed, WorkerSettings settings, out string error)
    {
        error = "";
        return parsed.GetValue(Db) is { } given
            ? StoreOptions.Place(given, history: true, out error)
            : settings.Storage.History;
    }
}
