// In:     what an account holds, at which prices, and what its open positions came to.
// Out:    what it is worth, what of that counts as margin, and whether that is known.
// Thread: any; a function of its arguments.
// Keeps:  a price that is missing is never zero: beyond one percent of what is held nothing is known. Sizing goes by
//         margin, drawdown by the whole: a haircut that changes is no loss.
// Budget: per look at the account.
using System;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>How an account's money counts at Kraken.</summary>
public enum AccountForm : byte
{
    None = 0,

    /// <summary>Spot cash: what is bought is paid; only the settlement currency buys.</summary>
    Cash = 1,

    /// <summary>Inverse derivatives: one currency is the margin.</summary>
    SingleCollateral = 2,

    /// <summary>Linear derivatives (<c>flex</c>): every currency is margin, less its haircut.</summary>
    MultiCollateral = 3,

    /// <summary>Spot and derivatives share what is held, as in MultiCollateral.</summary>
    UnifiedWallet = 4,
}

/// <summary>One currency of an account.</summary>
public readonly record struct Holding
{
    /// <summary>Mantissa at <see cref="QuantityDecimals"/>; negative is a debt.</summary>
    public long Quantity { get; init; }

    /// <summary>In the currency equity is counted in, at <see cref="PriceDecimals"/>; 0 = there is none now.</summary>
    public long Price { get; init; }

    /// <summary>The last one there was; 0 = never any. It tells how much a missing price may matter.</summary>
    public long LastPrice { get; init; }

    public byte QuantityDecimals { get; init; }

    public byte PriceDecimals { get; init; }

    /// <summary>What of its value does not count as margin, in parts per million.</summary>
    public int HaircutPpm { get; init; }

    /// <summary>What Cash buys with, and what the margin of SingleCollateral is in.</summary>
    public bool IsSettlement { get; init; }
}

/// <summary>What an account is worth.</summary>
/// <param name="Portfolio">All of it, without haircuts: for drawdown.</param>
/// <param name="Margin">What counts as margin, or buys: for sizing.</param>
/// <param name="IsKnown">False: more than a percent of it has no price.</param>
public readonly record struct Equity(Notional Portfolio, Notional Margin, bool IsKnown);

/// <summary>The one way in which equity is counted, for every form of account.</summary>
/// <remarks>
/// Margin equity = Σ balance × (1 − haircut) + unrealised result; debts count whole. Source: Kraken, "Margining and
/// liquidations of multi-collateral derivatives".
/// </remarks>
public static class EffectiveEquity
{
    private const int Million = 1_000_000;

    /// <summary>Share of what is held that may be without a price.</summary>
    private const int MissingPercentMax = 1;

    /// <param name="form">Of the account.</param>
    /// <param name="holdings">Its currencies, each once.</param>
    /// <param name="unrealised">Result of open positions at the mark; of Cash there is none.</param>
    public static Equity Of(AccountForm form, ReadOnlySpan<Holding> holdings, Notional unrealised)
    {
        Int128 portfolio = 0;
        Int128 margin = 0;
        Int128 gross = 0;
        Int128 missing = 0;
        bool known = form != AccountForm.None;
        foreach (ref readonly Holding holding in holdings)
        {
            if (holding.Quantity == 0) continue;
            long price = holding.Price > 0 ? holding.Price : holding.LastPrice;
            // Nobody can say how much it matters.
            if (price <= 0) known = false;
            Int128 value = Notional.Of(
                Math.Max(price, 0), holding.PriceDecimals, holding.Quantity, holding.QuantityDecimals).Units;
            portfolio += value;
            margin += Counted(form, in holding, value);
            gross += Int128.Abs(value);
            if (holding.Price <= 0) missing += Int128.Abs(value);
        }

        known &= missing * 100 <= gross * MissingPercentMax;
        Int128 open = form == AccountForm.Cash ? 0 : unrealised.Units;
        return new Equity(new Notional(portfolio + open), new Notional(margin + open), known);
    }

    private static Int128 Counted(AccountForm form, ref readonly Holding holding, Int128 value)
    {
        if (form is AccountForm.Cash or AccountForm.SingleCollateral) return holding.IsSettlement ? value : 0;
        if (value <= 0) return value;
        // Rounded up: what counts is never more than it is.
        Int128 cut = ((value * Math.Clamp(holding.HaircutPpm, 0, Million)) + Million - 1) / Million;
        return value - cut;
    }
}
