using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using TradingBot.Kraken.Orders;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Scripted conversations about commands: each has one first outcome, whatever the venue does.</summary>
public sealed class LaneCommandTests
{
    private const string Order = "e66851e7-8721-50ed-bf43-5e6a2ddff423";

    [Fact]
    public void An_accepted_order_is_told_with_its_venue_id()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        Assert.Equal(["add_order"], bench.Methods);
        Assert.Empty(bench.Told);

        bench.Answer(bench.Sent[0], orderId: Order);

        AccountRecord accepted = Assert.Single(bench.Told);
        Assert.Equal((AccountEventKind.Accepted, CommandKind.Place), (accepted.Kind, accepted.Command));
        Assert.Equal((place.Id, false), (accepted.Id, accepted.Late));
        Assert.NotEqual(0ul, accepted.VenueOrderHigh);
        Assert.Equal(long.MaxValue, WithoutToken(bench));
    }

    [Fact]
    public void A_refused_order_says_why()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        bench.Answer(bench.Sent[0], error: "EOrder:Insufficient margin");
        AccountRecord refused = Assert.Single(bench.Told);
        Assert.Equal((AccountEventKind.Refused, VenueReason.InsufficientFunds), (refused.Kind, refused.Reason));
    }

    [Theory]
    [InlineData("EService:Deadline elapsed", VenueReason.Deadline)]
    [InlineData("EOrder:Words of tomorrow", VenueReason.Other)]
    public void An_error_that_proves_nothing_leaves_the_outcome_unknown_I3(string error, VenueReason reason)
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        bench.Answer(bench.Sent[0], error: error);
        AccountRecord unknown = Assert.Single(bench.Told);
        Assert.Equal((AccountEventKind.Unknown, reason), (unknown.Kind, unknown.Reason));
    }

    [Fact]
    public void Without_an_answer_the_outcome_is_unknown_once_and_a_late_answer_is_marked()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        long due = bench.NowNs + (5 * LaneBench.Second);
        Assert.Equal(due, bench.Lane.NextDueNs);

        bench.Pass((5 * LaneBench.Second) - 1);
        Assert.Empty(bench.Told);
        bench.Pass(1);
        bench.Pass(100 * LaneBench.Second);
        Assert.Equal([AccountEventKind.Unknown], bench.Kinds);

        bench.Answer(bench.Sent[0], orderId: Order);
        bench.Answer(bench.Sent[0], orderId: Order);
        Assert.Equal([AccountEventKind.Unknown, AccountEventKind.Accepted], bench.Kinds);
        Assert.True(bench.Told[1].Late);
        Assert.Equal(1, bench.Lane.Counters.StrayAnswers);
        Assert.Single(bench.Sent);
    }

    [Fact]
    public void An_unreadable_answer_is_unknown_and_the_good_one_after_it_late()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        bench.Frame($$"""{"method":"add_order","req_id":{{(long)bench.Sent[0]["req_id"]!}}}""");
        bench.Answer(bench.Sent[0], error: "EOrder:Insufficient funds");
        Assert.Equal([AccountEventKind.Unknown, AccountEventKind.Refused], bench.Kinds);
        Assert.True(bench.Told[1].Late);
    }

    [Fact]
    public void Nothing_is_sent_while_the_lane_is_down()
    {
        LaneBench bench = new();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        bench.Connect();
        bench.Submit(place);
        bench.Submit(new OrderCommand { Kind = CommandKind.Snapshot });

        Assert.Empty(bench.Sent);
        Assert.Equal(3, bench.Told.Count);
        Assert.All(bench.Told, record =>
            Assert.Equal((AccountEventKind.Refused, VenueReason.VenueMode), (record.Kind, record.Reason)));
    }

    [Fact]
    public void A_lost_connection_makes_commands_in_flight_unknown_and_refuses_those_never_sent()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand first = bench.Place();
        OrderCommand second = bench.Place();
        bench.Submit(first);
        bench.Submit(second);
        bench.Submit(LaneBench.Cancel(first));
        bench.Disconnect();
        bench.Disconnect();

        Assert.Equal(
            [AccountEventKind.LaneDown, AccountEventKind.Unknown, AccountEventKind.Unknown, AccountEventKind.Refused],
            bench.Kinds);
        Assert.Equal(new[] { first.Id, second.Id, first.Id }, bench.Told.Skip(1).Select(record => record.Id));
        Assert.Equal(VenueReason.VenueMode, bench.Told[3].Reason);
        Assert.False(bench.Lane.IsUp);

        bench.Connect();
        bench.Token();
        bench.Frame(LaneBench.NoOrders);
        bench.Frame(LaneBench.NoPositions);
        Assert.True(bench.Lane.IsUp);
        Assert.DoesNotContain("add_order", bench.Methods.Skip(2));
        Assert.DoesNotContain("cancel_order", bench.Methods);
    }

    [Fact]
    public void Mutations_of_one_order_go_one_after_the_other()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        OrderCommand other = bench.Place();
        bench.Submit(place);
        bench.Submit(LaneBench.Amend(place, 400));
        bench.Submit(LaneBench.Cancel(place));
        bench.Submit(other);
        Assert.Equal(["add_order", "add_order"], bench.Methods);

        bench.Answer(bench.Sent[0], orderId: Order);
        Assert.Equal(["add_order", "add_order", "amend_order"], bench.Methods);
        bench.Answer(bench.Sent[2], error: "EOrder:Unknown order");
        Assert.Equal(["add_order", "add_order", "amend_order", "cancel_order"], bench.Methods);
        bench.Answer(bench.Sent[3]);
        Assert.Equal(
            [AccountEventKind.Accepted, AccountEventKind.Refused, AccountEventKind.Accepted], bench.Kinds);
        Assert.Equal(2, bench.Lane.Counters.Waited);
    }

    [Fact]
    public void An_unknown_mutation_frees_the_order_for_the_next()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        bench.Submit(LaneBench.Cancel(place));
        bench.Pass(5 * LaneBench.Second);
        Assert.Equal([AccountEventKind.Unknown], bench.Kinds);
        Assert.Equal(["add_order", "cancel_order"], bench.Methods);

        bench.Pass(5 * LaneBench.Second);
        Assert.Equal([AccountEventKind.Unknown, AccountEventKind.Unknown], bench.Kinds);
    }

    [Fact]
    public void An_id_is_never_placed_twice()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        bench.Answer(bench.Sent[0], orderId: Order);
        bench.Submit(place);
        Assert.Single(bench.Sent);
        AccountRecord second = bench.Told[1];
        Assert.Equal((AccountEventKind.Refused, VenueReason.InvalidArguments), (second.Kind, second.Reason));
    }

    [Fact]
    public void Too_many_commands_without_answers_are_refused_unsent()
    {
        LaneBench bench = LaneBench.Up(new LaneOptions { TokensMax = 100_000 });
        for (int i = 0; i < 257; i++) bench.Submit(bench.Place());
        Assert.Equal(256, bench.Sent.Count);
        Assert.Equal(VenueReason.RateLimited, Assert.Single(bench.Told).Reason);

        // Those that became Unknown make room.
        bench.Pass(5 * LaneBench.Second);
        bench.Submit(bench.Place());
        Assert.Equal(257, bench.Sent.Count);
    }

    [Fact]
    public void A_session_the_venue_does_not_know_asks_for_a_token_and_without_a_spare_resends_nothing()
    {
        LaneBench bench = LaneBench.Up(spare: false);
        bench.Submit(bench.Place());
        bench.Answer(bench.Sent[0], error: "ESession:Invalid session");
        Assert.Equal(VenueReason.Unauthorised, Assert.Single(bench.Told).Reason);
        Assert.True(bench.Lane.WantsToken);
        bench.Submit(bench.Place());
        Assert.Equal(VenueReason.VenueMode, bench.Told[1].Reason);

        bench.Token("SECOND");
        Assert.Single(bench.Sent);
        bench.Submit(bench.Place());
        Assert.Equal("SECOND", (string)bench.Sent[1]["params"]!["token"]!);
    }

    [Fact]
    public void Answers_of_another_kind_or_number_touch_nothing()
    {
        LaneBench bench = LaneBench.Up();
        bench.Submit(bench.Place());
        long request = (long)bench.Sent[0]["req_id"]!;
        bench.Frame($$"""{"method":"cancel_order","req_id":{{request}},"success":true,"result":{} }""");
        bench.Frame("""{"method":"add_order","req_id":999,"success":true,"result":{}}""");
        bench.Frame("""{"method":"add_order","success":true,"result":{}}""");
        Assert.Empty(bench.Told);
        Assert.Equal(3, bench.Lane.Counters.StrayAnswers);
    }

    [Fact]
    public void Request_numbers_never_repeat_across_connections()
    {
        LaneBench bench = LaneBench.Up();
        bench.Connect();
        bench.Token();
        bench.Frame(LaneBench.NoOrders);
        bench.Frame(LaneBench.NoPositions);
        bench.Submit(bench.Place());
        List<long> numbers = [.. bench.Sent.Select((JsonObject frame) => (long)frame["req_id"]!)];
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.True(numbers[0] > 2);
    }

    /// <summary>The next due time apart from the wish for a fresh token.</summary>
    private static long WithoutToken(LaneBench bench)
    {
        long tokenDue = bench.NowNs + (600 * LaneBench.Second);
        return bench.Lane.NextDueNs == tokenDue ? long.MaxValue : bench.Lane.NextDueNs;
    }
}
