using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using TradingBot.Market.Events;

namespace TradingBot.Tests.Twins;

/// <summary>Section 4 of docs/wire.md: Derivatives v1.</summary>
internal static class NaiveFuturesV1
{
    private static readonly string[] KeysKnown = ["feed", "uid", "tickSize", "type"];

    /// <summary>False = Ignored.</summary>
    public static bool TryRead(NaiveReading reading, JsonElement root)
    {
        if (!NaiveReading.IsObject(root)) return reading.Ignore(NaiveCounter.UnknownEvents, "(not an object)");
        if (NaiveObject.LastTextOf(root, "event") is { } name) return TryReadEvent(reading, root, name);
        string? feed = NaiveObject.LastTextOf(root, "feed");
        if (feed is null) return reading.Ignore(NaiveCounter.UnknownEvents, "(no event)");
        Action<NaiveReading, JsonElement>? readFeed = feed switch
        {
            "heartbeat" => ReadHeartbeat,
            "book_snapshot" => ReadBookSnapshot,
            "book" => ReadBook,
            "trade" => ReadTrade,
            "trade_snapshot" => ReadTradeSnapshot,
            "ticker" => ReadTicker,
            "ticker_lite" => ReadTickerLite,
            _ => null,
        };
        reading.Channel = feed switch
        {
            "heartbeat" => Channel.Heartbeat,
            "book_snapshot" or "book" => Channel.Book,
            "trade" or "trade_snapshot" => Channel.Trade,
            "ticker" or "ticker_lite" => Channel.Ticker,
            _ => Channel.Other,
        };
        if (readFeed is null) return reading.Ignore(NaiveCounter.UnknownChannels, feed);
        readFeed(reading, root);
        return true;
    }

    private static bool TryReadEvent(NaiveReading reading, JsonElement root, string name)
    {
        if (name is not ("info" or "alert" or "error" or "subscribed" or "unsubscribed"
            or "subscribed_failed" or "unsubscribed_failed"))
        {
            return reading.Ignore(NaiveCounter.UnknownEvents, name);
        }

        reading.Channel = name is "info" or "alert" or "error" ? Channel.Notice : Channel.Acknowledgement;
        NaiveObject top = new(reading, root, "event", "feed", "message", "product_ids");
        switch (name)
        {
            case "info":
                reading.Add(new NaiveEvent(EventKind.VenueNotice, Channel.Notice, reading.Dialect));
                return true;
            case "alert" or "error":
                reading.Count(NaiveCounter.Notices, top.OptionalText("message") ?? "");
                reading.Add(new NaiveEvent(EventKind.VenueNotice, Channel.Notice, reading.Dialect));
                return true;
            case "subscribed_failed" or "unsubscribed_failed":
                reading.Count(NaiveCounter.Notices, top.OptionalText("message") ?? "");
                reading.Add(new NaiveEvent(EventKind.SubscriptionRefused, Channel.Acknowledgement, reading.Dialect));
                return true;
            case "subscribed":
                ReadSubscribed(reading, top, EventKind.Subscribed);
                return true;
            default:
                ReadSubscribed(reading, top, EventKind.Unsubscribed);
                return true;
        }
    }

    private static void ReadSubscribed(NaiveReading reading, NaiveObject top, EventKind kind)
    {
        Channel channel = top.Text("feed") switch
        {
            "book" => Channel.Book,
            "trade" => Channel.Trade,
            "ticker" or "ticker_lite" => Channel.Ticker,
            "heartbeat" => Channel.Heartbeat,
            _ => Channel.Other,
        };
        string?[] symbols = [.. top.OptionalElements("product_ids").Select(NaiveReading.SymbolOf)];
        if (symbols.Length == 0) symbols = [null];
        foreach (string? symbol in symbols)
        {
            reading.Add(new NaiveEvent(kind, channel, reading.Dialect) { Symbol = symbol });
        }
    }

    private static void ReadHeartbeat(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new(reading, root, "event", "feed", "time");
        reading.Add(new NaiveEvent(EventKind.Heartbeat, Channel.Heartbeat, reading.Dialect)
        {
            ExchangeTimeNs = top.MillisecondsOrZero("time"),
        });
    }

    private static void ReadBookSnapshot(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new NaiveObject(
            reading, root, "event", "feed", "product_id", "seq", "bids", "asks", "timestamp")
            .CountUnknownKeys(KeysKnown);
        NaiveEvent blank = new(EventKind.BookLevel, Channel.Book, reading.Dialect)
        {
            Symbol = top.Symbol("product_id"),
            ExchangeTimeNs = top.MillisecondsOrZero("timestamp"),
        };
        List<NaiveEvent> message = [];
        message.AddRange(
            NaiveSpotV2.LevelsOf(reading, top.Elements("bids"), blank, EventFlags.Buy, KeysKnown));
        message.AddRange(
            NaiveSpotV2.LevelsOf(reading, top.Elements("asks"), blank, EventFlags.Sell, KeysKnown));
        message.RemoveAll(level => level.Quantity.Mantissa == 0);
        message.Add(EndOf(blank, top));
        NaiveSpotV2.AddBookMessage(reading, message, snapshot: true);
    }

    private static NaiveEvent EndOf(NaiveEvent blank, NaiveObject top) => blank with
    {
        Kind = EventKind.BookEnd,
        Number = top.Integer("seq"),
        Flags = EventFlags.HasSequence,
    };

    private static void ReadBook(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new NaiveObject(
            reading, root, "event", "feed", "product_id", "side", "seq", "price", "qty", "timestamp")
            .CountUnknownKeys(KeysKnown);
        EventFlags side = NaiveWords.SideOf(top.Text("side"), "buy", "sell");
        if (side == EventFlags.None) throw NaiveReading.Invalid("a level on no side");
        NaiveEvent blank = new(EventKind.BookLevel, Channel.Book, reading.Dialect)
        {
            Symbol = top.Symbol("product_id"),
            ExchangeTimeNs = top.MillisecondsOrZero("timestamp"),
        };
        NaiveEvent level = blank with
        {
            Price = top.Number("price", NaiveRange.Positive),
            Quantity = top.Number("qty", NaiveRange.NotNegative),
            Flags = side,
        };
        NaiveSpotV2.AddBookMessage(reading, [level, EndOf(blank, top)], snapshot: false);
    }

    private static void ReadTrade(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new NaiveObject(
            reading, root, "event", "feed", "product_id", "side", "seq", "price", "qty", "time", "type")
            .CountUnknownKeys(KeysKnown);
        reading.Add(TradeOf(reading, top, top.Symbol("product_id"), EventFlags.None));
    }

    private static void ReadTradeSnapshot(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new(reading, root, "event", "feed", "product_id", "trades");
        string symbol = top.Symbol("product_id");
        foreach (JsonElement element in top.Elements("trades").Reverse())
        {
            NaiveObject trade = new(reading, element, "side", "seq", "price", "qty", "time", "type");
            reading.Add(TradeOf(reading, trade, symbol, EventFlags.Snapshot));
        }
    }

    private static NaiveEvent TradeOf(NaiveReading reading, NaiveObject trade, string symbol, EventFlags flags)
    {
        string side = trade.Text("side");
        return new NaiveEvent(EventKind.Trade, Channel.Trade, reading.Dialect)
        {
            Symbol = symbol,
            Price = trade.Number("price", NaiveRange.Positive),
            Quantity = trade.Number("qty", NaiveRange.Positive),
            Number = trade.Integer("seq"),
            ExchangeTimeNs = trade.Milliseconds("time"),
            Flags = reading.WordOf(side, NaiveWords.SideOf(side, "buy", "sell")) | flags,
            Detail = trade.OptionalText("type") is { } type ? (int)reading.WordOf(type, TradeTypeOf(type)) : 0,
        };
    }

    private static TradeType TradeTypeOf(string word) => word switch
    {
        "fill" => TradeType.Fill,
        "liquidation" => TradeType.Liquidation,
        "termination" => TradeType.Termination,
        "block" => TradeType.Block,
        _ => TradeType.Unknown,
    };

    private static void ReadTicker(NaiveReading reading, JsonElement root)
    {
        (string Price, string Quantity, EventKind Kind)[] pairs =
        [
            ("bid", "bid_size", EventKind.TickerBid),
            ("ask", "ask_size", EventKind.TickerAsk),
            ("last", "volume", EventKind.TickerLast),
            ("markPrice", "openInterest", EventKind.TickerMark),
            ("index", "funding_rate", EventKind.TickerIndex),
        ];
        NaiveObject top = new(
            reading, root,
            ["event", "feed", "product_id", "time", .. pairs.SelectMany(pair => new[] { pair.Price, pair.Quantity })]);
        NaiveEvent blank = new(EventKind.None, Channel.Ticker, reading.Dialect)
        {
            Symbol = top.Symbol("product_id"),
            ExchangeTimeNs = top.MillisecondsOrZero("time"),
        };
        foreach ((string priceKey, string quantityKey, EventKind kind) in pairs)
        {
            NaiveNumber quantity = top.OptionalNumber(quantityKey) ?? default;
            if (top.OptionalNumber(priceKey) is not { } price) continue;
            reading.Add(blank with { Kind = kind, Price = price, Quantity = quantity });
        }
    }

    private static void ReadTickerLite(NaiveReading reading, JsonElement root)
    {
        NaiveObject top = new(reading, root, "event", "feed", "product_id", "bid", "ask");
        NaiveEvent blank = new(EventKind.None, Channel.Ticker, reading.Dialect) { Symbol = top.Symbol("product_id") };
        if (top.OptionalNumber("bid") is { } bid) reading.Add(blank with { Kind = EventKind.TickerBid, Price = bid });
        if (top.OptionalNumber("ask") is { } ask) reading.Add(blank with { Kind = EventKind.TickerAsk, Price = ask });
    }
}
