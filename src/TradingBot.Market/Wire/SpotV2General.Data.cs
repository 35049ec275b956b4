// Spot v2 and Unified, market data: book, trade, ticker, ohlc, instrument, and the venue's status.
using System;
using System.Text.Json;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

internal sealed partial class SpotV2General
{
    private static readonly KeySet StatusKeys = new(
        "system!", "asset_class version api_version connection_id upcoming_maintenance emergency");

    private static readonly KeySet BookKeys = new("symbol! checksum! bids asks timestamp", "asset_class");
    private static readonly KeySet LevelKeys = new("price! qty!");
    private static readonly KeySet TradeKeys = new(
        "symbol! side! price! qty! trade_id! timestamp! ord_type", "asset_class");

    private static readonly KeySet TickerKeys = new(
        "symbol! bid! bid_qty! ask! ask_qty! last! volume! timestamp", "asset_class vwap low high change change_pct");

    private static readonly KeySet OhlcKeys = new(
        "symbol! open! high! low! close! trades! volume! interval_begin! interval!", "asset_class vwap timestamp");

    private static readonly KeySet InstrumentKeys = new("pairs", "assets");
    private static readonly KeySet PairKeys = new(
        "symbol! status! price_precision! qty_precision! price_increment! qty_increment! ws_display_price_precision "
        + "cost_min qty_min",
        "asset_class base quote cost_precision marginable has_index margin_initial position_limit_long "
        + "position_limit_short tick_size");

    private enum Book
    {
        Symbol,
        Checksum,
        Bids,
        Asks,
        Timestamp,
    }

    private enum Level
    {
        Price,
        Quantity,
    }

    private enum Trade
    {
        Symbol,
        Side,
        Price,
        Quantity,
        TradeId,
        Timestamp,
        OrderType,
    }

    private enum Ticker
    {
        Symbol,
        Bid,
        BidQuantity,
        Ask,
        AskQuantity,
        Last,
        Volume,
        Timestamp,
    }

    private enum Ohlc
    {
        Symbol,
        Open,
        High,
        Low,
        Close,
        Trades,
        Volume,
        IntervalBegin,
        Interval,
    }

    private enum Pair
    {
        Symbol,
        Status,
        PricePrecision,
        QuantityPrecision,
        PriceIncrement,
        QuantityIncrement,
        DisplayPrecision,
        CostMin,
        QuantityMin,
    }

    private void ReadDataFrame(Utf8JsonReader root)
    {
        HasFastPath = Channel is not (Channel.Status or Channel.Instrument);
        KeysSeen seen = default;
        Utf8JsonReader type = default;
        Utf8JsonReader data = default;
        while (NextKey(ref root, TopKeys, ref seen, out int key))
        {
            if (key == (int)Top.Type) type = root;
            else if (key == (int)Top.Data) data = root;
            root.Skip();
        }

        Close(TopKeys, seen);
        bool isSnapshot = false;
        if (Channel == Channel.Heartbeat) Emit(EventKind.Heartbeat, -1, Channel);
        else if (Channel == Channel.Status || TryReadType(ref type, out isSnapshot)) ReadData(ref data, isSnapshot);
    }

    /// <summary>False with a fault, or for a word that makes the frame one we do not read.</summary>
    private bool TryReadType(ref Utf8JsonReader reader, out bool isSnapshot)
    {
        isSnapshot = false;
        if (!Expect(ref reader, JsonTokenType.String)) return false;
        ReadOnlySpan<byte> word = ReadText(ref reader);
        isSnapshot = word.SequenceEqual("snapshot"u8);
        if (isSnapshot || word.SequenceEqual("update"u8)) return true;
        Counters.UnknownEnums.Count(word);
        Ignore(Channel);
        return false;
    }

    private void ReadData(ref Utf8JsonReader data, bool isSnapshot)
    {
        if (Channel == Channel.Instrument)
        {
            ReadInstruments(ref data);
            return;
        }

        if (!Expect(ref data, JsonTokenType.StartArray)) return;
        while (NextElement(ref data))
        {
            if (!Expect(ref data, JsonTokenType.StartObject)) continue;
            switch (Channel)
            {
                case Channel.Book: ReadBook(ref data, isSnapshot); break;
                case Channel.Trade: ReadTrade(ref data, isSnapshot); break;
                case Channel.Ticker: ReadTicker(ref data); break;
                case Channel.Ohlc: ReadOhlc(ref data); break;
                default: ReadStatus(ref data); break;
            }
        }
    }

    private void ReadStatus(ref Utf8JsonReader reader)
    {
        VenueSystem system = VenueSystem.Unknown;
        KeysSeen seen = default;
        while (NextKey(ref reader, StatusKeys, ref seen, out _))
        {
            ReadOnlySpan<byte> word = ReadText(ref reader);
            if (!Words.TrySystem(word, out system)) Counters.UnknownEnums.Count(word);
        }

        Close(StatusKeys, seen);
        Emit(EventKind.VenueStatus, -1, Channel).Detail = (int)system;
    }

    private void ReadBook(ref Utf8JsonReader reader, bool isSnapshot)
    {
        int instrumentId = -1;
        long checksum = 0;
        long timeNs = 0;
        Utf8JsonReader bids = default;
        Utf8JsonReader asks = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, BookKeys, ref seen, out int key))
        {
            switch ((Book)key)
            {
                case Book.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Book.Checksum: checksum = ReadInteger(ref reader, 0, uint.MaxValue); break;
                case Book.Timestamp: timeNs = ReadTimestamp(ref reader); break;
                case Book.Bids: bids = reader; reader.Skip(); break;
                case Book.Asks: asks = reader; reader.Skip(); break;
            }
        }

        Close(BookKeys, seen);
        int first = Events.Length;
        if (seen.Has((int)Book.Bids)) ReadLevels(ref bids, instrumentId, EventFlags.Buy);
        if (seen.Has((int)Book.Asks)) ReadLevels(ref asks, instrumentId, EventFlags.Sell);
        ref MarketEvent end = ref Emit(EventKind.BookEnd, instrumentId, Channel);
        end.Number = checksum;
        end.Flags = EventFlags.HasChecksum;
        BookMessage.Mark(Events[first..], isSnapshot, timeNs);
    }

    private void ReadLevels(ref Utf8JsonReader reader, int instrumentId, EventFlags side)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray)) return;
        while (NextElement(ref reader))
        {
            if (!Expect(ref reader, JsonTokenType.StartObject)) continue;
            WireNumber price = default;
            WireNumber quantity = default;
            KeysSeen seen = default;
            while (NextKey(ref reader, LevelKeys, ref seen, out int key))
            {
                if (key == (int)Level.Price) price = ReadNumber(ref reader, NumberRange.Positive);
                else quantity = ReadNumber(ref reader, NumberRange.NotNegative);
            }

            Close(LevelKeys, seen);
            Emit(EventKind.BookLevel, instrumentId, Channel, price, quantity).Flags = side;
        }
    }

    private void ReadTrade(ref Utf8JsonReader reader, bool isSnapshot)
    {
        int instrumentId = -1;
        EventFlags side = EventFlags.None;
        TradeType type = TradeType.Unknown;
        WireNumber price = default;
        WireNumber quantity = default;
        long tradeId = 0;
        long timeNs = 0;
        KeysSeen seen = default;
        while (NextKey(ref reader, TradeKeys, ref seen, out int key))
        {
            switch ((Trade)key)
            {
                case Trade.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Trade.Price: price = ReadNumber(ref reader, NumberRange.Positive); break;
                case Trade.Quantity: quantity = ReadNumber(ref reader, NumberRange.Positive); break;
                case Trade.TradeId: tradeId = ReadInteger(ref reader, 0, long.MaxValue); break;
                case Trade.Timestamp: timeNs = ReadTimestamp(ref reader); break;
                case Trade.Side:
                    ReadOnlySpan<byte> word = ReadText(ref reader);
                    if (!Words.TrySide(word, out side)) Counters.UnknownEnums.Count(word);
                    break;
                case Trade.OrderType:
                    word = ReadText(ref reader);
                    if (!Words.TryOrderType(word, out type)) Counters.UnknownEnums.Count(word);
                    break;
            }
        }

        Close(TradeKeys, seen);
        ref MarketEvent e = ref Emit(EventKind.Trade, instrumentId, Channel, price, quantity);
        e.Flags = isSnapshot ? side | EventFlags.Snapshot : side;
        e.Detail = (int)type;
        e.Number = tradeId;
        e.ExchangeTimeNs = timeNs;
    }

    private void ReadTicker(ref Utf8JsonReader reader)
    {
        int instrumentId = -1;
        long timeNs = 0;
        WireNumber bid = default, bidQuantity = default, ask = default, askQuantity = default;
        WireNumber last = default, volume = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, TickerKeys, ref seen, out int key))
        {
            switch ((Ticker)key)
            {
                case Ticker.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Ticker.Bid: bid = ReadNumber(ref reader); break;
                case Ticker.BidQuantity: bidQuantity = ReadNumber(ref reader); break;
                case Ticker.Ask: ask = ReadNumber(ref reader); break;
                case Ticker.AskQuantity: askQuantity = ReadNumber(ref reader); break;
                case Ticker.Last: last = ReadNumber(ref reader); break;
                case Ticker.Volume: volume = ReadNumber(ref reader); break;
                case Ticker.Timestamp: timeNs = ReadTimestamp(ref reader); break;
            }
        }

        Close(TickerKeys, seen);
        Emit(EventKind.TickerBid, instrumentId, Channel, bid, bidQuantity).ExchangeTimeNs = timeNs;
        Emit(EventKind.TickerAsk, instrumentId, Channel, ask, askQuantity).ExchangeTimeNs = timeNs;
        Emit(EventKind.TickerLast, instrumentId, Channel, last, volume).ExchangeTimeNs = timeNs;
    }

    private void ReadOhlc(ref Utf8JsonReader reader)
    {
        int instrumentId = -1;
        OhlcFields bar = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, OhlcKeys, ref seen, out int key))
        {
            switch ((Ohlc)key)
            {
                case Ohlc.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Ohlc.Open: bar.Open = ReadNumber(ref reader); break;
                case Ohlc.High: bar.High = ReadNumber(ref reader); break;
                case Ohlc.Low: bar.Low = ReadNumber(ref reader); break;
                case Ohlc.Close: bar.Close = ReadNumber(ref reader); break;
                case Ohlc.Volume: bar.Volume = ReadNumber(ref reader); break;
                case Ohlc.Trades: bar.Trades = ReadInteger(ref reader, 0, long.MaxValue); break;
                case Ohlc.IntervalBegin: bar.BeginNs = ReadTimestamp(ref reader); break;
                case Ohlc.Interval: bar.Minutes = (int)ReadInteger(ref reader, 0, int.MaxValue); break;
            }
        }

        Close(OhlcKeys, seen);
        EmitOhlc(instrumentId, bar);
    }

    private void ReadInstruments(ref Utf8JsonReader data)
    {
        if (!Expect(ref data, JsonTokenType.StartObject)) return;
        KeysSeen seen = default;
        while (NextKey(ref data, InstrumentKeys, ref seen, out _))
        {
            if (!Expect(ref data, JsonTokenType.StartArray)) continue;
            while (NextElement(ref data))
            {
                if (Expect(ref data, JsonTokenType.StartObject)) ReadPair(ref data);
            }
        }

        Close(InstrumentKeys, seen);
    }

    private void ReadPair(ref Utf8JsonReader reader)
    {
        int instrumentId = -1;
        VenueSystem status = VenueSystem.Unknown;
        byte pricePrecision = 0, quantityPrecision = 0, displayPrecision = SpecPrecision.NotGiven;
        WireNumber priceIncrement = default, quantityIncrement = default, costMin = default, quantityMin = default;
        KeysSeen seen = default;
        while (NextKey(ref reader, PairKeys, ref seen, out int key))
        {
            switch ((Pair)key)
            {
                case Pair.Symbol: instrumentId = ReadSymbol(ref reader); break;
                case Pair.PricePrecision: pricePrecision = ReadPrecision(ref reader, -Pow10.DecimalsMax); break;
                case Pair.QuantityPrecision: quantityPrecision = ReadPrecision(ref reader, -Pow10.DecimalsMax); break;
                case Pair.DisplayPrecision: displayPrecision = ReadPrecision(ref reader, 0); break;
                case Pair.PriceIncrement: priceIncrement = ReadNumber(ref reader); break;
                case Pair.QuantityIncrement: quantityIncrement = ReadNumber(ref reader); break;
                case Pair.CostMin: costMin = ReadNumber(ref reader); break;
                case Pair.QuantityMin: quantityMin = ReadNumber(ref reader); break;
                case Pair.Status:
                    ReadOnlySpan<byte> word = ReadText(ref reader);
                    if (!Words.TryPairStatus(word, out status)) Counters.UnknownEnums.Count(word);
                    break;
            }
        }

        Close(PairKeys, seen);
        ref MarketEvent spec = ref Emit(
            EventKind.InstrumentSpec, instrumentId, Channel, priceIncrement, quantityIncrement);
        spec.Number = SpecPrecision.Pack(pricePrecision, quantityPrecision, displayPrecision);
        spec.Detail = (int)status;
        Emit(EventKind.InstrumentMinimum, instrumentId, Channel, costMin, quantityMin);
    }

    /// <summary>A precision; a negative one means whole tens, hundreds, thousands: no decimals.</summary>
    private byte ReadPrecision(ref Utf8JsonReader reader, int min) =>
        (byte)Math.Max(0, ReadInteger(ref reader, min, Pow10.DecimalsMax));
}
