using System;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Wire;

namespace TradingBot.Worker.Circle;

/// <summary>
/// How the order lane stands, as JSON: its budget, its tokens, and words of the venue nobody has listed.
/// </summary>
internal static class LaneStatus
{
    public static void Write(Utf8JsonWriter json, CircleWorker worker, long nowNs)
    {
        LaneCounters lane = worker.Lane;
        bool needsToken = worker.SpareTokenUntilNs != long.MaxValue;
        long spareNs = Math.Max(0, worker.SpareTokenUntilNs - nowNs);
        json.WriteStartObject("lane");
        json.WriteString("name", worker.LaneName);
        json.WriteBoolean("inspector", worker.HasInspector);
        json.WriteNumber("inspections", worker.Inspections);
        json.WriteNumber("tokens_used", worker.LaneTokens);
        json.WriteNumber("held", lane.Held);
        json.WriteNumber("unbudgeted", lane.Unbudgeted);
        json.WriteNumber("rate_refusals", lane.RateRefusals);
        json.WriteNumber("resent", lane.Resent);
        json.WriteNumber("batched", lane.Batched);
        json.WriteNumber("ack_timeouts", lane.AckTimeouts);
        json.WriteNumber("late_answers", lane.LateAnswers);
        json.WriteNumber("tokens_failed", lane.TokensFailed);
        if (needsToken) json.WriteNumber("spare_token_seconds", Math.Round(spareNs / 1e9, 3));
        else json.WriteNull("spare_token_seconds");
        json.WriteNumber("nonces_unreserved", worker.NoncesUnreserved);
        string fault = worker.HandOver?.Fault ?? "off";
        json.WriteString("hand_over", fault.Length > 0 ? fault : "on");
        Write(json, "unlisted_errors", lane.OtherErrors);
        Write(json, "unknown_members", lane.UnknownKeys);
        Write(json, "unknown_words", lane.UnknownWords);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, NameCounter counter)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < counter.Names; i++)
        {
            json.WriteStartObject();
            json.WriteString("text", Encoding.UTF8.GetString(counter.NameOf(i)));
            json.WriteNumber("count", counter.CountOf(i));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
