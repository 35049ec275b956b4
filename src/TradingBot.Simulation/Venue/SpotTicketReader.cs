using System;
using System.Globalization;

namespace TradingBot.Simulation.Venue;

/// <summary>Reads spot orders as the socket and REST spell them.</summary>
/// <remarks>What the simulator cannot do is refused by name and never done otherwise.</remarks>
internal static class SpotTicketReader
{
    /// <summary>A percent at four decimals is millionths.</summary>
    private const int PercentDecimals = 4;

    /// <summary>Parameters of <c>add_order</c>, or one order of <c>batch_add</c>.</summary>
    /// <param name="request">Where they stand.</param>
    /// <param name="symbol">The market: a batch says it once.</param>
    /// <param name="markets">The listed ones.</param>
    /// <param name="ticket">The order; null with an error.</param>
    /// <returns>Null when the ticket is complete, else the venue's words.</returns>
    public static string? Read(VenueRequest request, string symbol, SpotMarket[] markets, out OrderTicket? ticket)
    {
        ticket = null;
        int index = Array.FindIndex(markets, market => market.Symbol == symbol);
        if (index < 0) return "EQuery:Unknown asset pair";
        SpotMarket market = markets[index];
        if (SpotWords.TypeOf(request.Text("order_type")) is not VenueOrderType type) return Invalid("order_type");
        string timeInForce = request.Text("time_in_force").ToLowerInvariant();
        string reference = request.TextInside("triggers", "reference");
        string priceType = request.TextInside("triggers", "price_type");
        string limitType = request.Text("limit_price_type");
        string? wrong = request.Text("side") is not ("buy" or "sell") ? "side"
            : timeInForce is not ("" or "gtc" or "ioc") ? "time_in_force"
            : reference is not ("" or "last" or "index") ? "triggers"
            : !IsPriceType(type, priceType) ? "price_type"
            : limitType is not ("" or "static") ? "limit_price_type"
            : request.Has("conditional") ? "conditional"
            : request.Has("cash_order_qty") ? "cash_order_qty"
            : request.Has("display_qty") ? "display_qty"
            : request.Flag("margin") ? "margin"
            : !SpotWords.IsClientId(request.Text("cl_ord_id")) ? "cl_ord_id"
            : SpotWords.SelfTradeOf(request.Text("stp_type")) is null ? "stp_type" : null;
        if (wrong is not null) return Invalid(wrong);
        OrderTicket read = new()
        {
            Market = index,
            IsBuy = request.Text("side") == "buy",
            Type = type,
            Lots = request.Mantissa("order_qty", market.QuantityDecimals),
            ClientId = request.Text("cl_ord_id"),
            UserReference = request.Whole("order_userref", 0),
            TriggerByIndex = reference == "index",
            ReduceOnly = request.Flag("reduce_only"),
            PostOnly = request.Flag("post_only"),
            ImmediateOrCancel = timeInForce == "ioc",
            SelfTrade = SpotWords.SelfTradeOf(request.Text("stp_type"))!.Value,
            Fees = request.Text("fee_preference") switch
            {
                "base" => FeePreference.InBase,
                "quote" => FeePreference.InQuote,
                _ => FeePreference.None,
            },
        };
        ticket = read with
        {
            LimitPrice = read.HasLimit ? request.Mantissa("limit_price", market.PriceDecimals) : 0,
            TriggerPrice = read.IsTriggered ? request.Mantissa("price", market.PriceDecimals, inside: "triggers") : 0,
        };
        if (type == VenueOrderType.TrailingStop)
        {
            bool isShare = priceType == "pct";
            long distance = request.Mantissa("price", isShare ? PercentDecimals : market.PriceDecimals, "triggers");
            ticket = ticket with
            {
                TriggerPrice = 0,
                TrailTicks = isShare ? 0 : Math.Max(distance, 0),
                TrailPpm = isShare ? Math.Max(distance, 0) : 0,
            };
        }

        return Fault(ticket);
    }

    /// <summary>Parameters of REST's AddOrder, or one order of AddOrderBatch.</summary>
    /// <param name="form">Where they stand.</param>
    /// <param name="name">The market: a batch says it once.</param>
    /// <param name="markets">The listed ones.</param>
    /// <param name="ticket">The order; null with an error.</param>
    /// <returns>Null when the ticket is complete, else the venue's words.</returns>
    public static string? Read(RestForm form, string name, SpotMarket[] markets, out OrderTicket? ticket)
    {
        ticket = null;
        int index = Array.FindIndex(markets, market => market.IsNamed(name));
        if (index < 0) return "EQuery:Unknown asset pair";
        SpotMarket market = markets[index];
        if (SpotWords.TypeOf(form.Text("ordertype")) is not VenueOrderType type) return Invalid("ordertype");
        string timeInForce = form.Text("timeinforce").ToLowerInvariant();
        string flags = "," + form.Text("oflags") + ",";
        string? wrong = form.Text("type") is not ("buy" or "sell") ? "type"
            : timeInForce is not ("" or "gtc" or "ioc") ? "timeinforce"
            : form.Text("trigger") is not ("" or "last" or "index") ? "trigger"
            : form.Text("leverage") is not ("" or "none") ? "leverage"
            : form.Has("close[ordertype]") || form.Has("close") ? "close"
            : form.Has("displayvol") ? "displayvol"
            : flags.Contains(",viqc,", StringComparison.Ordinal) ? "oflags"
            : form.Text("starttm") is not ("" or "0") || form.Text("expiretm") is not ("" or "0") ? "expiretm"
            : !SpotWords.IsClientId(form.Text("cl_ord_id")) ? "cl_ord_id"
            : SpotWords.SelfTradeOf(form.Text("stptype")) is null ? "stptype" : null;
        if (wrong is not null) return Invalid(wrong);
        OrderTicket read = new()
        {
            Market = index,
            IsBuy = form.Text("type") == "buy",
            Type = type,
            Lots = form.Mantissa("volume", market.QuantityDecimals),
            ClientId = form.Text("cl_ord_id"),
            UserReference = int.TryParse(form.Text("userref"), CultureInfo.InvariantCulture, out int user) ? user : 0,
            TriggerByIndex = form.Text("trigger") == "index",
            ReduceOnly = form.Text("reduce_only") == "true",
            PostOnly = flags.Contains(",post,", StringComparison.Ordinal),
            ImmediateOrCancel = timeInForce == "ioc",
            SelfTrade = SpotWords.SelfTradeOf(form.Text("stptype"))!.Value,
            Fees = flags.Contains(",fcib,", StringComparison.Ordinal) ? FeePreference.InBase
                : flags.Contains(",fciq,", StringComparison.Ordinal) ? FeePreference.InQuote : FeePreference.None,
        };
        string limit = read.IsTriggered ? "price2" : "price";
        ticket = read with
        {
            LimitPrice = read.HasLimit ? form.Mantissa(limit, market.PriceDecimals) : 0,
            TriggerPrice = read.IsTriggered ? form.Mantissa("price", market.PriceDecimals) : 0,
        };
        if (type == VenueOrderType.TrailingStop) ticket = Trailing(ticket, form.Text("price"), market);
        return Fault(ticket);
    }

    /// <summary>REST writes the distance of a trailing stop into its price: <c>+100</c> or <c>+1.0%</c>.</summary>
    private static OrderTicket Trailing(OrderTicket ticket, string text, SpotMarket market)
    {
        bool isShare = text.EndsWith('%');
        RestForm distance = RestForm.OfQuery("d=" + text.Trim('%', '+', ' '));
        long read = Math.Max(distance.Mantissa("d", isShare ? PercentDecimals : market.PriceDecimals), 0);
        return ticket with
        {
            TriggerPrice = 0,
            TrailTicks = isShare ? 0 : read,
            TrailPpm = isShare ? read : 0,
        };
    }

    /// <summary>A price, or of a trailing stop a distance in percent or in the quote.</summary>
    private static bool IsPriceType(VenueOrderType type, string priceType) =>
        type == VenueOrderType.TrailingStop ? priceType is "" or "pct" or "quote" : priceType is "" or "static";

    /// <summary>What cannot be read as a number of the market's decimals is −1.</summary>
    private static string? Fault(OrderTicket ticket)
    {
        if (ticket.Lots < 0) return Invalid("volume");
        bool isOff = ticket.LimitPrice < 0 || ticket.TriggerPrice < 0;
        if (isOff) return "EOrder:Invalid price";
        return ticket.PostOnly && ticket.Type != VenueOrderType.Limit ? Invalid("oflags") : null;
    }

    private static string Invalid(string name) => "EGeneral:Invalid arguments:" + name;
}
