using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Executions and positions into records.</summary>
public sealed class LaneAccountTests
{
    private const string Order = "e66851e7-8721-50ed-bf43-5e6a2ddff423";

    private const string Open =
        $$"""
        {"order_id":"{{Order}}","symbol":"PF_XBTUSD","side":"sell","order_type":"stop-loss","exec_type":"new",
        "order_status":"new","order_qty":0.0500,"cum_qty":0,"reduce_only":true,
        "triggers":{"reference":"index","price":"58800.5","status":"untriggered"},
        "timestamp":"2026-11-22T12:00:00.123456Z"}
        """;

    private const string Fill =
        $$"""
        {"order_id":"{{Order}}","exec_type":"trade","order_status":"partially_filled","exec_id":"T1",
        "last_price":58799.25,"last_qty":0.02,"cum_qty":0.02,"timestamp":"2026-11-22T12:00:01Z"}
        """;

    private static readonly string[] Assumed =
    [
        "add_order", "amend_cancel", "balances", "book", "executions", "instrument", "ledgers", "margin", "ohlc",
        "positions", "status", "ticker", "trade",
    ];

    [Fact]
    public void Every_assumed_frame_of_the_venue_is_understood()
    {
        LaneBench bench = LaneBench.Up();
        // The assumed answers carry the request numbers 10 to 13; the two subscriptions took 1 and 2.
        List<OrderCommand> placed = [.. Enumerable.Range(3, 9).Select(_ => bench.Place())];
        foreach (OrderCommand place in placed) bench.Submit(place);
        OrderCommand filler = bench.Place();
        bench.Submit(LaneBench.Amend(filler, 1));
        bench.Submit(LaneBench.Cancel(bench.Place()));
        Assert.Equal(Enumerable.Range(3, 11), bench.Sent.Select(frame => (int)frame["req_id"]!));
        foreach (string line in Assumed.SelectMany(ResponsesOf)) bench.Frame(line);

        LaneCounters counters = bench.Lane.Counters;
        Assert.Equal((0, 0, 0), (counters.Malformed, counters.ItemFaults, counters.StrayAnswers));
        Assert.Equal((0, 0), (counters.UnknownKeys.Total, counters.UnknownWords.Total));
        Assert.Equal(
            [AccountEventKind.Accepted, AccountEventKind.Refused, AccountEventKind.Accepted, AccountEventKind.Accepted],
            bench.Told.Where(record => record.Command != CommandKind.None).Select(record => record.Kind));
        AccountEventKind[] executions = [.. bench.Told.Where(record => record.VenueOrderHigh != 0
            && record.Command == CommandKind.None).Select(record => record.Kind)];
        Assert.Equal(
            [
                AccountEventKind.OrderOpen, AccountEventKind.Fill, AccountEventKind.OrderClosed,
                AccountEventKind.OrderOpen, AccountEventKind.OrderClosed,
            ],
            executions);
        AccountRecord last = bench.Told.Last(record => record.Kind == AccountEventKind.OrderClosed);
        Assert.Equal(
            (VenueReason.PriceProtection, 2L, 2), (last.Reason, last.CumulativeQuantity, last.QuantityDecimals));
        Assert.Equal(4, bench.Told.Count(record => record.Kind == AccountEventKind.Position));
    }

    [Fact]
    public void Sparse_reports_are_completed_by_what_was_told_before()
    {
        LaneBench bench = LaneBench.Up();
        bench.Executions("update", 2, Open, Fill);
        bench.Executions("update", 3, $$"""{"order_id":"{{Order}}","exec_type":"amended","order_qty":0.04}""");
        bench.Executions("update", 4, $$"""{"order_id":"{{Order}}","exec_type":"filled","cum_qty":0.04}""");

        AccountRecord open = bench.Told[0];
        Assert.Equal((AccountEventKind.OrderOpen, OrderType.StopLoss, Side.Sell), (open.Kind, open.Type, open.Side));
        Assert.Equal((5L, 2), (open.Quantity, open.QuantityDecimals));
        Assert.Equal((588_005L, 1), (open.TriggerPrice, open.PriceDecimals));
        Assert.True(open.ReduceOnly);
        Assert.Equal(1_795_348_800_123_456_000, open.ExchangeTimeNs);

        AccountRecord fill = bench.Told[1];
        Assert.Equal((AccountEventKind.Fill, bench.Xbt, Side.Sell), (fill.Kind, fill.InstrumentId, fill.Side));
        Assert.Equal((2L, 2L, 5_879_925L, 2), (fill.Quantity, fill.CumulativeQuantity, fill.Price, fill.PriceDecimals));
        Assert.Equal(5_880_050, fill.TriggerPrice);
        Assert.NotEqual(0ul, fill.ExecutionLow);
        Assert.Equal(open.VenueOrderLow, fill.VenueOrderLow);

        Assert.Equal((AccountEventKind.Amended, 4L, 588_005L),
            (bench.Told[2].Kind, bench.Told[2].Quantity, bench.Told[2].TriggerPrice));
        Assert.Equal((AccountEventKind.OrderClosed, 4L, VenueReason.None),
            (bench.Told[3].Kind, bench.Told[3].CumulativeQuantity, bench.Told[3].Reason));
        Assert.Equal(4, bench.Told.Count);
    }

    [Fact]
    public void A_fill_may_come_before_the_answer_and_name_only_our_id()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        string id = LaneBench.TextOf(place.Id).ToUpperInvariant();
        bench.Executions("update", 2, Fill.Replace("\"exec_type\"", $"\"cl_ord_id\":\"{id}\",\"exec_type\""));
        bench.Answer(bench.Sent[0], orderId: Order);
        bench.Executions("update", 3, $$"""{"order_id":"{{Order}}","exec_type":"filled","cum_qty":0.05}""");

        Assert.Equal([AccountEventKind.Fill, AccountEventKind.Accepted, AccountEventKind.OrderClosed], bench.Kinds);
        Assert.All(bench.Told, record => Assert.Equal((place.Id, bench.Xbt), (record.Id, record.InstrumentId)));
        Assert.Equal(Side.Buy, bench.Told[0].Side);
        Assert.Single(bench.Told.Select(record => record.VenueOrderHigh).Distinct());
    }

    [Fact]
    public void An_answer_alone_binds_the_venue_id_to_ours()
    {
        LaneBench bench = LaneBench.Up();
        OrderCommand place = bench.Place();
        bench.Submit(place);
        bench.Answer(bench.Sent[0], orderId: Order);
        bench.Executions(
            "update", 2, $$"""{"order_id":"{{Order}}","exec_type":"canceled","reason":"User requested"}""");
        Assert.Equal((place.Id, VenueReason.UserRequested), (bench.Told[1].Id, bench.Told[1].Reason));
    }

    [Fact]
    public void Repeated_executions_give_their_records_again()
    {
        LaneBench bench = LaneBench.Up();
        bench.Executions("update", 2, Open, Fill);
        bench.Executions("update", 2, Open, Fill);
        Assert.Equal(bench.Told[1], bench.Told[3]);
        Assert.Equal(1, bench.Lane.Counters.SequenceRepeats);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void Words_of_tomorrow_are_counted_and_the_order_survives()
    {
        LaneBench bench = LaneBench.Up();
        bench.Executions("update", 2, Open);
        bench.Executions("update", 3, $$"""{"order_id":"{{Order}}","exec_type":"teleported","order_qty":9,"warp":1}""");
        bench.Executions("update", 4, $$"""{"order_id":"{{Order}}","exec_type":"status"}""");
        bench.Executions("update", 5, $$"""{"order_id":"{{Order}}","exec_type":"restated"}""");

        Assert.Equal([AccountEventKind.OrderOpen, AccountEventKind.Amended], bench.Kinds);
        Assert.Equal(5, bench.Told[1].Quantity);
        LaneCounters counters = bench.Lane.Counters;
        Assert.Equal((1, 1, 1), (counters.UnknownWords.Total, counters.UnknownKeys.Total, counters.QuietReports));
        Assert.Equal("warp"u8, counters.UnknownKeys.NameOf(0));
    }

    [Theory]
    [InlineData("""{"symbol":"PF_XBTUSD","side":"long","size":0.05,"entry_price":60000}""", 5, 2, 60_000)]
    [InlineData("""{"instrument":"PF_XBTUSD","side":"short","qty":"0.050","avg_price":"60000.00"}""", -5, 2, 60_000)]
    [InlineData("""{"contract":"PF_XBTUSD","quantity":-5e-2,"avg_entry_price":6e4}""", -5, 2, 60_000)]
    [InlineData("""{"symbol":"PF_XBTUSD","side":"sell","size":-0.05,"entry_price":60000}""", -5, 2, 60_000)]
    [InlineData("""{"symbol":"PF_XBTUSD","side":"short","size":0,"entry_price":60000}""", 0, 0, 60_000)]
    [InlineData("""{"symbol":"PF_XBTUSD","size":1500}""", 1500, 0, 0)]
    public void Positions_are_read_under_all_their_names(string item, long quantity, int decimals, long price)
    {
        LaneBench bench = LaneBench.Up();
        bench.Frame(Positions("update", item));
        AccountRecord position = Assert.Single(bench.Told);
        Assert.Equal((AccountEventKind.Position, bench.Xbt), (position.Kind, position.InstrumentId));
        Assert.Equal((quantity, decimals, price), (position.Quantity, position.QuantityDecimals, position.Price));
    }

    [Theory]
    [InlineData("""{"symbol":"PF_XBTUSD","side":"long","size":-1}""")]
    [InlineData("""{"symbol":"PF_XBTUSD","side":"sideways","size":1}""")]
    [InlineData("""{"symbol":"PF_XBTUSD","size":"much"}""")]
    [InlineData("""{"symbol":"PF_XBTUSD"}""")]
    [InlineData("""{"size":1}""")]
    [InlineData("""{"symbol":"","size":1}""")]
    [InlineData("7")]
    public void A_position_that_cannot_be_read_is_no_position_and_calls_for_a_look(string item)
    {
        LaneBench bench = LaneBench.Up();
        bench.Frame(Positions("update", item));
        Assert.Equal([AccountEventKind.SnapshotBegin], bench.Kinds);
        Assert.Equal(1, bench.Lane.Counters.ItemFaults);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("""{"channel":"executions","type":"update","data":[{"exec_type":"\ud800"}]}""")]
    public void Bytes_that_are_no_frame_are_counted(string frame)
    {
        LaneBench bench = LaneBench.Up();
        bench.Frame(frame);
        Assert.Equal(1, bench.Lane.Counters.Malformed);
        Assert.True(bench.Lane.IsUp);
    }

    [Fact]
    public void Closed_orders_make_room_and_open_ones_stay()
    {
        ReportedOrders table = new();
        List<ReportedOrder> states = [.. Enumerable.Range(1, ReportedOrders.OrdersMax)
            .Select(n => new ReportedOrder
            {
                Key = new VenueKey((ulong)n, 1),
                Id = ClientOrderId.Of(1, n, OrderRole.Entry, 0),
            })];
        Assert.All(states, state => Assert.True(table.TryKeep(state)));
        ReportedOrder late = new() { Key = new VenueKey(9_999, 1) };
        Assert.False(table.TryKeep(late));

        table.Close(states[5]);
        table.Close(states[3]);
        Assert.True(table.TryKeep(late));
        Assert.Null(table.Find(states[5].Key, states[5].Id));
        Assert.Same(states[3], table.Find(states[3].Key, default));
        Assert.Equal(ReportedOrders.OrdersMax, table.Count);
    }

    internal static string Positions(string type, params string[] items) =>
        $"{{\"channel\":\"positions\",\"type\":\"{type}\","
        + $"\"data\":{{\"futures\":[{string.Join(',', items)}],\"options\":[]}}}}";

    private static IEnumerable<string> ResponsesOf(string file)
    {
        string path = Repository.Shared("kraken", "fixtures", "uws", "assumed", file + ".ndjson");
        return File.ReadLines(path).Where(line => !line.Contains("\"params\"", StringComparison.Ordinal));
    }
}
