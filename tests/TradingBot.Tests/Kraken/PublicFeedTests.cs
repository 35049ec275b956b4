using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Tests.Support;
using Xunit;
using Asked = TradingBot.Tests.Kraken.FeedBench.Asked;

namespace TradingBot.Tests.Kraken;

/// <summary>Subscriptions as desired state: what is wanted and not proven is asked for again, alone.</summary>
public sealed class PublicFeedTests
{
    [Fact]
    public void On_connect_instruments_books_and_trades_are_asked_for_in_three_requests()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        const string Names = "\"symbol\":[\"BTC/USD\",\"ETH/USD\"],";
        const string More = "\"depth\":10,\"snapshot\":true";
        string[] expected =
        [
            """{"method":"subscribe","params":{"channel":"instrument","snapshot":true},"req_id":1}""",
            $$$"""{"method":"subscribe","params":{"channel":"book",{{{Names}}}{{{More}}}},"req_id":2}""",
            $$$"""{"method":"subscribe","params":{"channel":"trade",{{{Names}}}"snapshot":true},"req_id":3}""",
        ];
        Assert.Equal(expected, bench.Take().Select(asked => asked.Text));
        Assert.All(bench.Feed.Subscriptions, wanted => Assert.Equal(SubscriptionState.Sent, wanted.State));
    }

    [Fact]
    public void Unified_names_its_asset_class_in_every_request()
    {
        FeedBench bench = new(["PF_XBTUSD"], new PublicFeedOptions { AssetClass = "derivatives" });
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        Assert.Equal(3, asked.Count);
        Assert.All(asked, one => Assert.Contains("\"asset_class\":\"derivatives\",", one.Text));
    }

    [Fact]
    public void Lists_stay_within_the_symbols_of_a_request_and_requests_within_their_rate()
    {
        string[] symbols = [.. Enumerable.Range(0, 1_000).Select(i => $"S{i}/USD")];
        FeedBench bench = new(symbols);
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        Assert.Equal(10, asked.Count);
        bench.Run(0.99);
        asked.AddRange(bench.Take());
        Assert.InRange(asked.Count, 28, 30);
        bench.Run(1);
        asked.AddRange(bench.Take());
        Assert.Equal(41, asked.Count);
        Assert.All(asked, one => Assert.InRange(one.Symbols.Length, 1, 50));
        IEnumerable<string> books = asked.Where(one => one.Channel == "book").SelectMany(one => one.Symbols);
        Assert.Equal(1_000, books.Distinct().Count());
    }

    [Fact]
    public void An_acknowledgement_alone_confirms_nothing_and_the_data_alone_does()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        foreach (Asked one in asked)
        {
            foreach (string symbol in one.Symbols) bench.Acknowledge(one, symbol);
        }

        Assert.All(bench.Feed.Subscriptions, wanted => Assert.Equal(SubscriptionState.Acknowledged, wanted.State));
        Assert.Equal((0, true), (bench.Feed.Confirmed, bench.Feed.AwaitsData));
        foreach (Asked one in asked)
        {
            foreach (string symbol in one.Symbols) bench.Send(one.Channel, symbol);
        }

        Assert.Equal((5, false), (bench.Feed.Confirmed, bench.Feed.AwaitsData));
        Assert.Equal(long.MaxValue, bench.Feed.NextDueNs);
    }

    [Fact]
    public void A_confirmed_book_may_be_quiet_for_ever()
    {
        FeedBench bench = FeedBench.Up();
        bench.Run(100_000);
        Assert.Equal(bench.Feed.Wanted, bench.Feed.Confirmed);
        Assert.Empty(bench.Take());
    }

    [Fact]
    public void Without_an_answer_in_time_that_symbol_alone_is_ended_and_asked_for_again()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        foreach (Asked one in asked)
        {
            foreach (string symbol in one.Symbols.Where(symbol => one.Channel != "trade" || symbol != "ETH/USD"))
            {
                bench.Acknowledge(one, symbol);
                bench.Send(one.Channel, symbol);
            }
        }

        bench.Run(9.9);
        Assert.Empty(bench.Take());
        bench.Run(1.2);
        AssertAskedAgain(bench, "trade", "ETH/USD");
    }

    [Fact]
    public void What_is_acknowledged_and_silent_is_asked_for_again_alone_with_growing_pauses()
    {
        FeedBench bench = FeedBench.Up();
        bench.Feed.Resync("BTC/USD", bench.NowNs);
        List<double> pauses = [];
        for (int i = 0; i < 8; i++)
        {
            long sinceNs = bench.NowNs;
            while (!bench.Take().Any(one => Grants(bench, one))) bench.Run(0.05);
            pauses.Add((bench.NowNs - sinceNs) / 1e9);
            Assert.Equal(bench.Feed.Wanted - 1, bench.Feed.Confirmed);
        }

        Assert.InRange(pauses[1], 5, 8);
        Assert.InRange(pauses[^1], 5 + 15, 5 + 31);
        Assert.Equal("acknowledged, but no data in time", bench.Of(Channel.Book, "BTC/USD").Reason);
        bench.Send("book", "BTC/USD");
        Assert.Equal((bench.Feed.Wanted, ""), (bench.Feed.Confirmed, bench.Of(Channel.Book, "BTC/USD").Reason));

        // Acknowledges everything and sends nothing; true when a subscription was asked for.
        static bool Grants(FeedBench bench, Asked asked)
        {
            foreach (string symbol in asked.Symbols) bench.Acknowledge(asked, symbol);
            Assert.Equal(["BTC/USD"], asked.Symbols);
            return asked.Method == "subscribe";
        }
    }

    [Fact]
    public void A_refused_symbol_is_quarantined_with_its_reason_and_touches_no_other()
    {
        FeedBench bench = new(["BTC/USD", "BAD/USD", "ETH/USD"]);
        bench.Feed.OnConnected(bench.NowNs);
        foreach (Asked asked in bench.Take())
        {
            foreach (string symbol in asked.Symbols)
            {
                string error = $"Currency pair not supported {symbol}";
                if (symbol == "BAD/USD") bench.Refuse(asked, error, asked.Channel == "book" ? symbol : "");
                else bench.Grant(asked with { Symbols = [symbol] });
            }
        }

        Subscription bad = bench.Of(Channel.Book, "BAD/USD");
        Assert.Equal((7, 5, 2), (bench.Feed.Wanted, bench.Feed.Confirmed, bench.Feed.Refused));
        Assert.Equal("Currency pair not supported BAD/USD", bad.Reason);
        Assert.InRange(bad.DueNs - bench.NowNs, 30 * FeedBench.Second, 60 * FeedBench.Second);

        // Quarantine outlives the connection: the venue said no, not the socket.
        bench.Feed.OnDisconnected();
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> again = bench.Take();
        Assert.DoesNotContain("BAD/USD", again.SelectMany(asked => asked.Symbols));
        foreach (Asked asked in again) bench.Grant(asked);
        int refusals = 0;
        Settle(bench, 61, asked =>
        {
            Assert.Equal(["BAD/USD"], asked.Symbols);
            bench.Refuse(asked, "Currency pair not supported BAD/USD", "BAD/USD");
            refusals++;
            Channel channel = asked.Channel == "book" ? Channel.Book : Channel.Trade;
            long restNs = bench.Of(channel, "BAD/USD").DueNs - bench.NowNs;
            Assert.InRange(restNs, 60 * FeedBench.Second, 120 * FeedBench.Second);
        });
        Assert.Equal((2, 5, 2), (refusals, bench.Feed.Confirmed, bench.Feed.Refused));
        Settle(bench, 121, bench.Grant);
        Assert.Equal(7, bench.Feed.Confirmed);
    }

    [Fact]
    public void A_refusal_that_names_nobody_lets_each_of_its_list_be_asked_for_alone()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        foreach (Asked asked in bench.Take())
        {
            if (asked.Channel == "book") bench.Refuse(asked, "Something about somebody");
            else bench.Grant(asked);
        }

        Assert.Equal((0, 3), (bench.Feed.Refused, bench.Feed.Confirmed));
        Settle(bench, 10, asked =>
        {
            Assert.Equal("book", asked.Channel);
            bool isBad = asked is { Method: "subscribe", Symbols: ["ETH/USD"] };
            if (isBad) bench.Refuse(asked, "Something about somebody");
            else bench.Grant(asked);
        });
        Assert.Equal((1, 4), (bench.Feed.Refused, bench.Feed.Confirmed));
        Assert.Equal("Something about somebody", bench.Of(Channel.Book, "ETH/USD").Reason);
    }

    [Fact]
    public void A_symbol_is_not_refused_for_being_part_of_another_one()
    {
        FeedBench bench = new(["ETH/USD", "WETH/USDT"]);
        bench.Feed.OnConnected(bench.NowNs);
        Asked book = bench.Take().Single(asked => asked.Channel == "book");
        bench.Refuse(book, "Currency pair not supported WETH/USDT");
        Assert.Equal(SubscriptionState.Refused, bench.Of(Channel.Book, "WETH/USDT").State);
        Assert.Equal(SubscriptionState.Sent, bench.Of(Channel.Book, "ETH/USD").State);
    }

    [Fact]
    public void Already_subscribed_is_ended_and_asked_for_anew_because_its_snapshot_is_missing()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        foreach (Asked asked in bench.Take())
        {
            if (asked.Channel != "book") bench.Grant(asked);
            else foreach (string symbol in asked.Symbols) bench.Refuse(asked, "Already subscribed", symbol);
        }

        Assert.Equal(0, bench.Feed.Refused);
        bench.Run(2);
        List<Asked> left = bench.Take();
        Assert.Equal(["unsubscribe", "unsubscribe"], left.Select(asked => asked.Method));
        foreach (Asked asked in left) bench.Grant(asked);
        foreach (Asked asked in bench.Take()) bench.Grant(asked);
        Assert.Equal(5, bench.Feed.Confirmed);
    }

    [Fact]
    public void Answers_that_come_twice_late_or_to_nobody_change_nothing()
    {
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        foreach (Asked one in asked)
        {
            bench.Grant(one);
            foreach (string symbol in one.Symbols) bench.Acknowledge(one, symbol);
        }

        Assert.Equal((5, 5L, 0L), (bench.Feed.Confirmed, bench.Feed.RepeatedReplies, bench.Feed.StrayReplies));
        bench.Refuse(asked[1], "Already subscribed", "BTC/USD");
        bench.Acknowledge(asked[1] with { Id = 77 }, "ETH/USD");
        bench.Acknowledge(asked[1], "NO/SUCH");
        bench.Refuse(asked[1] with { Method = "unsubscribe" }, "Subscription Not Found");
        Assert.Equal((5, 4L), (bench.Feed.Confirmed, bench.Feed.StrayReplies));
        Assert.Empty(bench.Take());
    }

    [Fact]
    public void Too_many_messages_make_the_feed_rest_for_five_seconds()
    {
        FeedBench bench = FeedBench.Up();
        bench.Reply("{\"Error\":\"Exceeded msg rate\"}");
        bench.Feed.Resync("BTC/USD", bench.NowNs);
        bench.Run(4.9);
        Assert.Empty(bench.Take());
        bench.Run(0.2);
        AssertAskedAgain(bench, "book", "BTC/USD");
    }

    [Fact]
    public void A_book_that_lost_its_thread_is_ended_first_and_asked_for_only_when_that_is_answered()
    {
        FeedBench bench = FeedBench.Up();
        Assert.True(bench.Feed.Resync("BTC/USD", bench.NowNs));
        Assert.False(bench.Feed.Resync("BTC/USD", bench.NowNs));
        Assert.False(bench.Feed.Resync("NO/SUCH", bench.NowNs));
        AssertAskedAgain(bench, "book", "BTC/USD");
        Assert.Equal(1, bench.Feed.Resyncs);

        // The second within a short time waits a little: a book that never fits is no reason for a storm.
        Assert.True(bench.Feed.Resync("BTC/USD", bench.NowNs));
        Assert.Empty(bench.Take());
        bench.Run(2);
        AssertAskedAgain(bench, "book", "BTC/USD");
        bench.Feed.OnDisconnected();
        Assert.False(bench.Feed.Resync("BTC/USD", bench.NowNs));
        Assert.Empty(bench.Take());
    }

    [Fact]
    public void A_lost_connection_wants_everything_again_and_sends_nothing_meanwhile()
    {
        FeedBench bench = FeedBench.Up();
        bench.Feed.Resync("BTC/USD", bench.NowNs);
        bench.Feed.OnDisconnected();
        Assert.Equal((0, long.MaxValue), (bench.Feed.Confirmed, bench.Feed.NextDueNs));
        Assert.Empty(bench.Take());
        bench.Send("book", "BTC/USD");
        Assert.Equal(0, bench.Feed.Confirmed);
        bench.Feed.OnConnected(bench.NowNs);
        List<Asked> asked = bench.Take();
        Assert.Equal(3, asked.Count);
        foreach (Asked one in asked) bench.Grant(one);
        Assert.Equal(5, bench.Feed.Confirmed);
    }

    [Fact]
    public void No_bytes_of_an_answer_throw_or_confirm()
    {
        Random random = Seed.Random(5, "feed answers");
        FeedBench bench = new();
        bench.Feed.OnConnected(bench.NowNs);
        string text = """
            {"error":"Currency pair not supported \uD800","method":"subscribe","success":true,
            "result":{"channel":"book","symbol":"BTC/USD"},"req_id":2}
            """;
        int runs = Seed.Count(ci: 20_000, full: 1_000_000);
        for (int run = 0; run < runs; run++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            int changes = random.Next(4);
            for (int i = 0; i < changes; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bench.Feed.OnReply(bytes.AsSpan(0, random.Next(bytes.Length + 1)), bench.NowNs);
        }

        Assert.Equal(0, bench.Feed.Confirmed);
    }

    /// <summary>Answers at once what is asked for a while.</summary>
    private static void Settle(FeedBench bench, int seconds, Action<Asked> answer)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            foreach (Asked asked in bench.Take()) answer(asked);
            bench.Run(0.1);
        }
    }

    /// <summary>Unsubscribe alone, its answer, subscribe alone, its data.</summary>
    private static void AssertAskedAgain(FeedBench bench, string channel, string symbol)
    {
        Asked left = Assert.Single(bench.Take());
        Assert.Equal(("unsubscribe", channel), (left.Method, left.Channel));
        Assert.Equal([symbol], left.Symbols);
        bench.Refuse(left, "Subscription Not Found");
        Asked again = Assert.Single(bench.Take());
        Assert.Equal(("subscribe", channel), (again.Method, again.Channel));
        Assert.Equal([symbol], again.Symbols);
        bench.Grant(again);
        Assert.Equal(bench.Feed.Wanted, bench.Feed.Confirmed);
    }
}
