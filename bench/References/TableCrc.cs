using System;

namespace References;

/// <summary>CRC-32 (IEEE 802.3, reflected) with one table of 256 entries, a byte a step.</summary>
public static class TableCrc
{
    private static readonly uint[] Table = Build();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint[] table = Table;
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] Build()
    {
        uint[] table = new uint[256];
        for (uint value = 0; value < 256; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? 0xEDB88320 ^ (remainder >> 1) : remainder >> 1;
            }

            table[value] = remainder;
        }

        return table;
    }
}
