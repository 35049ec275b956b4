// In:     what the feed receives and what the engine is told, from one thread.   Out: a recording in a folder.
// Thread: Received … Gap are the feed's (one thread); "capture-tail" writes tails and the ledger, "capture-blocks"
//         makes blocks of them (SegmentThread). Figures may be read by anyone.
// Keeps:  the feed never waits and allocates nothing: what does not fit is counted, and a record and a row of the
//         ledger say so as soon as there is room. I5: what the engine was told can be told again.
// Budget: a copy of the frame and 40 bytes; no system call.
using System;
using System.IO;
using System.Text;
using System.Threading;

namespace TradingBot.Storage.Capture;

/// <summary>A recording of a feed: docs/capture-format.md.</summary>
public sealed class FeedCapture : IDisposable
{
    private readonly ByteRing _ring;
    private readonly TailThread _writer;
    private readonly byte[] _head = new byte[CaptureHead.Bytes];
    private readonly byte[] _holeBytes = new byte[CaptureHole.Bytes];
    private readonly byte[] _words = new byte[64 + Market.Wire.SymbolTable.SymbolBytesMax];
    private CaptureHole _hole;

    // Greatest times: of all records, and of those that the engine was told.
    private long _timeNs;
    private long _toldNs;
    private bool _isTimeTold;
    private long _records;
    private long _lost;
    private bool _isEnded;

    private FeedCapture(ByteRing ring, TailThread writer)
    {
        _ring = ring;
        _writer = writer;
    }

    /// <summary>Records taken.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Records that found no room.</summary>
    public long RecordsLost => Volatile.Read(ref _lost);

    /// <summary>Why the medium refused last; null while it does not.</summary>
    public string? Fault => _writer.Fault;

    public string Recording => _writer.Recording;

    public int Segments => _writer.Segments;

    /// <summary>Bytes of records that reached the kernel.</summary>
    public long BytesWritten => _writer.BytesWritten;

    /// <summary>Rows of the ledger that are on file.</summary>
    public long LedgerRows => _writer.LedgerRows;

    /// <summary>
    /// Begins a recording; one that was not ended in this folder is ended first: its torn end is cut, the rest kept.
    /// </summary>
    /// <exception cref="IOException">Another recording has the folder, or the medium refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static FeedCapture Begin(string folder, CaptureOptions options, long startNs)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(folder);
        GapLedger ledger = GapLedger.Open(folder);
        bool begun = false;
        try
        {
            UnfinishedRecordings.End(folder, ledger, startNs);
            ByteRing ring = new(options.RingBytes);
            FeedCapture capture = new(ring, new TailThread(folder, options, startNs, ring, ledger));
            begun = true;
            return capture;
        }
        finally
        {
            if (!begun) ledger.Dispose();
        }
    }

    /// <summary>A frame came.</summary>
    /// <param name="connection">The socket.</param>
    /// <param name="timeNs">The receive time that its events carry.</param>
    /// <param name="sequence">The engine's number of its first event.</param>
    /// <param name="events">Events that the engine was told.</param>
    /// <param name="fate">What became of it.</param>
    /// <param name="frame">Its bytes.</param>
    public void Received(
        int connection, long timeNs, long sequence, int events, FrameFate fate, ReadOnlySpan<byte> frame) =>
        Append(new CaptureHead(CaptureRecordKind.Received, fate, connection, timeNs, sequence, events), frame);

    /// <summary>A frame was sent.</summary>
    public void Sent(int connection, long timeNs, ReadOnlySpan<byte> frame) =>
        Append(new CaptureHead(CaptureRecordKind.Sent, FrameFate.None, connection, timeNs, 0, 0), frame);

    /// <summary>The engine was told of the time by something that is no frame.</summary>
    public void Time(long timeNs, long sequence)
    {
        // Told of the same moment twice in a row, it learns nothing the second time. After a frame it may: a trade
        // that comes late opens a bar which the next word of the time closes.
        if (_isTimeTold && timeNs <= _toldNs) return;
        Append(new CaptureHead(CaptureRecordKind.Time, FrameFate.None, -1, timeNs, sequence, 1), default);
    }

    /// <summary>The engine was told to doubt a book.</summary>
    public void Gap(int connection, long timeNs, long sequence, ReadOnlySpan<byte> symbol) =>
        Append(new CaptureHead(CaptureRecordKind.Gap, FrameFate.None, connection, timeNs, sequence, 1), symbol);

    /// <summary>A socket opened.</summary>
    public void Opened(long timeNs, CaptureConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        byte[] text = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(connection);
        Append(
            new CaptureHead(CaptureRecordKind.Opened, FrameFate.None, connection.Connection, timeNs, 0, 0), text);
    }

    /// <summary>A socket was lost.</summary>
    public void Closed(int connection, long timeNs, string why) => Append(
        new CaptureHead(CaptureRecordKind.Closed, FrameFate.None, connection, timeNs, 0, 0),
        Encoding.UTF8.GetBytes(why));

    /// <summary>A book lost its thread.</summary>
    public void Stale(int connection, long timeNs, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> symbol)
    {
        reason.CopyTo(_words);
        _words[reason.Length] = (byte)' ';
        symbol.CopyTo(_words.AsSpan(reason.Length + 1));
        Append(
            new CaptureHead(CaptureRecordKind.Stale, FrameFate.None, connection, timeNs, 0, 0),
            _words.AsSpan(0, reason.Length + 1 + symbol.Length));
    }

    /// <summary>A book may be believed again.</summary>
    public void InSync(int connection, long timeNs, ReadOnlySpan<byte> symbol) =>
        Append(new CaptureHead(CaptureRecordKind.InSync, FrameFate.None, connection, timeNs, 0, 0), symbol);

    /// <summary>The recording ends; returns when all is on the medium, or could not be within the grace.</summary>
    public void End(long timeNs)
    {
        if (_isEnded) return;
        Append(new CaptureHead(CaptureRecordKind.End, FrameFate.None, -1, timeNs, 0, 0), default);
        _isEnded = true;
        _writer.End(Math.Max(timeNs, _timeNs), _hole);
    }

    public void Dispose()
    {
        // Without an end this stands for the process's death: nothing more is written than what the writer has.
        _isEnded = true;
        _writer.Dispose();
    }

    private void Append(in CaptureHead head, ReadOnlySpan<byte> payload)
    {
        if (_isEnded) return;
        if (head.TimeNs > _timeNs) _timeNs = head.TimeNs;
        if (head.Events > 0)
        {
            _toldNs = Math.Max(_toldNs, head.TimeNs);
            _isTimeTold = head.Kind == CaptureRecordKind.Time;
        }

        bool tooLong = payload.Length > CaptureHead.PayloadBytesMax;
        bool kept = !tooLong && (_hole.Records == 0 || TryAppendHole()) && TryAppend(in head, payload);
        if (kept)
        {
            Volatile.Write(ref _records, _records + 1);
            return;
        }

        Volatile.Write(ref _lost, _lost + 1);
        long fromNs = _hole.Records == 0 ? head.TimeNs : _hole.FromNs;
        _hole = new CaptureHole(_hole.Records + 1, fromNs, head.TimeNs, _hole.TooLong + (tooLong ? 1 : 0));
    }

    private bool TryAppend(in CaptureHead head, ReadOnlySpan<byte> payload)
    {
        int length = CaptureHead.Bytes + payload.Length;
        if (_ring.TryReserve(length, out Span<byte> room))
        {
            head.Write(room, payload.Length);
            payload.CopyTo(room[CaptureHead.Bytes..]);
            _ring.Commit(length);
            return true;
        }

        // It wraps, or there is no room.
        head.Write(_head, payload.Length);
        return _ring.TryAppend(_head, payload);
    }

    private bool TryAppendHole()
    {
        _hole.Write(_holeBytes);
        CaptureHead head = new(CaptureRecordKind.Hole, FrameFate.None, -1, _hole.ToNs, 0, 0);
        if (!TryAppend(in head, _holeBytes)) return false;
        _hole = default;
        return true;
    }
}
