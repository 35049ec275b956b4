using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>Paging: every trade once, whatever stamps are shared, and no hole between pages.</summary>
public sealed class TradePagerTests
{
    private const long StartNs = 1_700_000_000_000_000_000;
    private static readonly string[] Names = ["XAAAUSD"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_trade_comes_once_whatever_the_pages_are(bool withIds)
    {
        Random random = Seed.Random(77, nameof(TradePagerTests));
        for (int i = 0; i < Seed.Count(20, 400); i++)
        {
            TapeVenue venue = new() { PageRows = random.Next(8, 60) };
            List<TradePrint> tape =
                venue.Add("AAA", random, StartNs, StartNs + (TapeVenue.MinuteNs * 120), withIds);
            long fromNs = tape[random.Next(tape.Count / 2)].TimeNs;
            Assert.Equal(
                tape.Where(trade => trade.TimeNs >= fromNs).Select(Text), Walk(venue, fromNs).Select(Text));
        }
    }

    [Fact]
    public void A_page_that_does_not_join_is_refused()
    {
        TapeVenue venue = new() { PageRows = 20 };
        List<TradePrint> tape = venue.Add("AAA", new Random(1), StartNs, StartNs + (TapeVenue.MinuteNs * 60));
        TradePager pager = Pager(StartNs);
        Assert.NotNull(Take(pager, venue));
        tape.RemoveRange(15, 20);
        Assert.Null(Read(pager, venue, out string fault));
        Assert.Contains("does not begin with the last trade", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_page_again_is_refused_and_the_right_one_goes_on()
    {
        TapeVenue venue = new() { PageRows = 20 };
        venue.Add("AAA", new Random(2), StartNs, StartNs + (TapeVenue.MinuteNs * 60));
        TradePager pager = Pager(StartNs);
        StandInReply first = venue.Answer(pager.Query.Path);
        Take(pager, venue);
        venue.Instead = _ => first;
        Assert.Null(Read(pager, venue, out string fault));
        Assert.Contains("repeats an earlier one", fault, StringComparison.Ordinal);
        venue.Instead = _ => null;
        Assert.NotNull(Take(pager, venue));
    }

    [Fact]
    public void No_trade_where_one_must_be_is_refused()
    {
        TapeVenue venue = new() { PageRows = 20 };
        venue.Add("AAA", new Random(3), StartNs, StartNs + (TapeVenue.MinuteNs * 60));
        TradePager pager = Pager(StartNs);
        Take(pager, venue);
        venue.Instead = _ => new StandInReply("{\"error\":[],\"result\":{\"XAAAUSD\":[],\"last\":\"9\"}}");
        Assert.Null(Read(pager, venue, out string fault));
        Assert.Contains("no trade", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stamp_that_fills_a_page_is_passed_and_told()
    {
        TapeVenue venue = new();
        List<TradePrint> tape = venue.Add("AAA", new Random(4), StartNs, StartNs + (TapeVenue.MinuteNs * 20));
        TradePrint model = tape[10];
        for (int i = 0; i < 1_200; i++) tape.Insert(11, model with { TradeId = 5_000_000 + i });
        List<TradePrint> got = Walk(venue, StartNs, out TradePager pager);
        Assert.Equal([model.TimeNs], pager.Overfull);
        Assert.Equal(Text(tape[^1]), Text(got[^1]));
    }

    /// <summary>A trade as text: equal numbers are equal whatever their decimals are.</summary>
    private static string Text(TradePrint trade) =>
        $"{trade.TimeNs} {trade.TradeId} {DecimalText.Of(trade.Price, trade.PriceDecimals, shortest: true)} "
        + $"{DecimalText.Of(trade.Quantity, trade.QuantityDecimals, shortest: true)} {trade.Side}";

    private static TradePager Pager(long fromNs) => new("AAAUSD", "AAA/USD", Names, fromNs);

    private static TradePage? Read(TradePager pager, TapeVenue venue, out string fault)
    {
        using JsonDocument answer = JsonDocument.Parse(venue.Answer(pager.Query.Path).Body);
        return pager.Read(answer.RootElement, out fault);
    }

    private static TradePrint[]? Take(TradePager pager, TapeVenue venue) =>
        Read(pager, venue, out _) is { } page ? pager.Take(page).ToArray() : null;

    private static List<TradePrint> Walk(TapeVenue venue, long fromNs) => Walk(venue, fromNs, out _);

    private static List<TradePrint> Walk(TapeVenue venue, long fromNs, out TradePager pager)
    {
        List<TradePrint> got = [];
        pager = Pager(fromNs);
        while (!pager.IsAtTip)
        {
            TradePage? page = Read(pager, venue, out string fault);
            Assert.True(page is not null, fault);
            got.AddRange(pager.Take(page));
            Assert.True(pager.Pages < 10_000);
        }

        return got;
    }
}
