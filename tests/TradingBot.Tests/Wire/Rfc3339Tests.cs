using System;
using System.Globalization;
using System.Text;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>Timestamps of the wire become Unix nanoseconds, whatever day was cached before.</summary>
public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1970-01-01T00:00:00.000000001Z", 1)]
    [InlineData("2026-03-04T05:06:07.080910Z", 1772600767080910000)]
    [InlineData("2026-03-04T05:06:07.080910", 1772600767080910000)]
    [InlineData("2026-03-04T05:06:07", 1772600767000000000)]
    [InlineData("2026-03-04T05:06:07.5Z", 1772600767500000000)]
    [InlineData("2024-02-29T23:59:59.999999999Z", 1709251199999999999)]
    [InlineData("2261-12-31T23:59:59.999999999Z", 9214646399999999999)]
    public void Utc_texts_are_read_exactly(string text, long unixNs)
    {
        Rfc3339 parser = default;
        Assert.True(parser.TryParse(Encoding.ASCII.GetBytes(text), out long actual));
        Assert.Equal(unixNs, actual);
        Assert.True(parser.TryParse(Encoding.ASCII.GetBytes(text), out actual));
        Assert.Equal(unixNs, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-03-04")]
    [InlineData("2026-03-04 05:06:07Z")]
    [InlineData("2026-03-04t05:06:07z")]
    [InlineData("2026-03-04T05:06:07z")]
    [InlineData("2026-03-04T05:06:07+00:00")]
    [InlineData("2026-03-04T05:06:07.Z")]
    [InlineData("2026-03-04T05:06:07.1234567890Z")]
    [InlineData("2026-03-04T05:06:60Z")]
    [InlineData("2026-03-04T05:60:07Z")]
    [InlineData("2026-03-04T24:00:00Z")]
    [InlineData("2026-03-04T05:06:07ZZ")]
    [InlineData("2026-03-04T05:06:07Z ")]
    [InlineData("2026-03-04T05-06-07Z")]
    [InlineData("2026-3-04T05:06:07Z")]
    [InlineData("2026-02-29T05:06:07Z")]
    [InlineData("2026-04-31T05:06:07Z")]
    [InlineData("2026-00-01T05:06:07Z")]
    [InlineData("2026-13-01T05:06:07Z")]
    [InlineData("2026-01-00T05:06:07Z")]
    [InlineData("2026/01/01T05:06:07Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2262-01-01T00:00:00Z")]
    [InlineData("2O26-01-01T00:00:00Z")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0T00:00:00Z")]
    public void Other_texts_are_refused_also_after_a_good_one(string text)
    {
        Rfc3339 parser = default;
        Assert.False(parser.TryParse(Encoding.ASCII.GetBytes(text), out long unixNs));
        Assert.Equal(0, unixNs);
        Assert.True(parser.TryParse("2026-03-04T05:06:07Z"u8, out _));
        Assert.False(parser.TryParse(Encoding.ASCII.GetBytes(text), out unixNs));
        Assert.Equal(0, unixNs);
    }

    [Fact]
    public void Every_day_of_three_centuries_agrees_with_the_framework()
    {
        Rfc3339 parser = default;
        DateTimeOffset day = DateTimeOffset.UnixEpoch;
        for (; day.Year < 2262; day = day.AddDays(1))
        {
            string text = day.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            Assert.True(parser.TryParse(Encoding.ASCII.GetBytes(text), out long unixNs), text);
            if (unixNs != day.ToUnixTimeSeconds() * 1_000_000_000) Assert.Fail($"{text}: {unixNs}");
        }
    }

    [Fact]
    public void Random_times_agree_with_the_framework()
    {
        Random random = Seed.Random(20260103, "timestamps");
        const long OneDay = 864_000_000_000;
        Rfc3339 parser = default;
        for (int round = 0; round < 100_000; round++)
        {
            // Ticks of 100 ns up to the end of 2261, often on the day before or after the last one.
            long ticks = random.NextInt64(92_147_000_000_000_000 - OneDay);
            if (random.Next(2) == 0) ticks = 17_726_007_670_000_000 + random.NextInt64(-OneDay, OneDay);
            DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(ticks);
            string text = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
            text = text[..(text.Length - random.Next(7))] + (random.Next(2) == 0 ? "Z" : "");
            DateTimeOffset expected = DateTimeOffset.Parse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            Assert.True(parser.TryParse(Encoding.ASCII.GetBytes(text), out long unixNs), text);
            if (unixNs != (expected - DateTimeOffset.UnixEpoch).Ticks * 100) Assert.Fail($"{text}: {unixNs}");
        }
    }
}
