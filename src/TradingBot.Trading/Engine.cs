// In:     one event, with its sequence.   Out: records per sequence; approved orders in the gate's log.
// Thread: the engine thread; in the fanout topology each stage runs on its own and Engine only builds and reads them.
// Keeps:  I5 (same inputs, same commands), I9 (no clock, lock or wait). Dispatch only: arithmetic lives in the rooms.
// Budget: ≤ 2 µs per one-level book message from bytes to decision (benchmark TickToSignalBench).
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Signals;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;

namespace TradingBot.Trading;

/// <summary>The stages of one account, and the order in which one thread runs them.</summary>
public sealed class Engine : IEventHandler
{
    /// <summary>Account records kept: a snapshot of every order and position at once, many times over.</summary>
    private const int AccountLogCapacity = 65_536;

    /// <param name="recordCapacity">Length of per-sequence records: the ring's, or 1 when stages run one after
    /// another.</param>
    /// <param name="barLogCapacity">Closed bars kept for readers: more when they may lag behind.</param>
    /// <param name="signalLogCapacity">Signals kept for readers, likewise.</param>
    public Engine(
        SymbolTable symbols, EngineOptions options, int recordCapacity = 1,
        int barLogCapacity = BarStage.LogCapacityDefault, int signalLogCapacity = SignalStage.LogCapacityDefault)
    {
        Symbols = symbols;
        Books = new BookStage(Scales(symbols, options), recordCapacity, options.DepthDefault, options.CutToDepth);
        Bars = new BarStage(
            options.Bars, Scales(symbols, options), recordCapacity, options.CloseGraceNs, barLogCapacity);
        Signals = new SignalStage(
            Scales(symbols, options), Books.Records, Bars.Records, Bars.Log, options.Strategy, recordCapacity,
            signalLogCapacity);
        if (options.Protection is not null) Account = new RecordLog<AccountRecord>(AccountLogCapacity);
        Gate = new RiskGate(symbols, options.Limits, Books.Records, Signals.Records, Signals.Log, Account);
        if (options.Protection is null) return;
        Protection = new ProtectionStage(
            symbols, options.Protection, Books.Records, Gate.Orders, Account!, Bars.Log, Gate.Exposure);
    }

    public SymbolTable Symbols { get; }

    public BookStage Books { get; }

    public BarStage Bars { get; }

    public SignalStage Signals { get; }

    public RiskGate Gate { get; }

    /// <summary>What the account side told; an event of kind Account carries the number. Null without
    /// account.</summary>
    public RecordLog<AccountRecord>? Account { get; }

    /// <summary>Null without account.</summary>
    public ProtectionStage? Protection { get; }

    /// <summary>Writes to every page of the logs, before the first event.</summary>
    public void Touch()
    {
        Bars.Log.Touch();
        Signals.Log.Touch();
        Gate.Orders.Touch();
        Gate.Decisions.Touch();
        Account?.Touch();
    }

    public void OnEvent(ref readonly MarketEvent e, long sequence)
    {
        // Nine of ten events concern one stage or none, and only pass the others: while no bar is due, a stage that has
        // nothing to do with an event still takes in its time and clears its record.
        bool isQuiet = Bars.IsQuietAt(e.ReceiveTimeNs);
        if (isQuiet && e.Kind == EventKind.BookLevel && Books.TryPass(in e, sequence))
        {
            PassBehindBooks(in e, sequence);
            Signals.Expect(e.InstrumentId);
            Gate.Expect(e.InstrumentId);
        }
        else if (isQuiet && e.Kind == EventKind.BookEnd)
        {
            Books.OnEvent(in e, sequence);
            Bars.Pass(e.ReceiveTimeNs, sequence);
            Signals.OnEvent(in e, sequence);
            Gate.OnEvent(in e, sequence);
        }
        else if (isQuiet && IsOfNoStage(e.Kind))
        {
            Books.Pass(sequence);
            PassBehindBooks(in e, sequence);
        }
        else
        {
            Books.OnEvent(in e, sequence);
            Bars.OnEvent(in e, sequence);
            Signals.OnEvent(in e, sequence);
            Gate.OnEvent(in e, sequence);
        }

        Protection?.OnEvent(in e, sequence);
    }

    private void PassBehindBooks(ref readonly MarketEvent e, long sequence)
    {
        Bars.Pass(e.ReceiveTimeNs, sequence);
        Signals.Pass(e.ReceiveTimeNs, sequence);
        Gate.Pass(e.ReceiveTimeNs);
    }

    /// <summary>Tickers, the venue's own bars, and that only time has passed.</summary>
    private static bool IsOfNoStage(EventKind kind) =>
        kind is >= EventKind.TickerBid and <= EventKind.OhlcVolume or EventKind.Heartbeat or EventKind.TimeAdvance;

    /// <summary>Each stage has its own copy: it is a function of the events before, so all copies agree.</summary>
    private static ScaleTable Scales(SymbolTable symbols, EngineOptions options) =>
        new(symbols, options.Precisions.Span);
}
