using System;
using System.Globalization;
using System.IO;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>
/// One file per message shape in <c>tests/data/frames</c>; beside each <c>shape.json</c> lies <c>shape.txt</c>: the
/// result, the channel counted, the names counted, and every event with every field that is not zero.
/// </summary>
public sealed class FrameShapeTests
{
    public static TheoryData<string, string> Shapes()
    {
        TheoryData<string, string> shapes = [];
        foreach (string folder in (string[])["spot-v2", "unified", "spot-v1", "futures-v1"])
        {
            foreach (FrameCase frame in FrameCase.Read(folder)) shapes.Add(folder, frame.Name);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_shape_becomes_exactly_its_events(string folder, string name)
    {
        FrameCase frame = FrameCase.Read(folder, name);
        string expected = File.ReadAllText(Repository.TestData("frames", folder, name + ".txt"));
        Assert.Equal(expected, Describe(frame, fastPath: true));
        Assert.Equal(expected, Describe(frame, fastPath: false));
    }

    [Fact]
    public void Frequent_shapes_take_the_fast_path_and_rare_ones_do_not()
    {
        string[] frequent =
        [
            "spot-v2/heartbeat", "spot-v2/book-snapshot", "spot-v2/book-snapshot-without-timestamp",
            "spot-v2/book-update", "spot-v2/book-update-empty", "spot-v2/book-update-two-symbols",
            "spot-v2/trade-update", "spot-v2/trade-snapshot", "spot-v2/ticker-snapshot", "spot-v2/ticker-update",
            "spot-v2/ohlc-snapshot", "spot-v2/ohlc-update", "spot-v1/heartbeat", "spot-v1/book-snapshot",
            "spot-v1/book-bids", "spot-v1/book-asks", "spot-v1/book-both-sides", "spot-v1/book-without-checksum",
            "spot-v1/trade", "spot-v1/ticker", "spot-v1/spread", "futures-v1/heartbeat", "futures-v1/book",
            "futures-v1/trade", "futures-v1/trade-2021", "futures-v1/ticker-lite", "unified/book-update",
        ];
        string[] drifted =
        [
            "spot-v2/book-update-asks-first", "spot-v2/trade-new-words", "unified/ticker-update",
            "unified/ohlc-update", "spot-v1/book-numbers-unquoted", "spot-v1/trade-new-words",
            "futures-v1/book-new-keys", "futures-v1/trade-new-words",
        ];
        foreach (string shape in frequent) Assert.Equal((shape, 0), (shape, FallbacksOf(shape)));
        foreach (string shape in drifted) Assert.Equal((shape, 1), (shape, FallbacksOf(shape)));
    }

    private static long FallbacksOf(string shape)
    {
        string[] parts = shape.Split('/');
        FrameCase frame = FrameCase.Read(parts[0], parts[1]);
        WireCounters counters = new();
        FrameParser parser = new(frame.Dialect, new SymbolTable(), counters);
        Assert.Equal(ParseResult.Ok, parser.Parse(frame.Frame, new EventBatch(64)));
        return counters.Fallbacks;
    }

    private static string Describe(FrameCase frame, bool fastPath)
    {
        SymbolTable symbols = new();
        WireCounters counters = new();
        FrameParser parser = new(frame.Dialect, symbols, counters, fastPath);
        EventBatch batch = new();
        ParseResult result = parser.Parse(frame.Frame, batch);

        StringBuilder text = new();
        text.Append(result);
        foreach (Channel channel in Enum.GetValues<Channel>())
        {
            if (counters.ChannelOf(channel) > 0) text.Append(CultureInfo.InvariantCulture, $" {channel}");
        }

        text.Append('\n');
        AppendNames(text, "channel", counters.UnknownChannels);
        AppendNames(text, "event", counters.UnknownEvents);
        AppendNames(text, "key", counters.UnknownKeys);
        AppendNames(text, "word", counters.UnknownEnums);
        AppendNames(text, "notice", counters.Notices);
        text.Append(EventText.Of(batch, symbols, frame.Dialect));
        return text.ToString();
    }

    private static void AppendNames(StringBuilder text, string what, NameCounter counter)
    {
        for (int i = 0; i < counter.Names; i++)
        {
            string name = Encoding.UTF8.GetString(counter.NameOf(i));
            text.Append(CultureInfo.InvariantCulture, $"{what} \"{name}\" {counter.CountOf(i)}\n");
        }
    }
}
