using System;
using System.Buffers.Binary;
using System.IO.Compression;

namespace TradingBot.Storage.Journal;

/// <summary>What a block of the input journal holds.</summary>
internal enum JournalBlockKind : byte
{
    None = 0,

    /// <summary>Records; the next block begins with a step.</summary>
    Whole = 1,

    /// <summary>Records; its last step goes on in the next block.</summary>
    InStep = 2,

    /// <summary>The journal ends here, though the run went on: the reason as text.</summary>
    Broken = 3,
}

/// <summary>
/// A block on file: 32 bytes of head, then its bytes under Brotli. The checksum covers both, for compressed bytes that
/// are damaged anywhere cannot be read behind that place anyway.
/// </summary>
internal readonly record struct JournalBlock(
    JournalBlockKind Kind, int StoredBytes, int RawBytes, long FirstRecord, int Records)
{
    public const int HeadBytes = 32;

    /// <summary>Bytes before compression: the size of the journal's buffers.</summary>
    public const int RawBytesMax = 8 << 20;

    /// <summary>"TBJB", little endian.</summary>
    public const uint Magic = 0x424A_4254;

    private const int ChecksumAt = 28;

    public static int StoredBytesMax { get; } = BrotliEncoder.GetMaxCompressedLength(RawBytesMax);

    /// <summary>Compresses and frames; the bytes to write are the first of <paramref name="block"/>.</summary>
    public static int Pack(
        JournalBlockKind kind, ReadOnlySpan<byte> raw, long firstRecord, int records, Span<byte> block)
    {
        // Quality 4: a fifth less than 1 on a default run, at some 10 MB/s; a window beyond a block's does nothing.
        if (!BrotliEncoder.TryCompress(raw, block[HeadBytes..], out int stored, quality: 4, window: 22))
        {
            throw new InvalidOperationException("The block's room is less than Brotli's bound.");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], stored);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], raw.Length);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], firstRecord);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], records);
        uint crc = Crc32C.Of(block[..ChecksumAt], block.Slice(HeadBytes, stored));
        BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumAt..], crc);
        return HeadBytes + stored;
    }

    /// <summary>The head, when it can be one; its bytes are not believed before <see cref="IsSound"/>.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> head, out JournalBlock block)
    {
        block = default;
        if (head.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic) return false;
        block = new JournalBlock(
            (JournalBlockKind)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]), BinaryPrimitives.ReadInt32LittleEndian(head[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]), BinaryPrimitives.ReadInt32LittleEndian(head[24..]));
        return block.Kind is JournalBlockKind.Whole or JournalBlockKind.InStep or JournalBlockKind.Broken
            && block.StoredBytes > 0 && block.StoredBytes <= StoredBytesMax
            && block.RawBytes is >= 0 and <= RawBytesMax && block.FirstRecord >= 0 && block.Records >= 0;
    }

    public static bool IsSound(ReadOnlySpan<byte> head, ReadOnlySpan<byte> stored) =>
        Crc32C.Of(head[..ChecksumAt], stored) == BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumAt..]);
}
