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

    private static readonly string[] TopKeysKnown = ["timestamp", "sequence", "req_id", "time_in", "time_out"];

    /// <summary>False = Ignored.</summary>
    public static bool TryRead(NaiveReading reading, JsonElement root)
    {
        if (!NaiveReading.IsObject(root))
        {
            return reading.Ignore(NaiveCounter.UnknownChannels, "(not an object)");
        }

        if (NaiveObject.LastTextOf(root, "channel") is { } channel) return TryReadData(reading, root, channel);
        if (NaiveObject.LastTextOf(root, "method") is { } method) return TryReadAcknowledgement(reading, root, method);
        if ((NaiveObject.LastTextOf(root, "Error") ?? NaiveObject.LastTextOf(root, "error")) is not { } text)
        {
            return reading.Ignore(NaiveCounter.UnknownChannels, "(no channel)");
        }

        reading.Channel = Channel.Notice;
        reading.Count(NaiveCounter.Notices, text);
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
        reading.Channel = channel switch
        {
            "heartbeat" => Channel.Heartbeat,
            "status" => Channel.Status,
            _ => ChannelOf(channel),
        };
        if (reading.Channel == Channel.Other)
        {
            return reading.Ignore(NaiveCounter.UnknownChannels, channel);
        }

        NaiveObject top = new NaiveObject(reading, root, TopKeys).CountUnknownKeys(TopKeysKnown);
        if (readElement is null)
        {
            reading.Add(new NaiveEvent(EventKind.Heartbeat, Channel.Heartbeat, reading.Dialect));
            return true;
        }

        bool snapshot = false;
        if (channel != "status")
        {
            string type = top.Text("type");
            if (type is not ("snapshot" or "update"))
            {
                reading.Count(NaiveCounter.UnknownEnums, type);
                return false;
            }

            snapshot = type == "snapshot";
        }

        JsonElement[] elements = channel == "instrument" ? [top.Required("data")] : top.Elements("data");
        foreach (JsonElement element in elements) readElement(reading, element, snapshot);
        return true;
    }

    private static void ReadStatus(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject status = new NaiveObject(reading, element, "system").CountUnknownKeys(
            "version", "api_version", "connection_id", "upcoming_maintenance", "emergency", "asset_class");
        string system = status.Text("system");
        reading.Add(new NaiveEvent(EventKind.VenueStatus, Channel.Status, reading.Dialect)
        {
            Detail = (int)reading.WordOf(system, NaiveWords.SystemOf(system)),
        });
    }

    private static void ReadBook(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject book = new NaiveObject(reading, element, "symbol", "bids", "asks", "checksum", "timestamp")
            .CountUnknownKeys("asset_class");
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
        NaiveReading reading, JsonElement[] elements, NaiveEvent blank, EventFlags side, params string[] known)
    {
        foreach (JsonElement element in elements)
        {
            NaiveObject level = new NaiveObject(reading, element, "price", "qty").CountUnknownKeys(known);
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
        NaiveObject trade = new NaiveObject(
            reading, element, "symbol", "side", "price", "qty", "trade_id", "timestamp", "ord_type")
            .CountUnknownKeys("asset_class");
        string side = trade.Text("side");
        EventFlags flags = reading.WordOf(side, NaiveWords.SideOf(side, "buy", "sell"));
        if (snapshot) flags |= EventFlags.Snapshot;
        reading.Add(new NaiveEvent(EventKind.Trade, Channel.Trade, reading.Dialect)
        {
            Symbol = trade.Symbol("symbol"),
            Price = trade.Number("price", NaiveRange.Positive),
            Quantity = trade.Number("qty", NaiveRange.Positive),
            Number = trade.Integer("trade_id"),
            ExchangeTimeNs = trade.Timestamp("timestamp"),
            Detail = trade.OptionalText("ord_type") is { } type
                ? (int)reading.WordOf(type, NaiveWords.OrderTypeOf(type, "limit", "market"))
                : 0,
            Flags = flags,
        });
    }

    private static void ReadTicker(NaiveReading reading, JsonElement element, bool snapshot)
    {
        NaiveObject ticker = new NaiveObject(
            reading, element, "symbol", "bid", "bid_qty", "ask", "ask_qty", "last", "volume", "timestamp")
            .CountUnknownKeys("vwap", "low", "high", "change", "change_pct", "asset_class");
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
        NaiveObject bar = new NaiveObject(
            reading, element,
            "symbol", "open", "high", "low", "close", "trades", "volume", "interval_begin", "interval")
            .CountUnknownKeys("vwap", "timestamp", "asset_class");
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
        NaiveObject data = new NaiveObject(reading, element, "pairs").CountUnknownKeys("assets");
        foreach (JsonElement pair in data.OptionalElements("pairs")) ReadPair(reading, pair);
    }

    private static void ReadPair(NaiveReading reading, JsonElement element)
    {
        const int PrecisionMax = 18;
        NaiveObject pair = new NaiveObject(
            reading, element,
            "symbol", "status", "price_precision", "qty_precision", "price_increment", "qty_increment",
            "ws_display_price_precision", "cost_min", "qty_min")
            .CountUnknownKeys(
                "base", "quote", "cost_precision", "marginable", "has_index", "margin_initial",
                "position_limit_long", "position_limit_short", "tick_size", "asset_class");
        string status = pair.Text("status");
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
            Detail = (int)reading.WordOf(
                status, NaiveWords.InstrumentStatusOf(status), "delisted", "work_in_progress"),
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
        if (method is not ("subscribe" or "unsubscribe" or "pong"))
        {
            return reading.Ignore(NaiveCounter.UnknownEvents, method);
        }

        reading.Channel = Channel.Acknowledgement;
        NaiveObject top = new NaiveObject(reading, root, TopKeys).CountUnknownKeys(TopKeysKnown);
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
                reading.Count(NaiveCounter.Notices, top.OptionalText("error") ?? "");
                reading.Add(blank with { Kind = EventKind.SubscriptionRefused });
                return true;
            default:
                throw NaiveReading.Invalid("success is neither true nor false");
        }
    }

    private static void ReadSubscribed(NaiveReading reading, JsonElement element, NaiveEvent blank, bool subscribed)
    {
        NaiveObject result = new NaiveObject(reading, element, "channel", "symbol", "depth", "interval")
            .CountUnknownKeys("snapshot", "event_trigger", "warnings", "asset_class", "tick_type", "maxratecount");
        long? depth = result.OptionalInteger("depth", int.MaxValue);
        long? interval = result.OptionalInteger("interval", int.MaxValue);
        reading.Add(blank with
        {
            Kind = subscribed ? EventKind.Subscribed : EventKind.Unsubscribed,
            Symbol = result.OptionalSymbol("symbol"),
            Detail = (int)(depth ?? interval ?? 0),
            Channel = ChannelOf(result.Text("channel")),
        });
    }

    private static Channel ChannelOf(string name) => name switch
    {
        "book" => Channel.Book,
        "trade" => Channel.Trade,
        "ticker" => Channel.Ticker,
        "ohlc" => Channel.Ohlc,
        "instrument" => Channel.Instrument,
        _ => Channel.Other,
    };
}
