using System;
using System.Linq;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Properties;

/// <summary>Equity of random accounts against decimal arithmetic, for every form of account.</summary>
public sealed class EquityPropertyTests
{
    private const decimal Unit = 100_000_000m;

    [Theory]
    [InlineData(AccountForm.Cash)]
    [InlineData(AccountForm.SingleCollateral)]
    [InlineData(AccountForm.MultiCollateral)]
    [InlineData(AccountForm.UnifiedWallet)]
    public void Whatever_is_held_equity_is_the_sum_of_its_parts_and_a_missing_price_is_never_zero(AccountForm form)
    {
        Random random = Seed.Random(101 + (int)form, $"equity of {form}");
        int unknown = 0;
        for (int run = 0; run < Seed.Count(ci: 1_000, full: 50_000); run++)
        {
            Holding[] holdings = [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => Any(random, i == 0))];
            Notional unrealised = new((Int128)random.NextInt64(-1_000, 1_000) * 1_000_000);
            Equity equity = EffectiveEquity.Of(form, holdings, unrealised);
            decimal open = form == AccountForm.Cash ? 0 : (decimal)unrealised.Units / Unit;
            decimal whole = open + holdings.Sum(Value);
            decimal margin = open + holdings.Sum(holding => Margin(form, holding));
            // A unit of the last decimal for each rounding.
            Assert.InRange((decimal)equity.Portfolio.Units / Unit, whole - (9 / Unit), whole + (9 / Unit));
            Assert.InRange((decimal)equity.Margin.Units / Unit, margin - (17 / Unit), margin + (9 / Unit));
            decimal gross = holdings.Sum(holding => Math.Abs(Value(holding)));
            decimal missing = holdings.Where(holding => holding.Price == 0).Sum(holding => Math.Abs(Value(holding)));
            bool never = holdings.Any(one => one is { Quantity: not 0, Price: 0, LastPrice: 0 });
            bool isClear = Math.Abs(missing - (gross / 100)) > 0.000_001m;
            if (never) Assert.False(equity.IsKnown, $"run {run}");
            else if (isClear) Assert.Equal(missing <= gross / 100, equity.IsKnown);
            if (!equity.IsKnown) unknown++;
            // No haircut makes margin of a portfolio without debts more than the portfolio.
            bool hasDebts = holdings.Any(holding => holding.Quantity < 0);
            if (!hasDebts) Assert.False(equity.Margin > equity.Portfolio, $"run {run}: more margin than there is");
        }

        Assert.True(unknown > 50, $"only {unknown} accounts with missing prices");
    }

    [Fact]
    public void A_haircut_that_changes_is_no_loss_and_an_account_of_no_form_is_unknown()
    {
        Holding coin = new() { Quantity = 5, Price = 100, HaircutPpm = 10_000 };
        Equity before = EffectiveEquity.Of(AccountForm.MultiCollateral, [coin], Notional.Zero);
        Equity after = EffectiveEquity.Of(
            AccountForm.MultiCollateral, [coin with { HaircutPpm = 200_000 }], Notional.Zero);
        Assert.Equal(before.Portfolio, after.Portfolio);
        Assert.Equal(Notional.Of(495, 0, 1, 0), before.Margin);
        Assert.Equal(Notional.Of(400, 0, 1, 0), after.Margin);
        Assert.False(EffectiveEquity.Of(AccountForm.None, [coin], Notional.Zero).IsKnown);
        Assert.True(EffectiveEquity.Of(AccountForm.Cash, [], Notional.Zero).IsKnown);
    }

    [Theory]
    [InlineData("\"portfolioValue\": 9990, \"marginEquity\": 9890", "ok", "9990.00 in all, 9890.00 as margin, as the")]
    [InlineData("\"portfolioValue\": 20000, \"marginEquity\": 9890", "warn", "the venue counts 20000.00 and 9890.00")]
    [InlineData("\"portfolioValue\": null, \"marginEquity\": 9890", "warn", "does not say what the account holds")]
    public void The_doctor_counts_it_from_the_parts_and_compares_it_with_the_venues_own(
        string told, string outcome, string words)
    {
        using JsonDocument json = JsonDocument.Parse(
            "{\"result\": \"success\", \"accounts\": {\"cash\": {\"balances\": {}}, \"flex\": {\"currencies\": "
            + "{\"USD\": {\"quantity\": 5000, \"value\": 5000, \"collateralValue\": 5000}, "
            + "\"XBT\": {\"quantity\": 0.1, \"value\": 5000, \"collateralValue\": 4900}}, "
            + $"\"totalUnrealizedAsMargin\": -10, {told}}}}}}}");
        Finding finding = EquityCheck.Of(json.RootElement);
        Assert.Equal(outcome, finding.Word);
        Assert.Contains(words, finding.Found, StringComparison.Ordinal);
    }

    private static Holding Any(Random random, bool isSettlement)
    {
        byte quantityDecimals = (byte)random.Next(0, 9);
        byte priceDecimals = (byte)random.Next(0, 7);
        long price = random.NextInt64(1, 1_000_000);
        int kind = random.Next(12);
        return new Holding
        {
            Quantity = random.Next(6) == 0 ? -random.NextInt64(1, 1_000_000) : random.NextInt64(0, 1_000_000),
            QuantityDecimals = quantityDecimals,
            PriceDecimals = priceDecimals,
            Price = kind < 2 ? 0 : price,
            LastPrice = kind == 0 ? 0 : price + random.Next(-1, 2) * (price / 10),
            HaircutPpm = random.Next(0, 300_000),
            IsSettlement = isSettlement,
        };
    }

    private static decimal Value(Holding holding)
    {
        long price = holding.Price > 0 ? holding.Price : holding.LastPrice;
        return holding.Quantity / Ten(holding.QuantityDecimals) * (price / Ten(holding.PriceDecimals));
    }

    private static decimal Margin(AccountForm form, Holding holding)
    {
        decimal value = Value(holding);
        if (form is AccountForm.Cash or AccountForm.SingleCollateral) return holding.IsSettlement ? value : 0;
        return value > 0 ? value * (1 - (holding.HaircutPpm / 1_000_000m)) : value;
    }

    private static decimal Ten(int exponent)
    {
        decimal power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
