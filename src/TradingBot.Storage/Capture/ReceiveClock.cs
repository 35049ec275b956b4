// In:     per frame its recorded receive time, if any, and the greatest exchange time of its events.
// Out:    the receive time the engine works with.
// Thread: the one that reads the captures.
// Keeps:  the stamps of one stream never step back, over all its files; the same files give the same stamps.
// Budget: ≤ 5 ns per frame, nothing allocated.
using System;

namespace TradingBot.Storage.Capture;

/// <summary>Gives each frame of a replayed stream its receive time.</summary>
/// <remarks>
/// A frame's own absolute receive time (2010 to 2100) counts. Frames without one take their exchange time, or the time
/// of the frame before. A file whose first receive time is not absolute was stamped by a monotonic clock: it is laid so
/// that its first frame with an exchange time was received at that time, and frames before that one stay at the last
/// stamp (0 at the beginning). The next file keeps that anchor when its relative times go on where
/// the last ones stopped.
/// </remarks>
public sealed class ReceiveClock
{
    /// <summary>2010-01-01T00:00:00Z.</summary>
    public const long AbsoluteMinNs = 1_262_304_000_000_000_000;

    /// <summary>2100-01-01T00:00:00Z.</summary>
    public const long AbsoluteMaxNs = 4_102_444_800_000_000_000;

    private bool _fileHasTime;
    private bool _fileIsRelative;
    private bool _hasAnchor;
    private bool _hasLastRelative;
    private long _anchorExchangeNs;
    private long _anchorRelativeNs;
    private long _lastRelativeNs;

    /// <summary>The stamp given last.</summary>
    public long LastNs { get; private set; }

    /// <summary>Whether a receive time is Unix time of 2010 to 2100, and not of a clock that began anywhere.</summary>
    public static bool IsAbsolute(long receiveTimeNs) => receiveTimeNs is >= AbsoluteMinNs and < AbsoluteMaxNs;

    /// <summary>Tells that the frames from here on are another file's.</summary>
    public void BeginFile() => _fileHasTime = false;

    /// <summary>The receive time of the next frame.</summary>
    /// <param name="hasReceiveTime">The capture recorded one.</param>
    /// <param name="receiveTimeNs">The one it recorded.</param>
    /// <param name="frameExchangeTimeNs">Greatest exchange time of the frame's events; 0 when they have none.</param>
    public long Stamp(bool hasReceiveTime, long receiveTimeNs, long frameExchangeTimeNs)
    {
        if (hasReceiveTime && !_fileHasTime) BeginTimes(receiveTimeNs);
        long stamp = frameExchangeTimeNs;
        if (hasReceiveTime && IsAbsolute(receiveTimeNs)) stamp = receiveTimeNs;
        else if (hasReceiveTime && _fileIsRelative) stamp = Anchored(receiveTimeNs, frameExchangeTimeNs);
        LastNs = Math.Max(LastNs, stamp);
        return LastNs;
    }

    private void BeginTimes(long firstNs)
    {
        _fileHasTime = true;
        _fileIsRelative = !IsAbsolute(firstNs);
        bool goesOn = _fileIsRelative && _hasLastRelative && firstNs >= _lastRelativeNs;
        _hasAnchor &= goesOn;
        _hasLastRelative &= goesOn;
    }

    private long Anchored(long relativeNs, long exchangeNs)
    {
        _lastRelativeNs = relativeNs;
        _hasLastRelative = true;
        if (!_hasAnchor && exchangeNs != 0)
        {
            _hasAnchor = true;
            _anchorExchangeNs = exchangeNs;
            _anchorRelativeNs = relativeNs;
        }

        if (!_hasAnchor) return 0;
        // Wide arithmetic: the recorded times are untrusted and may be anything.
        return long.CreateSaturating((Int128)_anchorExchangeNs + relativeNs - _anchorRelativeNs);
    }
}
