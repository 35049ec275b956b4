using System;
using System.Linq;
using System.Text;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Orders, trades and balances as REST shows them.</summary>
/// <remarks>https://docs.kraken.com/api/docs/rest-api/get-open-orders and its neighbours.</remarks>
internal sealed class SpotRestFrames(SpotMarket[] markets, SpotLedger ledger, FrameText text)
{
    private const int TimeDecimals = 4;
    private const long TimeUnitNs = 100_000;

    /// <summary>An order by its id, as of a time; the caller knows that it was there.</summary>
    public void AddOrder(SpotRecord record, in ExecutionReport report, long asOfNs, bool withTrades)
    {
        VenueOrder order = record.Order;
        SpotMarket market = markets[order.Market];
        VenueFill[] fills = [.. record.FillsBy(asOfNs)];
        bool isOver = report.Kind is ReportKind.Filled or ReportKind.Canceled;
        text.Add("\""u8).Add(order.Id).Add("\":{\"refid\":null,\"userref\":"u8).Add(order.Ticket.UserReference);
        if (order.Ticket.ClientId.Length > 0)
        {
            text.Add(",\"cl_ord_id\":\""u8).Add(order.Ticket.ClientId).Add("\""u8);
        }

        text.Add(",\"status\":\""u8).Add(StatusOf(report.Kind)).Add("\""u8);
        if (isOver)
        {
            text.Add(",\"reason\":"u8);
            if (report.Reason.Length == 0) text.Add("null"u8);
            else text.Add("\""u8).Add(SpotWords.ReasonOf(report.Reason)).Add("\""u8);
        }

        AddTime(",\"opentm\":"u8, order.PlacedNs);
        if (isOver) AddTime(",\"closetm\":"u8, report.TimeNs);
        text.Add(",\"starttm\":0,\"expiretm\":0,\"descr\":{\"pair\":\""u8).Add(market.Altname)
            .Add("\",\"aclass\":\"forex\",\"type\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"ordertype\":\""u8).Add(SpotWords.NameOf(order.Ticket.Type)).Add("\",\"price\":\""u8);
        AddPrice(market, order.IsStop ? report.TriggerPrice : report.LimitPrice);
        text.Add("\",\"price2\":\""u8);
        AddPrice(market, order.IsStop ? report.LimitPrice : 0);
        text.Add("\",\"leverage\":\"none\",\"order\":\""u8);
        AddDescription(order.Ticket, report.Lots, report.LimitPrice, report.TriggerPrice);
        text.Add("\",\"close\":\"\"},\"vol\":\""u8).Add(report.Lots, market.QuantityDecimals)
            .Add("\",\"vol_exec\":\""u8).Add(report.FilledLots, market.QuantityDecimals);
        AddSums(market, fills);
        text.Add("\",\"stopprice\":\""u8).Add(report.TriggerPrice, market.PriceDecimals)
            .Add("\",\"limitprice\":\""u8).Add(order.IsStop ? report.LimitPrice : 0, market.PriceDecimals)
            .Add("\",\"misc\":\"\",\"oflags\":\""u8).Add(SpotWords.FeeFlag(ledger.PaysInBase(order.Ticket)))
            .Add(order.Ticket.PostOnly ? ",post\""u8 : "\""u8);
        if (order.IsStop)
        {
            text.Add(order.Ticket.TriggerByIndex ? ",\"trigger\":\"index\""u8 : ",\"trigger\":\"last\""u8);
        }

        if (withTrades && fills.Length > 0)
        {
            text.Add(",\"trades\":["u8);
            foreach (VenueFill fill in fills) text.Add("\""u8).Add(ledger.TradeIdOf(fill)).Add("\","u8);
            text.DropComma().Add("]"u8);
        }

        text.Add("}"u8);
    }

    public void AddTrade(VenueFill fill)
    {
        VenueOrder order = fill.Order;
        SpotMarket market = markets[order.Market];
        text.Add("\""u8).Add(ledger.TradeIdOf(fill)).Add("\":{\"ordertxid\":\""u8).Add(order.Id)
            .Add("\",\"postxid\":\"\",\"pair\":\""u8).Add(market.Key).Add("\",\"aclass\":\"forex\""u8);
        AddTime(",\"time\":"u8, fill.TimeNs);
        text.Add(",\"type\":\""u8).Add(order.IsBuy ? "buy"u8 : "sell"u8)
            .Add("\",\"ordertype\":\""u8).Add(SpotWords.NameOf(order.Ticket.Type))
            .Add("\",\"price\":\""u8).Add(fill.Price, market.PriceDecimals)
            .Add("\",\"cost\":\""u8).Add(CostOf(market, (Int128)fill.Price * fill.Lots), SpotLedger.QuoteDecimals)
            .Add("\",\"fee\":\""u8).Add(fill.Fee, FeeDecimals(fill))
            .Add("\",\"vol\":\""u8).Add(fill.Lots, market.QuantityDecimals)
            .Add("\",\"margin\":\"0.00000\",\"leverage\":\"0\",\"misc\":\"\",\"trade_id\":"u8).Add(fill.TradeId)
            .Add(",\"maker\":"u8).Add(fill.IsMaker ? "true"u8 : "false"u8).Add("}"u8);
    }

    public void AddEntry(LedgerEntry entry)
    {
        int decimals = SpotLedger.DecimalsOf(entry.Asset);
        text.Add("\""u8).Add(entry.Id).Add("\":{\"refid\":\""u8).Add(entry.Reference).Add("\""u8);
        AddTime(",\"time\":"u8, entry.TimeNs);
        text.Add(",\"type\":\""u8).Add(entry.Type).Add("\",\"subtype\":\"\",\"aclass\":\"currency\",\"asset\":\""u8)
            .Add(KeyOf(entry.Asset)).Add("\",\"amount\":\""u8).Add(entry.Amount, decimals)
            .Add("\",\"fee\":\""u8).Add(entry.Fee, decimals)
            .Add("\",\"balance\":\""u8).Add(entry.Balance, decimals).Add("\"}"u8);
    }

    /// <summary>The asset as REST keys it.</summary>
    public string KeyOf(string asset) =>
        Array.Find(markets, market => market.Asset == asset)?.AssetKey ?? SpotMarket.QuoteKey;

    /// <summary>The venue's sentence of an order: <c>buy 1.25000000 XBTUSD @ limit 30010.0</c>.</summary>
    public void AddDescription(OrderTicket ticket, long lots, long limitPrice, long triggerPrice)
    {
        SpotMarket market = markets[ticket.Market];
        text.Add(ticket.IsBuy ? "buy "u8 : "sell "u8).Add(lots, market.QuantityDecimals).Add(" "u8)
            .Add(market.Altname).Add(" @ "u8);
        switch (ticket.Type)
        {
            case VenueOrderType.Market:
                text.Add("market"u8);
                return;
            case VenueOrderType.Limit:
                text.Add("limit "u8).Add(limitPrice, market.PriceDecimals);
                return;
            case VenueOrderType.StopLoss or VenueOrderType.StopLossLimit:
                text.Add("stop loss "u8);
                break;
            case VenueOrderType.TrailingStop when ticket.TrailTicks > 0:
                text.Add("trailing stop +"u8).Add(ticket.TrailTicks, market.PriceDecimals);
                return;
            case VenueOrderType.TrailingStop:
                text.Add("trailing stop +"u8).Add(ticket.TrailPpm, 4).Add("%"u8);
                return;
            default:
                text.Add("take profit "u8);
                break;
        }

        text.Add(triggerPrice, market.PriceDecimals);
        if (ticket.HasLimit) text.Add(" -> limit "u8).Add(limitPrice, market.PriceDecimals);
    }

    /// <summary>The venue's sentence of an order as it was placed.</summary>
    public string Describe(OrderTicket ticket)
    {
        text.Clear();
        AddDescription(ticket, ticket.Lots, ticket.LimitPrice, ticket.TriggerPrice);
        return Encoding.ASCII.GetString(text.Bytes);
    }

    /// <summary>A time of REST: seconds at four decimals, behind its name.</summary>
    private void AddTime(ReadOnlySpan<byte> name, long timeNs) => text.Add(name).Add(timeNs / TimeUnitNs, TimeDecimals);

    private void AddPrice(SpotMarket market, long price)
    {
        if (price == 0) text.Add("0"u8);
        else text.Add(price, market.PriceDecimals);
    }

    /// <summary>Cost, fee and mean price of what is filled.</summary>
    private void AddSums(SpotMarket market, VenueFill[] fills)
    {
        Int128 ticks = 0;
        long lots = 0;
        foreach (VenueFill fill in fills)
        {
            ticks += (Int128)fill.Price * fill.Lots;
            lots += fill.Lots;
        }

        int decimals = fills.Length == 0 ? SpotLedger.QuoteDecimals : FeeDecimals(fills[0]);
        text.Add("\",\"cost\":\""u8).Add(CostOf(market, ticks), SpotLedger.QuoteDecimals)
            .Add("\",\"fee\":\""u8).Add(fills.Sum(fill => fill.Fee), decimals)
            .Add("\",\"price\":\""u8).Add(lots == 0 ? 0 : (long)(ticks / lots), market.PriceDecimals);
    }

    private static int FeeDecimals(VenueFill fill) =>
        fill.FeeInBase ? SpotLedger.BaseDecimals : SpotLedger.QuoteDecimals;

    private static long CostOf(SpotMarket market, Int128 tickLots) => (long)(tickLots
        / Money.Pow10(market.PriceDecimals + market.QuantityDecimals - SpotLedger.QuoteDecimals));

    private static ReadOnlySpan<byte> StatusOf(ReportKind kind) => kind switch
    {
        ReportKind.Filled => "closed"u8,
        ReportKind.Canceled => "canceled"u8,
        _ => "open"u8,
    };
}
