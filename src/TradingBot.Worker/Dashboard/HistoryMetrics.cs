using System.Text.Json;

namespace TradingBot.Worker.Dashboard;

/// <summary>Universe and history as Prometheus text, from the standing's members of these names.</summary>
internal static class HistoryMetrics
{
    public static void Write(PrometheusText text, JsonElement root)
    {
        if (root.GetProperty("history") is not { ValueKind: JsonValueKind.Object } history) return;
        JsonElement universe = root.GetProperty("universe");
        text.Begin("tradingbot_universe_symbols", "gauge", "Symbols that are watched, by kind.");
        foreach (string kind in (string[])["spot", "perpetuals"])
        {
            text.Sample("tradingbot_universe_symbols", $"{{kind=\"{kind}\"}}", universe.GetProperty(kind).GetDouble());
        }

        text.Gauge(
            "tradingbot_universe_left_out", "Instruments of the wanted class and currency that are not watched.",
            universe.GetProperty("left_out_count").GetDouble());
        text.Gauge(
            "tradingbot_history_may_be_analysed", "Watched symbols whose history is whole and fresh.",
            history.GetProperty("may_be_analysed").GetDouble());
        text.Gauge(
            "tradingbot_history_failing", "1 while the store of candles does not answer or is not there.",
            history.GetProperty("fault").ValueKind == JsonValueKind.String ? 1 : 0);
        const string Faults = "tradingbot_history_faults";
        text.Begin(Faults, "gauge", "What is wrong with a symbol's history, as the bits of docs/backfill.md.");
        foreach (JsonElement symbol in history.GetProperty("symbols").EnumerateArray())
        {
            string name = PrometheusText.Escape(symbol.GetProperty("symbol").GetString()!);
            text.Sample(Faults, $"{{symbol=\"{name}\"}}", symbol.GetProperty("faults").GetDouble());
        }

        text.Counter(
            "tradingbot_own_bars_written_total", "Closed bars of ours that are in the store of candles.",
            history.GetProperty("own_bars_written").GetDouble());
        text.Counter(
            "tradingbot_own_bars_lost_total", "Closed bars of ours that found no room on the way there.",
            history.GetProperty("own_bars_lost").GetDouble());
    }
}
