// The private calls of spot that do something: orders are placed, changed and cancelled.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

internal sealed partial class SpotDesk
{
    private const int BatchMax = 15;
    private const int CancelsMax = 50;

    private FrameText? Do(string name, RestForm form, long nowNs) => name switch
    {
        "AddOrder" => AddOrder(form, nowNs),
        "AddOrderBatch" => AddBatch(form, nowNs),
        "AmendOrder" => Amend(form, nowNs),
        "EditOrder" => Edit(form, nowNs),
        "CancelOrder" => Cancel(form, nowNs),
        "CancelOrderBatch" => CancelBatch(form, nowNs),
        "CancelAll" => Count(_orders.CancelAll(static _ => true, nowNs)),
        "CancelAllOrdersAfter" => SetTimer(form, nowNs),
        _ => null,
    };

    private FrameText AddOrder(RestForm form, long nowNs)
    {
        VenueOrder? order = null;
        string? error = SpotTicketReader.Read(form, form.Text("pair"), _orders.Markets, out OrderTicket? ticket);
        bool isTrial = form.Text("validate") == "true";
        error ??= IsLate(form, nowNs) ? "EService:Deadline elapsed"
            : isTrial ? _orders.Validate(ticket!)
            : _options.Faults.Strikes(VenueFault.RefuseOrder) ? _options.Faults.RefusalText
            : _orders.Place(ticket!, nowNs, out order);
        if (error is not null) return Error(error);
        Begin().Add("\"descr\":{\"order\":\""u8);
        _frames.AddDescription(ticket!, ticket!.Lots, ticket.LimitPrice, ticket.TriggerPrice);
        _text.Add("\"}"u8);
        if (order is not null) _text.Add(",\"txid\":[\""u8).Add(order.Id).Add("\"]"u8);
        return _text.Add("}}"u8);
    }

    /// <summary>What cannot be read refuses the whole batch; what the account cannot carry, only its order.</summary>
    private FrameText AddBatch(RestForm form, long nowNs)
    {
        RestForm[] items = form.Items("orders");
        if (items.Length is < 2 or > BatchMax) return Error(WrongArguments + ":orders");
        List<OrderTicket> tickets = [];
        foreach (RestForm item in items)
        {
            string? fault = SpotTicketReader.Read(item, form.Text("pair"), _orders.Markets, out OrderTicket? ticket);
            if (fault is not null) return Error(fault);
            tickets.Add(ticket!);
        }

        if (_orders.Admit(tickets[0].Market, tickets.Count, nowNs) is string exceeded) return Error(exceeded);
        List<(VenueOrder? Order, string? Error)> done = [];
        foreach (OrderTicket ticket in tickets)
        {
            VenueOrder? order = null;
            string? refusal = form.Text("validate") == "true"
                ? _orders.Validate(ticket)
                : _orders.PlaceAdmitted(ticket, nowNs, out order);
            done.Add((order, refusal));
        }

        Begin().Add("\"orders\":["u8);
        for (int i = 0; i < done.Count; i++)
        {
            if (done[i].Error is string error)
            {
                _text.Add("{\"error\":\""u8).Add(error).Add("\"},"u8);
                continue;
            }

            _text.Add("{\"descr\":{\"order\":\""u8);
            _frames.AddDescription(tickets[i], tickets[i].Lots, tickets[i].LimitPrice, tickets[i].TriggerPrice);
            _text.Add("\"}"u8);
            if (done[i].Order is VenueOrder order) _text.Add(",\"txid\":\""u8).Add(order.Id).Add("\""u8);
            _text.Add("},"u8);
        }

        return _text.DropComma().Add("]}}"u8);
    }

    private FrameText Amend(RestForm form, long nowNs)
    {
        string clientId = form.Text("cl_ord_id");
        VenueOrder? order = clientId.Length > 0
            ? _orders.Engine.FindByClientId(clientId)
            : _orders.Engine.FindById(form.Text("txid"));
        if (order is null) return Error(UnknownOrder);
        if (IsLate(form, nowNs)) return Error("EService:Deadline elapsed");
        SpotMarket market = _orders.Markets[order.Market];
        OrderChange change = new(
            form.Mantissa("order_qty", market.QuantityDecimals),
            form.Mantissa("limit_price", market.PriceDecimals),
            form.Mantissa("trigger_price", market.PriceDecimals));
        return _orders.Amend(order, change, nowNs, out string amendId) is string error
            ? Error(error)
            : Begin().Add("\"amend_id\":\""u8).Add(amendId).Add("\"}}"u8);
    }

    private FrameText Edit(RestForm form, long nowNs)
    {
        VenueOrder? order = _orders.Engine.FindById(form.Text("txid"));
        if (order is null) return Error(UnknownOrder);
        SpotMarket market = _orders.Markets[order.Market];
        long price = form.Mantissa("price", market.PriceDecimals);
        long second = form.Mantissa("price2", market.PriceDecimals);
        OrderChange change = new(
            form.Mantissa("volume", market.QuantityDecimals),
            order.IsStop ? second : price,
            order.IsStop ? price : 0);
        if (_orders.Edit(order, change, nowNs, out VenueOrder? placed) is string error) return Error(error);
        Begin().Add("\"status\":\"ok\",\"txid\":\""u8).Add(placed!.Id).Add("\",\"originaltxid\":\""u8).Add(order.Id)
            .Add("\",\"volume\":\""u8).Add(placed.Ticket.Lots, market.QuantityDecimals)
            .Add("\",\"price\":\""u8)
            .Add(order.IsStop ? placed.TriggerPrice : placed.LimitPrice, market.PriceDecimals)
            .Add("\",\"orders_cancelled\":1,\"descr\":{\"order\":\""u8);
        _frames.AddDescription(
            placed.Ticket, placed.Ticket.Lots, placed.Ticket.LimitPrice, placed.Ticket.TriggerPrice);
        return _text.Add("\"}}}"u8);
    }

    /// <summary>By id, by the client's id, or all of one number of the client's.</summary>
    private FrameText Cancel(RestForm form, long nowNs)
    {
        string clientId = form.Text("cl_ord_id");
        string id = form.Text("txid");
        int count = _orders.CancelAll(order => IsMeant(order, id, clientId), nowNs);
        return count == 0 ? Error(UnknownOrder) : Count(count);
    }

    private FrameText CancelBatch(RestForm form, long nowNs)
    {
        string[] ids = [.. form.Texts("orders"), .. form.Items("orders").Select(item => item.Text("txid"))];
        string[] names = form.Texts("cl_ord_ids");
        if (ids.Length + names.Length is 0 or > CancelsMax) return Error(WrongArguments + ":orders");
        return Count(_orders.CancelAll(
            order => ids.Any(id => IsMeant(order, id, string.Empty))
                || names.Any(name => IsMeant(order, string.Empty, name)),
            nowNs));
    }

    private FrameText SetTimer(RestForm form, long nowNs)
    {
        bool isNumber = int.TryParse(
            form.Text("timeout"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds);
        if (!isNumber || seconds > 86_400) return Error(WrongArguments + ":timeout");
        _orders.SetTimer(seconds, nowNs);
        return Begin().Add("\"currentTime\":"u8).AddSeconds(nowNs).Add(",\"triggerTime\":"u8)
            .AddSeconds(_orders.TimerNs).Add("}}"u8);
    }

    private FrameText Count(int count) => Begin().Add("\"count\":"u8).Add(count).Add("}}"u8);

    private static bool IsMeant(VenueOrder order, string id, string clientId) =>
        (id.Length > 0 && (order.Id == id || (order.Ticket.UserReference != 0
            && id == order.Ticket.UserReference.ToString(CultureInfo.InvariantCulture))))
        || (clientId.Length > 0 && clientId == order.Ticket.ClientId);

    private static bool IsLate(RestForm form, long nowNs) =>
        DateTimeOffset.TryParse(
            form.Text("deadline"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time)
        && (time - DateTimeOffset.UnixEpoch).Ticks * 100 < nowNs;
}
