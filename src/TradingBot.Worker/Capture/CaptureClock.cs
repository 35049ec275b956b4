using System;

namespace TradingBot.Worker.Capture;

/// <summary>Unix nanoseconds that never step back: the wall clock read once, and monotonic time since.</summary>
/// <param name="time">Of the machine; a test may have a faster one.</param>
internal sealed class CaptureClock(TimeProvider time)
{
    private const long NanosPerTick = 100;

    private readonly long _startNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
    private readonly long _start = time.GetTimestamp();

    /// <summary>The machine's, since the process first asked.</summary>
    public static CaptureClock System { get; } = new(TimeProvider.System);

    public TimeProvider Time => time;

    public long NowNs() => _startNs + (time.GetElapsedTime(_start).Ticks * NanosPerTick);
}
