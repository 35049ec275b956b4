// In:     status frames of every socket, answers to two public calls, time.
// Out:    the calls to make, and each source's word on each market when it changes.
// Thread: the caller's; sans-I/O.
// Keeps:  a word by a call that was not renewed in time is unknown again; a failed call says nothing; notices stop
//         entries before their time comes.
// Budget: nothing per market event.
using System;
using System.Collections.Generic;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Events;

namespace TradingBot.Kraken.Feed;

/// <summary>How the venue is watched.</summary>
public sealed record VenueWatchOptions
{
    /// <summary>Between two calls of SystemStatus; the schedule is asked for every tenth time. 0 = no calls.</summary>
    public long PollNs { get; init; } = 60_000_000_000;

    /// <summary>Entries stop this long before an announced maintenance: 5 min.</summary>
    public long NoticeLeadNs { get; init; } = 300_000_000_000;

    /// <summary>
    /// A source that never spoke makes the venue unknown. Kraken's sources all speak; a stand-in on this machine need
    /// not have them, and there none is asked for, but what is said counts as ever.
    /// </summary>
    public bool MustSpeak { get; init; } = true;
}

/// <summary>One source's word on one market.</summary>
public readonly record struct VenueWord(VenueMarkets Market, VenueSource Source, VenueSystem System);

/// <summary>What the venue says of itself: sockets, calls and announcements.</summary>
/// <remarks>
/// <para>https://docs.kraken.com/exchange/api-reference/unified-ws/status and
/// /api-reference/market-data/get-system-status.</para>
/// <para>SystemStatus counts for both markets: private sockets of derivatives, too, get their token there.</para>
/// </remarks>
public sealed class VenueWatch
{
    private const int Sources = (int)VenueSource.Notice + 1;
    private const int SchedulePolls = 10;

    /// <summary>Answers missed before a word by a call is believed no more.</summary>
    private const int PollsMissedMax = 3;

    private static readonly VenueMarkets[] Markets = [VenueMarkets.Spot, VenueMarkets.Derivatives];

    private readonly VenueWatchOptions _options;
    private readonly NoticeBoard _board;
    private readonly VenueSystem?[] _words = new VenueSystem?[Markets.Length * Sources];
    private readonly Queue<VenueWord> _news = [];

    public VenueWatch(VenueWatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _board = new NoticeBoard(options.NoticeLeadNs);
        Status = new VenueCallClock(options.PollNs);
        Schedule = new VenueCallClock(options.PollNs * SchedulePolls);
        foreach (VenueMarkets market in Markets) _words[At(market, VenueSource.Notice)] = VenueSystem.Online;
    }

    public VenueCallClock Status { get; }

    public VenueCallClock Schedule { get; }

    /// <summary>What is announced, and incidents.</summary>
    public IEnumerable<VenueNotice> Notices => _board.Notices;

    /// <summary>Members of the venue's lists that are no notices to us.</summary>
    public long NoticesUnread { get; private set; }

    /// <summary>Calls are made at all.</summary>
    public bool Calls => _options.PollNs > 0;

    /// <summary>When <see cref="OnTimer"/> or <see cref="NextCall"/> has something to do.</summary>
    public long NextDueNs { get; private set; }

    /// <summary>A source's word; null before it spoke.</summary>
    public VenueSystem? WordOf(VenueMarkets market, VenueSource source) => _words[At(market, source)];

    /// <summary>
    /// The most careful word on a market, without notices; unknown until a socket and a call spoke, if they must.
    /// </summary>
    public VenueSystem SystemOf(VenueMarkets market)
    {
        VenueSystem unsaid = _options.MustSpeak ? VenueSystem.Unknown : VenueSystem.Online;
        VenueSystem system = WordOf(market, VenueSource.Frame) ?? unsaid;
        if (Calls) system = Worse(system, WordOf(market, VenueSource.Rest) ?? unsaid);
        return Worse(system, WordOf(market, VenueSource.Account) ?? VenueSystem.Online);
    }

    /// <summary>A notice keeps entries away from the market.</summary>
    public bool IsNoticed(VenueMarkets market) => WordOf(market, VenueSource.Notice) != VenueSystem.Online;

    public bool IsStopping(VenueNotice notice, long nowNs) => _board.IsStopping(notice, nowNs);

    /// <summary>A status frame came; other bytes change nothing.</summary>
    /// <param name="market">Which market it is about.</param>
    /// <param name="source">A public socket's, or the account's.</param>
    /// <param name="frame">As it came.</param>
    /// <param name="nowNs">Unix ns.</param>
    /// <param name="worst">The word of several sockets of the market; null: the frame's own.</param>
    public void OnFrame(
        VenueMarkets market, VenueSource source, ReadOnlySpan<byte> frame, long nowNs, VenueSystem? worst = null)
    {
        try
        {
            Utf8JsonReader reader = new(frame);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            if (!JsonFields.TextOf(root, "channel"u8).SequenceEqual("status"u8)) return;
            NoticeSource from = source == VenueSource.Account ? NoticeSource.AccountFrame
                : market == VenueMarkets.Spot ? NoticeSource.SpotFrame : NoticeSource.DerivativesFrame;
            // The page does not say whether the lists stand in the envelope or in its data: both are read.
            TakeLists(root, from, nowNs);
            if (!root.TryGetProperty("data"u8, out JsonElement data) || data.ValueKind != JsonValueKind.Array) return;
            foreach (JsonElement member in data.EnumerateArray())
            {
                if (member.ValueKind != JsonValueKind.Object) continue;
                TakeLists(member, from, nowNs);
                VenueSystem system = worst ?? SystemNamed(JsonFields.TextOf(member, "system"u8));
                bool isNews = Say(market, source, system, nowNs);
                if (isNews) Status.Hurry(nowNs);
            }
        }
        catch (JsonException)
        {
            // The parser of the data counts it; what was known stands.
        }

        OnTimer(nowNs);
    }

    /// <summary>The call that is due now, once.</summary>
    public VenueCall NextCall(long nowNs)
    {
        VenueCall call = !Calls ? VenueCall.None
            : Status.TryAsk(nowNs) ? VenueCall.Status
            : Schedule.TryAsk(nowNs) ? VenueCall.Schedule : VenueCall.None;
        Reckon(nowNs);
        return call;
    }

    /// <summary>Path of a call.</summary>
    public static string PathOf(VenueCall call) => PublicQuery.Spot(call switch
    {
        VenueCall.Status => "SystemStatus",
        VenueCall.Time => "Time",
        _ => "MaintenanceSchedule",
    }).Path;

    /// <summary>What an answer to Time says, Unix ns in whole seconds; null, with the reason, when it says
    /// none.</summary>
    public static long? TimeOf(int status, ReadOnlySpan<byte> body, out string fault)
    {
        fault = "no answer";
        if (status == 0) return null;
        try
        {
            Utf8JsonReader reader = new(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            fault = RestVerdict.Of(RestEnvelope.Spot, status, document.RootElement)?.Reason ?? "";
            return fault.Length > 0 ? null : SpotReader.ReadTime(document.RootElement, out fault)?.UnixNs;
        }
        catch (JsonException)
        {
            fault = RestVerdict.OfUnreadable(status, "").Reason;
            return null;
        }
    }

    /// <param name="call">Which was answered.</param>
    /// <param name="status">HTTP status; 0 when no answer came.</param>
    /// <param name="body">As it came.</param>
    /// <param name="nowNs">Unix ns.</param>
    public void OnAnswer(VenueCall call, int status, ReadOnlySpan<byte> body, long nowNs)
    {
        VenueCallClock clock = call == VenueCall.Status ? Status : Schedule;
        string fault = status == 0 ? "no answer" : "";
        long notBeforeNs = 0;
        try
        {
            if (status != 0)
            {
                Utf8JsonReader reader = new(body);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                RestVerdict? verdict = RestVerdict.Of(RestEnvelope.Spot, status, document.RootElement);
                notBeforeNs = verdict?.RetryAtNs ?? 0;
                fault = verdict?.Reason ?? Take(call, document.RootElement.GetProperty("result"u8), nowNs);
            }
        }
        catch (JsonException)
        {
            fault = RestVerdict.OfUnreadable(status, "").Reason;
        }

        if (fault.Length == 0) clock.OnAnswered(nowNs);
        else clock.OnFailed(fault, nowNs, notBeforeNs);
        OnTimer(nowNs);
    }

    /// <summary>What time alone changes: windows begin and end, words grow old.</summary>
    public void OnTimer(long nowNs)
    {
        bool isOld = Calls && Status.AnsweredNs != 0 && nowNs >= ExpiryNs;
        VenueMarkets stopped = _board.StoppedAt(nowNs);
        foreach (VenueMarkets market in Markets)
        {
            if (isOld) Say(market, VenueSource.Rest, VenueSystem.Unknown, nowNs);
            bool isStopped = (stopped & market) != VenueMarkets.None;
            Say(market, VenueSource.Notice, isStopped ? VenueSystem.Maintenance : VenueSystem.Online, nowNs);
        }

        // A venue that is not open is looked at more often: its doors open without a word to a closed socket.
        bool isShut = SystemOf(VenueMarkets.Spot) != VenueSystem.Online
            || SystemOf(VenueMarkets.Derivatives) != VenueSystem.Online;
        if (isShut && Status.Fault.Length == 0) Status.Hurry(nowNs);
        Reckon(nowNs);
    }

    /// <summary>The next word that changed.</summary>
    public bool TryTakeWord(out VenueWord word) => _news.TryDequeue(out word);

    /// <summary>The more careful of two.</summary>
    public static VenueSystem Worse(VenueSystem one, VenueSystem other) => CareOf(one) >= CareOf(other) ? one : other;

    private static int CareOf(VenueSystem system) => system switch
    {
        VenueSystem.Online => 0,
        VenueSystem.LimitOnly => 1,
        VenueSystem.PostOnly => 2,
        VenueSystem.ReduceOnly => 3,
        VenueSystem.CancelOnly => 4,
        VenueSystem.Unknown => 5,
        _ => 6,
    };

    private static VenueSystem SystemNamed(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("online"u8) ? VenueSystem.Online
        : word.SequenceEqual("post_only"u8) ? VenueSystem.PostOnly
        : word.SequenceEqual("cancel_only"u8) ? VenueSystem.CancelOnly
        : word.SequenceEqual("limit_only"u8) ? VenueSystem.LimitOnly
        : word.SequenceEqual("reduce_only"u8) ? VenueSystem.ReduceOnly
        : word.SequenceEqual("maintenance"u8) ? VenueSystem.Maintenance : VenueSystem.Unknown;

    private long ExpiryNs =>
        Status.AnsweredNs + (PollsMissedMax * Math.Max(_options.PollNs, VenueCallClock.SpacingNs));

    private static int At(VenueMarkets market, VenueSource source) =>
        (market == VenueMarkets.Spot ? 0 : Sources) + (int)source;

    /// <summary>What an answer holds; why it is not that, or nothing.</summary>
    private string Take(VenueCall call, JsonElement result, long nowNs)
    {
        if (result.ValueKind != JsonValueKind.Object) return "the result is no object";
        if (call == VenueCall.Schedule)
        {
            bool isList = result.TryGetProperty("events"u8, out JsonElement events)
                && events.ValueKind == JsonValueKind.Array;
            if (!isList) return "the result has no list of events";
            TakeList(events, NoticeSource.Schedule, isEmergency: false, nowNs);
            return "";
        }

        ReadOnlySpan<byte> word = JsonFields.TextOf(result, "status"u8);
        if (word.IsEmpty) return "the result has no status";
        TakeLists(result, NoticeSource.Status, nowNs);
        foreach (VenueMarkets market in Markets) Say(market, VenueSource.Rest, SystemNamed(word), nowNs);
        return "";
    }

    /// <summary>Absent lists say nothing: not every host of the venue has them.</summary>
    private void TakeLists(JsonElement owner, NoticeSource from, long nowNs)
    {
        if (owner.TryGetProperty("upcoming_maintenance"u8, out JsonElement upcoming))
        {
            TakeList(upcoming, from, isEmergency: false, nowNs);
        }

        if (owner.TryGetProperty("emergency"u8, out JsonElement emergency))
        {
            TakeList(emergency, from, isEmergency: true, nowNs);
        }
    }

    private void TakeList(JsonElement list, NoticeSource from, bool isEmergency, long nowNs)
    {
        List<VenueNotice> notices = [];
        int unread = VenueNoticeReader.Read(list, isEmergency, notices);
        NoticesUnread += unread;
        // A list that was not understood whole calls nothing off.
        if (unread > 0) notices.InsertRange(0, [.. Notices]);
        notices.RemoveAll(notice => notice.IsEmergency != isEmergency);
        _board.Take(from, isEmergency, notices, nowNs);
    }

    /// <summary>Keeps a word; true when it is another than before.</summary>
    private bool Say(VenueMarkets market, VenueSource source, VenueSystem system, long nowNs)
    {
        ref VenueSystem? word = ref _words[At(market, source)];
        if (word == system) return false;
        // Not knowing is no maintenance that could be over.
        bool wasShut = SystemOf(market) is not (VenueSystem.Online or VenueSystem.Unknown);
        word = system;
        // Frames of public sockets are events already.
        if (source != VenueSource.Frame) _news.Enqueue(new VenueWord(market, source, system));
        bool reopens = source != VenueSource.Notice && wasShut && SystemOf(market) == VenueSystem.Online;
        if (reopens) _board.OnReopened(market, nowNs);
        return true;
    }

    private void Reckon(long nowNs)
    {
        long dueNs = _board.NextDueNs(nowNs);
        if (Calls)
        {
            dueNs = Math.Min(dueNs, Math.Min(Status.NextDueNs, Schedule.NextDueNs));
            bool ages = Status.AnsweredNs != 0 && WordOf(VenueMarkets.Spot, VenueSource.Rest) != VenueSystem.Unknown;
            if (ages) dueNs = Math.Min(dueNs, ExpiryNs);
        }

        NextDueNs = dueNs;
    }
}
