using System;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Simulation.Paper;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Paper;

/// <summary>The account's file: what a restart finds, and what is not believed.</summary>
public sealed class PaperAccountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-paper-").FullName;

    private string Account => Path.Combine(_folder, "paper-account.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_restart_finds_positions_orders_fills_and_cash_and_nothing_filled_meanwhile()
    {
        PaperDesk before = Trade(out ScriptedFeed _);
        OracleOrder[] orders = [.. before.Oracle.LiveOrders];
        Assert.Equal(2, orders.Length);

        ScriptedFeed feed = new();
        PaperDesk after = new(feed, path: Account, startNs: before.NowNs + 3_600_000_000_000);
        Assert.Equal(before.Oracle.Cash, after.Oracle.Cash);
        Assert.Equal(before.Oracle.LiveOrders, after.Oracle.LiveOrders);
        Assert.Equal(before.Oracle.Fills, after.Oracle.Fills);
        Assert.Equal(before.Position, after.Position);
        Assert.Equal(0, after.Oracle.UnprotectedCurrentNs(ScriptedFeed.Perpetual));
        after.LogIn();
        string open = after.Heard("executions").First().GetRawText();
        Assert.Contains("\"cl_ord_id\":\"s\"", open, StringComparison.Ordinal);
        Assert.Contains("PF_XBTUSD", after.Heard("positions").First().GetRawText(), StringComparison.Ordinal);

        // It lives on: a fill after the restart has a number and an order id of its own.
        feed.Begin();
        feed.Book([(60_000, 1_000)], [(60_010, 1_000)]);
        feed.SpotBook(600_000, 600_100);
        after.Run(1);
        Assert.Null(after.Market("again", "buy", "0.0100"));
        Assert.Equal(1_100, after.Position);
        string[] ids = [.. after.Heard("executions").Select(f => f.GetRawText())
            .SelectMany(text => text.Split('"').Where(part => part.StartsWith("TDERIV-", StringComparison.Ordinal)))];
        Assert.Equal(["TDERIV-000001", "TDERIV-000002"], ids);
        Assert.Equal(2, after.Oracle.Fills.Select(fill => fill.VenueId).Distinct().Count());
    }

    [Fact]
    public void A_change_is_on_disk_before_anybody_hears_of_it()
    {
        PaperDesk desk = Trade(out ScriptedFeed feed);
        feed.Trade(takerBuys: true, 60_600, 50);
        while (desk.Wire.TryReceive(desk.NowNs, out WireEvent _))
        {
            // The print passes; the fill it causes is not yet due at the worker.
        }

        PaperDesk other = new(new ScriptedFeed(), path: Account);
        Assert.Equal(2, other.Fills.Count);
    }

    [Theory]
    [InlineData("flip", "not the hash of the rest")]
    [InlineData("cut", "not the hash of the rest")]
    [InlineData("empty", "not the hash of the rest")]
    [InlineData("mark", "belongs to 'paper:kraken', not to 'paper:other'")]
    public void A_file_that_cannot_be_believed_is_named_and_not_replaced(string damage, string words)
    {
        Trade(out _);
        byte[] bytes = File.ReadAllBytes(Account);
        if (damage == "flip") bytes[^30] ^= 1;
        else if (damage == "cut") bytes = bytes[..^10];
        else if (damage == "empty") bytes = [];
        File.WriteAllBytes(Account, bytes);
        PaperOptions options = new() { Mark = damage == "mark" ? "paper:other" : "paper:kraken" };
        Assert.Null(PaperWire.Over(new ScriptedFeed(), options, Account, out string fault));
        Assert.Contains(Account, fault, StringComparison.Ordinal);
        Assert.Contains(words, fault, StringComparison.Ordinal);
        Assert.Contains("move it away", fault, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Account));
    }

    [Fact]
    public void An_account_that_cannot_be_kept_takes_no_new_risk_and_still_lets_go_of_it()
    {
        PaperDesk desk = Trade(out ScriptedFeed feed);

        // A folder stands where the new file would be written.
        Directory.CreateDirectory(Account + ".new");
        feed.Trade(takerBuys: true, 60_600, 50);
        desk.Run(1);
        Assert.True(desk.Wire.SavesFailed > 0, "the disk did not refuse");
        Assert.Equal("EService:Market in cancel_only mode", desk.Market("x", "buy", "0.0100"));
        Assert.Null(desk.Market("y", "sell", "0.0100", reduceOnly: true));
        Directory.Delete(Account + ".new");
        desk.Run(1_500);
        Assert.Null(desk.Market("z", "buy", "0.0100"));
        PaperDesk other = new(new ScriptedFeed(), path: Account);
        Assert.Equal(desk.Oracle.Fills, other.Oracle.Fills);
    }

    [Fact]
    public void A_key_signature_or_nonce_that_is_wrong_gets_no_token()
    {
        PaperDesk desk = new(new ScriptedFeed());
        byte[] body = Encoding.UTF8.GetBytes("nonce=5");
        const string Path = "/0/private/GetWebSocketsToken";
        string key = new VenueOptions().ApiKey;
        desk.Wire.Request(new WireRequest(Path, key, "AAAA", body));
        desk.Wire.Request(new WireRequest(Path, "other", "AAAA", body));
        long nowNs = desk.NowNs + 1_000_000_000;
        string answers = "";
        while (desk.Wire.TryReceive(nowNs, out WireEvent e))
        {
            if (e.Kind == WireEventKind.Answer) answers += Encoding.UTF8.GetString(e.Bytes);
        }

        Assert.Contains("EAPI:Invalid signature", answers, StringComparison.Ordinal);
        Assert.Contains("EAPI:Invalid key", answers, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_market_data_requests_reaches_the_outer_wire()
    {
        ScriptedFeed feed = new();
        RecordingWire outer = new(feed);
        PaperDesk desk = new PaperDesk(outer).LogIn();
        desk.Stop("s", "sell", "0.1", 59_000);
        int connection = desk.Wire.Open(WireEndpoint.UnifiedPublic);
        foreach (string text in new[]
        {
            """{"method":"add_order","params":{"symbol":"PF_XBTUSD"}}""",
            """{"method":"subscribe","params":{"channel":"executions","asset_class":"derivatives"}}""",
            """{"method":"subscribe","params":{"channel":"book","token":"secret"}}""",
            "not json",
        })
        {
            Assert.Throws<InvalidOperationException>(() => desk.Wire.Send(connection, Encoding.UTF8.GetBytes(text)));
        }

        desk.Wire.Request(new WireRequest("/0/private/Balance", "key", "sign", new byte[1]));
        desk.Wire.Request(new WireRequest("/0/public/SystemStatus", "key", "sign", Array.Empty<byte>()));
        WireRequest request = Assert.Single(outer.Requests);
        Assert.Equal(("/0/public/SystemStatus", "", ""), (request.Path, request.ApiKey, request.ApiSign));
        Assert.DoesNotContain(WireEndpoint.UnifiedPrivate, outer.Opened);
        Assert.All(outer.Sent, text => Assert.DoesNotContain("token", text, StringComparison.Ordinal));
        Assert.All(outer.Sent, text => Assert.StartsWith("{\"method\":\"subscribe\"", text, StringComparison.Ordinal));
    }

    /// <summary>Long 0.1 BTC with a stop, and a resting sell above.</summary>
    private PaperDesk Trade(out ScriptedFeed feed)
    {
        feed = new ScriptedFeed();
        PaperDesk desk = new PaperDesk(feed, path: Account).LogIn();
        feed.Begin();
        feed.Book([(60_000, 1_000)], [(60_010, 1_000)]);
        feed.SpotBook(600_000, 600_100);
        desk.Run(1);
        Assert.Null(desk.Market("a", "buy", "0.1000"));
        Assert.Null(desk.Stop("s", "sell", "0.1000", 59_000));
        Assert.Null(desk.Limit("l", "sell", "0.0100", 60_500));
        return desk;
    }
}
