// The derivatives' own REST: the half that does something. An answer says "success" whatever became of the order.
using System;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

internal sealed partial class DerivativesDesk
{
    private const int ClientIdMax = 100;

    private FrameText? Do(string name, RestForm form, long nowNs)
    {
        switch (name)
        {
            case "sendorder":
                Begin().Add("\"sendStatus\":{"u8);
                if (Missing(form) is string missing) return Error(missing, nowNs);
                Send(form, "receivedTime"u8, nowNs);
                _text.Add("}"u8);
                return End(nowNs);
            case "editorder":
                Begin().Add("\"editStatus\":{"u8);
                Edit(form, "orderId"u8, "receivedTime"u8, nowNs);
                _text.Add("}"u8);
                return End(nowNs);
            case "cancelorder":
                Begin().Add("\"cancelStatus\":{"u8);
                Cancel(form, "receivedTime"u8, nowNs);
                _text.Add("}"u8);
                return End(nowNs);
            case "cancelallorders":
                return CancelAll(form, nowNs);
            case "cancelallordersafter":
                return SetTimer(form, nowNs);
            default:
                return Batch(form, nowNs);
        }
    }

    private static string? Missing(RestForm form)
    {
        foreach (string name in new[] { "orderType", "symbol", "side", "size" })
        {
            if (form.Text(name).Length == 0) return "requiredArgumentMissing: " + name;
        }

        return null;
    }

    /// <summary>Writes what became of an order: status, id, time, events.</summary>
    private void Send(RestForm form, ReadOnlySpan<byte> timeName, long nowNs)
    {
        VenueOrder? order = null;
        string? status = Read(form, out OrderTicket? ticket);
        int before = _engine.Reports.Count;
        if (status is null && IsLate(form, nowNs)) status = "marketInactive";
        if (status is null && _options.Faults.Strikes(VenueFault.RefuseOrder))
        {
            status = StatusOf(_options.Faults.RefusalText);
        }

        status ??= StatusOf(_engine.Place(ticket!, nowNs, out order));
        if (order is not null && order.FilledLots == 0 && !order.IsLive)
        {
            status = order.Ticket.ImmediateOrCancel ? "iocWouldNotExecute" : "cancelled";
        }

        _text.Add("\"status\":\""u8).Add(status ?? "placed").Add("\",\""u8).Add(timeName).Add("\":"u8);
        _frames.AddTime(nowNs);
        if (order is not null) _text.Add(",\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        string clientId = form.Text("cliOrdId");
        if (order is not null && clientId.Length > 0) _text.Add(",\"cliOrdId\":\""u8).Add(clientId).Add("\""u8);
        _text.Add(",\"orderEvents\":["u8);
        if (order is not null) AddEvents(order, before, nowNs);
        _text.DropComma().Add("]"u8);
    }

    /// <summary>What happened to an order since the engine was asked to take it.</summary>
    private void AddEvents(VenueOrder order, int before, long nowNs)
    {
        for (int i = before; i < _engine.Reports.Count; i++)
        {
            ExecutionReport report = _engine.Reports[i];
            if (report.Order != order) continue;
            switch (report.Kind)
            {
                case ReportKind.New when order.IsStop:
                    _text.Add("{\"orderTrigger\":"u8);
                    _frames.AddEventTrigger(order);
                    _text.Add(",\"type\":\"PLACE\"},"u8);
                    break;
                case ReportKind.New:
                    _text.Add("{\"order\":"u8);
                    _frames.AddEventOrder(order, report.Lots, report.LimitPrice, nowNs);
                    _text.Add(",\"reducedQuantity\":null,\"type\":\"PLACE\"},"u8);
                    break;
                case ReportKind.Trade:
                    _frames.AddExecution(report.Fill!, nowNs);
                    _text.Add(","u8);
                    break;
                case ReportKind.Canceled:
                    AddCancel(order, nowNs);
                    break;
                default:
                    break;
            }
        }
    }

    private void AddCancel(VenueOrder order, long nowNs)
    {
        _text.Add("{\"uid\":\""u8).Add(order.Id).Add("\",\"order\":"u8);
        _frames.AddEventOrder(order, order.Lots, order.LimitPrice, nowNs);
        _text.Add(",\"type\":\"CANCEL\"},"u8);
    }

    private void Edit(RestForm form, ReadOnlySpan<byte> idName, ReadOnlySpan<byte> timeName, long nowNs)
    {
        VenueOrder? order = Find(form);
        string status = "orderForEditNotFound";
        _text.Add("\"orderEvents\":["u8);
        if (order is not null)
        {
            PerpetualMarket market = _markets[order.Market];
            long size = form.Mantissa("size", market.QuantityDecimals);
            // A size is what shall be open, unless it says that it counts what is filled.
            bool isWhole = form.Text("qtyMode").Equals("Absolute", StringComparison.OrdinalIgnoreCase);
            OrderChange change = new(
                size > 0 && !isWhole ? size + order.FilledLots : size,
                form.Mantissa("limitPrice", market.PriceDecimals),
                form.Mantissa("stopPrice", market.PriceDecimals));
            (long lots, long limit) = (order.Lots, order.LimitPrice);
            bool isRead = change.Lots >= 0 && change.LimitPrice >= 0 && change.TriggerPrice >= 0;
            string? refusal = isRead ? StatusOf(_engine.Amend(order, change, nowNs)) : "invalidPrice";
            status = refusal ?? "edited";
            if (refusal is null)
            {
                _text.Add("{\"old\":"u8);
                _frames.AddEventOrder(order, lots, limit, order.PlacedNs);
                if (_options.Habits.EditGivesNewId) order.Id = _newId();
                _text.Add(",\"new\":"u8);
                _frames.AddEventOrder(order, order.Lots, order.LimitPrice, nowNs);
                _text.Add(",\"reducedQuantity\":null,\"type\":\"EDIT\"}"u8);
            }
        }

        _text.Add("],\"status\":\""u8).Add(status).Add("\",\""u8).Add(timeName).Add("\":"u8);
        _frames.AddTime(nowNs);
        if (order is not null) _text.Add(",\""u8).Add(idName).Add("\":\""u8).Add(order.Id).Add("\""u8);
    }

    private void Cancel(RestForm form, ReadOnlySpan<byte> timeName, long nowNs)
    {
        VenueOrder? order = Find(form);
        // An order that is gone is looked for among the fills: "filled" says that the cancel came too late.
        string asked = form.Text("order_id").Length > 0 ? form.Text("order_id") : form.Text("cliOrdId");
        bool wasFilled = order is null && _engine.Fills.Any(fill =>
            (fill.Order.Id == asked || fill.Order.Ticket.ClientId == asked)
            && fill.Order.State == VenueOrderState.Filled);
        string status = order is not null ? "cancelled" : wasFilled ? "filled" : "notFound";
        if (order is not null) _ = _engine.Cancel(order, nowNs);
        _text.Add("\"status\":\""u8).Add(status).Add("\",\""u8).Add(timeName).Add("\":"u8);
        _frames.AddTime(nowNs);
        if (order is not null) _text.Add(",\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        _text.Add(",\"orderEvents\":["u8);
        if (order is not null) AddCancel(order, nowNs);
        _text.DropComma().Add("]"u8);
    }

    private FrameText CancelAll(RestForm form, long nowNs)
    {
        string symbol = form.Text("symbol");
        VenueOrder[] orders = [.. _engine.Live.Where(order =>
            symbol.Length == 0 || _markets[order.Market] == MarketOf(symbol))];
        Begin().Add("\"cancelStatus\":{\"receivedTime\":"u8);
        _frames.AddTime(nowNs).Add(",\"cancelOnly\":\""u8).Add(symbol.Length == 0 ? "all" : Printable(symbol))
            .Add("\",\"status\":\""u8).Add(orders.Length == 0 ? "noOrdersToCancel"u8 : "cancelled"u8)
            .Add("\",\"cancelledOrders\":["u8);
        foreach (VenueOrder order in orders) _text.Add("{\"order_id\":\""u8).Add(order.Id).Add("\"},"u8);
        _text.DropComma().Add("],\"orderEvents\":["u8);
        foreach (VenueOrder order in orders)
        {
            _ = _engine.Cancel(order, nowNs);
            AddCancel(order, nowNs);
        }

        _text.DropComma().Add("]}"u8);
        return End(nowNs);
    }

    private FrameText SetTimer(RestForm form, long nowNs)
    {
        bool isNumber = int.TryParse(
            form.Text("timeout"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds);
        if (!isNumber) return Error("invalidArgument: timeout", nowNs);
        _timer.Set(seconds, nowNs);
        Begin().Add("\"status\":{\"currentTime\":"u8);
        _frames.AddTime(nowNs).Add(",\"triggerTime\":"u8);
        if (_timer.StrikesNs == 0) _text.Add("\"0\""u8);
        else _frames.AddTime(_timer.StrikesNs);
        _text.Add("}"u8);
        return End(nowNs);
    }

    /// <summary>One after the other, and not all or nothing.</summary>
    private FrameText Batch(RestForm form, long nowNs)
    {
        if (BatchOf(form) is not { Length: > 0 } items) return Error("invalidArgument: json", nowNs);
        Begin().Add("\"batchStatus\":["u8);
        foreach (RestForm item in items)
        {
            _text.Add("{"u8);
            if (item.Text("order_tag").Length > 0)
            {
                _text.Add("\"order_tag\":\""u8).Add(Printable(item.Text("order_tag"))).Add("\","u8);
            }

            switch (item.Text("order"))
            {
                case "send" when Missing(item) is null:
                    Send(item, "dateTimeReceived"u8, nowNs);
                    break;
                case "edit":
                    Edit(item, "order_id"u8, "dateTimeReceived"u8, nowNs);
                    break;
                case "cancel":
                    Cancel(item, "dateTimeReceived"u8, nowNs);
                    break;
                default:
                    _text.Add("\"status\":\"requiredArgumentMissing\",\"orderEvents\":[]"u8);
                    break;
            }

            _text.Add("},"u8);
        }

        _text.DropComma().Add("]"u8);
        return End(nowNs);
    }

    private static RestForm[]? BatchOf(RestForm form) =>
        RestForm.Read(Encoding.UTF8.GetBytes(form.Text("json")))?.Items("batchOrder");

    private VenueOrder? Find(RestForm form)
    {
        string id = form.Text("order_id").Length > 0 ? form.Text("order_id") : form.Text("orderId");
        return id.Length > 0 ? _engine.FindById(id) : _engine.FindByClientId(form.Text("cliOrdId"));
    }

    /// <summary>Null when the ticket is complete, else the status the venue gives.</summary>
    private string? Read(RestForm form, out OrderTicket? ticket)
    {
        ticket = null;
        int index = Array.IndexOf(_markets, MarketOf(form.Text("symbol")));
        if (index < 0) return "marketInactive";
        PerpetualMarket market = _markets[index];
        bool hasLimit = form.Text("limitPrice").Length > 0;
        VenueOrderType? type = form.Text("orderType") switch
        {
            "lmt" or "post" or "ioc" => VenueOrderType.Limit,
            "mkt" => VenueOrderType.Market,
            "stp" => hasLimit ? VenueOrderType.StopLossLimit : VenueOrderType.StopLoss,
            "trailing_stop" => VenueOrderType.TrailingStop,
            "take_profit" => hasLimit ? VenueOrderType.TakeProfitLimit : VenueOrderType.TakeProfit,
            _ => null,
        };
        string signal = form.Text("triggerSignal").Replace("_price", "", StringComparison.OrdinalIgnoreCase);
        string clientId = form.Text("cliOrdId");
        if (type is null || form.Text("side") is not ("buy" or "sell")) return "invalidOrderType";
        if (clientId.Length > ClientIdMax) return "clientOrderIdTooBig";
        if (!clientId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return "clientOrderIdInvalid";
        OrderTicket read = new()
        {
            Market = index,
            IsBuy = form.Text("side") == "buy",
            Type = type.Value,
            Lots = form.Mantissa("size", market.QuantityDecimals),
            ClientId = clientId,
            TriggerByIndex = signal is "index" or "spot",
            TriggerByMark = signal == "mark" || (signal.Length == 0 && _options.Habits.TriggersByMark),
            ReduceOnly = form.Text("reduceOnly") == "true",
            PostOnly = form.Text("orderType") == "post",
            ImmediateOrCancel = form.Text("orderType") == "ioc",
        };
        ticket = read with
        {
            LimitPrice = read.HasLimit ? form.Mantissa("limitPrice", market.PriceDecimals) : 0,
            TriggerPrice = read.IsTriggered ? form.Mantissa("stopPrice", market.PriceDecimals) : 0,
        };
        if (type == VenueOrderType.TrailingStop)
        {
            bool isShare = form.Text("trailingStopDeviationUnit") == "PERCENT";
            long distance = form.Mantissa("trailingStopMaxDeviation", isShare ? 4 : market.PriceDecimals);
            ticket = ticket with
            {
                TriggerPrice = 0,
                TrailTicks = isShare ? 0 : distance,
                TrailPpm = isShare ? distance : 0,
            };
            if (distance <= 0) return "requiredArgumentMissing";
        }

        if (ticket.Lots <= 0) return "invalidSize";
        return ticket.LimitPrice < 0 || ticket.TriggerPrice < 0 ? "invalidPrice" : null;
    }

    /// <summary>The engine's refusals in this interface's words; null stays null.</summary>
    private static string? StatusOf(string? refusal) => refusal switch
    {
        null => null,
        "EOrder:Insufficient margin" => "insufficientAvailableFunds",
        "EOrder:Post only order" => "postWouldExecute",
        "EOrder:Reduce only:No position exists" => "wouldNotReducePosition",
        "EGeneral:Invalid arguments:cl_ord_id" => "clientOrderIdAlreadyExist",
        "EOrder:Tick size check failed" or "EOrder:Invalid price" => "invalidPrice",
        OrderRules.NoMatching or "EService:Unavailable" => "marketSuspended",
        "EOrder:Unknown order" => "notFound",
        _ => "invalidSize",
    };

    private static bool IsLate(RestForm form, long nowNs) =>
        DateTimeOffset.TryParse(
            form.Text("processBefore"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time)
        && (time - DateTimeOffset.UnixEpoch).Ticks * 100 < nowNs;

    private static string Printable(string text) =>
        text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? text : "?";
}
