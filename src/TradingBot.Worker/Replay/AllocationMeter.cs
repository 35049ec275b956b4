using System;

namespace TradingBot.Worker.Replay;

/// <summary>
/// Bytes allocated per frame once a run is warm, although nobody knows beforehand how long it will be.
/// </summary>
/// <remarks>
/// The window begins at frame max(2,000, 10 % of all), or at most half as many again. Samples are taken at frame 2,000
/// and then each time the count has grown by a half, because an exact one stops every thread; at the end the first
/// sample at or past the window's beginning is used.
/// </remarks>
internal sealed class AllocationMeter
{
    private const long WarmFrames = 2_000;
    private const long FramesMin = 10_000;

    /// <summary>2,000 × 1.5^96 frames are more than a run can have.</summary>
    private const int SamplesMax = 96;

    private readonly Sample[] _samples = new Sample[SamplesMax];
    private int _count;
    private long _nextFrame = WarmFrames;

    /// <summary>To be called after every frame.</summary>
    public void OnFrame(long frames)
    {
        if (frames < _nextFrame || _count == SamplesMax) return;
        _samples[_count++] = Sample.Take(frames);
        _nextFrame = frames + (frames / 2);
    }

    /// <summary>
    /// Process-wide and feed-thread bytes per frame; null when fewer than 10,000 frames can be counted.
    /// </summary>
    public (double? Process, double? Thread) PerFrame(long frames)
    {
        Sample end = Sample.Take(frames);
        long windowStart = Math.Max(WarmFrames, frames / 10);
        for (int i = 0; i < _count; i++)
        {
            Sample start = _samples[i];
            if (start.Frames < windowStart) continue;
            long counted = end.Frames - start.Frames;
            if (counted < FramesMin) break;
            return ((double)(end.ProcessBytes - start.ProcessBytes) / counted,
                (double)(end.ThreadBytes - start.ThreadBytes) / counted);
        }

        return (null, null);
    }

    private readonly record struct Sample(long Frames, long ProcessBytes, long ThreadBytes)
    {
        public static Sample Take(long frames) =>
            new(frames, GC.GetTotalAllocatedBytes(precise: true), GC.GetAllocatedBytesForCurrentThread());
    }
}
