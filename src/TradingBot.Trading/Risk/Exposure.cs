using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>
/// What approved orders may still cost, reserved per instrument and per quote currency until they lapse; and what open
/// positions and working entries hold.
/// </summary>
/// <remarks>
/// An instrument counts with the greater of both: a reservation becomes the position entered on it. Orders live
/// equally long, so they lapse in the order of their approval and a circular queue holds them. Money of two quote
/// currencies is never added up.
/// </remarks>
public sealed class Exposure
{
    /// <summary>Orders alive at once; the gate checks at construction that rate × time to live stays below.</summary>
    public const int OrdersMax = 4_096;

    private readonly Entry[] _queue = new Entry[OrdersMax];
    private readonly Notional[] _byInstrument;
    private readonly Notional[] _held;
    private readonly Notional[] _byQuote = new Notional[QuoteCurrencies.Capacity];
    private long _head;
    private long _tail;

    /// <summary>When the next order lapses; a time that never comes while none is alive.</summary>
    private long _lapseNs = long.MaxValue;

    public Exposure(int instruments)
    {
        _byInstrument = new Notional[instruments];
        _held = new Notional[instruments];
    }

    public int Alive => (int)(_tail - _head);

    /// <summary>Reserved or held, whichever is more.</summary>
    public Notional OfInstrument(int instrumentId) => _byInstrument[instrumentId] + HeldBeyondReserved(instrumentId);

    /// <summary>Reserved in a quote currency.</summary>
    public Notional OfQuote(int quote) => _byQuote[quote];

    /// <summary>What the instrument holds beyond its reservations.</summary>
    public Notional HeldBeyondReserved(int instrumentId)
    {
        Notional held = _held[instrumentId];
        Notional reserved = _byInstrument[instrumentId];
        return held > reserved ? held - reserved : Notional.Zero;
    }

    /// <summary>Says what position and working entries of an instrument are worth now.</summary>
    public void Hold(int instrumentId, Notional notional) => _held[instrumentId] = notional;

    public void Reserve(in ApprovedOrder order, int quote)
    {
        if (Alive == OrdersMax)
        {
            throw new InvalidOperationException("More orders alive than rate and time to live admit.");
        }

        // The oldest lapses first, whatever comes after it.
        if (Alive == 0) _lapseNs = order.ExpiresNs;
        ref Entry entry = ref _queue[(int)(_tail++ & (OrdersMax - 1))];
        entry.ExpiresNs = order.ExpiresNs;
        entry.InstrumentId = order.InstrumentId;
        entry.Quote = quote;
        entry.Notional = order.Notional;
        _byInstrument[order.InstrumentId] += order.Notional;
        _byQuote[quote] += order.Notional;
    }

    /// <summary>Gives back what lapsed at or before <paramref name="nowNs"/>.</summary>
    public void Release(long nowNs)
    {
        if (nowNs >= _lapseNs) ReleaseLapsed(nowNs);
    }

    private void ReleaseLapsed(long nowNs)
    {
        while (_head != _tail)
        {
            ref readonly Entry entry = ref _queue[(int)(_head & (OrdersMax - 1))];
            _lapseNs = entry.ExpiresNs;
            if (_lapseNs > nowNs) return;
            _byInstrument[entry.InstrumentId] -= entry.Notional;
            _byQuote[entry.Quote] -= entry.Notional;
            _head++;
        }

        _lapseNs = long.MaxValue;
    }

    private struct Entry
    {
        public long ExpiresNs;
        public Notional Notional;
        public int InstrumentId;
        public int Quote;
    }
}
