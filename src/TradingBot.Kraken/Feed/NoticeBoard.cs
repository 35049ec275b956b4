// In:     lists of notices, each from one source; time.   Out: which markets are to have no entries now, and why.
// Thread: the caller's; sans-I/O.
// Keeps:  a window that vanishes from every list before its begin was called off; one that has begun is remembered to
//         its end, because the venue drops it from its lists then. A source that says nothing takes nothing back.
// Budget: some notices, looked at when one of their times comes.
using System;
using System.Collections.Generic;

namespace TradingBot.Kraken.Feed;

/// <summary>Where a list of notices came from.</summary>
internal enum NoticeSource : byte
{
    SpotFrame = 0,
    DerivativesFrame = 1,
    AccountFrame = 2,

    /// <summary>SystemStatus: the next 72 hours, and incidents.</summary>
    Status = 3,

    /// <summary>MaintenanceSchedule: the next seven days.</summary>
    Schedule = 4,
}

/// <summary>All that the venue has announced.</summary>
/// <param name="leadNs">Entries stop this long before a window begins.</param>
internal sealed class NoticeBoard(long leadNs)
{
    /// <summary>A window without an end is over after this long: the longest planned ones take some hours.</summary>
    public const long EndlessNs = 8L * 3_600 * 1_000_000_000;

    private readonly List<Entry> _entries = [];

    /// <summary>Notices held.</summary>
    public IEnumerable<VenueNotice> Notices
    {
        get
        {
            foreach (Entry entry in _entries) yield return entry.Notice;
        }
    }

    /// <summary>A source's whole list of one kind.</summary>
    public void Take(NoticeSource source, bool areEmergencies, IReadOnlyList<VenueNotice> notices, long nowNs)
    {
        int bit = 1 << (int)source;
        foreach (Entry entry in _entries)
        {
            if (entry.Notice.IsEmergency == areEmergencies) entry.Sources &= ~bit;
        }

        foreach (VenueNotice notice in notices)
        {
            Entry? known = _entries.Find(
                entry => entry.Notice.Id == notice.Id && entry.Notice.IsEmergency == areEmergencies);
            if (known is null) _entries.Add(known = new Entry(notice));
            known.Notice = notice;
            known.Sources |= bit;
        }

        Forget(nowNs);
    }

    /// <summary>Markets of which a maintenance has begun went back online: it is over before its planned end.</summary>
    public void OnReopened(VenueMarkets markets, long nowNs)
    {
        foreach (Entry entry in _entries)
        {
            if (HasBegun(entry.Notice, nowNs)) entry.Reopened |= markets;
        }
    }

    /// <summary>Markets that have no entries now.</summary>
    public VenueMarkets StoppedAt(long nowNs)
    {
        Forget(nowNs);
        VenueMarkets stopped = VenueMarkets.None;
        foreach (Entry entry in _entries)
        {
            if (IsStopping(entry, nowNs)) stopped |= entry.Notice.Markets & ~entry.Reopened;
        }

        return stopped;
    }

    /// <summary>Whether it stops entries now.</summary>
    public bool IsStopping(VenueNotice notice, long nowNs) =>
        _entries.Find(entry => entry.Notice == notice) is { } found && IsStopping(found, nowNs)
        && (notice.Markets & ~found.Reopened) != VenueMarkets.None;

    /// <summary>When <see cref="StoppedAt"/> may say something else by time alone.</summary>
    public long NextDueNs(long nowNs)
    {
        long dueNs = long.MaxValue;
        foreach (Entry entry in _entries)
        {
            if (entry.Notice.StartNs == 0) continue;
            long beginNs = entry.Notice.StartNs - leadNs;
            if (beginNs > nowNs) dueNs = Math.Min(dueNs, beginNs);
            else if (EndOf(entry.Notice) > nowNs) dueNs = Math.Min(dueNs, EndOf(entry.Notice));
        }

        return dueNs;
    }

    private static long EndOf(VenueNotice notice) =>
        notice.EndNs > notice.StartNs ? notice.EndNs : notice.StartNs + EndlessNs;

    private bool IsStopping(Entry entry, long nowNs)
    {
        VenueNotice notice = entry.Notice;
        if (notice.StopsNow && entry.Sources != 0) return true;
        if (notice.IsEmergency || notice.StartNs == 0) return false;
        return nowNs >= notice.StartNs - leadNs && nowNs < EndOf(notice);
    }

    private void Forget(long nowNs) => _entries.RemoveAll(entry => IsPast(entry.Notice, nowNs)
        || (entry.Sources == 0 && !HasBegun(entry.Notice, nowNs)));

    /// <summary>Its window, if it has one, has begun.</summary>
    private static bool HasBegun(VenueNotice notice, long nowNs) =>
        !notice.IsEmergency && notice.StartNs != 0 && nowNs >= notice.StartNs;

    private static bool IsPast(VenueNotice notice, long nowNs) =>
        HasBegun(notice, nowNs) && nowNs >= EndOf(notice);

    private sealed class Entry(VenueNotice notice)
    {
        public VenueNotice Notice { get; set; } = notice;

        /// <summary>Sources that list it now, as bits.</summary>
        public int Sources { get; set; }

        /// <summary>Markets that were seen online again since it began.</summary>
        public VenueMarkets Reopened { get; set; }
    }
}
