// In:     instruments with their names in every dialect.   Out: the instrument of a name, the name of an instrument.
// Thread: any; it never changes.
// Keeps:  within a dialect a name means one instrument and an instrument has one name, and a text means one instrument
//         across dialects; what breaks this is refused when it is built.
// Budget: a few thousand names.
using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Kraken.Universe;

/// <summary>Every dialect's names, both ways.</summary>
public sealed class InstrumentNames
{
    private static readonly NameDialect[] Dialects = Enum.GetValues<NameDialect>();

    private readonly Dictionary<string, InstrumentSpec>[] _byName;
    private readonly Dictionary<string, InstrumentSpec> _byText = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstrumentSpec> _past = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstrumentSpec?> _anyCase = new(StringComparer.OrdinalIgnoreCase);

    private InstrumentNames() =>
        _byName = [.. Dialects.Select(_ => new Dictionary<string, InstrumentSpec>(StringComparer.Ordinal))];

    /// <summary>Builds the table, or says which two instruments share a name.</summary>
    public static InstrumentNames? Build(IEnumerable<InstrumentSpec> specs, out string fault)
    {
        ArgumentNullException.ThrowIfNull(specs);
        InstrumentNames names = new();
        InstrumentSpec[] all = [.. specs];
        foreach (InstrumentSpec spec in all)
        {
            fault = names.WhyNot(spec);
            if (fault.Length > 0) return null;
        }

        foreach (InstrumentSpec spec in all) names.AddPast(spec);
        fault = "";
        return names;
    }

    /// <summary>The instrument of a name in use in one dialect.</summary>
    public InstrumentSpec? Find(NameDialect dialect, string name) => _byName[(int)dialect].GetValueOrDefault(name);

    /// <summary>
    /// The instrument somebody means: by our id or a name in use; else by a name of the past; else whatever the case
    /// of its letters, when that means one instrument only.
    /// </summary>
    public InstrumentSpec? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _byText.GetValueOrDefault(text) ?? _past.GetValueOrDefault(text) ?? _anyCase.GetValueOrDefault(text);
    }

    private string WhyNot(InstrumentSpec spec)
    {
        bool[] named = new bool[Dialects.Length];
        foreach (VenueName name in spec.Names.Where(name => name.IsInUse))
        {
            if (named[(int)name.Dialect]) return $"{spec.Id} has two names of dialect {name.Dialect}";
            named[(int)name.Dialect] = true;
            if (!_byName[(int)name.Dialect].TryAdd(name.Text, spec))
            {
                string other = _byName[(int)name.Dialect][name.Text].Id;
                return $"{other} and {spec.Id} are both called {name.Text} ({name.Dialect})";
            }

            if (WhyShared(name.Text, spec) is { } shared) return shared;
        }

        return WhyShared(spec.Id, spec) ?? "";
    }

    private string? WhyShared(string text, InstrumentSpec spec)
    {
        if (!_byText.TryAdd(text, spec) && _byText[text] != spec)
        {
            // An id is never given twice, but the venue may give an old name to a new instrument: the name in use wins.
            InstrumentSpec other = _byText[text];
            bool otherUses = other.Names.Any(name => name.IsInUse && name.Text == text);
            bool thisUses = spec.Names.Any(name => name.IsInUse && name.Text == text);
            if (otherUses && thisUses) return $"{text} means {other.Id} and {spec.Id}";
            if (thisUses) _byText[text] = spec;
        }

        if (!_anyCase.TryAdd(text, spec) && _anyCase[text] != spec) _anyCase[text] = null;
        return null;
    }

    private void AddPast(InstrumentSpec spec)
    {
        foreach (VenueName name in spec.Names.Where(name => !name.IsInUse)) _past.TryAdd(name.Text, spec);
    }
}
