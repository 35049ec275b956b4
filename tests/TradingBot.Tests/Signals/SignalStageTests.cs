using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Signals;
using Xunit;
using static TradingBot.Tests.Bars.BarFixture;

namespace TradingBot.Tests.Signals;

public sealed class SignalStageTests
{
    private readonly BookRecord[] _books = new BookRecord[2];
    private readonly BarRecord[] _barRecords = new BarRecord[2];
    private readonly RecordLog<Bar> _bars = new(64);
    private readonly SignalStage _stage;
    private readonly List<Signal> _signals = [];
    private long _sequence;

    public SignalStageTests()
    {
        _stage = new SignalStage(new ScaleTable(4), _books, _barRecords, _bars, new FlowMomentumOptions(), 2, 64);
    }

    private int Feed(MarketEvent e, BookRecord book = default, params Bar[] bars)
    {
        long sequence = _sequence++;
        e.ReceiveTimeNs = Start + sequence;
        _books[(int)sequence & 1] = book;
        _barRecords[(int)sequence & 1] = new BarRecord { First = _bars.Next, Count = bars.Length };
        foreach (Bar bar in bars) _bars.Append() = bar;
        _stage.OnEvent(in e, sequence);
        SignalRecord record = _stage.Records[(int)sequence & 1];
        for (int i = 0; i < record.Count; i++) _signals.Add(_stage.Log[record.First + i]);
        return record.Count;
    }

    /// <summary>A book of 100.0 to 100.5 whose five levels lean by the given share.</summary>
    private int Book(double imbalance, BookState state = BookState.InSync, int id = 0, long bidTop = 0) => Feed(
        new MarketEvent { Kind = EventKind.BookEnd, InstrumentId = id },
        new BookRecord
        {
            BestBid = 1_000,
            BestAsk = 1_005,
            BestBidQuantity = bidTop > 0 ? bidTop : (long)(1_000 * (1 + imbalance)),
            BestAskQuantity = (long)(1_000 * (1 - imbalance)),
            BidQuantitySum = (long)(10_000 * (1 + imbalance)),
            AskQuantitySum = (long)(10_000 * (1 - imbalance)),
            PriceDecimals = 1,
            QuantityDecimals = 3,
            InstrumentId = id,
            State = state,
            Updated = true,
        });

    private void Trades(int bought, int sold, int id = 0)
    {
        for (int i = 0; i < bought + sold; i++)
        {
            EventFlags side = i < bought ? EventFlags.Buy : EventFlags.Sell;
            Feed(TradeOf(id, Start, Start, 1_000, 10, side | EventFlags.NoTradeId, priceDecimals: 1));
        }
    }

    private int Bar(long close, int id = 0, short series = 0) => Feed(
        new MarketEvent { Kind = EventKind.TimeAdvance, InstrumentId = -1 },
        default,
        new Bar
        {
            Open = close,
            High = close + 20,
            Low = close - 20,
            Close = close,
            PriceDecimals = 1,
            Count = 1,
            InstrumentId = id,
            SeriesIndex = series,
            Closed = true,
        });

    /// <summary>Falls for 30 bars, then rises until the averages cross.</summary>
    private int Cross(int id = 0)
    {
        int signals = 0;
        for (int i = 0; i < 30; i++) signals += Bar(10_000 - (i * 10), id);
        for (int i = 0; i < 12; i++) signals += Bar(9_700 + (i % 3 == 2 ? -10 : 30) + (i * 20), id);
        return signals;
    }

    [Fact]
    public void Order_flow_buys_at_the_best_ask_once_until_it_is_armed_again()
    {
        Trades(bought: 32, sold: 0);
        for (int i = 0; i < 32; i++) Assert.Equal(0, Book(0.1));
        Assert.Equal(1, Book(0.7));
        Assert.Equal(0, Book(0.8));
        Assert.Equal(0, Book(0.5));
        Assert.Equal(0, Book(0.7));
        Assert.Equal(0, Book(0.3));
        Assert.Equal(1, Book(0.6));

        Signal signal = _signals[0];
        Assert.Equal((SignalKind.OrderFlow, Side.Buy, 0), (signal.Kind, signal.Side, signal.InstrumentId));
        Assert.Equal((1_005L, 1), (signal.LimitPrice, (int)signal.PriceDecimals));
        Assert.Equal((64, Start + 64), (signal.CauseSequence, signal.TimeNs));
        Assert.True(signal.WarmedUp);
        Assert.InRange(signal.Strength, 0.5, 1);
    }

    [Fact]
    public void Order_flow_sells_at_the_best_bid_and_each_side_is_armed_by_itself()
    {
        Trades(bought: 0, sold: 32);
        Assert.Equal(1, Book(-0.7));
        Assert.Equal((Side.Sell, 1_000), (_signals[0].Side, _signals[0].LimitPrice));
        Trades(bought: 32, sold: 0);
        Assert.Equal(1, Book(0.7));
        Assert.Equal(Side.Buy, _signals[1].Side);
    }

    [Fact]
    public void Signals_before_the_warm_up_say_so()
    {
        Trades(bought: 31, sold: 0);
        Assert.Equal(1, Book(0.7));
        Assert.False(_signals[0].WarmedUp);
        for (int i = 0; i < 31; i++) Book(0);
        Assert.Equal(1, Book(0.7));
        Assert.False(_signals[1].WarmedUp);
        Trades(bought: 1, sold: 0);
        Book(0);
        Assert.Equal(1, Book(0.7));
        Assert.True(_signals[2].WarmedUp);
    }

    [Fact]
    public void Order_flow_needs_imbalance_flow_and_microprice_on_one_side()
    {
        Assert.Equal(0, Book(0.9));
        Trades(bought: 16, sold: 16);
        Assert.Equal(0, Book(0.9));
        Trades(bought: 0, sold: 32);
        Assert.Equal(0, Book(0.9));
        Trades(bought: 32, sold: 0);
        Assert.Equal(0, Book(0.59));
        Assert.Equal(0, Book(0.75, bidTop: 250));
        Assert.Equal(0, Book(0.75, bidTop: 50));
        Assert.Equal(1, Book(0.9));
    }

    [Fact]
    public void Repeated_trades_do_not_enter_the_flow()
    {
        for (int i = 0; i < 8; i++) Feed(TradeOf(0, Start, Start, 1_000, 10, EventFlags.Buy, tradeId: 5));
        for (int i = 0; i < 4; i++) Feed(TradeOf(0, Start, Start, 1_000, 10, EventFlags.Sell, tradeId: 6 + i));
        Assert.Equal(0, Book(0.9));
        Assert.Equal(1, Book(-0.9));
    }

    [Theory]
    [InlineData(BookState.Stale)]
    [InlineData(BookState.Overflowed)]
    [InlineData(BookState.None)]
    public void Book_out_of_sync_makes_no_order_flow_signal_I6(BookState state)
    {
        Trades(bought: 32, sold: 0);
        Assert.Equal(0, Book(0.9, state));
        Assert.Equal(1, Book(0.9));
    }

    [Theory]
    [InlineData(BookState.None, 1)]
    [InlineData(BookState.InSync, 1)]
    [InlineData(BookState.Stale, 0)]
    [InlineData(BookState.Overflowed, 0)]
    public void Crossover_is_silent_while_the_book_is_stale_or_overflowed_I6(BookState state, int expected)
    {
        Book(0, state);
        Assert.Equal(expected, Cross());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(1, 1)]
    public void Feed_gap_silences_the_instrument_until_its_book_is_in_sync_again_I6(int gapId, int expected)
    {
        Book(0);
        Book(0, id: 1);
        Feed(new MarketEvent { Kind = EventKind.FeedGap, InstrumentId = gapId });
        Assert.Equal(expected, Cross());
        Book(0);
        Assert.NotEqual(0, Cross());
    }

    [Fact]
    public void Crossover_without_any_book_buys_half_a_range_above_the_close_on_the_tick()
    {
        Feed(new MarketEvent
        {
            Kind = EventKind.InstrumentSpec,
            Price = 500,
            PriceDecimals = 3,
            Number = SpecPrecision.Pack(1, 3, SpecPrecision.NotGiven),
        });
        Assert.Equal(1, Cross());
        Signal signal = Assert.Single(_signals);
        Assert.Equal((SignalKind.Crossover, Side.Buy, true), (signal.Kind, signal.Side, signal.WarmedUp));
        long close = _bars[signal.CauseSequence - 1].Close;
        Assert.Equal(0, signal.LimitPrice % 5);
        // Every bar spans 4.0, so half a range is at least 2.0, and jumps between closes are below 7.0.
        Assert.InRange(signal.LimitPrice - close, 15, 35);
        Assert.InRange(signal.Strength, 0, 1);
    }

    [Fact]
    public void Crossover_sells_on_the_mirrored_path()
    {
        for (int i = 0; i < 30; i++) Bar(10_000 + (i * 10));
        for (int i = 0; i < 12; i++) Bar(10_300 - (i % 3 == 2 ? -10 : 30) - (i * 20));
        Signal signal = Assert.Single(_signals);
        Assert.Equal(Side.Sell, signal.Side);
        Assert.InRange(_bars[signal.CauseSequence].Close - signal.LimitPrice, 20, 40);
    }

    [Fact]
    public void Crossover_in_an_overbought_market_is_refused()
    {
        for (int i = 0; i < 30; i++) Bar(10_000 - (i * 10));
        for (int i = 0; i < 12; i++) Assert.Equal(0, Bar(11_000 + (i * 500)));
    }

    [Fact]
    public void Only_the_chosen_series_drives_the_crossover()
    {
        int signals = 0;
        for (int i = 0; i < 30; i++) signals += Bar(10_000 - (i * 10), series: 1);
        for (int i = 0; i < 12; i++) signals += Bar(9_700 + (i * 20), series: 1);
        Assert.Equal(0, signals);
        StableHash untouched = default;
        StableHash hash = default;
        _stage.HashInto(ref hash, 0);
        Assert.Equal(untouched.Value, hash.Value);
    }

    [Fact]
    public void Overflowing_trade_takes_only_its_instrument_out_of_use()
    {
        Trades(bought: 32, sold: 0);
        Trades(bought: 32, sold: 0, id: 1);
        Feed(new MarketEvent { Kind = EventKind.BookLevel, QuantityDecimals = 18 });
        Feed(TradeOf(0, Start, Start, 1, 1_000));
        Assert.Equal(0, Book(0.9));
        Assert.Equal(1, Book(0.9, id: 1));
    }

    [Fact]
    public void Same_events_give_the_same_signals_and_state_hash_I5()
    {
        SignalStageTests other = new();
        Assert.Equal(Run(this), Run(other));
        Assert.True(_signals.Count > 1);
        Trades(bought: 1, sold: 0);
        StableHash hash = default;
        _stage.HashInto(ref hash, 0);
        StableHash second = default;
        other._stage.HashInto(ref second, 0);
        Assert.NotEqual(hash.Value, second.Value);

        static ulong Run(SignalStageTests test)
        {
            test.Trades(20, 12);
            for (int i = 0; i < 100; i++) test.Book(i % 10 / 10.0);
            test.Cross();
            StableHash hash = default;
            test._stage.HashInto(ref hash, 0);
            foreach (Signal signal in test._signals)
            {
                hash.Add(signal.LimitPrice);
                hash.Add(BitConverter.DoubleToUInt64Bits(signal.Strength));
            }

            return hash.Value;
        }
    }

    [Fact]
    public void Signal_stage_allocates_nothing_after_the_first_event_of_an_instrument_I8()
    {
        Run(300);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(_stage.Log.Next > 100);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                long sequence = _sequence++;
                EventFlags side = i / 200 % 2 == 0 ? EventFlags.Buy : EventFlags.Sell;
                MarketEvent e = TradeOf(i % 2, Start, Start, 1_000, 10, side | EventFlags.NoTradeId);
                long bid = 1_000 + (i % 7 * (side == EventFlags.Buy ? 2_000 : 0));
                _books[(int)sequence & 1] = new BookRecord
                {
                    BestBid = 10,
                    BestAsk = 11,
                    BestBidQuantity = bid,
                    BestAskQuantity = 1_000,
                    BidQuantitySum = bid,
                    AskQuantitySum = 1_000,
                    InstrumentId = i % 2,
                    State = i % 97 == 0 ? BookState.Stale : BookState.InSync,
                    Updated = i % 3 == 0,
                };
                long close = 10_000 + (i / 40 % 2 == 0 ? i % 40 * 10 : 400 - (i % 40 * 10));
                Bar bar = new() { Open = close, High = close + 5, Low = close - 5, Close = close, Count = 1 };
                _barRecords[(int)sequence & 1] = new BarRecord { First = _bars.Next, Count = 1 };
                _bars.Append() = bar;
                _stage.OnEvent(in e, sequence);
            }
        }
    }
}
