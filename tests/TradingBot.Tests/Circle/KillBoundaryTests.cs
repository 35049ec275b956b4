using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// The process ends at each boundary of a position's life, with each thing that can have become of the order that was
/// under way: enumerated, not sampled, in virtual time; judged by the venue's own truth.
/// </summary>
public sealed class KillBoundaryTests
{
    private const long SecondNs = 1_000_000_000;
    private const long NakedMaxNs = 15 * SecondNs;
    private const long TwoStopsMaxNs = 90 * SecondNs;

    /// <summary>Within and beyond the latency of the wire: before the venue has it, before the answer, after.</summary>
    private static readonly int[] LagsMs = [0, 10, 25, 50, 100, 200, 400];

    public enum Boundary
    {
        Entry,
        Fill,
        Stop,
        Amend,
        TakeProfit,
        Close,
    }

    public static TheoryData<Boundary, VenueFault?> Cases
    {
        get
        {
            TheoryData<Boundary, VenueFault?> cases = [];
            foreach (Boundary boundary in Enum.GetValues<Boundary>())
            {
                cases.Add(boundary, null);
                cases.Add(boundary, VenueFault.DropReply);
                cases.Add(boundary, VenueFault.DelayReply);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ended_at_a_boundary_it_enters_once_loses_no_intent_and_protects_again_I1_I2_I3_I12(
        Boundary boundary, VenueFault? fault)
    {
        foreach (int lagMs in LagsMs)
        {
            string where = $"{boundary}, {fault?.ToString() ?? "no fault"}, {lagMs} ms";
            using VirtualCircle circle = Circles.Quiet(seed: (ulong)(lagMs + 1));
            Reach(circle, boundary, where);
            if (fault is { } armed) circle.Venue.Faults.Arm(armed);
            circle.Run(TimeSpan.FromMilliseconds(lagMs));
            circle.CrashAndRestart(tornBytes: lagMs % 3 * 40);
            Assert.Contains(circle.Recovered, record =>
                record.Kind == IntentRecordKind.Command && record.Id.Role == OrderRole.Entry);
            Watch watch = new(circle);
            circle.Run(TimeSpan.FromSeconds(120), watch.Look);
            Assert.True(watch.LongestNakedNs <= NakedMaxNs, $"{where}: naked {watch.LongestNakedNs / 1_000_000} ms");
            Assert.True(watch.LongestTwoStopsNs <= TwoStopsMaxNs, $"{where}: two stops {watch.LongestTwoStopsNs} ns");
            Judge(circle, boundary, where);
        }
    }

    private static void Reach(VirtualCircle circle, Boundary boundary, string where)
    {
        ProtectionCounters counters = circle.Worker.Protection.Counters;
        Circles.Enter(circle);
        if (boundary is Boundary.Amend or Boundary.Close)
        {
            Assert.True(Circles.Until(circle, () => counters.TakeProfitsPlaced > 0, 20), where + ": no position");
            circle.Run(TimeSpan.FromSeconds(2));
            long trigger = circle.Venue.Oracle.LastPrice(Circles.Symbol) * 99 / 100;
            if (boundary == Boundary.Amend) Circles.Operate(circle, AccountEventKind.MoveStop, trigger);
            else Circles.Operate(circle, AccountEventKind.Exit);
        }

        bool reached = Circles.Until(circle, () => boundary switch
        {
            Boundary.Entry => circle.Worker.Entries > 0,
            Boundary.Fill => counters.Fills > 0,
            Boundary.Stop => counters.StopsPlaced > 0,
            Boundary.Amend => counters.StopsAmended > 0,
            Boundary.TakeProfit => counters.TakeProfitsPlaced > 0,
            _ => counters.Exits > 0,
        }, 20);
        Assert.True(reached, where + ": not reached");
    }

    private static void Judge(VirtualCircle circle, Boundary boundary, string where)
    {
        long lots = Circles.Position(circle);
        Assert.True(lots is 0 or Circles.Quantity, $"{where}: {lots} lots");
        IReadOnlyList<OracleFill> fills = circle.Venue.Oracle.Fills;
        long bought = fills.Where(fill => fill.IsBuy).Sum(fill => fill.Lots);
        Assert.True(bought is 0 or Circles.Quantity, $"{where}: {bought} lots bought");
        Assert.True(boundary is Boundary.Entry || bought == Circles.Quantity, where + ": the entry was lost");
        OracleOrder[] stops = Circles.Orders(circle, VenueOrderType.StopLoss);
        Assert.True(stops.Length == (lots == 0 ? 0 : 1), $"{where}: {stops.Length} stops at the end");
        var view = circle.Worker.Protection.PositionOf(circle.Worker.IdOf(Circles.Symbol));
        Assert.Equal(lots == 0, view.Quantity == 0);
        Assert.False(view.Quarantined, where + ": quarantined");
        // Every client id was used once.
        string[] ids = [.. fills.Select(fill => fill.VenueId + fill.ClientId).Distinct()];
        Assert.Equal(ids.Length, fills.Select(fill => fill.ClientId).Distinct().Count());
    }

    /// <summary>What the venue saw after the restart, step by step.</summary>
    private sealed class Watch(VirtualCircle circle)
    {
        private long _twoSinceNs;

        public long LongestNakedNs { get; private set; }

        public long LongestTwoStopsNs { get; private set; }

        public bool Look()
        {
            LongestNakedNs = Math.Max(LongestNakedNs, circle.Venue.Oracle.UnprotectedCurrentNs(Circles.Symbol));
            bool two = Circles.Orders(circle, VenueOrderType.StopLoss).Length > 1;
            if (!two) _twoSinceNs = 0;
            else if (_twoSinceNs == 0) _twoSinceNs = circle.NowNs;
            else LongestTwoStopsNs = Math.Max(LongestTwoStopsNs, circle.NowNs - _twoSinceNs);
            return false;
        }
    }
}
