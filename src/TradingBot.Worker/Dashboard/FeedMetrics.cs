using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TradingBot.Worker.Dashboard;

/// <summary>The sockets and their subscriptions as Prometheus text, from the standing's <c>feeds</c>.</summary>
internal static class FeedMetrics
{
    public static void Write(StringBuilder text, JsonElement feeds)
    {
        Begin(text, "tradingbot_feed_reconnects_total", "counter", "Sockets lost and opened anew, by reason.");
        foreach (JsonElement feed in feeds.EnumerateArray())
        {
            foreach (JsonProperty reason in feed.GetProperty("reconnects_by_reason").EnumerateObject())
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"tradingbot_feed_reconnects_total{{{Of(feed)},reason=\"{reason.Name}\"}} {reason.Value}");
            }
        }

        Gauge(text, feeds, "subscriptions_wanted", "Subscriptions wanted.");
        Gauge(text, feeds, "subscriptions_confirmed", "Subscriptions whose data came.");
        Gauge(text, feeds, "subscriptions_refused", "Subscriptions the venue refused; asked for again later.");
    }

    private static void Gauge(StringBuilder text, JsonElement feeds, string member, string help)
    {
        string name = "tradingbot_feed_" + member;
        Begin(text, name, "gauge", help);
        foreach (JsonElement feed in feeds.EnumerateArray())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}{{{Of(feed)}}} {feed.GetProperty(member)}");
        }
    }

    private static void Begin(StringBuilder text, string name, string type, string help)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"# HELP {name} {help}");
        text.AppendLine(CultureInfo.InvariantCulture, $"# TYPE {name} {type}");
    }

    private static string Of(JsonElement feed) => $"endpoint=\"{feed.GetProperty("endpoint")}\"";
}
