// In:     what the worker is told and what it does, in order.   Out: a file from which it can be run again.
// Thread: the worker's fills a buffer; "input-journal" compresses and writes the other (BlockWriter).
// Keeps:  I5: every input is recorded, and every output to compare with; nothing is silently missing: a journal that
//         cannot go on says so in itself and in its figures, and the worker goes on without it. I8: recording
//         allocates nothing.
// Budget: a copy of the message's bytes.
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Text;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Journal;

/// <summary>The journal of one start's inputs and outputs: docs/journal-format.md.</summary>
public sealed class InputJournal : IDisposable
{
    /// <summary>Bytes of a record around its payload: length, kind, low byte of its number.</summary>
    internal const int FrameBytes = 6;

    /// <summary>Above the greatest payload without bytes of others: an act's 65 bytes and 8 numbers of 10.</summary>
    private const int ValuesBytesMax = 192;

    /// <summary>A block leaves when it is so old in the worker's time: 250 ms.</summary>
    private const long FlushNs = 250_000_000;

    /// <summary>Where time does not pass by itself, a block leaves when it has 1 MiB.</summary>
    private const int FlushBytes = 1 << 20;

    private readonly ILogFile _file;
    private readonly BlockWriter _writer;
    private readonly bool _waits;

    // Two of 8 MiB: at the 50 KB/s of a default run a disk may stand still for some minutes.
    private byte[] _filling = new byte[JournalBlock.RawBytesMax];
    private byte[] _spare = new byte[JournalBlock.RawBytesMax];
    private int _used;
    private int _usedRecords;
    private long _records;
    private long _timeNs;
    private long _sequence;
    private ulong _commandHash;
    private long _handedNs;
    private bool _noticeHanded;
    private bool _isEnded;
    private bool _isDisposed;

    private InputJournal(ILogFile file, long offset, JournalFolder? folder, bool waits, long startNs)
    {
        _file = file;
        _waits = waits;
        _timeNs = startNs;
        _handedNs = startNs;
        _writer = new BlockWriter(file, offset, folder);
    }

    /// <summary>Records kept.</summary>
    public long Records => _records;

    /// <summary>Records that came after the journal broke.</summary>
    public long RecordsLost { get; private set; }

    /// <summary>Why it ended before the run.</summary>
    public JournalFault Fault { get; private set; }

    /// <summary>When it broke, in the worker's time.</summary>
    public long BrokenNs { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Bytes => _writer.Bytes;

    /// <summary>Begins a journal in an empty file, which it then owns.</summary>
    /// <param name="file">Where it lies.</param>
    /// <param name="header">Where the run begins.</param>
    /// <param name="folder">Keeps the bytes of all journals within their limit; null: no limit.</param>
    /// <param name="waits">
    /// True where time stands still meanwhile (virtual time): a full buffer is waited for, and it breaks nothing.
    /// </param>
    /// <exception cref="IOException">The medium refused the header.</exception>
    public static InputJournal Begin(
        ILogFile file, InputJournalHeader header, JournalFolder? folder = null, bool waits = false)
    {
        byte[] bytes = header.Write();
        file.Write(0, bytes);
        file.Sync();
        return new InputJournal(file, bytes.Length, folder, waits, header.StartNs);
    }

    /// <summary>The worker is about to be stepped.</summary>
    /// <param name="nowNs">The step's time.</param>
    /// <param name="sequence">Events the worker has numbered so far.</param>
    /// <param name="commandHash">Its commands so far, by hash.</param>
    public void Step(long nowNs, long sequence, ulong commandHash)
    {
        HandWhenDue(nowNs);
        bool any = commandHash != _commandHash;
        if (!TryBegin(0, out InputWriter record)) return;
        WriteTime(ref record, nowNs, sequence);
        if (any) record.Fixed(commandHash);
        _commandHash = commandHash;
        Finish(any ? InputRecordKind.StepAfterCommands : InputRecordKind.Step, record.Length);
    }

    /// <summary>An operator's act is about to be told.</summary>
    /// <param name="act">What is told.</param>
    /// <param name="why">The operator's words, as UTF-8; empty where there are none.</param>
    /// <param name="nowNs">Its time.</param>
    /// <param name="sequence">Events the worker has numbered so far.</param>
    /// <param name="commandHash">Its commands so far, by hash.</param>
    public void Act(in AccountRecord act, ReadOnlySpan<byte> why, long nowNs, long sequence, ulong commandHash)
    {
        if (!TryBegin(why.Length, out InputWriter record)) return;
        WriteTime(ref record, nowNs, sequence);
        record.Fixed(commandHash);
        record.Account(in act);
        record.Bytes(why);
        _commandHash = commandHash;
        Finish(InputRecordKind.Act, record.Length);
    }

    /// <summary>The worker is about to vanish.</summary>
    public void Vanish()
    {
        if (TryBegin(0, out InputWriter record)) Finish(InputRecordKind.Vanish, record.Length);
    }

    /// <summary>The wire told something.</summary>
    public void Told(WireEventKind kind, int connection, int status, ReadOnlySpan<byte> bytes)
    {
        if (!TryBegin(bytes.Length, out InputWriter record)) return;
        record.Signed(connection);
        if (kind == WireEventKind.Answer) record.Signed(status);
        record.Bytes(bytes);
        Finish(kind switch
        {
            WireEventKind.Opened => InputRecordKind.Opened,
            WireEventKind.Frame => InputRecordKind.Frame,
            WireEventKind.Answer => InputRecordKind.Answer,
            _ => InputRecordKind.Closed,
        }, record.Length);
    }

    public void Open(WireEndpoint endpoint, int connection)
    {
        if (!TryBegin(0, out InputWriter record)) return;
        record.Byte((byte)endpoint);
        record.Signed(connection);
        Finish(InputRecordKind.Open, record.Length);
    }

    public void Close(int connection)
    {
        if (!TryBegin(0, out InputWriter record)) return;
        record.Signed(connection);
        Finish(InputRecordKind.Close, record.Length);
    }

    public void Send(int connection, ReadOnlySpan<byte> frame, bool sent)
    {
        if (!TryBegin(frame.Length, out InputWriter record)) return;
        record.Signed(connection);
        record.Byte(sent ? (byte)1 : (byte)0);
        record.Bytes(frame);
        Finish(InputRecordKind.Send, record.Length);
    }

    /// <summary>A request left: its key and signature are not kept.</summary>
    public void Request(string path, ReadOnlySpan<byte> body, int number)
    {
        int pathBytes = Encoding.UTF8.GetByteCount(path);
        if (!TryBegin(pathBytes + body.Length, out InputWriter record)) return;
        record.Signed(number);
        record.Number((ulong)pathBytes);
        record.Text(path);
        record.Bytes(body);
        Finish(InputRecordKind.Request, record.Length);
    }

    /// <summary>The worker looked at the clock.</summary>
    public void Clock(long clockNs)
    {
        if (!TryBegin(0, out InputWriter record)) return;
        record.Signed(clockNs - _timeNs);
        Finish(InputRecordKind.Clock, record.Length);
    }

    public void LogWrite(long offset, ReadOnlySpan<byte> bytes, bool done)
    {
        if (!TryBegin(bytes.Length, out InputWriter record)) return;
        record.Byte(done ? (byte)1 : (byte)0);
        record.Signed(offset);
        record.Bytes(bytes);
        Finish(InputRecordKind.LogWrite, record.Length);
    }

    public void LogSync(bool done)
    {
        if (!TryBegin(0, out InputWriter record)) return;
        record.Byte(done ? (byte)1 : (byte)0);
        Finish(InputRecordKind.LogSync, record.Length);
    }

    /// <summary>The run ended in order; nothing is recorded any more.</summary>
    public void End(long sequence, ulong commandHash, string stateHash)
    {
        byte[] hash = Encoding.ASCII.GetBytes(stateHash);
        if (TryBegin(hash.Length, out InputWriter record))
        {
            record.Signed(sequence - _sequence);
            record.Fixed(commandHash);
            record.Bytes(hash);
            Finish(InputRecordKind.End, record.Length);
        }

        _isEnded = true;
    }

    /// <summary>Writes what remains and closes the file; the figures can be read afterwards.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_writer.WaitUntilFree(forEver: false) && _used > 0) Hand(IsWhole());
        if (_writer.WaitUntilFree(forEver: false)) HandNotice();
        _writer.Dispose();
        if (Fault == JournalFault.None && _writer.Fault != JournalFault.None) Break(_writer.Fault);
        _file.Dispose();
    }

    /// <summary>
    /// Without a fault everything up to here is recorded; a step that is under way is known by its missing rest.
    /// </summary>
    private bool IsWhole() => Fault == JournalFault.None && _isEnded;

    private void WriteTime(ref InputWriter record, long nowNs, long sequence)
    {
        record.Signed(nowNs - _timeNs);
        record.Signed(sequence - _sequence);
        _timeNs = nowNs;
        _sequence = sequence;
    }

    /// <summary>Between two steps the journal is whole: a block that ends here can be replayed to its end.</summary>
    private void HandWhenDue(long nowNs)
    {
        bool due = _used >= FlushBytes || (!_waits && nowNs - _handedNs >= FlushNs);
        if (!due || _used == 0 || !_writer.IsFree || Fault != JournalFault.None) return;
        _handedNs = nowNs;
        Hand(whole: true);
    }

    private bool TryBegin(int bytes, out InputWriter record)
    {
        if (_isEnded) throw new InvalidOperationException("The journal has ended: nothing may follow.");
        record = default;
        if (!TryMakeRoom(FrameBytes + ValuesBytesMax + bytes))
        {
            RecordsLost++;
            return false;
        }

        record = new InputWriter(_filling.AsSpan(_used + FrameBytes));
        return true;
    }

    private bool TryMakeRoom(int bytes)
    {
        if (Fault == JournalFault.None && _writer.Fault != JournalFault.None) Break(_writer.Fault);
        if (Fault != JournalFault.None)
        {
            Settle();
            return false;
        }

        if (_used + bytes <= _filling.Length) return true;
        if (bytes > _filling.Length)
        {
            Break(JournalFault.RecordTooLong);
            return false;
        }

        if (_waits) _writer.WaitUntilFree(forEver: true);
        if (_writer.IsFree)
        {
            Hand(whole: false);
            return true;
        }

        Break(JournalFault.TooSlow);
        return false;
    }

    private void Finish(InputRecordKind kind, int length)
    {
        Span<byte> head = _filling.AsSpan(_used);
        BinaryPrimitives.WriteInt32LittleEndian(head, length + 2);
        head[4] = (byte)kind;
        head[5] = (byte)_records;
        _used += FrameBytes + length;
        _usedRecords++;
        _records++;
    }

    private void Hand(bool whole)
    {
        JournalBlockKind kind = whole ? JournalBlockKind.Whole : JournalBlockKind.InStep;
        _writer.Hand(_filling, _used, kind, _records - _usedRecords, _usedRecords);
        (_filling, _spare) = (_spare, _filling);
        _used = 0;
        _usedRecords = 0;
    }

    private void Break(JournalFault fault)
    {
        Fault = fault;
        BrokenNs = _timeNs;
    }

    /// <summary>After a fault of our own: what was recorded before it still goes out, then the notice.</summary>
    private void Settle()
    {
        if (!_writer.IsFree || _noticeHanded) return;
        if (_used > 0) Hand(whole: false);
        else HandNotice();
    }

    private void HandNotice()
    {
        if (Fault == JournalFault.None || _noticeHanded || _writer.Fault != JournalFault.None) return;
        _noticeHanded = true;
        string words = string.Create(CultureInfo.InvariantCulture, $"{Fault} at {BrokenNs}");
        int length = Encoding.UTF8.GetBytes(words, _filling);
        _writer.Hand(_filling, length, JournalBlockKind.Broken, _records, 0);
    }
}
