using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Worker.Capture;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>serve</c>: captures to any client of Kraken's public WebSockets, on this machine.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(250);

    private static readonly Argument<string[]> Files = new("CAPTURE")
    {
        Description = "Captures: folders and segments of record, or text; several recordings in one order of time.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port on 127.0.0.1; 0 takes a free one.",
    };

    private static readonly Option<string> Speed = new("--speed")
    {
        Description = "max (as fast as the clients read), or a multiple of recorded time (1, 10).",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<bool> Loop = new("--loop") { Description = "Begin again at the end." };

    private static readonly Option<bool> Json = new("--json") { Description = "Addresses and result as JSON lines." };

    public static Command Build()
    {
        Command command = new("serve", "Play captures as Kraken's public WebSocket, on 127.0.0.1.")
        {
            Files, Port, Speed, Loop, Json,
        };
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (!ReplayCommand.TryReadSpeed(parsed.GetValue(Speed)!, out double speed, out string error))
        {
            await errors.WriteLineAsync(error).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        ServeOptions options = new()
        {
            Files = parsed.GetValue(Files)!,
            Port = parsed.GetValue(Port),
            Speed = speed,
            Loop = parsed.GetValue(Loop),
        };
        using Interruption interruption = new();
        CaptureServer? server;
        try
        {
            (server, error) = await CaptureServer.StartAsync(options, interruption.Token).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            await errors.WriteLineAsync($"serve cannot listen: {fault.Message} Choose another --port.")
                .ConfigureAwait(false);
            return ExitCode.Unreachable;
        }

        if (server is null)
        {
            await errors.WriteLineAsync($"serve cannot play: {error}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        await using (server.ConfigureAwait(false))
        {
            bool json = parsed.GetValue(Json);
            int symbols = server.Play.Offered.Select(offer => offer.Symbol).Distinct().Count(name => name.Length > 0);
            await output.WriteLineAsync(json
                ? FormattableString.Invariant(
                    $"{{\"spot\":\"{server.SpotUrl}\",\"unified\":\"{server.UnifiedUrl}\",")
                    + FormattableString.Invariant($"\"legacy\":\"{server.LegacyUrl}\",\"symbols\":{symbols}}}")
                : FormattableString.Invariant(
                    $"{symbols} symbols at {server.SpotUrl} (spot v2), {server.UnifiedUrl} (Unified) and ")
                    + $"{server.LegacyUrl} (derivatives v1)")
                .ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            await WaitAsync(server, interruption.Token).ConfigureAwait(false);
            if (json)
            {
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"{{\"frames_played\":{server.Play.FramesPlayed},\"frames_sent\":{server.Play.FramesSent}}}"))
                    .ConfigureAwait(false);
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>Until it is stopped: clients may come after the captures' end, too, and hear heartbeats.</summary>
    private static async Task WaitAsync(CaptureServer server, CancellationToken stop)
    {
        using PeriodicTimer timer = new(ShowEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                if (Console.IsErrorRedirected) continue;
                await Console.Error.WriteAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"\r{server.Play.FramesPlayed} frames played{(server.Play.IsOver ? " to the end" : "")}, "
                    + $"{server.Play.FramesSent} sent  ")).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }
}
