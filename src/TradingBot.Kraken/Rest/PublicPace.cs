// In:     requests about to leave, and what the venue says about their number.   Out: when each may leave.
// Thread: any; a lock around a few longs.
// Keeps:  per host and per key never more than one request in its interval beyond a small burst; nobody is asked before
//         the time it gave.   Budget: one dictionary look-up per request.
using System;
using System.Collections.Generic;
using System.Threading;

namespace TradingBot.Kraken.Rest;

/// <summary>Intervals of the public budget, ns.</summary>
public sealed record PublicPaceOptions
{
    /// <summary>
    /// Spot market data: "about one request a second" per address (support.kraken.com, API rate limits).
    /// </summary>
    public long SpotIntervalNs { get; init; } = 1_000_000_000;

    /// <summary>
    /// Trades and OHLC of one instrument: the historical-data guide asks for 1 to 2 s between calls.
    /// </summary>
    public long KeyIntervalNs { get; init; } = 1_500_000_000;

    /// <summary>Market calls of derivatives cost nothing; Cloudflare still counts.</summary>
    public long DerivativesIntervalNs { get; init; } = 250_000_000;

    /// <summary>Requests at once after a rest.</summary>
    public int Burst { get; init; } = 3;

    /// <summary>For a stand-in on this machine, which has no limit of its own.</summary>
    public static PublicPaceOptions Loopback { get; } = new()
    {
        SpotIntervalNs = 1_000,
        KeyIntervalNs = 1_000,
        DerivativesIntervalNs = 1_000,
        Burst = 64,
    };
}

/// <summary>
/// The budget of public requests: of its own, so that no backfill can take a token from orders, which are counted per
/// key and not per address.
/// </summary>
internal sealed class PublicPace(PublicPaceOptions options)
{
    /// <summary>Five calls of a thousand instruments; beyond, the oldest knowledge is forgotten and the host's limit
    /// remains.</summary>
    private const int KeysMax = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _keyFreeNs = new(StringComparer.Ordinal);
    private readonly long[] _earnedNs = [long.MinValue / 2, long.MinValue / 2];
    private readonly long[] _closedNs = [0, 0];

    /// <summary>Takes a token and says when it may be used, Unix ns.</summary>
    public long Reserve(PublicQuery query, long nowNs)
    {
        lock (_gate)
        {
            int host = (int)query.Host;
            long intervalNs = query.Host == RestHost.Spot ? options.SpotIntervalNs : options.DerivativesIntervalNs;
            long dueNs = Math.Max(nowNs, _closedNs[host]);
            dueNs = Math.Max(dueNs, _earnedNs[host] - ((options.Burst - 1) * intervalNs));
            if (query.BudgetKey.Length > 0 && _keyFreeNs.TryGetValue(query.BudgetKey, out long freeNs))
            {
                dueNs = Math.Max(dueNs, freeNs);
            }

            _earnedNs[host] = Math.Max(_earnedNs[host], dueNs) + intervalNs;
            if (query.BudgetKey.Length == 0) return dueNs;
            if (_keyFreeNs.Count >= KeysMax) _keyFreeNs.Clear();
            _keyFreeNs[query.BudgetKey] = dueNs + options.KeyIntervalNs;
            return dueNs;
        }
    }

    /// <summary>The venue asked for a pause: nothing leaves for this host before.</summary>
    public void Close(RestHost host, long untilNs)
    {
        lock (_gate) _closedNs[(int)host] = Math.Max(_closedNs[(int)host], untilNs);
    }
}
