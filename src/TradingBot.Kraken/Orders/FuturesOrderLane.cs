// In:     connection events, frames, answers, commands and time, each a call.
// Out:    frames and signed requests to send, and account records.
// Thread: one, its owner's; no clock, no socket, no waiting: the same calls give the same bytes.
// Keeps:  one first outcome per command; nothing is sent twice; of one order at most one mutation is unanswered; I11:
//         only whole snapshots are Complete.
// Budget: a signature and a form per order; commands of one step leave as one batch.
using System;
using System.Collections.Generic;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>
/// Derivatives REST v3 and the private feeds of the first WebSocket: what accounts use until Kraken ends it.
/// </summary>
/// <remarks>
/// Orders go by REST, each answer is its outcome; orders, fills and positions are heard on the socket. The first look
/// of a connection is the feeds' own snapshots, every later one asks REST: two sources.
/// </remarks>
public sealed partial class FuturesOrderLane : IOrderLane
{
    /// <summary>Kraken's announcement: derivatives REST v3 and WebSocket v1 end then.</summary>
    public static readonly DateTimeOffset End = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The venue takes more; what is protected first should not wait for the last of many.</summary>
    private const int BatchMax = 10;

    private readonly LaneOptions _options;
    private readonly FuturesRequests _requests;
    private readonly OrderRequests _faults;
    private readonly FuturesReader _reader;
    private readonly PositionReader _positionReader;
    private readonly ReportedOrders _orders = new();
    private readonly CommandDesk _desk;
    private readonly RollingTokens _tokens;
    private readonly Outbox _outbox = new();
    private readonly Queue<LaneRequest> _calls = new();
    private readonly List<Flight> _toSend = [];
    private readonly Dictionary<long, long[]> _batches = [];
    private readonly HashSet<long> _statusCalls = [];
    private readonly Secret _key;
    private readonly RequestSigner _signer;

    private bool _isConnected;
    private long _lastRequestId;

    /// <param name="symbols">Of the feed: perpetuals are listed as the Unified socket names them.</param>
    /// <param name="options">Times; a stop is triggered by <c>mark</c> unless they say <c>last</c>.</param>
    /// <param name="key">Of the derivatives' own key pair; stays the caller's, as the signer.</param>
    /// <param name="signer">Of its private key.</param>
    public FuturesOrderLane(SymbolTable symbols, LaneOptions options, Secret key, RequestSigner signer)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _lookPauseNs = options.LookPauseNs;
        _key = key;
        _signer = signer;
        _requests = new FuturesRequests(symbols, SignalOf(options), key, signer);
        _faults = new OrderRequests(symbols, options.TriggerReference);
        _reader = new FuturesReader(symbols, _orders, new ExecutionReader(symbols, _orders, Counters), Counters);
        _positionReader = new PositionReader(symbols, Counters);
        TokenBudget budget = new(options.TokensMax);
        _tokens = budget.Tokens;
        _desk = new CommandDesk(options, budget, Counters, () => IsUp, Write) { GaveUp = AskForStatus };
    }

    public LaneCounters Counters { get; } = new();

    public bool IsUp { get; private set; }

    public int TokensUsed => _desk.TokensUsed;

    public bool WantsToken => false;

    public long SpareUntilNs => long.MaxValue;

    public long NextDueNs
    {
        get
        {
            long due = _look.IsOpen ? _look.DueNs : _isConnected ? _lookDueNs : long.MaxValue;
            return Math.Min(due, _desk.NextDueNs);
        }
    }

    private long NowNs => _desk.NowNs;

    public void OnConnected(long nowNs)
    {
        if (_isConnected) OnDisconnected(nowNs);
        _desk.Advance(nowNs);
        _isConnected = true;
        AskForChallenge();
    }

    /// <summary>Calls under way may still be answered: they do not go by the socket.</summary>
    public void OnDisconnected(long nowNs)
    {
        _desk.Advance(nowNs);
        if (!_isConnected) return;
        _isConnected = false;
        _hasSubscribed = false;
        _lookAgain = false;
        _lookDueNs = long.MaxValue;
        _lookPauseNs = _options.LookPauseNs;
        _outbox.Clear();
        if (_look.IsOpen)
        {
            _look.FailAwaited();
            EndLook(Completeness.Failed);
        }

        IsUp = false;
        _desk.Tell(new AccountRecord { Kind = AccountEventKind.LaneDown });
        _desk.RefuseWaiting();
    }

    public void OnToken(in TokenAnswer answer, long nowNs) => _desk.Advance(nowNs);

    public void Submit(in OrderCommand command, long nowNs)
    {
        _desk.Advance(nowNs);
        if (!IsUp)
        {
            _desk.Refuse(command, VenueReason.VenueMode);
            return;
        }

        if (command.Kind == CommandKind.Snapshot)
        {
            _desk.TellOutcome(command, AccountEventKind.Accepted);
            // A look under way may have begun before what the caller wants to see.
            if (_look.IsOpen) _lookAgain = true;
            else BeginLook();
            return;
        }

        VenueReason fault = _faults.FaultOf(command);
        bool isRepeat = command.Kind == CommandKind.Place && _orders.IsKnown(command.Id);
        if (fault == VenueReason.None && isRepeat) fault = VenueReason.InvalidArguments;
        // The size of an edit is what stays open: less than what is filled cannot be asked for.
        bool isTooSmall = command.Kind == CommandKind.Amend && command.Quantity > 0
            && command.Quantity <= FilledOf(command);
        if (fault == VenueReason.None && isTooSmall) fault = VenueReason.InvalidArguments;
        if (fault == VenueReason.None) _desk.Take(command);
        else _desk.Refuse(command, fault);
    }

    public void OnTimer(long nowNs)
    {
        _desk.Advance(nowNs);
        _desk.OnTimer();
        if (_look.IsOpen && _look.DueNs <= NowNs)
        {
            _look.FailAwaited();
            SettleLook();
        }
        else if (!_look.IsOpen && _isConnected && _lookDueNs <= NowNs)
        {
            _lookDueNs = long.MaxValue;
            if (_hasSubscribed) BeginLook();
            else AskForChallenge();
        }
    }

    public bool TryTakeFrame(out ReadOnlySpan<byte> frame) => _outbox.TryTake(out frame);

    public bool TryTakeRecord(out AccountRecord record) => _desk.TryTakeRecord(out record);

    public bool TryTakeRequest(out LaneRequest request)
    {
        if (_toSend.Count > 0) Pack();
        return _calls.TryDequeue(out request);
    }

    private static string SignalOf(LaneOptions options) => options.TriggerReference == "last" ? "last" : "mark";

    private void Write(Flight flight)
    {
        bool isNew = flight.Command.Kind == CommandKind.Place;
        if (isNew && !_orders.TryPlace(flight.Command)) Counters.OrdersNotKept++;
        _desk.Await(flight, ++_lastRequestId);
        _toSend.Add(flight);
    }

    /// <summary>What one step wrote leaves together, the first ten in one call.</summary>
    private void Pack()
    {
        for (int first = 0; first < _toSend.Count; first += BatchMax)
        {
            List<Flight> some = _toSend.GetRange(first, Math.Min(BatchMax, _toSend.Count - first));
            long number = some[0].RequestId;
            if (some.Count == 1)
            {
                _calls.Enqueue(new LaneRequest(number, _requests.Of(some[0].Command, FilledOf(some[0].Command))));
                continue;
            }

            _batches[number] = [.. some.ConvertAll(flight => flight.RequestId)];
            Counters.Batched += some.Count;
            _calls.Enqueue(new LaneRequest(number, _requests.OfMany(
                some.ConvertAll(flight => flight.Command), some.ConvertAll(flight => FilledOf(flight.Command)))));
        }

        _toSend.Clear();
    }

    /// <summary>What is filled of the command's order, at its decimals; 0 when that is not known.</summary>
    private long FilledOf(in OrderCommand command)
    {
        if (_orders.Find(default, command.Id) is not ReportedOrder state) return 0;
        Amount filled = state.Cumulative;
        Amount scale = new(0, command.QuantityDecimals);
        return Amount.TryAlign(ref filled, ref scale) && filled.Decimals == command.QuantityDecimals
            ? filled.Mantissa : 0;
    }

    /// <summary>An order of unknown outcome is asked for by its id: the venue remembers it for five seconds.</summary>
    private void AskForStatus(Flight flight)
    {
        bool isPlaced = flight.Command.Kind == CommandKind.Place;
        if (!isPlaced || !_tokens.TryTake(Urgency.Resolve, cost: 1, NowNs)) return;
        _statusCalls.Add(++_lastRequestId);
        _calls.Enqueue(new LaneRequest(_lastRequestId, _requests.Status(flight.Command.Id)));
    }
}
