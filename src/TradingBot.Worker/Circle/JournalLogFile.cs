using System;
using System.IO;
using TradingBot.Storage.Journal;

namespace TradingBot.Worker.Circle;

/// <summary>The intent log's file of a replayed worker: it keeps nothing, and refuses where the medium did.</summary>
internal sealed class JournalLogFile(JournalCursor cursor) : ILogFile
{
    private const string Refused = "The medium refused this when the journal was recorded.";

    public long Length => 0;

    public int Read(long offset, Span<byte> buffer) => 0;

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] written = bytes.ToArray();
        bool same = cursor.Expect(
            InputRecordKind.LogWrite,
            record => record.Offset == offset && record.Bytes.Span.SequenceEqual(written),
            () => $"LogWrite at {offset}: {Convert.ToHexStringLower(written)}", out InputRecord taken);
        if (same && !taken.Done) throw new IOException(Refused);
    }

    public void Sync()
    {
        bool same = cursor.Expect(InputRecordKind.LogSync, _ => true, () => "LogSync", out InputRecord taken);
        if (same && !taken.Done) throw new IOException(Refused);
    }

    public void Dispose()
    {
    }
}
