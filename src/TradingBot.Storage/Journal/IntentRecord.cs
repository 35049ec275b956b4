using System;
using System.Buffers.Binary;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Journal;

/// <summary>What one record of the intent log tells.</summary>
public enum IntentRecordKind : byte
{
    None = 0,

    /// <summary>A process took the account over: Epoch.</summary>
    Epoch = 1,

    /// <summary>A command is about to leave: durable before its bytes do (I2).</summary>
    Command = 2,

    /// <summary>The venue's answer, or that there is none.</summary>
    Outcome = 3,

    /// <summary>Our fill.</summary>
    Fill = 4,

    /// <summary>An operator halted: Reason text. It holds over restarts, until a Resume.</summary>
    Halt = 5,

    /// <summary>An operator resumed: Reason text.</summary>
    Resume = 6,
}

/// <summary>One record of the intent log: values and the symbol's text, since ids do not survive a restart.</summary>
public struct IntentRecord
{
    /// <summary>Bytes of a record on file.</summary>
    public const int Bytes = 192;

    /// <summary>Longest symbol kept.</summary>
    public const int SymbolBytesMax = 32;

    public IntentRecordKind Kind;
    public CommandKind Command;
    public AccountEventKind Event;
    public OrderType Type;
    public Side Side;
    public VenueReason Reason;
    public byte PriceDecimals;
    public byte QuantityDecimals;
    public bool ReduceOnly;
    public uint Epoch;
    public long TimeNs;
    public ClientOrderId Id;
    public long Quantity;
    public long LimitPrice;
    public long TriggerPrice;
    public long PlannedStop;
    public ulong ExecutionHigh;
    public ulong ExecutionLow;
    public SymbolText Symbol;

    /// <summary>Of Halt and Resume, which have no symbol.</summary>
    public ReasonText Why;

    private readonly bool IsHaltOrResume => Kind is IntentRecordKind.Halt or IntentRecordKind.Resume;

    /// <summary>Writes everything but the checksum and the number, which are the log's.</summary>
    internal readonly void Write(Span<byte> bytes)
    {
        bytes[16] = (byte)Kind;
        bytes[17] = (byte)Command;
        bytes[18] = (byte)Event;
        bytes[19] = (byte)Type;
        bytes[20] = (byte)Side;
        bytes[21] = (byte)Reason;
        bytes[22] = PriceDecimals;
        bytes[23] = QuantityDecimals;
        bytes[24] = ReduceOnly ? (byte)1 : (byte)0;
        bytes[25] = (byte)Symbol.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], TimeNs);
        Id.Write(bytes[40..76]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[80..], Quantity);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[88..], LimitPrice);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[96..], TriggerPrice);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[104..], PlannedStop);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[112..], ExecutionHigh);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[120..], ExecutionLow);
        Symbol.AsSpan().CopyTo(bytes[128..160]);
        if (!IsHaltOrResume) return;
        bytes[26] = (byte)Why.Length;
        Why.AsSpan().CopyTo(bytes[128..192]);
    }

    internal static IntentRecord Read(ReadOnlySpan<byte> bytes)
    {
        // A record without an order (a new epoch) holds the text of no id.
        if (!ClientOrderId.TryParse(bytes[40..76], out ClientOrderId id)) id = default;
        IntentRecord record = new()
        {
            Kind = (IntentRecordKind)bytes[16],
            Command = (CommandKind)bytes[17],
            Event = (AccountEventKind)bytes[18],
            Type = (OrderType)bytes[19],
            Side = (Side)bytes[20],
            Reason = (VenueReason)bytes[21],
            PriceDecimals = bytes[22],
            QuantityDecimals = bytes[23],
            ReduceOnly = bytes[24] != 0,
            Epoch = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
            TimeNs = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Id = id,
            Quantity = BinaryPrimitives.ReadInt64LittleEndian(bytes[80..]),
            LimitPrice = BinaryPrimitives.ReadInt64LittleEndian(bytes[88..]),
            TriggerPrice = BinaryPrimitives.ReadInt64LittleEndian(bytes[96..]),
            PlannedStop = BinaryPrimitives.ReadInt64LittleEndian(bytes[104..]),
            ExecutionHigh = BinaryPrimitives.ReadUInt64LittleEndian(bytes[112..]),
            ExecutionLow = BinaryPrimitives.ReadUInt64LittleEndian(bytes[120..]),
            Symbol = SymbolText.Of(bytes[128..(128 + Math.Min((int)bytes[25], SymbolBytesMax))]),
        };
        if (!record.IsHaltOrResume) return record;
        record.Why = ReasonText.Of(bytes[128..(128 + Math.Min((int)bytes[26], ReasonText.BytesMax))]);
        return record;
    }
}
