using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>The derivatives' own interface, which Kraken ends on 2027-03-01: orders, account, feeds.</summary>
public sealed class DerivativesDeskTests
{
    private readonly DerivativesClient _client = new();

    [Fact]
    public void An_order_is_placed_edited_and_cancelled_and_each_answer_says_what_happened()
    {
        string price = Price(90);
        JsonElement sent = Order($"orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice={price}&cliOrdId=one");
        Assert.Equal("placed", sent.GetProperty("status").GetString());
        Assert.Equal(["PLACE"], Events(sent));
        string id = sent.GetProperty("order_id").GetString()!;
        JsonElement open = _client.Get("openorders").GetProperty("openOrders")[0];
        Assert.Equal(id, open.GetProperty("order_id").GetString());
        Assert.Equal(0.01m, open.GetProperty("unfilledSize").GetDecimal());

        JsonElement edited = _client.Post("editorder", $"orderId={id}&size=0.02&limitPrice={Price(91)}")
            .GetProperty("editStatus");
        Assert.Equal("edited", edited.GetProperty("status").GetString());
        Assert.Equal(0.02m, _client.Get("openorders").GetProperty("openOrders")[0]
            .GetProperty("unfilledSize").GetDecimal());
        JsonElement canceled = _client.Post("cancelorder", "cliOrdId=one").GetProperty("cancelStatus");
        Assert.Equal("cancelled", canceled.GetProperty("status").GetString());
        Assert.Empty(_client.Get("openorders").GetProperty("openOrders").EnumerateArray());
        JsonElement gone = _client.Post("cancelorder", $"order_id={id}").GetProperty("cancelStatus");
        Assert.Equal("notFound", gone.GetProperty("status").GetString());
    }

    [Fact]
    public void A_fill_is_in_the_answer_the_fills_the_position_and_the_feeds()
    {
        int socket = _client.Open();
        foreach (string feed in new[] { "open_orders", "fills", "open_positions" }) _client.Follow(socket, feed);
        JsonElement sent = Order("orderType=mkt&symbol=PF_XBTUSD&side=buy&size=0.02");
        Assert.Equal("EXECUTION", Events(sent)[1]);
        JsonElement fill = _client.Get("fills").GetProperty("fills")[0];
        JsonElement position = _client.Get("openpositions").GetProperty("openPositions")[0];
        Assert.Equal("long", position.GetProperty("side").GetString());
        Assert.Equal(0.02m, position.GetProperty("size").GetDecimal());
        _client.Run(300);
        JsonElement[] told = [.. _client.Feed("fills").SelectMany(f => f.GetProperty("fills").EnumerateArray())];
        string? fillId = fill.GetProperty("fill_id").GetString();
        Assert.Contains(fillId, told.Select(f => f.GetProperty("fill_id").GetString()));
        Assert.Equal(0.02m, told.Sum(f => f.GetProperty("qty").GetDecimal()));
        JsonElement over = _client.Feed("open_orders").Last();
        Assert.True(over.GetProperty("is_cancel").GetBoolean());
        Assert.Equal("full_fill", over.GetProperty("reason").GetString());
        Assert.Equal(0.02m, _client.Feed("open_positions").Last().GetProperty("positions")[0]
            .GetProperty("balance").GetDecimal());
        JsonElement flex = _client.Get("accounts").GetProperty("accounts").GetProperty("flex");
        decimal initial = flex.GetProperty("initialMargin").GetDecimal();
        Assert.True(initial > flex.GetProperty("maintenanceMargin").GetDecimal());
        Assert.Equal("filled", _client.Post("cancelorder", $"order_id={sent.GetProperty("order_id").GetString()}")
            .GetProperty("cancelStatus").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("orderType=lmt&symbol=PF_XBTUSD&side=buy&size=100&limitPrice=LOW", "insufficientAvailableFunds")]
    [InlineData("orderType=post&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice=HIGH", "postWouldExecute")]
    [InlineData("orderType=ioc&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice=LOW", "iocWouldNotExecute")]
    [InlineData("orderType=mkt&symbol=PF_XBTUSD&side=sell&size=0.01&reduceOnly=true", "wouldNotReducePosition")]
    [InlineData("orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.00001&limitPrice=LOW", "invalidSize")]
    [InlineData("orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice=60000.5", "invalidPrice")]
    [InlineData("orderType=lmt&symbol=PF_NONE&side=buy&size=0.01&limitPrice=LOW", "marketInactive")]
    public void What_cannot_be_done_has_a_status_inside_a_success(string order, string status)
    {
        order = order.Replace("LOW", Price(90), StringComparison.Ordinal);
        order = order.Replace("HIGH", Price(110), StringComparison.Ordinal);
        Assert.Equal(status, Order(order).GetProperty("status").GetString());
    }

    [Fact]
    public void A_stop_waits_for_the_mark_and_a_batch_is_not_all_or_nothing()
    {
        Order("orderType=mkt&symbol=PF_XBTUSD&side=buy&size=0.02");
        string batch = "{\"batchOrder\":[{\"order\":\"send\",\"order_tag\":\"1\",\"orderType\":\"stp\","
            + "\"symbol\":\"PF_XBTUSD\",\"side\":\"sell\",\"size\":0.02,\"stopPrice\":" + Price(95)
            + ",\"triggerSignal\":\"mark\",\"reduceOnly\":true},{\"order\":\"cancel\",\"order_id\":\"nobody\"}]}";
        JsonElement status =
            _client.Post("batchorder", "json=" + Uri.EscapeDataString(batch)).GetProperty("batchStatus");
        Assert.Equal(
            ["placed", "notFound"], status.EnumerateArray().Select(one => one.GetProperty("status").GetString()));
        JsonElement open = _client.Get("openorders").GetProperty("openOrders")[0];
        Assert.Equal("mark", open.GetProperty("triggerSignal").GetString());
        JsonElement all = _client.Post("cancelallorders", "").GetProperty("cancelStatus");
        Assert.Equal(1, all.GetProperty("cancelledOrders").GetArrayLength());
    }

    [Fact]
    public void A_wrong_signature_opens_nothing()
    {
        RestAnswer answer = _client.Venue.Request(new RestRequest("GET", "/derivatives/api/v3/accounts")
        {
            ApiKey = new VenueOptions().DerivativesKey,
            Authent = "d3Jvbmc=",
        });
        Assert.Contains("authenticationError", Encoding.UTF8.GetString(answer.Body.Span), StringComparison.Ordinal);
        int socket = _client.Open();
        _client.Send(socket, "{\"event\":\"subscribe\",\"feed\":\"fills\",\"api_key\":\"x\","
            + "\"original_challenge\":\"\",\"signed_challenge\":\"\"}");
        _client.Run(300);
        Assert.Equal("alert", _client.Frames().Last().GetProperty("event").GetString());
    }

    [Fact]
    public void Signatures_are_those_of_the_reference()
    {
        const string Secret = "cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ==";
        Assert.Equal(
            "Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==",
            DerivativesDesk.Sign(
                Convert.FromBase64String(Secret), "/derivatives/api/v3/sendorder", "1616492376594",
                "orderType=lmt&symbol=PI_XBTUSD"));
    }

    [Fact]
    public void Books_of_the_first_websocket_are_numbered_without_a_gap_and_ours_follow_them()
    {
        int socket = _client.Open();
        _client.Send(
            socket, "{\"event\":\"subscribe\",\"feed\":\"book\",\"product_ids\":[\"PF_XBTUSD\",\"PF_ETHUSD\"]}");
        _client.Send(socket, "{\"event\":\"subscribe\",\"feed\":\"trade\",\"product_ids\":[\"PF_XBTUSD\"]}");
        _client.Send(socket, "{\"event\":\"subscribe\",\"feed\":\"ticker\",\"product_ids\":[\"PF_XBTUSD\"]}");
        _client.Send(socket, "{\"event\":\"subscribe\",\"feed\":\"heartbeat\"}");
        _client.Run(60_000);
        Assert.NotEmpty(_client.Feed("trade"));
        Assert.True(_client.Feed("ticker").Count() > 20);

        SymbolTable symbols = new();
        FrameParser parser = new(Dialect.FuturesV1, symbols, new WireCounters());
        BookStage stage = new(new ScaleTable(symbols), 1);
        EventBatch batch = new();
        long sequence = 0;
        Dictionary<string, long> last = [];
        foreach ((_, string text) in _client.Heard)
        {
            Assert.NotEqual(ParseResult.Malformed, parser.Parse(Encoding.UTF8.GetBytes(text), batch));
            foreach (ref readonly MarketEvent e in batch.Events) stage.OnEvent(in e, sequence++);
            JsonElement frame = JsonDocument.Parse(text).RootElement;
            bool isBook = frame.TryGetProperty("feed", out JsonElement feed)
                && feed.GetString()!.StartsWith("book", StringComparison.Ordinal);
            if (!isBook || !frame.TryGetProperty("seq", out JsonElement seq)) continue;
            string product = frame.GetProperty("product_id").GetString()!;
            if (last.TryGetValue(product, out long before)) Assert.Equal(before + 1, seq.GetInt64());
            last[product] = seq.GetInt64();
        }

        Assert.Equal(2, last.Count);
        InstrumentBook book = stage.BookOf(symbols.IdOf(Dialect.FuturesV1, "PF_XBTUSD"u8))!;
        Assert.Equal(BookState.InSync, book.State);
        Assert.Equal(_client.Venue.Oracle.BestBid("PF_XBTUSD"), book.Book!.Bids.PriceAt(0));
    }

    [Theory]
    [InlineData(
        "kn_PlaceOrder.json", "POST", "sendorder",
        "orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice=LOW")]
    [InlineData("kn_GetOpenOrders.json", "GET", "openorders", "")]
    [InlineData("kn_GetOpenPositions.json", "GET", "openpositions", "")]
    [InlineData("kn_GetUserTrades.json", "GET", "fills", "")]
    [InlineData("kn_EditOrder.json", "POST", "editorder", "cliOrdId=one&size=0.02")]
    [InlineData("kn_CancelOrder.json", "POST", "cancelorder", "cliOrdId=one")]
    [InlineData("kn_CancelAllOrders.json", "POST", "cancelallorders", "")]
    [InlineData("kn_GetOrderBook.json", "GET", "orderbook?symbol=PF_XBTUSD", "")]
    [InlineData("kn_GetTrades.json", "GET", "history?symbol=PF_XBTUSD", "")]
    public void An_answer_has_the_members_of_the_venues(string file, string method, string path, string parameters)
    {
        string fixture = Repository.Shared("kraken", "fixtures", "futures-rest", file);
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(fixture)).RootElement;
        Order($"orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.01&limitPrice={Price(90)}&cliOrdId=one");
        Order("orderType=mkt&symbol=PF_XBTUSD&side=buy&size=0.02");
        _client.Run(30_000);
        parameters = parameters.Replace("LOW", Price(90), StringComparison.Ordinal);
        JsonElement answer = method == "GET" ? _client.Get(path) : _client.Post(path, parameters);
        Assert.Empty(SpotShapeTests.Faults(expected, answer, "$"));
    }

    private static string[] Events(JsonElement status) =>
        [.. status.GetProperty("orderEvents").EnumerateArray().Select(one => one.GetProperty("type").GetString()!)];

    private JsonElement Order(string parameters) => _client.Post("sendorder", parameters).GetProperty("sendStatus");

    /// <summary>A price at so many percent of the best bid.</summary>
    private string Price(int percent) =>
        (_client.Venue.Oracle.BestBid("PF_XBTUSD") * percent / 100).ToString(CultureInfo.InvariantCulture);
}
