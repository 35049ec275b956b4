// In:     an open store, the universe as remembered, the time.   Out: may a symbol be analysed, and if not, why.
// Thread: the caller's.
// Keeps:  one answer for data status, for the gate, for page and metrics.
// Budget: some reads of fifty rows per symbol and timeframe.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Universe;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>Judges symbols by what is stored of them.</summary>
/// <param name="wishes">What the universe is chosen by.</param>
/// <param name="rules">How old bars may be.</param>
internal sealed class HistoryStandings(UniverseOptions wishes, FreshnessRules rules)
{
    /// <summary>Every symbol of the universe and of the store, the worst first; null after a fault of the
    /// store.</summary>
    public IReadOnlyList<SymbolStanding>? Of(HistoryStore store, UniverseState state, long nowNs)
    {
        List<SeriesSpan> spans = [];
        if (!store.TryReadSpans(spans)) return null;
        // Archived charts of mark and index are no market of their own.
        SortedSet<string> symbols = new(
            spans.Where(span => span.Key.Timeframe is not null).Select(span => span.Key.Symbol)
                .Where(symbol => !symbol.Contains(':', StringComparison.Ordinal)), StringComparer.Ordinal);
        symbols.UnionWith(state.Accepted);
        symbols.UnionWith(state.Quarantine.Where(entry => entry.IsOut).Select(entry => entry.Id));
        return Of(store, state, symbols, nowNs);
    }

    /// <summary>These symbols, the worst first; null after a fault of the store.</summary>
    public IReadOnlyList<SymbolStanding>? Of(
        HistoryStore store, UniverseState state, IEnumerable<string> symbols, long nowNs)
    {
        Discovery recalled = new UniverseDiscovery(wishes, []).Recall(state, nowNs);
        Dictionary<string, UniverseRow> rows = (recalled.View?.Rows ?? []).ToDictionary(row => row.Spec.Id);
        Quarantine quarantine = new(state.Quarantine);
        List<SymbolStanding> standings = [];
        foreach (string symbol in symbols)
        {
            List<SeriesFacts> facts = [];
            foreach (FreshnessLimit limit in rules.Limits)
            {
                bool isSpot = symbol.Contains('/', StringComparison.Ordinal);
                SeriesFacts? one = StoredFacts.Read(store, symbol, isSpot, limit.Timeframe, rules.BarsWhole);
                if (one is null) return null;
                facts.Add(one);
            }

            standings.Add(Freshness.Judge(
                symbol, facts, rows.GetValueOrDefault(symbol), quarantine.Find(symbol), rules, nowNs));
        }

        return
        [
            .. standings.OrderBy(standing => standing.MayBeAnalysed).ThenByDescending(standing => standing.Faults)
                .ThenBy(standing => standing.Symbol, StringComparer.Ordinal),
        ];
    }
}
