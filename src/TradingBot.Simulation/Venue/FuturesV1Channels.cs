// In:     messages of the derivatives' first WebSocket; what the perpetuals' markets and the account do.
// Out:    its feeds: books in deltas of one level with sequence numbers, trades, tickers, and the account's.
// Thread: the one that drives virtual time.
// Keeps:  a product's book numbers go up by one without a gap; private feeds need the signed challenge of the socket.
// Budget: none; a book is compared only while somebody listens.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The derivatives' first WebSocket, which Kraken ends on 2027-03-01.</summary>
internal sealed class FuturesV1Channels(
    VenueOptions options, PerpetualMarket[] markets, MatchingEngine engine, PositionLedger ledger,
    List<VenueConnection> connections, Postbox post)
{
    private const long MilliNs = 1_000_000;
    private const long TickerNs = 1_000_000_000;
    private const int FillsMax = 100;
    private const string NotAuthenticated = "Failed to subscribe to authenticated feed";

    private static readonly string[] PublicFeeds = ["book", "trade", "ticker"];
    private static readonly string[] PrivateFeeds = ["open_orders", "fills", "open_positions"];

    private readonly byte[] _secret = Convert.FromBase64String(options.DerivativesSecret);
    private readonly SplitMix64 _random = new(options.Seed ^ 0xF07E_0000_0000_0013);
    private readonly FrameText _text = new();
    private readonly FuturesV1Book[] _books = [.. markets.Select(market => new FuturesV1Book(market.Perpetual))];
    private readonly long[] _tradeSequence = new long[markets.Length];
    private readonly long[] _tickerNs = new long[markets.Length];

    public void Greet(VenueConnection connection, long nowNs) =>
        Say(connection, _text.Clear().Add("{\"event\":\"info\",\"version\":1}"u8), nowNs);

    public void Beat(VenueConnection connection, long nowNs) => Say(
        connection, _text.Clear().Add("{\"feed\":\"heartbeat\",\"time\":"u8).Add(nowNs / MilliNs).Add("}"u8), nowNs);

    public void Handle(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string feed = request.Text("feed");
        bool begins = request.Method == "subscribe";
        if (request.Method == "challenge")
        {
            Challenge(connection, request, nowNs);
        }
        else if (request.Method is not ("subscribe" or "unsubscribe"))
        {
            Complain(connection, "error", "Json Error", nowNs);
        }
        else if (feed == "heartbeat")
        {
            connection.IsSubscribed = begins;
            Acknowledge(connection, request, feed, null, nowNs);
        }
        else if (PrivateFeeds.Contains(feed))
        {
            if (begins && !IsSigned(connection, request)) Complain(connection, "alert", NotAuthenticated, nowNs);
            else Follow(connection, request, feed, begins, nowNs);
        }
        else if (!PublicFeeds.Contains(feed))
        {
            Complain(connection, "error", "Invalid feed", nowNs);
        }
        else
        {
            foreach (string product in request.Texts("product_ids")) Follow(connection, request, product, nowNs);
        }
    }

    /// <summary>The background trades of a perpetual's last step.</summary>
    public void TellTrades(int market, long nowNs)
    {
        SyntheticMarket perpetual = markets[market].Perpetual;
        for (int i = 0; i < perpetual.TradeCount; i++) TellTrade(market, perpetual.TradeAt(i, nowNs / 1_000), nowNs);
    }

    public void TellTrade(int market, SyntheticTrade trade, long nowNs)
    {
        _tradeSequence[market]++;
        foreach (VenueConnection connection in connections)
        {
            if (!connection.Feeds.Contains(("trade", market))) continue;
            FrameText text = _text.Clear().Add("{\"feed\":\"trade\",\"product_id\":\""u8).Add(markets[market].Symbol)
                .Add("\",\"uid\":\""u8).Add(VenueIds.OfNumber(trade.Id))
                .Add(trade.TakerBuys ? "\",\"side\":\"buy\""u8 : "\",\"side\":\"sell\""u8)
                .Add(",\"type\":\"fill\",\"seq\":"u8).Add(_tradeSequence[market])
                .Add(",\"time\":"u8).Add(trade.TimeUs / 1_000)
                .Add(",\"qty\":"u8).Add(trade.Lots, markets[market].QuantityDecimals)
                .Add(",\"price\":"u8).Add(trade.Price, markets[market].PriceDecimals).Add("}"u8);
            Say(connection, text, nowNs);
        }
    }

    /// <summary>What changed in a product's book, a level at a time; and its ticker, once a second at most.</summary>
    public void TellBook(int market, long nowNs)
    {
        if (!connections.Exists(connection => connection.Endpoint == VenueEndpoint.FuturesV1)) return;
        bool isHeard = connections.Exists(connection => connection.Feeds.Contains(("book", market)));
        foreach ((bool isBid, long price, long lots) in _books[market].Catch(isHeard))
        {
            foreach (VenueConnection connection in connections)
            {
                if (!connection.Feeds.Contains(("book", market))) continue;
                FrameText text = _text.Clear().Add("{\"feed\":\"book\",\"product_id\":\""u8).Add(markets[market].Symbol)
                    .Add(isBid ? "\",\"side\":\"buy\",\"seq\":"u8 : "\",\"side\":\"sell\",\"seq\":"u8)
                    .Add(_books[market].Sequence).Add(",\"price\":"u8).Add(price, markets[market].PriceDecimals)
                    .Add(",\"qty\":"u8).Add(lots, markets[market].QuantityDecimals)
                    .Add(",\"timestamp\":"u8).Add(nowNs / MilliNs).Add("}"u8);
                Say(connection, text, nowNs);
            }
        }

        if (nowNs - _tickerNs[market] < TickerNs) return;
        _tickerNs[market] = nowNs;
        foreach (VenueConnection connection in connections)
        {
            if (connection.Feeds.Contains(("ticker", market))) TellTicker(connection, market, nowNs);
        }
    }

    /// <summary>A report of the account.</summary>
    public void Tell(in ExecutionReport report, long nowNs)
    {
        foreach (VenueConnection connection in connections)
        {
            if (connection.Feeds.Contains(("open_orders", -1))) TellOrder(connection, report, nowNs);
            if (report.Fill is not VenueFill fill) continue;
            if (connection.Feeds.Contains(("fills", -1))) TellFills(connection, "fills", [fill], nowNs);
            if (connection.Feeds.Contains(("open_positions", -1))) TellPositions(connection, nowNs);
        }
    }

    private void Challenge(VenueConnection connection, VenueRequest request, long nowNs)
    {
        if (request.Text("api_key") != options.DerivativesKey)
        {
            Complain(connection, "alert", NotAuthenticated, nowNs);
            return;
        }

        connection.Challenge = VenueIds.OfNumber((long)(_random.Next() >> 1));
        Say(connection, _text.Clear().Add("{\"event\":\"challenge\",\"message\":\""u8).Add(connection.Challenge)
            .Add("\"}"u8), nowNs);
    }

    /// <summary>base64 of HMAC-SHA512 over SHA-256 of the challenge.</summary>
    private bool IsSigned(VenueConnection connection, VenueRequest request)
    {
        byte[] inner = SHA256.HashData(Encoding.UTF8.GetBytes(connection.Challenge));
        return connection.Challenge.Length > 0 && request.Text("api_key") == options.DerivativesKey
            && request.Text("original_challenge") == connection.Challenge
            && request.Text("signed_challenge") == Convert.ToBase64String(HMACSHA512.HashData(_secret, inner));
    }

    /// <summary>A private feed: its acknowledgement, then everything as it stands.</summary>
    private void Follow(VenueConnection connection, VenueRequest request, string feed, bool begins, long nowNs)
    {
        Acknowledge(connection, request, feed, null, nowNs);
        connection.Feeds.Remove((feed, -1));
        if (!begins) return;
        connection.Feeds.Add((feed, -1));
        if (feed == "open_positions")
        {
            TellPositions(connection, nowNs);
        }
        else if (feed == "fills")
        {
            VenueFill[] fills = [.. engine.Fills.Skip(Math.Max(engine.Fills.Count - FillsMax, 0))];
            TellFills(connection, "fills_snapshot", fills, nowNs);
        }
        else
        {
            FrameText text = _text.Clear()
                .Add("{\"feed\":\"open_orders_snapshot\",\"account\":\"simulated\",\"orders\":["u8);
            foreach (VenueOrder order in engine.Live)
            {
                AddOrder(text, order, order.Lots, order.FilledLots, order.LimitPrice, order.TriggerPrice, nowNs);
                text.Add(","u8);
            }

            Say(connection, text.DropComma().Add("]}"u8), nowNs);
        }
    }

    /// <summary>A public feed of one product.</summary>
    private void Follow(VenueConnection connection, VenueRequest request, string product, long nowNs)
    {
        string feed = request.Text("feed");
        int market = Array.FindIndex(markets, one => one.Symbol.Equals(product, StringComparison.OrdinalIgnoreCase));
        if (market < 0)
        {
            Complain(connection, "error", "Invalid product id", nowNs);
            return;
        }

        Acknowledge(connection, request, feed, markets[market].Symbol, nowNs);
        connection.Feeds.Remove((feed, market));
        if (request.Method == "unsubscribe") return;
        if (feed == "book") ShowBook(connection, market, nowNs);
        else if (feed == "ticker") TellTicker(connection, market, nowNs);
        else ShowTrades(connection, market, nowNs);
        connection.Feeds.Add((feed, market));
    }

    private void ShowBook(VenueConnection connection, int market, long nowNs)
    {
        // Whoever listens already has been told everything until now.
        bool isHeard = connections.Exists(one => one.Feeds.Contains(("book", market)));
        if (!isHeard) _ = _books[market].Catch(isHeard: false).Count();
        FrameText text = _text.Clear()
            .Add("{\"feed\":\"book_snapshot\",\"product_id\":\""u8).Add(markets[market].Symbol)
            .Add("\",\"timestamp\":"u8).Add(nowNs / MilliNs).Add(",\"seq\":"u8).Add(_books[market].Sequence)
            .Add(",\"tickSize\":null,\"bids\":["u8);
        foreach ((long price, long lots) in _books[market].Bids) AddLevel(text, market, price, lots);
        text.DropComma().Add("],\"asks\":["u8);
        foreach ((long price, long lots) in _books[market].Asks) AddLevel(text, market, price, lots);
        Say(connection, text.DropComma().Add("]}"u8), nowNs);
    }

    private void AddLevel(FrameText text, int market, long price, long lots) => text
        .Add("{\"price\":"u8).Add(price, markets[market].PriceDecimals)
        .Add(",\"qty\":"u8).Add(lots, markets[market].QuantityDecimals).Add("},"u8);

    private void ShowTrades(VenueConnection connection, int market, long nowNs) => Say(
        connection,
        _text.Clear().Add("{\"feed\":\"trade_snapshot\",\"product_id\":\""u8).Add(markets[market].Symbol)
            .Add("\",\"trades\":[]}"u8),
        nowNs);

    private void TellTicker(VenueConnection connection, int market, long nowNs)
    {
        PerpetualMarket one = markets[market];
        int price = one.PriceDecimals;
        FrameText text = _text.Clear().Add("{\"time\":"u8).Add(nowNs / MilliNs)
            .Add(",\"product_id\":\""u8).Add(one.Symbol)
            .Add("\",\"funding_rate\":"u8).Add(ledger.FundingRate(market), Money.Decimals)
            .Add(",\"next_funding_rate_time\":"u8)
            .Add((nowNs - (nowNs % FundingClock.HourNs) + FundingClock.HourNs) / MilliNs)
            .Add(",\"feed\":\"ticker\",\"bid\":"u8).Add(one.Perpetual.PublicBids.BestPrice, price)
            .Add(",\"ask\":"u8).Add(one.Perpetual.PublicAsks.BestPrice, price)
            .Add(",\"bid_size\":"u8).Add(one.Perpetual.PublicBids.BestLots, one.QuantityDecimals)
            .Add(",\"ask_size\":"u8).Add(one.Perpetual.PublicAsks.BestLots, one.QuantityDecimals)
            .Add(",\"volume\":"u8).Add(one.Perpetual.VolumeLots, one.QuantityDecimals)
            .Add(",\"dtm\":0,\"leverage\":\"10x\",\"index\":"u8).Add(one.IndexPrice, price)
            .Add(",\"last\":"u8).Add(one.LastPrice, price)
            .Add(",\"change\":0.0,\"suspended\":false,\"tag\":\"perpetual\",\"pair\":\""u8)
            .Add(one.Perpetual.Instrument.Base).Add(":USD\",\"openInterest\":0.0,\"markPrice\":"u8)
            .Add(one.MarkPrice, price).Add(",\"maturityTime\":0,\"post_only\":false}"u8);
        Say(connection, text, nowNs);
    }

    private void TellOrder(VenueConnection connection, in ExecutionReport report, long nowNs)
    {
        VenueOrder order = report.Order;
        bool isOver = report.Kind is ReportKind.Filled or ReportKind.Canceled;
        if (report.Kind == ReportKind.Trade && report.FilledLots == report.Lots) return;
        FrameText text = _text.Clear().Add("{\"feed\":\"open_orders\","u8);
        if (isOver)
        {
            text.Add("\"order_id\":\""u8).Add(order.Id).Add("\""u8);
            if (order.Ticket.ClientId.Length > 0)
            {
                text.Add(",\"cli_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
            }
        }
        else
        {
            text.Add("\"order\":"u8);
            AddOrder(
                text, order, report.Lots, report.FilledLots, report.LimitPrice, report.TriggerPrice, report.TimeNs);
        }

        text.Add(isOver ? ",\"is_cancel\":true,\"reason\":\""u8 : ",\"is_cancel\":false,\"reason\":\""u8)
            .Add(ReasonOf(report)).Add("\"}"u8);
        SayOfAccount(connection, text, nowNs);
    }

    /// <summary>Quantity is what is left; side is 0 to buy and 1 to sell.</summary>
    private void AddOrder(
        FrameText text, VenueOrder order, long lots, long filled, long limitPrice, long triggerPrice, long nowNs)
    {
        PerpetualMarket market = markets[order.Market];
        text.Add("{\"instrument\":\""u8).Add(market.Symbol).Add("\",\"time\":"u8).Add(order.PlacedNs / MilliNs)
            .Add(",\"last_update_time\":"u8).Add(nowNs / MilliNs)
            .Add(",\"qty\":"u8).Add(lots - filled, market.QuantityDecimals)
            .Add(",\"filled\":"u8).Add(filled, market.QuantityDecimals)
            .Add(",\"limit_price\":"u8).Add(limitPrice, market.PriceDecimals)
            .Add(",\"stop_price\":"u8).Add(triggerPrice, market.PriceDecimals)
            .Add(",\"type\":\""u8).Add(TypeOf(order.Ticket)).Add("\",\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        if (order.Ticket.ClientId.Length > 0) text.Add(",\"cli_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        text.Add(",\"direction\":"u8).Add(order.IsBuy ? 0 : 1)
            .Add(order.ReduceOnly ? ",\"reduce_only\":true"u8 : ",\"reduce_only\":false"u8);
        if (order.IsStop)
        {
            text.Add(",\"triggerSignal\":\""u8).Add(DerivativesFrames.SignalOf(order.Ticket)).Add("\""u8);
        }

        text.Add("}"u8);
    }

    private void TellFills(VenueConnection connection, string feed, VenueFill[] fills, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"feed\":\""u8).Add(feed)
            .Add(feed == "fills" ? "\",\"username\":\"simulated\",\"fills\":["u8
                : "\",\"account\":\"simulated\",\"fills\":["u8);
        foreach (VenueFill fill in fills)
        {
            PerpetualMarket market = markets[fill.Order.Market];
            text.Add("{\"instrument\":\""u8).Add(market.Symbol).Add("\",\"time\":"u8).Add(fill.TimeNs / MilliNs)
                .Add(",\"price\":"u8).Add(fill.Price, market.PriceDecimals).Add(",\"seq\":"u8).Add(fill.Number)
                .Add(fill.Order.IsBuy ? ",\"buy\":true,\"qty\":"u8 : ",\"buy\":false,\"qty\":"u8)
                .Add(fill.Lots, market.QuantityDecimals).Add(",\"remaining_order_qty\":"u8)
                .Add(fill.Order.Lots - fill.CumulativeLots, market.QuantityDecimals)
                .Add(",\"order_id\":\""u8).Add(fill.Order.Id).Add("\""u8);
            if (fill.Order.Ticket.ClientId.Length > 0)
            {
                text.Add(",\"cli_ord_id\":\""u8).Add(fill.Order.Ticket.ClientId).Add("\""u8);
            }

            text.Add(",\"fill_id\":\""u8).Add(DerivativesFrames.FillIdOf(fill))
                .Add("\",\"fill_type\":\""u8).Add(DerivativesFrames.FillTypeOf(fill))
                .Add("\",\"fee_paid\":"u8).Add(fill.Fee, Money.Decimals)
                .Add(",\"fee_currency\":\"USD\",\"order_type\":\""u8).Add(TypeOf(fill.Order.Ticket)).Add("\"},"u8);
        }

        SayOfAccount(connection, text.DropComma().Add("]}"u8), nowNs);
    }

    private void TellPositions(VenueConnection connection, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"feed\":\"open_positions\",\"account\":\"simulated\",\"positions\":["u8);
        DerivativesFrames means = new(markets, text);
        for (int i = 0; i < markets.Length; i++)
        {
            VenuePosition position = ledger.PositionOf(i);
            if (position.Lots == 0) continue;
            text.Add("{\"instrument\":\""u8).Add(markets[i].Symbol).Add("\",\"balance\":"u8)
                .Add(position.Lots, markets[i].QuantityDecimals).Add(",\"entry_price\":"u8);
            means.AddMean(position, markets[i]);
            text.Add(",\"mark_price\":"u8).Add(markets[i].MarkPrice, markets[i].PriceDecimals)
                .Add(",\"index_price\":"u8).Add(markets[i].IndexPrice, markets[i].PriceDecimals)
                .Add(",\"unrealized_funding\":"u8).Add(-ledger.FundingOwed(i, nowNs), Money.Decimals).Add("},"u8);
        }

        Say(connection, text.DropComma().Add("],\"timestamp\":"u8).Add(nowNs / MilliNs).Add("}"u8), nowNs);
    }

    private void Acknowledge(
        VenueConnection connection, VenueRequest request, string feed, string? product, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"event\":\""u8)
            .Add(request.Method == "subscribe" ? "subscribed"u8 : "unsubscribed"u8)
            .Add("\",\"feed\":\""u8).Add(feed).Add("\""u8);
        if (product is not null) text.Add(",\"product_ids\":[\""u8).Add(product).Add("\"]"u8);
        Say(connection, text.Add("}"u8), nowNs);
    }

    private void Complain(VenueConnection connection, string kind, string message, long nowNs) => Say(
        connection,
        _text.Clear().Add("{\"event\":\""u8).Add(kind).Add("\",\"message\":\""u8).Add(message).Add("\"}"u8), nowNs);

    private void Say(VenueConnection connection, FrameText text, long nowNs) =>
        post.Post(connection, VenueStream.Public, text.Bytes, nowNs);

    /// <summary>News of the account, which may come twice.</summary>
    private void SayOfAccount(VenueConnection connection, FrameText text, long nowNs)
    {
        Say(connection, text, nowNs);
        if (options.Faults.Strikes(VenueFault.RepeatExecutions)) Say(connection, text, nowNs);
    }

    private static string TypeOf(OrderTicket ticket) => ticket.Type switch
    {
        VenueOrderType.Market => "market",
        VenueOrderType.StopLoss or VenueOrderType.StopLossLimit => "stop",
        VenueOrderType.TakeProfit or VenueOrderType.TakeProfitLimit => "take_profit",
        VenueOrderType.TrailingStop => "trailing stop",
        _ => "limit",
    };

    private static string ReasonOf(in ExecutionReport report) => report.Kind switch
    {
        ReportKind.New => "new_placed_order_by_user",
        ReportKind.Trade => "partial_fill",
        ReportKind.Filled => "full_fill",
        ReportKind.Amended => "edited_by_user",
        ReportKind.Triggered => "stop_order_triggered",
        _ => report.Reason switch
        {
            "self_trade" => "would_execute_self",
            "reduce_only" => "would_not_reduce_position",
            "liquidation" => "liquidation",
            "immediate_or_cancel" => "ioc_order_failed_because_it_would_not_be_executed",
            _ => "cancelled_by_user",
        },
    };
}
