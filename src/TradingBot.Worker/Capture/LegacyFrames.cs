using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Capture;

/// <summary>What a client of the derivatives WebSocket v1 asks: no request has an id.</summary>
/// <param name="Event">subscribe, unsubscribe, or what the client thinks there is.</param>
/// <param name="Feed">book, trade, ticker, ticker_lite or heartbeat.</param>
/// <param name="Products">Empty for a feed that has none.</param>
internal sealed record LegacyRequest(string Event, string Feed, string[] Products)
{
    /// <summary>Null when the bytes are no object.</summary>
    public static LegacyRequest? Read(ReadOnlySpan<byte> message)
    {
        Utf8JsonReader reader = new(message);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document)) return null;
            using (document)
            {
                JsonElement root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object) return null;
                bool lists = root.TryGetProperty("product_ids", out JsonElement list)
                    && list.ValueKind == JsonValueKind.Array;
                string[] products = lists ? [.. list.EnumerateArray().Select(one => one.ToString())] : [];
                // Lower case is taken, and answered in upper case: seen in 2021.
                return new LegacyRequest(
                    TextOf(root, "event"), TextOf(root, "feed"),
                    [.. products.Select(one => one.ToUpperInvariant())]);
            }
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
}

/// <summary>The venue's words on the derivatives WebSocket v1.</summary>
/// <remarks>https://docs.kraken.com/api/docs/futures-api/websocket: feeds and events have no envelope.</remarks>
internal static class LegacyFrames
{
    private const long NanosPerMs = 1_000_000;

    public static byte[] Welcome { get; } = "{\"event\":\"info\",\"version\":1}"u8.ToArray();

    /// <summary>A feed's name as it is subscribed: the snapshot's is that of its feed.</summary>
    public static string FeedOf(ReadOnlySpan<byte> frame, out bool isSnapshot)
    {
        ReadOnlySpan<byte> key = "\"feed\":\""u8;
        isSnapshot = false;
        int at = frame.IndexOf(key);
        if (at < 0) return "";
        ReadOnlySpan<byte> rest = frame[(at + key.Length)..];
        ReadOnlySpan<byte> name = rest[..Math.Max(0, rest.IndexOf((byte)'"'))];
        isSnapshot = name.EndsWith("_snapshot"u8);
        return Encoding.ASCII.GetString(isSnapshot ? name[..^"_snapshot".Length] : name);
    }

    public static byte[] Heartbeat(long nowNs) =>
        Encoding.ASCII.GetBytes($"{{\"feed\":\"heartbeat\",\"time\":{nowNs / NanosPerMs}}}");

    /// <summary>One answer per product.</summary>
    public static byte[] Answered(string what, string feed, string product)
    {
        string products = product.Length > 0 ? $",\"product_ids\":[\"{product}\"]" : "";
        return Encoding.ASCII.GetBytes($"{{\"event\":\"{what}\",\"feed\":\"{feed}\"{products}}}");
    }

    /// <summary>error or alert; it names nobody.</summary>
    public static byte[] Refused(string what, string words) =>
        Encoding.ASCII.GetBytes($"{{\"event\":\"{what}\",\"message\":\"{words}\"}}");

    /// <summary>The whole book, with the sequence that the next change follows.</summary>
    public static byte[] BookSnapshot(
        ReadOnlySpan<byte> product, InstrumentBook state, in InstrumentScale scale, long timeNs)
    {
        ArrayBufferWriter<byte> text = new(4_096);
        text.Write("{\"feed\":\"book_snapshot\",\"product_id\":\""u8);
        text.Write(product);
        Encoding.ASCII.GetBytes(
            $"\",\"timestamp\":{timeNs / NanosPerMs},\"seq\":{state.Sequence},\"tickSize\":null,\"bids\":[", text);
        ServedMarket.WriteSide(text, state.Book!.Bids, in scale);
        text.Write("],\"asks\":["u8);
        ServedMarket.WriteSide(text, state.Book.Asks, in scale);
        text.Write("]}"u8);
        return text.WrittenSpan.ToArray();
    }

    /// <summary>The last trades, newest first.</summary>
    public static byte[] TradeSnapshot(string product, IEnumerable<byte[]> oldestFirst)
    {
        ArrayBufferWriter<byte> text = new(4_096);
        Encoding.ASCII.GetBytes($"{{\"feed\":\"trade_snapshot\",\"product_id\":\"{product}\",\"trades\":[", text);
        bool isFirst = true;
        foreach (byte[] trade in oldestFirst.Reverse())
        {
            if (!isFirst) text.Write(","u8);
            isFirst = false;
            text.Write(trade);
        }

        text.Write("]}"u8);
        return text.WrittenSpan.ToArray();
    }
}
