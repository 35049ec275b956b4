using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using TradingBot.Market.Values;
using Xunit;

namespace TradingBot.Tests.Twins;

public sealed class NaiveBarsTests
{
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;
    private const long Day = 1440 * Minute;
    private const long Week = 7 * Day;

    private static readonly NaiveTrade[] Trades =
    [
        new(0 * Second, 100, 5, Side.Buy),
        new(59 * Second, 103, 1, Side.Sell),
        new(60 * Second, 102, 2, Side.Sell),
        new(200 * Second, 99, 4, Side.Sell),
        new(239 * Second, 101, 3, Side.None),
    ];

    [Fact]
    public void Time_bars_hold_the_trades_of_their_interval()
    {
        List<NaiveBar> bars = NaiveBars.Time(Trades, Minute);
        Assert.Equal(
            [
                new NaiveBar(0, Minute, 100, 103, 100, 103, 6, 603, 4, 2),
                new NaiveBar(Minute, 2 * Minute, 102, 102, 102, 102, 2, 204, -2, 1),
                new NaiveBar(3 * Minute, 4 * Minute, 99, 101, 99, 101, 7, 699, -4, 2) { Closed = false },
            ],
            bars);
    }

    [Fact]
    public void Empty_intervals_repeat_the_previous_close_with_no_volume_on_request()
    {
        List<NaiveBar> bars = NaiveBars.Time(Trades, Minute, fillEmpty: true);
        Assert.Equal(4, bars.Count);
        Assert.Equal(new NaiveBar(2 * Minute, 3 * Minute, 102, 102, 102, 102, 0, 0, 0, 0), bars[2]);
    }

    [Theory]
    [InlineData(1_772_600_767, 60, 1_772_600_760)] // Wednesday 2026-03-04 05:06:07
    [InlineData(1_772_600_767, 86_400, 1_772_582_400)]
    [InlineData(1_772_600_767, 604_800, 1_772_409_600)] // Monday 2026-03-02 00:00
    [InlineData(1_772_409_600, 604_800, 1_772_409_600)]
    [InlineData(1_772_409_599, 604_800, 1_771_804_800)]
    public void Intervals_are_aligned_to_utc_and_weeks_to_monday(long second, long length, long start) =>
        Assert.Equal(start * Second, NaiveBars.IntervalStart(second * Second, length * Second));

    [Fact]
    public void The_week_before_the_first_monday_of_1970_began_in_1969() =>
        Assert.Equal(-3 * Day, NaiveBars.IntervalStart(0, Week));

    [Fact]
    public void Tick_bars_close_after_their_count_of_trades()
    {
        List<NaiveBar> bars = NaiveBars.Tick(Trades, 2);
        Assert.Equal([2L, 2L, 1L], bars.Select(bar => bar.Count));
        Assert.Equal([true, true, false], bars.Select(bar => bar.Closed));
        Assert.Equal(new NaiveBar(60 * Second, 200 * Second, 102, 102, 99, 99, 6, 600, -6, 2), bars[1]);
    }

    [Fact]
    public void Volume_bars_close_with_the_trade_that_reaches_the_threshold_and_keep_all_of_it()
    {
        List<NaiveBar> bars = NaiveBars.Volume(Trades, 6);
        Assert.Equal([(BigInteger)6, 6, 3], bars.Select(bar => bar.Volume));
        Assert.Equal([59 * Second, 200 * Second, 239 * Second], bars.Select(bar => bar.CloseTimeNs));
    }

    [Fact]
    public void Notional_bars_close_with_the_trade_that_reaches_the_threshold()
    {
        // 500, 103, 204, 396, 303 one after another.
        List<NaiveBar> bars = NaiveBars.Notional(Trades, 603);
        Assert.Equal([(BigInteger)603, 903], bars.Select(bar => bar.Notional));
        Assert.Equal([2L, 3L], bars.Select(bar => bar.Count));
        Assert.All(bars, bar => Assert.True(bar.Closed));
    }

    [Fact]
    public void Imbalance_bars_close_when_one_side_is_ahead_by_the_threshold()
    {
        // Signed: +5 | -1 -2 -4 | 0.
        List<NaiveBar> bars = NaiveBars.Imbalance(Trades, 5);
        Assert.Equal([(BigInteger)5, -7, 0], bars.Select(bar => bar.SignedVolume));
        Assert.Equal([true, true, false], bars.Select(bar => bar.Closed));
    }

    [Fact]
    public void No_trades_make_no_bars()
    {
        Assert.Empty(NaiveBars.Time([], Minute, fillEmpty: true));
        Assert.Empty(NaiveBars.Tick([], 1));
    }
}
