using System;
using System.Collections.Generic;
using TradingBot.Kraken.Budgets;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Budgets;

/// <summary>A day in which everything is wanted at once: backfill and reconciliation take all they are given.</summary>
public sealed class BudgetStormTests
{
    private const long Second = 1_000_000_000;
    private const long Step = Second / 20;

    /// <summary>The venue counts by itself, in points and seconds, and hears requests up to 200 ms late.</summary>
    private sealed class Venue(double limit, double perSecond, bool rolls)
    {
        private readonly Queue<(long TimeNs, int Cost)> _window = new();
        private double _level;
        private long _timeNs;
        private long _fixedFrom;
        private int _fixed;

        public bool Takes(int cost, long nowNs)
        {
            if (rolls) return TakesTokens(cost, nowNs);
            _level = Math.Max(0, _level - ((nowNs - _timeNs) / 1e9 * perSecond));
            _timeNs = nowNs;
            _level += cost;
            return _level <= limit + 1e-6;
        }

        /// <summary>Both readings of "500 in ten seconds": any ten seconds, and ten that begin by the clock.</summary>
        private bool TakesTokens(int cost, long nowNs)
        {
            while (_window.Count > 0 && nowNs - _window.Peek().TimeNs >= 10 * Second) _window.Dequeue();
            _window.Enqueue((nowNs, cost));
            long from = nowNs / (10 * Second);
            _fixed = from == _fixedFrom ? _fixed + cost : cost;
            _fixedFrom = from;
            int sum = 0;
            foreach ((long _, int one) in _window) sum += one;
            return sum <= limit && _fixed <= limit;
        }
    }

    [Fact]
    public void REST_of_the_lowest_tier_refuses_no_protection_and_most_of_the_spare_is_used()
    {
        FallingCounter twin = FallingCounter.OfRest(AccountTier.Starter);
        Storm(
            new Venue(15, 0.33, rolls: false), (urgency, now) => twin.TryTake(urgency, 1, now), cost: 1,
            perSecond: 0.33, burst: 5, everySeconds: 600, spareShare: 1);
    }

    [Fact]
    public void Derivatives_tokens_refuse_no_protection_and_most_of_the_spare_is_used()
    {
        RollingTokens twin = new();
        Storm(
            new Venue(500, 50, rolls: true), (urgency, now) => twin.TryTake(urgency, 10, now), cost: 10, perSecond: 50,
            burst: 10, everySeconds: 60, spareShare: 0.6);
    }

    private static void Storm(
        Venue venue, Func<Urgency, long, bool> take, int cost, double perSecond, int burst, int everySeconds,
        double spareShare)
    {
        Random random = Seed.Random(20261128, "budget storm");
        int hours = Seed.Count(4, 24);
        long start = 1_700_000_000 * Second;
        long last = start;
        long protectedCalls = 0;
        long spent = 0;
        long unprotectedSpent = 0;
        int refused = 0;
        int denied = 0;
        int waiting = 0;
        Dictionary<Urgency, long> given = [];
        for (long now = start; now < start + (hours * 3_600L * Second); now += Step)
        {
            // Something happened to many positions at once: each needs its stop, now.
            if (waiting == 0 && random.Next(everySeconds * 20) == 0) waiting = 1 + random.Next(burst);
            for (; waiting > 0; waiting--)
            {
                protectedCalls++;
                if (!take(Urgency.Protect, now)) denied++;
                else if (!Arrives(now)) refused++;
                spent += cost;
            }

            Urgency[] greedy = [Urgency.Reduce, Urgency.Resolve, Urgency.Cancel, Urgency.Entry, Urgency.Routine];
            foreach (Urgency urgency in greedy)
            {
                if (random.Next(200) == 0 || (urgency == Urgency.Routine && random.Next(4) == 0)) Try(urgency, now);
            }

            while (Try(Urgency.Backfill, now)) { }
        }

        double capacity = perSecond * hours * 3_600;
        double spare = (capacity * spareShare) - (spareShare < 1 ? 0 : spent);
        double share = unprotectedSpent / spare;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{hours} virtual hours: {protectedCalls} protective calls, {denied} held back, {refused} refused; "
            + $"{share:P1} of the spare budget used; given: {string.Join(", ", given)}");
        Assert.True(protectedCalls > hours * 3, "the storm protected hardly anything");
        Assert.Equal(0, refused);
        // Bursts that come on one another's heels may ask for more than the venue gives anybody.
        Assert.True(denied * 200 <= protectedCalls, $"{denied} of {protectedCalls} protective calls were held back");
        Assert.True(share >= 0.8, $"only {share:P1} of the spare budget was used");
        Assert.True(given[Urgency.Entry] > 0 && given[Urgency.Reduce] > 0, "a greedy class starved a higher one");

        bool Try(Urgency urgency, long now)
        {
            if (!take(urgency, now)) return false;
            unprotectedSpent += cost;
            given[urgency] = given.GetValueOrDefault(urgency) + 1;
            if (!Arrives(now)) refused++;
            return true;
        }

        // Ways differ, and still keep their order on one connection.
        bool Arrives(long now) => venue.Takes(cost, last = Math.Max(last, now + (random.Next(200) * 1_000_000L)));
    }
}
