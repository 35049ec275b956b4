// In:     how late dated frames are, answers to the venue's Time and to pings, time.
// Out:    whether our clock and the venue's agree well enough for entries; bounds of their difference for people.
// Thread: the caller's; sans-I/O.
// Keeps:  one wrong stamp proves nothing, in either direction. Only entries depend on it.
// Budget: one comparison per frame; a pass over some hundred numbers each second.
using System;

namespace TradingBot.Kraken.Feed;

/// <summary>How far the clocks may be apart.</summary>
public sealed record ClockWatchOptions
{
    /// <summary>
    /// Entries stop beyond: 2 s. An entry's deadline at the venue is 5 s of absolute time from its decision. 0 = never.
    /// </summary>
    public long SkewMaxNs { get; init; } = 2_000_000_000;

    /// <summary>People are warned beyond: 0.5 s.</summary>
    public long SkewWarnNs { get; init; } = 500_000_000;

    /// <summary>Between two calls of Time; 0 = none is made, and frames and pings alone tell.</summary>
    public long PollNs { get; init; } = 60_000_000_000;
}

/// <summary>Our clock against the venue's: positive = ours is ahead.</summary>
/// <remarks>
/// <para>Nothing tells the difference itself, but bounds of it. A frame that the venue dated T and that came at R was
/// on its way for R − T − difference, which is not negative: the difference is at most R − T. A question that left at
/// Q and was stamped T: the difference is at least Q − T. So dated frames bound it from above, pings (time_in of the
/// pong) from both sides, and so does <c>GET /0/public/Time</c>, whose stamp is cut to a second.</para>
/// <para>Each look, once a second, keeps its sharpest bounds. The second sharpest of the last looks counts, so that one
/// wrong stamp or one cached answer is not believed. Clocks that move against each other (a machine that slept, a
/// step at the venue) make new bounds contradict old ones, and the old ones go.</para>
/// <para>https://docs.kraken.com/api-reference/market-data/get-server-time and
/// https://docs.kraken.com/api/docs/websocket-v2/ping.</para>
/// </remarks>
public sealed class ClockWatch
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>Seconds that a bound from above counts: frames bring a new one in each.</summary>
    private const int LooksOfMost = 30;

    /// <summary>Seconds that a bound from below counts: three calls a minute apart.</summary>
    private const int LooksOfLeast = 190;

    /// <summary>
    /// Bounds from above are only proof of a clock ahead, or of a feed that is late in all it brings, once so many
    /// seconds said so: at a start everything is late.
    /// </summary>
    private const int LateLooksMin = 10;

    /// <summary>Seconds beyond the bound that close, and within half of it that open.</summary>
    private const int LooksToClose = 2;
    private const int LooksToOpen = 30;

    private readonly ClockWatchOptions _options;
    private readonly long[] _most = new long[LooksOfMost];
    private readonly long[] _least = new long[LooksOfLeast];
    private long _mostNow = long.MaxValue;
    private long _leastNow = long.MinValue;
    private long _looks;
    private long _nextLookNs;
    private int _mostCount;
    private int _beyond;
    private int _within;

    public ClockWatch(ClockWatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        Call = new VenueCallClock(options.PollNs);
        Array.Fill(_most, long.MaxValue);
        Array.Fill(_least, long.MinValue);
    }

    /// <summary>When Time is asked for, and how that went.</summary>
    public VenueCallClock Call { get; }

    /// <summary>The difference is at most this, ns; null: nothing said so lately.</summary>
    public long? MostNs { get; private set; }

    /// <summary>The difference is at least this, ns; null: nothing said so lately.</summary>
    public long? LeastNs { get; private set; }

    /// <summary>Nearest to zero that the bounds allow, ns: a difference of at least so much is proven.</summary>
    public long SkewNs => LeastNs is > 0 and { } ahead ? ahead : MostNs is < 0 and { } behind ? behind : 0;

    /// <summary>Entries are refused: the clocks are too far apart, or all that comes is that late.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>People should look, before entries stop.</summary>
    public bool IsWarning => IsClosed || Exceeds(_options.SkewWarnNs);

    /// <summary>Times that entries were stopped.</summary>
    public long Closings { get; private set; }

    public ClockWatchOptions Options => _options;

    /// <summary>A frame came that the venue had dated.</summary>
    /// <param name="lateNs">Our time of it − the venue's.</param>
    public void OnFrame(long lateNs)
    {
        if (lateNs < _mostNow) _mostNow = lateNs;
    }

    /// <summary>A question was answered with the venue's time, which it stamped in between.</summary>
    /// <param name="askedNs">Ours, when it left.</param>
    /// <param name="answeredNs">Ours, when the answer came.</param>
    /// <param name="venueNs">The venue's.</param>
    /// <param name="cutNs">By so much the stamp may have been cut: its resolution, less one.</param>
    public void OnStamp(long askedNs, long answeredNs, long venueNs, long cutNs = 0)
    {
        _leastNow = Math.Max(_leastNow, askedNs - venueNs - cutNs);
        _mostNow = Math.Min(_mostNow, answeredNs - venueNs);
        // It is proven sooner by a second answer.
        if (_options.PollNs > 0 && _options.SkewMaxNs > 0 && _leastNow > _options.SkewMaxNs) Call.Hurry(answeredNs);
    }

    /// <summary>Time is to be asked for now.</summary>
    public bool TryAsk(long nowNs) => _options.PollNs > 0 && Call.TryAsk(nowNs);

    /// <summary>An answer to Time.</summary>
    /// <param name="venueNs">The stamp, whole seconds in ns; null: there was none, or it could not be read.</param>
    /// <param name="fault">Then why.</param>
    /// <param name="nowNs">Unix ns.</param>
    public void OnAnswer(long? venueNs, string fault, long nowNs)
    {
        long askedNs = Call.AskedNs;
        if (venueNs is { } stamp)
        {
            Call.OnAnswered(nowNs);
            OnStamp(askedNs, nowNs, stamp, SecondNs - 1);
        }
        else
        {
            Call.OnFailed(fault, nowNs);
        }
    }

    /// <summary>Looks once a second; true when entries were stopped or let in just now.</summary>
    public bool OnTimer(long nowNs)
    {
        if (nowNs < _nextLookNs) return false;
        _nextLookNs = nowNs + SecondNs;
        Keep();
        bool isBeyond = _options.SkewMaxNs > 0 && Exceeds(_options.SkewMaxNs);
        bool isWithin = _options.SkewMaxNs == 0 || !Exceeds(_options.SkewMaxNs / 2);
        _beyond = isBeyond ? _beyond + 1 : 0;
        _within = isWithin ? _within + 1 : 0;
        bool turns = IsClosed ? _within >= LooksToOpen : _beyond >= LooksToClose;
        if (!turns) return false;
        IsClosed = !IsClosed;
        if (IsClosed) Closings++;
        return true;
    }

    private void Keep()
    {
        bool isNewMost = _mostNow != long.MaxValue;
        bool isNewLeast = _leastNow != long.MinValue;
        _most[_looks % LooksOfMost] = _mostNow;
        _least[_looks % LooksOfLeast] = _leastNow;
        _looks++;
        _mostNow = long.MaxValue;
        _leastNow = long.MinValue;
        Reckon();
        if (MostNs is not { } most || LeastNs is not { } least || most >= least) return;
        // The clocks moved against each other: what is new holds.
        if (isNewMost) Array.Fill(_least, long.MinValue);
        else if (isNewLeast) Array.Fill(_most, long.MaxValue);
        Reckon();
    }

    private void Reckon()
    {
        (long first, long second) = (long.MaxValue, long.MaxValue);
        _mostCount = 0;
        foreach (long most in _most)
        {
            if (most == long.MaxValue) continue;
            _mostCount++;
            second = Math.Min(second, Math.Max(first, most));
            first = Math.Min(first, most);
        }

        MostNs = second == long.MaxValue ? null : second;
        (first, second) = (long.MinValue, long.MinValue);
        foreach (long least in _least)
        {
            if (least == long.MinValue) continue;
            second = Math.Max(second, Math.Min(first, least));
            first = Math.Max(first, least);
        }

        LeastNs = second == long.MinValue ? null : second;
    }

    private bool Exceeds(long boundNs) =>
        MostNs < -boundNs || LeastNs > boundNs || (MostNs > boundNs && _mostCount >= LateLooksMin);
}
