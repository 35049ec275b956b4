using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>An event without what a receiver adds: time of receipt, ids and sequences.</summary>
internal sealed record SkinEvent(
    EventKind Kind, EventFlags Flags, long TimeNs, long Price, byte PriceDecimals, long Quantity,
    byte QuantityDecimals, long Number, int Detail)
{
    public static SkinEvent Of(in MarketEvent e) => new(
        e.Kind, e.Flags, e.ExchangeTimeNs, e.Price, e.PriceDecimals, e.Quantity, e.QuantityDecimals, e.Number,
        e.Detail);

    public MarketEvent As(Dialect dialect, int instrumentId) => new()
    {
        Kind = Kind,
        Flags = Flags,
        InstrumentId = instrumentId,
        Dialect = dialect,
        Channel = Channel.Book,
        ExchangeTimeNs = TimeNs,
        ReceiveTimeNs = TimeNs,
        Price = Price,
        PriceDecimals = PriceDecimals,
        Quantity = Quantity,
        QuantityDecimals = QuantityDecimals,
        Number = Number,
        Detail = Detail,
    };
}

/// <summary>What a venue told on one public socket, as events per symbol.</summary>
internal sealed class Skin
{
    private static readonly string[] Spot = ["BTC/USD", "ETH/USD", "SOL/USD", "DOGE/USD", "ADA/USD"];
    private static readonly string[] Perpetuals = ["PF_XBTUSD", "PF_ETHUSD", "PF_SOLUSD", "PF_DOGEUSD", "PF_ADAUSD"];

    private readonly IWire _wire;
    private readonly Dialect _dialect;
    private readonly PublicFeed _feed;
    private readonly SymbolTable _symbols = new();
    private readonly FrameParser _parser;
    private readonly EventBatch _batch = new();
    private readonly Dictionary<string, List<SkinEvent>> _books = [];
    private readonly Dictionary<string, List<SkinEvent>> _trades = [];
    private readonly Dictionary<(string Channel, string Symbol), long> _subscribedNs = [];

    public Skin(Dialect dialect, IWire wire)
    {
        bool isSpot = dialect == Dialect.SpotV2;
        _dialect = dialect;
        _wire = wire;
        Wanted = isSpot ? Spot : Perpetuals;
        _feed = new PublicFeed(Wanted, new PublicFeedOptions { AssetClass = isSpot ? null : "derivatives" });
        _parser = new FrameParser(dialect, _symbols, new WireCounters());
        Connection = wire.Open(isSpot ? WireEndpoint.SpotPublic : WireEndpoint.UnifiedPublic);
    }

    public string[] Wanted { get; }

    public int Connection { get; }

    /// <summary>Instrument frames, byte for byte.</summary>
    public List<string> Instruments { get; } = [];

    /// <summary>The latest time the venue told of; a socket keeps its order, so all before it is here.</summary>
    public long LastNs { get; private set; }

    public void On(in WireEvent e)
    {
        if (e.Kind == WireEventKind.Opened)
        {
            _feed.OnConnected(nowNs: 0);
            while (_feed.TryTakeFrame(out byte[] frame)) Assert.True(_wire.Send(Connection, frame));
            return;
        }

        Assert.Equal(WireEventKind.Frame, e.Kind);
        if (e.Bytes.StartsWith("{\"channel\":\"instrument\""u8)) Instruments.Add(Encoding.UTF8.GetString(e.Bytes));
        if (e.Bytes.StartsWith("{\"method\":\"subscribe\""u8)) OnAcknowledged(e.Bytes.ToArray());
        Assert.Equal(ParseResult.Ok, _parser.Parse(e.Bytes, _batch));
        foreach (ref readonly MarketEvent market in _batch.Events) Keep(in market);
    }

    /// <summary>When the venue acknowledged it, by its own clock.</summary>
    public long SubscribedNs(string channel, string symbol) => _subscribedNs[(channel, symbol)];

    /// <summary>Trades after one time and up to another.</summary>
    public List<SkinEvent> Trades(string symbol, long afterNs, long toNs) =>
        [.. _trades.GetValueOrDefault(symbol, []).Where(e => e.TimeNs > afterNs && e.TimeNs <= toNs)];

    /// <summary>Time of the book's snapshot.</summary>
    public long SnapshotNs(string symbol) => _books[symbol].Find(IsSnapshotEnd)!.TimeNs;

    /// <summary>Levels and ends of the book's messages after one time and up to another.</summary>
    public List<SkinEvent> Updates(string symbol, long afterNs, long toNs) =>
        [.. _books[symbol].Where(e => e.TimeNs > afterNs && e.TimeNs <= toNs)];

    /// <summary>The book after everything up to a time, checked against the venue's sums on the way.</summary>
    public string[] BookAt(string symbol, long timeNs)
    {
        SymbolTable symbols = new();
        int id = symbols.IdOf(_dialect, Encoding.ASCII.GetBytes(symbol));
        BookStage stage = new(new ScaleTable(symbols), 1, depthDefault: 10);
        long sequence = 0;
        foreach (SkinEvent e in _books[symbol].Where(e => e.TimeNs <= timeNs))
        {
            MarketEvent market = e.As(_dialect, id);
            stage.OnEvent(in market, sequence++);
        }

        InstrumentBook state = stage.BookOf(id)!;
        Assert.Equal((BookState.InSync, 0L), (state.State, state.ChecksumMismatches));
        Assert.True(state.ChecksumsVerified > 0);
        return [.. Side(state.Book!.Bids), "|", .. Side(state.Book.Asks)];
    }

    private void Keep(in MarketEvent e)
    {
        LastNs = Math.Max(LastNs, e.ExchangeTimeNs);
        Dictionary<string, List<SkinEvent>>? kept = e.Kind switch
        {
            EventKind.Trade => _trades,
            EventKind.BookLevel or EventKind.BookEnd => _books,
            _ => null,
        };
        if (kept is null) return;
        string symbol = Encoding.ASCII.GetString(_symbols.TextOf(e.InstrumentId));
        if (!kept.TryGetValue(symbol, out List<SkinEvent>? events)) kept[symbol] = events = [];
        events.Add(SkinEvent.Of(in e));
    }

    private void OnAcknowledged(byte[] frame)
    {
        using JsonDocument json = JsonDocument.Parse(frame);
        Assert.True(json.RootElement.GetProperty("success").GetBoolean());
        JsonElement result = json.RootElement.GetProperty("result");
        if (!result.TryGetProperty("symbol", out JsonElement symbol)) return;
        string time = json.RootElement.GetProperty("time_out").GetString()!;
        DateTimeOffset at = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        _subscribedNs[(result.GetProperty("channel").GetString()!, symbol.GetString()!)] =
            (at - DateTimeOffset.UnixEpoch).Ticks * 100;
    }

    private static IEnumerable<string> Side(BookSide side)
    {
        for (int rank = 0; rank < side.Count; rank++) yield return $"{side.PriceAt(rank)} {side.QuantityAt(rank)}";
    }

    private static bool IsSnapshotEnd(SkinEvent e) =>
        e.Kind == EventKind.BookEnd && (e.Flags & EventFlags.Snapshot) != 0;
}
