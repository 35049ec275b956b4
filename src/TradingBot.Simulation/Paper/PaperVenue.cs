// In:     requests of the worker's private socket and its token calls; the public feed as it passes; time.
// Out:    answers, executions and positions in Kraken's wire format, each when it is due; the account's file.
// Thread: the caller's; nothing here waits but for the disk, reads a clock or starts a thread.
// Keeps:  same feed, same calls and same times, same bytes; a change of the account is on disk before anybody is told.
// Budget: nothing to speak of per frame without orders; a file of some KB per change of the account.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;

namespace TradingBot.Simulation.Paper;

/// <summary>A venue of one account that fills against what a public feed shows.</summary>
internal sealed class PaperVenue
{
    private const long HeartbeatNs = 1_000_000_000;
    private const long SaveAgainNs = 1_000_000_000;

    /// <summary>A triggered stop meets the next book told, or after this long the one that still stands.</summary>
    private const long TriggeredNsMax = 1_000_000_000;

    private readonly string _mark;
    private readonly PaperAccountFile? _file;
    private readonly int _starts;
    private readonly MirroredFeed _feed;
    private readonly PositionLedger _ledger;
    private readonly MatchingEngine _engine;
    private readonly Postbox _post;
    private readonly VenueInbox _inbox;
    private readonly RestDesk _rest;
    private readonly PrivateChannels _private;
    private readonly List<VenueConnection> _connections = [];
    private long _nowNs;
    private long _savedChanges;
    private long _saveDueNs = long.MaxValue;
    private int _opened;

    /// <param name="options">What it shall be.</param>
    /// <param name="kept">The account as it was left; null for a new one.</param>
    /// <param name="file">Where the account is kept; null keeps it in memory only.</param>
    public PaperVenue(PaperOptions options, PaperAccount? kept, PaperAccountFile? file)
    {
        _mark = options.Mark;
        _file = file;
        _starts = (kept?.Starts ?? 0) + 1;
        IEnumerable<string> held = kept?.Markets.Select(market => market.Symbol) ?? [];
        _feed = new MirroredFeed([.. options.Perpetuals.Union(held)], options.Redundant, options.Legacy);
        // Ids and tokens of another start must be others, or a new order would carry the id of an old one.
        ulong seed = options.Venue.Seed ^ ((ulong)_starts * 0x9E37_79B9_7F4A_7C15);
        VenueOptions venue = options.Venue with { Seed = seed };
        _ledger = new PositionLedger(_feed.Markets, venue.DepositDollars * Money.Dollar);
        _engine = new MatchingEngine(_feed.Markets, _ledger, new VenueIds(seed).Unified)
        {
            CancelsLateStops = venue.Habits.CancelsLateStops,
        };
        _post = new Postbox(seed);
        _inbox = new VenueInbox(_post);
        VenueTokens tokens = new(seed);
        _rest = new RestDesk(venue, tokens, _post);
        if (kept is not null) Restore(kept);
        _private = new PrivateChannels(venue, _feed.Markets, _engine, _ledger, _connections, _post, tokens);
        Oracle = new VenueOracle(_feed.Markets, _engine, _ledger, () => _nowNs);
    }

    public VenueOracle Oracle { get; }

    public MirroredFeed Feed => _feed;

    /// <summary>Times the account's file could not be written.</summary>
    public long SavesFailed { get; private set; }

    public long NextDueNs
    {
        get
        {
            long dueNs = Math.Min(Math.Min(_inbox.NextDueNs, _post.NextDueNs), Math.Min(_saveDueNs, TriggeredDueNs()));
            foreach (VenueConnection connection in _connections)
            {
                if (connection.IsSubscribed) dueNs = Math.Min(dueNs, connection.LastSentNs + HeartbeatNs);
            }

            return dueNs;
        }
    }

    /// <summary>Opens a private socket; its status frame is on the way.</summary>
    public int Open()
    {
        VenueConnection connection = new(_opened++, VenueEndpoint.UnifiedPrivate);
        _connections.Add(connection);
        _post.Post(connection, VenueStream.Replies, connection.Frames.Status(), _nowNs);
        return connection.Id;
    }

    /// <summary>The worker hangs up: it receives nothing more, but what it sent still arrives.</summary>
    public void Close(int connection)
    {
        if (Find(connection) is not VenueConnection found) return;
        found.ClosedNs = 0;
        _connections.Remove(found);
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame)
    {
        if (Find(connection) is not VenueConnection found) return false;
        _inbox.Add(new RequestUnderWay(found, VenueRequest.Read(frame), Closes: false, IsLost: false), _nowNs);
        return true;
    }

    public RestAnswer Request(WireRequest request) => _rest.Answer(
        new RestRequest("POST", request.Path)
        {
            ApiKey = request.ApiKey,
            ApiSign = request.ApiSign,
            Body = request.Body,
        },
        _nowNs);

    /// <summary>A public frame passes: the markets follow it, and orders meet what it shows.</summary>
    public void Observe(WireEndpoint endpoint, int socket, ReadOnlySpan<byte> frame)
    {
        _feed.Observe(endpoint, socket, frame, _engine, _nowNs);
        Tell();
    }

    public void Lost(int socket) => _feed.Lost(socket, _nowNs);

    /// <summary>Time is this: sockets that fell silent are noted before anything can match.</summary>
    public void MoveTo(long nowNs)
    {
        _nowNs = Math.Max(_nowNs, nowNs);
        _feed.Listen(_nowNs);
    }

    /// <summary>Lets happen what is due by now: requests arrive, triggered stops meet the book, hearts beat.</summary>
    public void Advance()
    {
        while (_inbox.NextDueNs <= _nowNs) Arrive(_inbox.Take());
        _private.StrikeTimer(_nowNs);
        if (TriggeredDueNs() <= _nowNs)
        {
            for (int i = 0; i < _feed.Markets.Length; i++)
            {
                if (TriggeredDueNs(i) <= _nowNs) _engine.AfterStep(i, [], _nowNs);
            }
        }

        Tell();
        if (_saveDueNs <= _nowNs) Save();
        foreach (VenueConnection connection in _connections)
        {
            bool isSilent = connection.IsSubscribed && connection.LastSentNs + HeartbeatNs <= _nowNs;
            if (isSilent) _post.Post(connection, VenueStream.Replies, connection.Frames.Heartbeat(), _nowNs);
        }
    }

    public bool TryReceive(out int connection, out byte[] frame) => _post.TryTake(_nowNs, out connection, out frame);

    private VenueConnection? Find(int id) => _connections.Find(candidate => candidate.Id == id);

    private void Arrive(RequestUnderWay arrival)
    {
        if (arrival.Request is not VenueRequest request)
        {
            _post.Post(arrival.From, VenueStream.Replies, new ReplyFrames().Unreadable(_nowNs), _nowNs);
            return;
        }

        // An account that cannot be kept takes on no new risk; what reduces it, and cancels, go on.
        bool addsRisk = request.Method == "add_order" && !request.Flag("reduce_only");
        bool isUnkept = _saveDueNs != long.MaxValue;
        if (addsRisk && isUnkept) _private.Refuse(arrival.From, request, OrderRules.NoMatching, _nowNs);
        else _private.Handle(arrival.From, request, _nowNs);
        Tell();
    }

    /// <summary>Keeps what changed, then tells it: both before the caller hears of anything.</summary>
    private void Tell()
    {
        _private.TellReports(_nowNs);
        if (_engine.Changes != _savedChanges) Save();
    }

    private void Save()
    {
        _savedChanges = _engine.Changes;
        _saveDueNs = long.MaxValue;
        if (_file is null || _file.TrySave(PaperAccount.Of(_mark, _starts, _engine, _ledger, _feed.Markets))) return;
        SavesFailed++;
        _saveDueNs = _nowNs + SaveAgainNs;
    }

    private long TriggeredDueNs()
    {
        long dueNs = long.MaxValue;
        for (int i = 0; i < _feed.Markets.Length; i++) dueNs = Math.Min(dueNs, TriggeredDueNs(i));
        return dueNs;
    }

    /// <summary>When a triggered order of a market that matches has waited long enough.</summary>
    private long TriggeredDueNs(int market)
    {
        long dueNs = long.MaxValue;
        foreach (VenueOrder order in _engine.Live)
        {
            bool waits = order.Market == market && order.State == VenueOrderState.Triggered;
            if (waits && _feed.Markets[market].IsMatching) dueNs = Math.Min(dueNs, order.TriggeredNs + TriggeredNsMax);
        }

        return dueNs;
    }

    private void Restore(PaperAccount kept)
    {
        for (int i = 0; i < _feed.Markets.Length; i++)
        {
            MirroredMarket market = _feed.Markets[i];
            KeptMarket? was = Array.Find(kept.Markets, candidate => candidate.Symbol == market.Symbol);
            if (was is null) continue;
            _feed.Restore(i, was.PriceDecimals, was.QuantityDecimals);
            market.Restore(was.PriceDecimals, was.QuantityDecimals, was.LastPrice, kept.FillCount);
            _ledger.PositionOf(i).Restore(was.Lots, was.TickLots);
        }

        VenueOrder[] orders = kept.RestoreOrders(symbol => Array.FindIndex(_feed.Markets, m => m.Symbol == symbol));
        VenueFill[] fills = kept.RestoreFills(orders);
        _ledger.Restore(kept.Cash);
        _engine.Restore(kept.FillCount, [.. orders.Where(order => order.IsLive)], fills, _nowNs);
    }
}
