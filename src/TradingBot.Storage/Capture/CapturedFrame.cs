using System;
using TradingBot.Market.Values;

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

/// <summary>What a capture's entry tells.</summary>
public enum CapturedKind : byte
{
    /// <summary>A frame came.</summary>
    Frame = 0,

    /// <summary>Only time passed.</summary>
    Time = 1,

    /// <summary>A book is to be doubted: that of the symbol in the bytes, or without one every book.</summary>
    Gap = 2,
}

/// <summary>What is known of an entry beside its bytes.</summary>
/// <param name="HasReceiveTime">The capture recorded a receive time.</param>
/// <param name="ReceiveTimeNs">Unix nanoseconds, or of some monotonic clock; see <see cref="ReceiveClock"/>.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Dialect">The protocol of its socket, where the entry says it; else the whole capture's.</param>
/// <param name="IsOurs">
/// Recorded by this program: the trades of a snapshot were history to it, and the engine was not told of them.
/// </param>
public readonly record struct CapturedStamp(
    bool HasReceiveTime, long ReceiveTimeNs, CapturedKind Kind = CapturedKind.Frame, Dialect Dialect = Dialect.None,
    bool IsOurs = false);

/// <summary>One entry of a capture; its bytes live in the reader until the reader's next call.</summary>
public readonly ref struct CapturedFrame
{
    public CapturedFrame(ReadOnlySpan<byte> bytes, in CapturedStamp stamp)
    {
        Bytes = bytes;
        Stamp = stamp;
    }

    /// <summary>The frame exactly as the venue sent it; of a gap, the symbol.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public CapturedStamp Stamp { get; }

    public bool HasReceiveTime => Stamp.HasReceiveTime;

    public long ReceiveTimeNs => Stamp.ReceiveTimeNs;

    public CapturedKind Kind => Stamp.Kind;
}
