using System;

namespace TradingBot.Storage.Capture;

/// <summary>How a recording is kept.</summary>
public sealed record CaptureOptions
{
    /// <summary>Version and commit, for the header.</summary>
    public string Build { get; init; } = "";

    /// <summary>A segment of this size is finished at the next block: 1 MB/s makes 14 an hour.</summary>
    public long SegmentBytesMax { get; init; } = 256L << 20;

    /// <summary>Records appended to a tail are on their way to the kernel within this time.</summary>
    public TimeSpan TailEvery { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>A tail of this age becomes a block though it is not full.</summary>
    public TimeSpan TailAgeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Bytes between the feed and the writer, a power of two: at a burst of 200,000 frames/s of 300 bytes the disk may
    /// stand still for a second, at the 50 KB/s of a quiet feed for twenty minutes. Only what is needed is touched.
    /// </summary>
    public int RingBytes { get; init; } = 64 << 20;

    /// <summary>How long the end may take to write what is left.</summary>
    public TimeSpan EndGrace { get; init; } = TimeSpan.FromSeconds(10);
}
