using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Tests.Twins;
using TradingBot.Trading;

namespace TradingBot.Tests.Paper;

/// <summary>Public sockets whose frames the test writes: PF_XBTUSD in dollars and 0.0001 BTC, and BTC/USD.</summary>
internal sealed class ScriptedFeed : IWire
{
    public const string Perpetual = "PF_XBTUSD";
    public const string Spot = "BTC/USD";

    private readonly Queue<(WireEventKind Kind, int Number, byte[] Bytes)> _events = new();
    private readonly Dictionary<WireEndpoint, int> _open = [];
    private readonly NaiveBook _perpetualBook = new(10);
    private readonly NaiveBook _spotBook = new(10);
    private byte[] _current = [];
    private int _opened;

    public long NextDueNs => _events.Count > 0 ? 0 : long.MaxValue;

    public long ClockNs => 0;

    public int Open(WireEndpoint endpoint)
    {
        _open[endpoint] = _opened;
        _events.Enqueue((WireEventKind.Opened, _opened, []));
        return _opened++;
    }

    public void Close(int connection)
    {
    }

    public bool Send(int connection, ReadOnlySpan<byte> frame) => true;

    public int Request(WireRequest request) => 0;

    public bool TryReceive(long nowNs, out WireEvent wireEvent)
    {
        bool any = _events.TryDequeue(out (WireEventKind Kind, int Number, byte[] Bytes) next);
        _current = next.Bytes ?? [];
        wireEvent = any ? new WireEvent(next.Kind, next.Number, _current) : default;
        return any;
    }

    /// <summary>The socket is lost.</summary>
    public void Drop(WireEndpoint endpoint) => _events.Enqueue((WireEventKind.Closed, _open[endpoint], []));

    /// <summary>Status and instruments, as after a subscription.</summary>
    public void Begin(string system = "online", string status = "online", string tick = "1", string least = "0.0001")
    {
        Say(WireEndpoint.UnifiedPublic, Status(system));
        Say(
            WireEndpoint.UnifiedPublic,
            """{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"PF_XBTUSD","""
            + $"\"base\":\"BTC\",\"quote\":\"USD\",\"status\":\"{status}\",\"qty_precision\":4,"
            + $"\"qty_increment\":0.0001,\"price_precision\":0,\"price_increment\":{tick},\"qty_min\":{least}}}]}}}}");
    }

    public void Heartbeat(WireEndpoint endpoint) => Say(endpoint, """{"channel":"heartbeat"}""");

    public void System(string system) => Say(WireEndpoint.UnifiedPublic, Status(system));

    /// <summary>The perpetual's whole book: dollars, and units of 0.0001 BTC.</summary>
    public void Book((long Price, long Lots)[] bids, (long Price, long Lots)[] asks)
    {
        _perpetualBook.Clear();
        Apply(_perpetualBook, bids, asks);
        Say(WireEndpoint.UnifiedPublic, Frame("snapshot", bids, asks, _perpetualBook.Checksum()));
    }

    public void Update((long Price, long Lots)[] bids, (long Price, long Lots)[] asks, bool isBroken = false)
    {
        Apply(_perpetualBook, bids, asks);
        uint checksum = _perpetualBook.Checksum() + (isBroken ? 1U : 0);
        Say(WireEndpoint.UnifiedPublic, Frame("update", bids, asks, checksum));
    }

    /// <summary>The spot book: one bid and one ask, in tenths of a dollar.</summary>
    public void SpotBook(long bid, long ask)
    {
        _spotBook.Clear();
        Apply(_spotBook, [(bid, 100_000_000)], [(ask, 100_000_000)]);
        Say(
            WireEndpoint.SpotPublic,
            $"{{\"channel\":\"book\",\"type\":\"snapshot\",\"data\":[{{\"symbol\":\"{Spot}\",\"bids\":[{{\"price\":"
            + $"{Text(bid, 1)},\"qty\":1.00000000}}],\"asks\":[{{\"price\":{Text(ask, 1)},\"qty\":1.00000000}}],"
            + $"\"checksum\":{_spotBook.Checksum()}}}]}}");
    }

    public void Trade(bool takerBuys, long price, long lots, bool isSnapshot = false) => Say(
        WireEndpoint.UnifiedPublic,
        $"{{\"channel\":\"trade\",\"type\":\"{(isSnapshot ? "snapshot" : "update")}\",\"data\":[{{\"symbol\":"
        + $"\"{Perpetual}\",\"side\":\"{(takerBuys ? "buy" : "sell")}\",\"price\":{price},\"qty\":{Text(lots, 4)},"
        + "\"ord_type\":\"market\",\"trade_id\":1,\"timestamp\":\"2026-09-14T13:00:00.000000Z\"}]}");

    public void Say(WireEndpoint endpoint, string text) =>
        _events.Enqueue((WireEventKind.Frame, _open[endpoint], Encoding.UTF8.GetBytes(text)));

    private static string Status(string system) =>
        $"{{\"channel\":\"status\",\"type\":\"update\",\"data\":[{{\"system\":\"{system}\",\"api_version\":\"v2\","
        + "\"connection_id\":1,\"version\":\"2\"}]}";

    private static string Frame(
        string type, (long Price, long Lots)[] bids, (long Price, long Lots)[] asks, uint checksum) =>
        $"{{\"channel\":\"book\",\"type\":\"{type}\",\"data\":[{{\"symbol\":\"{Perpetual}\",\"bids\":[{List(bids)}],"
        + $"\"asks\":[{List(asks)}],\"checksum\":{checksum}}}]}}";

    private static string List((long Price, long Lots)[] levels) => string.Join(
        ',', levels.Select(level => $"{{\"price\":{level.Price},\"qty\":{Text(level.Lots, 4)}}}"));

    private static string Text(long mantissa, int decimals) =>
        (mantissa / (decimal)Math.Pow(10, decimals)).ToString("F" + decimals, CultureInfo.InvariantCulture);

    private static void Apply(NaiveBook book, (long Price, long Lots)[] bids, (long Price, long Lots)[] asks)
    {
        foreach ((long price, long lots) in bids) book.Apply(Side.Buy, price, lots);
        foreach ((long price, long lots) in asks) book.Apply(Side.Sell, price, lots);
        book.EndMessage();
    }
}
