using System.Linq;
using System.Text.Json;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>Rate limits of the venue, as they bite an account of the lowest tier.</summary>
public sealed class VenueBudgetTests
{
    private const string Order = "pair=XBTUSD&type=buy&ordertype=limit&price=30000&volume=0.0001";

    private readonly SpotClient _client = new(new VenueOptions { Tier = VenueTier.Starter });

    [Fact]
    public void Calls_are_counted_and_a_third_of_one_comes_back_each_second()
    {
        // The token of the start is the first of fifteen.
        for (int i = 0; i < 14; i++) _client.Call("Balance");
        Assert.Equal("EAPI:Rate limit exceeded", _client.Error("Balance"));
        _client.Run(3_200);
        _client.Call("Balance");
        Assert.Equal("EAPI:Rate limit exceeded", _client.Error("Ledgers"));
        // Orders count elsewhere.
        _client.Call("AddOrder", Order);
    }

    [Fact]
    public void Orders_of_a_market_are_counted_and_young_ones_cost_more_to_change()
    {
        string id = _client.Call("AddOrder", Order).GetProperty("txid")[0].GetString()!;
        // 1 for the order, then 1 + 3 for each amendment within five seconds of it.
        for (int i = 0; i < 14; i++) Amend(id, 30_001 + i);
        Assert.Equal("EOrder:Rate limit exceeded", _client.Error(
            "AmendOrder", $"{{\"txid\":\"{id}\",\"limit_price\":\"30100\"}}"));
        _client.Call("AddOrder", Order);
        // A cancel is never refused, and another market has a counter of its own.
        _client.Call("CancelOrder", $"txid={id}");
        Assert.Equal("EOrder:Rate limit exceeded", _client.Error("AddOrder", Order));
        _client.Call("AddOrder", "pair=ETHUSD&type=buy&ordertype=limit&price=1000&volume=0.01");
        _client.Run(60_000);
        _client.Call("AddOrder", Order);
    }

    [Fact]
    public void Sixty_orders_of_a_market_may_be_open()
    {
        for (int i = 0; i < 60; i++)
        {
            _client.Call("AddOrder", Order);
            _client.Run(1_000);
        }

        Assert.Equal("EOrder:Orders limit exceeded", _client.Error("AddOrder", Order));
    }

    [Fact]
    public void The_derivatives_pool_is_five_hundred_and_fills_in_ten_seconds()
    {
        VenueBudgets budgets = new(VenueTier.Starter, markets: 1);
        int taken = Enumerable.Range(0, 100).Count(_ => budgets.Derivatives("sendorder", 0, nowNs: 1_000));
        Assert.Equal(50, taken);
        Assert.False(budgets.Derivatives("openorders", 0, 1_000));
        Assert.True(budgets.Derivatives("batchorder", 41, 1_000_001_000));
        Assert.False(budgets.Derivatives("fills", 0, 1_000_001_000));
    }

    [Fact]
    public void Without_a_tier_nothing_is_counted()
    {
        SpotClient client = new();
        for (int i = 0; i < 100; i++) client.Call("Balance");
        JsonElement last = client.Call("Balance");
        Assert.Equal("10000.0000", last.GetProperty("ZUSD").GetString());
    }

    private void Amend(string id, int price) =>
        _client.Call("AmendOrder", $"{{\"txid\":\"{id}\",\"limit_price\":\"{price}\"}}");
}
