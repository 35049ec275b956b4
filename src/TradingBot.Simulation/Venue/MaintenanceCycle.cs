using System;
using System.Collections.Immutable;

namespace TradingBot.Simulation.Venue;

/// <summary>What the engine of the venue admits.</summary>
/// <remarks>https://support.kraken.com/articles/360055614211: what are the possible trading modes.</remarks>
public enum VenueMode : byte
{
    Online = 0,

    /// <summary>Post-only limit orders and cancels; nothing matches and nothing triggers.</summary>
    PostOnly = 1,

    /// <summary>Cancels alone.</summary>
    CancelOnly = 2,

    /// <summary>Nothing, not even cancels; sockets are closed and give no data.</summary>
    Maintenance = 3,
}

/// <summary>One maintenance: announced, closed, post-only, online. Times count from the cycle's begin.</summary>
public sealed record MaintenanceCycle
{
    /// <summary>When the venue first tells of it.</summary>
    public TimeSpan Announced { get; init; }

    /// <summary>When maintenance begins.</summary>
    public required TimeSpan Begins { get; init; }

    public required TimeSpan Length { get; init; }

    /// <summary>Post-only after it; Kraken has some minutes of that.</summary>
    public TimeSpan PostOnly { get; init; }

    /// <summary>The calls tell of a mode this much later than the sockets.</summary>
    public TimeSpan RestLag { get; init; }

    /// <summary>The end that is announced; zero: the end of the maintenance proper.</summary>
    public TimeSpan AnnouncedLength { get; init; }

    /// <summary>Status frames carry the announcement; otherwise the calls alone do.</summary>
    public bool InFrames { get; init; } = true;

    /// <summary>Every socket is closed as maintenance begins.</summary>
    public bool ClosesSockets { get; init; } = true;

    public string Title { get; init; } = "Scheduled maintenance of the simulated Kraken";

    public ImmutableArray<string> Services { get; init; } = ["all"];

    /// <summary>From the begin of the cycle to the venue being online again.</summary>
    public TimeSpan Ends => Begins + Length + PostOnly;
}
