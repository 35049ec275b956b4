// In:     per sequence the event, the book record and the signals of that event; entries an operator asks for.
// Out:    approved orders and counted refusals; a running hash over both, in order.
// Thread: the gate stage's own; with the engine on one thread, the engine's.
// Keeps:  I4 (only this type makes an ApprovedOrder), I6 (no approval on a book out of sync), I9 (no clock, no lock).
// Budget: ≤ 30 ns per event without signal; some 30 ns a frame of the mix on a busy machine (benchmark
//         StageBench.Risk_gate).
using System;
using System.Threading;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Signals;
using TradingBot.Trading.Orders;

namespace TradingBot.Trading.Risk;

/// <summary>Turns a signal into an <see cref="ApprovedOrder"/> or a counted <see cref="Refusal"/>.</summary>
public sealed partial class RiskGate : IEventHandler
{
    /// <summary>Approved orders kept for readers: far more than one event can cause.</summary>
    private const int OrderLogCapacity = 4_096;

    private const int Reasons = (int)Refusal.ClockSkew + 1;

    private readonly SymbolTable _symbols;
    private readonly RiskLimits _limits;
    private readonly BookRecord[] _books;
    private readonly SignalRecord[] _signalRecords;
    private readonly RecordLog<Signal> _signals;
    private readonly RecordLog<AccountRecord>? _account;
    private readonly int _mask;
    private readonly InstrumentRisk[] _instruments;
    private readonly InstrumentRules[] _rules;

    /// <summary>Engine time of each instrument's last trade; 0 = none yet.</summary>
    private readonly long[] _tradeTimesNs;
    private readonly long[] _counts;
    private readonly long[] _recentOrders;
    private readonly long[] _leastLag = new long[(int)Dialect.FuturesV1 + 1];
    private readonly QuoteCurrencies _quotes = new();
    private readonly VenueStanding _venue;
    private readonly GateSilence _silence;
    private long _recentNext;
    private long _nowNs;
    private StableHash _decisions;

    public RiskGate(
        SymbolTable symbols, RiskLimits limits, BookRecord[] books, SignalRecord[] signalRecords,
        RecordLog<Signal> signals, RecordLog<AccountRecord>? account = null)
    {
        if (limits.OrdersAlive > Exposure.OrdersMax)
        {
            throw new ArgumentException(
                "Order rate × time to live admits more orders alive than the gate can hold: lower one of them.",
                nameof(limits));
        }

        _symbols = symbols;
        _limits = limits;
        _books = books;
        _signalRecords = signalRecords;
        _signals = signals;
        _account = account;
        _mask = books.Length - 1;
        _instruments = new InstrumentRisk[symbols.Capacity];
        _rules = new InstrumentRules[symbols.Capacity];
        _tradeTimesNs = new long[symbols.Capacity];
        _counts = new long[symbols.Capacity * Reasons];
        _recentOrders = new long[limits.OrdersPerWindowMax];
        Array.Fill(_recentOrders, long.MinValue);
        Array.Fill(_leastLag, long.MaxValue);
        _venue = new VenueStanding(limits.VenueFrameRequired, limits.VenueRestRequired);
        _silence = new GateSilence(limits);
        Exposure = new Exposure(symbols.Capacity);
        Orders = new RecordLog<ApprovedOrder>(OrderLogCapacity);
        Decisions = new RecordLog<Refusal>(signals.Capacity);
    }

    public Exposure Exposure { get; }

    /// <summary>Approved orders by number; <see cref="RecordLog{T}.Next"/> counts them all.</summary>
    public RecordLog<ApprovedOrder> Orders { get; }

    /// <summary>What each signal came to, by the number it has in the signal stage's log.</summary>
    public RecordLog<Refusal> Decisions { get; }

    /// <summary>Running hash over every approval and refusal, in order.</summary>
    public ulong DecisionHash => _decisions.Value;

    /// <summary>
    /// Signals of one instrument that ended with this reason; <see cref="Refusal.None"/> counts approvals.
    /// </summary>
    public long CountOf(int instrumentId, Refusal reason) => _counts[(instrumentId * Reasons) + (int)reason];

    /// <summary>Whether all signals of a side were refused for long: then it says since when, and why most.</summary>
    public bool TryAlarm(Side side, out GateAlarm alarm) => _silence.TryAlarm(side, _nowNs, out alarm);

    /// <summary>Engine time since a channel of the instrument last brought something, ns; -1 = it never did.</summary>
    /// <param name="channel">Book or trade.</param>
    public long AgeNs(int instrumentId, Channel channel)
    {
        long timeNs = channel == Channel.Trade ? _tradeTimesNs[instrumentId] : _instruments[instrumentId].BookTimeNs;
        return timeNs == 0 ? -1 : _nowNs - timeNs;
    }

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        if (e.ReceiveTimeNs > _nowNs) _nowNs = e.ReceiveTimeNs;
        Exposure.Release(_nowNs);
        int slot = (int)sequence & _mask;
        Remember(in e, in _books[slot]);
        if (e.Kind == EventKind.Account && _account is not null) OnAccount(in _account[e.Number], sequence);
        ref readonly SignalRecord record = ref _signalRecords[slot];
        for (int i = 0; i < record.Count; i++) Decide(in _signals[record.First + i]);
    }

    /// <summary>Takes in the time of an event without records that tells the gate nothing else.</summary>
    public void Pass(long receiveTimeNs)
    {
        if (receiveTimeNs > _nowNs) _nowNs = receiveTimeNs;
        Exposure.Release(_nowNs);
    }

    /// <summary>An update of this instrument's book is under way: see <see cref="SignalStage.Expect"/>.</summary>
    public void Expect(int instrumentId) => _ = Volatile.Read(ref _instruments[instrumentId].BookTimeNs);

    /// <summary>Takes in what later decisions of this instrument rest on.</summary>
    private void Remember(ref readonly MarketEvent e, ref readonly BookRecord book)
    {
        if (book.Updated)
        {
            if (book.InstrumentId >= 0)
            {
                _instruments[book.InstrumentId].See(in book, _nowNs);
            }
            else
            {
                for (int id = 0; id < _symbols.Count; id++) _instruments[id].BookState = BookState.Stale;
            }
        }

        if (e.InstrumentId < 0)
        {
            if (e.Kind != EventKind.VenueStatus) return;
            _venue.Tell(in e);
            // Clocks that were apart and have met: what was the least lag then says nothing now.
            if (e.Number == (long)VenueSource.Clock) Array.Fill(_leastLag, long.MaxValue);
            return;
        }

        switch (e.Kind)
        {
            case EventKind.BookEnd:
            case EventKind.Trade:
                if (e.Kind == EventKind.Trade) _tradeTimesNs[e.InstrumentId] = _nowNs;
                if (e.ExchangeTimeNs == 0 || e.ReceiveTimeNs == 0) break;
                ref long least = ref _leastLag[(int)e.Dialect];
                long lag = e.ReceiveTimeNs - e.ExchangeTimeNs;
                if (lag < least) least = lag;
                _instruments[e.InstrumentId].LagNs = lag - least;
                break;
            case EventKind.InstrumentSpec:
            case EventKind.InstrumentMinimum:
                _rules[e.InstrumentId].Learn(in e);
                break;
            default:
                break;
        }
    }

    private void Decide(ref readonly Signal signal)
    {
        ref readonly InstrumentRisk instrument = ref _instruments[signal.InstrumentId];
        ref readonly InstrumentRules rules = ref RulesOf(signal.InstrumentId);
        Refusal refusal = Check(in signal, in instrument, in rules, out long quantity, out Notional notional);
        _counts[(signal.InstrumentId * Reasons) + (int)refusal]++;
        Decisions.Append() = refusal;
        _silence.Take(signal.Side, refusal, _nowNs);
        _decisions.Add(_symbols.StableHashOf(signal.InstrumentId));
        _decisions.Add(_nowNs);
        _decisions.Add(((ulong)refusal << 16) | ((ulong)signal.Kind << 8) | (ulong)signal.Side);
        _decisions.AddDecimal(signal.LimitPrice, signal.PriceDecimals);
        if (refusal != Refusal.None) return;

        _decisions.AddDecimal(quantity, instrument.QuantityDecimals);
        ref ApprovedOrder order = ref Orders.Append();
        order = new ApprovedOrder(
            signal.CauseSequence, _nowNs, _nowNs + _limits.OrderTimeToLiveNs, signal.InstrumentId, signal.Side,
            new Price(signal.LimitPrice), signal.PriceDecimals,
            new Quantity(quantity), instrument.QuantityDecimals,
            notional);
        Exposure.Reserve(in order, rules.QuotePlusOne - 1);
        _recentOrders[_recentNext++ % _recentOrders.Length] = _nowNs;
    }

    private Refusal Check(
        ref readonly Signal signal, ref readonly InstrumentRisk instrument, ref readonly InstrumentRules rules,
        out long quantity, out Notional notional)
    {
        quantity = 0;
        notional = Notional.Zero;
        if (!_limits.SignalsTrade) return Refusal.SignalsOff;
        Refusal refusal = CheckMarket(in instrument, in rules);
        if (refusal != Refusal.None) return refusal;
        if (_limits.TradeAgeMaxNs > 0 && !IsTradeFresh(signal.InstrumentId)) return Refusal.StaleData;
        if (_limits.HistoryRequired && _nowNs >= rules.HistoryUntilNs) return Refusal.History;
        if (!signal.WarmedUp) return Refusal.WarmingUp;
        if (!WithinCollar(signal.LimitPrice, signal.PriceDecimals, in instrument)) return Refusal.PriceCollar;
        bool isSized = TrySize(in signal, instrument.QuantityDecimals, in rules, out quantity, out notional);
        return isSized ? CheckCaps(signal.InstrumentId, rules.QuotePlusOne - 1, notional) : Refusal.BelowMinimum;
    }

    private bool IsTradeFresh(int instrumentId) =>
        AgeNs(instrumentId, Channel.Trade) is >= 0 and var ageNs && ageNs <= _limits.TradeAgeMaxNs;

    /// <summary>Whether anything may be decided on this instrument's book now.</summary>
    private Refusal CheckMarket(ref readonly InstrumentRisk instrument, ref readonly InstrumentRules rules)
    {
        if (Halted) return Refusal.Halted;
        Refusal venue = _venue.RefusalOf(rules.Market);
        if (venue != Refusal.None) return venue;
        if (instrument.BookState != BookState.InSync) return Refusal.BookNotInSync;
        bool old = _nowNs - instrument.BookTimeNs > _limits.BookAgeMaxNs || instrument.LagNs > _limits.ExchangeLagMaxNs;
        return old ? Refusal.StaleData : Refusal.None;
    }

    /// <summary>What an order may add, whoever wants it.</summary>
    private Refusal CheckCaps(int instrumentId, int quote, Notional notional)
    {
        // The oldest of the last N approvals must have left the window, or this one would be number N + 1 in it.
        long oldest = _recentOrders[_recentNext % _recentOrders.Length];
        if (oldest != long.MinValue && _nowNs - oldest < _limits.OrderWindowNs) return Refusal.OrderRate;
        Notional inInstrument = Exposure.OfInstrument(instrumentId) + notional;
        if (inInstrument > _limits.PositionNotionalMax) return Refusal.PositionCap;
        return OfQuote(quote) + notional > _limits.TotalNotionalMax ? Refusal.NotionalCap : Refusal.None;
    }

    /// <summary>Exposure in a quote currency: reserved, and held beyond that. Once per decision, not per
    /// event.</summary>
    private Notional OfQuote(int quote)
    {
        Notional sum = Exposure.OfQuote(quote);
        for (int id = 0; id < _symbols.Count; id++)
        {
            Notional beyond = Exposure.HeldBeyondReserved(id);
            if (beyond == Notional.Zero) continue;
            if (RulesOf(id).QuotePlusOne - 1 == quote) sum += beyond;
        }

        return sum;
    }

    /// <summary>
    /// |limit − mid| ≤ collar × mid, in exact arithmetic over twice the mid; a one-sided book has no mid.
    /// </summary>
    private bool WithinCollar(long limitPrice, byte priceDecimals, ref readonly InstrumentRisk book)
    {
        if (book.BestBid == 0 || book.BestAsk == 0) return false;
        int decimals = Math.Max(priceDecimals, book.PriceDecimals);
        Int128 limit = (Int128)limitPrice * Pow10.Of(decimals - priceDecimals);
        Int128 twiceMid = ((Int128)book.BestBid + book.BestAsk) * Pow10.Of(decimals - book.PriceDecimals);
        Int128 distance = Int128.Abs((limit * 2) - twiceMid);
        return distance * 1_000_000 <= twiceMid * _limits.PriceCollarPpm;
    }

    /// <summary>
    /// The most that the order's budget buys, on the instrument's step; false below the venue's minimums.
    /// </summary>
    private bool TrySize(
        ref readonly Signal signal, byte decimals, ref readonly InstrumentRules rules, out long quantity,
        out Notional notional)
    {
        notional = Notional.Zero;
        quantity = OrderSize.MostFor(
            _limits.OrderBudget, signal.LimitPrice, signal.PriceDecimals, decimals, rules.Inverse);
        quantity = OrderSize.OnStep(quantity, decimals, rules.QuantityIncrement, rules.QuantityIncrementDecimals);
        if (quantity <= 0) return false;
        if (OrderSize.IsBelow(quantity, decimals, rules.QuantityMinimum, rules.QuantityMinimumDecimals))
        {
            return false;
        }

        notional = rules.Inverse
            ? Notional.Of(1, 0, quantity, decimals)
            : Notional.Of(signal.LimitPrice, signal.PriceDecimals, quantity, decimals);
        Notional costMinimum = Notional.Of(rules.CostMinimum, rules.CostMinimumDecimals, 1, 0);
        return !(notional < costMinimum);
    }

    /// <summary>What never changes is looked up once per instrument.</summary>
    private ref readonly InstrumentRules RulesOf(int instrumentId)
    {
        ref InstrumentRules rules = ref _rules[instrumentId];
        if (rules.QuotePlusOne != 0) return ref rules;
        ReadOnlySpan<byte> symbol = _symbols.TextOf(instrumentId);
        rules.QuotePlusOne = _quotes.IdOf(_symbols.DialectOf(instrumentId), symbol) + 1;
        rules.Market = VenueStanding.MarketOf(_symbols.DialectOf(instrumentId));
        rules.Inverse = symbol.StartsWith("PI_"u8) || symbol.StartsWith("FI_"u8);
        return ref rules;
    }
}
