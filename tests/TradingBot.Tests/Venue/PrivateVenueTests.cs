using System;
using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Order entry and the account's channels, spoken as JSON.</summary>
public sealed class PrivateVenueTests
{
    private const string Market = "\"order_type\":\"market\"";
    private const string Reduce = "\"order_type\":\"market\",\"reduce_only\":true";
    private const string Stop = "\"order_type\":\"stop-loss\",\"reduce_only\":true,"
        + "\"triggers\":{\"reference\":\"index\",\"price\":40000}";

    [Fact]
    public void An_order_is_answered_reported_and_held()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        int request = client.Add(connection, "a1", "buy", "0.05", Market);
        client.Run(1_000);

        Assert.Equal("a1", client.Answer(request).GetProperty("result").GetProperty("cl_ord_id").GetString());
        Assert.Equal(["new", "trade", "filled"], client.Executions("a1"));
        JsonElement position = client.Channel("positions").Last().GetProperty("data").GetProperty("futures")[0];
        Assert.Equal("long", position.GetProperty("side").GetString());
        Assert.Equal(0.05m, position.GetProperty("size").GetDecimal());
        Assert.Equal(500, client.Venue.Oracle.PositionLots(VenueClient.Bitcoin));
        long[] sequences = [.. client.Channel("executions").Select(f => f.GetProperty("sequence").GetInt64())];
        Assert.Equal([1, 2, 3, 4], sequences);
    }

    [Fact]
    public void A_new_socket_is_told_open_orders_fills_and_positions()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        for (int i = 0; i < 52; i++) client.Add(connection, $"f{i}", "buy", "0.0001", Market);
        client.Run(1_000);
        client.Add(connection, "stop", "sell", "0.0052", Stop);
        client.Run(1_000);
        client.Venue.Close(connection);
        client.Heard.Clear();
        client.OpenPrivate();

        JsonElement snapshot = client.Channel("executions").First();
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        JsonElement[] data = [.. snapshot.GetProperty("data").EnumerateArray()];
        Assert.Equal("stop", data[0].GetProperty("cl_ord_id").GetString());
        Assert.Equal("untriggered", data[0].GetProperty("triggers").GetProperty("status").GetString());
        Assert.Equal(40_000, data[0].GetProperty("triggers").GetProperty("price").GetDecimal());
        Assert.Equal(51, data.Length);
        Assert.All(data.Skip(1), entry => Assert.Equal("trade", entry.GetProperty("exec_type").GetString()));
        JsonElement futures = client.Channel("positions").First().GetProperty("data").GetProperty("futures");
        Assert.Equal(0.0052m, futures[0].GetProperty("size").GetDecimal());
    }

    [Fact]
    public void Amend_and_cancel_are_answered_one_by_one()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        client.Add(connection, "e", "buy", "0.05", Market);
        client.Run(500);
        client.Add(connection, "s", "sell", "0.05", Stop);
        client.Run(500);
        int amend = client.Ask(
            connection, "amend_order", "\"cl_ord_id\":\"s\",\"order_qty\":0.04,\"trigger_price\":41000");
        client.Run(500);
        OracleOrder order = Assert.Single(client.Venue.Oracle.LiveOrders);
        Assert.Equal((400, 41_000), (order.Lots, order.TriggerPrice));
        Assert.Equal(string.Empty, client.Answer(amend).GetProperty("result").GetProperty("amend_id").GetString());
        int cancel = client.Ask(connection, "cancel_order", "\"cl_ord_id\":[\"s\",\"none\"]");
        client.Run(500);

        Assert.Equal([true, false], client.Answers(cancel).Select(a => a.GetProperty("success").GetBoolean()));
        Assert.Equal("EOrder:Unknown order", client.Answers(cancel)[1].GetProperty("error").GetString());
        Assert.Equal(["new", "amended", "canceled"], client.Executions("s"));
    }

    [Theory]
    [InlineData("\"order_type\":\"market\",\"reduce_only\":true", "0.01", "EOrder:Reduce only:No position exists")]
    [InlineData(Market, "9", "EOrder:Insufficient margin")]
    [InlineData(Market, "0.00001", "EGeneral:Invalid arguments:order_qty")]
    [InlineData("\"order_type\":\"limit\",\"limit_price\":60000.5", "0.01", "EOrder:Invalid price")]
    [InlineData("\"order_type\":\"iceberg\"", "0.01", "EGeneral:Invalid arguments:order_type")]
    [InlineData(Market + ",\"deadline\":\"2020-01-01T00:00:00.000Z\"", "0.01", "EService:Deadline elapsed")]
    public void Bad_orders_are_refused_in_the_words_of_the_venue(string rest, string quantity, string error)
    {
        VenueClient client = new();
        int request = client.Add(client.OpenPrivate(), "x", "buy", quantity, rest);
        client.Run(500);

        Assert.Equal(error, client.ErrorOf(request));
        Assert.Empty(client.Executions("x"));
    }

    [Fact]
    public void Private_requests_need_a_token_that_lives()
    {
        VenueClient client = new();
        int connection = client.Venue.Open(VenueEndpoint.UnifiedPrivate);
        int without = client.Ask(connection, "subscribe", "\"channel\":\"executions\"");
        client.Token = "of somebody else";
        int wrong = client.Ask(connection, "subscribe", "\"channel\":\"executions\"");
        client.Token = client.FetchToken();
        client.Run(901_000);
        int late = client.Ask(connection, "subscribe", "\"channel\":\"executions\"");
        client.Token = client.FetchToken();
        int good = client.Ask(connection, "subscribe", "\"channel\":\"executions\"");
        client.Run(901_000);
        int still = client.Add(connection, "a", "buy", "0.01", Market);
        client.Run(500);

        Assert.Equal("EGeneral:Permission denied", client.ErrorOf(without));
        Assert.Equal("ESession:Invalid session", client.ErrorOf(wrong));
        Assert.Equal("ESession:Invalid session", client.ErrorOf(late));
        Assert.True(client.Answer(good).GetProperty("success").GetBoolean());
        Assert.True(client.Answer(still).GetProperty("success").GetBoolean());
    }

    [Fact]
    public void Replies_and_executions_race_and_either_may_win()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        int replyFirst = 0;
        for (int i = 0; i < 40; i++)
        {
            client.Heard.Clear();
            client.Add(connection, $"r{i}", i % 2 == 0 ? "buy" : "sell", "0.01", Market);
            client.Run(1_000);
            int reply = client.IndexOf(text => text.StartsWith("{\"method\":\"add_order\"", StringComparison.Ordinal));
            int execution = client.IndexOf(text => text.Contains("\"exec_type\":\"new\"", StringComparison.Ordinal));
            Assert.True(reply >= 0 && execution >= 0);
            if (reply < execution) replyFirst++;
        }

        Assert.InRange(replyFirst, 5, 35);
    }

    [Fact]
    public void Unprotected_time_ends_when_the_stop_is_live()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        client.Add(connection, "e", "buy", "0.05", Market);
        client.Run(2_000);
        long naked = client.Venue.Oracle.UnprotectedCurrentNs(VenueClient.Bitcoin);
        Assert.InRange(naked, 1_900_000_000, 2_000_000_000);
        client.Add(connection, "s", "sell", "0.05", Stop);
        client.Run(2_000);
        Assert.Equal(0, client.Venue.Oracle.UnprotectedCurrentNs(VenueClient.Bitcoin));
        client.Venue.Faults.Arm(VenueFault.LoseStop);
        int heard = client.Channel("executions").Count();
        client.Run(5_000);

        Assert.Equal(1, client.Venue.Faults.CountOf(VenueFault.LoseStop));
        Assert.Empty(client.Venue.Oracle.LiveOrders);
        Assert.Equal(heard, client.Channel("executions").Count());
        Assert.True(client.Venue.Oracle.UnprotectedCurrentNs(VenueClient.Bitcoin) > 1_000_000_000);
        client.Add(connection, "x", "sell", "0.05", Reduce);
        client.Run(500);
        Assert.Equal(0, client.Venue.Oracle.PositionLots(VenueClient.Bitcoin));
    }

    [Fact]
    public void Reports_may_be_sparse_and_positions_may_use_other_names()
    {
        VenueClient client = new(new VenueOptions
        {
            Habits = new VenueHabits { SparseReports = true, PositionAliases = true },
        });
        int connection = client.OpenPrivate();
        client.Add(connection, "e", "sell", "0.05", Market);
        client.Run(500);

        JsonElement filled = client.Channel("executions").Last().GetProperty("data")[0];
        Assert.Equal("filled", filled.GetProperty("exec_type").GetString());
        Assert.False(filled.TryGetProperty("cl_ord_id", out _));
        JsonElement position = client.Channel("positions").Last().GetProperty("data").GetProperty("futures")[0];
        Assert.Equal(VenueClient.Bitcoin, position.GetProperty("instrument").GetString());
        Assert.Equal(-0.05m, position.GetProperty("qty").GetDecimal());
        Assert.InRange(position.GetProperty("avg_price").GetDecimal(), 60_000m, 66_000m);
    }
}
