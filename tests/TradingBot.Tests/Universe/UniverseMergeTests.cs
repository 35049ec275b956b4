using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Kraken.Rest;
using TradingBot.Kraken.Universe;
using Xunit;

namespace TradingBot.Tests.Universe;

/// <summary>What is remembered: ids stay, names change, absence needs two looks.</summary>
public sealed class UniverseMergeTests
{
    private const long LaterNs = Listings.NowNs + UniverseMerge.SecondLookNs;

    [Fact]
    public void A_renamed_instrument_keeps_its_id_and_its_old_name_is_of_the_past()
    {
        UniverseState before =
            Take(new UniverseState(), Listings.NowNs, Listings.Entry("KEYM", "MATICUSD", "MATIC/USD"));
        (UniverseState after, IReadOnlyList<string> changes) = UniverseMerge.Take(
            before, Listings.Spot(Listings.Answer(Listings.Entry("KEYM", "POLUSD", "POL/USD"))), isSpot: true, LaterNs);
        InstrumentSpec spec = Assert.Single(after.Specs);
        Assert.Equal("MATIC/USD", spec.Id);
        Assert.Equal("POL/USD", spec.NameIn(NameDialect.SpotV2));
        Assert.Equal("POL", spec.Base);
        Assert.Contains(changes, change => change.Contains("MATICUSD is now POLUSD", StringComparison.Ordinal));
        VenueName old = spec.Names.Single(name => name.Text == "MATICUSD");
        Assert.Equal(LaterNs, old.ToNs);
        InstrumentNames names = InstrumentNames.Build(after.Specs, out _)!;
        Assert.Equal("MATIC/USD", names.Find("POLUSD")!.Id);
        Assert.Equal("MATIC/USD", names.Find("MATICUSD")!.Id);
        Assert.Null(names.Find(NameDialect.Altname, "MATICUSD"));
    }

    [Fact]
    public void A_name_given_to_something_new_means_the_new_one()
    {
        UniverseState state = Take(new UniverseState(), Listings.NowNs, Listings.Entry("KEYA", "LUNAUSD", "LUNA/USD"));
        state = Take(
            state, LaterNs, Listings.Entry("KEYA", "LUNCUSD", "LUNC/USD"),
            Listings.Entry("KEYB", "LUNAUSD", "LUNA/USD"));
        InstrumentNames names = InstrumentNames.Build(state.Specs, out string fault)!;
        Assert.Equal("", fault);
        Assert.Equal(["LUNA/USD", "LUNA/USD#2"], state.Specs.Select(spec => spec.Id));
        Assert.Equal("LUNA/USD#2", names.Find("LUNAUSD")!.Id);
        Assert.Equal("LUNA/USD", names.Find("LUNC/USD")!.Id);
    }

    [Fact]
    public void One_listing_without_it_delists_nothing_and_two_do()
    {
        UniverseState state = Listings.State(3);
        string[] two = [Listings.Entry("KA00", "A00USD", "A00/USD"), Listings.Entry("KA01", "A01USD", "A01/USD")];
        state = Take(state, Listings.NowNs, two);
        Assert.Equal(InstrumentStatus.Online, Of(state, "A02/USD").Status);
        state = Take(state, Listings.NowNs + 1, two);
        Assert.Equal(InstrumentStatus.Online, Of(state, "A02/USD").Status);
        state = Take(state, LaterNs, two);
        Assert.Equal(InstrumentStatus.Delisted, Of(state, "A02/USD").Status);
        Assert.Null(Of(state, "A02/USD").NameIn(NameDialect.Altname));
        Assert.Equal(InstrumentStatus.Online, Of(state, "A01/USD").Status);

        // And it comes back as itself.
        state = Take(state, LaterNs + 1, [.. two, Listings.Entry("KA02", "A02USD", "A02/USD")]);
        Assert.Equal(InstrumentStatus.Online, Of(state, "A02/USD").Status);
        Assert.Equal("A02USD", Of(state, "A02/USD").NameIn(NameDialect.Altname));
        Assert.Equal(3, state.Specs.Length);
    }

    [Fact]
    public void Seen_again_between_two_looks_the_absence_is_forgotten()
    {
        UniverseState state = Listings.State(2);
        string one = Listings.Entry("KA00", "A00USD", "A00/USD");
        state = Take(state, Listings.NowNs, one);
        state = Take(state, Listings.NowNs + 5, one, Listings.Entry("KA01", "A01USD", "A01/USD"));
        state = Take(state, LaterNs, one);
        Assert.Equal(InstrumentStatus.Online, Of(state, "A01/USD").Status);
    }

    [Fact]
    public void A_listing_of_spot_says_nothing_of_contracts()
    {
        UniverseState state = UniverseMerge.Take(
            Listings.State(1), Listings.Contracts(Listings.ContractAnswer(Listings.Contract("PF_A00USD", "A00"))),
            isSpot: false, Listings.NowNs).State;
        state = Take(state, Listings.NowNs, Listings.Entry("KA00", "A00USD", "A00/USD"));
        state = Take(state, LaterNs, Listings.Entry("KA00", "A00USD", "A00/USD"));
        Assert.Equal(InstrumentStatus.Online, Of(state, "PF_A00USD").Status);
    }

    [Fact]
    public void A_frame_of_the_socket_and_a_list_of_REST_are_one_instrument()
    {
        UniverseState state = Listings.State(1);
        Listing frame = Listings.Frame(
            """{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":["""
            + """{"symbol":"A00/USD","base":"A00","quote":"USD","status":"cancel_only","price_increment":0.01,"""
            + "\"qty_increment\":1e-08,\"qty_min\":0.5}]}}");
        state = UniverseMerge.Take(state, frame, isSpot: true, LaterNs).State;
        InstrumentSpec spec = Assert.Single(state.Specs);
        Assert.Equal(InstrumentStatus.CancelOnly, spec.Status);
        Assert.Equal("A00USD", spec.NameIn(NameDialect.Altname));
        Assert.Equal(Listings.Number(1, 2), spec.PriceStep);
        // What only REST tells is kept.
        Assert.Equal(Listings.Number(5, 1), spec.CostMin);
    }

    [Fact]
    public void The_file_gives_back_what_was_remembered()
    {
        string folder = Directory.CreateTempSubdirectory("universe").FullName;
        try
        {
            string path = Path.Combine(folder, "universe.json");
            UniverseState state = Listings.State(5) with
            {
                Accepted = ["A00/USD"],
                Quarantine = [new QuarantineEntry("A01/USD", 3, RestFailureClass.BadBody, "why", 1, 2)],
                ShrunkSinceNs = 7,
            };
            UniverseFile.Save(path, state);
            UniverseState read = UniverseFile.Load(path, out string warning);
            Assert.Equal("", warning);
            Assert.Equal(state.Specs.Select(Text), read.Specs.Select(Text));
            Assert.Equal(state.Quarantine, read.Quarantine);
            Assert.Equal(state.Accepted, read.Accepted);
            Assert.Equal(7, read.ShrunkSinceNs);
            Assert.False(File.Exists(path + ".new"));

            File.WriteAllText(path, File.ReadAllText(path)[..200]);
            Assert.Empty(UniverseFile.Load(path, out warning).Specs);
            Assert.Contains("unread-1", warning, StringComparison.Ordinal);
            Assert.Equal(200, new FileInfo(path + ".unread-1").Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(InstrumentSpec spec) =>
        $"{spec with { Names = [] }} {string.Join(',', spec.Names.AsEnumerable())} {spec.Missing}";

    private static UniverseState Take(UniverseState state, long nowNs, params string[] entries) =>
        UniverseMerge.Take(state, Listings.Spot(Listings.Answer(entries)), isSpot: true, nowNs).State;

    private static InstrumentSpec Of(UniverseState state, string id) => state.Specs.Single(spec => spec.Id == id);
}
