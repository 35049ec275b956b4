using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using References;

namespace TradingBot.Bench.Ratios;

/// <summary>Bytes per frame, counted and not timed; and what the collector did over ten million frames.</summary>
internal static class AllocationRows
{
    private const int Frames = 20_000;
    private const int Seed = 5;
    private const long LongRunFrames = 10_000_000;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "P5", "allocated bytes per frame, hot thread, every kind and fallback included",
            Bound.AtMost, 0, 0, HotThread);
        yield return new RatioRow(
            "E5", "allocated bytes per frame over 10 M frames, whole process",
            Bound.AtMost, 0.01, 0, () => LongRun(bytes: true));
        yield return new RatioRow(
            "E6", "garbage collections over 10 M frames", Bound.AtMost, 0, 0, () => LongRun(bytes: false));
    }

    /// <summary>Every frame of the mix as it comes, and once more with a space that no template has.</summary>
    private static RatioResult HotThread()
    {
        MixedFeed feed = new(8, 10, Seed);
        FrameSet snapshots = feed.Snapshots();
        FrameSet plain = feed.Take(Frames);
        FrameSet warm = Spaced(feed.Take(Frames));
        FrameSet spaced = Spaced(feed.Take(Frames));
        // Steady state: every shape and every symbol has been met on both paths before bytes are counted.
        FrameChain chain = new(snapshots);
        chain.Run(plain);
        chain.Run(warm);
        long before = GC.GetAllocatedBytesForCurrentThread();
        chain.Run(spaced);
        long spacedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        EqualResults.Require(chain.Counters.Fallbacks == warm.Count + spaced.Count, "the frames that fell back");
        EqualResults.Require(chain.Mismatches == 0 && chain.Counters.Errors == 0, "the frames counted");
        FrameSet more = feed.Take(Frames);
        before = GC.GetAllocatedBytesForCurrentThread();
        chain.Run(more);
        long plainBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new RatioResult((double)(plainBytes + spacedBytes) / (2 * Frames), string.Create(
            CultureInfo.InvariantCulture, $"{plainBytes} B fast, {spacedBytes} B fallback, {Frames} frames each"));
    }

    private static FrameSet Spaced(FrameSet frames)
    {
        FrameSet spaced = new();
        for (int i = 0; i < frames.Count; i++)
        {
            string text = Encoding.ASCII.GetString(frames[i]);
            spaced.Add(Encoding.ASCII.GetBytes("{ " + text[1..]));
        }

        return spaced;
    }

    private static (double BytesPerFrame, int Collections)? _longRun;

    private static RatioResult LongRun(bool bytes)
    {
        (double perFrame, int collections) = _longRun ?? RunLong();
        // One run serves both rows; a row that is measured again runs anew.
        _longRun = bytes ? (perFrame, collections) : null;
        return new RatioResult(bytes ? perFrame : collections, string.Create(
            CultureInfo.InvariantCulture,
            $"{LongRunFrames:N0} frames, {perFrame:N6} B each, {collections} collections"));
    }

    private static (double BytesPerFrame, int Collections) RunLong()
    {
        MixedFeed feed = new(8, 10, Seed);
        FrameSet snapshots = feed.Snapshots();
        FrameSet frames = feed.Take(100_000);
        FrameChain chain = new(snapshots);
        RepeatedFeed repeated = new(chain, snapshots, frames);
        repeated.Run(2);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int collections = GC.CollectionCount(0);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long counted = repeated.Run((int)(LongRunFrames / (frames.Count + snapshots.Count)) + 1);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        EqualResults.Require(chain.Mismatches == 0, "the checksums of the long run");
        return ((double)allocated / counted, GC.CollectionCount(0) - collections);
    }

    /// <summary>The same frames again and again, each time later, as a long session would bring new ones.</summary>
    private sealed class RepeatedFeed(FrameChain chain, FrameSet snapshots, FrameSet frames)
    {
        private long _shiftNs;
        private long _tradeShift;

        public long Run(int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                chain.Run(snapshots, _shiftNs, _tradeShift);
                chain.Run(frames, _shiftNs, _tradeShift);
                _shiftNs = chain.ReceiveNs - MixedFeed.BeginNs;
                _tradeShift += 1_000_000_000;
            }

            return (long)passes * (snapshots.Count + frames.Count);
        }
    }
}
