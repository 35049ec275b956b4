using System;

namespace TradingBot.Simulation.Loopback;

/// <summary>
/// The venue's time in the real world: wall clock at the start, or a given time, and monotonic from there on.
/// </summary>
internal sealed class VenueClock
{
    private const long NanosPerTick = 100;

    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly int _speed;

    /// <param name="time">Real time.</param>
    /// <param name="startNs">The first instant, Unix ns; null: the present.</param>
    /// <param name="speed">How many times as fast time passes here.</param>
    public VenueClock(TimeProvider time, long? startNs = null, int speed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 1);
        _speed = speed;
        _time = time;
        StartNs = startNs ?? (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
        _startTimestamp = time.GetTimestamp();
    }

    /// <summary>Unix ns of the first instant.</summary>
    public long StartNs { get; }

    public long NowNs => StartNs + (_time.GetElapsedTime(_startTimestamp).Ticks * NanosPerTick * _speed);

    /// <summary>How long until a time, in real time: rounded up, and never negative.</summary>
    public TimeSpan Until(long timeNs)
    {
        long leftNs = Math.Max(0, timeNs - NowNs) / _speed;
        return TimeSpan.FromTicks((leftNs / NanosPerTick) + (leftNs % NanosPerTick == 0 ? 0 : 1));
    }
}
