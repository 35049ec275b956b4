using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Market data: subscriptions of spot v2 and Unified, and what the subscribers are told.</summary>
internal sealed class PublicChannels
{
    private const int TradesInSnapshot = 50;

    private readonly PerpetualMarket[] _markets;
    private readonly IReadOnlyDictionary<SyntheticMarket, VenueTape> _tapes;
    private readonly List<VenueConnection> _connections;
    private readonly Postbox _post;
    private readonly FaultPlan _faults;
    private readonly VenueModes _modes;
    private readonly PriceChannels _prices;
    private readonly ReplyFrames _replies = new();

    /// <summary>The last trades of each market, oldest first.</summary>
    private readonly Dictionary<SyntheticMarket, Queue<SyntheticTrade>> _history = [];

    public PublicChannels(
        PerpetualMarket[] markets, IReadOnlyDictionary<SyntheticMarket, VenueTape> tapes,
        List<VenueConnection> connections, Postbox post, VenueOptions options, VenueModes modes)
    {
        _modes = modes;
        _markets = markets;
        _tapes = tapes;
        _connections = connections;
        _post = post;
        _faults = options.Faults;
        _prices = new PriceChannels(tapes, connections, post);
        // Every market has traded before anybody looked.
        long beforeUs = (options.StartNs / 1_000) - 1_000_000;
        foreach (SyntheticMarket market in markets.SelectMany(market => new[] { market.Perpetual, market.Spot }))
        {
            SyntheticInstrument traded = market.Instrument;
            _history.Add(market, new Queue<SyntheticTrade>());
            Remember(market, new SyntheticTrade(
                traded, true, market.OpenPrice, traded.LevelLots, true, market.NextTradeId - 1, beforeUs));
        }
    }

    public void Greet(VenueConnection connection, long nowNs) =>
        _post.Post(
            connection, StreamOf(connection),
            connection.Frames.Status(VenueModes.NameOf(_modes.Mode), _modes.InFrames(nowNs)), nowNs);

    public void Beat(VenueConnection connection, long nowNs) =>
        _post.Post(connection, StreamOf(connection), connection.Frames.Heartbeat(), nowNs);

    public void Pong(VenueConnection connection, long? requestId, long nowNs) =>
        _post.Post(connection, StreamOf(connection), _replies.Pong(requestId, nowNs), nowNs);

    public void Subscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        int depth = SizeOf(request, channel);
        string? error = Error(connection, request, channel, depth) ?? _modes.ServiceRefusal;
        if (error is not null)
        {
            Say(connection, _replies.Refusal(request, error, nowNs), nowNs);
            return;
        }

        string[] symbols = channel == "instrument" ? [string.Empty] : request.Texts("symbol");
        foreach (string symbol in symbols) Subscribe(connection, request, (channel, symbol, depth), nowNs);
    }

    public void Unsubscribe(VenueConnection connection, VenueRequest request, long nowNs)
    {
        string channel = request.Text("channel");
        int depth = SizeOf(request, channel);
        string[] symbols = channel == "instrument" ? [string.Empty] : request.Texts("symbol");
        foreach (string symbol in symbols)
        {
            SyntheticMarket? market = MarketOf(connection, symbol);
            bool found = connection.Muted.Remove((channel, market)) || channel switch
            {
                "book" => market is not null && connection.Books.TryGetValue(market, out ShownBook? book)
                    && book.Depth == depth && connection.Books.Remove(market),
                "trade" => market is not null && connection.Trades.Remove(market),
                "ticker" => market is not null && connection.Tickers.Remove(market),
                "ohlc" => market is not null && connection.Bars.Remove((market, depth)),
                _ => connection.WantsInstruments,
            };
            if (channel == "instrument") connection.WantsInstruments = false;
            if (found) Acknowledge(connection, request, channel, symbol, depth, nowNs);
            else Say(connection, _replies.Refusal(request, "Subscription Not Found", nowNs), nowNs);
        }
    }

    /// <summary>An instrument stands otherwise, or has another name.</summary>
    public void TellInstrument(SyntheticMarket market, bool isSpot, long nowNs)
    {
        foreach (VenueConnection connection in _connections)
        {
            bool hears = connection.WantsInstruments && connection.IsSpot == isSpot && !connection.IsPrivate;
            if (hears) Say(connection, connection.Frames.InstrumentUpdate(market.Instrument), nowNs);
        }
    }

    /// <summary>The background trades of a market's last step.</summary>
    public void TellTrades(SyntheticMarket market, long nowNs)
    {
        if (market.TradeCount == 0) return;
        for (int i = 0; i < market.TradeCount; i++) Remember(market, market.TradeAt(i, nowNs / 1_000));
        foreach (VenueConnection connection in _connections)
        {
            if (connection.IsFirst || !connection.Trades.Contains(market)) continue;
            Say(connection, connection.Frames.Trades(market, nowNs / 1_000), nowNs);
        }

        market.TradesTold();
        _prices.TellTrade(market, nowNs);
    }

    /// <summary>Tells of a trade of the account, which is public like any other; the trade.</summary>
    public SyntheticTrade TellFill(SyntheticMarket market, VenueFill fill, long nowNs)
    {
        bool takerBuys = fill.Order.IsBuy != fill.IsMaker;
        bool isMarketOrder = fill.Order.Ticket.Type != VenueOrderType.Limit || fill.IsMaker;
        SyntheticTrade trade = new(
            market.Instrument, takerBuys, fill.Price, fill.Lots, isMarketOrder, fill.TradeId, nowNs / 1_000);
        Remember(market, trade);
        foreach (VenueConnection connection in _connections)
        {
            bool hears = !connection.IsFirst && connection.Trades.Contains(market);
            if (hears) Say(connection, connection.Frames.Trade(trade), nowNs);
        }

        _prices.TellTrade(market, nowNs);
        return trade;
    }

    /// <summary>What changed in every subscriber's window.</summary>
    public void TellBook(SyntheticMarket market, long nowNs)
    {
        _prices.TellQuotes(market, nowNs);
        foreach (VenueConnection connection in _connections)
        {
            bool hasNews = connection.Books.TryGetValue(market, out ShownBook? book) && book.HasAnyNews();
            if (!hasNews) continue;
            bool isLost = _faults.Strikes(VenueFault.DropBookUpdate);
            bool isSpoilt = !isLost && _faults.Strikes(VenueFault.WrongDigit);
            ReadOnlySpan<byte> frame = connection.Frames.BookUpdate(book!, nowNs / 1_000);
            if (isSpoilt) Say(connection, SpoiltFrame.Of(frame, "\"qty\":"u8), nowNs);
            else if (!isLost) Say(connection, frame, nowNs);
            book!.MarkShown();
        }
    }

    /// <summary>One symbol of a request, or the instruments; what can go wrong with it goes wrong here.</summary>
    private void Subscribe(
        VenueConnection connection, VenueRequest request, (string Channel, string Symbol, int Depth) wanted, long nowNs)
    {
        (string channel, string symbol, int depth) = wanted;
        bool isInstruments = channel == "instrument";
        SyntheticMarket? market = MarketOf(connection, symbol);
        string? refusal = IsSubscribed(connection, channel, market, depth) ? "Already subscribed"
            : !isInstruments && (market is null || _faults.Strikes(VenueFault.RefuseSymbol))
                ? "Currency pair not supported " + Printable(symbol) : null;
        if (refusal is not null)
        {
            Say(connection, _replies.Refusal(request, refusal, nowNs, isInstruments ? "" : Printable(symbol)), nowNs);
            return;
        }

        if (_faults.Strikes(VenueFault.LoseSubscribe)) return;
        connection.IsSubscribed = true;
        if (!_faults.Strikes(VenueFault.DropAcknowledgement))
        {
            Acknowledge(connection, request, channel, symbol, depth, nowNs);
            bool isTwice = _faults.Strikes(VenueFault.RepeatAcknowledgement);
            if (isTwice) Acknowledge(connection, request, channel, symbol, depth, nowNs);
        }

        if (_faults.Strikes(VenueFault.MuteSubscription))
        {
            connection.Muted.Add((channel, market));
            return;
        }

        bool wantsSnapshot = request.Flag("snapshot", otherwise: channel != "trade");
        if (isInstruments) AddInstruments(connection, wantsSnapshot, nowNs);
        else if (channel == "trade") AddTrades(connection, market!, wantsSnapshot, nowNs);
        else if (channel == "ticker") _prices.AddTicker(connection, market!, request, nowNs);
        else if (channel == "ohlc") _prices.AddBars(connection, market!, depth, request, nowNs);
        else AddBook(connection, market!, depth, nowNs);
    }

    private void AddInstruments(VenueConnection connection, bool wantsSnapshot, long nowNs)
    {
        connection.WantsInstruments = true;
        SyntheticInstrument[] listed =
            [.. _markets.Select(one => (connection.IsSpot ? one.Spot : one.Perpetual).Instrument)];
        if (wantsSnapshot) Say(connection, connection.Frames.InstrumentSnapshot(listed), nowNs);
    }

    private void AddTrades(VenueConnection connection, SyntheticMarket market, bool wantsSnapshot, long nowNs)
    {
        connection.Trades.Add(market);
        if (wantsSnapshot) Say(connection, connection.Frames.TradeSnapshot(_history[market]), nowNs);
    }

    private void Remember(SyntheticMarket market, in SyntheticTrade trade)
    {
        Queue<SyntheticTrade> history = _history[market];
        if (history.Count == TradesInSnapshot) history.Dequeue();
        history.Enqueue(trade);
        _tapes[market].Add(trade);
    }

    private void AddBook(VenueConnection connection, SyntheticMarket market, int depth, long nowNs)
    {
        ShownBook book = new(market, depth);
        Say(connection, connection.Frames.BookSnapshot(book, nowNs / 1_000), nowNs);
        book.MarkShown();
        connection.Books.Add(market, book);
    }

    private void Acknowledge(
        VenueConnection connection, VenueRequest request, string channel, string symbol, int depth, long nowNs) =>
        Say(connection, _replies.Subscription(request, channel, symbol, depth, connection.IsSpot, nowNs), nowNs);

    private void Say(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        _post.Post(connection, StreamOf(connection), frame, nowNs);

    private static string? Error(VenueConnection connection, VenueRequest request, string channel, int depth)
    {
        if (connection.IsPrivate || channel is not ("book" or "trade" or "instrument" or "ticker" or "ohlc"))
        {
            return "EGeneral:Invalid arguments:channel";
        }

        bool rightClass = request.Text("asset_class") == (connection.IsSpot ? string.Empty : "derivatives");
        if (!rightClass) return "EGeneral:Invalid arguments:asset_class";
        if (channel == "ohlc" && !PriceChannels.IsInterval(depth)) return "Subscription ohlc interval not supported";
        bool isDepth = channel != "book" || depth is 10 or 25 or 100 or 500 or 1_000;
        return isDepth ? null : "Subscription depth not supported";
    }

    /// <summary>The depth of a book or the minutes of a bar; other channels have neither.</summary>
    private static int SizeOf(VenueRequest request, string channel) => channel switch
    {
        "book" => request.Whole("depth", SyntheticBookSide.Depth),
        "ohlc" => request.Whole("interval", otherwise: 1),
        _ => 0,
    };

    private static bool IsSubscribed(
        VenueConnection connection, string channel, SyntheticMarket? market, int size) =>
        connection.Muted.Contains((channel, market)) || channel switch
        {
            "book" => market is not null && connection.Books.ContainsKey(market),
            "trade" => market is not null && connection.Trades.Contains(market),
            "ticker" => market is not null && connection.Tickers.ContainsKey(market),
            "ohlc" => market is not null && connection.Bars.Contains((market, size)),
            _ => connection.WantsInstruments,
        };

    private SyntheticMarket? MarketOf(VenueConnection connection, string symbol) => _markets
        .Select(market => connection.IsSpot ? market.Spot : market.Perpetual)
        .FirstOrDefault(market =>
            market.Instrument.Symbol == symbol && market.Instrument.Status != PerpetualMarket.Delisted);

    /// <summary>Echoes only what needs no escapes.</summary>
    private static string Printable(string symbol) =>
        symbol.Length <= 32 && symbol.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_') ? symbol : "?";

    private static VenueStream StreamOf(VenueConnection connection) =>
        connection.IsPrivate ? VenueStream.Replies : VenueStream.Public;
}
