using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>A start beside an account that has a past: the venue tells its last trades only.</summary>
public sealed class ProtectionFirstLookTests
{
    private const int Second = 1_000;

    [Fact]
    public void The_first_look_protects_what_it_shows_though_the_trades_it_tells_are_the_last_ones_only_I1_I11()
    {
        ProtectionBench bench = new(ready: false);
        bench.Report(AccountEventKind.SnapshotBegin, default);
        Told(bench, Side.Sell, 3);
        Shown(bench, 5);
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
        bench.Report(AccountEventKind.LaneUp, default);
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        Assert.Equal((Side.Sell, 5L), (stop.Side, stop.Quantity));
        Assert.False(bench.Stage.PositionOf(0).Quarantined);
    }

    [Fact]
    public void The_first_look_protects_a_position_whose_entry_of_an_earlier_epoch_still_rests_I1()
    {
        ProtectionBench bench = new(ready: false);
        OrderCommand entry = new()
        {
            Kind = CommandKind.Place,
            Id = ClientOrderId.Of(0, 4, OrderRole.Entry, 0),
            Type = OrderType.Limit,
            Side = Side.Buy,
            Quantity = 9,
            LimitPrice = 10_000,
        };
        bench.Complete(Completeness.Complete, 5, entry);
        bench.Report(AccountEventKind.LaneUp, default);
        OrderCommand[] commands = bench.Commands();
        Assert.Contains(commands, c => c.Kind == CommandKind.Cancel && c.Id == entry.Id);
        Assert.Contains(commands, c => c.Kind == CommandKind.Place && c.Id.Role == OrderRole.Stop && c.Quantity == 5);
    }

    [Fact]
    public void What_the_first_look_does_not_show_waits_for_the_second_I11()
    {
        ProtectionBench bench = new(ready: false);
        bench.Report(AccountEventKind.SnapshotBegin, default);
        Told(bench, Side.Buy, 8);
        Shown(bench, 5);
        bench.Report(new AccountRecord { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Complete });
        bench.Report(AccountEventKind.LaneUp, default);
        Assert.Equal(8, bench.One(CommandKind.Place, OrderRole.Stop).Quantity);
        bench.Wait(10 * Second);
        bench.Complete(Completeness.Complete, 5);
        Assert.Equal(5, bench.Quantity);
    }

    private static void Told(ProtectionBench bench, Side side, long quantity) => bench.Report(new AccountRecord
    {
        Kind = AccountEventKind.Fill,
        VenueOrderHigh = 9,
        ExecutionLow = 99,
        Side = side,
        Quantity = quantity,
        Price = 10_000,
        Snapshot = true,
    });

    private static void Shown(ProtectionBench bench, long quantity) => bench.Report(new AccountRecord
    {
        Kind = AccountEventKind.Position,
        Quantity = quantity,
        Price = 10_000,
        Snapshot = true,
    });
}
