using System;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>
/// The process stands still in the middle of a step, at each place where it waits for its disk: between what it decided
/// and the bytes, between the bytes and the answer, between a fill and its stop. Enumerated, in virtual time; the venue
/// goes on meanwhile.
/// </summary>
public sealed class PauseBoundaryTests
{
    private const long MsNs = 1_000_000;

    /// <summary>Syncs of the log in an entry's life: intent, outcome, fills, stop, take-profit and theirs.</summary>
    private const int Boundaries = 7;

    [Theory]
    [InlineData(200)]
    [InlineData(900)]
    [InlineData(1_100)]
    [InlineData(6_000)]
    [InlineData(30_000)]
    public void A_process_that_stood_still_sends_no_stale_entry_and_protects_within_the_grace_I1(int pauseMs)
    {
        ProtectionOptions options = new();
        int late = 0;
        int protectedAgain = 0;
        for (int boundary = 1; boundary <= Boundaries; boundary++)
        {
            using VirtualCircle circle = Circles.Quiet();
            long resumedNs = Pause(circle, boundary, pauseMs);
            string where = $"{pauseMs} ms at boundary {boundary}";
            Assert.True(resumedNs > 0, where + ": there was no such boundary");
            bool isStale = boundary == 1 && pauseMs * MsNs > options.EntryDelayMaxNs;
            Assert.Equal(isStale ? 1 : 0, circle.Worker.EntriesLate);
            Assert.Equal(isStale ? 0 : 1, circle.Worker.Entries);
            Assert.Equal(0, VenueDropped(circle));
            if (isStale)
            {
                late++;
                Assert.Equal((0L, 0), (Circles.Position(circle), circle.Venue.Oracle.Fills.Count));
                continue;
            }

            // The stop, whatever became of the sockets meanwhile.
            bool covered = Circles.Until(
                circle, () => Circles.Position(circle) != 0 && Circles.IsProtected(circle), 30);
            Assert.True(covered, where + ": not protected");
            Assert.True(
                circle.NowNs - resumedNs <= options.StopGraceNs + (2_000 * MsNs),
                $"{where}: protected {(circle.NowNs - resumedNs) / MsNs} ms after it went on");
            circle.Run(TimeSpan.FromSeconds(20));
            Assert.Equal(Circles.Quantity, Circles.Position(circle));
            Assert.Single(Circles.Orders(circle, VenueOrderType.StopLoss));
            protectedAgain++;
        }

        Assert.Equal(pauseMs * MsNs > options.EntryDelayMaxNs ? 1 : 0, late);
        Assert.Equal(Boundaries - late, protectedAgain);
    }

    [Fact]
    public void A_stale_entry_is_an_intent_with_a_known_end_and_the_next_one_is_sent()
    {
        using VirtualCircle circle = Circles.Quiet();
        Assert.True(Pause(circle, 1, 3_000) > 0);
        Assert.Equal(1, circle.Worker.EntriesLate);
        var view = circle.Worker.Protection.PositionOf(circle.Worker.IdOf(Circles.Symbol));
        Assert.Equal(PositionState.Flat, view.State);
        circle.Run(TimeSpan.FromSeconds(5));
        Circles.Enter(circle);
        Assert.True(Circles.Until(circle, () => Circles.Position(circle) != 0, 10), "the next one was not sent");
        // A start after it finds nothing to ask the venue about.
        circle.CrashAndRestart();
        Assert.Contains(circle.Recovered, record => record.Command == CommandKind.Place
            && record.Event == AccountEventKind.Refused && record.Reason == VenueReason.Deadline);
    }

    [Fact]
    public void A_life_with_a_stale_entry_is_the_same_again_from_its_journal_I5()
    {
        Storage.Journal.MemoryLogFile journal = new();
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        using (VirtualCircle circle = new(options, _ => journal))
        {
            circle.Run(TimeSpan.FromSeconds(15));
            Pause(circle, 1, 3_000);
            Assert.Equal(1, circle.Worker.EntriesLate);
            circle.Run(TimeSpan.FromSeconds(10));
        }

        using System.IO.MemoryStream stream = new(Journals.Content(journal));
        JournalReplay? replay = JournalReplay.Open(stream, out string error);
        Assert.True(replay is not null, error);
        replay.Run();
        Assert.Equal((null, 1L), (replay.Divergence, replay.Worker.EntriesLate));
    }

    /// <summary>Enters, and lets time pass after the given sync that follows; when it went on, or 0 when there was no
    /// such sync.</summary>
    private static long Pause(VirtualCircle circle, int boundary, int pauseMs)
    {
        int syncs = 0;
        long resumedNs = 0;
        circle.File.Synced = () =>
        {
            if (++syncs != boundary) return;
            circle.Venue.AdvanceTo(circle.NowNs + (pauseMs * MsNs));
            resumedNs = circle.NowNs;
        };
        Circles.Enter(circle);
        Circles.Until(circle, () => resumedNs != 0, 10);
        circle.File.Synced = null;
        return resumedNs;
    }

    /// <summary>Entries that the venue had to drop for their deadline: we should have known.</summary>
    private static int VenueDropped(VirtualCircle circle)
    {
        int dropped = -(int)circle.Worker.EntriesLate;
        for (long number = 1; number <= circle.Log.Durable; number++)
        {
            Assert.True(circle.Log.TryRead(number, out Storage.Journal.IntentRecord record, out _));
            bool isDrop = record is { Kind: Storage.Journal.IntentRecordKind.Outcome, Reason: VenueReason.Deadline }
                && record.Id.Role == OrderRole.Entry;
            if (isDrop) dropped++;
        }

        return dropped;
    }
}
