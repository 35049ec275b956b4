// In:     frames of spot v2 and Unified exactly as the venue sends them.   Out: the events the general path would give.
// Thread: the feed thread that owns the parser.
// Keeps:  a frame that leaves its template in one byte is declined, whatever is wrong or new about it.
// Budget: ≤ 80 ns per book update of two levels, ≤ 70 ns per trade (benchmark ParseBench.Parse).
using System;
using System.Runtime.CompilerServices;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// Fast path of <c>book</c>, <c>trade</c>, <c>ticker</c>, <c>ohlc</c> and <c>heartbeat</c>: compact, known key
/// order.
/// </summary>
internal sealed class SpotV2Fast(Dialect dialect, SymbolTable symbols)
{
    private static readonly FieldRow TickerRow =
        new("bid bid_qty ask ask_qty last volume vwap low high change change_pct");

    private static readonly FieldRow OhlcRow = new("open high low close trades volume vwap");

    /// <summary>Bytes of <c>]}</c>.</summary>
    private const int FrameEnd = 2;

    /// <summary>Digits of 2^32 - 1.</summary>
    private const int ChecksumDigitsMax = 10;

    private Rfc3339 _timestamp;

    /// <summary>False when the frame is declined; the batch may then hold events that must be dropped.</summary>
    public bool TryParse(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
    {
        // Nine of ten frames begin with the first of these, most others with the second.
        int at = FrameText.Past(frame, 0, "{\"channel\":\"book\",\"type\":\"update\",\"data\":["u8);
        if (at >= 0)
        {
            channel = Channel.Book;
            return IsWhole(frame, PastBooks(frame, at, batch, EventFlags.None), batch);
        }

        at = FrameText.Past(frame, 0, "{\"channel\":\"trade\",\"type\":\"update\",\"data\":["u8);
        if (at >= 0)
        {
            channel = Channel.Trade;
            return IsWhole(frame, PastTrades(frame, at, batch, EventFlags.None), batch);
        }

        at = FrameText.Past(frame, 0, "{\"channel\":\"ticker\",\"type\":\"update\",\"data\":["u8);
        if (at >= 0)
        {
            channel = Channel.Ticker;
            return IsWhole(frame, PastTickers(frame, at, batch), batch);
        }

        return TryParseRarer(frame, batch, out channel);
    }

    /// <summary>Snapshots, other channels, and frames with a time of sending, which nobody reads.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryParseRarer(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
    {
        channel = Channel.None;
        FastCursor cursor = new(frame);
        if (!cursor.Take("{\"channel\":\""u8)) return false;
        if (cursor.Take("book\",\"type\":\""u8)) channel = Channel.Book;
        else if (cursor.Take("trade\",\"type\":\""u8)) channel = Channel.Trade;
        else if (cursor.Take("ticker\",\"type\":\""u8)) channel = Channel.Ticker;
        else if (cursor.Take("ohlc\",\"type\":\""u8)) channel = Channel.Ohlc;
        else if (cursor.Take("heartbeat\"}"u8))
        {
            channel = Channel.Heartbeat;
            EventWriter.Add(batch, EventKind.Heartbeat, -1, dialect, channel);
            return cursor.AtEnd && !batch.Overflowed;
        }
        else return false;

        bool isSnapshot = cursor.Take("snapshot\""u8);
        if (!isSnapshot && !cursor.Take("update\""u8)) return false;
        if (cursor.Take(",\"timestamp\":\""u8) && !cursor.TakeText(out _)) return false;
        if (!cursor.Take(",\"data\":["u8)) return false;
        EventFlags flags = isSnapshot ? EventFlags.Snapshot : EventFlags.None;
        int past = channel switch
        {
            Channel.Book => PastBooks(frame, cursor.At, batch, flags),
            Channel.Trade => PastTrades(frame, cursor.At, batch, flags),
            Channel.Ticker => PastTickers(frame, cursor.At, batch),
            _ => PastOhlcs(frame, cursor.At, batch),
        };
        return IsWhole(frame, past, batch);
    }

    /// <summary>Only the end of the object is left, and every event found room.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> frame, int past, EventBatch batch) =>
        past >= 0 && past + FrameEnd == frame.Length && frame.EndsWith("]}"u8) && !batch.Overflowed;

    /// <summary>
    /// <c>{"symbol":"BTC/USD","bids":[…],"asks":[…],"checksum":1,"timestamp":"…"},…</c>; old snapshots have no
    /// timestamp.
    /// </summary>
    /// <remarks>
    /// The last object's time stands at a fixed place from the frame's end, and its checksum before it. Both are read
    /// from there: work that need not wait for the levels, and one end less to be found.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)] // inlined, it would exceed what the compiler inlines into one method
    private int PastBooks(ReadOnlySpan<byte> frame, int at, EventBatch batch, EventFlags flags)
    {
        long lastNs = TimeAtEnd(frame, out int tailAt);
        while (true)
        {
            int first = batch.Count;
            at = PastInstrument(frame, at, out int id);
            if (at < 0 || (at = FrameText.Past(frame, at, ",\"bids\":["u8)) < 0) return -1;
            at = PastLevels(frame, at, batch, new LevelTemplate(id, flags | EventFlags.Buy, lastNs));
            if (at < 0 || (at = FrameText.Past(frame, at, ",\"asks\":["u8)) < 0) return -1;
            at = PastLevels(frame, at, batch, new LevelTemplate(id, flags | EventFlags.Sell, lastNs));
            if (at < 0 || (at = FrameText.Past(frame, at, ",\"checksum\":"u8)) < 0) return -1;

            bool isLast = (uint)(tailAt - at) <= ChecksumDigitsMax;
            int end = isLast ? tailAt : FrameText.NumberEnd(frame, at);
            WireNumber checksum = WireDigits.Read(frame, at, end);
            if (checksum.Decimals != 0 || checksum.Mantissa > uint.MaxValue) return -1;
            ref MarketEvent last = ref EventWriter.Add(batch, EventKind.BookEnd, id, dialect, Channel.Book);
            last.Number = checksum.Mantissa;
            last.Flags = EventFlags.HasChecksum | flags;
            last.ExchangeTimeNs = lastNs;
            if (batch.Overflowed) return -1;
            batch.Writable[first].Flags |= EventFlags.First;
            if (isLast) return frame.Length - FrameEnd;

            at = PastOptionalTime(frame, end, out long timeNs);
            if (at < 0) return -1;
            foreach (ref MarketEvent e in batch.Writable[first..]) e.ExchangeTimeNs = timeNs;
            if (at >= frame.Length || frame[at] != (byte)',') return at;
            at++;
        }
    }

    /// <summary>
    /// The time in front of a frame's last <c>"}]}</c>, and the place of its name; else 0, and a place before any.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private long TimeAtEnd(ReadOnlySpan<byte> frame, out int nameAt)
    {
        const int TextLength = Rfc3339.MicrosLength;
        nameAt = frame.Length - (TextLength + 18);
        int textAt = nameAt < 0 ? -1 : FrameText.Past(frame, nameAt, ",\"timestamp\":\""u8);
        if (textAt >= 0 && FrameText.Past(frame, textAt + TextLength, "\"}]}"u8) >= 0)
        {
            long timeNs = _timestamp.Read(frame.Slice(textAt, TextLength));
            if (timeNs != Rfc3339.Refused) return timeNs;
        }

        nameAt = int.MinValue;
        return 0;
    }

    /// <summary><c>,"timestamp":"…"}</c>, or the closing brace alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private int PastOptionalTime(ReadOnlySpan<byte> frame, int at, out long timeNs)
    {
        timeNs = 0;
        int past = FrameText.Past(frame, at, ",\"timestamp\":\""u8);
        if (past < 0) return at < frame.Length && frame[at] == (byte)'}' ? at + 1 : -1;
        return PastTime(frame, past, out timeNs);
    }

    /// <summary>A timestamp from its first digit on, its quote, and the closing brace.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private int PastTime(ReadOnlySpan<byte> frame, int at, out long timeNs)
    {
        ReadOnlySpan<byte> rest = frame[at..];
        int length = Rfc3339.MicrosLength;
        if (rest.Length < length + 2 || rest[length] != (byte)'"') length = rest.IndexOf((byte)'"');
        timeNs = length < 0 ? Rfc3339.Refused : _timestamp.Read(rest[..length]);
        bool isWhole = timeNs != Rfc3339.Refused && length + 1 < rest.Length && rest[length + 1] == (byte)'}';
        return isWhole ? at + length + 2 : -1;
    }

    /// <summary><c>{"symbol":"BTC/USD"</c>; Unified also says of what class it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private int PastInstrument(ReadOnlySpan<byte> frame, int at, out int id)
    {
        id = -1;
        at = FrameText.Past(frame, at, "{\"symbol\":\""u8);
        if (at < 0) return at;
        at = FrameText.PastSymbol(frame, at, dialect, symbols, out id);
        return at >= 0 && dialect == Dialect.Unified ? PastAssetClass(frame, at) : at;
    }

    private static int PastAssetClass(ReadOnlySpan<byte> frame, int at)
    {
        int past = FrameText.Past(frame, at, ",\"asset_class\":\""u8);
        if (past < 0) return at;
        int end = FrameText.TextEnd(frame, past);
        return end < 0 ? end : end + 1;
    }

    /// <summary><c>{"price":1.0,"qty":2.0},…]</c> after the opening bracket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private int PastLevels(ReadOnlySpan<byte> frame, int at, EventBatch batch, LevelTemplate template) =>
        (uint)at < (uint)frame.Length && frame[at] == (byte)']'
            ? at + 1
            : PastSomeLevels(frame, at, batch, in template);

    [MethodImpl(MethodImplOptions.NoInlining)] // see PastBooks
    private int PastSomeLevels(ReadOnlySpan<byte> frame, int at, EventBatch batch, in LevelTemplate template)
    {
        int id = template.InstrumentId;
        EventFlags flags = template.Flags;
        long timeNs = template.TimeNs;
        while (true)
        {
            at = FrameText.PastLevel(frame, at, out WireNumber price, out WireNumber quantity);
            if ((uint)at >= (uint)frame.Length) return -1;
            ref MarketEvent e = ref EventWriter.Add(
                batch, EventKind.BookLevel, id, dialect, Channel.Book, price, quantity);
            e.Flags = flags;
            e.ExchangeTimeNs = timeNs;
            byte next = frame[at++];
            if (next != (byte)',') return next == (byte)']' ? at : -1;
        }
    }

    /// <summary>
    /// <c>{"symbol":…,"side":"buy","price":…,"qty":…,"ord_type":"limit","trade_id":…,"timestamp":"…"},…</c>
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PastTrades(ReadOnlySpan<byte> frame, int at, EventBatch batch, EventFlags flags)
    {
        while (true)
        {
            at = PastInstrument(frame, at, out int id);
            if (at < 0) return -1;
            bool isBuy = frame[at..].StartsWith(",\"side\":\"buy\",\"price\":"u8);
            if (!isBuy && !frame[at..].StartsWith(",\"side\":\"sell\",\"price\":"u8)) return -1;
            int priceAt = at + (isBuy ? 22 : 23);
            int priceEnd = FrameText.NumberEnd(frame, priceAt);
            if (priceEnd + 7 >= frame.Length) return -1;
            int quantityEnd = FrameText.NumberEnd(frame, priceEnd + 7);
            if (quantityEnd >= frame.Length || !frame[priceEnd..].StartsWith(",\"qty\":"u8)) return -1;
            WireNumber price = WireDigits.Read(frame, priceAt, priceEnd);
            WireNumber quantity = WireDigits.Read(frame, priceEnd + 7, quantityEnd);
            if (price.Mantissa <= 0 || quantity.Mantissa <= 0) return -1;

            bool isLimit = frame[quantityEnd..].StartsWith(",\"ord_type\":\"limit\",\"trade_id\":"u8);
            if (!isLimit && !frame[quantityEnd..].StartsWith(",\"ord_type\":\"market\",\"trade_id\":"u8)) return -1;
            int tradeIdAt = quantityEnd + (isLimit ? 31 : 32);
            int tradeIdEnd = FrameText.NumberEnd(frame, tradeIdAt);
            at = FrameText.Past(frame, tradeIdEnd, ",\"timestamp\":\""u8);
            if (at < 0) return -1;
            WireNumber tradeId = WireDigits.Read(frame, tradeIdAt, tradeIdEnd);
            at = PastTime(frame, at, out long timeNs);
            if (at < 0 || tradeId.Decimals != 0) return -1;

            ref MarketEvent e = ref EventWriter.Add(
                batch, EventKind.Trade, id, dialect, Channel.Trade, price, quantity);
            e.Flags = flags | (isBuy ? EventFlags.Buy : EventFlags.Sell);
            e.Detail = (int)(isLimit ? TradeType.Limit : TradeType.Market);
            e.Number = tradeId.Mantissa;
            e.ExchangeTimeNs = timeNs;
            if (at >= frame.Length || frame[at] != (byte)',') return at;
            at++;
        }
    }

    /// <summary>
    /// bid, bid_qty, ask, ask_qty, last, volume, five numbers nobody reads, and in newer frames the timestamp.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PastTickers(ReadOnlySpan<byte> frame, int at, EventBatch batch)
    {
        const Channel Ticker = Channel.Ticker;
        Span<WireNumber> numbers = stackalloc WireNumber[TickerRow.Count];
        while (true)
        {
            at = PastInstrument(frame, at, out int id);
            if (at < 0 || (at = TickerRow.Past(frame, at, numbers)) < 0) return -1;
            at = PastOptionalTime(frame, at, out long timeNs);
            if (at < 0) return -1;
            EventWriter.Add(batch, EventKind.TickerBid, id, dialect, Ticker, numbers[0], numbers[1])
                .ExchangeTimeNs = timeNs;
            EventWriter.Add(batch, EventKind.TickerAsk, id, dialect, Ticker, numbers[2], numbers[3])
                .ExchangeTimeNs = timeNs;
            EventWriter.Add(batch, EventKind.TickerLast, id, dialect, Ticker, numbers[4], numbers[5])
                .ExchangeTimeNs = timeNs;
            if (at >= frame.Length || frame[at] != (byte)',') return at;
            at++;
        }
    }

    /// <summary>
    /// open, high, low, close, trades, volume, vwap, interval_begin, interval, and the deprecated timestamp.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PastOhlcs(ReadOnlySpan<byte> frame, int at, EventBatch batch)
    {
        Span<WireNumber> numbers = stackalloc WireNumber[OhlcRow.Count];
        while (true)
        {
            at = PastInstrument(frame, at, out int id);
            if (at < 0 || (at = OhlcRow.Past(frame, at, numbers)) < 0) return -1;
            at = FrameText.Past(frame, at, ",\"interval_begin\":\""u8);
            if (at < 0) return -1;
            int end = FrameText.TextEnd(frame, at);
            long beginNs = end < 0 ? Rfc3339.Refused : _timestamp.Read(frame[at..end]);
            if (beginNs == Rfc3339.Refused || (at = FrameText.Past(frame, end, "\",\"interval\":"u8)) < 0) return -1;
            at = FrameText.PastNumber(frame, at, out WireNumber minutes);
            if (at < 0 || !IsCount(minutes, int.MaxValue) || !IsCount(numbers[4], long.MaxValue)) return -1;
            int textAt = FrameText.Past(frame, at, ",\"timestamp\":\""u8);
            if (textAt >= 0)
            {
                end = FrameText.TextEnd(frame, textAt);
                if (end < 0) return -1;
                at = end + 1;
            }

            if (at >= frame.Length || frame[at++] != (byte)'}') return -1;
            OhlcFields bar = new()
            {
                Open = numbers[0],
                High = numbers[1],
                Low = numbers[2],
                Close = numbers[3],
                Trades = numbers[4].Mantissa,
                Volume = numbers[5],
                BeginNs = beginNs,
                Minutes = (int)minutes.Mantissa,
            };
            EventWriter.AddOhlc(batch, id, dialect, bar);
            if (at >= frame.Length || frame[at] != (byte)',') return at;
            at++;
        }
    }

    /// <summary>Plain digits, at most so many.</summary>
    private static bool IsCount(WireNumber number, long most) =>
        number.Decimals == 0 && number.Mantissa >= 0 && number.Mantissa <= most;

    /// <summary>What all levels of one side have in common.</summary>
    private readonly struct LevelTemplate(int instrumentId, EventFlags flags, long timeNs)
    {
        public readonly int InstrumentId = instrumentId;
        public readonly EventFlags Flags = flags;
        public readonly long TimeNs = timeNs;
    }
}
