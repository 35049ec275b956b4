using System;
using System.Linq;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Fuzz;
using Xunit;

namespace TradingBot.Tests.Twins;

public sealed class NaiveParserTests
{
    private const long March4 = 1_772_600_767_000_000_000; // 2026-03-04 05:06:07 UTC

    [Theory]
    [InlineData(Dialect.SpotV2)]
    [InlineData(Dialect.Unified)]
    [InlineData(Dialect.SpotV1)]
    [InlineData(Dialect.FuturesV1)]
    public void Every_corpus_frame_is_read_unless_its_name_says_ignored(Dialect dialect)
    {
        Assert.All(Corpus.HandWritten(dialect), entry =>
        {
            bool ignored = entry.Name.StartsWith("ignored-", StringComparison.Ordinal);
            NaiveOutcome outcome = NaiveParser.Parse(dialect, entry.Frame);
            Assert.True(outcome.Result == (ignored ? ParseResult.Ignored : ParseResult.Ok), $"{entry.Name}: {outcome}");
            bool silent = ignored || entry.Name is "ticker-lite-empty" or "instrument-no-pairs";
            Assert.True(silent == (outcome.Events.Length == 0), $"{entry.Name}: {outcome}");
        });
    }

    [Fact]
    public void Book_message_gives_bids_then_asks_then_its_end()
    {
        NaiveEvent blank = new(EventKind.BookLevel, Channel.Book, Dialect.SpotV2)
        {
            Symbol = "BTC/USD",
            ExchangeTimeNs = March4 + 1_000_000_000,
        };
        AssertEvents(
            Dialect.SpotV2,
            "book-update-asks-first",
            blank with
            {
                Flags = EventFlags.Buy | EventFlags.First,
                Price = new NaiveNumber(271199, 1),
                Quantity = new NaiveNumber(1, 8),
            },
            blank with
            {
                Flags = EventFlags.Sell,
                Price = new NaiveNumber(2712030, 2),
                Quantity = new NaiveNumber(5, 1),
            },
            blank with { Kind = EventKind.BookEnd, Flags = EventFlags.HasChecksum, Number = 4_294_967_295 });
    }

    [Fact]
    public void Book_message_of_spot_v1_is_stamped_with_its_greatest_level_time()
    {
        const long Time = 1_693_415_335_172_524_000;
        NaiveEvent blank = new(EventKind.BookLevel, Channel.Book, Dialect.SpotV1)
        {
            Symbol = "XBT/USD",
            ExchangeTimeNs = Time,
        };
        AssertEvents(
            Dialect.SpotV1,
            "book-update-both",
            blank with
            {
                Flags = EventFlags.Buy | EventFlags.First,
                Price = new NaiveNumber(2711990000, 5),
                Quantity = new NaiveNumber(0, 8),
            },
            blank with
            {
                Flags = EventFlags.Buy | EventFlags.Republished,
                Price = new NaiveNumber(2711910000, 5),
                Quantity = new NaiveNumber(500000000, 8),
            },
            blank with
            {
                Flags = EventFlags.Sell,
                Price = new NaiveNumber(2713190000, 5),
                Quantity = new NaiveNumber(10000000, 8),
            },
            blank with
            {
                Kind = EventKind.BookEnd,
                Flags = EventFlags.HasChecksum,
                Number = 1_191_538_206,
                Detail = 10,
            });
    }

    [Fact]
    public void Trades_of_a_derivatives_snapshot_come_oldest_first()
    {
        NaiveOutcome outcome = Read(Dialect.FuturesV1, "trade-snapshot");
        Assert.Equal([653352L, 653353L, 653354L], outcome.Events.Select(e => e.Number));
        Assert.Equal(
            [TradeType.Termination, TradeType.Block, TradeType.Fill],
            outcome.Events.Select(e => (TradeType)e.Detail));
        Assert.All(outcome.Events, e => Assert.True(e.Flags.HasFlag(EventFlags.Snapshot)));
    }

    [Fact]
    public void Bar_of_spot_v1_begins_its_interval_before_its_end()
    {
        NaiveOutcome outcome = Read(Dialect.SpotV1, "ohlc");
        Assert.Equal(1_693_415_100_000_000_000, outcome.Events[0].Number);
        Assert.Equal(5, outcome.Events[0].Detail);
        Assert.Equal(17, outcome.Events[1].Number);
    }

    [Theory]
    [InlineData("""{"channel":"heartbeat"} x""", ParseResult.Malformed)]
    [InlineData("""{"channel":"heartbeat","x":"\ud800"}""", ParseResult.Malformed)]
    [InlineData("""{"channel":"heartbeat","\udc00":1}""", ParseResult.Malformed)]
    [InlineData("""{"channel":"heartbeat","channel":null}""", ParseResult.Ignored)]
    [InlineData("""{"channel":"book","channel":"heartbeat"}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"heartbeat","d\u0061ta":1,"data":2}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":{}}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"delta","data":{}}""", ParseResult.Ignored)]
    [InlineData("""{"channel":"book","data":[]}""", ParseResult.Invalid)]
    [InlineData("""{"channel":"book","type":"update","data":[]}""", ParseResult.Ok)]
    [InlineData("[]", ParseResult.Ignored)]
    public void Results_are_those_of_the_contract(string frame, ParseResult result) =>
        Assert.Equal(result, NaiveParser.Parse(Dialect.SpotV2, Encoding.UTF8.GetBytes(frame)).Result);

    [Theory]
    [InlineData("""{"symbol":"A","checksum":4294967295}""", ParseResult.Ok)]
    [InlineData("""{"symbol":"A","checksum":1e20}""", ParseResult.OutOfRange)]
    [InlineData("""{"symbol":"A","checksum":1e20},1""", ParseResult.Invalid)]
    [InlineData("""{"symbol":"A","checksum":4294967296}""", ParseResult.Invalid)]
    [InlineData("""{"symbol":"A B","checksum":1}""", ParseResult.Invalid)]
    [InlineData("""{"symbol":"A","checksum":1,"symbol":null}""", ParseResult.Invalid)]
    [InlineData("""{"symbol":"A","checksum":1,"bids":{}}""", ParseResult.Invalid)]
    [InlineData("""{"symbol":"A","checksum":1,"bids":null,"zz":1,"zz":2}""", ParseResult.Ok)]
    [InlineData("""{"symbol":"A","checksum":1,"bids":[{"price":0,"qty":1}]}""", ParseResult.Invalid)]
    public void Results_of_book_elements_are_those_of_the_contract(string elements, ParseResult result)
    {
        string frame = $$"""{"channel":"book","type":"update","data":[{{elements}}]}""";
        Assert.Equal(result, NaiveParser.Parse(Dialect.SpotV2, Encoding.UTF8.GetBytes(frame)).Result);
    }

    [Theory]
    [InlineData("60", "1e400", ParseResult.Invalid)] // The bar would begin before 1970: graver than the number.
    [InlineData("1e400", "1", ParseResult.OutOfRange)]
    [InlineData("300", "1", ParseResult.Ok)]
    public void A_bar_of_spot_v1_that_begins_before_1970_is_invalid(string end, string open, ParseResult result)
    {
        string frame = $"[1,[0,{end},{open},2,1,2,0,0,0],\"ohlc-5\",\"XBT/USD\"]";
        Assert.Equal(result, NaiveParser.Parse(Dialect.SpotV1, Encoding.UTF8.GetBytes(frame)).Result);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_malformed()
    {
        byte[] frame = [.. "{\"channel\":\"heartbeat\",\"x\":\""u8, 0xC3, .. "\"}"u8];
        Assert.Equal(ParseResult.Malformed, NaiveParser.Parse(Dialect.SpotV2, frame).Result);
    }

    [Fact]
    public void A_frame_of_more_events_than_the_batch_holds_is_too_large()
    {
        byte[] frame = Corpus.HandWritten(Dialect.SpotV2).Single(entry => entry.Name == "book-snapshot").Frame;
        Assert.Equal(ParseResult.Ok, NaiveParser.Parse(Dialect.SpotV2, frame, capacity: 5).Result);
        Assert.Equal(ParseResult.TooLarge, NaiveParser.Parse(Dialect.SpotV2, frame, capacity: 4).Result);
    }

    [Theory]
    [InlineData("2026-03-04T05:06:07", March4)]
    [InlineData("2026-03-04T05:06:07Z", March4)]
    [InlineData("2026-03-04T05:06:07.5Z", March4 + 500_000_000)]
    [InlineData("2026-03-04T05:06:07.000000001", March4 + 1)]
    [InlineData("1970-01-01T00:00:00Z", 0L)]
    [InlineData("2261-12-31T23:59:59Z", 9_214_646_399_000_000_000)]
    [InlineData("2262-01-01T00:00:00Z", null)]
    [InlineData("1969-12-31T23:59:59Z", null)]
    [InlineData("2026-02-29T00:00:00Z", null)]
    [InlineData("2026-03-04T24:00:00Z", null)]
    [InlineData("2026-03-04T05:06:60Z", null)]
    [InlineData("2026-03-04T05:06:07.Z", null)]
    [InlineData("2026-03-04T05:06:07.0000000001Z", null)]
    [InlineData("2026-03-04T05:06:07+00:00", null)]
    [InlineData("2026-03-04 05:06:07Z", null)]
    public void Timestamps_are_utc_and_exact(string text, long? nanos) =>
        Assert.Equal(nanos, NaiveTimestamp.Read(text));

    private static NaiveOutcome Read(Dialect dialect, string name) =>
        NaiveParser.Parse(dialect, Corpus.HandWritten(dialect).Single(entry => entry.Name == name).Frame);

    private static void AssertEvents(Dialect dialect, string name, params NaiveEvent[] expected) =>
        Assert.Equal(expected, Read(dialect, name).Events);
}
