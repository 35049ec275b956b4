using System;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace TradingBot.Worker.Commands;

/// <summary>The standing of a run in one line of a terminal, written over itself.</summary>
internal static class StatusLine
{
    /// <summary>Where the terminal does not tell its width.</summary>
    private const int WidthDefault = 80;

    /// <summary>Puts the line in place of the last one: one write, and only the rest of the line is cleared.</summary>
    public static void Show(ReadOnlyMemory<byte> status, TextWriter terminal)
    {
        int width = Console.WindowWidth > 0 ? Console.WindowWidth : WidthDefault;
        terminal.Write($"\r{Of(status, width - 1)}\u001b[K");
    }

    /// <summary>At most so many characters: what does not fit, the least important, is left out word by word.</summary>
    internal static string Of(ReadOnlyMemory<byte> status, int width)
    {
        using JsonDocument json = JsonDocument.Parse(status);
        JsonElement s = json.RootElement;
        double result = s.GetProperty("result").GetDouble();
        string state = s.GetProperty("halted").GetBoolean() ? "HALTED"
            : s.GetProperty("protection_overdue").GetBoolean() ? "STOP OVERDUE"
            : s.GetProperty("ready").GetBoolean() ? "trading" : "starting";
        TimeSpan up = TimeSpan.FromSeconds(s.GetProperty("uptime_seconds").GetInt64());
        string[] parts =
        [
            $"{s.GetProperty("venue").GetString()!.ToUpperInvariant()} {s.GetProperty("mode").GetString()}",
            Text($"{(int)up.TotalHours:00}:{up.Minutes:00}:{up.Seconds:00} {state}"),
            Text($"{s.GetProperty("positions_open")} open"),
            Text($"{(result < 0 ? "-" : "+")}${Math.Abs(result):0.00}"),
            Text($"{Count(s, "fills")} fills"),
            Text($"{Count(s, "stops_hit")} stops, {Count(s, "take_profits_hit")} targets hit"),
            Text($"{Count(s, "orders")} orders"),
            Text($"{Count(s, "signals")} signals"),
            Text($"{Count(s, "frames")} frames, {Count(s, "checksum_mismatches")} wrong"),
        ];
        string line = "";
        foreach (string part in parts)
        {
            string longer = line.Length == 0 ? part : line + " | " + part;
            if (longer.Length > width) break;
            line = longer;
        }

        return line;
    }

    private static string Count(JsonElement status, string member) =>
        status.GetProperty(member).GetInt64().ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
