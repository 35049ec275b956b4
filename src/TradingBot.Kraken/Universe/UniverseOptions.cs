using System.Collections.Immutable;

namespace TradingBot.Kraken.Universe;

/// <summary>Which instruments are wanted.</summary>
public sealed record UniverseOptions
{
    /// <summary>
    /// Only these, by any of their names; empty: all that pass the other rules. Named ones skip liquidity.
    /// </summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Never these, by any of their names. The two whose rows have failed for long (seed 2.1).</summary>
    public ImmutableArray<string> Block { get; init; } = ["2Z/USD", "ANIME/USD"];

    public ImmutableArray<InstrumentClass> Classes { get; init; } = [InstrumentClass.Crypto];

    /// <summary>Quote currencies, by their v2 names.</summary>
    public ImmutableArray<string> Quotes { get; init; } = ["USD"];

    /// <summary>Least volume of 24 h in quote currency; 0: any.</summary>
    public decimal VolumeMin { get; init; } = 250_000;

    /// <summary>Greatest spread in parts per million of the middle: half a percent.</summary>
    public long SpreadMaxPpm { get; init; } = 5_000;

    /// <summary>No entries in a contract that settles sooner.</summary>
    public long SettlementNoticeNs { get; init; } = 48L * 3_600_000_000_000;

    /// <summary>A universe smaller than this share of the last one is looked at twice, in percent.</summary>
    public int ShrinkPercentMin { get; init; } = 80;
}

/// <summary>How well an instrument can be traded, by the last day's volume and the spread now.</summary>
public enum LiquidityTier : byte
{
    /// <summary>Less than B, or nothing is known.</summary>
    C = 0,

    /// <summary>At least 500,000 in quote currency and at most 0.25 % spread.</summary>
    B = 1,

    /// <summary>At least 5,000,000 and at most 0.10 %.</summary>
    A = 2,
}

/// <summary>Why an instrument is not in the universe; several at once.</summary>
[System.Flags]
public enum ExclusionReasons
{
    None = 0,

    /// <summary>On the block list.</summary>
    Blocked = 1 << 0,

    /// <summary>There is an allow list, and it is not on it.</summary>
    NotAllowed = 1 << 1,

    /// <summary>Its class is not wanted.</summary>
    Class = 1 << 2,

    /// <summary>Its quote currency is not wanted.</summary>
    Quote = 1 << 3,

    /// <summary>Inverse or dated: never an alias of the linear perpetual.</summary>
    Kind = 1 << 4,

    /// <summary>The venue's status allows no entries.</summary>
    Status = 1 << 5,

    /// <summary>It settles soon.</summary>
    Settling = 1 << 6,

    /// <summary>The listing lacks a step or a least.</summary>
    SpecMissing = 1 << 7,

    /// <summary>It fails again and again.</summary>
    Quarantined = 1 << 8,

    /// <summary>Too little volume.</summary>
    Volume = 1 << 9,

    /// <summary>Too wide a spread.</summary>
    Spread = 1 << 10,

    /// <summary>Its volume or spread is not known.</summary>
    NoTicker = 1 << 11,
}
