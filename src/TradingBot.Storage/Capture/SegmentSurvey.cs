using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>What a segment holds and how far it can be believed.</summary>
internal sealed class SegmentSurvey
{
    /// <summary>Piece in which bytes are read that are no block, to see whether sound blocks follow.</summary>
    private const int SearchBytes = 1 << 20;

    public required SegmentHeader Header { get; init; }

    /// <summary>Sound blocks from the beginning, up to the first place that is none.</summary>
    public List<(long Offset, SegmentBlock Block)> Blocks { get; } = [];

    /// <summary>Where the last of them ends.</summary>
    public long SoundBytes { get; private set; }

    public long FileBytes { get; private init; }

    /// <summary>Index and footer are there and agree with the blocks.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What is wrong that is no torn end, for a person; empty when nothing is.</summary>
    public string Damage { get; private set; } = "";

    /// <summary>Bytes at the end of a segment that was not finished: a write that broke off.</summary>
    public long TornBytes => IsFinished || Damage.Length > 0 ? 0 : FileBytes - SoundBytes;

    public long NextRecord =>
        Blocks.Count == 0 ? Header.FirstRecord : Blocks[^1].Block.FirstRecord + Blocks[^1].Block.Records;

    /// <summary>Looks through a segment; null, with what is wrong, when it is none.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static SegmentSurvey? Of(Stream stream, out string error)
    {
        SegmentHeader? header = SegmentHeader.Read(stream, out int length, out error);
        if (header is null) return null;
        SegmentSurvey survey = new() { Header = header, FileBytes = stream.Length, SoundBytes = length };
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.Write());
        byte[] head = new byte[SegmentBlock.HeadBytes];
        byte[] stored = [];
        while (survey.TryBlock(stream, head, ref stored, hash))
        {
        }

        if (survey.SoundBytes < survey.FileBytes) survey.ReadEnd(stream, hash);
        return survey;
    }

    private bool TryBlock(Stream stream, byte[] head, ref byte[] stored, IncrementalHash hash)
    {
        stream.Position = SoundBytes;
        bool isHead = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && SegmentBlock.TryReadHead(head, out _);
        if (!isHead) return false;
        _ = SegmentBlock.TryReadHead(head, out SegmentBlock block);
        if (block.StoredBytes > FileBytes - stream.Position) return false;
        if (stored.Length < block.StoredBytes) stored = new byte[block.StoredBytes];
        Span<byte> bytes = stored.AsSpan(0, block.StoredBytes);
        stream.ReadExactly(bytes);
        if (!SegmentBlock.IsSound(head, bytes) || block.FirstRecord != NextRecord) return false;
        hash.AppendData(head);
        hash.AppendData(bytes);
        Blocks.Add((SoundBytes, block));
        SoundBytes += SegmentBlock.HeadBytes + block.StoredBytes;
        return true;
    }

    /// <summary>Behind the blocks: index and footer, a torn end, or damage.</summary>
    private void ReadEnd(Stream stream, IncrementalHash hash)
    {
        int expected = SegmentWriter.IndexHeadBytes + (Blocks.Count * SegmentWriter.IndexEntryBytes)
            + SegmentWriter.FooterBytes;
        stream.Position = SoundBytes;
        bool isDamagedEnd = false;
        if (FileBytes - SoundBytes == expected)
        {
            byte[] end = new byte[expected];
            stream.ReadExactly(end);
            if (IsEnd(end, hash))
            {
                IsFinished = true;
                return;
            }

            isDamagedEnd = BinaryPrimitives.ReadUInt32LittleEndian(end) == SegmentWriter.IndexMagic;
            stream.Position = SoundBytes;
        }

        // As long as an end and beginning like one: that is no write that broke off.
        if (!isDamagedEnd && !HasSoundBehind(stream)) return;
        Damage = string.Create(
            CultureInfo.InvariantCulture,
            $"the bytes at {SoundBytes} are damaged, and something sound follows: everything before was kept "
            + $"({NextRecord - Header.FirstRecord} records)");
    }

    private bool IsEnd(ReadOnlySpan<byte> end, IncrementalHash hash)
    {
        ReadOnlySpan<byte> index = end[..^SegmentWriter.FooterBytes];
        ReadOnlySpan<byte> footer = end[^SegmentWriter.FooterBytes..];
        bool sound = BinaryPrimitives.ReadUInt32LittleEndian(index) == SegmentWriter.IndexMagic
            && BinaryPrimitives.ReadInt32LittleEndian(index[4..]) == Blocks.Count
            && BinaryPrimitives.ReadUInt32LittleEndian(index[8..])
                == Crc32C.Of(index[..8], index[SegmentWriter.IndexHeadBytes..])
            && footer.StartsWith(SegmentWriter.FooterMagic)
            && BinaryPrimitives.ReadInt64LittleEndian(footer[8..]) == SoundBytes
            && BinaryPrimitives.ReadInt64LittleEndian(footer[16..]) == NextRecord - Header.FirstRecord;
        if (!sound) return false;
        for (int i = 0; i < Blocks.Count; i++)
        {
            ReadOnlySpan<byte> entry = index[(SegmentWriter.IndexHeadBytes + (i * SegmentWriter.IndexEntryBytes))..];
            (long offset, SegmentBlock block) = Blocks[i];
            bool same = BinaryPrimitives.ReadInt64LittleEndian(entry) == offset
                && BinaryPrimitives.ReadInt64LittleEndian(entry[8..]) == block.FirstRecord
                && BinaryPrimitives.ReadInt32LittleEndian(entry[16..]) == block.Records
                && BinaryPrimitives.ReadInt64LittleEndian(entry[24..]) == block.FirstNs
                && BinaryPrimitives.ReadInt64LittleEndian(entry[32..]) == block.LastNs;
            if (!same) return false;
        }

        return footer[24..].SequenceEqual(hash.GetCurrentHash());
    }

    /// <summary>Whether a sound block, or a footer, stands somewhere behind a place that is none.</summary>
    private bool HasSoundBehind(Stream stream)
    {
        // A write that broke off leaves less than one batch of blocks; what is longer is searched all the same.
        byte[] piece = new byte[SearchBytes];
        byte[] head = new byte[SegmentBlock.HeadBytes];
        long at = SoundBytes + 1;
        if (EndsInFooter(stream)) return true;
        while (at < FileBytes)
        {
            stream.Position = at;
            int length = stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
            for (int i = 0; i < length; i++)
            {
                int found = piece.AsSpan(i, length - i).IndexOf("TBCB"u8);
                if (found < 0) break;
                i += found;
                if (IsBlockAt(stream, at + i, head)) return true;
            }

            if (length < piece.Length) return false;
            at += length - 3;
        }

        return false;
    }

    private bool EndsInFooter(Stream stream)
    {
        if (FileBytes - SoundBytes < SegmentWriter.FooterBytes) return false;
        byte[] magic = new byte[8];
        stream.Position = FileBytes - SegmentWriter.FooterBytes;
        stream.ReadExactly(magic);
        return magic.AsSpan().SequenceEqual(SegmentWriter.FooterMagic);
    }

    private static bool IsBlockAt(Stream stream, long at, byte[] head)
    {
        stream.Position = at;
        bool isHead = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && SegmentBlock.TryReadHead(head, out _);
        if (!isHead) return false;
        _ = SegmentBlock.TryReadHead(head, out SegmentBlock block);
        if (block.StoredBytes > stream.Length - stream.Position) return false;
        byte[] stored = new byte[block.StoredBytes];
        stream.ReadExactly(stored);
        return SegmentBlock.IsSound(head, stored);
    }
}
