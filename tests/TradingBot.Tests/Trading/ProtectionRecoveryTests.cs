using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

public sealed class ProtectionRecoveryTests
{
    private const int Second = 1_000;

    [Fact]
    public void An_unknown_entry_closes_its_instrument_until_two_snapshots_agree_it_was_never_placed_I3_I11()
    {
        ProtectionBench bench = new();
        bench.Approve();
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Report(AccountEventKind.Unknown, in entry);
        bench.Approve();
        Assert.Equal(1, bench.Refused(EntryRefusal.OutcomeUnknown));
        bench.Wait(2_200);
        Assert.Equal(CommandKind.Snapshot, Assert.Single(bench.Commands()).Kind);
        bench.Wait(10 * Second);
        Assert.Equal(CommandKind.Snapshot, Assert.Single(bench.Commands()).Kind);
        bench.Complete();
        bench.Wait(20 * Second);
        bench.Complete();
        Assert.Equal(PositionState.EntryPending, bench.State);
        bench.Wait(30 * Second);
        bench.Complete(Completeness.Partial);
        bench.Complete();
        bench.Wait(11 * Second);
        bench.Complete(Completeness.Failed);
        Assert.Equal(PositionState.EntryPending, bench.State);
        bench.Complete();
        Assert.Equal((PositionState.Flat, 1L), (bench.State, bench.Stage.Counters.Absences));
        bench.Approve();
        Assert.Equal(1, bench.One(CommandKind.Place, OrderRole.Entry).Id.Intent);
    }

    [Fact]
    public void A_fill_is_positive_evidence_of_an_unknown_entry_I3()
    {
        ProtectionBench bench = new();
        bench.Approve();
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Report(AccountEventKind.Unknown, in entry);
        bench.Fill(entry, 2, 10_000);
        Assert.Equal(2, bench.One(CommandKind.Place, OrderRole.Stop).Quantity);
    }

    [Fact]
    public void When_flat_what_remains_of_the_intent_is_cancelled_I12()
    {
        ProtectionBench bench = new(new ProtectionOptions());
        bench.Fill(bench.Enter(), 10, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        OrderCommand target = bench.One(CommandKind.Place, OrderRole.TakeProfit);
        Assert.Equal((OrderType.TakeProfit, 10_300L, 10L, true), (target.Type, target.TriggerPrice, target.Quantity,
            target.ReduceOnly));
        bench.Prove(target);
        bench.Fill(target, 10, 10_300);
        Assert.Equal(stop.Id, bench.One(CommandKind.Cancel, OrderRole.Stop).Id);
        bench.Report(AccountEventKind.OrderClosed, in stop);
        bench.Approve();
        bench.One(CommandKind.Place, OrderRole.Entry);
    }

    [Fact]
    public void A_position_nobody_here_opened_is_protected_on_a_complete_snapshot_I11()
    {
        ProtectionBench bench = new();
        bench.Complete(Completeness.Partial, -5);
        bench.Nothing();
        bench.Complete(Completeness.Complete, -5);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((Side.Buy, 5L, 10_200L), (stop.Side, stop.Quantity, stop.TriggerPrice));
        Assert.Equal(1, bench.Stage.Counters.PositionsAdopted);
    }

    [Fact]
    public void Somebody_elses_stop_of_the_right_side_covers_I11()
    {
        ProtectionBench bench = new();
        bench.Report(AccountEventKind.SnapshotBegin, default);
        AccountRecord stop = new()
        {
            Kind = AccountEventKind.OrderOpen,
            VenueOrderHigh = 1,
            VenueOrderLow = 2,
            Quantity = 5,
            TriggerPrice = 9_000,
            Type = OrderType.StopLoss,
            Side = Side.Sell,
            ReduceOnly = true,
            Snapshot = true,
        };
        bench.Report(stop);
        bench.Report(new AccountRecord
        {
            Kind = AccountEventKind.Position,
            Quantity = 5,
            Price = 10_000,
            Snapshot = true,
        });
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
        bench.Nothing();
        Assert.Equal(PositionState.Guarded, bench.State);
    }

    [Fact]
    public void A_position_absent_from_two_complete_snapshots_is_closed_I11()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Complete(Completeness.Complete, 0, stop);
        bench.Complete(Completeness.Complete, 0, stop);
        Assert.Equal(10, bench.Quantity);
        bench.Wait(10 * Second);
        bench.Complete(Completeness.Failed);
        Assert.Equal(10, bench.Quantity);
        bench.Complete(Completeness.Complete, 0, stop);
        Assert.Equal((0L, PositionState.Flat), (bench.Quantity, bench.State));
    }

    [Fact]
    public void No_entry_before_the_first_complete_snapshot_and_none_while_the_lane_is_down_I11()
    {
        ProtectionBench bench = new(ready: false);
        bench.Report(AccountEventKind.LaneUp, default);
        bench.Approve();
        Assert.Equal(1, bench.Refused(EntryRefusal.NotReconciled));
        bench.Complete();
        Assert.True(bench.Stage.Ready);
        bench.Report(AccountEventKind.LaneDown, default);
        bench.Approve();
        Assert.Equal(2, bench.Refused(EntryRefusal.NotReconciled));
    }

    [Fact]
    public void Halted_means_no_entries_but_exits_and_stops_go_on_I10()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Report(AccountEventKind.Halt, default);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
        bench.Fill(entry, 4, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        bench.Report(AccountEventKind.Exit, default);
        OrderCommand[] commands = bench.Commands();
        OrderCommand exit = Assert.Single(commands, c => c.Id.Role == OrderRole.Exit);
        Assert.DoesNotContain(commands, c => c.Id == stop.Id);
        bench.Fill(exit, 4, 10_000);
        bench.Report(AccountEventKind.OrderClosed, in entry, cumulative: 4);
        bench.Report(AccountEventKind.OrderClosed, in stop);
        bench.Approve();
        Assert.Equal(1, bench.Refused(EntryRefusal.Halted));
        bench.Report(AccountEventKind.Resume, default);
        bench.Approve();
        Assert.Equal(2, bench.Refused(EntryRefusal.None));
    }

    [Fact]
    public void A_stop_moves_towards_less_risk_alone_and_a_refusal_says_why()
    {
        ProtectionBench bench = new();
        Assert.Equal(ActRefusal.NothingOpen, Move(9_900));
        bench.Guarded();
        bench.Book(9_999, 10_001);
        Assert.Equal(ActRefusal.LoosensProtection, Move(9_800));
        Assert.Equal(ActRefusal.LoosensProtection, Move(9_800, VenueReason.UserRequested));
        Assert.Equal(ActRefusal.ThroughMarket, Move(10_100));
        Assert.Equal(ActRefusal.Unusable, Move(0));
        bench.Nothing();
        Assert.Equal(5, bench.Stage.Counters.MovesRefused);
        Assert.Equal(ActRefusal.None, Move(9_900));
        OrderCommand amend = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal(9_900, amend.TriggerPrice);
        bench.Prove(amend);
        Assert.Equal(ActRefusal.LoosensProtection, Move(9_899));
        Assert.Equal(ActRefusal.None, Move(9_900));
        bench.Nothing();

        ActRefusal Move(long trigger, VenueReason reason = VenueReason.None)
        {
            bench.Report(new AccountRecord
            {
                Kind = AccountEventKind.MoveStop,
                TriggerPrice = trigger,
                Reason = reason,
            });
            return bench.Stage.OperatorAct;
        }
    }

    [Fact]
    public void An_exit_of_nothing_is_refused_and_says_so()
    {
        ProtectionBench bench = new();
        bench.Report(new AccountRecord { Kind = AccountEventKind.Exit });
        Assert.Equal(ActRefusal.NothingOpen, bench.Stage.OperatorAct);
        bench.Guarded();
        bench.Report(new AccountRecord { Kind = AccountEventKind.Exit });
        Assert.Equal(ActRefusal.None, bench.Stage.OperatorAct);
        Assert.Equal(10, bench.One(CommandKind.Place, OrderRole.Exit).Quantity);
    }

    [Fact]
    public void The_operators_entry_meets_the_same_refusals_and_its_own()
    {
        ProtectionBench bench = new();
        Assert.Equal(EntryRefusal.Unusable, Enter(9_700));
        bench.Book(9_999, 10_001);
        Assert.Equal(EntryRefusal.StopNotBehind, Enter(10_100));
        Assert.Equal(EntryRefusal.TargetNotBeyond, Enter(9_700, 9_990));
        Assert.Equal(EntryRefusal.None, Enter(9_700));
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal((OrderType.Market, 9_700L), (entry.Type, entry.PlannedStop));
        Assert.Equal(EntryRefusal.Occupied, Enter(9_700));

        EntryRefusal Enter(long stop, long target = 0)
        {
            if (target > 0)
            {
                bench.Report(new AccountRecord { Kind = AccountEventKind.Target, TriggerPrice = target });
            }

            bench.Ask(quantity: 3, limit: 0, stop);
            return bench.Stage.OperatorEntry;
        }
    }

    [Fact]
    public void An_entry_lapses_and_is_cancelled_I10()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Wait(29 * Second);
        bench.Nothing();
        bench.Wait(1_100);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
    }

    [Fact]
    public void A_stop_fill_that_overtakes_the_entrys_opens_nothing_I7()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 4, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        bench.Fill(stop with { Quantity = 10 }, 10, 9_850);
        Assert.Equal(-6, bench.Quantity);
        bench.Fill(entry, 6, 10_000);
        Assert.Equal((0L, PositionState.Flat, false), (bench.Quantity, bench.State,
            bench.Stage.PositionOf(0).Quarantined));
    }

    [Fact]
    public void A_position_that_flips_is_quarantined_and_still_protected_I1()
    {
        ProtectionBench bench = new();
        bench.Guarded();
        bench.Report(new AccountRecord
        {
            Kind = AccountEventKind.Fill,
            VenueOrderHigh = 9,
            ExecutionLow = 99,
            Side = Side.Sell,
            Quantity = 15,
            Price = 10_000,
        });
        Assert.True(bench.Stage.PositionOf(0).Quarantined);
        Assert.Contains(bench.Commands(),
            c => c.Kind == CommandKind.Place && c.Type == OrderType.StopLoss && c.Side == Side.Buy && c.Quantity == 5);
    }

    [Fact]
    public void The_table_answers_every_state_and_input()
    {
        int legal = 0;
        for (int state = 0; state < PositionTransitions.States; state++)
        {
            for (int input = 0; input < PositionTransitions.Inputs; input++)
            {
                bool known = PositionTransitions.TryNext((PositionState)state, (PositionInput)input,
                    out PositionState next);
                if (known) legal++;
                else Assert.Equal((PositionState)state, next);
            }

            Assert.False(PositionTransitions.TryNext((PositionState)state, PositionInput.Flipped, out _));
        }

        Assert.Equal(84, legal);
    }
}
