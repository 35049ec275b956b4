using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Simulation.Synthetic;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Synthetic;

public sealed class SyntheticCaptureTests
{
    private static readonly Dictionary<string, int> PriceDecimals = new()
    {
        ["BTC/USD"] = 1,
        ["ETH/USD"] = 2,
        ["SOL/USD"] = 2,
        ["DOGE/USD"] = 7,
        ["ADA/USD"] = 6,
    };

    private static byte[] Bytes(SyntheticOptions options)
    {
        using MemoryStream output = new();
        SyntheticCapture.Write(output, options);
        return output.ToArray();
    }

    [Fact]
    public void The_default_capture_is_the_same_bytes_for_ever()
    {
        byte[] first = Bytes(new SyntheticOptions());
        Assert.Equal(first, Bytes(new SyntheticOptions()));
        // A new value here means that every published figure made from the default capture is void.
        Assert.Equal(
            "ECDF8159E651F7973D9B67FED1F89B0B17C597204E69C7FF0295264B8F01CEA2",
            Convert.ToHexString(SHA256.HashData(first)));
    }

    [Fact]
    public void Another_seed_is_another_market() =>
        Assert.NotEqual(Bytes(new SyntheticOptions { Seed = 1 }), Bytes(new SyntheticOptions { Seed = 2 }));

    [Fact]
    public void Only_dialects_with_the_v2_envelope_can_be_made() => Assert.Throws<ArgumentException>(
        () => SyntheticCapture.Write(Stream.Null, new SyntheticOptions { Dialect = Dialect.SpotV1 }));

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(ulong.MaxValue)]
    public void A_capture_without_faults_is_flawless(ulong seed)
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions { Seed = seed, Faults = false }), PriceDecimals);
        Assert.Empty(reading.Mismatches);
        Assert.Empty(reading.Crossings);
        Assert.Empty(reading.AbsentDeletes);
        Assert.Empty(reading.TradeFaults);
        Assert.InRange(reading.Frames, 15_000, 25_000);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    [InlineData(0UL)]
    public void Faults_happen_where_the_script_says_and_nowhere_else(ulong seed)
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions { Seed = seed }), PriceDecimals);
        Assert.InRange(reading.Frames, 15_000, 25_000);

        Assert.NotEmpty(reading.Mismatches);
        foreach ((string symbol, long timeUs) in
            reading.Mismatches.Concat(reading.Crossings).Concat(reading.AbsentDeletes))
        {
            Assert.Equal("ETH/USD", symbol);
            Assert.InRange(timeUs, SyntheticScript.LostUpdateUs, SyntheticScript.ResubscribeUs);
        }

        Assert.Equal(
            [
                ("BTC/USD", "repeated"), ("DOGE/USD", "late"),
                ("DOGE/USD", "far from mid"), ("DOGE/USD", "far from mid"),
            ],
            reading.TradeFaults);
        Assert.InRange(
            reading.FirstBookUs["ADA/USD"], SyntheticScript.LateBookUs, SyntheticScript.LateBookUs + 1_000_000);
        Assert.InRange(reading.FirstTradeUs["ADA/USD"], 0, 10_000_000);
        Assert.InRange(reading.Heartbeats, 4, 200);
    }

    [Fact]
    public void Frames_of_one_instrument_are_old_in_its_stale_spell_while_others_are_fresh()
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions()), PriceDecimals);
        Assert.True(reading.StaleAgesMs["SOL/USD"].Count > 10);
        Assert.All(reading.StaleAgesMs["SOL/USD"], age => Assert.InRange(age, 8_000, 11_200));
        Assert.All(reading.StaleAgesMs["BTC/USD"], age => Assert.InRange(age, 20, 3_200));
    }

    [Fact]
    public void Receive_times_run_20_to_60_ms_behind_with_rare_spikes()
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions { Faults = false }), PriceDecimals);
        Assert.True(reading.ReceiveTimesAscend);
        double usual = reading.AgesMs.Count(age => age is >= 20 and <= 62) / (double)reading.AgesMs.Count;
        Assert.InRange(usual, 0.95, 0.9999);
        Assert.InRange(reading.AgesMs.Max(), 1_000, 3_200);
        Assert.InRange(reading.AgesMs.Min(), 20, 21);
    }

    [Fact]
    public void The_surge_buys_everything_in_every_instrument()
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions()), PriceDecimals);
        foreach (string symbol in PriceDecimals.Keys)
        {
            (int buys, int sells) = reading.SurgeTrades[symbol];
            Assert.True(buys >= 3 && buys > 4 * sells, $"{symbol}: {buys} buys, {sells} sells");
        }
    }

    [Fact]
    public void Sizes_at_the_top_lean_before_the_mid_moves()
    {
        SyntheticReading reading = new(Bytes(new SyntheticOptions { Faults = false }), PriceDecimals);
        // Of the moves that follow a clear lean of the book, the greater part goes its way.
        Assert.InRange(reading.LeanFollowed / (double)(reading.LeanFollowed + reading.LeanOpposed), 0.52, 0.95);
    }

    [Fact]
    public void Unified_captures_carry_asset_class_and_contract_symbols()
    {
        byte[] file = Bytes(new SyntheticOptions { Dialect = Dialect.Unified });
        using CaptureReader reader = CaptureReader.Over(new MemoryStream(file), "memory");
        Assert.Equal((Dialect.Unified, CaptureFormat.Envelope), (reader.Dialect, reader.Format));
        int acks = 0;
        while (reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            string text = Encoding.UTF8.GetString(frame.Bytes);
            Assert.DoesNotContain("/USD", text, StringComparison.Ordinal);
            if (!text.StartsWith("{\"method\":", StringComparison.Ordinal)) continue;
            Assert.Contains("\"asset_class\":\"derivatives\"", text, StringComparison.Ordinal);
            acks++;
        }

        Assert.Null(reader.Fault);
        // Instrument; trade, ticker and book of five; two for ETH's second subscription.
        Assert.Equal(1 + 15 + 2, acks);
    }

    [Fact]
    public void Spot_captures_are_recognised_and_open_as_the_venue_does()
    {
        using CaptureReader reader = CaptureReader.Over(new MemoryStream(Bytes(new SyntheticOptions())), "memory");
        Assert.Equal((Dialect.SpotV2, CaptureFormat.Envelope), (reader.Dialect, reader.Format));
        List<string> frames = [];
        while (frames.Count < 4 && reader.TryRead(out CapturedFrame frame) == CaptureReadResult.Frame)
        {
            frames.Add(Encoding.UTF8.GetString(frame.Bytes));
        }

        Assert.StartsWith("{\"channel\":\"status\"", frames[0], StringComparison.Ordinal);
        Assert.StartsWith(
            "{\"method\":\"subscribe\",\"result\":{\"channel\":\"instrument\"", frames[1], StringComparison.Ordinal);
        Assert.StartsWith("{\"channel\":\"instrument\",\"type\":\"snapshot\"", frames[2], StringComparison.Ordinal);
        using JsonDocument pairs = JsonDocument.Parse(frames[2]);
        Assert.Equal(
            PriceDecimals.Select(pair => (pair.Key, pair.Value)),
            pairs.RootElement.GetProperty("data").GetProperty("pairs").EnumerateArray()
                .Select(pair =>
                    (pair.GetProperty("symbol").GetString()!, pair.GetProperty("price_precision").GetInt32())));
    }
}
