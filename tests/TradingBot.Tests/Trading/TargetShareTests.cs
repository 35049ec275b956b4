using System;
using System.Linq;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>Shares of take-profits: given or equal, on the step, merged where the venue would not take them.</summary>
public sealed class TargetShareTests
{
    [Fact]
    public void A_share_below_the_minimum_goes_to_the_target_before_it_and_comes_back_when_the_position_grows()
    {
        ProtectionBench bench = new(new ProtectionOptions
        {
            Targets = [new TargetStep(100, 50), new TargetStep(200, 30), new TargetStep(300, 20)],
        });
        bench.Minimum(3);
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 4, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        // 2, 1 and 1 are each too little: one order of all.
        OrderCommand only = bench.One(CommandKind.Place, OrderRole.TakeProfit);
        Assert.Equal((4L, 10_150L), (only.Quantity, only.TriggerPrice));
        bench.Prove(only);
        bench.Fill(entry, 6, 10_000);
        bench.Prove(bench.One(CommandKind.Amend, OrderRole.Stop));
        // 5, 3 and 2: the last goes to the second.
        OrderCommand[] grown = bench.Commands();
        Assert.Equal(
            [(CommandKind.Amend, 5L, 10_150L), (CommandKind.Place, 5L, 10_300L)],
            grown.Select(c => (c.Kind, c.Quantity, c.TriggerPrice)));
    }

    [Fact]
    public void An_order_taken_back_for_a_merge_is_placed_again_when_its_share_is_enough()
    {
        ProtectionBench bench = new(new ProtectionOptions
        {
            Targets = [new TargetStep(100, 20), new TargetStep(200, 80)],
        });
        bench.Minimum(2);
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 1, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        OrderCommand first = bench.One(CommandKind.Place, OrderRole.TakeProfit);
        Assert.Equal((1L, 10_150L), (first.Quantity, first.TriggerPrice));
        bench.Prove(first);
        bench.Fill(entry, 4, 10_000);
        bench.Prove(bench.One(CommandKind.Amend, OrderRole.Stop));
        // 1 and 4: the first is too little for itself.
        OrderCommand[] merged = bench.Commands();
        Assert.Equal([CommandKind.Cancel, CommandKind.Place], merged.Select(c => c.Kind));
        Assert.Equal((5L, 10_300L), (merged[1].Quantity, merged[1].TriggerPrice));
        bench.Report(AccountEventKind.OrderClosed, in merged[0]);
        bench.Prove(merged[1]);
        bench.Fill(entry, 5, 10_000);
        bench.Prove(bench.One(CommandKind.Amend, OrderRole.Stop));
        OrderCommand[] split = bench.Commands();
        Assert.Equal(
            [(CommandKind.Place, 2L, 10_150L), (CommandKind.Amend, 8L, 10_300L)],
            split.Select(c => (c.Kind, c.Quantity, c.TriggerPrice)));
    }

    [Fact]
    public void Targets_of_the_entry_come_before_the_configured_ones_and_none_before_both()
    {
        TargetStep[] steps = [new(100, 50), new(200, 50)];
        Assert.Equal([10_150L, 10_300L], Prices(new() { Targets = [.. steps] }));
        Assert.Equal([10_200L], Prices(new() { Targets = [.. steps] }, 10_200));
        Assert.Empty(Prices(new() { Targets = [.. steps] }, 0));
        Assert.Empty(Prices(new() { Targets = [.. steps], TakeProfit = false }));
        Assert.Equal([10_200L], Prices(new() { Targets = [.. steps], TakeProfit = false }, 10_200));
    }

    [Fact]
    public void Whatever_the_shares_they_are_on_the_step_never_more_than_the_position_and_never_below_the_minimum()
    {
        Random random = Seed.Random(32, "shares of targets");
        Span<Int128> shares = stackalloc Int128[TargetPlan.Max];
        for (int run = 0; run < Seed.Count(ci: 2_000, full: 100_000); run++)
        {
            TargetPlan plan = new();
            int count = random.Next(1, TargetPlan.Max + 1);
            bool equal = random.Next(2) == 0;
            int left = 100;
            for (int i = 0; i < count; i++)
            {
                int share = equal ? 0 : random.Next(1, left - (count - i - 1) + 1);
                left -= share;
                plan.TryAdd(1_000 + i, share);
            }

            Int128 lot = random.Next(1, 20);
            Int128 whole = lot * random.Next(1, 300);
            Int128 minimum = lot * random.Next(0, 30);
            plan.Divide(whole, lot, minimum, shares);
            Int128 sum = 0;
            int small = 0;
            for (int i = 0; i < count; i++)
            {
                Assert.True(shares[i] >= 0 && shares[i] % lot == 0, $"run {run}: share {i} is off the step");
                sum += shares[i];
                if (shares[i] > 0 && shares[i] < minimum) small++;
            }

            Assert.True(sum <= whole, $"run {run}: {sum} of {whole}");
            if (equal || left == 0) Assert.Equal(whole, sum);
            // Below the minimum is only what cannot be merged with anything.
            bool alone = small == 1 && sum < minimum;
            Assert.True(small == 0 || alone, $"run {run}: {small} shares below {minimum} of {sum}");
        }
    }

    private static long[] Prices(ProtectionOptions options, params long[] own)
    {
        ProtectionBench bench = new(options);
        foreach (long price in own)
        {
            bench.Report(new AccountRecord { Kind = AccountEventKind.Target, TriggerPrice = price });
        }

        bench.Ask(10, 10_000, 9_850);
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Prove(entry);
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        return [.. bench.Commands().Select(command => command.TriggerPrice)];
    }
}
