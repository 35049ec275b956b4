// In:     what came of asking for symbols, round by round.   Out: who is left out, why, since when, until when.
// Thread: the caller's; sans-I/O.
// Keeps:  a fault of the venue is no symbol's fault; a symbol's fault touches no other symbol; everybody is asked
//         again.
// Budget: an entry per failing symbol.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Rest;

namespace TradingBot.Kraken.Universe;

/// <summary>A symbol that failed lately.</summary>
/// <param name="Id">Of the instrument.</param>
/// <param name="Failures">Rounds in a row in which it failed.</param>
/// <param name="Class">Of the last failure.</param>
/// <param name="Reason">Of the last failure: the venue's words.</param>
/// <param name="SinceNs">Of the first failure in the row, Unix ns.</param>
/// <param name="NextRetryNs">Not asked before; 0 while it is not left out.</param>
public sealed record QuarantineEntry(
    string Id, int Failures, RestFailureClass Class, string Reason, long SinceNs, long NextRetryNs)
{
    public bool IsOut => NextRetryNs > 0;
}

/// <summary>One symbol's outcome in a round.</summary>
/// <param name="Id">Of the instrument.</param>
/// <param name="Failure">Null when it was answered.</param>
public readonly record struct SymbolOutcome(string Id, RestFailure? Failure);

/// <summary>Symbols that fail again and again leave, and come back by themselves.</summary>
public sealed class Quarantine(IEnumerable<QuarantineEntry> entries)
{
    /// <summary>Rounds in a row after which a symbol leaves; one that the venue does not know leaves at once.</summary>
    public const int FailuresMax = 3;

    private const long HourNs = 3_600_000_000_000;

    /// <summary>An hour, doubled per further failure, at most a day.</summary>
    private const int DoublingsMax = 5;

    private const long PauseMaxNs = 24 * HourNs;

    private readonly Dictionary<string, QuarantineEntry> _entries =
        entries.ToDictionary(entry => entry.Id, StringComparer.Ordinal);

    /// <summary>Everything that is remembered, by id.</summary>
    public IReadOnlyList<QuarantineEntry> Entries =>
        [.. _entries.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal)];

    public QuarantineEntry? Find(string id) => _entries.GetValueOrDefault(id);

    /// <summary>Left out, and not yet due for another try.</summary>
    public bool IsResting(string id, long nowNs) => Find(id) is { IsOut: true } entry && nowNs < entry.NextRetryNs;

    /// <summary>Takes in a round; what changed, in words, for whoever tells the operator.</summary>
    /// <remarks>
    /// Rate limits, maintenance and refusals of ourselves say nothing of a symbol. Lost connections and bad bodies do
    /// only while more than half of the symbols are answered: else it is the venue, or our line.
    /// </remarks>
    public IReadOnlyList<string> Settle(IReadOnlyList<SymbolOutcome> round, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(round);
        int answered = round.Count(outcome => outcome.Failure is null);
        bool isOfVenue = answered * 2 <= round.Count;
        List<string> changes = [];
        foreach (SymbolOutcome outcome in round)
        {
            string? change = outcome.Failure is { } failure
                ? Fail(outcome.Id, failure, isOfVenue, nowNs)
                : Answer(outcome.Id, nowNs);
            if (change is not null) changes.Add(change);
        }

        return changes;
    }

    private string? Answer(string id, long nowNs)
    {
        if (!_entries.Remove(id, out QuarantineEntry? entry) || !entry.IsOut) return null;
        return $"{id} is back after {Hours(nowNs - entry.SinceNs)} ({RestFailure.TextOf(entry.Class)})";
    }

    private string? Fail(string id, RestFailure failure, bool isOfVenue, long nowNs)
    {
        bool isOfSymbol = failure.Class switch
        {
            RestFailureClass.UnknownSymbol or RestFailureClass.Other => true,
            RestFailureClass.TransientNetwork or RestFailureClass.BadBody => !isOfVenue,
            _ => false,
        };
        if (!isOfSymbol) return null;
        QuarantineEntry before = Find(id) ?? new QuarantineEntry(id, 0, failure.Class, "", nowNs, 0);
        int failures = before.Failures + 1;
        int least = failure.Class == RestFailureClass.UnknownSymbol ? 1 : FailuresMax;
        bool leaves = before.IsOut || failures >= least;
        int doublings = Math.Clamp(failures - least, 0, DoublingsMax);
        long pauseNs = Math.Min(PauseMaxNs, HourNs << doublings);
        _entries[id] = before with
        {
            Failures = failures,
            Class = failure.Class,
            Reason = failure.Reason,
            NextRetryNs = leaves ? nowNs + pauseNs : 0,
        };
        if (!leaves || before.IsOut) return null;
        return $"{id} is left out, next try in {Hours(pauseNs)} ({failure.ClassText}: {failure.Reason})";
    }

    private static string Hours(long ns) =>
        ns < HourNs ? $"{ns / (HourNs / 60)} min" : $"{ns / HourNs} h";
}
