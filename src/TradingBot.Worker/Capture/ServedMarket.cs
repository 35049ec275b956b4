// In:     captured frames in order.   Out: which of them belong to whom; what a new subscriber must be told first.
// Thread: the server's.
// Keeps:  a snapshot that is made here has the book, and the checksum, that the recorded frames have led to.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Capture;

/// <summary>A recorded frame, and who is to get it.</summary>
/// <param name="Dialect">On sockets of this protocol.</param>
/// <param name="Channel">To those who subscribed this channel; status goes to all.</param>
/// <param name="Symbol">Of this symbol; empty where a channel has none.</param>
/// <param name="IsSnapshot">It begins a subscription.</param>
internal readonly record struct ServedFrame(Dialect Dialect, string Channel, string Symbol, bool IsSnapshot);

/// <summary>The state to which the frames of a capture have led.</summary>
internal sealed class ServedMarket
{
    /// <summary>Trades in the snapshot of the trade channel.</summary>
    private const int TradesInSnapshot = 50;

    private readonly FrameParser?[] _parsers = new FrameParser?[(int)Dialect.FuturesV1 + 1];
    private readonly WireCounters _counters = new();
    private readonly EventBatch _batch = new();
    private readonly SymbolTable _symbols = new();
    private readonly BookStage _books;
    private readonly Dictionary<(Dialect, string Channel, string Symbol), byte[]> _last = [];
    private readonly Dictionary<(Dialect, string Symbol), Queue<byte[]>> _trades = [];
    private readonly Dictionary<(Dialect, string Symbol), int> _ids = [];
    private readonly Dictionary<(Dialect, string Symbol), long> _bookNs = [];

    public ServedMarket()
    {
        _books = new BookStage(new ScaleTable(_symbols), recordCapacity: 1);
    }

    /// <summary>Channels and symbols that there were frames of.</summary>
    public HashSet<(Dialect Dialect, string Channel, string Symbol)> Offered { get; } = [];

    /// <summary>The venue's last word on itself; null before the first.</summary>
    public byte[]? StatusOf(Dialect dialect) => _last.GetValueOrDefault((dialect, "status", ""));

    /// <summary>The newest list of instruments; null before the first.</summary>
    public byte[]? InstrumentsOf(Dialect dialect) => _last.GetValueOrDefault((dialect, "instrument", ""));

    /// <summary>Levels a side that were recorded of a book; 0 = none was.</summary>
    public int DepthOf(Dialect dialect, string symbol) =>
        _ids.TryGetValue((dialect, symbol), out int id) ? _books.BookOf(id)?.Book?.Depth ?? 0 : 0;

    /// <summary>The book's checksum as the frames have led to it; null while it is not in sync.</summary>
    public uint? ChecksumOf(Dialect dialect, string symbol) =>
        _ids.TryGetValue((dialect, symbol), out int id)
        && _books.BookOf(id) is { State: BookState.InSync, Book: { } book } ? book.Checksum : null;

    /// <summary>Takes an entry in; null when no client is to get it. The time is what its events say.</summary>
    public ServedFrame? Take(in CapturedFrame frame, Dialect dialect, out long exchangeNs)
    {
        exchangeNs = 0;
        _batch.Clear();
        if (frame.Kind == CapturedKind.Gap)
        {
            bool isOfOne = dialect != Dialect.None && SymbolTable.IsSymbol(frame.Bytes);
            _batch.Add(EventKind.FeedGap, isOfOne ? _symbols.IdOf(dialect, frame.Bytes) : -1);
        }
        else if (frame.Kind == CapturedKind.Frame)
        {
            (_parsers[(int)dialect] ??= new FrameParser(dialect, _symbols, _counters)).Parse(frame.Bytes, _batch);
        }

        foreach (ref readonly MarketEvent e in _batch.Events)
        {
            exchangeNs = Math.Max(exchangeNs, e.ExchangeTimeNs);
            _books.OnEvent(in e, 0);
        }

        if (_batch.Count == 0 || frame.Kind != CapturedKind.Frame) return null;
        return Route(frame.Bytes, dialect, _batch.Events[0], exchangeNs);
    }

    /// <summary>What begins a subscription; null when nothing is known yet: recorded data will begin it.</summary>
    public byte[]? SnapshotOf(Dialect dialect, string channel, string symbol) => channel switch
    {
        "book" => BookOf(dialect, symbol),
        "trade" when dialect == Dialect.FuturesV1 =>
            _trades.TryGetValue((dialect, symbol), out Queue<byte[]>? last)
                ? LegacyFrames.TradeSnapshot(symbol, last) : null,
        "trade" => TradesOf(dialect, symbol),
        "instrument" => InstrumentsOf(dialect),
        _ => AsSnapshot(_last.GetValueOrDefault((dialect, channel, symbol))),
    };

    /// <summary>The capture begins again: what was is no more.</summary>
    public void Rewind()
    {
        MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = -1 };
        _books.OnEvent(in gap, 0);
        _trades.Clear();
    }

    private ServedFrame? Route(ReadOnlySpan<byte> bytes, Dialect dialect, in MarketEvent first, long exchangeNs)
    {
        // By kind: an acknowledgement carries the channel it is about.
        string? channel = first.Kind switch
        {
            EventKind.BookLevel or EventKind.BookEnd => "book",
            EventKind.Trade => "trade",
            >= EventKind.TickerBid and <= EventKind.TickerIndex => "ticker",
            >= EventKind.OhlcOpenHigh and <= EventKind.OhlcVolume => "ohlc",
            EventKind.InstrumentSpec => "instrument",
            EventKind.VenueStatus => "status",
            _ => null,
        };
        if (channel is null) return null;
        bool hasSymbol = channel is not ("instrument" or "status") && first.InstrumentId >= 0;
        string symbol = hasSymbol ? Encoding.ASCII.GetString(_symbols.TextOf(first.InstrumentId)) : "";
        bool isSnapshot = bytes.IndexOf("\"type\":\"snapshot\""u8) >= 0;
        if (dialect == Dialect.FuturesV1) channel = LegacyFrames.FeedOf(bytes, out isSnapshot);
        Offered.Add((dialect, channel, symbol));
        if (hasSymbol) _ids[(dialect, symbol)] = first.InstrumentId;
        if (channel == "book") _bookNs[(dialect, symbol)] = exchangeNs;
        else if (channel == "trade") Remember((dialect, symbol), bytes);
        else if (channel != "instrument" || isSnapshot) _last[(dialect, channel, symbol)] = bytes.ToArray();
        return new ServedFrame(dialect, channel, symbol, isSnapshot);
    }

    /// <summary>Keeps the records of a trade frame as they stand on the wire.</summary>
    private void Remember((Dialect, string) key, ReadOnlySpan<byte> bytes)
    {
        if (!_trades.TryGetValue(key, out Queue<byte[]>? trades)) _trades[key] = trades = new Queue<byte[]>();
        Utf8JsonReader reader = new(bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        JsonElement[] told = root.TryGetProperty("data", out JsonElement data) ? [.. data.EnumerateArray()]
            // Derivatives v1: a trade is a frame, and its snapshot has the newest first.
            : root.TryGetProperty("trades", out JsonElement list) ? [.. list.EnumerateArray().Reverse()] : [root];
        foreach (JsonElement trade in told)
        {
            if (trades.Count == TradesInSnapshot) trades.Dequeue();
            trades.Enqueue(Encoding.UTF8.GetBytes(trade.GetRawText()));
        }
    }

    private byte[]? TradesOf(Dialect dialect, string symbol)
    {
        if (!_trades.TryGetValue((dialect, symbol), out Queue<byte[]>? trades)) return null;
        ArrayBufferWriter<byte> text = new(4_096);
        text.Write("{\"channel\":\"trade\",\"type\":\"snapshot\",\"data\":["u8);
        bool isFirst = true;
        foreach (byte[] trade in trades)
        {
            if (!isFirst) text.Write(","u8);
            isFirst = false;
            text.Write(trade);
        }

        text.Write("]}"u8);
        return text.WrittenSpan.ToArray();
    }

    /// <summary>Null unless the book is in sync.</summary>
    private byte[]? BookOf(Dialect dialect, string symbol)
    {
        if (!_ids.TryGetValue((dialect, symbol), out int id)) return null;
        if (_books.BookOf(id) is not { State: BookState.InSync, Book: { } book } state) return null;
        ref readonly InstrumentScale scale = ref _books.Scales.Of(id);
        long timeNs = _bookNs.GetValueOrDefault((dialect, symbol));
        if (dialect == Dialect.FuturesV1)
        {
            return LegacyFrames.BookSnapshot(_symbols.TextOf(id), state, in scale, timeNs);
        }

        ArrayBufferWriter<byte> text = new(4_096);
        text.Write("{\"channel\":\"book\",\"type\":\"snapshot\",\"data\":[{\"symbol\":\""u8);
        text.Write(_symbols.TextOf(id));
        text.Write("\",\"bids\":["u8);
        WriteSide(text, book.Bids, in scale);
        text.Write("],\"asks\":["u8);
        WriteSide(text, book.Asks, in scale);
        text.Write("],\"checksum\":"u8);
        Utf8Formatter.TryFormat(book.Checksum, text.GetSpan(10), out int written);
        text.Advance(written);
        if (timeNs > 0) Encoding.ASCII.GetBytes($",\"timestamp\":\"{TimeText(timeNs)}\"", text);
        text.Write("}]}"u8);
        return text.WrittenSpan.ToArray();
    }

    internal static string TimeText(long timeNs) => DateTimeOffset.UnixEpoch.AddTicks(timeNs / 100)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    internal static void WriteSide(ArrayBufferWriter<byte> text, BookSide side, in InstrumentScale scale)
    {
        for (int rank = 0; rank < side.Count; rank++)
        {
            text.Write(rank == 0 ? "{\"price\":"u8 : ",{\"price\":"u8);
            WriteNumber(text, side.PriceAt(rank), scale.PriceDecimals);
            text.Write(",\"qty\":"u8);
            WriteNumber(text, side.QuantityAt(rank), scale.QuantityDecimals);
            text.Write("}"u8);
        }
    }

    /// <summary>With all its decimals: clients take the checksum over them.</summary>
    private static void WriteNumber(ArrayBufferWriter<byte> text, long mantissa, int decimals)
    {
        int written = DecimalText.Write(mantissa, decimals, text.GetSpan(DecimalText.BytesMax), shortest: false);
        text.Advance(written);
    }

    private static byte[]? AsSnapshot(byte[]? frame)
    {
        ReadOnlySpan<byte> update = "\"type\":\"update\""u8;
        int at = frame is null ? -1 : frame.AsSpan().IndexOf(update);
        if (at < 0) return frame;
        return [.. frame!.AsSpan(0, at), .. "\"type\":\"snapshot\""u8, .. frame.AsSpan(at + update.Length)];
    }
}
