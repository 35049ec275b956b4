// In:     what is known of instruments and their markets, and what is wanted.   Out: who is in, and why the rest is
//         not.
// Thread: any; pure.
// Keeps:  every instrument has a row; a much smaller universe is not believed at the first look; what is held stays
//         managed whatever the rules say.
// Budget: a thousand instruments in some milliseconds.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using TradingBot.Kraken.Rest;

namespace TradingBot.Kraken.Universe;

/// <summary>One instrument's standing.</summary>
/// <param name="Spec">What it is.</param>
/// <param name="Reasons">Why it is not in the universe; none when it is.</param>
/// <param name="ReasonText">The same in words.</param>
/// <param name="Tier">By volume and spread.</param>
/// <param name="Ticker">What its market shows; null: not known.</param>
/// <param name="PerpetualId">Of a spot instrument: the contract that goes with it.</param>
/// <param name="IsHeld">A position is open in it: it is managed whatever the reasons are.</param>
public sealed record UniverseRow(
    InstrumentSpec Spec, ExclusionReasons Reasons, string ReasonText, LiquidityTier Tier, MarketTicker? Ticker,
    string? PerpetualId, bool IsHeld)
{
    public bool IsIncluded => Reasons == ExclusionReasons.None;

    /// <summary>Prices, specs and protection are kept for it.</summary>
    public bool IsManaged => IsIncluded || IsHeld;
}

/// <summary>The universe: every instrument with its standing.</summary>
/// <param name="Rows">By id.</param>
/// <param name="Ids">Those in the universe that is believed.</param>
/// <param name="Unknown">Names of the allow and block lists and of held positions that mean no instrument.</param>
/// <param name="ShrinkText">Why the last universe still stands; empty when the rows' own word counts.</param>
public sealed record UniverseView(
    ImmutableArray<UniverseRow> Rows, ImmutableArray<string> Ids, ImmutableArray<string> Unknown, string ShrinkText);

/// <summary>Chooses the universe.</summary>
public static class UniverseSelection
{
    private const decimal VolumeOfA = 5_000_000;
    private const decimal VolumeOfB = 500_000;
    private const long SpreadPpmOfA = 1_000;
    private const long SpreadPpmOfB = 2_500;

    /// <summary>A last universe smaller than this is no measure of what suddenly means.</summary>
    private const int AcceptedMin = 5;

    /// <param name="state">What is remembered.</param>
    /// <param name="names">The table of its names.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="tickers">By id; an instrument without one is not known to be liquid.</param>
    /// <param name="held">Names of instruments with an open position.</param>
    /// <param name="unjudged">Ids whose tickers could not be had: volume and spread are not asked of them.</param>
    /// <param name="nowNs">Unix ns.</param>
    public static (UniverseView View, UniverseState State) Select(
        UniverseState state, InstrumentNames names, UniverseOptions options,
        IReadOnlyDictionary<string, MarketTicker> tickers, IReadOnlyCollection<string> held,
        IReadOnlySet<string> unjudged, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tickers);
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(unjudged);
        List<string> unknown = [];
        HashSet<string> allow = IdsOf(options.Allow, "the allow list", names, unknown);
        // The default names two that may not be listed at all: a block that meets nobody is no mistake.
        HashSet<string> block = IdsOf(options.Block, "", names, unknown);
        HashSet<string> heldIds = IdsOf(held, "an open position", names, unknown);
        bool hasAllow = options.Allow.Length > 0;
        Quarantine quarantine = new(state.Quarantine);
        PerpetualMatch match = new(state.Specs);
        ImmutableArray<UniverseRow>.Builder rows = ImmutableArray.CreateBuilder<UniverseRow>(state.Specs.Length);
        foreach (InstrumentSpec spec in state.Specs)
        {
            MarketTicker? ticker = tickers.GetValueOrDefault(spec.Id);
            InstrumentSpec? perpetual =
                match.Of(spec, ticker?.Price, other => tickers.GetValueOrDefault(other.Id)?.Price, out string unlike);
            bool isNamed = allow.Contains(spec.Id);
            List<(ExclusionReasons, string)> found = [];
            if (block.Contains(spec.Id)) found.Add((ExclusionReasons.Blocked, "on the block list"));
            if (hasAllow && !isNamed) found.Add((ExclusionReasons.NotAllowed, "not on the allow list"));
            AddSpec(found, spec, options, nowNs);
            if (!isNamed && !unjudged.Contains(spec.Id)) AddMarket(found, ticker, options);
            if (quarantine.Find(spec.Id) is { IsOut: true } entry)
            {
                found.Add((ExclusionReasons.Quarantined, string.Create(CultureInfo.InvariantCulture,
                    $"left out since {Time(entry.SinceNs)}, next try {Time(entry.NextRetryNs)} "
                    + $"({RestFailure.TextOf(entry.Class)}: {entry.Reason})")));
            }

            string text = string.Join("; ", found.Select(reason => reason.Item2));
            if (unlike.Length > 0) text = text.Length > 0 ? $"{text}; {unlike}" : unlike;
            rows.Add(new UniverseRow(
                spec, found.Aggregate(ExclusionReasons.None, (all, reason) => all | reason.Item1), text,
                TierOf(ticker), ticker, perpetual?.Id, heldIds.Contains(spec.Id)));
        }

        return Believe(rows.ToImmutable(), [.. unknown], state, options, nowNs);
    }

    public static LiquidityTier TierOf(MarketTicker? ticker)
    {
        if (ticker?.VolumeQuote is not { } volume || ticker.SpreadPpm is not { } spread) return LiquidityTier.C;
        if (volume >= VolumeOfA && spread <= SpreadPpmOfA) return LiquidityTier.A;
        return volume >= VolumeOfB && spread <= SpreadPpmOfB ? LiquidityTier.B : LiquidityTier.C;
    }

    /// <summary>A time as reports show it; empty for none.</summary>
    public static string Time(long unixNs) => unixNs <= 0 ? "" : DateTimeOffset.UnixEpoch
        .AddTicks(unixNs / 100).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static HashSet<string> IdsOf(
        IEnumerable<string> texts, string list, InstrumentNames names, List<string> unknown)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            if (names.Find(text) is { } spec) ids.Add(spec.Id);
            else if (list.Length > 0) unknown.Add($"{text} of {list} names no instrument");
        }

        return ids;
    }

    private static void AddSpec(
        List<(ExclusionReasons, string)> found, InstrumentSpec spec, UniverseOptions options, long nowNs)
    {
        bool isWanted = options.Classes.Contains(spec.Class);
        if (!isWanted) found.Add((ExclusionReasons.Class, "class " + InstrumentSpec.TextOf(spec.Class)));
        bool isQuoted = options.Quotes.Contains(spec.Quote);
        if (!isQuoted) found.Add((ExclusionReasons.Quote, "quoted in " + spec.Quote));
        bool isKind = spec.Kind is InstrumentKind.Spot or InstrumentKind.LinearPerpetual;
        if (!isKind) found.Add((ExclusionReasons.Kind, InstrumentSpec.TextOf(spec.Kind)));
        // Limit-only and post-only markets still take entries, of limit orders.
        bool isOpen = spec.Status is InstrumentStatus.Online or InstrumentStatus.PostOnly or InstrumentStatus.LimitOnly;
        if (!isOpen)
        {
            string word = spec.StatusText.Length > 0 ? $" ({spec.StatusText})" : "";
            found.Add((ExclusionReasons.Status, "status " + InstrumentSpec.TextOf(spec.Status) + word));
        }

        bool settles = spec.SettlesNs > 0 && spec.SettlesNs - nowNs < options.SettlementNoticeNs;
        if (settles) found.Add((ExclusionReasons.Settling, "settles " + Time(spec.SettlesNs)));
        if (spec.Missing.Length > 0)
        {
            found.Add((ExclusionReasons.SpecMissing, $"the venue does not tell its {spec.Missing}"));
        }
    }

    private static void AddMarket(
        List<(ExclusionReasons, string)> found, MarketTicker? ticker, UniverseOptions options)
    {
        if (options.VolumeMin > 0)
        {
            if (ticker?.VolumeQuote is not { } volume) found.Add((ExclusionReasons.NoTicker, "volume not known"));
            else if (volume < options.VolumeMin)
            {
                found.Add((ExclusionReasons.Volume, string.Create(CultureInfo.InvariantCulture,
                    $"volume {volume:0} a day, {options.VolumeMin:0} are asked for")));
            }
        }

        if (ticker?.SpreadPpm is not { } spread) found.Add((ExclusionReasons.NoTicker, "spread not known"));
        else if (spread > options.SpreadMaxPpm)
        {
            found.Add((ExclusionReasons.Spread, string.Create(CultureInfo.InvariantCulture,
                $"spread {spread} ppm, {options.SpreadMaxPpm} at most")));
        }
    }

    /// <summary>A universe that lost a fifth at once is believed when a second look shows the same.</summary>
    private static (UniverseView View, UniverseState State) Believe(
        ImmutableArray<UniverseRow> rows, ImmutableArray<string> unknown, UniverseState state, UniverseOptions options,
        long nowNs)
    {
        ImmutableArray<string> ids = [.. rows.Where(row => row.IsIncluded).Select(row => row.Spec.Id)];
        int kept = ids.Intersect(state.Accepted).Count();
        bool shrinks = state.Accepted.Length >= AcceptedMin
            && kept * 100 < state.Accepted.Length * options.ShrinkPercentMin;
        bool isSecond = state.ShrunkSinceNs > 0 && nowNs - state.ShrunkSinceNs >= UniverseMerge.SecondLookNs
            && ids.SequenceEqual(state.Shrunk);
        if (!shrinks || isSecond)
        {
            return (new UniverseView(rows, ids, unknown, ""),
                state with { Accepted = ids, ShrunkSinceNs = 0, Shrunk = [] });
        }

        bool isSame = state.ShrunkSinceNs > 0 && ids.SequenceEqual(state.Shrunk);
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{kept} of {state.Accepted.Length} instruments are left of the last universe, which still stands: "
            + $"look again after {UniverseMerge.SecondLookNs / 1_000_000_000} s; what is the same then is believed");
        return (new UniverseView(rows, state.Accepted, unknown, text),
            state with { ShrunkSinceNs = isSame ? state.ShrunkSinceNs : nowNs, Shrunk = ids });
    }
}
