using System;
using System.Globalization;

namespace TradingBot.Kraken.Rest;

/// <summary>
/// Nonces of one API key: microseconds since 1970, or one more than the last when the clock did not advance.
/// </summary>
/// <remarks>
/// Kraken accepts a nonce only above the greatest it has seen for the key, so a clock that steps back must not show
/// here, and a restart begins at what was stored. One source per key; the caller sends requests in the same order.
/// </remarks>
public sealed class NonceSource(long last = 0)
{
    private const long NanosPerMicrosecond = 1_000;

    /// <summary>The last nonce given out: what a restart continues from.</summary>
    public long Last { get; private set; } = last;

    public long Next(long nowNs)
    {
        Last = Math.Max(Last + 1, nowNs / NanosPerMicrosecond);
        return Last;
    }

    public string NextText(long nowNs) => Next(nowNs).ToString(CultureInfo.InvariantCulture);
}
