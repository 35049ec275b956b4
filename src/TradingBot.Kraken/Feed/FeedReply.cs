using System;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Events;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Feed;

/// <summary>
/// The venue's answer to a subscribe or unsubscribe: one per symbol, keys in any order, errors often without a symbol.
/// </summary>
/// <remarks>https://docs.kraken.com/api/docs/websocket-v2/book: method, success, result or error, req_id.</remarks>
internal readonly record struct FeedReply(
    bool IsSubscribe, bool IsSuccess, long RequestId, Channel Channel, string Symbol, string Error)
{
    /// <summary>Longest error text kept: it is shown to people.</summary>
    private const int ErrorCharsMax = 200;

    private const string AlreadySubscribed = "Already subscribed";

    /// <summary>The venue counts it as subscribed though we do not.</summary>
    public bool IsTaken => Error.StartsWith(AlreadySubscribed, StringComparison.OrdinalIgnoreCase);

    /// <summary>Too much was asked in too short a time.</summary>
    public bool IsRateLimited =>
        Error.Contains("msg rate", StringComparison.OrdinalIgnoreCase)
        || Error.Equals("rate_limited", StringComparison.OrdinalIgnoreCase)
        || KrakenError.Of(Encoding.UTF8.GetBytes(Error)).Reason == VenueReason.RateLimited;

    /// <summary>It may be granted in a moment; any other refusal lasts until somebody changes something.</summary>
    public bool MayPass =>
        IsRateLimited || Error.Contains("internal error", StringComparison.OrdinalIgnoreCase)
        || KrakenError.Of(Encoding.UTF8.GetBytes(Error)).Reason == VenueReason.VenueMode;

    /// <summary>False when the frame is no such answer; never throws for any bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out FeedReply reply)
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

    private static bool TryRead(JsonElement root, out FeedReply reply)
    {
        ReadOnlySpan<byte> method = JsonFields.TextOf(root, "method"u8);
        bool isSubscribe = method.SequenceEqual("subscribe"u8);
        bool isUnsubscribe = method.SequenceEqual("unsubscribe"u8);
        string error = Text(JsonFields.TextOf(root, "error"u8));
        if (error.Length == 0) error = Text(JsonFields.TextOf(root, "Error"u8));
        // An error of the socket itself has no method: "Exceeded msg rate".
        reply = new FeedReply(false, false, 0, Channel.None, "", error);
        if (!isSubscribe && !isUnsubscribe) return error.Length > 0;

        bool isSuccess = root.TryGetProperty("success"u8, out JsonElement success)
            && success.ValueKind == JsonValueKind.True;
        _ = JsonFields.TryInteger(root, "req_id"u8, out long requestId);
        bool hasResult = root.TryGetProperty("result"u8, out JsonElement result)
            && result.ValueKind == JsonValueKind.Object;
        ReadOnlySpan<byte> symbol = JsonFields.TextOf(hasResult ? result : root, "symbol"u8);
        Channel channel = hasResult ? ChannelOf(JsonFields.TextOf(result, "channel"u8)) : Channel.None;
        reply = new FeedReply(isSubscribe, isSuccess, requestId, channel, Text(symbol), error);
        return true;
    }

    private static Channel ChannelOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("book"u8) ? Channel.Book
        : name.SequenceEqual("trade"u8) ? Channel.Trade
        : name.SequenceEqual("ticker"u8) ? Channel.Ticker
        : name.SequenceEqual("instrument"u8) ? Channel.Instrument : Channel.Other;

    private static string Text(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        return text.Length <= ErrorCharsMax ? text : text[..ErrorCharsMax];
    }
}
