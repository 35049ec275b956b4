using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>What happens when a stop does not do its work, or the venue takes none.</summary>
public sealed class ProtectionLadderTests
{
    private const int Second = 1_000;

    [Fact]
    public void A_stop_that_fired_in_part_is_followed_by_rungs_that_fill_a_bounded_way_beyond_the_middle_I1_I10()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(AccountEventKind.Halt, default);
        bench.Book(9_899, 9_901);
        bench.Fill(stop, 4, 9_850);
        bench.Commands();
        bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.PriceProtection, cumulative: 4);
        OrderCommand[] first = bench.Commands();
        Assert.Contains(first, c => c.Id.Role == OrderRole.Stop && c.Kind == CommandKind.Place && c.Quantity == 6);
        OrderCommand exit = Assert.Single(first, c => c.Id.Role == OrderRole.Exit);
        bench.Prove(Assert.Single(first, c => c.Id.Role == OrderRole.Stop));
        bench.Commands();

        // 990.0 less 0.5, 1, 2 and 4 %, rounded towards it.
        foreach (long limit in (long[])[9_851, 9_801, 9_702, 9_504])
        {
            Assert.Equal((OrderType.Limit, limit, true, true, Side.Sell), (exit.Type, exit.LimitPrice,
                exit.ImmediateOrCancel, exit.ReduceOnly, exit.Side));
            Assert.Equal(6, exit.Quantity);
            bench.Report(AccountEventKind.Accepted, in exit);
            bench.Report(AccountEventKind.OrderClosed, in exit, VenueReason.None);
            if (limit == 9_504) break;
            exit = bench.One(CommandKind.Place, OrderRole.Exit);
        }

        // After the last one the book gets a moment, then it begins anew.
        bench.Nothing();
        bench.Wait(1_100);
        exit = bench.One(CommandKind.Place, OrderRole.Exit);
        Assert.Equal(9_851, exit.LimitPrice);
        bench.Fill(exit, 6, 9_900);
        Assert.Equal(PositionState.Flat, bench.State);
    }

    [Fact]
    public void Without_a_book_an_exit_may_fill_five_percent_from_the_last_price_and_without_any_price_at_market()
    {
        ProtectionBench bench = new();
        bench.Guarded();
        bench.Report(AccountEventKind.Exit, default);
        Assert.Equal(OrderType.Market, bench.One(CommandKind.Place, OrderRole.Exit).Type);

        ProtectionBench known = new();
        known.Guarded();
        known.Book(9_999, 10_001);
        known.LoseBooks();
        known.Report(AccountEventKind.Exit, default);
        Assert.Equal(9_500, known.One(CommandKind.Place, OrderRole.Exit).LimitPrice);
    }

    [Fact]
    public void Where_the_venue_does_not_take_the_form_of_a_rung_the_next_one_is_a_market_order_I1()
    {
        ProtectionBench bench = new();
        bench.Guarded();
        bench.Book(9_999, 10_001);
        bench.Report(AccountEventKind.Exit, default);
        OrderCommand exit = bench.One(CommandKind.Place, OrderRole.Exit);
        bench.Report(AccountEventKind.Refused, in exit, VenueReason.InvalidArguments);
        bench.Nothing();
        bench.Wait(1_100);
        Assert.Equal(OrderType.Market, bench.One(CommandKind.Place, OrderRole.Exit).Type);
    }

    [Theory]
    [InlineData(VenueReason.VenueMode)]
    [InlineData(VenueReason.RateLimited)]
    [InlineData(VenueReason.Unauthorised)]
    [InlineData(VenueReason.Deadline)]
    public void A_venue_that_takes_no_orders_is_asked_again_and_again_and_nothing_is_closed_for_it_I1(
        VenueReason reason)
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        int asked = 0;
        for (int i = 0; i < 300; i++)
        {
            foreach (OrderCommand command in bench.Commands().Where(c => c.Kind == CommandKind.Place))
            {
                Assert.Equal(OrderRole.Stop, command.Id.Role);
                asked++;
                bench.Report(AccountEventKind.Refused, in command, reason);
            }

            bench.Wait(100);
        }

        // After 0.25, 0.5, 1, 2, 4 s, then every 5 s; of the seconds without protection those refused are told apart.
        Assert.InRange(asked, 8, 10);
        Assert.Equal(PositionState.VenueRefuses, bench.State);
        Assert.True(bench.Stage.ProtectionOverdue);
        Assert.InRange(bench.Stage.UnprotectedRefusedNs, 29 * ProtectionBench.Second, 31 * ProtectionBench.Second);
        bench.Commands();
        bench.Online();
        OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
        bench.Prove(stop);
        Assert.Equal(PositionState.Guarded, bench.State);
    }

    [Fact]
    public void A_stop_the_venue_refuses_for_want_of_a_position_waits_for_a_look_and_closes_nothing_I11()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        for (int i = 0; i < 6; i++)
        {
            OrderCommand stop = Assert.Single(bench.Commands(), c => c.Kind == CommandKind.Place);
            Assert.Equal(OrderRole.Stop, stop.Id.Role);
            bench.Report(AccountEventKind.Refused, in stop, VenueReason.ReduceOnly);
            bench.Wait(1_000);
        }
    }

    [Fact]
    public void A_move_the_venue_keeps_refusing_is_given_up_and_the_stop_that_covers_stays_I12()
    {
        ProtectionBench bench = new();
        (_, OrderCommand stop) = bench.Guarded();
        bench.Report(new AccountRecord { Kind = AccountEventKind.MoveStop, TriggerPrice = 9_900 });
        bench.Report(AccountEventKind.Refused, bench.One(CommandKind.Amend, OrderRole.Stop),
            VenueReason.InvalidArguments);
        for (int i = 0; i < 4; i++)
        {
            OrderCommand next = bench.One(CommandKind.Place, OrderRole.Stop);
            Assert.Equal(9_900, next.TriggerPrice);
            bench.Report(AccountEventKind.Refused, in next, VenueReason.InvalidArguments);
        }

        bench.Nothing();
        bench.Wait(2_000);
        bench.Nothing();
        Assert.Equal((10L, stop.TriggerPrice), (bench.Stage.PositionOf(0).Covered,
            bench.Stage.PositionOf(0).PlannedStop));
    }

    [Fact]
    public void A_market_beyond_the_planned_stop_closes_the_position_and_no_stop_is_sent_that_would_fire_at_once_I1()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Book(9_799, 9_801);
        bench.Fill(entry, 10, 10_000);
        OrderCommand[] commands = bench.Commands();
        OrderCommand stop = Assert.Single(commands, c => c.Id.Role == OrderRole.Stop);
        Assert.Equal(9_604, stop.TriggerPrice);
        Assert.Equal(10, Assert.Single(commands, c => c.Id.Role == OrderRole.Exit).Quantity);
        Assert.Equal(1, bench.Stage.Counters.ClosedBeyondStop);
    }

    [Fact]
    public void A_stop_that_does_not_fire_though_the_market_is_far_beyond_it_is_done_by_hand_after_ten_seconds_I1()
    {
        ProtectionBench bench = new();
        bench.Guarded();
        // 985.0 less 1 % is 975.2, rounded towards it.
        bench.Book(9_751, 9_753);
        bench.Wait(20 * Second);
        bench.Nothing();
        bench.Book(9_749, 9_751);
        bench.Wait(9_800);
        bench.Nothing();
        bench.Book(9_899, 9_901);
        bench.Wait(Second);
        bench.Book(9_749, 9_751);
        bench.Wait(9_800);
        bench.Nothing();
        bench.Wait(400);
        Assert.Equal(10, bench.One(CommandKind.Place, OrderRole.Exit).Quantity);
    }

    [Fact]
    public void A_position_nothing_protects_for_two_minutes_is_closed_because_nobody_may_be_there_I1()
    {
        ProtectionBench bench = new();
        bench.Fill(bench.Enter(), 10, 10_000);
        int stops = 0;
        long waited = 0;
        OrderCommand[] commands = bench.Commands();
        while (waited < 200 * Second && commands.All(c => c.Id.Role != OrderRole.Exit))
        {
            foreach (OrderCommand stop in commands.Where(c => c.Kind == CommandKind.Place))
            {
                // Accepted and never shown: neither refused nor unknown by the venue's word.
                stops++;
                bench.Report(AccountEventKind.Accepted, in stop);
                bench.Report(AccountEventKind.OrderClosed, in stop, VenueReason.ReduceOnly);
            }

            bench.Wait(Second);
            waited += Second;
            commands = bench.Commands();
        }

        Assert.True(stops > 20, $"only {stops} stops were tried");
        Assert.InRange(waited, 120 * Second, 122 * Second);
        Assert.Equal(1, bench.Stage.Counters.ClosedUnprotected);
    }

    [Fact]
    public void A_stop_refused_for_its_form_is_tried_by_the_other_trigger_and_at_coarser_prices_I1()
    {
        ProtectionBench bench = new();
        bench.Approve(limit: 99_995);
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal(98_496, entry.PlannedStop);
        bench.Prove(entry);
        bench.Fill(entry, 10, 99_995);
        // Less risk each time: a long's stop goes up to fewer digits.
        (bool Other, long Trigger)[] tries = [(false, 98_496), (true, 98_500), (false, 98_500), (true, 99_000)];
        foreach ((bool other, long trigger) in tries)
        {
            OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
            Assert.Equal((other, trigger), (stop.OtherTrigger, stop.TriggerPrice));
            bench.Report(AccountEventKind.Refused, in stop, VenueReason.InvalidArguments);
        }

        Assert.Equal(10, bench.One(CommandKind.Place, OrderRole.Exit).Quantity);
    }

    [Fact]
    public void With_nothing_open_the_account_is_looked_at_every_two_minutes_I11()
    {
        ProtectionBench bench = new();
        bench.Wait(118 * Second);
        Assert.Empty(bench.Commands());
        bench.Wait(4 * Second);
        Assert.Equal(CommandKind.Snapshot, Assert.Single(bench.Commands()).Kind);
        bench.Complete(Completeness.Complete, 10);
        bench.One(CommandKind.Place, OrderRole.Stop);
    }

    [Theory]
    [InlineData(2, 0, Side.Sell)]
    [InlineData(0, 2, Side.Buy)]
    public void As_many_positions_as_may_be_and_no_more(int most, int sameSide, Side third)
    {
        ProtectionOptions options = new() { TakeProfit = false, PositionsMax = most, SameSideMax = sameSide };
        ProtectionBench bench = new(options);
        int[] others =
        [
            bench.Symbols.IdOf(Dialect.FuturesV1, "PF_ETHUSD"u8), bench.Symbols.IdOf(Dialect.FuturesV1, "PF_SOLUSD"u8),
        ];
        bench.Guarded();
        bench.Approve(instrument: others[0]);
        bench.One(CommandKind.Place, OrderRole.Entry);
        bench.Approve(third, instrument: others[1]);
        bench.Nothing();
        Assert.Equal(1, bench.Refused(EntryRefusal.TooManyPositions));
        if (sameSide == 0) return;
        bench.Approve(Side.Sell, instrument: others[1]);
        bench.One(CommandKind.Place, OrderRole.Entry);
    }

    [Fact]
    public void A_cancel_nobody_answers_is_sent_again()
    {
        ProtectionBench bench = new();
        OrderCommand entry = bench.Enter();
        bench.Report(AccountEventKind.Halt, default);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
        bench.Wait(9 * Second);
        bench.Nothing();
        bench.Wait(2 * Second);
        Assert.Equal(entry.Id, bench.One(CommandKind.Cancel, OrderRole.Entry).Id);
    }

    [Fact]
    public void An_entry_is_void_at_the_venue_five_seconds_after_it_was_decided_I13()
    {
        ProtectionBench bench = new();
        bench.Approve();
        OrderCommand entry = bench.One(CommandKind.Place, OrderRole.Entry);
        Assert.Equal(bench.NowNs + (5 * ProtectionBench.Second), entry.DeadlineNs);
    }
}
