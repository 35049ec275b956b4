using System.Linq;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;

namespace TradingBot.Worker.Capture;

/// <summary>Answers in the venue's words: one per symbol, with the request's id.</summary>
/// <remarks>https://docs.kraken.com/api/docs/websocket-v2/book and the pages of the other channels.</remarks>
internal static class ServedReplies
{
    public static byte[] Acknowledgement(
        VenueRequest request, Dialect dialect, string channel, string symbol, int depth, long nowNs)
    {
        StringBuilder text = new();
        text.Append("{\"method\":\"").Append(request.Method).Append("\",\"result\":{\"channel\":\"").Append(channel)
            .Append('"');
        if (dialect == Dialect.Unified) text.Append(",\"asset_class\":\"derivatives\"");
        if (channel == "book") text.Append(",\"depth\":").Append(depth);
        if (request.Method == "subscribe")
        {
            text.Append(",\"snapshot\":").Append(WantsSnapshot(request, channel) ? "true" : "false");
        }

        if (symbol.Length > 0) text.Append(",\"symbol\":\"").Append(symbol).Append('"');
        return End(text.Append("},\"success\":true"), request, nowNs);
    }

    public static byte[] Refusal(VenueRequest request, string error, string symbol, long nowNs)
    {
        string method = request.Method is "subscribe" or "unsubscribe" ? request.Method : "unknown";
        StringBuilder text = new();
        text.Append("{\"error\":\"").Append(error).Append("\",\"method\":\"").Append(method)
            .Append("\",\"success\":false");
        if (symbol.Length > 0) text.Append(",\"symbol\":\"").Append(symbol).Append('"');
        return End(text, request, nowNs);
    }

    public static byte[] Pong(VenueRequest request, long nowNs) =>
        End(new StringBuilder("{\"method\":\"pong\""), request, nowNs);

    public static byte[] Unreadable(long nowNs)
    {
        string time = ServedMarket.TimeText(nowNs);
        return Encoding.ASCII.GetBytes(
            $"{{\"error\":\"Malformed request\",\"success\":false,\"time_in\":\"{time}\",\"time_out\":\"{time}\"}}");
    }

    public static bool WantsSnapshot(VenueRequest request, string channel) =>
        request.Flag("snapshot", otherwise: channel != "trade");

    /// <summary>Echoes only what needs no escapes.</summary>
    public static string Printable(string symbol) =>
        symbol.Length <= 32 && symbol.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '.' or '-')
            ? symbol : "?";

    private static byte[] End(StringBuilder text, VenueRequest request, long nowNs)
    {
        string time = ServedMarket.TimeText(nowNs);
        text.Append(",\"time_in\":\"").Append(time).Append("\",\"time_out\":\"").Append(time).Append('"');
        if (request.RequestId is { } id) text.Append(",\"req_id\":").Append(id);
        return Encoding.ASCII.GetBytes(text.Append('}').ToString());
    }
}
