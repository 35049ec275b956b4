namespace TradingBot.Trading.Stops;

/// <summary>How long a position is without proven protection, in engine time (I1).</summary>
internal sealed class ProtectionClock
{
    private long _sinceNs;
    private bool _running;

    public long TotalNs { get; private set; }

    public long MaxNs { get; private set; }

    /// <summary>Age of the interval that runs; 0 when none does.</summary>
    public long AgeNs(long nowNs) => _running ? nowNs - _sinceNs : 0;

    public void Observe(long nowNs, bool unprotected)
    {
        if (unprotected == _running) return;
        if (_running)
        {
            long ageNs = nowNs - _sinceNs;
            TotalNs += ageNs;
            if (ageNs > MaxNs) MaxNs = ageNs;
        }

        _running = unprotected;
        _sinceNs = nowNs;
    }
}
