using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Capture;
using TradingBot.Tests.Journal;
using TradingBot.Tests.Paper;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Books and trades of perpetuals from the first WebSocket, the rest from the Unified one.</summary>
public sealed class LegacyFeedTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public void The_worker_trades_on_the_first_feed_and_its_journal_is_the_same_again_I5()
    {
        MemoryLogFile journal = new();
        string state;
        using (VirtualCircle circle = new(Options(), _ => journal))
        {
            circle.Run(TimeSpan.FromSeconds(20));
            Assert.All(Perpetuals(circle), book => Assert.Equal(BookState.InSync, book.State));
            CircleSocket first = First(circle);
            Assert.Equal(Dialect.FuturesV1, first.Dialect);
            Assert.True(circle.Worker.Protection.Ready, "the account is not known");
            Circles.Enter(circle);
            Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 10), "not filled");
            Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle), 10), "no stop");
            Circles.Operate(circle, AccountEventKind.Exit);
            Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 0, 10), "no exit");
            Assert.Equal(0, circle.Worker.Wire.Errors);
            state = StateHash.Of(circle.Worker.Engine);
        }

        JournalReplay replay = CircleJournalTests.Replay(Journals.Content(journal));
        Assert.Null(replay.Divergence);
        Assert.Equal(state, replay.StateHashText);
    }

    [Fact]
    public void A_lost_socket_makes_its_books_stale_until_their_snapshots_and_nobody_elses()
    {
        using VirtualCircle circle = new(Options());
        circle.Run(TimeSpan.FromSeconds(20));
        for (int round = 0; round < 5; round++)
        {
            circle.Venue.HangUp(VenueEndpoint.FuturesV1);
            Assert.True(Circles.Until(circle, () => First(circle).Watch.Losses == round + 1, 2), "nobody noticed");
            Assert.All(Perpetuals(circle), book => Assert.Equal(BookState.Stale, book.State));
            Assert.All(Spot(circle), book => Assert.Equal(BookState.InSync, book.State));
            bool isBack = Circles.Until(
                circle, () => Perpetuals(circle).All(book => book.State == BookState.InSync), 60);
            Assert.True(isBack, "stale");
        }
    }

    [Fact]
    public void Twins_of_it_are_one_feed()
    {
        using VirtualCircle circle = new(Options() with { Sockets = new() { Legacy = true, Redundant = true } });
        circle.Run(TimeSpan.FromSeconds(30));
        CircleSocket[] twins =
            [.. circle.Worker.Sockets.ToArray().Where(socket => socket.Endpoint == WireEndpoint.FuturesPublic)];
        Assert.Equal(2, twins.Length);
        long[] before = [.. Perpetuals(circle).Select(book => book.StaleIntervals)];
        for (int round = 0; round < 6; round++)
        {
            CircleSocket lost = twins[round % 2];
            circle.Venue.HangUp(VenueEndpoint.FuturesV1, only: lost.Connection);
            Assert.True(Circles.Until(circle, () => lost.Watch.Losses == (round / 2) + 1, 2), "nobody noticed");
            Assert.All(Perpetuals(circle), book => Assert.Equal(BookState.InSync, book.State));
            circle.Run(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(before, Perpetuals(circle).Select(book => book.StaleIntervals));
        Assert.All(twins, twin => Assert.True(circle.Worker.Merge!.WonOf(twin.Index) > 10, "a twin never won"));
    }

    [Fact]
    public async Task A_run_on_the_first_feed_warns_trades_and_records_what_its_replay_sees_I5()
    {
        using Recordings recordings = new();
        string feed = Path.Combine(recordings.Folder, "feed");
        string config = Path.Combine(recordings.Folder, "legacy.yaml");
        await File.WriteAllTextAsync(
            config, "feed: {derivatives: legacy-beyond-2027-03-01}\n", TestContext.Current.CancellationToken);
        (int code, string output, string error) = await Verb.RunAsync(
            "run", "--for", "7s", "--port", "0", "--data", Path.Combine(recordings.Folder, "data"), "--capture", feed,
            "--config", config, "--json");
        Assert.True(code == 0, error);
        Assert.Contains("Warning: books and trades of derivatives come from Kraken's first WebSocket", error, Ordinal);
        JsonElement run = JsonDocument.Parse(output).RootElement;
        Assert.True(run.GetProperty("signals").GetInt64() > 0, output);
        Assert.Equal(
            ["futures-v1", "spot-v2", "unified"],
            Recordings.Rows(feed, "open").Select(row => row.GetProperty("dialect").GetString()).Order());
        (code, output, error) = await Verb.RunAsync("replay", feed, "--json");
        Assert.True(code == 0, error);
        JsonElement replay = JsonDocument.Parse(output).RootElement;
        Assert.Equal(run.GetProperty("market_hash").GetString(), replay.GetProperty("market_hash").GetString());
        (code, _, error) = await Verb.RunAsync("capture", "verify", feed);
        Assert.True(code == 0, error);
    }

    [Fact]
    public void On_paper_orders_fill_and_stops_stand_against_the_first_feed()
    {
        using PaperCircle circle = new(sockets: new FeedSockets { Legacy = true });
        circle.Enter();
        Assert.True(circle.Until(() => circle.Position != 0, 20), "not filled");
        Assert.True(circle.Until(() => circle.Stops.Length > 0, 10), "no stop");
        circle.Exit();
        Assert.True(circle.Until(() => circle.Position == 0, 20), "no exit");
        circle.Venue.HangUp(VenueEndpoint.FuturesV1);
        Assert.True(circle.Until(() => circle.Worker.Sockets.ToArray().Any(one => one.Watch.Losses > 0), 5), "no loss");
        circle.Enter();
        // Nothing fills on a book that nobody feeds: the gate refuses it.
        circle.Run(TimeSpan.FromMilliseconds(200));
        Assert.Equal(0, circle.Position);
    }

    [Fact]
    public async Task The_verb_record_takes_it_and_the_replay_agrees_I5()
    {
        await using LoopbackKraken venue = await LoopbackKraken.StartAsync(
            new VenueOptions { Activity = 30 }, 0, TestContext.Current.CancellationToken);
        using Recordings recordings = new();
        string feed = Path.Combine(recordings.Folder, "feed");
        (int code, string output, string error) = await Verb.RunAsync(
            "record", "--symbols", "PF_XBTUSD,PF_ETHUSD", "--for", "6s", "--out", feed, "--derivatives",
            LegacyFeed.BeyondItsEnd, "--futures-url", venue.FuturesUrl.ToString(), "--json");
        Assert.True(code == 0, error);
        Assert.Contains("2027-03-01", error, Ordinal);
        JsonElement recorded = JsonDocument.Parse(output).RootElement;
        Assert.Equal((5, 0), (
            recorded.GetProperty("subscriptions_wanted").GetInt32(),
            recorded.GetProperty("parse_errors").GetInt32()));
        // The beat and both books; what has not traded yet is not confirmed.
        Assert.InRange(recorded.GetProperty("subscriptions_confirmed").GetInt32(), 3, 5);
        Assert.True(recorded.GetProperty("frames").GetInt64() > 100, output);
        (code, output, error) = await Verb.RunAsync("replay", feed, "--json");
        Assert.True(code == 0, error);
        JsonElement replay = JsonDocument.Parse(output).RootElement;
        Assert.Equal(recorded.GetProperty("state_hash").GetString(), replay.GetProperty("state_hash").GetString());
    }

    [Fact]
    public async Task A_run_that_asks_for_it_is_refused_from_its_last_day_on()
    {
        using Recordings recordings = new();
        using Configured configured = new();
        WorkerSettings settings = Configured.Sound(configured.Read("feed: {derivatives: legacy}\n", null, []));
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => RunComposition.StartAsync(
            settings, null!, 1, keepsJournal: false, TestContext.Current.CancellationToken,
            time: new Fixed(LegacyFeed.End)));
        Assert.Contains("feed.derivatives", refused.Message, Ordinal);
        Assert.Contains(LegacyFeed.BeyondItsEnd, refused.Message, Ordinal);
    }

    [Fact]
    public void With_all_other_addresses_of_this_machine_its_own_has_to_be_given()
    {
        string fault = Configured.FaultOf("""
            venue:
              kind: kraken
              spot: {rest_url: "http://127.0.0.1:9", ws_public_url: "ws://127.0.0.1:9"}
              unified: {public_url: "ws://127.0.0.1:9", private_url: "ws://127.0.0.1:9"}
            feed: {derivatives: legacy}
            """);
        Assert.Contains("venue.derivatives.ws_url", fault, Ordinal);
    }

    private static CircleOptions Options() =>
        new() { Limits = Circles.OperatorOnly, Sockets = new() { Legacy = true } };

    private static CircleSocket First(VirtualCircle circle) =>
        circle.Worker.Sockets.ToArray().Single(socket => socket.Endpoint == WireEndpoint.FuturesPublic);

    private static IEnumerable<InstrumentBook> Perpetuals(VirtualCircle circle) => Books(circle, Dialect.FuturesV1);

    private static IEnumerable<InstrumentBook> Spot(VirtualCircle circle) => Books(circle, Dialect.SpotV2);

    private static IEnumerable<InstrumentBook> Books(VirtualCircle circle, Dialect dialect) => circle.Worker.Sockets
        .ToArray().Where(socket => socket.Dialect == dialect && socket.Feed is not null)
        .SelectMany(socket => socket.Feed!.Symbols).Distinct()
        .Select(symbol => circle.Worker.Engine.Books.BookOf(circle.Worker.IdOf(symbol))!);

    private sealed class Fixed(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
