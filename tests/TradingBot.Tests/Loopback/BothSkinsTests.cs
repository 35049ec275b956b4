using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>
/// One seed behind sockets and in this process: per channel and symbol, both emit the same events from the first
/// instant both are subscribed to the last both saw.
/// </summary>
public sealed class BothSkinsTests
{
    /// <summary>A second to come up, ten to compare, and one on its way.</summary>
    private static readonly TimeSpan MarketTime = TimeSpan.FromSeconds(12.5);

    [Fact]
    public async Task Sockets_and_calls_carry_the_same_market()
    {
        VenueOptions options = new() { Seed = 9, Activity = 12 };
        (Skin spot, Skin unified) sockets = await OverSocketsAsync(options);
        (Skin spot, Skin unified) calls = ByCalls(options, TimeSpan.FromSeconds(1));
        int books = 0;
        int trades = 0;
        (Skin One, Skin Other)[] skins = [(sockets.spot, calls.spot), (sockets.unified, calls.unified)];
        foreach ((Skin one, Skin other) in skins)
        {
            Assert.Equal(one.Instruments, other.Instruments);
            Assert.NotEmpty(one.Instruments);
            foreach (string symbol in one.Wanted)
            {
                trades += CompareTrades(one, other, symbol);
                books += CompareBooks(one, other, symbol);
            }
        }

        Assert.True(trades > 100 && books > 1_000, $"{trades} trades and {books} book updates were compared");
    }

    [Fact]
    public void Another_seed_is_told_apart()
    {
        (Skin one, _) = ByCalls(new VenueOptions { Seed = 9, Activity = 12 }, TimeSpan.Zero);
        (Skin other, _) = ByCalls(new VenueOptions { Seed = 10, Activity = 12 }, TimeSpan.Zero);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => CompareTrades(one, other, one.Wanted[0]));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => CompareBooks(one, other, one.Wanted[0]));
    }

    /// <summary>Trades that happened while both were subscribed, exactly.</summary>
    private static int CompareTrades(Skin one, Skin other, string symbol)
    {
        long fromNs = Math.Max(one.SubscribedNs("trade", symbol), other.SubscribedNs("trade", symbol));
        // Of the last instant a part may be on its way.
        long toNs = Math.Min(one.LastNs, other.LastNs) - 1;
        Assert.True(toNs - fromNs > 10_000_000_000, $"{symbol}: both saw only {(toNs - fromNs) / 1e9:0.0} s");
        List<SkinEvent> expected = one.Trades(symbol, fromNs, toNs);
        Assert.Equal(expected, other.Trades(symbol, fromNs, toNs));
        return expected.Count;
    }

    /// <summary>Updates after the later snapshot exactly, and the whole book at that snapshot and at the end.</summary>
    private static int CompareBooks(Skin one, Skin other, string symbol)
    {
        bool oneIsLater = one.SnapshotNs(symbol) >= other.SnapshotNs(symbol);
        (Skin late, Skin early) = oneIsLater ? (one, other) : (other, one);
        long fromNs = late.SnapshotNs(symbol);
        // Of the last instant a part may be on its way.
        long toNs = Math.Min(one.LastNs, other.LastNs) - 1;
        Assert.True(toNs - fromNs > 10_000_000_000, $"{symbol}: both saw only {(toNs - fromNs) / 1e9:0.0} s");
        Assert.Equal(late.BookAt(symbol, fromNs), early.BookAt(symbol, fromNs));
        List<SkinEvent> expected = late.Updates(symbol, fromNs, toNs);
        Assert.Equal(expected, early.Updates(symbol, fromNs, toNs));
        Assert.Equal(late.BookAt(symbol, toNs), early.BookAt(symbol, toNs));
        return expected.Count(e => e.Kind == EventKind.BookEnd);
    }

    private static async Task<(Skin Spot, Skin Unified)> OverSocketsAsync(VenueOptions options)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(
            options, new LoopbackOptions { StartNs = options.StartNs }, token);
        VenueAddresses addresses = new(
            kraken.RestUrl, kraken.SpotPublicUrl, kraken.UnifiedPublicUrl, kraken.UnifiedPrivateUrl);
        await using SocketWire wire = new(addresses);
        (Skin, Skin) skins = (new Skin(Dialect.SpotV2, wire), new Skin(Dialect.Unified, wire));
        // Until the venue's time is over, and what it sent last is here.
        long untilNs = options.StartNs + (MarketTime.Ticks * 100);
        for (int i = 0; i < 1_200 && Math.Min(skins.Item1.LastNs, skins.Item2.LastNs) < untilNs; i++)
        {
            while (wire.TryReceive(0, out WireEvent e)) Tell(skins, in e);
            wire.Wait(TimeSpan.FromMilliseconds(50), token);
        }

        return skins;
    }

    /// <summary>The same in virtual time; the sockets open after a while, so that either may be the later.</summary>
    private static (Skin Spot, Skin Unified) ByCalls(VenueOptions options, TimeSpan after)
    {
        SimulatedKraken venue = new(options);
        venue.AdvanceTo(options.StartNs + (after.Ticks * 100));
        VirtualWire wire = new(venue);
        (Skin, Skin) skins = (new Skin(Dialect.SpotV2, wire), new Skin(Dialect.Unified, wire));
        long untilNs = options.StartNs + (MarketTime.Ticks * 100) + 1_000_000_000;
        while (wire.NextDueNs <= untilNs)
        {
            venue.AdvanceTo(Math.Max(venue.NowNs, wire.NextDueNs));
            while (wire.TryReceive(venue.NowNs, out WireEvent e)) Tell(skins, in e);
        }

        return skins;
    }

    private static void Tell((Skin Spot, Skin Unified) skins, in WireEvent e)
    {
        (e.Connection == skins.Spot.Connection ? skins.Spot : skins.Unified).On(in e);
    }
}
