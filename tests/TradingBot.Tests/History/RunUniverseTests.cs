using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using TradingBot.Kraken.Universe;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Tests.Universe;
using TradingBot.Worker.Circle;
using TradingBot.Worker.History;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.History;

/// <summary>What a run watches, out of what is remembered and what is configured.</summary>
public sealed class RunUniverseTests : IDisposable
{
    private const long NowNs = Listings.NowNs + 5_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("universe").FullName;

    private string Path => System.IO.Path.Combine(_folder, "universe.json");

    private WorkerSettings Kraken => new()
    {
        Venue = new VenueSettings { Kind = VenueKind.Kraken },
        Storage = new StorageAddress(_folder, null),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_it_is_the_configuration_less_what_is_blocked_and_with_what_is_held()
    {
        WorkerSettings settings = Kraken with { Universe = ["AAA/USD", "PF_AAAUSD", "2Z/USD"] };
        RunUniverse universe = RunUniverse.Of(settings, ["PF_BBBUSD"], NowNs);
        Assert.Equal(["AAA/USD"], universe.Spot.Select(one => one.Symbol));
        Assert.Equal(["PF_AAAUSD", "PF_BBBUSD"], universe.Perpetuals.Select(one => one.Symbol));
        Assert.Equal(["PF_BBBUSD"], universe.Held);
        Assert.Equal(("2Z/USD", "on the block list"), Assert.Single(universe.LeftOut));
        Assert.Equal(("", ""), (universe.File, universe.Line));
    }

    [Fact]
    public void With_a_file_it_is_what_was_last_believed_with_the_steps_of_what_is_traded()
    {
        Remember(State());
        RunUniverse universe = RunUniverse.Of(Kraken, [], NowNs);
        Assert.Equal(["A00/USD", "A01/USD"], universe.Spot.Select(one => one.Symbol).Order());
        Assert.Equal(["PF_A00USD", "PF_A01USD"], universe.Perpetuals.Select(one => one.Symbol).Order());
        KnownSteps steps = universe.Steps.Single(one => one.Symbol == "PF_A00USD");
        Assert.Equal((5L, 1), (steps.PriceStep, steps.PriceDecimals));
        Assert.Equal((1L, 2), (steps.QuantityStep, steps.QuantityDecimals));
        Assert.Contains(universe.LeftOut, one => one.Symbol == "A02/USD" && one.Why.Length > 0);
        Assert.Contains("2 spot and 2 perpetuals of 5", universe.Line, StringComparison.Ordinal);
        CircleOptions options = RunComposition.OptionsOf(Kraken, universe);
        Assert.Equal(universe.Perpetuals.Select(one => one.Symbol), options.Perpetuals);
        Assert.Equal(universe.Steps, options.Steps);
        Assert.Empty(universe.Warnings);
        const long WeekNs = 7L * 24 * 3_600_000_000_000;
        string old = Assert.Single(RunUniverse.Of(Kraken, [], NowNs + WeekNs).Warnings);
        Assert.Contains("The list of instruments is of", old, StringComparison.Ordinal);
    }

    [Fact]
    public void The_allow_list_and_the_block_list_count_at_once_and_a_name_that_means_nothing_is_told()
    {
        Remember(State());
        RunUniverse universe = RunUniverse.Of(
            Kraken with { Universe = ["PF_A01USD", "NO/USD"] }, [], NowNs);
        Assert.Equal([], universe.Spot);
        Assert.Equal(["PF_A01USD"], universe.Perpetuals.Select(one => one.Symbol));
        Assert.Contains(universe.Warnings, text => text.Contains("NO/USD", StringComparison.Ordinal));
        universe = RunUniverse.Of(
            Kraken with { Listing = new UniverseOptions { Block = ["PF_A01USD"] } }, [], NowNs);
        Assert.Equal(["PF_A00USD"], universe.Perpetuals.Select(one => one.Symbol));
        Assert.Contains(("PF_A01USD", "on the block list"), universe.LeftOut);
    }

    [Fact]
    public void Of_too_many_the_busiest_are_watched_and_their_spot_markets_first()
    {
        Remember(State() with
        {
            Volumes = ImmutableDictionary<string, decimal>.Empty.Add("PF_A01USD", 9).Add("PF_A00USD", 3)
                .Add("A00/USD", 7),
        });
        RunUniverse universe = RunUniverse.Of(Kraken with { UniverseSymbolsMax = 1 }, [], NowNs);
        Assert.Equal(["PF_A01USD"], universe.Perpetuals.Select(one => one.Symbol));
        Assert.Equal(["A01/USD"], universe.Spot.Select(one => one.Symbol));
        Assert.Contains(universe.LeftOut, one =>
            one.Symbol == "PF_A00USD" && one.Why.Contains("universe.symbols_max", StringComparison.Ordinal));
    }

    [Fact]
    public void An_open_position_is_watched_whatever_the_rules_say_and_even_if_it_was_never_listed()
    {
        Remember(State());
        WorkerSettings settings = Kraken with { Listing = new UniverseOptions { Block = ["PF_A01USD"] } };
        RunUniverse universe = RunUniverse.Of(settings, ["PF_A01USD", "PF_GONEUSD"], NowNs);
        Assert.Equal(["PF_A00USD", "PF_A01USD", "PF_GONEUSD"], universe.Perpetuals.Select(one => one.Symbol).Order());
        Assert.Equal(["PF_A01USD", "PF_GONEUSD"], universe.Held);
        Assert.Contains(universe.Steps, one => one.Symbol == "PF_A01USD");
    }

    [Fact]
    public void A_file_that_cannot_be_used_leaves_the_allow_list_and_what_is_held_and_is_told()
    {
        File.WriteAllText(Path, "{");
        RunUniverse universe = RunUniverse.Of(Kraken, ["PF_A01USD"], NowNs);
        Assert.Equal(["PF_A01USD"], universe.All.Select(one => one.Symbol));
        Assert.Contains("unread", Assert.Single(universe.Warnings), StringComparison.Ordinal);
        string missing = System.IO.Path.Combine(_folder, "nowhere.json");
        universe = RunUniverse.Of(Kraken with { UniverseFileText = missing, Universe = ["BTC/USD"] }, [], NowNs);
        Assert.Equal(["BTC/USD"], universe.All.Select(one => one.Symbol));
        Assert.Contains("universe.file", Assert.Single(universe.Warnings), StringComparison.Ordinal);
        Assert.Empty(RunUniverse.Of(Kraken, [], NowNs).Warnings);
    }

    [Fact]
    public void The_simulated_Kraken_of_our_own_has_its_own_instruments()
    {
        Remember(State());
        WorkerSettings settings = new() { Storage = new StorageAddress(_folder, null) };
        Assert.Equal("", RunUniverse.Of(settings, [], NowNs).File);
        Assert.Equal(Path, RunUniverse.Of(settings with { UniverseFileText = Path }, [], NowNs).File);
        Assert.Equal("", RunUniverse.Of(Kraken with { UniverseFileText = "none" }, [], NowNs).File);
    }

    [Fact]
    public void What_is_held_is_the_sum_of_fills_each_once()
    {
        IntentRecord[] records =
        [
            Fill("PF_AUSD", Side.Buy, 10, 1, 1), Fill("PF_AUSD", Side.Sell, 100, 2, 2),
            Fill("PF_BUSD", Side.Sell, 5, 0, 3), Fill("PF_BUSD", Side.Sell, 5, 0, 3),
            Fill("PF_BUSD", Side.Buy, 5, 0, 4), Fill("PF_CUSD", Side.Buy, 1, 0, 5),
        ];
        Assert.Equal(["PF_CUSD"], HeldSymbols.Of(records));
    }

    private static IntentRecord Fill(string symbol, Side side, long quantity, byte decimals, ulong execution) => new()
    {
        Kind = IntentRecordKind.Fill,
        Side = side,
        Quantity = quantity,
        QuantityDecimals = decimals,
        ExecutionLow = execution,
        Symbol = SymbolText.Of(System.Text.Encoding.ASCII.GetBytes(symbol)),
    };

    /// <summary>Three spot markets and two perpetuals, of which the first two of each were liquid.</summary>
    private static UniverseState State()
    {
        UniverseState state = Listings.State(3);
        Listing contracts = Listings.Contracts(Listings.ContractAnswer(
            Listings.Contract("PF_A00USD", "A00"), Listings.Contract("PF_A01USD", "A01")));
        state = UniverseMerge.Take(state, contracts, isSpot: false, Listings.NowNs).State;
        return state with { Accepted = ["A00/USD", "A01/USD", "PF_A00USD", "PF_A01USD"] };
    }

    private void Remember(UniverseState state) => UniverseFile.Save(Path, state);
}
