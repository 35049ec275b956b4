// In:     what the wire tells of one socket, and time.   Out: when to open it, to ping, to give it up, and why.
// Thread: the caller's; sans-I/O.
// Keeps:  a socket that says nothing is given up; every loss has one reason; attempts share one budget.
// Budget: a few comparisons per frame.
using System;

namespace TradingBot.Kraken.Feed;

/// <summary>Where a socket stands.</summary>
public enum SocketPhase : byte
{
    /// <summary>Not open; the next attempt has its time.</summary>
    Waiting = 0,

    Connecting = 1,

    Open = 2,
}

/// <summary>Why a socket was lost.</summary>
public enum LossReason : byte
{
    None = 0,

    /// <summary>It never came to be.</summary>
    ConnectFailed = 1,

    /// <summary>Neither open nor refused within <see cref="SocketWatch.ConnectTimeoutNs"/>.</summary>
    ConnectTimeout = 2,

    /// <summary>It was open, and the venue or the network ended it.</summary>
    ClosedByVenue = 3,

    /// <summary>It was open, and nothing at all came.</summary>
    Silent = 4,

    /// <summary>What we send does not leave.</summary>
    SendRefused = 5,
}

/// <summary>What the owner is to do.</summary>
public enum SocketAct : byte
{
    None = 0,

    Ping = 1,

    /// <summary>Hang up: the watch counts the socket as lost already.</summary>
    GiveUp = 2,
}

/// <summary>One socket's life. Its owner does the I/O and calls in at <see cref="NextDueNs"/>.</summary>
/// <remarks>
/// Liveness is any frame at all: once a channel is subscribed the venue beats every second when there is nothing else
/// (worst healthy interval seen: 1.12 s). A quiet book proves nothing: 26 s without an update were seen on a good one.
/// </remarks>
public sealed class SocketWatch(RateBudget connections, ReconnectBackoff backoff)
{
    private const long SecondNs = 1_000_000_000;

    public const long ConnectTimeoutNs = 10 * SecondNs;

    /// <summary>Silence that ends a socket which is to beat every second.</summary>
    public const long SilenceNs = 5 * SecondNs;

    /// <summary>Silence that ends a socket which does not beat yet; a ping goes out at half of it.</summary>
    public const long EarlySilenceNs = 10 * SecondNs;

    /// <summary>The venue closes an idle socket after about a minute and asks for pings below that.</summary>
    public const long PingEveryNs = 30 * SecondNs;

    /// <summary>Frames for so long prove a connection healthy.</summary>
    public const long HealthyNs = 10 * SecondNs;

    /// <summary>Called this much late, it was us who slept: the silence before may be our own.</summary>
    private const long LateNs = SecondNs;

    /// <summary>HTTP: too many requests.</summary>
    private const int TooManyStatus = 429;

    private static readonly int Reasons = Enum.GetValues<LossReason>().Length;

    private readonly long[] _losses = new long[Reasons];
    private long _attemptDueNs;
    private long _sinceNs;
    private long _heardNs;
    private long _pingDueNs;
    private bool _beats;
    private bool _askedEarly;

    public SocketPhase Phase { get; private set; }

    /// <summary>Attempts to open, the first included.</summary>
    public long Attempts { get; private set; }

    /// <summary>Losses of all reasons; each is followed by an attempt.</summary>
    public long Losses { get; private set; }

    public LossReason LastLoss { get; private set; }

    /// <summary>Since when there has been the present phase; Unix ns.</summary>
    public long SinceNs => _sinceNs;

    /// <summary>When the last frame came on this connection, or it opened; Unix ns. Only while open.</summary>
    public long HeardNs => _heardNs;

    /// <summary>When the next attempt is wanted, the budget aside; only while waiting.</summary>
    public long AttemptDueNs => Phase == SocketPhase.Waiting ? _attemptDueNs : long.MaxValue;

    /// <summary>When the owner has something to do.</summary>
    public long NextDueNs => Phase switch
    {
        SocketPhase.Waiting => Math.Max(_attemptDueNs, connections.FreeAtNs),
        SocketPhase.Connecting => _sinceNs + ConnectTimeoutNs,
        _ => Math.Min(SilentDueNs, PingDueNs),
    };

    private long SilentDueNs => _heardNs + (_beats ? SilenceNs : EarlySilenceNs);

    private long PingDueNs =>
        _beats || _askedEarly ? _pingDueNs : Math.Min(_pingDueNs, _heardNs + (EarlySilenceNs / 2));

    public long LossesOf(LossReason reason) => _losses[(int)reason];

    /// <summary>True when the owner is to open the socket now; the attempt is then spent.</summary>
    public bool TryAttempt(long nowNs)
    {
        if (Phase != SocketPhase.Waiting || nowNs < _attemptDueNs || !connections.TryTake(nowNs)) return false;
        Attempts++;
        Enter(SocketPhase.Connecting, nowNs);
        return true;
    }

    public void OnOpened(long nowNs)
    {
        Enter(SocketPhase.Open, nowNs);
        _heardNs = nowNs;
        _pingDueNs = nowNs + PingEveryNs;
        _beats = false;
        _askedEarly = false;
    }

    public void OnFrame(long nowNs)
    {
        _heardNs = nowNs;
        _askedEarly = false;
        if (backoff.Losses > 0 && nowNs - _sinceNs >= HealthyNs) backoff.Reset();
    }

    /// <summary>A channel is subscribed: from now on something comes every second.</summary>
    public void ExpectBeats() => _beats = true;

    /// <summary>The wire says that the socket is no more, or never came to be.</summary>
    /// <param name="nowNs">Unix ns.</param>
    /// <param name="status">HTTP status of a refused connection, or close code; 0 when there was none.</param>
    public void OnClosed(long nowNs, int status = 0) => Lose(
        Phase == SocketPhase.Connecting ? LossReason.ConnectFailed : LossReason.ClosedByVenue, nowNs, status);

    /// <summary>A frame could not be sent: the owner hangs up.</summary>
    public void OnSendRefused(long nowNs) => Lose(LossReason.SendRefused, nowNs);

    /// <summary>To be called after all frames that came by now.</summary>
    public SocketAct OnTimer(long nowNs)
    {
        if (Phase == SocketPhase.Connecting && nowNs >= NextDueNs) return GiveUp(LossReason.ConnectTimeout, nowNs);
        if (Phase != SocketPhase.Open) return SocketAct.None;
        if (nowNs >= SilentDueNs + LateNs) _heardNs = nowNs;
        else if (nowNs >= SilentDueNs) return GiveUp(LossReason.Silent, nowNs);
        if (nowNs < PingDueNs) return SocketAct.None;
        _pingDueNs = nowNs + PingEveryNs;
        _askedEarly = true;
        return SocketAct.Ping;
    }

    private SocketAct GiveUp(LossReason reason, long nowNs)
    {
        Lose(reason, nowNs);
        return SocketAct.GiveUp;
    }

    private void Lose(LossReason reason, long nowNs, int status = 0)
    {
        Losses++;
        _losses[(int)reason]++;
        LastLoss = reason;
        Enter(SocketPhase.Waiting, nowNs);
        _attemptDueNs = nowNs + backoff.NextPauseNs(status == TooManyStatus);
    }

    private void Enter(SocketPhase phase, long nowNs)
    {
        Phase = phase;
        _sinceNs = nowNs;
    }
}
