using System;
using TradingBot.Market.Ring;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Ring;

public sealed class WaitStrategyTests
{
    [Fact]
    public void More_spinning_threads_than_cores_are_refused()
    {
        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => WaitStrategy.Spin.EnsureRunnable(3, cores: 2));
        Assert.Contains("3 threads, 2 cores", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(
            () => WaitStrategy.Spin.EnsureRunnable(Environment.ProcessorCount + 1));
    }

    [Fact]
    public void As_many_spinning_threads_as_cores_and_any_number_of_others_may_run()
    {
        WaitStrategy.Spin.EnsureRunnable(2, cores: 2);
        WaitStrategy.Yield.EnsureRunnable(100, cores: 2);
        WaitStrategy.Park.EnsureRunnable(100, cores: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => WaitStrategy.Yield.EnsureRunnable(-1));
    }

    [Theory]
    [InlineData(WaitKind.Spin, false)]
    [InlineData(WaitKind.Yield, false)]
    [InlineData(WaitKind.Park, true)]
    public void Only_park_ever_asks_to_sleep(WaitKind kind, bool sleeps)
    {
        WaitStrategy wait = WaitStrategy.Of(kind);
        int idleRounds = 0;
        bool asked = false;
        for (int round = 0; round < 1000 && !asked; round++) asked = !wait.Pause(ref idleRounds);

        Assert.Equal(kind, wait.Kind);
        Assert.Equal(sleeps, asked);
    }

    [Fact]
    public void A_signal_between_announcement_and_sleep_is_not_lost()
    {
        Parking parking = new();
        long ticket = parking.Announce();
        parking.Signal();

        new Crew().Start("sleeper", () => parking.Park(ticket)).Join();
    }

    [Fact]
    public void No_wake_up_is_lost_when_signal_and_announcement_meet()
    {
        int count = Seed.Count(30_000, 5_000_000);
        Random random = Seed.Random(11, nameof(No_wake_up_is_lost_when_signal_and_announcement_meet));
        Parking parking = new();
        Cursor asked = new(0), answered = new(0);
        Crew crew = new Crew().Start("sleeper", () => Answer(parking, asked, answered, count));

        // The answer arrives while the sleeper is on its way to bed. Stores to lines that are far away keep the next
        // one in the store buffer for a while: without a fence, the look for sleepers would be long over when it gets
        // out.
        long[] far = new long[1 << 21];
        for (long n = 1; n <= count; n++)
        {
            for (int stores = random.Next(8); stores > 0; stores--) far[random.Next(far.Length)] = n;
            asked.Publish(n);
            parking.Signal();
            Spin.Until(answered, n);
        }

        crew.Join();
    }

    /// <summary>Goes to bed at once: no spinning and no yielding.</summary>
    private static void Answer(Parking parking, Cursor asked, Cursor answered, int count)
    {
        for (long n = 1; n <= count; n++)
        {
            while (asked.Value != n)
            {
                long ticket = parking.Announce();
                if (asked.Value == n) parking.Withdraw();
                else parking.Park(ticket);
            }

            answered.Publish(n);
        }
    }
}
