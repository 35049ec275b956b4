// In:     full buffers, one at a time.   Out: compressed blocks at the end of a file.
// Thread: its own, named "input-journal"; Hand and the rest are called by one other thread.
// Keeps:  a buffer handed over belongs to the writer until IsFree; a medium that fails is a value, and final.
// Budget: a block of 250 ms of a busy feed in a millisecond or so.
using System;
using System.IO;
using System.Text;
using System.Threading;

namespace TradingBot.Storage.Journal;

/// <summary>Why an input journal ended before its run.</summary>
public enum JournalFault : byte
{
    None = 0,

    /// <summary>Both buffers were full: the disk did not keep up.</summary>
    TooSlow = 1,

    /// <summary>A message was longer than a buffer.</summary>
    RecordTooLong = 2,

    /// <summary>The medium refused a write.</summary>
    WriteFailed = 3,

    /// <summary>The bytes allowed to journals are used up, by this one alone.</summary>
    LimitReached = 4,
}

/// <summary>Writes blocks on a thread of its own, so that whoever fills them never waits for a disk.</summary>
internal sealed class BlockWriter : IDisposable
{
    /// <summary>What remains is written within this time when the journal ends, or is lost.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(10);

    private readonly ILogFile _file;
    private readonly JournalFolder? _folder;
    private readonly byte[] _block = new byte[JournalBlock.HeadBytes + JournalBlock.StoredBytesMax];
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly AutoResetEvent _freed = new(initialState: false);
    private readonly Thread _thread;
    private byte[] _handed = [];
    private JournalBlock _next;
    private long _bytes;
    private int _fault;
    private volatile bool _isFree = true;
    private volatile bool _isEnding;

    public BlockWriter(ILogFile file, long offset, JournalFolder? folder)
    {
        _file = file;
        _bytes = offset;
        _folder = folder;
        _thread = new Thread(Run) { Name = "input-journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The last buffer handed over is written.</summary>
    public bool IsFree => _isFree;

    public JournalFault Fault => (JournalFault)Volatile.Read(ref _fault);

    /// <summary>Bytes of the file.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a buffer over; only while <see cref="IsFree"/>.</summary>
    public void Hand(byte[] buffer, int length, JournalBlockKind kind, long firstRecord, int records)
    {
        _handed = buffer;
        _next = new JournalBlock(kind, 0, length, firstRecord, records);
        _isFree = false;
        _work.Set();
    }

    /// <summary>Returns when the writer is free; false when that takes longer than a journal's end may.</summary>
    public bool WaitUntilFree(bool forEver)
    {
        while (!_isFree)
        {
            bool freed = forEver ? _freed.WaitOne() : _freed.WaitOne(EndGrace);
            if (!freed && !_isFree) return false;
        }

        return true;
    }

    /// <summary>Ends the thread after what it was handed.</summary>
    public void Dispose()
    {
        _isEnding = true;
        _work.Set();
        if (!_thread.Join(EndGrace)) return;
        _work.Dispose();
        _freed.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            if (!_isFree)
            {
                if (Fault == JournalFault.None) Write();
                _isFree = true;
                _freed.Set();
            }
            else if (_isEnding)
            {
                Sync();
                return;
            }
            else
            {
                _work.WaitOne();
            }
        }
    }

    private void Write()
    {
        int length = JournalBlock.Pack(
            _next.Kind, _handed.AsSpan(0, _next.RawBytes), _next.FirstRecord, _next.Records, _block);
        JournalFault fault = JournalFault.None;
        if (_folder?.TryMakeRoom(_bytes + length) == false)
        {
            fault = JournalFault.LimitReached;
            byte[] words = Encoding.UTF8.GetBytes(nameof(JournalFault.LimitReached));
            length = JournalBlock.Pack(JournalBlockKind.Broken, words, _next.FirstRecord, 0, _block);
        }

        try
        {
            _file.Write(_bytes, _block.AsSpan(0, length));
            Volatile.Write(ref _bytes, _bytes + length);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // Disposed: a medium that hung beyond the end of the journal.
            fault = JournalFault.WriteFailed;
        }

        if (fault != JournalFault.None) Volatile.Write(ref _fault, (int)fault);
    }

    private void Sync()
    {
        if (Fault != JournalFault.None) return;
        try
        {
            _file.Sync();
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            Volatile.Write(ref _fault, (int)JournalFault.WriteFailed);
        }
    }
}
