using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>The simulated venue's market data over REST: one tape behind every answer.</summary>
public sealed class MarketDeskTests
{
    private const long HourNs = 3_600_000_000_000;

    private readonly SimulatedKraken _venue = new(new VenueOptions());

    public MarketDeskTests() => _venue.AdvanceTo(_venue.NowNs + (HourNs / 6));

    [Theory]
    [InlineData("XBTUSD", 1)]
    [InlineData("XXBTZUSD", 15)]
    [InlineData("ETH/USD", 60)]
    [InlineData("XDGUSD", 240)]
    public void Rows_are_the_trades_folded(string name, int minutes)
    {
        JsonElement result = Result($"/0/public/OHLC?pair={name}&interval={minutes}");
        JsonElement[] rows = RowsOf(result);
        long lengthNs = minutes * 60_000_000_000L;
        Assert.True(rows.Length is > 100 and <= 721);
        Assert.Equal(_venue.NowNs / lengthNs * lengthNs, rows[^1][0].GetInt64() * 1_000_000_000);
        List<(long TimeNs, string Price, decimal Lots)> trades = Trades(name, rows[0][0].GetInt64() * 1_000_000_000);
        ILookup<long, (long, string Price, decimal Lots)> byOpen =
            trades.ToLookup(trade => trade.TimeNs / lengthNs * lengthNs / 1_000_000_000);
        for (int i = 0; i < rows.Length; i++)
        {
            (long, string Price, decimal Lots)[] inside = [.. byOpen[rows[i][0].GetInt64()]];
            Assert.Equal(inside.Length, rows[i][7].GetInt32());
            if (i > 0) Assert.Equal(rows[i - 1][0].GetInt64() + (60 * minutes), rows[i][0].GetInt64());
            if (inside.Length == 0)
            {
                Assert.Equal("0.0", rows[i][5].GetString());
                if (i > 0) Assert.Equal(rows[i - 1][4].GetString(), rows[i][1].GetString());
                continue;
            }

            Assert.Equal(inside[0].Price, rows[i][1].GetString());
            Assert.Equal(inside[^1].Price, rows[i][4].GetString());
            Assert.Equal(inside.Sum(trade => trade.Lots), Number(rows[i][6]));
        }
    }

    [Fact]
    public void Trades_ascend_in_time_and_number_across_the_past_and_the_present()
    {
        List<(long TimeNs, string, decimal)> trades = Trades("SOLUSD", _venue.NowNs - (2 * HourNs));
        Assert.Contains(trades, trade => trade.TimeNs > new VenueOptions().StartNs);
        Assert.Equal(trades.Select(trade => trade.TimeNs).Order(), trades.Select(trade => trade.TimeNs));
        JsonElement page = Result("/0/public/Trades?pair=SOLUSD&since=0");
        long[] ids = [.. page.GetProperty("SOLUSD").EnumerateArray().Select(row => row[6].GetInt64())];
        Assert.Equal(1_000, ids.Length);
        Assert.Equal(ids.Distinct().Order(), ids);
    }

    [Theory]
    [InlineData("/0/public/OHLC?pair=2ZUSD")]
    [InlineData("/0/public/Trades?pair=")]
    [InlineData("/0/public/Depth?pair=PF_XBTUSD")]
    [InlineData("/0/public/Ticker?pair=NOPE")]
    public void What_is_not_listed_is_an_error_and_not_an_empty_list(string path) =>
        Assert.Equal("EQuery:Unknown asset pair", Ask(path).GetProperty("error")[0].GetString());

    [Fact]
    public void Status_assets_depth_and_tickers_are_told()
    {
        Assert.Equal("online", Result("/0/public/SystemStatus").GetProperty("status").GetString());
        Assert.Equal("XBT", Result("/0/public/Assets").GetProperty("XXBT").GetProperty("altname").GetString());
        JsonElement depth = Result("/0/public/Depth?pair=XBTUSD&count=3").GetProperty("XXBTZUSD");
        Assert.Equal(3, depth.GetProperty("asks").GetArrayLength());
        Assert.True(Number(depth.GetProperty("bids")[0][0]) < Number(depth.GetProperty("asks")[0][0]));
        Assert.True(Number(depth.GetProperty("bids")[1][0]) < Number(depth.GetProperty("bids")[0][0]));
        JsonElement tickers = Result("/0/public/Ticker");
        Assert.Equal(5, tickers.EnumerateObject().Count());
        Assert.All(tickers.EnumerateObject(), ticker => Assert.True(Number(ticker.Value.GetProperty("v")[1]) > 0));
        JsonElement contracts = Ask("/derivatives/api/v3/instruments").GetProperty("instruments");
        Assert.Equal(5, contracts.GetArrayLength());
        JsonElement chart = Ask("/api/charts/v1/trade/PF_XBTUSD/1h?from=0");
        Assert.Equal(721, chart.GetProperty("candles").GetArrayLength());
        Assert.Equal("contractNotFound",
            Ask("/api/charts/v1/trade/PF_NOPE/1h?from=0").GetProperty("errors")[0].GetProperty("message").GetString());
    }

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private static JsonElement[] RowsOf(JsonElement result) =>
        [.. result.EnumerateObject().Single(member => member.Name != "last").Value.EnumerateArray()];

    private JsonElement Ask(string path)
    {
        RestAnswer answer = _venue.Request(new RestRequest("GET", path));
        return JsonDocument.Parse(Encoding.UTF8.GetString(answer.Body.Span)).RootElement;
    }

    private JsonElement Result(string path)
    {
        JsonElement answer = Ask(path);
        Assert.Equal(0, answer.GetProperty("error").GetArrayLength());
        return answer.GetProperty("result");
    }

    /// <summary>All trades from a time on, page by page.</summary>
    private List<(long TimeNs, string Price, decimal Lots)> Trades(string name, long fromNs)
    {
        List<(long, string, decimal)> trades = [];
        long since = fromNs - 1;
        while (true)
        {
            JsonElement page = Result($"/0/public/Trades?pair={name}&since={since}&count=1000");
            int count = trades.Count;
            foreach (JsonElement row in RowsOf(page))
            {
                long timeNs = (long)(row[2].GetDecimal() * 1_000_000_000);
                trades.Add((timeNs, row[0].GetString()!, Number(row[1])));
            }

            since = long.Parse(page.GetProperty("last").GetString()!, CultureInfo.InvariantCulture);
            if (trades.Count == count) return trades;
        }
    }
}
