// In:     values of one record.   Out: its bytes, and back: docs/journal-format.md.
// Thread: any.
// Keeps:  writing allocates nothing; reading believes nothing: what does not fit is false.
using System;
using System.Buffers.Binary;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Journal;

/// <summary>Writes the members of a record one after the other; the room was made before.</summary>
internal ref struct InputWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    public int Length { get; private set; }

    public void Byte(byte value) => _room[Length++] = value;

    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_room[Length..], value);
        Length += 8;
    }

    /// <summary>Seven bits a byte, lowest first.</summary>
    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    public void Signed(long value) => Number(((ulong)value << 1) ^ (ulong)(value >> 63));

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[Length..]);
        Length += bytes.Length;
    }

    public void Text(string text) => Length += Encoding.UTF8.GetBytes(text, _room[Length..]);

    public void Account(in AccountRecord act)
    {
        Signed(act.ExchangeTimeNs);
        Fixed(act.Id.High);
        Fixed(act.Id.Low);
        Fixed(act.VenueOrderHigh);
        Fixed(act.VenueOrderLow);
        Fixed(act.ExecutionHigh);
        Fixed(act.ExecutionLow);
        Signed(act.Quantity);
        Signed(act.CumulativeQuantity);
        Signed(act.Price);
        Signed(act.TriggerPrice);
        Signed(act.InstrumentId);
        Byte((byte)act.Kind);
        Byte((byte)act.Command);
        Byte((byte)act.Type);
        Byte((byte)act.Side);
        Byte((byte)act.Reason);
        Byte((byte)act.Completeness);
        Byte(act.PriceDecimals);
        Byte(act.QuantityDecimals);
        Byte((byte)((act.ReduceOnly ? 1 : 0) | (act.Snapshot ? 2 : 0) | (act.Late ? 4 : 0)));
    }
}

/// <summary>Reads the members of a record; <see cref="Failed"/> once they do not fit.</summary>
internal ref struct InputScanner(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int At { get; private set; }

    public bool Failed { get; private set; }

    public readonly bool AtEnd => At == _bytes.Length;

    public byte Byte()
    {
        if (At < _bytes.Length) return _bytes[At++];
        Failed = true;
        return 0;
    }

    public ulong Fixed()
    {
        if (At + 8 > _bytes.Length)
        {
            Failed = true;
            return 0;
        }

        At += 8;
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(At - 8)..]);
    }

    public ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        Failed = true;
        return 0;
    }

    public long Signed()
    {
        ulong value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that is an int; anything greater fails.</summary>
    public int Small()
    {
        long value = Signed();
        if (value == (int)value) return (int)value;
        Failed = true;
        return 0;
    }

    /// <summary>Steps over so many bytes; their place.</summary>
    public Range Skip(ulong count)
    {
        if (count > (ulong)(_bytes.Length - At))
        {
            Failed = true;
            return default;
        }

        At += (int)count;
        return (At - (int)count)..At;
    }

    public Range Rest() => Skip((ulong)(_bytes.Length - At));

    public bool TryAccount(out AccountRecord act)
    {
        act = new AccountRecord { ExchangeTimeNs = Signed() };
        bool known = TryId(out act.Id);
        act.VenueOrderHigh = Fixed();
        act.VenueOrderLow = Fixed();
        act.ExecutionHigh = Fixed();
        act.ExecutionLow = Fixed();
        act.Quantity = Signed();
        act.CumulativeQuantity = Signed();
        act.Price = Signed();
        act.TriggerPrice = Signed();
        act.InstrumentId = Small();
        act.Kind = (AccountEventKind)Byte();
        act.Command = (CommandKind)Byte();
        act.Type = (OrderType)Byte();
        act.Side = (Side)Byte();
        act.Reason = (VenueReason)Byte();
        act.Completeness = (Completeness)Byte();
        act.PriceDecimals = Byte();
        act.QuantityDecimals = Byte();
        byte flags = Byte();
        act.ReduceOnly = (flags & 1) != 0;
        act.Snapshot = (flags & 2) != 0;
        act.Late = (flags & 4) != 0;
        return known && !Failed;
    }

    /// <summary>Ids are made of their parts only, so the two words go through their text.</summary>
    private bool TryId(out ClientOrderId id)
    {
        ulong high = Fixed();
        ulong low = Fixed();
        id = default;
        if (high == 0 && low == 0) return true;
        Span<byte> text = stackalloc byte[32];
        Hex(high, text);
        Hex(low, text[16..]);
        return ClientOrderId.TryParse(text, out id);
    }

    private static void Hex(ulong value, Span<byte> text)
    {
        for (int i = 15; i >= 0; i--, value >>= 4) text[i] = "0123456789abcdef"u8[(int)(value & 15)];
    }
}
