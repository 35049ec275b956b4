using System;
using System.Linq;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Replay;
using Xunit;

namespace TradingBot.Tests.Replay;

/// <summary>Real captured traffic against the counts of independent checkers.</summary>
public sealed class CaptureCountsTests
{
    [Theory]
    [InlineData("spot-ws-v2", "v2_crossbook_ethusd_sample.jsonl.gz", 1170, 1129, 1)]
    [InlineData("spot-ws-v2", "v2_crossbook_btcusd_l2.jsonl.gz", 377, 301, 1)]
    [InlineData("spot-ws-v2", "rust_orderbook_feed_btcusd.jsonl", 11, 11, 1)]
    [InlineData("spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz", 4321, 4269, 10)]
    [InlineData("spot-ws-v1", "v1_python_kraken_sdk_xbtusd.jsonl.gz", 1150, 979, 1)]
    public void Every_checksum_of_a_capture_is_verified_I6(
        string folder, string file, long frames, long checksums, int books)
    {
        ReplayRun run = Replays.Run(Replays.Options(Repository.Shared("data", folder, file)));
        Assert.Null(run.Fault);
        Assert.Equal((frames, 0L), (run.Frames, run.Counters.Errors));
        (string, InstrumentBook State)[] states = Replays.Books(run);
        Assert.Equal(books, states.Length);
        Assert.Equal(checksums, states.Sum(s => s.State.ChecksumsVerified));
        Assert.Equal(0, states.Sum(s => s.State.ChecksumMismatches + s.State.SequenceGaps + s.State.Crossed));
        Assert.Equal(0, states.Sum(s => s.State.StaleIntervals + s.State.UpdatesIgnored));
    }

    [Fact]
    public void A_reserialised_capture_verifies_once_its_decimals_are_given()
    {
        string path = Repository.Shared("data", "spot-ws-v2", "v2_python_kraken_sdk_btcusd_reserialised.jsonl.gz");
        ReplayOptions options = Replays.Options(path) with
        {
            Precisions = new[] { new ScaleOverride(Encoding.ASCII.GetBytes("BTC/USD"), 1, 8) },
        };
        InstrumentBook book = Replays.Books(Replays.Run(options)).Single().State;
        Assert.Equal((510L, 0L), (book.ChecksumsVerified, book.ChecksumMismatches));
    }

    [Fact]
    public void Derivatives_deltas_follow_their_sequence_without_gap_or_crossing()
    {
        string path = Repository.Shared("data", "futures-ws", "fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz");
        ReplayRun run = Replays.Run(Replays.Options(path));
        (string, InstrumentBook State)[] states = Replays.Books(run);
        Assert.Equal((7175L, 0L, 10), (run.Frames, run.Counters.Errors, states.Length));
        Assert.Equal(7014, states.Sum(s => s.State.Updates));
        Assert.Equal(0, states.Sum(s => s.State.SequenceGaps + s.State.Crossed + s.State.StaleIntervals));
        Assert.All(states, s => Assert.Equal(BookState.InSync, s.State.State));
    }

    [Fact]
    public void A_transcribed_capture_with_a_trimmed_book_shows_its_gap_and_nothing_else()
    {
        string path = Repository.Shared("data", "futures-ws", "pf_xbtusd_2026-09-25.jsonl");
        ReplayRun run = Replays.Run(Replays.Options(path));
        Assert.Equal((9L, 0L), (run.Frames, run.Counters.Errors));
        InstrumentBook book = Replays.Books(run).Single().State;
        Assert.True(book.SequenceGaps + book.Crossed > 0, "the capture is trimmed: a fault is expected");
        Assert.Equal(BookState.Stale, book.State);
    }

    [Fact]
    public void Without_the_cut_to_depth_checksums_fail_as_they_must()
    {
        string path = Repository.Shared("data", "spot-ws-v2", "v2_crossbook_btcusd_l2.jsonl.gz");
        ReplayRun run = Replays.Run(Replays.Options(path) with { CutToDepth = false });
        Assert.True(Replays.Books(run).Single().State.ChecksumMismatches > 0);
    }

    [Theory]
    [InlineData("spot-ws-v2", "v2_crossbook_ethusd_sample.jsonl.gz")]
    [InlineData("spot-ws-v2", "v2_crossbook_btcusd_l2.jsonl.gz")]
    [InlineData("spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz")]
    [InlineData("spot-ws-v1", "v1_cryptofeed_KRAKEN.ws.48.0.jsonl.gz")]
    [InlineData("futures-ws", "fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz")]
    public void The_same_capture_gives_the_same_hash_however_it_is_run_I5(string folder, string file)
    {
        string path = Repository.Shared("data", folder, file);
        string expected = Replays.Run(Replays.Options(path)).StateHashText;
        foreach (TopologyKind topology in Enum.GetValues<TopologyKind>())
        {
            Assert.Equal(expected, Replays.Run(Replays.Options(path) with { Topology = topology }).StateHashText);
        }

        Assert.Equal(expected, Replays.RunLines(Replays.ReadLines(path), bytesPerRead: 1).StateHashText);
    }
}
