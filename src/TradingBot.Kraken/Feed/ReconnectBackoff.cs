// In:     losses and proofs of health, in order.   Out: how long to wait before the next attempt.
// Thread: the caller's; sans-I/O, its chance is seeded.
// Keeps:  floor ≤ pause ≤ cap (after a refusal for too many attempts: cap ≤ pause ≤ 2 × cap); it never gives up.
// Budget: none.
using System;

namespace TradingBot.Kraken.Feed;

/// <summary>Exponential back-off with full jitter, so that many clients of a venue do not come back together.</summary>
public sealed class ReconnectBackoff(int seed)
{
    /// <summary>The least pause: a venue that hangs up at once is not asked in a tight loop.</summary>
    public const long FloorNs = 500_000_000;

    /// <summary>The greatest pause: Kraken advises 1 to 30 s.</summary>
    public const long CapNs = 30_000_000_000;

    /// <summary>0.5 s × 2^6 is above the cap.</summary>
    private const int DoublingsMax = 6;

    private readonly Random _random = new(seed);

    /// <summary>Losses since the last proof of health.</summary>
    public int Losses { get; private set; }

    /// <summary>The pause after one more loss.</summary>
    /// <param name="tooMany">The venue said that there were too many attempts: it wants a longer rest.</param>
    public long NextPauseNs(bool tooMany = false)
    {
        Losses = Math.Min(Losses + 1, DoublingsMax);
        if (tooMany) return _random.NextInt64(CapNs, (2 * CapNs) + 1);
        return _random.NextInt64(FloorNs, Math.Min(CapNs, FloorNs << Losses) + 1);
    }

    /// <summary>The connection proved healthy: the next loss is a first one.</summary>
    public void Reset() => Losses = 0;
}
