using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>How often, and after what pause, a socket is opened again.</summary>
public sealed class ReconnectTests
{
    private const long Second = 1_000_000_000;
    private const long Window = 600 * Second;

    [Fact]
    public void No_sequence_of_losses_makes_more_attempts_in_a_window_than_the_budget_and_all_are_tried_again()
    {
        Random random = Seed.Random(20261124, "reconnects");
        int runs = Seed.Count(ci: 40, full: 1_000);
        for (int run = 0; run < runs; run++)
        {
            RateBudget budget = RateBudget.OfConnections();
            SocketWatch[] watches =
                [.. Enumerable.Range(0, 3).Select(_ => new SocketWatch(budget, new ReconnectBackoff(random.Next())))];
            List<long> attempts = [];
            long endNs = 4 * 3_600 * Second;
            for (long nowNs = 0; nowNs < endNs; nowNs = Math.Max(nowNs + 1, watches.Min(watch => watch.NextDueNs)))
            {
                foreach (SocketWatch watch in watches)
                {
                    if (watch.OnTimer(nowNs) == SocketAct.GiveUp || !watch.TryAttempt(nowNs)) continue;
                    attempts.Add(nowNs);
                    Fail(watch, nowNs, random);
                }
            }

            AssertWithin(attempts);
            Assert.All(watches, watch => Assert.InRange(watch.Attempts, 4 * 3_600 / 120, 4 * 75 * 6));
            // The longest rest when all were told that it was too much: twice the cap, and an attempt that hung.
            IEnumerable<long> gaps = attempts.Zip(attempts.Skip(1), (before, after) => after - before);
            Assert.InRange(gaps.Max(), 0, 70 * Second);
        }
    }

    [Fact]
    public void The_budget_gives_its_burst_then_one_per_interval()
    {
        RateBudget budget = new(3, 10 * Second);
        long startNs = 1_789_390_800 * Second;
        bool[] taken = [.. Enumerable.Range(0, 4).Select(_ => budget.TryTake(startNs))];
        Assert.Equal([true, true, true, false], taken);
        Assert.Equal(startNs + (10 * Second), budget.FreeAtNs);
        Assert.False(budget.TryTake(budget.FreeAtNs - 1));
        Assert.True(budget.TryTake(budget.FreeAtNs));
        // A rest earns the burst back, and not more.
        long laterNs = startNs + (3_600 * Second);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => budget.TryTake(laterNs)));
    }

    [Fact]
    public void Pauses_grow_to_the_cap_stay_within_their_bounds_and_begin_anew_after_a_reset()
    {
        Random random = Seed.Random(7, "pauses");
        for (int run = 0; run < 500; run++)
        {
            ReconnectBackoff backoff = new(random.Next());
            for (int loss = 0; loss < 20; loss++)
            {
                long ceilingNs = Math.Min(30 * Second, (500_000_000L << Math.Min(loss + 1, 10)));
                Assert.InRange(backoff.NextPauseNs(), 500_000_000, ceilingNs);
            }

            Assert.InRange(backoff.NextPauseNs(tooMany: true), 30 * Second, 60 * Second);
            backoff.Reset();
            Assert.InRange(backoff.NextPauseNs(), 500_000_000, Second);
        }
    }

    [Fact]
    public void Pauses_differ_between_seeds_and_repeat_with_the_same_one()
    {
        static long[] Pauses(int seed)
        {
            ReconnectBackoff backoff = new(seed);
            return [.. Enumerable.Range(0, 8).Select(_ => backoff.NextPauseNs())];
        }

        Assert.Equal(Pauses(1), Pauses(1));
        Assert.NotEqual(Pauses(1), Pauses(2));
        Assert.Equal(8, Pauses(1).Distinct().Count());
    }

    /// <summary>The attempt fails at once, hangs, or the socket opens and is lost sooner or later.</summary>
    private static void Fail(SocketWatch watch, long nowNs, Random random)
    {
        int fate = random.Next(4);
        if (fate == 0) return;
        if (fate > 1) watch.OnOpened(nowNs);
        if (fate == 3)
        {
            watch.OnFrame(nowNs + (11 * Second));
            Assert.True(watch.NextDueNs > nowNs);
        }

        watch.OnClosed(nowNs, random.Next(8) == 0 ? 429 : 0);
    }

    private static void AssertWithin(List<long> attempts)
    {
        int first = 0;
        for (int last = 0; last < attempts.Count; last++)
        {
            while (attempts[last] - attempts[first] >= Window) first++;
            Assert.InRange(last - first + 1, 1, 75);
        }
    }
}
