using System;
using TradingBot.Market.Values;
using TradingBot.Signals.Indicators;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>A stop that follows closed bars, and never goes back.</summary>
public sealed class TrailingStopTests
{
    private static readonly ProtectionOptions Trailing = new()
    {
        TakeProfit = false,
        TrailAtrPercent = 150,
        TrailBars = 3,
    };

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void It_follows_the_market_by_closed_bars_and_never_goes_back(Side side)
    {
        ProtectionBench bench = new(Trailing);
        int sign = side == Side.Buy ? 1 : -1;
        OrderCommand entry = bench.Enter(side);
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        bench.Book(10_000 + (sign * 500) - 1, 10_000 + (sign * 500) + 1);
        // Ranges of 20.0 each: the average is 20.0, and the stop lies 30.0 behind the close.
        Close(bench, 10_000);
        Close(bench, 10_000);
        bench.Nothing();
        Close(bench, 10_000 + (sign * 300));
        OrderCommand moved = bench.One(CommandKind.Amend, OrderRole.Stop);
        // (20 + 20 + 40) / 3 × 1.5 = 40.0 behind 1030.0, or 970.0.
        Assert.Equal(10_000 - (sign * 100), moved.TriggerPrice);
        bench.Prove(moved);

        // Back down, and bars of another series: it stays.
        Close(bench, 10_000);
        bench.Bar(20_000, 5_000, 19_000, series: 1);
        bench.Nothing();
        Assert.Equal(1, bench.Stage.Counters.StopsTrailed);
    }

    [Fact]
    public void It_begins_when_the_first_target_is_taken_and_moves_by_a_step_at_least()
    {
        ProtectionBench bench = new(Trailing with
        {
            TakeProfit = true,
            Targets = [new TargetStep(100, 40), new TargetStep(250, 40)],
            BreakEven = false,
        });
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        OrderCommand[] targets = bench.Commands();
        Assert.Equal([(4L, 10_150L), (4L, 10_375L)], Array.ConvertAll(targets, t => (t.Quantity, t.TriggerPrice)));
        foreach (OrderCommand target in targets) bench.Prove(target);
        bench.Book(10_399, 10_401);
        for (int i = 0; i < 3; i++) Close(bench, 10_200);
        bench.Nothing();

        bench.Fill(targets[0], 4, 10_150);
        bench.Prove(bench.One(CommandKind.Amend, OrderRole.Stop));
        bench.Wait(200);
        Close(bench, 10_200);
        OrderCommand moved = bench.One(CommandKind.Amend, OrderRole.Stop);
        Assert.Equal((6L, 9_900L), (moved.Quantity, moved.TriggerPrice));
        bench.Prove(moved);
        // A twentieth of a percent is not worth an order.
        Close(bench, 10_204);
        bench.Nothing();
    }

    [Fact]
    public void A_stop_that_would_fire_at_once_is_not_sent_and_without_bars_nothing_moves()
    {
        ProtectionBench bench = new(Trailing);
        OrderCommand entry = bench.Enter();
        bench.Fill(entry, 10, 10_000);
        bench.Prove(bench.One(CommandKind.Place, OrderRole.Stop));
        Close(bench, 10_000);
        Close(bench, 10_000);
        // The market fell through where the bar says the stop belongs.
        bench.Book(9_899, 9_901);
        Close(bench, 10_300);
        bench.Nothing();
        Assert.Equal(0, bench.Stage.Counters.StopsTrailed);
    }

    [Fact]
    public void Whatever_the_bars_are_it_only_tightens_and_lies_where_the_average_says()
    {
        Random random = Seed.Random(31, "trailing stops");
        for (int run = 0; run < Seed.Count(ci: 20, full: 400); run++)
        {
            ProtectionBench bench = new(Trailing with { TrailStepPpm = 0, TrailBars = 5 });
            Side side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
            int sign = side == Side.Buy ? 1 : -1;
            OrderCommand entry = bench.Enter(side);
            bench.Fill(entry, 10, 10_000);
            OrderCommand stop = bench.One(CommandKind.Place, OrderRole.Stop);
            bench.Prove(stop);
            long planned = stop.TriggerPrice;
            Atr average = new(5);
            long price = 10_000;
            for (int i = 0; i < 60; i++)
            {
                long open = price;
                price = Math.Clamp(price + random.Next(-60, 80) * sign, 5_000, 30_000);
                long high = Math.Max(open, price) + random.Next(30);
                long low = Math.Min(open, price) - random.Next(30);
                bench.Book(price - 1, price + 1);
                average.Add(high, low, price);
                bench.Bar(high, low, price);
                foreach (OrderCommand command in bench.Commands())
                {
                    if (command.Kind != CommandKind.Amend) continue;
                    Assert.True(sign * (command.TriggerPrice - planned) > 0, $"run {run}: loosened");
                    double exact = price - (sign * 1.5 * average.Value);
                    Assert.InRange(command.TriggerPrice, exact - 1.01, exact + 1.01);
                    planned = command.TriggerPrice;
                    bench.Prove(command);
                }
            }
        }
    }

    /// <summary>A bar with a range of 20.0 around its close.</summary>
    private static void Close(ProtectionBench bench, long close) => bench.Bar(close + 100, close - 100, close);
}
