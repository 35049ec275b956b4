using System;
using System.IO;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;
using Xunit;

namespace TradingBot.Tests.Operator;

/// <summary>Scripts drive the whole circle in virtual time; judged by the venue's own truth.</summary>
public sealed class ScriptRunTests
{
    [Fact]
    public void An_entry_at_market_has_its_stop_and_take_profits_for_equal_shares_I1()
    {
        using VirtualCircle circle = Circles.Quiet();
        long price = Price(circle);
        long first = price * 10_005 / 10_000;
        ScriptRun script = Circles.Script(
            circle, $"at: 1s, do: enter, {Buy(0.03m, price * 98 / 100)}, take_profit: [{first}, {price * 103 / 100}]");
        long startNs = circle.NowNs;
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 300, 10), "no fill");
        Assert.Equal(script.ReadyNs + 1_000_000_000, Assert.Single(script.Results).TimeNs);
        Assert.InRange(script.ReadyNs - startNs, 0, 200_000_000);
        circle.Run(TimeSpan.FromSeconds(2));
        OracleOrder stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal((300L, price * 98 / 100, true), (stop.Lots, stop.TriggerPrice, stop.ReduceOnly));
        OracleOrder[] targets = Circles.Orders(circle, VenueOrderType.TakeProfit);
        Assert.Equal([150L, 150L], targets.Select(order => order.Lots));
        Assert.All(targets, order => Assert.True(order.ReduceOnly && !order.IsBuy));
        Assert.Equal([first, price * 103 / 100], targets.Select(order => order.TriggerPrice).Order());

        // The nearer one is hit: half is left, with a stop for half and the other target untouched.
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 150, 7_200), "the target was not hit");
        circle.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(150, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).Lots);
        Assert.Equal(150, Assert.Single(Circles.Orders(circle, VenueOrderType.TakeProfit)).Lots);
        Assert.True(circle.Venue.Oracle.UnprotectedLongestNs(Circles.Symbol) < 1_000_000_000);
    }

    [Fact]
    public void A_limit_entry_that_fills_in_part_is_protected_in_part_and_halt_takes_back_the_rest_I1_I10()
    {
        Notional plenty = Notional.Of(10_000_000, 0, 1, 0);
        using VirtualCircle circle = new(new CircleOptions
        {
            Venue = new VenueOptions { DepositDollars = 1_000_000 },
            Limits = new() { SignalsTrade = false, PositionNotionalMax = plenty, TotalNotionalMax = plenty },
        });
        circle.Run(TimeSpan.FromSeconds(15));
        long price = Price(circle);
        long ask = circle.Venue.Oracle.BestAsk(Circles.Symbol);
        Circles.Script(
            circle,
            $"at: 0s, do: enter, symbol: PF_XBTUSD, side: buy, type: limit, quantity: 30, limit_price: {ask}, "
                + $"stop_price: {price * 98 / 100}, take_profit: [{price * 102 / 100}, {price * 103 / 100}]",
            "at: 3s, do: halt, reason: enough");
        // Part of it is filled, and for this part the stop is live; the rest still rests.
        Assert.True(Circles.Until(circle, () => IsStopped(circle), 2.9), "no stop for what is filled");
        long filled = Circles.Position(circle);
        Assert.InRange(filled, 1, 299_999);
        Assert.Equal(filled, Assert.Single(Circles.Orders(circle, VenueOrderType.Limit)).FilledLots);
        Assert.Equal(filled, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).Lots);
        circle.Run(TimeSpan.FromSeconds(6));
        Assert.Empty(Circles.Orders(circle, VenueOrderType.Limit));
        AssertShares(circle, Circles.Position(circle));
        Assert.True(Circles.IsProtected(circle));
        Assert.True(circle.Worker.Protection.Halted);
        Assert.Equal("enough", circle.Worker.Halt?.Why);
    }

    [Fact]
    public void A_stop_moves_towards_the_market_and_never_back_and_an_exit_closes_all()
    {
        using VirtualCircle circle = Circles.Quiet();
        long price = Price(circle);
        ScriptRun script = Circles.Script(
            circle, $"at: 0s, do: enter, {Buy(0.02m, price * 98 / 100)}, take_profit: []",
            $"at: 5s, do: move_stop, symbol: PF_XBTUSD, stop_price: {price * 99 / 100}",
            $"at: 10s, do: move_stop, symbol: PF_XBTUSD, stop_price: {price * 98 / 100}",
            $"at: 11s, do: move_stop, symbol: PF_XBTUSD, stop_price: {price * 101 / 100}",
            "at: 20s, do: exit, symbol: PF_XBTUSD", "at: 30s, do: exit, symbol: PF_XBTUSD");
        circle.Run(TimeSpan.FromSeconds(18));
        Assert.Equal(price * 99 / 100, Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss)).TriggerPrice);
        Assert.Empty(Circles.Orders(circle, VenueOrderType.TakeProfit));
        circle.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Circles.Position(circle));
        Assert.Empty(circle.Venue.Oracle.LiveOrders);
        Assert.True(script.IsDone);
        Assert.Equal(
            ["", "", "loosens_protection", "through_market", "", "nothing_open"],
            script.Results.Select(result => result.Refusal));
        Assert.Equal((3L, 3L), (circle.Worker.ActsDone, circle.Worker.ActsRefused));
        Assert.Equal("loosens_protection", circle.Worker.Acts.ElementAt(2).Refusal);
    }

    [Fact]
    public void The_gate_decides_over_a_script_and_what_it_refuses_is_counted_and_shown_I4()
    {
        using VirtualCircle circle = Circles.Quiet();
        long price = Price(circle);
        long stop = price * 98 / 100;
        ScriptRun script = Circles.Script(
            circle, $"at: 0s, do: enter, {Buy(1, stop)}", $"at: 1s, do: enter, {Buy(0.00005m, stop)}",
            $"at: 2s, do: enter, {Buy(0.00015m, stop)}",
            "at: 3s, do: enter, symbol: PF_XBTUSD, side: buy, type: limit, quantity: 0.01, "
                + $"limit_price: {price * 95 / 100}, stop_price: {price * 90 / 100}",
            $"at: 4s, do: enter, {Buy(0.01m, price * 102 / 100)}",
            $"at: 5s, do: enter, {Buy(0.01m, stop)}, take_profit: [{price * 99 / 100}]",
            $"at: 6s, do: enter, {Buy(0.01m, stop)}", $"at: 10s, do: enter, {Buy(0.01m, stop)}",
            "at: 11s, do: halt, reason: that will do", $"at: 12s, do: enter, {Buy(0.01m, stop, "PF_ETHUSD")}");
        circle.Run(TimeSpan.FromSeconds(14));
        Assert.Equal(
            [
                "position_cap", "below_minimum", "off_step", "price_collar", "stop_not_behind", "target_not_beyond", "",
                "occupied", "", "halted",
            ],
            script.Results.Select(result => result.Refusal));
        Assert.Equal((1L, 100L), (circle.Worker.Entries, Circles.Position(circle)));
        int id = circle.Worker.IdOf(Circles.Symbol);
        Assert.Equal(1, circle.Worker.Engine.Gate.CountOf(id, Refusal.PositionCap));
        Assert.Equal(1, circle.Worker.Protection.CountOf(EntryRefusal.TargetNotBeyond));
        string status = System.Text.Encoding.UTF8.GetString(
            WorkerStatus.Of(circle.Worker, "paper", "simulated", circle.NowNs, 0, store: null, script: script));
        foreach (string shown in (string[])
            [
                "\"position_cap\":1", "\"halted\":1", "\"entries_refused\":{\"occupied\":1", "\"halted\":true",
                "\"halt_reason\":\"that will do\"", "\"refused\":\"off_step\"", "\"acts_refused\":8",
                "\"script\":{\"acts\":10,\"told\":10,\"refused\":8",
            ])
        {
            Assert.Contains(shown, status, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Entries_count_with_what_is_open_already_long_after_their_approval_lapsed()
    {
        using VirtualCircle circle = Circles.Quiet();
        long price = Price(circle);
        // 4,400 of 5,000 in one instrument and of 10,000 in all; then 5,600 more than fit, and 4,400 which do.
        ScriptRun script = Circles.Script(
            circle, $"at: 0s, do: enter, {Buy(0.07m, price * 98 / 100)}, take_profit: []",
            $"at: 60s, do: enter, {Buy(2.5m, 1_800, "PF_ETHUSD")}, take_profit: []",
            $"at: 120s, do: enter, {Buy(15, 139, "PF_SOLUSD")}, take_profit: []",
            $"at: 121s, do: enter, {Buy(1, 139, "PF_SOLUSD")}, take_profit: []");
        circle.Run(TimeSpan.FromSeconds(125));
        Assert.Equal(["", "", "notional_cap", ""], script.Results.Select(result => result.Refusal));
        Assert.True(Circles.Position(circle) == 700, "the first position was meant to stay open");
    }

    [Fact]
    public void The_same_script_twice_is_the_same_run_and_its_journal_replays_to_it_I5()
    {
        (ulong, string) first = Run(out byte[] journal);
        Assert.Equal(first, Run(out _));
        JournalReplay? replay = JournalReplay.Open(new MemoryStream(journal), out string error);
        Assert.True(replay is not null, error);
        replay.Run();
        Assert.True(replay.Divergence is null, replay.Divergence?.ToString());
        Assert.Equal(first, (replay.Worker.CommandHash, replay.StateHashText));
        // Two take-profits are told before their entry.
        Assert.Equal(7, replay.Acts);
        Assert.Equal(("noon", 5L), (replay.Worker.Halt?.Why, replay.Worker.ActsDone + replay.Worker.ActsRefused));

        static (ulong, string) Run(out byte[] journal)
        {
            MemoryLogFile file = new();
            using VirtualCircle circle = new(new CircleOptions { Limits = Circles.OperatorOnly }, _ => file);
            circle.Run(TimeSpan.FromSeconds(15));
            long price = Price(circle);
            Circles.Script(
                circle, $"at: 0s, do: enter, {Buy(0.02m, price * 98 / 100)}, take_profit: [{price * 2}, {price * 3}]",
                $"at: 5s, do: move_stop, symbol: PF_XBTUSD, stop_price: {price * 99 / 100}",
                $"at: 6s, do: enter, {Buy(9, price * 99 / 100)}",
                "at: 7s, do: exit, symbol: PF_XBTUSD", "at: 8s, do: halt, reason: noon");
            circle.Run(TimeSpan.FromSeconds(20));
            (ulong, string) run = (circle.Worker.CommandHash, StateHash.Of(circle.Worker.Engine));
            circle.Dispose();
            journal = Journals.Content(file);
            return run;
        }
    }

    [Fact]
    public void A_script_waits_for_the_books_it_names()
    {
        using VirtualCircle circle = new(new CircleOptions { Limits = Circles.OperatorOnly });
        ScriptRun script = Circles.Script(circle, "at: 0s, do: exit, symbol: PF_ADAUSD");
        Assert.Equal(long.MaxValue, script.NextDueNs);
        Assert.True(Circles.Until(circle, () => script.ReadyNs != 0, 30), "never ready");
        Assert.True(circle.Worker.Protection.Ready);
        Assert.Equal("nothing_open", Assert.Single(script.Results).Refusal);
    }

    private static bool IsStopped(VirtualCircle circle) =>
        Circles.Orders(circle, VenueOrderType.StopLoss) is [{ } stop] && stop.Lots == Circles.Position(circle);

    private static long Price(VirtualCircle circle) => circle.Venue.Oracle.LastPrice(Circles.Symbol);

    private static string Buy(decimal quantity, long stop, string symbol = Circles.Symbol) => FormattableString
        .Invariant($"symbol: {symbol}, side: buy, type: market, quantity: {quantity}, stop_price: {stop}");

    /// <summary>The stop is for all of it, and two take-profits share it.</summary>
    private static void AssertShares(VirtualCircle circle, long position)
    {
        OracleOrder stop = Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
        Assert.Equal(position, stop.Lots - stop.FilledLots);
        long[] shares = [.. Circles.Orders(circle, VenueOrderType.TakeProfit).Select(order => order.Lots).Order()];
        Assert.Equal([position / 2, position - (position / 2)], shares);
    }
}
