using System;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace TradingBot.Trading.Orders;

/// <summary>What an order is for; part of its client id.</summary>
public enum OrderRole : byte
{
    None = 0,
    Entry = 1,
    Stop = 2,
    TakeProfit = 3,
    Exit = 4,
}

/// <summary>Our name of an order: 128 bits that say who owns it, which intent it serves, in which role and
/// revision.</summary>
/// <remarks>
/// On the wire it is a lower-case UUID of version 8 (RFC 9562: free form). It is computed, never drawn, so a restart
/// knows
/// every id an intent may have used. An id is never used twice: Kraken's ids are unique among open orders only, and a
/// repeated one would not be refused after a fill.
/// Layout: high = epoch (32) | version 8 (4 bits within) | intent's upper bits; low = variant | intent's lower bits |
///         role | revision.
/// </remarks>
public readonly record struct ClientOrderId
{
    /// <summary>Length of the text form.</summary>
    public const int TextBytes = 36;

    /// <summary>Revisions of one role: 0..31 are planned with the entry, the rest is for adopted positions.</summary>
    public const int RevisionMax = 255;

    /// <summary>Intents of one epoch: 2^40.</summary>
    public const long IntentMax = (1L << 40) - 1;

    private ClientOrderId(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    public ulong High { get; }

    public ulong Low { get; }

    public bool IsNone => High == 0 && Low == 0;

    /// <summary>Owner's epoch: grows by one with each start that may trade (I13).</summary>
    public uint Epoch => (uint)(High >> 32);

    public long Intent => (long)(((High & 0xFFF) << 28) | ((Low >> 16) & 0xFFF_FFFF));

    public OrderRole Role => (OrderRole)((Low >> 8) & 0xFF);

    public int Revision => (int)(Low & 0xFF);

    public static ClientOrderId Of(uint epoch, long intent, OrderRole role, int revision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(intent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(intent, IntentMax);
        ArgumentOutOfRangeException.ThrowIfNegative(revision);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, RevisionMax);
        // Bytes 4..5 are free (zero), 6..7 hold the version and the intent's upper 12 bits.
        ulong high = ((ulong)epoch << 32) | 0x8000 | (ulong)(intent >> 28);
        ulong low = 0x8000_0000_0000_0000 | ((ulong)(intent & 0xFFF_FFFF) << 16) | ((ulong)role << 8) | (uint)revision;
        return new ClientOrderId(high, low);
    }

    /// <summary>Writes 36 bytes: 8-4-4-4-12 lower-case hex digits.</summary>
    public void Write(Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        int at = 0;
        for (int i = 0; i < 16; i++)
        {
            if (i is 4 or 6 or 8 or 10) text[at++] = (byte)'-';
            text[at++] = Hex(bytes[i] >> 4);
            text[at++] = Hex(bytes[i] & 15);
        }
    }

    /// <summary>Reads a UUID with or without dashes in any case; false for anything else, and for ids that are not
    /// ours.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ClientOrderId id)
    {
        id = default;
        Span<byte> digits = stackalloc byte[32];
        int count = 0;
        foreach (byte b in text)
        {
            if (b == (byte)'-') continue;
            if (count == 32) return false;
            digits[count++] = b;
        }

        if (count != 32) return false;
        if (!Utf8Parser.TryParse(digits[..16], out ulong high, out int used, 'x') || used != 16) return false;
        if (!Utf8Parser.TryParse(digits[16..], out ulong low, out used, 'x') || used != 16) return false;
        if ((high & 0xFFFF_F000) != 0x8000 || (low >> 44) != 0x80000) return false;
        if ((OrderRole)((low >> 8) & 0xFF) is < OrderRole.Entry or > OrderRole.Exit) return false;
        id = new ClientOrderId(high, low);
        return true;
    }

    private static byte Hex(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}
