using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// What has taken stops away from bots before: halts, ends, restarts, looks that failed. Judged by the venue's own
/// truth at every step: once a position is covered it stays so.
/// </summary>
public sealed class LastGoodStopTests
{
    private static readonly AccountRecord Halt = new() { Kind = AccountEventKind.Halt, InstrumentId = -1 };

    [Fact]
    public void Twenty_restarts_in_five_minutes_never_cancel_the_last_good_stop_and_end_protect_only_I1_I12()
    {
        Random random = Seed.Random(20_261_130, "restart storm");
        using VirtualCircle circle = new(new CircleOptions { Limits = Circles.OperatorOnly, StartsMax = 3 });
        circle.Run(TimeSpan.FromSeconds(15));
        Cover(circle);
        string stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).VenueId;
        long began = circle.NowNs;
        for (int start = 0; start < 20; start++)
        {
            circle.CrashAndRestart(tornBytes: random.Next(200));
            // From before its socket is open to well behind its second look.
            RunCovered(circle, TimeSpan.FromMilliseconds(random.Next(0, 15_000)), $"start {start + 2}");
        }

        Assert.InRange(circle.NowNs - began, 0, 300_000_000_000);
        Assert.StartsWith("protect-only: 21 starts", circle.Worker.Halt!.Why, StringComparison.Ordinal);
        RunCovered(circle, TimeSpan.FromSeconds(60), "after the storm");
        Assert.Equal(Circles.Quantity, Circles.Position(circle));
        Assert.Equal(stop, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).VenueId);
    }

    [Fact]
    public void A_halt_at_any_moment_never_cancels_the_last_good_stop_I10_I12()
    {
        for (int boundary = 0; boundary < 20; boundary++)
        {
            using VirtualCircle circle = Circles.Quiet((ulong)(boundary + 1));
            Circles.Enter(circle);
            circle.Run(TimeSpan.FromMilliseconds(boundary * 40));
            circle.Worker.Operate(in Halt, circle.NowNs, "test");
            string where = $"halt after {boundary * 40} ms";
            if (Circles.Until(circle, () => Circles.Position(circle) != 0, 5))
            {
                Assert.True(Circles.Until(circle, () => HasStop(circle), 5), where + ": never covered");
            }

            RunCovered(circle, TimeSpan.FromSeconds(40), where);
        }
    }

    [Fact]
    public void The_end_of_a_run_takes_entries_back_by_id_and_leaves_stops_and_targets_I10_I12()
    {
        using VirtualCircle circle = Covered();
        Assert.True(Circles.Until(circle, () => Circles.Orders(circle, VenueOrderType.TakeProfit).Length == 1, 20));
        long ether = circle.Venue.Oracle.LastPrice("PF_ETHUSD") * 99 / 100;
        Circles.Script(
            circle, "at: 0s, do: enter, symbol: PF_ETHUSD, side: buy, type: limit, quantity: 0.5, limit_price: "
                + $"{ether / 10}.{ether % 10}, stop_price: {ether / 11}");
        circle.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(1, circle.Worker.Protection.EntriesAtWork);
        long commands = circle.Worker.Protection.Commands.Next;
        AccountRecord ending = new() { Kind = AccountEventKind.Ending, InstrumentId = -1 };
        circle.Worker.Operate(in ending, circle.NowNs);
        RunCovered(circle, TimeSpan.FromSeconds(3), "the end");
        Assert.Equal(0, circle.Worker.Protection.EntriesAtWork);
        OrderCommand[] sent = [.. Enumerable.Range(0, (int)(circle.Worker.Protection.Commands.Next - commands))
            .Select(i => circle.Worker.Protection.Commands[commands + i]).Where(c => c.Kind != CommandKind.Snapshot)];
        OrderCommand cancel = Assert.Single(sent);
        Assert.Equal((CommandKind.Cancel, OrderRole.Entry), (cancel.Kind, cancel.Id.Role));
        Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Single(Circles.Orders(circle, VenueOrderType.TakeProfit));
        // It is the run's end and no halt: the next start trades.
        circle.CrashAndRestart();
        Assert.Null(circle.Worker.Halt);
    }

    [Fact]
    public void Looks_that_are_partial_failed_late_or_cut_off_never_cancel_the_last_good_stop_I11_I12()
    {
        Random random = Seed.Random(20_261_131, "looks that fail");
        for (int run = 0; run < Seed.Count(ci: 4, full: 40); run++)
        {
            FaultPlan faults = new((ulong)random.Next());
            using VirtualCircle circle = Covered(new VenueOptions { Faults = faults });
            // Every third look ends with a lost socket, every token call may be a web page, answers come late.
            faults.At(VenueFault.ClosePrivate, 200_000);
            faults.At(VenueFault.CloseOnOpen, 300_000);
            faults.At(VenueFault.RestHtml, 300_000);
            faults.At(VenueFault.DelayReply, 300_000);
            faults.At(VenueFault.RepeatExecutions, 300_000);
            for (int i = 0; i < 10; i++)
            {
                if (i % 3 == 2) circle.CrashAndRestart(random.Next(100));
                RunCovered(circle, TimeSpan.FromSeconds(random.Next(1, 30)), $"run {run}, part {i}");
            }

            Assert.Equal(Circles.Quantity, Circles.Position(circle));
        }
    }

    [Fact]
    public void Flatten_is_the_operators_alone_halts_first_and_closes_each_position_reduce_only_I10()
    {
        using VirtualCircle circle = Covered();
        Assert.Equal("wrong_account", circle.Worker.Flatten("other", true, "test", circle.NowNs, out _));
        Assert.Equal("", circle.Worker.Flatten("simulated", false, "test", circle.NowNs, out List<string> open));
        Assert.Equal(["sell 0.02 PF_XBTUSD"], open);
        circle.Run(TimeSpan.FromSeconds(5));
        Assert.Equal((Circles.Quantity, null), (Circles.Position(circle), circle.Worker.Halt));

        Assert.Equal("", circle.Worker.Flatten("simulated", true, "test", circle.NowNs, out open));
        Assert.Equal("flatten: test", circle.Worker.Halt!.Why);
        Circles.Enter(circle);
        bool flat = Circles.Until(circle, () => Circles.Position(circle) == 0, 20);
        Assert.True(flat, "not closed");
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal((0L, 1L), (Circles.Position(circle), circle.Worker.Entries));
        Assert.DoesNotContain(circle.Venue.Oracle.LiveOrders, order => order.Symbol == Circles.Symbol);
        // A start that has not looked yet does not know what there is: that is not nothing.
        circle.CrashAndRestart();
        Assert.Equal("not_ready", circle.Worker.Flatten("simulated", true, "test", circle.NowNs, out _));
    }

    private static VirtualCircle Covered(VenueOptions? venue = null)
    {
        VirtualCircle circle = Circles.Quiet(venue: venue);
        Cover(circle);
        return circle;
    }

    private static void Cover(VirtualCircle circle)
    {
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == Circles.Quantity, 10), "no fill");
        Assert.True(Circles.Until(circle, () => HasStop(circle), 10), "no stop");
        circle.Run(TimeSpan.FromSeconds(1));
    }

    private static bool HasStop(VirtualCircle circle) =>
        Circles.Orders(circle, VenueOrderType.StopLoss).Length > 0 && Circles.IsProtected(circle);

    /// <summary>Runs, and fails at the first moment without a stop.</summary>
    private static void RunCovered(VirtualCircle circle, TimeSpan time, string where) => circle.Run(time, () =>
    {
        bool covered = Circles.Position(circle) == 0 || Circles.IsProtected(circle);
        Assert.True(covered, where + ": the stop is gone");
        return false;
    });
}
