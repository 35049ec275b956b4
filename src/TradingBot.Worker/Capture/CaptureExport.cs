using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Capture;

/// <summary>Text forms of a recording.</summary>
internal enum ExportForm : byte
{
    /// <summary>JSON lines; with what the engine was told beside frames: a replay ends in the same state.</summary>
    Envelope = 0,

    /// <summary>A time and the frame, as tardis.dev writes; frames alone, of one dialect.</summary>
    Tardis = 1,
}

/// <summary>Writes a recording as text that <c>replay</c> and others read.</summary>
internal static class CaptureExport
{
    private static readonly JsonWriterOptions Compact = new()
    {
        // Frames hold no markup: their quotes alone need an escape.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Writes it.</summary>
    /// <param name="reader">What to write.</param>
    /// <param name="form">As what.</param>
    /// <param name="only">Of one dialect; None = of all.</param>
    /// <param name="output">Where to.</param>
    /// <param name="error">Why it ended early; empty when it did not.</param>
    /// <returns>Lines written.</returns>
    public static long Write(CaptureReader reader, ExportForm form, Dialect only, Stream output, out string error)
    {
        long lines = 0;
        HashSet<Dialect> seen = [];
        ArrayBufferWriter<byte> line = new(1 << 16);
        while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            Dialect dialect = frame.Stamp.Dialect;
            if (only != Dialect.None && dialect != only && dialect != Dialect.None) continue;
            if (form == ExportForm.Tardis && frame.Kind != CapturedKind.Frame) continue;
            if (frame.Kind == CapturedKind.Frame) seen.Add(dialect);
            if (form == ExportForm.Tardis && seen.Count > 1)
            {
                error = "The recording holds several protocols and this form has room for one: name --dialect.";
                return lines;
            }

            line.ResetWrittenCount();
            if (form == ExportForm.Envelope) WriteEnvelope(in frame, line);
            else WriteTardis(in frame, line);
            output.Write(line.WrittenSpan);
            lines++;
        }

        error = reader.Fault?.Message ?? "";
        return lines;
    }

    private static void WriteEnvelope(in CapturedFrame frame, ArrayBufferWriter<byte> line)
    {
        using (Utf8JsonWriter json = new(line, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("recv_ns", frame.ReceiveTimeNs);
            json.WriteString("raw", frame.Bytes);
            if (frame.Stamp.Dialect != Dialect.None) json.WriteString("dialect", DialectNames.Of(frame.Stamp.Dialect));
            if (frame.Kind == CapturedKind.Time) json.WriteString("kind", "time");
            if (frame.Kind == CapturedKind.Gap) json.WriteString("kind", "gap");
            json.WriteEndObject();
        }

        line.Write("\n"u8);
    }

    private static void WriteTardis(in CapturedFrame frame, ArrayBufferWriter<byte> line)
    {
        long seconds = frame.ReceiveTimeNs / 1_000_000_000;
        string time = string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTimeOffset.FromUnixTimeSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss}."
            + $"{frame.ReceiveTimeNs - (seconds * 1_000_000_000):D9}Z ");
        Encoding.ASCII.GetBytes(time, line);
        line.Write(frame.Bytes);
        line.Write("\n"u8);
    }
}
