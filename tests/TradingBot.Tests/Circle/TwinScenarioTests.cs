using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Twin sockets and shares of symbols through the whole worker, in virtual time.</summary>
public sealed class TwinScenarioTests
{
    [Fact]
    public void Losing_either_twin_a_hundred_times_makes_no_book_stale_and_asks_for_no_book_anew()
    {
        Random random = Seed.Random(20261128, "losses of twins");
        using VirtualCircle circle = Start(new FeedSockets { Redundant = true });
        AssertTwice(circle);
        long[] before = [.. Books(circle).Select(book => book.StaleIntervals)];
        int rounds = Seed.Count(ci: 100, full: 2_000);
        for (int i = 0; i < rounds; i++)
        {
            CircleSocket lost = Publics(circle)[random.Next(4)];
            long losses = lost.Watch.Losses;
            circle.Venue.HangUp(
                lost.Endpoint == WireEndpoint.SpotPublic
                    ? VenueEndpoint.SpotPublic : VenueEndpoint.UnifiedPublic,
                only: lost.Connection);
            Assert.True(Circles.Until(circle, () => lost.Watch.Losses > losses, 2), $"{i}: nobody noticed");
            Assert.All(Books(circle), book => Assert.Equal(BookState.InSync, book.State));
            Assert.True(Circles.Until(circle, () => IsTwice(circle), 120), $"{i}: the twin did not join again");
            circle.Run(TimeSpan.FromMilliseconds(random.Next(3_000)));
        }

        Assert.Equal(before, Books(circle).Select(book => book.StaleIntervals));
        Assert.Equal(0, circle.Worker.Resyncs);
        Assert.Equal(0, Books(circle).Sum(book => book.ChecksumMismatches));
        FeedMerge merge = circle.Worker.Merge!;
        Assert.All(Publics(circle), socket => Assert.True(merge.WonOf(socket.Index) > 100, "a twin never won"));
        Assert.All(Publics(circle), socket => Assert.True(merge.DuplicatesOf(socket.Index) > 100, "never second"));
    }

    [Fact]
    public void Losing_both_makes_their_books_stale_until_the_first_snapshot_of_either()
    {
        using VirtualCircle circle = Start(new FeedSockets { Redundant = true });
        circle.Venue.HangUp(VenueEndpoint.UnifiedPublic);
        Assert.True(Circles.Until(circle, () => Of(circle, "unified").All(s => s.Watch.Losses == 1), 2));
        foreach (CircleSocket socket in Publics(circle))
        {
            bool isSpot = socket.Endpoint == WireEndpoint.SpotPublic;
            Assert.All(Books(circle, socket), book => Assert.Equal(
                isSpot ? BookState.InSync : BookState.Stale, book.State));
        }

        Assert.True(Circles.Until(circle, () => Books(circle).All(book => book.State == BookState.InSync), 20));
        Assert.True(Circles.Until(circle, () => IsTwice(circle), 60), "not twins again");
    }

    [Fact]
    public void Lost_updates_of_one_twin_are_made_good_by_the_other_or_the_book_begins_anew()
    {
        FaultPlan faults = new FaultPlan(5).At(VenueFault.DropBookUpdate, 10_000);
        using VirtualCircle circle = Start(new FeedSockets { Redundant = true }, faults);
        circle.Run(TimeSpan.FromMinutes(10));
        faults.At(VenueFault.DropBookUpdate, 0);
        Assert.True(Circles.Until(circle, () => IsTwice(circle), 120), "not twins again");
        Assert.All(Books(circle), book => Assert.Equal(BookState.InSync, book.State));
        long dropped = faults.CountOf(VenueFault.DropBookUpdate);
        long mismatches = Books(circle).Sum(book => book.ChecksumMismatches);
        // With one socket every drop but those that change nothing is a mismatch.
        Assert.True(dropped > 100, $"{dropped} dropped");
        Assert.True(mismatches < dropped * 3 / 4, $"{mismatches} of {dropped} came through");
        Assert.True(Publics(circle).Sum(socket => circle.Worker.Merge!.DivergedOf(socket.Index)) > 0);
    }

    [Fact]
    public void A_twin_that_is_muted_is_missed_by_nobody_and_opened_anew()
    {
        using VirtualCircle circle = Start(new FeedSockets { Redundant = true });
        CircleSocket muted = Publics(circle)[2];
        circle.Venue.Mute(VenueEndpoint.UnifiedPublic, only: muted.Connection);
        bool stale = circle.Run(
            TimeSpan.FromSeconds(30), () => Books(circle).Any(book => book.State != BookState.InSync));
        Assert.False(stale, "somebody missed it");
        Assert.Equal(1, muted.Watch.LossesOf(LossReason.Silent));
        AssertTwice(circle);
    }

    [Fact]
    public void The_journal_of_twins_is_the_same_again_I5()
    {
        MemoryLogFile journal = new();
        string state;
        using (VirtualCircle circle = new(Options(new FeedSockets { Redundant = true }), _ => journal))
        {
            circle.Run(TimeSpan.FromSeconds(30));
            circle.Venue.HangUp(VenueEndpoint.SpotPublic, only: Publics(circle)[0].Connection);
            circle.Run(TimeSpan.FromMinutes(2));
            state = StateHash.Of(circle.Worker.Engine);
        }

        JournalReplay replay = CircleJournalTests.Replay(Journals.Content(journal));
        Assert.Null(replay.Divergence);
        Assert.Equal(state, replay.StateHashText);
    }

    [Fact]
    public void Shares_of_symbols_have_sockets_of_their_own_and_the_loss_of_one_touches_its_own_alone()
    {
        using VirtualCircle circle = Start(new FeedSockets { SymbolsPerSocket = 2 });
        Assert.Equal(
            ["BTC/USD,ETH/USD", "SOL/USD,DOGE/USD", "ADA/USD", "PF_XBTUSD,PF_ETHUSD", "PF_SOLUSD,PF_DOGEUSD",
                "PF_ADAUSD"],
            Publics(circle).Select(socket => string.Join(',', socket.Feed!.Symbols)));
        Assert.All(Books(circle), book => Assert.Equal(BookState.InSync, book.State));
        CircleSocket lost = Publics(circle)[4];
        circle.Venue.HangUp(VenueEndpoint.UnifiedPublic, only: lost.Connection);
        Assert.True(Circles.Until(circle, () => lost.Watch.Losses == 1, 2), "nobody noticed");
        foreach (CircleSocket socket in Publics(circle))
        {
            BookState expected = socket == lost ? BookState.Stale : BookState.InSync;
            Assert.All(Books(circle, socket), book => Assert.Equal(expected, book.State));
        }

        Assert.True(Circles.Until(circle, () => Books(circle).All(book => book.State == BookState.InSync), 20));
    }

    [Fact]
    public void Standing_and_metrics_tell_every_socket_by_a_name_of_its_own_and_its_copies()
    {
        using VirtualCircle circle = Start(new FeedSockets { Redundant = true, SymbolsPerSocket = 3 });
        byte[] bytes = WorkerStatus.Of(circle.Worker, "paper", "simulated", circle.NowNs, circle.NowNs, store: null);
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement[] feeds = [.. document.RootElement.GetProperty("feeds").EnumerateArray()];
        Assert.Equal(
            ["unified_private", "spot_public_1a", "spot_public_1b", "spot_public_2a", "spot_public_2b",
                "unified_public_1a", "unified_public_1b", "unified_public_2a", "unified_public_2b"],
            feeds.Select(feed => feed.GetProperty("endpoint").GetString()));
        Assert.Equal(JsonValueKind.Null, feeds[0].GetProperty("copies").ValueKind);
        JsonElement copies = feeds[1].GetProperty("copies");
        Assert.True(copies.GetProperty("won").GetInt64() + copies.GetProperty("duplicate").GetInt64() > 0);
        string metrics = Worker.Dashboard.StatusMetrics.Of(bytes);
        Assert.Contains(
            "tradingbot_feed_copies_total{endpoint=\"spot_public_1a\",copy=\"won\"}", metrics,
            StringComparison.Ordinal);
    }

    private static CircleOptions Options(FeedSockets sockets, FaultPlan? faults = null) => new()
    {
        Venue = new VenueOptions { Faults = faults ?? new FaultPlan() },
        Limits = Circles.OperatorOnly,
        Sockets = sockets,
    };

    private static VirtualCircle Start(FeedSockets sockets, FaultPlan? faults = null)
    {
        VirtualCircle circle = new(Options(sockets, faults));
        circle.Run(TimeSpan.FromSeconds(15));
        return circle;
    }

    private static CircleSocket[] Publics(VirtualCircle circle) =>
        [.. circle.Worker.Sockets.ToArray().Where(socket => socket.Feed is not null)];

    private static IEnumerable<CircleSocket> Of(VirtualCircle circle, string kind) => Publics(circle)
        .Where(socket => kind == "unified" == (socket.Endpoint == WireEndpoint.UnifiedPublic));

    private static IEnumerable<InstrumentBook> Books(VirtualCircle circle, CircleSocket socket) =>
        socket.Feed!.Symbols.Select(symbol => circle.Worker.Engine.Books.BookOf(circle.Worker.IdOf(symbol))!);

    private static IEnumerable<InstrumentBook> Books(VirtualCircle circle) =>
        Publics(circle).SelectMany(socket => Books(circle, socket)).Distinct();

    private static bool IsTwice(VirtualCircle circle) => Publics(circle).SelectMany(socket => socket.Feed!.Symbols)
        .All(symbol => circle.Worker.Merge!.IsTwice(circle.Worker.IdOf(symbol)));

    private static void AssertTwice(VirtualCircle circle) =>
        Assert.True(Circles.Until(circle, () => IsTwice(circle), 60), "not twins");
}
