using System;
using TradingBot.Worker.History;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>The time left is of requests, and a walk through trades is as many of them as it has pages.</summary>
public sealed class BackfillWorkTests
{
    [Fact]
    public void Newest_rows_alone_are_one_request_a_series()
    {
        BackfillWork work = new(symbols: 3, timeframes: 4, isDeep: false);
        Assert.Equal(12, work.Left);
        work.SeriesDone("A");
        Assert.Equal(11, work.Left);
        // It failed: nothing more is asked of it.
        work.SymbolDone("A");
        Assert.Equal(8, work.Left);
        foreach (string symbol in new[] { "B", "C" })
        {
            for (int i = 0; i < 4; i++) work.SeriesDone(symbol);
            work.SymbolDone(symbol);
        }

        Assert.Equal(0, work.Left);
    }

    [Fact]
    public void A_walk_counts_its_pages_and_who_was_not_asked_yet_is_taken_for_as_busy()
    {
        BackfillWork work = new(symbols: 2, timeframes: 1, isDeep: true);
        work.SeriesDone("A");
        work.Decide("A", trades: 99_500);
        // A hundred pages of A, one answer and as many pages of B.
        Assert.Equal(201, work.Left);
        work.WalkAt("A", pages: 2, share: 0.5);
        // Two pages prove nothing yet.
        Assert.Equal(199, work.Left);
        work.WalkAt("A", pages: 10, share: 0.5);
        Assert.Equal(111, work.Left);
        work.SymbolDone("A");
        work.SeriesDone("B");
        work.Decide("B", trades: 0);
        work.SymbolDone("B");
        Assert.Equal(0, work.Left);
    }

    [Fact]
    public void Time_left_is_at_the_pace_of_the_requests_and_days_are_shown_as_hours()
    {
        BackfillProgress progress = new("A", 1, 2, 0, 0, "", Requests: 10, RequestsLeft: 100_000);
        TimeSpan left = progress.Left(TimeSpan.FromSeconds(15))!.Value;
        Assert.Equal(TimeSpan.FromSeconds(150_000), left);
        Assert.Equal("41:40:00", HistoryConsole.Clock(left));
        Assert.Null((progress with { Requests = 0 }).Left(TimeSpan.FromSeconds(15)));
    }
}
