using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Coming up, looks at the account, and how far they may be believed (I11).</summary>
public sealed class LaneLookTests
{
    private const string TooLarge =
        """{"channel":"positions","type":"snapshot","data":{"error":"snapshot_too_large","futures":[],"options":[]}}""";

    [Fact]
    public void A_lane_is_up_after_a_token_and_two_whole_snapshots_I11()
    {
        LaneBench bench = new();
        Assert.False(bench.Lane.WantsToken);
        bench.Connect();
        Assert.True(bench.Lane.WantsToken);
        Assert.Empty(bench.Sent);

        bench.Token();
        Assert.True(bench.Lane.WantsToken, "a spare is wanted at once");
        bench.Token("SPARE");
        Assert.False(bench.Lane.WantsToken);
        Assert.Equal(["executions", "positions"], bench.Sent.Select(frame => (string)frame["params"]!["channel"]!));
        Assert.All(bench.Methods, method => Assert.Equal("subscribe", method));
        bench.Frame("""{"channel":"status","type":"update","data":[{"system":"online"}]}""");
        bench.Frame("""{"channel":"heartbeat"}""");
        bench.Frame("""{"method":"pong","req_id":1}""");
        bench.Frame("""{"method":"subscribe","req_id":1,"success":true,"result":{"channel":"executions"}}""");
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal([AccountEventKind.SnapshotBegin], bench.Kinds);

        bench.Frame(LaneAccountTests.Positions("snapshot", """{"symbol":"PF_XBTUSD","size":1,"entry_price":2}"""));
        Assert.Equal(
            [
                AccountEventKind.SnapshotBegin, AccountEventKind.Position, AccountEventKind.SnapshotEnd,
                AccountEventKind.LaneUp,
            ],
            bench.Kinds);
        Assert.True(bench.Told[1].Snapshot);
        Assert.Equal(Completeness.Complete, bench.Told[2].Completeness);
        Assert.Equal(2, bench.Lane.Counters.OtherChannels.Total);
    }

    [Fact]
    public void A_snapshot_too_large_has_failed_and_is_asked_for_again_after_growing_pauses()
    {
        LaneBench bench = Looking();
        bench.Frame(TooLarge);
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal(Completeness.Failed, bench.Told[^1].Completeness);
        Assert.False(bench.Lane.IsUp);
        bench.Forget();

        bench.Pass(LaneBench.Second - 1);
        Assert.Empty(bench.Sent);
        bench.Pass(1);
        Assert.Equal(["unsubscribe", "unsubscribe", "subscribe", "subscribe"], bench.Methods);
        bench.Frame(TooLarge);
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal(bench.NowNs + (2 * LaneBench.Second), bench.Lane.NextDueNs);
    }

    [Fact]
    public void A_snapshot_with_an_element_nobody_can_read_is_partial_I11()
    {
        LaneBench bench = Looking();
        bench.Frame(LaneAccountTests.Positions("snapshot", """{"symbol":"PF_XBTUSD","size":1}""", """{"size":1}"""));
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal(
            [AccountEventKind.SnapshotBegin, AccountEventKind.Position, AccountEventKind.SnapshotEnd], bench.Kinds);
        Assert.Equal(Completeness.Partial, bench.Told[^1].Completeness);
    }

    [Fact]
    public void A_snapshot_that_does_not_come_has_failed()
    {
        LaneBench bench = Looking();
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal(bench.NowNs + (10 * LaneBench.Second), bench.Lane.NextDueNs);
        bench.Pass(10 * LaneBench.Second);
        Assert.Equal(Completeness.Failed, bench.Told[^1].Completeness);
    }

    [Fact]
    public void A_refused_subscription_has_failed()
    {
        LaneBench bench = Looking();
        const string Already = "Already subscribed to positions channel";
        bench.Frame($$"""{"method":"subscribe","req_id":2,"success":false,"error":"{{Already}}"}""");
        bench.Frame(LaneBench.NoOrders);
        Assert.Equal(Completeness.Failed, bench.Told[^1].Completeness);
        Assert.False(bench.Lane.WantsToken);
    }

    [Fact]
    public void A_hole_in_the_sequence_calls_for_a_look_and_the_lane_stays_up()
    {
        LaneBench bench = LaneBench.Up();
        bench.Executions("update", 2);
        Assert.Empty(bench.Told);
        bench.Executions("update", 4);
        Assert.Equal([AccountEventKind.SnapshotBegin], bench.Kinds);
        Assert.Equal(["unsubscribe", "unsubscribe", "subscribe", "subscribe"], bench.Methods);
        Assert.True(bench.Lane.IsUp);

        // The old subscription may go on for a while; the new one starts at 1.
        bench.Executions("update", 9);
        bench.Executions("snapshot", 1);
        bench.Executions("update", 2);
        bench.Frame(LaneBench.NoPositions);
        Assert.Equal([AccountEventKind.SnapshotBegin, AccountEventKind.SnapshotEnd], bench.Kinds);
        Assert.Equal(Completeness.Complete, bench.Told[1].Completeness);
        Assert.Equal(2, bench.Lane.Counters.SequenceGaps);
    }

    [Fact]
    public void A_hole_within_a_look_makes_it_partial_and_another_follows()
    {
        LaneBench bench = Looking();
        bench.Frame(LaneBench.NoOrders);
        bench.Executions("update", 3);
        bench.Frame(LaneBench.NoPositions);
        Assert.Equal(Completeness.Partial, bench.Told[^1].Completeness);
        bench.Pass(LaneBench.Second);
        Assert.Equal(AccountEventKind.SnapshotBegin, bench.Kinds[^1]);
    }

    [Fact]
    public void A_look_is_asked_for_by_command_and_one_under_way_is_followed_by_another()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(new OrderCommand { Kind = CommandKind.Snapshot });
        bench.Submit(new OrderCommand { Kind = CommandKind.Snapshot });
        Assert.Equal(
            [AccountEventKind.Accepted, AccountEventKind.SnapshotBegin, AccountEventKind.Accepted], bench.Kinds);
        Assert.Equal(4, bench.Sent.Count);
        bench.Frame(LaneBench.NoOrders);
        bench.Frame(LaneBench.NoPositions);
        Assert.Equal(8, bench.Sent.Count);
        Assert.Equal(AccountEventKind.SnapshotBegin, bench.Kinds[^1]);
    }

    [Fact]
    public void A_connection_lost_within_a_look_ends_it_as_failed()
    {
        LaneBench bench = Looking();
        bench.Frame(LaneBench.NoOrders);
        bench.Disconnect();
        Assert.Equal(
            [AccountEventKind.SnapshotBegin, AccountEventKind.SnapshotEnd, AccountEventKind.LaneDown], bench.Kinds);
        Assert.Equal(Completeness.Failed, bench.Told[1].Completeness);
        // Nothing but the spare token, which is kept fresh for the reconnect.
        Assert.Equal(bench.NowNs + (600 * LaneBench.Second), bench.Lane.NextDueNs);
    }

    [Fact]
    public void A_page_of_a_proxy_is_no_token_and_is_asked_for_again_after_a_pause()
    {
        LaneBench bench = new();
        bench.Connect();
        bench.Token(WebSocketToken.Parse(200, "<html>Just a moment...</html>"u8, bench.NowNs));
        Assert.False(bench.Lane.WantsToken);
        Assert.Equal(1, bench.Lane.Counters.TokensFailed);
        Assert.Equal(bench.NowNs + (5 * LaneBench.Second), bench.Lane.NextDueNs);
        bench.Pass(5 * LaneBench.Second);
        Assert.True(bench.Lane.WantsToken);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void A_token_the_venue_refuses_is_replaced_and_the_look_begun_anew()
    {
        LaneBench bench = Looking(spare: false);
        bench.Frame("""{"method":"subscribe","req_id":1,"success":false,"error":"ESession:Invalid session"}""");
        bench.Frame("""{"method":"subscribe","req_id":2,"success":false,"error":"ESession:Invalid session"}""");
        Assert.Equal(Completeness.Failed, bench.Told[^1].Completeness);
        Assert.True(bench.Lane.WantsToken);
        bench.Pass(100 * LaneBench.Second);
        Assert.Equal(2, bench.Sent.Count);

        bench.Token("SECOND");
        Assert.Equal("SECOND", (string)bench.Sent[^1]["params"]!["token"]!);
        Assert.Equal(AccountEventKind.SnapshotBegin, bench.Kinds[^1]);
    }

    [Fact]
    public void A_token_older_than_ten_minutes_is_renewed_while_the_old_one_serves()
    {
        LaneBench bench = LaneBench.Up();
        bench.Pass(600 * LaneBench.Second);
        Assert.True(bench.Lane.WantsToken);
        bench.Submit(bench.Place());
        Assert.Equal("TOKEN", (string)bench.Sent[^1]["params"]!["token"]!);
        bench.Token("SECOND");
        bench.Submit(bench.Place());
        Assert.Equal("SECOND", (string)bench.Sent[^1]["params"]!["token"]!);
        Assert.Equal(2, bench.Sent.Count);
    }

    private static LaneBench Looking(bool spare = true)
    {
        LaneBench bench = new();
        bench.Connect();
        bench.Token();
        if (spare) bench.Token("SPARE");
        return bench;
    }
}
