using System;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Money on Unified: <c>balances</c>, <c>margin</c> and <c>ledgers</c> of the account of perpetuals.</summary>
/// <remarks>Channels and their rules are documented (docs.kraken.com, Unified WebSocket); names of members are assumed:
/// fixtures/uws/assumed.</remarks>
internal sealed class MoneyFrames(IVenueMarket[] markets, PositionLedger ledger, MarginTerms terms)
{
    private const string Wallet = "\"type\":\"derivatives\",\"id\":\"flex\"";

    private readonly FrameText _text = new();

    public ReadOnlySpan<byte> BalanceSnapshot(long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"balances\",\"type\":\"snapshot\",\"sequence\":"u8)
            .Add(sequence).Add(",\"data\":["u8);
        AddAsset(text, "USD", ledger.Cash, Money.Decimals);
        foreach (VenueCollateral collateral in terms.Collateral)
        {
            text.Add(","u8);
            AddAsset(text, AssetOf(collateral), collateral.Units, SpotLedger.BaseDecimals);
        }

        return text.Add("]}"u8).Bytes;
    }

    public ReadOnlySpan<byte> BalanceUpdate(in AccountEntry entry, long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"balances\",\"type\":\"update\",\"sequence\":"u8)
            .Add(sequence)
            .Add(",\"data\":[{\"asset\":\"USD\",\"asset_class\":\"currency\",\"amount\":"u8)
            .Add(entry.Amount, Money.Decimals).Add(",\"balance\":"u8).Add(entry.Balance, Money.Decimals)
            .Add(",\"fee\":"u8).Add(entry.Fee, Money.Decimals);
        AddIds(text, entry);
        return text.Add(",\"type\":\""u8).Add(entry.Type).Add("\",\"wallet_type\":\"derivatives\","u8)
            .Add("\"wallet_id\":\"flex\",\"timestamp\":"u8).AddTime(entry.TimeNs / 1_000).Add("}]}"u8).Bytes;
    }

    /// <summary>All of the section, every time.</summary>
    public ReadOnlySpan<byte> Margin(long initial, long nowNs)
    {
        long equity = ledger.MarginEquity;
        long funding = -ledger.FundingOwed(nowNs);
        (string Name, long Value)[] figures =
        [
            ("balance_value", ledger.PortfolioValue - ledger.Unrealised), ("portfolio_value", ledger.PortfolioValue),
            ("collateral_value", equity - ledger.Unrealised), ("margin_equity", equity), ("initial_margin", initial),
            ("maintenance_margin", ledger.MaintenanceMargin), ("available_margin", equity - initial),
            ("pnl", ledger.Unrealised), ("unrealized_funding", funding),
            ("total_unrealized", ledger.Unrealised + funding),
        ];
        FrameText text = _text.Clear().Add("{\"channel\":\"margin\",\"type\":\"multi_collateral\","u8)
            .Add("\"data\":{\"time\":"u8).AddTime(nowNs / 1_000);
        foreach ((string name, long value) in figures)
        {
            text.Add(",\""u8).Add(name).Add("\":"u8).Add(value, Money.Decimals);
        }

        text.Add(",\"currencies\":[{\"asset\":\"USD\",\"quantity\":"u8).Add(ledger.Cash, Money.Decimals)
            .Add(",\"value\":"u8).Add(ledger.Cash, Money.Decimals).Add(",\"haircut\":0.00}"u8);
        foreach (VenueCollateral collateral in terms.Collateral)
        {
            text.Add(",{\"asset\":\""u8).Add(AssetOf(collateral)).Add("\",\"quantity\":"u8)
                .Add(collateral.Units, SpotLedger.BaseDecimals)
                .Add(",\"value\":"u8).Add(ledger.WorthOf(collateral), Money.Decimals)
                .Add(",\"haircut\":"u8).Add(collateral.HaircutPercent, 2).Add("}"u8);
        }

        return text.Add("]}}"u8).Bytes;
    }

    /// <summary>One entry a frame, as the venue documents it.</summary>
    public ReadOnlySpan<byte> Ledger(in AccountEntry entry, long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"ledgers\",\"type\":\"update\",\"sequence\":"u8)
            .Add(sequence).Add(",\"data\":[{"u8);
        AddIds(text.Add("\"asset_class\":\"derivatives\""u8), entry);
        text.Add(",\"type\":\""u8).Add(entry.Type).Add("\",\"asset\":\"USD\",\"amount\":"u8)
            .Add(entry.Amount, Money.Decimals).Add(",\"fee\":"u8).Add(entry.Fee, Money.Decimals)
            .Add(",\"balance\":"u8).Add(entry.Balance, Money.Decimals);
        if (entry.Market >= 0)
        {
            IVenueMarket market = markets[entry.Market];
            text.Add(",\"symbol\":\""u8).Add(market.Symbol).Add("\""u8);
            if (entry.LotsChange != 0) AddTrade(text, entry, market);
        }

        return text.Add(",\"timestamp\":"u8).AddTime(entry.TimeNs / 1_000).Add("}]}"u8).Bytes;
    }

    private static void AddTrade(FrameText text, in AccountEntry entry, IVenueMarket market)
    {
        text.Add(",\"position_change\":"u8).Add(entry.LotsChange, market.QuantityDecimals)
            .Add(",\"trade_price\":"u8).Add(entry.Price, market.PriceDecimals)
            .Add(",\"mark_price\":"u8).Add(market.MarkPrice, market.PriceDecimals).Add(",\"entry_price_old\":"u8);
        text.AddMean(entry.Before.TickLots, entry.Before.Lots, market.PriceDecimals);
        text.Add(",\"entry_price_new\":"u8);
        text.AddMean(entry.After.TickLots, entry.After.Lots, market.PriceDecimals);
        text.Add(",\"realized_pnl\":"u8).Add(entry.Realised, Money.Decimals).Add(",\"funding\":0.0"u8);
    }

    private static void AddIds(FrameText text, in AccountEntry entry)
    {
        string number = entry.Number.ToString("D6", CultureInfo.InvariantCulture);
        text.Add(",\"ledger_id\":\"LDERIV-"u8).Add(number).Add("\",\"ref_id\":\""u8)
            .Add(entry.LotsChange == 0 ? "" : "TDERIV-" + number).Add("\""u8);
    }

    private static void AddAsset(FrameText text, string asset, long balance, int decimals) => text
        .Add("{\"asset\":\""u8).Add(asset).Add("\",\"asset_class\":\"currency\",\"balance\":"u8)
        .Add(balance, decimals).Add(",\"wallets\":[{"u8).Add(Wallet).Add(",\"balance\":"u8).Add(balance, decimals)
        .Add("}]}"u8);

    private static string AssetOf(VenueCollateral collateral) => collateral.Symbol.Split('/')[0];
}
