using System;
using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Faults of subscriptions and public sockets, each by itself, as a client hears them.</summary>
public sealed class FeedFaultTests
{
    private const string Book = "\"channel\":\"book\",\"symbol\":[\"PF_XBTUSD\",\"PF_ETHUSD\"]";

    private readonly VenueClient _client = new();

    [Fact]
    public void A_lost_subscribe_brings_neither_answer_nor_data_for_one_symbol()
    {
        int request = Subscribe(VenueFault.LoseSubscribe, out int connection);
        Assert.Equal("PF_ETHUSD", SymbolOf(Assert.Single(_client.Answers(request))));
        Assert.Equal(["PF_ETHUSD"], Snapshots());
        Assert.Equal("Subscription Not Found", Leave(connection));
    }

    [Fact]
    public void A_dropped_acknowledgement_leaves_the_data()
    {
        int request = Subscribe(VenueFault.DropAcknowledgement, out _);
        Assert.Single(_client.Answers(request));
        Assert.Equal(["PF_XBTUSD", "PF_ETHUSD"], Snapshots());
    }

    [Fact]
    public void A_muted_subscription_is_acknowledged_counts_as_taken_and_can_be_left()
    {
        int request = Subscribe(VenueFault.MuteSubscription, out int connection);
        Assert.Equal(2, _client.Answers(request).Length);
        Assert.Equal(["PF_ETHUSD"], Snapshots());
        int again = _client.Ask(connection, "subscribe", Book);
        _client.Run(1_000);
        Assert.Equal(2, _client.Answers(again).Length);
        Assert.All(_client.Answers(again), answer => Assert.Equal("Already subscribed", ErrorOf(answer)));
        Assert.Equal("", Leave(connection));
        _client.Ask(connection, "subscribe", Book);
        _client.Run(1_000);
        Assert.Equal(["PF_ETHUSD", "PF_XBTUSD"], Snapshots());
    }

    [Fact]
    public void A_refused_symbol_is_named_and_the_others_are_served()
    {
        int request = Subscribe(VenueFault.RefuseSymbol, out _);
        JsonElement refusal = Assert.Single(
            _client.Answers(request), answer => !answer.GetProperty("success").GetBoolean());
        Assert.Equal("Currency pair not supported PF_XBTUSD", ErrorOf(refusal));
        Assert.Equal("PF_XBTUSD", refusal.GetProperty("symbol").GetString());
        Assert.Equal(["PF_ETHUSD"], Snapshots());
    }

    [Fact]
    public void A_repeated_acknowledgement_comes_twice_and_the_snapshot_once()
    {
        int request = Subscribe(VenueFault.RepeatAcknowledgement, out _);
        Assert.Equal(["PF_XBTUSD", "PF_XBTUSD", "PF_ETHUSD"], _client.Answers(request).Select(SymbolOf));
        Assert.Equal(["PF_XBTUSD", "PF_ETHUSD"], Snapshots());
    }

    [Fact]
    public void A_black_hole_takes_everything_and_gives_nothing()
    {
        int request = Subscribe(VenueFault.BlackHole, out int connection);
        int heard = _client.Heard.Count;
        Assert.True(_client.Venue.Send(connection, "{\"method\":\"ping\"}"u8));
        _client.Run(60_000);
        Assert.Empty(_client.Answers(request));
        Assert.Equal(heard, _client.Heard.Count);
    }

    [Fact]
    public void A_socket_closed_on_open_is_told_so_and_the_next_one_lives()
    {
        _client.Venue.Faults.Arm(VenueFault.CloseOnOpen);
        int first = _client.Venue.Open(VenueEndpoint.UnifiedPublic);
        _client.Run(1_000);
        Assert.Equal((first, ""), (_client.Heard[^1].Connection, _client.Heard[^1].Text));
        Subscribe(null, out _);
        Assert.Equal(2, Snapshots().Length);
    }

    [Fact]
    public void A_trade_snapshot_holds_the_last_fifty_trades_oldest_first_and_goes_on_without_a_hole()
    {
        const string Trades = "\"channel\":\"trade\",\"symbol\":[\"PF_XBTUSD\"],\"snapshot\":true";
        int early = _client.Venue.Open(VenueEndpoint.UnifiedPublic);
        _client.Ask(early, "subscribe", Trades);
        _client.Run(600_000);
        Assert.Single(Ids("snapshot").First());
        int late = _client.Venue.Open(VenueEndpoint.UnifiedPublic);
        _client.Ask(late, "subscribe", Trades);
        _client.Run(60_000);
        long[] snapshot = Ids("snapshot").Last();
        Assert.Equal(50, snapshot.Length);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => snapshot[0] + i), snapshot);
        long[] all = [.. Ids("snapshot").First(), .. Ids("update").SelectMany(ids => ids)];
        Assert.Equal(all.Distinct().Count(), (int)(all.Max() - all.Min() + 1));
    }

    private int Subscribe(VenueFault? fault, out int connection)
    {
        connection = _client.Venue.Open(VenueEndpoint.UnifiedPublic);
        if (fault is VenueFault armed) _client.Venue.Faults.Arm(armed);
        int request = _client.Ask(connection, "subscribe", Book);
        _client.Run(5_000);
        if (fault is VenueFault struck) Assert.Equal(1, _client.Venue.Faults.CountOf(struck));
        return request;
    }

    private string Leave(int connection)
    {
        int request = _client.Ask(connection, "unsubscribe", "\"channel\":\"book\",\"symbol\":[\"PF_XBTUSD\"]");
        _client.Run(1_000);
        return ErrorOf(_client.Answer(request));
    }

    private string[] Snapshots() =>
        [.. _client.Channel("book").Where(frame => frame.GetProperty("type").GetString() == "snapshot")
            .Select(frame => frame.GetProperty("data")[0].GetProperty("symbol").GetString()!)];

    private long[][] Ids(string type) =>
        [.. _client.Channel("trade").Where(frame => frame.GetProperty("type").GetString() == type)
            .Select(frame => frame.GetProperty("data").EnumerateArray()
                .Select(trade => trade.GetProperty("trade_id").GetInt64()).ToArray())];

    private static string SymbolOf(JsonElement answer) =>
        answer.GetProperty("result").GetProperty("symbol").GetString()!;

    private static string ErrorOf(JsonElement answer) =>
        answer.TryGetProperty("error", out JsonElement error) ? error.GetString()! : "";
}
