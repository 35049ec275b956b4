using System;
using TradingBot.Kraken.Budgets;
using Xunit;

namespace TradingBot.Tests.Budgets;

/// <summary>The twins of the venue's counters, one request at a time.</summary>
public sealed class BudgetTests
{
    private const long Second = 1_000_000_000;

    private const long Start = 1_700_000_000 * Second;

    [Theory]
    [InlineData(AccountTier.Starter, 15, 0.33)]
    [InlineData(AccountTier.Intermediate, 20, 0.5)]
    [InlineData(AccountTier.Pro, 20, 1.0)]
    public void A_tiers_REST_counter_has_the_documented_room_and_fall(AccountTier tier, int room, double perSecond)
    {
        FallingCounter counter = FallingCounter.OfRest(tier);
        int taken = 0;
        while (counter.TryTake(Urgency.Protect, 1, Start)) taken++;
        Assert.Equal(room, taken);
        long later = Start + (long)(10 / perSecond * Second) + 1_000;
        for (int i = 0; i < 10; i++) Assert.True(counter.TryTake(Urgency.Protect, 1, later));
        Assert.False(counter.TryTake(Urgency.Protect, 1, later));
    }

    [Fact]
    public void Each_urgency_has_room_that_the_next_lower_one_cannot_take()
    {
        FallingCounter counter = new(100, 33);
        RollingTokens tokens = new(1_000);
        long falling = 0;
        int rolling = 0;
        for (int level = (int)Urgency.Backfill; level >= 0; level--)
        {
            Urgency urgency = (Urgency)level;
            while (counter.TryTake(urgency, 1, Start)) { }

            while (tokens.TryTake(urgency, 10, Start)) { }

            Assert.True(counter.PointsAt(Start) > falling, $"{urgency} found nothing of the counter");
            Assert.True(tokens.UsedAt(Start) > rolling, $"{urgency} found nothing of the tokens");
            falling = counter.PointsAt(Start);
            rolling = tokens.UsedAt(Start);
            if (urgency == Urgency.Reduce) Assert.Equal((60, 600), (falling, rolling));
        }

        Assert.Equal((100, 1_000), (falling, rolling));
    }

    [Fact]
    public void What_it_says_of_the_next_free_time_is_so()
    {
        FallingCounter counter = new(15, 33);
        RollingTokens tokens = new();
        while (counter.TryTake(Urgency.Entry, 1, Start)) { }

        while (tokens.TryTake(Urgency.Entry, 10, Start)) { }

        long free = counter.FreeAtNs(Urgency.Entry, 1, Start);
        Assert.False(counter.TryTake(Urgency.Entry, 1, free - (Second / 100)));
        Assert.True(counter.TryTake(Urgency.Entry, 1, free));
        free = tokens.FreeAtNs(Urgency.Entry, 10, Start);
        Assert.Equal(Start + RollingTokens.WindowNs, free);
        Assert.False(tokens.TryTake(Urgency.Entry, 10, free - 1));
        Assert.True(tokens.TryTake(Urgency.Entry, 10, free));
        Assert.Equal(Start, new RollingTokens().FreeAtNs(Urgency.Backfill, 10, Start));
    }

    [Fact]
    public void After_the_venues_refusal_nothing_goes_until_time_has_passed()
    {
        FallingCounter counter = new(15, 33);
        RollingTokens tokens = new();
        counter.OnVenueRefused(Start);
        tokens.OnVenueRefused(Start);
        Assert.False(counter.TryTake(Urgency.Protect, 1, Start));
        Assert.False(tokens.TryTake(Urgency.Protect, 10, Start));
        Assert.Equal(500, tokens.UsedAt(Start));
        Assert.True(counter.TryTake(Urgency.Protect, 1, Start + (4 * Second)));
        Assert.True(tokens.TryTake(Urgency.Protect, 10, Start + (2 * Second)));
    }

    [Fact]
    public void A_clock_that_steps_back_gives_nothing_away()
    {
        FallingCounter counter = new(15, 33);
        while (counter.TryTake(Urgency.Protect, 1, Start)) { }

        Assert.False(counter.TryTake(Urgency.Protect, 1, Start - (300 * Second)));
        Assert.False(counter.TryTake(Urgency.Protect, 1, Start));
        Assert.True(counter.TryTake(Urgency.Protect, 1, Start + (4 * Second)));
    }

    [Fact]
    public void Limits_that_let_nothing_through_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FallingCounter(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FallingCounter(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingTokens(9));
    }
}
