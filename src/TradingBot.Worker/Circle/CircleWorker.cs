// In:     frames, tokens and time from a venue; operator's acts.   Out: frames and requests to it.
// Thread: one, in virtual or real time. Starting and recovering are one path: a crash drops this object, and a new one
//         starts.
// Keeps:  I2: a command is durable before its bytes leave; I5: one total order of inputs, numbered here; I13: each
//         start is an epoch of its own.
using System;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Commands;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Circle;

/// <summary>
/// The worker's life between a start and a crash: feed, engine, intent log and order lane, joined by calls.
/// </summary>
internal sealed partial class CircleWorker
{
    private const int None = -1;

    /// <summary>Of the jitter of its attempts: no public socket has this number.</summary>
    private const int InspectorSeed = 997;

    private readonly CircleOptions _options;
    private readonly EngineOptions _engineOptions;
    private readonly IWire _wire;
    private readonly IntentLog _log;
    private readonly InputJournal? _journal;
    private readonly SymbolTable _symbols = new();
    private readonly EngineInput _input;
    private readonly MarketSide _market;
    private readonly VenueSide _venue;
    private readonly CircleSocket _private;
    private readonly CircleSocket[] _publics;
    private readonly CircleSocket[] _sockets;
    private readonly IOrderLane _lane;
    private readonly NonceSource _nonces;
    private readonly RequestSigner _signer;
    private readonly FallingCounter _restBudget;
    private readonly RateBudget _connections;
    private long _commandsTaken;
    private long _tickNs;
    private StableHash _commands;

    /// <param name="options">What it shall be.</param>
    /// <param name="wire">To and from the venue.</param>
    /// <param name="log">The intent log; of what it recovered only the epoch goes into the worker.</param>
    /// <param name="epoch">This start's.</param>
    /// <param name="nowNs">Time of the start.</param>
    /// <param name="journal">Takes every input and output, to run this life again; null: none is kept.</param>
    /// <param name="halt">The halt that the log holds: it is the first input; null: none, or the journal tells
    /// it.</param>
    /// <param name="tap">Records the public feed; null: nothing does.</param>
    public CircleWorker(
        CircleOptions options, IWire wire, IntentLog log, uint epoch, long nowNs, InputJournal? journal = null,
        HaltLatch? halt = null, FeedTap? tap = null)
    {
        if (journal is not null) wire = new RecordingWire(wire, journal);
        _options = options;
        _wire = wire;
        _log = log;
        _journal = journal;
        Capture = tap?.Capture;
        Epoch = epoch;
        _nonces = options.Nonces ?? new NonceSource(options.NonceAbove);
        _signer = options.NewSigner();
        _restBudget = FallingCounter.OfRest(options.Tier);
        if (!ReplayCommand.TryReadPlan(options.Timeframes, out Market.Bars.BarPlan? plan, out string error))
        {
            throw new ArgumentException(error, nameof(options));
        }

        _engineOptions = new EngineOptions
        {
            Bars = plan,
            Strategy = options.Strategy,
            Limits = options.Limits with
            {
                VenueFrameRequired = options.VenueWatch.MustSpeak,
                VenueRestRequired = options.VenueWatch is { MustSpeak: true, PollNs: > 0 },
            },
            Protection = options.Protection with { Epoch = epoch },
        };
        Engine = new Engine(_symbols, _engineOptions);
        _input = new EngineInput(Engine, Capture);
        _venue = new VenueSide(new VenueWatch(options.VenueWatch), new ClockWatch(options.Clock), wire, _input);
        _market = new MarketSide(Engine, _input, tap, _venue.Watch, _venue.Clock)
        {
            Merge = options.Sockets.Redundant ? new FeedMerge(_symbols.Capacity) : null,
        };
        Diary = new AccountDiary(_symbols);
        _lane = NewLane(nowNs);
        _connections = RateBudget.OfConnections(options.ConnectionsEarnedNs);
        _private = new CircleSocket(wire, EndpointOf(options.Lane), PublicSockets.Watch(_connections, nowNs, 0));
        // The order of attempts that are due together: the account's socket goes first.
        _publics = new PublicSockets(options, wire, _symbols, Wire, _connections, Capture, nowNs).Build();
        _looker = NewLooker();
        _inspector = _looker is null ? null
            : new CircleSocket(
                wire, WireEndpoint.UnifiedPrivate, PublicSockets.Watch(_connections, nowNs, InspectorSeed))
            { Label = "inspector" };
        _sockets = _inspector is null ? [_private, .. _publics] : [_private, .. _publics, _inspector];
        _market.Sockets = _publics;
        IntentRecord start = new() { Kind = IntentRecordKind.Epoch, Epoch = epoch, TimeNs = nowNs };
        if (!log.TryAppend(in start, protective: true) || !log.TrySync())
        {
            throw new System.IO.IOException("The intent log cannot be written: nothing may be traded without it.");
        }

        Know(options.Steps);
        Know(options.Bars);
        if (halt is not null) Restore(halt, nowNs);
    }

    public uint Epoch { get; }

    /// <summary>Told of entries before they leave; null: nobody watches over them.</summary>
    public EntryHandOver? HandOver { get; init; }

    /// <summary>Where its inputs are recorded.</summary>
    public InputJournal? Journal => _journal;

    /// <summary>The recording of its public feed; null when there is none.</summary>
    public FeedCapture? Capture { get; }

    /// <summary>Inputs numbered so far.</summary>
    public long Sequence => _input.Next;

    public Engine Engine { get; }

    public ProtectionStage Protection => Engine.Protection!;

    public SymbolTable Symbols => _symbols;

    public WireCounters Wire { get; } = new();

    /// <summary>Commands that left, by hash in order: the same run twice has the same.</summary>
    public ulong CommandHash => _commands.Value;

    /// <summary>Orders handed to the lane, of any role: entries, stops, take-profits, exits.</summary>
    public long Orders { get; private set; }

    /// <summary>Orders that are durable in the intent log, sent or not.</summary>
    /// <remarks>
    /// More than <see cref="Orders"/>: a dry run, which sends none. Fewer: the log failed, and orders that reduce risk
    /// left all the same.
    /// </remarks>
    public long Intents { get; private set; }

    /// <summary>Entries that left.</summary>
    public long Entries { get; private set; }

    /// <summary>Commands a dry run decided and did not send.</summary>
    public long Unsent { get; private set; }

    /// <summary>What became of orders, for people.</summary>
    public AccountDiary Diary { get; }

    /// <summary>When the market last said something of an instrument (book, trade, ticker, bar); 0 before.</summary>
    public long TickNs => _market.TickNs;

    public long Resyncs
    {
        get
        {
            long sum = 0;
            foreach (CircleSocket socket in _publics) sum += socket.Feed!.Resyncs;
            return sum;
        }
    }

    /// <summary>Joins twin sockets; null: there are none.</summary>
    public FeedMerge? Merge => _market.Merge;

    /// <summary>What the venue says of itself.</summary>
    public VenueWatch Venue => _venue.Watch;

    /// <summary>Our clock against the venue's.</summary>
    public ClockWatch Clock => _venue.Clock;

    /// <summary>What the order lane saw that no record tells.</summary>
    public LaneCounters Lane => _lane.Counters;

    /// <summary>Of the ten seconds' tokens, those used.</summary>
    public int LaneTokens => _lane.TokensUsed;

    /// <summary>Blocks of nonces that could not be reserved on disk.</summary>
    public long NoncesUnreserved => _nonces.Unreserved;

    /// <summary>Until when a reconnect needs no REST, Unix ns; 0: it would, and be locked out without.</summary>
    public long SpareTokenUntilNs => _lane.SpareUntilNs;

    /// <summary>All sockets, the account's first.</summary>
    public ReadOnlySpan<CircleSocket> Sockets => _sockets;

    public long NextDueNs
    {
        get
        {
            long due = Math.Min(Math.Min(_lane.NextDueNs, _tickNs), _venue.Watch.NextDueNs);
            due = Math.Min(due, _looker?.NextDueNs ?? long.MaxValue);
            foreach (CircleSocket socket in _sockets) due = Math.Min(due, socket.NextDueNs);
            return due;
        }
    }

    /// <summary>Compiles the market's whole path and touches its memory, on the thread that will step.</summary>
    public void MakeReady()
    {
        WarmUp.Once(TopologyKind.Inline, Market.Ring.WaitStrategy.Yield, _engineOptions);
        Engine.Touch();
        _market.Touch();
    }

    /// <summary>Takes in everything that is due by now, in a fixed order, and hands out what it causes.</summary>
    public void Step(long nowNs)
    {
        _journal?.Step(nowNs, _input.Next, CommandHash);
        OpenWhatIsDue(nowNs);
        while (_wire.TryReceive(nowNs, out WireEvent e))
        {
            if (e.Kind == WireEventKind.Answer) OnAnswer(in e, nowNs);
            else if (e.Connection == _private.Connection) OnPrivate(in e, nowNs);
            else if (e.Connection == _inspector?.Connection) OnInspector(in e, nowNs);
            else if (PublicOf(e.Connection) is { } socket) _market.On(socket, in e, nowNs);
            _venue.Settle(nowNs);
            Exchange(nowNs);
        }

        foreach (CircleSocket socket in _sockets)
        {
            if (socket.OnTimer(nowNs)) OnLost(socket, nowNs);
            if (socket.Feed is not null) _market.Listen(socket, nowNs);
        }

        _venue.Settle(nowNs);

        _lane.OnTimer(nowNs);
        _looker?.OnTimer(nowNs);
        if (nowNs >= _tickNs)
        {
            _tickNs = nowNs + _options.TickNs;
            MarketEvent tick = new() { Kind = EventKind.TimeAdvance, InstrumentId = -1, ReceiveTimeNs = nowNs };
            _input.Tell(ref tick);
        }

        Exchange(nowNs);
    }

    /// <summary>The instrument's id, once the venue has named it; -1 before.</summary>
    public int IdOf(string symbol) => _market.IdOf(symbol);

    /// <summary>The process is gone: its sockets close, and nothing it had in memory remains.</summary>
    public void Vanish()
    {
        _journal?.Vanish();
        foreach (CircleSocket socket in _sockets) socket.Abandon();
    }

    /// <summary>The journal ends here, with what a replay must come to.</summary>
    public void EndJournal() => _journal?.End(_input.Next, CommandHash, StateHash.Of(Engine));

    /// <summary>
    /// Records from the lane to the engine, commands from the engine to the lane, until both are quiet.
    /// </summary>
    private void Exchange(long nowNs)
    {
        bool busy = true;
        while (busy)
        {
            busy = false;
            busy |= TakeInspection(nowNs);
            while (_lane.TryTakeRecord(out AccountRecord record))
            {
                NoteLook(in record, nowNs);
                Keep(in record, nowNs);
                AccountDiary.Page page = AccountDiary.Open(in record, Protection);
                bool isOver = record.Kind == AccountEventKind.OrderClosed
                    || record is { Kind: AccountEventKind.Refused, Command: CommandKind.Place };
                if (isOver && record.Id.Role == OrderRole.Entry) HandOver?.Remove(record.Id);
                Tell(in record, nowNs);
                Diary.Close(in record, in page, Protection, nowNs);
                busy = true;
            }

            while (_commandsTaken < Protection.Commands.Next)
            {
                OrderCommand command = Protection.Commands[_commandsTaken++];
                Submit(in command, nowNs);
                busy = true;
            }

            busy |= LatchOwn(nowNs);
        }

        FlushLane(nowNs);
        if (_looker is not null && !_inspector!.Flush(_looker, nowNs)) OnLost(_inspector, nowNs);
        foreach (CircleSocket socket in _publics)
        {
            if (!socket.Flush(nowNs)) OnLost(socket, nowNs);
        }

        AskForTokens(nowNs);
    }

    private void Tell(in AccountRecord record, long nowNs)
    {
        MarketEvent e = new()
        {
            Kind = EventKind.Account,
            InstrumentId = record.InstrumentId,
            ReceiveTimeNs = nowNs,
            ExchangeTimeNs = record.ExchangeTimeNs,
            Number = Engine.Account!.Next,
            Dialect = Dialect.Unified,
        };
        Engine.Account.Append() = record;
        _input.Tell(ref e);
    }
}
