using System;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Risk;
using Xunit;

namespace TradingBot.Tests.Risk;

/// <summary>How much one order may be, by what its stop would lose.</summary>
public sealed class OrderBudgetTests
{
    [Fact]
    public void An_order_of_the_gate_loses_no_more_at_its_stop_than_may_be_lost()
    {
        RiskLimits limits = new() { RiskPerOrder = Notional.Of(13, 1, 1, 0) };
        // 1.30 at 2.6 %: 50.
        Assert.Equal(Notional.Of(50, 0, 1, 0), limits.OrderBudget);
        GateBench bench = new(limits);
        bench.Book();
        Assert.Equal(Refusal.None, bench.Signal());
        Assert.False(bench.LastOrder.Notional > Notional.Of(50, 0, 1, 0));
        Assert.True(bench.LastOrder.Notional > Notional.Of(49, 0, 1, 0));
    }

    [Fact]
    public void Whatever_account_and_instrument_the_stop_loses_no_more_than_the_risk_and_the_order_is_within_its_size()
    {
        Random random = Seed.Random(20_261_130, "order budget");
        int orders = 0;
        for (int run = 0; run < 20_000; run++)
        {
            RiskLimits limits = new()
            {
                OrderNotional = Notional.Of(random.Next(1, 5_000), 0, 1, 0),
                RiskPerOrder = Notional.Of(random.Next(1, 10_000), 2, 1, 0),
                StopLossPpm = random.Next(500, 200_000),
            };
            int priceDecimals = random.Next(0, 6);
            int quantityDecimals = random.Next(0, 9);
            long price = random.NextInt64(1, 1_000_000);
            long step = random.Next(0, 3) == 0 ? 0 : (long)Math.Pow(10, random.Next(0, 4));
            long quantity = OrderSize.OnStep(
                OrderSize.MostFor(limits.OrderBudget, price, priceDecimals, quantityDecimals, inverse: false),
                quantityDecimals, step, quantityDecimals);
            Assert.True(quantity >= 0 && (step == 0 || quantity % step == 0));
            if (quantity == 0) continue;
            orders++;
            decimal notional = price * Power(-priceDecimals) * quantity * Power(-quantityDecimals);
            Assert.True(notional <= (decimal)(long)limits.OrderNotional.Units / 100_000_000m, $"run {run}: {notional}");
            decimal lost = notional * limits.StopLossPpm / 1_000_000m;
            Assert.True(lost <= (decimal)(long)limits.RiskPerOrder.Units / 100_000_000m, $"run {run}: {lost} lost");
        }

        Assert.True(orders > 5_000, $"only {orders} orders: the property says nothing");
    }

    private static decimal Power(int exponent)
    {
        decimal power = 1;
        for (int i = exponent; i < 0; i++) power /= 10;
        return power;
    }
}
