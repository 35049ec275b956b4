using System;
using TradingBot.Kraken.Feed;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>When a socket is alive, and what happens when it is not.</summary>
public sealed class SocketWatchTests
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_789_390_800 * Second;

    private readonly SocketWatch _watch = new(RateBudget.OfConnections(), new ReconnectBackoff(1));

    [Fact]
    public void A_connection_that_never_opens_is_given_up_after_ten_seconds_and_tried_again()
    {
        Assert.True(_watch.TryAttempt(Start));
        Assert.False(_watch.TryAttempt(Start));
        Assert.Equal(SocketAct.None, _watch.OnTimer(Start + (10 * Second) - 1));
        Assert.Equal(SocketAct.GiveUp, _watch.OnTimer(Start + (10 * Second)));
        AssertLost(LossReason.ConnectTimeout, Start + (10 * Second));
    }

    [Fact]
    public void A_refused_connection_is_a_loss_of_its_own_reason()
    {
        Assert.True(_watch.TryAttempt(Start));
        _watch.OnClosed(Start + Second);
        AssertLost(LossReason.ConnectFailed, Start + Second);
    }

    [Fact]
    public void A_refusal_for_too_many_attempts_rests_longer_than_the_cap()
    {
        Assert.True(_watch.TryAttempt(Start));
        _watch.OnClosed(Start, status: 429);
        Assert.InRange(_watch.NextDueNs - Start, 30 * Second, 60 * Second);
    }

    [Fact]
    public void A_beating_socket_without_any_frame_for_five_seconds_is_given_up()
    {
        Open();
        _watch.ExpectBeats();
        _watch.OnFrame(Start + Second);
        Assert.Equal(Start + (6 * Second), _watch.NextDueNs);
        Assert.Equal(SocketAct.None, _watch.OnTimer(_watch.NextDueNs - 1));
        Assert.Equal(SocketAct.GiveUp, _watch.OnTimer(_watch.NextDueNs));
        AssertLost(LossReason.Silent, Start + (6 * Second));
    }

    [Fact]
    public void Heartbeats_alone_keep_a_socket_for_an_hour_however_quiet_its_books()
    {
        Open();
        _watch.ExpectBeats();
        int pings = 0;
        for (int second = 1; second <= 3_600; second++)
        {
            _watch.OnFrame(Start + (second * Second));
            SocketAct act = _watch.OnTimer(Start + (second * Second));
            Assert.NotEqual(SocketAct.GiveUp, act);
            if (act == SocketAct.Ping) pings++;
        }

        Assert.Equal((SocketPhase.Open, 0L, 120), (_watch.Phase, _watch.Losses, pings));
    }

    [Fact]
    public void A_socket_that_does_not_beat_yet_is_asked_after_five_seconds_and_given_up_after_ten()
    {
        Open();
        Assert.Equal(SocketAct.Ping, _watch.OnTimer(Start + (5 * Second)));
        Assert.Equal(SocketAct.None, _watch.OnTimer(Start + (6 * Second)));
        _watch.OnFrame(Start + (7 * Second));
        Assert.Equal(SocketAct.Ping, _watch.OnTimer(Start + (12 * Second)));
        Assert.Equal(SocketAct.GiveUp, _watch.OnTimer(Start + (17 * Second)));
        AssertLost(LossReason.Silent, Start + (17 * Second));
    }

    [Fact]
    public void A_pause_of_our_own_is_not_taken_for_silence_of_the_venue()
    {
        Open();
        _watch.ExpectBeats();
        _watch.OnFrame(Start);
        long wokenNs = Start + (30 * Second);
        Assert.NotEqual(SocketAct.GiveUp, _watch.OnTimer(wokenNs));
        // From then on it counts again.
        Assert.Equal(SocketAct.GiveUp, _watch.OnTimer(wokenNs + (5 * Second)));
    }

    [Fact]
    public void Ten_seconds_of_frames_forgive_the_losses_before_and_less_do_not()
    {
        ReconnectBackoff backoff = new(3);
        SocketWatch watch = new(RateBudget.OfConnections(), backoff);
        long nowNs = Start;
        for (int i = 0; i < 5; i++)
        {
            nowNs = Math.Max(nowNs, watch.NextDueNs);
            Assert.True(watch.TryAttempt(nowNs));
            watch.OnOpened(nowNs);
            nowNs += 9 * Second;
            watch.OnFrame(nowNs);
            watch.OnClosed(nowNs);
        }

        Assert.Equal(5, backoff.Losses);
        nowNs = watch.NextDueNs;
        Assert.True(watch.TryAttempt(nowNs));
        watch.OnOpened(nowNs);
        watch.OnFrame(nowNs + (10 * Second));
        Assert.Equal(0, backoff.Losses);
        watch.OnClosed(nowNs + (10 * Second));
        Assert.InRange(watch.NextDueNs - nowNs - (10 * Second), 0, Second);
    }

    [Fact]
    public void What_cannot_be_sent_loses_the_socket()
    {
        Open();
        _watch.OnSendRefused(Start + Second);
        AssertLost(LossReason.SendRefused, Start + Second);
    }

    private void Open()
    {
        Assert.True(_watch.TryAttempt(Start));
        _watch.OnOpened(Start);
        Assert.Equal(SocketPhase.Open, _watch.Phase);
    }

    private void AssertLost(LossReason reason, long nowNs)
    {
        Assert.Equal((SocketPhase.Waiting, reason, 1L, 1L),
            (_watch.Phase, _watch.LastLoss, _watch.Losses, _watch.LossesOf(reason)));
        Assert.InRange(_watch.NextDueNs - nowNs, 500_000_000, Second);
        Assert.True(_watch.TryAttempt(_watch.NextDueNs));
    }
}
