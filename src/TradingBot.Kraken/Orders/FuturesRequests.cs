using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Commands and looks as calls of derivatives REST v3, signed.</summary>
/// <remarks>
/// https://docs.kraken.com/api-reference/order-management/send-order and its siblings. No nonce is sent: over TLS it is
/// optional, and requests of one key may then overtake each other, so that a stop waits for no other call.
/// </remarks>
internal sealed class FuturesRequests(SymbolTable symbols, string triggerSignal, Secret key, RequestSigner signer)
{
    public const string Prefix = "/derivatives/api/v3/";

    private const long NanosPerTick = 100;
    private const long NanosPerMilli = 1_000_000;

    /// <summary>Of a stop that the configured signal does not take.</summary>
    private string OtherSignal => triggerSignal == "last" ? "mark" : "last";

    public WireRequest Of(in OrderCommand command, long filled) =>
        Post(PathOf(command.Kind), Join(FieldsOf(command, filled)));

    /// <summary>Many at once; the answers carry the place of each as its tag.</summary>
    /// <param name="commands">In the order in which the venue shall take them.</param>
    /// <param name="filled">Of the order of each, what is filled by now.</param>
    public WireRequest OfMany(IReadOnlyList<OrderCommand> commands, IReadOnlyList<long> filled)
    {
        StringBuilder json = new("{\"batchOrder\":[");
        for (int i = 0; i < commands.Count; i++)
        {
            string verb = commands[i].Kind switch
            {
                CommandKind.Place => "send",
                CommandKind.Amend => "edit",
                _ => "cancel",
            };
            json.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{{\"order\":\"{verb}\"");
            json.Append(CultureInfo.InvariantCulture, $",\"order_tag\":\"{i}\"");
            foreach ((string name, string value, bool isText) in FieldsOf(commands[i], filled[i]))
            {
                json.Append(CultureInfo.InvariantCulture, $",\"{name}\":{(isText ? $"\"{value}\"" : value)}");
            }

            json.Append('}');
        }

        return Post("batchorder", "json=" + Uri.EscapeDataString(json.Append("]}").ToString()));
    }

    public WireRequest OpenOrders() => Get("openorders");

    public WireRequest OpenPositions() => Get("openpositions");

    public WireRequest Fills() => Get("fills");

    /// <summary>What became of one order: the venue knows open ones, and others for five seconds.</summary>
    public WireRequest Status(ClientOrderId id) => Post("orders/status", "cliOrdIds=" + TextOf(id));

    public static string TextOf(ClientOrderId id)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        return Encoding.ASCII.GetString(text);
    }

    private static string PathOf(CommandKind kind) => kind switch
    {
        CommandKind.Place => "sendorder",
        CommandKind.Amend => "editorder",
        _ => "cancelorder",
    };

    private IEnumerable<(string Name, string Value, bool IsText)> FieldsOf(OrderCommand command, long filled)
    {
        if (command.Kind == CommandKind.Place)
        {
            yield return ("orderType", WordOf(command), true);
            yield return ("symbol", Encoding.ASCII.GetString(symbols.TextOf(command.InstrumentId)), true);
            yield return ("side", command.Side == Side.Buy ? "buy" : "sell", true);
        }

        yield return ("cliOrdId", TextOf(command.Id), true);
        if (command.Kind == CommandKind.Cancel) yield break;
        if (command.Quantity > 0)
        {
            // The size of an edit is what shall be open; what is filled is no part of it.
            long open = command.Kind == CommandKind.Amend ? command.Quantity - filled : command.Quantity;
            yield return ("size", Exact(open, command.QuantityDecimals), false);
        }

        if (command.LimitPrice > 0)
        {
            yield return ("limitPrice", Exact(command.LimitPrice, command.PriceDecimals), false);
        }

        if (command.TriggerPrice > 0)
        {
            yield return ("stopPrice", Exact(command.TriggerPrice, command.PriceDecimals), false);
        }

        bool isTriggered = command.Type is OrderType.StopLoss or OrderType.TakeProfit;
        if (command.Kind == CommandKind.Place)
        {
            if (isTriggered) yield return ("triggerSignal", command.OtherTrigger ? OtherSignal : triggerSignal, true);
            yield return ("reduceOnly", command.ReduceOnly ? "true" : "false", false);
        }

        if (command.DeadlineNs > 0) yield return ("processBefore", TimeOf(command.DeadlineNs), true);
    }

    private static string WordOf(in OrderCommand command) => command.Type switch
    {
        OrderType.Limit => command.ImmediateOrCancel ? "ioc" : command.PostOnly ? "post" : "lmt",
        OrderType.Market => "mkt",
        OrderType.StopLoss => "stp",
        OrderType.TakeProfit => "take_profit",
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private static string Join(IEnumerable<(string Name, string Value, bool IsText)> fields)
    {
        StringBuilder form = new();
        foreach ((string name, string value, _) in fields)
        {
            if (form.Length > 0) form.Append('&');
            form.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return form.ToString();
    }

    /// <summary>Milliseconds; the rest is cut off, so that it is never later than meant.</summary>
    private static string TimeOf(long unixNs) => DateTimeOffset.UnixEpoch
        .AddTicks(unixNs / NanosPerMilli * NanosPerMilli / NanosPerTick)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Exact(long mantissa, int decimals)
    {
        Span<byte> text = stackalloc byte[DecimalText.BytesMax];
        int length = DecimalText.Write(mantissa, decimals, text, shortest: true);
        return Encoding.ASCII.GetString(text[..length]);
    }

    private WireRequest Post(string name, string form)
    {
        string path = Prefix + name;
        byte[] body = Encoding.ASCII.GetBytes(form);
        return new WireRequest(path, key.Reveal(), signer.Authenticate(path, "", body), body);
    }

    private WireRequest Get(string name)
    {
        string path = Prefix + name;
        return new WireRequest(path, key.Reveal(), signer.Authenticate(path, "", default), default);
    }
}
