// Of the Unified private socket: what is asked of many orders at once.
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

internal sealed partial class PrivateChannels
{
    private const int BatchMax = 15;
    private const int CancelsMax = 50;

    /// <summary>Two to fifteen orders of one symbol: what cannot be read refuses all, what the account cannot carry
    /// only its order.</summary>
    private void AddBatch(VenueConnection connection, VenueRequest request, long nowNs)
    {
        VenueRequest[] items = request.Items("orders");
        OrderTicket?[] tickets = new OrderTicket?[items.Length];
        string? error = Check(connection, request, nowNs);
        if (error is null && request.TimeNs("deadline") < nowNs) error = "EService:Deadline elapsed";
        if (error is null && items.Length is < 2 or > BatchMax) error = "EGeneral:Invalid arguments:orders";
        for (int i = 0; i < items.Length && error is null; i++)
        {
            error = OrderTicketReader.Read(items[i], _markets, out tickets[i], request.Text("symbol"));
        }

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
                ? _engine.Refusal(ticket!)
                : _engine.Place(ticket!, nowNs, out order);
            done.Add(new BatchItem(order, ticket!.ClientId, refusal));
        }

        bool allWell = done.TrueForAll(item => item.Error is null);
        TellReports(nowNs);
        _path.Placed(connection, _batches.Batch(request, done, allWell, nowNs), nowNs);
    }

    /// <summary>All orders, untriggered stops included, or two to fifty by their ids.</summary>
    private void CancelMany(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string[] ids = request.Texts("orders");
        string[] names = request.Texts("cl_ord_id");
        bool isAll = request.Method == "cancel_all";
        string? error = Check(connection, request, nowNs) ?? _modes?.ServiceRefusal;
        bool isMany = isAll || ids.Length + names.Length is >= 2 and <= CancelsMax;
        if (error is null && !isMany) error = "EGeneral:Invalid arguments:orders";
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        int count = 0;
        foreach (VenueOrder order in _engine.Live.ToArray())
        {
            bool isMeant = isAll || ids.Contains(order.Id) || names.Contains(order.Ticket.ClientId);
            if (isMeant && _engine.Cancel(order, nowNs) is null) count++;
        }

        Reply(connection, _batches.Count(request, count, nowNs), nowNs);
        TellReports(nowNs);
    }

    /// <summary>The dead man's timer strikes when it is time.</summary>
    public void StrikeTimer(long nowNs) => _timer.Strike(nowNs);

    private void SetTimer(VenueConnection connection, VenueRequest request, long nowNs)
    {
        int seconds = request.Whole("timeout", otherwise: -1);
        string? error = Check(connection, request, nowNs);
        if (error is null && seconds is < 0 or > 86_400) error = "EGeneral:Invalid arguments:timeout";
        if (error is not null)
        {
            Refuse(connection, request, error, nowNs);
            return;
        }

        _timer.Set(seconds, nowNs);
        Reply(connection, _batches.Timer(request, nowNs, _timer.StrikesNs), nowNs);
    }
}
