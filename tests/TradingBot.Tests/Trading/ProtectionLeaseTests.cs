using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>An account owned for a while: entries end before the lease does, protection does not.</summary>
public sealed class ProtectionLeaseTests
{
    private const long Second = ProtectionBench.Second;

    [Fact]
    public void An_entry_may_not_outlive_the_lease_and_none_is_sent_in_its_last_second_I13()
    {
        ProtectionBench bench = new();
        Lease(bench, bench.NowNs + (4 * Second));
        bench.Approve();
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal(bench.NowNs + (3 * Second), entry.DeadlineNs);
        bench.Report(AccountEventKind.Refused, in entry, VenueReason.Other);

        Lease(bench, bench.NowNs + Second);
        bench.Approve();
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.LeaseLapsed));

        Lease(bench, bench.NowNs + (30 * Second));
        bench.Approve();
        Assert.Equal(bench.NowNs + (5 * Second), bench.One(CommandKind.Place, OrderRole.Entry).DeadlineNs);
    }

    [Fact]
    public void A_lease_that_ran_out_takes_entries_back_and_leaves_stops_and_exits_I10_I13()
    {
        ProtectionBench bench = new();
        Lease(bench, bench.NowNs + (10 * Second));
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 3, 10_000);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        bench.Nothing();
        bench.Wait(9_000);
        OrderCommand cancel = bench.One(CommandKind.Cancel, OrderRole.Entry);
        Assert.Equal(entry.Id, cancel.Id);
        bench.Report(AccountEventKind.OrderClosed, in cancel);

        // What is open is looked after as ever: a stop that goes is replaced.
        bench.Report(AccountEventKind.OrderClosed, in stop);
        bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal(Side.Buy, bench.Stage.PositionOf(0).Quantity > 0 ? Side.Buy : Side.None);
    }

    private static void Lease(ProtectionBench bench, long untilNs) => bench.Report(
        new AccountRecord { Kind = AccountEventKind.Lease, InstrumentId = -1, TriggerPrice = untilNs });
}
