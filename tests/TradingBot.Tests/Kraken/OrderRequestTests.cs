using System.Buffers;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

public sealed class OrderRequestTests
{
    private readonly SymbolTable _symbols = new(4);
    private readonly ClientOrderId _id = ClientOrderId.Of(7, 42, OrderRole.Stop, 1);
    private readonly int _xbt;
    private readonly int _spot;

    public OrderRequestTests()
    {
        _xbt = _symbols.IdOf(Dialect.Unified, "PF_XBTUSD"u8);
        _spot = _symbols.IdOf(Dialect.SpotV2, "BTC/USD"u8);
    }

    private OrderCommand Limit => new()
    {
        Kind = CommandKind.Place,
        Id = _id,
        InstrumentId = _xbt,
        Type = OrderType.Limit,
        Side = Side.Buy,
        Quantity = 500,
        QuantityDecimals = 4,
        LimitPrice = 5_990_000,
        PriceDecimals = 2,
        DeadlineNs = Time("2026-11-22T12:00:03.000999Z"),
    };

    private OrderCommand Stop => Limit with
    {
        Type = OrderType.StopLoss,
        Side = Side.Sell,
        LimitPrice = 0,
        TriggerPrice = 5_880_000,
        ReduceOnly = true,
        DeadlineNs = Time("2026-11-22T12:01:00Z"),
    };

    private OrderCommand Amendment => new()
    {
        Kind = CommandKind.Amend,
        Id = _id,
        Quantity = 400,
        QuantityDecimals = 4,
        TriggerPrice = 58_900,
    };

    private OrderCommand Cancellation => new() { Kind = CommandKind.Cancel, Id = _id };

    [Fact]
    public void Orders_are_written_like_the_assumed_frames()
    {
        AssertEqual(AssumedRequest("add_order", 0), Written(Limit, 10));
        AssertEqual(AssumedRequest("add_order", 1), Written(Stop, 11));
        AssertEqual(AssumedRequest("amend_cancel", 0), Written(Amendment, 12));
        AssertEqual(AssumedRequest("amend_cancel", 1), Written(Cancellation, 13));
    }

    [Fact]
    public void Subscriptions_are_written_like_the_assumed_frames()
    {
        OrderRequests requests = new(new SymbolTable(4), "index");
        ArrayBufferWriter<byte> executions = new();
        requests.WriteExecutions(executions, subscribe: true, 3, new Secret("TOKEN"));
        ArrayBufferWriter<byte> positions = new();
        requests.WriteHoldings(positions, subscribe: true, 4, new Secret("TOKEN"));

        AssertEqual(AssumedRequest("executions", 0), JsonNode.Parse(executions.WrittenSpan)!);
        AssertEqual(AssumedRequest("positions", 0), JsonNode.Parse(positions.WrittenSpan)!);
    }

    [Fact]
    public void A_market_order_names_no_price()
    {
        string id = LaneBench.TextOf(_id);
        string expected = "{\"method\":\"add_order\",\"params\":{\"asset_class\":\"derivatives\","
            + "\"order_type\":\"market\",\"side\":\"sell\",\"order_qty\":0.05,\"symbol\":\"PF_XBTUSD\","
            + "\"reduce_only\":true,\"cl_ord_id\":\"" + id
            + "\",\"token\":\"TOKEN\"},\"req_id\":9}";
        OrderCommand market = Stop with { Type = OrderType.Market, TriggerPrice = 0, DeadlineNs = 0 };
        Assert.Equal(expected, Text(market, 9));
    }

    [Fact]
    public void A_take_profit_triggers_by_the_configured_reference()
    {
        JsonNode json = Written(Stop with { Type = OrderType.TakeProfit }, 1, "last");
        Assert.Equal("take-profit", (string)json["params"]!["order_type"]!);
        Assert.Equal("last", (string)json["params"]!["triggers"]!["reference"]!);
    }

    [Theory]
    [InlineData(1, 18, "0.000000000000000001")]
    [InlineData(9_223_372_036_854_775_807, 0, "9223372036854775807")]
    [InlineData(1_000, 0, "1000")]
    [InlineData(51_000, 7, "0.0051")]
    public void Numbers_are_written_exactly(long mantissa, byte decimals, string text)
    {
        OrderCommand amend = Amendment with { Quantity = 0, TriggerPrice = mantissa, PriceDecimals = decimals };
        Assert.Contains("\"trigger_price\":" + text + ",", Text(amend, 1), System.StringComparison.Ordinal);
        Assert.DoesNotContain("order_qty", Text(amend, 1), System.StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_that_make_no_order_are_told_before_they_are_written()
    {
        OrderRequests requests = new(_symbols, "index");
        Assert.Equal(VenueReason.None, requests.FaultOf(Limit));
        Assert.Equal(VenueReason.None, requests.FaultOf(Stop));
        Assert.Equal(VenueReason.None, requests.FaultOf(Amendment));
        Assert.Equal(VenueReason.None, requests.FaultOf(Cancellation));
        Assert.Equal(VenueReason.UnknownInstrument, requests.FaultOf(Limit with { InstrumentId = _spot }));
        Assert.Equal(VenueReason.UnknownInstrument, requests.FaultOf(Limit with { InstrumentId = 99 }));
        Assert.Equal(VenueReason.UnknownInstrument, requests.FaultOf(Limit with { InstrumentId = -1 }));
        OrderCommand[] faulty =
        [
            Limit with { Quantity = 0 }, Limit with { Quantity = -1 }, Limit with { LimitPrice = 0 },
            Limit with { Side = Side.None }, Limit with { Id = default }, Limit with { QuantityDecimals = 19 },
            Stop with { TriggerPrice = 0 }, Stop with { Type = OrderType.None }, Amendment with { Quantity = -5 },
            Amendment with { Quantity = 0, TriggerPrice = 0 },
        ];
        Assert.All(faulty, command => Assert.Equal(VenueReason.InvalidArguments, requests.FaultOf(command)));
    }

    private static long Time(string text)
    {
        Rfc3339 time = default;
        Assert.True(time.TryParse(Encoding.ASCII.GetBytes(text), out long ns));
        return ns;
    }

    private string Text(OrderCommand command, long requestId, string reference = "index")
    {
        ArrayBufferWriter<byte> output = new();
        new OrderRequests(_symbols, reference).Write(output, command, requestId, new Secret("TOKEN"));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private JsonNode Written(OrderCommand command, long requestId, string reference = "index") =>
        JsonNode.Parse(Text(command, requestId, reference))!;

    /// <summary>A request of the assumed frames, its client id replaced by ours.</summary>
    private JsonNode AssumedRequest(string file, int index)
    {
        string path = Repository.Shared("kraken", "fixtures", "uws", "assumed", file + ".ndjson");
        JsonNode request = File.ReadLines(path).Select(line => JsonNode.Parse(line)!)
            .Where(line => line["params"] is not null).ElementAt(index);
        JsonObject parameters = request["params"]!.AsObject();
        string id = LaneBench.TextOf(_id);
        if (parameters["cl_ord_id"] is JsonArray) parameters["cl_ord_id"] = new JsonArray(id);
        else if (parameters.ContainsKey("cl_ord_id")) parameters["cl_ord_id"] = id;
        return request;
    }

    private static void AssertEqual(JsonNode expected, JsonNode actual) => Assert.True(
        JsonNode.DeepEquals(expected, actual),
        "expected " + expected.ToJsonString() + "\nactual   " + actual.ToJsonString());
}
