// In:     requests of spot's private sockets as they arrive.   Out: replies, executions and balances.
// Thread: the one that drives virtual time.
// Keeps:  every request with a method is answered unless a fault swallows the answer; replies and executions race.
// Budget: none.
using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>Order entry and the account's channels on spot v2.</summary>
internal sealed class SpotChannels(
    VenueOptions options, SpotOrders orders, SpotLedger ledger, SpotHistory history, List<VenueConnection> connections,
    Postbox post, VenueTokens tokens, SpotV1Channels first)
{
    private const int FillsInSnapshot = 50;
    private const int BatchMax = 15;
    private const int CancelsMax = 50;
    private const string UnknownOrder = "EOrder:Unknown order";

    private readonly FaultPlan _faults = options.Faults;
    private readonly ReplyPath _path = new(post, options.Faults);
    private readonly ReplyFrames _subscriptions = new();
    private readonly SpotReplies _replies = new();
    private readonly SpotFrames _frames = new(orders.Markets, ledger);
    private int _entriesTold = ledger.Entries.Count;

    /// <summary>A request of a private socket; each with a method is answered.</summary>
    public void Handle(VenueConnection connection, VenueRequest request, long nowNs)
    {
        if (request.Method == "ping")
        {
            Reply(connection, _subscriptions.Pong(request.RequestId, nowNs), nowNs);
            return;
        }

        string? error = tokens.Error(request.Text("token"), connection, nowNs);
        if (error is null && request.TimeNs("deadline") < nowNs) error = "EService:Deadline elapsed";
        if (error is null) Do(connection, request, nowNs);
        else Refuse(connection, request, error, nowNs);
        TellReports(nowNs);
    }

    /// <summary>Tells every subscriber, and the history, what the engine and the ledger reported since the last
    /// call.</summary>
    public void TellReports(long nowNs)
    {
        foreach (ExecutionReport report in orders.Engine.Reports)
        {
            history.Take(report);
            first.Tell(report, nowNs);
            foreach (VenueConnection connection in connections)
            {
                if (!connection.WantsExecutions || connection.Endpoint != VenueEndpoint.SpotPrivate) continue;
                if (report.Kind == ReportKind.New) Tell(connection, report, isPending: true, nowNs);
                Tell(connection, report, isPending: false, nowNs);
            }
        }

        for (; _entriesTold < ledger.Entries.Count; _entriesTold++)
        {
            foreach (VenueConnection connection in connections)
            {
                if (!connection.WantsBalances) continue;
                ReadOnlySpan<byte> frame =
                    _frames.BalanceUpdate(ledger.Entries[_entriesTold], ++connection.BalanceSequence);
                post.Post(connection, VenueStream.Positions, frame, nowNs);
            }
        }

        orders.Engine.Reports.Clear();
    }

    public void Refuse(VenueConnection connection, VenueRequest request, string error, long nowNs) =>
        _path.Refuse(connection, request, error, nowNs);

    private void Do(VenueConnection connection, VenueRequest request, long nowNs)
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
            case "batch_add":
                AddBatch(connection, request, nowNs);
                break;
            case "amend_order":
            case "edit_order":
                Change(connection, request, nowNs);
                break;
            case "cancel_order":
                Cancel(connection, request, nowNs);
                break;
            case "batch_cancel":
            case "cancel_all":
                CancelMany(connection, request, nowNs);
                break;
            case "cancel_all_orders_after":
                SetTimer(connection, request, nowNs);
                break;
            default:
                Refuse(connection, request, "EGeneral:Unknown method", nowNs);
                break;
        }
    }

    private void Subscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        bool isTaken = channel == "executions" ? connection.WantsExecutions : connection.WantsBalances;
        string? error = channel is not ("executions" or "balances") ? "EGeneral:Invalid arguments:channel"
            : isTaken ? $"Already subscribed to {channel} channel" : null;
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        connection.IsSubscribed = true;
        connection.Token = request.Text("token");
        Acknowledge(connection, request, nowNs);
        if (channel == "balances")
        {
            connection.WantsBalances = true;
            if (!request.Flag("snapshot", otherwise: true)) return;
            post.Post(connection, VenueStream.Positions, _frames.BalanceSnapshot(++connection.BalanceSequence), nowNs);
            return;
        }

        connection.WantsExecutions = true;
        bool wantsOrders = request.Flag("snap_orders", otherwise: true);
        IReadOnlyList<VenueFill> fills = request.Flag("snap_trades") ? orders.Engine.Fills : [];
        ReadOnlySpan<byte> frame = _frames.ExecutionSnapshot(
            wantsOrders ? orders.Engine.Live : [], fills, Math.Max(fills.Count - FillsInSnapshot, 0),
            ++connection.ExecutionSequence);
        post.Post(connection, VenueStream.Executions, frame, nowNs);
    }

    private void Unsubscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        bool isThere = channel switch
        {
            "executions" => connection.WantsExecutions,
            "balances" => connection.WantsBalances,
            _ => false,
        };
        if (!isThere)
        {
            Refuse(connection, request, "Subscription Not Found", nowNs);
            return;
        }

        if (channel == "executions") (connection.WantsExecutions, connection.ExecutionSequence) = (false, 0);
        else (connection.WantsBalances, connection.BalanceSequence) = (false, 0);
        Acknowledge(connection, request, nowNs);
    }

    private void Add(VenueConnection connection, VenueRequest request, long nowNs)
    {
        VenueOrder? order = null;
        string? error = SpotTicketReader.Read(
            request, request.Text("symbol"), orders.Markets, out OrderTicket? ticket);
        if (error is null && request.Flag("validate"))
        {
            error = orders.Validate(ticket!);
            if (error is null) Reply(connection, _replies.Valid(request, nowNs), nowNs);
            else Refuse(connection, request, error, nowNs);
            return;
        }

        if (error is null && _faults.Strikes(VenueFault.RefuseOrder)) error = _faults.RefusalText;
        error ??= orders.Place(ticket!, nowNs, out order);
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        TellReports(nowNs);
        _path.Placed(connection, _replies.Placed(request, order!, nowNs), nowNs);
    }

    /// <summary>What cannot be read refuses the whole batch; what the account cannot carry, only its order.</summary>
    private void AddBatch(VenueConnection connection, VenueRequest request, long nowNs)
    {
        VenueRequest[] items = request.Items("orders");
        OrderTicket?[] tickets = new OrderTicket?[items.Length];
        string? error = items.Length is < 2 or > BatchMax ? "EGeneral:Invalid arguments:orders" : null;
        for (int i = 0; i < items.Length && error is null; i++)
        {
            error = SpotTicketReader.Read(items[i], request.Text("symbol"), orders.Markets, out tickets[i]);
        }

        error ??= orders.Admit(tickets[0]!.Market, tickets.Length, nowNs);
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        List<BatchItem> done = [];
        foreach (OrderTicket? ticket in tickets)
        {
            VenueOrder? order = null;
            string? refusal = request.Flag("validate")
                ? orders.Validate(ticket!)
                : orders.PlaceAdmitted(ticket!, nowNs, out order);
            done.Add(new BatchItem(order, ticket!.ClientId, refusal));
        }

        bool allWell = done.TrueForAll(item => item.Error is null);
        Reply(connection, _replies.Batch(request, done, allWell, nowNs), nowNs);
    }

    private void Change(VenueConnection connection, VenueRequest request, long nowNs)
    {
        bool isEdit = request.Method == "edit_order";
        VenueOrder? order = Find(request.Text("cl_ord_id"), request.Text("order_id"));
        if (order is null)
        {
            Refuse(connection, request, UnknownOrder, nowNs);
            return;
        }

        SpotMarket market = orders.Markets[order.Market];
        long trigger = isEdit
            ? request.Mantissa("price", market.PriceDecimals, inside: "triggers")
            : request.Mantissa("trigger_price", market.PriceDecimals);
        OrderChange change = new(
            request.Mantissa("order_qty", market.QuantityDecimals),
            request.Mantissa("limit_price", market.PriceDecimals),
            trigger);
        if (isEdit)
        {
            string? failed = orders.Edit(order, change, nowNs, out VenueOrder? placed);
            if (failed is null) Reply(connection, _replies.Edited(request, placed!, order.Id, nowNs), nowNs);
            else Refuse(connection, request, failed, nowNs);
            return;
        }

        string? error = orders.Amend(order, change, nowNs, out string amendId);
        if (error is null) Reply(connection, _replies.Amended(request, order, amendId, nowNs), nowNs);
        else Refuse(connection, request, error, nowNs);
    }

    /// <summary>One answer for each order.</summary>
    private void Cancel(VenueConnection connection, VenueRequest request, long nowNs)
    {
        List<VenueOrder?> found = [];
        found.AddRange(request.Texts("cl_ord_id").Select(id => orders.Engine.FindByClientId(id)));
        found.AddRange(request.Texts("order_id").Select(id => orders.Engine.FindById(id)));
        string[] numbers = request.Texts("order_userref");
        found.AddRange(orders.Engine.Live.Where(order => IsNumbered(order, numbers)));
        if (found.Count == 0) found.Add(null);
        foreach (VenueOrder? order in found)
        {
            string? error = orders.Cancel(order, nowNs);
            if (error is null) Reply(connection, _replies.Canceled(request, order!, nowNs), nowNs);
            else Refuse(connection, request, error, nowNs);
        }
    }

    private void CancelMany(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string[] ids = request.Texts("orders");
        string[] names = request.Texts("cl_ord_id");
        bool isAll = request.Method == "cancel_all";
        if (!isAll && ids.Length + names.Length is < 2 or > CancelsMax)
        {
            Refuse(connection, request, "EGeneral:Invalid arguments:orders", nowNs);
            return;
        }

        int count = orders.CancelAll(
            order => isAll || ids.Contains(order.Id) || names.Contains(order.Ticket.ClientId) || IsNumbered(order, ids),
            nowNs);
        Reply(connection, _replies.Count(request, count, nowNs), nowNs);
    }

    private void SetTimer(VenueConnection connection, VenueRequest request, long nowNs)
    {
        int seconds = request.Whole("timeout", otherwise: -1);
        if (seconds is < 0 or > 86_400)
        {
            Refuse(connection, request, "EGeneral:Invalid arguments:timeout", nowNs);
            return;
        }

        orders.SetTimer(seconds, nowNs);
        Reply(connection, _replies.Timer(request, nowNs, orders.TimerNs), nowNs);
    }

    private void Tell(VenueConnection connection, in ExecutionReport report, bool isPending, long nowNs)
    {
        ReadOnlySpan<byte> frame = _frames.ExecutionUpdate(report, isPending, ++connection.ExecutionSequence);
        _path.Execution(connection, frame, nowNs);
    }

    private VenueOrder? Find(string clientId, string id) =>
        clientId.Length > 0 ? orders.Engine.FindByClientId(clientId) : orders.Engine.FindById(id);

    private static bool IsNumbered(VenueOrder order, string[] numbers) => order.Ticket.UserReference != 0
        && numbers.Contains(order.Ticket.UserReference.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private void Acknowledge(VenueConnection connection, VenueRequest request, long nowNs) => Reply(
        connection,
        _subscriptions.Subscription(request, request.Text("channel"), string.Empty, depth: 0, isSpot: true, nowNs),
        nowNs);

    private void Reply(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        _path.Send(connection, frame, nowNs);
}
