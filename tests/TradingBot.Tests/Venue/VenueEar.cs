using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Speaks plain JSON to the simulated venue's sockets, and keeps what it hears on the way.</summary>
internal sealed class VenueEar(SimulatedKraken venue)
{
    private const long Millisecond = 1_000_000;

    private int _request;

    /// <summary>Frames in order of receipt, with when; a closed socket is an empty text.</summary>
    public List<(int Connection, long TimeNs, string Text)> Heard { get; } = [];

    /// <summary>Sends a request with these members inside its parameters; returns its id.</summary>
    public int Ask(int connection, string method, string parameters)
    {
        string text = $"{{\"method\":\"{method}\",\"params\":{{{parameters}}},\"req_id\":{++_request}}}";
        Assert.True(venue.Send(connection, Encoding.UTF8.GetBytes(text)));
        return _request;
    }

    /// <summary>Lets time pass in the venue's own steps and hears everything on the way.</summary>
    public void Run(long milliseconds)
    {
        long endNs = venue.NowNs + (milliseconds * Millisecond);
        while (true)
        {
            long nextNs = Math.Min(venue.NextDueNs, endNs);
            venue.AdvanceTo(nextNs);
            while (venue.TryReceive(nextNs, out int connection, out ReadOnlySpan<byte> frame))
            {
                Heard.Add((connection, nextNs, Encoding.UTF8.GetString(frame)));
            }

            if (nextNs >= endNs) return;
        }
    }

    /// <summary>The answers to a request.</summary>
    public IEnumerable<JsonElement> Answers(int request) =>
        Frames().Where(f => f.TryGetProperty("req_id", out JsonElement id) && id.GetInt32() == request);

    public IEnumerable<JsonElement> Channel(string name) =>
        Frames().Where(f => f.TryGetProperty("channel", out JsonElement channel) && channel.GetString() == name);

    public IEnumerable<JsonElement> Frames() =>
        Heard.Where(heard => heard.Text.StartsWith('{')).Select(heard => JsonDocument.Parse(heard.Text).RootElement);
}
