using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>Several take-profits of one entry: each reduce-only for its share, together never more than the
/// position.</summary>
public sealed class ProfitTakingTests
{
    [Fact]
    public void Shares_come_with_the_proven_stop_grow_with_the_fills_and_stay_when_one_is_taken()
    {
        ProtectionBench bench = new();
        OrderCommand entry = Enter(bench, quantity: 10, 10_200, 10_300, 10_400);
        bench.Fill(entry, 4, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        OrderCommand[] targets = bench.Commands();
        Assert.Equal([1L, 1L, 2L], targets.Select(target => target.Quantity));
        Assert.Equal([10_200L, 10_300L, 10_400L], targets.Select(target => target.TriggerPrice));
        Assert.All(targets, target => Assert.Equal(
            (CommandKind.Place, OrderType.TakeProfit, Side.Sell, true),
            (target.Kind, target.Type, target.Side, target.ReduceOnly)));
        foreach (OrderCommand target in targets) bench.Prove(target);

        bench.Fill(entry, 6, 10_000);
        OrderCommand larger = bench.One(CommandKind.Amend, OrderRole.Stop);
        bench.Prove(larger);
        OrderCommand[] grown = bench.Commands();
        Assert.All(grown, command => Assert.Equal(CommandKind.Amend, command.Kind));
        Assert.Equal([3L, 3L, 4L], grown.Select(target => target.Quantity));
        foreach (OrderCommand target in grown) bench.Prove(target);

        bench.Fill(targets[0] with { Quantity = 3 }, 3, 10_200);
        OrderCommand smaller = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal(7, smaller.Quantity);
        bench.Prove(smaller);
        bench.Nothing();
    }

    [Fact]
    public void An_entry_that_shall_have_none_has_none_and_one_that_says_nothing_has_the_configured_one()
    {
        foreach (bool says in (bool[])[true, false])
        {
            ProtectionBench bench = new(new() { TakeProfit = true });
            if (says) bench.Report(new AccountRecord { Kind = AccountEventKind.Target });
            bench.Ask(10, 10_000, 9_850);
            OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
            bench.Prove(entry);
            bench.Fill(entry, 10, 10_000);
            bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
            if (says) bench.Nothing();
            else Assert.Equal(10_300, bench.One(CommandKind.Place, OrderRole.TakeProfit).TriggerPrice);
        }
    }

    [Fact]
    public void A_target_the_venue_refuses_takes_no_other_with_it()
    {
        ProtectionBench bench = new();
        OrderCommand entry = Enter(bench, quantity: 9, 10_200, 10_300, 10_400);
        bench.Fill(entry, 9, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        OrderCommand[] targets = bench.Commands();
        Assert.Equal(3, targets.Length);
        // The market has passed the first: the venue does not take it.
        bench.Report(AccountEventKind.Refused, in targets[0], VenueReason.WouldTriggerAtOnce);
        bench.Prove(targets[1]);
        bench.Prove(targets[2]);
        bench.Nothing();
        bench.Fill(targets[1], 3, 10_300);
        Assert.Equal(6, bench.One(CommandKind.Amend, OrderRole.Stop).Quantity);
        Assert.Equal(PositionState.Resizing, bench.State);
    }

    [Theory]
    [InlineData(10_200, 10_010)]
    [InlineData(10_005, 0)]
    public void After_the_first_target_the_stop_pays_the_fees_of_both_sides_unless_the_market_is_through_it(
        long middle, long trigger)
    {
        ProtectionBench bench = new();
        OrderCommand entry = Enter(bench, quantity: 10, 10_200, 10_300);
        bench.Fill(entry, 10, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        OrderCommand[] targets = bench.Commands();
        foreach (OrderCommand target in targets) bench.Prove(target);
        bench.Book(middle - 1, middle + 1);
        bench.Nothing();
        bench.Fill(targets[0], 5, 10_200);
        OrderCommand smaller = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((5L, 9_850L), (smaller.Quantity, smaller.TriggerPrice));
        bench.Prove(smaller);
        bench.Wait(200);
        if (trigger == 0)
        {
            bench.Nothing();
            return;
        }

        OrderCommand moved = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((5L, trigger), (moved.Quantity, moved.TriggerPrice));
        bench.Prove(moved);
        bench.Wait(1_000);
        bench.Nothing();
        Assert.Equal(1, bench.Stage.Counters.StopsAtBreakEven);
    }

    [Fact]
    public void Targets_belong_to_the_entry_that_follows_alone()
    {
        ProtectionBench bench = new();
        bench.Report(new AccountRecord { Kind = AccountEventKind.Target, TriggerPrice = 10_200 });
        // Refused: the stop is on the wrong side. Its targets go with it.
        bench.Ask(10, 10_000, 10_100);
        Assert.Equal(EntryRefusal.StopNotBehind, bench.Stage.OperatorEntry);
        OrderCommand entry = Enter(bench, quantity: 10);
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        bench.Nothing();
    }

    [Fact]
    public void More_targets_than_there_is_room_for_are_refused_with_the_entry()
    {
        ProtectionBench bench = new();
        for (int i = 0; i < 9; i++)
        {
            bench.Report(new AccountRecord { Kind = AccountEventKind.Target, TriggerPrice = 10_100 + i });
        }

        bench.Ask(10, 10_000, 9_850);
        Assert.Equal(EntryRefusal.Unusable, bench.Stage.OperatorEntry);
        bench.Nothing();
    }

    [Fact]
    public void Whatever_fills_first_take_profits_never_ask_for_more_than_is_open()
    {
        Random random = Seed.Random(20_261_128, "take-profits");
        int placed = 0;
        for (int run = 0; run < Seed.Count(ci: 200, full: 5_000); run++)
        {
            ProtectionBench bench = new();
            long quantity = random.Next(1, 40);
            long[] prices = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => 10_100L + (i * 50))];
            OrderCommand entry = Enter(bench, quantity, prices);
            Dictionary<ClientOrderId, (OrderCommand Asked, long Filled)> targets = [];
            long entered = 0;
            for (int step = 0; step < 30 && (entered < quantity || bench.Quantity > 0); step++)
            {
                if (entered < quantity && random.Next(2) == 0)
                {
                    long part = random.NextInt64(1, quantity - entered + 1);
                    entered += part;
                    bench.Fill(entry, part, 10_000);
                }
                else if (targets.Count > 0)
                {
                    (OrderCommand asked, long filled) = targets.Values.ElementAt(random.Next(targets.Count));
                    long part = Math.Min(asked.Quantity - filled, bench.Quantity);
                    if (part == 0) continue;
                    part = random.NextInt64(1, part + 1);
                    targets[asked.Id] = (asked, filled + part);
                    bench.Fill(asked, part, asked.TriggerPrice);
                }

                placed += Settle(bench, targets);
                long open = targets.Values.Sum(target => target.Asked.Quantity - target.Filled);
                Assert.True(open <= bench.Quantity, $"run {run}, step {step}: {open} asked, {bench.Quantity} open");
            }
        }

        Assert.True(placed > 100, $"only {placed} take-profits: the test exercises nothing");
    }

    /// <summary>The venue does what it is told until nothing more is; the count of new take-profits.</summary>
    private static int Settle(
        ProtectionBench bench, Dictionary<ClientOrderId, (OrderCommand Asked, long Filled)> targets)
    {
        int placed = 0;
        for (OrderCommand[] told = bench.Commands(); told.Length > 0; told = bench.Commands())
        {
            foreach (OrderCommand command in told)
            {
                if (command.Kind == CommandKind.Snapshot) continue;
                bool target = command.Id.Role == OrderRole.TakeProfit;
                if (command.Kind == CommandKind.Cancel)
                {
                    long cumulative = target ? targets[command.Id].Filled : 0;
                    targets.Remove(command.Id);
                    bench.Report(AccountEventKind.OrderClosed, in command, cumulative: cumulative);
                    continue;
                }

                if (target)
                {
                    if (command.Kind == CommandKind.Place) placed++;
                    long filled = targets.TryGetValue(command.Id, out (OrderCommand Asked, long Filled) known)
                        ? known.Filled : 0;
                    targets[command.Id] = (command, filled);
                }

                bench.Prove(command);
            }
        }

        return placed;
    }

    /// <summary>A proven entry at 1000.0 with its stop at 985.0 and these take-profits.</summary>
    private static OrderCommand Enter(ProtectionBench bench, long quantity, params long[] targets)
    {
        foreach (long price in targets)
        {
            bench.Report(new AccountRecord { Kind = AccountEventKind.Target, TriggerPrice = price });
        }

        bench.Ask(quantity, 10_000, 9_850);
        Assert.Equal(EntryRefusal.None, bench.Stage.OperatorEntry);
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Prove(entry);
        return entry;
    }
}
