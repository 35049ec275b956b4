using System;
using System.Globalization;
using System.Text;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Rest;

/// <summary>Private calls of spot REST about orders and the account: paths, and the fields of their bodies.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/rest-api/add-order and its siblings. The fields stand behind the nonce, each with
/// <c>&amp;</c> before it, as <see cref="PrivateRest.PostAsync"/> wants them; a pair goes by its altname.
/// </remarks>
public static class SpotCalls
{
    public const string AddOrder = "/0/private/AddOrder";
    public const string AmendOrder = "/0/private/AmendOrder";
    public const string CancelOrder = "/0/private/CancelOrder";
    public const string QueryOrders = "/0/private/QueryOrders";
    public const string OpenOrders = "/0/private/OpenOrders";
    public const string ClosedOrders = "/0/private/ClosedOrders";
    public const string TradesHistory = "/0/private/TradesHistory";
    public const string BalanceEx = "/0/private/BalanceEx";
    public const string Ledgers = "/0/private/Ledgers";

    private const long NanosPerMilli = 1_000_000;
    private const long NanosPerTick = 100;

    /// <summary>An order; with <paramref name="validate"/> it is looked at and not placed.</summary>
    public static string Place(in OrderCommand command, string altname, bool validate)
    {
        StringBuilder form = new();
        Add(form, "pair", altname);
        Add(form, "type", command.Side == Side.Buy ? "buy" : "sell");
        Add(form, "ordertype", Encoding.ASCII.GetString(WireWords.Of(command.Type)));
        Add(form, "volume", DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true));
        long price = command.TriggerPrice > 0 ? command.TriggerPrice : command.LimitPrice;
        if (price > 0) Add(form, "price", DecimalText.Of(price, command.PriceDecimals, shortest: true));
        if (command.TriggerPrice > 0) Add(form, "trigger", command.OtherTrigger ? "index" : "last");
        if (command.Type == OrderType.Limit) Add(form, "timeinforce", command.ImmediateOrCancel ? "IOC" : "GTC");
        if (command.PostOnly) Add(form, "oflags", "post");
        // Of two of ours that would meet, the one that rests gives way: a stop must not die on it.
        Add(form, "stptype", "cancel-oldest");
        Add(form, "cl_ord_id", FuturesRequests.TextOf(command.Id));
        if (command.DeadlineNs > 0) Add(form, "deadline", TimeOf(command.DeadlineNs));
        if (validate) Add(form, "validate", "true");
        return form.ToString();
    }

    /// <summary>A change in place: the id stays; the quantity is the new whole.</summary>
    public static string Amend(in OrderCommand command)
    {
        StringBuilder form = new();
        Add(form, "cl_ord_id", FuturesRequests.TextOf(command.Id));
        if (command.Quantity > 0)
        {
            Add(form, "order_qty", DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true));
        }

        if (command.LimitPrice > 0)
        {
            Add(form, "limit_price", DecimalText.Of(command.LimitPrice, command.PriceDecimals, shortest: true));
        }

        if (command.TriggerPrice > 0)
        {
            Add(form, "trigger_price", DecimalText.Of(command.TriggerPrice, command.PriceDecimals, shortest: true));
        }

        if (command.DeadlineNs > 0) Add(form, "deadline", TimeOf(command.DeadlineNs));
        return form.ToString();
    }

    public static string Cancel(ClientOrderId id) => "&cl_ord_id=" + FuturesRequests.TextOf(id);

    /// <summary>What became of one order, by the venue's id.</summary>
    public static string Query(string venueId) => "&trades=true&txid=" + Uri.EscapeDataString(venueId);

    /// <summary>Later than a time, Unix ns, in whole seconds.</summary>
    public static string Since(long unixNs) =>
        string.Create(CultureInfo.InvariantCulture, $"&start={unixNs / 1_000_000_000}");

    private static void Add(StringBuilder form, string name, string value) =>
        form.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

    /// <summary>Milliseconds; the rest is cut off, so that it is never later than meant.</summary>
    private static string TimeOf(long unixNs) => DateTimeOffset.UnixEpoch
        .AddTicks(unixNs / NanosPerMilli * NanosPerMilli / NanosPerTick)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
