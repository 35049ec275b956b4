using System.Text.Json;

namespace TradingBot.Worker.Dashboard;

/// <summary>The sockets and their subscriptions as Prometheus text, from the standing's <c>feeds</c>.</summary>
internal static class FeedMetrics
{
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
