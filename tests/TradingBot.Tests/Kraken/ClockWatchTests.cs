using System;
using TradingBot.Kraken.Feed;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Our clock against the venue's, by hand and second by second.</summary>
public sealed class ClockWatchTests
{
    private const long Second = 1_000_000_000;
    private const long Millisecond = 1_000_000;

    private readonly ClockWatch _watch = new(new ClockWatchOptions());
    private long _nowNs = 1_000_000 * Second;

    [Fact]
    public void Nothing_is_closed_before_anything_was_compared()
    {
        Look(60);
        Assert.Null(_watch.MostNs);
        Assert.Null(_watch.LeastNs);
        Assert.False(_watch.IsWarning);
    }

    [Fact]
    public void Frames_of_a_venue_ahead_of_us_close_entries_and_frames_in_step_open_them_half_a_minute_later()
    {
        for (int i = 0; i < 5; i++) Frames(lateNs: 30 * Millisecond);
        Assert.False(_watch.IsClosed);
        // Our machine slept for five seconds, and its monotonic clock with it.
        int seconds = 0;
        while (!_watch.IsClosed && seconds < 60) seconds += Frames(lateNs: -4_970 * Millisecond);
        Assert.InRange(seconds, 2, 4);
        Assert.Equal(-4_970 * Millisecond, _watch.SkewNs);
        Assert.Equal(1, _watch.Closings);
        seconds = 0;
        while (_watch.IsClosed && seconds < 200) seconds += Frames(lateNs: 30 * Millisecond);
        // The old bounds leave after thirty seconds, then it has to stay so for thirty more.
        Assert.InRange(seconds, 30, 65);
    }

    [Fact]
    public void One_frame_from_the_future_and_one_cached_answer_close_nothing()
    {
        for (int i = 0; i < 40; i++)
        {
            if (i == 20) _watch.OnFrame(-3_600 * Second);
            if (i == 25) _watch.OnStamp(_nowNs, _nowNs, _nowNs - 3_600 * Second, Second - 1);
            Frames(lateNs: 30 * Millisecond);
            Assert.False(_watch.IsWarning, $"second {i}");
        }
    }

    [Fact]
    public void A_clock_ahead_from_the_start_is_proven_by_two_answers_asked_for_quickly()
    {
        int seconds = 0;
        while (!_watch.IsClosed && seconds++ < 60)
        {
            if (_watch.TryAsk(_nowNs)) _watch.OnAnswer((_nowNs - 10 * Second) / Second * Second, "", _nowNs);
            _watch.OnFrame(10 * Second + 30 * Millisecond);
            Look(1);
        }

        Assert.InRange(seconds, 5, 9);
        Assert.InRange(_watch.SkewNs, 9 * Second, 10 * Second);
        Assert.True(_watch.MostNs >= _watch.LeastNs);
    }

    [Fact]
    public void A_pong_bounds_it_from_both_sides_and_closely()
    {
        for (int i = 0; i < 3; i++)
        {
            // Ours is 700 ms ahead; 20 ms there, 25 ms back.
            _watch.OnStamp(_nowNs, _nowNs + 45 * Millisecond, _nowNs + 20 * Millisecond - 700 * Millisecond);
            Look(1);
        }

        Assert.Equal(680 * Millisecond, _watch.LeastNs);
        Assert.Equal(725 * Millisecond, _watch.MostNs);
        Assert.True(_watch.IsWarning);
        Assert.False(_watch.IsClosed);
    }

    [Fact]
    public void A_feed_that_is_late_in_all_it_brings_closes_entries_but_not_while_a_start_is_slow()
    {
        for (int i = 0; i < 9; i++) Frames(lateNs: 3 * Second);
        Frames(lateNs: 20 * Millisecond);
        Frames(lateNs: 20 * Millisecond);
        Assert.False(_watch.IsClosed);
        int seconds = 0;
        while (!_watch.IsClosed && seconds < 90) seconds += Frames(lateNs: 3 * Second);
        Assert.InRange(seconds, 25, 35);
    }

    [Fact]
    public void It_does_not_flutter_between_the_bound_and_half_of_it()
    {
        for (int i = 0; i < 5; i++) Frames(lateNs: -2_100 * Millisecond);
        Assert.True(_watch.IsClosed);
        for (int i = 0; i < 200; i++) Frames(lateNs: -1_500 * Millisecond);
        Assert.True(_watch.IsClosed);
        Assert.Equal(1, _watch.Closings);
        for (int i = 0; i < 61; i++) Frames(lateNs: -900 * Millisecond);
        Assert.False(_watch.IsClosed);
        Assert.True(_watch.IsWarning);
    }

    [Fact]
    public void Without_a_bound_it_only_tells_and_without_calls_none_is_made()
    {
        ClockWatch watch = new(new ClockWatchOptions { SkewMaxNs = 0, PollNs = 0 });
        for (int i = 0; i < 100; i++)
        {
            Assert.False(watch.TryAsk(_nowNs));
            watch.OnFrame(-40 * Second);
            Assert.False(watch.OnTimer(_nowNs += Second));
        }

        Assert.True(watch.IsWarning);
        Assert.Equal(-40 * Second, watch.SkewNs);
    }

    [Fact]
    public void A_call_that_fails_is_asked_again_and_says_nothing()
    {
        Assert.True(_watch.TryAsk(_nowNs));
        _watch.OnAnswer(null, "no answer", _nowNs);
        Look(3);
        Assert.False(_watch.TryAsk(_nowNs));
        Look(3);
        Assert.True(_watch.TryAsk(_nowNs));
        Assert.Equal(1, _watch.Call.Failures);
        Assert.Null(_watch.LeastNs);
    }

    /// <summary>Whatever latencies are, the bounds hold the true difference between them.</summary>
    [Fact]
    public void The_bounds_hold_the_truth_for_any_latency()
    {
        Random random = Seed.Random(1, "clocks");
        for (int run = 0; run < 50; run++)
        {
            long skewNs = random.NextInt64(-3 * Second, 3 * Second);
            ClockWatch watch = new(new ClockWatchOptions());
            long venueNs = 5_000_000 * Second;
            for (int second = 0; second < 100; second++)
            {
                for (int frame = 0; frame < 3; frame++)
                {
                    long dated = venueNs + random.NextInt64(Second / 2);
                    watch.OnFrame(dated + random.NextInt64(5 * Second) + skewNs - dated);
                }

                if (watch.TryAsk(venueNs + skewNs))
                {
                    long stampNs = venueNs + random.NextInt64(Second);
                    long answeredNs = stampNs + random.NextInt64(Second) + skewNs;
                    watch.OnAnswer(stampNs / Second * Second, "", answeredNs);
                }

                venueNs += Second;
                watch.OnTimer(venueNs + skewNs);
                if (watch.MostNs is { } most) Assert.True(skewNs <= most, $"{skewNs} above {most}");
                if (watch.LeastNs is { } least) Assert.True(skewNs >= least, $"{skewNs} below {least}");
            }
        }
    }

    /// <summary>A second of frames, each at least so late.</summary>
    private int Frames(long lateNs)
    {
        for (int i = 0; i < 4; i++) _watch.OnFrame(lateNs + i * Millisecond);
        Look(1);
        return 1;
    }

    private void Look(int seconds)
    {
        for (int i = 0; i < seconds; i++) _watch.OnTimer(_nowNs += Second);
    }
}
