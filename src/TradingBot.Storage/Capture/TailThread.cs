// In:     records from the ring.   Out: tails, and batches for the thread that makes blocks; rows of the ledger.
// Thread: its own, "capture-tail"; constructed, ended and disposed by the one that records.
// Keeps:  what the ring gave is in a tail within 20 ms, unless the disk refuses: then it is kept and tried again, and
//         when there is no more room the feed is told so by a full ring. A tail that was handed over is not touched.
// Budget: two batches of 8 MiB beside the ring.
using System;
using System.Globalization;
using System.IO;
using System.Threading;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>Writes what the feed hands over, and says in the ledger what it could not.</summary>
internal sealed class TailThread : IDisposable
{
    /// <summary>Twice the longest record; at 40 MB/s a batch of 200 ms.</summary>
    private const int BatchBytes = 8 << 20;

    private const long HourNs = 3_600_000_000_000;

    /// <summary>At the end it looks this often whether blocks are made, however seldom tails are written.</summary>
    private static readonly TimeSpan EndEvery = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;
    private readonly CaptureOptions _options;
    private readonly ByteRing _ring;
    private readonly GapLedger _ledger;
    private readonly GapRows _rows;
    private readonly DiskLogFile[] _tails = new DiskLogFile[CaptureNames.Tails];
    private readonly SegmentThread _blocks;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private byte[] _batch = GC.AllocateUninitializedArray<byte>(BatchBytes);
    private byte[] _spare = GC.AllocateUninitializedArray<byte>(BatchBytes);
    private int _used;
    private int _tailBytes;
    private int _tail;
    private long _next;
    private long _batchTimestamp;
    private long _hour = -1;
    private int _segment = 1;
    private bool _isHourOver;
    private long _timeNs;
    private CaptureHole _lastHole;
    private string? _fault;
    private long _faultNs;
    private long _written;
    private long _ledgerRows;
    private volatile bool _isEnding;
    private volatile bool _isGone;
    private bool _isDisposed;

    /// <exception cref="IOException">The folder cannot be written.</exception>
    public TailThread(string folder, CaptureOptions options, long startNs, ByteRing ring, GapLedger ledger)
    {
        _folder = folder;
        _options = options;
        _ring = ring;
        _ledger = ledger;
        _timeNs = startNs;
        Recording = FreeName(folder, startNs);
        _rows = new GapRows(ledger, Recording);
        SegmentHeader header = new() { Build = options.Build, Recording = Recording, Segment = 1, StartNs = startNs };
        for (int i = 0; i < _tails.Length; i++)
        {
            _tails[i] = DiskLogFile.CreateShared(CaptureNames.Tail(folder, Recording, i));
        }

        _blocks = new SegmentThread(folder, header, _tails);
        ledger.Add(startNs, Recording, "begin", json => json.WriteString("build", options.Build));
        _thread = new Thread(Run) { Name = "capture-tail", IsBackground = true };
        _thread.Start();
    }

    public string Recording { get; }

    public int Segments => _blocks.Segments;

    public string? Fault => Volatile.Read(ref _fault);

    public long BytesWritten => Volatile.Read(ref _written);

    public long LedgerRows => Volatile.Read(ref _ledgerRows);

    /// <summary>Writes everything, finishes the segment and takes the tails away.</summary>
    /// <param name="timeNs">When it ended.</param>
    /// <param name="hole">What found no room at the very end.</param>
    public void End(long timeNs, CaptureHole hole)
    {
        _timeNs = Math.Max(_timeNs, timeNs);
        _lastHole = hole;
        _isEnding = true;
        _wake.Set();
        if (!_thread.Join(_options.EndGrace)) _isGone = true;
        Dispose();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _isGone = true;
        _wake.Set();
        _thread.Join(_options.EndGrace);
        _blocks.Dispose();
        foreach (DiskLogFile tail in _tails) tail.Dispose();
        _ledger.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_isGone)
        {
            bool ending = _isEnding;
            bool drained = Drain();
            WriteTail();
            TellDisk();
            HandOver(ending && drained);
            if (ending && drained && _used == 0 && _blocks.IsFree)
            {
                Finish();
                return;
            }

            bool behind = !drained && _blocks.IsFree;
            if (!behind) _wake.WaitOne(ending ? EndEvery : _options.TailEvery);
        }
    }

    /// <summary>Moves records from the ring to the batch; false when there are more than fit.</summary>
    private bool Drain()
    {
        Span<byte> head = stackalloc byte[CaptureHead.Bytes];
        while (_ring.TryPeek(head))
        {
            int length = CaptureHead.LengthOf(head);
            long hour = CaptureHead.TimeOf(head) / HourNs;
            if (_hour < 0) _hour = hour;
            _isHourOver = hour > _hour;
            if (_isHourOver || _used + length > _batch.Length) return false;
            if (_used == 0) _batchTimestamp = TimeProvider.System.GetTimestamp();
            Span<byte> record = _batch.AsSpan(_used, length);
            _ring.Take(record);
            CaptureHead.Seal(record, _next++);
            _used += length;
            Observe(record);
        }

        _isHourOver = false;
        return true;
    }

    private void Observe(ReadOnlySpan<byte> record)
    {
        _ = CaptureHead.TryRead(record, out CaptureHead head, out _);
        _timeNs = Math.Max(_timeNs, head.TimeNs);
        _rows.Observe(in head, record[CaptureHead.Bytes..]);
    }

    /// <summary>One write of what is new in the batch.</summary>
    private void WriteTail()
    {
        string? fault = null;
        try
        {
            if (_tailBytes < _used)
            {
                _tails[_tail].Write(_tailBytes, _batch.AsSpan(_tailBytes, _used - _tailBytes));
                Volatile.Write(ref _written, _written + _used - _tailBytes);
                _tailBytes = _used;
                _blocks.Dirty(_tail);
            }
        }
        catch (IOException refused)
        {
            fault = refused.Message;
        }

        fault ??= _blocks.Fault;
        if (fault is not null && _fault is null) OnRefused(fault);
        else if (fault is null && _fault is not null) OnTaken();
        Volatile.Write(ref _fault, fault);
    }

    private void OnRefused(string fault)
    {
        _faultNs = _timeNs;
        _ledger.Add(_timeNs, Recording, "disk", json => json.WriteString("reason", fault));
    }

    private void OnTaken()
    {
        long fromNs = _faultNs;
        string was = _fault!;
        _ledger.Add(_timeNs, Recording, "disk_ok", json =>
        {
            json.WriteString("reason", was);
            GapRows.WriteSpan(json, fromNs, _timeNs);
        });
    }

    private void TellDisk()
    {
        _ = _ledger.Flush();
        Volatile.Write(ref _ledgerRows, _ledger.Rows);
    }

    /// <summary>A full or old batch, and the last of an hour or of all, becomes blocks.</summary>
    private void HandOver(bool isLast)
    {
        bool isFull = _used >= SegmentBlock.RawBytesTarget;
        bool isOld = _used > 0 && TimeProvider.System.GetElapsedTime(_batchTimestamp) >= _options.TailAgeMax;
        if (!_blocks.IsFree || !(isFull || isOld || _isHourOver || (isLast && _used > 0))) return;
        SegmentHeader? next = null;
        if (_isHourOver || (!isLast && _blocks.SegmentBytes >= _options.SegmentBytesMax))
        {
            next = new SegmentHeader
            {
                Build = _options.Build,
                Recording = Recording,
                Segment = ++_segment,
                FirstRecord = _next,
                StartNs = _timeNs,
                Connections = [.. _rows.Open],
            };
            _hour = -1;
            _isHourOver = false;
        }

        _blocks.Hand(_batch, _used, _tail, next);
        (_batch, _spare) = (_spare, _batch);
        _tail = (_tail + 1) % _tails.Length;
        _used = 0;
        _tailBytes = 0;
    }

    private void Finish()
    {
        if (_lastHole.Records > 0)
        {
            CaptureHole hole = _lastHole;
            _ledger.Add(_timeNs, Recording, "dropped", json =>
            {
                json.WriteNumber("records", hole.Records);
                json.WriteString("reason", "the disk is too slow");
                GapRows.WriteSpan(json, hole.FromNs, hole.ToNs);
            });
        }

        _rows.End(_timeNs);
        _blocks.End(_options.EndGrace);
        string? left = _ledger.Flush();
        Volatile.Write(ref _fault, _blocks.Fault ?? left);
        try
        {
            _ledger.Sync();
        }
        catch (IOException fault)
        {
            Volatile.Write(ref _fault, fault.Message);
        }

        Volatile.Write(ref _ledgerRows, _ledger.Rows);
        if (_fault is null) UnfinishedRecordings.RemoveTails(_folder, Recording);
    }

    /// <summary>Two recordings of one millisecond have different names.</summary>
    private static string FreeName(string folder, long startNs)
    {
        string name = CaptureNames.RecordingOf(startNs);
        string free = name;
        for (int n = 2; File.Exists(CaptureNames.Segment(folder, free, 1)); n++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}.{n}");
        }

        return free;
    }
}
