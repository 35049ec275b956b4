using System;
using TradingBot.Kraken.Budgets;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Budgets;

/// <summary>Spot's trading limits: our twin beside the simulated venue's counters, which are written apart.</summary>
public sealed class InstrumentScoreTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(AccountTier.Starter, VenueTier.Starter)]
    [InlineData(AccountTier.Intermediate, VenueTier.Intermediate)]
    [InlineData(AccountTier.Pro, VenueTier.Pro)]
    public void In_a_day_of_placing_changing_and_cancelling_the_venue_refuses_nothing(AccountTier tier, VenueTier venue)
    {
        Random random = Seed.Random(20261128, $"pair scores {tier}");
        InstrumentScores twin = new(tier);
        VenueBudgets theirs = new(venue, markets: 2);
        long nowNs = 1_800_000_000 * Second;
        long endNs = nowNs + (Seed.Count(ci: 2, full: 24) * 3_600 * Second);
        long[] placedNs = new long[64];
        long granted = 0;
        long refused = 0;
        while (nowNs < endNs)
        {
            nowNs += random.Next(1, 400) * (Second / 100);
            int pair = random.Next(2);
            int order = (pair * 32) + random.Next(32);
            Urgency urgency = (Urgency)random.Next((int)Urgency.Entry + 1);
            long ageNs = nowNs - placedNs[order];
            string? word = null;
            bool isGranted;
            switch (random.Next(3))
            {
                case 0:
                    isGranted = twin.TryPlace(pair, order, urgency, nowNs);
                    if (isGranted) word = theirs.Add(pair, open: 0, nowNs);
                    if (isGranted) placedNs[order] = nowNs;
                    break;
                case 1:
                    isGranted = placedNs[order] > 0 && twin.TryAmend(pair, order, urgency, nowNs);
                    if (isGranted) word = theirs.Amend(pair, ageNs, nowNs);
                    if (isGranted) placedNs[order] = nowNs;
                    break;
                default:
                    isGranted = placedNs[order] > 0 && twin.TryCancel(pair, order, urgency, nowNs);
                    if (isGranted) theirs.Cancel(pair, ageNs, nowNs);
                    break;
            }

            granted += isGranted ? 1 : 0;
            refused += isGranted ? 0 : 1;
            Assert.Null(word);
        }

        Assert.True(granted > 500, $"{granted} granted, {refused} held back");
    }

    [Fact]
    public void The_younger_an_order_the_dearer_its_change_and_its_cancel()
    {
        InstrumentScores scores = new(AccountTier.Pro);
        const long Start = 1_800_000_000 * Second;
        Assert.True(scores.TryPlace(0, 1, Urgency.Entry, Start));
        (int Age, int Amend, int Cancel)[] documented =
            [(0, 4, 8), (5, 3, 6), (10, 2, 5), (15, 1, 4), (45, 1, 2), (90, 1, 1), (300, 1, 0)];
        foreach ((int age, int amend, int cancel) in documented)
        {
            long nowNs = Start + (age * Second);
            Assert.Equal((amend, cancel), (scores.AmendPoints(1, nowNs), scores.CancelPoints(1, nowNs)));
        }

        // Nobody knows how old it is: it may be new.
        Assert.Equal(8, scores.CancelPoints(2, Start));
    }

    [Fact]
    public void One_pair_used_up_leaves_the_other_and_the_last_of_each_is_protections()
    {
        InstrumentScores scores = new(AccountTier.Starter);
        const long Start = 1_800_000_000 * Second;
        int entries = 0;
        while (scores.TryPlace(0, entries, Urgency.Entry, Start)) entries++;
        Assert.Equal(28, entries);
        Assert.True(scores.TryPlace(0, 900, Urgency.Protect, Start));
        Assert.True(scores.TryPlace(1, 901, Urgency.Entry, Start));
        scores.OnVenueRefused(Start);
        Assert.False(scores.TryPlace(1, 902, Urgency.Protect, Start));
        Assert.InRange(scores.FreeAtNs(1, Urgency.Protect, 1, Start), Start + 1, Start + (2 * Second));
    }
}
