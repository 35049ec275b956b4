// In:     parsed events with their receive times.   Out: books, bars, signals and approved orders.
// Thread: one.
// Keeps:  what a competent first version looks like: a tree per book side, decimals, objects and queues. It decides
//         what the engine decides, on feeds of one dialect with trade ids, fixed scales and books that stay in sync.
using System;
using System.Collections.Generic;
using TradingBot.Market.Events;

namespace References;

/// <summary>Book, bars, signals and gate after parsing, in their naive forms.</summary>
public sealed class NaiveChain
{
    private readonly int _depth;
    private readonly NaiveBars _bars;
    private readonly NaiveGate _gate = new();
    private readonly Dictionary<int, Instrument> _instruments = [];
    private readonly List<NaiveBar> _closedNow = [];
    private readonly List<NaiveSignal> _signalsNow = [];
    private long _nowNs;

    public NaiveChain(int depth, long[] timeframesNs, long graceNs)
    {
        _depth = depth;
        _bars = new NaiveBars(timeframesNs, graceNs);
    }

    public List<NaiveBar> ClosedBars { get; } = [];

    public List<NaiveSignal> Signals { get; } = [];

    public List<NaiveOrder> Orders => _gate.Orders;

    public long ChecksumsVerified
    {
        get
        {
            long sum = 0;
            foreach (Instrument instrument in _instruments.Values) sum += instrument.Book.Verified;
            return sum;
        }
    }

    public void OnEvent(ref readonly MarketEvent e)
    {
        _nowNs = Math.Max(_nowNs, e.ReceiveTimeNs);
        _closedNow.Clear();
        _signalsNow.Clear();
        _bars.CloseDue(_nowNs, _closedNow);
        if (e.Kind == EventKind.Trade) _bars.OnTrade(in e, _closedNow);
        Instrument? instrument = e.InstrumentId >= 0 ? InstrumentOf(in e) : null;
        if (e.Kind is EventKind.BookLevel or EventKind.BookEnd) instrument!.Book.OnEvent(in e);
        foreach (NaiveBar bar in _closedNow)
        {
            ClosedBars.Add(bar);
            if (bar.Series != 0) continue;
            Instrument own = _instruments[bar.InstrumentId];
            Take(own.Strategy.OnBar(bar, own.PriceUnit, own.Book.Mismatches > 0));
        }

        if (e.Kind == EventKind.Trade) instrument!.Strategy.OnTrade(e.Quantity, (e.Flags & EventFlags.Buy) != 0);
        if (e.Kind == EventKind.BookEnd && instrument!.Book.Mismatches == 0)
        {
            instrument.BookTimeNs = _nowNs;
            Take(instrument.Strategy.OnBook(e.InstrumentId, instrument.Book, instrument.PriceUnit));
        }

        _gate.Release(_nowNs);
        foreach (NaiveSignal signal in _signalsNow)
        {
            Instrument own = _instruments[signal.InstrumentId];
            TreeBook? book = own.BookTimeNs > 0 && own.Book.Mismatches == 0 ? own.Book : null;
            _gate.Decide(signal, book, own.BookTimeNs, _nowNs, own.PriceUnit, own.QuantityDecimals);
        }
    }

    private void Take(NaiveSignal? signal)
    {
        if (signal is not { } given) return;
        Signals.Add(given);
        _signalsNow.Add(given);
    }

    private Instrument InstrumentOf(ref readonly MarketEvent e)
    {
        if (!_instruments.TryGetValue(e.InstrumentId, out Instrument? instrument))
        {
            instrument = new Instrument(new TreeBook(_depth));
            _instruments.Add(e.InstrumentId, instrument);
        }

        if (e.Kind is EventKind.BookLevel or EventKind.Trade && instrument.QuantityDecimals == 0)
        {
            instrument.PriceUnit = 1m / Scale.Power(e.PriceDecimals);
            instrument.QuantityDecimals = e.QuantityDecimals;
        }

        return instrument;
    }

    private sealed class Instrument(TreeBook book)
    {
        public TreeBook Book { get; } = book;

        public NaiveStrategy Strategy { get; } = new();

        public long BookTimeNs { get; set; }

        public decimal PriceUnit { get; set; }

        public int QuantityDecimals { get; set; }
    }
}
