using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

public sealed class ProtectionStageTests
{
    private const int Second = 1_000;

    [Fact]
    public void An_approved_order_becomes_one_entry_with_its_stop_planned_I4()
    {
        ProtectionBench bench = new();
        bench.Approve();
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal((0L, 0), (entry.Id.Intent, entry.Id.Revision));
        Assert.Equal((OrderType.Limit, Side.Buy, false), (entry.Type, entry.Side, entry.ReduceOnly));
        Assert.Equal((10L, 10_000L, 9_850L), (entry.Quantity, entry.LimitPrice, entry.PlannedStop));
        Assert.Equal(PositionState.EntryPending, bench.State);
        bench.Approve();
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.Occupied));
    }

    [Fact]
    public void A_default_order_is_no_entry_and_spot_leaves_no_state_I4()
    {
        ProtectionBench bench = new();
        bench.Approve(instrument: 1);
        bench.Nothing();
        StableHash hash = default;
        bench.Stage.HashInto(ref hash, 1);
        Assert.Equal(default(StableHash).Value, hash.Value);
        Assert.Equal((1L, 0), (bench.Refused(EntryRefusal.NotTradable), bench.Stage.PositionCount));
    }

    [Theory]
    [InlineData(Side.Buy, 9_999, 9_850)]
    [InlineData(Side.Sell, 9_999, 10_148)]
    public void The_planned_stop_is_rounded_towards_less_risk(Side side, long limit, long stop)
    {
        // 999.9 ∓ 1.5 % = 984.9015 and 1014.8985.
        ProtectionBench bench = new();
        bench.Approve(side, limit: limit);
        Assert.Equal(stop, bench.One(CommandKind.Place, OrderRole.Entry).PlannedStop);
    }

    [Fact]
    public void The_first_fill_places_the_stop_in_the_same_step_and_further_fills_resize_it_I1()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 3, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((OrderType.StopLoss, Side.Sell, true), (stop.Type, stop.Side, stop.ReduceOnly));
        Assert.Equal((3L, 9_850L, bench.NowNs + (60 * ProtectionBench.Second)), (stop.Quantity, stop.TriggerPrice,
            stop.DeadlineNs));
        Assert.Equal(PositionState.OpenUnprotected, bench.State);

        // Unacknowledged: the new size is remembered, and sent once the stop is proven.
        bench.Fill(entry, 4, 10_000);
        bench.Nothing();
        bench.Report(AccountEventKind.OrderOpen, in stop);
        bench.Nothing();
        bench.Report(AccountEventKind.Accepted, in stop);
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((stop.Id, 7L), (amend.Id, amend.Quantity));
        Assert.Equal(PositionState.Resizing, bench.State);
        bench.Fill(entry, 3, 10_000);
        bench.Nothing();
        bench.Prove(amend);
        OrderCommand last = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal(10, last.Quantity);
        bench.Prove(last);
        Assert.Equal(PositionState.Guarded, bench.State);
    }

    [Fact]
    public void A_position_is_the_sum_of_its_fills_and_each_counts_once_I7()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        ulong first = bench.Fill(entry, 3, 10_000);
        bench.Fill(entry, 3, 10_000, first);
        Assert.Equal((3L, 1L), (bench.Quantity, bench.Stage.Counters.FillsRepeated));
        bench.Fill(entry, 1, 9_600);
        Assert.Equal((4L, 9_900L), (bench.Quantity, bench.Stage.PositionOf(0).AveragePrice));
    }

    [Fact]
    public void A_refused_amend_is_replaced_and_the_old_stop_goes_only_when_the_new_one_is_proven_I12()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 3, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        bench.Fill(entry, 7, 10_000);
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        bench.Report(AccountEventKind.Refused, in amend, VenueReason.InvalidArguments);
        OrderCommand next = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((1, 10L), (next.Id.Revision, next.Quantity));
        bench.Report(AccountEventKind.Accepted, in next);
        bench.Nothing();
        bench.Report(AccountEventKind.OrderOpen, in next);
        OrderCommand cancel = bench.One(CommandKind.Cancel, OrderRole.Stop);
        Assert.Equal(stop.Id, cancel.Id);
    }

    [Fact]
    public void A_refused_stop_is_tried_three_times_more_and_then_the_position_is_closed_I1()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        for (int revision = 0; revision < 4; revision++)
        {
            OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
            Assert.Equal(revision, stop.Id.Revision);
            bench.Report(AccountEventKind.Refused, in stop, VenueReason.InsufficientFunds);
        }

        OrderCommand exit = bench.One(CommandKind.Place, OrderRole.Exit);
        Assert.Equal((OrderType.Market, Side.Sell, 10L, true), (exit.Type, exit.Side, exit.Quantity, exit.ReduceOnly));
        Assert.Equal(PositionState.Exiting, bench.State);
    }

    [Fact]
    public void A_stop_that_would_trigger_at_once_closes_the_position_at_once_I1()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        bench.Report(AccountEventKind.Refused, bench.One(CommandKind.Place, OrderRole.Stop),
            VenueReason.WouldTriggerAtOnce);
        Assert.Contains(bench.Commands(), c => c.Id.Role == OrderRole.Exit && c.ReduceOnly);
    }

    [Fact]
    public void An_unknown_stop_counts_as_none_and_when_both_turn_up_the_older_goes_I12()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        OrderCommand first = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Report(AccountEventKind.Unknown, in first);
        OrderCommand second = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(second);
        bench.Report(AccountEventKind.OrderOpen, in first);
        Assert.Equal(first.Id, bench.One(CommandKind.Cancel, OrderRole.Stop).Id);
    }

    [Fact]
    public void Beyond_the_grace_entries_stop_and_the_ladder_runs_again_I1()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        bench.Commands();
        bench.Wait(5 * Second);
        Assert.False(bench.Stage.ProtectionOverdue);
        bench.Wait(200);
        Assert.True(bench.Stage.ProtectionOverdue);
        Assert.True(bench.Stage.UnprotectedNsMax > 5 * ProtectionBench.Second);
        OrderCommand again = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal(1, again.Id.Revision);
        bench.Prove(again);
        bench.Wait(100);
        Assert.False(bench.Stage.ProtectionOverdue);
        long total = bench.Stage.UnprotectedNsTotal;
        bench.Wait(Second);
        Assert.Equal(total, bench.Stage.UnprotectedNsTotal);
    }

    [Fact]
    public void A_stop_the_venue_removed_is_placed_again_at_once_I1()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.SelfTrade);
        Assert.Equal(1, bench.One(CommandKind.Place, OrderRole.Stop).Id.Revision);
        Assert.Equal(1, bench.Stage.Counters.StopsRemoved);
    }

    [Fact]
    public void A_stop_that_fired_in_part_is_followed_by_an_exit_and_by_another_stop_I1()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Fill(stop, 4, 9_850);
        bench.Commands();
        bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.PriceProtection, cumulative: 4);
        Assert.Equal(PositionState.StopFiredIncomplete, bench.State);
        OrderCommand[] commands = bench.Commands();
        OrderCommand exit = Assert.Single(commands, c => c.Id.Role == OrderRole.Exit);
        Assert.Equal(6, exit.Quantity);
        Assert.Contains(commands, c => c.Id.Role == OrderRole.Stop && c.Kind == CommandKind.Place && c.Quantity == 6);
        bench.Fill(exit, 6, 9_800);
        Assert.Equal((PositionState.Flat, 0L), (bench.State, bench.Quantity));
    }
}
