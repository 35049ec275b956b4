using System;

namespace TradingBot.Bench.Ratios;

/// <summary>Which side of the floor is good.</summary>
internal enum Bound
{
    AtLeast,
    AtMost,
}

/// <summary>What one row measured; null when its reference cannot run here.</summary>
/// <param name="Value">The ratio, or the count for rows that count.</param>
/// <param name="Detail">Both sides in absolute terms: for reading, never for gating.</param>
internal readonly record struct RatioResult(double? Value, string Detail);

/// <summary>One line of the table: what is compared, and where its floor and aim are.</summary>
internal sealed record RatioRow(
    string Id, string What, Bound Bound, double Floor, double Aim, Func<RatioResult> Measure)
{
    /// <summary>The reference allocates, so that its time depends on the collector: a wider margin.</summary>
    public bool ReferenceAllocates { get; init; }

    public bool Holds(double value) => Bound == Bound.AtLeast ? value >= Floor : value <= Floor;
}
