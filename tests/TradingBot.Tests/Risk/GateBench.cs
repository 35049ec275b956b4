using System;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Signals;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;

namespace TradingBot.Tests.Risk;

/// <summary>A gate on a bench: books and signals are put into its records by hand.</summary>
internal sealed class GateBench
{
    public const long Second = 1_000_000_000;

    private readonly BookRecord[] _books = new BookRecord[1];
    private readonly SignalRecord[] _records = new SignalRecord[1];
    private readonly RecordLog<Signal> _signals = new(64);
    private readonly RecordLog<AccountRecord> _account = new(64);
    private long _sequence;

    public GateBench(RiskLimits? limits = null, params string[] symbols)
    {
        foreach (string symbol in symbols.Length == 0 ? ["BTC/USD", "ETH/USD", "ETH/EUR"] : symbols)
        {
            Symbols.IdOf(Dialect.SpotV2, System.Text.Encoding.ASCII.GetBytes(symbol));
        }

        Gate = new RiskGate(Symbols, limits ?? new RiskLimits(), _books, _records, _signals, _account);
    }

    public SymbolTable Symbols { get; } = new();

    public RiskGate Gate { get; }

    /// <summary>Engine time of the next event.</summary>
    public long NowNs { get; set; } = 1_000 * Second;

    /// <summary>How much older the exchange time of book events is.</summary>
    public long LagNs { get; set; } = 50_000_000;

    public void Event(EventKind kind, int id = 0, long price = 0, long quantity = 0, byte priceDecimals = 1,
        byte quantityDecimals = 8, long number = 0)
    {
        MarketEvent e = new()
        {
            Kind = kind,
            Number = number,
            InstrumentId = id,
            Dialect = Dialect.SpotV2,
            ReceiveTimeNs = NowNs,
            ExchangeTimeNs = NowNs - LagNs,
            Price = price,
            Quantity = quantity,
            PriceDecimals = priceDecimals,
            QuantityDecimals = quantityDecimals,
        };
        Tell(e);
    }

    public void Tell(MarketEvent e)
    {
        Gate.OnEvent(in e, _sequence++);
        _books[0] = default;
        _records[0] = default;
    }

    /// <summary>A book with bid and ask, prices at 1 decimal and quantities at 8.</summary>
    public void Book(int id = 0, long bid = 10_000, long ask = 10_001, BookState state = BookState.InSync)
    {
        _books[0] = new BookRecord
        {
            InstrumentId = id,
            State = state,
            Updated = true,
            BestBid = bid,
            BestAsk = ask,
            BestBidQuantity = 1,
            BestAskQuantity = 1,
            PriceDecimals = 1,
            QuantityDecimals = 8,
        };
        Event(EventKind.BookEnd, id);
    }

    /// <summary>One signal at the next event; the answer is the reason counted for it.</summary>
    public Refusal Signal(
        int id = 0, long price = 10_001, byte decimals = 1, bool warmedUp = true, Side side = Side.Buy)
    {
        _records[0] = new SignalRecord { First = _signals.Next, Count = 1 };
        _signals.Append() = new Signal
        {
            InstrumentId = id,
            Kind = SignalKind.OrderFlow,
            Side = side,
            LimitPrice = price,
            PriceDecimals = decimals,
            Strength = 1,
            WarmedUp = warmedUp,
            CauseSequence = _sequence,
        };
        long[] before = Counts(id);
        Event(EventKind.TimeAdvance, -1);
        long[] after = Counts(id);
        for (int reason = 0; reason < after.Length; reason++)
        {
            if (after[reason] != before[reason]) return (Refusal)reason;
        }

        throw new InvalidOperationException("The gate counted nothing.");
    }

    /// <summary>An operator's act; the answer is what an entry came to.</summary>
    public Refusal Operate(AccountRecord act)
    {
        _account.Append() = act;
        Event(EventKind.Account, act.InstrumentId, number: _account.Next - 1);
        return Gate.OperatorRefusal;
    }

    public ApprovedOrder LastOrder => Gate.Orders[Gate.Orders.Next - 1];

    private long[] Counts(int id)
    {
        long[] counts = new long[(int)Refusal.ClockSkew + 1];
        for (int reason = 0; reason < counts.Length; reason++) counts[reason] = Gate.CountOf(id, (Refusal)reason);
        return counts;
    }
}
