using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>What the venue says of itself, source by source and in time.</summary>
public sealed class VenueWatchTests
{
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;

    /// <summary>2026-05-11T08:00:00Z.</summary>
    private const long Start = 1_778_486_400 * Second;

    private const string Online = """{"error":[],"result":{"status":"online","timestamp":"2026-05-11T08:00:00Z"}}""";

    /// <summary>As the venue's page has it, but for the advice: 09:00 to 10:00.</summary>
    private const string Window = """
        {"event_id":21,"title":"Scheduled Maintenance","expected_start_utc":"2026-05-11T09:00:00Z",
        "expected_end_utc":"2026-05-11T10:00:00Z","time_to_start_s":3600,"phase":"reminder_24h",
        "affected_services":["spot_trading"],"order_submission":"allowed","recommended_action":"continue",
        "cancel_before_utc":"2026-05-11T08:55:00Z","source_url":"https://status.kraken.com/incidents/b7k2r9wqmn41"}
        """;

    private readonly VenueWatch _watch = new(new VenueWatchOptions());

    [Fact]
    public void Before_a_socket_and_a_call_spoke_the_venue_is_unknown()
    {
        Assert.Equal(VenueSystem.Unknown, _watch.SystemOf(VenueMarkets.Spot));
        Frame("online", VenueMarkets.Spot);
        Assert.Equal(VenueSystem.Unknown, _watch.SystemOf(VenueMarkets.Spot));
        Answer(VenueCall.Status, Online);
        Assert.Equal(VenueSystem.Online, _watch.SystemOf(VenueMarkets.Spot));
        Assert.Equal(VenueSystem.Unknown, _watch.SystemOf(VenueMarkets.Derivatives));
    }

    [Theory]
    [InlineData("post_only", VenueSystem.PostOnly)]
    [InlineData("cancel_only", VenueSystem.CancelOnly)]
    [InlineData("maintenance", VenueSystem.Maintenance)]
    [InlineData("limit_only", VenueSystem.LimitOnly)]
    [InlineData("a word of next year", VenueSystem.Unknown)]
    public void Of_sources_that_disagree_the_more_careful_wins_whichever_it_is(string word, VenueSystem expected)
    {
        AllOnline();
        Frame(word, VenueMarkets.Spot);
        Assert.Equal(expected, _watch.SystemOf(VenueMarkets.Spot));
        Frame("online", VenueMarkets.Spot);
        Answer(VenueCall.Status, Online.Replace("online", word, StringComparison.Ordinal));
        Assert.Equal(expected, _watch.SystemOf(VenueMarkets.Spot));
        Answer(VenueCall.Status, Online);
        Assert.Equal(VenueSystem.Online, _watch.SystemOf(VenueMarkets.Spot));
        Frame(word, VenueMarkets.Derivatives, VenueSource.Account);
        Assert.Equal(expected, _watch.SystemOf(VenueMarkets.Derivatives));
        Assert.Equal(VenueSystem.Online, _watch.SystemOf(VenueMarkets.Spot));
    }

    [Theory]
    [InlineData(0, "", "no answer")]
    [InlineData(502, "<html>Bad gateway</html>", "the body is no JSON")]
    [InlineData(200, "{\"error\":[\"EService:Unavailable\"]}", "the venue says 'EService:Unavailable'")]
    [InlineData(200, "{\"error\":[],\"result\":{}}", "the result has no status")]
    [InlineData(200, "{\"error\":[]}", "neither a result nor an error is in the body")]
    public void A_call_that_failed_says_nothing_and_after_three_polls_the_old_word_is_unknown(
        int status, string body, string fault)
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        long answeredNs = _watch.Status.AnsweredNs;
        long nowNs = Start + Second;
        for (; nowNs < answeredNs + (3 * Minute) - 1; nowNs = Math.Max(nowNs + 1, _watch.NextDueNs))
        {
            _watch.OnTimer(nowNs);
            Assert.Equal(VenueSystem.Online, _watch.SystemOf(VenueMarkets.Spot));
            while (_watch.NextCall(nowNs) is not VenueCall.None and var call)
            {
                _watch.OnAnswer(call, status, Encoding.UTF8.GetBytes(body), nowNs);
            }
        }

        Assert.Equal(fault, _watch.Status.Fault);
        Assert.InRange(_watch.Status.Failures, 2, 6);
        _watch.OnTimer(answeredNs + (3 * Minute));
        Assert.Equal(VenueSystem.Unknown, _watch.SystemOf(VenueMarkets.Spot));
        // What was announced before still is.
        Assert.Single(_watch.Notices);
    }

    [Fact]
    public void Failed_calls_are_asked_again_after_five_seconds_doubling_to_the_poll()
    {
        List<long> gaps = [];
        long lastNs = 0;
        for (long nowNs = Start; nowNs < Start + (6 * Minute); nowNs = Math.Max(nowNs + 1, _watch.NextDueNs))
        {
            _watch.OnTimer(nowNs);
            while (_watch.NextCall(nowNs) is not VenueCall.None and var call)
            {
                if (call == VenueCall.Status && lastNs != 0) gaps.Add((nowNs - lastNs) / Second);
                if (call == VenueCall.Status) lastNs = nowNs;
                _watch.OnAnswer(call, 0, [], nowNs);
            }
        }

        Assert.Equal([5, 10, 20, 40, 60, 60, 60, 60], gaps.Take(8));
    }

    [Fact]
    public void A_call_without_any_answer_is_given_up_after_twenty_seconds()
    {
        Assert.Equal(VenueCall.Status, _watch.NextCall(Start));
        Assert.Equal(VenueCall.Schedule, _watch.NextCall(Start));
        Assert.Equal(VenueCall.None, _watch.NextCall(Start + (20 * Second) - 1));
        Assert.Equal(Start + (20 * Second), _watch.NextDueNs);
        Assert.Equal(VenueCall.None, _watch.NextCall(Start + (20 * Second)));
        Assert.Equal("no answer in 20 s", _watch.Status.Fault);
        Assert.Equal(VenueCall.Status, _watch.NextCall(Start + (25 * Second)));
    }

    [Fact]
    public void The_schedule_is_asked_for_every_tenth_time_and_a_shut_venue_every_five_seconds()
    {
        Assert.Equal((10, 1), CallsIn(10 * Minute, Online));
        string shut = Online.Replace("online", "maintenance", StringComparison.Ordinal);
        Assert.Equal((24, 1), CallsIn(2 * Minute, shut, from: Start + (20 * Minute)));
    }

    [Fact]
    public void A_changed_word_of_a_socket_makes_the_calls_hurry()
    {
        AllOnline();
        Assert.Equal(VenueCall.None, _watch.NextCall(Start + (10 * Second)));
        Frame("cancel_only", VenueMarkets.Spot, nowNs: Start + (10 * Second));
        Assert.Equal(VenueCall.Status, _watch.NextCall(Start + (10 * Second)));
    }

    [Fact]
    public void An_announced_window_stops_the_entries_of_its_market_five_minutes_before_and_until_its_end()
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        Assert.Equal([(55, true), (120, false)], Changes(VenueMarkets.Spot));
        Assert.False(_watch.IsNoticed(VenueMarkets.Derivatives));
        Assert.Empty(_watch.Notices);
    }

    [Theory]
    [InlineData("\"spot_fix\"", VenueMarkets.None)]
    [InlineData("\"futures_trading\",\"futures_fix\"", VenueMarkets.Derivatives)]
    [InlineData("\"futures_ws\",\"spot_ws\"", VenueMarkets.Both)]
    [InlineData("\"spot_rest\"", VenueMarkets.Both)]
    [InlineData("\"all\"", VenueMarkets.Both)]
    [InlineData("\"moon_trading\"", VenueMarkets.Both)]
    [InlineData("", VenueMarkets.Both)]
    public void What_a_notice_touches_follows_from_its_services_and_what_is_not_known_touches_all(
        string services, VenueMarkets expected)
    {
        Announce(VenueCall.Schedule, Window.Replace("\"spot_trading\"", services, StringComparison.Ordinal));
        Assert.Equal(expected, Assert.Single(_watch.Notices).Markets);
    }

    [Fact]
    public void A_window_that_leaves_every_list_before_its_begin_was_called_off_and_after_it_runs_on()
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        Announce(VenueCall.Status, Window);
        Announce(VenueCall.Schedule, "");
        Assert.Single(_watch.Notices);
        Announce(VenueCall.Status, "");
        Assert.Empty(_watch.Notices);
        Announce(VenueCall.Schedule, Window);
        Announce(VenueCall.Schedule, "", Start + (61 * Minute));
        Assert.Single(_watch.Notices);
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
    }

    [Fact]
    public void A_window_that_is_moved_stops_entries_at_its_new_time()
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        Announce(VenueCall.Schedule, Window.Replace("T09:00", "T09:30", StringComparison.Ordinal));
        Assert.Equal([(85, true), (120, false)], Changes(VenueMarkets.Spot));
    }

    [Fact]
    public void A_maintenance_that_was_seen_to_end_is_over_before_its_planned_end()
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        long nowNs = Start + (60 * Minute) + Second;
        Frame("maintenance", VenueMarkets.Spot, nowNs: nowNs);
        Answer(VenueCall.Status, Online.Replace("online", "maintenance", StringComparison.Ordinal), nowNs);
        Frame("post_only", VenueMarkets.Spot, nowNs: nowNs + Minute);
        Answer(VenueCall.Status, Online.Replace("online", "post_only", StringComparison.Ordinal), nowNs + Minute);
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
        Frame("online", VenueMarkets.Spot, nowNs: nowNs + (2 * Minute));
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
        Answer(VenueCall.Status, Online, nowNs + (2 * Minute));
        Assert.False(_watch.IsNoticed(VenueMarkets.Spot));
        Assert.Equal(VenueSystem.Online, _watch.SystemOf(VenueMarkets.Spot));
    }

    [Fact]
    public void The_venues_advice_stops_entries_whatever_the_time()
    {
        AllOnline();
        string advised = Window.Replace("\"continue\"", "\"stop_new_orders\"", StringComparison.Ordinal);
        Announce(VenueCall.Status, advised);
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
        Announce(VenueCall.Status, Window);
        Assert.False(_watch.IsNoticed(VenueMarkets.Spot));
        Announce(VenueCall.Status, Window.Replace("\"allowed\"", "\"blocked\"", StringComparison.Ordinal));
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
    }

    [Fact]
    public void A_window_without_times_counts_by_its_phase_and_while_it_is_listed()
    {
        AllOnline();
        Announce(VenueCall.Status, """{"event_id":5,"phase":"announced","affected_services":["all"]}""");
        Assert.False(_watch.IsNoticed(VenueMarkets.Spot));
        Announce(VenueCall.Status, """{"event_id":5,"phase":"imminent_5m","affected_services":["all"]}""");
        Assert.True(_watch.IsNoticed(VenueMarkets.Spot));
        Announce(VenueCall.Status, "");
        Assert.False(_watch.IsNoticed(VenueMarkets.Spot));
        Assert.Empty(_watch.Notices);
    }

    [Fact]
    public void An_incident_stops_entries_while_it_is_listed_unless_the_venue_says_continue()
    {
        AllOnline();
        const string Incident = """{"incident_id":"x1","title":"Delays","affected_services":["futures_trading"]}""";
        Emergency(Incident);
        Assert.True(_watch.IsNoticed(VenueMarkets.Derivatives));
        Assert.False(_watch.IsNoticed(VenueMarkets.Spot));
        Emergency(Incident.Replace("]}", "],\"recommended_action\":\"continue\"}", StringComparison.Ordinal));
        Assert.False(_watch.IsNoticed(VenueMarkets.Derivatives));
        Emergency(Incident);
        Assert.True(_watch.IsNoticed(VenueMarkets.Derivatives));
        Emergency("");
        Assert.False(_watch.IsNoticed(VenueMarkets.Derivatives));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_status_frame_may_carry_its_lists_in_the_envelope_or_in_its_data(bool inData)
    {
        AllOnline();
        string lists = $",\"upcoming_maintenance\":[{Window}],\"emergency\":[]";
        string data = "{\"system\":\"online\"" + (inData ? lists : "") + "}";
        string frame = "{\"channel\":\"status\",\"data\":[" + data + "]" + (inData ? "" : lists) + "}";
        _watch.OnFrame(VenueMarkets.Spot, VenueSource.Frame, Encoding.UTF8.GetBytes(frame), Start);
        Assert.Equal("Scheduled Maintenance", Assert.Single(_watch.Notices).Title);
        // A host without the lists says nothing about them.
        Frame("online", VenueMarkets.Spot);
        Assert.Single(_watch.Notices);
    }

    [Fact]
    public void A_list_that_was_not_understood_whole_calls_nothing_off()
    {
        AllOnline();
        Announce(VenueCall.Schedule, Window);
        Announce(VenueCall.Schedule, """{"name":"a form of next year"}""");
        Assert.Single(_watch.Notices);
        Assert.Equal(1, _watch.NoticesUnread);
        Announce(VenueCall.Schedule, "7, " + Window.Replace("T09:00", "T09:30", StringComparison.Ordinal));
        Assert.Equal(Start + (90 * Minute), Assert.Single(_watch.Notices).StartNs);
    }

    [Fact]
    public void Words_that_do_not_change_are_told_once_and_frames_not_at_all()
    {
        AllOnline();
        List<VenueWord> words = [];
        while (_watch.TryTakeWord(out VenueWord word)) words.Add(word);
        Assert.Equal(
            [
                new VenueWord(VenueMarkets.Spot, VenueSource.Rest, VenueSystem.Online),
                new VenueWord(VenueMarkets.Derivatives, VenueSource.Rest, VenueSystem.Online),
            ],
            words);
        Answer(VenueCall.Status, Online);
        Assert.False(_watch.TryTakeWord(out _));
    }

    [Fact]
    public void Without_polls_the_sockets_alone_decide_and_nothing_is_called()
    {
        VenueWatch watch = new(new VenueWatchOptions { PollNs = 0 });
        Assert.Equal(VenueCall.None, watch.NextCall(Start));
        Assert.Equal(VenueSystem.Unknown, watch.SystemOf(VenueMarkets.Spot));
        watch.OnFrame(VenueMarkets.Spot, VenueSource.Frame, StatusFrame("online"), Start);
        Assert.Equal(VenueSystem.Online, watch.SystemOf(VenueMarkets.Spot));
        Assert.Equal(long.MaxValue, watch.NextDueNs);
    }

    [Fact]
    public void A_stand_in_need_not_speak_and_what_it_says_counts()
    {
        VenueWatch watch = new(new VenueWatchOptions { MustSpeak = false });
        Assert.Equal(VenueSystem.Online, watch.SystemOf(VenueMarkets.Spot));
        watch.OnAnswer(VenueCall.Status, 404, "no such page"u8, Start);
        watch.OnTimer(Start + (10 * Minute));
        Assert.Equal(VenueSystem.Online, watch.SystemOf(VenueMarkets.Spot));
        Assert.False(watch.TryTakeWord(out _));
        watch.OnFrame(VenueMarkets.Spot, VenueSource.Frame, StatusFrame("post_only"), Start);
        Assert.Equal(VenueSystem.PostOnly, watch.SystemOf(VenueMarkets.Spot));
        Assert.Equal(VenueSystem.Online, watch.SystemOf(VenueMarkets.Derivatives));
    }

    private static byte[] StatusFrame(string system) => Encoding.UTF8.GetBytes(
        $$$"""{"channel":"status","type":"update","data":[{"system":"{{{system}}}","api_version":"v2"}]}""");

    private void Frame(
        string system, VenueMarkets market, VenueSource source = VenueSource.Frame, long nowNs = Start) =>
        _watch.OnFrame(market, source, StatusFrame(system), nowNs);

    private void Answer(VenueCall call, string body, long nowNs = Start) =>
        _watch.OnAnswer(call, 200, Encoding.UTF8.GetBytes(body), nowNs);

    private void Announce(VenueCall call, string events, long nowNs = Start) => Answer(
        call,
        call == VenueCall.Schedule ? $$$"""{"error":[],"result":{"events":[{{{events}}}]}}"""
            : $$$"""{"error":[],"result":{"status":"online","upcoming_maintenance":[{{{events}}}],"emergency":[]}}""",
        nowNs);

    private void Emergency(string incidents) => Answer(
        VenueCall.Status,
        $$$"""{"error":[],"result":{"status":"online","upcoming_maintenance":[],"emergency":[{{{incidents}}}]}}""");

    private void AllOnline()
    {
        Frame("online", VenueMarkets.Spot);
        Frame("online", VenueMarkets.Derivatives);
        while (_watch.NextCall(Start) is not VenueCall.None)
        {
        }

        Answer(VenueCall.Schedule, """{"error":[],"result":{"events":[]}}""");
        Answer(VenueCall.Status, Online);
    }

    /// <summary>Minutes after the start at which the market's notice came and went, by time alone.</summary>
    private List<(long Minutes, bool Noticed)> Changes(VenueMarkets market)
    {
        List<(long Minutes, bool Noticed)> changes = [];
        bool before = false;
        for (long nowNs = Start; nowNs < Start + (180 * Minute); nowNs += 10 * Second)
        {
            _watch.OnTimer(nowNs);
            if (_watch.IsNoticed(market) != before) changes.Add(((nowNs - Start) / Minute, !before));
            before = _watch.IsNoticed(market);
        }

        return changes;
    }

    /// <summary>Calls of status and schedule within a time, all answered at once.</summary>
    private (int Status, int Schedule) CallsIn(long lengthNs, string status, long from = Start)
    {
        int asked = 0;
        int planned = 0;
        for (long nowNs = from; nowNs < from + lengthNs; nowNs = Math.Max(nowNs + 1, _watch.NextDueNs))
        {
            Frame("online", VenueMarkets.Spot, nowNs: nowNs);
            Frame("online", VenueMarkets.Derivatives, nowNs: nowNs);
            _watch.OnTimer(nowNs);
            while (_watch.NextCall(nowNs) is not VenueCall.None and var call)
            {
                if (call == VenueCall.Status) asked++;
                else planned++;
                Answer(call, call == VenueCall.Status ? status : """{"error":[],"result":{"events":[]}}""", nowNs);
            }
        }

        return (asked, planned);
    }
}
