using System;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>The worker dies at any moment and starts again: starting and recovering are one path.</summary>
public sealed class CircleCrashTests
{
    [Fact]
    public void The_same_options_give_the_same_commands_and_state_with_faults_and_crashes_I5()
    {
        Assert.Equal(Run(7), Run(7));
        Assert.NotEqual(Run(7), Run(8));

        static (ulong, string) Run(ulong seed)
        {
            FaultPlan faults = new(seed);
            foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, 20_000);
            VenueOptions venue = new() { Seed = seed, Faults = faults };
            using VirtualCircle circle = new(new CircleOptions { Venue = venue });
            circle.Run(TimeSpan.FromMinutes(10));
            circle.CrashAndRestart(tornBytes: 100);
            circle.Run(TimeSpan.FromMinutes(10));
            return (circle.Worker.CommandHash, StateHash.Of(circle.Worker.Engine));
        }
    }

    [Fact]
    public void A_crash_between_intent_and_acknowledgement_neither_loses_nor_doubles_the_entry_I2_I3()
    {
        Random random = Seed.Random(20261124, "crash in flight");
        int runs = Seed.Count(ci: 12, full: 60);
        for (int run = 0; run < runs; run++)
        {
            using VirtualCircle circle = Circles.Quiet((ulong)random.Next(1, 1_000));
            Circles.Enter(circle);
            Assert.True(Circles.Until(circle, () => circle.Worker.Entries == 1, 5));
            // Within the latency of the wire: before the venue has it, before the answer, before or after the fill.
            circle.Run(TimeSpan.FromMilliseconds(random.Next(0, 200)));
            circle.CrashAndRestart(random.Next(0, 2) * random.Next(200));
            Assert.Contains(circle.Recovered, IsEntry);
            circle.Run(TimeSpan.FromSeconds(15));
            AssertSound(circle, $"run {run}");
            circle.Run(TimeSpan.FromSeconds(120));
            long lots = Circles.Position(circle);
            Assert.True(lots is 0 or Circles.Quantity, $"run {run}: {lots} lots");
            Assert.True(Circles.Orders(circle, VenueOrderType.StopLoss).Length <= 1, $"run {run}: doubled stops");
            AssertSound(circle, $"run {run}");
        }
    }

    [Fact]
    public void Crashes_at_random_moments_leave_no_position_unprotected_beyond_the_bound_I1()
    {
        Random random = Seed.Random(99, "random crashes");
        CircleOptions options = new() { Venue = new VenueOptions { Seed = 5 } };
        using VirtualCircle circle = new(options);
        int crashes = Seed.Count(ci: 12, full: 200);
        for (int i = 0; i < crashes; i++)
        {
            circle.Run(TimeSpan.FromMilliseconds(random.Next(1, 240_000)));
            circle.CrashAndRestart(random.Next(300));
            circle.Run(TimeSpan.FromSeconds(15));
            AssertSound(circle, $"crash {i}");
        }

        Assert.True(circle.Venue.Oracle.FillCount > 1, "nothing was traded");
        Assert.Equal((uint)crashes + 1, circle.Worker.Epoch);
    }

    [Fact]
    public void Positions_nobody_here_opened_are_protected_at_start_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        Circles.Enter(circle);
        circle.Run(TimeSpan.FromSeconds(20));
        foreach (OracleOrder stop in Circles.Orders(circle, VenueOrderType.StopLoss)) Assert.NotEmpty(stop.ClientId);
        circle.Venue.Faults.Arm(VenueFault.LoseStop);
        Assert.True(Circles.Until(circle, () => !Circles.IsProtected(circle), 60));
        circle.CrashAndRestart();
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 15), "not protected 15 s after the start");
        Assert.Equal(1, circle.Worker.Protection.Counters.PositionsAdopted);
    }

    [Fact]
    public void A_log_of_another_account_stops_the_start_I13()
    {
        CircleOptions options = new();
        using VirtualCircle circle = new(options);
        Assert.Null(IntentLog.Open(circle.File, "live:other", out _, out IntentLogFault fault));
        Assert.Equal(IntentLogFault.WrongMark, fault);
    }

    private static bool IsEntry(IntentRecord record) =>
        record.Kind == IntentRecordKind.Command && record.Id.Role == OrderRole.Entry;

    private static void AssertSound(VirtualCircle circle, string where)
    {
        string[] symbols = ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];
        foreach (string symbol in symbols)
        {
            long nakedNs = circle.Venue.Oracle.UnprotectedCurrentNs(symbol);
            Assert.True(nakedNs < 5_000_000_000, $"{where}: {symbol} without a stop for {nakedNs / 1_000_000} ms");
        }
    }
}
