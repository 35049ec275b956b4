using System;
using System.Diagnostics;
using System.Threading;

namespace TradingBot.Worker.Replay;

/// <summary>Holds a replay to a multiple of recorded time; 0 does not hold it at all.</summary>
internal struct Pace(double speed)
{
    private long _firstReceiveNs;
    private long _startTimestamp;

    /// <summary>Returns when the frame is due, or at once when it is late or the run is stopped.</summary>
    public void WaitUntil(long receiveNs, CancellationToken stop)
    {
        if (speed <= 0 || receiveNs == 0) return;
        if (_startTimestamp == 0)
        {
            _startTimestamp = Stopwatch.GetTimestamp();
            _firstReceiveNs = receiveNs;
            return;
        }

        double dueMs = (receiveNs - _firstReceiveNs) / 1e6 / speed;
        double waitMs = dueMs - Stopwatch.GetElapsedTime(_startTimestamp).TotalMilliseconds;
        if (waitMs >= 1) stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Min(waitMs, int.MaxValue)));
    }
}
