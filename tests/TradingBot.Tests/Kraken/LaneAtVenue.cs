using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

public enum LaneKind
{
    Unified,
    Legacy,
    Spot,
}

/// <summary>One lane alone beside the simulated Kraken, in virtual time and byte for byte; no engine.</summary>
internal sealed class LaneAtVenue
{
    private const long Second = 1_000_000_000;

    private readonly VirtualWire _wire;
    private readonly WireEndpoint _endpoint;
    private readonly VenueOptions _options;
    private readonly Dictionary<int, long> _calls = [];
    private readonly LaneKind _kind;
    private int _connection;
    private int _tokenCall = -1;
    private long _nonce;
    private long _intents;

    public LaneAtVenue(LaneKind kind, VenueOptions? venue = null)
    {
        _kind = kind;
        _options = venue ?? new VenueOptions();
        Venue = new SimulatedKraken(_options);
        _wire = new VirtualWire(Venue);
        Instrument = kind == LaneKind.Spot
            ? Symbols.IdOf(Dialect.SpotV2, "BTC/USD"u8) : Symbols.IdOf(Dialect.Unified, "PF_XBTUSD"u8);
        LaneOptions options = new() { Market = kind == LaneKind.Spot ? LaneMarket.Spot : LaneMarket.Derivatives };
        Lane = kind == LaneKind.Legacy
            ? new FuturesOrderLane(
                Symbols, options with { TriggerReference = "mark" }, new Secret(_options.DerivativesKey),
                new RequestSigner(new Secret(_options.DerivativesSecret)))
            : new SocketOrderLane(Symbols, options);
        _endpoint = kind switch
        {
            LaneKind.Spot => WireEndpoint.SpotPrivate,
            LaneKind.Legacy => WireEndpoint.FuturesPrivate,
            _ => WireEndpoint.UnifiedPrivate,
        };
        _connection = _wire.Open(_endpoint);
        Run(5);
        Assert.True(Lane.IsUp, "the lane did not come up");
        Told.Clear();
    }

    public SymbolTable Symbols { get; } = new(16);

    public int Instrument { get; }

    public SimulatedKraken Venue { get; }

    public IOrderLane Lane { get; }

    public List<AccountRecord> Told { get; } = [];

    public string Symbol => _kind == LaneKind.Spot ? "BTC/USD" : "PF_XBTUSD";

    public int PriceDecimals => _kind == LaneKind.Spot ? 1 : 0;

    /// <summary>Mantissa of the last price at <see cref="PriceDecimals"/>.</summary>
    public long Price => _kind == LaneKind.Spot
        ? Venue.Spot.LastPrice(Symbol) : Venue.Oracle.LastPrice(Symbol);

    public IReadOnlyList<OracleOrder> Live => _kind == LaneKind.Spot ? Venue.Spot.LiveOrders : Venue.Oracle.LiveOrders;

    public AccountEventKind[] KindsOf(ClientOrderId id) =>
        [.. Told.Where(record => record.Id == id && !record.Snapshot).Select(record => record.Kind)];

    /// <summary>An order of 0.02 BTC.</summary>
    public OrderCommand Place(OrderRole role, OrderType type, Side side, long price = 0) => new()
    {
        Kind = CommandKind.Place,
        Id = ClientOrderId.Of(1, ++_intents, role, 0),
        InstrumentId = Instrument,
        Type = type,
        Side = side,
        Quantity = 200,
        QuantityDecimals = 4,
        LimitPrice = type == OrderType.Limit ? price : 0,
        TriggerPrice = type is OrderType.StopLoss or OrderType.TakeProfit ? price : 0,
        PriceDecimals = (byte)PriceDecimals,
        ReduceOnly = role != OrderRole.Entry,
    };

    public static OrderCommand Amend(OrderCommand placed, long quantity = 0, long limit = 0, long trigger = 0) =>
        placed with { Kind = CommandKind.Amend, Quantity = quantity, LimitPrice = limit, TriggerPrice = trigger };

    public static OrderCommand Cancel(OrderCommand placed) => placed with { Kind = CommandKind.Cancel };

    public void Submit(params ReadOnlySpan<OrderCommand> commands)
    {
        foreach (OrderCommand command in commands) Lane.Submit(command, Venue.NowNs);
        Flush();
    }

    /// <summary>Submits and lets the venue answer.</summary>
    public AccountEventKind[] Done(OrderCommand command)
    {
        int from = Told.Count;
        Submit(command);
        Run(1);
        return [.. Told.Skip(from).Where(record => record.Id == command.Id && !record.Snapshot)
            .Select(record => record.Kind)];
    }

    public void Run(double seconds)
    {
        long endNs = Venue.NowNs + (long)(seconds * Second);
        while (true)
        {
            long dueNs = Math.Max(Venue.NowNs, Math.Min(_wire.NextDueNs, Lane.NextDueNs));
            if (dueNs > endNs) break;
            Venue.AdvanceTo(dueNs);
            Step(dueNs);
        }

        Venue.AdvanceTo(endNs);
    }

    private void Step(long nowNs)
    {
        while (_wire.TryReceive(nowNs, out WireEvent e))
        {
            if (e.Kind == WireEventKind.Opened) Lane.OnConnected(nowNs);
            else if (e.Kind == WireEventKind.Frame) Lane.OnFrame(e.Bytes, nowNs);
            else if (e.Kind == WireEventKind.Closed) Reopen(nowNs);
            else if (_calls.Remove(e.Connection, out long number)) Lane.OnAnswer(number, e.Status, e.Bytes, nowNs);
            else if (e.Connection == _tokenCall) TakeToken(e.Status, e.Bytes, nowNs);
            Flush();
        }

        Lane.OnTimer(nowNs);
        Flush();
    }

    private void Reopen(long nowNs)
    {
        Lane.OnDisconnected(nowNs);
        _connection = _wire.Open(_endpoint);
    }

    private void TakeToken(int status, ReadOnlySpan<byte> body, long nowNs)
    {
        _tokenCall = -1;
        Lane.OnToken(WebSocketToken.Parse(status, body, nowNs), nowNs);
    }

    private void Flush()
    {
        while (Lane.TryTakeRecord(out AccountRecord record)) Told.Add(record);
        while (Lane.TryTakeFrame(out ReadOnlySpan<byte> frame)) _wire.Send(_connection, frame);
        while (Lane.TryTakeRequest(out LaneRequest call)) _calls[_wire.Request(call.Request)] = call.Number;
        if (!Lane.WantsToken || _tokenCall >= 0) return;
        using RequestSigner signer = new(new Secret(_options.ApiSecret));
        TokenRequest request = WebSocketToken.Request(_options.ApiKey, signer, $"{++_nonce}");
        _tokenCall = _wire.Request(new WireRequest(request.Path, request.ApiKey, request.ApiSign, request.Body));
    }
}
