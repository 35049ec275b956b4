// In:     frames, tokens and time from a simulated Kraken; operator's acts.   Out: frames and requests to it.
// Thread: one, in virtual time. Starting and recovering are one path: a crash drops this object, and a new one starts.
// Keeps:  I2: a command is durable before its bytes leave; I5: one total order of inputs, numbered here; I13: each
//         start
//         is an epoch of its own.
using System;
using System.Text;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Commands;

namespace TradingBot.Worker.Circle;

/// <summary>
/// The worker's life between a start and a crash: feed, engine, intent log and order lane, joined by calls.
/// </summary>
internal sealed class CircleWorker
{
    private const int None = -1;

    private readonly CircleOptions _options;
    private readonly IWire _wire;
    private readonly IntentLog _log;
    private readonly InputJournal? _journal;
    private readonly SymbolTable _symbols = new();
    private readonly EventBatch _batch = new();
    private readonly CircleSocket _spot;
    private readonly CircleSocket _derivatives;
    private readonly CircleSocket _private;
    private readonly UnifiedOrderLane _lane;
    private readonly NonceSource _nonces;
    private readonly RequestSigner _signer;
    private int _tokenRequest = None;
    private long _commandsTaken;
    private long _sequence;
    private long _tickNs;
    private StableHash _commands;

    /// <param name="options">What it shall be.</param>
    /// <param name="wire">To and from the venue.</param>
    /// <param name="log">The intent log; of what it recovered only the epoch goes into the worker.</param>
    /// <param name="epoch">This start's.</param>
    /// <param name="nowNs">Time of the start.</param>
    /// <param name="journal">Takes every input and output, to run this life again; null: none is kept.</param>
    public CircleWorker(
        CircleOptions options, IWire wire, IntentLog log, uint epoch, long nowNs, InputJournal? journal = null)
    {
        if (journal is not null) wire = new RecordingWire(wire, journal);
        _options = options;
        _wire = wire;
        _log = log;
        _journal = journal;
        Epoch = epoch;
        // The nonce is the time in µs, so a new process needs no memory of the last one.
        _nonces = new NonceSource(0);
        _signer = new RequestSigner(new Secret(options.ApiSecret));
        if (!ReplayCommand.TryReadPlan(options.Timeframes, out Market.Bars.BarPlan? plan, out string error))
        {
            throw new ArgumentException(error, nameof(options));
        }

        Engine = new Engine(_symbols, new EngineOptions
        {
            Bars = plan,
            Limits = options.Limits,
            Protection = options.Protection with { Epoch = epoch },
        });
        _lane = new UnifiedOrderLane(_symbols, new UnifiedLaneOptions());
        _spot = new CircleSocket(wire, WireEndpoint.SpotPublic, options.ReconnectNs)
        {
            Feed = new PublicFeed(["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"], 10, assetClass: null),
            Parser = new FrameParser(Dialect.SpotV2, _symbols, Wire),
        };
        _derivatives = new CircleSocket(wire, WireEndpoint.UnifiedPublic, options.ReconnectNs)
        {
            Feed = new PublicFeed(
                ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"], 10, assetClass: "derivatives"),
            Parser = new FrameParser(Dialect.Unified, _symbols, Wire),
        };
        _private = new CircleSocket(wire, WireEndpoint.UnifiedPrivate, options.ReconnectNs);
        IntentRecord start = new() { Kind = IntentRecordKind.Epoch, Epoch = epoch, TimeNs = nowNs };
        if (!log.TryAppend(in start, protective: true) || !log.TrySync())
        {
            throw new System.IO.IOException("The intent log cannot be written: nothing may be traded without it.");
        }
    }

    public uint Epoch { get; }

    /// <summary>Where its inputs are recorded.</summary>
    public InputJournal? Journal => _journal;

    /// <summary>Inputs numbered so far.</summary>
    public long Sequence => _sequence;

    public Engine Engine { get; }

    public ProtectionStage Protection => Engine.Protection!;

    public SymbolTable Symbols => _symbols;

    public WireCounters Wire { get; } = new();

    /// <summary>Commands that left, by hash in order: the same run twice has the same.</summary>
    public ulong CommandHash => _commands.Value;

    /// <summary>Places that left, of any role.</summary>
    public long Orders { get; private set; }

    /// <summary>Entries that left.</summary>
    public long Intents { get; private set; }

    public long Resyncs => _spot.Feed!.Resyncs + _derivatives.Feed!.Resyncs;

    public long NextDueNs
    {
        get
        {
            long due = Math.Min(_lane.NextDueNs, _tickNs);
            return Math.Min(due, Math.Min(_spot.OpenDueNs, Math.Min(_derivatives.OpenDueNs, _private.OpenDueNs)));
        }
    }

    /// <summary>Takes in everything that is due by now, in a fixed order, and hands out what it causes.</summary>
    public void Step(long nowNs)
    {
        _journal?.Step(nowNs, _sequence, CommandHash);
        _spot.OpenWhenDue(nowNs);
        _derivatives.OpenWhenDue(nowNs);
        _private.OpenWhenDue(nowNs);
        while (_wire.TryReceive(nowNs, out WireEvent e))
        {
            if (e.Kind == WireEventKind.Answer) OnAnswer(in e, nowNs);
            else if (e.Connection == _private.Connection) OnPrivate(in e, nowNs);
            else if (e.Connection == _spot.Connection) OnPublic(_spot, in e, nowNs);
            else if (e.Connection == _derivatives.Connection) OnPublic(_derivatives, in e, nowNs);
            Exchange(nowNs);
        }

        _lane.OnTimer(nowNs);
        if (nowNs >= _tickNs)
        {
            _tickNs = nowNs + _options.TickNs;
            MarketEvent tick = new() { Kind = EventKind.TimeAdvance, InstrumentId = -1, ReceiveTimeNs = nowNs };
            Tell(ref tick);
        }

        Exchange(nowNs);
    }

    /// <summary>An act of the operator or a script enters like anything else.</summary>
    public void Operate(in AccountRecord act, long nowNs)
    {
        _journal?.Act(in act, nowNs, _sequence, CommandHash);
        Tell(in act, nowNs);
        Exchange(nowNs);
    }

    /// <summary>The instrument's id, once the venue has named it; -1 before.</summary>
    public int IdOf(string symbol)
    {
        byte[] text = Encoding.ASCII.GetBytes(symbol);
        for (int id = 0; id < _symbols.Count; id++)
        {
            if (_symbols.TextOf(id).SequenceEqual(text)) return id;
        }

        return -1;
    }

    /// <summary>The process is gone: its sockets close, and nothing it had in memory remains.</summary>
    public void Vanish()
    {
        _journal?.Vanish();
        _spot.Abandon();
        _derivatives.Abandon();
        _private.Abandon();
    }

    /// <summary>The journal ends here, with what a replay must come to.</summary>
    public void EndJournal() => _journal?.End(_sequence, CommandHash, StateHash.Of(Engine));

    private void OnPrivate(in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                _lane.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                _lane.OnFrame(e.Bytes, nowNs);
                break;
            default:
                _private.Lost(nowNs);
                _lane.OnDisconnected(nowNs);
                break;
        }
    }

    private void OnPublic(CircleSocket socket, in WireEvent e, long nowNs)
    {
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                socket.Feed!.OnConnected();
                break;
            case WireEventKind.Frame:
                OnPublicFrame(socket, e.Bytes, nowNs);
                break;
            default:
                socket.Lost(nowNs);
                socket.Feed!.OnDisconnected();
                // Which books this socket fed matters less than that none is believed that may have missed something.
                MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = -1, ReceiveTimeNs = nowNs };
                Tell(ref gap);
                break;
        }
    }

    private void OnPublicFrame(CircleSocket socket, ReadOnlySpan<byte> frame, long nowNs)
    {
        socket.Parser!.Parse(frame, _batch);
        foreach (ref MarketEvent e in _batch.Writable)
        {
            e.ReceiveTimeNs = nowNs;
            Tell(ref e);
            if (e.Kind == EventKind.BookEnd) ResyncWhenStale(socket, e.InstrumentId, nowNs);
        }
    }

    private void ResyncWhenStale(CircleSocket socket, int instrumentId, long nowNs)
    {
        if (Engine.Books.BookOf(instrumentId) is not { State: BookState.Stale }) return;
        socket.Feed!.Resync(Encoding.ASCII.GetString(_symbols.TextOf(instrumentId)), nowNs);
    }

    /// <summary>
    /// Records from the lane to the engine, commands from the engine to the lane, until both are quiet.
    /// </summary>
    private void Exchange(long nowNs)
    {
        bool busy = true;
        while (busy)
        {
            busy = false;
            while (_lane.TryTakeRecord(out AccountRecord record))
            {
                Keep(in record, nowNs);
                Tell(in record, nowNs);
                busy = true;
            }

            while (_commandsTaken < Protection.Commands.Next)
            {
                OrderCommand command = Protection.Commands[_commandsTaken++];
                Submit(in command, nowNs);
                busy = true;
            }
        }

        _private.Flush(_lane);
        _spot.Flush();
        _derivatives.Flush();
        if (_lane.WantsToken && _tokenRequest == None) AskForToken(nowNs);
    }

    private void Submit(in OrderCommand command, long nowNs)
    {
        _commands.Add(command.Id.High);
        _commands.Add(command.Id.Low);
        _commands.Add(((ulong)command.Kind << 24) | ((ulong)command.Type << 16) | ((ulong)command.Side << 8));
        _commands.AddDecimal(command.Quantity, command.QuantityDecimals);
        _commands.AddDecimal(command.LimitPrice, command.PriceDecimals);
        _commands.AddDecimal(command.TriggerPrice, command.PriceDecimals);
        _commands.Add(nowNs);
        bool protective = command.ReduceOnly || command.Kind is CommandKind.Cancel or CommandKind.Amend;
        if (command.Kind != CommandKind.Snapshot)
        {
            IntentRecord record = CircleRecords.Of(in command, _symbols, Epoch);
            bool durable = _log.TryAppend(in record, protective) && _log.TrySync();
            // Without a durable intent nothing that adds risk leaves; what reduces it does, under its computed id.
            if (!durable && !protective)
            {
                Tell(CircleRecords.RefusedUnsent(in command), nowNs);
                return;
            }
        }

        if (command.Kind == CommandKind.Place)
        {
            Orders++;
            if (command.Id.Role == OrderRole.Entry) Intents++;
        }

        _lane.Submit(in command, nowNs);
    }

    /// <summary>Outcomes and fills are durable before the engine acts on them.</summary>
    private void Keep(in AccountRecord record, long nowNs)
    {
        bool matters = record.Kind is AccountEventKind.Accepted or AccountEventKind.Refused or AccountEventKind.Unknown
            or AccountEventKind.Fill;
        if (!matters || record.Command == CommandKind.Snapshot || record.Snapshot) return;
        IntentRecord kept = CircleRecords.Of(in record, _symbols, Epoch, nowNs);
        if (_log.TryAppend(in kept, protective: true)) _log.TrySync();
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
        Tell(ref e);
    }

    private void Tell(ref MarketEvent e)
    {
        e.Stamp = _sequence;
        Engine.OnEvent(in e, _sequence++);
    }

    private void AskForToken(long nowNs)
    {
        TokenRequest request = WebSocketToken.Request(_options.ApiKey, _signer, _nonces.NextText(nowNs));
        _tokenRequest = _wire.Request(
            new WireRequest(request.Path, request.ApiKey, request.ApiSign, request.Body));
    }

    private void OnAnswer(in WireEvent answer, long nowNs)
    {
        if (answer.Connection != _tokenRequest) return;
        _tokenRequest = None;
        _lane.OnToken(WebSocketToken.Parse(answer.Status, answer.Bytes, nowNs), nowNs);
    }
}
