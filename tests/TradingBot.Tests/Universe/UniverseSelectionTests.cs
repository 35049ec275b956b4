using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using Xunit;

namespace TradingBot.Tests.Universe;

/// <summary>Who is in, and why the rest is not; each rule alone.</summary>
public sealed class UniverseSelectionTests
{
    [Theory]
    [InlineData("EUR/USD", "", ExclusionReasons.Class)]
    [InlineData("USDT/USD", "", ExclusionReasons.Class)]
    [InlineData("AAPLx/USD", "", ExclusionReasons.Class)]
    [InlineData("SOL/EUR", "", ExclusionReasons.Quote)]
    [InlineData("SOL/USD", ",\"aclass_base\":\"tokenized_asset\"", ExclusionReasons.Class)]
    [InlineData("SOL/USD", ",\"execution_venue\":\"bitnomial_exchange\"", ExclusionReasons.Class)]
    [InlineData("SOL/USD", ",\"execution_venue\":\"international\"", ExclusionReasons.None)]
    [InlineData("SOL/USD", ",\"status\":\"cancel_only\"", ExclusionReasons.Status)]
    [InlineData("SOL/USD", ",\"status\":\"reduce_only\"", ExclusionReasons.Status)]
    [InlineData("SOL/USD", ",\"status\":\"never_heard_of\"", ExclusionReasons.Status)]
    [InlineData("SOL/USD", ",\"status\":\"post_only\"", ExclusionReasons.None)]
    [InlineData("SOL/USD", ",\"tick_size\":null", ExclusionReasons.SpecMissing)]
    [InlineData("SOL/USD", ",\"ordermin\":\"0\"", ExclusionReasons.SpecMissing)]
    [InlineData("SOL/USD", ",\"lot_decimals\":\"eight\"", ExclusionReasons.SpecMissing)]
    [InlineData("2Z/USD", "", ExclusionReasons.Blocked)]
    [InlineData("ANIME/USD", "", ExclusionReasons.Blocked)]
    [InlineData("SOL/USD", "", ExclusionReasons.None)]
    public void A_rule_alone_leaves_it_out(string wsname, string more, ExclusionReasons expected)
    {
        UniverseRow row = Row(wsname, more);
        Assert.Equal(expected, row.Reasons);
        Assert.Equal(expected == ExclusionReasons.None, row.ReasonText.Length == 0);
        Assert.Equal(expected == ExclusionReasons.None, row.IsIncluded);
    }

    [Theory]
    [InlineData("PF_SOLUSD", "\"contractValueTradePrecision\":2", ExclusionReasons.None)]
    [InlineData("PF_PEPEUSD", "\"contractValueTradePrecision\":-3", ExclusionReasons.None)]
    [InlineData("PI_XBTUSD", "\"contractValueTradePrecision\":0", ExclusionReasons.Kind)]
    [InlineData("FI_XBTUSD_290928", "\"contractValueTradePrecision\":0", ExclusionReasons.Kind)]
    [InlineData("PF_EURUSD", "\"contractValueTradePrecision\":0", ExclusionReasons.Class)]
    [InlineData("PF_SPYxUSD", "\"contractValueTradePrecision\":2", ExclusionReasons.Class)]
    [InlineData("PF_GOLDUSD", "\"contractValueTradePrecision\":2,\"tradfi\":true", ExclusionReasons.Class)]
    [InlineData("PF_SOLUSD", "\"x\":0", ExclusionReasons.SpecMissing)]
    [InlineData("PF_SOLUSD", "\"contractValueTradePrecision\":2,\"openingDate\":\"2099-01-01T00:00:00Z\"",
        ExclusionReasons.Status)]
    [InlineData("PF_SOLUSD", "\"contractValueTradePrecision\":2,\"lastTradingTime\":\"2026-09-22T00:00:00Z\"",
        ExclusionReasons.Settling)]
    public void Contracts_follow_the_same_rules(string symbol, string more, ExclusionReasons expected)
    {
        string asset = symbol.Split('_')[1][..^3];
        Listing listing = Listings.Contracts(Listings.ContractAnswer(Listings.Contract(symbol, asset, more)));
        UniverseState state = UniverseMerge.Take(new UniverseState(), listing, isSpot: false, Listings.NowNs).State;
        Assert.Equal(expected, Listings.Select(state).View.Rows[0].Reasons);
    }

    [Fact]
    public void Several_reasons_are_told_together()
    {
        UniverseRow row = Row("EUR/GBP", ",\"status\":\"cancel_only\",\"tick_size\":null");
        Assert.Equal(
            ExclusionReasons.Class | ExclusionReasons.Quote | ExclusionReasons.Status | ExclusionReasons.SpecMissing,
            row.Reasons);
        Assert.Equal(4, row.ReasonText.Split("; ").Length);
    }

    [Theory]
    [InlineData(5_000_000, 1_000L, LiquidityTier.A)]
    [InlineData(4_999_999, 1_000L, LiquidityTier.B)]
    [InlineData(5_000_000, 1_001L, LiquidityTier.B)]
    [InlineData(500_000, 2_500L, LiquidityTier.B)]
    [InlineData(499_999, 2_500L, LiquidityTier.C)]
    [InlineData(9_000_000, null, LiquidityTier.C)]
    [InlineData(null, 10L, LiquidityTier.C)]
    public void Tiers_come_of_volume_and_spread(int? volume, long? spread, LiquidityTier expected) =>
        Assert.Equal(expected, UniverseSelection.TierOf(new MarketTicker("x", volume, spread, 1)));

    [Fact]
    public void Thin_or_unknown_markets_stay_out_unless_they_are_named()
    {
        UniverseState state = Listings.State(4);
        Dictionary<string, MarketTicker> tickers = new()
        {
            ["A00/USD"] = new MarketTicker("a", 249_999, 100, 1),
            ["A01/USD"] = new MarketTicker("a", 250_000, 5_001, 1),
            ["A02/USD"] = new MarketTicker("a", 250_000, 5_000, 1),
        };
        UniverseView view = Listings.Select(state, tickers: tickers).View;
        Assert.Equal(
            [ExclusionReasons.Volume, ExclusionReasons.Spread, ExclusionReasons.None, ExclusionReasons.NoTicker],
            view.Rows.Select(row => row.Reasons));
        UniverseOptions allowed = new() { Allow = ["A00USD", "KA03", "NOPE/USD"] };
        view = Listings.Select(state, allowed, tickers).View;
        Assert.Equal(["A00/USD", "A03/USD"], view.Ids);
        Assert.Equal(ExclusionReasons.NotAllowed, view.Rows[2].Reasons);
        Assert.Contains("NOPE/USD", Assert.Single(view.Unknown), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(21, 100, true)]
    [InlineData(20, 100, false)]
    [InlineData(19, 100, false)]
    public void A_universe_that_loses_more_than_a_fifth_is_looked_at_twice(int lost, int all, bool isDoubted)
    {
        UniverseState state = Listings.Select(Listings.State(all)).State;
        Assert.Equal(all, state.Accepted.Length);
        Dictionary<string, MarketTicker> fewer = Listings.Liquid(state);
        foreach (string id in state.Accepted.Take(lost)) fewer.Remove(id);
        (UniverseView view, UniverseState next) = Listings.Select(state, tickers: fewer);
        Assert.Equal(isDoubted, view.ShrinkText.Length > 0);
        Assert.Equal(isDoubted ? all : all - lost, view.Ids.Length);

        // A second look too early, then one that shows something else, then one that agrees.
        if (!isDoubted) return;
        Assert.Equal(all, Listings.Select(next, tickers: fewer, nowNs: Listings.NowNs + 1).View.Ids.Length);
        long laterNs = Listings.NowNs + UniverseMerge.SecondLookNs;
        Dictionary<string, MarketTicker> others = Listings.Liquid(state);
        foreach (string id in state.Accepted.TakeLast(lost)) others.Remove(id);
        (view, UniverseState third) = Listings.Select(next, tickers: others, nowNs: laterNs);
        Assert.Equal(all, view.Ids.Length);
        Assert.Equal(all, Listings.Select(third, tickers: others, nowNs: laterNs + 1).View.Ids.Length);
        view = Listings.Select(next, tickers: fewer, nowNs: laterNs).View;
        Assert.Equal((all - lost, ""), (view.Ids.Length, view.ShrinkText));
    }

    [Fact]
    public void What_is_held_stays_managed_whatever_the_rules_say()
    {
        UniverseState state = Listings.State(2) with
        {
            Quarantine = [new QuarantineEntry("A00/USD", 3, RestFailureClass.UnknownSymbol, "gone", 1, long.MaxValue)],
        };
        UniverseOptions options = new() { Block = ["A00/USD"] };
        UniverseView view = Listings.Select(state, options, held: ["A00USD", "B99/USD"]).View;
        UniverseRow held = view.Rows[0];
        Assert.False(held.IsIncluded);
        Assert.True(held.IsManaged);
        Assert.Equal(ExclusionReasons.Blocked | ExclusionReasons.Quarantined, held.Reasons);
        Assert.Contains("B99/USD of an open position", Assert.Single(view.Unknown), StringComparison.Ordinal);
    }

    private static UniverseRow Row(string wsname, string more)
    {
        string altname = wsname.Replace("/", "", StringComparison.Ordinal);
        Listing listing = Listings.Spot(Listings.Answer(Listings.Entry("K" + altname, altname, wsname, more)));
        UniverseState state = UniverseMerge.Take(new UniverseState(), listing, isSpot: true, Listings.NowNs).State;
        return Listings.Select(state).View.Rows[0];
    }
}
