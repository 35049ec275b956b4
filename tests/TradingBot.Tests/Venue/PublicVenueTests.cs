using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Venue;

/// <summary>What the public sockets say, heard through the bot's own parser and book.</summary>
public sealed class PublicVenueTests
{
    private const long MinuteMs = 60_000;

    [Theory]
    [InlineData(VenueEndpoint.SpotPublic, Dialect.SpotV2, 10)]
    [InlineData(VenueEndpoint.SpotPublic, Dialect.SpotV2, 25)]
    [InlineData(VenueEndpoint.UnifiedPublic, Dialect.Unified, 10)]
    [InlineData(VenueEndpoint.UnifiedPublic, Dialect.Unified, 25)]
    public void Every_frame_parses_and_every_checksum_is_right(VenueEndpoint endpoint, Dialect dialect, int depth)
    {
        VenueClient client = new();
        SubscribeAll(client, endpoint, depth);
        client.Run(10 * MinuteMs);

        Reading reading = Read(client, dialect);
        Assert.All(reading.Results.Keys, result => Assert.Equal(ParseResult.Ok, result));
        Assert.Equal(5, reading.Books.Count);
        Assert.All(reading.Books, book =>
        {
            Assert.Equal(BookState.InSync, book.State);
            Assert.Equal(0, book.ChecksumMismatches + book.Crossed);
            Assert.True(book.ChecksumsVerified > 200, $"{book.ChecksumsVerified} checksums");
        });
        Assert.True(reading.Trades > 200, $"{reading.Trades} trades");
    }

    [Fact]
    public void A_lost_update_is_counted_and_shows_in_the_checksum_of_the_next()
    {
        FaultPlan faults = new();
        VenueClient client = new(new VenueOptions { Faults = faults });
        SubscribeAll(client, VenueEndpoint.UnifiedPublic, depth: 10);
        client.Run(MinuteMs);
        faults.Arm(VenueFault.DropBookUpdate);
        client.Run(MinuteMs);

        Assert.Equal(1, faults.CountOf(VenueFault.DropBookUpdate));
        Assert.Equal(1, Read(client, Dialect.Unified).Books.Sum(book => book.ChecksumMismatches));
    }

    [Fact]
    public void A_socket_greets_and_beats_once_a_second_when_there_is_nothing_else()
    {
        VenueClient client = new();
        int connection = client.Venue.Open(VenueEndpoint.SpotPublic);
        client.Run(5_000);
        Assert.StartsWith("{\"channel\":\"status\"", Assert.Single(client.Heard).Text, StringComparison.Ordinal);
        client.Venue.Send(
            connection, "{\"method\":\"subscribe\",\"params\":{\"channel\":\"instrument\",\"snapshot\":false}}"u8);
        client.Venue.Send(connection, "{\"method\":\"ping\",\"req_id\":7}"u8);
        client.Run(10_500);

        Assert.InRange(client.Heard.Count(heard => heard.Text == "{\"channel\":\"heartbeat\"}"), 9, 11);
        Assert.Contains(
            client.Heard, h => h.Text.StartsWith("{\"method\":\"pong\",\"req_id\":7,", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_symbol_is_acknowledged_or_refused_on_its_own()
    {
        VenueClient client = new();
        int connection = client.Venue.Open(VenueEndpoint.UnifiedPublic);
        int request = client.Ask(
            connection, "subscribe", "\"channel\":\"book\",\"symbol\":[\"PF_XBTUSD\",\"PF_NONE\",\"PF_ETHUSD\"]");
        client.Run(1_000);

        Assert.Equal([true, false, true], client.Answers(request).Select(a => a.GetProperty("success").GetBoolean()));
        string? error = client.Answers(request)[1].GetProperty("error").GetString();
        Assert.Equal("Currency pair not supported PF_NONE", error);
        Assert.Equal(2, client.Channel("book").Count(f => f.GetProperty("type").GetString() == "snapshot"));
        int again = client.Ask(connection, "subscribe", "\"channel\":\"book\",\"symbol\":[\"PF_XBTUSD\"]");
        int without = client.Ask(connection, "unsubscribe", "\"channel\":\"book\",\"symbol\":[\"PF_XBTUSD\"]");
        client.Run(1_000);
        Assert.Equal("Already subscribed", client.ErrorOf(again));
        Assert.True(client.Answer(without).GetProperty("success").GetBoolean());
    }

    [Fact]
    public void Spot_follows_the_perpetual_at_a_basis()
    {
        VenueClient client = new();
        for (int i = 0; i < 20; i++)
        {
            client.Run(MinuteMs);
            long index = client.Venue.Oracle.IndexPrice(VenueClient.Bitcoin);
            long last = client.Venue.Oracle.BestBid(VenueClient.Bitcoin);
            // A basis of 0.03 % and what either moves before the other follows.
            Assert.InRange(Math.Abs(last - index), 0, last / 200);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_for_an_hour()
    {
        Stopwatch watch = Stopwatch.StartNew();
        string first = HashOfAnHour(seed: 11, out int frames);
        TestContext.Current.TestOutputHelper?.WriteLine($"one hour: {frames} frames in {watch.ElapsedMilliseconds} ms");
        watch.Restart();
        new SimulatedKraken(new VenueOptions()).AdvanceTo(new VenueOptions().StartNs + (60 * MinuteMs * 1_000_000));
        TestContext.Current.TestOutputHelper?.WriteLine($"one hour without clients: {watch.ElapsedMilliseconds} ms");

        Assert.Equal(first, HashOfAnHour(seed: 11, out _));
        Assert.NotEqual(first, HashOfAnHour(seed: 12, out _));
    }

    /// <summary>With faults and orders, so that every path that draws is on it.</summary>
    private static string HashOfAnHour(ulong seed, out int frames)
    {
        FaultPlan faults = new(seed);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, 50_000);
        faults.At(VenueFault.RestHtml, 0).At(VenueFault.ClosePrivate, 0);
        faults.At(VenueFault.BlackHole, 0).At(VenueFault.CloseOnOpen, 0);
        VenueClient client = new(new VenueOptions { Seed = seed, Faults = faults });
        SubscribeAll(client, VenueEndpoint.UnifiedPublic, depth: 10);
        SubscribeAll(client, VenueEndpoint.SpotPublic, depth: 10);
        int connection = client.OpenPrivate();
        for (int i = 0; i < 60; i++)
        {
            client.Add(connection, $"o{i}", i % 2 == 0 ? "buy" : "sell", "0.01", "\"order_type\":\"market\"");
            client.Run(MinuteMs);
        }

        frames = client.Heard.Count;
        StringBuilder all = new();
        foreach ((int from, long timeNs, string text) in client.Heard) all.Append(from).Append(timeNs).Append(text);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static void SubscribeAll(VenueClient client, VenueEndpoint endpoint, int depth)
    {
        bool isSpot = endpoint == VenueEndpoint.SpotPublic;
        string symbols = isSpot
            ? "\"BTC/USD\",\"ETH/USD\",\"SOL/USD\",\"DOGE/USD\",\"ADA/USD\""
            : "\"PF_XBTUSD\",\"PF_ETHUSD\",\"PF_SOLUSD\",\"PF_DOGEUSD\",\"PF_ADAUSD\"";
        string assetClass = isSpot ? string.Empty : ",\"asset_class\":\"derivatives\"";
        int connection = client.Venue.Open(endpoint);
        string[] channels =
        [
            "\"instrument\"", $"\"trade\",\"symbol\":[{symbols}]",
            $"\"book\",\"depth\":{depth},\"symbol\":[{symbols}]",
        ];
        foreach (string channel in channels)
        {
            string request = $"{{\"method\":\"subscribe\",\"params\":{{\"channel\":{channel}{assetClass}}}}}";
            Assert.True(client.Venue.Send(connection, Encoding.UTF8.GetBytes(request)));
        }
    }

    private static Reading Read(VenueClient client, Dialect dialect)
    {
        SymbolTable symbols = new();
        FrameParser parser = new(dialect, symbols, new WireCounters());
        BookStage stage = new(new ScaleTable(symbols), 1);
        EventBatch batch = new();
        Dictionary<ParseResult, int> results = [];
        int trades = 0;
        long sequence = 0;
        foreach ((_, _, string text) in client.Heard)
        {
            ParseResult result = parser.Parse(Encoding.UTF8.GetBytes(text), batch);
            results[result] = results.GetValueOrDefault(result) + 1;
            foreach (ref readonly MarketEvent e in batch.Events)
            {
                if (e.Kind == EventKind.Trade) trades++;
                stage.OnEvent(in e, sequence++);
            }
        }

        return new Reading(results, [.. Enumerable.Range(0, symbols.Count).Select(id => stage.BookOf(id)!)], trades);
    }

    private sealed record Reading(Dictionary<ParseResult, int> Results, List<InstrumentBook> Books, int Trades);
}
