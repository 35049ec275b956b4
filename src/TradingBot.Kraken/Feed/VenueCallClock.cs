// In:     time, answers.   Out: which call is to leave now.
// Thread: the caller's; sans-I/O.
// Keeps:  one call of a kind at a time; a failed call is asked again after a pause that doubles, and its answer is
//         never taken for an empty one. Far below the public budget of a call a second.
// Budget: a call a minute.
using System;

namespace TradingBot.Kraken.Feed;

/// <summary>What is asked.</summary>
public enum VenueCall : byte
{
    None = 0,

    /// <summary>GET /0/public/SystemStatus.</summary>
    Status = 1,

    /// <summary>GET /0/public/MaintenanceSchedule.</summary>
    Schedule = 2,

    /// <summary>GET /0/public/Time.</summary>
    Time = 3,
}

/// <summary>When one call is made, and how it went.</summary>
/// <param name="pollNs">From an answer to the next question.</param>
public sealed class VenueCallClock(long pollNs)
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>Never asked more often: the venue wants 5 s between tries while it is closed.</summary>
    public const long SpacingNs = 5 * SecondNs;

    /// <summary>An answer that did not come by then will not.</summary>
    public const long PatienceNs = 20 * SecondNs;

    private long _dueNs;
    private int _failuresInRow;

    public bool IsUnderWay { get; private set; }

    /// <summary>When it last left; 0 before.</summary>
    public long AskedNs { get; private set; }

    /// <summary>When it was last answered as it should be; 0 before.</summary>
    public long AnsweredNs { get; private set; }

    public long Failures { get; private set; }

    /// <summary>Why the last one failed; empty when it did not.</summary>
    public string Fault { get; private set; } = "";

    public long NextDueNs => IsUnderWay ? AskedNs + PatienceNs : _dueNs;

    public bool TryAsk(long nowNs)
    {
        if (IsUnderWay && nowNs >= AskedNs + PatienceNs) OnFailed("no answer in 20 s", nowNs);
        if (IsUnderWay || nowNs < _dueNs) return false;
        IsUnderWay = true;
        AskedNs = nowNs;
        return true;
    }

    public void OnAnswered(long nowNs)
    {
        IsUnderWay = false;
        AnsweredNs = nowNs;
        Fault = "";
        _failuresInRow = 0;
        _dueNs = nowNs + pollNs;
    }

    /// <param name="fault">Why, for people.</param>
    /// <param name="nowNs">Unix ns.</param>
    /// <param name="notBeforeNs">The venue asks for a pause until then.</param>
    public void OnFailed(string fault, long nowNs, long notBeforeNs = 0)
    {
        IsUnderWay = false;
        Failures++;
        Fault = fault;
        long pauseNs = Math.Min(SpacingNs << Math.Min(_failuresInRow++, 10), Math.Max(pollNs, SpacingNs));
        _dueNs = Math.Max(nowNs + pauseNs, notBeforeNs);
    }

    /// <summary>Something changed: ask sooner than planned.</summary>
    public void Hurry(long nowNs) => _dueNs = Math.Min(_dueNs, Math.Max(nowNs, AskedNs + SpacingNs));
}
