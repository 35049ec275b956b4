// Spot v1, what stands between the channel's number and its name. Numbers are texts: "27120.00000".
using System;
using System.Text.Json;
using TradingBot.Market.Events;

namespace TradingBot.Market.Wire;

internal sealed partial class SpotV1General
{
    /// <summary>Seconds are 10^9 ns.</summary>
    private const int SecondDecimals = 9;

    private const long NanosPerMinute = 60_000_000_000;

    private static readonly KeySet BookKeys = new("as bs a b c");
    private static readonly KeySet TickerKeys = new("b! a! c! v!", "p t l h o");

    private enum Book
    {
        SnapshotAsks,
        SnapshotBids,
        Asks,
        Bids,
        Checksum,
    }

    private enum Ticker
    {
        Bid,
        Ask,
        Last,
        Volume,
    }

    private void ReadPayload(ref Utf8JsonReader payload, int elements, int instrumentId, int suffix)
    {
        if (Channel == Channel.Book)
        {
            ReadBook(ref payload, elements, instrumentId, suffix);
            return;
        }

        if (elements != 1) Fault(ParseResult.Invalid);
        JsonTokenType type = Channel == Channel.Ticker ? JsonTokenType.StartObject : JsonTokenType.StartArray;
        if (!Expect(ref payload, type)) return;
        switch (Channel)
        {
            case Channel.Trade: ReadTrades(ref payload, instrumentId); break;
            case Channel.Ticker: ReadTicker(ref payload, instrumentId); break;
            case Channel.Ohlc: ReadOhlc(ref payload, instrumentId, suffix); break;
            default: ReadSpread(ref payload, instrumentId); break;
        }
    }

    /// <summary><c>{"as":[…],"bs":[…]}</c>, <c>{"b":[…],"c":"1"}</c> or <c>{"a":[…]},{"b":[…],"c":"1"}</c></summary>
    private void ReadBook(ref Utf8JsonReader reader, int elements, int instrumentId, int depth)
    {
        KeysSeen seen = default;
        Utf8JsonReader asks = default, bids = default;
        long checksum = 0;
        for (int i = 0; i < elements; i++)
        {
            if (i > 0) reader.Read();
            if (!Expect(ref reader, JsonTokenType.StartObject)) continue;
            while (NextKey(ref reader, BookKeys, ref seen, out int key))
            {
                if (key == (int)Book.Checksum)
                {
                    checksum = ReadInteger(ref reader, 0, uint.MaxValue);
                    continue;
                }

                if ((Book)key is Book.Asks or Book.SnapshotAsks) asks = reader;
                else bids = reader;
                reader.Skip();
            }
        }

        Close(BookKeys, seen);
        bool isSnapshot = seen.Has((int)Book.SnapshotAsks) || seen.Has((int)Book.SnapshotBids);
        bool isUpdate = seen.Has((int)Book.Asks) || seen.Has((int)Book.Bids);
        if (isSnapshot == isUpdate) Fault(ParseResult.Invalid);

        int first = Events.Length;
        long timeNs = 0;
        if (bids.TokenType != JsonTokenType.None) ReadLevels(ref bids, instrumentId, EventFlags.Buy, ref timeNs);
        if (asks.TokenType != JsonTokenType.None) ReadLevels(ref asks, instrumentId, EventFlags.Sell, ref timeNs);
        ref MarketEvent end = ref Emit(EventKind.BookEnd, instrumentId, Channel);
        end.Detail = depth;
        end.Number = checksum;
        if (seen.Has((int)Book.Checksum)) end.Flags = EventFlags.HasChecksum;
        BookMessage.Mark(Events[first..], isSnapshot, timeNs);
    }

    /// <summary><c>["price","volume","time"]</c>, with a fourth <c>"r"</c> when republished.</summary>
    private void ReadLevels(ref Utf8JsonReader reader, int instrumentId, EventFlags side, ref long timeNs)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray)) return;
        while (NextElement(ref reader))
        {
            if (!Expect(ref reader, JsonTokenType.StartArray)) continue;
            WireNumber price = default, quantity = default;
            EventFlags flags = side;
            int index = 0;
            for (; NextElement(ref reader); index++)
            {
                switch (index)
                {
                    case 0: price = ReadNumber(ref reader, NumberRange.Positive); break;
                    case 1: quantity = ReadNumber(ref reader, NumberRange.NotNegative); break;
                    case 2: timeNs = Math.Max(timeNs, ReadEpoch(ref reader, SecondDecimals)); break;
                    case 3: flags |= ReadRepublished(ref reader); break;
                    default: reader.Skip(); break;
                }
            }

            if (index < 3) Fault(ParseResult.Invalid);
            Emit(EventKind.BookLevel, instrumentId, Channel, price, quantity).Flags = flags;
        }
    }

    private EventFlags ReadRepublished(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> word = ReadText(ref reader);
        if (word.SequenceEqual("r"u8)) return EventFlags.Republished;
        Counters.UnknownEnums.Count(word);
        return EventFlags.None;
    }

    /// <summary><c>[["price","volume","time","b","l",""],…]</c></summary>
    private void ReadTrades(ref Utf8JsonReader reader, int instrumentId)
    {
        while (NextElement(ref reader))
        {
            if (!Expect(ref reader, JsonTokenType.StartArray)) continue;
            WireNumber price = default, quantity = default;
            long timeNs = 0;
            EventFlags side = EventFlags.None;
            TradeType type = TradeType.Unknown;
            int index = 0;
            for (; NextElement(ref reader); index++)
            {
                switch (index)
                {
                    case 0: price = ReadNumber(ref reader, NumberRange.Positive); break;
                    case 1: quantity = ReadNumber(ref reader, NumberRange.Positive); break;
                    case 2: timeNs = ReadEpoch(ref reader, SecondDecimals); break;
                    case 3:
                        ReadOnlySpan<byte> word = ReadText(ref reader);
                        if (!Words.TrySideLetter(word, out side)) Counters.UnknownEnums.Count(word);
                        break;
                    case 4:
                        word = ReadText(ref reader);
                        if (!Words.TryOrderTypeLetter(word, out type)) Counters.UnknownEnums.Count(word);
                        break;
                    default: reader.Skip(); break;
                }
            }

            if (index < 4) Fault(ParseResult.Invalid);
            ref MarketEvent e = ref Emit(EventKind.Trade, instrumentId, Channel, price, quantity);
            e.Flags = side | EventFlags.NoTradeId;
            e.Detail = (int)type;
            e.ExchangeTimeNs = timeNs;
        }
    }

    /// <summary><c>{"a":["price",lots,"volume"],"b":[…],"c":["price","volume"],"v":["today","24 h"],…}</c></summary>
    private void ReadTicker(ref Utf8JsonReader reader, int instrumentId)
    {
        WireNumber bid = default, bidQuantity = default, ask = default, askQuantity = default;
        WireNumber last = default, volume = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, TickerKeys, ref seen, out int key))
        {
            switch ((Ticker)key)
            {
                case Ticker.Bid: ReadPick(ref reader, 0, 2, out bid, out bidQuantity); break;
                case Ticker.Ask: ReadPick(ref reader, 0, 2, out ask, out askQuantity); break;
                case Ticker.Last: ReadPick(ref reader, 0, 0, out last, out _); break;
                case Ticker.Volume: ReadPick(ref reader, 1, 1, out volume, out _); break;
            }
        }

        Close(TickerKeys, seen);
        Emit(EventKind.TickerBid, instrumentId, Channel, bid, bidQuantity);
        Emit(EventKind.TickerAsk, instrumentId, Channel, ask, askQuantity);
        Emit(EventKind.TickerLast, instrumentId, Channel, last, volume);
    }

    /// <summary>Two elements of an array (or one twice); it must reach as far as the second.</summary>
    private void ReadPick(ref Utf8JsonReader reader, int first, int second, out WireNumber one, out WireNumber two)
    {
        one = default;
        two = default;
        if (!Expect(ref reader, JsonTokenType.StartArray)) return;
        int index = 0;
        for (; NextElement(ref reader); index++)
        {
            if (index == first) one = ReadNumber(ref reader);
            else if (index == second) two = ReadNumber(ref reader);
            else reader.Skip();
        }

        if (index <= second) Fault(ParseResult.Invalid);
    }

    /// <summary><c>["time","etime","open","high","low","close","vwap","volume",count]</c></summary>
    private void ReadOhlc(ref Utf8JsonReader reader, int instrumentId, int minutes)
    {
        OhlcFields bar = default;
        bar.Minutes = minutes;
        int index = 0;
        for (; NextElement(ref reader); index++)
        {
            switch (index)
            {
                case 1:
                    if (!TryReadEpoch(ref reader, SecondDecimals, out long endNs)) break;
                    // At most 10^9 minutes: 6 × 10^19 ns would leave 64 bits, so the comparison comes first.
                    if (endNs / NanosPerMinute < minutes) Fault(ParseResult.Invalid);
                    else bar.BeginNs = endNs - (minutes * NanosPerMinute);
                    break;
                case 2: bar.Open = ReadNumber(ref reader); break;
                case 3: bar.High = ReadNumber(ref reader); break;
                case 4: bar.Low = ReadNumber(ref reader); break;
                case 5: bar.Close = ReadNumber(ref reader); break;
                case 7: bar.Volume = ReadNumber(ref reader); break;
                case 8: bar.Trades = ReadInteger(ref reader, 0, long.MaxValue); break;
                default: reader.Skip(); break;
            }
        }

        if (index < 9) Fault(ParseResult.Invalid);
        EmitOhlc(instrumentId, bar);
    }

    /// <summary><c>["bid","ask","time","bidVolume","askVolume"]</c></summary>
    private void ReadSpread(ref Utf8JsonReader reader, int instrumentId)
    {
        WireNumber bid = default, ask = default, bidQuantity = default, askQuantity = default;
        long timeNs = 0;
        int index = 0;
        for (; NextElement(ref reader); index++)
        {
            switch (index)
            {
                case 0: bid = ReadNumber(ref reader); break;
                case 1: ask = ReadNumber(ref reader); break;
                case 2: timeNs = ReadEpoch(ref reader, SecondDecimals); break;
                case 3: bidQuantity = ReadNumber(ref reader); break;
                case 4: askQuantity = ReadNumber(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        if (index < 5) Fault(ParseResult.Invalid);
        Emit(EventKind.TickerBid, instrumentId, Channel, bid, bidQuantity).ExchangeTimeNs = timeNs;
        Emit(EventKind.TickerAsk, instrumentId, Channel, ask, askQuantity).ExchangeTimeNs = timeNs;
    }
}
