// In:     connects and disconnects of one public socket, time, and which symbol's book lost its thread.
// Out:    subscribe and unsubscribe frames, in order.
// Thread: the caller's; sans-I/O.
// Keeps:  subscriptions are desired state: every connect asks for all of them again; one symbol's resync touches no
//         other.
using System;
using System.Collections.Generic;
using System.Text;

namespace TradingBot.Kraken.Feed;

/// <summary>The subscriptions of one public socket (spot v2, or Unified with an asset class).</summary>
public sealed class PublicFeed
{
    /// <summary>
    /// Between two resyncs of one symbol: its snapshot needs a moment, and the venue counts requests.
    /// </summary>
    private const long ResyncIntervalNs = 2_000_000_000;

    private readonly string _assetClass;
    private readonly int _depth;
    private readonly string[] _symbols;
    private readonly long[] _resyncedNs;
    private readonly Queue<byte[]> _frames = [];
    private long _requestId;
    private bool _connected;

    /// <param name="symbols">Symbols wanted: book and trades of each.</param>
    /// <param name="depth">Book depth: 10, 25, 100, 500 or 1000.</param>
    /// <param name="assetClass">Sent with each request on the Unified WebSocket; null on spot v2, which refuses
    /// it.</param>
    public PublicFeed(IReadOnlyList<string> symbols, int depth, string? assetClass)
    {
        _symbols = [.. symbols];
        _resyncedNs = new long[_symbols.Length];
        _depth = depth;
        _assetClass = assetClass is null ? "" : $"\"asset_class\":\"{assetClass}\",";
    }

    /// <summary>Symbols asked to be sent anew because their book was stale.</summary>
    public long Resyncs { get; private set; }

    public void OnConnected()
    {
        _frames.Clear();
        _connected = true;
        Array.Fill(_resyncedNs, long.MinValue);
        Enqueue($$"""{"method":"subscribe","params":{"channel":"instrument",{{_assetClass}}"snapshot":true}""");
        Enqueue(Book("subscribe", _symbols));
        string trades = $"\"symbol\":[{List(_symbols)}],\"snapshot\":false";
        Enqueue($$"""{"method":"subscribe","params":{"channel":"trade",{{_assetClass}}{{trades}}}""");
    }

    public void OnDisconnected()
    {
        _frames.Clear();
        _connected = false;
    }

    /// <summary>
    /// Asks for one symbol's book again; false when that was done a moment ago, or there is no socket.
    /// </summary>
    public bool Resync(string symbol, long nowNs)
    {
        int index = Array.IndexOf(_symbols, symbol);
        if (!_connected || index < 0) return false;
        bool tooSoon = _resyncedNs[index] != long.MinValue && nowNs - _resyncedNs[index] < ResyncIntervalNs;
        if (tooSoon) return false;
        _resyncedNs[index] = nowNs;
        Resyncs++;
        Enqueue(Book("unsubscribe", [symbol]));
        Enqueue(Book("subscribe", [symbol]));
        return true;
    }

    public bool TryTakeFrame(out byte[] frame) => _frames.TryDequeue(out frame!);

    private string Book(string method, string[] symbols)
    {
        string snapshot = method == "subscribe" ? ",\"snapshot\":true" : "";
        string which = $"\"symbol\":[{List(symbols)}],\"depth\":{_depth}{snapshot}";
        return $$"""{"method":"{{method}}","params":{"channel":"book",{{_assetClass}}{{which}}}""";
    }

    private static string List(string[] symbols) => "\"" + string.Join("\",\"", symbols) + "\"";

    private void Enqueue(string request) =>
        _frames.Enqueue(Encoding.UTF8.GetBytes($"{request},\"req_id\":{++_requestId}}}"));
}
