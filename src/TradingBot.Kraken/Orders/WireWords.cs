using System;
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
}
