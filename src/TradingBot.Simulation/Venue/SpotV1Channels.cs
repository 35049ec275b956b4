// In:     messages of the first WebSocket's sockets; what markets and the spot account do.
// Out:    its events and arrays, with checksums right after every message.
// Thread: the one that drives virtual time.
// Keeps:  prices and quantities are texts with all their digits; one message a change of a book.
// Budget: none; nobody of ours listens here.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// Kraken's first WebSocket, kept there for clients that exist: books, trades, open orders, own trades, orders.
/// </summary>
/// <remarks>https://docs.kraken.com/api/docs/websocket-v1; frozen since 2024.</remarks>
internal sealed class SpotV1Channels(
    SpotOrders orders, SpotLedger ledger, List<VenueConnection> connections, Postbox post, VenueTokens tokens,
    FaultPlan faults)
{
    private const int TimeDecimals = 6;

    private static readonly int[] Depths = [10, 25, 100, 500, 1_000];

    private readonly FrameText _text = new();
    private readonly SpotRestFrames _descriptions = new(orders.Markets, ledger, new FrameText());

    public void Handle(VenueConnection connection, VenueRequest request, long nowNs)
    {
        switch (request.Method)
        {
            case "ping":
                Say(connection, End(Event("pong"), request), nowNs);
                break;
            case "subscribe" or "unsubscribe" when connection.IsPrivate:
                SubscribePrivate(connection, request, nowNs);
                break;
            case "subscribe" or "unsubscribe":
                foreach (string name in request.Texts("pair")) Subscribe(connection, request, name, nowNs);
                break;
            case "addOrder" or "cancelOrder" or "cancelAll" or "editOrder" when connection.IsPrivate:
                Order(connection, request, nowNs);
                break;
            default:
                Say(connection, End(Event("error").Add(",\"errorMessage\":\"Event(s) not found\""u8), request), nowNs);
                break;
        }
    }

    /// <summary>The background trades of a market's last step.</summary>
    public void TellTrades(SyntheticMarket market, long nowNs)
    {
        for (int i = 0; i < market.TradeCount; i++) TellTrade(market, market.TradeAt(i, nowNs / 1_000), nowNs);
    }

    public void TellTrade(SyntheticMarket market, SyntheticTrade trade, long nowNs)
    {
        foreach (VenueConnection connection in connections)
        {
            if (!connection.IsFirst || !connection.Trades.Contains(market)) continue;
            FrameText text = _text.Clear().Add("[1,[[\""u8).Add(trade.Price, market.Instrument.PriceDecimals)
                .Add("\",\""u8).Add(trade.Lots, market.Instrument.QuantityDecimals)
                .Add("\",\""u8).Add(trade.TimeUs, TimeDecimals).Add(trade.TakerBuys ? "\",\"b\",\""u8 : "\",\"s\",\""u8)
                .Add(trade.IsMarketOrder ? "m"u8 : "l"u8).Add("\",\"\"]],\"trade\",\""u8).Add(NameOf(market))
                .Add("\"]"u8);
            Say(connection, text, nowNs);
        }
    }

    /// <summary>What changed in every subscriber's book.</summary>
    public void TellBook(SyntheticMarket market, long nowNs)
    {
        foreach (VenueConnection connection in connections)
        {
            foreach (SpotV1Book book in connection.FirstBooks)
            {
                if (book.Market != market) continue;
                foreach (SpotV1Change change in book.Catch()) TellChange(connection, book, change);
            }
        }

        void TellChange(VenueConnection connection, SpotV1Book book, SpotV1Change change)
        {
            // Clients take the later of two stamps of a level: no two of ours are the same.
            connection.FirstStampUs = Math.Max(nowNs / 1_000, connection.FirstStampUs + 1);
            FrameText text = _text.Clear().Add("[0,{\""u8).Add(change.IsAsk ? "a"u8 : "b"u8).Add("\":["u8);
            if (change.Deleted != 0) AddLevel(book, change.Deleted, 0, isRefill: false, connection.FirstStampUs);
            if (change.Price != 0)
            {
                AddLevel(book, change.Price, change.Lots, change.IsRefill, connection.FirstStampUs);
            }

            text.DropComma().Add("],\"c\":\""u8).Add(change.Checksum).Add("\"},\"book-"u8).Add(book.Depth)
                .Add("\",\""u8).Add(NameOf(book.Market)).Add("\"]"u8);
            if (!faults.Strikes(VenueFault.WrongDigit)) Say(connection, text, nowNs);
            else post.Post(connection, VenueStream.Public, SpoiltFrame.Of(text.Bytes, "\",\""u8), nowNs);
        }
    }

    /// <summary>A report of the spot account.</summary>
    public void Tell(in ExecutionReport report, long nowNs)
    {
        foreach (VenueConnection connection in connections)
        {
            if (!connection.IsFirst) continue;
            if (connection.WantsExecutions) TellOrder(connection, report, nowNs);
            if (connection.WantsPositions && report.Fill is VenueFill fill) TellOwnTrade(connection, fill, nowNs);
        }
    }

    private void Subscribe(VenueConnection connection, VenueRequest request, string name, long nowNs)
    {
        string channel = request.TextInside("subscription", "name");
        int depth = channel == "book" ? request.WholeInside("subscription", "depth", otherwise: 10) : 0;
        SpotMarket? market = Array.Find(orders.Markets, candidate => candidate.OldName == name);
        string? error = market is null ? "Currency pair not supported " + Printable(name)
            : channel is not ("book" or "trade") ? "Subscription name invalid"
            : channel == "book" && !Depths.Contains(depth) ? "Subscription depth not supported" : null;
        bool begins = request.Method == "subscribe";
        if (error is null && begins && channel == "book")
        {
            connection.FirstBooks.RemoveAll(book => book.Market == market!.Background);
        }

        FrameText text = Event("subscriptionStatus").Add(",\"channelID\":"u8).Add(channel == "book" ? 0 : 1)
            .Add(",\"channelName\":\""u8).Add(Printable(channel));
        if (depth > 0) text.Add("-"u8).Add(depth);
        text.Add("\",\"pair\":\""u8).Add(Printable(name)).Add("\",\"subscription\":{"u8);
        if (depth > 0) text.Add("\"depth\":"u8).Add(depth).Add(","u8);
        text.Add("\"name\":\""u8).Add(Printable(channel)).Add("\"},\"status\":\""u8);
        text.Add(error is not null ? "error"u8 : begins ? "subscribed"u8 : "unsubscribed"u8).Add("\""u8);
        if (error is not null) text.Add(",\"errorMessage\":\""u8).Add(error).Add("\""u8);
        Say(connection, End(text, request), nowNs);
        if (error is not null) return;
        connection.IsSubscribed = true;
        if (!begins) Leave(connection, market!.Background, channel);
        else if (channel == "trade") connection.Trades.Add(market!.Background);
        else Show(connection, new SpotV1Book(market!.Background, depth), nowNs);
    }

    private static void Leave(VenueConnection connection, SyntheticMarket market, string channel)
    {
        if (channel == "trade") connection.Trades.Remove(market);
        else connection.FirstBooks.RemoveAll(book => book.Market == market);
    }

    private void Show(VenueConnection connection, SpotV1Book book, long nowNs)
    {
        connection.FirstBooks.Add(book);
        FrameText text = _text.Clear().Add("[0,{\"as\":["u8);
        foreach ((long price, long lots) in book.Asks) AddLevel(book, price, lots, isRefill: false, nowNs / 1_000);
        text.DropComma().Add("],\"bs\":["u8);
        foreach ((long price, long lots) in book.Bids) AddLevel(book, price, lots, isRefill: false, nowNs / 1_000);
        text.DropComma().Add("]},\"book-"u8).Add(book.Depth).Add("\",\""u8).Add(NameOf(book.Market)).Add("\"]"u8);
        connection.FirstStampUs = Math.Max(connection.FirstStampUs, nowNs / 1_000);
        Say(connection, text, nowNs);
    }

    private void AddLevel(SpotV1Book book, long price, long lots, bool isRefill, long timeUs) => _text
        .Add("[\""u8).Add(price, book.Market.Instrument.PriceDecimals)
        .Add("\",\""u8).Add(lots, book.Market.Instrument.QuantityDecimals)
        .Add("\",\""u8).Add(timeUs, TimeDecimals).Add(isRefill ? "\",\"r\"],"u8 : "\"],"u8);

    private void SubscribePrivate(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.TextInside("subscription", "name");
        string? error = tokens.Error(request.TextInside("subscription", "token"), connection, nowNs)
            ?? (channel is "openOrders" or "ownTrades" ? null : "Subscription name invalid");
        bool begins = request.Method == "subscribe";
        FrameText text = Event("subscriptionStatus").Add(",\"channelName\":\""u8).Add(Printable(channel))
            .Add("\",\"subscription\":{\"name\":\""u8).Add(Printable(channel)).Add("\"},\"status\":\""u8)
            .Add(error is not null ? "error"u8 : begins ? "subscribed"u8 : "unsubscribed"u8).Add("\""u8);
        if (error is not null) text.Add(",\"errorMessage\":\""u8).Add(error).Add("\""u8);
        Say(connection, End(text, request), nowNs);
        if (error is not null) return;
        connection.IsSubscribed = true;
        connection.Token = request.TextInside("subscription", "token");
        if (channel == "ownTrades") connection.WantsPositions = begins;
        else connection.WantsExecutions = begins;
    }

    private void Order(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string status = request.Method + "Status";
        if (tokens.Error(request.Text("token"), connection, nowNs) is string closed)
        {
            Refuse(connection, request, status, closed, nowNs);
            return;
        }

        switch (request.Method)
        {
            case "addOrder":
                RestForm form = request.ToForm();
                VenueOrder? order = null;
                string? error = SpotTicketReader.Read(form, form.Text("pair"), orders.Markets, out OrderTicket? ticket)
                    ?? orders.Place(ticket!, nowNs, out order);
                if (error is not null) Refuse(connection, request, status, error, nowNs);
                else Accept(connection, request, order!, nowNs);
                break;
            case "cancelOrder":
                foreach (string id in request.Texts("txid"))
                {
                    string? failed = orders.Cancel(orders.Engine.FindById(id), nowNs);
                    if (failed is not null) Refuse(connection, request, status, failed, nowNs);
                    else Say(connection, End(Event(status).Add(",\"status\":\"ok\""u8), request), nowNs);
                }

                break;
            case "cancelAll":
                int count = orders.CancelAll(static _ => true, nowNs);
                Say(connection, End(Event(status).Add(",\"count\":"u8).Add(count).Add(",\"status\":\"ok\""u8), request),
                    nowNs);
                break;
            default:
                Refuse(connection, request, status, "EGeneral:Feature disabled", nowNs);
                break;
        }
    }

    private void Accept(VenueConnection connection, VenueRequest request, VenueOrder order, long nowNs)
    {
        FrameText text = Event("addOrderStatus").Add(",\"descr\":\""u8)
            .Add(_descriptions.Describe(order.Ticket)).Add("\",\"status\":\"ok\",\"txid\":\""u8).Add(order.Id)
            .Add("\""u8);
        Say(connection, End(text, request), nowNs);
    }

    private void Refuse(VenueConnection connection, VenueRequest request, string status, string error, long nowNs) =>
        Say(
            connection,
            End(Event(status).Add(",\"errorMessage\":\""u8).Add(error).Add("\",\"status\":\"error\""u8), request),
            nowNs);

    private void TellOrder(VenueConnection connection, in ExecutionReport report, long nowNs)
    {
        VenueOrder order = report.Order;
        SpotMarket market = orders.Markets[order.Market];
        FrameText text = _text.Clear().Add("[[{\""u8).Add(order.Id).Add("\":{\"status\":\""u8)
            .Add(StatusOf(report.Kind)).Add("\",\"userref\":"u8).Add(order.Ticket.UserReference)
            .Add(",\"vol_exec\":\""u8).Add(report.FilledLots, market.QuantityDecimals)
            .Add("\",\"lastupdated\":\""u8).Add(report.TimeNs / 1_000, TimeDecimals).Add("\""u8);
        if (report.Kind is ReportKind.New or ReportKind.Amended)
        {
            text.Add(",\"vol\":\""u8).Add(report.Lots, market.QuantityDecimals)
                .Add("\",\"opentm\":\""u8).Add(order.PlacedNs / 1_000, TimeDecimals)
                .Add("\",\"descr\":{\"pair\":\""u8).Add(market.OldName)
                .Add("\",\"type\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
                .Add("\",\"ordertype\":\""u8).Add(SpotWords.NameOf(order.Ticket.Type))
                .Add("\",\"price\":\""u8).Add(report.LimitPrice, market.PriceDecimals)
                .Add("\",\"order\":\""u8).Add(_descriptions.Describe(order.Ticket)).Add("\"}"u8);
        }

        if (report.Reason.Length > 0)
        {
            text.Add(",\"cancel_reason\":\""u8).Add(SpotWords.ReasonOf(report.Reason)).Add("\""u8);
        }

        text.Add("}}],\"openOrders\",{\"sequence\":"u8).Add(++connection.ExecutionSequence).Add("}]"u8);
        Say(connection, text, nowNs);
    }

    private void TellOwnTrade(VenueConnection connection, VenueFill fill, long nowNs)
    {
        SpotMarket market = orders.Markets[fill.Order.Market];
        int feeDecimals = fill.FeeInBase ? SpotLedger.BaseDecimals : SpotLedger.QuoteDecimals;
        FrameText text = _text.Clear().Add("[[{\""u8).Add(ledger.TradeIdOf(fill)).Add("\":{\"ordertxid\":\""u8)
            .Add(fill.Order.Id).Add("\",\"postxid\":\"\",\"pair\":\""u8).Add(market.OldName)
            .Add("\",\"time\":\""u8).Add(fill.TimeNs / 1_000, TimeDecimals)
            .Add("\",\"type\":\""u8).Add(fill.Order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"ordertype\":\""u8).Add(SpotWords.NameOf(fill.Order.Ticket.Type))
            .Add("\",\"price\":\""u8).Add(fill.Price, market.PriceDecimals)
            .Add("\",\"fee\":\""u8).Add(fill.Fee, feeDecimals)
            .Add("\",\"vol\":\""u8).Add(fill.Lots, market.QuantityDecimals)
            .Add("\",\"margin\":\"0.00000\"}}],\"ownTrades\",{\"sequence\":"u8).Add(++connection.BalanceSequence)
            .Add("}]"u8);
        Say(connection, text, nowNs);
    }

    private FrameText Event(string name) => _text.Clear().Add("{\"event\":\""u8).Add(name).Add("\""u8);

    private static FrameText End(FrameText text, VenueRequest request)
    {
        if (request.RequestId is long id) text.Add(",\"reqid\":"u8).Add(id);
        return text.Add("}"u8);
    }

    private void Say(VenueConnection connection, FrameText text, long nowNs) => post.Post(
        connection, connection.IsPrivate ? VenueStream.Replies : VenueStream.Public, text.Bytes, nowNs);

    private string NameOf(SyntheticMarket market) =>
        Array.Find(orders.Markets, candidate => candidate.Background == market)!.OldName;

    private static string StatusOf(ReportKind kind) => kind switch
    {
        ReportKind.Filled => "closed",
        ReportKind.Canceled => "canceled",
        _ => "open",
    };

    /// <summary>Echoes only what needs no escapes.</summary>
    private static string Printable(string text) =>
        text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_') ? text : "?";
}
