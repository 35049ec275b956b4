// In:     nothing; every row makes its own input.   Out: the table, for people or as one JSON object.
// Thread: the caller's.
// Keeps:  every line of the table is there, measured or null; nothing is gated here (bench/guard gates).
// Budget: 5 minutes in all.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TradingBot.Bench.Ratios;

/// <summary>A row with what it gave.</summary>
internal sealed record RatioReading(RatioRow Row, RatioResult Result)
{
    /// <summary>Null when there is no figure.</summary>
    public bool? Held => Result.Value is { } value ? Row.Holds(value) : null;
}

/// <summary>All rows, in the order of the table.</summary>
internal static class RatioTable
{
    public static IReadOnlyList<RatioRow> Rows { get; } =
    [
        .. ParseRows.Rows(), .. BookRows.Rows(), .. StageRows.Rows(), .. HerdRow.Rows(), .. ReplayRows.Rows(),
        .. RingRows.Rows(), .. AllocationRows.Rows(), .. ColdStart.Rows(),
    ];

    /// <summary>The processor's name, by which figures of different machines are kept apart.</summary>
    public static string Processor { get; } = FindProcessor();

    /// <summary>What the figures belong to.</summary>
    public static string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}, {Processor}, {Environment.ProcessorCount} cores, ")
        + RuntimeInformation.FrameworkDescription;

    /// <summary>Measures the rows asked for; all when none is named.</summary>
    public static List<RatioReading> Measure(IReadOnlyCollection<string> ids)
    {
        List<RatioReading> readings = [];
        RatioRow[] rows = [.. Rows.Where(row => ids.Count == 0 || ids.Contains(row.Id))];
        for (int i = 0; i < rows.Length; i++)
        {
            if (!Console.IsErrorRedirected) Console.Error.Write($"\r\x1b[K[{i + 1}/{rows.Length}] {rows[i].What}");
            readings.Add(new RatioReading(rows[i], rows[i].Measure()));
        }

        if (!Console.IsErrorRedirected) Console.Error.Write("\r\x1b[K");
        return readings;
    }

    /// <summary>The verb <c>ratios</c>.</summary>
    public static int Run(string[] args)
    {
        bool json = args.Contains("--json");
        string[] ids = [.. args.Where(arg => !arg.StartsWith('-'))];
        if (ids.Except(Rows.Select(row => row.Id)).FirstOrDefault() is { } stranger)
        {
            Console.Error.WriteLine(
                $"There is no row '{stranger}'; rows are {string.Join(", ", Rows.Select(row => row.Id))}.");
            return 2;
        }

        List<RatioReading> readings = Measure(ids);
        if (json) WriteJson(readings);
        else WriteText(readings, Console.Out);
        return 0;
    }

    public static void WriteText(IEnumerable<RatioReading> readings, TextWriter output)
    {
        output.WriteLine(Machine);
        foreach (RatioReading reading in readings)
        {
            RatioRow row = reading.Row;
            string held = reading.Held switch { true => "ok", false => "MISSED", null => "-" };
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Id,-4} {row.What,-78} {Figure(reading.Result.Value),8}  {Sign(row)} {row.Floor,-6:0.###} ")
                + $"{held,-7} {reading.Result.Detail}");
        }
    }

    public static string Figure(double? value) => value is { } number
        ? number.ToString(Math.Abs(number) < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture)
        : "null";

    public static string Sign(RatioRow row) => row.Bound == Bound.AtLeast ? ">=" : "<=";

    private static void WriteJson(List<RatioReading> readings)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("machine", Machine);
            json.WriteStartArray("rows");
            foreach (RatioReading reading in readings) WriteRow(json, reading);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteRow(Utf8JsonWriter json, RatioReading reading)
    {
        json.WriteStartObject();
        json.WriteString("id", reading.Row.Id);
        json.WriteString("what", reading.Row.What);
        if (reading.Result.Value is { } value) json.WriteNumber("ratio", Math.Round(value, 6));
        else json.WriteNull("ratio");
        json.WriteNumber("floor", reading.Row.Floor);
        json.WriteNumber("aim", reading.Row.Aim);
        json.WriteString("bound", Sign(reading.Row));
        if (reading.Held is { } held) json.WriteBoolean("held", held);
        else json.WriteNull("held");
        json.WriteString("detail", reading.Result.Detail);
        json.WriteEndObject();
    }

    private static string FindProcessor()
    {
        const string Linux = "/proc/cpuinfo";
        if (!File.Exists(Linux)) return RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines(Linux)
            .FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 2)..];
    }
}
