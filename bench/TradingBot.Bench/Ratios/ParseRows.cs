using System.Collections.Generic;
using System.Globalization;
using References;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Bench.Ratios;

/// <summary>Bytes to events: our parser beside readers, on the same frames.</summary>
internal static class ParseRows
{
    private const int Frames = 4_096;
    private const int Symbols = 8;
    private const int Depth = 10;
    private const int Seed = 20_260_914;

    public static IEnumerable<RatioRow> Rows()
    {
        yield return new RatioRow(
            "H1", "honesty: reader loop / bare while (reader.Read())", Bound.AtMost, 3, 2, Honesty);
        yield return new RatioRow("P1", "mixed v2 feed: Utf8JsonReader loop / ours", Bound.AtLeast, 7.5, 12, Mixed);
        yield return new RatioRow(
            "P2", "book frames: System.Text.Json source-generated DTO / ours", Bound.AtLeast, 12, 25, Dto)
        {
            ReferenceAllocates = true,
        };
    }

    /// <summary>The mix without its snapshots: what a long-lived subscription sends.</summary>
    public static FrameSet MixedFrames() => new MixedFeed(Symbols, Depth, Seed).Take(Frames);

    private static RatioResult Honesty()
    {
        FrameSet frames = MixedFrames();
        ReaderLoop reader = new(new NameTable());
        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("reader loop", Frames, () => Read(reader, frames)) { RunsPerRound = 10 },
            new Contestant("bare", Frames, () => CountTokens(frames)) { RunsPerRound = 20 });
        return Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static RatioResult Mixed()
    {
        FrameSet frames = MixedFrames();
        ReaderLoop reader = new(new NameTable());
        EventBatch batch = new();
        WireCounters counters = new();
        FrameParser parser = new(Dialect.SpotV2, new SymbolTable(), counters);
        for (int i = 0; i < frames.Count; i++)
        {
            reader.Parse(frames[i]);
            EqualResults.Require(parser.Parse(frames[i], batch) == ParseResult.Ok, $"frame {i} was refused");
            EqualResults.Require(batch.Events, reader.Events, i);
        }

        EqualResults.Require(counters.Fallbacks == 0, "frames left their templates");
        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("reader loop", Frames, () => Read(reader, frames)) { RunsPerRound = 10 },
            new Contestant("ours", Frames, () => Parse(parser, batch, frames)) { RunsPerRound = 50 });
        return Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static RatioResult Dto()
    {
        FrameSet frames = new MixedFeed(Symbols, Depth, Seed).TakeBooks(Frames);
        EventBatch batch = new();
        FrameParser parser = new(Dialect.SpotV2, new SymbolTable(), new WireCounters());
        for (int i = 0; i < frames.Count; i++)
        {
            parser.Parse(frames[i], batch);
            RequireEqual(BookDto.Parse(frames[i]), batch, i);
        }

        Measured[] m = Interleaved.Measure(
            Interleaved.RoundsDefault,
            new Contestant("dto", Frames, () => Deserialize(frames)) { RunsPerRound = 5 },
            new Contestant("ours", Frames, () => Parse(parser, batch, frames)) { RunsPerRound = 50 });
        return Result(m[0].Over(m[1]), m[0], m[1]);
    }

    private static void RequireEqual(BookDto dto, EventBatch batch, int frame)
    {
        BookDto.Element book = dto.Books[0];
        EqualResults.Require(
            batch.Count == book.Bids.Length + book.Asks.Length + 1 && batch.Events[^1].Number == book.Checksum,
            $"frame {frame} of the book");
        for (int i = 0; i < batch.Count - 1; i++)
        {
            int bids = book.Bids.Length;
            BookDto.Level level = i < bids ? book.Bids[i] : book.Asks[i - bids];
            MarketEvent e = batch.Events[i];
            EqualResults.Require(
                level.Price == new decimal(e.Price) / Pow10.Of(e.PriceDecimals)
                && level.Quantity == new decimal(e.Quantity) / Pow10.Of(e.QuantityDecimals),
                $"level {i} of frame {frame}");
        }
    }

    private static long CountTokens(FrameSet frames)
    {
        long tokens = 0;
        for (int i = 0; i < frames.Count; i++) tokens += ReaderLoop.CountTokens(frames[i]);
        return tokens;
    }

    private static long Read(ReaderLoop reader, FrameSet frames)
    {
        long checksum = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            reader.Parse(frames[i]);
            checksum += reader.Events[^1].ExchangeTimeNs;
        }

        return checksum;
    }

    private static long Parse(FrameParser parser, EventBatch batch, FrameSet frames)
    {
        long checksum = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            parser.Parse(frames[i], batch);
            checksum += batch.Events[^1].ExchangeTimeNs;
        }

        return checksum;
    }

    private static long Deserialize(FrameSet frames)
    {
        long checksum = 0;
        for (int i = 0; i < frames.Count; i++) checksum += BookDto.Parse(frames[i]).Books[0].Checksum;
        return checksum;
    }

    internal static RatioResult Result(double ratio, Measured first, Measured second) => new(ratio, string.Create(
        CultureInfo.InvariantCulture, $"{first.MedianNs:N1} / {second.MedianNs:N1} ns"));
}
