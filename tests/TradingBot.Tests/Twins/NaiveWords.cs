using TradingBot.Market.Events;

namespace TradingBot.Tests.Twins;

/// <summary>Words of the wire and what they mean; an unknown word keeps the unknown value.</summary>
internal static class NaiveWords
{
    public static VenueSystem SystemOf(string word) => word switch
    {
        "online" => VenueSystem.Online,
        "cancel_only" => VenueSystem.CancelOnly,
        "post_only" => VenueSystem.PostOnly,
        "limit_only" => VenueSystem.LimitOnly,
        "maintenance" => VenueSystem.Maintenance,
        _ => VenueSystem.Unknown,
    };

    /// <summary>The states of an instrument: those of the venue and one more.</summary>
    public static VenueSystem InstrumentStatusOf(string word) =>
        word == "reduce_only" ? VenueSystem.ReduceOnly : SystemOf(word);

    public static TradeType OrderTypeOf(string word, string limit, string market)
    {
        if (word == limit) return TradeType.Limit;
        return word == market ? TradeType.Market : TradeType.Unknown;
    }

    public static EventFlags SideOf(string word, string buy, string sell)
    {
        if (word == buy) return EventFlags.Buy;
        return word == sell ? EventFlags.Sell : EventFlags.None;
    }
}
