using System;
using System.Buffers.Binary;

namespace References;

/// <summary>CRC-32 (IEEE 802.3, reflected) with eight tables, eight bytes a step: as fast as tables go.</summary>
public static class SlicedCrc
{
    private static readonly uint[] Tables = Build();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<uint> t = Tables;
        while (bytes.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[(7 * 256) + (byte)low] ^ t[(6 * 256) + (byte)(low >> 8)]
                ^ t[(5 * 256) + (byte)(low >> 16)] ^ t[(4 * 256) + (int)(low >> 24)]
                ^ t[(3 * 256) + (byte)high] ^ t[(2 * 256) + (byte)(high >> 8)]
                ^ t[256 + (byte)(high >> 16)] ^ t[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes) crc = t[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] Build()
    {
        uint[] tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? 0xEDB88320 ^ (remainder >> 1) : remainder >> 1;
            }

            tables[value] = remainder;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint previous = tables[i - 256];
            tables[i] = tables[(byte)previous] ^ (previous >> 8);
        }

        return tables;
    }
}
