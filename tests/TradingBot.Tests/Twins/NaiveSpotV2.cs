using System;
using System.Collections.Generic;
using System.Text.Json;
using TradingBot.Market.Events;

namespace TradingBot.Tests.Twins;

/// <summary>Section 2 of docs/wire.md: Spot v2 and Unified.</summary>
internal static class NaiveSpotV2
{
    private static readonly string[] TopKeys =
        ["channel", "type", "data", "method", "result", "success", "error", "Error"];

    /// <summary>False = Ignored.</summary>
    public static bool TryRead(NaiveReading reading, JsonElement root)
    {
        if (!NaiveReading.IsObject(root)) return false;
        if (NaiveObject.LastTextOf(root, "channel") is { } channel) return TryReadData(reading, root, channel);
        if (NaiveObject.LastTextOf(root, "method") is { } method) return TryReadAcknowledgement(reading, root, method);
        if ((NaiveObject.LastTextOf(root, "Error") ?? NaiveObject.LastTextOf(root, "error")) is null) return false;
        reading.Add(new NaiveEvent(EventKind.VenueNotice, Channel.Notice, reading.Dialect));
        return true;
    }

    private static bool TryReadData(NaiveReading reading, JsonElement root, string channel)
    {
        Action<NaiveReading, JsonElement, bool>? readElement = channel switch
        {
            "book" => ReadBook,
            "trade" => ReadTrade,
            "ticker" => ReadTicker,
            "ohlc" => ReadOhlc,
            "instrument" => ReadInstruments,
            "status" => ReadStatus,
            _ => null,
        };
        if (readElement is null && channel != "heartbeat") return false;

        NaiveObject top = new(reading, root, TopKeys);
        if (readElement is null)
        {
            reading.Add(new NaiveEvent(EventKind.Heartbeat, Channel.Heartbeat, reading.Dialect));
            return true;
        }

        bool snapshot = false;
        if (channel != "status")
        {
            string type = top.Text("type");
            if (type is not ("snapshot" or "update")) return false;
            snapshot = type == "snapshot";
        }

        JsonElement[] elements = channel == "instrument" ? [top.Required("data")] : top.Elements("data");
        foreach (JsonElement element in elements) readElement(reading, element, snapshot);
        return true;
    }

    private static void ReadStatus(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject status = new(reading, element, "system");
        reading.Add(new NaiveEvent(EventKind.VenueStatus, Channel.Status, reading.Dialect)
        {
            Detail = (int)NaiveWords.SystemOf(status.Text("system")),
        });
    }

    private static void ReadBook(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject book = new(reading, element, "symbol", "bids", "asks", "checksum", "timestamp");
        NaiveEvent blank = new(EventKind.BookLevel, Channel.Book, reading.Dialect)
        {
            Symbol = book.Symbol("symbol"),
            ExchangeTimeNs = book.TimestampOrZero("timestamp"),
        };
        List<NaiveEvent> message = [];
        message.AddRange(LevelsOf(reading, book.OptionalElements("bids"), blank, EventFlags.Buy));
        message.AddRange(LevelsOf(reading, book.OptionalElements("asks"), blank, EventFlags.Sell));
        message.Add(blank with
        {
            Kind = EventKind.BookEnd,
            Number = book.Integer("checksum", uint.MaxValue),
            Flags = EventFlags.HasChecksum,
        });
        AddBookMessage(reading, message, snapshot);
    }

    /// <summary>Adds a book message: its first event is flagged, and all of them when it is a snapshot.</summary>
    public static void AddBookMessage(NaiveReading reading, List<NaiveEvent> message, bool snapshot)
    {
        for (int i = 0; i < message.Count; i++)
        {
            EventFlags flags = message[i].Flags;
            if (i == 0) flags |= EventFlags.First;
            if (snapshot) flags |= EventFlags.Snapshot;
            reading.Add(message[i] with { Flags = flags });
        }
    }

    /// <summary>Levels written as <c>{"price":…,"qty":…}</c>.</summary>
    public static IEnumerable<NaiveEvent> LevelsOf(
        NaiveReading reading, JsonElement[] elements, NaiveEvent blank, EventFlags side)
    {
        foreach (JsonElement element in elements)
        {
            NaiveObject level = new(reading, element, "price", "qty");
            yield return blank with
            {
                Flags = side,
                Price = level.Number("price", NaiveRange.Positive),
                Quantity = level.Number("qty", NaiveRange.NotNegative),
            };
        }
    }

    private static void ReadTrade(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject trade = new(
            reading, element, "symbol", "side", "price", "qty", "trade_id", "timestamp", "ord_type");
        EventFlags flags = NaiveWords.SideOf(trade.Text("side"), "buy", "sell");
        if (snapshot) flags |= EventFlags.Snapshot;
        reading.Add(new NaiveEvent(EventKind.Trade, Channel.Trade, reading.Dialect)
        {
            Symbol = trade.Symbol("symbol"),
            Price = trade.Number("price", NaiveRange.Positive),
            Quantity = trade.Number("qty", NaiveRange.Positive),
            Number = trade.Integer("trade_id"),
            ExchangeTimeNs = trade.Timestamp("timestamp"),
            Detail = (int)(trade.OptionalText("ord_type") switch
            {
                "limit" => TradeType.Limit,
                "market" => TradeType.Market,
                _ => TradeType.Unknown,
            }),
            Flags = flags,
        });
    }

    private static void ReadTicker(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject ticker = new(
            reading, element, "symbol", "bid", "bid_qty", "ask", "ask_qty", "last", "volume", "timestamp");
        NaiveEvent blank = new(EventKind.TickerBid, Channel.Ticker, reading.Dialect)
        {
            Symbol = ticker.Symbol("symbol"),
            ExchangeTimeNs = ticker.TimestampOrZero("timestamp"),
        };
        reading.Add(blank with { Price = ticker.Number("bid"), Quantity = ticker.Number("bid_qty") });
        reading.Add(blank with
        {
            Kind = EventKind.TickerAsk,
            Price = ticker.Number("ask"),
            Quantity = ticker.Number("ask_qty"),
        });
        reading.Add(blank with
        {
            Kind = EventKind.TickerLast,
            Price = ticker.Number("last"),
            Quantity = ticker.Number("volume"),
        });
    }

    private static void ReadOhlc(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject bar = new(
            reading, element,
            "symbol", "open", "high", "low", "close", "trades", "volume", "interval_begin", "interval");
        long begin = bar.Timestamp("interval_begin");
        NaiveEvent blank = new(EventKind.OhlcOpenHigh, Channel.Ohlc, reading.Dialect)
        {
            Symbol = bar.Symbol("symbol"),
            ExchangeTimeNs = begin,
        };
        reading.Add(blank with
        {
            Price = bar.Number("open"),
            Quantity = bar.Number("high"),
            Number = begin,
            Detail = (int)bar.Integer("interval", int.MaxValue),
        });
        reading.Add(blank with
        {
            Kind = EventKind.OhlcLowClose,
            Price = bar.Number("low"),
            Quantity = bar.Number("close"),
            Number = bar.Integer("trades"),
        });
        reading.Add(blank with { Kind = EventKind.OhlcVolume, Quantity = bar.Number("volume") });
    }

    private static void ReadInstruments(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject data = new(reading, element, "pairs");
        foreach (JsonElement pair in data.OptionalElements("pairs")) ReadPair(reading, pair);
    }

    private static void ReadPair(NaiveReading reading, JsonElement element)
    {
        const int PrecisionMax = 18;
        NaiveObject pair = new(
            reading, element,
            "symbol", "status", "price_precision", "qty_precision", "price_increment", "qty_increment",
            "ws_display_price_precision", "cost_min", "qty_min");
        NaiveEvent blank = new(EventKind.InstrumentSpec, Channel.Instrument, reading.Dialect)
        {
            Symbol = pair.Symbol("symbol"),
        };
        long display = pair.OptionalInteger("ws_display_price_precision", PrecisionMax) ?? 255;
        reading.Add(blank with
        {
            Price = pair.Number("price_increment"),
            Quantity = pair.Number("qty_increment"),
            // Contracts sold by the thousand have negative precisions.
            Number = Math.Max(pair.Integer("price_precision", PrecisionMax, -PrecisionMax), 0) +
                (Math.Max(pair.Integer("qty_precision", PrecisionMax, -PrecisionMax), 0) * 256) +
                (display * 65_536),
            Detail = (int)NaiveWords.InstrumentStatusOf(pair.Text("status")),
        });
        reading.Add(blank with
        {
            Kind = EventKind.InstrumentMinimum,
            Price = pair.OptionalNumber("cost_min") ?? default,
            Quantity = pair.OptionalNumber("qty_min") ?? default,
        });
    }

    private static bool TryReadAcknowledgement(NaiveReading reading, JsonElement root, string method)
    {
        if (method is not ("subscribe" or "unsubscribe" or "pong")) return false;
        NaiveObject top = new(reading, root, TopKeys);
        NaiveEvent blank = new(EventKind.Pong, Channel.Acknowledgement, reading.Dialect)
        {
            ExchangeTimeNs = NaiveObject.LastTextOf(root, "time_in") is { } text ? NaiveTimestamp.Read(text) ?? 0 : 0,
        };
        if (method == "pong")
        {
            reading.Add(blank);
            return true;
        }

        switch (top.Required("success").ValueKind)
        {
            case JsonValueKind.True:
                ReadSubscribed(reading, top.Required("result"), blank, method == "subscribe");
                return true;
            case JsonValueKind.False:
                top.OptionalText("error");
                reading.Add(blank with { Kind = EventKind.SubscriptionRefused });
                return true;
            default:
                throw NaiveReading.Invalid("success is neither true nor false");
        }
    }

    private static void ReadSubscribed(NaiveReading reading, JsonElement element, NaiveEvent blank, bool subscribed)
    {
        NaiveObject result = new(reading, element, "channel", "symbol", "depth", "interval");
        long? depth = result.OptionalInteger("depth", int.MaxValue);
        long? interval = result.OptionalInteger("interval", int.MaxValue);
        reading.Add(blank with
        {
            Kind = subscribed ? EventKind.Subscribed : EventKind.Unsubscribed,
            Symbol = result.OptionalSymbol("symbol"),
            Detail = (int)(depth ?? interval ?? 0),
            Channel = result.Text("channel") switch
            {
                "book" => Channel.Book,
                "trade" => Channel.Trade,
                "ticker" => Channel.Ticker,
                "ohlc" => Channel.Ohlc,
                "instrument" => Channel.Instrument,
                _ => Channel.Other,
            },
        });
    }
}
