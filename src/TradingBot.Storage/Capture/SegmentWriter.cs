// In:     whole records, in order.   Out: a segment: header, blocks, and when it is finished an index and a footer.
// Thread: the one that owns it.
// Keeps:  a block is on the medium before Append returns; a write that failed leaves no trace behind the last block.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using TradingBot.Storage.Journal;

namespace TradingBot.Storage.Capture;

/// <summary>Writes one segment of a recording.</summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>"TBCX", little endian: the index.</summary>
    public const uint IndexMagic = 0x5843_4254;

    /// <summary>Magic, count, checksum.</summary>
    public const int IndexHeadBytes = 12;

    /// <summary>Offset, first record, records, reserved, first and last time.</summary>
    public const int IndexEntryBytes = 40;

    /// <summary>"TBCFOOT1", index offset, records, SHA-256 of everything before the index.</summary>
    public const int FooterBytes = 8 + 8 + 8 + SHA256.HashSizeInBytes;

    private readonly DiskLogFile _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<(long Offset, SegmentBlock Block)> _blocks = [];
    private readonly byte[] _block = new byte[SegmentBlock.HeadBytes + SegmentBlock.StoredBytesMax];
    private long _bytes;
    private double _packTicks;
    private double _writeTicks;

    private SegmentWriter(DiskLogFile file)
    {
        _file = file;
    }

    public static ReadOnlySpan<byte> FooterMagic => "TBCFOOT1"u8;

    public long Bytes => _bytes;

    /// <summary>Time of its last record; 0 without any.</summary>
    public long LastNs => _blocks.Count == 0 ? 0 : _blocks[^1].Block.LastNs;

    /// <summary>
    /// By what the last blocks took: records that are stored as they are would be on the medium sooner, though they are
    /// about four times as many bytes. So it is where processor time is short, and not where the medium is slow.
    /// </summary>
    public bool IsFasterStored => _writeTicks * 3 / 4 < _packTicks;

    /// <summary>Begins a segment.</summary>
    /// <exception cref="IOException">The file is there already, or the medium refused it.</exception>
    public static SegmentWriter Create(string path, SegmentHeader header)
    {
        SegmentWriter writer = new(DiskLogFile.CreateShared(path));
        bool begun = false;
        try
        {
            byte[] bytes = header.Write();
            writer._file.Write(0, bytes);
            writer._file.Sync();
            writer._hash.AppendData(bytes);
            writer._bytes = bytes.Length;
            begun = true;
            return writer;
        }
        finally
        {
            if (!begun)
            {
                writer.Dispose();
                File.Delete(path);
            }
        }
    }

    /// <summary>Goes on with a segment that was not finished, behind its last sound block.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static SegmentWriter Resume(string path, SegmentSurvey survey)
    {
        SegmentWriter writer = new(DiskLogFile.OpenShared(path));
        writer._file.SetLength(survey.SoundBytes);
        byte[] piece = new byte[1 << 16];
        for (long at = 0; at < survey.SoundBytes; at += piece.Length)
        {
            int length = writer._file.Read(at, piece.AsSpan(0, (int)Math.Min(piece.Length, survey.SoundBytes - at)));
            writer._hash.AppendData(piece, 0, length);
        }

        writer._bytes = survey.SoundBytes;
        writer._blocks.AddRange(survey.Blocks);
        return writer;
    }

    /// <summary>Puts whole records into blocks and returns when they are on the medium.</summary>
    /// <param name="records">The next ones.</param>
    /// <param name="codec">Whether the blocks are compressed.</param>
    /// <exception cref="IOException">The medium refused; the segment is as it was before.</exception>
    public void Append(ReadOnlySpan<byte> records, BlockCodec codec = BlockCodec.Zlib)
    {
        long bytes = _bytes;
        int blocks = _blocks.Count;
        int raw = records.Length;
        long began = Stopwatch.GetTimestamp();
        long packing = 0;
        try
        {
            while (!records.IsEmpty)
            {
                int length = SegmentBlock.Cut(records);
                long packingBegan = Stopwatch.GetTimestamp();
                int packed = SegmentBlock.Pack(records[..length], _block, codec);
                packing += Stopwatch.GetTimestamp() - packingBegan;
                _file.Write(bytes, _block.AsSpan(0, packed));
                _ = SegmentBlock.TryReadHead(_block, out SegmentBlock block);
                _blocks.Add((bytes, block));
                bytes += packed;
                records = records[length..];
            }

            _file.Sync();
            long stored = bytes - _bytes;
            HashUpTo(bytes);
            // Per byte, so that batches of any size compare; packing is known of blocks that were packed.
            if (codec == BlockCodec.Zlib && raw > 0) _packTicks = (double)packing / raw;
            if (stored > 0) _writeTicks = (double)(Stopwatch.GetTimestamp() - began - packing) / stored;
        }
        catch (IOException)
        {
            _blocks.RemoveRange(blocks, _blocks.Count - blocks);
            _file.SetLength(_bytes);
            throw;
        }
    }

    /// <summary>Writes index and footer and closes the file: nothing can follow.</summary>
    /// <exception cref="IOException">The medium refused; it can be tried again.</exception>
    public void Finish()
    {
        byte[] end = new byte[IndexHeadBytes + (_blocks.Count * IndexEntryBytes) + FooterBytes];
        Span<byte> index = end.AsSpan(0, end.Length - FooterBytes);
        long records = 0;
        for (int i = 0; i < _blocks.Count; i++)
        {
            Span<byte> entry = index[(IndexHeadBytes + (i * IndexEntryBytes))..];
            (long offset, SegmentBlock block) = _blocks[i];
            BinaryPrimitives.WriteInt64LittleEndian(entry, offset);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], block.FirstRecord);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], block.Records);
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], block.FirstNs);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], block.LastNs);
            records += block.Records;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(index, IndexMagic);
        BinaryPrimitives.WriteInt32LittleEndian(index[4..], _blocks.Count);
        uint crc = Crc32C.Of(index[..8], index[IndexHeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(index[8..], crc);
        Span<byte> footer = end.AsSpan(index.Length);
        FooterMagic.CopyTo(footer);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], _bytes);
        BinaryPrimitives.WriteInt64LittleEndian(footer[16..], records);
        _hash.GetCurrentHash(footer[24..]);
        _file.Write(_bytes, end);
        _file.Sync();
        Dispose();
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    /// <summary>Hashes what was written, as it lies in the file: a failed write has left nothing in the hash.</summary>
    private void HashUpTo(long bytes)
    {
        while (_bytes < bytes)
        {
            int length = _file.Read(_bytes, _block.AsSpan(0, (int)Math.Min(_block.Length, bytes - _bytes)));
            if (length == 0) throw new IOException("The segment is shorter than what was written to it.");
            _hash.AppendData(_block, 0, length);
            _bytes += length;
        }
    }
}
