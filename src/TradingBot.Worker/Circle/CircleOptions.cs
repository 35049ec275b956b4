using System;
using System.Collections.Generic;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Signals;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Risk;

namespace TradingBot.Worker.Circle;

/// <summary>One worker against one venue.</summary>
internal sealed record CircleOptions
{
    private readonly Secret? _apiKey;
    private readonly Secret? _apiSecret;

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

    /// <summary>Orders are decided and logged and never sent; reading the venue goes on.</summary>
    public bool DryRun { get; init; }

    /// <summary>Spot symbols subscribed; without any the spot socket stays closed.</summary>
    public IReadOnlyList<string> Spot { get; init; } = ["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"];

    /// <summary>Perpetuals subscribed; without any their socket stays closed.</summary>
    public IReadOnlyList<string> Perpetuals { get; init; } =
        ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];

    public FlowMomentumOptions Strategy { get; init; } = new();

    public RiskLimits Limits { get; init; } = new();

    /// <summary>Stops 0.4 % away: the simulated hour is calm, and stops are to be seen firing.</summary>
    public ProtectionOptions Protection { get; init; } = new() { StopDistancePpm = 4_000 };

    /// <summary>How public subscriptions are spread over sockets.</summary>
    public FeedSockets Sockets { get; init; } = new();

    /// <summary>How the venue's own state is watched.</summary>
    public VenueWatchOptions VenueWatch { get; init; } = new();

    /// <summary>Whose intent log it is.</summary>
    public string Mark { get; init; } = "paper:simulated";

    /// <summary>Time enters at least this often.</summary>
    public long TickNs { get; init; } = 100_000_000;

    /// <summary>Timeframes of the bars.</summary>
    public string Timeframes { get; init; } = "1s,1m,5m";

    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(1);
}
