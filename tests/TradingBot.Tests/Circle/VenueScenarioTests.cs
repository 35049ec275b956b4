using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>A maintenance of the venue through the whole worker, in virtual time.</summary>
public sealed class VenueScenarioTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static readonly MaintenanceCycle Cycle = new()
    {
        Begins = TimeSpan.FromMinutes(10),
        Length = TimeSpan.FromMinutes(3),
        PostOnly = TimeSpan.FromMinutes(2),
        RestLag = TimeSpan.FromSeconds(40),
    };

    [Fact]
    public void A_maintenance_from_its_notice_to_its_end_refuses_entries_and_nothing_else()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Maintain(Cycle);
        Run(circle, seconds: 60);
        Assert.Equal("", Enter(circle));
        Assert.True(Circles.Until(circle, () => Circles.IsProtected(circle) && Circles.Position(circle) != 0, 10));

        // Five minutes before it begins.
        Run(circle, seconds: 4 * 60 + 5);
        Assert.Equal("venue_notice", Enter(circle));
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
        // A stop may still be moved, and a position closed.
        Assert.True(circle.Worker.Protection.Ready);
        Assert.Equal("", Move(circle));

        Run(circle, seconds: 5 * 60);
        Assert.Equal("venue_not_online", Enter(circle));
        Assert.Equal(VenueSystem.Maintenance, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
        Assert.All(Books(circle), book => Assert.Equal(BookState.Stale, book.State));
        Assert.True(Circles.IsProtected(circle), "the stop did not outlive the maintenance");

        Run(circle, seconds: 4 * 60);
        Assert.Equal(VenueSystem.PostOnly, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
        Assert.Equal("venue_not_online", Enter(circle));

        Run(circle, seconds: 2 * 60);
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
        Assert.DoesNotContain(circle.Worker.Venue.Notices, n => circle.Worker.Venue.IsStopping(n, circle.NowNs));
        Assert.True(Circles.Until(circle, () => Books(circle).All(book => book.State == BookState.InSync), 60));
        Assert.True(Circles.Until(circle, () => circle.Worker.Protection.Ready, 60), "the lane did not come back");
        Assert.Equal("", Operate(circle, AccountEventKind.Exit));
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) == 0, 10), "the exit was not let through");
        Run(circle, seconds: 30);
        Assert.Equal("", Enter(circle));
    }

    [Fact]
    public void Calls_that_lag_behind_the_sockets_keep_entries_out_until_they_agree()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Maintain(Cycle with { Begins = TimeSpan.Zero, RestLag = TimeSpan.FromMinutes(2) });
        long endNs = circle.NowNs + Ns(Cycle.Length + Cycle.PostOnly);
        Run(circle, seconds: (endNs - circle.NowNs) / 1e9 + 30);
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.WordOf(VenueMarkets.Derivatives, VenueSource.Frame));
        Assert.Equal("venue_not_online", Enter(circle));
        Run(circle, seconds: 120);
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
    }

    [Fact]
    public void A_notice_that_only_the_schedule_has_is_heeded_too()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Maintain(Cycle with { InFrames = false, Begins = TimeSpan.FromMinutes(20) });
        Run(circle, seconds: 14 * 60);
        Assert.False(circle.Worker.Venue.IsNoticed(VenueMarkets.Derivatives));
        Run(circle, seconds: 61);
        Assert.Equal("venue_notice", Enter(circle));
    }

    [Fact]
    public void When_the_calls_fail_for_three_minutes_entries_are_refused_until_one_succeeds()
    {
        FaultPlan faults = new FaultPlan();
        using VirtualCircle circle = Circles.Quiet(venue: new VenueOptions { Faults = faults });
        Assert.Equal("", Enter(circle));
        faults.At(VenueFault.LoseStatus, 1_000_000);
        Run(circle, seconds: 60);
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
        Run(circle, seconds: 200);
        Assert.Equal("venue_not_online", Enter(circle));
        Assert.True(Circles.IsProtected(circle));
        faults.At(VenueFault.LoseStatus, 0);
        Run(circle, seconds: 70);
        Assert.Equal(VenueSystem.Online, circle.Worker.Venue.SystemOf(VenueMarkets.Derivatives));
    }

    [Fact]
    public void The_journal_of_a_maintenance_is_the_same_again_I5()
    {
        MemoryLogFile journal = new();
        CircleOptions options = new()
        {
            Venue = new VenueOptions { Seed = 3, Maintenance = Cycle with { Begins = TimeSpan.FromMinutes(7) } },
        };
        string state;
        long refused;
        using (VirtualCircle circle = new(options, _ => journal))
        {
            circle.Run(TimeSpan.FromMinutes(15));
            state = StateHash.Of(circle.Worker.Engine);
            refused = RefusedByVenue(circle.Worker);
        }

        JournalReplay replay = CircleJournalTests.Replay(Journals.Content(journal));
        Assert.Null(replay.Divergence);
        Assert.Equal(state, replay.StateHashText);
        Assert.Equal(refused, RefusedByVenue(replay.Worker));
        Assert.True(refused > 0, "no signal met the maintenance");
    }

    [Fact]
    public void The_standing_and_its_metrics_tell_state_sources_calls_and_notices()
    {
        using VirtualCircle circle = Circles.Quiet();
        circle.Venue.Maintain(Cycle with { Begins = TimeSpan.FromMinutes(4), Services = ["futures_trading"] });
        Run(circle, seconds: 5);
        byte[] bytes = WorkerStatus.Of(circle.Worker, "paper", "simulated", circle.NowNs, circle.NowNs, store: null);
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement venue = document.RootElement.GetProperty("venue_state");
        JsonElement derivatives = venue.GetProperty("derivatives");
        Assert.Equal(
            ["online", "online", "online", "online"],
            new[] { "state", "frame", "account", "rest" }.Select(name => derivatives.GetProperty(name).GetString()!));
        Assert.True(derivatives.GetProperty("noticed").GetBoolean());
        Assert.False(derivatives.GetProperty("entries").GetBoolean());
        Assert.True(venue.GetProperty("spot").GetProperty("entries").GetBoolean());
        JsonElement notice = Assert.Single(venue.GetProperty("notices").EnumerateArray().ToArray());
        Assert.Equal("derivatives", notice.GetProperty("markets").GetString());
        Assert.True(notice.GetProperty("stops_entries").GetBoolean());
        string metrics = Worker.Dashboard.StatusMetrics.Of(bytes);
        Assert.Contains("tradingbot_venue_state{market=\"spot\",state=\"online\"} 1", metrics, Ordinal);
        Assert.Contains("tradingbot_venue_entries{market=\"derivatives\"} 0", metrics, Ordinal);
        Assert.Contains("tradingbot_venue_notices 1", metrics, Ordinal);
    }

    private static void Run(VirtualCircle circle, double seconds) => circle.Run(TimeSpan.FromSeconds(seconds));

    private static long Ns(TimeSpan time) => time.Ticks * 100;

    private static IEnumerable<InstrumentBook> Books(VirtualCircle circle) => circle.Worker.Sockets.ToArray()
        .SelectMany(socket => socket.Feed?.Symbols ?? [])
        .Select(symbol => circle.Worker.Engine.Books.BookOf(circle.Worker.IdOf(symbol))!);

    private static long RefusedByVenue(CircleWorker worker)
    {
        long sum = 0;
        for (int id = 0; id < worker.Symbols.Count; id++)
        {
            sum += worker.Engine.Gate.CountOf(id, Refusal.VenueNotice);
            sum += worker.Engine.Gate.CountOf(id, Refusal.VenueNotOnline);
        }

        return sum;
    }

    /// <summary>The operator's entry; why not, or nothing.</summary>
    private static string Enter(VirtualCircle circle)
    {
        long price = circle.Venue.Oracle.LastPrice(Circles.Symbol);
        return circle.Worker.Operate(
            new AccountRecord
            {
                Kind = AccountEventKind.Enter,
                InstrumentId = circle.Worker.IdOf(Circles.Symbol),
                Side = Side.Buy,
                Quantity = Circles.Quantity,
                QuantityDecimals = 4,
                Price = price * 101 / 100,
                TriggerPrice = price * 98 / 100,
            },
            circle.NowNs);
    }

    private static string Move(VirtualCircle circle) => Operate(
        circle, AccountEventKind.MoveStop, circle.Venue.Oracle.LastPrice(Circles.Symbol) * 985 / 1000);

    private static string Operate(VirtualCircle circle, AccountEventKind kind, long trigger = 0) =>
        circle.Worker.Operate(
            new AccountRecord
            {
                Kind = kind,
                InstrumentId = circle.Worker.IdOf(Circles.Symbol),
                TriggerPrice = trigger,
            },
            circle.NowNs);
}
