using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>Which socket a client opens.</summary>
public enum VenueEndpoint : byte
{
    SpotPublic,
    UnifiedPublic,
    UnifiedPrivate,
    SpotPrivate,
    SpotV1Public,
    SpotV1Private,
    FuturesV1,
}

/// <summary>What the simulated venue shall be; the same options and the same calls give the same bytes.</summary>
public sealed record VenueOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Unix ns of the first instant: 2026-09-14T13:00:00Z.</summary>
    public long StartNs { get; init; } = 1_789_390_800_000_000_000;

    /// <summary>How many times as busy the markets are as in the calm default of ten events a second.</summary>
    public int Activity { get; init; } = 1;

    /// <summary>How many pairs of a spot market and a perpetual are listed, made-up ones behind the five; 0 = the
    /// five.</summary>
    public int PerpetualCount { get; init; }

    /// <summary>About how many steps all markets together make a second; 0 = as <see cref="Activity"/> says.</summary>
    public int StepsPerSecond { get; init; }

    /// <summary>Symbols listed, of spot or of perpetuals, each with its sister; none: all there are.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Usual size of a level of the perpetuals' books, in dollars; 0 = as listed, about 100,000.</summary>
    /// <remarks>Levels of the size of an order make it fill in parts, as in a thin market.</remarks>
    public int LevelDollars { get; init; }

    public long DepositDollars { get; init; } = 10_000;

    /// <summary>How the account of perpetuals is weighed, charged for time and closed out.</summary>
    public MarginTerms Margin { get; init; } = new();

    /// <summary>Whose rate limits bite; none by default.</summary>
    public VenueTier Tier { get; init; }

    /// <summary>Dollars of the spot account at the start; it holds nothing else then.</summary>
    public long SpotDollars { get; init; } = 10_000;

    /// <summary>What nobody knows of the venue, one way or the other.</summary>
    public VenueHabits Habits { get; init; } = new();

    /// <summary>How often an hour somebody else does something on the account of perpetuals; 0 = never.</summary>
    public int OthersPerHour { get; init; }

    public string ApiKey { get; init; } = "simulated-key";

    /// <summary>The key's secret in base64.</summary>
    public string ApiSecret { get; init; } = "c2ltdWxhdGVkIHNlY3JldCwgbm90IGEga2V5IG9mIGFueWJvZHk=";

    /// <summary>What the key may do, in the words of GetApiKeyInfo.</summary>
    public IReadOnlyList<string> KeyRights { get; init; } =
    [
        "query-funds", "query-open-trades", "query-closed-trades", "query-ledger", "modify-trades", "close-trades",
        "create-ws-token",
    ];

    /// <summary>A second key of the account, which may only cancel; its secret in base64.</summary>
    public string CancelKey { get; init; } = "simulated-cancel-key";

    public string CancelSecret { get; init; } = "Y2FuY2VscyBhbmQgbm90aGluZyBlbHNlLCBzaW11bGF0ZWQ=";

    public IReadOnlyList<string> CancelKeyRights { get; init; } = ["close-trades", "create-ws-token"];

    /// <summary>The account's public number, which GetApiKeyInfo tells with every key of the account.</summary>
    public string AccountNumber { get; init; } = "AA00 N84G SIMU LATE";

    /// <summary>Key and secret of the derivatives' own REST and first WebSocket: they are others than spot's.</summary>
    public string DerivativesKey { get; init; } = "simulated-derivatives-key";

    public string DerivativesSecret { get; init; } = "YW5vdGhlciBzaW11bGF0ZWQgc2VjcmV0LCBub3QgYSBrZXk=";

    public FaultPlan Faults { get; init; } = new();

    /// <summary>A maintenance, its times counted from <see cref="StartNs"/>; null: none.</summary>
    public MaintenanceCycle? Maintenance { get; init; }

    /// <summary>Without the key: a rehearsal may run on the key of a real account.</summary>
    public override string ToString() => $"simulated venue, seed {Seed}";
}
