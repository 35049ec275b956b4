// Derivatives v1, market data: book, trade, ticker, ticker_lite, heartbeat, and the snapshots of the first two.
using System;
using System.Text.Json;
using TradingBot.Market.Events;

namespace TradingBot.Market.Wire;

internal sealed partial class FuturesV1General
{
    /// <summary>Milliseconds are 10^6 ns.</summary>
    private const int MillisecondDecimals = 6;

    private const string BookKnown = "uid tickSize type";

    private static readonly KeySet HeartbeatKeys = new("event feed time", countsUnknown: false);
    private static readonly KeySet BookKeys = new("event feed product_id! side! seq! price! qty! timestamp", BookKnown);
    private static readonly KeySet BookSnapshotKeys = new(
        "event feed product_id! seq! bids! asks! timestamp", BookKnown);

    private static readonly KeySet LevelKeys = new("price! qty!", "feed " + BookKnown);
    private static readonly KeySet TradeFeedKeys = new(
        "event feed product_id! side! seq! price! qty! time! type", "uid tickSize");

    private static readonly KeySet TradeSnapshotKeys = new("event feed product_id! trades!", countsUnknown: false);
    private static readonly KeySet TradeKeys = new("side! seq! price! qty! time! type", countsUnknown: false);
    private static readonly KeySet TickerLiteKeys = new("event feed product_id! bid ask", countsUnknown: false);
    private static readonly KeySet TickerKeys = new(
        "event feed product_id! time bid bid_size ask ask_size last volume markPrice openInterest index funding_rate",
        countsUnknown: false);

    // In these enums the numbers 0 and 1 are the keys "event" and "feed".
    private enum Heartbeat
    {
        Time = 2,
    }

    private enum Book
    {
        ProductId = 2,
        Side,
        Sequence,
        Price,
        Quantity,
        Timestamp,
    }

    private enum BookSnapshot
    {
        ProductId = 2,
        Sequence,
        Bids,
        Asks,
        Timestamp,
    }

    private enum Level
    {
        Price,
        Quantity,
    }

    private enum TradeSnapshot
    {
        ProductId = 2,
        Trades,
    }

    private enum TickerLite
    {
        ProductId = 2,
        Bid,
        Ask,
    }

    /// <summary>Of an element of a snapshot; in the feed three keys come first.</summary>
    private enum Trade
    {
        ProductId = -1,
        Side,
        Sequence,
        Price,
        Quantity,
        Time,
        Type,
    }

    private enum Ticker
    {
        ProductId = 2,
        Time,
        Bid,
        BidSize,
        Ask,
        AskSize,
        Last,
        Volume,
        MarkPrice,
        OpenInterest,
        Index,
        FundingRate,
    }

    private void ReadHeartbeat(Utf8JsonReader root)
    {
        Channel = Channel.Heartbeat;
        HasFastPath = true;
        long timeNs = 0;
        KeysSeen seen = default;
        while (NextKey(ref root, HeartbeatKeys, ref seen, out int key))
        {
            if (key == (int)Heartbeat.Time) timeNs = ReadEpoch(ref root, MillisecondDecimals);
            else root.Skip();
        }

        Close(HeartbeatKeys, seen);
        Emit(EventKind.Heartbeat, -1, Channel).ExchangeTimeNs = timeNs;
    }

    /// <summary>
    /// <c>{"feed":"book","product_id":…,"side":"sell","seq":1,"price":1.0,"qty":2.0,"timestamp":1626994927744}</c>
    /// </summary>
    private void ReadBook(Utf8JsonReader root)
    {
        Channel = Channel.Book;
        HasFastPath = true;
        int instrumentId = -1;
        EventFlags side = EventFlags.None;
        long sequence = 0, timeNs = 0;
        WireNumber price = default, quantity = default;
        KeysSeen seen = default;
        while (NextKey(ref root, BookKeys, ref seen, out int key))
        {
            switch ((Book)key)
            {
                case Book.ProductId: instrumentId = ReadSymbol(ref root); break;
                case Book.Sequence: sequence = ReadInteger(ref root, 0, long.MaxValue); break;
                case Book.Price: price = ReadNumber(ref root, NumberRange.Positive); break;
                case Book.Quantity: quantity = ReadNumber(ref root, NumberRange.NotNegative); break;
                case Book.Timestamp: timeNs = ReadEpoch(ref root, MillisecondDecimals); break;
                case Book.Side:
                    // A level on no side cannot be applied.
                    if (!Words.TrySide(ReadText(ref root), out side)) Fault(ParseResult.Invalid);
                    break;
                default: root.Skip(); break;
            }
        }

        Close(BookKeys, seen);
        int first = Events.Length;
        Emit(EventKind.BookLevel, instrumentId, Channel, price, quantity).Flags = side;
        EmitBookEnd(first, instrumentId, sequence, isSnapshot: false, timeNs);
    }

    private void ReadBookSnapshot(Utf8JsonReader root)
    {
        Channel = Channel.Book;
        int instrumentId = -1;
        long sequence = 0, timeNs = 0;
        Utf8JsonReader bids = default, asks = default;
        KeysSeen seen = default;
        while (NextKey(ref root, BookSnapshotKeys, ref seen, out int key))
        {
            switch ((BookSnapshot)key)
            {
                case BookSnapshot.ProductId: instrumentId = ReadSymbol(ref root); break;
                case BookSnapshot.Sequence: sequence = ReadInteger(ref root, 0, long.MaxValue); break;
                case BookSnapshot.Timestamp: timeNs = ReadEpoch(ref root, MillisecondDecimals); break;
                case BookSnapshot.Bids: bids = root; root.Skip(); break;
                case BookSnapshot.Asks: asks = root; root.Skip(); break;
                default: root.Skip(); break;
            }
        }

        Close(BookSnapshotKeys, seen);
        int first = Events.Length;
        ReadLevels(ref bids, instrumentId, EventFlags.Buy);
        ReadLevels(ref asks, instrumentId, EventFlags.Sell);
        EmitBookEnd(first, instrumentId, sequence, isSnapshot: true, timeNs);
    }

    private void ReadLevels(ref Utf8JsonReader reader, int instrumentId, EventFlags side)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray)) return;
        while (NextElement(ref reader))
        {
            if (!Expect(ref reader, JsonTokenType.StartObject)) continue;
            WireNumber price = default, quantity = default;
            KeysSeen seen = default;
            while (NextKey(ref reader, LevelKeys, ref seen, out int key))
            {
                if (key == (int)Level.Price) price = ReadNumber(ref reader, NumberRange.Positive);
                else quantity = ReadNumber(ref reader, NumberRange.NotNegative);
            }

            Close(LevelKeys, seen);
            // A snapshot lists what rests: an empty level is not there.
            if (quantity.Mantissa == 0) continue;
            Emit(EventKind.BookLevel, instrumentId, Channel, price, quantity).Flags = side;
        }
    }

    private void EmitBookEnd(int first, int instrumentId, long sequence, bool isSnapshot, long timeNs)
    {
        ref MarketEvent end = ref Emit(EventKind.BookEnd, instrumentId, Channel);
        end.Number = sequence;
        end.Flags = EventFlags.HasSequence;
        BookMessage.Mark(Events[first..], isSnapshot, timeNs);
    }

    private void ReadTradeFeed(Utf8JsonReader root)
    {
        Channel = Channel.Trade;
        HasFastPath = true;
        ReadTrade(ref root, TradeFeedKeys, -1, EventFlags.None);
    }

    private void ReadTradeSnapshot(Utf8JsonReader root)
    {
        Channel = Channel.Trade;
        int instrumentId = -1;
        Utf8JsonReader trades = default;
        KeysSeen seen = default;
        while (NextKey(ref root, TradeSnapshotKeys, ref seen, out int key))
        {
            if (key == (int)TradeSnapshot.ProductId)
            {
                instrumentId = ReadSymbol(ref root);
                continue;
            }

            if (key == (int)TradeSnapshot.Trades) trades = root;
            root.Skip();
        }

        Close(TradeSnapshotKeys, seen);
        if (!Expect(ref trades, JsonTokenType.StartArray)) return;
        int first = Events.Length;
        while (NextElement(ref trades))
        {
            if (!Expect(ref trades, JsonTokenType.StartObject)) continue;
            ReadTrade(ref trades, TradeKeys, instrumentId, EventFlags.Snapshot);
        }

        // The venue sends the newest first.
        Events[first..].Reverse();
    }

    private void ReadTrade(ref Utf8JsonReader reader, KeySet keys, int instrumentId, EventFlags flags)
    {
        int offset = ReferenceEquals(keys, TradeKeys) ? 0 : (int)Book.ProductId + 1;
        TradeType type = TradeType.Unknown;
        long sequence = 0, timeNs = 0;
        WireNumber price = default, quantity = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, keys, ref seen, out int key))
        {
            switch ((Trade)(key - offset))
            {
                case Trade.ProductId: instrumentId = ReadSymbol(ref reader); break;
                case Trade.Sequence: sequence = ReadInteger(ref reader, 0, long.MaxValue); break;
                case Trade.Price: price = ReadNumber(ref reader, NumberRange.Positive); break;
                case Trade.Quantity: quantity = ReadNumber(ref reader, NumberRange.Positive); break;
                case Trade.Time: timeNs = ReadEpoch(ref reader, MillisecondDecimals); break;
                case Trade.Side:
                    ReadOnlySpan<byte> word = ReadText(ref reader);
                    if (Words.TrySide(word, out EventFlags side)) flags |= side;
                    else Counters.UnknownEnums.Count(word);
                    break;
                case Trade.Type:
                    word = ReadText(ref reader);
                    if (!Words.TryFillType(word, out type)) Counters.UnknownEnums.Count(word);
                    break;
                default: reader.Skip(); break;
            }
        }

        Close(keys, seen);
        ref MarketEvent e = ref Emit(EventKind.Trade, instrumentId, Channel, price, quantity);
        e.Flags = flags;
        e.Detail = (int)type;
        e.Number = sequence;
        e.ExchangeTimeNs = timeNs;
    }

    private void ReadTickerLite(Utf8JsonReader root)
    {
        Channel = Channel.Ticker;
        HasFastPath = true;
        int instrumentId = -1;
        WireNumber bid = default, ask = default;
        KeysSeen seen = default;
        while (NextKey(ref root, TickerLiteKeys, ref seen, out int key))
        {
            switch ((TickerLite)key)
            {
                case TickerLite.ProductId: instrumentId = ReadSymbol(ref root); break;
                case TickerLite.Bid: bid = ReadNumber(ref root); break;
                case TickerLite.Ask: ask = ReadNumber(ref root); break;
                default: root.Skip(); break;
            }
        }

        Close(TickerLiteKeys, seen);
        if (seen.Has((int)TickerLite.Bid)) Emit(EventKind.TickerBid, instrumentId, Channel, bid);
        if (seen.Has((int)TickerLite.Ask)) Emit(EventKind.TickerAsk, instrumentId, Channel, ask);
    }

    private void ReadTicker(Utf8JsonReader root)
    {
        Channel = Channel.Ticker;
        int instrumentId = -1;
        long timeNs = 0;
        Span<WireNumber> numbers = stackalloc WireNumber[(int)Ticker.FundingRate + 1];
        KeysSeen seen = default;
        while (NextKey(ref root, TickerKeys, ref seen, out int key))
        {
            switch ((Ticker)key)
            {
                case Ticker.ProductId: instrumentId = ReadSymbol(ref root); break;
                case Ticker.Time: timeNs = ReadEpoch(ref root, MillisecondDecimals); break;
                case < Ticker.ProductId: root.Skip(); break;
                default: numbers[key] = ReadNumber(ref root); break;
            }
        }

        Close(TickerKeys, seen);
        int first = Events.Length;
        EmitWhen(Ticker.Bid, EventKind.TickerBid, Ticker.BidSize, numbers, seen, instrumentId);
        EmitWhen(Ticker.Ask, EventKind.TickerAsk, Ticker.AskSize, numbers, seen, instrumentId);
        EmitWhen(Ticker.Last, EventKind.TickerLast, Ticker.Volume, numbers, seen, instrumentId);
        EmitWhen(Ticker.MarkPrice, EventKind.TickerMark, Ticker.OpenInterest, numbers, seen, instrumentId);
        EmitWhen(Ticker.Index, EventKind.TickerIndex, Ticker.FundingRate, numbers, seen, instrumentId);
        foreach (ref MarketEvent e in Events[first..]) e.ExchangeTimeNs = timeNs;
    }

    private void EmitWhen(
        Ticker price, EventKind kind, Ticker quantity,
        ReadOnlySpan<WireNumber> numbers, KeysSeen seen, int instrumentId)
    {
        if (!seen.Has((int)price)) return;
        Emit(kind, instrumentId, Channel, numbers[(int)price], numbers[(int)quantity]);
    }
}
