// In:     market events in sequence order, and the operator's overrides.   Out: the decimals of every instrument.
// Thread: the stage that owns the instance; every stage has its own, and all agree because all see the same events.
// Keeps:  I5. Decimals only grow; growth after the first value is a new epoch, told once, at the event that caused it.
// Budget: one flag and two byte compares per level or trade.
using System;
using System.Runtime.CompilerServices;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;

namespace TradingBot.Market.Values;

/// <summary>What an event did to its instrument's decimals.</summary>
public enum ScaleChange : byte
{
    None = 0,

    /// <summary>
    /// Decimals grew after the first value: whoever holds mantissas of the instrument rescales them now.
    /// </summary>
    Widened = 1,
}

/// <summary>
/// Decimals the operator gives for a symbol, whatever its dialect: a floor that the wire may still widen.
/// </summary>
public readonly record struct ScaleOverride(ReadOnlyMemory<byte> Symbol, byte PriceDecimals, byte QuantityDecimals);

/// <summary>
/// Decimals per instrument, derived from the events alone (<see cref="InstrumentScale"/> says from which).
/// </summary>
/// <remarks>
/// Digits of levels (deletions too), trades and instrument frames count. Ticker and ohlc digits do not: no stage keeps
/// mantissas of those.
/// </remarks>
public sealed class ScaleTable
{
    private readonly InstrumentScale[] _scales;
    private readonly SymbolTable? _symbols;
    private readonly ScaleOverride[] _overrides;

    public ScaleTable(int capacity = SymbolTable.CapacityDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _scales = new InstrumentScale[capacity];
        _overrides = [];
    }

    /// <summary>A table as large as <paramref name="symbols"/>, which names instruments for the overrides.</summary>
    public ScaleTable(SymbolTable symbols, ReadOnlySpan<ScaleOverride> overrides = default)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        foreach (ScaleOverride given in overrides) RequireDecimals(given.PriceDecimals, given.QuantityDecimals);
        _scales = new InstrumentScale[symbols.Capacity];
        _symbols = symbols;
        _overrides = overrides.ToArray();
    }

    public int Capacity => _scales.Length;

    public ref readonly InstrumentScale Of(int id) => ref _scales[id];

    /// <summary>
    /// Takes the event's digits into account. Events of other kinds or of no instrument change nothing.
    /// </summary>
    public ScaleChange Observe(ref readonly MarketEvent e)
    {
        if (e.Kind is EventKind.BookLevel or EventKind.Trade)
        {
            int id = e.InstrumentId;
            if ((uint)id >= (uint)_scales.Length) return ScaleChange.None;
            ref InstrumentScale scale = ref _scales[id];
            bool covered = e.PriceDecimals <= scale.PriceDecimals && e.QuantityDecimals <= scale.QuantityDecimals;
            if (covered && scale.Known) return ScaleChange.None;
            return ObserveGrowth(id, e.PriceDecimals, e.QuantityDecimals);
        }

        return e.Kind == EventKind.InstrumentSpec ? ObserveSpec(in e) : ScaleChange.None;
    }

    /// <summary>
    /// The operator's decimals of one instrument, given before its first event (later nobody rescales).
    /// </summary>
    public void SetFixed(int id, byte priceDecimals, byte quantityDecimals)
    {
        RequireDecimals(priceDecimals, quantityDecimals);
        ref InstrumentScale scale = ref _scales[id];
        if (scale.Known) throw new InvalidOperationException("The instrument has been observed already.");
        RaiseTo(ref scale, priceDecimals, quantityDecimals);
        scale.Confirmed = true;
    }

    /// <summary>
    /// A mantissa left 64 bits at this instrument's scale: stages ignore the instrument from here on.
    /// </summary>
    public void MarkOverflowed(int id) => _scales[id].Overflowed = true;

    /// <summary>
    /// Brings a number of the wire to the instrument's decimals; false when it leaves 64 bits, or has more decimals
    /// than the instrument (which <see cref="Observe"/> excludes for up to 18).
    /// </summary>
    public static bool TryToScale(long mantissa, byte wireDecimals, byte decimals, out long scaled)
    {
        int exponent = decimals - wireDecimals;
        if (exponent >= 0) return Pow10.TryScaleUp(mantissa, exponent, out scaled);
        scaled = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ScaleChange ObserveSpec(ref readonly MarketEvent e)
    {
        int id = e.InstrumentId;
        if ((uint)id >= (uint)_scales.Length) return ScaleChange.None;
        byte price = Given(SpecPrecision.Price(e.Number));
        byte display = Given(SpecPrecision.Display(e.Number));
        ScaleChange change = ObserveGrowth(id, Math.Max(price, display), Given(SpecPrecision.Quantity(e.Number)));
        _scales[id].Confirmed = true;
        return change;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ScaleChange ObserveGrowth(int id, byte priceDecimals, byte quantityDecimals)
    {
        ref InstrumentScale scale = ref _scales[id];
        bool first = !scale.Known;
        if (first)
        {
            ApplyOverride(id, ref scale);
            scale.Known = true;
        }

        if (!RaiseTo(ref scale, priceDecimals, quantityDecimals) || first) return ScaleChange.None;
        scale.Epoch++;
        return ScaleChange.Widened;
    }

    private void ApplyOverride(int id, ref InstrumentScale scale)
    {
        if (_symbols is null) return;
        ReadOnlySpan<byte> symbol = _symbols.TextOf(id);
        foreach (ref readonly ScaleOverride given in _overrides.AsSpan())
        {
            if (!given.Symbol.Span.SequenceEqual(symbol)) continue;
            RaiseTo(ref scale, given.PriceDecimals, given.QuantityDecimals);
            scale.Confirmed = true;
        }
    }

    /// <summary>True when either number of decimals grew.</summary>
    private static bool RaiseTo(ref InstrumentScale scale, byte priceDecimals, byte quantityDecimals)
    {
        byte price = Math.Max(scale.PriceDecimals, Math.Min(priceDecimals, (byte)Pow10.DecimalsMax));
        byte quantity = Math.Max(scale.QuantityDecimals, Math.Min(quantityDecimals, (byte)Pow10.DecimalsMax));
        bool grew = price != scale.PriceDecimals || quantity != scale.QuantityDecimals;
        scale.PriceDecimals = price;
        scale.QuantityDecimals = quantity;
        return grew;
    }

    private static byte Given(byte precision) => precision == SpecPrecision.NotGiven ? (byte)0 : precision;

    private static void RequireDecimals(byte priceDecimals, byte quantityDecimals)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priceDecimals, Pow10.DecimalsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantityDecimals, Pow10.DecimalsMax);
    }
}
