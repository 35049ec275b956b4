using TradingBot.Market.Values;

namespace TradingBot.Simulation.Synthetic;

/// <summary>What a synthetic capture shall be; the same options give the same bytes for ever.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Their names have three figures.</summary>
    public const int SymbolsMax = 1_000;

    /// <summary>Picks one of 2^64 markets.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Spot v2 (<c>BTC/USD</c>) or Unified (<c>PF_XBTUSD</c>, an asset class in acknowledgements).</summary>
    public Dialect Dialect { get; init; } = Dialect.SpotV2;

    /// <summary>How much of it is written, in microseconds of market time; what is written is the same bytes.</summary>
    public long DurationUs { get; init; } = SyntheticScript.DurationUs;

    /// <summary>Markets: at least the five that the script speaks of, at most <see cref="SymbolsMax"/>.</summary>
    public int Symbols { get; init; } = SyntheticInstrument.All.Length;

    /// <summary>Whether the faults of <see cref="SyntheticScript"/> happen; the market's own moods always do.</summary>
    public bool Faults { get; init; } = true;
}
