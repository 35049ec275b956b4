using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Answers of the simulated spot venue beside recorded and documented ones: members and their kinds.</summary>
public sealed class SpotShapeTests
{
    /// <summary>What the venue may leave out, or what belongs to things the simulator has none of.</summary>
    private static readonly HashSet<string> Optional =
    [
        "collateral_value", "margin_rate", "close", "cl_ord_id", "ledgers", "long_position_limit",
        "short_position_limit", "trades", "reason", "trigger", "time_remaining", "leverage", "uv", "mfo", "ml",
        "order_userref", "fee_usd_equiv", "limit_price_type", "limit_price", "stop_price", "warnings", "reqid",
        "stopPrice",
    ];

    private readonly SpotClient _client = new();

    [Theory]
    [InlineData("kn_GetOpenOrders.json", "OpenOrders", "trades=true")]
    [InlineData("nt_http_open_orders.json", "OpenOrders", "")]
    [InlineData("kn_GetClosedOrders.json", "ClosedOrders", "")]
    [InlineData("nt_http_closed_orders.json", "ClosedOrders", "")]
    [InlineData("kn_GetOrders.json", "QueryOrders", "txid=CLOSED,OPEN&trades=true")]
    [InlineData("kn_GetUserTrades.json", "TradesHistory", "")]
    [InlineData("nt_http_trades_history.json", "TradesHistory", "")]
    [InlineData("kn_GetUserTradeDetails.json", "QueryTrades", "txid=TRADE")]
    [InlineData("kn_GetLedgerInfo.json", "Ledgers", "")]
    [InlineData("kn_GetLedgersEntry.json", "QueryLedgers", "id=LEDGER")]
    [InlineData("kn_GetTradeVolume.json", "TradeVolume", "pair=XBTUSD")]
    [InlineData("nt_http_spot_balance.json", "Balance", "")]
    [InlineData("kn_GetTradeBalance.json", "TradeBalance", "")]
    [InlineData("kn_PlaceOrder.json", "AddOrder", "pair=XBTUSD&type=buy&ordertype=limit&price=30000&volume=0.001")]
    [InlineData(
        "doc_AddOrder_validate.json", "AddOrder",
        "pair=XBTUSD&type=buy&ordertype=limit&price=30000&volume=0.001&validate=true")]
    [InlineData(
        "kn_PlaceMultipleOrders.json", "AddOrderBatch",
        "{\"pair\":\"XBTUSD\",\"orders\":[{\"ordertype\":\"limit\",\"type\":\"buy\",\"price\":\"30000\","
        + "\"volume\":\"0.001\"},{\"ordertype\":\"limit\",\"type\":\"buy\",\"price\":\"30001\","
        + "\"volume\":\"0.001\"}]}")]
    [InlineData("doc_AmendOrder_response.json", "AmendOrder", "{\"txid\":\"OPEN\",\"limit_price\":\"30002\"}")]
    [InlineData("kn_EditOrder.json", "EditOrder", "txid=OPEN&pair=XBTUSD&price=30003")]
    [InlineData("kn_CancelOrder.json", "CancelOrder", "txid=OPEN")]
    [InlineData("kn_CancelAllOrders.json", "CancelAll", "")]
    [InlineData("kn_CancelAllOrdersAfter.json", "CancelAllOrdersAfter", "timeout=60")]
    [InlineData("doc_GetWebSocketsToken.json", "GetWebSocketsToken", "")]
    public void A_private_answer_has_the_members_of_the_venues(string file, string call, string parameters)
    {
        JsonElement expected = Fixture("spot-rest", file);
        foreach ((string name, string id) in Ids()) parameters = parameters.Replace(name, id, StringComparison.Ordinal);
        Assert.Empty(Faults(expected, _client.Answer(call, parameters), "$"));
    }

    [Theory]
    [InlineData("nt_http_server_time.json", "Time")]
    [InlineData("kn_GetSystemStatus.json", "SystemStatus")]
    [InlineData("kn_GetAssets.json", "Assets")]
    [InlineData("kn_GetSymbols.json", "AssetPairs")]
    [InlineData("kn_GetTicker.json", "Ticker?pair=XBTUSD")]
    [InlineData("kn_GetKlines.json", "OHLC?pair=XBTUSD&interval=1")]
    [InlineData("kn_GetOrderBook.json", "Depth?pair=XBTUSD")]
    [InlineData("kn_GetTradeHistory.json", "Trades?pair=XBTUSD")]
    [InlineData("kn_GetRecentSpread.json", "Spread?pair=XBTUSD")]
    public void A_public_answer_has_the_members_of_the_venues(string file, string path)
    {
        JsonElement expected = Fixture("spot-rest", file);
        _client.Run(30_000);
        Assert.Empty(Faults(expected, _client.Public(path), "$"));
    }

    [Theory]
    [InlineData("kn_ws_PlaceOrder.json", "add_order", "")]
    [InlineData("kn_ws_EditOrder.json", "amend_order", "\"cl_ord_id\":\"open\",\"limit_price\":30001")]
    [InlineData("kn_ws_ReplaceOrder.json", "edit_order", "\"order_id\":\"OPEN\",\"limit_price\":30001")]
    [InlineData("kn_ws_CancelOrders.json", "cancel_order", "\"order_id\":[\"OPEN\"]")]
    [InlineData("kn_ws_CancelAllOrders.json", "cancel_all", "")]
    [InlineData("kn_ws_CancelAllOrdersAfter.json", "cancel_all_orders_after", "\"timeout\":60")]
    public void An_answer_of_the_private_socket_has_the_members_of_the_venues(
        string file, string method, string parameters)
    {
        JsonElement expected = Fixture("spot-ws", file);
        JsonElement answer = expected[expected.GetArrayLength() - 1].GetProperty("msg");
        int socket = _client.OpenPrivate("executions");
        if (method == "add_order")
        {
            parameters = "\"symbol\":\"BTC/USD\",\"side\":\"buy\",\"order_type\":\"limit\",\"limit_price\":30000,"
                + "\"order_qty\":0.001,\"order_userref\":7";
        }
        else
        {
            parameters = parameters.Replace("OPEN", Open("cl_ord_id=open"), StringComparison.Ordinal);
        }

        Assert.Empty(Faults(answer, _client.Done(_client.Ask(socket, method, parameters)), "$"));
    }

    [Fact]
    public void Balances_are_told_as_documented()
    {
        JsonElement snapshot = Fixture("spot-ws", "doc_balances_snapshot.json");
        JsonElement update = Fixture("spot-ws", "doc_balances_update.json");
        _client.OpenPrivate("balances");
        _client.Call("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=0.001");
        _client.Run(500);
        JsonElement[] told = [.. _client.Frames().Where(f =>
            f.TryGetProperty("channel", out JsonElement name) && name.GetString() == "balances")];
        Assert.Empty(Faults(snapshot, told[0], "$"));
        Assert.Empty(Faults(update, told[1], "$"));
    }

    [Fact]
    public void Executions_are_told_as_documented_from_acceptance_to_the_end()
    {
        string path = Repository.Shared("kraken", "fixtures", "spot-ws", "doc_executions_lifecycle.ndjson");
        JsonElement[] expected = [.. File.ReadLines(path).Where(line => line.Length > 0)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("data")[0])];
        _client.OpenPrivate("executions");
        _client.Call("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=0.0001");
        _client.Run(500);
        JsonElement[] told = [.. _client.Told("executions")];
        Assert.Equal(
            expected.Select(e => e.GetProperty("exec_type").GetString()),
            told.Select(e => e.GetProperty("exec_type").GetString()));
        for (int i = 0; i < expected.Length; i++) Assert.Empty(Faults(expected[i], told[i], $"${i}"));
    }

    [Fact]
    public void A_missing_member_and_a_wrong_kind_are_found()
    {
        JsonElement expected = JsonDocument.Parse("{\"a\":\"1\",\"b\":{\"OAAAAA-1\":{\"c\":2}}}").RootElement;
        JsonElement ours = JsonDocument.Parse("{\"a\":1,\"b\":{\"OBBBBB-2\":{\"d\":2}}}").RootElement;
        Assert.Equal(["$.a is Number, not String", "$.b.*.c is missing"], Faults(expected, ours, "$"));
    }

    private static JsonElement Fixture(string folder, string file) =>
        JsonDocument.Parse(File.ReadAllText(Repository.Shared("kraken", "fixtures", folder, file))).RootElement;

    /// <summary>Members that the expected value has and ours lacks, or has of another kind.</summary>
    internal static IEnumerable<string> Faults(JsonElement expected, JsonElement ours, string path)
    {
        if (expected.ValueKind == JsonValueKind.Null || ours.ValueKind == JsonValueKind.Null) yield break;
        if (KindOf(expected) != KindOf(ours))
        {
            yield return $"{path} is {KindOf(ours)}, not {KindOf(expected)}";
            yield break;
        }

        if (expected.ValueKind == JsonValueKind.Array)
        {
            // Rows of one form: the first stands for all. An empty list says nothing of its rows.
            int length = Math.Min(expected.GetArrayLength(), ours.GetArrayLength());
            bool isRow = length > 1 && expected[0].ValueKind is JsonValueKind.String or JsonValueKind.Number;
            for (int i = 0; i < (isRow ? length : Math.Min(length, 1)); i++)
            {
                foreach (string fault in Faults(expected[i], ours[i], $"{path}[{i}]")) yield return fault;
            }
        }

        if (expected.ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty member in expected.EnumerateObject())
        {
            bool isId = IsId(member.Name);
            JsonProperty[] found = [.. ours.EnumerateObject().Where(own =>
                isId ? IsId(own.Name) : own.Name == member.Name)];
            string name = isId ? "*" : member.Name;
            if (found.Length == 0 && !Optional.Contains(member.Name)) yield return $"{path}.{name} is missing";
            if (found.Length == 0) continue;
            foreach (string fault in Faults(member.Value, found[0].Value, $"{path}.{name}")) yield return fault;
        }
    }

    /// <summary>Names of members are in small letters; ids and symbols are not.</summary>
    private static bool IsId(string name) => name.Length > 2 && !name.Any(char.IsAsciiLetterLower);

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "Boolean",
        JsonValueKind kind => kind.ToString(),
    };

    private string Open(string more) => _client
        .Call("AddOrder", $"pair=XBTUSD&type=buy&ordertype=limit&price=30000&volume=0.001&{more}")
        .GetProperty("txid")[0].GetString()!;

    /// <summary>Something of everything: an open order, a filled one, its trade and an entry.</summary>
    private (string Name, string Id)[] Ids()
    {
        string closed = _client.Call("AddOrder", "pair=XBTUSD&type=buy&ordertype=market&volume=0.001")
            .GetProperty("txid")[0].GetString()!;
        return
        [
            ("OPEN", Open("userref=5")),
            ("CLOSED", closed),
            ("TRADE", _client.Call("TradesHistory").GetProperty("trades").EnumerateObject().First().Name),
            ("LEDGER", _client.Call("Ledgers").GetProperty("ledger").EnumerateObject().First().Name),
        ];
    }
}
