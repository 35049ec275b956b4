using System;
using System.Buffers.Binary;
using System.Numerics;

namespace TradingBot.Storage.Journal;

/// <summary>CRC-32C (Castagnoli) over bytes.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) =>
        ~Add(Add(uint.MaxValue, first), second);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        int i = 0;
        for (; i + 8 <= bytes.Length; i += 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        }

        for (; i < bytes.Length; i++) crc = BitOperations.Crc32C(crc, bytes[i]);
        return crc;
    }
}
