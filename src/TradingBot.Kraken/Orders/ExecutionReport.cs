using System;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>One element of an executions frame as it stood on the wire; what was not said is null or none.</summary>
internal struct ExecutionReport
{
    public VenueKey Order;
    public VenueKey Execution;
    public ClientOrderId Id;
    public string? ExecType;
    public string? OrderStatus;
    public int? InstrumentId;
    public OrderType Type;
    public Side Side;
    public Amount? Quantity;
    public Amount? Cumulative;
    public Amount? LastQuantity;
    public Amount? LastPrice;
    public Amount? LimitPrice;
    public Amount? TriggerPrice;
    public VenueReason Reason;
    public bool? ReduceOnly;
    public long TimeNs;

    /// <summary>A member we read is of another type than it should be.</summary>
    public bool IsFaulty;

    private VenueKey _trade;

    public static ExecutionReport Read(JsonElement item, SymbolTable symbols, LaneCounters counters, Dialect dialect)
    {
        ExecutionReport report = default;
        if (item.ValueKind != JsonValueKind.Object)
        {
            report.IsFaulty = true;
            return report;
        }

        foreach (JsonProperty member in item.EnumerateObject())
        {
            if (!JsonFields.IsAbsent(member.Value)) report.Take(member, symbols, counters, dialect);
        }

        // An execution without a text id still has the number of its trade.
        if (report.Execution.IsNone) report.Execution = report._trade;
        return report;
    }

    private void Take(JsonProperty member, SymbolTable symbols, LaneCounters counters, Dialect dialect)
    {
        JsonElement value = member.Value;
        switch (member.Name)
        {
            case "order_id": Order = VenueKey.Of(JsonFields.Text(value)); break;
            case "exec_id": Execution = VenueKey.Of(JsonFields.Text(value)); break;
            case "trade_id": _trade = VenueKey.Of(System.Text.Encoding.UTF8.GetBytes(value.ToString())); break;
            case "exec_type": ExecType = TextOf(value); break;
            case "order_status": OrderStatus = TextOf(value); break;
            case "order_qty" or "qty" or "quantity": Quantity = NotNegative(value); break;
            case "cum_qty" or "filled_qty": Cumulative = NotNegative(value); break;
            case "last_qty": LastQuantity = NotNegative(value); break;
            case "last_price": LastPrice = NotNegative(value); break;
            case "limit_price": LimitPrice = NotNegative(value); break;
            case "stop_price": TriggerPrice ??= NotNegative(value); break;
            case "timestamp": TimeNs = JsonFields.Time(value); break;

            // Ids of other shapes are those of orders we did not place.
            case "cl_ord_id": _ = ClientOrderId.TryParse(JsonFields.Text(value), out Id); break;
            case "symbol" or "instrument" or "contract":
                ReadOnlySpan<byte> symbol = JsonFields.Text(value);
                if (SymbolTable.IsSymbol(symbol)) InstrumentId = symbols.IdOf(dialect, symbol);
                IsFaulty |= InstrumentId is null or < 0;
                break;
            case "side":
                Side = WireWords.SideOf(JsonFields.Text(value));
                if (Side == Side.None) counters.UnknownWords.Count(JsonFields.Text(value));
                break;
            case "order_type":
                Type = WireWords.OrderTypeOf(JsonFields.Text(value));
                if (Type == OrderType.None) counters.UnknownWords.Count(JsonFields.Text(value));
                break;
            case "reason" or "cancel_reason":
                TakeReason(JsonFields.Text(value), counters);
                break;
            case "reduce_only":
                IsFaulty |= value.ValueKind is not (JsonValueKind.True or JsonValueKind.False);
                ReduceOnly = value.ValueKind == JsonValueKind.True;
                break;
            case "triggers":
                if (value.ValueKind != JsonValueKind.Object) IsFaulty = true;
                else if (value.TryGetProperty("price"u8, out JsonElement price)) TriggerPrice = NotNegative(price);
                break;
            default:
                if (!IsKnown(member.Name)) counters.UnknownKeys.Count(JsonFields.NameOf(member));
                break;
        }
    }

    private void TakeReason(ReadOnlySpan<byte> text, LaneCounters counters)
    {
        if (text.IsEmpty) return;
        VenueReason reason = KrakenError.OfEnd(text);
        if (reason == VenueReason.Other) counters.OtherErrors.Count(text);
        if (Reason is VenueReason.None or VenueReason.Other) Reason = reason;
    }

    private string? TextOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        IsFaulty = true;
        return null;
    }

    private Amount? NotNegative(JsonElement value)
    {
        if (JsonFields.TryAmount(value, out Amount amount) && amount.Mantissa >= 0) return amount;
        IsFaulty = true;
        return null;
    }

    /// <summary>Members that say nothing the engine asks for.</summary>
    private static bool IsKnown(string name) => name is
        "asset_class" or "avg_price" or "cost" or "cum_cost" or "fees" or "fee_usd_equiv" or "fee_ccy_pref"
        or "time_in_force" or "post_only" or "liquidity_ind" or "order_userref" or "limit_price_type"
        or "effective_time" or "expire_time" or "margin" or "margin_borrow" or "no_mpp" or "display_qty"
        or "display_qty_remain" or "amended" or "liquidated" or "position_status" or "contingent" or "conditional"
        or "triggered_price" or "sender_sub_id" or "user" or "ext_ord_id" or "ext_exec_id" or "ord_ref_id"
        or "cash_order_qty";
}
