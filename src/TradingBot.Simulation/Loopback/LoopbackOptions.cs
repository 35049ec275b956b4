using System;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Loopback;

/// <summary>How a simulated Kraken stands on this machine.</summary>
public sealed record LoopbackOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How many times as fast as real time the venue's time passes.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>Serve TLS with this authority's certificate; null: plain.</summary>
    public TestAuthority? Tls { get; init; }

    /// <summary>The venue's time at its start, Unix ns; null: the present.</summary>
    public long? StartNs { get; init; }

    /// <summary>
    /// Told of everything that reaches the venue, on the venue's thread and in its order: with the same options, the
    /// same arrivals at the same times make a venue send the same bytes.
    /// </summary>
    public Action<VenueArrival>? Arrived { get; init; }
}

/// <summary>What reached the venue.</summary>
public enum VenueArrivalKind : byte
{
    Opened,
    Frame,
    Closed,
    Call,
}

/// <summary>One thing that reached the venue, and when.</summary>
/// <param name="TimeNs">The venue's time, Unix ns.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Connection">The venue's number of the socket; -1 for a call and for a socket just opened.</param>
/// <param name="Endpoint">The socket's.</param>
/// <param name="Frame">The message; empty for all other kinds.</param>
/// <param name="Call">The HTTP call.</param>
public sealed record VenueArrival(
    long TimeNs, VenueArrivalKind Kind, int Connection, VenueEndpoint Endpoint, ReadOnlyMemory<byte> Frame,
    RestRequest? Call);
