using System;
using System.Linq;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Each kind of order on each lane, from the command to the venue's book and back, byte for byte.</summary>
public sealed class LaneRoundTripTests
{
    public static TheoryData<LaneKind> Lanes => [LaneKind.Unified, LaneKind.Legacy, LaneKind.Spot];

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_limit_order_rests_is_amended_and_cancelled(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand order = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 9 / 10);
        Assert.Equal(
            [AccountEventKind.Accepted, AccountEventKind.OrderOpen], bench.Done(order).Distinct().Order());
        OracleOrder live = Assert.Single(bench.Live);
        Assert.Equal((LaneBench.TextOf(order.Id), order.LimitPrice), (live.ClientId, live.LimitPrice));

        AccountEventKind[] amended = bench.Done(LaneAtVenue.Amend(order, 300, limit: order.LimitPrice + 10));
        Assert.Equal([AccountEventKind.Accepted, AccountEventKind.Amended], amended.Order());
        Assert.Equal(
            (live.Lots * 3 / 2, order.LimitPrice + 10), (bench.Live.Single().Lots, bench.Live.Single().LimitPrice));

        AccountEventKind[] cancelled = bench.Done(LaneAtVenue.Cancel(order));
        Assert.Equal([AccountEventKind.Accepted, AccountEventKind.OrderClosed], cancelled.Order());
        Assert.Empty(bench.Live);
        Assert.Equal(VenueReason.UserRequested, bench.Told[^1].Reason | bench.Told[^2].Reason);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void An_order_that_takes_is_told_by_its_fills_and_rests_nowhere(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand take = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 101 / 100);
        take.ImmediateOrCancel = true;
        AssertFilled(bench, take);
        AssertFilled(bench, bench.Place(OrderRole.Entry, OrderType.Market, Side.Buy));
        Assert.Empty(bench.Live);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_stop_and_a_take_profit_wait_move_and_go(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand entry = bench.Place(OrderRole.Entry, OrderType.Market, Side.Buy);
        // Of spot a part of what is bought pays the fee: half of it is surely there.
        entry.Quantity = 800;
        AssertFilled(bench, entry);
        OrderCommand stop = bench.Place(OrderRole.Stop, OrderType.StopLoss, Side.Sell, bench.Price * 95 / 100);
        OrderCommand gain = bench.Place(OrderRole.TakeProfit, OrderType.TakeProfit, Side.Sell, bench.Price * 105 / 100);
        foreach (OrderCommand order in (OrderCommand[])[stop, gain])
        {
            AccountEventKind[] placed = bench.Done(order);
            Assert.Contains(AccountEventKind.OrderOpen, placed);
            AccountRecord open = bench.Told.Last(record => record.Id == order.Id && !record.Snapshot
                && record.Kind == AccountEventKind.OrderOpen);
            Assert.Equal((order.Type, Side.Sell, order.TriggerPrice), (open.Type, open.Side, TriggerOf(bench, open)));
            Assert.Equal(kind != LaneKind.Spot, open.ReduceOnly);
        }

        long moved = stop.TriggerPrice + 20;
        AccountEventKind[] amended = bench.Done(LaneAtVenue.Amend(stop, trigger: moved));
        Assert.Equal([AccountEventKind.Accepted, AccountEventKind.Amended], amended.Order());
        Assert.Equal(moved, bench.Live.Single(order => order.Type == VenueOrderType.StopLoss).TriggerPrice);
        foreach (OrderCommand order in (OrderCommand[])[stop, gain])
        {
            Assert.Contains(AccountEventKind.OrderClosed, bench.Done(LaneAtVenue.Cancel(order)));
        }

        Assert.Empty(bench.Live);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_look_shows_what_rests_what_was_filled_and_is_complete(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand entry = bench.Place(OrderRole.Entry, OrderType.Market, Side.Buy);
        AssertFilled(bench, entry);
        OrderCommand resting = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 9 / 10);
        bench.Done(resting);
        bench.Told.Clear();
        bench.Submit(new OrderCommand { Kind = CommandKind.Snapshot });
        bench.Run(2);
        AccountRecord end = bench.Told.Single(record => record.Kind == AccountEventKind.SnapshotEnd);
        Assert.Equal(Completeness.Complete, end.Completeness);
        AccountRecord[] shown = [.. bench.Told.Where(record => record.Snapshot)];
        Assert.Contains(shown, record => record.Kind == AccountEventKind.OrderOpen && record.Id == resting.Id);
        Assert.Contains(shown, record => record.Kind == AccountEventKind.Fill && record.Id == entry.Id);
        if (kind == LaneKind.Spot)
        {
            SocketOrderLane lane = Assert.IsType<SocketOrderLane>(bench.Lane);
            Assert.InRange(lane.Balances["BTC"].Mantissa, 1, long.MaxValue);
            Assert.DoesNotContain(bench.Told, record => record.Kind == AccountEventKind.Position);
            return;
        }

        AccountRecord position = shown.Single(record => record.Kind == AccountEventKind.Position);
        Assert.Equal((200L, 4), (position.Quantity * Pow10.Of(4 - position.QuantityDecimals), 4));
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void An_order_the_venue_does_not_know_is_said_to_be_unknown(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand nobody = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price);
        foreach (OrderCommand command in (OrderCommand[])
            [LaneAtVenue.Cancel(nobody), LaneAtVenue.Amend(nobody, quantity: 300)])
        {
            Assert.Equal([AccountEventKind.Refused], bench.Done(command));
            Assert.Equal(VenueReason.UnknownOrder, bench.Told[^1].Reason);
        }
    }

    [Theory]
    [InlineData(
        LaneKind.Unified, "EOrder:Insufficient margin", AccountEventKind.Refused, VenueReason.InsufficientFunds)]
    [InlineData(LaneKind.Legacy, "EOrder:Insufficient margin", AccountEventKind.Refused, VenueReason.InsufficientFunds)]
    [InlineData(LaneKind.Spot, "EOrder:Insufficient funds", AccountEventKind.Refused, VenueReason.InsufficientFunds)]
    [InlineData(LaneKind.Unified, "EService:Unavailable", AccountEventKind.Unknown, VenueReason.VenueMode)]
    [InlineData(LaneKind.Legacy, "EService:Unavailable", AccountEventKind.Refused, VenueReason.VenueMode)]
    [InlineData(LaneKind.Spot, "EService:Unavailable", AccountEventKind.Unknown, VenueReason.VenueMode)]
    [InlineData(LaneKind.Legacy, "EOrder:Post only order", AccountEventKind.Refused, VenueReason.Other)]
    [InlineData(
        LaneKind.Legacy, "EOrder:Reduce only:No position exists", AccountEventKind.Refused, VenueReason.ReduceOnly)]
    [InlineData(
        LaneKind.Legacy, "EGeneral:Invalid arguments:cl_ord_id", AccountEventKind.Unknown,
        VenueReason.InvalidArguments)]
    [InlineData(LaneKind.Legacy, "EOrder:Invalid price", AccountEventKind.Refused, VenueReason.InvalidArguments)]
    [InlineData(LaneKind.Spot, "EOrder:Rate limit exceeded", AccountEventKind.Refused, VenueReason.RateLimited)]
    [InlineData(LaneKind.Unified, "EService:Deadline elapsed", AccountEventKind.Unknown, VenueReason.Deadline)]
    [InlineData(LaneKind.Spot, "ESomething:New", AccountEventKind.Unknown, VenueReason.Other)]
    public void A_refusal_is_told_as_what_it_proves(
        LaneKind kind, string text, AccountEventKind outcome, VenueReason reason)
    {
        LaneAtVenue bench = new(kind);
        bench.Venue.Faults.ArmRefusal(text);
        OrderCommand order = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 9 / 10);
        Assert.Equal([outcome], bench.Done(order));
        Assert.Equal(reason, bench.Told.Last(record => record.Id == order.Id).Reason);
        Assert.Empty(bench.Live);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_lost_answer_is_unknown_once_and_the_order_is_there_once(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        bench.Venue.Faults.Arm(VenueFault.DropReply);
        OrderCommand order = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 9 / 10);
        bench.Submit(order);
        bench.Run(20);
        AccountEventKind[] kinds = bench.KindsOf(order.Id);
        Assert.Single(kinds, AccountEventKind.Unknown);
        Assert.Contains(AccountEventKind.OrderOpen, kinds);
        Assert.Single(bench.Live);
        // The id is never used again, whatever became of it.
        Assert.Equal([AccountEventKind.Refused], bench.Done(order));
        Assert.Single(bench.Live);
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Two_changes_of_one_order_are_never_under_way_together(LaneKind kind)
    {
        LaneAtVenue bench = new(kind);
        OrderCommand order = bench.Place(OrderRole.Entry, OrderType.Limit, Side.Buy, bench.Price * 9 / 10);
        bench.Submit(
            order, LaneAtVenue.Amend(order, quantity: 300), LaneAtVenue.Amend(order, quantity: 400),
            LaneAtVenue.Cancel(order));
        bench.Run(3);
        Assert.Equal(3, bench.Lane.Counters.Waited);
        Assert.Equal(4, bench.KindsOf(order.Id).Count(one => one == AccountEventKind.Accepted));
        Assert.DoesNotContain(bench.Told, record => record.Kind == AccountEventKind.Refused);
        Assert.Empty(bench.Live);
    }

    [Fact]
    public void Stops_of_one_step_leave_the_legacy_lane_in_one_call_and_each_has_its_outcome()
    {
        LaneAtVenue bench = new(LaneKind.Legacy);
        AssertFilled(bench, bench.Place(OrderRole.Entry, OrderType.Market, Side.Buy));
        OrderCommand[] stops =
        [
            .. Enumerable.Range(0, 12).Select(i =>
                bench.Place(OrderRole.Stop, OrderType.StopLoss, Side.Sell, (bench.Price * 95 / 100) - i)),
        ];
        // One of them cannot be: the others are not its affair.
        stops[5].TriggerPrice = 0;
        bench.Submit(stops);
        bench.Run(1);
        // Ten in one call, the eleventh after it.
        Assert.Equal(10, bench.Lane.Counters.Batched);
        Assert.Equal(11, bench.Live.Count);
        Assert.All(stops, stop => Assert.Single(
            bench.KindsOf(stop.Id), one => one is AccountEventKind.Accepted or AccountEventKind.Refused));
        Assert.Equal([AccountEventKind.Refused], bench.KindsOf(stops[5].Id));
    }

    [Fact]
    public void A_stop_whose_socket_is_lost_has_its_answer_by_REST_all_the_same()
    {
        LaneAtVenue bench = new(LaneKind.Legacy);
        AssertFilled(bench, bench.Place(OrderRole.Entry, OrderType.Market, Side.Buy));
        OrderCommand stop = bench.Place(OrderRole.Stop, OrderType.StopLoss, Side.Sell, bench.Price * 95 / 100);
        bench.Submit(stop);
        bench.Venue.HangUp(VenueEndpoint.FuturesV1);
        bench.Run(5);
        Assert.Contains(bench.Told, record => record.Kind == AccountEventKind.LaneDown);
        Assert.Equal(AccountEventKind.LaneUp, bench.Told.Last(record =>
            record.Kind is AccountEventKind.LaneUp or AccountEventKind.LaneDown).Kind);
        Assert.Contains(AccountEventKind.Accepted, bench.KindsOf(stop.Id));
        Assert.DoesNotContain(AccountEventKind.Unknown, bench.KindsOf(stop.Id));
    }

    [Fact]
    public void A_key_the_futures_socket_does_not_take_keeps_the_lane_down_and_is_asked_for_again()
    {
        LaneAtVenue bench = new(LaneKind.Legacy);
        bench.Venue.HangUp(VenueEndpoint.FuturesV1);
        bench.Run(0.2);
        Assert.False(bench.Lane.IsUp);
        bench.Lane.OnFrame("{\"event\":\"alert\",\"message\":\"rate_limited\"}"u8, bench.Venue.NowNs);
        bench.Run(10);
        Assert.True(bench.Lane.IsUp);
        Assert.InRange(bench.Lane.Counters.OtherErrors.Names, 0, 1);
    }

    private static long TriggerOf(LaneAtVenue bench, AccountRecord record) =>
        record.TriggerPrice * Pow10.Of(Math.Max(0, bench.PriceDecimals - record.PriceDecimals));

    private static void AssertFilled(LaneAtVenue bench, OrderCommand order)
    {
        AccountEventKind[] kinds = bench.Done(order);
        Assert.Equal(AccountEventKind.Accepted, Assert.Single(kinds, one => one == AccountEventKind.Accepted));
        Assert.Contains(AccountEventKind.Fill, kinds);
        AccountRecord[] fills =
            [.. bench.Told.Where(record => record.Id == order.Id && record.Kind == AccountEventKind.Fill)];
        Int128 filled = fills.Aggregate((Int128)0, (sum, fill) =>
            sum + ((Int128)fill.Quantity * Pow10.Of(Math.Max(0, 8 - fill.QuantityDecimals))));
        Assert.Equal((Int128)order.Quantity * Pow10.Of(4), filled);
        Assert.All(fills, fill => Assert.True(fill.ExecutionHigh != 0 && fill.Price > 0));
    }
}
