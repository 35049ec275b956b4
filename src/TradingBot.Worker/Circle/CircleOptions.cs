using System;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Risk;

namespace TradingBot.Worker.Circle;

/// <summary>One worker against one simulated Kraken, in virtual time.</summary>
internal sealed record CircleOptions
{
    public VenueOptions Venue { get; init; } = new();

    public string ApiKey => Venue.ApiKey;

    public string ApiSecret => Venue.ApiSecret;

    public RiskLimits Limits { get; init; } = new();

    /// <summary>Stops 0.4 % away: the simulated hour is calm, and stops are to be seen firing.</summary>
    public ProtectionOptions Protection { get; init; } = new() { StopDistancePpm = 4_000 };

    /// <summary>Whose intent log it is.</summary>
    public string Mark { get; init; } = "paper:simulated";

    /// <summary>Time enters at least this often.</summary>
    public long TickNs { get; init; } = 100_000_000;

    /// <summary>Timeframes of the bars.</summary>
    public string Timeframes { get; init; } = "1s,1m,5m";

    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(1);
}
