using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using TradingBot.Market.Book;
using TradingBot.Simulation.Synthetic;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker;
using TradingBot.Worker.Replay;
using Xunit;

namespace TradingBot.Tests.Replay;

/// <summary>
/// The synthetic capture in the repository: every decision of the gate, and the same state however it is run.
/// </summary>
public sealed class DemoCaptureTests
{
    private static readonly string Demo = Repository.TestData("captures", "demo-spot-v2.jsonl.gz");

    [Fact]
    public void The_demo_in_the_repository_is_what_the_generator_makes()
    {
        using MemoryStream made = new();
        SyntheticCapture.Write(made, new SyntheticOptions());
        using GZipStream stored = new(File.OpenRead(Demo), CompressionMode.Decompress);
        using MemoryStream read = new();
        stored.CopyTo(read);
        Assert.True(made.ToArray().AsSpan().SequenceEqual(read.ToArray()), "run: tradingbot demo-capture " + Demo);
    }

    [Fact]
    public void The_demo_gives_approvals_and_every_kind_of_refusal()
    {
        ReplayRun run = Replays.Run(Replays.Options(Demo));
        Assert.Null(run.Fault);
        Assert.Equal(0, run.Counters.Errors + run.Counters.Fallbacks);
        Assert.True(run.Engine.Gate.Orders.Next >= 20, $"{run.Engine.Gate.Orders.Next} approvals");
        string[] expected =
        [
            .. Enum.GetValues<Refusal>().Except(ByOperator).Select(ReplayReport.NameOf).Order(),
        ];
        Assert.Equal(expected, ReplayReport.Refusals(run).Select(r => r.Name).Order());
    }

    /// <summary>
    /// Reasons that this capture cannot give: a person or a script has to want something, or the venue to close.
    /// </summary>
    private static readonly Refusal[] ByOperator =
        [
            Refusal.None, Refusal.Halted, Refusal.OffStep, Refusal.SignalsOff, Refusal.History,
            Refusal.VenueNotOnline, Refusal.VenueNotice, Refusal.ClockSkew,
        ];

    /// <summary>
    /// The golden hash. A difference means that commands or state changed: read docs/state-hash.md, then decide.
    /// </summary>
    [Fact]
    public void The_demo_ends_in_the_recorded_state_I5()
    {
        string golden = File.ReadAllText(Repository.TestData("golden", "demo-spot-v2.state_hash")).Trim();
        Assert.Equal(golden, Replays.Run(Replays.Options(Demo)).StateHashText);
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("ring")]
    [InlineData("fanout")]
    public void Every_topology_gives_the_same_state_byte_for_byte_I5(string name)
    {
        TopologyKind topology = Enum.Parse<TopologyKind>(name, ignoreCase: true);
        ReplayOptions options = Replays.Options(Demo);
        System.Buffers.ArrayBufferWriter<byte> expected = new();
        StateHash.Write(Replays.Run(options).Engine, expected);
        for (int repetition = 0; repetition < 3; repetition++)
        {
            System.Buffers.ArrayBufferWriter<byte> actual = new();
            StateHash.Write(Replays.Run(options with { Topology = topology }).Engine, actual);
            Assert.Equal(Encoding.UTF8.GetString(expected.WrittenSpan), Encoding.UTF8.GetString(actual.WrittenSpan));
        }
    }

    [Fact]
    public void Two_files_are_one_stream_wherever_they_are_split_I5()
    {
        string[] lines = Replays.ReadLines(Demo);
        string expected = Replays.Run(Replays.Options(Demo)).StateHashText;
        Random random = Seed.Random(3, "split");
        string folder = Directory.CreateTempSubdirectory("tradingbot-split").FullName;
        try
        {
            for (int i = 0; i < 4; i++)
            {
                int at = random.Next(1, lines.Length);
                string[] files = [Path.Combine(folder, $"{i}-a.jsonl"), Path.Combine(folder, $"{i}-b.jsonl")];
                File.WriteAllLines(files[0], lines[..at]);
                File.WriteAllLines(files[1], lines[at..]);
                Assert.Equal(expected, Replays.Run(Replays.Options(files)).StateHashText);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Merging_by_receive_time_puts_interleaved_files_together_again_I5()
    {
        string[] lines = Replays.ReadLines(Demo);
        string expected = Replays.Run(Replays.Options(Demo)).StateHashText;
        string folder = Directory.CreateTempSubdirectory("tradingbot-merge").FullName;
        try
        {
            string[] files = [Path.Combine(folder, "trades.jsonl"), Path.Combine(folder, "rest.jsonl")];
            // Frames of one receive time keep their order only within a file; the demo's stamps are all different.
            const string Trade = "\\\"channel\\\":\\\"trade\\\"";
            File.WriteAllLines(files[0], lines.Where(l => l.Contains(Trade, StringComparison.Ordinal)));
            File.WriteAllLines(files[1], lines.Where(l => !l.Contains(Trade, StringComparison.Ordinal)));
            ReplayRun merged = Replays.Run(Replays.Options(files) with { Merge = true });
            Assert.Equal((long)lines.Length, merged.Frames);
            Assert.Equal(expected, merged.StateHashText);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Bytes_one_at_a_time_give_the_same_state_I5() => Assert.Equal(
        Replays.Run(Replays.Options(Demo)).StateHashText,
        Replays.RunLines(Replays.ReadLines(Demo).Take(30_000), bytesPerRead: 1).StateHashText);

    [Fact]
    public void A_lost_update_of_one_symbol_leaves_the_others_untouched_I6()
    {
        string[] lines = Replays.ReadLines(Demo);
        (string Symbol, InstrumentBook State)[] whole = Replays.Books(Replays.RunLines(lines));
        int lost = Array.FindLastIndex(lines, lines.Length - 2_000, IsUpdateOf("SOL/USD"));
        int next = Array.FindIndex(lines, lost + 1, IsUpdateOf("SOL/USD"));
        InstrumentBook atNext = Replays.Books(Replays.RunLines(lines.Take(next + 1).Where((_, i) => i != lost)))
            .Single(b => b.Symbol == "SOL/USD").State;
        Assert.Equal((BookState.Stale, 1L), (atNext.State, atNext.ChecksumMismatches));

        ReplayRun without = Replays.RunLines(lines.Where((_, i) => i != lost));
        foreach ((string symbol, InstrumentBook state) in Replays.Books(without))
        {
            InstrumentBook before = whole.Single(b => b.Symbol == symbol).State;
            if (symbol == "SOL/USD")
            {
                Assert.Equal((1L, BookState.Stale), (state.ChecksumMismatches, state.State));
                continue;
            }

            Assert.Equal(
                (before.State, before.Updates, before.ChecksumsVerified, before.ChecksumMismatches),
                (state.State, state.Updates, state.ChecksumsVerified, state.ChecksumMismatches));
        }
    }

    private static Predicate<string> IsUpdateOf(string symbol) => line =>
        line.Contains(BookUpdate + symbol, StringComparison.Ordinal);

    private const string BookUpdate =
        "\\\"channel\\\":\\\"book\\\",\\\"type\\\":\\\"update\\\",\\\"data\\\":[{\\\"symbol\\\":\\\"";
}
