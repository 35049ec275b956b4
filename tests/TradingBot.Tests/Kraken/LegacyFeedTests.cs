using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Subscriptions on the derivatives' first WebSocket: answers without a request's number.</summary>
public sealed class LegacyFeedTests
{
    private const long Second = 1_000_000_000;

    private readonly PublicFeed _feed =
        new(["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD"], new PublicFeedOptions { IsLegacy = true });

    private long _nowNs = 1_789_390_800 * Second;

    [Fact]
    public void Heartbeats_come_first_then_books_and_trades_in_the_venues_words()
    {
        _feed.OnConnected(_nowNs);
        const string Names = "\"product_ids\":[\"PF_XBTUSD\",\"PF_ETHUSD\",\"PF_SOLUSD\"]";
        Assert.Equal(
            [
                """{"event":"subscribe","feed":"heartbeat"}""",
                $$"""{"event":"subscribe","feed":"book",{{Names}}}""",
                $$"""{"event":"subscribe","feed":"trade",{{Names}}}""",
            ],
            Take());
    }

    [Fact]
    public void Answers_are_taken_by_feed_and_product_and_data_alone_confirms()
    {
        Up();
        Assert.Equal(_feed.Wanted, _feed.Confirmed);
        Assert.Equal(0, _feed.StrayReplies);
        Assert.True(_feed.Resync("PF_ETHUSD", _nowNs));
        Assert.Equal(["""{"event":"unsubscribe","feed":"book","product_ids":["PF_ETHUSD"]}"""], Take());
        Reply("unsubscribed", "book", "PF_ETHUSD");
        Assert.Equal(["""{"event":"subscribe","feed":"book","product_ids":["PF_ETHUSD"]}"""], Take());
        Reply("subscribed", "book", "PF_ETHUSD");
        _feed.OnData(Channel.Book, "PF_ETHUSD", _nowNs);
        Assert.Equal(_feed.Wanted, _feed.Confirmed);
    }

    [Fact]
    public void A_product_that_the_venue_does_not_know_is_found_out_though_no_error_names_it()
    {
        _feed.OnConnected(_nowNs);
        Take();
        Reply("subscribed", "heartbeat");
        _feed.OnData(Channel.Heartbeat, "", _nowNs);
        string[] good = ["PF_XBTUSD", "PF_SOLUSD"];
        foreach (string feed in (string[])["book", "trade"])
        {
            Reply("subscribed", feed, "PF_XBTUSD");
            Complain("Invalid product id");
            Reply("subscribed", feed, "PF_SOLUSD");
        }

        foreach (string symbol in good)
        {
            _feed.OnData(Channel.Book, symbol, _nowNs);
            _feed.OnData(Channel.Trade, symbol, _nowNs);
        }

        // Whatever was under way is asked for alone, one after another, until the error is about one alone.
        for (int second = 0; second < 60 && _feed.Refused < 2; second++)
        {
            Run(1);
            string[] asked = Take();
            Assert.InRange(asked.Length, 0, 1);
            foreach (string one in asked) Serve(one, unknown: "PF_ETHUSD");
        }

        Subscription[] refused = [.. _feed.Subscriptions.Where(one => one.State == SubscriptionState.Refused)];
        Assert.Equal(["PF_ETHUSD", "PF_ETHUSD"], refused.Select(one => one.Symbol));
        Assert.All(refused, one => Assert.Equal("Invalid product id", one.Reason));
        Assert.Equal(_feed.Wanted - 2, _feed.Confirmed);
    }

    [Fact]
    public void Too_many_requests_rest_and_are_asked_for_again()
    {
        _feed.OnConnected(_nowNs);
        Take();
        Complain("rate_limited", kind: "alert");
        Run(4);
        Assert.Empty(Take());
        for (int second = 0; second < 120 && _feed.Confirmed < _feed.Wanted; second++)
        {
            Run(1);
            foreach (string one in Take()) Serve(one, unknown: "");
        }

        Assert.Equal(_feed.Wanted, _feed.Confirmed);
    }

    [Fact]
    public void Bytes_that_are_no_answer_change_nothing()
    {
        Up();
        string[] texts = ["", "[]", "{", "{\"event\":\"info\",\"version\":1}", "{\"event\":7}", "\u0001"];
        foreach (string text in texts)
        {
            _feed.OnReply(Encoding.UTF8.GetBytes(text), _nowNs);
        }

        Complain("Json Error");
        Assert.Equal(_feed.Wanted, _feed.Confirmed);
        Assert.Equal(1, _feed.StrayReplies);
    }

    [Theory]
    [InlineData("2026-11-28", false, true)]
    [InlineData("2027-02-28", false, true)]
    [InlineData("2027-03-01", false, false)]
    [InlineData("2027-03-01", true, true)]
    [InlineData("2030-01-01", false, false)]
    public void It_is_refused_from_its_last_day_on_unless_it_is_asked_for_by_name(
        string day, bool isInsisted, bool isLet)
    {
        DateTimeOffset now = DateTimeOffset.Parse(day + "T00:00:00Z", CultureInfo.InvariantCulture);
        string refusal = LegacyFeed.Refusal(now, isInsisted, "feed.derivatives");
        Assert.Equal(isLet, refusal.Length == 0);
        if (!isLet) Assert.Contains(LegacyFeed.BeyondItsEnd, refusal, StringComparison.Ordinal);
        Assert.Contains("2027-03-01", LegacyFeed.Warning(now), StringComparison.Ordinal);
    }

    [Fact]
    public void Up_to_its_last_instant_it_is_let_in_and_the_warning_counts_the_days()
    {
        Assert.Equal("", LegacyFeed.Refusal(LegacyFeed.End - TimeSpan.FromTicks(1), false, "x"));
        Assert.Contains("in 93 days", LegacyFeed.Warning(LegacyFeed.End.AddDays(-93)), StringComparison.Ordinal);
    }

    private void Up()
    {
        _feed.OnConnected(_nowNs);
        foreach (string asked in Take()) Serve(asked, unknown: "");
    }

    /// <summary>The venue's side of one request.</summary>
    private void Serve(string asked, string unknown)
    {
        using JsonDocument document = JsonDocument.Parse(asked);
        JsonElement root = document.RootElement;
        string name = root.GetProperty("event").GetString()!;
        string feed = root.GetProperty("feed").GetString()!;
        if (feed == "heartbeat")
        {
            Reply("subscribed", feed);
            _feed.OnData(Channel.Heartbeat, "", _nowNs);
            return;
        }

        foreach (JsonElement product in root.GetProperty("product_ids").EnumerateArray())
        {
            string symbol = product.GetString()!;
            if (symbol == unknown)
            {
                Complain("Invalid product id");
                continue;
            }

            Reply(name + "d", feed, symbol);
            if (name == "subscribe") _feed.OnData(feed == "book" ? Channel.Book : Channel.Trade, symbol, _nowNs);
        }
    }

    private void Run(double seconds)
    {
        long endNs = _nowNs + (long)(seconds * Second);
        while (_feed.NextDueNs <= endNs)
        {
            if (_feed.NextDueNs > _nowNs) _nowNs = _feed.NextDueNs;
            _feed.OnTimer(_nowNs);
            Assert.True(_feed.NextDueNs > _nowNs, "due now, and nothing done about it");
        }

        _nowNs = endNs;
    }

    private string[] Take()
    {
        List<string> frames = [];
        while (_feed.TryTakeFrame(out byte[] frame)) frames.Add(Encoding.UTF8.GetString(frame));
        return [.. frames];
    }

    private void Reply(string name, string feed, string symbol = "")
    {
        string products = symbol.Length > 0 ? $",\"product_ids\":[\"{symbol}\"]" : "";
        _feed.OnReply(Encoding.UTF8.GetBytes($"{{\"event\":\"{name}\",\"feed\":\"{feed}\"{products}}}"), _nowNs);
    }

    private void Complain(string message, string kind = "error") =>
        _feed.OnReply(Encoding.UTF8.GetBytes($"{{\"event\":\"{kind}\",\"message\":\"{message}\"}}"), _nowNs);
}
