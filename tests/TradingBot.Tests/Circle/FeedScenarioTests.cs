using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Each fault of the feed through the whole worker: at the end what is wanted is confirmed by data.</summary>
public sealed class FeedScenarioTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void In_calm_everything_wanted_is_confirmed_by_data_in_two_seconds_and_asked_for_once()
    {
        using VirtualCircle circle = Circles.Quiet();
        AssertWhole(circle);
        Assert.Equal((0L, 0L), (Resubscribes(circle), Losses(circle)));
        Assert.Equal(22, Feeds(circle).Sum(feed => feed.Wanted));
        using VirtualCircle young = new(new CircleOptions());
        Assert.True(Circles.Until(young, () => IsWhole(young), 2), "not confirmed in 2 s");
    }

    [Theory]
    [InlineData(VenueFault.LoseSubscribe, "no answer in time", 15)]
    [InlineData(VenueFault.MuteSubscription, "acknowledged, but no data in time", 10)]
    public void A_subscription_without_answer_or_data_is_asked_for_again_alone(
        VenueFault fault, string reason, int seconds)
    {
        FaultPlan faults = Armed(fault);
        using VirtualCircle circle = Start(faults);
        bool isDoubted = Circles.Until(circle, () => All(circle).Any(wanted => wanted.Reason == reason), seconds);
        Assert.True(isDoubted, "nobody missed it");
        Assert.Single(All(circle), wanted => wanted.State != SubscriptionState.Confirmed);
        AssertHeals(circle, 5);
        Assert.Equal((1L, 1L, 0L), (faults.CountOf(fault), Resubscribes(circle), Losses(circle)));
    }

    [Fact]
    public void Data_confirms_where_the_acknowledgement_was_lost()
    {
        FaultPlan faults = Armed(VenueFault.DropAcknowledgement, times: 22);
        using VirtualCircle circle = Start(faults);
        AssertHeals(circle, 5);
        circle.Run(TimeSpan.FromSeconds(30));
        AssertWhole(circle);
        Assert.Equal((22L, 0L), (faults.CountOf(VenueFault.DropAcknowledgement), Resubscribes(circle)));
    }

    [Fact]
    public void A_second_answer_to_a_subscribe_is_counted_and_nothing_else()
    {
        FaultPlan faults = Armed(VenueFault.RepeatAcknowledgement, times: 22);
        using VirtualCircle circle = Start(faults);
        AssertHeals(circle, 5);
        circle.Run(TimeSpan.FromSeconds(30));
        AssertWhole(circle);
        Assert.Equal((22L, 0L), (Feeds(circle).Sum(feed => feed.RepeatedReplies), Resubscribes(circle)));
    }

    [Fact]
    public void A_refused_symbol_waits_in_quarantine_and_disturbs_nobody()
    {
        FaultPlan faults = Armed(VenueFault.RefuseSymbol);
        using VirtualCircle circle = Start(faults);
        Assert.True(Circles.Until(circle, () => All(circle).Count(IsConfirmed) == 21, 5), "one took others along");
        Subscription refused = All(circle).Single(wanted => wanted.State == SubscriptionState.Refused);
        Assert.Equal($"Currency pair not supported {refused.Symbol}", refused.Reason);
        JsonElement shown = Status(circle).GetProperty("feeds").EnumerateArray()
            .SelectMany(feed => feed.GetProperty("subscriptions").EnumerateArray())
            .Single(wanted => wanted.GetProperty("state").GetString() == "refused");
        Assert.Equal(refused.Reason, shown.GetProperty("reason").GetString());
        Assert.InRange(shown.GetProperty("retry_in_ms").GetInt64(), 20_000, 60_000);
        AssertHeals(circle, 61);
        Assert.Equal((1L, 0L), (Resubscribes(circle), Losses(circle)));
    }

    [Theory]
    [InlineData(VenueEndpoint.SpotPublic)]
    [InlineData(VenueEndpoint.UnifiedPublic)]
    [InlineData(VenueEndpoint.UnifiedPrivate)]
    public void A_black_hole_is_given_up_after_five_seconds_and_opened_anew(VenueEndpoint endpoint)
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Mute(endpoint);
        CircleSocket socket = Of(circle, endpoint);
        Assert.True(Circles.Until(circle, () => socket.Watch.Losses == 1, 6), "nobody noticed");
        Assert.Equal(1, socket.Watch.LossesOf(LossReason.Silent));
        // What it fed is stale at once; what another socket feeds is not touched.
        foreach (CircleSocket other in circle.Worker.Sockets)
        {
            foreach (string symbol in other.Feed?.Symbols ?? [])
            {
                BookState expected = other == socket ? BookState.Stale : BookState.InSync;
                Assert.Equal(expected, circle.Worker.Engine.Books.BookOf(circle.Worker.IdOf(symbol))!.State);
            }
        }

        AssertHeals(circle, 5);
        Assert.True(Circles.Until(circle, () => circle.Worker.Protection.Ready, 5), "the lane did not come back");
        Assert.Equal(1, Losses(circle));
    }

    [Fact]
    public void A_black_hole_from_the_first_request_on_is_given_up_too()
    {
        FaultPlan faults = Armed(VenueFault.BlackHole, times: 2);
        using VirtualCircle circle = Start(faults);
        AssertHeals(circle, 30);
        Assert.Equal(2, faults.CountOf(VenueFault.BlackHole));
        Assert.Equal(2, Sockets(circle).Sum(socket => socket.Watch.LossesOf(LossReason.Silent)));
    }

    [Fact]
    public void A_venue_that_closes_every_socket_at_once_is_asked_ever_more_slowly_and_in_the_end_served()
    {
        FaultPlan faults = Armed(VenueFault.CloseOnOpen, times: 40);
        using VirtualCircle circle = Start(faults);
        AssertHeals(circle, 600);
        Assert.Equal(40, faults.CountOf(VenueFault.CloseOnOpen));
        Assert.Equal(40, Sockets(circle).Sum(socket => socket.Watch.LossesOf(LossReason.ClosedByVenue)));
        // 15 at once, the others one in ten seconds.
        Assert.True(circle.NowNs - new VenueOptions().StartNs > 200 * Second, "the budget was not kept");
    }

    [Fact]
    public void A_wire_that_opens_nothing_and_says_nothing_is_tried_for_ever_within_the_budget()
    {
        CircleOptions options = new();
        using MemoryLogFile file = new();
        IntentLog log = IntentLog.Open(file, options.Mark, out _, out _)!;
        DeafWire wire = new();
        CircleWorker worker = new(options, wire, log, epoch: 1, options.Venue.StartNs);
        long nowNs = options.Venue.StartNs;
        long endNs = nowNs + (3_600 * Second);
        for (; nowNs < endNs; nowNs = Math.Max(nowNs + 1, worker.NextDueNs)) worker.Step(nowNs);
        int attempts = wire.Opened;
        Assert.InRange(attempts, 3_600 / 40, 6 * 75);
        Assert.Equal(attempts - wire.Closed, worker.Sockets.ToArray().Count(s => s.Watch.Phase != SocketPhase.Waiting));
        Assert.Equal(
            wire.Closed, worker.Sockets.ToArray().Sum(s => s.Watch.LossesOf(LossReason.ConnectTimeout)));
        Assert.Equal("not open within 10 s", worker.Sockets[0].LastLossText);
    }

    [Fact]
    public void After_each_of_a_thousand_disconnects_what_is_wanted_is_confirmed_again()
    {
        Random random = Seed.Random(20261124, "disconnects");
        FaultPlan faults = new();
        using VirtualCircle circle = Start(faults);
        circle.Run(TimeSpan.FromSeconds(15));
        int count = Seed.Count(ci: 1_000, full: 10_000);
        long lost = 0;
        for (int i = 0; i < count; i++)
        {
            VenueEndpoint endpoint = random.Next(2) == 0 ? VenueEndpoint.SpotPublic : VenueEndpoint.UnifiedPublic;
            CircleSocket socket = Of(circle, endpoint);
            long before = socket.Watch.Losses;
            if (random.Next(4) == 0) faults.Arm(VenueFault.CloseOnOpen);
            if (random.Next(3) == 0) circle.Venue.Mute(endpoint);
            else circle.Venue.HangUp(endpoint);
            Assert.True(Circles.Until(circle, () => socket.Watch.Losses > before, 6), $"{i}: not noticed");
            Assert.True(Circles.Until(circle, () => IsWhole(circle), 60), $"{i}: {Missing(circle)}");
            circle.Run(TimeSpan.FromMilliseconds(random.Next(15_000)));
            lost += socket.Watch.Losses - before;
        }

        Assert.True(lost >= count);
        circle.Run(TimeSpan.FromSeconds(30));
        AssertWhole(circle);
    }

    [Fact]
    public void With_every_fault_of_the_feed_at_five_percent_what_is_wanted_comes_when_the_faults_end()
    {
        VenueFault[] kinds =
        [
            VenueFault.LoseSubscribe, VenueFault.DropAcknowledgement, VenueFault.MuteSubscription,
            VenueFault.RefuseSymbol, VenueFault.RepeatAcknowledgement, VenueFault.BlackHole, VenueFault.CloseOnOpen,
            VenueFault.DropBookUpdate,
        ];
        for (ulong seed = 1; seed <= (ulong)Seed.Count(ci: 4, full: 100); seed++)
        {
            FaultPlan faults = new(seed);
            foreach (VenueFault kind in kinds) faults.At(kind, 50_000);
            using VirtualCircle circle = Start(faults, seed);
            circle.Run(TimeSpan.FromMinutes(10));
            foreach (VenueFault kind in kinds) faults.At(kind, 0);
            // The longest wait is a quarantine that doubled a few times.
            Assert.True(Circles.Until(circle, () => IsWhole(circle), 1_200), $"seed {seed}: {Missing(circle)}");
            Assert.True(Resubscribes(circle) > 10, "nothing happened");
        }
    }

    [Fact]
    public void The_standing_shows_every_socket_its_losses_and_its_subscriptions()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.HangUp(VenueEndpoint.SpotPublic);
        circle.Run(TimeSpan.FromSeconds(5));
        JsonElement[] feeds = [.. Status(circle).GetProperty("feeds").EnumerateArray()];
        Assert.Equal(
            ["unified_private", "spot_public", "unified_public"], feeds.Select(feed => Text(feed, "endpoint")));
        Assert.All(feeds, feed => Assert.Equal("open", Text(feed, "state")));
        Assert.All(feeds, feed => Assert.InRange(feed.GetProperty("last_frame_age_ms").GetInt64(), 0, 2_000));
        Assert.Equal([0, 11, 11], feeds.Select(feed => feed.GetProperty("subscriptions_wanted").GetInt32()));
        Assert.Equal([0, 11, 11], feeds.Select(feed => feed.GetProperty("subscriptions_confirmed").GetInt32()));
        Assert.Equal([0, 0, 0], feeds.Select(feed => feed.GetProperty("subscriptions_refused").GetInt32()));
        Assert.Equal([0, 1, 0], feeds.Select(feed => feed.GetProperty("reconnects").GetInt32()));
        Assert.Equal(1, feeds[1].GetProperty("reconnects_by_reason").GetProperty("closed_by_venue").GetInt32());
        Assert.Equal(11, feeds[1].GetProperty("subscriptions").GetArrayLength());
    }

    private static FaultPlan Armed(VenueFault fault, int times = 1)
    {
        FaultPlan faults = new();
        for (int i = 0; i < times; i++) faults.Arm(fault);
        return faults;
    }

    private static VirtualCircle Start(FaultPlan faults, ulong seed = 1) => new(new CircleOptions
    {
        Venue = new VenueOptions { Seed = seed, Faults = faults },
        Limits = Circles.OperatorOnly,
    });

    private static CircleSocket[] Sockets(VirtualCircle circle) => circle.Worker.Sockets.ToArray();

    private static CircleSocket Of(VirtualCircle circle, VenueEndpoint endpoint) => Sockets(circle).Single(
        socket => (int)socket.Endpoint == (int)endpoint);

    private static IEnumerable<PublicFeed> Feeds(VirtualCircle circle) =>
        Sockets(circle).Select(socket => socket.Feed).OfType<PublicFeed>();

    private static IEnumerable<Subscription> All(VirtualCircle circle) =>
        Feeds(circle).SelectMany(feed => feed.Subscriptions);

    private static bool IsConfirmed(Subscription wanted) => wanted.State == SubscriptionState.Confirmed;

    private static long Resubscribes(VirtualCircle circle) => Feeds(circle).Sum(feed => feed.Resubscribes);

    private static long Losses(VirtualCircle circle) => Sockets(circle).Sum(socket => socket.Watch.Losses);

    private static bool IsWhole(VirtualCircle circle)
    {
        foreach (CircleSocket socket in circle.Worker.Sockets)
        {
            if (socket.Feed is { } feed && feed.Confirmed != feed.Wanted) return false;
        }

        return true;
    }

    private static string Missing(VirtualCircle circle) => string.Join(
        "; ", All(circle).Where(wanted => !IsConfirmed(wanted))
            .Select(wanted => $"{wanted.Channel} {wanted.Symbol} {wanted.State} {wanted.Reason}"));

    private static void AssertHeals(VirtualCircle circle, double seconds)
    {
        Assert.True(Circles.Until(circle, () => IsWhole(circle), seconds), Missing(circle));
        AssertWhole(circle);
    }

    /// <summary>Wanted is confirmed, and every book stands.</summary>
    private static void AssertWhole(VirtualCircle circle)
    {
        Assert.All(Feeds(circle), feed => Assert.Equal(feed.Wanted, feed.Confirmed));
        Assert.Equal("", Missing(circle));
        foreach (string symbol in Feeds(circle).SelectMany(feed => feed.Symbols))
        {
            InstrumentBook book = circle.Worker.Engine.Books.BookOf(circle.Worker.IdOf(symbol))!;
            Assert.Equal(BookState.InSync, book.State);
        }
    }

    private static JsonElement Status(VirtualCircle circle)
    {
        byte[] bytes = WorkerStatus.Of(
            circle.Worker, "paper", "simulated", circle.NowNs, circle.NowNs - Second, store: null);
        using JsonDocument document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement feed, string name) => feed.GetProperty(name).GetString()!;

    /// <summary>A network that takes every attempt and answers none.</summary>
    private sealed class DeafWire : IWire
    {
        public int Opened { get; private set; }

        public int Closed { get; private set; }

        public long NextDueNs => long.MaxValue;

        public long ClockNs => 0;

        public int Open(WireEndpoint endpoint) => Opened++;

        public void Close(int connection) => Closed++;

        public bool Send(int connection, ReadOnlySpan<byte> frame) => false;

        public int Request(WireRequest request) => 0;

        public bool TryReceive(long nowNs, out WireEvent wireEvent)
        {
            wireEvent = default;
            return false;
        }
    }
}
