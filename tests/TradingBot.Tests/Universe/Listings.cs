using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using Xunit;

namespace TradingBot.Tests.Universe;

/// <summary>Listings and states for tests of the universe.</summary>
internal static class Listings
{
    public const long NowNs = 1_790_000_000_000_000_000;

    public static Listing Spot(string text) => Read(SpotListing.Reader(NowNs), text);

    public static Listing Contracts(string text) => Read(DerivativeListing.Reader(NowNs), text);

    public static Listing Frame(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Listing? listing = SpotListing.ReadFrame(document.RootElement, NowNs, out string fault);
        Assert.True(listing is not null, fault);
        return listing;
    }

    public static Listing SpotFile(string path) => Spot(File.ReadAllText(path));

    /// <summary>One entry of AssetPairs.</summary>
    public static string Entry(string key, string altname, string wsname, string more = "") =>
        $"\"{key}\":{{\"altname\":\"{altname}\",\"wsname\":\"{wsname}\",\"aclass_base\":\"currency\",\"base\":\"B\","
        + "\"quote\":\"Q\",\"pair_decimals\":1,\"lot_decimals\":8,\"ordermin\":\"0.0001\",\"costmin\":\"0.5\","
        + $"\"tick_size\":\"0.1\",\"status\":\"online\"{more}}}";

    public static string Answer(params string[] entries) =>
        "{\"error\":[],\"result\":{" + string.Join(',', entries) + "}}";

    /// <summary>A perpetual as derivatives list it.</summary>
    public static string Contract(string symbol, string asset, string more = "\"contractValueTradePrecision\":2") =>
        $"{{\"symbol\":\"{symbol}\",\"type\":\"flexible_futures\",\"base\":\"{asset}\",\"quote\":\"USD\","
        + "\"tickSize\":0.5,"
        + $"\"tradeable\":true,\"postOnly\":false,{more}}}";

    public static string ContractAnswer(params string[] contracts) =>
        "{\"result\":\"success\",\"instruments\":[" + string.Join(',', contracts) + "]}";

    /// <summary>A state of some spot instruments, all sound: A00/USD, A01/USD …</summary>
    public static UniverseState State(int count)
    {
        string[] entries =
            [.. Enumerable.Range(0, count).Select(i => Entry($"KA{i:00}", $"A{i:00}USD", $"A{i:00}/USD"))];
        return UniverseMerge.Take(new UniverseState(), Spot(Answer(entries)), isSpot: true, NowNs).State;
    }

    public static InstrumentNames NamesOf(params Listing[] listings)
    {
        InstrumentNames? names = InstrumentNames.Build(listings.SelectMany(listing => listing.Specs), out string fault);
        Assert.True(names is not null, fault);
        return names;
    }

    /// <summary>A market that passes every rule.</summary>
    public static Dictionary<string, MarketTicker> Liquid(UniverseState state) => state.Specs.ToDictionary(
        spec => spec.Id, spec => new MarketTicker(spec.Id, 10_000_000, 100, 100));

    public static (UniverseView View, UniverseState State) Select(
        UniverseState state, UniverseOptions? options = null, IReadOnlyDictionary<string, MarketTicker>? tickers = null,
        string[]? held = null, long nowNs = NowNs)
    {
        InstrumentNames? names = InstrumentNames.Build(state.Specs, out string fault);
        Assert.True(names is not null, fault);
        return UniverseSelection.Select(
            state, names, options ?? new UniverseOptions(), tickers ?? Liquid(state), held ?? [],
            new HashSet<string>(), nowNs);
    }

    public static Amount Number(long mantissa, int decimals) => new(mantissa, decimals);

    private static Listing Read(RestReader<Listing> reader, string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Listing? listing = reader(document.RootElement, out string fault);
        Assert.True(listing is not null, fault);
        return listing;
    }
}
