using System;

namespace TradingBot.Storage.Capture;

/// <summary>What one call of a reader gave.</summary>
public enum CaptureReadResult : byte
{
    /// <summary>A frame.</summary>
    Frame = 0,

    /// <summary>The capture is at its end and was good throughout.</summary>
    End = 1,

    /// <summary>The capture ends here for the reason the reader's <c>Fault</c> gives.</summary>
    Fault = 2,
}

/// <summary>One frame of a capture; its bytes live in the reader until the reader's next call.</summary>
public readonly ref struct CapturedFrame
{
    public CapturedFrame(ReadOnlySpan<byte> bytes, bool hasReceiveTime, long receiveTimeNs)
    {
        Bytes = bytes;
        HasReceiveTime = hasReceiveTime;
        ReceiveTimeNs = receiveTimeNs;
    }

    /// <summary>The frame exactly as the venue sent it.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public bool HasReceiveTime { get; }

    /// <summary>Unix nanoseconds, or nanoseconds of some monotonic clock; see <see cref="ReceiveClock"/>.</summary>
    public long ReceiveTimeNs { get; }
}
