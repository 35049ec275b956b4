using System;
using TradingBot.Market.Events;

namespace TradingBot.Market.Wire;

/// <summary>The venue's words for the enums of events. False means a word nobody told us about.</summary>
internal static class Words
{
    /// <summary>Channel names of acknowledgements, spot.</summary>
    public static Channel SpotChannel(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("book"u8)) return Channel.Book;
        if (word.SequenceEqual("trade"u8)) return Channel.Trade;
        if (word.SequenceEqual("ticker"u8)) return Channel.Ticker;
        return word.SequenceEqual("ohlc"u8) ? Channel.Ohlc : Channel.Other;
    }

    /// <summary>Feed names of acknowledgements, derivatives.</summary>
    public static Channel Feed(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("book"u8)) return Channel.Book;
        if (word.SequenceEqual("trade"u8)) return Channel.Trade;
        if (word.SequenceEqual("ticker"u8) || word.SequenceEqual("ticker_lite"u8)) return Channel.Ticker;
        return word.SequenceEqual("heartbeat"u8) ? Channel.Heartbeat : Channel.Other;
    }

    /// <summary>State of the venue.</summary>
    public static bool TrySystem(ReadOnlySpan<byte> word, out VenueSystem system)
    {
        system = VenueSystem.Unknown;
        if (word.SequenceEqual("online"u8)) system = VenueSystem.Online;
        else if (word.SequenceEqual("cancel_only"u8)) system = VenueSystem.CancelOnly;
        else if (word.SequenceEqual("post_only"u8)) system = VenueSystem.PostOnly;
        else if (word.SequenceEqual("limit_only"u8)) system = VenueSystem.LimitOnly;
        else if (word.SequenceEqual("maintenance"u8)) system = VenueSystem.Maintenance;
        return system != VenueSystem.Unknown;
    }

    /// <summary>State of one pair: two of its words have no state of ours, but are no news either.</summary>
    public static bool TryPairStatus(ReadOnlySpan<byte> word, out VenueSystem system)
    {
        if (TrySystem(word, out system)) return true;
        if (word.SequenceEqual("reduce_only"u8))
        {
            system = VenueSystem.ReduceOnly;
            return true;
        }

        return word.SequenceEqual("delisted"u8) || word.SequenceEqual("work_in_progress"u8);
    }

    /// <summary>Taker side, spelled out.</summary>
    public static bool TrySide(ReadOnlySpan<byte> word, out EventFlags side)
    {
        side = EventFlags.None;
        if (word.SequenceEqual("buy"u8)) side = EventFlags.Buy;
        else if (word.SequenceEqual("sell"u8)) side = EventFlags.Sell;
        return side != EventFlags.None;
    }

    /// <summary>Taker side, spot v1.</summary>
    public static bool TrySideLetter(ReadOnlySpan<byte> word, out EventFlags side)
    {
        side = EventFlags.None;
        if (word.SequenceEqual("b"u8)) side = EventFlags.Buy;
        else if (word.SequenceEqual("s"u8)) side = EventFlags.Sell;
        return side != EventFlags.None;
    }

    /// <summary>Taker's order type, spelled out.</summary>
    public static bool TryOrderType(ReadOnlySpan<byte> word, out TradeType type)
    {
        type = TradeType.Unknown;
        if (word.SequenceEqual("limit"u8)) type = TradeType.Limit;
        else if (word.SequenceEqual("market"u8)) type = TradeType.Market;
        return type != TradeType.Unknown;
    }

    /// <summary>Taker's order type, spot v1.</summary>
    public static bool TryOrderTypeLetter(ReadOnlySpan<byte> word, out TradeType type)
    {
        type = TradeType.Unknown;
        if (word.SequenceEqual("l"u8)) type = TradeType.Limit;
        else if (word.SequenceEqual("m"u8)) type = TradeType.Market;
        return type != TradeType.Unknown;
    }

    /// <summary>Why a derivatives trade printed.</summary>
    public static bool TryFillType(ReadOnlySpan<byte> word, out TradeType type)
    {
        type = TradeType.Unknown;
        if (word.SequenceEqual("fill"u8)) type = TradeType.Fill;
        else if (word.SequenceEqual("liquidation"u8)) type = TradeType.Liquidation;
        else if (word.SequenceEqual("termination"u8)) type = TradeType.Termination;
        else if (word.SequenceEqual("block"u8)) type = TradeType.Block;
        return type != TradeType.Unknown;
    }
}
