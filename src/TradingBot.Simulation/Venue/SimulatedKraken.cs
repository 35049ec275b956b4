// In:     virtual time, frames and HTTP requests of a client.
// Out:    frames and answers as Kraken would send them, each with the time it is due; and the truth, for judges.
// Thread: the caller's; nothing here waits, reads a clock or starts a thread.
// Keeps:  same options and same calls, same bytes; time never runs backwards; checksums right unless a fault dropped an
//         update.
// Budget: an hour without orders in a second or so.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>A Kraken that is not there: five spot markets, five perpetuals, and one account of each.</summary>
public sealed partial class SimulatedKraken
{
    private const long HeartbeatNs = 1_000_000_000;
    private const long MicroNs = 1_000;

    private readonly VenueOptions _options;
    private readonly PerpetualMarket[] _markets;
    private readonly MarketClock _clock;
    private readonly PositionLedger _ledger;
    private readonly MatchingEngine _engine;
    private readonly Postbox _post;
    private readonly RestDesk _rest;
    private readonly PublicChannels _public;
    private readonly PrivateChannels _private;
    private readonly SpotVenue _spot;
    private readonly OwnQuotes _own = new();
    private readonly DerivativesDesk _derivatives;
    private readonly DeadMansTimer _timer;
    private readonly FuturesV1Channels _futures;
    private readonly List<VenueConnection> _connections = [];
    private readonly VenueInbox _inbox;
    private readonly VenueModes _modes;
    private byte[] _received = [];
    private long _nowNs;
    private int _opened;
    private int _fillsTold;

    public SimulatedKraken(VenueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _nowNs = options.StartNs;
        _markets = [.. VenueInstruments.Listed(options)
            .Select(pair => new PerpetualMarket(pair.Place, pair.Perpetual, pair.Spot, options))];
        _clock = new MarketClock(_markets);
        _modes = new VenueModes(options);
        _ledger = new PositionLedger(
            _markets, options.DepositDollars * Money.Dollar, options.Margin, options.StartNs, WorthOf, options.Habits);
        VenueIds ids = new(options.Seed);
        _engine = new MatchingEngine(_markets, _ledger, ids.Unified)
        {
            Modes = _modes,
            CancelsLateStops = options.Habits.CancelsLateStops,
            RefusesTriggerAmends = options.Habits.RefusesTriggerAmends,
            TriggeredUnprotected = options.Habits.TriggeredUnprotected,
        };
        _post = new Postbox(options.Seed);
        _inbox = new VenueInbox(_post, options.Habits.OrdersOvertake);
        VenueTokens tokens = new(options.Seed);
        Dictionary<SyntheticMarket, VenueTape> tapes = [];
        int kept = VenueTape.LiveMaxOf(_markets.Length * 2);
        foreach (PerpetualMarket market in _markets)
        {
            tapes.Add(market.Spot, new VenueTape(market.Spot, options.Seed, options.StartNs, kept));
            tapes.Add(market.Perpetual, new VenueTape(market.Perpetual, options.Seed, options.StartNs, kept));
        }

        VenueBudgets budgets = new(options.Tier, _markets.Length);
        _spot = new SpotVenue(options, _markets, _connections, _post, tokens, _modes, budgets);
        MarketDesk desk = new(_markets, _spot.Markets, tapes, _spot.Quotes, new FrameText(), _modes);
        _timer = new DeadMansTimer(_engine, options.Habits.TimerSparesStops);
        _derivatives = new DerivativesDesk(options, _markets, tapes, _engine, _ledger, budgets, _timer, ids.Unified);
        _rest = new RestDesk(options, tokens, _post, desk, _spot, _modes, _derivatives, budgets);
        _public = new PublicChannels(_markets, tapes, _connections, _post, options, _modes);
        _futures = new FuturesV1Channels(options, _markets, _engine, _ledger, _connections, _post);
        _private = new PrivateChannels(
            options, _markets, _engine, _ledger, _connections, _post, tokens, _modes, _futures, _timer);
        Oracle = new VenueOracle(_markets, _engine, _ledger, () => _nowNs);
        Spot = new SpotOracle(_spot);
        Others = new ExternalActor(options, _markets, _engine, _ledger, () => _nowNs, TellPerpetuals);
    }

    public VenueOracle Oracle { get; }

    public SpotOracle Spot { get; }

    /// <summary>Somebody else with the same account.</summary>
    public ExternalActor Others { get; }

    /// <summary>Everything that can be listed, for people.</summary>
    public static string AllSymbols => VenueInstruments.AllSymbols;

    /// <summary>Symbols of the first so many pairs: the five, and made-up ones behind them.</summary>
    public static (string[] Spot, string[] Perpetuals) SymbolsOf(int pairs) => VenueInstruments.SymbolsOf(pairs);

    /// <summary>Whether a symbol, of spot or of a perpetual, can be listed.</summary>
    public static bool Lists(string symbol) => VenueInstruments.IsKnown(symbol);

    public FaultPlan Faults => _options.Faults;

    public long NowNs => _nowNs;

    /// <summary>Things that happened inside: steps of markets, arrivals, heartbeats, changes of mode.</summary>
    public long Events { get; private set; }

    /// <summary>When something happens next: inside the venue, or a frame is due at the client.</summary>
    public long NextDueNs => Math.Min(NextInsideNs(out _, out _), _post.NextDueNs);

    /// <summary>Lets the venue live up to and including a time.</summary>
    public void AdvanceTo(long nowNs)
    {
        while (true)
        {
            long nextNs = NextInsideNs(out int market, out VenueConnection? silent);
            if (nextNs > nowNs) break;
            Events++;
            bool isChange = nextNs >= _modes.NextChangeNs(_nowNs);
            _nowNs = Math.Max(_nowNs, nextNs);
            if (isChange) ChangeMode();
            else if (market < 0 && silent is null && Others.NextDueNs <= _nowNs) Others.Act();
            else if (market >= 0) Step(market);
            else if (silent is not null) Beat(silent);
            else Arrive(_inbox.Take());
        }

        _nowNs = Math.Max(_nowNs, nowNs);
    }

    /// <summary>Opens a socket; its status frame is on the way.</summary>
    public int Open(VenueEndpoint endpoint)
    {
        VenueConnection connection = new(_opened++, endpoint);
        _connections.Add(connection);
        if (connection.IsFutures) _futures.Greet(connection, _nowNs);
        else _public.Greet(connection, _nowNs);
        if (Faults.Strikes(VenueFault.CloseOnOpen)) _post.Hang(connection, _nowNs);
        return connection.Id;
    }

    /// <summary>Numbers of the sockets of an endpoint that are open now.</summary>
    public int[] ConnectionsOf(VenueEndpoint endpoint) =>
    [
        .. _connections.FindAll(one => one.Endpoint == endpoint && one.IsOpen && !one.IsMute).ConvertAll(one => one.Id),
    ];

    /// <summary>The client hangs up: it receives nothing more, but what it sent still arrives.</summary>
    public void Close(int connection)
    {
        VenueConnection? found = _connections.Find(candidate => candidate.Id == connection);
        if (found is null) return;
        found.ClosedNs = 0;
        _connections.Remove(found);
    }

    /// <summary>The client sends a frame now; false when it knows the socket to be closed.</summary>
    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        VenueConnection? found = _connections.Find(candidate => candidate.Id == connection);
        if (found is null) return false;
        VenueRequest? request = found.IsFirst || found.IsFutures
            ? VenueRequest.ReadEvent(frame) : VenueRequest.Read(frame);
        bool closes = request?.Method == "add_order" && Faults.Strikes(VenueFault.ClosePrivate);
        bool isLost = closes && Faults.Draw(2) == 0;
        _inbox.Add(new RequestUnderWay(found, request, closes, isLost), _nowNs);
        return true;
    }

    /// <summary>
    /// The next frame due by a time, in order of due time; an empty frame says that the venue closed the socket.
    /// </summary>
    public bool TryReceive(long nowNs, out int connection, out ReadOnlySpan<byte> frame)
    {
        bool any = _post.TryTake(nowNs, out connection, out _received);
        frame = _received;
        int closed = connection;
        if (any && frame.IsEmpty) _connections.RemoveAll(candidate => candidate.Id == closed);
        return any;
    }

    /// <summary>An HTTP call that leaves now.</summary>
    public RestAnswer Request(RestRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        RestAnswer answer = _rest.Answer(request, _nowNs);
        bool closes = request.Method == "POST" && request.Path == DerivativesDesk.Path + "sendorder"
            && Faults.Strikes(VenueFault.ClosePrivate);
        if (closes) HangUp(VenueEndpoint.FuturesV1);
        // A call may have traded; one that only reads has not.
        if (request.Method != "POST") return answer;
        TellSpot();
        TellPerpetuals();
        return answer;
    }

    /// <summary>The earliest of arrivals, steps and heartbeats; of an arrival there is neither market nor
    /// silence.</summary>
    private long NextInsideNs(out int market, out VenueConnection? silent)
    {
        silent = null;
        long nextNs = Math.Min(Math.Min(_inbox.NextDueNs, _modes.NextChangeNs(_nowNs)), Others.NextDueNs);
        long stepNs = _options.StartNs + (_clock.NextUs(out market) * MicroNs);
        if (stepNs < nextNs) nextNs = stepNs;
        else market = -1;
        foreach (VenueConnection candidate in _connections)
        {
            if (!candidate.IsSubscribed || !candidate.IsOpen || candidate.IsMute) continue;
            long timeNs = candidate.LastSentNs + HeartbeatNs;
            if (timeNs >= nextNs) continue;
            nextNs = timeNs;
            market = -1;
            silent = candidate;
        }

        return nextNs;
    }

    private void Step(int index)
    {
        PerpetualMarket market = _markets[index];
        if (market.PerpetualIsNext && !market.IsMatching)
        {
            market.Hold();
        }
        else if (market.PerpetualIsNext)
        {
            market.StepPerpetual();
            _timer.Strike(_nowNs);
            _futures.TellTrades(index, _nowNs);
            _public.TellTrades(market.Perpetual, _nowNs);
            LoseStops();
            _engine.AfterStep(index, _engine.Live.Count == 0 ? [] : market.Flow(), _nowNs);
        }
        else
        {
            market.StepSpot();
            _spot.First.TellTrades(market.Spot, _nowNs);
            _public.TellTrades(market.Spot, _nowNs);
            _spot.AfterStep(index, _nowNs);
            _spot.Tell(_public, _nowNs);
            TellBook(market.Spot, index, _spot.Engine);
            if (market.IsMatching) _engine.Watch(index, _nowNs);
        }

        _ledger.Sample(index, _nowNs);
        if (_modes.Mode == VenueMode.Online && _ledger.IsShort) _engine.CloseOut(_ledger, _nowNs);

        TellAccount();
        TellBook(market.Perpetual, index, _engine);
    }

    /// <summary>A request reaches the venue.</summary>
    private void Arrive(RequestUnderWay arrival)
    {
        VenueConnection connection = arrival.From;
        // A closing socket took frames along that were still in its buffers.
        if (connection.ClosedNs is > 0 and < long.MaxValue) return;
        if (arrival.Closes) _post.Hang(connection, _nowNs);
        bool mayVanish = !connection.IsPrivate && !connection.IsMute;
        if (mayVanish && Faults.Strikes(VenueFault.BlackHole)) connection.IsMute = true;
        if (arrival.IsLost || connection.IsMute) return;
        if (arrival.Request is not VenueRequest request)
        {
            _post.Post(connection, VenueStream.Replies, new ReplyFrames().Unreadable(_nowNs), _nowNs);
            return;
        }

        Handle(connection, request);
        TellPerpetuals();
        if (connection.IsSpot) TellSpot();
    }

    private void Handle(VenueConnection connection, VenueRequest request)
    {
        switch (request.Method)
        {
            case var _ when connection.IsFutures:
                _futures.Handle(connection, request, _nowNs);
                break;
            case var _ when connection.IsFirst:
                _spot.First.Handle(connection, request, _nowNs);
                break;
            case var _ when connection.IsPrivate && connection.IsSpot:
                _spot.Channels.Handle(connection, request, _nowNs);
                break;
            case var _ when connection.IsPrivate:
                _private.Handle(connection, request, _nowNs);
                break;
            case "ping":
                _public.Pong(connection, request.RequestId, _nowNs);
                break;
            case "subscribe":
                _public.Subscribe(connection, request, _nowNs);
                break;
            case "unsubscribe":
                _public.Unsubscribe(connection, request, _nowNs);
                break;
            default:
                _private.Refuse(connection, request, "EGeneral:Unknown method", _nowNs);
                break;
        }
    }

    /// <summary>Tells the public of new fills; the account hears the same unless it has been told already.</summary>
    private void TellAccount()
    {
        for (; _fillsTold < _engine.Fills.Count; _fillsTold++)
        {
            VenueFill fill = _engine.Fills[_fillsTold];
            int market = fill.Order.Market;
            _futures.TellTrade(market, _public.TellFill(_markets[market].Perpetual, fill, _nowNs), _nowNs);
        }

        _private.TellReports(_nowNs);
    }

    /// <summary>Every socket is told of mode and announcement; in maintenance markets stand still.</summary>
    private void ChangeMode()
    {
        bool isOther = _modes.Advance(_nowNs);
        foreach (VenueConnection connection in _connections) _public.Greet(connection, _nowNs);
        if (!isOther || _modes.Mode != VenueMode.Maintenance) return;
        long onlineUs = (_modes.OnlineNs - _options.StartNs) / MicroNs;
        foreach (PerpetualMarket market in _markets)
        {
            market.Perpetual.PauseUntil(onlineUs);
            market.Spot.PauseUntil(onlineUs);
        }

        if (!_modes.ClosesSockets) return;
        foreach (VenueConnection connection in _connections) _post.Hang(connection, _nowNs);
    }

    /// <summary>Tells of spot what a request or a call may have changed.</summary>
    private void TellSpot()
    {
        _spot.Tell(_public, _nowNs);
        foreach (int market in _spot.Engine.Touched) TellBook(_markets[market].Spot, market, _spot.Engine);
        _spot.Engine.Touched.Clear();
    }

    /// <summary>Tells a market's book with our own resting orders in it.</summary>
    private void TellBook(SyntheticMarket market, int index, MatchingEngine engine)
    {
        bool mayShow = engine.Live.Count > 0 || market.PublicBids.HasOwn || market.PublicAsks.HasOwn;
        if (mayShow) _own.Draw(market, index, engine.Live);
        _public.TellBook(market, _nowNs);
        _spot.First.TellBook(market, _nowNs);
        if (market == _markets[index].Perpetual) _futures.TellBook(index, _nowNs);
    }

    private void Beat(VenueConnection silent)
    {
        if (silent.IsFutures) _futures.Beat(silent, _nowNs);
        else _public.Beat(silent, _nowNs);
    }

    /// <summary>A whole unit of a collateral at the middle of its book.</summary>
    private long WorthOf(VenueCollateral collateral)
    {
        PerpetualMarket? market = Array.Find(_markets, one => one.Spot.Instrument.Symbol == collateral.Symbol);
        return market is null
            ? 0
            : market.Spot.MidPrice * Money.Pow10(Money.Decimals - market.Spot.Instrument.PriceDecimals);
    }

    private void LoseStops()
    {
        foreach (VenueOrder order in _engine.Live)
        {
            if (!order.IsStop || !Faults.Strikes(VenueFault.LoseStop)) continue;
            _engine.Lose(order, _nowNs);
            return;
        }
    }
}
