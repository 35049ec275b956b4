using System;
using System.Buffers;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Database;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.History;
using TradingBot.Worker.Operator;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <summary>
/// The worker's standing as JSON, made by its own thread so that others read bytes and never its state.
/// </summary>
internal static class WorkerStatus
{
    /// <summary>More than the engine tracks per instrument (32).</summary>
    private const int OrdersMax = 40;

    /// <summary>
    /// The worker's thread writes a standing every quarter of a second: into the same memory, of which others get a
    /// copy.
    /// </summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static byte[] Of(
        CircleWorker worker, string mode, string venue, long nowNs, long startNs, StoreWriter? store,
        RingDepth ring = default, ScriptRun? script = null, MarketHistory? history = null, string leaseFault = "")
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>(65_536);
        buffer.ResetWrittenCount();
        using Utf8JsonWriter json = new(buffer);
        CircleFigures figures = new();
        figures.TakeIn(worker);
        json.WriteStartObject();
        json.WriteString("mode", mode);
        json.WriteString("venue", venue);
        json.WriteString("build", WorkerJournal.Build);
        json.WriteNumber("time_ms", nowNs / 1_000_000);
        json.WriteNumber("uptime_seconds", (nowNs - startNs) / 1_000_000_000);
        json.WriteBoolean("ready", worker.Protection.Ready);
        json.WriteBoolean("halted", worker.Protection.Halted);
        WriteHalt(json, worker.Halt);
        WriteLease(json, worker.Protection.LeaseUntilNs, nowNs, leaseFault);
        json.WriteBoolean("protection_overdue", worker.Protection.ProtectionOverdue);
        json.WriteNumber("unprotected_seconds_total", Math.Round(worker.Protection.UnprotectedNsTotal / 1e9, 3));
        json.WriteNumber(
            "unprotected_refused_seconds_total", Math.Round(worker.Protection.UnprotectedRefusedNs / 1e9, 3));
        json.WriteNumber("result_of_day", Math.Round((double)worker.Protection.ResultOfDay.Units / 1e8, 4));
        json.WriteNumber("drawdown", Math.Round((double)worker.Protection.DrawdownNow.Units / 1e8, 4));
        json.WriteBoolean("drawdown_warned", worker.Protection.IsDrawdownWarned);
        json.WriteBoolean("day_lost", worker.Protection.IsDayLost);
        WriteGateAlarms(json, worker);
        json.WriteNumber("ring_depth", ring.Now);
        json.WriteNumber("ring_depth_max", ring.Most);
        json.WriteNumber("fills", figures.Fills);
        json.WriteNumber("positions_open", figures.Open);
        figures.Write(json);
        ReplayReport.WriteFallbacks(json, worker.Wire, everyShape: true);
        FeedStatus.Write(json, worker, nowNs);
        VenueState.Write(json, worker.Venue, worker.Clock, nowNs);
        LaneStatus.Write(json, worker, nowNs);
        WriteTick(json, worker, nowNs);
        WriteStore(json, store);
        WriteJournal(json, worker.Journal);
        WriteCapture(json, worker.Capture);
        WriteActs(json, worker);
        Differences.Write(json, worker);
        if (script is null) json.WriteNull("script");
        else script.Write(json);
        WriteHistory(json, history);
        ActivityStatus.Write(json, worker);
        WriteBooks(json, worker);
        WritePositions(json, worker);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How the store stands: rows, how far behind the log, and why it fails when it does.</summary>
    public static void WriteStore(Utf8JsonWriter json, StoreWriter? store)
    {
        if (store is null)
        {
            json.WriteNull("store");
            return;
        }

        StoreStanding standing = store.Standing;
        json.WriteStartObject("store");
        json.WriteNumber("records_projected", standing.Projected);
        json.WriteNumber("lag_records", store.Lag);
        json.WriteNumber("rows_lost", store.Rows?.Lost ?? 0);
        json.WriteNumber("errors", standing.Errors);
        json.WriteBoolean("failing", standing.IsFailing);
        json.WriteString("fault", standing.Fault);
        json.WriteNumber("age_seconds", Math.Round(standing.Age.TotalSeconds, 3));
        json.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter json, MarketHistory? history)
    {
        if (history is not null)
        {
            history.Write(json);
            return;
        }

        json.WriteNull("universe");
        json.WriteNull("history");
    }

    private static void WriteHalt(Utf8JsonWriter json, HaltLatch? halt)
    {
        json.WriteString("halt_reason", halt?.Why);
        if (halt is null) json.WriteNull("halt_since_ms");
        else json.WriteNumber("halt_since_ms", halt.SinceNs / 1_000_000);
    }

    /// <summary>Sides whose signals were all refused for long.</summary>
    private static void WriteGateAlarms(Utf8JsonWriter json, CircleWorker worker)
    {
        json.WriteStartArray("gate_alarms");
        foreach (Side side in (ReadOnlySpan<Side>)[Side.Buy, Side.Sell])
        {
            if (!worker.Engine.Gate.TryAlarm(side, out GateAlarm alarm)) continue;
            json.WriteStartObject();
            json.WriteString("side", side == Side.Buy ? "buy" : "sell");
            json.WriteNumber("since_ms", alarm.SinceNs / 1_000_000);
            json.WriteNumber("signals", alarm.Signals);
            json.WriteString("reason", ReplayReport.NameOf(alarm.Reason));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>How long the account is still ours; null where there is no lease.</summary>
    private static void WriteLease(Utf8JsonWriter json, long untilNs, long nowNs, string fault)
    {
        const string Name = "lease_remaining_seconds";
        if (untilNs == long.MaxValue) json.WriteNull(Name);
        else json.WriteNumber(Name, Math.Max(0, untilNs - nowNs) / 1_000_000 / 1e3);
        json.WriteString("lease_fault", fault);
    }

    /// <summary>What operators and scripts wanted, and what it came to.</summary>
    private static void WriteActs(Utf8JsonWriter json, CircleWorker worker)
    {
        json.WriteNumber("acts_done", worker.ActsDone);
        json.WriteNumber("acts_refused", worker.ActsRefused);
        json.WriteStartArray("acts");
        foreach (ActNote act in worker.Acts)
        {
            json.WriteStartObject();
            json.WriteNumber("time_ms", act.TimeNs / 1_000_000);
            json.WriteString("do", act.Do);
            json.WriteString("symbol", act.Symbol.Length > 0 ? act.Symbol : null);
            json.WriteString("reason", act.Why.Length > 0 ? act.Why : null);
            json.WriteString("refused", act.Refusal.Length > 0 ? act.Refusal : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Age of the newest word from the market; null before the first.</summary>
    private static void WriteTick(Utf8JsonWriter json, CircleWorker worker, long nowNs)
    {
        const string Name = "tick_age_seconds";
        if (worker.TickNs == 0) json.WriteNull(Name);
        else json.WriteNumber(Name, (nowNs - worker.TickNs) / 1_000_000 / 1e3);
    }

    private static void WriteJournal(Utf8JsonWriter json, InputJournal? journal)
    {
        string standing = journal is null ? "off" : journal.Fault == JournalFault.None ? "on"
            : $"broken at {journal.BrokenNs}: {journal.Fault}";
        json.WriteString("journal", standing);
        json.WriteNumber("journal_bytes", journal?.Bytes ?? 0);
        json.WriteNumber("journal_records", journal?.Records ?? 0);
        json.WriteNumber("journal_records_lost", journal?.RecordsLost ?? 0);
    }

    /// <summary>How the recording stands; <c>capture</c> is off, on, or why the disk refuses.</summary>
    public static void WriteCapture(Utf8JsonWriter json, FeedCapture? capture)
    {
        json.WriteString("capture", capture is null ? "off" : capture.Fault ?? "on");
        json.WriteNumber("capture_records", capture?.Records ?? 0);
        json.WriteNumber("capture_records_lost", capture?.RecordsLost ?? 0);
        json.WriteNumber("capture_bytes", capture?.BytesWritten ?? 0);
        json.WriteNumber("capture_gap_rows", capture?.LedgerRows ?? 0);
    }

    private static void WriteBooks(Utf8JsonWriter json, CircleWorker worker)
    {
        json.WriteStartArray("books");
        for (int id = 0; id < worker.Symbols.Count; id++)
        {
            if (worker.Engine.Books.BookOf(id) is not { Book: { } book } state) continue;
            ref readonly InstrumentScale scale = ref worker.Engine.Books.Scales.Of(id);
            json.WriteStartObject();
            json.WriteString("symbol", worker.Symbols.TextOf(id));
            json.WriteString("state", state.State == BookState.InSync ? "in sync" : "stale");
            Price(json, "bid", book.Bids, scale.PriceDecimals);
            Price(json, "ask", book.Asks, scale.PriceDecimals);
            json.WriteNumber("mid", Math.Round(RunHistory.MidOf(worker, id), 10));
            json.WriteNumber("bid_share", BidShare(book));
            Age(json, "book_age_seconds", worker.Engine.Gate.AgeNs(id, Channel.Book));
            Age(json, "trade_age_seconds", worker.Engine.Gate.AgeNs(id, Channel.Trade));
            json.WriteNumber("updates", state.Updates);
            json.WriteNumber("verified", state.ChecksumsVerified);
            json.WriteNumber("mismatches", state.ChecksumMismatches);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Age(Utf8JsonWriter json, string name, long ns)
    {
        if (ns < 0) json.WriteNull(name);
        else json.WriteNumber(name, ns / 1_000_000 / 1e3);
    }

    /// <summary>Bids' share of the quantity in the five best levels of both sides; a half without any.</summary>
    private static double BidShare(OrderBook book)
    {
        double bids = book.Bids.QuantitySum(5);
        double asks = book.Asks.QuantitySum(5);
        return bids + asks > 0 ? Math.Round(bids / (bids + asks), 3) : 0.5;
    }

    private static void Price(Utf8JsonWriter json, string name, BookSide side, int decimals)
    {
        if (side.Count == 0) json.WriteNull(name);
        else json.WriteString(name, DecimalText.Of(side.PriceAt(0), decimals));
    }

    private static void WritePositions(Utf8JsonWriter json, CircleWorker worker)
    {
        ProtectionStage protection = worker.Protection;
        json.WriteStartArray("positions");
        for (int i = 0; i < protection.PositionCount; i++)
        {
            PositionView view = protection.PositionAt(i);
            json.WriteStartObject();
            json.WriteString("symbol", worker.Symbols.TextOf(view.InstrumentId));
            json.WriteString("state", view.State.ToString());
            json.WriteString("quantity", DecimalText.Of(view.Quantity, view.QuantityDecimals, shortest: true));
            json.WriteString("average_price", DecimalText.Of(view.AveragePrice, view.PriceDecimals));
            json.WriteString("planned_stop", DecimalText.Of(view.PlannedStop, view.PriceDecimals));
            json.WriteString("covered", DecimalText.Of(view.Covered, view.QuantityDecimals, shortest: true));
            json.WriteNumber("unprotected_seconds_max", Math.Round(view.UnprotectedNsMax / 1e9, 3));
            json.WriteNumber("mid", Math.Round(RunHistory.MidOf(worker, view.InstrumentId), 10));
            json.WriteNumber("result", Math.Round(RunHistory.OpenResultOf(worker, in view), 4));
            WriteOrders(json, protection, in view);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOrders(Utf8JsonWriter json, ProtectionStage protection, in PositionView position)
    {
        json.WriteStartArray("orders");
        OrderView[] orders = new OrderView[OrdersMax];
        int count = protection.OrdersOf(position.InstrumentId, orders);
        Span<byte> id = stackalloc byte[ClientOrderId.TextBytes];
        for (int i = 0; i < count; i++)
        {
            OrderView order = orders[i];
            order.Id.Write(id);
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("role", order.Role.ToString());
            json.WriteString("phase", order.Phase.ToString());
            json.WriteString("side", order.Side.ToString());
            string quantity = DecimalText.Of(order.Quantity, position.QuantityDecimals, shortest: true);
            json.WriteString("quantity", quantity);
            string filled = DecimalText.Of(order.Filled, position.QuantityDecimals, shortest: true);
            json.WriteString("filled", filled);
            long price = order.TriggerPrice != 0 ? order.TriggerPrice : order.LimitPrice;
            json.WriteString("price", DecimalText.Of(price, position.PriceDecimals));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>Events from sockets that wait for the worker: <c>run</c> has no ring, this queue stands there.</summary>
/// <param name="Now">Most at the begin of a turn since the last standing.</param>
/// <param name="Most">Most of the whole run.</param>
internal readonly record struct RingDepth(int Now, int Most);
