using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Trading.Reconciliation;

namespace TradingBot.Worker.Circle;

/// <summary>One difference in words.</summary>
/// <param name="TimeMs">Engine time, Unix ms.</param>
/// <param name="Symbol">Of the instrument.</param>
/// <param name="Field">position, order or fills; of an order with its role.</param>
/// <param name="Ours">Quantity as we had it.</param>
/// <param name="Venue">Quantity as the venue shows it.</param>
/// <param name="Rule">Id of docs/protection.md.</param>
/// <param name="Action">What was done about it.</param>
internal sealed record DifferenceLine(
    long TimeMs, string Symbol, string Field, string Ours, string Venue, string Rule, string Action);

/// <summary>What looks at the venue showed against our own books, for people.</summary>
internal static class Differences
{
    /// <summary>As many as the engine keeps.</summary>
    private const int KeptMax = 1_024;

    /// <summary>Kept for the standing.</summary>
    private const int ShownMax = 20;

    /// <summary>All that are still held, oldest first.</summary>
    public static List<DifferenceLine> Of(CircleWorker worker, int most = KeptMax)
    {
        RecordLog<Difference> records = worker.Protection.Differences;
        List<DifferenceLine> lines = [];
        for (long i = Math.Max(0, records.Next - most); i < records.Next; i++) lines.Add(Line(worker, in records[i]));
        return lines;
    }

    public static void Write(Utf8JsonWriter json, CircleWorker worker)
    {
        json.WriteNumber("looks", worker.Protection.LooksBelieved);
        json.WriteNumber("differences_total", worker.Protection.Differences.Next);
        json.WriteStartArray("differences");
        foreach (DifferenceLine line in Of(worker, ShownMax)) Write(json, line);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, DifferenceLine line)
    {
        json.WriteStartObject();
        json.WriteNumber("time_ms", line.TimeMs);
        json.WriteString("symbol", line.Symbol);
        json.WriteString("field", line.Field);
        json.WriteString("ours", line.Ours);
        json.WriteString("venue", line.Venue);
        json.WriteString("rule", line.Rule);
        json.WriteString("action", line.Action);
        json.WriteEndObject();
    }

    private static DifferenceLine Line(CircleWorker worker, ref readonly Difference difference)
    {
        string field = difference.Field.ToString().ToLowerInvariant();
        if (difference.Field != DifferenceField.Position)
        {
            string role = difference.Id.IsNone ? "foreign stop" : difference.Role.ToString().ToLowerInvariant();
            field = $"{role} {field}";
        }

        return new DifferenceLine(
            difference.TimeNs / 1_000_000, Encoding.UTF8.GetString(worker.Symbols.TextOf(difference.InstrumentId)),
            field, DecimalText.Of(difference.Ours, difference.Decimals, shortest: true),
            DecimalText.Of(difference.Venue, difference.Decimals, shortest: true), $"R{(int)difference.Rule}",
            ActionOf(difference.Rule));
    }

    private static string ActionOf(ReconcileRule rule) => rule switch
    {
        ReconcileRule.Adopt => "taken over, protected",
        ReconcileRule.FirstLook => "the look is right",
        ReconcileRule.Wait => "a second look decides",
        ReconcileRule.Correct => "corrected, stop resized",
        ReconcileRule.Missed => "covers nothing, a second look decides",
        ReconcileRule.Absent => "ended",
        ReconcileRule.Settle => "no longer waited for",
        ReconcileRule.Found => "a stop counts, an entry is taken back",
        _ => "",
    };
}
