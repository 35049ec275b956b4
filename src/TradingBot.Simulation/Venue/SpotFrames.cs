using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The account's channels of spot: <c>executions</c> and <c>balances</c>.</summary>
/// <remarks>Reports are sparse, as the venue's are: after the first, only what changed.
/// https://docs.kraken.com/api/docs/websocket-v2/executions</remarks>
internal sealed class SpotFrames(SpotMarket[] markets, SpotLedger ledger)
{
    /// <summary>Costs are shown with four decimals more than dollars have.</summary>
    private const int CostDecimals = SpotLedger.QuoteDecimals + ReportWords.MeanDecimals;

    private readonly FrameText _text = new();

    /// <summary>Open orders as they stand, then fills, oldest first.</summary>
    public ReadOnlySpan<byte> ExecutionSnapshot(
        IReadOnlyList<VenueOrder> orders, IReadOnlyList<VenueFill> fills, int firstFill, long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"executions\",\"type\":\"snapshot\",\"data\":["u8);
        foreach (VenueOrder order in orders)
        {
            Begin(text, order, "new"u8, order.FilledLots > 0 ? "partially_filled"u8 : "new"u8);
            AddTerms(text, order, order.Lots, order.LimitPrice, order.TriggerPrice);
            AddSums(text, order, order.FilledLots, order.TickLots);
            End(text, order.PlacedNs).Add(","u8);
        }

        for (int i = firstFill; i < fills.Count; i++)
        {
            AddTrade(text, fills[i]);
            text.Add(","u8);
        }

        return text.DropComma().Add("],\"sequence\":"u8).Add(sequence).Add("}"u8).Bytes;
    }

    /// <summary>What one report makes of a subscriber's stream: acceptance is told twice.</summary>
    /// <param name="report">What happened.</param>
    /// <param name="isPending">The first of the two, with all terms.</param>
    /// <param name="sequence">Of the subscription.</param>
    public ReadOnlySpan<byte> ExecutionUpdate(in ExecutionReport report, bool isPending, long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"executions\",\"type\":\"update\",\"data\":["u8);
        VenueOrder order = report.Order;
        switch (report.Kind)
        {
            case ReportKind.New when isPending:
                Begin(text, order, "pending_new"u8, "pending_new"u8);
                AddTerms(text, order, report.Lots, report.LimitPrice, report.TriggerPrice);
                text.Add(",\"cum_qty\":"u8).Add(0, markets[order.Market].QuantityDecimals)
                    .Add(",\"cum_cost\":"u8).Add(0, SpotLedger.QuoteDecimals);
                End(text, report.TimeNs);
                break;
            case ReportKind.Trade:
                AddTrade(text, report.Fill!);
                break;
            default:
                Begin(text, order, ReportWords.TypeOf(report.Kind), ReportWords.StatusOf(report));
                if (report.Kind is ReportKind.Amended or ReportKind.Triggered)
                {
                    AddTerms(text, order, report.Lots, report.LimitPrice, report.TriggerPrice);
                }

                if (report.Kind != ReportKind.New) AddSums(text, order, report.FilledLots, order.TickLots);
                if (report.Reason.Length > 0)
                {
                    text.Add(",\"reason\":\""u8).Add(SpotWords.ReasonOf(report.Reason)).Add("\""u8);
                }

                End(text, report.TimeNs);
                break;
        }

        return text.Add("],\"sequence\":"u8).Add(sequence).Add("}"u8).Bytes;
    }

    public ReadOnlySpan<byte> BalanceSnapshot(long sequence)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"balances\",\"type\":\"snapshot\",\"data\":["u8);
        foreach (string asset in ledger.Assets)
        {
            int decimals = SpotLedger.DecimalsOf(asset);
            text.Add("{\"asset\":\""u8).Add(asset).Add("\",\"asset_class\":\"currency\",\"balance\":"u8)
                .Add(ledger.BalanceOf(asset), decimals)
                .Add(",\"wallets\":[{\"type\":\"spot\",\"id\":\"main\",\"balance\":"u8)
                .Add(ledger.BalanceOf(asset), decimals).Add("}]},"u8);
        }

        return text.DropComma().Add("],\"sequence\":"u8).Add(sequence).Add("}"u8).Bytes;
    }

    /// <summary>A balance's change: one message for each side of a trade.</summary>
    public ReadOnlySpan<byte> BalanceUpdate(LedgerEntry entry, long sequence)
    {
        int decimals = SpotLedger.DecimalsOf(entry.Asset);
        return _text.Clear().Add("{\"channel\":\"balances\",\"type\":\"update\",\"data\":[{\"ledger_id\":\""u8)
            .Add(entry.Id).Add("\",\"ref_id\":\""u8).Add(entry.Reference).Add("\",\"timestamp\":"u8)
            .AddTime(entry.TimeNs / 1_000).Add(",\"type\":\""u8).Add(entry.Type).Add("\",\"asset\":\""u8)
            .Add(entry.Asset).Add("\",\"asset_class\":\"currency\",\"category\":\""u8).Add(entry.Type)
            .Add("\",\"wallet_type\":\"spot\",\"wallet_id\":\"main\",\"amount\":"u8).Add(entry.Amount, decimals)
            .Add(",\"fee\":"u8).Add(entry.Fee, decimals).Add(",\"balance\":"u8).Add(entry.Balance, decimals)
            .Add("}],\"sequence\":"u8).Add(sequence).Add("}"u8).Bytes;
    }

    private static void Begin(
        FrameText text, VenueOrder order, ReadOnlySpan<byte> type, ReadOnlySpan<byte> status)
    {
        text.Add("{\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        if (order.Ticket.ClientId.Length > 0)
        {
            text.Add(",\"cl_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        }

        text.Add(",\"order_userref\":"u8).Add(order.Ticket.UserReference)
            .Add(",\"exec_type\":\""u8).Add(type).Add("\",\"order_status\":\""u8).Add(status).Add("\""u8);
    }

    private static FrameText End(FrameText text, long timeNs) =>
        text.Add(",\"timestamp\":"u8).AddTime(timeNs / 1_000).Add("}"u8);

    private void AddTerms(FrameText text, VenueOrder order, long lots, long limitPrice, long triggerPrice)
    {
        SpotMarket market = markets[order.Market];
        text.Add(",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"order_type\":\""u8).Add(SpotWords.NameOf(order.Ticket.Type))
            .Add("\",\"order_qty\":"u8).Add(lots, market.QuantityDecimals);
        if (order.Ticket.HasLimit)
        {
            text.Add(",\"limit_price_type\":\"static\",\"limit_price\":"u8).Add(limitPrice, market.PriceDecimals);
        }

        if (order.IsStop)
        {
            text.Add(",\"stop_price\":"u8).Add(triggerPrice, market.PriceDecimals)
                .Add(",\"triggers\":{\"reference\":\""u8).Add(order.Ticket.TriggerByIndex ? "index"u8 : "last"u8)
                .Add("\",\"price\":"u8).Add(triggerPrice, market.PriceDecimals)
                .Add(",\"price_type\":\"static\",\"status\":\""u8)
                .Add(order.State == VenueOrderState.Untriggered ? "untriggered"u8 : "triggered"u8).Add("\"}"u8);
        }

        text.Add(",\"time_in_force\":\""u8).Add(order.Ticket.ImmediateOrCancel ? "IOC"u8 : "GTC"u8)
            .Add("\",\"post_only\":"u8).Add(order.Ticket.PostOnly ? "true"u8 : "false"u8)
            .Add(",\"reduce_only\":false,\"margin\":false,\"fee_ccy_pref\":\""u8)
            .Add(SpotWords.FeeFlag(ledger.PaysInBase(order.Ticket))).Add("\""u8);
    }

    private void AddSums(FrameText text, VenueOrder order, long filledLots, Int128 tickLots)
    {
        SpotMarket market = markets[order.Market];
        text.Add(",\"cum_qty\":"u8).Add(filledLots, market.QuantityDecimals)
            .Add(",\"cum_cost\":"u8).Add(CostUnits(market, tickLots), CostDecimals)
            .Add(",\"avg_price\":"u8);
        text.AddMean(tickLots, filledLots, market.PriceDecimals);
    }

    /// <summary>A trade says partially filled even when it fills the order: the end has a report of its own.</summary>
    private void AddTrade(FrameText text, VenueFill fill)
    {
        VenueOrder order = fill.Order;
        SpotMarket market = markets[order.Market];
        Begin(text, order, "trade"u8, "partially_filled"u8);
        string asset = fill.FeeInBase ? market.Asset : SpotMarket.QuoteAsset;
        int decimals = SpotLedger.DecimalsOf(asset);
        text.Add(",\"exec_id\":\""u8).Add(ledger.TradeIdOf(fill)).Add("\",\"trade_id\":"u8).Add(fill.TradeId)
            .Add(",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"order_type\":\""u8).Add(SpotWords.NameOf(order.Ticket.Type))
            .Add("\",\"last_qty\":"u8).Add(fill.Lots, market.QuantityDecimals)
            .Add(",\"last_price\":"u8).Add(fill.Price, market.PriceDecimals)
            .Add(",\"liquidity_ind\":\""u8).Add(fill.IsMaker ? "m"u8 : "t"u8)
            .Add("\",\"cost\":"u8)
            .Add(CostUnits(market, (Int128)fill.Price * fill.Lots), CostDecimals);
        AddSums(text, order, fill.CumulativeLots, fill.CumulativeTickLots);
        text.Add(",\"fees\":[{\"asset\":\""u8).Add(asset).Add("\",\"qty\":"u8).Add(fill.Fee, decimals).Add("}]"u8);
        End(text, fill.TimeNs);
    }

    /// <summary>Ticks × lots in dollars at eight decimals, cut off behind them: for showing only.</summary>
    private static long CostUnits(SpotMarket market, Int128 tickLots)
    {
        int away = market.PriceDecimals + market.QuantityDecimals - CostDecimals;
        return (long)(tickLots / Money.Pow10(away));
    }
}
