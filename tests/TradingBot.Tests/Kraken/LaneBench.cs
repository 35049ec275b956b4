using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>A lane with its clock and both ends in the test's hand.</summary>
internal sealed class LaneBench
{
    public const long Second = 1_000_000_000;

    public const string NoOrders = """{"channel":"executions","type":"snapshot","sequence":1,"data":[]}""";

    public const string NoPositions =
        """{"channel":"positions","type":"snapshot","data":{"futures":[],"options":[]}}""";

    private long _intents;

    public LaneBench(LaneOptions? options = null)
    {
        Xbt = Symbols.IdOf(Dialect.Unified, "PF_XBTUSD"u8);
        Lane = new SocketOrderLane(Symbols, options ?? new LaneOptions());
    }

    public SymbolTable Symbols { get; } = new(16);

    public int Xbt { get; }

    public SocketOrderLane Lane { get; }

    public long NowNs { get; private set; } = 1_700_000_000 * Second;

    /// <summary>Everything sent and told since the last <see cref="Forget"/>.</summary>
    public List<JsonObject> Sent { get; } = [];

    public List<AccountRecord> Told { get; } = [];

    public AccountEventKind[] Kinds => [.. Told.Select(record => record.Kind)];

    public string[] Methods => [.. Sent.Select(frame => (string)frame["method"]!)];

    /// <summary>A lane that may send, with a spare token unless told otherwise.</summary>
    public static LaneBench Up(LaneOptions? options = null, bool spare = true)
    {
        LaneBench bench = new(options);
        bench.Connect();
        bench.Token();
        if (spare) bench.Token("SPARE");
        bench.Frame(NoOrders);
        bench.Frame(NoPositions);
        Assert.True(bench.Lane.IsUp);
        bench.Forget();
        return bench;
    }

    public void Forget()
    {
        Sent.Clear();
        Told.Clear();
    }

    public void Connect() => Do(() => Lane.OnConnected(NowNs));

    public void Disconnect() => Do(() => Lane.OnDisconnected(NowNs));

    public void Token(string text = "TOKEN") =>
        Token(new TokenAnswer(new WebSocketToken(new Secret(text), NowNs + (900 * Second)), default));

    public void Token(TokenAnswer answer) => Do(() => Lane.OnToken(answer, NowNs));

    public void Frame(string text) => FrameBytes(Encoding.UTF8.GetBytes(text));

    public void FrameBytes(byte[] frame) => Do(() => Lane.OnFrame(frame, NowNs));

    public void Executions(string type, int sequence, params string[] items)
    {
        string data = string.Join(',', items);
        Frame($$"""{"channel":"executions","type":"{{type}}","sequence":{{sequence}},"data":[{{data}}]}""");
    }

    public void Pass(long ns)
    {
        NowNs += ns;
        Do(() => Lane.OnTimer(NowNs));
    }

    public void Submit(OrderCommand command) => Do(() => Lane.Submit(command, NowNs));

    /// <summary>The venue's yes or, with an error, no to the frame sent last or to the one given.</summary>
    public void Answer(JsonObject request, string? error = null, string? orderId = null)
    {
        string id = orderId is null ? string.Empty : $"\"order_id\":\"{orderId}\"";
        string outcome = error is null
            ? $"\"success\":true,\"result\":{{{id}}}"
            : $"\"success\":false,\"error\":\"{error}\"";
        Frame($"{{\"method\":\"{(string)request["method"]!}\",\"req_id\":{(long)request["req_id"]!},{outcome}}}");
    }

    /// <summary>A fresh buy of 0.05 at 59900.</summary>
    public OrderCommand Place(OrderType type = OrderType.Limit) => new()
    {
        Kind = CommandKind.Place,
        Id = ClientOrderId.Of(1, ++_intents, OrderRole.Entry, 0),
        InstrumentId = Xbt,
        Type = type,
        Side = Side.Buy,
        Quantity = 500,
        QuantityDecimals = 4,
        LimitPrice = type == OrderType.Limit ? 59_900 : 0,
        TriggerPrice = type is OrderType.StopLoss or OrderType.TakeProfit ? 58_800 : 0,
    };

    public static OrderCommand Amend(OrderCommand placed, long quantity) => new()
    {
        Kind = CommandKind.Amend,
        Id = placed.Id,
        InstrumentId = placed.InstrumentId,
        Quantity = quantity,
        QuantityDecimals = placed.QuantityDecimals,
    };

    public static OrderCommand Cancel(OrderCommand placed) => new()
    {
        Kind = CommandKind.Cancel,
        Id = placed.Id,
        InstrumentId = placed.InstrumentId,
    };

    public static string TextOf(ClientOrderId id)
    {
        byte[] text = new byte[ClientOrderId.TextBytes];
        id.Write(text);
        return Encoding.ASCII.GetString(text);
    }

    private void Do(Action act)
    {
        act();
        while (Lane.TryTakeFrame(out ReadOnlySpan<byte> frame)) Sent.Add(JsonNode.Parse(frame)!.AsObject());
        while (Lane.TryTakeRecord(out AccountRecord record)) Told.Add(record);
    }
}
