using System;
using System.Buffers;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

/// <summary>Frames with something wrong: the result names the gravest fault, and no event is left.</summary>
public sealed class FrameFaultTests
{
    private const string Book =
        """{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{"price":1,"qty":2}]""";

    private const string Trade =
        """{"channel":"trade","type":"update","data":[{"symbol":"A/B","side":"buy","price":1,""";

    private const string Level = """{"feed":"book","product_id":"X","side":"buy","seq":1,"price":1,""";

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("nul")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/**/}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [InlineData("""{"channel":"heartbeat","x":"\ud800"}""")]
    [InlineData("""{"channel":"heartbeat","\udc00":1}""")]
    [InlineData("""{"channel":"heartbeat"}}""")]
    [InlineData(Book + ""","asks":[],"checksum":1,"checksum":-1}]""")]
    public void What_is_not_one_json_value_is_malformed_in_every_dialect(string text)
    {
        foreach (Dialect dialect in (Dialect[])[Dialect.SpotV2, Dialect.Unified, Dialect.SpotV1, Dialect.FuturesV1])
        {
            Assert.Equal(ParseResult.Malformed, ParseBothWays(dialect, Encoding.UTF8.GetBytes(text)));
        }
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_malformed_even_inside_a_text_nobody_reads()
    {
        byte[] frame = [.. "{\"channel\":\"heartbeat\",\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal(ParseResult.Malformed, ParseBothWays(Dialect.SpotV2, frame));
    }

    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_malformed()
    {
        string deep = new string('[', 63) + new string(']', 63);
        Assert.Equal(ParseResult.Ok, Parse(Dialect.SpotV2, $$"""{"channel":"heartbeat","x":{{deep}}}"""));
        Assert.Equal(ParseResult.Malformed, Parse(Dialect.SpotV2, $$"""{"channel":"heartbeat","x":[{{deep}}]}"""));
    }

    [Theory]
    [InlineData(Book + ""","checksum":1}]}""", ParseResult.Ok)]
    [InlineData(Book + ""","checksum":"4294967295"}]}""", ParseResult.Ok)]
    [InlineData(Book + ""","checksum":4294967296}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":-1}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1.5}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":null}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":true}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1e30}]}""", ParseResult.OutOfRange)]
    [InlineData(Book + ""","checksum":""}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":" 1"}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"timestamp":null}]}""", ParseResult.Ok)]
    [InlineData(Book + ""","checksum":1,"timestamp":"now"}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"timestamp":1}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"checksum":1}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"\u0063hecksum":1}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":null,"asks":[]}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":{}}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":[[]]}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":[{"price":0,"qty":1}]}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":[{"price":1,"qty":-1}]}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1,"asks":[{"price":1}]}]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1},5]}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1}],"type":"update"}""", ParseResult.Invalid)]
    [InlineData(Book + ""","checksum":1}],"type":"other"}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"other"}""", ParseResult.Ignored)]
    [InlineData("""{"channel":"book","type":"other","type":"other"}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update"}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","data":[]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":[]}""", ParseResult.Ok)]
    [InlineData("""{"channel":"book","type":"update","data":{}}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","channel":"heartbeat"}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","channel":"balances"}""", ParseResult.Ignored)]
    [InlineData("""{"channel":"book","channel":null}""", ParseResult.Ignored)]
    [InlineData("""{"channel":5,"method":"pong"}""", ParseResult.Ok)]
    [InlineData("""{"channel":"heartbeat","data":1,"data":1}""", ParseResult.Invalid)]
    [InlineData("""{"error":"a","error":"b"}""", ParseResult.Ok)]
    [InlineData("""{"error":5}""", ParseResult.Ignored)]
    [InlineData(Trade + """ "qty":1,"trade_id":0,"timestamp":"2026-01-01T00:00:00Z"}]}""", ParseResult.Ok)]
    [InlineData(Trade + """ "qty":0,"trade_id":0,"timestamp":"2026-01-01T00:00:00Z"}]}""", ParseResult.Invalid)]
    [InlineData(Trade + """ "qty":1,"trade_id":0}]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":[{"symbol":"A B","checksum":1}]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":[{"symbol":"","checksum":1}]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":[{"symbol":"Ä/B","checksum":1}]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"status","data":[{"system":1}]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"instrument","type":"update","data":{"pairs":{}}}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"instrument","type":"update","data":{}}""", ParseResult.Ok)]
    [InlineData("""{"method":"subscribe","success":true}""", ParseResult.Invalid)]
    [InlineData("""{"method":"subscribe","success":1,"result":{"channel":"book"}}""", ParseResult.Invalid)]
    [InlineData(
        """{"method":"subscribe","success":true,"result":{"channel":"book","depth":2147483648}}""",
        ParseResult.Invalid)]
    [InlineData("""{"method":"subscribe","success":false,"result":7}""", ParseResult.Ok)]
    [InlineData("""{"method":"subscribe","success":false,"error":7}""", ParseResult.Invalid)]
    public void Spot_v2_faults(string text, ParseResult expected) =>
        Assert.Equal(expected, Parse(Dialect.SpotV2, text));

    [Theory]
    [InlineData("""[1,"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[],"trade","A/B"]""", ParseResult.Ok)]
    [InlineData("""["1",[],"trade","A/B"]""", ParseResult.Ok)]
    [InlineData("""[-1,[],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[],[],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[],"trade",5]""", ParseResult.Invalid)]
    [InlineData("""[1,[],"trade-x","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[],"trade-","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[],"trade-1234567890","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,5,"unheard","not a pair"]""", ParseResult.Ignored)]
    [InlineData("""[1,[["1","1","1"]],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[["1","1","1","b",5]],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[["1","1","-1","b"]],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[["1","1","1.0000000001","b"]],"trade","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[["1","1","1.0000000000","b"]],"trade","A/B"]""", ParseResult.Ok)]
    [InlineData("""[1,[["1","1","9223372037","b"]],"trade","A/B"]""", ParseResult.OutOfRange)]
    [InlineData("""[1,{"c":"1"},"book-10","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":[],"bs":[]},"book-10","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":[]},{"a":[]},"book-10","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":[],"c":"1"},{"b":[],"c":"1"},"book-10","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":[],"b":null},"book-10","A/B"]""", ParseResult.Ok)]
    [InlineData("""[1,{"a":[["1","1","1",null]]},"book-10","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":[["1","1","1","r",{}]]},"book-10","A/B"]""", ParseResult.Ok)]
    [InlineData("""[1,{"a":["1",1],"b":["1",1,"1"],"c":["1"],"v":["1","1"]},"ticker","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,{"a":["1",{},"1"],"b":["1",1,"-1"],"c":["1"],"v":[null,"1"]},"ticker","A/B"]""", ParseResult.Ok)]
    [InlineData("""[1,[0,"120",1,1,1,1,1,1,0],"ohlc-2","A/B"]""", ParseResult.Ok)]
    [InlineData("""[1,[0,"119.5",1,1,1,1,1,1,0],"ohlc-2","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,[0,"9223372037",1,1,1,1,1,1,0],"ohlc-2","A/B"]""", ParseResult.OutOfRange)]
    [InlineData("""[1,["0","-1",1,1],"spread","A/B"]""", ParseResult.Invalid)]
    [InlineData("""[1,["0","-1",1,1,0],"spread","A/B"]""", ParseResult.Ok)]
    [InlineData(
        """{"event":"subscriptionStatus","status":"subscribed","subscription":{"name":"book","name":"book"}}""",
        ParseResult.Invalid)]
    [InlineData("""{"event":"subscriptionStatus","status":"subscribed"}""", ParseResult.Invalid)]
    [InlineData("""{"event":"subscriptionStatus","status":"dozing"}""", ParseResult.Ignored)]
    [InlineData("""{"event":"subscriptionStatus"}""", ParseResult.Invalid)]
    [InlineData("""{"event":"heartbeat","status":1,"status":1}""", ParseResult.Invalid)]
    [InlineData("""{"event":"unheard","event":"unheard"}""", ParseResult.Ignored)]
    public void Spot_v1_faults(string text, ParseResult expected) =>
        Assert.Equal(expected, Parse(Dialect.SpotV1, text));

    [Theory]
    [InlineData(Level + """ "qty":0}""", ParseResult.Ok)]
    [InlineData(Level + """ "qty":0,"uid":1,"uid":2}""", ParseResult.Ok)]
    [InlineData(Level + """ "qty":0,"seq":1}""", ParseResult.Invalid)]
    [InlineData(Level + """ "qty":0,"event":1,"event":1}""", ParseResult.Invalid)]
    [InlineData(Level + """ "qty":-1}""", ParseResult.Invalid)]
    [InlineData(Level + """ "qty":0,"timestamp":1.0000001}""", ParseResult.Invalid)]
    [InlineData(Level + """ "qty":0,"timestamp":9223372036855}""", ParseResult.OutOfRange)]
    [InlineData("""{"feed":"book","product_id":"X","side":"both","seq":1,"price":1,"qty":1}""", ParseResult.Invalid)]
    [InlineData("""{"feed":"book_snapshot","product_id":"X","seq":1,"bids":[]}""", ParseResult.Invalid)]
    [InlineData("""{"feed":"book_snapshot","product_id":"X","seq":1,"bids":[],"asks":[]}""", ParseResult.Ok)]
    [InlineData("""{"feed":"trade_snapshot","product_id":"X","trades":[]}""", ParseResult.Ok)]
    [InlineData("""{"feed":"trade_snapshot","product_id":"X","trades":[{"side":"buy"}]}""", ParseResult.Invalid)]
    [InlineData("""{"feed":"ticker","product_id":"X","index":true}""", ParseResult.Invalid)]
    [InlineData("""{"feed":"ticker","product_id":"X","bid_size":1e19}""", ParseResult.OutOfRange)]
    [InlineData("""{"feed":"ticker"}""", ParseResult.Invalid)]
    [InlineData("""{"feed":"heartbeat","time":"-1"}""", ParseResult.Invalid)]
    [InlineData("""{"event":5,"feed":"heartbeat"}""", ParseResult.Ok)]
    [InlineData("""{"event":"subscribed"}""", ParseResult.Invalid)]
    [InlineData("""{"event":"subscribed","feed":"book","product_ids":[5]}""", ParseResult.Invalid)]
    [InlineData("""{"event":"alert","message":5}""", ParseResult.Invalid)]
    [InlineData("""{"event":"info","message":5}""", ParseResult.Ok)]
    [InlineData("""{"event":"info","feed":5,"feed":6}""", ParseResult.Invalid)]
    public void Derivatives_faults(string text, ParseResult expected) =>
        Assert.Equal(expected, Parse(Dialect.FuturesV1, text));

    [Fact]
    public void The_gravest_fault_wins_wherever_it_stands()
    {
        SymbolTable full = new(1);
        full.IdOf(Dialect.SpotV2, "Z/Z"u8);
        FrameParser parser = new(Dialect.SpotV2, full, new WireCounters());
        EventBatch small = new(1);
        const string Start = """{"channel":"book","type":"update","data":[""";
        const string Known = """{"symbol":"Z/Z","bids":[{"price":1,"qty":1}],"checksum":1}""";
        const string Strange = """{"symbol":"A/B","checksum":1}""";
        const string Wide = """{"symbol":"Z/Z","checksum":1e30}""";
        const string Wrong = """{"symbol":"Z/Z"}""";
        Assert.Equal(ParseResult.TooLarge, Result(Start + Known + "]}"));
        Assert.Equal(ParseResult.SymbolTableFull, Result(Start + Known + "," + Strange + "]}"));
        Assert.Equal(ParseResult.OutOfRange, Result(Start + Known + "," + Wide + "," + Strange + "]}"));
        Assert.Equal(ParseResult.Invalid, Result(Start + Wrong + "," + Wide + "," + Known + "," + Strange + "]}"));
        Assert.Equal(ParseResult.Malformed, Result(Start + Wrong + "," + Wide + "]"));
        Assert.Equal(3, full.Overflows);

        ParseResult Result(string text) => parser.Parse(Encoding.UTF8.GetBytes(text), small);
    }

    [Fact]
    public void Every_frame_is_counted_once_with_its_bytes_whatever_becomes_of_it()
    {
        WireCounters counters = new();
        FrameParser parser = new(Dialect.SpotV2, new SymbolTable(), counters);
        EventBatch batch = new();
        string[] frames =
        [
            """{"channel":"heartbeat"}""", """{"channel":"heartbeat" }""", """{"channel":"balances"}""", "{",
            Book + "}]}", Book + ""","checksum":1e30}]}""",
        ];
        long bytes = 0;
        foreach (string frame in frames)
        {
            parser.Parse(Encoding.UTF8.GetBytes(frame), batch);
            bytes += frame.Length;
        }

        Assert.Equal(frames.Length, counters.Frames);
        Assert.Equal(bytes, counters.Bytes);
        Assert.Equal(3, counters.Errors);
        Assert.Equal(2, counters.ResultOf(ParseResult.Ok));
        Assert.Equal(1, counters.ResultOf(ParseResult.Ignored));
        Assert.Equal(2, counters.ChannelOf(Channel.Heartbeat));
        Assert.Equal(2, counters.ChannelOf(Channel.Book));
        Assert.Equal(1, counters.ChannelOf(Channel.Other));
        Assert.Equal(1, counters.ChannelOf(Channel.None));
        Assert.Equal(3, counters.Fallbacks);
    }

    [Fact]
    public void Frames_split_over_segments_read_like_whole_ones()
    {
        foreach (FrameCase frame in FrameCase.Read("spot-v2"))
        {
            SymbolTable symbols = new();
            FrameParser parser = new(frame.Dialect, symbols, new WireCounters());
            EventBatch batch = new();
            ParseResult expected = parser.Parse(frame.Frame, batch);
            string events = EventText.Of(batch, symbols, frame.Dialect);
            foreach (int size in (int[])[1, 7, 64, 100_000])
            {
                ReadOnlySequence<byte> sequence = Segment.Split(frame.Frame, size);
                Assert.Equal(size >= frame.Frame.Length, sequence.IsSingleSegment);
                Assert.Equal(expected, parser.Parse(in sequence, batch));
                Assert.Equal(events, EventText.Of(batch, symbols, frame.Dialect));
            }
        }
    }

    [Fact]
    public void Numbers_in_escaped_text_longer_than_any_buffer_are_read_exactly()
    {
        // 2,000 escaped zeros behind the point: the value is 1, and only 18 decimals can be kept.
        StringBuilder zeros = new();
        for (int i = 0; i < 2_000; i++) zeros.Append("\\u0030");
        string text = """{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[],"checksum":"1."""
            + zeros + "\"}]}";
        Assert.Equal(ParseResult.Ok, Parse(Dialect.SpotV2, text));
    }

    private static ParseResult Parse(Dialect dialect, string text) =>
        ParseBothWays(dialect, Encoding.UTF8.GetBytes(text));

    /// <summary>With and without the fast path, in a batch that still holds events of an earlier frame.</summary>
    private static ParseResult ParseBothWays(Dialect dialect, byte[] frame)
    {
        EventBatch batch = new();
        batch.Add(EventKind.Trade, 1);
        ParseResult fast = new FrameParser(dialect, new SymbolTable(), new WireCounters()).Parse(frame, batch);
        Assert.True(fast == ParseResult.Ok || batch.Count == 0);

        batch.Add(EventKind.Trade, 1);
        ParseResult general = new FrameParser(dialect, new SymbolTable(), new WireCounters(), fastPath: false)
            .Parse(frame, batch);
        Assert.True(general == ParseResult.Ok || batch.Count == 0);
        Assert.Equal(general, fast);
        return general;
    }

    /// <summary>A sequence of segments of one size.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Split(byte[] bytes, int size)
        {
            Segment first = new() { Memory = bytes.AsMemory(0, Math.Min(size, bytes.Length)) };
            Segment last = first;
            for (int start = size; start < bytes.Length; start += size)
            {
                Segment next = new()
                {
                    Memory = bytes.AsMemory(start, Math.Min(size, bytes.Length - start)),
                    RunningIndex = start,
                };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
