using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>What became of one element of a private frame.</summary>
internal enum ItemVerdict : byte
{
    Record = 0,

    /// <summary>
    /// Understood, and nothing the engine needs to know; or a word we do not know, which was counted.
    /// </summary>
    Quiet = 1,

    /// <summary>Unreadable, or of no use without what it leaves out.</summary>
    Fault = 2,
}

/// <summary>Executions into records, completed by what the table of orders remembers.</summary>
/// <remarks>https://docs.kraken.com/exchange/api-reference/unified-ws/executions; elements are sparse.</remarks>
internal sealed class ExecutionReader(
    SymbolTable symbols, ReportedOrders orders, LaneCounters counters, Dialect dialect = Dialect.Unified)
{
    public ItemVerdict Read(JsonElement item, bool isSnapshot, out AccountRecord record)
    {
        ExecutionReport report = ExecutionReport.Read(item, symbols, counters, dialect);
        return Take(report, isSnapshot, out record);
    }

    /// <summary>The same of a report that was read elsewhere.</summary>
    public ItemVerdict Take(in ExecutionReport report, bool isSnapshot, out AccountRecord record)
    {
        record = default;
        if (report.IsFaulty || report.Order.IsNone || report.ExecType is null) return ItemVerdict.Fault;

        AccountEventKind kind = KindOf(report, isSnapshot);
        if (kind == AccountEventKind.None) return ItemVerdict.Quiet;

        ReportedOrder state = orders.Find(report.Order, report.Id) ?? new ReportedOrder();
        Merge(state, report);
        if (kind == AccountEventKind.OrderClosed) orders.Close(state);
        bool toKeep = orders.Holds(state) || (!state.IsClosed && !(isSnapshot && kind == AccountEventKind.Fill));
        if (toKeep && !orders.TryKeep(state)) counters.OrdersNotKept++;
        return TryComplete(kind, report, state, isSnapshot, out record) ? ItemVerdict.Record : ItemVerdict.Fault;
    }

    private AccountEventKind KindOf(in ExecutionReport report, bool isSnapshot)
    {
        switch (report.ExecType)
        {
            case "new" or "pending_new":
                return AccountEventKind.OrderOpen;
            case "trade":
                return AccountEventKind.Fill;
            case "filled" or "canceled" or "expired":
                return AccountEventKind.OrderClosed;
            case "amended" or "restated" or "status" or "iceberg_refill" when isSnapshot && IsLive(report.OrderStatus):
                // In a snapshot the element says that the order is open, whatever happened to it last.
                return AccountEventKind.OrderOpen;
            case "amended" or "restated":
                return AccountEventKind.Amended;
            case "status" or "iceberg_refill":
                counters.QuietReports++;
                return AccountEventKind.None;
            default:
                counters.UnknownWords.Count(Encoding.UTF8.GetBytes(report.ExecType!));
                return AccountEventKind.None;
        }
    }

    private static bool IsLive(string? status) => status is "new" or "pending_new" or "partially_filled";

    private static void Merge(ReportedOrder state, in ExecutionReport report)
    {
        state.Key = report.Order;
        if (!report.Id.IsNone) state.Id = report.Id;
        if (report.InstrumentId is int instrument) state.InstrumentId = instrument;
        if (report.Type != OrderType.None) state.Type = report.Type;
        if (report.Side != Side.None) state.Side = report.Side;
        if (report.Quantity is Amount quantity) state.Quantity = quantity;
        if (report.LimitPrice is Amount limit) state.LimitPrice = limit;
        if (report.TriggerPrice is Amount trigger) state.TriggerPrice = trigger;
        if (report.ReduceOnly is bool reduceOnly) state.ReduceOnly = reduceOnly;

        // Reports may come late or twice: what was filled stays filled.
        if (report.Cumulative is Amount told)
        {
            Amount known = state.Cumulative;
            if (Amount.TryAlign(ref told, ref known) && told.Mantissa > known.Mantissa) state.Cumulative = told;
        }
    }

    private static bool TryComplete(
        AccountEventKind kind, in ExecutionReport report, ReportedOrder state, bool isSnapshot,
        out AccountRecord record)
    {
        record = default;
        bool isFill = kind == AccountEventKind.Fill;
        bool isNamed = state.InstrumentId >= 0;
        if (!isNamed) return false;
        if (isFill)
        {
            bool whole = !report.Execution.IsNone && report.LastQuantity is not null && report.LastPrice is not null;
            if (!whole || state.Side == Side.None) return false;
        }

        Amount quantity = isFill ? report.LastQuantity!.Value : state.Quantity;
        Amount cumulative = isFill ? report.Cumulative ?? default : state.Cumulative;
        Amount price = isFill ? report.LastPrice!.Value : state.LimitPrice;
        Amount trigger = state.TriggerPrice;
        if (!Amount.TryAlign(ref quantity, ref cumulative) || !Amount.TryAlign(ref price, ref trigger)) return false;

        record = new AccountRecord
        {
            Kind = kind,
            ExchangeTimeNs = report.TimeNs,
            Id = state.Id,
            VenueOrderHigh = state.Key.High,
            VenueOrderLow = state.Key.Low,
            ExecutionHigh = isFill ? report.Execution.High : 0,
            ExecutionLow = isFill ? report.Execution.Low : 0,
            InstrumentId = state.InstrumentId,
            Type = state.Type,
            Side = state.Side,
            ReduceOnly = state.ReduceOnly,
            Quantity = quantity.Mantissa,
            CumulativeQuantity = cumulative.Mantissa,
            QuantityDecimals = (byte)quantity.Decimals,
            Price = price.Mantissa,
            TriggerPrice = trigger.Mantissa,
            PriceDecimals = (byte)price.Decimals,
            Reason = ReasonOf(kind, report),
            Snapshot = isSnapshot,
        };
        return true;
    }

    private static VenueReason ReasonOf(AccountEventKind kind, in ExecutionReport report)
    {
        if (kind != AccountEventKind.OrderClosed) return VenueReason.None;
        bool ranOut = report.ExecType == "expired" && report.Reason == VenueReason.None;
        return ranOut ? VenueReason.Deadline : report.Reason;
    }
}
