using System;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>Orders and fills of derivatives REST v3 and of the first WebSocket's private feeds, as reports.</summary>
/// <remarks>
/// https://docs.kraken.com/api/docs/futures-api: the same thing has three spellings (<c>order_id</c>, <c>orderId</c>,
/// <c>uid</c>), and a quantity is told as a whole, as what is left, or as both parts; a price of 0 is none.
/// </remarks>
internal sealed class FuturesReader(
    SymbolTable symbols, ReportedOrders orders, ExecutionReader executions, LaneCounters counters)
{
    private const long NanosPerMilli = 1_000_000;

    /// <summary>An order that stands at the venue.</summary>
    public ItemVerdict ReadOpen(JsonElement item, bool isSnapshot, out AccountRecord record) =>
        Read(item, "new", isSnapshot, VenueReason.None, out record);

    /// <summary>
    /// One message of <c>open_orders</c>: an order and what happened to it, or the id of one that is gone.
    /// </summary>
    public ItemVerdict ReadChange(JsonElement root, out AccountRecord record, out bool mustLook)
    {
        record = default;
        mustLook = false;
        ReadOnlySpan<byte> word = JsonFields.TextOf(root, "reason"u8);
        bool isOver = root.TryGetProperty("is_cancel"u8, out JsonElement told) && told.ValueKind == JsonValueKind.True;
        bool hasOrder = root.TryGetProperty("order"u8, out JsonElement order)
            && order.ValueKind == JsonValueKind.Object;
        if (isOver)
        {
            // A stop that fired has left the list, and what it became is told elsewhere or nowhere: a look decides.
            mustLook = word.SequenceEqual("stop_order_triggered"u8);
            if (mustLook) return ItemVerdict.Quiet;
            bool isFilled = word.SequenceEqual("full_fill"u8);
            return Read(hasOrder ? order : root, isFilled ? "filled" : "canceled", false, ReasonOf(word), out record);
        }

        if (!hasOrder) return ItemVerdict.Fault;
        if (word.SequenceEqual("partial_fill"u8) || word.SequenceEqual("stop_order_triggered"u8))
        {
            counters.QuietReports++;
            return ItemVerdict.Quiet;
        }

        string kind = word.SequenceEqual("edited_by_user"u8) ? "amended" : "new";
        return Read(order, kind, false, VenueReason.None, out record);
    }

    /// <summary>An order as a call of its status tells it.</summary>
    public ItemVerdict ReadStatus(JsonElement item, out AccountRecord record)
    {
        record = default;
        bool hasOrder = item.ValueKind == JsonValueKind.Object
            && item.TryGetProperty("order"u8, out JsonElement order) && order.ValueKind == JsonValueKind.Object;
        if (!hasOrder) return ItemVerdict.Fault;
        ReadOnlySpan<byte> word = JsonFields.TextOf(item, "status"u8);
        string? kind = word switch
        {
            _ when word.SequenceEqual("ENTERED_BOOK"u8) || word.SequenceEqual("TRIGGER_PLACED"u8) => "new",
            _ when word.SequenceEqual("FULLY_EXECUTED"u8) => "filled",
            _ when word.SequenceEqual("CANCELLED"u8) || word.SequenceEqual("REJECTED"u8) => "canceled",
            _ when word.SequenceEqual("TRIGGER_ACTIVATION_FAILURE"u8) => "canceled",
            _ => null,
        };
        if (kind is null)
        {
            counters.UnknownWords.Count(word);
            return ItemVerdict.Quiet;
        }

        VenueReason reason = kind == "canceled" ? ReasonOf(JsonFields.TextOf(item, "updateReason"u8)) : default;
        return Read(item.GetProperty("order"u8), kind, false, reason, out record);
    }

    /// <summary>An event inside the answer to a command, where it ends the order; quiet where it does not.</summary>
    public ItemVerdict ReadEvent(JsonElement item, VenueReason otherwise, out AccountRecord record)
    {
        record = default;
        if (item.ValueKind != JsonValueKind.Object) return ItemVerdict.Fault;
        ReadOnlySpan<byte> type = JsonFields.TextOf(item, "type"u8);
        bool ends = type.SequenceEqual("CANCEL"u8) || type.SequenceEqual("REJECT"u8) || type.SequenceEqual("EXPIRE"u8);
        if (!ends) return ItemVerdict.Quiet;
        bool hasOrder = item.TryGetProperty("order"u8, out JsonElement order)
            && order.ValueKind == JsonValueKind.Object;
        ReadOnlySpan<byte> word = JsonFields.TextOf(item, "reason"u8);
        VenueReason reason = word.IsEmpty ? otherwise : ReasonOf(word);
        return Read(hasOrder ? order : item, "canceled", false, reason, out record);
    }

    /// <summary>A fill; its id makes it count once.</summary>
    public ItemVerdict ReadFill(JsonElement item, bool isSnapshot, out AccountRecord record)
    {
        record = default;
        if (item.ValueKind != JsonValueKind.Object) return ItemVerdict.Fault;
        ExecutionReport report = new() { ExecType = "trade" };
        Amount? left = null;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            JsonElement value = member.Value;
            if (JsonFields.IsAbsent(value)) continue;
            switch (member.Name)
            {
                case "fill_id": report.Execution = VenueKey.Of(JsonFields.Text(value)); break;
                case "buy": report.Side = value.ValueKind == JsonValueKind.True ? Side.Buy : Side.Sell; break;
                case "qty" or "size": report.LastQuantity = NotNegative(value, ref report); break;
                case "price": report.LastPrice = NotNegative(value, ref report); break;
                case "remaining_order_qty": left = NotNegative(value, ref report); break;
                case "fillTime" or "time": report.TimeNs = TimeOf(value); break;
                default: TakeCommon(member, ref report); break;
            }
        }

        if (report.Order.IsNone) return ItemVerdict.Fault;
        report.Cumulative = CumulativeOf(report, left);
        return executions.Take(report, isSnapshot, out record);
    }

    private ItemVerdict Read(
        JsonElement item, string kind, bool isSnapshot, VenueReason reason, out AccountRecord record)
    {
        record = default;
        if (item.ValueKind != JsonValueKind.Object) return ItemVerdict.Fault;
        ExecutionReport report = new() { ExecType = kind, Reason = reason };
        Amount? left = null;
        Amount limit = default;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            JsonElement value = member.Value;
            if (JsonFields.IsAbsent(value)) continue;
            switch (member.Name)
            {
                case "qty" or "unfilledSize": left = NotNegative(value, ref report); break;
                case "filled" or "filledSize": report.Cumulative = NotNegative(value, ref report); break;
                case "quantity": report.Quantity = NotNegative(value, ref report); break;
                case "limit_price" or "limitPrice": limit = NotNegative(value, ref report) ?? default; break;
                case "stop_price" or "stopPrice" or "triggerPrice":
                    report.TriggerPrice = NotNegative(value, ref report);
                    break;
                case "type" or "orderType": report.Type = WireWords.FuturesTypeOf(JsonFields.Text(value)); break;
                case "reduce_only" or "reduceOnly": report.ReduceOnly = value.ValueKind == JsonValueKind.True; break;
                case "last_update_time" or "lastUpdateTime" or "lastUpdateTimestamp":
                    report.TimeNs = TimeOf(value);
                    break;
                default: TakeCommon(member, ref report); break;
            }
        }

        if (limit.Mantissa > 0) report.LimitPrice = limit;
        // A stop with a limit is none of those we send: whether it covers is not for this table to say.
        bool isOther = limit.Mantissa > 0 && report.Type is OrderType.StopLoss or OrderType.TakeProfit;
        if (isOther) counters.UnknownWords.Count("stop with a limit"u8);
        if (isOther) report.Type = OrderType.None;
        report.Quantity ??= TotalOf(left, report.Cumulative);
        if (kind == "filled" && orders.Find(report.Order, report.Id) is ReportedOrder known)
        {
            report.Cumulative ??= known.Quantity;
        }

        return report.Order.IsNone || !HasQuantity(report, kind) ? ItemVerdict.Fault
            : executions.Take(report, isSnapshot, out record);
    }

    /// <summary>An order that waits for its price may be told without its quantity: ours is known then.</summary>
    private bool HasQuantity(in ExecutionReport report, string kind) => kind != "new" || report.Quantity is not null
        || orders.Find(report.Order, report.Id) is { Quantity.Mantissa: > 0 };

    private void TakeCommon(JsonProperty member, ref ExecutionReport report)
    {
        JsonElement value = member.Value;
        switch (member.Name)
        {
            case "order_id" or "orderId" or "uid":
                report.Order = VenueKey.Of(JsonFields.Text(value));
                break;
            case "cliOrdId" or "cli_ord_id" or "clientId":
                // Ids of other shapes are those of orders we did not place.
                _ = ClientOrderId.TryParse(JsonFields.Text(value), out report.Id);
                break;
            case "symbol" or "instrument":
                ReadOnlySpan<byte> symbol = JsonFields.Text(value);
                report.InstrumentId = SymbolTable.IsSymbol(symbol) ? symbols.IdOf(Dialect.Unified, symbol) : -1;
                report.IsFaulty |= report.InstrumentId is < 0;
                break;
            case "side":
                report.Side = WireWords.SideOf(JsonFields.Text(value));
                break;
            case "direction":
                report.Side = value.ValueKind == JsonValueKind.Number && value.GetRawText() is "0" or "1"
                    ? value.GetRawText() == "0" ? Side.Buy : Side.Sell : Side.None;
                break;
            default:
                if (!IsKnown(member.Name)) counters.UnknownKeys.Count(JsonFields.NameOf(member));
                break;
        }
    }

    private Amount? CumulativeOf(in ExecutionReport report, Amount? left)
    {
        if (left is not Amount rest || orders.Find(report.Order, report.Id) is not ReportedOrder known) return null;
        Amount total = known.Quantity;
        bool fits = Amount.TryAlign(ref total, ref rest) && total.Mantissa >= rest.Mantissa;
        return fits ? new Amount(total.Mantissa - rest.Mantissa, total.Decimals) : null;
    }

    private static Amount? TotalOf(Amount? left, Amount? filled)
    {
        if (left is not Amount rest) return null;
        Amount done = filled ?? default;
        if (!Amount.TryAlign(ref rest, ref done)) return null;
        return new Amount(rest.Mantissa + done.Mantissa, rest.Decimals);
    }

    private static Amount? NotNegative(JsonElement value, ref ExecutionReport report)
    {
        if (JsonFields.TryAmount(value, out Amount amount) && amount.Mantissa >= 0) return amount;
        report.IsFaulty = true;
        return null;
    }

    /// <summary>Milliseconds since 1970 on the socket, a text of RFC 3339 elsewhere.</summary>
    private static long TimeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number) return JsonFields.Time(value);
        return value.TryGetInt64(out long ms) && ms is > 0 and < 8_000_000_000_000 ? ms * NanosPerMilli : 0;
    }

    private VenueReason ReasonOf(ReadOnlySpan<byte> word)
    {
        VenueReason reason = WireWords.FuturesReasonOf(word);
        if (reason == VenueReason.Other) counters.OtherErrors.Count(word);
        return reason;
    }

    /// <summary>Members that say nothing the engine asks for.</summary>
    private static bool IsKnown(string name) => name is
        "time" or "seq" or "fill_type" or "fillType" or "fee_paid" or "fee_currency" or "taker_order_type"
        or "order_type" or "receivedTime" or "status" or "triggerSignal" or "triggerSide" or "timestamp"
        or "trailing_stop_options" or "limit_price_offset" or "realized_pnl" or "feed" or "is_cancel" or "reason"
        or "reducedQuantity" or "lastUpdateTime" or "priceTriggerOptions" or "priceOffset" or "limitPriceOffset";
}
