// In:     what is stored of a symbol, what the universe says of it, the time.   Out: may it be analysed, and if not,
//         why.
// Thread: any; pure.
// Keeps:  age counts from a bar's close; a bar without trades is no sign of life; a stand-in is always told.
// Budget: nothing that counts.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>What is wrong with a symbol's history; several at once, the gravest in the highest bit.</summary>
[Flags]
internal enum HistoryFaults
{
    None = 0,

    /// <summary>Rows of the contract stand in for spot. Told, and no reason against analysis.</summary>
    StandsIn = 1 << 0,

    /// <summary>The daily bar is older than its limit, but the short ones are fresh and that is allowed. No reason
    /// against analysis either.</summary>
    DailyLags = 1 << 1,

    /// <summary>The newest bars are complete and nothing was traded in them.</summary>
    Quiet = 1 << 2,

    /// <summary>Bars are missing among the newest ones.</summary>
    Gap = 1 << 3,

    /// <summary>Fewer bars than indicators need.</summary>
    TooFew = 1 << 4,

    /// <summary>The newest complete bar closed too long ago.</summary>
    Stale = 1 << 5,

    /// <summary>Left out because it fails again and again.</summary>
    Quarantined = 1 << 6,

    /// <summary>Not in the universe, for other reasons.</summary>
    NotInUniverse = 1 << 7,

    /// <summary>There is no bar at all.</summary>
    Missing = 1 << 8,
}

/// <summary>How old a timeframe's newest bar may be.</summary>
internal sealed record FreshnessLimit(Timeframe Timeframe, long AgeMaxNs);

/// <summary>Limits of freshness.</summary>
internal sealed record FreshnessRules
{
    private const long HourNs = 3_600_000_000_000;

    /// <summary>
    /// Counted from the close. 15m and 1d as the old bot's main service had them (30 min, 48 h), 4h as its live runtime
    /// (8 h); 1h in between.
    /// </summary>
    public ImmutableArray<FreshnessLimit> Limits { get; init; } =
    [
        Limit("15m", HourNs / 2), Limit("1h", 2 * HourNs), Limit("4h", 8 * HourNs), Limit("1d", 48 * HourNs),
    ];

    /// <summary>
    /// The daily bar may be older than its limit, up to this age, while every shorter timeframe is fresh; 0: it may
    /// not.
    /// Three days: a weekend's outage of one endpoint does not stop a strategy that only takes its bias from there.
    /// </summary>
    public long DailyLagMaxNs { get; init; } = 72 * HourNs;

    /// <summary>Bars a timeframe must have before it is analysed.</summary>
    public int BarsMin { get; init; } = 50;

    /// <summary>Newest bars in which no gap is tolerated.</summary>
    public int BarsWhole { get; init; } = 50;

    public static FreshnessLimit Limit(string timeframe, long ageMaxNs) =>
        Timeframe.TryParse(timeframe, out Timeframe read)
            ? new FreshnessLimit(read, ageMaxNs)
            : throw new ArgumentException($"{timeframe} is no timeframe.", nameof(timeframe));
}

/// <summary>What is stored of one timeframe of a symbol.</summary>
/// <param name="Timeframe">Which.</param>
/// <param name="Source">Of the series looked at; none when there is no row.</param>
/// <param name="Bars">Complete bars among the newest.</param>
/// <param name="LastCloseNs">End of the newest complete bar, Unix ns; 0: none.</param>
/// <param name="LastTradedCloseNs">End of the newest complete bar with a trade in it; 0: none.</param>
/// <param name="HasGap">Bars are missing among the newest ones.</param>
internal sealed record SeriesFacts(
    Timeframe Timeframe, BarSource Source, int Bars, long LastCloseNs, long LastTradedCloseNs, bool HasGap)
{
    /// <summary>A contract's rows in a spot symbol's place.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>Age of the newest complete bar; null without one.</summary>
    public long? AgeNs(long nowNs) => LastCloseNs > 0 ? nowNs - LastCloseNs : null;
}

/// <summary>One symbol's standing.</summary>
/// <param name="Symbol">Our id.</param>
/// <param name="Faults">All that is wrong, as bits.</param>
/// <param name="Text">The same in words; empty when nothing is wrong.</param>
/// <param name="Series">By timeframe.</param>
internal sealed record SymbolStanding(
    string Symbol, HistoryFaults Faults, string Text, ImmutableArray<SeriesFacts> Series)
{
    /// <summary>Faults that are told and stop nothing.</summary>
    private const HistoryFaults Tolerated = HistoryFaults.StandsIn | HistoryFaults.DailyLags;

    /// <summary>May this symbol be analysed?</summary>
    public bool MayBeAnalysed => (Faults & ~Tolerated) == HistoryFaults.None;
}

/// <summary>The one place that decides whether a symbol may be analysed.</summary>
internal static class Freshness
{
    /// <param name="symbol">Our id.</param>
    /// <param name="facts">What is stored, per timeframe that the rules name.</param>
    /// <param name="row">What the universe says; null: the symbol is not known there.</param>
    /// <param name="quarantine">Its entry; null: none.</param>
    /// <param name="rules">The limits.</param>
    /// <param name="nowNs">Unix ns.</param>
    public static SymbolStanding Judge(
        string symbol, IReadOnlyList<SeriesFacts> facts, UniverseRow? row, QuarantineEntry? quarantine,
        FreshnessRules rules, long nowNs)
    {
        List<(HistoryFaults Fault, string Words)> found = [];
        if (quarantine is { IsOut: true })
        {
            found.Add((HistoryFaults.Quarantined, $"left out since {UniverseSelection.Time(quarantine.SinceNs)}, "
                + $"next try {UniverseSelection.Time(quarantine.NextRetryNs)} "
                + $"({RestFailure.TextOf(quarantine.Class)}: {quarantine.Reason})"));
        }

        ExclusionReasons others = (row?.Reasons ?? ExclusionReasons.None) & ~ExclusionReasons.Quarantined;
        if (row is not null && others != ExclusionReasons.None)
        {
            found.Add((HistoryFaults.NotInUniverse, "not in the universe: " + row.ReasonText));
        }

        bool areShortFresh = true;
        foreach (FreshnessLimit limit in rules.Limits.OrderBy(limit => limit.Timeframe.LengthNs))
        {
            SeriesFacts? one = facts.FirstOrDefault(fact => fact.Timeframe == limit.Timeframe);
            int before = found.Count;
            Look(found, limit, one, rules, areShortFresh, nowNs);
            bool isFresh = !found.Skip(before).Any(fault => fault.Fault is HistoryFaults.Stale or HistoryFaults.Missing
                or HistoryFaults.Quiet);
            areShortFresh &= isFresh;
        }

        HistoryFaults all = found.Aggregate(HistoryFaults.None, (sum, fault) => sum | fault.Fault);
        string text = string.Join("; ", found.OrderByDescending(fault => fault.Fault).Select(fault => fault.Words));
        return new SymbolStanding(symbol, all, text, [.. facts]);
    }

    /// <summary>A length of time as reports show it.</summary>
    public static string Length(long ns)
    {
        long minutes = ns / 60_000_000_000;
        return minutes switch
        {
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{minutes} min"),
            < 48 * 60 => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60.0:0.#} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{minutes / 1440.0:0.#} d"),
        };
    }

    private static void Look(
        List<(HistoryFaults Fault, string Words)> found, FreshnessLimit limit, SeriesFacts? facts, FreshnessRules rules,
        bool areShortFresh, long nowNs)
    {
        Timeframe timeframe = limit.Timeframe;
        if (facts?.AgeNs(nowNs) is not { } ageNs)
        {
            found.Add((HistoryFaults.Missing, $"no complete {timeframe} bar"));
            return;
        }

        bool isDaily = timeframe.LengthNs == 24 * 3_600_000_000_000;
        if (ageNs > limit.AgeMaxNs)
        {
            bool mayLag = isDaily && areShortFresh && ageNs <= rules.DailyLagMaxNs;
            string words = $"the newest {timeframe} bar closed {Length(ageNs)} ago, {Length(limit.AgeMaxNs)} at most";
            if (mayLag) words += $", tolerated up to {Length(rules.DailyLagMaxNs)} while shorter bars are fresh";
            found.Add((mayLag ? HistoryFaults.DailyLags : HistoryFaults.Stale, words));
        }
        else if (nowNs - facts.LastTradedCloseNs > limit.AgeMaxNs)
        {
            string since = facts.LastTradedCloseNs > 0
                ? "since " + UniverseSelection.Time(facts.LastTradedCloseNs)
                : "in any bar looked at";
            found.Add((HistoryFaults.Quiet, $"no trade in {timeframe} bars {since}"));
        }

        if (facts.Bars < rules.BarsMin)
        {
            found.Add((HistoryFaults.TooFew, string.Create(CultureInfo.InvariantCulture,
                $"{facts.Bars} complete {timeframe} bars, {rules.BarsMin} are needed")));
        }

        if (facts.HasGap) found.Add((HistoryFaults.Gap, $"{timeframe} bars are missing among the newest"));
        if (facts.IsStandIn) found.Add((HistoryFaults.StandsIn, $"{timeframe} bars are the contract's"));
    }
}
