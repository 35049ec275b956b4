using System;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>Reads the parameters of <c>add_order</c> into a ticket.</summary>
internal static class OrderTicketReader
{
    private const int ClientIdMax = 36;

    /// <summary>Null when the ticket is complete, else the venue's words.</summary>
    /// <param name="request">The order.</param>
    /// <param name="markets">What is listed.</param>
    /// <param name="ticket">What was read.</param>
    /// <param name="symbol">Of a batch, where the order itself says none.</param>
    public static string? Read(
        VenueRequest request, IVenueMarket[] markets, out OrderTicket? ticket, string symbol = "")
    {
        ticket = null;
        if (symbol.Length == 0) symbol = request.Text("symbol");
        int market = Array.FindIndex(markets, candidate => candidate.Symbol == symbol && candidate.IsListed);
        if (market < 0) return "EQuery:Unknown asset pair";
        IVenueMarket instrument = markets[market];
        if (TypeOf(request.Text("order_type")) is not VenueOrderType type) return Invalid("order_type");
        if (request.Text("side") is not ("buy" or "sell")) return Invalid("side");
        string timeInForce = request.Text("time_in_force");
        if (timeInForce is not ("" or "gtc" or "ioc")) return Invalid("time_in_force");
        string clientId = request.Text("cl_ord_id");
        bool isText = clientId.Length <= ClientIdMax
            && clientId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        if (!isText) return Invalid("cl_ord_id");
        bool isStop = type is VenueOrderType.StopLoss or VenueOrderType.TakeProfit;
        string reference = request.TextInside("triggers", "reference");
        if (isStop && reference is not ("" or "last" or "index")) return Invalid("triggers");
        long lots = request.Mantissa("order_qty", instrument.QuantityDecimals);
        if (lots <= 0) return Invalid("order_qty");
        long limit = type == VenueOrderType.Limit ? request.Mantissa("limit_price", instrument.PriceDecimals) : 0;
        long trigger = isStop ? request.Mantissa("price", instrument.PriceDecimals, inside: "triggers") : 0;
        ticket = new OrderTicket
        {
            Market = market,
            IsBuy = request.Text("side") == "buy",
            Type = type,
            Lots = lots,
            ClientId = clientId,
            LimitPrice = limit,
            TriggerPrice = trigger,
            TriggerByIndex = reference == "index",
            ReduceOnly = request.Flag("reduce_only"),
            PostOnly = request.Flag("post_only"),
            ImmediateOrCancel = timeInForce == "ioc",
        };
        return null;
    }

    private static string Invalid(string name) => "EGeneral:Invalid arguments:" + name;

    private static VenueOrderType? TypeOf(string word) => word switch
    {
        "limit" => VenueOrderType.Limit,
        "market" => VenueOrderType.Market,
        "stop-loss" => VenueOrderType.StopLoss,
        "take-profit" => VenueOrderType.TakeProfit,
        _ => null,
    };
}
