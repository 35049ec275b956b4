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
using TradingBot.Simulation.Venue;
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
    private readonly CircleOptions _options;
    private readonly SimulatedKraken _venue;
    private readonly IntentLog _log;
    private readonly SymbolTable _symbols = new();
    private readonly EventBatch _batch = new();
    private readonly CircleSocket _spot;
    private readonly CircleSocket _derivatives;
    private readonly CircleSocket _private;
    private readonly UnifiedOrderLane _lane;
    private readonly NonceSource _nonces;
    private readonly RequestSigner _signer;
    private RestAnswer? _token;
    private long _commandsTaken;
    private long _sequence;
    private long _tickNs;
    private StableHash _commands;

    public CircleWorker(CircleOptions options, SimulatedKraken venue, IntentLog log, uint epoch)
    {
        _options = options;
        _venue = venue;
        _log = log;
        Epoch = epoch;
        // The nonce is the time in µs, so a new process needs no memory of the last one.
        _nonces = new NonceSource(0);
        _signer = new RequestSigner(new Secret(options.Venue.ApiSecret));
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
        _spot = new CircleSocket(venue, VenueEndpoint.SpotPublic, options.ReconnectNs)
        {
            Feed = new PublicFeed(["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"], 10, assetClass: null),
            Parser = new FrameParser(Dialect.SpotV2, _symbols, Wire),
        };
        _derivatives = new CircleSocket(venue, VenueEndpoint.UnifiedPublic, options.ReconnectNs)
        {
            Feed = new PublicFeed(
                ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"], 10, assetClass: "derivatives"),
            Parser = new FrameParser(Dialect.Unified, _symbols, Wire),
        };
        _private = new CircleSocket(venue, VenueEndpoint.UnifiedPrivate, options.ReconnectNs);
        IntentRecord start = new() { Kind = IntentRecordKind.Epoch, Epoch = epoch, TimeNs = venue.NowNs };
        if (!log.TryAppend(in start, protective: true) || !log.TrySync())
        {
            throw new System.IO.IOException("The intent log cannot be written: nothing may be traded without it.");
        }
    }

    public uint Epoch { get; }

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
            due = Math.Min(due, Math.Min(_spot.OpenDueNs, Math.Min(_derivatives.OpenDueNs, _private.OpenDueNs)));
            return _token is null ? due : Math.Min(due, _token.DueNs);
        }
    }

    /// <summary>Takes in everything that is due by now, in a fixed order, and hands out what it causes.</summary>
    public void Step(long nowNs)
    {
        if (_spot.OpenWhenDue(nowNs)) _spot.Feed!.OnConnected();
        if (_derivatives.OpenWhenDue(nowNs)) _derivatives.Feed!.OnConnected();
        if (_private.OpenWhenDue(nowNs)) _lane.OnConnected(nowNs);
        while (_venue.TryReceive(nowNs, out int connection, out ReadOnlySpan<byte> frame))
        {
            if (connection == _private.Connection) OnPrivateFrame(frame, nowNs);
            else if (connection == _spot.Connection) OnPublicFrame(_spot, frame, nowNs);
            else if (connection == _derivatives.Connection) OnPublicFrame(_derivatives, frame, nowNs);
            Exchange(nowNs);
        }

        if (_token is not null && _token.DueNs <= nowNs) TakeToken(_token, nowNs);
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
        _spot.Abandon();
        _derivatives.Abandon();
        _private.Abandon();
    }

    private void OnPrivateFrame(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (frame.IsEmpty)
        {
            _private.Lost(nowNs);
            _lane.OnDisconnected(nowNs);
            return;
        }

        _lane.OnFrame(frame, nowNs);
    }

    private void OnPublicFrame(CircleSocket socket, ReadOnlySpan<byte> frame, long nowNs)
    {
        if (frame.IsEmpty)
        {
            socket.Lost(nowNs);
            socket.Feed!.OnDisconnected();
            // Which books this socket fed matters less than that none is believed that may have missed something.
            MarketEvent gap = new() { Kind = EventKind.FeedGap, InstrumentId = -1, ReceiveTimeNs = nowNs };
            Tell(ref gap);
            return;
        }

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
        if (_lane.WantsToken && _token is null) AskForToken(nowNs);
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
        TokenRequest request = WebSocketToken.Request(_options.Venue.ApiKey, _signer, _nonces.NextText(nowNs));
        _token = _venue.Request(new RestRequest("POST", request.Path)
        {
            ApiKey = request.ApiKey,
            ApiSign = request.ApiSign,
            Body = request.Body,
        });
    }

    private void TakeToken(RestAnswer answer, long nowNs)
    {
        _token = null;
        _lane.OnToken(WebSocketToken.Parse(answer.Status, answer.Body.Span, nowNs), nowNs);
    }
}
