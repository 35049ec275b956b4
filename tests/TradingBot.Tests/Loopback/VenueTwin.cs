using System;
using System.Collections.Generic;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;

namespace TradingBot.Tests.Loopback;

/// <summary>A venue in this process that is given the arrivals of one behind sockets.</summary>
internal static class VenueTwin
{
    /// <summary>What it sends to each connection within a second of the last arrival.</summary>
    public static Dictionary<int, List<byte[]>> Frames(VenueOptions options, IReadOnlyList<VenueArrival> arrivals)
    {
        SimulatedKraken venue = new(options);
        Dictionary<int, List<byte[]>> frames = [];
        foreach (VenueArrival arrival in arrivals)
        {
            venue.AdvanceTo(arrival.TimeNs);
            Take(venue, frames);
            switch (arrival.Kind)
            {
                case VenueArrivalKind.Opened:
                    venue.Open(arrival.Endpoint);
                    break;
                case VenueArrivalKind.Frame:
                    venue.Send(arrival.Connection, arrival.Frame.Span);
                    break;
                case VenueArrivalKind.Closed:
                    venue.Close(arrival.Connection);
                    break;
                default:
                    venue.Request(arrival.Call!);
                    break;
            }
        }

        venue.AdvanceTo(venue.NowNs + 1_000_000_000);
        Take(venue, frames);
        return frames;
    }

    private static void Take(SimulatedKraken venue, Dictionary<int, List<byte[]>> frames)
    {
        while (venue.TryReceive(venue.NowNs, out int connection, out ReadOnlySpan<byte> frame))
        {
            if (!frames.TryGetValue(connection, out List<byte[]>? sent)) frames[connection] = sent = [];
            sent.Add(frame.ToArray());
        }
    }
}
