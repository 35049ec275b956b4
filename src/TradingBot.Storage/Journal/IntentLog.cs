// In:     commands before they leave, outcomes and fills before they are acted on.   Out: the same after a crash.
// Thread: one writer; durable records may be read by any.
// Keeps:  I2: a record is durable when Append has returned with sync; a torn tail is cut, anything else wrong is a
//         fault
//         that changes nothing; the last part of the file is reserved for protection. I13: one epoch per opening.
// Budget: one write and one fsync per group of records (≈ 0.2 ms on the measured disk).
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Numerics;
using System.Text;
using System.Threading;

namespace TradingBot.Storage.Journal;

/// <summary>What opening an intent log found.</summary>
public enum IntentLogFault : byte
{
    None = 0,

    /// <summary>The file is not an intent log, or of a newer version.</summary>
    NotALog = 1,

    /// <summary>It belongs to another mode or account.</summary>
    WrongMark = 2,

    /// <summary>A record in the middle is damaged: what follows it cannot be believed.</summary>
    Corrupt = 3,
}

/// <summary>The append-only log of everything that may have left for the venue.</summary>
/// <remarks>
/// File: a header of 192 bytes (magic, version, mark), then records of 192 bytes: CRC-32C over the rest, number,
/// payload.
/// A record is written whole and its number follows its place, so a record that was half written, or never, is
/// recognised; it can only be the last.
/// </remarks>
public sealed class IntentLog
{
    /// <summary>Room of a new log: 64 MiB hold 349,000 records, years of a small account.</summary>
    public const long CapacityDefault = 64L << 20;

    /// <summary>The last MiB takes protective records only: 5,461 of them after entries were refused.</summary>
    public const long ReservedBytes = 1L << 20;

    private const int HeaderBytes = IntentRecord.Bytes;
    private const uint Version = 1;

    private readonly ILogFile _file;
    private readonly long _capacity;
    private readonly byte[] _buffer = new byte[IntentRecord.Bytes];
    private long _end;
    private long _durable;
    private bool _unsynced;

    private IntentLog(ILogFile file, long capacity, long end)
    {
        _file = file;
        _capacity = capacity;
        _end = end;
        _durable = Records;
    }

    public long Records => (_end - HeaderBytes) / IntentRecord.Bytes;

    /// <summary>Records that a sync covered: what may be projected. Any thread may ask.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Bytes it may grow to.</summary>
    public long Capacity => _capacity;

    /// <summary>CRC-32C over the checksums of the records that opening read, in order.</summary>
    public uint RecoveredChecksum { get; private init; }

    /// <summary>
    /// The medium refused a write or a sync: nothing more is appended (entries stop, protection goes on).
    /// </summary>
    public bool Failed { get; private set; }

    /// <summary>Room is left only for protection.</summary>
    public bool OnlyProtection => _end + IntentRecord.Bytes > _capacity - ReservedBytes;

    /// <summary>Opens or begins a log and reads what it holds.</summary>
    /// <param name="file">Where it lies.</param>
    /// <param name="mark">Whose it is: mode and account, as in <c>paper:demo</c>; at most 96 bytes.</param>
    /// <param name="recovered">Every durable record in order.</param>
    /// <param name="fault">Why it could not be opened; the file is then unchanged.</param>
    /// <param name="capacity">Bytes the log may grow to.</param>
    /// <returns>Null when there is a fault.</returns>
    public static IntentLog? Open(
        ILogFile file, string mark, out List<IntentRecord> recovered, out IntentLogFault fault,
        long capacity = CapacityDefault)
    {
        recovered = [];
        fault = IntentLogFault.None;
        byte[] header = Header(mark);
        byte[] found = new byte[HeaderBytes];
        int read = file.Read(0, found);
        if (read == 0 || IsBlank(found))
        {
            file.Write(0, header);
            file.Sync();
            return new IntentLog(file, capacity, HeaderBytes);
        }

        fault = CheckHeader(found.AsSpan(0, read), header);
        if (fault != IntentLogFault.None) return null;
        long end = ReadRecords(file, recovered, out uint checksum, out bool corrupt);
        if (!corrupt)
        {
            // A process that was killed may have left its last records in the page cache only.
            if (recovered.Count > 0) file.Sync();
            return new IntentLog(file, capacity, end) { RecoveredChecksum = checksum };
        }

        fault = IntentLogFault.Corrupt;
        return null;
    }

    /// <summary>Every record of a log, whose-ever it is, unchanged; null when it is no log, or damaged.</summary>
    /// <exception cref="IOException">The medium cannot be read.</exception>
    public static List<IntentRecord>? Peek(ILogFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] found = new byte[HeaderBytes];
        int read = file.Read(0, found);
        if (read == 0 || IsBlank(found)) return [];
        if (CheckHeader(found.AsSpan(0, read), Header("any:mark")) == IntentLogFault.NotALog) return null;
        List<IntentRecord> records = [];
        ReadRecords(file, records, out _, out bool corrupt);
        return corrupt ? null : records;
    }

    /// <summary>A log that goes on behind records that are not at hand, for running a journal again.</summary>
    /// <param name="file">Takes what is appended; nothing is read from it.</param>
    /// <param name="records">Records that lie before.</param>
    /// <param name="capacity">Bytes the log may grow to.</param>
    public static IntentLog Continue(ILogFile file, long records, long capacity) =>
        new(file, capacity, HeaderBytes + (records * IntentRecord.Bytes));

    /// <summary>Appends a record; false when the medium failed, or room is left for protection alone.</summary>
    /// <param name="record">What to keep.</param>
    /// <param name="protective">It serves a stop, a close or a cancel: it may use the reserve.</param>
    public bool TryAppend(in IntentRecord record, bool protective)
    {
        if (Failed || _end + IntentRecord.Bytes > _capacity || (!protective && OnlyProtection)) return false;
        _buffer.AsSpan().Clear();
        record.Write(_buffer);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(8), Records + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer, Checksum(_buffer));
        try
        {
            _file.Write(_end, _buffer);
        }
        catch (IOException)
        {
            Failed = true;
            return false;
        }

        _end += IntentRecord.Bytes;
        _unsynced = true;
        return true;
    }

    /// <summary>Makes everything appended durable; false when the medium failed, which is final.</summary>
    /// <remarks>A failed fsync may have dropped the pages it was asked to write: trying again proves nothing.</remarks>
    public bool TrySync()
    {
        if (Failed) return false;
        if (!_unsynced) return true;
        try
        {
            _file.Sync();
        }
        catch (IOException)
        {
            Failed = true;
            return false;
        }

        _unsynced = false;
        Volatile.Write(ref _durable, Records);
        return true;
    }

    /// <summary>Reads a record back; any thread may ask, because a durable record never changes.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="record">What it holds.</param>
    /// <param name="checksum">Its checksum, which with the number tells it from the record of another log.</param>
    /// <returns>False when it is not durable yet, or does not read as it was written.</returns>
    /// <exception cref="IOException">The medium cannot be read.</exception>
    public bool TryRead(long number, out IntentRecord record, out uint checksum)
    {
        record = default;
        checksum = 0;
        if (number < 1 || number > Durable) return false;
        Span<byte> bytes = stackalloc byte[IntentRecord.Bytes];
        int read = _file.Read(HeaderBytes + ((number - 1) * IntentRecord.Bytes), bytes);
        if (read != IntentRecord.Bytes || !IsRecord(bytes, number)) return false;
        record = IntentRecord.Read(bytes);
        checksum = (uint)Checksum(bytes);
        return true;
    }

    private static long ReadRecords(
        ILogFile file, List<IntentRecord> recovered, out uint checksum, out bool corrupt)
    {
        corrupt = false;
        checksum = uint.MaxValue;
        byte[] bytes = new byte[IntentRecord.Bytes];
        long offset = HeaderBytes;
        while (file.Read(offset, bytes) == IntentRecord.Bytes && IsRecord(bytes, recovered.Count + 1))
        {
            recovered.Add(IntentRecord.Read(bytes));
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            offset += IntentRecord.Bytes;
        }

        // One unreadable place is a torn tail; a record behind it means that something durable was damaged.
        checksum = ~checksum;
        long end = offset;
        long number = recovered.Count + 1;
        while (!corrupt && file.Read(offset += IntentRecord.Bytes, bytes) == IntentRecord.Bytes)
        {
            corrupt = IsRecord(bytes, ++number);
        }

        return end;
    }

    private static bool IsRecord(ReadOnlySpan<byte> bytes, long number) =>
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) == number
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Checksum(bytes);

    private static byte[] Header(string mark)
    {
        byte[] header = new byte[HeaderBytes];
        "TBINTENT"u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Version);
        byte[] text = Encoding.UTF8.GetBytes(mark);
        if (text.Length is 0 or > 96) throw new ArgumentException("A mark has 1 to 96 bytes.", nameof(mark));
        header[24] = (byte)text.Length;
        text.CopyTo(header.AsSpan(32));
        BinaryPrimitives.WriteUInt64LittleEndian(header, Checksum(header));
        return header;
    }

    private static IntentLogFault CheckHeader(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected)
    {
        if (found.SequenceEqual(expected)) return IntentLogFault.None;
        bool isOurs = found.Length == HeaderBytes && found[8..20].SequenceEqual(expected[8..20])
            && BinaryPrimitives.ReadUInt64LittleEndian(found) == Checksum(found);
        return isOurs ? IntentLogFault.WrongMark : IntentLogFault.NotALog;
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>
    /// CRC-32C over everything behind the checksum's own eight bytes, of which the upper four stay zero.
    /// </summary>
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (int i = 8; i < bytes.Length; i += 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        }

        return ~crc;
    }
}
