// In:     parsers (feed thread) and timers.   Out: ring slots read by the engine's stages.
// Thread: written by one producer before publication, read-only afterwards.
// Keeps:  64 bytes, no references, two clocks on every event (HOUSE layout; House/LayoutTests has a row per field).
using System.Runtime.InteropServices;
using TradingBot.Market.Values;

namespace TradingBot.Market.Events;

/// <summary>One thing the engine may react to: 64 bytes, blittable, self-contained.</summary>
/// <remarks>
/// Price and Quantity are mantissas with the decimals that stood on the wire. The stage that consumes them brings
/// them to
/// the instrument's own decimals (<see cref="InstrumentScale"/>), so parsers hold no per-instrument state.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct MarketEvent
{
    /// <summary>Sequence number in the ring once published; owned by the ring.</summary>
    [FieldOffset(0)] public long Stamp;

    /// <summary>When our side read the frame: Unix ns, never stepping back; 0 = not known.</summary>
    [FieldOffset(8)] public long ReceiveTimeNs;

    /// <summary>When the venue says it happened: Unix ns; 0 = the frame does not say.</summary>
    [FieldOffset(16)] public long ExchangeTimeNs;

    /// <summary>First number, mantissa at <see cref="PriceDecimals"/>.</summary>
    [FieldOffset(24)] public long Price;

    /// <summary>Second number, mantissa at <see cref="QuantityDecimals"/>.</summary>
    [FieldOffset(32)] public long Quantity;

    /// <summary>Trade id, checksum, sequence, interval begin: see <see cref="EventKind"/>.</summary>
    [FieldOffset(40)] public long Number;

    /// <summary>Index into every per-instrument table; -1 = about no instrument.</summary>
    [FieldOffset(48)] public int InstrumentId;

    [FieldOffset(52)] public EventKind Kind;

    [FieldOffset(53)] public EventFlags Flags;

    [FieldOffset(54)] public byte PriceDecimals;

    [FieldOffset(55)] public byte QuantityDecimals;

    /// <summary>Depth, minutes or an enum: see <see cref="EventKind"/>.</summary>
    [FieldOffset(56)] public int Detail;

    [FieldOffset(60)] public Channel Channel;

    [FieldOffset(61)] public Dialect Dialect;

    /// <summary>Bytes of one event, and of one ring slot: a cache line.</summary>
    public const int Bytes = 64;
}

/// <summary>Precisions of an instrument frame packed into <see cref="MarketEvent.Number"/>; 255 = not given.</summary>
public static class SpecPrecision
{
    public const byte NotGiven = 255;

    public static long Pack(byte pricePrecision, byte quantityPrecision, byte displayPrecision) =>
        pricePrecision | ((long)quantityPrecision << 8) | ((long)displayPrecision << 16);

    public static byte Price(long packed) => (byte)packed;

    public static byte Quantity(long packed) => (byte)(packed >> 8);

    public static byte Display(long packed) => (byte)(packed >> 16);
}
