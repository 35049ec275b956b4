using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>The venue's words of spot orders, in both directions.</summary>
internal static class SpotWords
{
    private const int ClientIdMax = 36;

    public static VenueOrderType? TypeOf(string word) => word switch
    {
        "limit" => VenueOrderType.Limit,
        "market" => VenueOrderType.Market,
        "stop-loss" => VenueOrderType.StopLoss,
        "take-profit" => VenueOrderType.TakeProfit,
        "stop-loss-limit" => VenueOrderType.StopLossLimit,
        "take-profit-limit" => VenueOrderType.TakeProfitLimit,
        "trailing-stop" => VenueOrderType.TrailingStop,
        _ => null,
    };

    public static string NameOf(VenueOrderType type) => type switch
    {
        VenueOrderType.Limit => "limit",
        VenueOrderType.Market => "market",
        VenueOrderType.StopLoss => "stop-loss",
        VenueOrderType.TakeProfit => "take-profit",
        VenueOrderType.StopLossLimit => "stop-loss-limit",
        VenueOrderType.TrailingStop => "trailing-stop",
        _ => "take-profit-limit",
    };

    /// <summary>The rule against self-trades; REST spells it with a hyphen, the socket with an underscore.</summary>
    public static SelfTradeRule? SelfTradeOf(string word) => word.Replace('_', '-') switch
    {
        "" or "cancel-newest" => SelfTradeRule.CancelNewest,
        "cancel-oldest" => SelfTradeRule.CancelOldest,
        "cancel-both" => SelfTradeRule.CancelBoth,
        _ => null,
    };

    /// <summary>What REST shows of where an order pays its fee.</summary>
    public static string FeeFlag(bool inBase) => inBase ? "fcib" : "fciq";

    /// <summary>Why an order ended, as the venue writes it.</summary>
    public static string ReasonOf(string reason) => reason switch
    {
        "user_requested" => "User requested",
        "immediate_or_cancel" => "IOC order",
        "price_protection" => "Market price protection",
        "self_trade" => "Self trade prevention",
        "would_trigger_immediately" => "Order would trigger immediately",
        "amended_below_filled" => "Amended below filled quantity",
        _ => reason,
    };

    public static bool IsClientId(string id) =>
        id.Length <= ClientIdMax && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
