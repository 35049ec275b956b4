using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>Somebody else on the account: a hand at the venue's page, the venue itself, a second worker.</summary>
public sealed class ProtectionOthersTests
{
    private const int Second = 1_000;

    [Fact]
    public void Somebody_elses_stop_is_left_alone_and_completed_and_the_complement_grows_when_it_goes_I1()
    {
        ProtectionBench bench = new();
        Look(bench, 10, Foreign(4, 9_700));
        OrderCommand complement = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal(6, complement.Quantity);
        bench.Prove(complement);
        Assert.Equal((PositionState.Guarded, 10L), (bench.State, bench.Stage.PositionOf(0).Covered));
        bench.Nothing();
        AccountRecord gone = Foreign(4, 9_700) with { Kind = AccountEventKind.OrderClosed };
        bench.Report(gone with { Reason = VenueReason.UserRequested });
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((complement.Id, 10L), (amend.Id, amend.Quantity));
    }

    [Fact]
    public void Somebody_elses_stop_moved_into_profit_counts_while_the_market_is_beyond_it_I1()
    {
        ProtectionBench bench = new();
        bench.Book(11_999, 12_001);
        Look(bench, 10, Foreign(10, 11_000));
        bench.Nothing();
        Assert.Equal(PositionState.Guarded, bench.State);
    }

    [Fact]
    public void A_stop_beyond_liquidation_covers_nothing_and_the_planned_one_keeps_its_distance_I1()
    {
        // Liquidation at 985.0: 1.5 % above it is 999.8, which lies behind the market; 2 % below entry does not.
        ProtectionBench bench = new();
        bench.Book(10_099, 10_101);
        Look(bench, 10, Foreign(10, 9_840), liquidation: 9_850);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((10L, 9_998L), (stop.Quantity, stop.TriggerPrice));
        Assert.Equal(0, bench.Stage.PositionOf(0).Covered);
        bench.Prove(stop);
        Assert.Equal(10, bench.Stage.PositionOf(0).Covered);
    }

    [Fact]
    public void A_position_so_near_to_liquidation_that_no_stop_can_exist_is_closed_alone_I1()
    {
        ProtectionBench bench = new();
        bench.Book(9_899, 9_901);
        Look(bench, 10, liquidation: 9_850);
        OrderCommand exit = Assert.Single(bench.Commands(), c => c.Id.Role == OrderRole.Exit);
        Assert.Equal((10L, true), (exit.Quantity, exit.ReduceOnly));
    }

    [Fact]
    public void A_price_of_liquidation_that_makes_no_sense_changes_nothing()
    {
        ProtectionBench bench = new();
        bench.Book(9_999, 10_001);
        Look(bench, 10, liquidation: 11_000);
        Assert.Equal(9_800, bench.One(CommandKind.Place, OrderRole.Stop).TriggerPrice);
    }

    [Fact]
    public void A_stop_removed_by_others_is_replaced_each_time_and_the_third_within_ten_minutes_halts_entries_I1_I12()
    {
        ProtectionBench bench = new();
        (OrderCommand entry, OrderCommand stop) = bench.Guarded();
        bench.Report(AccountEventKind.OrderClosed, in entry, cumulative: 10);
        for (int removal = 1; removal <= 4; removal++)
        {
            bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.UserRequested);
            stop = bench.One(CommandKind.Place, OrderRole.Stop);
            bench.Prove(stop);
            bool halts = removal >= 3;
            Assert.Equal((halts, halts ? OwnHalt.StopsRemoved : OwnHalt.None), (bench.Stage.Halted,
                bench.Stage.OwnHalt));
            bench.Wait(60 * Second);
            bench.Complete(Completeness.Complete, 10, stop);
            bench.Commands();
        }

        bench.Report(new AccountRecord { Kind = AccountEventKind.Resume, InstrumentId = -1 });
        Assert.Equal((false, OwnHalt.None), (bench.Stage.Halted, bench.Stage.OwnHalt));
    }

    [Fact]
    public void Three_stops_removed_over_more_than_ten_minutes_halt_nothing()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        for (int removal = 1; removal <= 3; removal++)
        {
            bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.UserRequested);
            stop = bench.One(CommandKind.Place, OrderRole.Stop);
            bench.Prove(stop);
            for (int part = 0; part < 5; part++)
            {
                bench.Wait(61 * Second);
                bench.Complete(Completeness.Complete, 10, stop);
            }

            bench.Commands();
        }

        Assert.False(bench.Stage.Halted);
    }

    [Fact]
    public void A_position_turned_over_by_hand_gets_a_stop_of_the_other_side_and_the_old_targets_go_I1()
    {
        ProtectionBench bench = new(new ProtectionOptions());
        bench.Fill(bench.Enter(), 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        OrderCommand target = bench.One(CommandKind.Place, OrderRole.TakeProfit);
        bench.Prove(target);
        bench.Report(ByHand(Side.Sell, 15));
        OrderCommand[] commands = bench.Commands();
        Assert.Contains(commands, c => c.Kind == CommandKind.Cancel && c.Id == target.Id);
        OrderCommand stop = Assert.Single(
            commands, c => c.Kind == CommandKind.Place && c.Id.Role == OrderRole.Stop);
        Assert.Equal((Side.Buy, 5L), (stop.Side, stop.Quantity));
        Assert.True(bench.Stage.PositionOf(0).Quarantined);
    }

    [Fact]
    public void After_a_partial_liquidation_the_stop_shrinks_to_what_is_left_I1()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(ByHand(Side.Sell, 7));
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((stop.Id, 3L), (amend.Id, amend.Quantity));
        Assert.False(bench.Stage.PositionOf(0).Quarantined);
    }

    [Fact]
    public void News_of_an_order_in_our_form_that_we_cannot_have_sent_halts_entries_at_once_I13()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        OrderCommand strange = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(1, 77, OrderRole.Entry, 0),
            Type = OrderType.Limit,
            Side = Side.Buy,
            Quantity = 3,
            LimitPrice = 9_000,
        };
        bench.Report(AccountEventKind.OrderOpen, in strange);
        Assert.Equal((true, OwnHalt.AnotherOwner), (bench.Stage.Halted, bench.Stage.OwnHalt));
        Assert.DoesNotContain(bench.Commands(), c => c.Id == stop.Id);
        Assert.Equal(10, bench.Stage.PositionOf(0).Covered);
    }

    [Fact]
    public void What_a_snapshot_shows_of_a_log_that_was_lost_is_adopted_and_no_second_owner_I13()
    {
        ProtectionBench bench = new(ready: false);
        OrderCommand old = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(900, 77, OrderRole.Stop, 0),
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            Quantity = 10,
            TriggerPrice = 9_700,
            ReduceOnly = true,
        };
        bench.Complete(Completeness.Complete, 10, old);
        bench.Report(AccountEventKind.LaneUp, default);
        bench.Nothing();
        Assert.Equal((false, PositionState.Guarded), (bench.Stage.Halted, bench.State));
    }

    [Fact]
    public void A_stop_of_ours_beside_a_position_we_do_not_know_yet_is_not_cleaned_up_I12()
    {
        ProtectionBench bench = new();
        OrderCommand stop = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(0, 5, OrderRole.Stop, 0),
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            Quantity = 10,
            TriggerPrice = 9_700,
            ReduceOnly = true,
        };
        bench.Complete(Completeness.Complete, 10, stop);
        bench.Nothing();
        bench.Wait(10 * Second);
        bench.Complete(Completeness.Complete, 10, stop);
        bench.Nothing();
        Assert.Equal(PositionState.Guarded, bench.State);
    }

    [Fact]
    public void Ids_of_a_lost_log_of_the_same_epoch_are_not_given_again_I13()
    {
        ProtectionBench bench = new();
        OrderCommand old = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(1, 40, OrderRole.Stop, 0),
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            Quantity = 4,
            TriggerPrice = 9_700,
            ReduceOnly = true,
        };
        bench.Complete(Completeness.Complete, 10, old);
        bench.Wait(10 * Second);
        bench.Complete(Completeness.Complete, 10, old);
        bench.Commands();
        bench.Report(AccountEventKind.Exit, default);
        Assert.True(bench.One(CommandKind.Place, OrderRole.Exit).Id.Intent > 40);
    }

    private static AccountRecord Foreign(long quantity, long trigger) => new()
    {
        Kind = AccountEventKind.OrderOpen,
        VenueOrderHigh = 1,
        VenueOrderLow = 2,
        Quantity = quantity,
        TriggerPrice = trigger,
        Type = OrderType.StopLoss,
        Side = Side.Sell,
        ReduceOnly = true,
    };

    private static AccountRecord ByHand(Side side, long quantity) => new()
    {
        Kind = AccountEventKind.Fill,
        VenueOrderHigh = 9,
        ExecutionLow = 99,
        Side = side,
        Quantity = quantity,
        Price = 10_000,
    };

    private static void Look(ProtectionBench bench, long position, AccountRecord? stop = null, long liquidation = 0)
    {
        bench.Report(AccountEventKind.SnapshotBegin, default);
        if (stop is { } order) bench.Report(order with { Snapshot = true });
        bench.Report(new AccountRecord
        {
            Kind = AccountEventKind.Position,
            Quantity = position,
            Price = 10_000,
            TriggerPrice = liquidation,
            Snapshot = true,
        });
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
    }
}
