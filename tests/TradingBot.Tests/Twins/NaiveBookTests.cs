using System.IO;
using System.Linq;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Twins;

public sealed class NaiveBookTests
{
    // ETH/BTC at depth 10, 6 and 8 decimals, as the venue published it on 2026-08-26.
    private static readonly (long Price, long Quantity)[] SnapshotBids =
    [
        (31348, 3740000), (31347, 287288049), (31345, 857986833), (31344, 1440276069), (31340, 1296065840),
        (31339, 1319606540), (31338, 2041389313), (31336, 3740000), (31334, 1437158163), (31332, 1440695990),
    ];

    private static readonly (long Price, long Quantity)[] SnapshotAsks =
    [
        (31357, 3740000), (31358, 287194815), (31361, 767324), (31362, 427140781), (31363, 434586052),
        (31364, 2728097668), (31365, 1292325840), (31366, 414290322), (31368, 738649), (31370, 3740000),
    ];

    [Fact]
    public void Crc32_of_the_nine_digits_is_the_published_check_value() =>
        Assert.Equal(0xCBF4_3926u, NaiveBook.Crc32Of("123456789"));

    [Fact]
    public void Checksum_of_a_published_snapshot_and_of_the_update_after_it_match()
    {
        NaiveBook book = Snapshot(depth: 10);
        Assert.Equal(3_619_791_617u, book.Checksum());

        book.Apply(Side.Buy, 31347, 0);
        book.Apply(Side.Buy, 31329, 1907893401);
        book.EndMessage();
        Assert.Equal(2_505_869_009u, book.Checksum());
    }

    [Fact]
    public void Levels_beyond_the_depth_are_cut_at_the_end_of_a_message_and_not_before()
    {
        NaiveBook book = Snapshot(depth: 10);
        book.Apply(Side.Sell, 31356, 1);
        Assert.Equal(11, book.Asks.Count);
        book.EndMessage();
        Assert.Equal(10, book.Asks.Count);
        Assert.Equal(31356, book.Asks[0].Price);
        Assert.Equal(31368, book.Asks[^1].Price);
        Assert.Equal(10, book.Bids.Count);
    }

    [Fact]
    public void A_book_without_depth_is_never_cut_and_its_checksum_covers_ten_levels()
    {
        NaiveBook book = Snapshot(depth: 0);
        uint before = book.Checksum();
        book.Apply(Side.Sell, 31371, 5);
        book.EndMessage();
        Assert.Equal(11, book.Asks.Count);
        Assert.Equal(before, book.Checksum());
    }

    [Fact]
    public void The_last_of_two_levels_at_one_price_wins_and_an_absent_level_may_be_deleted()
    {
        NaiveBook book = new(0);
        book.Apply(Side.Buy, 100, 1);
        book.Apply(Side.Buy, 100, 7);
        book.Apply(Side.Buy, 99, 0);
        Assert.Equal((100L, 7L), Assert.Single(book.Bids));
    }

    [Theory]
    [InlineData(99, 100, false)]
    [InlineData(100, 100, true)]
    [InlineData(101, 100, true)]
    public void A_book_is_crossed_when_its_best_bid_reaches_its_best_ask(long bid, long ask, bool crossed)
    {
        NaiveBook book = new(0);
        book.Apply(Side.Buy, bid, 1);
        Assert.False(book.Crossed);
        book.Apply(Side.Sell, ask, 1);
        Assert.Equal(crossed, book.Crossed);
    }

    [Fact]
    public void Crc32_reproduces_the_collected_vectors()
    {
        string path = Repository.Shared("kraken", "fixtures", "vectors.json");
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement[] books = [.. vectors.RootElement.GetProperty("book_crc32").EnumerateArray()];
        Assert.NotEmpty(books);
        foreach (JsonElement vector in books)
        {
            Assert.Equal(
                vector.GetProperty("expect").GetUInt32(),
                NaiveBook.Crc32Of(vector.GetProperty("crc_input").GetString()!));
        }
    }

    [Fact]
    public void Replay_of_a_captured_book_matches_every_checksum()
    {
        string path = Repository.Shared("kraken", "fixtures", "spot-ws", "derived_btcusd_d10_rawformat.ndjson");
        NaiveBook book = new(10);
        int messages = 0;
        foreach (string line in File.ReadLines(path))
        {
            NaiveOutcome frame = NaiveParser.Parse(Dialect.SpotV2, System.Text.Encoding.UTF8.GetBytes(line));
            foreach (NaiveEvent e in frame.Events)
            {
                if (e.Flags.HasFlag(Market.Events.EventFlags.First | Market.Events.EventFlags.Snapshot)) book.Clear();
                if (e.Kind == Market.Events.EventKind.BookLevel)
                {
                    Side side = e.Flags.HasFlag(Market.Events.EventFlags.Buy) ? Side.Buy : Side.Sell;
                    book.Apply(side, e.Price.Mantissa, e.Quantity.Mantissa);
                    continue;
                }

                book.EndMessage();
                Assert.Equal(e.Number, book.Checksum());
                Assert.False(book.Crossed);
                messages++;
            }
        }

        Assert.Equal(File.ReadLines(path).Count(), messages);
    }

    private static NaiveBook Snapshot(int depth)
    {
        NaiveBook book = new(depth);
        foreach ((long price, long quantity) in SnapshotBids) book.Apply(Side.Buy, price, quantity);
        foreach ((long price, long quantity) in SnapshotAsks) book.Apply(Side.Sell, price, quantity);
        book.EndMessage();
        return book;
    }
}
