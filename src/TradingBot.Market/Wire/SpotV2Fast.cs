// In:     frames of spot v2 and Unified exactly as the venue sends them.   Out: the events the general path would give.
// Thread: the feed thread that owns the parser.
// Keeps:  a frame that leaves its template in one byte is declined, whatever is wrong or new about it.
// Budget: ≤ 500 ns per book update or trade (ParseBench).
using System;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>
/// Fast path of <c>book</c>, <c>trade</c>, <c>ticker</c>, <c>ohlc</c> and <c>heartbeat</c>: compact, known key
/// order.
/// </summary>
internal sealed class SpotV2Fast(Dialect dialect, SymbolTable symbols)
{
    private Rfc3339 _timestamp;

    /// <summary>False when the frame is declined; the batch may then hold events that must be dropped.</summary>
    public bool TryParse(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
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
        // Unified and ohlc frames carry a time of sending that nobody reads.
        if (cursor.Take(",\"timestamp\":\""u8) && !cursor.TakeText(out _)) return false;
        if (!cursor.Take(",\"data\":["u8)) return false;
        do
        {
            bool taken = channel switch
            {
                Channel.Book => TakeBook(ref cursor, batch, isSnapshot),
                Channel.Trade => TakeTrade(ref cursor, batch, isSnapshot),
                Channel.Ticker => TakeTicker(ref cursor, batch),
                _ => TakeOhlc(ref cursor, batch),
            };
            if (!taken) return false;
        }
        while (cursor.Take(","u8));
        return cursor.Take("]}"u8) && cursor.AtEnd && !batch.Overflowed;
    }

    /// <summary>
    /// <c>{"symbol":"BTC/USD","bids":[…],"asks":[…],"checksum":1,"timestamp":"…"}</c>; old snapshots have no
    /// timestamp.
    /// </summary>
    private bool TakeBook(ref FastCursor cursor, EventBatch batch, bool isSnapshot)
    {
        int first = batch.Count;
        if (!cursor.Take("{\"symbol\":\""u8) || !cursor.TakeSymbol(dialect, symbols, out int id)) return false;
        if (!cursor.Take(",\"bids\":["u8) || !TakeLevels(ref cursor, batch, id, EventFlags.Buy)) return false;
        if (!cursor.Take(",\"asks\":["u8) || !TakeLevels(ref cursor, batch, id, EventFlags.Sell)) return false;
        if (!cursor.Take(",\"checksum\":"u8) || !cursor.TakeInteger(out long checksum)) return false;
        if (checksum > uint.MaxValue) return false;
        long timeNs = 0;
        if (cursor.Take(",\"timestamp\":\""u8) && !cursor.TakeTimestamp(ref _timestamp, out timeNs)) return false;
        if (!cursor.Take("}"u8)) return false;

        ref MarketEvent end = ref EventWriter.Add(batch, EventKind.BookEnd, id, dialect, Channel.Book);
        end.Number = checksum;
        end.Flags = EventFlags.HasChecksum;
        BookMessage.Mark(batch.Writable[first..], isSnapshot, timeNs);
        return true;
    }

    /// <summary><c>{"price":1.0,"qty":2.0},…]</c> after the opening bracket.</summary>
    private bool TakeLevels(ref FastCursor cursor, EventBatch batch, int instrumentId, EventFlags side)
    {
        if (cursor.Take("]"u8)) return true;
        do
        {
            if (!cursor.Take("{\"price\":"u8) || !cursor.TakePositive(out WireNumber price)) return false;
            if (!cursor.Take(",\"qty\":"u8) || !cursor.TakeNotNegative(out WireNumber quantity)) return false;
            if (!cursor.Take("}"u8)) return false;
            ref MarketEvent e = ref EventWriter.Add(
                batch, EventKind.BookLevel, instrumentId, dialect, Channel.Book, price, quantity);
            e.Flags = side;
        }
        while (cursor.Take(","u8));
        return cursor.Take("]"u8);
    }

    /// <summary>
    /// <c>{"symbol":…,"side":"buy","price":…,"qty":…,"ord_type":"limit","trade_id":…,"timestamp":"…"}</c>
    /// </summary>
    private bool TakeTrade(ref FastCursor cursor, EventBatch batch, bool isSnapshot)
    {
        if (!cursor.Take("{\"symbol\":\""u8) || !cursor.TakeSymbol(dialect, symbols, out int id)) return false;
        if (!cursor.Take(",\"side\":\""u8) || !cursor.TakeText(out ReadOnlySpan<byte> word)) return false;
        if (!Words.TrySide(word, out EventFlags side)) return false;
        if (!cursor.Take(",\"price\":"u8) || !cursor.TakePositive(out WireNumber price)) return false;
        if (!cursor.Take(",\"qty\":"u8) || !cursor.TakePositive(out WireNumber quantity)) return false;
        if (!cursor.Take(",\"ord_type\":\""u8) || !cursor.TakeText(out word)) return false;
        if (!Words.TryOrderType(word, out TradeType type)) return false;
        if (!cursor.Take(",\"trade_id\":"u8) || !cursor.TakeInteger(out long tradeId)) return false;
        if (!cursor.Take(",\"timestamp\":\""u8) || !cursor.TakeTimestamp(ref _timestamp, out long timeNs)) return false;
        if (!cursor.Take("}"u8)) return false;

        ref MarketEvent e = ref EventWriter.Add(batch, EventKind.Trade, id, dialect, Channel.Trade, price, quantity);
        e.Flags = isSnapshot ? side | EventFlags.Snapshot : side;
        e.Detail = (int)type;
        e.Number = tradeId;
        e.ExchangeTimeNs = timeNs;
        return true;
    }

    /// <summary>
    /// bid, bid_qty, ask, ask_qty, last, volume, five numbers nobody reads, and in newer frames the timestamp.
    /// </summary>
    private bool TakeTicker(ref FastCursor cursor, EventBatch batch)
    {
        if (!cursor.Take("{\"symbol\":\""u8) || !cursor.TakeSymbol(dialect, symbols, out int id)) return false;
        if (!cursor.Take(",\"bid\":"u8) || !cursor.TakeNumber(out WireNumber bid)) return false;
        if (!cursor.Take(",\"bid_qty\":"u8) || !cursor.TakeNumber(out WireNumber bidQuantity)) return false;
        if (!cursor.Take(",\"ask\":"u8) || !cursor.TakeNumber(out WireNumber ask)) return false;
        if (!cursor.Take(",\"ask_qty\":"u8) || !cursor.TakeNumber(out WireNumber askQuantity)) return false;
        if (!cursor.Take(",\"last\":"u8) || !cursor.TakeNumber(out WireNumber last)) return false;
        if (!cursor.Take(",\"volume\":"u8) || !cursor.TakeNumber(out WireNumber volume)) return false;
        if (!cursor.Take(",\"vwap\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"low\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"high\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"change\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"change_pct\":"u8) || !cursor.TakeNumber(out _)) return false;
        long timeNs = 0;
        if (cursor.Take(",\"timestamp\":\""u8) && !cursor.TakeTimestamp(ref _timestamp, out timeNs)) return false;
        if (!cursor.Take("}"u8)) return false;

        const Channel Ticker = Channel.Ticker;
        EventWriter.Add(batch, EventKind.TickerBid, id, dialect, Ticker, bid, bidQuantity).ExchangeTimeNs = timeNs;
        EventWriter.Add(batch, EventKind.TickerAsk, id, dialect, Ticker, ask, askQuantity).ExchangeTimeNs = timeNs;
        EventWriter.Add(batch, EventKind.TickerLast, id, dialect, Ticker, last, volume).ExchangeTimeNs = timeNs;
        return true;
    }

    /// <summary>
    /// open, high, low, close, trades, volume, vwap, interval_begin, interval, and the deprecated timestamp.
    /// </summary>
    private bool TakeOhlc(ref FastCursor cursor, EventBatch batch)
    {
        OhlcFields bar = default;
        if (!cursor.Take("{\"symbol\":\""u8) || !cursor.TakeSymbol(dialect, symbols, out int id)) return false;
        if (!cursor.Take(",\"open\":"u8) || !cursor.TakeNumber(out bar.Open)) return false;
        if (!cursor.Take(",\"high\":"u8) || !cursor.TakeNumber(out bar.High)) return false;
        if (!cursor.Take(",\"low\":"u8) || !cursor.TakeNumber(out bar.Low)) return false;
        if (!cursor.Take(",\"close\":"u8) || !cursor.TakeNumber(out bar.Close)) return false;
        if (!cursor.Take(",\"trades\":"u8) || !cursor.TakeInteger(out bar.Trades)) return false;
        if (!cursor.Take(",\"volume\":"u8) || !cursor.TakeNumber(out bar.Volume)) return false;
        if (!cursor.Take(",\"vwap\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"interval_begin\":\""u8)) return false;
        if (!cursor.TakeTimestamp(ref _timestamp, out bar.BeginNs)) return false;
        if (!cursor.Take(",\"interval\":"u8) || !cursor.TakeInteger(out long minutes)) return false;
        if (minutes > int.MaxValue) return false;
        bar.Minutes = (int)minutes;
        if (cursor.Take(",\"timestamp\":\""u8) && !cursor.TakeText(out _)) return false;
        if (!cursor.Take("}"u8)) return false;

        EventWriter.AddOhlc(batch, id, dialect, bar);
        return true;
    }
}
