using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

/// <summary>Entries of an operator or a script pass the same gate as those of signals.</summary>
public sealed class OperatorEntryTests
{
    /// <summary>0.1 at 1000.1: 100.01 in money.</summary>
    private static readonly AccountRecord Entry = new()
    {
        Kind = AccountEventKind.Enter,
        Side = Side.Buy,
        Quantity = 1,
        QuantityDecimals = 1,
        Price = 10_001,
        TriggerPrice = 9_900,
        PriceDecimals = 1,
    };

    [Fact]
    public void An_entry_that_passes_is_an_approved_order_with_its_stop_I4()
    {
        GateBench bench = new();
        bench.Book();
        Assert.Equal(Refusal.None, bench.Operate(Entry));
        ApprovedOrder order = bench.LastOrder;
        Assert.Equal((true, true, 10_001L, 9_900L), (order.IsApproved, order.ByOperator, order.LimitPrice.Mantissa,
            order.StopPrice.Mantissa));
        Assert.Equal(Notional.Of(10_001, 2, 1, 0), order.Notional);
        Assert.Equal(1, bench.Gate.CountOf(0, Refusal.None));
        Assert.Equal(order.Notional, bench.Gate.Exposure.OfInstrument(0));
    }

    [Fact]
    public void Every_bound_of_the_gate_holds_for_it()
    {
        GateBench bench = new();
        Assert.Equal(Refusal.BookNotInSync, bench.Operate(Entry));
        bench.Book(state: BookState.Stale);
        Assert.Equal(Refusal.BookNotInSync, bench.Operate(Entry));
        bench.Book();
        Assert.Equal(Refusal.PriceCollar, bench.Operate(Entry with { Price = 10_300 }));
        Assert.Equal(Refusal.BelowMinimum, bench.Operate(Entry with { Quantity = 0 }));
        Assert.Equal(Refusal.PositionCap, bench.Operate(Entry with { Quantity = 3 }));
        Assert.Equal(Refusal.PositionCap, bench.Operate(Entry with { Quantity = 3, Price = 0 }));
        bench.Event(EventKind.InstrumentSpec, 0, price: 1, quantity: 2, quantityDecimals: 1);
        Assert.Equal(Refusal.OffStep, bench.Operate(Entry));
        bench.Event(EventKind.InstrumentMinimum, 0, quantity: 2, quantityDecimals: 1);
        Assert.Equal(Refusal.BelowMinimum, bench.Operate(Entry));
        bench.NowNs += new RiskLimits().BookAgeMaxNs + 1;
        Assert.Equal(Refusal.StaleData, bench.Operate(Entry with { Quantity = 2 }));
        Assert.Equal(0, bench.Gate.Orders.Next);
    }

    [Fact]
    public void At_market_it_weighs_what_the_book_asks_for_and_no_book_side_is_no_price()
    {
        GateBench bench = new();
        bench.Book(bid: 9_000, ask: 9_100);
        Assert.Equal(Refusal.None, bench.Operate(Entry with { Price = 0 }));
        Assert.Equal(Notional.Of(9_100, 2, 1, 0), bench.LastOrder.Notional);
        Assert.Equal(Refusal.None, bench.Operate(Entry with { Price = 0, Side = Side.Sell }));
        Assert.Equal(Notional.Of(9_000, 2, 1, 0), bench.LastOrder.Notional);
        bench.Book(bid: 0);
        Assert.Equal(Refusal.PriceCollar, bench.Operate(Entry with { Price = 0, Side = Side.Sell }));
    }

    [Fact]
    public void It_counts_towards_the_order_rate_of_all()
    {
        GateBench bench = new();
        bench.Book();
        Assert.Equal(Refusal.None, bench.Operate(Entry));
        Assert.Equal(Refusal.None, bench.Operate(Entry));
        Assert.Equal(Refusal.OrderRate, bench.Operate(Entry));
        Assert.Equal(Refusal.OrderRate, bench.Signal());
    }

    [Fact]
    public void Halted_refuses_signals_and_entries_alike_until_it_is_resumed()
    {
        GateBench bench = new();
        bench.Book();
        bench.Operate(new AccountRecord { Kind = AccountEventKind.Halt, InstrumentId = -1 });
        Assert.True(bench.Gate.Halted);
        Assert.Equal(Refusal.Halted, bench.Operate(Entry));
        Assert.Equal(Refusal.Halted, bench.Signal());
        Assert.Equal(2, bench.Gate.CountOf(0, Refusal.Halted));
        bench.Operate(new AccountRecord { Kind = AccountEventKind.Resume, InstrumentId = -1 });
        Assert.Equal((Refusal.None, Refusal.None), (bench.Operate(Entry), bench.Signal()));
    }

    [Fact]
    public void What_positions_hold_is_exposure_too_and_is_not_counted_twice()
    {
        RiskLimits limits = new() { TotalNotionalMax = Notional.Of(300, 0, 1, 0), OrdersPerWindowMax = 9 };
        GateBench bench = new(limits);
        for (int id = 0; id < 3; id++) bench.Book(id);
        Assert.Equal(Refusal.None, bench.Operate(Entry));
        bench.Gate.Exposure.Hold(0, Notional.Of(90, 0, 1, 0));
        Assert.Equal(Notional.Of(10_001, 2, 1, 0), bench.Gate.Exposure.OfInstrument(0));
        // Beyond what is reserved, and of an instrument that the gate never approved anything for.
        bench.Gate.Exposure.Hold(0, Notional.Of(150, 0, 1, 0));
        bench.Gate.Exposure.Hold(1, Notional.Of(51, 0, 1, 0));
        Assert.Equal(Notional.Of(150, 0, 1, 0), bench.Gate.Exposure.OfInstrument(0));
        Assert.Equal(Refusal.NotionalCap, bench.Operate(Entry with { InstrumentId = 1 }));
        // ETH/EUR is other money.
        Assert.Equal(Refusal.None, bench.Operate(Entry with { InstrumentId = 2 }));
        bench.Gate.Exposure.Hold(1, Notional.Zero);
        Assert.Equal(Refusal.None, bench.Operate(Entry with { InstrumentId = 1 }));
    }

    [Fact]
    public void Where_signals_do_not_trade_they_are_counted_and_entries_are_not_touched()
    {
        GateBench bench = new(new RiskLimits { SignalsTrade = false });
        bench.Book();
        Assert.Equal(Refusal.SignalsOff, bench.Signal());
        Assert.Equal(Refusal.None, bench.Operate(Entry));
    }

    [Theory]
    [InlineData(5, 2, 25, 3, true)]
    [InlineData(5, 2, 20, 3, false)]
    [InlineData(75, 3, 25, 3, true)]
    [InlineData(7, 0, 0, 0, true)]
    [InlineData(10, 1, 1, 0, true)]
    [InlineData(11, 1, 1, 0, false)]
    public void A_quantity_is_on_the_step_or_not_exactly(
        long quantity, int decimals, long step, int stepDecimals, bool expected) =>
        Assert.Equal(expected, OrderSize.IsOnStep(quantity, decimals, step, stepDecimals));
}
