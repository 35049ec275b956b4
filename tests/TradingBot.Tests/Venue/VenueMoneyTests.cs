using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Money on Unified: balances, margin and ledgers; and orders by the dozen.</summary>
public sealed class VenueMoneyTests
{
    private const string Market = "\"order_type\":\"market\"";

    [Fact]
    public void Ledgers_tell_every_change_of_the_money_in_a_sequence_without_a_gap()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        client.Subscribe(connection, "\"channel\":\"ledgers\"");
        client.Subscribe(connection, "\"channel\":\"balances\"");
        client.Run(500);
        client.Add(connection, "in", "buy", "0.05", Market);
        client.Run(500);
        Assert.Null(client.Venue.Others.Transfer(100));
        client.Add(connection, "out", "sell", "0.03", Market);
        client.Run(3_600_000);

        JsonElement[] ledgers = [.. client.Channel("ledgers")];
        Assert.Equal(
            Enumerable.Range(1, ledgers.Length).Select(i => (long)i),
            ledgers.Select(frame => frame.GetProperty("sequence").GetInt64()));
        JsonElement[] rows = [.. ledgers.Select(frame => frame.GetProperty("data")[0])];
        Assert.All(rows, row => Assert.Equal("derivatives", row.GetProperty("asset_class").GetString()));
        string[] types = [.. rows.Select(row => row.GetProperty("type").GetString()!).Distinct()];
        Assert.Contains("trade", types);
        Assert.Contains("transfer", types);
        // Each row says what the one before it led to.
        decimal balance = 10_000;
        foreach (JsonElement row in rows)
        {
            balance += row.GetProperty("amount").GetDecimal();
            Assert.Equal(balance, row.GetProperty("balance").GetDecimal());
        }

        Assert.Equal(client.Venue.Oracle.Cash / 1e9m, balance);
        JsonElement first = rows[0];
        Assert.Equal(0.05m, rows.TakeWhile(row => row.GetProperty("type").GetString() == "trade")
            .Sum(row => row.GetProperty("position_change").GetDecimal()));
        Assert.Equal(0m, first.GetProperty("entry_price_old").GetDecimal());
        Assert.Equal(first.GetProperty("trade_price").GetDecimal(), first.GetProperty("entry_price_new").GetDecimal());

        JsonElement[] balances = [.. client.Channel("balances")];
        Assert.Equal("snapshot", balances[0].GetProperty("type").GetString());
        Assert.Equal(balance, balances[^1].GetProperty("data")[0].GetProperty("balance").GetDecimal());
        Assert.Equal(
            Enumerable.Range(1, balances.Length).Select(i => (long)i),
            balances.Select(frame => frame.GetProperty("sequence").GetInt64()));
    }

    [Fact]
    public void Margin_is_told_whole_and_adds_up()
    {
        VenueOptions options = new()
        {
            Margin = new MarginTerms { Collateral = [new VenueCollateral("BTC/USD", 250_000_000, 2)] },
        };
        VenueClient client = new(options);
        int connection = client.OpenPrivate();
        int request = client.Ask(connection, "subscribe", "\"channel\":\"margin\"");
        client.Run(500);
        Assert.True(client.Answer(request).GetProperty("success").GetBoolean());
        client.Add(connection, "in", "buy", "0.05", Market);
        client.Run(500);
        JsonElement[] frames = [.. client.Channel("margin")];
        Assert.True(frames.Length >= 2, $"{frames.Length} frames");
        foreach (JsonElement frame in frames)
        {
            Assert.Equal("multi_collateral", frame.GetProperty("type").GetString());
            JsonElement data = frame.GetProperty("data");
            Assert.Equal(
                Number(data, "margin_equity") - Number(data, "initial_margin"), Number(data, "available_margin"));
            Assert.Equal(Number(data, "collateral_value") + Number(data, "pnl"), Number(data, "margin_equity"));
            JsonElement bitcoin = data.GetProperty("currencies")[1];
            Assert.Equal(("BTC", 0.025m, 0.02m), (
                bitcoin.GetProperty("asset").GetString(), Number(bitcoin, "quantity"), Number(bitcoin, "haircut")));
        }

        decimal margin = Number(frames[^1].GetProperty("data"), "initial_margin");
        Assert.InRange(margin, 300, 330);
        int again = client.Ask(connection, "subscribe", "\"channel\":\"margin\"");
        client.Run(500);
        Assert.Equal("Already subscribed to margin channel", client.ErrorOf(again));
        int gone = client.Ask(connection, "unsubscribe", "\"channel\":\"margin\"");
        client.Run(500);
        Assert.True(client.Answer(gone).GetProperty("success").GetBoolean());
    }

    [Fact]
    public void A_batch_is_of_one_symbol_and_one_that_cannot_be_carried_fails_alone()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        const string Two = "\"symbol\":\"PF_XBTUSD\",\"orders\":["
            + "{\"order_type\":\"limit\",\"side\":\"buy\",\"order_qty\":0.01,\"limit_price\":50000,"
            + "\"cl_ord_id\":\"b1\"},"
            + "{\"order_type\":\"limit\",\"side\":\"buy\",\"order_qty\":90,\"limit_price\":50000,"
            + "\"cl_ord_id\":\"b2\"}]";
        int request = client.Ask(connection, "batch_add", Two);
        client.Run(500);
        JsonElement[] rows = [.. client.Answer(request).GetProperty("result").EnumerateArray()];
        Assert.Equal([true, false], rows.Select(row => row.GetProperty("success").GetBoolean()));
        Assert.Equal("EOrder:Insufficient margin", rows[1].GetProperty("error").GetString());
        Assert.Equal("b1", Assert.Single(client.Venue.Oracle.LiveOrders).ClientId);

        // One that cannot be read refuses all.
        int bad = client.Ask(
            connection, "batch_add", Two.Replace("\"side\":\"buy\",\"order_qty\":90", "\"side\":\"up\""));
        int one = client.Ask(connection, "batch_add", "\"symbol\":\"PF_XBTUSD\",\"orders\":[]");
        client.Run(500);
        Assert.Equal("EGeneral:Invalid arguments:side", client.ErrorOf(bad));
        Assert.Equal("EGeneral:Invalid arguments:orders", client.ErrorOf(one));
        Assert.Single(client.Venue.Oracle.LiveOrders);
    }

    [Fact]
    public void Many_are_cancelled_by_id_or_all_at_once_or_by_the_timer()
    {
        VenueClient client = new();
        int connection = client.OpenPrivate();
        const string Far = "\"order_type\":\"limit\",\"limit_price\":50000";
        foreach (string id in (string[])["a", "b", "c", "d"]) client.Add(connection, id, "buy", "0.01", Far);
        client.Run(500);
        int some = client.Ask(connection, "batch_cancel", "\"cl_ord_id\":[\"a\",\"b\",\"none\"]");
        int lone = client.Ask(connection, "batch_cancel", "\"cl_ord_id\":[\"c\"]");
        client.Run(500);
        Assert.Equal(2, client.Answer(some).GetProperty("result").GetProperty("count").GetInt32());
        Assert.Equal("EGeneral:Invalid arguments:orders", client.ErrorOf(lone));
        Assert.Equal(["c", "d"], client.Venue.Oracle.LiveOrders.Select(order => order.ClientId).Order());
        int all = client.Ask(connection, "cancel_all", "\"x\":0");
        client.Run(500);
        Assert.Equal(2, client.Answer(all).GetProperty("result").GetProperty("count").GetInt32());
        Assert.Empty(client.Venue.Oracle.LiveOrders);

        client.Add(connection, "e", "buy", "0.01", Far);
        int timer = client.Ask(connection, "cancel_all_orders_after", "\"timeout\":5");
        client.Run(4_000);
        Assert.NotEqual("0", client.Answer(timer).GetProperty("result").GetProperty("triggerTime").GetString());
        Assert.Single(client.Venue.Oracle.LiveOrders);
        client.Run(5_000);
        Assert.Empty(client.Venue.Oracle.LiveOrders);
        Assert.Equal(["new", "canceled"], client.Executions("e"));
    }

    [Fact]
    public void Fees_fall_with_what_was_traded_in_thirty_days()
    {
        EngineBench bench = new(cash: 10_000_000 * Money.Dollar);
        long lots = 900;
        decimal Ppm()
        {
            bench.Book(bids: [(60_000, 1_000), (59_000, 9_000)], asks: [(60_010, 1_000), (60_020, 9_000)]);
            bench.Accepted(EngineBench.AtMarket(isBuy: bench.Position.Lots <= 0, lots));
            VenueFill fill = bench.Engine.Fills[^1];
            return fill.Fee * 1_000_000m / (fill.Price * fill.Lots * 100_000m);
        }

        Assert.Equal(500m, Ppm());
        while (bench.Ledger.VolumeDollars(bench.NowNs) < 100_000) _ = Ppm();
        Assert.Equal(400m, decimal.Round(Ppm(), 6));
        // A month later it begins anew.
        bench.At(bench.NowNs + (31L * 24 * 3_600 * 1_000_000_000));
        Assert.Equal(500m, decimal.Round(Ppm(), 6));
    }

    private static decimal Number(JsonElement data, string name) => data.GetProperty(name).GetDecimal();
}
