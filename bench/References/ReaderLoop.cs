// In:     spot v2 frames of book, trade, ticker, ohlc and heartbeat.   Out: the events our parser gives, field by
//         field.
// Thread: one.
// Keeps:  what a careful engineer writes with Utf8JsonReader: no text, no allocation, numbers as integers; and within
//         three times a bare loop over the same tokens (the guard measures it).
using System;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace References;

/// <summary>The hand-written reader loop that our parser is compared with.</summary>
public sealed class ReaderLoop
{
    private const int EventsMax = 4_096;

    private readonly MarketEvent[] _events = new MarketEvent[EventsMax];
    private readonly NameTable _names;
    private int _count;

    public ReaderLoop(NameTable names) => _names = names;

    /// <summary>Events of the frame parsed last; stamps are the caller's to add.</summary>
    public Span<MarketEvent> Events => _events.AsSpan(0, _count);

    /// <summary>The cheapest look at a frame there is with this reader: every token, nothing done with it.</summary>
    public static long CountTokens(ReadOnlySpan<byte> frame)
    {
        Utf8JsonReader reader = new(frame);
        long tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    public void Parse(ReadOnlySpan<byte> frame)
    {
        _count = 0;
        Utf8JsonReader reader = new(frame);
        reader.Read();
        Channel channel = Channel.None;
        bool isSnapshot = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> key = reader.ValueSpan;
            if (key.SequenceEqual("channel"u8))
            {
                reader.Read();
                channel = ChannelOf(reader.ValueSpan);
            }
            else if (key.SequenceEqual("type"u8))
            {
                reader.Read();
                isSnapshot = reader.ValueSpan.SequenceEqual("snapshot"u8);
            }
            else if (key.SequenceEqual("data"u8))
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadElement(ref reader, channel, isSnapshot);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        if (channel == Channel.Heartbeat) Add(EventKind.Heartbeat, -1, channel);
    }

    private void ReadElement(ref Utf8JsonReader reader, Channel channel, bool isSnapshot)
    {
        switch (channel)
        {
            case Channel.Book:
                ReadBook(ref reader, isSnapshot);
                break;
            case Channel.Trade:
                ReadTrade(ref reader, isSnapshot);
                break;
            case Channel.Ticker:
                ReadTicker(ref reader);
                break;
            default:
                ReadOhlc(ref reader);
                break;
        }
    }

    private void ReadBook(ref Utf8JsonReader reader, bool isSnapshot)
    {
        int first = _count;
        int id = -1;
        long checksum = 0;
        long timeNs = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> key = reader.ValueSpan;
            if (key.SequenceEqual("bids"u8))
            {
                ReadLevels(ref reader, EventFlags.Buy);
                continue;
            }

            if (key.SequenceEqual("asks"u8))
            {
                ReadLevels(ref reader, EventFlags.Sell);
                continue;
            }

            reader.Read();
            if (key.SequenceEqual("symbol"u8)) id = _names.IdOf(reader.ValueSpan);
            else if (key.SequenceEqual("checksum"u8)) checksum = WireText.Mantissa(reader.ValueSpan, out _);
            else if (key.SequenceEqual("timestamp"u8)) timeNs = WireText.UnixNanos(reader.ValueSpan);
        }

        ref MarketEvent end = ref Add(EventKind.BookEnd, id, Channel.Book);
        end.Number = checksum;
        end.Flags = EventFlags.HasChecksum;
        EventFlags flags = isSnapshot ? EventFlags.Snapshot : EventFlags.None;
        foreach (ref MarketEvent e in _events.AsSpan(first, _count - first))
        {
            e.InstrumentId = id;
            e.ExchangeTimeNs = timeNs;
            e.Flags |= flags;
        }

        _events[first].Flags |= EventFlags.First;
    }

    private void ReadLevels(ref Utf8JsonReader reader, EventFlags side)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            ref MarketEvent e = ref Add(EventKind.BookLevel, -1, Channel.Book);
            e.Flags = side;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isPrice = reader.ValueSpan.SequenceEqual("price"u8);
                reader.Read();
                if (isPrice) e.Price = WireText.Mantissa(reader.ValueSpan, out e.PriceDecimals);
                else e.Quantity = WireText.Mantissa(reader.ValueSpan, out e.QuantityDecimals);
            }
        }
    }

    private void ReadTrade(ref Utf8JsonReader reader, bool isSnapshot)
    {
        ref MarketEvent e = ref Add(EventKind.Trade, -1, Channel.Trade);
        if (isSnapshot) e.Flags = EventFlags.Snapshot;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> key = reader.ValueSpan;
            reader.Read();
            ReadOnlySpan<byte> value = reader.ValueSpan;
            if (key.SequenceEqual("symbol"u8)) e.InstrumentId = _names.IdOf(value);
            else if (key.SequenceEqual("price"u8)) e.Price = WireText.Mantissa(value, out e.PriceDecimals);
            else if (key.SequenceEqual("qty"u8)) e.Quantity = WireText.Mantissa(value, out e.QuantityDecimals);
            else if (key.SequenceEqual("side"u8)) e.Flags |= value.Length == 3 ? EventFlags.Buy : EventFlags.Sell;
            else if (key.SequenceEqual("ord_type"u8)) e.Detail = (int)TypeOf(value);
            else if (key.SequenceEqual("trade_id"u8)) e.Number = WireText.Mantissa(value, out _);
            else if (key.SequenceEqual("timestamp"u8)) e.ExchangeTimeNs = WireText.UnixNanos(value);
        }
    }

    private void ReadTicker(ref Utf8JsonReader reader)
    {
        ref MarketEvent bid = ref Add(EventKind.TickerBid, -1, Channel.Ticker);
        ref MarketEvent ask = ref Add(EventKind.TickerAsk, -1, Channel.Ticker);
        ref MarketEvent last = ref Add(EventKind.TickerLast, -1, Channel.Ticker);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> key = reader.ValueSpan;
            reader.Read();
            ReadOnlySpan<byte> value = reader.ValueSpan;
            if (key.SequenceEqual("symbol"u8)) last.InstrumentId = _names.IdOf(value);
            else if (key.SequenceEqual("bid"u8)) bid.Price = WireText.Mantissa(value, out bid.PriceDecimals);
            else if (key.SequenceEqual("bid_qty"u8)) bid.Quantity = WireText.Mantissa(value, out bid.QuantityDecimals);
            else if (key.SequenceEqual("ask"u8)) ask.Price = WireText.Mantissa(value, out ask.PriceDecimals);
            else if (key.SequenceEqual("ask_qty"u8)) ask.Quantity = WireText.Mantissa(value, out ask.QuantityDecimals);
            else if (key.SequenceEqual("last"u8)) last.Price = WireText.Mantissa(value, out last.PriceDecimals);
            else if (key.SequenceEqual("volume"u8)) last.Quantity = WireText.Mantissa(value, out last.QuantityDecimals);
            else if (key.SequenceEqual("timestamp"u8)) last.ExchangeTimeNs = WireText.UnixNanos(value);
        }

        bid.InstrumentId = ask.InstrumentId = last.InstrumentId;
        bid.ExchangeTimeNs = ask.ExchangeTimeNs = last.ExchangeTimeNs;
    }

    private void ReadOhlc(ref Utf8JsonReader reader)
    {
        ref MarketEvent head = ref Add(EventKind.OhlcOpenHigh, -1, Channel.Ohlc);
        ref MarketEvent middle = ref Add(EventKind.OhlcLowClose, -1, Channel.Ohlc);
        ref MarketEvent tail = ref Add(EventKind.OhlcVolume, -1, Channel.Ohlc);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> key = reader.ValueSpan;
            reader.Read();
            ReadOnlySpan<byte> value = reader.ValueSpan;
            if (key.SequenceEqual("symbol"u8)) head.InstrumentId = _names.IdOf(value);
            else if (key.SequenceEqual("open"u8)) head.Price = WireText.Mantissa(value, out head.PriceDecimals);
            else if (key.SequenceEqual("high"u8)) head.Quantity = WireText.Mantissa(value, out head.QuantityDecimals);
            else if (key.SequenceEqual("low"u8)) middle.Price = WireText.Mantissa(value, out middle.PriceDecimals);
            else if (key.SequenceEqual("close"u8))
            {
                middle.Quantity = WireText.Mantissa(value, out middle.QuantityDecimals);
            }
            else if (key.SequenceEqual("trades"u8)) middle.Number = WireText.Mantissa(value, out _);
            else if (key.SequenceEqual("volume"u8)) tail.Quantity = WireText.Mantissa(value, out tail.QuantityDecimals);
            else if (key.SequenceEqual("interval"u8)) head.Detail = (int)WireText.Mantissa(value, out _);
            else if (key.SequenceEqual("interval_begin"u8)) head.Number = WireText.UnixNanos(value);
        }

        middle.InstrumentId = tail.InstrumentId = head.InstrumentId;
        head.ExchangeTimeNs = middle.ExchangeTimeNs = tail.ExchangeTimeNs = head.Number;
    }

    private ref MarketEvent Add(EventKind kind, int instrumentId, Channel channel)
    {
        ref MarketEvent e = ref _events[_count++];
        e = default;
        e.Kind = kind;
        e.InstrumentId = instrumentId;
        e.Channel = channel;
        e.Dialect = Dialect.SpotV2;
        return ref e;
    }

    private static Channel ChannelOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("book"u8)) return Channel.Book;
        if (name.SequenceEqual("trade"u8)) return Channel.Trade;
        if (name.SequenceEqual("ticker"u8)) return Channel.Ticker;
        if (name.SequenceEqual("ohlc"u8)) return Channel.Ohlc;
        return name.SequenceEqual("heartbeat"u8) ? Channel.Heartbeat : Channel.Other;
    }

    private static TradeType TypeOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("limit"u8) ? TradeType.Limit : TradeType.Market;
}
