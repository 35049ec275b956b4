using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>What counts as evidence, and what only looks like it.</summary>
public sealed class ProtectionEvidenceTests
{
    private const int Second = 1_000;

    [Fact]
    public void An_order_absent_from_two_looks_ends_only_when_the_interval_lies_between_them_I11()
    {
        ProtectionBench bench = new();
        bench.Enter();
        bench.Wait(Second);
        bench.Complete();
        bench.Complete();
        bench.Wait(9 * Second);
        bench.Complete();
        Assert.Equal((PositionState.EntryPending, 0L), (bench.State, bench.Stage.Counters.Absences));
        bench.Wait(Second);
        bench.Complete();
        Assert.Equal((PositionState.Flat, 1L), (bench.State, bench.Stage.Counters.Absences));
    }

    [Theory]
    [InlineData(Side.Buy, 9_000)]
    [InlineData(Side.Buy, 11_000)]
    [InlineData(Side.Sell, 11_000)]
    public void Somebody_elses_stop_of_the_wrong_side_or_in_profit_covers_nothing_I1(Side side, long trigger)
    {
        ProtectionBench bench = new();
        bench.Report(AccountEventKind.SnapshotBegin, default);
        bench.Report(new AccountRecord
        {
            Kind = AccountEventKind.OrderOpen,
            VenueOrderHigh = 1,
            VenueOrderLow = 2,
            Quantity = 5,
            TriggerPrice = trigger,
            Type = OrderType.StopLoss,
            Side = side,
            ReduceOnly = true,
            Snapshot = true,
        });
        Shown(bench, 5);
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((Side.Sell, 5L, 9_800L), (stop.Side, stop.Quantity, stop.TriggerPrice));
        Assert.Equal(0, bench.Stage.PositionOf(0).Covered);
    }

    [Fact]
    public void While_protection_of_one_position_is_overdue_no_other_is_entered_I1()
    {
        ProtectionBench bench = new();
        int other = bench.Symbols.IdOf(Dialect.FuturesV1, "PF_ETHUSD"u8);
        bench.Fill(bench.Enter(), 10, 10_000);
        bench.Wait(5_200);
        bench.Commands();
        bench.Approve(instrument: other);
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.ProtectionOverdue));
    }

    [Fact]
    public void An_entry_of_an_earlier_epoch_is_cancelled_though_a_position_is_open_I10()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        OrderCommand entry = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(0, 4, OrderRole.Entry, 0),
            Type = OrderType.Limit,
            Side = Side.Buy,
            Quantity = 9,
            LimitPrice = 10_000,
        };
        bench.Complete(Completeness.Complete, 10, stop, entry);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
    }

    [Fact]
    public void A_position_somebody_else_reduces_gets_a_smaller_stop_I1()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(new AccountRecord
        {
            Kind = AccountEventKind.Fill,
            VenueOrderHigh = 9,
            ExecutionLow = 99,
            Side = Side.Sell,
            Quantity = 4,
            Price = 10_000,
        });
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((stop.Id, 6L), (amend.Id, amend.Quantity));
    }

    [Fact]
    public void A_stop_filled_in_part_is_amended_to_what_is_open_and_what_it_did_already_I1()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 6, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        bench.Fill(stop, 2, 9_850);
        bench.Nothing();
        bench.Fill(entry, 4, 10_000);
        Assert.Equal(10, bench.One(CommandKind.Amend, OrderRole.Stop).Quantity);
    }

    [Fact]
    public void An_amend_on_its_way_covers_no_more_than_was_proven_and_the_time_runs_I1()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 3, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        bench.Fill(entry, 7, 10_000);
        Assert.Equal(10, bench.One(CommandKind.Amend, OrderRole.Stop).Quantity);
        bench.Wait(5_200);
        Assert.Equal((3L, true), (bench.Stage.PositionOf(0).Covered, bench.Stage.ProtectionOverdue));
    }

    [Fact]
    public void A_late_report_does_not_revive_a_stop_that_ended_I1()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.SelfTrade);
        OrderCommand next = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Report(AccountEventKind.OrderOpen, in stop);
        Assert.Equal((PositionState.OpenUnprotected, 0L), (bench.State, bench.Stage.PositionOf(0).Covered));
        bench.Prove(next);
        bench.Nothing();
    }

    [Fact]
    public void An_order_that_comes_back_under_another_venue_id_is_the_same_order_I12()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        AccountRecord edited = new()
        {
            Kind = AccountEventKind.OrderOpen,
            Id = stop.Id,
            VenueOrderHigh = 5,
            VenueOrderLow = 6,
            Quantity = 10,
            TriggerPrice = stop.TriggerPrice,
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            ReduceOnly = true,
        };
        bench.Report(edited);
        bench.Nothing();
        Assert.Equal(10, bench.Stage.PositionOf(0).Covered);
        // News that names the venue's id alone is about it.
        bench.Report(edited with { Kind = AccountEventKind.OrderClosed, Id = default, Reason = VenueReason.SelfTrade });
        Assert.Equal(1, bench.One(CommandKind.Place, OrderRole.Stop).Id.Revision);
    }

    private static void Shown(ProtectionBench bench, long quantity) => bench.Report(new AccountRecord
    {
        Kind = AccountEventKind.Position,
        Quantity = quantity,
        Price = 10_000,
        Snapshot = true,
    });
}
