// Derivatives v1: {"feed":…} data and {"event":…} answers. Book and trade feeds are in FuturesV1General.Data.cs.
// https://docs.kraken.com/api/docs/futures-api/websocket/
using System;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>General path of derivatives frames.</summary>
internal sealed partial class FuturesV1General(SymbolTable symbols, WireCounters counters, Dialect names)
    : GeneralFrame(Dialect.FuturesV1, symbols, counters, names)
{
    private static readonly KeySet EventKeys = new("event feed message product_ids", countsUnknown: false);

    private enum EventKey
    {
        Event,
        Feed,
        Message,
        ProductIds,
    }

    protected override void Read(Utf8JsonReader root)
    {
        if (root.TokenType != JsonTokenType.StartObject)
        {
            Counters.UnknownEvents.Count("(not an object)"u8);
            Ignore(Channel.Other);
        }
        else if (TryFindText(root, "event"u8, out ReadOnlySpan<byte> text))
        {
            EventKind kind = EventOf(text);
            if (kind != EventKind.None)
            {
                ReadEvent(root, kind, countsMessage: !text.SequenceEqual("info"u8));
                return;
            }

            Counters.UnknownEvents.Count(text);
            Ignore(Channel.Other);
        }
        else if (TryFindText(root, "feed"u8, out text))
        {
            ReadFeed(root, text);
        }
        else
        {
            Counters.UnknownEvents.Count("(no event)"u8);
            Ignore(Channel.Other);
        }
    }

    private static EventKind EventOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("info"u8) || name.SequenceEqual("alert"u8) || name.SequenceEqual("error"u8))
        {
            return EventKind.VenueNotice;
        }

        if (name.SequenceEqual("subscribed"u8)) return EventKind.Subscribed;
        if (name.SequenceEqual("unsubscribed"u8)) return EventKind.Unsubscribed;
        bool isRefusal = name.SequenceEqual("subscribed_failed"u8) || name.SequenceEqual("unsubscribed_failed"u8);
        return isRefusal ? EventKind.SubscriptionRefused : EventKind.None;
    }

    private void ReadEvent(Utf8JsonReader root, EventKind kind, bool countsMessage)
    {
        Channel = kind == EventKind.VenueNotice ? Channel.Notice : Channel.Acknowledgement;
        KeysSeen seen = default;
        Utf8JsonReader feed = default, message = default, productIds = default;
        while (NextKey(ref root, EventKeys, ref seen, out int key))
        {
            switch ((EventKey)key)
            {
                case EventKey.Feed: feed = root; break;
                case EventKey.Message: message = root; break;
                case EventKey.ProductIds: productIds = root; break;
            }

            root.Skip();
        }

        Close(EventKeys, seen);
        if (kind is EventKind.Subscribed or EventKind.Unsubscribed)
        {
            Channel channel = Words.Feed(ReadText(ref feed));
            if (!seen.Has((int)EventKey.ProductIds)) Emit(kind, -1, channel);
            else ReadProductIds(ref productIds, kind, channel);
            return;
        }

        if (countsMessage) Counters.Notices.Count(seen.Has((int)EventKey.Message) ? ReadText(ref message) : default);
        Emit(kind, -1, Channel);
    }

    private void ReadProductIds(ref Utf8JsonReader reader, EventKind kind, Channel channel)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray)) return;
        bool isEmpty = true;
        while (NextElement(ref reader))
        {
            Emit(kind, ReadSymbol(ref reader), channel);
            isEmpty = false;
        }

        if (isEmpty) Emit(kind, -1, channel);
    }

    private void ReadFeed(Utf8JsonReader root, ReadOnlySpan<byte> feed)
    {
        if (feed.SequenceEqual("book"u8)) ReadBook(root);
        else if (feed.SequenceEqual("trade"u8)) ReadTradeFeed(root);
        else if (feed.SequenceEqual("ticker_lite"u8)) ReadTickerLite(root);
        else if (feed.SequenceEqual("ticker"u8)) ReadTicker(root);
        else if (feed.SequenceEqual("heartbeat"u8)) ReadHeartbeat(root);
        else if (feed.SequenceEqual("book_snapshot"u8)) ReadBookSnapshot(root);
        else if (feed.SequenceEqual("trade_snapshot"u8)) ReadTradeSnapshot(root);
        else
        {
            Counters.UnknownChannels.Count(feed);
            Ignore(Channel.Other);
        }
    }
}
