using System;
using System.Diagnostics;
using System.Threading;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Fuzz;

/// <summary>The parsers against their twin over mutated frames.</summary>
public sealed class MutatedFramesTests
{
    /// <summary>No frame takes a thousandth of this: who is still at one after it hangs.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(5);

    public static TheoryData<Dialect> Dialects { get; } =
        [Dialect.SpotV2, Dialect.Unified, Dialect.SpotV1, Dialect.FuturesV1];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Unmutated_frames_give_the_events_of_the_twin(Dialect dialect)
    {
        ParserComparison comparison = new(dialect);
        foreach (byte[] frame in Corpus.FramesOf(dialect)) comparison.Check(frame);
        comparison.AssertNoDifference("no seed");
        comparison.AssertCountersAddUp();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Mutated_frames_give_the_result_and_events_of_the_twin(Dialect dialect)
    {
        int mutants = Seed.Count(100_000, 5_000_000);
        ParserComparison comparison = new(dialect);
        Run(comparison, Corpus.FramesOf(dialect), mutants, 40_000 + (int)dialect);
        Assert.Equal(mutants, comparison.Frames);
        Assert.InRange(comparison.ResultOf(ParseResult.Ok), mutants / 5, mutants);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Too_small_a_batch_and_a_full_symbol_table_give_the_result_of_the_twin(Dialect dialect)
    {
        ParserComparison comparison = new(dialect, batchCapacity: 2, symbolCapacity: 1);
        Run(comparison, Corpus.FramesOf(dialect), Seed.Count(10_000, 500_000), 50_000 + (int)dialect);
        Assert.True(comparison.ResultOf(ParseResult.TooLarge) > 0);
        // A frame of spot v1 names one symbol.
        Assert.Equal(dialect != Dialect.SpotV1, comparison.ResultOf(ParseResult.SymbolTableFull) > 0);
    }

    [Theory]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "v2_crossbook_ethusd_sample.jsonl.gz")]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "v2_crossbook_btcusd_l2.jsonl.gz")]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "v2_python_kraken_sdk_btcusd_reserialised.jsonl.gz")]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "instrument_snapshot.json.gz")]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "status_2026-09.jsonl")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.48.0.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.49.0.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_python_kraken_sdk_xbtusd.jsonl.gz")]
    [InlineData(Dialect.FuturesV1, "futures-ws", "fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz")]
    [InlineData(Dialect.FuturesV1, "futures-ws", "pf_xbtusd_2026-09-25.jsonl")]
    public void Captured_frames_give_the_events_of_the_twin(Dialect dialect, params string[] capture)
    {
        ParserComparison comparison = new(dialect);
        foreach (byte[] frame in Corpus.ReadCapture(Repository.Shared(["data", .. capture]))) comparison.Check(frame);
        comparison.AssertNoDifference("no seed");
        long read = comparison.ResultOf(ParseResult.Ok);
        Assert.True(read > 0);
        Assert.Equal(comparison.Frames, read + comparison.ResultOf(ParseResult.Ignored));
    }

    [Theory]
    [InlineData(Dialect.SpotV2, "spot-ws-v2", "v2_crossbook_ethusd_sample.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.49.0.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz")]
    [InlineData(Dialect.FuturesV1, "futures-ws", "fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz")]
    [InlineData(Dialect.FuturesV1, "futures-ws", "pf_xbtusd_2026-09-25.jsonl")]
    public void Mutants_of_captured_frames_give_the_events_of_the_twin(Dialect dialect, params string[] capture)
    {
        byte[][] frames = Corpus.Captured(["data", .. capture]);
        Assert.NotEmpty(frames);
        Run(new ParserComparison(dialect), frames, Seed.Count(10_000, 500_000), 60_000 + (int)dialect);
    }

    [Fact]
    public void A_difference_is_found_and_told()
    {
        ParserComparison comparison = new(Dialect.SpotV2, twin: Dialect.Unified);
        comparison.Check("""{"channel":"heartbeat"}"""u8.ToArray());
        Exception failure = Assert.ThrowsAny<Exception>(() => comparison.AssertNoDifference("seed 5"));
        Assert.Contains("seed 5: 1 of 1 frames differ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Unified", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs a campaign on a thread of its own, so that a frame that never ends can be named.</summary>
    private static void Run(ParserComparison comparison, byte[][] corpus, int mutants, int fallbackSeed)
    {
        string seed = $"seed {Environment.GetEnvironmentVariable("TRADINGBOT_SEED") ?? $"{fallbackSeed}"}";
        FrameMutator mutator = new(corpus, Seed.Random(fallbackSeed, "mutants"));
        byte[]? current = null;
        long since = Stopwatch.GetTimestamp();
        Exception? failure = null;
        Thread campaign = new(() =>
        {
            try
            {
                for (int i = 0; i < mutants; i++)
                {
                    byte[] frame = mutator.Next();
                    Volatile.Write(ref current, frame);
                    Volatile.Write(ref since, Stopwatch.GetTimestamp());
                    comparison.Check(frame);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = e;
            }
        })
        {
            IsBackground = true,
        };
        campaign.Start();
        while (!campaign.Join(TimeSpan.FromSeconds(1)))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref since)) < Hang) continue;
            Assert.Fail($"{seed}: hangs at {Convert.ToHexString(Volatile.Read(ref current)!)}");
        }

        Assert.True(failure is null, $"{seed}: {failure} at {Convert.ToHexString(current ?? [])}");
        comparison.AssertNoDifference(seed);
        comparison.AssertCountersAddUp();
    }
}
