// In:     per sequence the event, its book record, newly approved orders, account records by number.
// Out:    order commands in order, drained by the driver after each event; counters; views for reports.
// Thread: the engine's.
// Keeps:  I1, I3, I7, I10, I11, I12 through the rooms it calls; I5, I9: no clock but the events' own. Dispatch only.
// Budget: a market event of an instrument without orders costs a few compares.
using System;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Reconciliation;
using TradingBot.Trading.Risk;
using TradingBot.Trading.Stops;

namespace TradingBot.Trading;

/// <summary>Enters positions and keeps a proven stop behind every one of them.</summary>
public sealed partial class ProtectionStage : IEventHandler
{
    private readonly SymbolTable _symbols;
    private readonly ProtectionOptions _options;
    private readonly BookRecord[] _books;
    private readonly RecordLog<ApprovedOrder> _approved;
    private readonly RecordLog<AccountRecord> _account;
    private readonly RecordLog<Bar> _bars;
    private readonly Exposure? _exposure;
    private readonly TrailingStop _trail;
    private readonly int _mask;
    private readonly InstrumentMarket[] _markets;
    private readonly ManagedPosition?[] _positions;
    private readonly int[] _admitted;
    private readonly CommandWriter _writer;
    private readonly OrderReports _reports;
    private readonly SnapshotRound _round;
    private readonly EntryDesk _desk;
    private readonly StopGuard _guard;
    private readonly DayResult _day;
    private readonly Drawdown _drawdown;
    private int _admittedCount;
    private long _approvedNext;
    private long _barsNext;
    private long _nowNs;
    private long _tickNs;

    /// <param name="symbols">Of all instruments.</param>
    /// <param name="options">How to enter and protect.</param>
    /// <param name="books">Book records per sequence.</param>
    /// <param name="approved">What the gate let through.</param>
    /// <param name="account">Account records by number.</param>
    /// <param name="bars">Closed bars by number.</param>
    /// <param name="exposure">Is told what positions hold, for the gate's caps; null: nobody asks.</param>
    public ProtectionStage(
        SymbolTable symbols, ProtectionOptions options, BookRecord[] books, RecordLog<ApprovedOrder> approved,
        RecordLog<AccountRecord> account, RecordLog<Bar> bars, Exposure? exposure = null)
    {
        _symbols = symbols;
        _options = options;
        _books = books;
        _approved = approved;
        _account = account;
        _bars = bars;
        _barsNext = bars.Next;
        _exposure = exposure;
        _trail = new TrailingStop(options, symbols.Capacity, Counters);
        _mask = books.Length - 1;
        _markets = new InstrumentMarket[symbols.Capacity];
        _positions = new ManagedPosition?[symbols.Capacity];
        _admitted = new int[symbols.Capacity];
        _converged = new bool[symbols.Capacity];
        _writer = new CommandWriter(options.Epoch, Counters);
        DifferenceLog differences = new();
        _reports = new OrderReports(options, _writer, Counters, differences);
        _round = new SnapshotRound(options, _reports, Counters, differences);
        Differences = differences.Records;
        _desk = new EntryDesk(options, _writer);
        _day = new DayResult(options.DayLossMax);
        _drawdown = new Drawdown(options.DrawdownWarn, options.DrawdownHalt);
        _guard = new StopGuard(options, _writer, _reports, Counters, differences);
    }

    /// <summary>Commands by number; the driver drains them after each event.</summary>
    public RecordLog<OrderCommand> Commands => _writer.Log;

    public ProtectionCounters Counters { get; } = new();

    /// <summary>Where the venue's truth and ours parted, and what was done about it.</summary>
    public RecordLog<Difference> Differences { get; }

    /// <summary>Looks at the venue that were believed.</summary>
    public long LooksBelieved => _round.Believed;

    public bool Halted => _desk.Halted;

    /// <summary>End of the account's lease, Unix ns; never where nobody told of one.</summary>
    public long LeaseUntilNs => _desk.LeaseUntilNs;

    /// <summary>Why the engine halted by itself; None when an operator did, or nobody.</summary>
    public OwnHalt OwnHalt { get; private set; }

    /// <summary>Entries are possible as far as lane and snapshots go.</summary>
    public bool Ready => _round.Reconciled && _desk.LaneUp;

    /// <summary>Some position is without a proven stop for longer than the grace.</summary>
    public bool ProtectionOverdue { get; private set; }

    /// <summary>Engine time positions were without proven protection: the longest interval, and all of them.</summary>
    public long UnprotectedNsMax
    {
        get
        {
            long most = 0;
            for (int i = 0; i < PositionCount; i++) most = Math.Max(most, PositionAt(i).UnprotectedNsMax);
            return most;
        }
    }

    public long UnprotectedNsTotal
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < PositionCount; i++) sum += PositionAt(i).UnprotectedNsTotal;
            return sum;
        }
    }

    /// <summary>Of that, what passed while the venue took no orders.</summary>
    public long UnprotectedRefusedNs
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _admittedCount; i++)
            {
                ProtectionClock clock = Admitted(i).RefusedClock;
                sum += clock.TotalNs + clock.AgeNs(_nowNs);
            }

            return sum;
        }
    }

    /// <summary>Approved and operator's orders that ended so; None counts entries sent.</summary>
    public long CountOf(EntryRefusal refusal) => _desk.CountOf(refusal);

    /// <summary>Steps of an instrument as they were once told, before its first event.</summary>
    public void Know(ref readonly MarketEvent spec) => _markets[spec.InstrumentId].Observe(in spec);

    /// <summary>A bar of before the first event: the trailing stop knows how far prices reach.</summary>
    public void Know(ref readonly Bar bar) => _trail.Take(in bar);

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        if (e.ReceiveTimeNs > _nowNs) _nowNs = e.ReceiveTimeNs;
        _writer.Begin(sequence, _nowNs);
        ref readonly BookRecord book = ref _books[(int)sequence & _mask];
        if (book.Updated) Observe(in book);
        if (e.Kind is EventKind.InstrumentSpec or EventKind.InstrumentMinimum && e.InstrumentId >= 0)
        {
            _markets[e.InstrumentId].Observe(in e);
        }

        if (e.Kind == EventKind.VenueStatus) OnVenueStatus(in e);
        if (e.Kind == EventKind.Account) OnAccount(in _account[e.Number]);
        if (_reports.Halt != OwnHalt.None) HaltSelf();
        while (_barsNext < _bars.Next) OnBar(in _bars[_barsNext++]);
        while (_approvedNext < _approved.Next) OnApproved(in _approved[_approvedNext++]);
        if (e.Kind == EventKind.Account && _account[e.Number].Kind == AccountEventKind.Enter) ForgetTargets();
        if (_nowNs >= _tickNs) Tick();
    }

    private void Observe(ref readonly BookRecord book)
    {
        bool all = book.InstrumentId < 0;
        if (!all) _markets[book.InstrumentId].Observe(in book);
        for (int id = 0; all && id < _symbols.Count; id++) _markets[id].Middle = 0;
    }

    private void OnBar(ref readonly Bar bar)
    {
        _trail.Take(in bar);
        if (_positions[bar.InstrumentId] is not { } position) return;
        if (_trail.Tighten(position, in _markets[bar.InstrumentId], in bar)) Converge(position);
    }

    private void OnAccount(ref readonly AccountRecord record)
    {
        switch (record.Kind)
        {
            case AccountEventKind.LaneUp:
                _desk.LaneUp = true;
                // The lane looks before it comes up; what it saw since it went down may be believed.
                if (!_round.Reconciled) AskSnapshot();
                ConvergeAll();
                break;
            case AccountEventKind.LaneDown:
                _desk.LaneUp = false;
                _round.Lose();
                break;
            case AccountEventKind.SnapshotBegin:
                BeginSnapshot();
                break;
            case AccountEventKind.SnapshotEnd:
                EndSnapshot(record.Completeness);
                break;
            case AccountEventKind.Halt or AccountEventKind.Ending:
                _desk.Halted = true;
                ConvergeAll();
                break;
            case AccountEventKind.Resume:
                Resume(record.InstrumentId);
                break;
            case AccountEventKind.Enter:
                // The gate decides: what it approved comes as an order of this same event.
                break;
            case AccountEventKind.History:
                // Of signals alone: what is held is protected whatever its history is.
                break;
            case AccountEventKind.Lease:
                _desk.LeaseUntilNs = record.TriggerPrice;
                break;
            case AccountEventKind.Target:
                NoteTarget(in record);
                break;
            case AccountEventKind.Results:
                _drawdown.Earlier(record.Quantity, record.CumulativeQuantity);
                break;
            case AccountEventKind.DayResult:
                _day.Earlier(record.Quantity, record.ExchangeTimeNs);
                break;
            default:
                if ((uint)record.InstrumentId < (uint)_positions.Length) OnInstrument(in record);
                else Counters.Unusable++;
                break;
        }
    }

    private void OnInstrument(ref readonly AccountRecord record)
    {
        ManagedPosition position = Admit(record.InstrumentId);
        switch (record.Kind)
        {
            case AccountEventKind.Exit:
                Leave(position);
                break;
            case AccountEventKind.MoveStop:
                Move(position, in record);
                break;
            case AccountEventKind.Position:
                Seen(position, in record);
                break;
            default:
                _reports.Apply(position, in record, _nowNs, _round.Number);
                break;
        }

        Converge(position);
    }

    private void Seen(ManagedPosition position, ref readonly AccountRecord record)
    {
        if (!_round.Running) return;
        bool usable = LedgerScale.TryQuantity(record.Quantity, record.QuantityDecimals, out Int128 quantity)
            & LedgerScale.TryPrice(record.Price, record.PriceDecimals, out Int128 price)
            & LedgerScale.TryPrice(record.TriggerPrice, record.PriceDecimals, out Int128 liquidation);
        if (!usable) Counters.Unusable++;
        position.RaiseDecimals(record.PriceDecimals, record.QuantityDecimals);
        position.VenueQuantity = quantity;
        position.VenuePrice = price;
        position.VenueLiquidation = liquidation;
    }

    private void BeginSnapshot()
    {
        _round.Begin(_nowNs);
        for (int i = 0; i < _admittedCount; i++)
        {
            Admitted(i).VenueQuantity = 0;
            Admitted(i).VenueLiquidation = 0;
        }
    }

    private void EndSnapshot(Completeness completeness)
    {
        if (!_round.End(completeness)) return;
        for (int i = 0; i < _admittedCount; i++) _round.Compare(Admitted(i), _nowNs);
        ConvergeByDanger();
    }

    private void Tick()
    {
        _tickNs = _nowNs + _options.TickNs;
        bool needed = false;
        bool open = false;
        bool overdue = false;
        for (int i = 0; i < _admittedCount; i++)
        {
            ManagedPosition position = Admitted(i);
            if (position.IsQuiet) continue;
            open = true;
            Converge(position);
            needed |= _round.Needs(position, _nowNs);
            overdue |= position.Clock.AgeNs(_nowNs) > _options.StopGraceNs;
        }

        ProtectionOverdue = overdue;
        if (_round.Reconciled) WatchDay();
        if (_desk.LaneUp && _round.Ask(_nowNs, needed, open)) _writer.Snapshot();
    }

    private void AskSnapshot()
    {
        _round.AskedNow(_nowNs);
        _writer.Snapshot();
    }

    private void ConvergeAll()
    {
        for (int i = 0; i < _admittedCount; i++) Converge(Admitted(i));
    }

    private void Converge(ManagedPosition position)
    {
        ref readonly InstrumentMarket market = ref _markets[position.InstrumentId];
        position.RaiseDecimals(market.PriceDecimals, 0);
        if (market.LastMiddle > 0) position.Mark = market.LastMiddle;
        bool looked = _round.Reconciled && !_round.Running;
        bool noEntries = _desk.Halted || _day.IsLost || _desk.IsLeaseOver;
        _guard.Converge(position, in market, _desk.LaneUp, noEntries, looked);
        _exposure?.Hold(position.InstrumentId, HeldBy(position, in market));
    }

    private bool IsTradable(int id) => _symbols.TextOf(id).StartsWith(_options.TradablePrefix.Span);

    private ManagedPosition Admitted(int index) => _positions[_admitted[index]]!;

    /// <summary>Cold: once per instrument.</summary>
    private ManagedPosition Admit(int id)
    {
        if (_positions[id] is { } known) return known;
        ManagedPosition position = new(id);
        _positions[id] = position;
        _admitted[_admittedCount++] = id;
        return position;
    }
}
