using System;
using System.IO;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Allocation;

/// <summary>Recording a feed costs the feed's thread no allocation, whether there is room or not (I8).</summary>
public sealed class CaptureAllocationTests : IDisposable
{
    private const int Repeats = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-capture").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Recording_frames_times_and_gaps_allocates_nothing_on_the_feeds_thread_I8()
    {
        using FeedCapture capture = FeedCapture.Begin(_folder, new CaptureOptions(), 1);
        AllocatedBytes bytes = Measure(capture);
        Assert.Equal(0, capture.RecordsLost);
        Assert.Equal(0, bytes.Thread);
    }

    [Fact]
    public void Records_that_find_no_room_are_counted_without_allocating_I8()
    {
        // The ring holds a handful of records, and the writer looks once a minute.
        CaptureOptions options = new() { RingBytes = 4_096, TailEvery = TimeSpan.FromMinutes(1) };
        using FeedCapture capture = FeedCapture.Begin(_folder, options, 1);
        AllocatedBytes bytes = Measure(capture);
        Assert.True(capture.RecordsLost > Repeats, $"{capture.RecordsLost} lost");
        Assert.Equal(0, bytes.Thread);
    }

    private static AllocatedBytes Measure(FeedCapture capture)
    {
        byte[] frame = new byte[180];
        long now = 1;
        return AllocationProbe.Measure(
            () =>
            {
                now += 1_000;
                capture.Received(1, now, now, 3, FrameFate.Applied, frame);
                capture.Time(now + 1, now);
                capture.Gap(1, now + 2, now, "BTC/USD"u8);
                capture.Stale(1, now + 3, "checksum"u8, "BTC/USD"u8);
                capture.InSync(1, now + 4, "BTC/USD"u8);
            },
            Repeats);
    }
}
