// In:     what a recording could not hold or was not told.   Out: gaps.jsonl, one line for each, in the folder.
// Thread: the writer's; opened and closed by the one that starts.
// Keeps:  a line that cannot be written now is kept and written when it can be; of too many, their count is.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>The gap ledger of a folder of recordings; whoever has it open has the folder.</summary>
internal sealed class GapLedger : IDisposable
{
    /// <summary>Lines kept while the disk takes none: hours of trouble, in 1 MB.</summary>
    private const int WaitingMax = 4_096;

    private readonly DiskLogFile _lock;
    private readonly DiskLogFile _file;
    private readonly Queue<byte[]> _waiting = [];
    private long _bytes;
    private long _left;

    private GapLedger(DiskLogFile held, DiskLogFile file, long bytes)
    {
        _lock = held;
        _file = file;
        _bytes = bytes;
    }

    /// <summary>Lines written.</summary>
    public long Rows { get; private set; }

    /// <summary>Lines that wait for a disk that takes them.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Opens the ledger, or begins it; a line that broke off is cut.</summary>
    /// <exception cref="IOException">Another recording has the folder, or the medium refused.</exception>
    public static GapLedger Open(string folder)
    {
        DiskLogFile held = DiskLogFile.Open(Path.Combine(folder, CaptureNames.Lock), 0);
        try
        {
            DiskLogFile file = DiskLogFile.OpenShared(Path.Combine(folder, CaptureNames.Ledger));
            GapLedger ledger = new(held, file, CutTorn(file));
            held = null!;
            return ledger;
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Cuts a line that broke off; the answer is what remains.</summary>
    private static long CutTorn(DiskLogFile file)
    {
        byte[] end = new byte[1 << 16];
        long whole = file.Length;
        while (whole > 0)
        {
            long from = Math.Max(0, whole - end.Length);
            int length = file.Read(from, end.AsSpan(0, (int)(whole - from)));
            int newline = end.AsSpan(0, length).LastIndexOf((byte)'\n');
            whole = from + newline + 1;
            if (newline >= 0) break;
            whole = from;
        }

        if (whole != file.Length) file.SetLength(whole);
        return whole;
    }

    /// <summary>Adds a line.</summary>
    /// <param name="timeNs">When, Unix ns.</param>
    /// <param name="recording">Whose.</param>
    /// <param name="kind">begin, end, unfinished, open, disconnect, stale, in_sync, dropped, disk or disk_ok.</param>
    /// <param name="members">Writes what else there is to say.</param>
    public void Add(long timeNs, string recording, string kind, Action<Utf8JsonWriter>? members = null)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("at", TimeText(timeNs));
            json.WriteNumber("at_ns", timeNs);
            json.WriteString("recording", recording);
            json.WriteString("kind", kind);
            members?.Invoke(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        if (_waiting.Count == WaitingMax) _left++;
        else _waiting.Enqueue(line.ToArray());
    }

    /// <summary>Writes what waits, as far as the disk takes it; null, or why it does not.</summary>
    public string? Flush()
    {
        try
        {
            while (_waiting.TryPeek(out byte[]? line))
            {
                Write(line);
                _waiting.Dequeue();
            }

            if (_left == 0) return null;
            Write(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{{\"kind\":\"rows_left_out\",\"count\":{_left}}}\n")));
            _left = 0;
            return null;
        }
        catch (IOException fault)
        {
            return fault.Message;
        }
    }

    /// <exception cref="IOException">The medium refused.</exception>
    public void Sync() => _file.Sync();

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    internal static string TimeText(long timeNs) =>
        DateTimeOffset.UnixEpoch.AddTicks(timeNs / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
            CultureInfo.InvariantCulture);

    private void Write(byte[] line)
    {
        _file.Write(_bytes, line);
        _bytes += line.Length;
        Rows++;
    }
}
