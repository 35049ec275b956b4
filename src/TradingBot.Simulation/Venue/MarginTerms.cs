using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>Collateral of a derivatives account besides dollars.</summary>
/// <param name="Symbol">The spot market that prices it: BTC/USD.</param>
/// <param name="Units">How much, at ten decimals.</param>
/// <param name="HaircutPercent">What of its worth does not count as margin.</param>
public sealed record VenueCollateral(string Symbol, long Units, int HaircutPercent);

/// <summary>How an account of perpetuals is weighed, charged for time, and closed out.</summary>
public sealed record MarginTerms
{
    /// <summary>Below this share of the positions' worth at mark the venue closes a part of them; 0: never.</summary>
    public int MaintenancePercent { get; init; } = 5;

    /// <summary>Fee of such a closing besides the taker's, in hundredths of a percent.</summary>
    public int LiquidationFeePoints { get; init; } = 50;

    /// <summary>Longs pay shorts, or the other way, at each hour and at each change of a position.</summary>
    public bool HasFunding { get; init; } = true;

    public IReadOnlyList<VenueCollateral> Collateral { get; init; } = [];

    /// <summary>An account that is weighed by its cash alone: nothing is marked or closed out.</summary>
    public static MarginTerms CashOnly { get; } = new() { MaintenancePercent = 0, HasFunding = false };
}
