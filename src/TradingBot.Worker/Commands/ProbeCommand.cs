using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Simulation.Loopback;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Health;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>probe</c>: what the venue's frames really hold, beside what this program assumes.</summary>
internal static class ProbeCommand
{
    private static readonly Option<string> For = new("--for")
    {
        Description = "Listen so long: 20s, 5m, 1h. Ledgers need a funding hour, or a trade.",
        DefaultValueFactory = _ => "20s",
    };

    private static readonly Option<string> Symbol = new("--symbol")
    {
        Description = "The perpetual whose market is listened to.",
        DefaultValueFactory = _ => "PF_XBTUSD",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the raw frames and the report.",
        DefaultValueFactory = _ => "probe",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output." };

    public static Command Build()
    {
        Command command = new(
            "probe", "Listen to every channel of the Unified WebSocket; keep the frames; tell where they differ.")
        {
            For, Symbol, Out, Json,
        };
        SettingsOptions.AddTo(command);
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        VerbStart start = await VerbStart.ReadAsync(parsed, "probe", parsed.GetValue(For)).ConfigureAwait(false);
        if (start.Settings is not { } settings) return start.Code;
        using Interruption interruption = new();
        try
        {
            return await ProbeAsync(parsed, settings, start.Duration, interruption.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("probe: interrupted; the frames so far are kept").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"probe: {fault.Message}").ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
    }

    private static async Task<int> ProbeAsync(
        ParseResult parsed, WorkerSettings settings, TimeSpan duration, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        CircleOptions options = RunComposition.OptionsOf(settings);
        LoopbackKraken? own = settings.Venue.Addresses is null
            ? await LoopbackKraken.StartAsync(options.Venue, 0, stop).ConfigureAwait(false) : null;
        try
        {
            VenueAddresses addresses = settings.Venue.Addresses
                ?? RunComposition.AddressesOf(own!);
            bool hasKey = own is not null || settings.Venue.Key is not null;
            using Secret? token = hasKey
                ? await TokenAsync(parsed, settings, options, addresses, stop).ConfigureAwait(false) : null;
            if (hasKey && token is null) return ExitCode.CheckFailed;
            if (!hasKey)
            {
                await errors.WriteLineAsync("probe: no key is configured, so only public channels are listened to")
                    .ConfigureAwait(false);
            }

            string stamp = TimeProvider.System.GetUtcNow()
                .ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            string place = Path.Combine(parsed.GetValue(Out)!, $"probe-{stamp}");
            await errors.WriteLineAsync(
                $"probe: listening to {addresses.UnifiedPublic.Host} for {duration.TotalSeconds:0} s, into {place}.*")
                .ConfigureAwait(false);
            Probe probe;
            string fault;
            using (FileStream record = Create(place + ".ndjson"))
            {
                probe = new Probe(addresses, parsed.GetValue(Symbol)!, duration, record);
                fault = await probe.RunAsync(token, stop).ConfigureAwait(false);
            }

            return await ReportAsync(parsed, probe, place, fault).ConfigureAwait(false);
        }
        finally
        {
            if (own is not null) await own.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A token of the account; null when the venue gives none, which was told.</summary>
    private static async Task<Secret?> TokenAsync(
        ParseResult parsed, WorkerSettings settings, CircleOptions options, VenueAddresses addresses,
        CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        _ = PlaceChecks.Database(settings, out bool isHeld);
        if (isHeld)
        {
            await errors.WriteLineAsync(
                "probe: a worker uses the key of this data folder, and their nonces would collide: probe with a key of "
                + "its own, or stop the worker.").ConfigureAwait(false);
            return null;
        }

        using AccountCalls? calls = AccountCalls.Open(
            settings.Storage.Folder, addresses.Rest, options.ApiKey, options.ApiSecret, options.Tier, out string fault);
        if (calls is not null)
        {
            RestResult<WebSocketToken> asked = await calls.Rest.PostAsync(
                WebSocketToken.Path, "", AccountChecks.ReadToken, Urgency.Routine, stop).ConfigureAwait(false);
            if (asked.Value is { } token) return token.Text;
            fault = $"no token: {asked.Failure!.Reason}. {LiveStart.AdviceOn(asked.Failure)}";
        }

        await errors.WriteLineAsync($"probe: {fault}").ConfigureAwait(false);
        return null;
    }

    /// <summary>Frames of an account are its owner's alone.</summary>
    private static FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static async Task<int> ReportAsync(ParseResult parsed, Probe probe, string place, string fault)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        string json = AsJson(probe, place, fault);
        using (FileStream report = Create(place + ".json")) report.Write(Encoding.UTF8.GetBytes(json));
        if (parsed.GetValue(Json)) await output.WriteLineAsync(json).ConfigureAwait(false);
        else await output.WriteAsync(AsText(probe, place, fault)).ConfigureAwait(false);
        if (fault.Length > 0) return ExitCode.Unreachable;
        return probe.Channels.Any(channel => channel.Differs) || probe.Malformed > 0
            ? ExitCode.CheckFailed : ExitCode.Ok;
    }

    private static string AsText(Probe probe, string place, string fault)
    {
        StringBuilder text = new();
        foreach (ChannelProbe channel in probe.Channels)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{channel.Name,-11} {channel.Frames,6} frames  {channel.Verdict}\n");
            foreach (string path in channel.Unknown) text.Append(CultureInfo.InvariantCulture, $"    + {path}\n");
            foreach (string path in channel.Unseen) text.Append(CultureInfo.InvariantCulture, $"    - {path}\n");
        }

        if (probe.Others.Count > 0) text.Append(null, $"besides: {string.Join(", ", probe.Others)}\n");
        if (probe.Malformed > 0) text.Append(CultureInfo.InvariantCulture, $"{probe.Malformed} messages are no JSON\n");
        if (fault.Length > 0) text.Append(null, $"failed: {fault}\n");
        return text.Append(null, $"+ nobody assumed it; - it did not come. Frames and report: {place}.*\n").ToString();
    }

    private static string AsJson(Probe probe, string place, string fault)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("frames", place + ".ndjson");
            json.WriteString("fault", fault.Length > 0 ? fault : null);
            json.WriteNumber("malformed", probe.Malformed);
            json.WriteStartArray("channels");
            foreach (ChannelProbe channel in probe.Channels) channel.Write(json);
            json.WriteEndArray();
            json.WriteStartArray("others");
            foreach (string other in probe.Others) json.WriteStringValue(other);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
