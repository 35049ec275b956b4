using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.Json;
using TradingBot.Market.Events;

namespace TradingBot.Tests.Twins;

/// <summary>Section 3 of docs/wire.md: Spot v1, arrays and event objects.</summary>
internal static class NaiveSpotV1
{
    private const int SecondsToNanos = 9;

    /// <summary>False = Ignored.</summary>
    public static bool TryRead(NaiveReading reading, JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => TryReadEvent(reading, root),
        JsonValueKind.Array => TryReadArray(reading, NaiveReading.ElementsOf(root)),
        _ => reading.Ignore(NaiveCounter.UnknownEvents, "(not an object)"),
    };

    private static bool TryReadEvent(NaiveReading reading, JsonElement root)
    {
        string? name = NaiveObject.LastTextOf(root, "event");
        if (name is null) return reading.Ignore(NaiveCounter.UnknownEvents, "(no event)");
        reading.Channel = name switch
        {
            "heartbeat" => Channel.Heartbeat,
            "pong" or "subscriptionStatus" => Channel.Acknowledgement,
            "systemStatus" => Channel.Status,
            "error" => Channel.Notice,
            _ => Channel.Other,
        };
        if (reading.Channel == Channel.Other) return reading.Ignore(NaiveCounter.UnknownEvents, name);

        NaiveObject top = new(reading, root, "event", "status", "subscription", "pair", "errorMessage");
        switch (name)
        {
            case "heartbeat":
                reading.Add(new NaiveEvent(EventKind.Heartbeat, Channel.Heartbeat, reading.Dialect));
                return true;
            case "pong":
                reading.Add(new NaiveEvent(EventKind.Pong, Channel.Acknowledgement, reading.Dialect));
                return true;
            case "systemStatus":
                string system = top.Text("status");
                reading.Add(new NaiveEvent(EventKind.VenueStatus, Channel.Status, reading.Dialect)
                {
                    Detail = (int)reading.WordOf(system, NaiveWords.SystemOf(system)),
                });
                return true;
            case "subscriptionStatus":
                return TryReadSubscriptionStatus(reading, top);
            default:
                reading.Count(NaiveCounter.Notices, top.OptionalText("errorMessage") ?? "");
                reading.Add(new NaiveEvent(EventKind.VenueNotice, Channel.Notice, reading.Dialect));
                return true;
        }
    }

    private static bool TryReadSubscriptionStatus(NaiveReading reading, NaiveObject top)
    {
        string status = top.Text("status");
        if (status == "error")
        {
            reading.Count(NaiveCounter.Notices, top.OptionalText("errorMessage") ?? "");
            reading.Add(new NaiveEvent(EventKind.SubscriptionRefused, Channel.Acknowledgement, reading.Dialect));
            return true;
        }

        if (status is not ("subscribed" or "unsubscribed"))
        {
            reading.Count(NaiveCounter.UnknownEnums, status);
            return false;
        }

        NaiveObject subscription = new(reading, top.Required("subscription"), "name", "depth", "interval");
        long? depth = subscription.OptionalInteger("depth", int.MaxValue);
        long? interval = subscription.OptionalInteger("interval", int.MaxValue);
        Channel channel = ChannelOf(subscription.Text("name"));
        EventKind kind = status == "subscribed" ? EventKind.Subscribed : EventKind.Unsubscribed;
        reading.Add(new NaiveEvent(kind, channel == Channel.None ? Channel.Other : channel, reading.Dialect)
        {
            Symbol = top.OptionalSymbol("pair"),
            Detail = (int)(depth ?? interval ?? 0),
        });
        return true;
    }

    private static Channel ChannelOf(string name) => name switch
    {
        "book" => Channel.Book,
        "trade" => Channel.Trade,
        "ticker" => Channel.Ticker,
        "ohlc" => Channel.Ohlc,
        "spread" => Channel.Spread,
        _ => Channel.None,
    };

    private static bool TryReadArray(NaiveReading reading, JsonElement[] elements)
    {
        if (elements.Length < 4) throw NaiveReading.Invalid("fewer than four elements");
        string name = NaiveReading.TextOf(elements[^2]);
        NaiveReading.TextOf(elements[^1]);
        string[] parts = name.Split('-', 2);
        Channel channel = ChannelOf(parts[0]);
        // Two texts at the end are the shape of a frame; with it the name decides what a faulty one is counted under.
        reading.Channel = channel == Channel.None ? Channel.Other : channel;
        reading.IntegerOf(elements[0], 0, long.MaxValue);
        int suffix = parts.Length == 1 ? 0 : SuffixOf(parts[1]);
        if (channel == Channel.None) return reading.Ignore(NaiveCounter.UnknownChannels, name);

        NaiveEvent blank = new(EventKind.None, channel, reading.Dialect)
        {
            Symbol = NaiveReading.SymbolOf(elements[^1]),
        };
        JsonElement[] payload = elements[1..^2];
        if (channel == Channel.Book)
        {
            ReadBook(reading, payload, blank, suffix);
            return true;
        }

        if (payload.Length != 1) throw NaiveReading.Invalid("one payload expected");
        switch (channel)
        {
            case Channel.Trade:
                foreach (JsonElement trade in NaiveReading.ElementsOf(payload[0])) ReadTrade(reading, trade, blank);
                break;
            case Channel.Ticker:
                ReadTicker(reading, payload[0], blank);
                break;
            case Channel.Ohlc:
                ReadOhlc(reading, payload[0], blank, suffix);
                break;
            default:
                ReadSpread(reading, payload[0], blank);
                break;
        }

        return true;
    }

    private static int SuffixOf(string digits) =>
        digits.Length is > 0 and <= 9 && digits.All(char.IsAsciiDigit)
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : throw NaiveReading.Invalid("channel suffix");

    private static JsonElement[] ElementsOf(JsonElement value, int atLeast)
    {
        JsonElement[] elements = NaiveReading.ElementsOf(value);
        return elements.Length >= atLeast ? elements : throw NaiveReading.Invalid("too few elements");
    }

    private static void ReadBook(NaiveReading reading, JsonElement[] payload, NaiveEvent blank, int depth)
    {
        // The keys of all objects are one set: each occurs at most once in the message.
        string[] keys = ["as", "bs", "a", "b", "c"];
        NaiveObject[] objects =
            [.. payload.Select(value => new NaiveObject(reading, value, keys).CountUnknownKeys())];
        foreach (string key in keys)
        {
            int occurrences = payload.Sum(
                value => value.EnumerateObject().Count(property => property.Name == key));
            if (occurrences > 1) throw NaiveReading.Invalid($"doubled key {key}");
        }

        bool Anywhere(string key) => objects.Any(o => o.Has(key));
        bool snapshot = Anywhere("as") || Anywhere("bs");
        bool update = Anywhere("a") || Anywhere("b");
        if (snapshot == update) throw NaiveReading.Invalid("neither snapshot nor update, or both");

        List<NaiveEvent> message = [];
        message.AddRange(objects.SelectMany(o => LevelsOf(reading, o, snapshot ? "bs" : "b", blank, EventFlags.Buy)));
        message.AddRange(objects.SelectMany(o => LevelsOf(reading, o, snapshot ? "as" : "a", blank, EventFlags.Sell)));
        long time = message.Select(level => level.ExchangeTimeNs).DefaultIfEmpty(0).Max();
        NaiveObject? withChecksum = objects.FirstOrDefault(o => o.Has("c"));
        message.Add(blank with
        {
            Kind = EventKind.BookEnd,
            Number = withChecksum?.Integer("c", uint.MaxValue) ?? 0,
            Flags = withChecksum is null ? EventFlags.None : EventFlags.HasChecksum,
            Detail = depth,
        });
        List<NaiveEvent> stamped = [.. message.Select(e => e with { ExchangeTimeNs = time })];
        NaiveSpotV2.AddBookMessage(reading, stamped, snapshot);
    }

    private static List<NaiveEvent> LevelsOf(
        NaiveReading reading, NaiveObject payload, string key, NaiveEvent blank, EventFlags side)
    {
        List<NaiveEvent> levels = [];
        foreach (JsonElement element in payload.OptionalElements(key))
        {
            JsonElement[] level = ElementsOf(element, 3);
            string? fourth = level.Length > 3 ? NaiveReading.TextOf(level[3]) : null;
            if (fourth is not (null or "r")) reading.Count(NaiveCounter.UnknownEnums, fourth);
            levels.Add(blank with
            {
                Kind = EventKind.BookLevel,
                Price = reading.NumberOf(level[0], NaiveRange.Positive),
                Quantity = reading.NumberOf(level[1], NaiveRange.NotNegative),
                ExchangeTimeNs = reading.NanosOf(level[2], SecondsToNanos) ?? 0,
                Flags = fourth is "r" ? side | EventFlags.Republished : side,
            });
        }

        return levels;
    }

    private static void ReadTrade(NaiveReading reading, JsonElement element, NaiveEvent blank)
    {
        JsonElement[] trade = ElementsOf(element, 4);
        string side = NaiveReading.TextOf(trade[3]);
        string? type = trade.Length > 4 ? NaiveReading.TextOf(trade[4]) : null;
        reading.Add(blank with
        {
            Kind = EventKind.Trade,
            Price = reading.NumberOf(trade[0], NaiveRange.Positive),
            Quantity = reading.NumberOf(trade[1], NaiveRange.Positive),
            ExchangeTimeNs = reading.NanosOf(trade[2], SecondsToNanos) ?? 0,
            Flags = reading.WordOf(side, NaiveWords.SideOf(side, "b", "s")) | EventFlags.NoTradeId,
            Detail = type is null ? 0 : (int)reading.WordOf(type, NaiveWords.OrderTypeOf(type, "l", "m")),
        });
    }

    private static void ReadTicker(NaiveReading reading, JsonElement element, NaiveEvent blank)
    {
        NaiveObject ticker = new NaiveObject(reading, element, "b", "a", "c", "v")
            .CountUnknownKeys("p", "t", "l", "h", "o");
        (string Key, EventKind Kind)[] sides = [("b", EventKind.TickerBid), ("a", EventKind.TickerAsk)];
        foreach ((string key, EventKind kind) in sides)
        {
            JsonElement[] side = ElementsOf(ticker.Required(key), 3);
            reading.Add(blank with
            {
                Kind = kind,
                Price = reading.NumberOf(side[0], NaiveRange.Any),
                Quantity = reading.NumberOf(side[2], NaiveRange.Any),
            });
        }

        reading.Add(blank with
        {
            Kind = EventKind.TickerLast,
            Price = reading.NumberOf(ElementsOf(ticker.Required("c"), 1)[0], NaiveRange.Any),
            Quantity = reading.NumberOf(ElementsOf(ticker.Required("v"), 2)[1], NaiveRange.Any),
        });
    }

    private static void ReadOhlc(NaiveReading reading, JsonElement element, NaiveEvent blank, int minutes)
    {
        JsonElement[] bar = ElementsOf(element, 9);
        NaiveNumber open = reading.NumberOf(bar[2], NaiveRange.Any);
        NaiveNumber high = reading.NumberOf(bar[3], NaiveRange.Any);
        NaiveNumber low = reading.NumberOf(bar[4], NaiveRange.Any);
        NaiveNumber close = reading.NumberOf(bar[5], NaiveRange.Any);
        NaiveNumber volume = reading.NumberOf(bar[7], NaiveRange.Any);
        long count = reading.IntegerOf(bar[8], 0, long.MaxValue);
        BigInteger? begin = reading.NanosOf(bar[1], SecondsToNanos) - (new BigInteger(minutes) * 60_000_000_000);
        if (begin < 0) throw NaiveReading.Invalid("begins before 1970");

        // An end that is out of range has no begin; the frame gives no events anyway.
        long time = (long)(begin ?? 0);
        NaiveEvent timed = blank with { ExchangeTimeNs = time };
        reading.Add(timed with
        {
            Kind = EventKind.OhlcOpenHigh,
            Price = open,
            Quantity = high,
            Number = time,
            Detail = minutes,
        });
        reading.Add(timed with { Kind = EventKind.OhlcLowClose, Price = low, Quantity = close, Number = count });
        reading.Add(timed with { Kind = EventKind.OhlcVolume, Quantity = volume });
    }

    private static void ReadSpread(NaiveReading reading, JsonElement element, NaiveEvent blank)
    {
        JsonElement[] spread = ElementsOf(element, 5);
        NaiveEvent timed = blank with { ExchangeTimeNs = reading.NanosOf(spread[2], SecondsToNanos) ?? 0 };
        reading.Add(timed with
        {
            Kind = EventKind.TickerBid,
            Price = reading.NumberOf(spread[0], NaiveRange.Any),
            Quantity = reading.NumberOf(spread[3], NaiveRange.Any),
        });
        reading.Add(timed with
        {
            Kind = EventKind.TickerAsk,
            Price = reading.NumberOf(spread[1], NaiveRange.Any),
            Quantity = reading.NumberOf(spread[4], NaiveRange.Any),
        });
    }
}
