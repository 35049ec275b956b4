// In:     connection events, tokens, frames, commands and time, each a call.   Out: frames to send and account records.
// Thread: one, its owner's; no clock, no socket, no waiting: the same calls give the same bytes.
// Keeps:  one first outcome per command; nothing is sent twice; of one order at most one mutation is unanswered (the
//         venue promises no order of unacknowledged amends and cancels); I11: only whole snapshots are Complete.
// Budget: an order's frame in well under 100 us; allocates per order and per frame, never per market event.
using System;
using System.Collections.Generic;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>
/// The private connection of the Unified WebSocket (derivatives) or of WebSocket v2 (spot): commands in, account
/// records out.
/// </summary>
/// <remarks>
/// Of spot the second half of a look is <c>balances</c>: inventory, which is no position and is told by no record.
/// </remarks>
public sealed partial class SocketOrderLane : IOrderLane
{
    private readonly LaneOptions _options;
    private readonly OrderRequests _requests;
    private readonly ExecutionReader _executionReader;
    private readonly PositionReader _positionReader;
    private readonly ReportedOrders _orders = new();
    private readonly CommandDesk _desk;
    private readonly Outbox _outbox = new();
    private readonly Dictionary<string, Amount> _balances = new(StringComparer.Ordinal);

    private SnapshotLook _look;
    private bool _isConnected;
    private bool _wasConnected;
    private bool _hasSubscribed;
    private bool _lookAgain;
    private long _lookDueNs = long.MaxValue;
    private long _lookPauseNs;
    private long _lastRequestId;
    private long _sequence = NoSequence;
    private long _balanceSequence = NoSequence;

    public SocketOrderLane(SymbolTable symbols, LaneOptions options)
    {
        _options = options;
        _lookPauseNs = options.LookPauseNs;
        _requests = new OrderRequests(symbols, options.TriggerReference, options.Market);
        _executionReader = new ExecutionReader(
            symbols, _orders, Counters, OrderRequests.DialectOf(options.Market));
        _positionReader = new PositionReader(symbols, Counters);
        _desk = new CommandDesk(options, BudgetOf(options), Counters, () => _token is not null, Send);
    }

    public LaneCounters Counters { get; } = new();

    /// <summary>Of spot: what the account holds of each asset, as last told; what orders hold is part of it.</summary>
    public IReadOnlyDictionary<string, Amount> Balances => _balances;

    /// <summary>Tokens of the last ten seconds, of <see cref="LaneOptions.TokensMax"/>.</summary>
    public int TokensUsed => _desk.TokensUsed;

    /// <summary>Commands are sent; otherwise they are refused unsent.</summary>
    public bool IsUp { get; private set; }

    /// <summary>When <see cref="OnTimer"/> has something to do, Unix ns; <see cref="long.MaxValue"/> = never.</summary>
    public long NextDueNs
    {
        get
        {
            long due = _look.IsOpen ? _look.DueNs : long.MaxValue;
            if (_token is not null) due = Math.Min(due, _lookDueNs);
            if (_wasConnected && _tokenDueNs > NowNs) due = Math.Min(due, _tokenDueNs);
            return Math.Min(due, _desk.NextDueNs);
        }
    }

    private long NowNs => _desk.NowNs;

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
        _balanceSequence = NoSequence;
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
        _desk.Tell(new AccountRecord { Kind = AccountEventKind.LaneDown });
        _desk.Abandon();
    }

    public void Submit(in OrderCommand command, long nowNs)
    {
        Advance(nowNs);
        if (!IsUp || _token is null)
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

        VenueReason fault = _requests.FaultOf(command);
        bool isRepeat = command.Kind == CommandKind.Place && _orders.IsKnown(command.Id);
        if (fault == VenueReason.None && isRepeat) fault = VenueReason.InvalidArguments;
        if (fault != VenueReason.None)
        {
            _desk.Refuse(command, fault);
            return;
        }

        _desk.Take(command);
    }

    public void OnTimer(long nowNs)
    {
        Advance(nowNs);
        _desk.OnTimer();
        if (_look.IsOpen && _look.DueNs <= NowNs)
        {
            _look.FailAwaited();
            SettleLook();
        }
        else if (!_look.IsOpen && _isConnected && _token is not null && _lookDueNs <= NowNs)
        {
            BeginLook();
        }
    }

    /// <summary>Everything of this lane goes by the socket but its tokens, which its owner asks for.</summary>
    public void OnAnswer(long number, int status, ReadOnlySpan<byte> body, long nowNs) => Advance(nowNs);

    public bool TryTakeRequest(out LaneRequest request)
    {
        request = default;
        return false;
    }

    /// <summary>The next frame to send; its bytes are good until the next call of another member.</summary>
    public bool TryTakeFrame(out ReadOnlySpan<byte> frame) => _outbox.TryTake(out frame);

    public bool TryTakeRecord(out AccountRecord record) => _desk.TryTakeRecord(out record);

    private static IOrderBudget BudgetOf(LaneOptions options) => options.Market == LaneMarket.Spot
        ? new ScoreBudget(options.Tier) : new TokenBudget(options.TokensMax);

    private void Advance(long nowNs) => _desk.Advance(nowNs);

    private void Send(Flight flight)
    {
        bool isNew = flight.Command.Kind == CommandKind.Place;
        if (isNew && !_orders.TryPlace(flight.Command)) Counters.OrdersNotKept++;
        _desk.Await(flight, ++_lastRequestId);
        _requests.Write(_outbox.Writer, flight.Command, flight.RequestId, _token!.Text);
        _outbox.Seal();
    }
}
