using System.Collections.Immutable;

namespace TradingBot.Kraken.Universe;

/// <summary>Everything that is remembered between two discoveries: the last good specs above all.</summary>
public sealed record UniverseState
{
    /// <summary>Every instrument ever listed, delisted ones too.</summary>
    public ImmutableArray<InstrumentSpec> Specs { get; init; } = [];

    /// <summary>
    /// Instruments missing from the newest listing, and since when: not believed before a second look.
    /// </summary>
    public ImmutableDictionary<string, long> AbsentSinceNs { get; init; } = ImmutableDictionary<string, long>.Empty;

    public ImmutableArray<QuarantineEntry> Quarantine { get; init; } = [];

    /// <summary>Ids in the universe as it was last believed.</summary>
    public ImmutableArray<string> Accepted { get; init; } = [];

    /// <summary>Volume of a day in quote currency by id, as last told: which of many are the busiest.</summary>
    public ImmutableDictionary<string, decimal> Volumes { get; init; } = ImmutableDictionary<string, decimal>.Empty;

    /// <summary>When a much smaller universe was first seen, Unix ns; 0: none is pending.</summary>
    public long ShrunkSinceNs { get; init; }

    /// <summary>The much smaller universe that was seen then.</summary>
    public ImmutableArray<string> Shrunk { get; init; } = [];

    /// <summary>When spot and derivatives were last listed by the venue, Unix ns; 0: never.</summary>
    public long SpotListedNs { get; init; }

    public long DerivativesListedNs { get; init; }
}
