using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Bars;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Replay;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Over real sockets: what was recorded is what was seen, and its replay comes to the same.</summary>
public sealed class RecordedFeedTests
{
    [Fact]
    public async Task A_recording_of_many_symbols_is_clean_and_its_replay_ends_in_the_state_of_the_recorder_I5()
    {
        using Recordings recordings = new();
        string many = Path.Combine(recordings.Folder, "many.jsonl");
        IReadOnlyList<string> symbols = ServedCaptures.WriteMany(many, copies: Seed.Count(10, 40), lines: 6_000);
        Assert.True(symbols.Count >= 50, $"{symbols.Count} symbols");
        await using ServedCaptures served = await ServedCaptures.StartAsync(many, speed: 0);
        string folder = Path.Combine(recordings.Folder, "recording");
        // Many segments: one for each batch.
        CaptureOptions small = new() { Build = "test", SegmentBytesMax = 1, TailAgeMax = TimeSpan.FromSeconds(1) };
        (FeedRecording seen, FeedCapture capture) = await RecordAsync(
            served.Wanted([.. symbols]), folder, recording => served.Play.IsOver && IsQuiet(served, recording), small);

        Assert.Equal((0, 0, (string?)null), (capture.RecordsLost, seen.Counters.Errors, capture.Fault));
        (long verified, long mismatches) = Checksums(seen.Engine);
        Assert.True(mismatches == 0 && verified > 20 * symbols.Count, $"{verified} verified, {mismatches} wrong");
        // All books are in sync; a symbol of the demo may trade too rarely for its trades to be confirmed.
        Assert.Equal(symbols.Count, InSync(seen.Engine));
        CaptureAudit audit = CaptureAudit.Of(folder, out _)!;
        audit.VerifyBooks(folder);
        Assert.Empty(audit.Faults);
        Assert.Equal((verified, 0, 0), (
            audit.Books!.Value.Verified, audit.Books.Value.Mismatches, audit.Books.Value.ParseErrors));
        Assert.Equal(seen.Counters.Frames, audit.Frames);

        AssertSame(seen.Engine, Replay(TopologyKind(0), folder).Engine);
        AssertSame(seen.Engine, Replay(TopologyKind(2), folder).Engine);
        // Its text form holds all that the engine was told, too; and its segments one by one, in any order.
        string text = Path.Combine(recordings.Folder, "export.jsonl");
        using (CaptureReader reader = CaptureReader.Open(folder))
        using (FileStream file = File.Create(text))
        {
            CaptureExport.Write(reader, ExportForm.Envelope, Market.Values.Dialect.None, file, out string error);
            Assert.Equal("", error);
        }

        AssertSame(seen.Engine, Replay(TopologyKind(0), text).Engine);
        string[] segments = [.. CaptureNames.Segments(folder)];
        Assert.True(segments.Length > 1, "one segment only");
        (int code, string output, string fault) = await Verb.RunAsync(["replay", .. segments.Reverse(), "--json"]);
        Assert.True(code == 0, fault);
        Assert.Contains($"\"state_hash\":\"{StateHash.Of(seen.Engine)}\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_on_twin_sockets_records_which_copies_came_second_and_its_replay_leaves_them_out_I5()
    {
        using Recordings recordings = new();
        string feed = Path.Combine(recordings.Folder, "feed");
        string config = Path.Combine(recordings.Folder, "twins.yaml");
        await File.WriteAllTextAsync(config, "feed: {redundant: true}\n", TestContext.Current.CancellationToken);
        (int code, string output, string error) = await Verb.RunAsync(
            "run", "--for", "6s", "--port", "0", "--data", Path.Combine(recordings.Folder, "data"), "--capture", feed,
            "--config", config, "--json");
        Assert.True(code == 0, error);
        JsonElement run = JsonDocument.Parse(output).RootElement;
        (code, output, error) = await Verb.RunAsync("replay", feed, "--json");
        Assert.True(code == 0, error);
        JsonElement replay = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            run.GetProperty("market_hash").GetString(), replay.GetProperty("market_hash").GetString());
        // The run read every copy, its replay the first ones.
        Assert.True(run.GetProperty("frames").GetInt64() > replay.GetProperty("frames").GetInt64() * 3 / 2);
        Assert.Equal(0, replay.GetProperty("parse_errors").GetInt64());
    }

    [Fact]
    public async Task A_run_and_the_replay_of_its_recording_end_with_the_same_market_I5()
    {
        using Recordings recordings = new();
        string feed = Path.Combine(recordings.Folder, "feed");
        (int code, string output, string error) = await Verb.RunAsync(
            "run", "--for", "6s", "--port", "0", "--data", Path.Combine(recordings.Folder, "data"), "--capture", feed,
            "--json");
        Assert.True(code == 0, error);
        JsonElement run = JsonDocument.Parse(output).RootElement;
        Assert.Equal(("on", 0), (
            run.GetProperty("capture").GetString(), run.GetProperty("capture_records_lost").GetInt64()));
        (code, output, error) = await Verb.RunAsync("replay", feed, "--json");
        Assert.True(code == 0, error);
        JsonElement replay = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            run.GetProperty("market_hash").GetString(), replay.GetProperty("market_hash").GetString());
        Assert.Equal(run.GetProperty("frames").GetInt64(), replay.GetProperty("frames").GetInt64());
        long verified = replay.GetProperty("books").EnumerateArray()
            .Sum(book => book.GetProperty("checksums_verified").GetInt64());
        Assert.Equal(run.GetProperty("checksums_verified").GetInt64(), verified);
        Assert.True(verified > 50, $"{verified} checksums");
    }

    [Fact]
    public async Task Every_disconnect_the_server_made_is_in_the_ledger_and_no_other_and_the_replay_knows_the_gaps()
    {
        using Recordings recordings = new();
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, 20, loop: true);
        int wanted = Seed.Count(ci: 3, full: 12);
        int made = 0;
        Random random = Seed.Random(6, "ways to disconnect");
        string folder = Path.Combine(recordings.Folder, "recording");
        (FeedRecording seen, FeedCapture capture) = await RecordAsync(
            served.Wanted("BTC/USD", "ETH/USD"), folder, recording =>
            {
                // As soon as all is confirmed again, the next one.
                bool isUp = recording.Reconnects == made && recording.Confirmed == recording.Wanted;
                if (!isUp) return false;
                if (made == wanted) return true;
                made++;
                served.Play.Drop(random.Next(2) == 0 ? null : WebSocketCloseStatus.EndpointUnavailable);
                return false;
            });

        Assert.Equal(0, capture.RecordsLost);
        JsonElement[] rows = [.. Rows(folder, "disconnect")];
        ServedEntry[] closed = [.. served.Log.Where(entry => entry.Kind == ServedKind.Closed)];
        Assert.Equal((wanted, wanted), (rows.Length, seen.Reconnects));
        // One more: the recorder's own goodbye at the end.
        Assert.InRange(closed.Length, wanted, wanted + 1);
        Assert.Equal(wanted + 1, Rows(folder, "open").Count());
        Assert.All(rows, row => Assert.StartsWith("closed_by_venue", row.GetProperty("reason").GetString()!));
        // Per book and hole: stale from the loss to the snapshot.
        Assert.True(Rows(folder, "in_sync").Count() >= wanted, "no stale interval was closed");
        Assert.Empty(Rows(folder, "stale_at_end"));
        AssertSame(seen.Engine, Replay(TopologyKind(0), folder).Engine);
        // What the server sent on sockets that lived on is what was received, byte for byte.
        string[] sent = [.. served.Log.Where(entry => entry.Kind == ServedKind.Sent)
            .Select(entry => Encoding.UTF8.GetString(entry.Frame.Span))];
        string[] received = [.. Recordings.Read(folder, out _)
            .Where(record => record.Kind == CaptureRecordKind.Received).Select(record => record.Payload)];
        Assert.True(received.Length <= sent.Length);
        Assert.Empty(received.Except(sent));
    }

    internal static async Task<(FeedRecording Seen, FeedCapture Capture)> RecordAsync(
        RecordingOptions options, string folder, Func<FeedRecording, bool> isOver, CaptureOptions? kept = null,
        CaptureClock? clock = null, X509Certificate2Collection? trust = null)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Func<long> now = (clock ?? CaptureClock.System).NowNs;
        await using SocketWire wire = new(options.Addresses, trust: trust);
        using FeedCapture capture = FeedCapture.Begin(folder, kept ?? new CaptureOptions(), now());
        FeedRecording recording = new(options, wire, capture, now());
        await Task.Factory.StartNew(
            () => recording.Run(now, () => isOver(recording), stop), stop, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        capture.End(now());
        return (recording, capture);
    }

    /// <summary>A replay of the recording ends in the state that the recorder ended in.</summary>
    internal static void AssertReplays(Engine recorder, string folder) =>
        AssertSame(recorder, Replay(TopologyKind(0), folder).Engine);

    private static bool IsQuiet(ServedCaptures served, FeedRecording recording) =>
        recording.Counters.Frames >= served.Log.Count(entry => entry.Kind == ServedKind.Sent);

    private static Worker.TopologyKind TopologyKind(byte kind) => (Worker.TopologyKind)kind;

    private static ReplayRun Replay(Worker.TopologyKind topology, params string[] files)
    {
        Assert.True(ReplayCommand.TryReadPlan(ReplayCommand.DefaultTimeframes, out BarPlan? plan, out _));
        ReplayOptions options = new() { Files = files, Bars = plan, Topology = topology };
        using ReplaySource source = ReplaySource.Open(options);
        ReplayRun run = new(options);
        run.Execute(source, null, null, null, TestContext.Current.CancellationToken);
        Assert.Null(run.Fault);
        return run;
    }

    /// <summary>The texts are compared where the hashes differ: the difference is then seen.</summary>
    private static void AssertSame(Engine expected, Engine actual)
    {
        Assert.Equal(TextOf(expected), TextOf(actual));
        Assert.Equal(StateHash.Of(expected), StateHash.Of(actual));
        Assert.Equal(StateHash.OfMarket(expected), StateHash.OfMarket(actual));
    }

    private static string TextOf(Engine engine)
    {
        System.Buffers.ArrayBufferWriter<byte> text = new();
        StateHash.Write(engine, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static (long Verified, long Mismatches) Checksums(Engine engine)
    {
        (long verified, long mismatches) = (0, 0);
        for (int id = 0; id < engine.Symbols.Count; id++)
        {
            verified += engine.Books.BookOf(id)?.ChecksumsVerified ?? 0;
            mismatches += engine.Books.BookOf(id)?.ChecksumMismatches ?? 0;
        }

        return (verified, mismatches);
    }

    private static int InSync(Engine engine)
    {
        int count = 0;
        for (int id = 0; id < engine.Symbols.Count; id++)
        {
            if (engine.Books.BookOf(id)?.State == Market.Book.BookState.InSync) count++;
        }

        return count;
    }

    private static IEnumerable<JsonElement> Rows(string folder, string kind) =>
        File.ReadAllLines(Path.Combine(folder, CaptureNames.Ledger))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("kind").GetString() == kind);
}
