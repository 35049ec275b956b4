using System.Collections.Generic;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Paper;

/// <summary>What the paper venue shall be.</summary>
public sealed record PaperOptions
{
    /// <summary>Seed of latencies and ids, deposit, and the key the paper account takes: never one of Kraken.</summary>
    public VenueOptions Venue { get; init; } = new();

    /// <summary>Perpetuals that can be traded; their spot markets stand for their indices.</summary>
    public IReadOnlyList<string> Perpetuals { get; init; } =
        ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];

    /// <summary>The worker has two sockets for each share of its symbols.</summary>
    public bool Redundant { get; init; }

    /// <summary>Books and trades of perpetuals come from the derivatives' first WebSocket.</summary>
    public bool Legacy { get; init; }

    /// <summary>Whose account it is: a file with another mark is refused.</summary>
    public string Mark { get; init; } = "paper:kraken";
}
