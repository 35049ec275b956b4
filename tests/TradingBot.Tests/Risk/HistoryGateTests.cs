using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

/// <summary>Where history is required, a signal needs somebody who says that it may be analysed.</summary>
public sealed class HistoryGateTests
{
    private static readonly RiskLimits Required = new() { HistoryRequired = true };

    [Fact]
    public void What_was_never_said_and_what_stands_against_it_are_refused_and_the_rest_passes()
    {
        GateBench bench = new(Required);
        bench.Book();
        Assert.Equal(Refusal.History, bench.Signal());
        bench.Operate(Verdict(bench, faults: 32));
        Assert.Equal(Refusal.History, bench.Signal());
        bench.Operate(Verdict(bench, faults: 0));
        Assert.Equal(Refusal.None, bench.Signal());
        // Of this instrument alone.
        bench.Book(id: 1);
        Assert.Equal(Refusal.History, bench.Signal(id: 1));
        bench.Operate(Verdict(bench, faults: 8));
        Assert.Equal(Refusal.History, bench.Signal());
    }

    [Fact]
    public void A_verdict_that_is_not_renewed_runs_out()
    {
        GateBench bench = new(Required);
        bench.Operate(Verdict(bench, faults: 0));
        bench.NowNs += (10 * GateBench.Second) - 1;
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        bench.NowNs += 1;
        Assert.Equal(Refusal.History, bench.Signal());
    }

    [Fact]
    public void It_is_asked_behind_the_book_and_only_of_signals()
    {
        GateBench bench = new(Required);
        Assert.Equal(Refusal.BookNotInSync, bench.Signal());
        bench.Book();
        AccountRecord entry = new()
        {
            Kind = AccountEventKind.Enter,
            Side = Market.Values.Side.Buy,
            Quantity = 1,
            QuantityDecimals = 1,
            Price = 10_001,
            TriggerPrice = 9_900,
            PriceDecimals = 1,
        };
        Assert.Equal(Refusal.None, bench.Operate(entry));
    }

    [Fact]
    public void Where_it_is_not_required_nobody_asks()
    {
        GateBench bench = new();
        bench.Book();
        bench.Operate(Verdict(bench, faults: 256));
        Assert.Equal(Refusal.None, bench.Signal());
    }

    /// <summary>Holds for ten seconds.</summary>
    private static AccountRecord Verdict(GateBench bench, int faults) => new()
    {
        Kind = AccountEventKind.History,
        InstrumentId = 0,
        Quantity = faults,
        TriggerPrice = bench.NowNs + (10 * GateBench.Second),
    };
}
