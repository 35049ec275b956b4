using System;
using System.Buffers.Binary;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>What a record of a recording says.</summary>
public enum CaptureRecordKind : byte
{
    None = 0,

    /// <summary>A frame came. Payload: its bytes.</summary>
    Received = 1,

    /// <summary>We sent a frame. Payload: its bytes.</summary>
    Sent = 2,

    /// <summary>Only time passed: the engine was told so. No payload.</summary>
    Time = 3,

    /// <summary>The engine was told to doubt an instrument's book. Payload: its symbol.</summary>
    Gap = 4,

    /// <summary>Records are missing here. Payload: <see cref="CaptureHole"/>.</summary>
    Hole = 5,

    /// <summary>A socket opened. Payload: <see cref="CaptureConnection"/> as JSON.</summary>
    Opened = 6,

    /// <summary>A socket was lost. Payload: why, as text.</summary>
    Closed = 7,

    /// <summary>A book lost its thread. Payload: reason, a space, the symbol.</summary>
    Stale = 8,

    /// <summary>A book may be believed again. Payload: its symbol.</summary>
    InSync = 9,

    /// <summary>The recording ended in order. No payload.</summary>
    End = 10,
}

/// <summary>What became of a received frame.</summary>
public enum FrameFate : byte
{
    /// <summary>No received frame.</summary>
    None = 0,

    /// <summary>The engine was told of its events.</summary>
    Applied = 1,

    /// <summary>Another socket brought the same before: nobody was told.</summary>
    Duplicate = 2,

    /// <summary>There was no room to tell of it.</summary>
    Dropped = 3,

    /// <summary>The parser could not use it, or does not read it; the engine was told of the time only.</summary>
    Unread = 4,
}

/// <summary>The fixed part of a record: 40 bytes, little endian; docs/capture-format.md.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Fate">What became of the frame.</param>
/// <param name="Connection">The socket, numbered within the recording; -1 = none.</param>
/// <param name="TimeNs">The receive time that its events carry, Unix ns, never stepping back.</param>
/// <param name="Sequence">The engine's number of its first event.</param>
/// <param name="Events">Events that the engine was told, at most 65,535.</param>
public readonly record struct CaptureHead(
    CaptureRecordKind Kind, FrameFate Fate, int Connection, long TimeNs, long Sequence, int Events)
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int Bytes = 40;

    /// <summary>Longest payload: four times Kraken's largest snapshot; a longer frame is a row of the ledger.</summary>
    public const int PayloadBytesMax = (4 << 20) - Bytes;

    private const int LengthAt = 4;
    private const int NumberAt = 8;

    /// <summary>Number of the record within its recording, from 0.</summary>
    public long Number { get; init; }

    /// <summary>Bytes behind the fixed part.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Writes the fixed part, without number and checksum.</summary>
    internal void Write(Span<byte> bytes, int payloadBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes[LengthAt..], payloadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], TimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], Connection);
        bytes[36] = (byte)Kind;
        bytes[37] = (byte)Fate;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[38..], (ushort)Math.Min(Events, ushort.MaxValue));
    }

    /// <summary>Gives a whole record its number and its checksum.</summary>
    internal static void Seal(Span<byte> record, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record[NumberAt..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[LengthAt..]));
    }

    internal static long NumberOf(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadInt64LittleEndian(record[NumberAt..]);

    internal static int LengthOf(ReadOnlySpan<byte> record) =>
        Bytes + BinaryPrimitives.ReadInt32LittleEndian(record[LengthAt..]);

    internal static long TimeOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[16..]);

    /// <summary>The record that <paramref name="bytes"/> begin with; false when there is none that is whole.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out CaptureHead head, out int length)
    {
        head = default;
        length = 0;
        if (bytes.Length < Bytes) return false;
        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        if (payload is < 0 or > PayloadBytesMax || bytes.Length < Bytes + payload) return false;
        length = Bytes + payload;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Of(bytes[LengthAt..length])) return false;
        head = new CaptureHead(
            (CaptureRecordKind)bytes[36], (FrameFate)bytes[37], BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[38..]))
        {
            Number = NumberOf(bytes),
            PayloadBytes = payload,
        };
        return true;
    }
}

/// <summary>One record; its payload lives in the reader until the reader's next call.</summary>
public readonly ref struct CaptureRecord(CaptureHead head, ReadOnlySpan<byte> payload)
{
    public CaptureHead Head { get; } = head;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>Records that are missing: what stands in their place.</summary>
/// <param name="Records">How many.</param>
/// <param name="FromNs">Time of the first, Unix ns.</param>
/// <param name="ToNs">Time of the last.</param>
/// <param name="TooLong">Of them, frames longer than a record may be.</param>
public readonly record struct CaptureHole(long Records, long FromNs, long ToNs, long TooLong)
{
    public const int Bytes = 32;

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Records);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], FromNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], ToNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], TooLong);
    }

    public static CaptureHole Read(ReadOnlySpan<byte> payload) => payload.Length != Bytes ? default : new(
        BinaryPrimitives.ReadInt64LittleEndian(payload), BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(payload[16..]), BinaryPrimitives.ReadInt64LittleEndian(payload[24..]));
}
