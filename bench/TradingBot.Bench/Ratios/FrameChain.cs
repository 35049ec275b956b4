using References;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Trading;

namespace TradingBot.Bench.Ratios;

/// <summary>Bytes to decision on one thread, in memory: parser and engine, as replay runs them inline.</summary>
internal sealed class FrameChain
{
    private readonly SymbolTable _symbols = new();
    private readonly EventBatch _batch = new();
    private readonly FrameParser _parser;
    private long _receiveNs = MixedFeed.BeginNs;
    private long _sequence;

    public FrameChain()
    {
        _parser = new FrameParser(Dialect.SpotV2, _symbols, Counters);
        Engine = new Engine(_symbols, StageRows.Options());
    }

    public FrameChain(FrameSet snapshots)
        : this() => Run(snapshots);

    public WireCounters Counters { get; } = new();

    public Engine Engine { get; }

    /// <summary>Checksums that did not match, over all books.</summary>
    public long Mismatches
    {
        get
        {
            long sum = 0;
            for (int id = 0; id < _symbols.Count; id++)
            {
                if (Engine.Books.BookOf(id) is InstrumentBook book) sum += book.ChecksumMismatches;
            }

            return sum;
        }
    }

    /// <summary>Receive time of the last frame.</summary>
    public long ReceiveNs => _receiveNs;

    /// <param name="frames">What to run.</param>
    /// <param name="shiftNs">How much later than their bytes say: for frames that are run again.</param>
    /// <param name="tradeShift">Added to trade ids, likewise.</param>
    public long Run(FrameSet frames, long shiftNs = 0, long tradeShift = 0)
    {
        for (int i = 0; i < frames.Count; i++) RunOne(frames, i, shiftNs, tradeShift);
        return Engine.Bars.Log.Next + Engine.Signals.Log.Next;
    }

    public void RunOne(FrameSet frames, int index, long shiftNs = 0, long tradeShift = 0)
    {
        _parser.Parse(frames[index], _batch);
        foreach (ref readonly MarketEvent e in _batch.Events)
        {
            if (e.Kind is not (EventKind.BookEnd or EventKind.Trade)) continue;
            _receiveNs = e.ExchangeTimeNs + shiftNs + EventFeed.TravelNs;
        }

        foreach (ref MarketEvent e in _batch.Writable)
        {
            e.ReceiveTimeNs = _receiveNs;
            e.ExchangeTimeNs += shiftNs;
            if (e.Kind == EventKind.Trade) e.Number += tradeShift;
            Engine.OnEvent(in e, _sequence++);
        }
    }
}
