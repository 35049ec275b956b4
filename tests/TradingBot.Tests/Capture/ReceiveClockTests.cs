using System;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class ReceiveClockTests
{
    private const long T = 1_785_644_622_000_000_000;

    [Fact]
    public void Absolute_receive_times_count_and_never_step_back()
    {
        ReceiveClock clock = new();
        Assert.Equal(T, clock.Stamp(true, T, T - 30));
        Assert.Equal(T + 5, clock.Stamp(true, T + 5, 0));
        Assert.Equal(T + 5, clock.Stamp(true, T + 2, T + 9));
        clock.BeginFile();
        Assert.Equal(T + 5, clock.Stamp(true, T - 100, 0));
        Assert.Equal(T + 6, clock.Stamp(true, T + 6, 0));
    }

    [Fact]
    public void Without_receive_time_the_exchange_time_is_made_monotone()
    {
        ReceiveClock clock = new();
        Assert.Equal(0, clock.Stamp(false, 0, 0));
        Assert.Equal(T, clock.Stamp(false, 0, T));
        Assert.Equal(T, clock.Stamp(false, 0, 0));
        Assert.Equal(T, clock.Stamp(false, 0, T - 1));
        Assert.Equal(T + 1, clock.Stamp(false, 0, T + 1));
    }

    [Fact]
    public void Relative_times_are_laid_on_the_first_exchange_time()
    {
        ReceiveClock clock = new();
        Assert.Equal(0, clock.Stamp(true, 1_000, 0));
        Assert.Equal(0, clock.Stamp(true, 1_100, 0));
        Assert.Equal(T, clock.Stamp(true, 1_300, T));
        Assert.Equal(T + 200, clock.Stamp(true, 1_500, T + 50));
        Assert.Equal(T + 200, clock.Stamp(true, 1_400, 0));
        Assert.Equal(T + 300, clock.Stamp(true, 1_600, T + 999));
    }

    [Fact]
    public void The_anchor_is_kept_when_the_next_file_goes_on_and_renewed_when_it_starts_over()
    {
        ReceiveClock clock = new();
        clock.BeginFile();
        clock.Stamp(true, 1_000, T);
        clock.BeginFile();
        Assert.Equal(T + 500, clock.Stamp(true, 1_500, T + 400));
        clock.BeginFile();
        Assert.Equal(T + 500, clock.Stamp(true, 20, 0));
        Assert.Equal(T + 9_000, clock.Stamp(true, 30, T + 9_000));
        Assert.Equal(T + 9_010, clock.Stamp(true, 40, T + 9_001));
    }

    [Fact]
    public void A_stray_relative_time_in_an_absolute_file_counts_as_none()
    {
        ReceiveClock clock = new();
        clock.Stamp(true, T, 0);
        Assert.Equal(T + 7, clock.Stamp(true, 55, T + 7));
        Assert.Equal(T + 8, clock.Stamp(true, T + 8, 0));
    }

    [Fact]
    public void No_input_makes_the_clock_step_back_or_throw()
    {
        Random random = Seed.Random(14, "clock");
        for (int round = 0; round < Seed.Count(200, 20_000); round++)
        {
            ReceiveClock clock = new();
            long last = 0;
            for (int i = 0; i < 100; i++)
            {
                if (random.Next(10) == 0) clock.BeginFile();
                long recorded = random.Next(3) switch
                {
                    0 => random.NextInt64(long.MinValue, long.MaxValue),
                    1 => T + random.Next(1_000_000),
                    _ => random.Next(1_000_000),
                };
                long exchange = random.Next(2) == 0 ? 0 : T + random.Next(1_000_000);
                long stamp = clock.Stamp(random.Next(4) != 0, recorded, exchange);
                Assert.True(stamp >= last);
                Assert.Equal(stamp, clock.LastNs);
                last = stamp;
            }
        }
    }
}
