// In:     batches of whole records, one at a time.   Out: blocks of a segment on the medium; then their tail is cut.
// Thread: its own, "capture-blocks"; Hand and the rest are called by the writer's thread.
// Keeps:  a tail is cut only when its records are on the medium as blocks; a medium that refuses is asked again every
//         second, and the batch is kept meanwhile. What was appended to the tail is synced each second.
// Budget: compression of 256 KiB takes about a millisecond; the rest is the disk's. A batch that grew large while the
//         one before was worked on is stored as it is, where that is faster.
using System;
using System.IO;
using System.Threading;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>Turns full tails into blocks, behind the back of the thread that fills them.</summary>
internal sealed class SegmentThread : IDisposable
{
    private const int RetryMs = 1_000;

    /// <summary>Half of what a batch may hold: the ring behind it fills next.</summary>
    private const int HurriedBytes = 4 << 20;

    /// <summary>A system call that hangs is left behind: the thread is a background one.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(2);

    private readonly string _folder;
    private readonly DiskLogFile[] _tails;
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly ManualResetEvent _freed = new(initialState: true);
    private readonly Thread _thread;
    private SegmentWriter? _segment;
    private byte[] _batch = [];
    private int _batchBytes;
    private int _tail;
    private SegmentHeader? _nextHeader;
    private bool _isAppended;
    private bool _isFinished;
    private int _segments = 1;
    private string? _fault;
    private volatile bool _isFree = true;
    private volatile bool _isEnding;
    private volatile bool _gaveUp;
    private int _syncs;
    private long _bytes;
    private int _dirtyTail = -1;

    /// <exception cref="IOException">The first segment cannot be begun.</exception>
    public SegmentThread(string folder, SegmentHeader first, DiskLogFile[] tails)
    {
        _folder = folder;
        _tails = tails;
        _segment = SegmentWriter.Create(CaptureNames.Segment(folder, first.Recording, first.Segment), first);
        _bytes = _segment.Bytes;
        _thread = new Thread(Run) { Name = "capture-blocks", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The last batch is on the medium and its tail is cut.</summary>
    public bool IsFree => _isFree;

    /// <summary>Why the medium refused last; null while it does not.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public int Segments => Volatile.Read(ref _segments);

    /// <summary>Bytes of the segment that is being written.</summary>
    public long SegmentBytes => Volatile.Read(ref _bytes);

    public int Syncs => Volatile.Read(ref _syncs);

    /// <summary>Takes a batch over; only while <see cref="IsFree"/>.</summary>
    /// <param name="batch">Whole records.</param>
    /// <param name="length">Bytes of them.</param>
    /// <param name="tail">The tail that holds them too; cut afterwards.</param>
    /// <param name="next">The segment that is begun behind them; null: this one goes on.</param>
    public void Hand(byte[] batch, int length, int tail, SegmentHeader? next)
    {
        (_batch, _batchBytes, _tail, _nextHeader) = (batch, length, tail, next);
        (_isAppended, _isFinished) = (false, false);
        _freed.Reset();
        _isFree = false;
        _work.Set();
    }

    /// <summary>The tail was appended to: it is synced within a second.</summary>
    public void Dirty(int tail) => Volatile.Write(ref _dirtyTail, tail);

    /// <summary>Returns when it is free, or the time is over.</summary>
    public bool WaitUntilFree(TimeSpan atMost) => _isFree || _freed.WaitOne(atMost) || _isFree;

    /// <summary>Finishes the segment and ends; what cannot be written within the time stays in the tails.</summary>
    public void End(TimeSpan atMost)
    {
        _isEnding = true;
        _work.Set();
        if (!_thread.Join(atMost)) GiveUp();
    }

    /// <summary>Without an end it leaves everything as it is, like a process that dies.</summary>
    public void Dispose()
    {
        GiveUp();
        _segment?.Dispose();
        _work.Dispose();
        _freed.Dispose();
    }

    /// <summary>Too little processor time is no reason to lose a frame.</summary>
    private BlockCodec Codec =>
        _batchBytes >= HurriedBytes && _segment!.IsFasterStored ? BlockCodec.Stored : BlockCodec.Zlib;

    private void GiveUp()
    {
        _gaveUp = true;
        _work.Set();
        _thread.Join(LeaveMax);
    }

    private void Run()
    {
        while (!_gaveUp)
        {
            bool worked = _isFree || TryWrite();
            if (worked && !_isFree)
            {
                _isFree = true;
                _freed.Set();
            }

            if (worked && _isFree && _isEnding && TryFinish()) return;
            bool waits = !worked || _isFree;
            if (waits && !_work.WaitOne(RetryMs)) TrySyncTail();
        }
    }

    private bool TryWrite()
    {
        try
        {
            if (!_isAppended)
            {
                if (_batchBytes > 0) _segment!.Append(_batch.AsSpan(0, _batchBytes), Codec);
                Volatile.Write(ref _bytes, _segment!.Bytes);
                _isAppended = true;
            }

            if (_nextHeader is { } next)
            {
                if (!_isFinished) _segment!.Finish();
                _isFinished = true;
                _segment = SegmentWriter.Create(CaptureNames.Segment(_folder, next.Recording, next.Segment), next);
                Volatile.Write(ref _bytes, _segment.Bytes);
                Volatile.Write(ref _segments, _segments + 1);
                _nextHeader = null;
            }

            _tails[_tail].SetLength(0);
            Volatile.Write(ref _fault, null);
            return true;
        }
        catch (IOException fault)
        {
            Volatile.Write(ref _fault, fault.Message);
            return false;
        }
    }

    private bool TryFinish()
    {
        try
        {
            _segment!.Finish();
            Volatile.Write(ref _fault, null);
            return true;
        }
        catch (IOException fault)
        {
            Volatile.Write(ref _fault, fault.Message);
            return false;
        }
    }

    private void TrySyncTail()
    {
        int tail = Interlocked.Exchange(ref _dirtyTail, -1);
        if (tail < 0) return;
        try
        {
            _tails[tail].Sync();
            Volatile.Write(ref _syncs, _syncs + 1);
        }
        catch (IOException fault)
        {
            Volatile.Write(ref _fault, fault.Message);
        }
    }
}
