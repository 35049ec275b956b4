using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Replay;

/// <summary>One book update is taken out of a capture: the loss must show at the next update, and heal.</summary>
public sealed class LostUpdateTests
{
    [Fact]
    public void Any_lost_update_is_seen_at_the_next_one_and_heals_at_the_next_snapshot_I6()
    {
        string[] lines = Replays.ReadLines(Repository.Shared("data", "spot-ws-v2", "v2_crossbook_btcusd_l2.jsonl.gz"));
        int[] updates = [.. Enumerable.Range(0, lines.Length).Where(i => IsUpdate(lines[i]))];
        Random random = Seed.Random(20261124, "lost update");
        int count = Seed.Count(ci: 60, full: updates.Length);
        int[] chosen = [.. updates.OrderBy(_ => random.Next()).Take(count)];
        int detected = 0;
        int harmless = 0;
        foreach (int lost in chosen)
        {
            int next = lost + 1;
            while (next < lines.Length && !IsUpdate(lines[next]) && !IsSnapshot(lines[next])) next++;
            if (next == lines.Length || IsSnapshot(lines[next])) continue;
            InstrumentBook truth = Book(lines.Take(next + 1));
            List<string> without = [.. lines];
            without.RemoveAt(lost);
            InstrumentBook seen = Book(without.Take(next));

            // An update whose only effect the next one overwrites leaves the very same book: then there is nothing to
            // see.
            if (Levels(truth) == Levels(seen))
            {
                harmless++;
                Assert.Equal((BookState.InSync, 0L), (seen.State, seen.ChecksumMismatches));
                continue;
            }

            detected++;
            Assert.Equal((BookState.Stale, 1L, 1L), (seen.State, seen.ChecksumMismatches, seen.ResyncsAsked));
            bool snapshotFollows = Enumerable.Range(next, lines.Length - next).Any(i => IsSnapshot(lines[i]));
            InstrumentBook end = Book(without);
            Assert.Equal(1, end.ChecksumMismatches);
            Assert.Equal(snapshotFollows ? BookState.InSync : BookState.Stale, end.State);
        }

        Assert.True(detected > 2 * harmless, $"{detected} seen, {harmless} without effect");
    }

    private static InstrumentBook Book(IEnumerable<string> lines) =>
        Replays.Books(Replays.RunLines(lines)).Single().State;

    private static bool IsUpdate(string line) =>
        line.Contains("\\\"channel\\\":\\\"book\\\",\\\"type\\\":\\\"update\\\"", StringComparison.Ordinal);

    private static bool IsSnapshot(string line) =>
        line.Contains("\\\"channel\\\":\\\"book\\\",\\\"type\\\":\\\"snapshot\\\"", StringComparison.Ordinal);

    private static string Levels(InstrumentBook state)
    {
        StringBuilder text = new();
        foreach (BookSide side in new[] { state.Book!.Bids, state.Book.Asks })
        {
            for (int rank = 0; rank < side.Count; rank++) text.Append($"{side.PriceAt(rank)}x{side.QuantityAt(rank)};");
        }

        return text.ToString();
    }
}
