using System;
using System.Linq;
using System.Text;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Each fault by itself, armed by hand.</summary>
public sealed class VenueFaultTests
{
    private const string Market = "\"order_type\":\"market\"";

    private readonly VenueClient _client = new();
    private readonly int _connection;

    public VenueFaultTests() => _connection = _client.OpenPrivate();

    [Fact]
    public void A_dropped_reply_leaves_the_order_alive()
    {
        int request = Strike(VenueFault.DropReply);
        Assert.Empty(_client.Answers(request));
        Assert.Equal(["new", "trade", "filled"], _client.Executions("a"));
    }

    [Fact]
    public void A_held_reply_comes_after_the_fill()
    {
        Strike(VenueFault.ReplyAfterExecutions);
        int filled = _client.IndexOf(text => text.Contains("\"exec_type\":\"filled\"", StringComparison.Ordinal));
        int reply = _client.IndexOf(text => text.StartsWith("{\"method\":\"add_order\"", StringComparison.Ordinal));
        Assert.True(filled >= 0 && reply > filled, $"reply {reply}, filled {filled}");
    }

    [Fact]
    public void A_repeated_execution_is_the_same_frame_twice()
    {
        Strike(VenueFault.RepeatExecutions);
        Assert.Equal(["new", "new", "trade", "filled"], _client.Executions("a"));
        string[] frames = [.. _client.Heard.Select(heard => heard.Text)
            .Where(text => text.Contains("\"exec_type\":\"new\"", StringComparison.Ordinal))];
        Assert.Equal(frames[0], frames[1]);
    }

    [Fact]
    public void A_closed_socket_says_nothing_more_and_the_order_was_taken_or_not()
    {
        int taken = 0;
        for (int i = 0; i < 20; i++)
        {
            VenueClient client = new(new VenueOptions { Faults = new FaultPlan((ulong)i) });
            int connection = client.OpenPrivate();
            client.Venue.Faults.Arm(VenueFault.ClosePrivate);
            client.Add(connection, "a", "buy", "0.01", Market);
            client.Run(2_000);
            Assert.Equal(string.Empty, client.Heard[^1].Text);
            Assert.Empty(client.Executions("a"));
            Assert.False(client.Venue.Send(connection, "{\"method\":\"ping\"}"u8));
            taken += client.Venue.Oracle.FillCount;
        }

        Assert.InRange(taken, 4, 16);
    }

    [Fact]
    public void A_refused_order_is_told_the_given_words()
    {
        _client.Venue.Faults.ArmRefusal("EService:Market in cancel_only mode");
        int request = _client.Add(_connection, "a", "buy", "0.01", Market);
        _client.Run(1_000);
        Assert.Equal("EService:Market in cancel_only mode", _client.ErrorOf(request));
        Assert.Equal(0, _client.Venue.Oracle.FillCount);
    }

    [Fact]
    public void A_delayed_reply_takes_one_to_ten_seconds()
    {
        int request = Strike(VenueFault.DelayReply);
        Assert.Empty(_client.Answers(request));
        _client.Run(10_000);
        Assert.Single(_client.Answers(request));
    }

    [Fact]
    public void A_web_page_answers_with_200_and_the_call_never_arrived()
    {
        _client.Venue.Faults.Arm(VenueFault.RestHtml);
        RestAnswer page = _client.Post("/0/private/GetWebSocketsToken", nonce: 500);
        RestAnswer token = _client.Post("/0/private/GetWebSocketsToken", nonce: 500);
        Assert.Equal((200, 200), (page.Status, token.Status));
        Assert.StartsWith("<!DOCTYPE html>", Encoding.UTF8.GetString(page.Body.Span), StringComparison.Ordinal);
        Assert.StartsWith("{\"error\":[]", Encoding.UTF8.GetString(token.Body.Span), StringComparison.Ordinal);
        Assert.Equal(1, _client.Venue.Faults.CountOf(VenueFault.RestHtml));
    }

    private int Strike(VenueFault fault)
    {
        _client.Venue.Faults.Arm(fault);
        int request = _client.Add(_connection, "a", "buy", "0.01", Market);
        _client.Run(900);
        Assert.Equal(1, _client.Venue.Faults.CountOf(fault));
        Assert.Equal(1, _client.Venue.Oracle.FillCount);
        return request;
    }
}
