using System;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>A dry run decides and logs, and nothing but questions reaches the venue.</summary>
public sealed class DryRunTests
{
    [Fact]
    public void Signals_are_approved_logged_as_refused_and_no_order_ever_reaches_the_venue()
    {
        CircleOptions options = new()
        {
            DryRun = true,
            Mark = "dry-run:test",
            Venue = new VenueOptions { Activity = 12 },
        };
        using VirtualCircle circle = new(options);
        bool reached = circle.Run(TimeSpan.FromMinutes(5), () => circle.Venue.Oracle.LiveOrders.Count > 0);
        Assert.False(reached, "an order is live at the venue");
        CircleWorker worker = circle.Worker;
        Assert.Equal((0, 0L), (circle.Venue.Oracle.FillCount, worker.Orders));
        Assert.True(worker.Unsent > 0, "nothing was decided");
        Assert.True(worker.Protection.Ready, "reading the venue stopped too");
        circle.CrashAndRestart();
        IntentRecord[] commands = [.. circle.Recovered.Where(record => record.Kind == IntentRecordKind.Command)];
        Assert.NotEmpty(commands);
        Assert.Equal(worker.Intents, commands.LongCount(command => command.Command == CommandKind.Place));
        Assert.All(commands, command => Assert.Single(circle.Recovered, record =>
            record.Kind == IntentRecordKind.Outcome && record.Id == command.Id && record.Command == command.Command
            && record.Event == AccountEventKind.Refused));
    }

    [Fact]
    public void What_stands_at_the_venue_stays_as_it_is_whatever_the_dry_run_decides()
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        SimulatedKraken venue = new(options.Venue);
        using MemoryLogFile file = new();
        CircleWorker first = Start(options, venue, file, out VirtualWire wire);
        Run(first, wire, venue, seconds: 15);
        first.Operate(Enter(first, venue, percent: 101), venue.NowNs);
        Run(first, wire, venue, seconds: 20);
        // An entry far below the market rests: the next start wants it gone.
        OracleOrder[] before = [.. venue.Oracle.LiveOrders];
        Assert.Contains(before, order => order.Type == VenueOrderType.StopLoss);
        first.Vanish();

        using MemoryLogFile other = new();
        CircleWorker dry = Start(options with { DryRun = true, Mark = "dry-run:test" }, venue, other, out wire);
        Run(dry, wire, venue, seconds: 15);
        AccountRecord exit = new() { Kind = AccountEventKind.Exit, InstrumentId = dry.IdOf(Circles.Symbol) };
        dry.Operate(exit, venue.NowNs);
        Run(dry, wire, venue, seconds: 30);
        Assert.Equal(before, venue.Oracle.LiveOrders);
        Assert.Equal(Circles.Quantity, venue.Oracle.PositionLots(Circles.Symbol));
        Assert.InRange(dry.Unsent, 1, 1_000);
    }

    [Fact]
    public void Orders_left_at_the_venue_are_not_cancelled_and_the_worker_does_not_spin_on_it()
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        SimulatedKraken venue = new(options.Venue);
        using MemoryLogFile file = new();
        CircleWorker first = Start(options, venue, file, out VirtualWire wire);
        Run(first, wire, venue, seconds: 15);
        // Far below the market: it rests, and the next start wants it gone.
        first.Operate(Enter(first, venue, percent: 99), venue.NowNs);
        Run(first, wire, venue, seconds: 2);
        OracleOrder resting = Assert.Single(venue.Oracle.LiveOrders);
        first.Vanish();

        using MemoryLogFile other = new();
        CircleWorker dry = Start(options with { DryRun = true, Mark = "dry-run:test" }, venue, other, out wire);
        Run(dry, wire, venue, seconds: 60);
        Assert.Equal(resting, Assert.Single(venue.Oracle.LiveOrders));
        Assert.InRange(dry.Unsent, 1, 20);
    }

    private static CircleWorker Start(
        CircleOptions options, SimulatedKraken venue, MemoryLogFile file, out VirtualWire wire)
    {
        wire = new VirtualWire(venue);
        IntentLog log = IntentLog.Open(file, options.Mark, out _, out _)!;
        return new CircleWorker(options, wire, log, epoch: options.DryRun ? 2u : 1u, venue.NowNs);
    }

    private static AccountRecord Enter(CircleWorker worker, SimulatedKraken venue, int percent)
    {
        long price = venue.Oracle.LastPrice(Circles.Symbol);
        return new AccountRecord
        {
            Kind = AccountEventKind.Enter,
            InstrumentId = worker.IdOf(Circles.Symbol),
            Side = Market.Values.Side.Buy,
            Quantity = Circles.Quantity,
            QuantityDecimals = 4,
            Price = price * percent / 100,
            TriggerPrice = price * 95 / 100,
            PriceDecimals = 0,
        };
    }

    private static void Run(CircleWorker worker, VirtualWire wire, SimulatedKraken venue, int seconds)
    {
        long endNs = venue.NowNs + (seconds * 1_000_000_000L);
        while (true)
        {
            long dueNs = Math.Max(venue.NowNs, Math.Min(wire.NextDueNs, worker.NextDueNs));
            if (dueNs > endNs) return;
            venue.AdvanceTo(dueNs);
            worker.Step(dueNs);
        }
    }
}
