using System;
using System.Buffers.Binary;

namespace TradingBot.Market.Book;

/// <summary>CRC-32 (IEEE 802.3, reflected 0xEDB88320, initial and final inversion), eight bytes a step.</summary>
/// <remarks>Ours because no kept package with it restores; its oracle in the tests is a bitwise loop and Kraken's own
/// vectors.</remarks>
public static class Crc32
{
    internal const uint Polynomial = 0xEDB88320;

    // Eight tables of 256: table k advances a byte through k further zero bytes ("slicing by 8").
    private static readonly uint[] Tables = BuildTables();

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

    /// <summary>The text's remainder without the customary inversions.</summary>
    internal static uint RemainderOf(ReadOnlySpan<byte> bytes)
    {
        uint remainder = 0;
        foreach (byte b in bytes) remainder = Tables[(byte)(remainder ^ b)] ^ (remainder >> 8);
        return remainder;
    }

    internal static uint AfterZeroByte(uint state) => Tables[(byte)state] ^ (state >> 8);

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? Polynomial ^ (remainder >> 1) : remainder >> 1;
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
