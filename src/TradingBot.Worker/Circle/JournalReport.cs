using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>What a replayed journal came to, for a person or as JSON.</summary>
internal sealed class JournalReport(string file, JournalReplay replay, TimeSpan elapsed)
{
    private bool HasEnd => replay.RecordedStateHash.Length > 0;

    public void WriteJson(Stream output)
    {
        InputJournalHeader header = replay.Header;
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("journal", file);
        json.WriteString("mark", header.Mark);
        json.WriteNumber("epoch", header.Epoch);
        json.WriteNumber("start_ns", header.StartNs);
        json.WriteString("build", header.Build);
        json.WriteBoolean("same_build", replay.SameBuild);
        json.WriteString("options_hash", header.OptionsHash());
        json.WriteNumber("recovered_records", header.LogRecords);
        json.WriteNumber("records", replay.Reader.UsableRecords);
        json.WriteNumber("steps", replay.Steps);
        json.WriteNumber("acts", replay.Acts);
        json.WriteNumber("sequence", replay.Worker.Sequence);
        json.WriteString("end", Word(replay.Reader.End));
        if (replay.Reader.EndText.Length > 0) json.WriteString("end_text", replay.Reader.EndText);
        json.WriteNumber("unread_bytes", replay.Reader.UnreadBytes);
        WriteCommands(json);
        json.WriteString("command_hash", replay.CommandHash);
        json.WriteString("state_hash", replay.StateHashText);
        if (HasEnd)
        {
            json.WriteString("recorded_command_hash", replay.RecordedCommandHash);
            json.WriteString("recorded_state_hash", replay.RecordedStateHash);
        }

        json.WriteBoolean("equal", replay.Divergence is null);
        if (replay.Divergence is { } d) WriteDivergence(json, d);
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public string Text()
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        InputJournalHeader header = replay.Header;
        double seconds = (replay.TimeNs - header.StartNs) / 1e9;
        foreach ((OrderCommand command, string symbol) in replay.Commands) text.AppendLine(Line(in command, symbol));
        text.AppendLine(culture, $"journal of start {header.Epoch} of {header.Mark}, {seconds:0.0} s");
        text.AppendLine(culture, $"  {replay.Reader.UsableRecords:N0} records, {replay.Steps:N0} steps, "
            + $"{replay.Worker.Wire.Frames:N0} frames, {replay.Acts} acts of an operator");
        text.AppendLine(culture, $"  {replay.Commands.Count:N0} commands, hash {replay.CommandHash}");
        text.AppendLine(culture, $"  state {replay.StateHashText}");
        if (!replay.SameBuild)
        {
            text.AppendLine(culture, $"  recorded by build {header.Build}, replayed by {WorkerJournal.Build}");
        }

        if (replay.Reader.EndText.Length > 0) text.AppendLine(culture, $"  {replay.Reader.EndText}");
        text.AppendLine(culture, $"  {Verdict()}");
        return text.ToString();
    }

    private string Verdict()
    {
        if (replay.Divergence is { } d) return $"DIFFERENT at {d}";
        if (replay.Reader.End == JournalEnd.Damaged) return "equal up to the damage";
        return HasEnd ? "equal: every output, the commands and the state"
            : "equal as far as the journal goes; it has no end, so the state was not compared";
    }

    private void WriteCommands(Utf8JsonWriter json)
    {
        json.WriteStartArray("commands");
        foreach ((OrderCommand command, string symbol) in replay.Commands)
        {
            json.WriteStartObject();
            json.WriteNumber("time_ns", command.TimeNs);
            json.WriteString("id", Id(in command));
            json.WriteString("command", command.Kind.ToString());
            json.WriteString("role", command.Id.Role.ToString());
            json.WriteString("type", command.Type.ToString());
            json.WriteString("symbol", symbol);
            json.WriteString("side", command.Side.ToString());
            json.WriteString("quantity", DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true));
            json.WriteString("limit_price", DecimalText.Of(command.LimitPrice, command.PriceDecimals));
            json.WriteString("trigger_price", DecimalText.Of(command.TriggerPrice, command.PriceDecimals));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDivergence(Utf8JsonWriter json, JournalDivergence divergence)
    {
        json.WriteStartObject("divergence");
        json.WriteNumber("record", divergence.Record);
        json.WriteNumber("time_ns", divergence.TimeNs);
        json.WriteNumber("sequence", divergence.Sequence);
        json.WriteString("recorded", divergence.Recorded);
        json.WriteString("replayed", divergence.Replayed);
        json.WriteEndObject();
    }

    private static string Line(in OrderCommand command, string symbol)
    {
        string time = DateTimeOffset.UnixEpoch.AddTicks(command.TimeNs / 100)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string quantity = DecimalText.Of(command.Quantity, command.QuantityDecimals, shortest: true);
        long price = command.TriggerPrice != 0 ? command.TriggerPrice : command.LimitPrice;
        string at = price == 0 ? "" : " at " + DecimalText.Of(price, command.PriceDecimals);
        return $"{time} {command.Kind} {command.Id.Role} {command.Type} {command.Side} {quantity} {symbol}{at} "
            + Id(in command);
    }

    private static string Id(in OrderCommand command)
    {
        Span<byte> text = stackalloc byte[ClientOrderId.TextBytes];
        command.Id.Write(text);
        return Encoding.ASCII.GetString(text);
    }

    private static string Word(JournalEnd end) => end switch
    {
        JournalEnd.Ended => "ended",
        JournalEnd.Open => "open",
        JournalEnd.Torn => "torn",
        JournalEnd.Broken => "broken",
        _ => "damaged",
    };
}
