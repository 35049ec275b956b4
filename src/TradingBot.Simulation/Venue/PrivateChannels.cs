// In:     requests of private sockets as they arrive.   Out: replies, executions and positions.
// Thread: the one that drives virtual time.
// Keeps:  every request with a method is answered unless a fault swallows the answer; replies and executions race.
// Budget: none.
using System;
using System.Collections.Generic;

namespace TradingBot.Simulation.Venue;

/// <summary>Order entry and the account's channels on Unified.</summary>
internal sealed partial class PrivateChannels
{
    private const int FillsInSnapshot = 50;

    private readonly IVenueMarket[] _markets;
    private readonly MatchingEngine _engine;
    private readonly List<VenueConnection> _connections;
    private readonly Postbox _post;
    private readonly VenueTokens _tokens;
    private readonly FaultPlan _faults;
    private readonly VenueModes? _modes;
    private readonly FuturesV1Channels? _futures;
    private readonly ReplyFrames _replies = new();
    private readonly AccountFrames _frames;
    private readonly DeadMansTimer _timer;
    private readonly ReplyPath _path;
    private readonly MoneyChannels _money;
    private readonly SpotReplies _batches = new();
    private readonly VenuePosition[] _positions;
    private readonly bool _omitsFilled;

    public PrivateChannels(VenueOptions options, IVenueMarket[] markets, MatchingEngine engine,
        PositionLedger ledger, List<VenueConnection> connections, Postbox post, VenueTokens tokens,
        VenueModes? modes = null, FuturesV1Channels? futures = null, DeadMansTimer? timer = null)
    {
        _timer = timer ?? new DeadMansTimer(engine, options.Habits.TimerSparesStops);
        _path = new ReplyPath(post, options.Faults);
        _money = new MoneyChannels(
            new MoneyFrames(markets, ledger, options.Margin), ledger, engine, connections, post);
        _modes = modes;
        _futures = futures;
        _markets = markets;
        _engine = engine;
        _connections = connections;
        _post = post;
        _tokens = tokens;
        _faults = options.Faults;
        _omitsFilled = options.Habits.OmitsFilled;
        _frames = new AccountFrames(markets, options.Habits);
        _positions = new VenuePosition[markets.Length];
        for (int i = 0; i < markets.Length; i++) _positions[i] = ledger.PositionOf(i);
    }

    /// <summary>Told of every report as the account is; null: nobody writes it down.</summary>
    public Action<ExecutionReport>? Told { get; set; }

    /// <summary>A request of a private socket; each with a method is answered.</summary>
    public void Handle(VenueConnection connection, VenueRequest request, long nowNs)
    {
        switch (request.Method)
        {
            case "subscribe":
                Subscribe(connection, request, nowNs);
                break;
            case "unsubscribe":
                Unsubscribe(connection, request, nowNs);
                break;
            case "add_order":
                Add(connection, request, nowNs);
                break;
            case "amend_order":
                Amend(connection, request, nowNs);
                break;
            case "cancel_order":
                Cancel(connection, request, nowNs);
                break;
            case "batch_add":
                AddBatch(connection, request, nowNs);
                break;
            case "batch_cancel":
            case "cancel_all":
                CancelMany(connection, request, nowNs);
                break;
            case "cancel_all_orders_after":
                SetTimer(connection, request, nowNs);
                break;
            case "ping":
                Reply(connection, _replies.Pong(request.RequestId, nowNs), nowNs);
                break;
            default:
                Refuse(connection, request, "EGeneral:Unknown method", nowNs);
                break;
        }
    }

    /// <summary>Tells every subscriber what the engine reported since the last call.</summary>
    public void TellReports(long nowNs)
    {
        _money.Tell(nowNs);
        if (_engine.Reports.Count == 0) return;
        foreach (VenueConnection connection in _connections)
        {
            bool hears = connection.Endpoint == VenueEndpoint.UnifiedPrivate && connection.WantsExecutions;
            if (!hears) continue;
            foreach (ExecutionReport report in _engine.Reports)
            {
                if (_omitsFilled && report.Kind == ReportKind.Filled) continue;
                ReadOnlySpan<byte> frame = _frames.ExecutionUpdate(report, ++connection.ExecutionSequence);
                _path.Execution(connection, frame, nowNs);
            }
        }

        foreach (ExecutionReport report in _engine.Reports)
        {
            Told?.Invoke(report);
            _futures?.Tell(report, nowNs);
            if (report.Fill is not null) TellPosition(report.Order.Market, nowNs);
        }

        _engine.Reports.Clear();
    }

    /// <summary>Tells a position as it is.</summary>
    public void TellPosition(int market, long nowNs)
    {
        foreach (VenueConnection connection in _connections)
        {
            if (!connection.WantsPositions) continue;
            _post.Post(connection, VenueStream.Positions, _frames.Positions(_positions, market, nowNs), nowNs);
        }
    }

    private void Subscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        bool isMoney = MoneyChannels.IsOne(channel);
        // Balances and ledgers are the account's, of whatever class.
        bool needsClass = channel is not ("balances" or "ledgers");
        string? error = !isMoney && channel is not ("executions" or "positions") ? "EGeneral:Invalid arguments:channel"
            : needsClass && request.Text("asset_class") != "derivatives" ? "EGeneral:Invalid arguments:asset_class"
            : _tokens.Error(request.Text("token"), connection, nowNs);
        error ??= _modes?.ServiceRefusal;
        bool isTaken = IsTaken(connection, channel);
        if (error is null && isTaken) error = $"Already subscribed to {channel} channel";
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        connection.IsSubscribed = true;
        connection.Token = request.Text("token");
        Reply(
            connection, _replies.Subscription(request, channel, string.Empty, depth: 0, isSpot: false, nowNs), nowNs);
        if (isMoney) _money.Begin(connection, request, channel, nowNs);
        else if (channel == "executions") StartExecutions(connection, request, nowNs);
        else StartPositions(connection, request, nowNs);
    }

    /// <summary>Ends a private channel; a new subscription then brings a new snapshot.</summary>
    private void Unsubscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        bool found = IsTaken(connection, channel);
        if (!found)
        {
            Refuse(connection, request, "Subscription Not Found", nowNs);
            return;
        }

        if (MoneyChannels.IsOne(channel))
        {
            MoneyChannels.End(connection, channel);
        }
        else if (channel == "executions")
        {
            connection.WantsExecutions = false;
            connection.ExecutionSequence = 0;
        }
        else
        {
            connection.WantsPositions = false;
        }

        Reply(
            connection, _replies.Subscription(request, channel, string.Empty, depth: 0, isSpot: false, nowNs), nowNs);
    }

    private static bool IsTaken(VenueConnection connection, string channel) => channel switch
    {
        "executions" => connection.WantsExecutions,
        "positions" => connection.WantsPositions,
        _ => MoneyChannels.IsOne(channel) && MoneyChannels.IsTaken(connection, channel),
    };

    /// <summary>Takes an order; what follows from it is reported before this returns.</summary>
    private void Add(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string? error = Check(connection, request, nowNs);
        if (error is null && request.TimeNs("deadline") < nowNs) error = "EService:Deadline elapsed";
        OrderTicket? ticket = null;
        error ??= OrderTicketReader.Read(request, _markets, out ticket);
        if (error is null && _faults.Strikes(VenueFault.RefuseOrder)) error = _faults.RefusalText;
        VenueOrder? order = null;
        error ??= _engine.Place(ticket!, nowNs, out order);
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        TellReports(nowNs);
        _path.Placed(connection, _replies.Order(request, order!, nowNs), nowNs);
    }

    private void Amend(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string? error = Check(connection, request, nowNs);
        VenueOrder? order = error is null ? Find(request) : null;
        if (error is null && order is null) error = "EOrder:Unknown order";
        if (error is null)
        {
            IVenueMarket instrument = _markets[order!.Market];
            OrderChange change = new(
                request.Mantissa("order_qty", instrument.QuantityDecimals),
                request.Mantissa("limit_price", instrument.PriceDecimals),
                request.Mantissa("trigger_price", instrument.PriceDecimals));
            error = change.Lots < 0 ? "EGeneral:Invalid arguments:order_qty"
                : change.LimitPrice < 0 || change.TriggerPrice < 0 ? "EOrder:Invalid price"
                : _engine.Amend(order, change, nowNs);
        }

        if (error is null) Reply(connection, _replies.Order(request, order!, nowNs), nowNs);
        else Refuse(connection, request, error, nowNs);
        TellReports(nowNs);
    }

    /// <summary>One answer for each id.</summary>
    private void Cancel(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string[] clientIds = request.Texts("cl_ord_id");
        string[] orderIds = request.Texts("order_id");
        string? error = Check(connection, request, nowNs);
        if (error is null && (clientIds.Length == 0) == (orderIds.Length == 0))
        {
            error = "EGeneral:Invalid arguments:cl_ord_id";
        }

        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        foreach (string id in clientIds) Cancel(connection, request, _engine.FindByClientId(id), nowNs);
        foreach (string id in orderIds) Cancel(connection, request, _engine.FindById(id), nowNs);
    }

    public void Refuse(VenueConnection connection, VenueRequest request, string error, long nowNs) =>
        _path.Refuse(connection, request, error, nowNs);

    private void Cancel(VenueConnection connection, VenueRequest request, VenueOrder? order, long nowNs)
    {
        string? error = _engine.Cancel(order, nowNs);
        if (error is null) Reply(connection, _replies.Order(request, order!, nowNs), nowNs);
        else Refuse(connection, request, error, nowNs);
        TellReports(nowNs);
    }

    private void StartExecutions(VenueConnection connection, VenueRequest request, long nowNs)
    {
        connection.WantsExecutions = true;
        IReadOnlyList<VenueOrder> orders = request.Flag("snap_orders", otherwise: true) ? _engine.Live : [];
        IReadOnlyList<VenueFill> fills = request.Flag("snap_trades") ? _engine.Fills : [];
        int first = Math.Max(fills.Count - FillsInSnapshot, 0);
        ReadOnlySpan<byte> frame = _frames.ExecutionSnapshot(orders, fills, first, ++connection.ExecutionSequence);
        _post.Post(connection, VenueStream.Executions, frame, nowNs);
    }

    private void StartPositions(VenueConnection connection, VenueRequest request, long nowNs)
    {
        connection.WantsPositions = true;
        if (!request.Flag("snapshot", otherwise: true)) return;
        _post.Post(connection, VenueStream.Positions, _frames.Positions(_positions, onlyMarket: -1, nowNs), nowNs);
    }

    private string? Check(VenueConnection connection, VenueRequest request, long nowNs) =>
        _tokens.Error(request.Text("token"), connection, nowNs)
        ?? (request.Text("asset_class") == "derivatives" ? null : "EGeneral:Invalid arguments:asset_class");

    private VenueOrder? Find(VenueRequest request)
    {
        string clientId = request.Text("cl_ord_id");
        return clientId.Length > 0 ? _engine.FindByClientId(clientId) : _engine.FindById(request.Text("order_id"));
    }

    private void Reply(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        _path.Send(connection, frame, nowNs);
}
