// In:     an input journal, whole or not.   Out: its records in order, as far as they can be believed.
// Thread: the caller's.
// Keeps:  what cannot be believed is not used, and said: a torn tail, a damaged or missing block, a broken journal.
//         A step whose end is not recorded is left out, for nobody knows what it went on to do.
// Budget: a pass over the file to find its sound part, and one to read it.
using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace TradingBot.Storage.Journal;

/// <summary>How the readable part of a journal ends.</summary>
public enum JournalEnd : byte
{
    /// <summary>With the run's own end.</summary>
    Ended = 0,

    /// <summary>Without: the process ended, or still runs.</summary>
    Open = 1,

    /// <summary>With bytes that are no block, and nothing sound behind them: the last write did not finish.</summary>
    Torn = 2,

    /// <summary>The journal could not go on, and says why; the run did.</summary>
    Broken = 3,

    /// <summary>Something is damaged or missing that is not the end.</summary>
    Damaged = 4,
}

/// <summary>Reads an input journal.</summary>
public sealed class InputJournalReader : IDisposable
{
    private readonly Stream _stream;
    private readonly byte[] _head = new byte[JournalBlock.HeadBytes];
    private readonly long _blocksAt;
    private byte[] _stored = [];
    private byte[] _raw = [];
    private int _rawLength;
    private int _at;
    private long _number;
    private long _timeNs;
    private long _sequence;
    private ulong _commandHash;

    private InputJournalReader(Stream stream, InputJournalHeader header, long blocksAt)
    {
        _stream = stream;
        _blocksAt = blocksAt;
        Header = header;
        Survey();
        Rewind();
    }

    public InputJournalHeader Header { get; }

    public JournalEnd End { get; private set; }

    /// <summary>What is wrong and where, for a person; empty when nothing is.</summary>
    public string EndText { get; private set; } = "";

    /// <summary>Records that can be used: the last of them ends a step, or the run.</summary>
    public long UsableRecords { get; private set; }

    /// <summary>Bytes behind the last sound block.</summary>
    public long UnreadBytes { get; private set; }

    /// <summary>The file begins as an input journal does.</summary>
    public static bool IsJournal(ReadOnlySpan<byte> begin) => begin.StartsWith(InputJournalHeader.Magic);

    /// <summary>Opens a journal; null, with what is wrong, when it is none this build can read.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static InputJournalReader? Open(Stream stream, out string error)
    {
        byte[] prefix = new byte[TextHeader.PrefixBytes];
        bool any = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) == prefix.Length;
        if (!any || !IsJournal(prefix))
        {
            error = "It is no input journal: name a file that run or simulate --journal wrote.";
            return null;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(prefix.AsSpan(TextHeader.VersionAt));
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(TextHeader.LengthAt));
        if (version != InputJournalHeader.Version)
        {
            error = $"It is an input journal of version {version}, this build reads version "
                + $"{InputJournalHeader.Version}: replay it with the build that wrote it.";
            return null;
        }

        byte[] text = new byte[length is >= 0 and <= InputJournalHeader.BytesMax ? length : 0];
        stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        InputJournalHeader? header = InputJournalHeader.Read(prefix, text);
        error = header is null
            ? "Its header is damaged, so nobody knows where the run began: fetch the file again." : "";
        return header is null ? null
            : new InputJournalReader(stream, header, TextHeader.PrefixBytes + text.Length);
    }

    /// <summary>The next record that can be used; false behind the last.</summary>
    public bool TryRead(out InputRecord record)
    {
        record = default;
        return _number < UsableRecords && TryNext(out record);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Finds how far the journal can be used, and how it ends.</summary>
    private void Survey()
    {
        Rewind();
        End = JournalEnd.Open;
        long boundary = 0;
        bool whole = true;
        while (End == JournalEnd.Open && TryBlock(out JournalBlock block))
        {
            if (block.Kind == JournalBlockKind.Broken)
            {
                End = JournalEnd.Broken;
                EndText = $"The journal broke while the run went on: {Encoding.UTF8.GetString(_raw, 0, _rawLength)}.";
                break;
            }

            whole = block.Kind == JournalBlockKind.Whole;
            while (End == JournalEnd.Open && _at < _rawLength)
            {
                long place = _number;
                if (!TryNext(out InputRecord record))
                {
                    Damage($"record {place} is not what its place demands");
                    whole = false;
                    break;
                }

                if (record.IsBoundary) boundary = record.Number;
                if (record.Kind == InputRecordKind.End) End = JournalEnd.Ended;
            }

            if (End != JournalEnd.Damaged && _number != block.FirstRecord + block.Records)
            {
                Damage($"the block of record {block.FirstRecord} holds another count of records than it says");
                whole = false;
            }
        }

        UsableRecords = whole || End == JournalEnd.Ended ? _number : boundary;
    }

    private void Rewind()
    {
        _stream.Position = _blocksAt;
        _rawLength = 0;
        _at = 0;
        _number = 0;
        _timeNs = Header.StartNs;
        _sequence = 0;
        _commandHash = 0;
    }

    /// <summary>Loads the next sound block; false at the end and at what is not sound.</summary>
    private bool TryBlock(out JournalBlock block)
    {
        long place = _stream.Position;
        int read = _stream.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        if (!JournalBlock.TryReadHead(_head.AsSpan(0, read), out block))
        {
            if (read > 0) JudgeRest(place);
            return false;
        }

        if (_stored.Length < block.StoredBytes) _stored = new byte[block.StoredBytes];
        if (_raw.Length < block.RawBytes) _raw = new byte[block.RawBytes];
        Span<byte> stored = _stored.AsSpan(0, block.StoredBytes);
        bool sound = _stream.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) == stored.Length
            && JournalBlock.IsSound(_head, stored)
            && BrotliDecoder.TryDecompress(stored, _raw.AsSpan(0, block.RawBytes), out int raw)
            && raw == block.RawBytes;
        if (!sound)
        {
            JudgeRest(place);
            return false;
        }

        if (block.FirstRecord != _number)
        {
            Damage($"records {_number} to {block.FirstRecord - 1} are missing at byte {place}");
            return false;
        }

        _rawLength = block.RawBytes;
        _at = 0;
        return true;
    }

    /// <summary>What is not sound and has nothing sound behind it is a torn tail, anything else is damage.</summary>
    private void JudgeRest(long place)
    {
        UnreadBytes = _stream.Length - place;
        if (HasBlockBehind(place + 1))
        {
            Damage($"the block at byte {place}, which begins with record {_number}, is damaged");
            return;
        }

        End = JournalEnd.Torn;
        EndText = $"The last {UnreadBytes} bytes, from byte {place}, are no whole block: "
            + "the last write did not finish.";
    }

    private bool HasBlockBehind(long place)
    {
        byte[] window = new byte[1 << 16];
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, JournalBlock.Magic);
        for (long from = place; from < _stream.Length; from += window.Length - JournalBlock.HeadBytes)
        {
            _stream.Position = from;
            int length = _stream.ReadAtLeast(window, window.Length, throwOnEndOfStream: false);
            for (int at = 0; at < length; at++)
            {
                int next = window.AsSpan(at, length - at).IndexOf(magic);
                if (next < 0) break;
                at += next;
                if (IsBlock(from + at)) return true;
            }
        }

        return false;
    }

    private bool IsBlock(long place)
    {
        byte[] head = new byte[JournalBlock.HeadBytes];
        _stream.Position = place;
        int read = _stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (!JournalBlock.TryReadHead(head.AsSpan(0, read), out JournalBlock block)) return false;
        byte[] stored = new byte[Math.Min(block.StoredBytes, _stream.Length - _stream.Position)];
        _stream.ReadExactly(stored);
        return stored.Length == block.StoredBytes && JournalBlock.IsSound(head, stored);
    }

    private void Damage(string what)
    {
        End = JournalEnd.Damaged;
        EndText = $"The journal cannot be used further: {what}. What follows depends on it; fetch the file again.";
    }

    private bool TryNext(out InputRecord record)
    {
        record = default;
        if (_at == _rawLength && !TryBlock(out _)) return false;
        int left = _rawLength - _at;
        if (left < InputJournal.FrameBytes) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_raw.AsSpan(_at));
        // The low byte of a record's number shows one that was taken out.
        bool fits = length >= 2 && length <= left - 4 && _raw[_at + 5] == (byte)_number;
        if (!fits) return false;
        record.Kind = (InputRecordKind)_raw[_at + 4];
        record.Number = _number;
        ReadOnlyMemory<byte> payload = _raw.AsMemory(_at + InputJournal.FrameBytes, length - 2);
        if (!InputDecoding.TryDecode(payload, ref record, ref _timeNs, ref _sequence)) return false;
        bool tells = record.Kind is InputRecordKind.StepAfterCommands or InputRecordKind.Act or InputRecordKind.End;
        if (tells) _commandHash = record.CommandHash;
        record.CommandHash = _commandHash;
        _at += 4 + length;
        _number++;
        return true;
    }
}
