using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Market data: subscriptions of spot v2 and Unified, and what the subscribers are told.</summary>
internal sealed class PublicChannels
{
    private readonly PerpetualMarket[] _markets;
    private readonly List<VenueConnection> _connections;
    private readonly Postbox _post;
    private readonly FaultPlan _faults;
    private readonly ReplyFrames _replies = new();

    public PublicChannels(
        PerpetualMarket[] markets, List<VenueConnection> connections, Postbox post, FaultPlan faults)
    {
        _markets = markets;
        _connections = connections;
        _post = post;
        _faults = faults;
    }

    public void Greet(VenueConnection connection, long nowNs) =>
        _post.Post(connection, StreamOf(connection), connection.Frames.Status(), nowNs);

    public void Beat(VenueConnection connection, long nowNs) =>
        _post.Post(connection, StreamOf(connection), connection.Frames.Heartbeat(), nowNs);

    public void Pong(VenueConnection connection, long? requestId, long nowNs) =>
        _post.Post(connection, StreamOf(connection), _replies.Pong(requestId, nowNs), nowNs);

    public void Subscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        int depth = channel == "book" ? request.Whole("depth", SyntheticBookSide.Depth) : 0;
        string? error = Error(connection, request, channel, depth);
        if (error is not null)
        {
            Say(connection, _replies.Refusal(request, error, nowNs), nowNs);
            return;
        }

        if (channel == "instrument")
        {
            SubscribeInstruments(connection, request, nowNs);
            return;
        }

        foreach (string symbol in request.Texts("symbol"))
        {
            SyntheticMarket? market = MarketOf(connection, symbol);
            string? refusal = market is null ? "Currency pair not supported " + Printable(symbol)
                : IsSubscribed(connection, channel, market) ? "Already subscribed" : null;
            if (refusal is not null)
            {
                Say(connection, _replies.Refusal(request, refusal, nowNs), nowNs);
                continue;
            }

            connection.IsSubscribed = true;
            Acknowledge(connection, request, channel, symbol, depth, nowNs);
            if (channel == "trade") connection.Trades.Add(market!);
            else AddBook(connection, market!, depth, nowNs);
        }
    }

    public void Unsubscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        int depth = channel == "book" ? request.Whole("depth", SyntheticBookSide.Depth) : 0;
        foreach (string symbol in request.Texts("symbol"))
        {
            SyntheticMarket? market = MarketOf(connection, symbol);
            bool found = channel == "book"
                ? connection.Books.RemoveAll(book => book.Market == market && book.Depth == depth) > 0
                : channel == "trade" && market is not null && connection.Trades.Remove(market);
            if (found) Acknowledge(connection, request, channel, symbol, depth, nowNs);
            else Say(connection, _replies.Refusal(request, "Subscription Not Found", nowNs), nowNs);
        }
    }

    /// <summary>The background trades of a market's last step.</summary>
    public void TellTrades(SyntheticMarket market, long nowNs)
    {
        if (market.TradeCount == 0) return;
        foreach (VenueConnection connection in _connections)
        {
            if (!connection.Trades.Contains(market)) continue;
            Say(connection, connection.Frames.Trades(market, nowNs / 1_000), nowNs);
        }

        market.TradesTold();
    }

    /// <summary>A trade of the account, which is public like any other.</summary>
    public void TellFill(VenueFill fill, long nowNs)
    {
        SyntheticMarket market = _markets[fill.Order.Market].Perpetual;
        bool takerBuys = fill.Order.IsBuy != fill.IsMaker;
        bool isMarketOrder = fill.Order.Ticket.Type != VenueOrderType.Limit || fill.IsMaker;
        foreach (VenueConnection connection in _connections)
        {
            if (!connection.Trades.Contains(market)) continue;
            SyntheticTrade trade = new(
                market.Instrument, takerBuys, fill.Price, fill.Lots, isMarketOrder, fill.TradeId, nowNs / 1_000);
            Say(connection, connection.Frames.Trade(trade), nowNs);
        }
    }

    /// <summary>What changed in every subscriber's window.</summary>
    public void TellBook(SyntheticMarket market, long nowNs)
    {
        foreach (VenueConnection connection in _connections)
        {
            foreach (ShownBook book in connection.Books)
            {
                if (book.Market != market || !book.HasAnyNews()) continue;
                bool isLost = _faults.Strikes(VenueFault.DropBookUpdate);
                if (!isLost) Say(connection, connection.Frames.BookUpdate(book, nowNs / 1_000), nowNs);
                book.MarkShown();
            }
        }
    }

    private void SubscribeInstruments(VenueConnection connection, VenueRequest request, long nowNs)
    {
        connection.IsSubscribed = true;
        Acknowledge(connection, request, "instrument", string.Empty, depth: 0, nowNs);
        SyntheticInstrument[] listed = connection.IsSpot ? VenueInstruments.Spot : VenueInstruments.Perpetuals;
        if (request.Flag("snapshot", otherwise: true))
        {
            Say(connection, connection.Frames.InstrumentSnapshot(listed), nowNs);
        }
    }

    private void AddBook(VenueConnection connection, SyntheticMarket market, int depth, long nowNs)
    {
        ShownBook book = new(market, depth);
        Say(connection, connection.Frames.BookSnapshot(book, nowNs / 1_000), nowNs);
        book.MarkShown();
        connection.Books.Add(book);
    }

    private void Acknowledge(
        VenueConnection connection, VenueRequest request, string channel, string symbol, int depth, long nowNs) =>
        Say(connection, _replies.Subscription(request, channel, symbol, depth, connection.IsSpot, nowNs), nowNs);

    private void Say(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        _post.Post(connection, StreamOf(connection), frame, nowNs);

    private static string? Error(VenueConnection connection, VenueRequest request, string channel, int depth)
    {
        if (connection.IsPrivate || channel is not ("book" or "trade" or "instrument"))
        {
            return "EGeneral:Invalid arguments:channel";
        }

        bool rightClass = request.Text("asset_class") == (connection.IsSpot ? string.Empty : "derivatives");
        if (!rightClass) return "EGeneral:Invalid arguments:asset_class";
        return channel == "book" && depth is not (10 or 25) ? "EGeneral:Invalid arguments:depth" : null;
    }

    private static bool IsSubscribed(VenueConnection connection, string channel, SyntheticMarket market) =>
        channel == "book"
            ? connection.Books.Exists(book => book.Market == market)
            : connection.Trades.Contains(market);

    private SyntheticMarket? MarketOf(VenueConnection connection, string symbol) => _markets
        .Select(market => connection.IsSpot ? market.Spot : market.Perpetual)
        .FirstOrDefault(market => market.Instrument.Symbol == symbol);

    /// <summary>Echoes only what needs no escapes.</summary>
    private static string Printable(string symbol) =>
        symbol.Length <= 32 && symbol.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_') ? symbol : "?";

    private static VenueStream StreamOf(VenueConnection connection) =>
        connection.IsPrivate ? VenueStream.Replies : VenueStream.Public;
}
