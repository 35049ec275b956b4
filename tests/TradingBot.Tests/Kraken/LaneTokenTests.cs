using System.Linq;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>A spare token: neither a reconnect nor a token the venue does not take waits for REST.</summary>
public sealed class LaneTokenTests
{
    private const string Invalid = "ESession:Invalid session";

    [Fact]
    public void A_reconnect_looks_at_the_account_with_the_spare_before_REST_answers()
    {
        LaneBench bench = LaneBench.Up();
        bench.Disconnect();
        bench.Forget();
        bench.Connect();
        Assert.Equal(["subscribe", "subscribe"], bench.Methods);
        Assert.All(bench.Sent, frame => Assert.Equal("SPARE", (string)frame["params"]!["token"]!));
        Assert.True(bench.Lane.WantsToken);
        Assert.Equal(0, bench.Lane.SpareUntilNs);
        bench.Token("THIRD");
        Assert.Equal(bench.NowNs + (900 * LaneBench.Second), bench.Lane.SpareUntilNs);
        Assert.False(bench.Lane.WantsToken);
    }

    [Fact]
    public void The_spare_is_kept_fresh_while_the_socket_is_away()
    {
        LaneBench bench = LaneBench.Up();
        bench.Disconnect();
        bench.Pass(600 * LaneBench.Second);
        Assert.True(bench.Lane.WantsToken);
        bench.Token("FRESH");
        Assert.False(bench.Lane.WantsToken);
        bench.Pass(400 * LaneBench.Second);
        bench.Connect();
        Assert.Equal("FRESH", (string)bench.Sent[^1]["params"]!["token"]!);
    }

    [Fact]
    public void A_spare_that_ran_out_is_not_used()
    {
        LaneBench bench = LaneBench.Up();
        bench.Disconnect();
        bench.Pass(901 * LaneBench.Second);
        bench.Forget();
        bench.Connect();
        Assert.Empty(bench.Sent);
        Assert.True(bench.Lane.WantsToken);
    }

    [Fact]
    public void A_stop_whose_token_is_not_taken_goes_again_at_once_with_the_spare()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand stop = bench.Place(OrderType.StopLoss);
        bench.Submit(stop);
        bench.Answer(bench.Sent[0], error: Invalid);
        Assert.Empty(bench.Told);
        Assert.Equal(2, bench.Sent.Count);
        Assert.Equal("SPARE", (string)bench.Sent[1]["params"]!["token"]!);
        Assert.Equal(LaneBench.TextOf(stop.Id), (string)bench.Sent[1]["params"]!["cl_ord_id"]!);
        Assert.NotEqual((long)bench.Sent[0]["req_id"]!, (long)bench.Sent[1]["req_id"]!);
        bench.Answer(bench.Sent[1], orderId: "e66851e7-8721-50ed-bf43-5e6a2ddff423");
        Assert.Equal([AccountEventKind.Accepted], bench.Kinds);
        Assert.Equal(1, bench.Lane.Counters.Resent);
    }

    [Fact]
    public void A_request_goes_again_once_only()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place(OrderType.StopLoss));
        bench.Answer(bench.Sent[0], error: Invalid);
        bench.Token("THIRD");
        bench.Answer(bench.Sent[1], error: Invalid);
        Assert.Equal(2, bench.Sent.Count);
        Assert.Equal([AccountEventKind.Refused], bench.Kinds);
    }

    [Fact]
    public void A_late_refusal_of_the_old_token_does_not_cost_the_new_one()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        bench.Submit(bench.Place());
        bench.Answer(bench.Sent[0], error: Invalid);
        bench.Answer(bench.Sent[1], error: Invalid);
        Assert.Equal(4, bench.Sent.Count);
        Assert.All(bench.Sent.Skip(2), frame => Assert.Equal("SPARE", (string)frame["params"]!["token"]!));
        Assert.Empty(bench.Told);
    }

    [Fact]
    public void Two_unacknowledged_requests_answered_in_the_other_order_are_told_apart()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand first = bench.Place();
        OrderCommand second = bench.Place(OrderType.StopLoss);
        bench.Submit(first);
        bench.Submit(second);
        bench.Answer(bench.Sent[1], orderId: "order-2");
        bench.Answer(bench.Sent[0], error: "EOrder:Insufficient margin");
        Assert.Equal([(second.Id, AccountEventKind.Accepted), (first.Id, AccountEventKind.Refused)],
            bench.Told.Select(record => (record.Id, record.Kind)));
    }
}
