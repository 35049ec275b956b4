using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>How a block's bytes are stored.</summary>
internal enum BlockCodec : uint
{
    Stored = 0,

    /// <summary>zlib (RFC 1950): docs/decisions/0006-captures-in-zlib.md.</summary>
    Zlib = 1,
}

/// <summary>The head of a block: what it holds, and a checksum over it and the bytes behind it.</summary>
/// <param name="Codec">How they are stored.</param>
/// <param name="StoredBytes">Bytes behind the head.</param>
/// <param name="RawBytes">Bytes of records.</param>
/// <param name="FirstRecord">Number of the first.</param>
/// <param name="Records">How many; they are consecutive.</param>
/// <param name="FirstNs">Time of the first.</param>
/// <param name="LastNs">Time of the last.</param>
internal readonly record struct SegmentBlock(
    BlockCodec Codec, int StoredBytes, int RawBytes, long FirstRecord, int Records, long FirstNs, long LastNs)
{
    public const int HeadBytes = 52;

    /// <summary>A block is closed at this size: smaller compresses worse, larger loses more to damage.</summary>
    public const int RawBytesTarget = 256 * 1024;

    /// <summary>One record that is as long as a record may be.</summary>
    public const int RawBytesMax = RawBytesTarget + CaptureHead.Bytes + CaptureHead.PayloadBytesMax;

    /// <summary>zlib adds 5 bytes per 16 KiB at worst, and 6 of its own.</summary>
    public const int StoredBytesMax = RawBytesMax + (RawBytesMax / 1_024) + 64;

    /// <summary>"TBCB", little endian.</summary>
    public const uint Magic = 0x4243_4254;

    /// <summary>Measured on real captures: a tenth larger than Brotli at 1, and anybody can read it.</summary>
    private const int ZlibLevel = 2;

    private const int ChecksumAt = 48;

    /// <summary>Frames <paramref name="raw"/> into <paramref name="block"/>.</summary>
    /// <param name="raw">Whole records.</param>
    /// <param name="block">Takes the block.</param>
    /// <param name="codec">Whether they are compressed.</param>
    /// <returns>Bytes of the block.</returns>
    public static int Pack(ReadOnlySpan<byte> raw, byte[] block, BlockCodec codec)
    {
        int stored = raw.Length;
        if (codec == BlockCodec.Stored)
        {
            raw.CopyTo(block.AsSpan(HeadBytes));
        }
        else
        {
            stored = Compress(raw, block);
        }

        (int records, long firstNs, long lastNs) = Survey(raw);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), (uint)codec);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(8), stored);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(12), raw.Length);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(16), CaptureHead.NumberOf(raw));
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(24), records);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(28), 0);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(32), firstNs);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(40), lastNs);
        uint crc = Crc32C.Of(block.AsSpan(0, ChecksumAt), block.AsSpan(HeadBytes, stored));
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(ChecksumAt), crc);
        return HeadBytes + stored;
    }

    private static int Compress(ReadOnlySpan<byte> raw, byte[] block)
    {
        using MemoryStream target = new(block, HeadBytes, block.Length - HeadBytes);
        using (ZLibStream zlib = new(target, new ZLibCompressionOptions { CompressionLevel = ZlibLevel }, true))
        {
            zlib.Write(raw);
        }

        return (int)target.Position;
    }

    /// <summary>The head, when it can be one; its bytes are not believed before <see cref="IsSound"/>.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> head, out SegmentBlock block)
    {
        block = default;
        if (head.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic) return false;
        block = new SegmentBlock(
            (BlockCodec)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]), BinaryPrimitives.ReadInt32LittleEndian(head[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]), BinaryPrimitives.ReadInt32LittleEndian(head[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[32..]), BinaryPrimitives.ReadInt64LittleEndian(head[40..]));
        return block.Codec is BlockCodec.Stored or BlockCodec.Zlib && block.StoredBytes is > 0 and <= StoredBytesMax
            && block.RawBytes is > 0 and <= RawBytesMax && block.FirstRecord >= 0 && block.Records > 0;
    }

    public static bool IsSound(ReadOnlySpan<byte> head, ReadOnlySpan<byte> stored) =>
        Crc32C.Of(head[..ChecksumAt], stored) == BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumAt..]);

    /// <summary>The records; false when the bytes are not what the head says.</summary>
    public bool TryUnpack(byte[] stored, byte[] raw)
    {
        if (Codec == BlockCodec.Stored)
        {
            if (StoredBytes != RawBytes) return false;
            stored.AsSpan(0, StoredBytes).CopyTo(raw);
            return true;
        }

        try
        {
            using MemoryStream source = new(stored, 0, StoredBytes);
            using ZLibStream zlib = new(source, CompressionMode.Decompress);
            bool whole = zlib.ReadAtLeast(raw.AsSpan(0, RawBytes), RawBytes, throwOnEndOfStream: false) == RawBytes;
            return whole && zlib.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Bytes of the whole records at the beginning that fill a block.</summary>
    public static int Cut(ReadOnlySpan<byte> records)
    {
        int length = 0;
        while (length < records.Length && length < RawBytesTarget) length += CaptureHead.LengthOf(records[length..]);
        return length;
    }

    private static (int Records, long FirstNs, long LastNs) Survey(ReadOnlySpan<byte> raw)
    {
        long lastNs = 0;
        int count = 0;
        for (int at = 0; at < raw.Length; at += CaptureHead.LengthOf(raw[at..]))
        {
            lastNs = CaptureHead.TimeOf(raw[at..]);
            count++;
        }

        return (count, CaptureHead.TimeOf(raw), lastNs);
    }
}
