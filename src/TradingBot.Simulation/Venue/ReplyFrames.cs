using System;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Answers to requests, in the venue's words: one success or error per symbol or order.</summary>
internal sealed class ReplyFrames
{
    private readonly FrameText _text = new();

    public ReadOnlySpan<byte> Pong(long? requestId, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"method\":\"pong\""u8);
        if (requestId is long id) text.Add(",\"req_id\":"u8).Add(id);
        return AddTimes(text, nowNs).Add("}"u8).Bytes;
    }

    /// <summary>
    /// What a subscription was asked for; bars have their minutes as depth. What a channel does not have is left out.
    /// </summary>
    public ReadOnlySpan<byte> Subscription(
        VenueRequest request, string channel, string symbol, int depth, bool isSpot, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"method\":\""u8).Add(request.Method)
            .Add("\",\"result\":{\"channel\":\""u8).Add(channel).Add("\""u8);
        if (!isSpot) text.Add(",\"asset_class\":\"derivatives\""u8);
        if (symbol.Length > 0) text.Add(",\"symbol\":\""u8).Add(symbol).Add("\""u8);
        if (depth > 0) text.Add(channel == "ohlc" ? ",\"interval\":"u8 : ",\"depth\":"u8).Add(depth);
        if (channel == "ticker" && isSpot)
        {
            bool onQuotes = request.Text("event_trigger") == "bbo";
            text.Add(onQuotes ? ",\"event_trigger\":\"bbo\""u8 : ",\"event_trigger\":\"trades\""u8);
        }

        if (request.Method == "subscribe")
        {
            text.Add(",\"snapshot\":"u8).Add(request.Flag("snapshot", channel != "trade") ? "true"u8 : "false"u8);
        }

        AddTimes(text.Add("},\"success\":true"u8), nowNs);
        if (request.RequestId is long id) text.Add(",\"req_id\":"u8).Add(id);
        return text.Add("}"u8).Bytes;
    }

    /// <summary>An accepted order, amendment or cancel.</summary>
    public ReadOnlySpan<byte> Order(VenueRequest request, VenueOrder order, long nowNs)
    {
        FrameText text = Begin(request);
        text.Add(",\"result\":{"u8);
        if (request.Method == "amend_order") text.Add("\"amend_id\":\"\""u8);
        else text.Add("\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        if (order.Ticket.ClientId.Length > 0)
        {
            text.Add(",\"cl_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        }

        return AddTimes(text.Add("},\"success\":true"u8), nowNs).Add("}"u8).Bytes;
    }

    public ReadOnlySpan<byte> Refusal(VenueRequest request, string error, long nowNs, string symbol = "")
    {
        FrameText text = Begin(request).Add(",\"error\":\""u8).Add(error).Add("\",\"success\":false"u8);
        if (symbol.Length > 0) text.Add(",\"symbol\":\""u8).Add(symbol).Add("\""u8);
        return AddTimes(text, nowNs).Add("}"u8).Bytes;
    }

    public ReadOnlySpan<byte> Unreadable(long nowNs) =>
        AddTimes(_text.Clear().Add("{\"error\":\"Malformed request\",\"success\":false"u8), nowNs).Add("}"u8).Bytes;

    private FrameText Begin(VenueRequest request) => Begin(_text, request);

    /// <summary>The head of an answer: method and request id.</summary>
    internal static FrameText Begin(FrameText text, VenueRequest request)
    {
        // Only names that need no escapes are echoed.
        string method = request.Method.All(c => char.IsAsciiLetterLower(c) || c == '_') ? request.Method : "unknown";
        text.Clear().Add("{\"method\":\""u8).Add(method).Add("\""u8);
        return request.RequestId is long id ? text.Add(",\"req_id\":"u8).Add(id) : text;
    }

    internal static FrameText AddTimes(FrameText text, long nowNs) => text
        .Add(",\"time_in\":"u8).AddTime((nowNs / 1_000) - 40).Add(",\"time_out\":"u8).AddTime(nowNs / 1_000);
}
