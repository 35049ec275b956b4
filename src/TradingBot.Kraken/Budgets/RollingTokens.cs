// In:     costs, time, the venue's word that nothing is left.   Out: whether a request may leave, else when.
// Thread: its owner's.
// Keeps:  in no ten seconds more than the limit by its own grants, wherever the venue's ten seconds begin.
// Budget: some tens of ns; allocates nothing after the constructor.
using System;

namespace TradingBot.Kraken.Budgets;

/// <summary>The twin of Kraken's derivatives tokens: 500 in ten seconds for the whole account.</summary>
/// <remarks>
/// https://docs.kraken.com/exchange/guides/futures/ratelimits: sending, changing or cancelling an order costs 10.
/// Nothing is documented of the Unified WebSocket; the same is assumed. The venue's window may be fixed or rolling:
/// what keeps to a rolling one keeps to both.
/// </remarks>
public sealed class RollingTokens
{
    /// <summary>What an order, its change and its cancel cost each.</summary>
    public const int OrderCost = 10;

    public const int LimitDefault = 500;

    /// <summary>The venue's ten seconds, and a quarter for requests that take different times on their way.</summary>
    public const long WindowNs = 10_250_000_000;

    private const int CorrectionParts = 10;

    private readonly (long TimeNs, int Cost)[] _taken;
    private readonly int _limit;
    private int _first;
    private int _count;
    private int _sum;

    public RollingTokens(int limit = LimitDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, OrderCost);
        _limit = limit;
        // Nothing costs less than one token.
        _taken = new (long, int)[limit + CorrectionParts];
    }

    /// <summary>Tokens used in the last ten seconds.</summary>
    public int UsedAt(long nowNs)
    {
        Forget(nowNs);
        return _sum;
    }

    /// <summary>Counts the request; false, and nothing is counted, when it would pass the urgency's ceiling.</summary>
    public bool TryTake(Urgency urgency, int cost, long nowNs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, 1);
        Forget(nowNs);
        if (_sum + cost > Ceiling.OfRolling(_limit, urgency)) return false;
        Note(nowNs, cost);
        return true;
    }

    /// <summary>When such a request would be let through if nothing else came, Unix ns.</summary>
    public long FreeAtNs(Urgency urgency, int cost, long nowNs)
    {
        Forget(nowNs);
        long over = _sum + cost - Ceiling.OfRolling(_limit, urgency);
        for (int i = 0; over > 0 && i < _count; i++)
        {
            (long timeNs, int taken) = _taken[(_first + i) % _taken.Length];
            over -= taken;
            if (over <= 0) return timeNs + WindowNs;
        }

        return over > 0 ? long.MaxValue : nowNs;
    }

    /// <summary>
    /// The venue says that nothing is left: ours was wrong, or others use the account. What the last ten seconds held
    /// is not known, so a tenth of the limit comes back in each of the next ten.
    /// </summary>
    public void OnVenueRefused(long nowNs)
    {
        _first = 0;
        _count = 0;
        _sum = 0;
        for (int part = CorrectionParts - 1; part >= 0; part--)
        {
            Note(nowNs - (part * WindowNs / CorrectionParts), Math.Max(1, _limit / CorrectionParts));
        }
    }

    private void Note(long timeNs, int cost)
    {
        _taken[(_first + _count) % _taken.Length] = (timeNs, cost);
        _count++;
        _sum += cost;
    }

    private void Forget(long nowNs)
    {
        while (_count > 0 && nowNs - _taken[_first].TimeNs >= WindowNs)
        {
            _sum -= _taken[_first].Cost;
            _first = (_first + 1) % _taken.Length;
            _count--;
        }
    }
}
