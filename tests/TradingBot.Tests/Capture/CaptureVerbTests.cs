using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>What a person is told of a recording, and what a program: the verbs and their exit codes.</summary>
public sealed class CaptureVerbTests : IDisposable
{
    private readonly Recordings _recordings = new();

    public CaptureVerbTests()
    {
        Random random = Seed.Random(10, "frames");
        using FeedCapture capture = _recordings.Begin();
        capture.Opened(Recordings.StartNs, Recordings.Connection(1));
        for (int i = 0; i < 100; i++)
        {
            byte[] frame = Recordings.Frame(random, i);
            capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, frame);
        }

        capture.Received(1, Recordings.StartNs + 200, 100, 0, FrameFate.Duplicate, "{}"u8);
        capture.Time(Recordings.StartNs + 300, 100);
        capture.End(Recordings.StartNs + 400);
    }

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task Info_and_verify_count_what_is_there_and_verify_fails_with_5_when_a_byte_is_wrong()
    {
        (int code, string output, string error) = await Verb.RunAsync("capture", "info", _recordings.Folder, "--json");
        Assert.True(code == 0, error);
        JsonElement info = JsonDocument.Parse(output).RootElement;
        Assert.Equal((104, 101, 1, 0), (
            info.GetProperty("records").GetInt32(), info.GetProperty("frames").GetInt32(),
            info.GetProperty("files").GetInt32(), info.GetProperty("unfinished").GetInt32()));
        Assert.Equal(1, info.GetProperty("frames_by_fate").GetProperty("duplicate").GetInt32());
        (code, output, _) = await Verb.RunAsync("capture", "verify", _recordings.Folder);
        Assert.Equal(0, code);
        Assert.Contains("0 frames unreadable", output, StringComparison.Ordinal);
        string segment = _recordings.Segments[0];
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(segment, bytes);
        (code, output, _) = await Verb.RunAsync("capture", "verify", segment);
        Assert.Equal(5, code);
        Assert.Contains("DAMAGED", output, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("replay", segment);
        Assert.Equal(5, code);
        Assert.Contains("damaged", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cat_gives_every_record_and_export_only_what_the_engine_was_told()
    {
        (int code, string output, _) = await Verb.RunAsync("capture", "cat", _recordings.Folder);
        Assert.Equal(0, code);
        Assert.Equal(104, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        (code, output, _) = await Verb.RunAsync("capture", "export", _recordings.Folder);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, 101), (code, lines.Length));
        Assert.Equal(1, lines.Count(line => line.Contains("\"kind\":\"time\"", StringComparison.Ordinal)));
        (code, output, _) = await Verb.RunAsync("capture", "export", _recordings.Folder, "--format", "tardis");
        Assert.Equal((0, 100), (code, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.StartsWith("2026-11-28T10:00:00.000000000Z {", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_recording_or_no_place_is_refused_with_2_or_4_and_words()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_recordings.Folder, "empty")).FullName;
        (int code, _, string error) = await Verb.RunAsync("capture", "info", empty);
        Assert.Equal(2, code);
        Assert.Contains("There is no segment", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("replay", empty);
        Assert.Equal(2, code);
        (code, _, error) = await Verb.RunAsync("serve", empty);
        Assert.Equal(2, code);
        (code, _, error) = await Verb.RunAsync("record", "--symbols", "XBT/USD", "--out", empty);
        Assert.Equal(2, code);
        Assert.Contains("BTC", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync(
            "record", "--symbols", "BTC/USD", "--out", empty, "--url", "ws://example.org");
        Assert.Equal(2, code);
        Assert.Contains("ws:// only on this machine", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("record", "--symbols", "BTC/USD", "--out", "/proc/nowhere");
        Assert.Equal(4, code);
        Assert.Contains("Choose another folder", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync(
            "run", "--max-loops", "1", "--port", "0", "--data", empty, "--capture", "/proc/nowhere");
        Assert.Equal(4, code);
        Assert.Contains("capture.folder", error, StringComparison.Ordinal);
    }
}
