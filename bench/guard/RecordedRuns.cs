using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Bench.Ratios;

namespace guard;

/// <summary>One line a merge: machine, processor, commit and the ratios measured there.</summary>
internal sealed class RecordedRuns
{
    private readonly List<(string Processor, Dictionary<string, double> Ratios)> _lines = [];

    /// <summary>A file that is not there has no lines; one that cannot be read is an error.</summary>
    public static RecordedRuns Read(string path)
    {
        RecordedRuns history = new();
        if (!File.Exists(path)) return history;
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0)) history.Add(line);
        return history;
    }

    public void Add(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        Dictionary<string, double> ratios = [];
        foreach (JsonProperty ratio in root.GetProperty("ratios").EnumerateObject())
        {
            if (ratio.Value.ValueKind == JsonValueKind.Number) ratios.Add(ratio.Name, ratio.Value.GetDouble());
        }

        _lines.Add((root.GetProperty("processor").GetString()!, ratios));
    }

    /// <summary>Recorded last on this kind of processor; empty when nothing was, and only floors count.</summary>
    public IReadOnlyDictionary<string, double> LastOf(string processor) =>
        _lines.FindLast(line => line.Processor == processor).Ratios ?? [];

    public static void Append(string path, string commit, IReadOnlyList<RatioReading> readings) =>
        File.AppendAllText(path, Line(commit, readings) + "\n");

    public static string Line(string commit, IReadOnlyList<RatioReading> readings)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("date", TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'",
                System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("commit", commit);
            json.WriteString("machine", RatioTable.Machine);
            json.WriteString("processor", RatioTable.Processor);
            json.WriteStartObject("ratios");
            foreach (RatioReading reading in readings)
            {
                if (reading.Result.Value is { } value) json.WriteNumber(reading.Row.Id, Math.Round(value, 6));
                else json.WriteNull(reading.Row.Id);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
