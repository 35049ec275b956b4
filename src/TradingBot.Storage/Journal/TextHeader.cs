using System;
using System.Buffers.Binary;

namespace TradingBot.Storage.Journal;

/// <summary>What files of ours begin with: twenty bytes, and a text they vouch for.</summary>
/// <remarks>
/// Magic (8 bytes), version, length of the text, and the CRC-32C of these three and the text; numbers little-endian.
/// </remarks>
internal static class TextHeader
{
    public const int PrefixBytes = 20;
    public const int VersionAt = 8;
    public const int LengthAt = 12;
    private const int ChecksumAt = 16;

    public static byte[] Write(ReadOnlySpan<byte> magic, uint version, ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[PrefixBytes + text.Length];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthAt), text.Length);
        text.CopyTo(bytes.AsSpan(PrefixBytes));
        uint crc = Crc32C.Of(bytes.AsSpan(0, ChecksumAt), text);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), crc);
        return bytes;
    }

    /// <summary>Whether prefix and text are those that were written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text) =>
        BinaryPrimitives.ReadUInt32LittleEndian(prefix[ChecksumAt..]) == Crc32C.Of(prefix[..ChecksumAt], text);
}
