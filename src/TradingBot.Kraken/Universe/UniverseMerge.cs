using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace TradingBot.Kraken.Universe;

/// <summary>Takes a listing into what is known: ids stay, names change, absence needs two looks.</summary>
public static class UniverseMerge
{
    /// <summary>Between the look that misses an instrument and the look that confirms it.</summary>
    public const long SecondLookNs = 60_000_000_000;

    /// <summary>The state after a listing of spot or of derivatives, and what changed, in words.</summary>
    public static (UniverseState State, IReadOnlyList<string> Changes) Take(
        UniverseState state, Listing listing, bool isSpot, long nowNs)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(listing);
        List<string> changes = [];
        Dictionary<string, InstrumentSpec> known =
            state.Specs.ToDictionary(spec => spec.Id, StringComparer.Ordinal);
        Dictionary<string, string> ids = IdsByIdentity(state.Specs);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (InstrumentSpec listed in listing.Specs.Where(spec => spec.IsSpot == isSpot))
        {
            InstrumentSpec merged = Identities(listed).Select(identity => ids.GetValueOrDefault(identity))
                .FirstOrDefault(id => id is not null && !seen.Contains(id) && IsSame(known[id], listed)) is { } same
                ? Update(known[same], listed, nowNs, changes)
                : listed with { Id = FreeId(listed.Id, known) };
            if (state.Specs.Length > 0 && !known.ContainsKey(merged.Id)) changes.Add($"{merged.Id} is new");
            known[merged.Id] = merged;
            seen.Add(merged.Id);
        }

        ImmutableDictionary<string, long> absent = Absent(state, known, seen, isSpot, nowNs, changes);
        return (state with
        {
            Specs = [.. known.Values.OrderBy(spec => spec.Id, StringComparer.Ordinal)],
            AbsentSinceNs = absent,
            SpotListedNs = isSpot ? nowNs : state.SpotListedNs,
            DerivativesListedNs = isSpot ? state.DerivativesListedNs : nowNs,
        }, changes);
    }

    /// <summary>What an instrument is known by at the venue, the steadiest first.</summary>
    private static IEnumerable<string> Identities(InstrumentSpec spec)
    {
        if (spec.NameIn(NameDialect.RestKey) is { } key) yield return "key " + key;
        // A listing of the socket knows no keys, and one of REST may come first: then the v2 name joins them.
        if (spec.NameIn(NameDialect.SpotV2) is { } name) yield return "v2 " + name;
        if (spec.NameIn(NameDialect.Derivatives) is { } symbol) yield return "derivatives " + symbol.ToUpperInvariant();
    }

    /// <summary>Two different keys are two instruments, whatever else they are called.</summary>
    private static bool IsSame(InstrumentSpec known, InstrumentSpec listed)
    {
        string? key = listed.NameIn(NameDialect.RestKey);
        string? before = known.Names.LastOrDefault(name => name.Dialect == NameDialect.RestKey)?.Text;
        return key is null || before is null || key == before;
    }

    /// <summary>Also by the last names of what was delisted: it comes back as itself.</summary>
    private static Dictionary<string, string> IdsByIdentity(ImmutableArray<InstrumentSpec> specs)
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        foreach (InstrumentSpec spec in specs.Where(spec => spec.Status != InstrumentStatus.Delisted))
        {
            foreach (string identity in Identities(spec)) ids.TryAdd(identity, spec.Id);
        }

        foreach (InstrumentSpec spec in specs.Where(spec => spec.Status == InstrumentStatus.Delisted))
        {
            long lastNs = spec.Names.Length > 0 ? spec.Names.Max(name => name.ToNs) : 0;
            InstrumentSpec reopened = spec with
            {
                Names = [.. spec.Names.Where(name => name.ToNs == lastNs)
                    .Select(name => name with { ToNs = long.MaxValue })],
            };
            foreach (string identity in Identities(reopened)) ids.TryAdd(identity, spec.Id);
        }

        return ids;
    }

    private static InstrumentSpec Update(
        InstrumentSpec known, InstrumentSpec listed, long nowNs, List<string> changes)
    {
        if (known.Status == InstrumentStatus.Delisted) changes.Add($"{known.Id} is listed again");
        else if (known.Status != listed.Status)
        {
            changes.Add($"{known.Id} went from {InstrumentSpec.TextOf(known.Status)} "
                + $"to {InstrumentSpec.TextOf(listed.Status)}");
        }

        ImmutableArray<VenueName>.Builder names = ImmutableArray.CreateBuilder<VenueName>();
        foreach (VenueName name in known.Names)
        {
            string? now = listed.NameIn(name.Dialect);
            bool isOver = name.IsInUse && now is not null && now != name.Text;
            names.Add(isOver ? name with { ToNs = nowNs } : name);
            if (isOver) changes.Add($"{known.Id}: {name.Text} is now {now} ({name.Dialect})");
        }

        foreach (VenueName name in listed.Names)
        {
            bool isHeld = names.Any(held => held.IsInUse && held.Dialect == name.Dialect && held.Text == name.Text);
            if (!isHeld) names.Add(name);
        }

        return listed with
        {
            Id = known.Id,
            Names = names.ToImmutable(),
            // A listing that says less than an earlier one takes nothing back.
            CostMin = listed.CostMin ?? known.CostMin,
            OpensNs = listed.OpensNs > 0 ? listed.OpensNs : known.OpensNs,
            SettlesNs = listed.SettlesNs > 0 ? listed.SettlesNs : known.SettlesNs,
        };
    }

    private static ImmutableDictionary<string, long> Absent(
        UniverseState state, Dictionary<string, InstrumentSpec> known, HashSet<string> seen, bool isSpot, long nowNs,
        List<string> changes)
    {
        // What the other listing misses stays as it is.
        ImmutableDictionary<string, long>.Builder absent = state.AbsentSinceNs.ToBuilder();
        foreach (InstrumentSpec spec in known.Values.Where(spec => spec.IsSpot == isSpot).ToArray())
        {
            if (seen.Contains(spec.Id) || spec.Status == InstrumentStatus.Delisted)
            {
                absent.Remove(spec.Id);
                continue;
            }

            if (!absent.TryGetValue(spec.Id, out long sinceNs))
            {
                absent[spec.Id] = nowNs;
                changes.Add($"{spec.Id} is missing from the listing; a second look decides");
                continue;
            }

            if (nowNs - sinceNs < SecondLookNs) continue;
            absent.Remove(spec.Id);
            changes.Add($"{spec.Id} is delisted");
            known[spec.Id] = spec with
            {
                Status = InstrumentStatus.Delisted,
                StatusText = "missing from two listings",
                Names = [.. spec.Names.Select(name => name.IsInUse ? name with { ToNs = sinceNs } : name)],
            };
        }

        return absent.ToImmutable();
    }

    /// <summary>The venue may give an old name to something new; our id is given once.</summary>
    private static string FreeId(string id, Dictionary<string, InstrumentSpec> known)
    {
        string free = id;
        for (int i = 2; known.ContainsKey(free); i++) free = string.Create(CultureInfo.InvariantCulture, $"{id}#{i}");
        return free;
    }
}
