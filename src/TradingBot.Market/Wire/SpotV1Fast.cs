// In:     frames of spot v1 exactly as the venue sent them.   Out: the events the general path would give.
// Thread: the feed thread that owns the parser.
// Keeps:  a frame that leaves its template in one byte is declined, whatever is wrong or new about it.
// Budget: ≤ 500 ns per book update or trade (ParseBench).
using System;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>Fast path of <c>book</c>, <c>trade</c>, <c>ticker</c>, <c>spread</c> and <c>heartbeat</c>.</summary>
/// <remarks>The pair stands at the frame's end, so events get their instrument id last.</remarks>
internal sealed class SpotV1Fast(SymbolTable symbols)
{
    /// <summary>Seconds are 10^9 ns.</summary>
    private const int SecondDecimals = 9;

    /// <summary>Greatest depth a name can tell: nine digits.</summary>
    private const long DepthMax = 999_999_999;

    /// <summary>False when the frame is declined; the batch may then hold events that must be dropped.</summary>
    public bool TryParse(ReadOnlySpan<byte> frame, EventBatch batch, out Channel channel)
    {
        FastCursor cursor = new(frame);
        if (cursor.Take("{\"event\":\"heartbeat\"}"u8))
        {
            channel = Channel.Heartbeat;
            EventWriter.Add(batch, EventKind.Heartbeat, -1, Dialect.SpotV1, channel);
            return cursor.AtEnd && !batch.Overflowed;
        }

        channel = Channel.None;
        if (!cursor.Take("["u8) || !cursor.TakeInteger(out _)) return false;
        bool taken;
        if (cursor.Take(",{\"a\":[\""u8)) taken = TakeTicker(ref cursor, batch, out channel);
        else if (cursor.Take(",{\""u8)) taken = TakeBook(ref cursor, batch, out channel);
        else if (cursor.Take(",[["u8)) taken = TakeTrades(ref cursor, batch, out channel);
        else taken = cursor.Take(",["u8) && TakeSpread(ref cursor, batch, out channel);
        if (!taken || !cursor.TakeSymbol(Dialect.SpotV1, symbols, out int id)) return false;
        if (!cursor.Take("]"u8) || !cursor.AtEnd || batch.Overflowed) return false;

        foreach (ref MarketEvent e in batch.Writable) e.InstrumentId = id;
        return true;
    }

    private static ref MarketEvent Add(
        EventBatch batch, EventKind kind, Channel channel, WireNumber price = default, WireNumber quantity = default) =>
        ref EventWriter.Add(batch, kind, -1, Dialect.SpotV1, channel, price, quantity);

    /// <summary>
    /// A snapshot's <c>as</c> and <c>bs</c>; an update's <c>a</c>, <c>b</c>, or both in two objects; then <c>c</c>.
    /// </summary>
    private static bool TakeBook(ref FastCursor cursor, EventBatch batch, out Channel channel)
    {
        channel = Channel.Book;
        long timeNs = 0;
        int asks = 0;
        bool isSnapshot = cursor.Take("as\":["u8);
        if (isSnapshot || cursor.Take("a\":["u8))
        {
            if (!TakeLevels(ref cursor, batch, EventFlags.Sell, ref timeNs)) return false;
            asks = batch.Count;
            bool hasBids = cursor.Take(isSnapshot ? ",\"bs\":["u8 : "},{\"b\":["u8);
            if (hasBids && !TakeLevels(ref cursor, batch, EventFlags.Buy, ref timeNs)) return false;
        }
        else if (!cursor.Take("b\":["u8) || !TakeLevels(ref cursor, batch, EventFlags.Buy, ref timeNs))
        {
            return false;
        }

        long checksum = 0;
        bool hasChecksum = cursor.Take(",\"c\":\""u8);
        if (hasChecksum && !(cursor.TakeInteger(out checksum) && checksum <= uint.MaxValue && cursor.Take("\""u8)))
        {
            return false;
        }

        if (!cursor.Take("},\"book-"u8) || !cursor.TakeInteger(out long depth) || depth > DepthMax) return false;
        if (!cursor.Take("\",\""u8)) return false;

        BookMessage.Rotate(batch.Writable, asks);
        ref MarketEvent end = ref Add(batch, EventKind.BookEnd, channel);
        end.Number = checksum;
        end.Detail = (int)depth;
        if (hasChecksum) end.Flags = EventFlags.HasChecksum;
        BookMessage.Mark(batch.Writable, isSnapshot, timeNs);
        return true;
    }

    /// <summary><c>["price","volume","time"],["price","volume","time","r"]]</c> after the opening bracket.</summary>
    private static bool TakeLevels(ref FastCursor cursor, EventBatch batch, EventFlags side, ref long timeNs)
    {
        if (cursor.Take("]"u8)) return true;
        do
        {
            if (!cursor.Take("[\""u8) || !cursor.TakePositive(out WireNumber price)) return false;
            if (!cursor.Take("\",\""u8) || !cursor.TakeNotNegative(out WireNumber quantity)) return false;
            if (!cursor.Take("\",\""u8) || !cursor.TakeEpoch(SecondDecimals, out long levelNs)) return false;
            EventFlags flags = side;
            if (cursor.Take("\",\"r\"]"u8)) flags |= EventFlags.Republished;
            else if (!cursor.Take("\"]"u8)) return false;
            Add(batch, EventKind.BookLevel, Channel.Book, price, quantity).Flags = flags;
            timeNs = Math.Max(timeNs, levelNs);
        }
        while (cursor.Take(","u8));
        return cursor.Take("]"u8);
    }

    /// <summary><c>"price","volume","time","b","l",""],[…]],"trade","</c> after two opening brackets.</summary>
    private static bool TakeTrades(ref FastCursor cursor, EventBatch batch, out Channel channel)
    {
        channel = Channel.Trade;
        do
        {
            if (!cursor.Take("\""u8) || !cursor.TakePositive(out WireNumber price)) return false;
            if (!cursor.Take("\",\""u8) || !cursor.TakePositive(out WireNumber quantity)) return false;
            if (!cursor.Take("\",\""u8) || !cursor.TakeEpoch(SecondDecimals, out long timeNs)) return false;
            if (!cursor.Take("\",\""u8) || !cursor.TakeText(out ReadOnlySpan<byte> word)) return false;
            if (!Words.TrySideLetter(word, out EventFlags side)) return false;
            if (!cursor.Take(",\""u8) || !cursor.TakeText(out word)) return false;
            if (!Words.TryOrderTypeLetter(word, out TradeType type)) return false;
            if (!cursor.Take(",\""u8) || !cursor.TakeText(out _) || !cursor.Take("]"u8)) return false;

            ref MarketEvent e = ref Add(batch, EventKind.Trade, channel, price, quantity);
            e.Flags = side | EventFlags.NoTradeId;
            e.Detail = (int)type;
            e.ExchangeTimeNs = timeNs;
        }
        while (cursor.Take(",["u8));
        return cursor.Take("],\"trade\",\""u8);
    }

    /// <summary>
    /// <c>"price",lots,"volume"],"b":[…],"c":[…],"v":[…],…},"ticker","</c> after the opening of <c>a</c>.
    /// </summary>
    private static bool TakeTicker(ref FastCursor cursor, EventBatch batch, out Channel channel)
    {
        channel = Channel.Ticker;
        if (!TakeSide(ref cursor, out WireNumber ask, out WireNumber askQuantity)) return false;
        if (!cursor.Take(",\"b\":[\""u8)) return false;
        if (!TakeSide(ref cursor, out WireNumber bid, out WireNumber bidQuantity)) return false;
        if (!cursor.Take(",\"c\":[\""u8) || !TakeTwo(ref cursor, out WireNumber last, out _)) return false;
        if (!cursor.Take(",\"v\":[\""u8) || !TakeTwo(ref cursor, out _, out WireNumber volume)) return false;
        if (!cursor.Take(",\"p\":[\""u8) || !TakeTwo(ref cursor, out _, out _)) return false;
        if (!cursor.Take(",\"t\":["u8) || !cursor.TakeInteger(out _)) return false;
        if (!cursor.Take(","u8) || !cursor.TakeInteger(out _)) return false;
        if (!cursor.Take("],\"l\":[\""u8) || !TakeTwo(ref cursor, out _, out _)) return false;
        if (!cursor.Take(",\"h\":[\""u8) || !TakeTwo(ref cursor, out _, out _)) return false;
        if (!cursor.Take(",\"o\":[\""u8) || !TakeTwo(ref cursor, out _, out _)) return false;
        if (!cursor.Take("},\"ticker\",\""u8)) return false;

        Add(batch, EventKind.TickerBid, channel, bid, bidQuantity);
        Add(batch, EventKind.TickerAsk, channel, ask, askQuantity);
        Add(batch, EventKind.TickerLast, channel, last, volume);
        return true;
    }

    /// <summary><c>price",lots,"volume"]</c></summary>
    private static bool TakeSide(ref FastCursor cursor, out WireNumber price, out WireNumber quantity)
    {
        quantity = default;
        return cursor.TakeNumber(out price) && cursor.Take("\","u8) && cursor.TakeNumber(out _)
            && cursor.Take(",\""u8) && cursor.TakeNumber(out quantity) && cursor.Take("\"]"u8);
    }

    /// <summary><c>number","number"]</c></summary>
    private static bool TakeTwo(ref FastCursor cursor, out WireNumber one, out WireNumber two)
    {
        two = default;
        return cursor.TakeNumber(out one) && cursor.Take("\",\""u8)
            && cursor.TakeNumber(out two) && cursor.Take("\"]"u8);
    }

    /// <summary><c>"bid","ask","time","bidVolume","askVolume"],"spread","</c> after the opening bracket.</summary>
    private static bool TakeSpread(ref FastCursor cursor, EventBatch batch, out Channel channel)
    {
        channel = Channel.Spread;
        if (!cursor.Take("\""u8) || !cursor.TakeNumber(out WireNumber bid)) return false;
        if (!cursor.Take("\",\""u8) || !cursor.TakeNumber(out WireNumber ask)) return false;
        if (!cursor.Take("\",\""u8) || !cursor.TakeEpoch(SecondDecimals, out long timeNs)) return false;
        if (!cursor.Take("\",\""u8) || !cursor.TakeNumber(out WireNumber bidQuantity)) return false;
        if (!cursor.Take("\",\""u8) || !cursor.TakeNumber(out WireNumber askQuantity)) return false;
        if (!cursor.Take("\"],\"spread\",\""u8)) return false;

        Add(batch, EventKind.TickerBid, channel, bid, bidQuantity).ExchangeTimeNs = timeNs;
        Add(batch, EventKind.TickerAsk, channel, ask, askQuantity).ExchangeTimeNs = timeNs;
        return true;
    }
}
