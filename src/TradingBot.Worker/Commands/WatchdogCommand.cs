using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Worker.Health;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>watchdog</c>: a second process that takes back the entries of a worker that died.</summary>
internal static class WatchdogCommand
{
    private static readonly Option<string?> For = new("--for")
    {
        Description = "End after this time: 30s, 5m, 1h. Without it, watch until stopped.",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "One JSON object a line on standard output.",
    };

    public static Command Build()
    {
        Command command = new(
            "watchdog", "Watch the worker of a data folder; when its heart stops, cancel its resting entries by id.")
        {
            For, Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        VerbStart start = await VerbStart.ReadAsync(parsed, "watchdog", parsed.GetValue(For)).ConfigureAwait(false);
        if (start.Settings is not { } settings) return start.Code;
        string fault = "";
        using Secret? key = Key("watchdog.api_key_file", settings.Watchdog.KeyFile, isBase64: false, ref fault);
        using Secret? secret = Key("watchdog.api_secret_file", settings.Watchdog.SecretFile, isBase64: true, ref fault);
        if (fault.Length == 0 && settings.Venue.Addresses is null)
        {
            fault = "venue.spot.rest_url and the other addresses must be given: a simulated Kraken that the worker "
                + "starts itself dies with it, and its orders too";
        }

        if (fault.Length == 0 && key!.Fingerprint() == settings.Venue.Key?.Value.Fingerprint())
        {
            fault = "watchdog.api_key_file holds the worker's key: the watchdog needs one of its own, which may only "
                + "cancel";
        }

        if (fault.Length > 0)
        {
            await errors.WriteLineAsync($"watchdog cannot start: {fault}.").ConfigureAwait(false);
            return ExitCode.Configuration;
        }

        return await WatchAsync(parsed, settings, key!, secret!, start.Duration).ConfigureAwait(false);
    }

    private static Secret? Key(string name, string path, bool isBase64, ref string fault)
    {
        if (fault.Length > 0) return null;
        if (path.Length == 0)
        {
            fault = $"{name} names no file: the watchdog signs with a key of its own, which may only cancel";
            return null;
        }

        SecretFile? read = SecretFile.Read(path, isBase64, out string wrong);
        if (read is null) fault = $"{name}: {wrong}";
        return read?.Value;
    }

    private static async Task<int> WatchAsync(
        ParseResult parsed, WorkerSettings settings, Secret key, Secret secret, TimeSpan duration)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        TextWriter output = parsed.InvocationConfiguration.Output;
        bool isJson = parsed.GetValue(Json);
        VenueAddresses addresses = settings.Venue.Addresses!;
        using Interruption interruption = new();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        if (duration != TimeSpan.MaxValue) stop.CancelAfter(duration);
        try
        {
            string folder = settings.Storage.Folder;
            using AccountCalls? calls =
                AccountCalls.Open(folder, addresses.Rest, key, secret, settings.Venue.Tier, out string fault);
            if (calls is null)
            {
                await errors.WriteLineAsync($"watchdog cannot start: {fault}").ConfigureAwait(false);
                return ExitCode.CheckFailed;
            }

            Watchdog watchdog = new(
                calls.Rest, addresses.UnifiedPrivate, folder, settings.Watchdog.After, TimeProvider.System, Tell);
            fault = await watchdog.CheckKeyAsync(stop.Token).ConfigureAwait(false);
            if (fault.Length > 0)
            {
                await errors.WriteLineAsync($"watchdog cannot start: {fault}.").ConfigureAwait(false);
                return ExitCode.CheckFailed;
            }

            double seconds = settings.Watchdog.After.TotalSeconds;
            Tell("watching", string.Create(
                CultureInfo.InvariantCulture, $"{folder}; a worker that is silent for {seconds} s is dead"));
            await watchdog.RunAsync(stop.Token).ConfigureAwait(false);
            Tell("ended", string.Create(
                CultureInfo.InvariantCulture, $"{watchdog.Deaths} deaths, {watchdog.Cancelled} entries cancelled"));
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Ok;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"watchdog cannot start: {fault.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }

        void Tell(string what, string words)
        {
            output.WriteLine(isJson ? Line(what, words) : $"{what}: {words}");
            output.Flush();
        }
    }

    private static string Line(string what, string words)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("time_ms", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteString("event", what);
            json.WriteString("text", words);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
