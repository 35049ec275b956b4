using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>The recorder as a process: killed, on a full disk, and read by another language.</summary>
public sealed class RecorderProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_recorder_that_is_killed_leaves_all_but_its_last_moment_and_the_next_one_says_so()
    {
        using Recordings recordings = new();
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, 20, loop: true);
        Random random = Seed.Random(7, "moments of death");
        int kills = Seed.Count(ci: 10, full: 200);
        List<double> lostMs = [];
        for (int kill = 1; kill <= kills; kill++)
        {
            int client = Clients(served) + 1;
            using Process recorder = Verb.Start(
                "record", "--symbols", "BTC/USD,ETH/USD,SOL/USD", "--out", recordings.Folder, "--url",
                served.Url.ToString());
            await UntilAsync(() => SentTo(served, client).Take(100).Count() == 100);
            // Sent is not received: a recorder on a busy machine needs a moment.
            await Task.Delay(300 + random.Next(400), TestContext.Current.CancellationToken);
            recorder.Kill();
            long killedNs = CaptureClock.System.NowNs();
            await recorder.WaitForExitAsync(TestContext.Current.CancellationToken);
            lostMs.Add(LostMs(recordings, SentTo(served, client), killedNs));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills: frames lost were sent at most {lostMs.Max():0.0} ms before, in the middle "
            + $"{lostMs.Order().ElementAt(kills / 2):0.0} ms");
        // The next start ends the last of them, and every death has its row.
        recordings.Begin(startNs: CaptureClock.System.NowNs()).Dispose();
        Assert.Equal(kills, recordings.Rows("unfinished").Count);
        CaptureAudit audit = CaptureAudit.Of(recordings.Folder, out _)!;
        Assert.Empty(audit.Faults);
        Assert.Equal((0, 1), (audit.TornBytes, audit.Unfinished));
    }

    [Fact]
    public async Task On_a_full_disk_the_feed_lives_and_the_ledger_tells()
    {
        using Recordings recordings = new();
        string disk = Path.Combine(recordings.Folder, "disk");
        Directory.CreateDirectory(disk);
        await Verb.NeedAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tradingbot-test", disk);
        try
        {
            byte[] frame = new byte[1_000];
            Random random = Seed.Random(8, "frames");
            CaptureOptions options = new() { RingBytes = 1 << 20, EndGrace = TimeSpan.FromSeconds(30) };
            string ballast = Path.Combine(disk, "ballast");
            using (FeedCapture capture = FeedCapture.Begin(disk, options, Recordings.StartNs))
            {
                capture.Opened(Recordings.StartNs, Recordings.Connection(1));
                await File.WriteAllBytesAsync(ballast, new byte[1 << 20], TestContext.Current.CancellationToken);
                long now = Recordings.StartNs;
                // Incompressible: the disk, both batches of 8 MiB and the ring fill, and the feed goes on all the same.
                // A fast feed outruns the writer before: that alone is not the full disk.
                for (; capture.RecordsLost < 100 || capture.Fault is null; now++)
                {
                    random.NextBytes(frame);
                    capture.Received(1, now, now, 1, FrameFate.Applied, frame);
                    if (now % 512 == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
                }

                Assert.NotNull(capture.Fault);
                // Somebody makes room: what was kept is written, and what is missing is told.
                File.Delete(ballast);
                await Verb.NeedAsync("mount", "-o", "remount,size=64m", disk);
                await UntilAsync(() => capture.Fault is null);
                capture.Received(1, now + 1, now, 1, FrameFate.Applied, frame);
                capture.End(now + 2);
                Assert.Null(capture.Fault);
                IReadOnlyList<RecordCopy> records = Recordings.Read(disk, out RecordingReader reader);
                Assert.Equal("", reader.Fault);
                long missing = Rows(disk, "dropped").Sum(row => row.GetProperty("records").GetInt64());
                Assert.Equal(capture.RecordsLost, missing);
                Assert.Contains(records, record => record.Kind == CaptureRecordKind.Hole);
            }

            Assert.NotEmpty(Rows(disk, "disk"));
            Assert.NotEmpty(Rows(disk, "disk_ok"));
        }
        finally
        {
            await Verb.NeedAsync("umount", disk);
        }
    }

    [Fact]
    public async Task The_reader_in_python_gives_the_same_records()
    {
        using Recordings recordings = new();
        Random random = Seed.Random(9, "frames");
        using (FeedCapture capture = recordings.Begin())
        {
            capture.Opened(Recordings.StartNs, Recordings.Connection(1));
            for (int i = 0; i < 3_000; i++)
            {
                capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, Recordings.Frame(random, i));
            }

            capture.Gap(1, Recordings.StartNs + 5_000, 3_000, "BTC/USD"u8);
            capture.End(Recordings.StartNs + 5_001);
        }

        await Verb.NeedAsync("python3", "--version");
        ProcessStartInfo start = new("python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "docs", "read_capture.py"));
        start.ArgumentList.Add(recordings.Segments[0]);
        using Process python = Process.Start(start)!;
        string output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, python.ExitCode);
        string[] theirs = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            JsonElement row = JsonDocument.Parse(line).RootElement;
            return $"{row.GetProperty("kind").GetString()} {row.GetProperty("recv_ns").GetInt64()} "
                + $"{row.GetProperty("sequence").GetInt64()} {row.GetProperty("connection").GetInt32()} "
                + row.GetProperty("raw").GetString();
        })];
        string[] ours = [.. recordings.Read(out _).Select(record =>
            $"{CaptureWords.Of(record.Kind)} {record.TimeNs} {record.Sequence} {record.Connection} {record.Payload}")];
        Assert.Equal(ours, theirs);
        Assert.True(File.ReadAllLines(Path.Combine(Repository.Root, "docs", "read_capture.py")).Length <= 60);
    }

    /// <summary>Age, at the kill, of the oldest frame that the server had sent and nobody kept.</summary>
    private static double LostMs(Recordings recordings, IEnumerable<ServedEntry> sent, long killedNs)
    {
        string[] kept = [.. Recordings.Read(recordings.Segments[^1], out RecordingReader reader)
            .Where(record => record.Kind == CaptureRecordKind.Received).Select(record => record.Payload)];
        Assert.Equal("", reader.Fault);
        ServedEntry[] all = [.. sent];
        // One socket, one order: what is kept is what was sent, up to where it ends.
        Assert.Equal(all.Take(kept.Length).Select(entry => Encoding.UTF8.GetString(entry.Frame.Span)), kept);
        Assert.True(kept.Length > 0, "not one frame was kept");
        return all.Length == kept.Length ? 0 : Math.Max(0, (killedNs - all[kept.Length].TimeNs) / 1e6);
    }

    private static int Clients(ServedCaptures served) =>
        served.Log.Count(entry => entry.Kind == ServedKind.Opened);

    private static IEnumerable<ServedEntry> SentTo(ServedCaptures served, int client) =>
        served.Log.Where(entry => entry.Kind == ServedKind.Sent && entry.Client == client);

    private static IEnumerable<JsonElement> Rows(string folder, string kind) =>
        File.ReadAllLines(Path.Combine(folder, CaptureNames.Ledger))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("kind").GetString() == kind);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource late =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Patience);
        while (!holds()) await Task.Delay(5, late.Token);
    }
}
