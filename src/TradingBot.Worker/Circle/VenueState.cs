using System;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Circle;

/// <summary>What the venue says of itself, as JSON.</summary>
internal static class VenueState
{
    private const long Millisecond = 1_000_000;

    private static readonly (VenueMarkets Market, string Name)[] Markets =
        [(VenueMarkets.Spot, "spot"), (VenueMarkets.Derivatives, "derivatives")];

    private static readonly (VenueSource Source, string Name)[] Sources =
    [
        (VenueSource.Frame, "frame"), (VenueSource.Account, "account"), (VenueSource.Rest, "rest"),
    ];

    /// <summary>Writes <c>venue_state</c>.</summary>
    public static void Write(Utf8JsonWriter json, VenueWatch venue, ClockWatch clock, long nowNs)
    {
        json.WriteStartObject("venue_state");
        foreach ((VenueMarkets market, string name) in Markets) WriteMarket(json, venue, clock, market, name);
        WriteClock(json, clock, nowNs);
        WriteCall(json, "status", venue.Status, venue.Calls, nowNs);
        WriteCall(json, "schedule", venue.Schedule, venue.Calls, nowNs);
        json.WriteNumber("notices_unread", venue.NoticesUnread);
        json.WriteStartArray("notices");
        foreach (VenueNotice notice in venue.Notices) WriteNotice(json, venue, notice, nowNs);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>As Kraken spells it; unknown where nobody said.</summary>
    public static string NameOf(VenueSystem system) => ActWords.Of(system, (VenueSystem)byte.MaxValue);

    private static void WriteMarket(
        Utf8JsonWriter json, VenueWatch venue, ClockWatch clock, VenueMarkets market, string name)
    {
        VenueSystem system = venue.SystemOf(market);
        json.WriteStartObject(name);
        json.WriteString("state", NameOf(system));
        json.WriteBoolean("noticed", venue.IsNoticed(market));
        json.WriteBoolean("entries", system == VenueSystem.Online && !venue.IsNoticed(market) && !clock.IsClosed);
        foreach ((VenueSource source, string word) in Sources)
        {
            json.WriteString(word, venue.WordOf(market, source) is { } said ? NameOf(said) : null);
        }

        json.WriteEndObject();
    }

    /// <summary>Our clock − the venue's, as bounds; null: nothing told of it lately.</summary>
    private static void WriteClock(Utf8JsonWriter json, ClockWatch clock, long nowNs)
    {
        json.WriteStartObject("clock");
        json.WriteString("state", clock.IsClosed ? "apart" : clock.IsWarning ? "drifting" : "in step");
        Bound(json, "least_ms", clock.LeastNs);
        Bound(json, "most_ms", clock.MostNs);
        json.WriteNumber("warn_ms", clock.Options.SkewWarnNs / Millisecond);
        json.WriteNumber("max_ms", clock.Options.SkewMaxNs / Millisecond);
        json.WriteNumber("closings", clock.Closings);
        WriteCall(json, "call", clock.Call, clock.Options.PollNs > 0, nowNs);
        json.WriteEndObject();
    }

    private static void Bound(Utf8JsonWriter json, string name, long? ns)
    {
        if (ns is { } bound) json.WriteNumber(name, Math.Round(bound / 1e6, 3));
        else json.WriteNull(name);
    }

    private static void WriteCall(Utf8JsonWriter json, string name, VenueCallClock call, bool isMade, long nowNs)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("asked", isMade);
        Time(json, "age_seconds", call.AnsweredNs == 0 ? 0 : Math.Max(1, nowNs - call.AnsweredNs), Millisecond * 1_000);
        json.WriteNumber("failures", call.Failures);
        json.WriteString("fault", call.Fault.Length > 0 ? call.Fault : null);
        json.WriteEndObject();
    }

    private static void WriteNotice(Utf8JsonWriter json, VenueWatch venue, VenueNotice notice, long nowNs)
    {
        json.WriteStartObject();
        json.WriteString("title", notice.Title);
        json.WriteBoolean("emergency", notice.IsEmergency);
        Time(json, "start_ms", notice.StartNs, Millisecond);
        Time(json, "end_ms", notice.EndNs, Millisecond);
        json.WriteString("markets", notice.Markets switch
        {
            VenueMarkets.Both => "spot and derivatives",
            VenueMarkets.Spot => "spot",
            VenueMarkets.Derivatives => "derivatives",
            _ => "none of ours",
        });
        json.WriteString("advice", notice.Advice.Length > 0 ? notice.Advice : null);
        json.WriteBoolean("stops_entries", venue.IsStopping(notice, nowNs));
        json.WriteEndObject();
    }

    /// <summary>Zero: there is no such time, and null says so.</summary>
    private static void Time(Utf8JsonWriter json, string name, long ns, long unitNs)
    {
        if (ns == 0) json.WriteNull(name);
        else json.WriteNumber(name, ns / unitNs);
    }
}
