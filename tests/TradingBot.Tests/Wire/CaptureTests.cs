using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>What the venue really sent goes through, and both paths make the same of it.</summary>
public sealed class CaptureTests
{
    public static TheoryData<Dialect, string> Files()
    {
        TheoryData<Dialect, string> files = [];
        foreach ((Dialect dialect, string path) in Captures.All) files.Add(dialect, path);
        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Captured_frames_have_no_fault_and_both_paths_agree(Dialect dialect, string path) =>
        AssertClean(dialect, Captures.Read(path));

    [Theory]
    [InlineData(Dialect.SpotV2, "spot-ws")]
    [InlineData(Dialect.FuturesV1, "futures-ws")]
    [InlineData(Dialect.Unified, "uws/assumed")]
    public void Fixtures_have_no_fault_and_both_paths_agree(Dialect dialect, string folder) =>
        AssertClean(dialect, Captures.ReadFixtures(folder.Split('/')), allowsRequests: true);

    [Theory]
    [InlineData(Dialect.SpotV2, "spot-ws-v2/v2_crossbook_ethusd_sample.jsonl.gz")]
    [InlineData(Dialect.SpotV1, "spot-ws-v1/v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz")]
    [InlineData(Dialect.FuturesV1, "futures-ws/fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz")]
    public void Venue_text_takes_the_fast_path(Dialect dialect, string path)
    {
        List<byte[]> frames = Captures.Read(path);
        WireCounters counters = new();
        FrameParser parser = new(dialect, new SymbolTable(), counters);
        EventBatch batch = new();
        foreach (byte[] frame in frames) parser.Parse(frame, batch);

        Assert.Equal(frames.Count, counters.Frames);
        Assert.Equal(0, counters.Fallbacks);
        long frequent = counters.ChannelOf(Channel.Book) + counters.ChannelOf(Channel.Heartbeat)
            + counters.ChannelOf(Channel.Trade) + counters.ChannelOf(Channel.Ticker);
        Assert.True(frequent > frames.Count * 95 / 100, $"{frequent} of {frames.Count}");
    }

    private static void AssertClean(Dialect dialect, List<byte[]> frames, bool allowsRequests = false)
    {
        Assert.NotEmpty(frames);
        SymbolTable fastSymbols = new();
        SymbolTable generalSymbols = new();
        WireCounters fastCounters = new();
        WireCounters generalCounters = new();
        FrameParser fast = new(dialect, fastSymbols, fastCounters);
        FrameParser general = new(dialect, generalSymbols, generalCounters, fastPath: false);
        EventBatch fastBatch = new();
        EventBatch generalBatch = new();
        foreach (byte[] frame in frames)
        {
            ParseResult result = fast.Parse(frame, fastBatch);
            bool isRequest = allowsRequests && frame.AsSpan().IndexOf("\"params\""u8) >= 0;
            Assert.True(
                result is ParseResult.Ok or ParseResult.Ignored || isRequest,
                $"{result}: {Encoding.UTF8.GetString(frame)}");
            Assert.Equal(general.Parse(frame, generalBatch), result);
            AssertSame(generalBatch, fastBatch, frame);
        }

        Assert.Equal(generalSymbols.Count, fastSymbols.Count);
        foreach (ParseResult result in Enum.GetValues<ParseResult>())
        {
            Assert.Equal(generalCounters.ResultOf(result), fastCounters.ResultOf(result));
        }

        foreach (Channel channel in Enum.GetValues<Channel>())
        {
            Assert.Equal(generalCounters.ChannelOf(channel), fastCounters.ChannelOf(channel));
        }
    }

    private static void AssertSame(EventBatch expected, EventBatch actual, byte[] frame)
    {
        bool isSame = MemoryMarshal.AsBytes(expected.Events).SequenceEqual(MemoryMarshal.AsBytes(actual.Events));
        Assert.True(isSame, $"The paths differ on {Encoding.UTF8.GetString(frame)}");
    }
}
