using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Trading.Risk;

namespace TradingBot.Worker.Health;

/// <summary>Counts the account's equity from its parts, and compares it with what the venue counts.</summary>
/// <remarks>
/// Where both agree, the parts mean what we think: https://docs.kraken.com/api/docs/futures-api, accounts.
/// </remarks>
internal static class EquityCheck
{
    private const string Check = "equity";
    private const int UnitDecimals = 8;

    /// <summary>Of the venue's own rounding and of prices that move while it answers: a thousandth.</summary>
    private const int ToleranceShare = 1_000;

    /// <summary>What the answer to <c>accounts</c> says.</summary>
    public static Finding Of(JsonElement root)
    {
        bool has = root.TryGetProperty("accounts"u8, out JsonElement accounts)
            && accounts.ValueKind == JsonValueKind.Object && accounts.TryGetProperty("flex"u8, out _);
        if (!has || !TryRead(accounts.GetProperty("flex"u8), out List<Holding> holdings, out Told told))
        {
            return Finding.Warn(
                Check, "the venue does not say what the account holds, or in other words than known",
                "look at the answer of accounts, and report it");
        }

        Equity equity = EffectiveEquity.Of(AccountForm.MultiCollateral, holdings.ToArray(), told.Unrealised);
        string found = string.Create(
            CultureInfo.InvariantCulture, $"{Text(equity.Portfolio)} in all, {Text(equity.Margin)} as margin");
        if (!equity.IsKnown)
        {
            return Finding.Warn(
                Check, $"not known: more than 1 % of {found} has no price", "look at the account's page");
        }

        bool agrees = IsNear(equity.Portfolio, told.Portfolio) && IsNear(equity.Margin, told.Margin);
        return agrees
            ? Finding.Ok(Check, found + ", as the venue counts it")
            : Finding.Warn(
                Check, $"{found}; the venue counts {Text(told.Portfolio)} and {Text(told.Margin)}",
                "currencies are missing in its answer, or a member means something else: look at the account's page");
    }

    private static bool TryRead(JsonElement flex, out List<Holding> holdings, out Told told)
    {
        holdings = [];
        told = default;
        bool isListed = flex.ValueKind == JsonValueKind.Object
            && flex.TryGetProperty("currencies"u8, out JsonElement listed) && listed.ValueKind == JsonValueKind.Object;
        bool isTold = TryMoney(flex, "portfolioValue"u8, out Int128 portfolio)
            & TryMoney(flex, "marginEquity"u8, out Int128 margin)
            & TryMoney(flex, "totalUnrealizedAsMargin"u8, out Int128 unrealised);
        if (!isListed || !isTold) return false;
        told = new Told(new Notional(portfolio), new Notional(margin), new Notional(unrealised));
        foreach (JsonProperty currency in flex.GetProperty("currencies"u8).EnumerateObject())
        {
            bool isRead = TryMoney(currency.Value, "value"u8, out Int128 value)
                & TryMoney(currency.Value, "collateralValue"u8, out Int128 collateral);
            if (!isRead || value > long.MaxValue || value < long.MinValue) return false;
            // The venue tells values, so each is a quantity of dollars at the price of one.
            holdings.Add(new Holding
            {
                Quantity = (long)value,
                QuantityDecimals = UnitDecimals,
                Price = 1,
                HaircutPpm = value > 0 ? (int)Int128.Clamp((value - collateral) * 1_000_000 / value, 0, 1_000_000) : 0,
            });
        }

        return true;
    }

    private static bool TryMoney(JsonElement owner, ReadOnlySpan<byte> name, out Int128 units)
    {
        units = 0;
        bool isNumber = owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _);
        if (!isNumber) return false;
        decimal amount = owner.GetProperty(name).GetDecimal();
        if (Math.Abs(amount) > 1_000_000_000_000m) return false;
        units = (Int128)(amount * 100_000_000m);
        return true;
    }

    private static bool IsNear(Notional left, Notional right) =>
        Int128.Abs(left.Units - right.Units) * ToleranceShare <= Int128.Max(Int128.Abs(right.Units), 1);

    private static string Text(Notional amount) =>
        ((decimal)amount.Units / 100_000_000m).ToString("0.00", CultureInfo.InvariantCulture);

    private readonly record struct Told(Notional Portfolio, Notional Margin, Notional Unrealised);
}
