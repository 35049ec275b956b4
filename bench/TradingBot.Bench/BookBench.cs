using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BenchmarkDotNet.Attributes;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Bench;

/// <summary>
/// Book messages of one instrument, applied and verified by checksum: our stage beside the sorted dictionary with
/// formatted digits that everyone writes first. Time is per message; both verify every checksum.
/// </summary>
[MemoryDiagnoser]
public class BookBench
{
    public const int Messages = 2_000;

    private readonly List<MarketEvent[]> _messages = [];
    private BookStage _stage = null!;
    private SortedDictionary<long, long> _bids = [];
    private SortedDictionary<long, long> _asks = [];
    private SymbolTable _symbols = null!;
    private int _id;

    [GlobalSetup]
    public void Setup()
    {
        _symbols = new SymbolTable();
        FrameParser parser = new(Dialect.SpotV2, _symbols, new WireCounters());
        EventBatch batch = new();
        foreach (DemoFeed.Frame frame in DemoFeed.Read(14_000))
        {
            parser.Parse(frame.Bytes, batch);
            bool isBook = batch.Count > 0 && batch.Events[^1].Kind == EventKind.BookEnd;
            if (!isBook || !_symbols.TextOf(batch.Events[0].InstrumentId).SequenceEqual("BTC/USD"u8)) continue;
            _id = batch.Events[0].InstrumentId;
            _messages.Add(batch.Events.ToArray());
            if (_messages.Count == Messages) break;
        }

        if (_messages.Count != Messages) throw new InvalidOperationException("Too few book messages.");
        _stage = new BookStage(new ScaleTable(_symbols), 1);
        bool agree = Update_and_verify() == Update_and_verify_naive();
        if (!agree) throw new InvalidOperationException("The books disagree.");
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Update_and_verify()
    {
        long sequence = 0;
        long checksum = 0;
        foreach (MarketEvent[] message in _messages)
        {
            foreach (ref readonly MarketEvent e in message.AsSpan()) _stage.OnEvent(in e, sequence++);
            checksum += _stage.Records[0].BestBid;
        }

        InstrumentBook book = _stage.BookOf(_id)!;
        if (book.ChecksumMismatches != 0) throw new InvalidOperationException("A checksum did not match.");
        return checksum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public long Update_and_verify_naive()
    {
        long checksum = 0;
        _bids = [];
        _asks = [];
        foreach (MarketEvent[] message in _messages)
        {
            foreach (MarketEvent e in message)
            {
                if (e.Kind == EventKind.BookLevel) ApplyNaive(e);
                else if ((uint)e.Number != ChecksumNaive()) throw new InvalidOperationException("No match.");
            }

            checksum += _bids.Keys.Last();
        }

        return checksum;
    }

    /// <summary>A change of the best level and the checksum after it, a thousand times.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long Checksum()
    {
        OrderBook book = _stage.BookOf(_id)!.Book!;
        long price = book.Bids.PriceAt(0);
        long quantity = book.Bids.QuantityAt(0);
        long checksum = 0;
        for (int i = 1; i <= Messages; i++)
        {
            book.Bids.Apply(price, i);
            checksum += book.Checksum;
        }

        // As it was, so that the next run of the messages still verifies.
        book.Bids.Apply(price, quantity);
        return checksum;
    }

    private void ApplyNaive(MarketEvent e)
    {
        if ((e.Flags & (EventFlags.Snapshot | EventFlags.First)) == (EventFlags.Snapshot | EventFlags.First))
        {
            _bids = [];
            _asks = [];
        }

        SortedDictionary<long, long> side = (e.Flags & EventFlags.Buy) != 0 ? _bids : _asks;
        if (e.Quantity == 0) side.Remove(e.Price);
        else side[e.Price] = e.Quantity;
    }

    private uint ChecksumNaive()
    {
        while (_bids.Count > 10) _bids.Remove(_bids.Keys.First());
        while (_asks.Count > 10) _asks.Remove(_asks.Keys.Last());
        StringBuilder digits = new();
        foreach ((long price, long quantity) in _asks) Append(digits, price, quantity);
        foreach ((long price, long quantity) in _bids.Reverse()) Append(digits, price, quantity);
        return Crc32.Of(Encoding.ASCII.GetBytes(digits.ToString()));
    }

    private static void Append(StringBuilder digits, long price, long quantity) => digits
        .Append(price.ToString(CultureInfo.InvariantCulture)).Append(quantity.ToString(CultureInfo.InvariantCulture));
}
