// In:     addresses, symbols and a folder.   Out: a recording of the feed, and the engine that saw it.
// Thread: one runs Step; the wire's and the recording's are their own.
// Keeps:  what records is what trades: the same sockets, subscriptions, parsers, books and order of events.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Bars;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;

namespace TradingBot.Worker.Capture;

/// <summary>What shall be recorded.</summary>
internal sealed record RecordingOptions
{
    public required IReadOnlyList<string> Symbols { get; init; }

    public IReadOnlyList<Channel> Channels { get; init; } = [Channel.Book, Channel.Trade];

    public int Depth { get; init; } = 10;

    public required VenueAddresses Addresses { get; init; }

    /// <summary>Perpetuals come from the derivatives' first WebSocket.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Real time between two looks at the clock when nothing comes.</summary>
    public TimeSpan StepEvery { get; init; } = TimeSpan.FromMilliseconds(50);
}

/// <summary>A worker that only watches: public sockets, an engine without account, a recording.</summary>
internal sealed class FeedRecording
{
    /// <summary>Time enters at least this often, as in a run.</summary>
    private const long TickEveryNs = 100_000_000;

    private readonly SocketWire _wire;
    private readonly TimeSpan _stepEvery;
    private readonly FeedTap? _tap;
    private readonly EngineInput _input;
    private readonly MarketSide _market;
    private readonly List<CircleSocket> _sockets = [];
    private long _tickNs;

    /// <param name="options">What shall be recorded.</param>
    /// <param name="wire">The sockets.</param>
    /// <param name="capture">Where to; null = nowhere.</param>
    /// <param name="nowNs">The time it starts.</param>
    public FeedRecording(RecordingOptions options, SocketWire wire, FeedCapture? capture, long nowNs)
    {
        _wire = wire;
        _stepEvery = options.StepEvery;
        _tap = capture is null ? null : new FeedTap(capture, options.Addresses);
        if (!ReplayCommand.TryReadPlan(ReplayCommand.DefaultTimeframes, out BarPlan? plan, out string error))
        {
            throw new InvalidOperationException(error);
        }

        // The engine of a replay with its defaults: both end in one state.
        Engine = Topology.EngineFor(TopologyKind.Inline, Symbols, new EngineOptions { Bars = plan });
        _input = new EngineInput(Engine, capture);
        _market = new MarketSide(Engine, _input, _tap);
        RateBudget connections = RateBudget.OfConnections();
        string[] spot = [.. options.Symbols.Where(IsSpot)];
        string[] perpetuals = [.. options.Symbols.Where(symbol => !IsSpot(symbol))];
        if (spot.Length > 0 || perpetuals.Length == 0)
        {
            _sockets.Add(Socket(options, spot, WireEndpoint.SpotPublic, connections, nowNs));
        }

        if (perpetuals.Length > 0)
        {
            WireEndpoint endpoint = options.IsLegacy ? WireEndpoint.FuturesPublic : WireEndpoint.UnifiedPublic;
            _sockets.Add(Socket(options, perpetuals, endpoint, connections, nowNs));
        }
    }

    public SymbolTable Symbols { get; } = new();

    public WireCounters Counters { get; } = new();

    public Engine Engine { get; }

    public IReadOnlyList<CircleSocket> Sockets => _sockets;

    public int Wanted => _sockets.Sum(socket => socket.Feed!.Wanted);

    public int Confirmed => _sockets.Sum(socket => socket.Feed!.Confirmed);

    public long Reconnects => _sockets.Sum(socket => socket.Watch.Losses);

    /// <summary>The venue lists the instrument as online.</summary>
    public bool IsOnline(int id) => _market.IsOnline(id);

    public static bool IsSpot(string symbol) => symbol.Contains('/', StringComparison.Ordinal);

    /// <summary>Runs until it is asked to stop.</summary>
    /// <param name="clock">The time, Unix ns; it never steps back.</param>
    /// <param name="isOver">Asked after every step.</param>
    /// <param name="stop">Ends it between two steps.</param>
    public void Run(Func<long> clock, Func<bool> isOver, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !isOver())
        {
            Step(clock());
            _wire.Wait(_stepEvery, stop);
        }

        foreach (CircleSocket socket in _sockets) socket.Abandon();
    }

    private void Step(long nowNs)
    {
        foreach (CircleSocket socket in _sockets) socket.TryOpen(nowNs);
        while (_wire.TryReceive(nowNs, out WireEvent e))
        {
            foreach (CircleSocket socket in _sockets)
            {
                if (socket.Connection != e.Connection) continue;
                _market.On(socket, in e, nowNs);
                break;
            }
        }

        foreach (CircleSocket socket in _sockets)
        {
            _market.Listen(socket, nowNs);
            if (socket.OnTimer(nowNs) || !socket.Flush(nowNs)) _market.OnLost(socket, nowNs);
        }

        if (nowNs < _tickNs) return;
        _tickNs = nowNs + TickEveryNs;
        MarketEvent tick = new() { Kind = EventKind.TimeAdvance, InstrumentId = -1, ReceiveTimeNs = nowNs };
        _input.Tell(ref tick);
    }

    private CircleSocket Socket(
        RecordingOptions options, string[] symbols, WireEndpoint endpoint, RateBudget connections, long nowNs)
    {
        Dialect dialect = endpoint switch
        {
            WireEndpoint.SpotPublic => Dialect.SpotV2,
            WireEndpoint.FuturesPublic => Dialect.FuturesV1,
            _ => Dialect.Unified,
        };
        bool isLegacy = dialect == Dialect.FuturesV1;
        int seed = (int)(nowNs / 1_000) ^ (int)endpoint;
        return new CircleSocket(_wire, endpoint, new SocketWatch(connections, new ReconnectBackoff(seed)))
        {
            Dialect = dialect,
            Tap = _tap?.Capture,
            // A contract is one instrument, whichever feed tells of it.
            Parser = new FrameParser(dialect, Symbols, Counters, isLegacy ? Dialect.Unified : dialect),
            Feed = new PublicFeed(symbols, new PublicFeedOptions
            {
                Channels = options.Channels,
                Depth = options.Depth,
                AssetClass = dialect == Dialect.Unified ? "derivatives" : null,
                IsLegacy = isLegacy,
                Seed = seed,
            }),
        };
    }
}
