using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Events;

namespace TradingBot.Kraken.Feed;

/// <summary>An answer of the derivatives' first WebSocket.</summary>
/// <remarks>
/// <c>{"event":"subscribed","feed":"book","product_ids":["PF_XBTUSD"]}</c>, unsubscribed, both with _failed behind, and
/// <c>{"event":"error" or "alert","message":"Invalid product id"}</c>, which names neither feed nor product.
/// </remarks>
internal readonly record struct LegacyReply(
    bool IsSubscribe, bool IsSuccess, bool IsError, Channel Channel, IReadOnlyList<string> Symbols, string Error)
{
    private const int ErrorCharsMax = 200;

    /// <summary>The same, of one of its products.</summary>
    public FeedReply OfOne(string symbol) => new(IsSubscribe, IsSuccess, 0, Channel, symbol, Error);

    /// <summary>False when the frame is no such answer; never throws for any bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out LegacyReply reply)
    {
        reply = default;
        Utf8JsonReader reader = new(frame);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document)) return false;
            using (document)
            {
                return document.RootElement.ValueKind == JsonValueKind.Object
                    && TryRead(document.RootElement, out reply);
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is no UTF-8: the parser of the data counts it.
            return false;
        }
    }

    private static bool TryRead(JsonElement root, out LegacyReply reply)
    {
        string name = Text(JsonFields.TextOf(root, "event"u8));
        bool isSubscribe = name is "subscribed" or "subscribed_failed";
        bool isUnsubscribe = name is "unsubscribed" or "unsubscribed_failed";
        bool isError = name is "error" or "alert";
        List<string> symbols = [];
        if (root.TryGetProperty("product_ids"u8, out JsonElement ids) && ids.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement id in ids.EnumerateArray())
            {
                if (id.ValueKind == JsonValueKind.String) symbols.Add(Text(JsonFields.Text(id)));
            }
        }

        reply = new LegacyReply(
            isSubscribe, name == "subscribed", isError, ChannelOf(JsonFields.TextOf(root, "feed"u8)), symbols,
            Text(JsonFields.TextOf(root, "message"u8)));
        return isSubscribe || isUnsubscribe || isError;
    }

    private static Channel ChannelOf(ReadOnlySpan<byte> feed) =>
        feed.SequenceEqual("book"u8) ? Channel.Book
        : feed.SequenceEqual("trade"u8) ? Channel.Trade
        : feed.SequenceEqual("ticker"u8) ? Channel.Ticker
        : feed.SequenceEqual("heartbeat"u8) ? Channel.Heartbeat : Channel.Other;

    private static string Text(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        return text.Length <= ErrorCharsMax ? text : text[..ErrorCharsMax];
    }
}
