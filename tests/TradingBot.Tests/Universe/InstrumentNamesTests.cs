using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using TradingBot.Kraken.Universe;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Universe;

/// <summary>One instrument, many names, both ways; ETH is not ETHFI, and PI_ is nobody's alias.</summary>
public sealed class InstrumentNamesTests
{
    private static readonly Listing Spot = Listings.Spot(Listings.Answer(
        Listings.Entry("XXBTZUSD", "XBTUSD", "XBT/USD"), Listings.Entry("XETHZUSD", "ETHUSD", "ETH/USD"),
        Listings.Entry("ETHFIUSD", "ETHFIUSD", "ETHFI/USD"), Listings.Entry("XDGUSD", "XDGUSD", "XDG/USD"),
        Listings.Entry("XETHXXBT", "ETHXBT", "ETH/XBT"), Listings.Entry("XXBTZUSD.d", "XBTUSD.d", ""),
        Listings.Entry("AAPLxUSD", "AAPLxUSD", "AAPLx/USD", ",\"aclass_base\":\"tokenized_asset\"")));

    private static readonly Listing Contracts = Listings.Contracts(Listings.ContractAnswer(
        Listings.Contract("PF_XBTUSD", "BTC"), Listings.Contract("PI_XBTUSD", "XBT"),
        Listings.Contract("FI_XBTUSD_290928", "BTC"), Listings.Contract("FF_XBTUSD_290928", "BTC"),
        Listings.Contract("PF_ETHUSD", "ETH"), Listings.Contract("PF_ETHFIUSD", "ETHFI"),
        Listings.Contract("PF_DOGEUSD", "DOGE"),
        "{\"symbol\":\"in_xbtusd\",\"type\":\"spot index\",\"tradeable\":false}"));

    [Theory]
    [InlineData("BTC/USD", "BTC/USD")]
    [InlineData("XBT/USD", "BTC/USD")]
    [InlineData("XBTUSD", "BTC/USD")]
    [InlineData("XXBTZUSD", "BTC/USD")]
    [InlineData("DOGE/USD", "DOGE/USD")]
    [InlineData("XDGUSD", "DOGE/USD")]
    [InlineData("ETH/BTC", "ETH/BTC")]
    [InlineData("ETHXBT", "ETH/BTC")]
    [InlineData("PF_XBTUSD", "PF_XBTUSD")]
    [InlineData("pf_xbtusd", "PF_XBTUSD")]
    [InlineData("PI_XBTUSD", "PI_XBTUSD")]
    [InlineData("FI_XBTUSD_290928", "FI_XBTUSD_290928")]
    [InlineData("AAPLx/USD", "AAPLx/USD")]
    public void Every_dialect_means_one_instrument(string name, string id) =>
        Assert.Equal(id, Listings.NamesOf(Spot, Contracts).Find(name)?.Id);

    [Theory]
    [InlineData("BTC/USD", "PF_XBTUSD")]
    [InlineData("ETH/USD", "PF_ETHUSD")]
    [InlineData("ETHFI/USD", "PF_ETHFIUSD")]
    [InlineData("DOGE/USD", "PF_DOGEUSD")]
    [InlineData("ETH/BTC", null)]
    [InlineData("AAPLx/USD", null)]
    [InlineData("PI_XBTUSD", null)]
    public void Spot_has_the_linear_perpetual_of_its_whole_base_and_no_other(string name, string? perpetual)
    {
        PerpetualMatch match = new([.. Spot.Specs, .. Contracts.Specs]);
        InstrumentSpec spec = Listings.NamesOf(Spot, Contracts).Find(name)!;
        Assert.Equal(perpetual, match.Of(spec, null, _ => null, out _)?.Id);
    }

    [Fact]
    public void A_contract_of_another_price_is_not_the_spot_instruments_own()
    {
        PerpetualMatch match = new([.. Spot.Specs, .. Contracts.Specs]);
        InstrumentSpec spec = Spot.Specs.Single(one => one.Id == "ETH/USD");
        Assert.Equal("PF_ETHUSD", match.Of(spec, 1_000m, _ => 1_049m, out _)?.Id);
        Assert.Null(match.Of(spec, 1_000m, _ => 1.0m, out string why));
        Assert.Contains("not the same thing", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_instruments_of_one_name_are_refused()
    {
        Listing twice = Listings.Spot(Listings.Answer(
            Listings.Entry("KEY1", "SAMEUSD", "A/USD"), Listings.Entry("KEY2", "SAMEUSD", "B/USD")));
        Assert.Null(InstrumentNames.Build(twice.Specs, out string fault));
        Assert.Contains("A/USD and B/USD are both called SAMEUSD", fault, StringComparison.Ordinal);
        // Also when the two dialects differ.
        Listing crossed = Listings.Spot(Listings.Answer(
            Listings.Entry("KEY1", "XUSD", "A/USD"), Listings.Entry("XUSD", "BUSD", "B/USD")));
        Assert.Null(InstrumentNames.Build(crossed.Specs, out fault));
        Assert.Contains("XUSD means", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_of_another_case_mean_nothing_where_two_could_be_meant()
    {
        Listing both = Listings.Spot(Listings.Answer(
            Listings.Entry("APxUSD", "APxUSD", "APx/USD"), Listings.Entry("APXUSD", "APXUSD", "APX/USD")));
        InstrumentNames names = Listings.NamesOf(both);
        Assert.Equal("APx/USD", names.Find("APx/USD")?.Id);
        Assert.Equal("APX/USD", names.Find("APX/USD")?.Id);
        Assert.Null(names.Find("apx/usd"));
    }

    [Fact]
    public void All_names_of_the_list_of_2021_go_both_ways()
    {
        Listing listing = Listings.SpotFile(
            Repository.Shared("kraken", "fixtures", "spot-rest", "cf_AssetPairs_2021-04-17_full.json"));
        Assert.Empty(listing.Unread);
        Assert.Equal(304, listing.Specs.Length + listing.LeftOut);
        InstrumentNames names = Listings.NamesOf(listing);
        foreach (InstrumentSpec spec in listing.Specs)
        {
            foreach (VenueName name in spec.Names)
            {
                Assert.Equal(spec.Id, names.Find(name.Dialect, name.Text)!.Id);
                Assert.Equal(spec.Id, names.Find(name.Text)!.Id);
            }

            // Such lists tell no tick and no status: nothing of them may be traded.
            Assert.NotEqual("", spec.Missing);
        }

        Assert.Equal("XXDGXXBT", names.Find("DOGE/BTC")!.NameIn(NameDialect.RestKey));
    }

    [Fact]
    public void An_instrument_frame_of_the_socket_is_read_whole()
    {
        string path = Repository.Shared("data", "spot-ws-v2", "instrument_snapshot.json.gz");
        using GZipStream gzip = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader text = new(gzip);
        Listing listing = Listings.Frame(text.ReadToEnd());
        Assert.Equal(683, listing.Specs.Length);
        Assert.Equal(11, listing.Specs.Count(spec => spec.Status != InstrumentStatus.Online));
        Listings.NamesOf(listing);
        InstrumentSpec euro = listing.Specs.Single(spec => spec.Id == "EUR/USD");
        Assert.Equal(InstrumentClass.Forex, euro.Class);
        Assert.Equal(Listings.Number(1, 5), euro.PriceStep);
        Assert.Equal(InstrumentClass.Stablecoin, listing.Specs.Single(spec => spec.Id == "USDT/USD").Class);
        Assert.All(listing.Specs, spec => Assert.Equal("", spec.Missing));
    }

    [Theory]
    [InlineData("cf_instruments_2021-07-22.json", 17, 10)]
    [InlineData("nt_http_futures_instruments.json", 4, 0)]
    [InlineData("kn_GetSymbols.json", 3, 0)]
    public void Listings_of_derivatives_are_read_whole(string file, int contracts, int leftOut)
    {
        Listing listing = Listings.Contracts(File.ReadAllText(
            Repository.Shared("kraken", "fixtures", "futures-rest", file)));
        Assert.Empty(listing.Unread);
        Assert.Equal((contracts, leftOut), (listing.Specs.Length, listing.LeftOut));
        Listings.NamesOf(listing);
        foreach (InstrumentSpec spec in listing.Specs.Where(spec => spec.Id == "PF_PEPEUSD"))
        {
            Assert.Equal(Listings.Number(1_000, 0), spec.QuantityStep);
            Assert.Equal(Listings.Number(1, 10), spec.PriceStep);
        }

        foreach (InstrumentSpec spec in listing.Specs.Where(spec => spec.Id == "PF_AAPLxUSD"))
        {
            Assert.Equal(InstrumentClass.TokenizedEquity, spec.Class);
        }
    }
}
