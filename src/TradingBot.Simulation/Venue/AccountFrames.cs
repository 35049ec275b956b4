using System;
using System.Collections.Generic;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The account's channels: <c>executions</c> and <c>positions</c>.</summary>
internal sealed class AccountFrames(IVenueMarket[] markets, VenueHabits habits)
{
    private readonly FrameText _text = new();

    /// <summary>Open orders as they stand, then fills, oldest first.</summary>
    public ReadOnlySpan<byte> ExecutionSnapshot(
        IReadOnlyList<VenueOrder> orders, IReadOnlyList<VenueFill> fills, int firstFill, long sequence)
    {
        FrameText text = Begin("snapshot"u8, sequence);
        foreach (VenueOrder order in orders)
        {
            AddReport(text, new ExecutionReport(
                ReportKind.New, order, null, string.Empty, order.Lots, order.FilledLots, order.LimitPrice,
                order.TriggerPrice, order.PlacedNs));
            text.Add(","u8);
        }

        for (int i = firstFill; i < fills.Count; i++)
        {
            VenueFill fill = fills[i];
            AddReport(text, new ExecutionReport(
                ReportKind.Trade, fill.Order, fill, string.Empty, fill.Order.Lots, fill.CumulativeLots,
                fill.Order.LimitPrice, fill.Order.TriggerPrice, fill.TimeNs));
            text.Add(","u8);
        }

        return text.DropComma().Add("]}"u8).Bytes;
    }

    public ReadOnlySpan<byte> ExecutionUpdate(in ExecutionReport report, long sequence)
    {
        FrameText text = Begin("update"u8, sequence);
        AddReport(text, report);
        return text.Add("]}"u8).Bytes;
    }

    /// <summary>Open positions; an update tells of one market, with size 0 when it was closed.</summary>
    public ReadOnlySpan<byte> Positions(VenuePosition[] positions, int onlyMarket, long nowNs)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"positions\",\"type\":\""u8)
            .Add(onlyMarket < 0 ? "snapshot"u8 : "update"u8)
            .Add("\",\"data\":{\"time\":"u8).AddTime(nowNs / 1_000).Add(",\"futures\":["u8);
        for (int i = 0; i < positions.Length; i++)
        {
            bool wanted = onlyMarket < 0 ? positions[i].Lots != 0 : i == onlyMarket;
            if (wanted) AddPosition(text, positions[i], markets[i]);
        }

        return text.DropComma().Add("],\"options\":[]}}"u8).Bytes;
    }

    private void AddPosition(FrameText text, VenuePosition position, IVenueMarket instrument)
    {
        long lots = position.Lots;
        text.Add(habits.PositionAliases ? "{\"instrument\":\""u8 : "{\"symbol\":\""u8)
            .Add(instrument.Symbol).Add("\","u8);
        if (habits.PositionAliases)
        {
            text.Add("\"qty\":"u8).Add(lots, instrument.QuantityDecimals).Add(",\"avg_price\":"u8);
        }
        else
        {
            text.Add("\"side\":\""u8).Add(lots < 0 ? "short"u8 : "long"u8).Add("\",\"size\":"u8)
                .Add(Math.Abs(lots), instrument.QuantityDecimals).Add(",\"entry_price\":"u8);
        }

        text.AddMean(position.TickLots, Math.Abs(lots), instrument.PriceDecimals);
        text.Add("},"u8);
    }

    private FrameText Begin(ReadOnlySpan<byte> type, long sequence) => _text.Clear()
        .Add("{\"channel\":\"executions\",\"type\":\""u8).Add(type)
        .Add("\",\"sequence\":"u8).Add(sequence).Add(",\"data\":["u8);

    private void AddReport(FrameText text, in ExecutionReport report)
    {
        VenueOrder order = report.Order;
        IVenueMarket instrument = markets[order.Market];
        text.Add("{\"order_id\":\""u8).Add(order.Id).Add("\""u8);
        bool names = !habits.SparseReports || report.Kind is ReportKind.New or ReportKind.Trade;
        if (names) AddNames(text, order);
        text.Add(",\"exec_type\":\""u8).Add(ReportWords.TypeOf(report.Kind))
            .Add("\",\"order_status\":\""u8).Add(ReportWords.StatusOf(report)).Add("\""u8);
        if (report.Fill is VenueFill fill) AddFill(text, fill, instrument);
        if (report.Kind is ReportKind.New or ReportKind.Amended or ReportKind.Triggered) AddTerms(text, report);
        if (report.Kind != ReportKind.Trade)
        {
            text.Add(",\"cum_qty\":"u8).Add(report.FilledLots, instrument.QuantityDecimals);
        }

        if (report.Kind == ReportKind.Filled)
        {
            text.Add(",\"avg_price\":"u8);
            text.AddMean(order.TickLots, order.FilledLots, instrument.PriceDecimals);
        }

        if (order.Ticket.IsLiquidation && !habits.LiquidatesSilently) text.Add(",\"liquidated\":true"u8);
        if (report.Reason.Length > 0) text.Add(",\"reason\":\""u8).Add(report.Reason).Add("\""u8);
        text.Add(",\"timestamp\":"u8).AddTime(report.TimeNs / 1_000).Add("}"u8);
    }

    private void AddNames(FrameText text, VenueOrder order)
    {
        if (order.Ticket.ClientId.Length > 0)
        {
            text.Add(",\"cl_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        }

        text.Add(",\"symbol\":\""u8).Add(markets[order.Market].Symbol)
            .Add("\",\"side\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"order_type\":\""u8).Add(NameOf(order.Ticket.Type)).Add("\""u8);
    }

    private void AddTerms(FrameText text, in ExecutionReport report)
    {
        VenueOrder order = report.Order;
        IVenueMarket instrument = markets[order.Market];
        text.Add(",\"order_qty\":"u8).Add(report.Lots, instrument.QuantityDecimals);
        if (report.LimitPrice > 0) text.Add(",\"limit_price\":"u8).Add(report.LimitPrice, instrument.PriceDecimals);
        if (order.IsStop)
        {
            text.Add(",\"triggers\":{\"reference\":\""u8).Add(order.Ticket.TriggerByIndex ? "index"u8 : "last"u8)
                .Add("\",\"price\":"u8).Add(report.TriggerPrice, instrument.PriceDecimals)
                .Add(",\"status\":\""u8)
                .Add(order.State == VenueOrderState.Untriggered ? "untriggered"u8 : "triggered"u8).Add("\"}"u8);
        }

        text.Add(",\"time_in_force\":\""u8).Add(order.Ticket.ImmediateOrCancel ? "IOC"u8 : "GTC"u8)
            .Add("\",\"reduce_only\":"u8).Add(order.ReduceOnly ? "true"u8 : "false"u8)
            .Add(",\"post_only\":"u8).Add(order.Ticket.PostOnly ? "true"u8 : "false"u8);
    }

    private static void AddFill(FrameText text, VenueFill fill, IVenueMarket instrument)
    {
        int notionalDecimals = instrument.PriceDecimals + instrument.QuantityDecimals;
        string number = fill.Number.ToString("D6", CultureInfo.InvariantCulture);
        text.Add(",\"exec_id\":\"TDERIV-"u8).Add(number).Add("\",\"trade_id\":"u8).Add(fill.TradeId)
            .Add(",\"last_price\":"u8).Add(fill.Price, instrument.PriceDecimals)
            .Add(",\"last_qty\":"u8).Add(fill.Lots, instrument.QuantityDecimals)
            .Add(",\"cum_qty\":"u8).Add(fill.CumulativeLots, instrument.QuantityDecimals)
            .Add(",\"avg_price\":"u8);
        text.AddMean(fill.CumulativeTickLots, fill.CumulativeLots, instrument.PriceDecimals);
        text.Add(",\"cum_cost\":"u8).Add((long)fill.CumulativeTickLots, notionalDecimals)
            .Add(",\"liquidity_ind\":\""u8).Add(fill.IsMaker ? "m"u8 : "t"u8)
            .Add("\",\"fees\":[{\"asset\":\"USD\",\"qty\":"u8).Add(fill.Fee, Money.Decimals).Add("}]"u8);
    }

    private static ReadOnlySpan<byte> NameOf(VenueOrderType type) => type switch
    {
        VenueOrderType.Limit => "limit"u8,
        VenueOrderType.Market => "market"u8,
        VenueOrderType.StopLoss => "stop-loss"u8,
        _ => "take-profit"u8,
    };
}
