using TradingBot.Kraken.Budgets;

namespace TradingBot.Kraken.Orders;

/// <summary>What a socket lane trades.</summary>
public enum LaneMarket : byte
{
    /// <summary>Perpetuals, on the Unified WebSocket.</summary>
    Derivatives = 0,

    /// <summary>Spot, on WebSocket v2: the same protocol without an asset class, and balances for positions.</summary>
    Spot = 1,
}

/// <summary>Times and habits of the lane, in ns.</summary>
public sealed record LaneOptions
{
    private const long Second = 1_000_000_000;

    /// <summary>Without an answer for so long a command's outcome is Unknown.</summary>
    public long AckTimeoutNs { get; init; } = 5 * Second;

    /// <summary>Both snapshots are to arrive in this time, else the look has Failed.</summary>
    public long LookTimeoutNs { get; init; } = 10 * Second;

    /// <summary>
    /// Pause after a look that was not Complete; it doubles with each up to <see cref="LookPauseMaxNs"/>.
    /// </summary>
    public long LookPauseNs { get; init; } = Second;

    public long LookPauseMaxNs { get; init; } = 30 * Second;

    /// <summary>Pause after a token was not to be had.</summary>
    public long TokenPauseNs { get; init; } = 5 * Second;

    /// <summary>
    /// Age at which a fresh token is wanted: a token must be used within 15 minutes, so 10 leave a reserve.
    /// </summary>
    public long TokenAgeNs { get; init; } = 600 * Second;

    /// <summary>Tokens of ten seconds; an order, its change and its cancel take ten each.</summary>
    public int TokensMax { get; init; } = RollingTokens.LimitDefault;

    /// <summary>Of spot: whose limits the score of a pair keeps to.</summary>
    public AccountTier Tier { get; init; }

    /// <summary>A command that finds no room in the budget for so long is refused, unsent.</summary>
    public long HoldMaxNs { get; init; } = 2 * Second;

    public LaneMarket Market { get; init; }

    /// <summary>
    /// What triggers a stop: <c>index</c> or <c>last</c>; only derivatives REST v3 knows <c>mark</c>.
    /// </summary>
    public string TriggerReference { get; init; } = "index";
}
