// In:     an engine at rest.   Out: SHA-256 over its decisions and its whole state, as 64 hex digits.
// Thread: the one that knows the stages are idle.
// Keeps:  I5: equal inputs give equal hashes in every topology; nothing of ids, sequences, threads, batches, files or
//         wall time goes in. The encoding is docs/state-hash.md. Cold.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading.Risk;

namespace TradingBot.Trading;

/// <summary>The state of an engine in a canonical text, and its hash.</summary>
public static class StateHash
{
    /// <summary>First line: a change of the encoding changes it.</summary>
    private const string Version = "tradingbot-state 1";

    /// <summary>First line of the market's part alone.</summary>
    private const string MarketVersion = "tradingbot-market 1";

    public static string Of(Engine engine)
    {
        ArrayBufferWriter<byte> text = new(65_536);
        Write(engine, text);
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    /// <summary>
    /// The hash over what the feed alone decides: books and bars, without strategy, decisions, exposure, account.
    /// A run and the replay of its recording end with the same.
    /// </summary>
    public static string OfMarket(Engine engine)
    {
        ArrayBufferWriter<byte> text = new(65_536);
        Line(text, MarketVersion);
        WriteInstruments(engine, text, marketOnly: true);
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    /// <summary>The canonical text itself: what to compare when two hashes differ.</summary>
    public static void Write(Engine engine, IBufferWriter<byte> text)
    {
        Line(text, Version);
        Word(text, "decisions");
        Hex(text, engine.Gate.DecisionHash);
        End(text);
        if (engine.Protection is { } protection)
        {
            Word(text, "operator");
            Number(text, protection.Halted ? 1 : 0);
            End(text);
        }

        WriteInstruments(engine, text, marketOnly: false);
    }

    private static void WriteInstruments(Engine engine, IBufferWriter<byte> text, bool marketOnly)
    {
        int[] ids = new int[engine.Symbols.Count];
        for (int id = 0; id < ids.Length; id++) ids[id] = id;
        Array.Sort(ids, (left, right) => Compare(engine.Symbols, left, right));
        foreach (int id in ids) WriteInstrument(engine, id, text, marketOnly);
    }

    /// <summary>By symbol text, then by dialect.</summary>
    private static int Compare(SymbolTable symbols, int left, int right)
    {
        int order = symbols.TextOf(left).SequenceCompareTo(symbols.TextOf(right));
        return order != 0 ? order : symbols.DialectOf(left).CompareTo(symbols.DialectOf(right));
    }

    private static void WriteInstrument(Engine engine, int id, IBufferWriter<byte> text, bool marketOnly)
    {
        Word(text, "instrument");
        Bytes(text, engine.Symbols.TextOf(id));
        Number(text, (long)engine.Symbols.DialectOf(id));
        End(text);
        if (engine.Books.BookOf(id) is { } book) WriteBook(engine, id, book, text);
        WriteBars(engine, id, text);
        // A replay does not know with which settings the run's strategy looked at the feed.
        if (marketOnly) return;
        WriteIndicators(engine, id, text);
        WriteGate(engine.Gate, id, text);
        if (engine.Protection is { } protection) WriteProtection(protection, id, text);
    }

    private static void WriteBook(Engine engine, int id, InstrumentBook book, IBufferWriter<byte> text)
    {
        Word(text, "book");
        Number(text, (long)book.State);
        Number(text, book.Book?.Depth ?? 0);
        Number(text, book.Snapshots);
        Number(text, book.Updates);
        Number(text, book.UpdatesIgnored);
        Number(text, book.ChecksumsVerified);
        Number(text, book.ChecksumMismatches);
        Number(text, book.SequenceGaps);
        Number(text, book.Crossed);
        Number(text, book.StaleIntervals);
        Number(text, book.ResyncsAsked);
        End(text);
        if (book.Book is null) return;
        ref readonly InstrumentScale scale = ref engine.Books.Scales.Of(id);
        WriteSide("bid", book.Book.Bids, in scale, text);
        WriteSide("ask", book.Book.Asks, in scale, text);
    }

    private static void WriteSide(string name, BookSide side, in InstrumentScale scale, IBufferWriter<byte> text)
    {
        for (int rank = 0; rank < side.Count; rank++)
        {
            Word(text, name);
            Decimal(text, side.PriceAt(rank), scale.PriceDecimals);
            Decimal(text, side.QuantityAt(rank), scale.QuantityDecimals);
            End(text);
        }
    }

    private static void WriteBars(Engine engine, int id, IBufferWriter<byte> text)
    {
        BarStage bars = engine.Bars;
        if (bars.AggregatorOf(id) is not null)
        {
            StableHash hash = default;
            bars.HashInto(ref hash, id);
            Word(text, "bars");
            for (int series = 0; series < bars.Plan.SeriesCount; series++) Number(text, bars.ClosedCount(id, series));
            Number(text, bars.LateTrades(id));
            Number(text, bars.RepeatedTrades(id));
            Number(text, bars.TradeGaps(id));
            Hex(text, hash.Value);
            End(text);
        }
    }

    private static void WriteIndicators(Engine engine, int id, IBufferWriter<byte> text)
    {
        StableHash indicators = default;
        engine.Signals.HashInto(ref indicators, id);
        Word(text, "indicators");
        Hex(text, indicators.Value);
        End(text);
    }

    private static void WriteGate(RiskGate gate, int id, IBufferWriter<byte> text)
    {
        Word(text, "gate");
        // Reasons that only an account has are not in the line, so that a replay without one hashes as ever.
        for (Refusal reason = Refusal.None; reason <= Refusal.NotionalCap; reason++)
        {
            Number(text, gate.CountOf(id, reason));
        }

        Decimal(text, gate.Exposure.OfInstrument(id).Units, Notional.Decimals);
        End(text);
    }

    private static void WriteProtection(ProtectionStage protection, int id, IBufferWriter<byte> text)
    {
        StableHash hash = default;
        protection.HashInto(ref hash, id);
        Word(text, "protection");
        Hex(text, hash.Value);
        End(text);
    }

    private static void Line(IBufferWriter<byte> text, string words)
    {
        Word(text, words);
        End(text);
    }

    private static void Word(IBufferWriter<byte> text, string word) => Encoding.UTF8.GetBytes(word, text);

    private static void Bytes(IBufferWriter<byte> text, ReadOnlySpan<byte> bytes)
    {
        Span(text, " "u8);
        Span(text, bytes);
    }

    private static void Number(IBufferWriter<byte> text, long value)
    {
        Span(text, " "u8);
        Utf8Formatter.TryFormat(value, text.GetSpan(20), out int written);
        text.Advance(written);
    }

    private static void Hex(IBufferWriter<byte> text, ulong value)
    {
        Span(text, " "u8);
        Utf8Formatter.TryFormat(value, text.GetSpan(16), out int written, new StandardFormat('x', 16));
        text.Advance(written);
    }

    private static void Decimal(IBufferWriter<byte> text, Int128 mantissa, int decimals)
    {
        Span(text, " "u8);
        int written = DecimalText.Write(mantissa, decimals, text.GetSpan(DecimalText.BytesMax), shortest: true);
        text.Advance(written);
    }

    private static void Span(IBufferWriter<byte> text, ReadOnlySpan<byte> bytes) => text.Write(bytes);

    private static void End(IBufferWriter<byte> text) => Span(text, "\n"u8);
}
