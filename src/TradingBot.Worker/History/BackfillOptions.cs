using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>What to fetch.</summary>
internal sealed record BackfillOptions
{
    public required ImmutableArray<Timeframe> Timeframes { get; init; }

    /// <summary>First open time wanted, Unix ns; null: what one answer holds (720 rows).</summary>
    public long? SinceNs { get; init; }

    /// <summary>
    /// Symbols asked at once. The pace is the lane's; this hides the time of one answer behind another.
    /// </summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Pages of trades spent at most on the gaps of one series; what is left stays in the ledger.</summary>
    public int RepairPagesMax { get; init; } = 50;
}

/// <summary>One series after a backfill.</summary>
internal sealed record SeriesReport(SeriesKey Key)
{
    /// <summary>Rows that are new or have changed.</summary>
    public long Written { get; set; }

    /// <summary>Open times of the newest complete row, Unix ns; 0: none.</summary>
    public long LastNs { get; set; }

    /// <summary>Intervals that lack rows and are not explained.</summary>
    public int GapsOpen { get; set; }

    public int GapsRepaired { get; set; }
}

/// <summary>A bar of ours that differs from the venue's row.</summary>
internal sealed record RowDifference(SeriesKey Key, BarRow Ours, BarRow Venue);

/// <summary>One instrument after a backfill.</summary>
internal sealed record SymbolReport(string Id)
{
    public List<SeriesReport> Series { get; } = [];

    /// <summary>What ended the work on it; null when all was fetched.</summary>
    public RestFailure? Failure { get; set; }

    /// <summary>The contract whose rows stand in for it, each tagged; empty for none.</summary>
    public string Fallback { get; set; } = "";

    public long TradePages { get; set; }

    /// <summary>Where the bars built of trades meet the venue's own rows: how many agree, and which do not.</summary>
    public int Agreed { get; set; }

    public List<RowDifference> Differences { get; } = [];
}

/// <summary>How far a backfill is, for people.</summary>
/// <param name="Symbol">What is being fetched.</param>
/// <param name="Done">Work done, of <see cref="Total"/>: series, and within deep history shares of one.</param>
/// <param name="Rows">Written so far.</param>
/// <param name="Pages">Of trades.</param>
/// <param name="Detail">Where in time a walk through trades is.</param>
/// <param name="Requests">Made so far: the pace is theirs.</param>
/// <param name="RequestsLeft">As far as is known.</param>
internal readonly record struct BackfillProgress(
    string Symbol, double Done, double Total, long Rows, long Pages, string Detail, long Requests,
    double RequestsLeft)
{
    /// <summary>Time left at the pace so far; null before there is one.</summary>
    public TimeSpan? Left(TimeSpan elapsed)
    {
        if (Requests == 0) return null;
        double seconds = elapsed.TotalSeconds * RequestsLeft / Requests;
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
