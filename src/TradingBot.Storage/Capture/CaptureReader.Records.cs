using System;
using System.IO;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Capture;

/// <content>Recordings: what their records told the engine, as frames.</content>
public sealed partial class CaptureReader
{
    private static CaptureReader OpenRecording(string path)
    {
        RecordingReader? records = RecordingReader.Open(path, out string error);
        if (records is not null) return new CaptureReader(path, records);
        bool isFolder = Directory.Exists(path);
        CaptureFaultKind kind = isFolder ? CaptureFaultKind.CannotOpen : CaptureFaultKind.NotACapture;
        return new CaptureReader(path, new CaptureFault(kind, path, 0, 0, null, error));
    }

    /// <summary>The next record that told the engine something; false at the end and at a fault.</summary>
    private bool TryReadRecord(RecordingReader records)
    {
        while (records.TryRead(out CaptureRecord record))
        {
            CaptureHead head = record.Head;
            _hasRecords = true;
            if (KindOf(in head) is not { } kind) continue;
            // What is missing may have touched any book: an empty symbol.
            ReadOnlySpan<byte> bytes = head.Kind == CaptureRecordKind.Hole ? default : record.Payload;
            byte[] buffer = _buffer!;
            if (buffer.Length < bytes.Length) buffer = new byte[Math.Max(bytes.Length, 1 << 16)];
            bytes.CopyTo(buffer);
            Dialect = records.DialectOf(in head);
            if (kind == CapturedKind.Frame && Dialect == Dialect.None) return EndUntold(records, head.Number);
            CapturedStamp stamp = new(true, head.TimeNs, kind, Dialect, IsOurs: true);
            SetFrame(buffer, 0, bytes.Length, in stamp);
            CurrentLine = head.Number;
            _framesRead++;
            return true;
        }

        string? wrong = records.Fault.Length > 0 ? records.Fault
            // A segment of the middle may hold no frame; a recording without a single record was never begun.
            : !_hasRecords ? CaptureFaultText.Of(CaptureFaultKind.Empty, "") : null;
        if (wrong is null) return false;
        CaptureFaultKind fault = records.Fault.Length > 0 ? CaptureFaultKind.DamagedSegment : CaptureFaultKind.Empty;
        Fault = new CaptureFault(fault, Name, 0, 0, records.ReadBytes, wrong);
        return false;
    }

    private bool EndUntold(RecordingReader records, long number)
    {
        string wrong = $"{records.FileName}: nothing says which protocol the socket of record {number} speaks.";
        Fault = new CaptureFault(CaptureFaultKind.DamagedSegment, Name, 0, 0, records.ReadBytes, wrong);
        return false;
    }

    /// <summary>What a record tells the engine; null when it tells nothing.</summary>
    private static CapturedKind? KindOf(in CaptureHead head) => head.Kind switch
    {
        CaptureRecordKind.Received when head.Fate is FrameFate.Applied or FrameFate.Unread => CapturedKind.Frame,
        CaptureRecordKind.Time => CapturedKind.Time,
        CaptureRecordKind.Gap or CaptureRecordKind.Hole => CapturedKind.Gap,
        _ => null,
    };
}
