using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TradingBot.Kraken.Orders;

/// <summary>A venue's id as 128 bits of its SHA-256: equality only, the same in every process.</summary>
internal readonly record struct VenueKey(ulong High, ulong Low)
{
    public bool IsNone => High == 0 && Low == 0;

    public static VenueKey Of(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return new VenueKey(high, BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }
}
