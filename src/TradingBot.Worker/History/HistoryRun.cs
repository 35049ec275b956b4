// In:     settings' wishes, the universe as remembered, an open store.   Out: rows fetched, quarantine settled, a
//         report.
// Thread: one task that starts others.
// Keeps:  a failing symbol touches no other one; what the round taught is remembered, also when it was interrupted.
// Budget: the backfill's.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;

namespace TradingBot.Worker.History;

/// <summary>What a backfill came to.</summary>
/// <param name="State">To be remembered.</param>
/// <param name="Symbols">Reports in the order of the work.</param>
/// <param name="Changes">Who left and who came back.</param>
/// <param name="Resting">Symbols not asked, because their next try is later.</param>
/// <param name="Fault">Why nothing was asked; empty when something was.</param>
/// <param name="Aborted">Why not everybody was asked; empty when everybody was.</param>
internal sealed record HistoryOutcome(
    UniverseState State, IReadOnlyList<SymbolReport> Symbols, IReadOnlyList<string> Changes,
    IReadOnlyList<string> Resting, string Fault, string Aborted)
{
    public static HistoryOutcome Nothing(UniverseState state, string fault) => new(state, [], [], [], fault, "");
}

/// <summary>One backfill of the universe, or of named symbols.</summary>
/// <param name="rest">Asks the venue.</param>
/// <param name="store">Takes the rows.</param>
/// <param name="wishes">What the universe is chosen by.</param>
/// <param name="options">What to fetch.</param>
/// <param name="held">Symbols with an open position: they are fetched whatever the rules say.</param>
internal sealed class HistoryRun(
    PublicRest rest, HistoryStore store, UniverseOptions wishes, BackfillOptions options,
    IReadOnlyCollection<string> held)
{
    /// <summary>A list of instruments older than this is asked for again.</summary>
    private const long ListAgeMaxNs = 24L * 3_600_000_000_000;

    /// <param name="state">As remembered.</param>
    /// <param name="symbols">Names given by the operator; none: the universe.</param>
    /// <param name="told">Told of progress.</param>
    /// <param name="cancellationToken">Ends the work; what is done stays.</param>
    public async Task<HistoryOutcome> RunAsync(
        UniverseState state, IReadOnlyList<string> symbols, Action<BackfillProgress> told,
        CancellationToken cancellationToken)
    {
        Discovery found = await DiscoverAsync(state, cancellationToken).ConfigureAwait(false);
        state = found.State;
        if (found.View is not { } view) return HistoryOutcome.Nothing(state, found.Fault);
        InstrumentNames names = InstrumentNames.Build(state.Specs, out _)!;
        List<InstrumentSpec> chosen = [];
        List<string> resting = [];
        Quarantine quarantine = new(state.Quarantine);
        if (symbols.Count > 0)
        {
            foreach (string symbol in symbols)
            {
                if (names.Find(symbol) is not { } spec)
                {
                    return HistoryOutcome.Nothing(state, $"{symbol} names no instrument that is listed or ever was");
                }

                if (!chosen.Contains(spec)) chosen.Add(spec);
            }
        }
        else
        {
            foreach (UniverseRow row in view.Rows)
            {
                bool isOnlyOut = row.Reasons == ExclusionReasons.Quarantined;
                if (isOnlyOut && quarantine.IsResting(row.Spec.Id, rest.NowNs)) resting.Add(row.Spec.Id);
                else if (row.IsManaged || isOnlyOut || view.Ids.Contains(row.Spec.Id)) chosen.Add(row.Spec);
            }
        }

        if (chosen.Count == 0 && resting.Count == 0)
        {
            return HistoryOutcome.Nothing(state, "the universe is empty: see why with the verb universe --all");
        }

        Backfill backfill = new(rest, store, options, told);
        PerpetualMatch match = new(state.Specs);
        IReadOnlyList<SymbolReport> reports = await backfill.RunAsync(
            [.. chosen.Select(spec => (spec, match.Of(spec, null, _ => null, out _)))], cancellationToken)
            .ConfigureAwait(false);
        List<SymbolOutcome> round = [];
        foreach (SymbolReport report in reports)
        {
            // Interrupted in the middle: nothing was learned of it.
            bool isKnown = report.Failure is not null || report.Series.Count > 0;
            if (isKnown) round.Add(new SymbolOutcome(report.Id, report.Failure));
        }

        IReadOnlyList<string> changes = quarantine.Settle(round, rest.NowNs);
        return new HistoryOutcome(
            state with { Quarantine = [.. quarantine.Entries] }, reports, [.. found.Changes, .. changes], resting, "",
            backfill.Aborted);
    }

    /// <summary>Contracts for the archive, the linear perpetuals first.</summary>
    public async Task<(UniverseState State, ImmutableArray<InstrumentSpec> Contracts, string Fault)> ContractsAsync(
        UniverseState state, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        Discovery found = await DiscoverAsync(state, cancellationToken).ConfigureAwait(false);
        if (found.View is null) return (found.State, [], found.Fault);
        InstrumentNames names = InstrumentNames.Build(found.State.Specs, out _)!;
        HashSet<string> ids = [];
        foreach (string symbol in symbols)
        {
            if (names.Find(symbol) is not { IsSpot: false } spec)
            {
                return (found.State, [], $"{symbol} names no contract");
            }

            ids.Add(spec.Id);
        }

        return (found.State,
            [
                .. found.State.Specs.Where(spec => !spec.IsSpot && spec.NameIn(NameDialect.Derivatives) is not null)
                    .Where(spec => ids.Count == 0 || ids.Contains(spec.Id))
                    .OrderBy(spec => spec.Kind).ThenBy(spec => spec.Id, StringComparer.Ordinal),
            ], "");
    }

    private async Task<Discovery> DiscoverAsync(UniverseState state, CancellationToken cancellationToken)
    {
        UniverseDiscovery discovery = new(wishes, held);
        bool isYoung = rest.NowNs - Math.Min(state.SpotListedNs, state.DerivativesListedNs) < ListAgeMaxNs;
        return isYoung
            ? discovery.Recall(state, rest.NowNs)
            : await discovery.AskAsync(rest, state, cancellationToken).ConfigureAwait(false);
    }
}
