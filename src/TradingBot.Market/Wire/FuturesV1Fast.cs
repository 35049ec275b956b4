// In:     frames of derivatives v1 exactly as the venue sends them.   Out: the events the general path would give.
// Thread: the feed thread that owns the parser.
// Keeps:  a frame that leaves its template in one byte is declined, whatever is wrong or new about it.
// Budget: ≤ 300 ns per book delta (ParseBench).
using System;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>Fast path of <c>book</c>, <c>trade</c>, <c>ticker_lite</c> and <c>heartbeat</c>.</summary>
/// <param name="symbols">Ids of its products.</param>
/// <param name="names">The dialect under whose symbols they are.</param>
internal sealed class FuturesV1Fast(SymbolTable symbols, Dialect names)
{
    /// <summary>Milliseconds are 10^6 ns.</summary>
    private const int MillisecondDecimals = 6;

    /// <summary>False when the frame is declined; the batch may then hold events that must be dropped.</summary>
    public bool TryParse(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
    {
        FastCursor cursor = new(frame);
        bool taken;
        if (cursor.Take("{\"feed\":\"book\",\"product_id\":\""u8))
        {
            channel = Channel.Book;
            taken = TakeBook(ref cursor, batch);
        }
        else if (cursor.Take("{\"feed\":\"trade\",\"product_id\":\""u8))
        {
            channel = Channel.Trade;
            taken = cursor.TakeSymbol(names, symbols, out int id) && TakeTrade(ref cursor, batch, id);
        }
        else if (cursor.Take("{\"product_id\":\""u8))
        {
            channel = Channel.Trade;
            taken = cursor.TakeSymbol(names, symbols, out int id)
                && cursor.Take(",\"feed\":\"trade\""u8) && TakeTrade(ref cursor, batch, id);
        }
        else if (cursor.Take("{\"feed\":\"ticker_lite\",\"product_id\":\""u8))
        {
            channel = Channel.Ticker;
            taken = TakeTickerLite(ref cursor, batch);
        }
        else
        {
            channel = Channel.Heartbeat;
            taken = TakeHeartbeat(ref cursor, batch);
        }

        return taken && cursor.Take("}"u8) && cursor.AtEnd && !batch.Overflowed;
    }

    private static ref MarketEvent Add(
        EventBatch batch, EventKind kind, int instrumentId, Channel channel,
        WireNumber price = default, WireNumber quantity = default) =>
        ref EventWriter.Add(batch, kind, instrumentId, Dialect.FuturesV1, channel, price, quantity);

    /// <summary><c>PI_ETHUSD","side":"sell","seq":1,"price":1.0,"qty":2.0,"timestamp":1626994927744</c></summary>
    private bool TakeBook(ref FastCursor cursor, EventBatch batch)
    {
        if (!cursor.TakeSymbol(names, symbols, out int id)) return false;
        if (!cursor.Take(",\"side\":\""u8) || !cursor.TakeText(out ReadOnlySpan<byte> word)) return false;
        if (!Words.TrySide(word, out EventFlags side)) return false;
        if (!cursor.Take(",\"seq\":"u8) || !cursor.TakeInteger(out long sequence)) return false;
        if (!cursor.Take(",\"price\":"u8) || !cursor.TakePositive(out WireNumber price)) return false;
        if (!cursor.Take(",\"qty\":"u8) || !cursor.TakeNotNegative(out WireNumber quantity)) return false;
        if (!cursor.Take(",\"timestamp\":"u8) || !cursor.TakeEpoch(MillisecondDecimals, out long timeNs)) return false;

        int first = batch.Count;
        Add(batch, EventKind.BookLevel, id, Channel.Book, price, quantity).Flags = side;
        ref MarketEvent end = ref Add(batch, EventKind.BookEnd, id, Channel.Book);
        end.Number = sequence;
        end.Flags = EventFlags.HasSequence;
        BookMessage.Mark(batch.Writable[first..], isSnapshot: false, timeNs);
        return true;
    }

    /// <summary>
    /// <c>,"uid":…,"side":…,"type":…,"seq":1,"time":2,"qty":3,"price":4</c>, or in newer frames with <c>seq</c> at
    /// the end.
    /// </summary>
    private static bool TakeTrade(ref FastCursor cursor, EventBatch batch, int instrumentId)
    {
        if (!cursor.Take(",\"uid\":\""u8) || !cursor.TakeText(out _)) return false;
        if (!cursor.Take(",\"side\":\""u8) || !cursor.TakeText(out ReadOnlySpan<byte> word)) return false;
        if (!Words.TrySide(word, out EventFlags side)) return false;
        if (!cursor.Take(",\"type\":\""u8) || !cursor.TakeText(out word)) return false;
        if (!Words.TryFillType(word, out TradeType type)) return false;
        bool isSequenceFirst = cursor.Take(",\"seq\":"u8);
        long sequence = 0;
        if (isSequenceFirst && !cursor.TakeInteger(out sequence)) return false;
        if (!cursor.Take(",\"time\":"u8) || !cursor.TakeEpoch(MillisecondDecimals, out long timeNs)) return false;
        if (!cursor.Take(",\"qty\":"u8) || !cursor.TakePositive(out WireNumber quantity)) return false;
        if (!cursor.Take(",\"price\":"u8) || !cursor.TakePositive(out WireNumber price)) return false;
        if (!isSequenceFirst && !(cursor.Take(",\"seq\":"u8) && cursor.TakeInteger(out sequence))) return false;

        ref MarketEvent e = ref Add(batch, EventKind.Trade, instrumentId, Channel.Trade, price, quantity);
        e.Flags = side;
        e.Detail = (int)type;
        e.Number = sequence;
        e.ExchangeTimeNs = timeNs;
        return true;
    }

    /// <summary><c>PI_LTCUSD","bid":1.0,"ask":2.0</c>, then seven members nobody reads.</summary>
    private bool TakeTickerLite(ref FastCursor cursor, EventBatch batch)
    {
        if (!cursor.TakeSymbol(names, symbols, out int id)) return false;
        if (!cursor.Take(",\"bid\":"u8) || !cursor.TakeNumber(out WireNumber bid)) return false;
        if (!cursor.Take(",\"ask\":"u8) || !cursor.TakeNumber(out WireNumber ask)) return false;
        if (!cursor.Take(",\"change\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"premium\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"volume\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"tag\":\""u8) || !cursor.TakeText(out _)) return false;
        if (!cursor.Take(",\"pair\":\""u8) || !cursor.TakeText(out _)) return false;
        if (!cursor.Take(",\"dtm\":"u8) || !cursor.TakeNumber(out _)) return false;
        if (!cursor.Take(",\"maturityTime\":"u8) || !cursor.TakeNumber(out _)) return false;

        Add(batch, EventKind.TickerBid, id, Channel.Ticker, bid);
        Add(batch, EventKind.TickerAsk, id, Channel.Ticker, ask);
        return true;
    }

    private static bool TakeHeartbeat(ref FastCursor cursor, EventBatch batch)
    {
        if (!cursor.Take("{\"feed\":\"heartbeat\",\"time\":"u8)) return false;
        if (!cursor.TakeEpoch(MillisecondDecimals, out long timeNs)) return false;
        Add(batch, EventKind.Heartbeat, -1, Channel.Heartbeat).ExchangeTimeNs = timeNs;
        return true;
    }
}
