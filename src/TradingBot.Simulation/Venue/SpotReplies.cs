using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What became of one order of a batch.</summary>
internal readonly record struct BatchItem(VenueOrder? Order, string ClientId, string? Error);

/// <summary>Answers of spot's private socket to what is done with orders.</summary>
internal sealed class SpotReplies
{
    private readonly FrameText _text = new();

    public ReadOnlySpan<byte> Placed(VenueRequest request, VenueOrder order, long nowNs)
    {
        FrameText text = Begin(request).Add("\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        AddNames(text, order.Ticket);
        return End(text, nowNs);
    }

    /// <summary><c>validate</c>: everything was looked at, and nothing was done.</summary>
    public ReadOnlySpan<byte> Valid(VenueRequest request, long nowNs) => End(Begin(request), nowNs);

    public ReadOnlySpan<byte> Amended(VenueRequest request, VenueOrder order, string amendId, long nowNs)
    {
        FrameText text = Begin(request).Add("\"amend_id\":\""u8).Add(amendId).Add("\",\""u8);
        // It answers by the id it was asked with.
        bool byClientId = request.Has("cl_ord_id");
        text.Add(byClientId ? "cl_ord_id\":\""u8 : "order_id\":\""u8)
            .Add(byClientId ? order.Ticket.ClientId : order.Id).Add("\""u8);
        return End(text, nowNs);
    }

    public ReadOnlySpan<byte> Edited(VenueRequest request, VenueOrder order, string originalId, long nowNs) => End(
        Begin(request).Add("\"order_id\":\""u8).Add(order.Id).Add("\",\"original_order_id\":\""u8).Add(originalId)
            .Add("\""u8),
        nowNs);

    public ReadOnlySpan<byte> Canceled(VenueRequest request, VenueOrder order, long nowNs)
    {
        FrameText text = Begin(request).Add("\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        AddNames(text, order.Ticket);
        return End(text, nowNs);
    }

    public ReadOnlySpan<byte> Count(VenueRequest request, int count, long nowNs) =>
        End(Begin(request).Add("\"count\":"u8).Add(count), nowNs);

    /// <summary>The dead man's timer: when it was set and when it strikes; 0 is never.</summary>
    public ReadOnlySpan<byte> Timer(VenueRequest request, long nowNs, long strikesNs) => End(
        Begin(request).Add("\"currentTime\":"u8).AddSeconds(nowNs).Add(",\"triggerTime\":"u8).AddSeconds(strikesNs),
        nowNs);

    /// <summary>All of a batch went well: ids in order of the request; else each says how it went.</summary>
    public ReadOnlySpan<byte> Batch(VenueRequest request, IReadOnlyList<BatchItem> items, bool allWell, long nowNs)
    {
        FrameText text = ReplyFrames.Begin(_text, request).Add(",\"result\":["u8);
        foreach (BatchItem item in items)
        {
            text.Add("{"u8);
            if (item.Order is VenueOrder order)
            {
                text.Add("\"order_id\":\""u8).Add(order.Id).Add("\""u8);
                AddNames(text, order.Ticket);
            }
            else if (item.ClientId.Length > 0)
            {
                text.Add("\"cl_ord_id\":\""u8).Add(item.ClientId).Add("\""u8);
            }

            if (!allWell)
            {
                text.Add(item.Order is null && item.ClientId.Length == 0 ? "\"success\":"u8 : ",\"success\":"u8)
                    .Add(item.Error is null ? "true"u8 : "false"u8);
                if (item.Error is string error) text.Add(",\"error\":\""u8).Add(error).Add("\""u8);
            }

            text.Add("},"u8);
        }

        text.DropComma().Add("],\"success\":true"u8);
        return ReplyFrames.AddTimes(text, nowNs).Add("}"u8).Bytes;
    }

    private FrameText Begin(VenueRequest request) => ReplyFrames.Begin(_text, request).Add(",\"result\":{"u8);

    private static ReadOnlySpan<byte> End(FrameText text, long nowNs) =>
        ReplyFrames.AddTimes(text.Add("},\"success\":true"u8), nowNs).Add("}"u8).Bytes;

    private static void AddNames(FrameText text, OrderTicket ticket)
    {
        if (ticket.ClientId.Length > 0) text.Add(",\"cl_ord_id\":\""u8).Add(ticket.ClientId).Add("\""u8);
        if (ticket.UserReference != 0) text.Add(",\"order_userref\":"u8).Add(ticket.UserReference);
    }
}
