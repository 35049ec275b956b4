using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TradingBot.Bench.Ratios;

namespace guard;

/// <summary>What a row may not cross, and why it is that number.</summary>
internal readonly record struct Limit(double Value, string Reason);

/// <summary>Ratios against fixed references.</summary>
internal static class RatioGate
{
    private const double Margin = 0.25;

    /// <summary>References that allocate move more from run to run.</summary>
    private const double MarginAllocating = 0.40;

    /// <summary>The recorded value less its margin, but never laxer than the floor.</summary>
    public static Limit LimitOf(RatioRow row, double? recorded)
    {
        if (recorded is not { } value) return new Limit(row.Floor, "floor");
        double margin = row.ReferenceAllocates ? MarginAllocating : Margin;
        bool atLeast = row.Bound == Bound.AtLeast;
        double limit = atLeast ? value * (1 - margin) : value * (1 + margin);
        bool floorIsStricter = atLeast ? row.Floor >= limit : row.Floor <= limit;
        if (floorIsStricter) return new Limit(row.Floor, "floor");
        return new Limit(limit, string.Create(
            CultureInfo.InvariantCulture, $"recorded {value:0.###} {(atLeast ? "-" : "+")} {margin:P0}"));
    }

    public static bool Holds(RatioRow row, double value, Limit limit) =>
        row.Bound == Bound.AtLeast ? value >= limit.Value : value <= limit.Value;

    /// <summary>Measures, measures breaches again, and prints both tables.</summary>
    public static bool Run(
        IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, double> recorded, TextWriter output,
        out List<RatioReading> readings)
    {
        readings = RatioTable.Measure(ids);
        RatioTable.WriteText(readings, output);
        string[] suspects = [.. readings.Where(r => Breached(r, recorded)).Select(r => r.Row.Id)];
        if (suspects.Length == 0) return true;
        output.WriteLine($"measured again: {string.Join(", ", suspects)}");
        List<RatioReading> again = RatioTable.Measure(suspects);
        List<string> lines = [];
        foreach (RatioReading second in again.Where(r => Breached(r, recorded)))
        {
            RatioReading first = readings.Single(reading => reading.Row == second.Row);
            lines.Add(Describe(first, second, LimitFor(second.Row, recorded)));
        }

        // What held the second time is the figure that counts.
        readings = [.. readings.Select(first => again.Find(second => second.Row == first.Row) ?? first)];
        output.WriteLine(lines.Count == 0
            ? "every breach was noise: the second measurement held"
            : $"{lines.Count} of {readings.Count} ratios are in breach, measured twice:");
        foreach (string line in lines) output.WriteLine("  " + line);
        return lines.Count == 0;
    }

    /// <summary>Which, by how much and against what.</summary>
    public static string Describe(RatioReading first, RatioReading second, Limit limit)
    {
        double value = second.Result.Value!.Value;
        double off = limit.Value == 0 ? double.NaN : Math.Abs(value - limit.Value) / limit.Value;
        string by = double.IsNaN(off) ? "" : string.Create(CultureInfo.InvariantCulture, $", off by {off:P0}");
        return $"{second.Row.Id} {second.Row.What}: {RatioTable.Figure(first.Result.Value)}, then "
            + $"{RatioTable.Figure(value)}; must be {RatioTable.Sign(second.Row)} {RatioTable.Figure(limit.Value)} "
            + $"({limit.Reason}){by}; {second.Result.Detail}";
    }

    private static Limit LimitFor(RatioRow row, IReadOnlyDictionary<string, double> recorded) =>
        LimitOf(row, recorded.TryGetValue(row.Id, out double value) ? value : null);

    private static bool Breached(RatioReading reading, IReadOnlyDictionary<string, double> recorded) =>
        reading.Result.Value is { } value && !Holds(reading.Row, value, LimitFor(reading.Row, recorded));
}
