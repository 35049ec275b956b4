// In:     connection events, tokens, frames, commands and time, each a call.   Out: frames to send and account records.
// Thread: one, its owner's; no clock, no socket, no waiting: the same calls give the same bytes.
// Keeps:  one first outcome per command; nothing is sent twice; of one order at most one mutation is unanswered (the
//         venue promises no order of unacknowledged amends and cancels); I11: only whole snapshots are Complete.
// Budget: an order's frame in well under 100 us; allocates per order and per frame, never per market event.
using System;
using System.Collections.Generic;
using TradingBot.Kraken.Budgets;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>The private connection of the Unified WebSocket, derivatives: commands in, account records out.</summary>
/// <remarks>
/// Outcomes of a command, exactly one of them first:
/// <list type="bullet">
/// <item>Accepted: the venue took it. Of a Snapshot: the look begins.</item>
/// <item>Refused: definite, it has no effect. With <see cref="VenueReason.VenueMode"/> also when the lane was not up or
/// had just lost its token, or went down before the command's turn came: it was never sent.</item>
/// <item>Unknown: no answer within the time-out, the connection closed, or an answer that proves nothing. An answer
/// that comes later still is told, as Accepted or Refused with <see cref="AccountRecord.Late"/> set.</item>
/// </list>
/// A look at the account is SnapshotBegin, records with <see cref="AccountRecord.Snapshot"/> set, SnapshotEnd. LaneUp
/// follows the first Complete look of a connection; a later look that is not Complete does not take the lane down.
/// The caller drains records and frames after each call.
/// </remarks>
public sealed partial class UnifiedOrderLane
{
    private readonly UnifiedLaneOptions _options;
    private readonly OrderRequests _requests;
    private readonly ExecutionReader _executionReader;
    private readonly PositionReader _positionReader;
    private readonly ReportedOrders _orders = new();
    private readonly CommandsInFlight _commands = new();
    private readonly Outbox _outbox = new();
    private readonly Queue<AccountRecord> _records = new();
    private readonly RollingTokens _budget;

    private SnapshotLook _look;
    private bool _isConnected;
    private bool _wasConnected;
    private bool _hasSubscribed;
    private bool _lookAgain;
    private long _nowNs;
    private long _lookDueNs = long.MaxValue;
    private long _lookPauseNs;
    private long _lastRequestId;
    private long _sequence = NoSequence;

    public UnifiedOrderLane(SymbolTable symbols, UnifiedLaneOptions options)
    {
        _options = options;
        _lookPauseNs = options.LookPauseNs;
        _requests = new OrderRequests(symbols, options.TriggerReference);
        _executionReader = new ExecutionReader(symbols, _orders, Counters);
        _positionReader = new PositionReader(symbols, Counters);
        _budget = new RollingTokens(options.TokensMax);
    }

    public LaneCounters Counters { get; } = new();

    /// <summary>Commands are sent; otherwise they are refused unsent.</summary>
    public bool IsUp { get; private set; }

    /// <summary>When <see cref="OnTimer"/> has something to do, Unix ns; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDueNs
    {
        get
        {
            long due = _look.IsOpen ? _look.DueNs : long.MaxValue;
            if (_token is not null) due = Math.Min(due, _lookDueNs);
            if (_wasConnected && _tokenDueNs > _nowNs) due = Math.Min(due, _tokenDueNs);
            foreach (Flight flight in _commands.All)
            {
                if (flight.State != FlightState.Unknown) due = Math.Min(due, flight.DueNs);
            }

            return Math.Min(due, HeldDueNs);
        }
    }

    public void OnConnected(long nowNs)
    {
        if (_isConnected) OnDisconnected(nowNs);
        Advance(nowNs);
        _isConnected = true;
        _wasConnected = true;
        UseSpare();
        if (_token is not null) BeginLook();
    }

    public void OnDisconnected(long nowNs)
    {
        Advance(nowNs);
        if (!_isConnected) return;
        _isConnected = false;
        _hasSubscribed = false;
        _lookAgain = false;
        _lookDueNs = long.MaxValue;
        _lookPauseNs = _options.LookPauseNs;
        _sequence = NoSequence;
        // A token that a subscription held alive dies with its connection.
        _token?.Text.Dispose();
        _token = null;
        _outbox.Clear();
        if (_look.IsOpen)
        {
            _look.FailAwaited();
            EndLook(Completeness.Failed);
        }

        IsUp = false;
        Tell(new AccountRecord { Kind = AccountEventKind.LaneDown });
        foreach (Flight flight in _commands.All)
        {
            if (flight.State == FlightState.Unanswered) TellOutcome(flight.Command, AccountEventKind.Unknown);
        }

        foreach (Flight flight in _commands.All)
        {
            if (flight.State == FlightState.Waiting) Refuse(flight.Command, VenueReason.VenueMode);
        }

        _commands.Clear();
    }

    public void Submit(in OrderCommand command, long nowNs)
    {
        Advance(nowNs);
        if (!IsUp || _token is null)
        {
            Refuse(command, VenueReason.VenueMode);
            return;
        }

        if (command.Kind == CommandKind.Snapshot)
        {
            TellOutcome(command, AccountEventKind.Accepted);
            // A look under way may have begun before what the caller wants to see.
            if (_look.IsOpen) _lookAgain = true;
            else BeginLook();
            return;
        }

        VenueReason fault = _requests.FaultOf(command);
        bool isRepeat = command.Kind == CommandKind.Place && _orders.IsKnown(command.Id);
        if (fault == VenueReason.None && isRepeat) fault = VenueReason.InvalidArguments;
        if (fault != VenueReason.None)
        {
            Refuse(command, fault);
            return;
        }

        bool mustWait = _commands.IsUnanswered(command.Id);
        Flight? flight = _commands.Add(command);
        if (flight is null) Refuse(command, VenueReason.RateLimited);
        else if (mustWait) Counters.Waited++;
        else SendOrHold(flight);
    }

    public void OnTimer(long nowNs)
    {
        Advance(nowNs);
        // By index: sending what waited for an answer changes states, not places.
        for (int i = 0; i < _commands.All.Count; i++)
        {
            Flight flight = _commands.All[i];
            if (flight.State != FlightState.Unanswered || flight.DueNs > _nowNs) continue;
            Counters.AckTimeouts++;
            GiveUp(flight, VenueReason.None);
        }

        ServeHeld();
        if (_look.IsOpen && _look.DueNs <= _nowNs)
        {
            _look.FailAwaited();
            SettleLook();
        }
        else if (!_look.IsOpen && _isConnected && _token is not null && _lookDueNs <= _nowNs)
        {
            BeginLook();
        }
    }

    /// <summary>The next frame to send; its bytes are good until the next call of another member.</summary>
    public bool TryTakeFrame(out ReadOnlySpan<byte> frame) => _outbox.TryTake(out frame);

    public bool TryTakeRecord(out AccountRecord record) => _records.TryDequeue(out record);

    private void Advance(long nowNs) => _nowNs = Math.Max(_nowNs, nowNs);

    private void Send(Flight flight)
    {
        if (flight.Command.Kind == CommandKind.Place) RememberPlaced(flight.Command);
        flight.State = FlightState.Unanswered;
        flight.RequestId = ++_lastRequestId;
        flight.DueNs = _nowNs + _options.AckTimeoutNs;
        _requests.Write(_outbox.Writer, flight.Command, flight.RequestId, _token!.Text);
        _outbox.Seal();
    }

    /// <summary>Reports of this order may come before its answer and need not name its instrument.</summary>
    private void RememberPlaced(in OrderCommand command)
    {
        ReportedOrder state = new()
        {
            Id = command.Id,
            InstrumentId = command.InstrumentId,
            Type = command.Type,
            Side = command.Side,
            Quantity = new Amount(command.Quantity, command.QuantityDecimals),
            LimitPrice = new Amount(command.LimitPrice, command.PriceDecimals),
            TriggerPrice = new Amount(command.TriggerPrice, command.PriceDecimals),
            ReduceOnly = command.ReduceOnly,
        };
        if (!_orders.TryKeep(state)) Counters.OrdersNotKept++;
    }

    /// <summary>The report of the amendment may leave out what our command said.</summary>
    private void RememberAmended(in OrderCommand command)
    {
        if (_orders.Find(default, command.Id) is not ReportedOrder state) return;
        if (command.Quantity > 0) state.Quantity = new Amount(command.Quantity, command.QuantityDecimals);
        if (command.LimitPrice > 0) state.LimitPrice = new Amount(command.LimitPrice, command.PriceDecimals);
        if (command.TriggerPrice > 0) state.TriggerPrice = new Amount(command.TriggerPrice, command.PriceDecimals);
    }

    /// <summary>The command stays, so that a late answer finds it; its order is free for the next mutation.</summary>
    private void GiveUp(Flight flight, VenueReason reason)
    {
        flight.State = FlightState.Unknown;
        TellOutcome(flight.Command, AccountEventKind.Unknown, reason);
        SendNext(flight.Command.Id);
    }

    private void SendNext(ClientOrderId id)
    {
        Flight? next = _commands.NextWaiting(id);
        if (next is null) return;
        if (_token is not null)
        {
            SendOrHold(next);
            return;
        }

        // Without a token it cannot be sent, and a command that waits for one could act on another day's market.
        _commands.Remove(next);
        Refuse(next.Command, VenueReason.VenueMode);
        SendNext(id);
    }

    private void Refuse(in OrderCommand command, VenueReason reason) =>
        TellOutcome(command, AccountEventKind.Refused, reason);

    private void TellOutcome(in OrderCommand command, AccountEventKind kind, VenueReason reason = VenueReason.None) =>
        Tell(OutcomeOf(command, kind, reason));

    private static AccountRecord OutcomeOf(in OrderCommand command, AccountEventKind kind, VenueReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Command = command.Kind,
        Id = command.Id,
        InstrumentId = command.InstrumentId,
        Type = command.Type,
        Side = command.Side,
        ReduceOnly = command.ReduceOnly,
        Quantity = command.Quantity,
        QuantityDecimals = command.QuantityDecimals,
        Price = command.LimitPrice,
        TriggerPrice = command.TriggerPrice,
        PriceDecimals = command.PriceDecimals,
    };

    private void Tell(in AccountRecord record) => _records.Enqueue(record);
}
