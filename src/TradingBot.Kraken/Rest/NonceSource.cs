// In:     the time, a block reserved on disk.   Out: nonces of one key, each above every earlier one.
// Thread: any; callers stand in line.
// Keeps:  grows over restarts and clock steps: no nonce leaves before a number above it is on the disk.
using System;
using System.Globalization;
using System.Threading;

namespace TradingBot.Kraken.Rest;

/// <summary>
/// Nonces of one API key: microseconds since 1970, or one more than the last when the clock did not advance.
/// </summary>
/// <remarks>
/// Kraken accepts a nonce only above the greatest it has seen for the key, so a clock that steps back must not show
/// here, and a restart begins above what was reserved. One source per key; the caller sends requests in the same order.
/// </remarks>
public sealed class NonceSource
{
    /// <summary>Ten seconds of nonces: one write in that time at most, and a restart is at most so far ahead.</summary>
    public const long Block = 10_000_000;

    private const long NanosPerMicrosecond = 1_000;

    private readonly Lock _gate = new();
    private readonly Func<long, bool>? _reserve;
    private long _last;
    private long _reserved;

    /// <param name="last">Nonces begin above it: what was reserved before.</param>
    /// <param name="reserve">Makes a number durable, false where that failed; null: nothing is kept.</param>
    public NonceSource(long last = 0, Func<long, bool>? reserve = null)
    {
        _last = last;
        _reserved = last;
        _reserve = reserve;
    }

    /// <summary>The last nonce given out.</summary>
    public long Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>
    /// Reservations that could not be written. The nonces given out still grow; a restart on a clock that stepped back
    /// might not know it.
    /// </summary>
    public long Unreserved { get; private set; }

    public long Next(long nowNs)
    {
        lock (_gate)
        {
            _last = Math.Max(_last + 1, nowNs / NanosPerMicrosecond);
            if (_last > _reserved) Reserve();
            return _last;
        }
    }

    public string NextText(long nowNs) => Next(nowNs).ToString(CultureInfo.InvariantCulture);

    private void Reserve()
    {
        if (_reserve is null) return;
        long to = _last + Block;
        if (_reserve(to)) _reserved = to;
        else Unreserved++;
    }
}
