using System;
using TradingBot.Market.Bars;
using TradingBot.Tests.Support;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Bars;

public sealed class TimeframeTests
{
    [Theory]
    [InlineData("1s", 1L)]
    [InlineData("5s", 5L)]
    [InlineData("15s", 15L)]
    [InlineData("30s", 30L)]
    [InlineData("1m", 60L)]
    [InlineData("3m", 180L)]
    [InlineData("30m", 1_800L)]
    [InlineData("1h", 3_600L)]
    [InlineData("12h", 43_200L)]
    [InlineData("1d", 86_400L)]
    [InlineData("2d", 172_800L)]
    [InlineData("15d", 1_296_000L)]
    [InlineData("1w", 604_800L)]
    [InlineData("52w", 31_449_600L)]
    public void Text_is_read_and_written_back(string text, long seconds)
    {
        Timeframe timeframe = Timeframe(text);
        Assert.Equal(seconds * Second, timeframe.LengthNs);
        Assert.Equal(text, timeframe.ToString());
    }

    [Theory]
    [InlineData("60s", "1m")]
    [InlineData("90m", "90m")]
    [InlineData("24h", "1d")]
    [InlineData("48h", "2d")]
    [InlineData("7d", "1w")]
    public void Equal_lengths_are_equal_timeframes_and_have_one_text(string text, string shortest)
    {
        Assert.Equal(Timeframe(shortest), Timeframe(text));
        Assert.Equal(shortest, Timeframe(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1")]
    [InlineData("0m")]
    [InlineData("01m")]
    [InlineData("-1m")]
    [InlineData("+1m")]
    [InlineData("1 m")]
    [InlineData("1M")]
    [InlineData("1y")]
    [InlineData("7s")]
    [InlineData("7m")]
    [InlineData("5h")]
    [InlineData("36h")]
    [InlineData("25h")]
    [InlineData("367d")]
    [InlineData("53w")]
    [InlineData("99999999999s")]
    public void Lengths_that_do_not_tile_days_and_bad_text_are_refused(string text) =>
        Assert.False(Market.Bars.Timeframe.TryParse(text, out _));

    [Theory]
    [InlineData("1w", "2024-03-03 23:59:59", "2024-02-26")] // Sunday belongs to the week of the Monday before.
    [InlineData("1w", "2024-03-04 00:00:00", "2024-03-04")]
    [InlineData("1w", "1970-01-01 00:00:00", "1969-12-29")]
    [InlineData("1w", "1969-12-28 12:00:00", "1969-12-22")]
    [InlineData("2w", "1970-01-04 12:00:00", "1969-12-22")]
    [InlineData("1d", "2024-02-29 23:59:59", "2024-02-29")]
    [InlineData("1d", "1969-12-31 23:00:00", "1969-12-31")]
    [InlineData("4h", "2024-02-29 15:30:00", "2024-02-29 12:00")]
    [InlineData("90m", "2024-02-29 02:59:59", "2024-02-29 01:30")]
    [InlineData("1s", "2024-02-29 02:59:59", "2024-02-29 02:59:59")]
    public void Intervals_begin_at_midnight_and_weeks_on_Monday(string timeframe, string at, string open) =>
        Assert.Equal(Utc(open), Timeframe(timeframe).OpenTimeOf(Utc(at)));

    [Fact]
    public void Every_instant_lies_in_its_interval_and_every_interval_opens_itself()
    {
        Random random = Seed.Random(1, nameof(Every_instant_lies_in_its_interval_and_every_interval_opens_itself));
        foreach (string text in new[] { "1s", "15s", "3m", "90m", "6h", "1d", "15d", "1w", "3w" })
        {
            Timeframe timeframe = Timeframe(text);
            for (int i = 0; i < 500; i++)
            {
                long at = random.NextInt64(-100 * 365 * Day, 200 * 365 * Day);
                long open = timeframe.OpenTimeOf(at);
                Assert.InRange(at, open, timeframe.CloseTimeOf(open) - 1);
                Assert.Equal(open, timeframe.OpenTimeOf(open));
                Assert.Equal(open, timeframe.OpenTimeOf(timeframe.CloseTimeOf(open) - 1));
                Assert.Equal(timeframe.CloseTimeOf(open), timeframe.OpenTimeOf(timeframe.CloseTimeOf(open)));
            }
        }
    }

    [Theory]
    [InlineData("tick:100", BarKind.Tick, 100L, 0)]
    [InlineData("volume:5", BarKind.Volume, 5L, 0)]
    [InlineData("notional:10000", BarKind.Notional, 10_000L, 0)]
    [InlineData("imbalance:2.5", BarKind.Imbalance, 25L, 1)]
    [InlineData("volume:0.001", BarKind.Volume, 1L, 3)]
    public void Bar_rules_are_read_exactly_and_written_back(string text, BarKind kind, long threshold, int decimals)
    {
        Assert.True(BarRule.TryParse(text, out BarRule rule));
        Assert.Equal(kind, rule.Kind);
        Assert.Equal(threshold, rule.Threshold);
        Assert.Equal(decimals, rule.Decimals);
        Assert.Equal(text, rule.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tick")]
    [InlineData("tick:")]
    [InlineData("tick:0")]
    [InlineData("tick:-1")]
    [InlineData("tick:1.5")]
    [InlineData("volume:0.0")]
    [InlineData("volume: 5")]
    [InlineData("volume:5 ")]
    [InlineData("time:5")]
    [InlineData("volume:é")]
    [InlineData("volume:99999999999999999999")]
    public void Bad_bar_rules_are_refused(string text) => Assert.False(BarRule.TryParse(text, out _));

    [Fact]
    public void Plan_refuses_no_series_more_than_sixteen_and_unordered_timeframes()
    {
        Assert.Throws<ArgumentException>(() => new BarPlan([]));
        Assert.Throws<ArgumentException>(() => new BarPlan([Timeframe("1m"), Timeframe("60s")]));
        Assert.Throws<ArgumentException>(() => new BarPlan([Timeframe("5m"), Timeframe("1m")]));
        Assert.Throws<ArgumentException>(() => new BarPlan([default]));
        Assert.True(BarRule.TryParse("tick:1", out BarRule rule));
        var rules = new BarRule[17];
        Array.Fill(rules, rule);
        Assert.Throws<ArgumentException>(() => new BarPlan([], rules));
        Assert.Equal(16, new BarPlan([], rules.AsSpan(1)).SeriesCount);
    }
}
