using System;

namespace TradingBot.Trading.Stops;

/// <summary>When stops were removed by somebody else; so many within a window mean that somebody works against
/// us.</summary>
internal sealed class RemovalWatch
{
    private readonly long[] _times;
    private readonly long _windowNs;
    private long _next;

    public RemovalWatch(int most, long windowNs)
    {
        _times = new long[most];
        _windowNs = windowNs;
        Forget();
    }

    /// <summary>Notes one; true when it makes the window full.</summary>
    public bool Note(long nowNs)
    {
        if (_times.Length == 0) return false;
        _times[(int)(_next++ % _times.Length)] = nowNs;
        long oldest = _times[(int)(_next % _times.Length)];
        return oldest != long.MinValue && nowNs - oldest <= _windowNs;
    }

    /// <summary>An operator looked at it.</summary>
    public void Forget() => Array.Fill(_times, long.MinValue);
}
