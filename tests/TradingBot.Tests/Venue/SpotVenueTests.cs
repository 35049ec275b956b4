using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Orders, balances and streams of spot, over both of its wires, in bytes.</summary>
public sealed class SpotVenueTests
{
    private readonly SpotClient _client = new();

    [Fact]
    public void An_order_over_rest_is_open_amended_edited_and_cancelled()
    {
        string price = Below(10);
        JsonElement placed = _client.Call(
            "AddOrder", $"pair=XBTUSD&type=buy&ordertype=limit&price={price}&volume=0.01");
        string? sentence = placed.GetProperty("descr").GetProperty("order").GetString();
        Assert.Equal($"buy 0.01000000 XBTUSD @ limit {price}", sentence);
        string id = placed.GetProperty("txid")[0].GetString()!;
        Assert.Matches("^O[A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$", id);
        Assert.Equal("0.01000000", Open(id).GetProperty("vol").GetString());
        Assert.True(Decimal(_client.Call("BalanceEx").GetProperty("ZUSD").GetProperty("hold_trade")) > 500);

        string amended = Below(9);
        _client.Call("AmendOrder", $"{{\"txid\":\"{id}\",\"order_qty\":\"0.02\",\"limit_price\":\"{amended}\"}}");
        Assert.Equal("0.02000000", Open(id).GetProperty("vol").GetString());
        Assert.Equal(amended, Open(id).GetProperty("descr").GetProperty("price").GetString());

        string edited = _client.Call("EditOrder", $"txid={id}&pair=XBTUSD&price={price}&volume=0.03")
            .GetProperty("txid").GetString()!;
        Assert.NotEqual(id, edited);
        Assert.Equal("canceled", Query(id).GetProperty("status").GetString());
        Assert.Equal(1, _client.Call("CancelOrder", $"txid={edited}").GetProperty("count").GetInt32());
        Assert.Empty(_client.Call("OpenOrders").GetProperty("open").EnumerateObject());
        Assert.Equal(2, _client.Call("ClosedOrders").GetProperty("count").GetInt32());
        Assert.Equal("EOrder:Unknown order", _client.Error("CancelOrder", $"txid={edited}"));
    }

    [Fact]
    public void A_fill_is_told_by_every_truth_alike()
    {
        int socket = _client.OpenPrivate("executions", "balances");
        JsonElement answer = _client.Done(_client.Add(socket, "buy", "0.02", "\"order_type\":\"market\""));
        string id = answer.GetProperty("result").GetProperty("order_id").GetString()!;
        JsonElement[] told = [.. _client.Told("executions").Where(e => e.GetProperty("order_id").GetString() == id)];
        Assert.Equal(
            ["pending_new", "new", "trade", "filled"],
            told.Select(e => e.GetProperty("exec_type").GetString()).Distinct());
        JsonElement trade = told.First(e => e.GetProperty("exec_type").GetString() == "trade");
        Assert.Equal("partially_filled", trade.GetProperty("order_status").GetString());
        Assert.Equal("BTC", trade.GetProperty("fees")[0].GetProperty("asset").GetString());

        JsonElement row = _client.Call("TradesHistory").GetProperty("trades")
            .GetProperty(trade.GetProperty("exec_id").GetString()!);
        Assert.Equal(id, row.GetProperty("ordertxid").GetString());
        Assert.Equal(trade.GetProperty("last_price").GetDecimal(), Decimal(row.GetProperty("price")));
        Assert.Equal("0.02000000", Query(id).GetProperty("vol_exec").GetString());
        Assert.Equal("closed", Query(id).GetProperty("status").GetString());

        JsonElement[] ledger = [.. _client.Call("Ledgers", "asset=XXBT").GetProperty("ledger").EnumerateObject()
            .Select(entry => entry.Value)];
        decimal held = ledger.Sum(e => Decimal(e.GetProperty("amount")) - Decimal(e.GetProperty("fee")));
        Assert.Equal(held, Decimal(_client.Call("Balance").GetProperty("XXBT")));
        Assert.Equal(0.02m * 0.996m, held);
        JsonElement last = _client.Told("balances").Last(e => e.GetProperty("asset").GetString() == "BTC");
        Assert.Equal(held, last.GetProperty("balance").GetDecimal());
    }

    [Fact]
    public void Cancels_batches_and_the_timer_answer_as_documented()
    {
        int socket = _client.OpenPrivate("executions");
        string price = Below(10);
        string one = $"{{\"order_type\":\"limit\",\"side\":\"buy\",\"order_qty\":0.001,\"limit_price\":{price}";
        JsonElement batch = _client.Done(_client.Ask(
            socket, "batch_add",
            $"\"symbol\":\"BTC/USD\",\"orders\":[{one},\"cl_ord_id\":\"a\"}},{one},\"order_userref\":7}}]"));
        Assert.Equal(2, batch.GetProperty("result").GetArrayLength());
        Assert.Equal("a", batch.GetProperty("result")[0].GetProperty("cl_ord_id").GetString());
        JsonElement partly = _client.Done(_client.Ask(
            socket, "batch_add",
            $"\"symbol\":\"BTC/USD\",\"orders\":[{one}}},{{\"order_type\":\"limit\",\"side\":\"sell\",\"order_qty\":1,"
            + $"\"limit_price\":{Below(-10)},\"cl_ord_id\":\"b\"}}]"));
        Assert.Equal(
            "EOrder:Insufficient funds", partly.GetProperty("result")[1].GetProperty("error").GetString());

        int cancel = _client.Ask(socket, "cancel_order", "\"cl_ord_id\":[\"a\",\"nobody\"]");
        _client.Run(400);
        Assert.Equal([true, false], _client.Answers(cancel).Select(a => a.GetProperty("success").GetBoolean()));
        JsonElement timer = _client.Done(_client.Ask(socket, "cancel_all_orders_after", "\"timeout\":5"));
        Assert.NotEqual("0", timer.GetProperty("result").GetProperty("triggerTime").GetString());
        Assert.NotEmpty(_client.Venue.Spot.LiveOrders);
        _client.Run(10_000);
        Assert.Empty(_client.Venue.Spot.LiveOrders);
        JsonElement none = _client.Done(_client.Ask(socket, "cancel_all", ""));
        Assert.Equal(0, none.GetProperty("result").GetProperty("count").GetInt32());
    }

    [Fact]
    public void What_is_only_to_be_checked_is_not_placed()
    {
        JsonElement checkedOnly = _client.Call(
            "AddOrder", $"pair=XBTUSD&type=buy&ordertype=limit&price={Below(10)}&volume=0.01&validate=true");
        Assert.False(checkedOnly.TryGetProperty("txid", out _));
        Assert.Empty(_client.Venue.Spot.LiveOrders);
    }

    [Theory]
    [InlineData("pair=NOBODY&type=buy&ordertype=market&volume=1", "EQuery:Unknown asset pair")]
    [InlineData("pair=XBTUSD&type=buy&ordertype=limit&price=1.01&volume=1", "EOrder:Invalid price")]
    [InlineData("pair=XBTUSD&type=buy&ordertype=limit&price=%2B10&volume=1", "EOrder:Invalid price")]
    [InlineData("pair=XBTUSD&type=buy&ordertype=iceberg&price=1&volume=1", "EGeneral:Invalid arguments:ordertype")]
    [InlineData("pair=XBTUSD&type=buy&ordertype=market&volume=1&leverage=2", "EGeneral:Invalid arguments:leverage")]
    [InlineData("pair=XBTUSD&type=buy&ordertype=market&volume=1", "EOrder:Insufficient funds")]
    [InlineData("pair=XBTUSD&type=sell&ordertype=market&volume=1", "EOrder:Insufficient funds")]
    public void What_cannot_be_done_is_refused_by_name(string order, string error) =>
        Assert.Equal(error, _client.Error("AddOrder", order));

    [Fact]
    public void Our_resting_order_stands_in_the_published_book_and_the_checksum_counts_it()
    {
        int socket = _client.Venue.Open(VenueEndpoint.SpotPublic);
        Subscribe(socket, "\"channel\":\"instrument\"");
        Subscribe(socket, "\"channel\":\"book\",\"depth\":10,\"symbol\":[\"BTC/USD\"]");
        _client.Run(1_000);
        JsonElement best = _client.Public("Depth?pair=XBTUSD&count=1").GetProperty("result").GetProperty("XXBTZUSD");
        decimal bid = Decimal(best.GetProperty("bids")[0][0]);
        decimal ask = Decimal(best.GetProperty("asks")[0][0]);
        string price = (ask - bid > 0.1m ? bid + 0.1m : bid).ToString("F1", CultureInfo.InvariantCulture);
        _client.Call("AddOrder", $"pair=XBTUSD&type=buy&ordertype=limit&price={price}&volume=0.01234567");
        int before = _client.Heard.Count;
        _client.Run(120_000);

        Assert.Contains(_client.Heard.Skip(before), heard =>
            heard.Text.Contains($"{{\"price\":{price},\"qty\":", StringComparison.Ordinal)
            && heard.Text.Contains("234567}", StringComparison.Ordinal));
        Assert.True(Verified(Dialect.SpotV2, socket) > 20);
    }

    [Fact]
    public void The_first_websocket_tells_books_with_right_sums_and_takes_orders()
    {
        int socket = _client.Venue.Open(VenueEndpoint.SpotV1Public);
        Send(socket, "{\"event\":\"subscribe\",\"pair\":[\"XBT/USD\",\"XDG/USD\"],\"reqid\":3,"
            + "\"subscription\":{\"name\":\"book\",\"depth\":10}}");
        Send(socket, "{\"event\":\"subscribe\",\"pair\":[\"XBT/USD\"],\"subscription\":{\"name\":\"trade\"}}");
        _client.Run(60_000);
        Assert.True(Verified(Dialect.SpotV1, socket) > 100);

        int own = _client.Venue.Open(VenueEndpoint.SpotV1Private);
        foreach (string name in new[] { "openOrders", "ownTrades" })
        {
            string wanted = $"{{\"name\":\"{name}\",\"token\":\"{_client.Token}\"}}";
            Send(own, $"{{\"event\":\"subscribe\",\"subscription\":{wanted}}}");
        }

        Send(own, $"{{\"event\":\"addOrder\",\"token\":\"{_client.Token}\",\"pair\":\"XBT/USD\",\"type\":\"buy\","
            + "\"ordertype\":\"market\",\"volume\":\"0.01\",\"reqid\":9}");
        _client.Run(500);
        string[] told = [.. _client.Heard.Where(heard => heard.Connection == own).Select(heard => heard.Text)];
        Assert.Contains(told, text => text.Contains("addOrderStatus", StringComparison.Ordinal)
            && text.Contains("\"status\":\"ok\"", StringComparison.Ordinal));
        Assert.Contains(told, text => text.StartsWith("[[{\"T", StringComparison.Ordinal));
        Assert.Contains(told, text => text.Contains("\"status\":\"closed\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Tickers_and_bars_are_told_by_the_socket()
    {
        int socket = _client.Venue.Open(VenueEndpoint.SpotPublic);
        Subscribe(socket, "\"channel\":\"ticker\",\"symbol\":[\"BTC/USD\"]");
        Subscribe(socket, "\"channel\":\"ohlc\",\"interval\":5,\"symbol\":[\"BTC/USD\"]");
        Subscribe(socket, "\"channel\":\"ohlc\",\"interval\":7,\"symbol\":[\"BTC/USD\"]");
        _client.Run(120_000);
        Assert.True(_client.Told("ticker").Count() > 3);
        Assert.All(_client.Told("ticker"), t => Assert.True(Bid(t) < t.GetProperty("ask").GetDecimal()));
        JsonElement[] bars = [.. _client.Told("ohlc")];
        Assert.True(bars.Length > 700);
        Assert.Equal("2026-09-14T13:05:00.000000Z", bars[^1].GetProperty("timestamp").GetString());
        Assert.Contains(_client.Heard, heard =>
            heard.Text.Contains("Subscription ohlc interval not supported", StringComparison.Ordinal));
    }

    [Fact]
    public void Rest_may_show_the_account_as_it_was_and_never_goes_back()
    {
        SpotClient client = new(new VenueOptions { Habits = new VenueHabits { RestLagNsMax = 60_000_000_000 } });
        client.Run(70_000);
        client.Call("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=0.01");
        int last = 0;
        int firstSeen = -1;
        for (int i = 0; i < 90; i++)
        {
            int count = client.Call("TradesHistory").GetProperty("count").GetInt32();
            Assert.True(count >= last);
            if (count > 0 && firstSeen < 0) firstSeen = i;
            last = count;
            client.Run(1_000);
        }

        Assert.InRange(firstSeen, 1, 61);
    }

    private static decimal Bid(JsonElement ticker) => ticker.GetProperty("bid").GetDecimal();

    private static decimal Decimal(JsonElement text) =>
        decimal.Parse(text.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);

    private JsonElement Open(string id) => _client.Call("OpenOrders").GetProperty("open").GetProperty(id);

    private JsonElement Query(string id) => _client.Call("QueryOrders", $"txid={id}&trades=true").GetProperty(id);

    /// <summary>A price so many percent below the best bid.</summary>
    private string Below(int percent)
    {
        JsonElement ticker = _client.Public("Ticker?pair=XBTUSD").GetProperty("result").GetProperty("XXBTZUSD");
        decimal bid = Decimal(ticker.GetProperty("b")[0]);
        return (bid * (100 - percent) / 100).ToString("F1", CultureInfo.InvariantCulture);
    }

    private void Subscribe(int socket, string parameters) =>
        Send(socket, $"{{\"method\":\"subscribe\",\"params\":{{{parameters}}}}}");

    private void Send(int socket, string text) => Assert.True(_client.Venue.Send(socket, Encoding.UTF8.GetBytes(text)));

    /// <summary>Sums of a socket that our own books found right; a wrong one fails.</summary>
    private long Verified(Dialect dialect, int socket)
    {
        SymbolTable symbols = new();
        FrameParser parser = new(dialect, symbols, new WireCounters());
        BookStage stage = new(new ScaleTable(symbols), 1);
        EventBatch batch = new();
        long sequence = 0;
        foreach ((int connection, _, string text) in _client.Heard)
        {
            if (connection != socket) continue;
            Assert.Equal(ParseResult.Ok, parser.Parse(Encoding.UTF8.GetBytes(text), batch));
            foreach (ref readonly MarketEvent e in batch.Events) stage.OnEvent(in e, sequence++);
        }

        InstrumentBook[] books =
            [.. Enumerable.Range(0, symbols.Count).Select(id => stage.BookOf(id)).OfType<InstrumentBook>()];
        Assert.NotEmpty(books);
        Assert.All(books, book => Assert.Equal(0, book.ChecksumMismatches + book.Crossed));
        return books.Sum(book => book.ChecksumsVerified);
    }
}
