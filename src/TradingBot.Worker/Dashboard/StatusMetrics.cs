// In:     the worker's published standing (JSON).   Out: the same as Prometheus text.
// Thread: Kestrel's; nothing here touches the worker's state.
// Keeps:  every reason and outcome is a series from the first scrape on, so that a rate of it can be asked for.
using System;
using System.Collections.Generic;
using System.Text.Json;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Dashboard;

/// <summary>What <c>/metrics</c> says.</summary>
internal static class StatusMetrics
{
    /// <summary>Empty before the first standing.</summary>
    public static string Of(ReadOnlyMemory<byte> status)
    {
        if (status.Length == 0) return "";
        using JsonDocument json = JsonDocument.Parse(status);
        JsonElement root = json.RootElement;
        PrometheusText text = new();
        WriteProcess(text, root);
        WriteMarket(text, root);
        WriteDecisions(text, root);
        WriteAccount(text, root);
        FeedMetrics.Write(text, root.GetProperty("feeds"));
        FeedMetrics.WriteAges(text, root.GetProperty("books"));
        FeedMetrics.WriteVenue(text, root.GetProperty("venue_state"));
        WriteLane(text, root.GetProperty("lane"));
        WriteStorage(text, root);
        HistoryMetrics.Write(text, root);
        return text.ToString();
    }

    private static void WriteProcess(PrometheusText text, JsonElement root)
    {
        text.Begin("tradingbot_info", "gauge", "What runs: mode and venue as labels.");
        string mode = PrometheusText.Escape(root.GetProperty("mode").GetString()!);
        string venue = PrometheusText.Escape(root.GetProperty("venue").GetString()!);
        text.Sample("tradingbot_info", $"{{mode=\"{mode}\",venue=\"{venue}\"}}", 1);
        text.Gauge("tradingbot_uptime_seconds", "Time since the start.", Number(root, "uptime_seconds"));
        text.Gauge("tradingbot_ready", "1 when orders and positions are known.", Flag(root, "ready"));
        text.Gauge("tradingbot_halted", "1 while the operator lets no entries in.", Flag(root, "halted"));
        text.Gauge(
            "tradingbot_ring_depth",
            "Most events that waited for the worker's thread at the begin of a turn, since the last standing.",
            Number(root, "ring_depth"));
        text.Gauge("tradingbot_ring_depth_max", "The same of the whole run.", Number(root, "ring_depth_max"));
    }

    private static void WriteMarket(PrometheusText text, JsonElement root)
    {
        text.Counter("tradingbot_feed_messages_total", "Frames taken from the venue.", Number(root, "frames"));
        text.Counter("tradingbot_feed_errors_total", "Frames that were refused.", Number(root, "parse_errors"));
        text.Counter(
            "tradingbot_feed_fallbacks_total",
            "Frames that have left the text the venue used to send and were read slowly, by shape.", "shape",
            Members(root.GetProperty("fallbacks_by_shape")));
        if (root.GetProperty("tick_age_seconds") is { ValueKind: JsonValueKind.Number } age)
        {
            text.Gauge(
                "tradingbot_tick_age_seconds", "Age of the newest word from the market when the standing was made.",
                age.GetDouble());
        }

        text.Counter(
            "tradingbot_book_checksums_verified_total", "Checksums that matched.", Number(root, "checksums_verified"));
        text.Counter(
            "tradingbot_book_checksum_mismatches_total", "Checksums that did not.",
            Number(root, "checksum_mismatches"));
        text.Counter("tradingbot_book_resyncs_total", "Books asked for anew.", Number(root, "resyncs"));
        text.Counter("tradingbot_bars_total", "Bars closed.", Number(root, "bars"));
    }

    private static void WriteDecisions(PrometheusText text, JsonElement root)
    {
        text.Counter("tradingbot_signals_total", "Signals of the strategies.", Number(root, "signals"));
        text.Counter(
            "tradingbot_orders_approved_total", "Signals the risk gate let through.", Number(root, "approved"));
        text.Counter(
            "tradingbot_refusals_total", "Signals the risk gate refused, by reason.", "reason",
            Reasons<Refusal>(root.GetProperty("refused"), ReplayReport.NameOf));
        text.Gauge(
            "tradingbot_gate_alarms", "Sides whose signals the risk gate refused, all of them, for ten minutes.",
            root.GetProperty("gate_alarms").GetArrayLength());
        text.Counter(
            "tradingbot_entry_refusals_total", "Approved orders that did not become entries, by reason.", "reason",
            Reasons<EntryRefusal>(root.GetProperty("entries_refused"), CircleFigures.NameOf));
    }

    private static void WriteAccount(PrometheusText text, JsonElement root)
    {
        text.Counter("tradingbot_entries_total", "Entries sent.", Number(root, "entries"));
        text.Counter(
            "tradingbot_entries_late_total", "Entries that did not leave, because the process stood still meanwhile.",
            Number(root, "entries_late"));
        text.Counter(
            "tradingbot_intents_total", "Orders of any role made durable in the intent log.", Number(root, "intents"));
        text.Counter("tradingbot_orders_total", "Orders of any role sent.", Number(root, "orders"));
        text.Counter(
            "tradingbot_order_outcomes_total", "Answers of the venue to orders, by outcome.", "outcome",
            Members(root.GetProperty("order_outcomes")));
        text.Counter(
            "tradingbot_orders_unsent_total", "Commands a dry run decided and did not send.", Number(root, "unsent"));
        text.Counter(
            "tradingbot_outcomes_unknown_total", "Commands of any kind whose outcome nobody knew.",
            Number(root, "unknown_outcomes"));
        text.Counter("tradingbot_fills_total", "Our fills.", Number(root, "fills"));
        text.Counter(
            "tradingbot_fills_partial_total", "Fills that left a part of their order.", Number(root, "partial_fills"));
        text.Counter("tradingbot_stops_hit_total", "Stops that filled.", Number(root, "stops_hit"));
        text.Counter(
            "tradingbot_take_profits_hit_total", "Take-profits that filled.", Number(root, "take_profits_hit"));
        if (root.GetProperty("lease_remaining_seconds") is { ValueKind: JsonValueKind.Number } lease)
        {
            text.Gauge(
                "tradingbot_lease_remaining_seconds", "How long the account is still ours: without it no entries.",
                lease.GetDouble());
        }

        text.Gauge("tradingbot_positions", "Positions open now.", Number(root, "positions_open"));
        text.Gauge(
            "tradingbot_result_dollars", "Result of closed trades and open positions since the start, before fees.",
            Number(root, "result"));
        text.Counter(
            "tradingbot_position_unprotected_seconds_total",
            "Time positions were without a proven stop, all of them added up.",
            Number(root, "unprotected_seconds_total"));
        text.Counter(
            "tradingbot_position_refused_seconds_total",
            "Of that time, what passed while the venue took no orders.",
            Number(root, "unprotected_refused_seconds_total"));
        text.Gauge(
            "tradingbot_day_result_dollars",
            "Result of the UTC day, open positions and estimated fees included, funding not.",
            Number(root, "result_of_day"));
        text.Gauge(
            "tradingbot_drawdown_dollars", "How far the result of all starts lies below its best.",
            Number(root, "drawdown"));
        text.Gauge(
            "tradingbot_drawdown_warned", "1 while that is risk.drawdown_warn or more.",
            Flag(root, "drawdown_warned"));
        text.Gauge(
            "tradingbot_position_unprotected_seconds_max", "The longest such time of one position.",
            Number(root, "unprotected_seconds_max"));
    }

    private static void WriteLane(PrometheusText text, JsonElement lane)
    {
        text.Gauge(
            "tradingbot_lane_tokens_used", "Tokens of the venue's order budget used in the last ten seconds.",
            Number(lane, "tokens_used"));
        text.Counter(
            "tradingbot_lane_unbudgeted_total", "Commands refused unsent because the budget had no room.",
            Number(lane, "unbudgeted"));
        text.Counter(
            "tradingbot_lane_rate_refusals_total", "Commands the venue refused for their number.",
            Number(lane, "rate_refusals"));
        // A lane that needs no token has no such time: it is not zero.
        if (lane.GetProperty("spare_token_seconds").ValueKind == JsonValueKind.Number)
        {
            text.Gauge(
                "tradingbot_lane_spare_token_seconds", "How long a reconnect needs no token from REST.",
                Number(lane, "spare_token_seconds"));
        }

        double unlisted = 0;
        foreach (JsonElement error in lane.GetProperty("unlisted_errors").EnumerateArray())
        {
            unlisted += Number(error, "count");
        }

        text.Counter("tradingbot_lane_unlisted_errors_total", "Error texts of the venue nobody has listed.", unlisted);
    }

    private static void WriteStorage(PrometheusText text, JsonElement root)
    {
        text.Gauge("tradingbot_journal_bytes", "Size of this run's input journal.", Number(root, "journal_bytes"));
        text.Counter(
            "tradingbot_journal_records_lost_total", "Inputs and outputs after the journal broke.",
            Number(root, "journal_records_lost"));
        text.Counter(
            "tradingbot_capture_records_total", "Records of this run's recording.", Number(root, "capture_records"));
        text.Counter(
            "tradingbot_capture_records_lost_total",
            "Records that found no room, because the disk is too slow or full.",
            Number(root, "capture_records_lost"));
        text.Counter(
            "tradingbot_capture_gap_rows_total", "Rows of the gap ledger.", Number(root, "capture_gap_rows"));
        if (root.GetProperty("store") is not { ValueKind: JsonValueKind.Object } store) return;
        text.Gauge(
            "tradingbot_store_lag_records", "Durable records of the intent log that are not rows yet.",
            Number(store, "lag_records"));
        text.Counter(
            "tradingbot_store_rows_lost_total", "Signals and results that found no room on the way to the store.",
            Number(store, "rows_lost"));
        text.Counter("tradingbot_store_errors_total", "Failed turns of the store.", Number(store, "errors"));
    }

    private static double Number(JsonElement root, string member) => root.GetProperty(member).GetDouble();

    private static double Flag(JsonElement root, string member) => root.GetProperty(member).GetBoolean() ? 1 : 0;

    private static IEnumerable<(string Value, double Count)> Members(JsonElement root)
    {
        foreach (JsonProperty member in root.EnumerateObject()) yield return (member.Name, member.Value.GetDouble());
    }

    /// <summary>Every reason there is; the standing names those that were seen.</summary>
    private static IEnumerable<(string Value, double Count)> Reasons<T>(JsonElement seen, Func<T, string> nameOf)
        where T : struct, Enum
    {
        foreach (T reason in Enum.GetValues<T>())
        {
            if (reason.Equals(default(T))) continue;
            string name = nameOf(reason);
            yield return (name, seen.TryGetProperty(name, out JsonElement count) ? count.GetDouble() : 0);
        }
    }
}
