using System;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Tests.Support;

/// <summary>A machine on which time runs several times as fast: a second of it is a part of a second.</summary>
internal sealed class HurriedTime(int times) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _timestamp = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>What a span of it takes in reality.</summary>
    public TimeSpan Real(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? span : span / times;

    public override long GetTimestamp() => _timestamp + ((System.GetTimestamp() - _timestamp) * times);

    public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_timestamp) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new HurriedTimer(this, System.CreateTimer(callback, state, Real(dueTime), Real(period)));

    private sealed class HurriedTimer(HurriedTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
