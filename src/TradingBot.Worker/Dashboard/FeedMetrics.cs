using System;
using System.Linq;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Dashboard;

/// <summary>The sockets and their subscriptions as Prometheus text, from the standing's <c>feeds</c>.</summary>
internal static class FeedMetrics
{
    private static readonly string[] Markets = ["spot", "derivatives"];
    private static readonly string[] Calls = ["status", "schedule"];

    public static void Write(PrometheusText text, JsonElement feeds)
    {
        const string Reconnects = "tradingbot_feed_reconnects_total";
        text.Begin(Reconnects, "counter", "Sockets lost and opened anew, by reason.");
        foreach (JsonElement feed in feeds.EnumerateArray())
        {
            foreach (JsonProperty reason in feed.GetProperty("reconnects_by_reason").EnumerateObject())
            {
                text.Sample(Reconnects, $"{{{Of(feed)},reason=\"{reason.Name}\"}}", reason.Value.GetDouble());
            }
        }

        Gauge(text, feeds, "subscriptions_wanted", "Subscriptions wanted.");
        Gauge(text, feeds, "subscriptions_confirmed", "Subscriptions whose data came.");
        Gauge(text, feeds, "subscriptions_refused", "Subscriptions the venue refused; asked for again later.");
    }

    /// <summary>How the venue stands, from the standing's <c>venue_state</c>.</summary>
    public static void WriteVenue(PrometheusText text, JsonElement venue)
    {
        const string State = "tradingbot_venue_state";
        const string Entries = "tradingbot_venue_entries";
        text.Begin(State, "gauge", "1 for the state of each market of the venue, by its most careful source.");
        foreach (string market in Markets)
        {
            string now = venue.GetProperty(market).GetProperty("state").GetString()!;
            foreach (VenueSystem state in Enum.GetValues<VenueSystem>())
            {
                string name = VenueState.NameOf(state);
                text.Sample(State, $"{{market=\"{market}\",state=\"{name}\"}}", name == now ? 1 : 0);
            }
        }

        text.Begin(Entries, "gauge", "1 while the venue's state and notices let entries in.");
        foreach (string market in Markets)
        {
            bool lets = venue.GetProperty(market).GetProperty("entries").GetBoolean();
            text.Sample(Entries, $"{{market=\"{market}\"}}", lets ? 1 : 0);
        }

        text.Gauge(
            "tradingbot_venue_notices", "Announced maintenances and incidents.",
            venue.GetProperty("notices").GetArrayLength());
        text.Counter(
            "tradingbot_venue_call_failures_total", "Calls of the venue's state or schedule that failed.", "call",
            Calls.Select(call => (call, venue.GetProperty(call).GetProperty("failures").GetDouble())));
    }

    private static void Gauge(PrometheusText text, JsonElement feeds, string member, string help)
    {
        string name = "tradingbot_feed_" + member;
        text.Begin(name, "gauge", help);
        foreach (JsonElement feed in feeds.EnumerateArray())
        {
            text.Sample(name, $"{{{Of(feed)}}}", feed.GetProperty(member).GetDouble());
        }
    }

    private static string Of(JsonElement feed) => $"endpoint=\"{feed.GetProperty("endpoint")}\"";
}
