using System;
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Commands and subscriptions as frames of the Unified WebSocket, or of spot WebSocket v2.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/websocket-v2/add_order and
/// https://docs.kraken.com/exchange/api-reference/unified-ws/add_order and its siblings. Only members the venue lists
/// for derivatives are written: an unknown one is refused with <c>Unsupported field</c>.
/// </remarks>
internal sealed class OrderRequests(
    SymbolTable symbols, string triggerReference, LaneMarket market = LaneMarket.Derivatives)
{
    private const long NanosPerTick = 100;
    private const long NanosPerMilli = 1_000_000;

    /// <summary>The venue knows two here.</summary>
    private string OtherReference => triggerReference == "index" ? "last" : "index";

    /// <summary>Why the command cannot be put on the wire; None when it can.</summary>
    public VenueReason FaultOf(in OrderCommand command)
    {
        if (command.Id.IsNone || command.DeadlineNs < 0) return VenueReason.InvalidArguments;
        switch (command.Kind)
        {
            case CommandKind.Cancel:
                return VenueReason.None;
            case CommandKind.Amend:
                bool changes = command.Quantity > 0 || command.LimitPrice != 0 || command.TriggerPrice != 0;
                return changes && IsInRange(command) ? VenueReason.None : VenueReason.InvalidArguments;
            case CommandKind.Place:
                bool known = (uint)command.InstrumentId < (uint)symbols.Count
                    && symbols.DialectOf(command.InstrumentId) == DialectOf(market);
                if (!known) return VenueReason.UnknownInstrument;
                return IsPlaceable(command) ? VenueReason.None : VenueReason.InvalidArguments;
            default:
                return VenueReason.InvalidArguments;
        }
    }

    /// <summary>Whose symbols a lane's orders name.</summary>
    public static Dialect DialectOf(LaneMarket market) =>
        market == LaneMarket.Spot ? Dialect.SpotV2 : Dialect.Unified;

    public void Write(IBufferWriter<byte> output, in OrderCommand command, long requestId, Secret token)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        switch (command.Kind)
        {
            case CommandKind.Place:
                BeginParams(json, "add_order"u8, market);
                WritePlace(json, command);
                break;
            case CommandKind.Amend:
                BeginParams(json, "amend_order"u8, market);
                WriteId(json, command.Id);
                if (command.Quantity > 0) WriteQuantity(json, command);
                if (command.LimitPrice != 0) WritePrice(json, "limit_price"u8, command.LimitPrice, command);
                if (command.TriggerPrice != 0) WritePrice(json, "trigger_price"u8, command.TriggerPrice, command);
                WriteDeadline(json, command.DeadlineNs);
                break;
            default:
                BeginParams(json, "cancel_order"u8, market);
                json.WriteStartArray("cl_ord_id"u8);
                Span<byte> id = stackalloc byte[ClientOrderId.TextBytes];
                command.Id.Write(id);
                json.WriteStringValue(id);
                json.WriteEndArray();
                break;
        }

        EndParams(json, requestId, token);
    }

    public void WriteExecutions(IBufferWriter<byte> output, bool subscribe, long requestId, Secret token)
    {
        using Utf8JsonWriter json = new(output);
        BeginChannel(json, subscribe, "executions"u8);
        if (subscribe)
        {
            // The page contradicts itself about defaults, so both snapshots are asked for by name.
            json.WriteBoolean("snap_orders"u8, true);
            json.WriteBoolean("snap_trades"u8, true);
            json.WriteBoolean("ratecounter"u8, true);
        }

        EndParams(json, requestId, token);
    }

    /// <summary>What the account holds: positions, of spot balances.</summary>
    public void WriteHoldings(IBufferWriter<byte> output, bool subscribe, long requestId, Secret token)
    {
        using Utf8JsonWriter json = new(output);
        BeginChannel(json, subscribe, market == LaneMarket.Spot ? "balances"u8 : "positions"u8);
        if (subscribe) json.WriteBoolean("snapshot"u8, true);
        EndParams(json, requestId, token);
    }

    private static bool IsInRange(in OrderCommand command) =>
        command.Quantity >= 0 && command.LimitPrice >= 0 && command.TriggerPrice >= 0
        && command.PriceDecimals <= Pow10.DecimalsMax && command.QuantityDecimals <= Pow10.DecimalsMax;

    private static bool IsPlaceable(in OrderCommand command)
    {
        if (!IsInRange(command) || command.Quantity == 0 || command.Side == Side.None) return false;
        return command.Type switch
        {
            OrderType.Limit => command.LimitPrice > 0,
            OrderType.Market => true,
            OrderType.StopLoss or OrderType.TakeProfit => command.TriggerPrice > 0,
            _ => false,
        };
    }

    private static void BeginParams(Utf8JsonWriter json, ReadOnlySpan<byte> method, LaneMarket market)
    {
        json.WriteString("method"u8, method);
        json.WriteStartObject("params"u8);
        if (market == LaneMarket.Derivatives) json.WriteString("asset_class"u8, "derivatives"u8);
    }

    private void BeginChannel(Utf8JsonWriter json, bool subscribe, ReadOnlySpan<byte> channel)
    {
        json.WriteStartObject();
        BeginParams(json, subscribe ? "subscribe"u8 : "unsubscribe"u8, market);
        json.WriteString("channel"u8, channel);
    }

    private static void EndParams(Utf8JsonWriter json, long requestId, Secret token)
    {
        json.WriteString("token"u8, token.Bytes);
        json.WriteEndObject();
        json.WriteNumber("req_id"u8, requestId);
        json.WriteEndObject();
    }

    private void WritePlace(Utf8JsonWriter json, in OrderCommand command)
    {
        json.WriteString("order_type"u8, WireWords.Of(command.Type));
        json.WriteString("side"u8, command.Side == Side.Buy ? "buy"u8 : "sell"u8);
        WriteQuantity(json, command);
        json.WriteString("symbol"u8, symbols.TextOf(command.InstrumentId));
        switch (command.Type)
        {
            case OrderType.Limit:
                WritePrice(json, "limit_price"u8, command.LimitPrice, command);
                json.WriteString("time_in_force"u8, command.ImmediateOrCancel ? "ioc"u8 : "gtc"u8);
                json.WriteBoolean("post_only"u8, command.PostOnly);
                break;
            case OrderType.StopLoss or OrderType.TakeProfit:
                json.WriteStartObject("triggers"u8);
                json.WriteString("reference"u8, command.OtherTrigger ? OtherReference : triggerReference);
                WritePrice(json, "price"u8, command.TriggerPrice, command);
                json.WriteString("price_type"u8, "static"u8);
                json.WriteEndObject();
                break;
        }

        // Spot knows no such order but on margin, which is not traded: what it holds is sold, and no more. Of two of
        // ours that would meet, the one that rests gives way: a stop must not die on it.
        if (market == LaneMarket.Derivatives) json.WriteBoolean("reduce_only"u8, command.ReduceOnly);
        else json.WriteString("stp_type"u8, "cancel_oldest"u8);
        WriteId(json, command.Id);
        WriteDeadline(json, command.DeadlineNs);
    }

    private static void WriteQuantity(Utf8JsonWriter json, in OrderCommand command) =>
        WriteExact(json, "order_qty"u8, command.Quantity, command.QuantityDecimals);

    private static void WritePrice(Utf8JsonWriter json, ReadOnlySpan<byte> name, long price, in OrderCommand command) =>
        WriteExact(json, name, price, command.PriceDecimals);

    private static void WriteExact(Utf8JsonWriter json, ReadOnlySpan<byte> name, long mantissa, int decimals)
    {
        Span<byte> text = stackalloc byte[DecimalText.BytesMax];
        int length = DecimalText.Write(mantissa, decimals, text, shortest: true);
        json.WritePropertyName(name);
        json.WriteRawValue(text[..length]);
    }

    private static void WriteId(Utf8JsonWriter json, ClientOrderId id)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        id.Write(text);
        json.WriteString("cl_ord_id"u8, text);
    }

    /// <summary>
    /// The venue reads milliseconds; the rest is cut off, so that the deadline is never later than meant.
    /// </summary>
    private static void WriteDeadline(Utf8JsonWriter json, long deadlineNs)
    {
        if (deadlineNs == 0) return;
        long wholeMillisNs = deadlineNs / NanosPerMilli * NanosPerMilli;
        DateTimeOffset deadline = DateTimeOffset.UnixEpoch.AddTicks(wholeMillisNs / NanosPerTick);
        json.WriteString("deadline"u8, deadline.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
