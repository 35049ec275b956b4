using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>What goes into a recording comes out of it, whatever the sizes, hours and files.</summary>
public sealed class RecordingTests
{
    private const long HourNs = 3_600_000_000_000;

    [Fact]
    public void Every_kind_of_record_comes_back_as_it_was_told_I5()
    {
        using Recordings recordings = new();
        byte[] frame = "{\"channel\":\"heartbeat\"}"u8.ToArray();
        using (FeedCapture capture = recordings.Begin())
        {
            long now = Recordings.StartNs;
            capture.Opened(now, Recordings.Connection(7));
            capture.Sent(7, now + 1, "{\"method\":\"ping\"}"u8);
            capture.Received(7, now + 2, 11, 70_000, FrameFate.Applied, frame);
            capture.Received(7, now + 3, 12, 0, FrameFate.Duplicate, frame);
            capture.Received(7, now + 3, 12, 1, FrameFate.Unread, "no JSON"u8);
            capture.Time(now + 3, 13);
            capture.Time(now + 3, 14);
            capture.Time(now + 4, 15);
            capture.Stale(7, now + 5, "checksum"u8, "BTC/USD"u8);
            capture.Gap(7, now + 6, 14, "BTC/USD"u8);
            capture.InSync(7, now + 7, "BTC/USD"u8);
            capture.Closed(7, now + 8, "closed_by_venue: going");
            capture.End(now + 9);
            Assert.Equal((12, 0, (string?)null), (capture.Records, capture.RecordsLost, capture.Fault));
        }

        const long Start = Recordings.StartNs;
        IReadOnlyList<RecordCopy> records = recordings.Read(out RecordingReader reader);
        Assert.Equal("", reader.Fault);
        RecordCopy[] expected =
        [
            new(CaptureRecordKind.Sent, FrameFate.None, 7, Start + 1, 0, 0, "{\"method\":\"ping\"}"),
            new(CaptureRecordKind.Received, FrameFate.Applied, 7, Start + 2, 11, 65_535, "{\"channel\":\"heartbeat\"}"),
            new(CaptureRecordKind.Received, FrameFate.Duplicate, 7, Start + 3, 12, 0, "{\"channel\":\"heartbeat\"}"),
            new(CaptureRecordKind.Received, FrameFate.Unread, 7, Start + 3, 12, 1, "no JSON"),
            // Told of the same moment twice in a row: the second is left out.
            new(CaptureRecordKind.Time, FrameFate.None, -1, Start + 3, 13, 1, ""),
            new(CaptureRecordKind.Time, FrameFate.None, -1, Start + 4, 15, 1, ""),
            new(CaptureRecordKind.Stale, FrameFate.None, 7, Start + 5, 0, 0, "checksum BTC/USD"),
            new(CaptureRecordKind.Gap, FrameFate.None, 7, Start + 6, 14, 1, "BTC/USD"),
            new(CaptureRecordKind.InSync, FrameFate.None, 7, Start + 7, 0, 0, "BTC/USD"),
            new(CaptureRecordKind.Closed, FrameFate.None, 7, Start + 8, 0, 0, "closed_by_venue: going"),
            new(CaptureRecordKind.End, FrameFate.None, -1, Start + 9, 0, 0, ""),
        ];
        Assert.Equal(CaptureRecordKind.Opened, records[0].Kind);
        Assert.Equal(expected, records.Skip(1));
        Assert.Equal(
            ["begin", "open", "stale", "in_sync", "disconnect", "end"],
            recordings.Rows().Select(row => row.GetProperty("kind").GetString()));
        Assert.Equal(["feed-20261128T100000000Z-000001.tbc", "gaps.jsonl", "recording.lock"],
            Directory.GetFiles(recordings.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Segments_follow_each_other_by_size_and_by_hour_and_are_read_as_one()
    {
        using Recordings recordings = new();
        Random random = Seed.Random(1, "frames");
        List<byte[]> frames = [];
        CaptureOptions options = new() { SegmentBytesMax = 200_000, TailAgeMax = TimeSpan.Zero };
        using (FeedCapture capture = recordings.Begin(options))
        {
            capture.Opened(Recordings.StartNs, Recordings.Connection(1));
            for (int i = 0; i < 12_000; i++)
            {
                byte[] frame = Recordings.Frame(random, i);
                frames.Add(frame);
                // Two thirds in the first hour, the rest in the next.
                long time = Recordings.StartNs + (i * 1_000L) + (i < 8_000 ? 0 : HourNs);
                capture.Received(1, time, i, 3, FrameFate.Applied, frame);
                if (i % 1_000 != 999) continue;
                recordings.SettleInBlocks(capture, frames.Sum(told => CaptureHead.Bytes + (long)told.Length));
            }

            capture.End(Recordings.StartNs + HourNs + 20_000_000);
            Assert.True(capture.Segments >= 3, $"{capture.Segments} segments");
            Assert.Equal(0, capture.RecordsLost);
        }

        string[] read = [.. recordings.Read(out RecordingReader reader)
            .Where(record => record.Kind == CaptureRecordKind.Received).Select(record => record.Payload)];
        Assert.Equal("", reader.Fault);
        Assert.Equal(frames.Select(Encoding.UTF8.GetString), read);
        Assert.All(reader.Segments, segment => Assert.True(segment.IsFinished, segment.Path));
        // A later segment alone knows its sockets: its frames can be parsed.
        using CaptureReader later = CaptureReader.Open(recordings.Segments[^1]);
        Assert.Equal(CaptureReadResult.Frame, later.TryRead(out CapturedFrame frameOfLater));
        Assert.Equal(Dialect.SpotV2, frameOfLater.Stamp.Dialect);
        // No segment holds frames of two hours.
        foreach (string segment in recordings.Segments)
        {
            IReadOnlyList<RecordCopy> records = Recordings.Read(segment, out _);
            Assert.Single(records.Select(record => record.TimeNs / HourNs).Distinct());
        }
    }

    [Fact]
    public void A_missing_segment_is_said_and_nothing_behind_it_is_given()
    {
        using Recordings recordings = new();
        Random random = Seed.Random(2, "frames");
        CaptureOptions options = new() { SegmentBytesMax = 1_000, TailAgeMax = TimeSpan.Zero };
        using (FeedCapture capture = recordings.Begin(options))
        {
            capture.Opened(Recordings.StartNs, Recordings.Connection(1));
            long bytes = 0;
            for (int i = 0; i < 4_000; i++)
            {
                byte[] frame = Recordings.Frame(random, i);
                bytes += CaptureHead.Bytes + frame.Length;
                capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, frame);
                if (i % 1_000 == 999) recordings.SettleInBlocks(capture, bytes);
            }

            capture.End(Recordings.StartNs + 20_000);
        }

        Assert.True(recordings.Segments.Count >= 3);
        File.Delete(recordings.Segments[1]);
        IReadOnlyList<RecordCopy> records = recordings.Read(out RecordingReader reader);
        Assert.Contains("are missing: a segment was taken away", reader.Fault, StringComparison.Ordinal);
        Assert.Equal(Recordings.Read(recordings.Segments[0], out _), records);
    }

    [Fact]
    public void A_frame_beyond_the_longest_record_is_a_hole_and_a_row_and_the_next_is_kept()
    {
        using Recordings recordings = new();
        using (FeedCapture capture = recordings.Begin())
        {
            capture.Opened(Recordings.StartNs, Recordings.Connection(1));
            capture.Received(
                1, Recordings.StartNs + 5, 1, 1, FrameFate.Applied, new byte[CaptureHead.PayloadBytesMax + 1]);
            capture.Received(1, Recordings.StartNs + 6, 2, 1, FrameFate.Applied, new byte[CaptureHead.PayloadBytesMax]);
            capture.End(Recordings.StartNs + 7);
            Assert.Equal(1, capture.RecordsLost);
        }

        IReadOnlyList<RecordCopy> records = recordings.Read(out _);
        Assert.Equal(
            [CaptureRecordKind.Opened, CaptureRecordKind.Hole, CaptureRecordKind.Received, CaptureRecordKind.End],
            records.Select(record => record.Kind));
        Assert.Equal(CaptureHead.PayloadBytesMax, records[2].Payload.Length);
        Assert.Equal(1, Assert.Single(recordings.Rows("dropped")).GetProperty("too_long").GetInt64());
    }

    [Fact]
    public void When_the_ring_is_full_the_feed_goes_on_and_the_count_of_what_is_missing_is_exact()
    {
        using Recordings recordings = new();
        byte[] frame = new byte[1_000];
        const int Frames = 2_000;
        long lost;
        // The writer looks once in ten seconds, and the ring holds some sixty frames.
        CaptureOptions options = new() { RingBytes = 1 << 16, TailEvery = TimeSpan.FromSeconds(10) };
        using (FeedCapture capture = recordings.Begin(options))
        {
            capture.Opened(Recordings.StartNs, Recordings.Connection(1));
            for (int i = 0; i < Frames; i++)
            {
                capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, frame);
            }

            lost = capture.RecordsLost;
            Assert.InRange(lost, 1_000, Frames - 1);
            capture.End(Recordings.StartNs + Frames);
            // The record of the end finds no room either.
            Assert.True(capture.RecordsLost >= lost);
            lost = capture.RecordsLost;
        }

        IReadOnlyList<RecordCopy> records = recordings.Read(out RecordingReader reader);
        Assert.Equal("", reader.Fault);
        long missing = recordings.Rows("dropped").Sum(row => row.GetProperty("records").GetInt64());
        Assert.Equal(lost, missing);
        long holes = records.Count(record => record.Kind == CaptureRecordKind.Hole);
        long ends = records.Count(record => record.Kind == CaptureRecordKind.End);
        Assert.Equal(1 + Frames + 1 - lost, records.Count - holes);
        Assert.Equal(Frames - records.Count(r => r.Kind == CaptureRecordKind.Received), lost - (1 - ends));
    }

    [Fact]
    public void One_folder_has_one_recorder_and_a_second_one_is_refused_in_words()
    {
        using Recordings recordings = new();
        using FeedCapture first = recordings.Begin();
        IOException refused = Assert.ThrowsAny<IOException>(() => recordings.Begin());
        Assert.Contains("recording.lock", refused.Message, StringComparison.Ordinal);
        first.End(Recordings.StartNs);
        first.Dispose();
        recordings.Begin(startNs: Recordings.StartNs).Dispose();
        Assert.Equal(2, recordings.Segments.Count);
    }

    [Fact]
    public void A_recording_can_be_read_while_it_is_written()
    {
        using Recordings recordings = new();
        Random random = Seed.Random(3, "frames");
        using FeedCapture capture = recordings.Begin(new CaptureOptions { TailEvery = TimeSpan.FromMilliseconds(1) });
        capture.Opened(Recordings.StartNs, Recordings.Connection(1));
        long bytes = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] frame = Recordings.Frame(random, i);
            bytes += CaptureHead.Bytes + frame.Length;
            capture.Received(1, Recordings.StartNs + i, i, 1, FrameFate.Applied, frame);
            if (i % 500 != 499) continue;
            Recordings.Settle(capture, bytes);
            IReadOnlyList<RecordCopy> records = recordings.Read(out RecordingReader reader);
            Assert.Equal("", reader.Fault);
            Assert.Equal(i + 2, records.Count);
        }

        capture.End(Recordings.StartNs + 6_000);
    }

    [Fact]
    public void A_stale_interval_has_its_length_and_a_reconnect_the_time_without_a_frame()
    {
        using Recordings recordings = new();
        using (FeedCapture capture = recordings.Begin())
        {
            long now = Recordings.StartNs;
            capture.Opened(now, Recordings.Connection(1));
            capture.Received(1, now + 1_000_000, 0, 1, FrameFate.Applied, "{}"u8);
            capture.Closed(1, now + 5_000_000, "silent");
            capture.Stale(1, now + 5_000_000, "lost"u8, "BTC/USD"u8);
            capture.Opened(now + 9_000_000, Recordings.Connection(2));
            capture.InSync(2, now + 10_000_000, "BTC/USD"u8);
            capture.Stale(2, now + 11_000_000, "checksum"u8, "ETH/USD"u8);
            capture.End(now + 13_000_000);
        }

        Assert.Equal("silent", Assert.Single(recordings.Rows("disconnect")).GetProperty("reason").GetString());
        Assert.Equal(8, recordings.Rows("open")[1].GetProperty("length_ms").GetDouble());
        Assert.Equal(5, Assert.Single(recordings.Rows("in_sync")).GetProperty("length_ms").GetDouble());
        Assert.Equal(2, Assert.Single(recordings.Rows("stale_at_end")).GetProperty("length_ms").GetDouble());
    }
}
