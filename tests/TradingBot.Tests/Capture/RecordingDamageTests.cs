using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Cut anywhere, a recording opens and has lost only what was cut; damaged anywhere, it says so.</summary>
public sealed class RecordingDamageTests
{
    [Fact]
    public void A_segment_that_is_cut_at_any_byte_gives_every_whole_block_before_the_cut()
    {
        using Recordings recordings = new();
        byte[] whole = Segment(recordings, blocks: 2);
        IReadOnlyList<RecordCopy> all = recordings.Read(out RecordingReader sound);
        string path = recordings.Segments[0];
        using SegmentBounds bounds = SegmentBounds.Of(path);
        Assert.Equal(3, bounds.Blocks);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            RecordingReader? reader = RecordingReader.Open(path, out string error);
            if (length < bounds.HeaderBytes)
            {
                Assert.Null(reader);
                Assert.NotEmpty(error);
                continue;
            }

            Assert.NotNull(reader);
            reader.Dispose();
            IReadOnlyList<RecordCopy> kept = Recordings.Read(path, out reader);
            Assert.Equal(bounds.RecordsBefore(length), kept.Count);
            Assert.Equal(all.Take(kept.Count), kept);
            Assert.Equal("", reader.Fault);
        }

        Assert.Equal("", sound.Fault);
    }

    [Fact]
    public void Any_flipped_bit_of_a_finished_segment_is_detected_by_verify()
    {
        using Recordings recordings = new();
        byte[] whole = Segment(recordings, blocks: 2);
        string path = recordings.Segments[0];
        Assert.Empty(CaptureAudit.Of(path, out _)!.Faults);
        Random random = Seed.Random(4, "flips");
        int step = Seed.Count(ci: 4, full: 1);
        for (int i = random.Next(step); i < whole.Length; i += step)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            CaptureAudit? audit = CaptureAudit.Of(path, out string error);
            Assert.True(audit is null ? error.Length > 0 : audit.Faults.Count > 0, $"byte {i} went unnoticed");
        }
    }

    [Fact]
    public void A_tail_that_is_cut_at_any_byte_loses_only_the_torn_record_and_the_next_start_says_so()
    {
        using Recordings recordings = new();
        using (FeedCapture capture = recordings.Begin())
        {
            Recordings.Settle(capture, Tell(capture, 12));
        }

        string tail = Assert.Single(
            Directory.GetFiles(recordings.Folder, "*.tail*"), path => new FileInfo(path).Length > 0);
        byte[] whole = File.ReadAllBytes(tail);
        IReadOnlyList<RecordCopy> all = recordings.Read(out _);
        Assert.Equal(13, all.Count);
        for (int length = whole.Length; length >= 0; length--)
        {
            File.WriteAllBytes(tail, whole[..length]);
            IReadOnlyList<RecordCopy> kept = recordings.Read(out RecordingReader reader);
            Assert.Equal("", reader.Fault);
            Assert.Equal(all.Take(kept.Count), kept);
            int lost = all.Count - kept.Count;
            long keptBytes = kept.Sum(record => (long)CaptureHead.Bytes + record.Payload.Length);
            Assert.Equal(length - keptBytes, reader.TornBytes);
            Assert.True(lost == 0 || reader.TornBytes < CaptureHead.Bytes + all[kept.Count].Payload.Length);
        }

        File.WriteAllBytes(tail, whole[..^5]);
        recordings.Begin(startNs: Recordings.StartNs + 1_000_000_000).Dispose();
        Assert.True(Assert.Single(recordings.Rows("unfinished")).GetProperty("torn_bytes").GetInt64() > 0);
        CaptureAudit first = CaptureAudit.Of(recordings.Segments[0], out _)!;
        Assert.Equal((12, 0L, 0), (first.Records, first.TornBytes, first.Unfinished));
    }

    [Fact]
    public void What_a_dead_process_left_in_blocks_and_tails_is_whole_after_the_next_start()
    {
        using Recordings recordings = new();
        CaptureOptions options = new() { TailEvery = TimeSpan.FromMilliseconds(1), SegmentBytesMax = 100_000 };
        long start = Recordings.StartNs;
        for (int life = 1; life <= 5; life++)
        {
            using FeedCapture capture = recordings.Begin(options, start + (life * 1_000_000_000L));
            Recordings.Settle(capture, Tell(capture, 1_500 * life));
        }

        recordings.Begin(options, start + 6_000_000_000).Dispose();
        Assert.Equal(5, recordings.Rows("unfinished").Count);
        IReadOnlyList<RecordCopy> records = recordings.Read(out RecordingReader reader);
        Assert.Equal("", reader.Fault);
        Assert.Equal(5 + (1_500 * 15), records.Count);
        CaptureAudit audit = CaptureAudit.Of(recordings.Folder, out _)!;
        Assert.Empty(audit.Faults);
        // The last one is as dead as the others and has nothing in it.
        Assert.Equal(1, audit.Unfinished);
    }

    private static long Tell(FeedCapture capture, int frames)
    {
        Random random = Seed.Random(5, "frames");
        capture.Opened(Recordings.StartNs, Recordings.Connection(1));
        long bytes = 0;
        for (int i = 0; i < frames; i++)
        {
            byte[] frame = Recordings.Frame(random, i);
            bytes += CaptureHead.Bytes + frame.Length;
            capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, frame);
        }

        return bytes;
    }

    private static byte[] Segment(Recordings recordings, int blocks)
    {
        CaptureOptions options = new() { TailAgeMax = TimeSpan.Zero, TailEvery = TimeSpan.FromMilliseconds(1) };
        using (FeedCapture capture = recordings.Begin(options))
        {
            for (int i = 0; i < blocks; i++)
            {
                long before = new FileInfo(recordings.Segments[0]).Length;
                capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, new byte[300]);
                SpinWait pause = default;
                while (new FileInfo(recordings.Segments[0]).Length == before) pause.SpinOnce();
            }

            capture.End(Recordings.StartNs + 10_000);
        }

        return File.ReadAllBytes(recordings.Segments[0]);
    }

    /// <summary>Where a segment's parts begin, read by its public reader's own survey.</summary>
    private sealed class SegmentBounds : IDisposable
    {
        private readonly List<(long End, int Records)> _blocks = [];

        public int HeaderBytes { get; private init; }

        public static SegmentBounds Of(string path)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            SegmentSurvey survey = SegmentSurvey.Of(file, out _)!;
            SegmentBounds bounds = new() { HeaderBytes = (int)survey.Blocks[0].Offset };
            int records = 0;
            foreach ((long offset, SegmentBlock block) in survey.Blocks)
            {
                records += block.Records;
                bounds._blocks.Add((offset + SegmentBlock.HeadBytes + block.StoredBytes, records));
            }

            Assert.True(survey.IsFinished);
            return bounds;
        }

        public int Blocks => _blocks.Count;

        public int RecordsBefore(int length)
        {
            int records = 0;
            foreach ((long end, int count) in _blocks)
            {
                if (end <= length) records = count;
            }

            return records;
        }

        public void Dispose() => _blocks.Clear();
    }
}
