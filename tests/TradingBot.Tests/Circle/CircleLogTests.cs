using System;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>What the intent log of the circle holds after the power was cut.</summary>
public sealed class CircleLogTests
{
    [Fact]
    public void Every_command_its_outcome_and_the_fills_are_durable_before_anything_else_happens_I2()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        circle.CrashAndRestart();
        IntentRecord[] commands = [.. circle.Recovered.Where(record => record.Kind == IntentRecordKind.Command)];
        Assert.Contains(commands, record => record.Id.Role == OrderRole.Stop);
        foreach (IntentRecord command in commands)
        {
            Assert.Contains(circle.Recovered, record => record.Kind == IntentRecordKind.Outcome
                && record.Id == command.Id && record.Command == command.Command);
        }

        long filled = circle.Recovered.Where(record => record.Kind == IntentRecordKind.Fill)
            .Sum(record => record.Quantity * Pow10.Of(4 - record.QuantityDecimals));
        Assert.Equal(Circles.Quantity, filled);
    }

    [Fact]
    public void Each_start_is_an_epoch_of_its_own_though_nothing_was_done_in_it_I13()
    {
        using VirtualCircle circle = new(new CircleOptions());
        circle.CrashAndRestart();
        circle.CrashAndRestart();
        Assert.Equal(3u, circle.Worker.Epoch);
        Assert.Equal([1u, 2u], circle.Recovered.Select(record => record.Epoch));
    }

    [Fact]
    public void With_room_for_protection_alone_no_entry_leaves_I2()
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        SimulatedKraken venue = new(options.Venue);
        using MemoryLogFile file = new();
        // Room for the header and the record of the epoch.
        long capacity = IntentLog.ReservedBytes + (2 * IntentRecord.Bytes);
        IntentLog log = IntentLog.Open(file, options.Mark, out _, out _, capacity)!;
        VirtualWire wire = new(venue);
        CircleWorker worker = new(options, wire, log, epoch: 1, venue.NowNs);
        Run(worker, venue, wire, seconds: 15);
        Assert.True(worker.Protection.Ready && log.OnlyProtection);
        AccountRecord enter = new()
        {
            Kind = AccountEventKind.Enter,
            InstrumentId = worker.IdOf(Circles.Symbol),
            Side = Side.Buy,
            Quantity = Circles.Quantity,
            QuantityDecimals = 4,
            Price = venue.Oracle.LastPrice(Circles.Symbol) * 101 / 100,
            TriggerPrice = venue.Oracle.LastPrice(Circles.Symbol) * 98 / 100,
        };
        worker.Operate(in enter, venue.NowNs);
        Run(worker, venue, wire, seconds: 10);
        long written = worker.Protection.Commands.Next - worker.Protection.Counters.Snapshots;
        Assert.Equal((1L, 0L), (written, worker.Intents));
        Assert.Equal(0, venue.Oracle.PositionLots(Circles.Symbol));
    }

    private static void Run(CircleWorker worker, SimulatedKraken venue, VirtualWire wire, int seconds)
    {
        long endNs = venue.NowNs + (seconds * 1_000_000_000L);
        while (Math.Min(wire.NextDueNs, worker.NextDueNs) <= endNs)
        {
            long dueNs = Math.Max(venue.NowNs, Math.Min(wire.NextDueNs, worker.NextDueNs));
            venue.AdvanceTo(dueNs);
            worker.Step(dueNs);
        }
    }
}
