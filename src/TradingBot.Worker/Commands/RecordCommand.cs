using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Commands;

/// <summary>The verb <c>record</c>: a public feed into a folder of segments.</summary>
internal static class RecordCommand
{
    private const long ShowEveryNs = 250_000_000;

    private static readonly Option<string[]> Symbols = new("--symbols")
    {
        Description = "Symbols, by comma or one by one: spot as BTC/USD, perpetuals as PF_XBTUSD.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> AllOfSpot = new("--universe")
    {
        Description = "Every spot symbol that the venue lists as online.",
    };

    private static readonly Option<string> Channels = new("--channels")
    {
        Description = "Channels of each symbol, by comma: book, trade, ticker. The instruments always come along.",
        DefaultValueFactory = _ => "book,trade",
    };

    private static readonly Option<int> Depth = new("--depth")
    {
        Description = "Levels a side: 10, 25, 100, 500 or 1000.",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<string?> For = new("--for")
    {
        Description = "End after this time: 30s, 5m, 1h. Without it, record until stopped.",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "The folder; one recording after the other may be put there.",
        Required = true,
    };

    private static readonly Option<string?> Url = new("--url")
    {
        Description = "Spot WebSocket v2; by default Kraken's. ws:// only on this machine.",
    };

    private static readonly Option<string?> UnifiedUrl = new("--unified-url")
    {
        Description = "Unified WebSocket, for perpetuals; by default Kraken's. ws:// only on this machine.",
    };

    private static readonly Option<string> Derivatives = new("--derivatives")
    {
        Description = "Which feed perpetuals come from: unified, or legacy, Kraken's first WebSocket, which it ends on "
            + "2027-03-01.",
        DefaultValueFactory = _ => "unified",
    };

    private static readonly Option<string?> FuturesUrl = new("--futures-url")
    {
        Description = "That first WebSocket; by default Kraken's. ws:// only on this machine.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "End with one JSON object." };

    public static Command Build()
    {
        Depth.AcceptOnlyFromAmong("10", "25", "100", "500", "1000");
        Derivatives.AcceptOnlyFromAmong("unified", "legacy", LegacyFeed.BeyondItsEnd);
        Command command = new("record", "Record a public feed, with every gap in it, for replay and serve.")
        {
            Symbols, AllOfSpot, Channels, Depth, For, Out, Url, UnifiedUrl, Derivatives, FuturesUrl, Json,
        };
        command.SetAction((parsed, _) => InvokeAsync(parsed));
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (!TryRead(parsed, out RecordingOptions? options, out TimeSpan duration, out string error))
        {
            await errors.WriteLineAsync(error).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        if (options.IsLegacy)
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            bool isInsisted = parsed.GetValue(Derivatives) == LegacyFeed.BeyondItsEnd;
            string over = LegacyFeed.Refusal(now, isInsisted, "--derivatives");
            await errors.WriteLineAsync(over.Length > 0 ? over : LegacyFeed.Warning(now)).ConfigureAwait(false);
            if (over.Length > 0) return ExitCode.Usage;
        }

        using Interruption interruption = new();
        SocketWire wire = new(options.Addresses);
        await using (wire.ConfigureAwait(false))
        {
            return await Task.Factory.StartNew(
                () => Record(parsed, options, wire, duration, interruption.Token), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static int Record(
        ParseResult parsed, RecordingOptions options, SocketWire wire, TimeSpan duration, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        long startNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        long began = Stopwatch.GetTimestamp();
        if (parsed.GetValue(AllOfSpot))
        {
            IReadOnlyList<string> listed = Universe.Read(options.Addresses, wire, Clock, stop, out string silent);
            if (listed.Count == 0)
            {
                errors.WriteLine(silent);
                return stop.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Unreachable;
            }

            options = options with { Symbols = listed };
        }

        FeedCapture capture;
        try
        {
            CaptureOptions kept = new() { Build = WorkerJournal.Build };
            capture = FeedCapture.Begin(parsed.GetValue(Out)!, kept, Clock());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"record cannot write to --out: {fault.Message} Choose another folder, or end the process "
                + "that records into this one.");
            return ExitCode.Unreachable;
        }

        using (capture)
        {
            FeedRecording recording = new(options, wire, capture, Clock());
            long recordingBegan = Stopwatch.GetTimestamp();
            long shownNs = 0;
            recording.Run(Clock, IsOver, stop);
            capture.End(Clock());
            Report(parsed, recording, capture, Stopwatch.GetElapsedTime(recordingBegan));
            if (!Console.IsErrorRedirected) errors.WriteLine();
            if (capture.RecordsLost > 0 || capture.Fault is not null)
            {
                errors.WriteLine($"{capture.RecordsLost} records found no room; {CaptureNames.Ledger} in --out says "
                    + $"when. {capture.Fault}");
                return ExitCode.CheckFailed;
            }

            if (recording.Counters.Frames > 0) return ExitCode.Ok;
            errors.WriteLine("Nothing was received: is the address right, and the venue up?");
            return ExitCode.Unreachable;

            bool IsOver()
            {
                long nowNs = Clock();
                if (nowNs - shownNs >= ShowEveryNs && !Console.IsErrorRedirected)
                {
                    shownNs = nowNs;
                    Show(recording, capture);
                }

                return Stopwatch.GetElapsedTime(recordingBegan) >= duration;
            }
        }

        // Never steps back: the wall clock is read once.
        long Clock() => startNs + (Stopwatch.GetElapsedTime(began).Ticks * 100);
    }

    private static void Show(FeedRecording recording, FeedCapture capture) => Console.Error.Write(string.Create(
        CultureInfo.InvariantCulture,
        $"\r{recording.Counters.Frames} frames  {recording.Confirmed}/{recording.Wanted} subscriptions  "
        + $"{capture.BytesWritten / 1e6:0.0} MB  {capture.Segments} segments  {capture.RecordsLost} lost  "));

    private static void Report(ParseResult parsed, FeedRecording recording, FeedCapture capture, TimeSpan elapsed)
    {
        (long verified, long mismatches) = Checksums(recording);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (!parsed.GetValue(Json))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{capture.Recording}: {recording.Counters.Frames} frames, {verified} checksums verified, {mismatches} "
                + $"wrong, {recording.Reconnects} reconnects, {capture.LedgerRows} rows in {CaptureNames.Ledger}"));
            return;
        }

        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("mode", "record");
            json.WriteString("recording", capture.Recording);
            json.WriteNumber("frames", recording.Counters.Frames);
            json.WriteNumber("parse_errors", recording.Counters.Errors);
            json.WriteNumber("checksums_verified", verified);
            json.WriteNumber("checksum_mismatches", mismatches);
            json.WriteNumber("reconnects", recording.Reconnects);
            json.WriteNumber("subscriptions_wanted", recording.Wanted);
            json.WriteNumber("subscriptions_confirmed", recording.Confirmed);
            WorkerStatus.WriteCapture(json, capture);
            json.WriteNumber("capture_segments", capture.Segments);
            json.WriteString("state_hash", StateHash.Of(recording.Engine));
            json.WriteString("market_hash", StateHash.OfMarket(recording.Engine));
            json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(line.ToArray()));
    }

    private static (long Verified, long Mismatches) Checksums(FeedRecording recording)
    {
        (long verified, long mismatches) = (0, 0);
        for (int id = 0; id < recording.Symbols.Count; id++)
        {
            if (recording.Engine.Books.BookOf(id) is not { } book) continue;
            verified += book.ChecksumsVerified;
            mismatches += book.ChecksumMismatches;
        }

        return (verified, mismatches);
    }

    private static bool TryRead(
        ParseResult parsed, [NotNullWhen(true)] out RecordingOptions? options, out TimeSpan duration, out string error)
    {
        options = null;
        string[] symbols = [.. (parsed.GetValue(Symbols) ?? []).SelectMany(text => text.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        string? wrong = Array.Find(symbols, symbol => !SettingTable.IsSymbol(symbol));
        if (!RunCommand.TryReadDuration(parsed.GetValue(For), out duration))
        {
            error = $"--for '{parsed.GetValue(For)}' is not a time: 30s, 5m or 1h.";
            return false;
        }

        if ((symbols.Length == 0) == !parsed.GetValue(AllOfSpot))
        {
            error = "Give --symbols or --universe, one of them.";
            return false;
        }

        if (wrong is not null)
        {
            error = $"--symbols '{wrong}' is no symbol of Kraken: spot as BTC/USD (BTC and DOGE, not XBT and XDG), "
                + "perpetuals as PF_XBTUSD.";
            return false;
        }

        if (!TryReadChannels(parsed.GetValue(Channels)!, out Channel[] channels, out error)
            || !TryReadAddresses(parsed, out VenueAddresses addresses, out error))
        {
            return false;
        }

        options = new RecordingOptions
        {
            Symbols = symbols,
            Channels = channels,
            Depth = parsed.GetValue(Depth),
            Addresses = addresses,
            IsLegacy = parsed.GetValue(Derivatives) != "unified",
        };
        return true;
    }

    private static bool TryReadChannels(string text, out Channel[] channels, out string error)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        channels = [.. words.Distinct().Select(word => word switch
        {
            "book" => Channel.Book,
            "trade" => Channel.Trade,
            "ticker" => Channel.Ticker,
            _ => Channel.None,
        })];
        bool usable = channels.Length > 0 && !channels.Contains(Channel.None);
        error = usable ? "" : $"--channels '{text}' takes book, trade and ticker, by comma.";
        return usable;
    }

    private static bool TryReadAddresses(ParseResult parsed, out VenueAddresses addresses, out string error)
    {
        addresses = VenueSettings.Kraken with { DerivativesPublic = VenueSettings.KrakenDerivativesPublic };
        error = "";
        foreach (Option<string?> option in (Option<string?>[])[Url, UnifiedUrl, FuturesUrl])
        {
            if (parsed.GetValue(option) is not { } text) continue;
            bool usable = Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
                && (address.Scheme == "wss" || (address.Scheme == "ws" && address.IsLoopback))
                && address.UserInfo.Length == 0 && VenueAddresses.IsAllowed(address);
            if (!usable)
            {
                error = $"{option.Name} '{text}' is no address wss://HOST/PATH (ws:// only on this machine), "
                    + "HOST being of kraken.com or this machine.";
                return false;
            }

            addresses = option == Url ? addresses with { SpotPublic = address! }
                : option == UnifiedUrl ? addresses with { UnifiedPublic = address! }
                : addresses with { DerivativesPublic = address };
        }

        return true;
    }
}
