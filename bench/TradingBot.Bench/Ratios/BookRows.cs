using System;
using System.Collections.Generic;
using References;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Bench.Ratios;

/// <summary>Verified order books: our stage beside sorted trees; our checksum beside a pass over its digits.</summary>
internal static class BookRows
{
    private const int Messages = 20_000;
    private const int Symbols = 8;
    private const int Seed = 7;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow("B1", "book + checksum, depth 10: sorted dictionary / ours", Bound.AtLeast, 12, 20,
            () => Book(10))
        {
            ReferenceAllocates = true,
        };
        yield return new RatioRow("B2", "book + checksum, depth 100: sorted dictionary / ours", Bound.AtLeast, 10, 15,
            () => Book(100))
        {
            ReferenceAllocates = true,
        };
        yield return new RatioRow("B2k", "book + checksum, depth 1000: sorted dictionary / ours", Bound.AtLeast, 6, 10,
            () => Book(1_000))
        {
            ReferenceAllocates = true,
        };
        yield return new RatioRow(
            "B3", "checksum of a depth-10 book / one CRC-32 pass over its digits", Bound.AtMost, 0.25, 0.15, Checksum);
    }

    private static RatioResult Book(int depth)
    {
        EventFeed feed = EventFeed.Of(Symbols, depth, Messages, Seed, booksOnly: true);
        BookStage stage = NewStage(feed);
        TreeBook[] trees = [];
        void NewTrees()
        {
            trees = new TreeBook[Symbols];
            for (int i = 0; i < Symbols; i++) trees[i] = new TreeBook(depth);
            Grow(trees, feed.Snapshots);
        }

        NewTrees();
        RequireEqual(stage, trees, feed);
        Measured[] m = Interleaved.Measure(
            7,
            new Contestant("trees", feed.Frames, () => Grow(trees, feed.Events)) { Prepare = NewTrees },
            new Contestant("ours", feed.Frames, () => Apply(stage, feed.Events))
            {
                Prepare = () => stage = NewStage(feed),
                RunsPerRound = 3,
            });
        return ParseRows.Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static BookStage NewStage(EventFeed feed)
    {
        BookStage stage = new(new ScaleTable(feed.Symbols), 1);
        Apply(stage, feed.Snapshots);
        return stage;
    }

    private static long Apply(BookStage stage, MarketEvent[] events)
    {
        long checksum = 0;
        foreach (ref readonly MarketEvent e in events.AsSpan())
        {
            stage.OnEvent(in e, 0);
            checksum += stage.Records[0].BestBid;
        }

        return checksum;
    }

    private static long Grow(TreeBook[] trees, MarketEvent[] events)
    {
        foreach (ref readonly MarketEvent e in events.AsSpan()) trees[e.InstrumentId].OnEvent(in e);
        return trees[0].BestBid.Price;
    }

    /// <summary>Message by message: every checksum matches on both sides, and the best prices are the same.</summary>
    private static void RequireEqual(BookStage stage, TreeBook[] trees, EventFeed feed)
    {
        foreach (ref readonly MarketEvent e in feed.Events.AsSpan())
        {
            stage.OnEvent(in e, 0);
            trees[e.InstrumentId].OnEvent(in e);
            if (e.Kind != EventKind.BookEnd) continue;
            ref readonly BookRecord record = ref stage.Records[0];
            bool equal = record.State == BookState.InSync
                && (record.BestBid, record.BestBidQuantity) == trees[e.InstrumentId].BestBid
                && (record.BestAsk, record.BestAskQuantity) == trees[e.InstrumentId].BestAsk
                && record.BidQuantitySum == trees[e.InstrumentId].QuantitySum(bids: true, OrderBook.ImbalanceLevels);
            EqualResults.Require(equal, "a book message");
        }

        for (int id = 0; id < trees.Length; id++)
        {
            InstrumentBook ours = stage.BookOf(id)!;
            EqualResults.Require(trees[id].Mismatches == 0 && ours.ChecksumMismatches == 0, "a checksum");
            EqualResults.Require(trees[id].Verified == ours.ChecksumsVerified, "the number of checksums");
        }
    }

    /// <summary>
    /// (a level changes and the checksum is taken) − (a level changes): what the checksum adds to a message.
    /// </summary>
    private static RatioResult Checksum()
    {
        const int Runs = 20_000;
        EventFeed feed = EventFeed.Of(1, 10, 1, Seed, booksOnly: true);
        TreeBook tree = new(10);
        OrderBook book = new(10);
        foreach (MarketEvent e in feed.Snapshots)
        {
            tree.OnEvent(in e);
            if (e.Kind != EventKind.BookLevel) continue;
            SideOf(book, bids: (e.Flags & EventFlags.Buy) != 0).Apply(e.Price, e.Quantity);
        }

        byte[] digits = tree.Digits().ToArray();
        EqualResults.Require(book.Checksum == TableCrc.Of(digits), "the checksum");
        EqualResults.Require(book.Checksum == SlicedCrc.Of(digits), "the sliced checksum");
        long Change(bool sum)
        {
            long checksum = 0;
            for (int i = 0; i < Runs; i++)
            {
                BookSide side = SideOf(book, (i & 1) == 0);
                side.Apply(side.PriceAt(i & 7), 1_234_567_890 + (i & 1_023));
                checksum += sum ? book.Checksum : side.QuantityAt(0);
            }

            return checksum;
        }

        long Pass()
        {
            long checksum = 0;
            for (int i = 0; i < Runs; i++)
            {
                digits[i & 15] = (byte)('0' + (i % 10));
                checksum += SlicedCrc.Of(digits);
            }

            return checksum;
        }

        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("change + checksum", Runs, () => Change(sum: true)) { RunsPerRound = 5 },
            new Contestant("change", Runs, () => Change(sum: false)) { RunsPerRound = 5 },
            new Contestant("one pass", Runs, Pass) { RunsPerRound = 5 });
        double[] ratios = new double[m[0].Ns.Length];
        for (int i = 0; i < ratios.Length; i++) ratios[i] = (m[0].Ns[i] - m[1].Ns[i]) / m[2].Ns[i];
        return new RatioResult(Measured.Median(ratios), string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"({m[0].MedianNs:N1} - {m[1].MedianNs:N1}) / {m[2].MedianNs:N1} ns, {digits.Length} digits"));
    }

    private static BookSide SideOf(OrderBook book, bool bids) => bids ? book.Bids : book.Asks;
}
