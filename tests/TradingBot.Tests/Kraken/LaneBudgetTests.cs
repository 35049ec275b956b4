using System.Linq;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Orders;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>The lane's budget: what adds risk is refused unsent, what protects has room or waits for it.</summary>
public sealed class LaneBudgetTests
{
    private static long _intents = 1_000;

    [Fact]
    public void Entries_stop_at_their_ceiling_and_stops_still_go()
    {
        LaneBench bench = LaneBench.Up();
        for (int i = 0; i < 40; i++) bench.Submit(bench.Place());
        int entries = bench.Sent.Count;
        Assert.Equal(28, entries);
        Assert.Equal(12, bench.Told.Count);
        Assert.All(bench.Told, record => Assert.Equal(
            (AccountEventKind.Refused, VenueReason.RateLimited), (record.Kind, record.Reason)));
        Assert.Equal(12, bench.Lane.Counters.Unbudgeted);

        for (int i = 0; i < 20; i++) bench.Submit(Stop(bench));
        Assert.Equal(entries + 20, bench.Sent.Count);
        Assert.Equal(12, bench.Told.Count);
    }

    [Fact]
    public void Of_what_waits_the_most_urgent_goes_first_and_a_wait_ends()
    {
        LaneBench bench = LaneBench.Up();
        for (int i = 0; i < 50; i++) bench.Submit(Stop(bench));
        Assert.Equal(50, bench.Sent.Count);
        bench.Pass(9 * LaneBench.Second);
        OrderCommand cancel = LaneBench.Cancel(bench.Place());
        OrderCommand stop = Stop(bench);
        bench.Forget();
        bench.Submit(cancel);
        bench.Submit(stop);
        Assert.Empty(bench.Sent);
        Assert.Equal(2, bench.Lane.Counters.Held);
        long due = bench.Lane.NextDueNs;
        Assert.InRange(due - bench.NowNs, 1, 2 * LaneBench.Second);
        bench.Pass(due - bench.NowNs);
        Assert.Equal(["add_order", "cancel_order"], bench.Methods);
    }

    [Fact]
    public void A_stop_that_finds_no_room_for_two_seconds_is_refused_unsent()
    {
        LaneBench bench = LaneBench.Up();
        for (int i = 0; i < 50; i++) bench.Submit(Stop(bench));
        bench.Forget();
        OrderCommand stop = Stop(bench);
        bench.Submit(stop);
        bench.Pass(2 * LaneBench.Second);
        Assert.Empty(bench.Sent);
        Assert.Equal((stop.Id, VenueReason.RateLimited), (bench.Told[^1].Id, bench.Told[^1].Reason));
    }

    [Fact]
    public void The_venues_word_that_it_is_too_much_corrects_the_budget()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        bench.Answer(bench.Sent[0], error: "EOrder:Rate limit exceeded");
        Assert.Equal(1, bench.Lane.Counters.RateRefusals);
        bench.Submit(bench.Place());
        Assert.Single(bench.Sent);
        Assert.Equal([VenueReason.RateLimited, VenueReason.RateLimited], bench.Told.Select(record => record.Reason));

        // A tenth of the limit comes back each second: a stop waits that long at most.
        bench.Submit(Stop(bench));
        bench.Pass(1_100_000_000);
        Assert.Equal(2, bench.Sent.Count);
    }

    [Theory]
    [InlineData(CommandKind.Place, OrderRole.Stop, true, Urgency.Protect)]
    [InlineData(CommandKind.Amend, OrderRole.Stop, true, Urgency.Protect)]
    [InlineData(CommandKind.Place, OrderRole.Exit, true, Urgency.Reduce)]
    [InlineData(CommandKind.Place, OrderRole.TakeProfit, true, Urgency.Reduce)]
    [InlineData(CommandKind.Cancel, OrderRole.Stop, true, Urgency.Cancel)]
    [InlineData(CommandKind.Cancel, OrderRole.Entry, false, Urgency.Cancel)]
    [InlineData(CommandKind.Place, OrderRole.Entry, false, Urgency.Entry)]
    public void What_an_order_is_for_says_how_urgent_it_is(
        CommandKind kind, OrderRole role, bool reduces, Urgency urgency)
    {
        OrderCommand command = new() { Kind = kind, Id = ClientOrderId.Of(1, 1, role, 0), ReduceOnly = reduces };
        Assert.Equal(urgency, CommandDesk.UrgencyOf(command));
    }

    private static OrderCommand Stop(LaneBench bench)
    {
        OrderCommand stop = bench.Place(OrderType.StopLoss);
        stop.Id = ClientOrderId.Of(1, ++_intents, OrderRole.Stop, 0);
        stop.ReduceOnly = true;
        return stop;
    }
}
