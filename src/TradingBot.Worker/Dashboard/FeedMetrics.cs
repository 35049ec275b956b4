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

        const string Copies = "tradingbot_feed_copies_total";
        text.Begin(Copies, "counter", "Messages of twin sockets: brought first, second, first without a rival, other.");
        foreach (JsonElement feed in feeds.EnumerateArray())
        {
            if (feed.GetProperty("copies") is not { ValueKind: JsonValueKind.Object } copies) continue;
            foreach (JsonProperty copy in copies.EnumerateObject())
            {
                text.Sample(Copies, $"{{{Of(feed)},copy=\"{copy.Name}\"}}", copy.Value.GetDouble());
            }
        }

        Gauge(text, feeds, "subscriptions_wanted", "Subscriptions wanted.");
        Gauge(text, feeds, "subscriptions_confirmed", "Subscriptions whose data came.");
        Gauge(text, feeds, "subscriptions_refused", "Subscriptions the venue refused; asked for again later.");
    }

    /// <summary>How old each symbol's channels are, from the standing's <c>books</c>.</summary>
    public static void WriteAges(PrometheusText text, JsonElement books)
    {
        const string Age = "tradingbot_feed_age_seconds";
        text.Begin(Age, "gauge", "Time since a symbol's channel last brought something, as the gate sees it.");
        foreach (JsonElement book in books.EnumerateArray())
        {
            string symbol = PrometheusText.Escape(book.GetProperty("symbol").GetString()!);
            foreach (string channel in (string[])["book", "trade"])
            {
                JsonElement age = book.GetProperty(channel + "_age_seconds");
                if (age.ValueKind != JsonValueKind.Number) continue;
                text.Sample(Age, $"{{symbol=\"{symbol}\",channel=\"{channel}\"}}", age.GetDouble());
            }
        }
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

        JsonElement clock = venue.GetProperty("clock");
        const string Skew = "tradingbot_clock_skew_seconds";
        text.Begin(Skew, "gauge", "Our clock less the venue's: at least and at most so much; absent while unknown.");
        foreach (string bound in (string[])["least", "most"])
        {
            JsonElement ms = clock.GetProperty(bound + "_ms");
            if (ms.ValueKind == JsonValueKind.Number) text.Sample(Skew, $"{{bound=\"{bound}\"}}", ms.GetDouble() / 1e3);
        }

        text.Gauge(
            "tradingbot_clock_state", "0 in step, 1 beyond the warning, 2 so far apart that entries are refused.",
            clock.GetProperty("state").GetString() switch { "in step" => 0, "drifting" => 1, _ => 2 });
        text.Counter(
            "tradingbot_clock_closings_total", "Times that entries were stopped because of it.",
            clock.GetProperty("closings").GetDouble());
        text.Gauge(
            "tradingbot_venue_notices", "Announced maintenances and incidents.",
            venue.GetProperty("notices").GetArrayLength());
        text.Counter(
            "tradingbot_venue_call_failures_total", "Calls of the venue's state or schedule that failed.", "call",
            Calls.Select(call => (call, venue.GetProperty(call).GetProperty("failures").GetDouble()))
                .Append(("time", clock.GetProperty("call").GetProperty("failures").GetDouble())));
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
