using System.Text;
using System.Text.Json;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Capture;

/// <summary>Records in words, for people and for <c>--json</c>.</summary>
internal static class CaptureWords
{
    public static string Of(CaptureRecordKind kind) => kind switch
    {
        CaptureRecordKind.InSync => "in_sync",
        _ => kind.ToString().ToLowerInvariant(),
    };

    public static string Of(FrameFate fate) => fate.ToString().ToLowerInvariant();

    /// <summary>One line: what stands in the record.</summary>
    public static void Write(Utf8JsonWriter json, in CaptureRecord record)
    {
        CaptureHead head = record.Head;
        json.WriteStartObject();
        json.WriteNumber("number", head.Number);
        json.WriteNumber("recv_ns", head.TimeNs);
        json.WriteNumber("sequence", head.Sequence);
        json.WriteNumber("events", head.Events);
        json.WriteNumber("connection", head.Connection);
        json.WriteString("kind", Of(head.Kind));
        if (head.Fate != FrameFate.None) json.WriteString("fate", Of(head.Fate));
        if (head.Kind == CaptureRecordKind.Hole)
        {
            CaptureHole hole = CaptureHole.Read(record.Payload);
            json.WriteNumber("records", hole.Records);
            json.WriteNumber("from_ns", hole.FromNs);
            json.WriteNumber("to_ns", hole.ToNs);
            json.WriteNumber("too_long", hole.TooLong);
        }
        else if (!record.Payload.IsEmpty)
        {
            json.WriteString("raw", Encoding.UTF8.GetString(record.Payload));
        }

        json.WriteEndObject();
    }
}
