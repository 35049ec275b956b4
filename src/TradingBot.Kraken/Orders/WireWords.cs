using System;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>The venue's words for order types and sides.</summary>
internal static class WireWords
{
    public static ReadOnlySpan<byte> Of(OrderType type) => type switch
    {
        OrderType.Limit => "limit"u8,
        OrderType.Market => "market"u8,
        OrderType.StopLoss => "stop-loss"u8,
        OrderType.TakeProfit => "take-profit"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>None for types we never send, as of orders placed by others.</summary>
    public static OrderType OrderTypeOf(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("limit"u8)) return OrderType.Limit;
        if (word.SequenceEqual("market"u8)) return OrderType.Market;
        if (word.SequenceEqual("stop-loss"u8)) return OrderType.StopLoss;
        return word.SequenceEqual("take-profit"u8) ? OrderType.TakeProfit : OrderType.None;
    }

    public static Side SideOf(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("buy"u8) || word.SequenceEqual("long"u8)) return Side.Buy;
        return word.SequenceEqual("sell"u8) || word.SequenceEqual("short"u8) ? Side.Sell : Side.None;
    }

    /// <summary>The words of derivatives REST v3 and of the first WebSocket's feeds.</summary>
    public static OrderType FuturesTypeOf(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("lmt"u8) || word.SequenceEqual("limit"u8)) return OrderType.Limit;
        if (word.SequenceEqual("ioc"u8) || word.SequenceEqual("post"u8)) return OrderType.Limit;
        if (word.SequenceEqual("mkt"u8) || word.SequenceEqual("market"u8)) return OrderType.Market;
        if (word.SequenceEqual("stp"u8) || word.SequenceEqual("stop"u8)) return OrderType.StopLoss;
        return word.SequenceEqual("take_profit"u8) ? OrderType.TakeProfit : OrderType.None;
    }

    /// <summary>Why an order left the book, in the words of <c>open_orders</c>.</summary>
    public static VenueReason FuturesReasonOf(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || word.SequenceEqual("full_fill"u8)) return VenueReason.None;
        if (word.SequenceEqual("not_enough_margin"u8)) return VenueReason.InsufficientFunds;
        if (word.SequenceEqual("would_not_reduce_position"u8)) return VenueReason.ReduceOnly;
        if (word.StartsWith("ioc_order_failed"u8)) return VenueReason.PriceProtection;
        if (word.SequenceEqual("market_inactive"u8) || word.SequenceEqual("contract_expired"u8))
        {
            return VenueReason.VenueMode;
        }

        // Somebody's switch or timer is as if he had done it by hand.
        return word.SequenceEqual("dead_man_switch"u8) ? VenueReason.UserRequested : KrakenError.OfEnd(word);
    }
}
