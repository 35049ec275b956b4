using System;
using System.Collections.Generic;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Signals;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.History;

namespace TradingBot.Worker.Circle;

/// <summary>Which of Kraken's interfaces for derivatives is the active one.</summary>
internal enum DerivativesLane : byte
{
    /// <summary>The Unified WebSocket.</summary>
    Unified = 0,

    /// <summary>REST v3 and the first WebSocket, which Kraken ends on 2027-03-01.</summary>
    Legacy = 1,
}

/// <summary>One worker against one venue.</summary>
internal sealed record CircleOptions
{
    private readonly Secret? _apiKey;
    private readonly Secret? _apiSecret;
    private readonly Secret? _derivativesKey;
    private readonly Secret? _derivativesSecret;

    /// <summary>The simulated venue, where there is one.</summary>
    public VenueOptions Venue { get; init; } = new();

    /// <summary>The account's key; the simulated venue's own when none is given.</summary>
    public Secret ApiKey
    {
        get => _apiKey ?? new Secret(Venue.ApiKey);
        init => _apiKey = value;
    }

    public Secret ApiSecret
    {
        get => _apiSecret ?? new Secret(Venue.ApiSecret);
        init => _apiSecret = value;
    }

    /// <summary>Which of Kraken's interfaces takes orders of derivatives; the other one takes none.</summary>
    public DerivativesLane Lane { get; init; }

    /// <summary>The derivatives' own key, for their older interface; the simulated venue's own when none is
    /// given.</summary>
    public Secret DerivativesKey
    {
        get => _derivativesKey ?? new Secret(Venue.DerivativesKey);
        init => _derivativesKey = value;
    }

    public Secret DerivativesSecret
    {
        get => _derivativesSecret ?? new Secret(Venue.DerivativesSecret);
        init => _derivativesSecret = value;
    }

    /// <summary>On the Unified WebSocket a second private connection makes the looks at the account.</summary>
    public bool Inspector { get; init; }

    /// <summary>Whose limits are kept to.</summary>
    public AccountTier Tier { get; init; }

    /// <summary>Where the key's nonces come from; null: from <see cref="NonceAbove"/> on, reserved nowhere.</summary>
    public NonceSource? Nonces { get; init; }

    /// <summary>The first nonce of the worker is above it; a replay begins at the same.</summary>
    public long NonceAbove { get; init; }

    /// <summary>Orders are decided and logged and never sent; reading the venue goes on.</summary>
    public bool DryRun { get; init; }

    /// <summary>Spot symbols subscribed; without any the spot socket stays closed.</summary>
    public IReadOnlyList<string> Spot { get; init; } = RunUniverse.SpotDefault;

    /// <summary>Perpetuals subscribed; without any their socket stays closed.</summary>
    public IReadOnlyList<string> Perpetuals { get; init; } = RunUniverse.PerpetualsDefault;

    /// <summary>Steps of perpetuals as last told: protection rounds by them before the venue lists anything.</summary>
    public IReadOnlyList<KnownSteps> Steps { get; init; } = [];

    /// <summary>Closed bars of the strategy's series, from before the start.</summary>
    public IReadOnlyList<KnownBars> Bars { get; init; } = [];

    public FlowMomentumOptions Strategy { get; init; } = new();

    public RiskLimits Limits { get; init; } = new();

    /// <summary>
    /// Stops 0.4 % away: the simulated hour is calm, and stops are to be seen firing. Stops that vanish halt nothing:
    /// the simulated venue's faults take them, and nobody is there to resume.
    /// </summary>
    public ProtectionOptions Protection { get; init; } = new() { StopDistancePpm = 4_000, RemovalsMax = 0 };

    /// <summary>Starts within ten minutes that may trade; a further one protects and begins halted. 0 = any
    /// number.</summary>
    public int StartsMax { get; init; }

    /// <summary>How public subscriptions are spread over sockets.</summary>
    public FeedSockets Sockets { get; init; } = new();

    /// <summary>How the venue's own state is watched.</summary>
    public VenueWatchOptions VenueWatch { get; init; } = new();

    /// <summary>How far our clock and the venue's may be apart.</summary>
    public ClockWatchOptions Clock { get; init; } = new();

    /// <summary>When the attempts to connect of the process before are earned back, Unix ns; 0 = none.</summary>
    public long ConnectionsEarnedNs { get; init; }

    /// <summary>Whose intent log it is.</summary>
    public string Mark { get; init; } = "paper:simulated";

    /// <summary>Time enters at least this often.</summary>
    public long TickNs { get; init; } = 100_000_000;

    /// <summary>Timeframes of the bars.</summary>
    public string Timeframes { get; init; } = "1s,1m,5m";

    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Signs with the account's private key; overwritten by whoever asked for it.</summary>
    public RequestSigner NewSigner() => new(ApiSecret);

    /// <summary>The same for the derivatives' own key.</summary>
    public RequestSigner NewDerivativesSigner() => new(DerivativesSecret);
}
