using System;
using System.Numerics;

namespace References;

/// <summary>Every byte looked at once, as wide as the machine goes: what memory allows.</summary>
public static class VectorScan
{
    /// <summary>The exclusive or of all bytes: four registers, so that loads and not one chain set the pace.</summary>
    public static byte Xor(ReadOnlySpan<byte> bytes)
    {
        int width = Vector<byte>.Count;
        Vector<byte> a = default, b = default, c = default, d = default;
        while (bytes.Length >= 4 * width)
        {
            a ^= new Vector<byte>(bytes);
            b ^= new Vector<byte>(bytes[width..]);
            c ^= new Vector<byte>(bytes[(2 * width)..]);
            d ^= new Vector<byte>(bytes[(3 * width)..]);
            bytes = bytes[(4 * width)..];
        }

        a ^= b ^ c ^ d;
        byte result = 0;
        for (int i = 0; i < width; i++) result ^= a[i];
        foreach (byte rest in bytes) result ^= rest;
        return result;
    }
}
