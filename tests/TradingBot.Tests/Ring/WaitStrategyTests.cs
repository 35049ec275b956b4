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
        Assert.Throws<InvalidOperationException>(() => WaitStrategy.Spin.EnsureRunnable(Environment.ProcessorCount + 1));
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
    public void Two_threads_that_always_sleep_hand_a_word_back_and_forth()
    {
        int count = Seed.Count(20_000, 1_000_000);
        Parking parking = new();
        Cursor turn = new(0);

        new Crew()
            .Start("even", () => TakeTurns(parking, turn, 0, count))
            .Start("odd", () => TakeTurns(parking, turn, 1, count))
            .Join();

        Assert.Equal(count, turn.Value);
    }

    /// <summary>No spinning and no yielding: one lost wake-up would hang both.</summary>
    private static void TakeTurns(Parking parking, Cursor turn, long first, int count)
    {
        for (long mine = first; mine < count; mine += 2)
        {
            while (turn.Value != mine)
            {
                long ticket = parking.Announce();
                if (turn.Value == mine) parking.Withdraw();
                else parking.Park(ticket);
            }

            turn.Publish(mine + 1);
            parking.Signal();
        }
    }
}
