// In:     options, a wire.   Out: the public sockets of a worker, in the order in which they are opened.
// Thread: the worker's.
// Keeps:  each symbol is on one socket, or on two that are twins; the loss of one touches no symbol of another.
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>How public subscriptions are spread over sockets.</summary>
internal sealed record FeedSockets
{
    /// <summary>Every socket has a twin with the same subscriptions: the first copy of a message wins.</summary>
    public bool Redundant { get; init; }

    /// <summary>Books and trades of perpetuals come from the derivatives' first WebSocket.</summary>
    public bool Legacy { get; init; }

    /// <summary>Also after the venue has ended it.</summary>
    public bool LegacyBeyondItsEnd { get; init; }

    /// <summary>Symbols on one socket; further ones go on further sockets.</summary>
    public int SymbolsPerSocket { get; init; } = 100;

    /// <summary>Levels a side of the books.</summary>
    public int Depth { get; init; } = 10;
}

/// <summary>Builds the public sockets.</summary>
/// <param name="options">Symbols, and how they are spread.</param>
/// <param name="wire">Opens them.</param>
/// <param name="symbols">Of the worker.</param>
/// <param name="counters">Of what they parse.</param>
/// <param name="connections">The budget all sockets share.</param>
/// <param name="capture">Records what is sent; null: nothing does.</param>
/// <param name="nowNs">The start.</param>
internal sealed class PublicSockets(
    CircleOptions options, IWire wire, SymbolTable symbols, WireCounters counters, RateBudget connections,
    FeedCapture? capture, long nowNs)
{
    private readonly List<CircleSocket> _sockets = [];

    /// <summary>Seeds of jitter, one a socket; 0 is the account's.</summary>
    private int _number = 1;

    /// <summary>Spot first. Without symbols of its kind there is none.</summary>
    public CircleSocket[] Build()
    {
        Add(options.Spot, WireEndpoint.SpotPublic, Dialect.SpotV2, assetClass: null);
        if (options.Sockets.Legacy && options.Perpetuals.Count > 0)
        {
            // Its books and trades. What the contracts are, and how the venue stands, the other one tells alone.
            New([], WireEndpoint.UnifiedPublic, Dialect.Unified, "derivatives", label: "");
            Add(options.Perpetuals, WireEndpoint.FuturesPublic, Dialect.FuturesV1, assetClass: null);
        }
        else
        {
            Add(options.Perpetuals, WireEndpoint.UnifiedPublic, Dialect.Unified, "derivatives");
        }

        return [.. _sockets];
    }

    /// <summary>Jitter is to differ between processes and sockets; in virtual time it is the same each run.</summary>
    public static int JitterSeed(long nowNs, int socket) => (int)((nowNs / 1_000) ^ (socket * 0x9E37_79B9L));

    public static SocketWatch Watch(RateBudget connections, long nowNs, int socket) =>
        new(connections, new ReconnectBackoff(JitterSeed(nowNs, socket)));

    private void Add(IReadOnlyList<string> all, WireEndpoint endpoint, Dialect dialect, string? assetClass)
    {
        string[][] shards = [.. all.Chunk(options.Sockets.SymbolsPerSocket)];
        // A market without symbols keeps its number, so that the jitter of the others does not depend on it.
        if (shards.Length == 0) _number++;
        for (int i = 0; i < shards.Length; i++)
        {
            string shard = shards.Length > 1 ? $"{i + 1}" : "";
            CircleSocket first = New(shards[i], endpoint, dialect, assetClass, Label(shard, "a"));
            if (!options.Sockets.Redundant) continue;
            first.Twin = New(shards[i], endpoint, dialect, assetClass, Label(shard, "b"));
            first.Twin.Twin = first;
        }
    }

    /// <summary>What tells sockets of one endpoint apart; nothing where there is but one.</summary>
    private string Label(string shard, string twin) => options.Sockets.Redundant ? shard + twin : shard;

    private CircleSocket New(
        string[] shard, WireEndpoint endpoint, Dialect dialect, string? assetClass, string label)
    {
        int number = _number++;
        CircleSocket socket = new(wire, endpoint, Watch(connections, nowNs, number))
        {
            Feed = new PublicFeed(shard, new PublicFeedOptions
            {
                AssetClass = assetClass,
                IsLegacy = dialect == Dialect.FuturesV1,
                Seed = JitterSeed(nowNs, number),
                Depth = options.Sockets.Depth,
            }),
            Parser = new FrameParser(
                dialect, symbols, counters, dialect == Dialect.FuturesV1 ? Dialect.Unified : dialect),
            Dialect = dialect,
            Tap = capture,
            Index = _sockets.Count,
            Label = label,
        };
        _sockets.Add(socket);
        return socket;
    }
}
