using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Synthetic;

/// <summary>Kraken's spot v2 frames in the venue's compact form, key for key; Unified adds the asset class.</summary>
/// <remarks>https://docs.kraken.com/api/docs/websocket-v2; times are Unix microseconds.</remarks>
internal sealed class KrakenFrames
{
    private readonly FrameText _text = new();
    private readonly bool _unified;
    private readonly bool _first;

    public KrakenFrames(Dialect dialect)
    {
        _unified = dialect == Dialect.Unified;
        _first = dialect == Dialect.SpotV1;
    }

    public ReadOnlySpan<byte> Heartbeat() =>
        _text.Clear().Add(_first ? "{\"event\":\"heartbeat\"}"u8 : "{\"channel\":\"heartbeat\"}"u8).Bytes;

    /// <param name="system">The mode's name.</param>
    /// <param name="notices">Further members of the data, each behind a comma; spot v1 has none.</param>
    public ReadOnlySpan<byte> Status(string system = "online", ReadOnlySpan<byte> notices = default) => _first
        ? _text.Clear().Add("{\"connectionID\":15113583034416118705,\"event\":\"systemStatus\",\"status\":\""u8)
            .Add(system).Add("\",\"version\":\"1.9.0\"}"u8).Bytes
        : _text.Clear().Add("{\"channel\":\"status\",\"type\":\"update\",\"data\":[{\"version\":\"2.0.10\","u8)
            .Add("\"system\":\""u8).Add(system)
            .Add("\",\"api_version\":\"v2\",\"connection_id\":15113583034416118705"u8).Add(notices)
            .Add("}]}"u8).Bytes;

    public ReadOnlySpan<byte> InstrumentAck(long timeUs) =>
        EndAck(BeginAck("subscribe"u8).Add("\"channel\":\"instrument\",\"snapshot\":true,"u8)
            .Add("\"warnings\":[\"tick_size is deprecated, use price_increment\"]"u8), timeUs);

    public ReadOnlySpan<byte> TradeAck(SyntheticInstrument instrument, long timeUs) =>
        SymbolAck(BeginAck("subscribe"u8).Add("\"channel\":\"trade\",\"snapshot\":false,"u8), instrument, timeUs);

    public ReadOnlySpan<byte> TickerAck(SyntheticInstrument instrument, long timeUs)
    {
        FrameText text = BeginAck("subscribe"u8).Add("\"channel\":\"ticker\","u8);
        // Unified has no such choice: its ticker always follows trades.
        if (!_unified) text.Add("\"event_trigger\":\"trades\","u8);
        return SymbolAck(text.Add("\"snapshot\":true,"u8), instrument, timeUs);
    }

    public ReadOnlySpan<byte> BookAck(SyntheticInstrument instrument, long timeUs) => SymbolAck(
        BeginAck("subscribe"u8).Add("\"channel\":\"book\",\"depth\":10,\"snapshot\":true,"u8), instrument, timeUs);

    public ReadOnlySpan<byte> BookUnsubscribeAck(SyntheticInstrument instrument, long timeUs) => SymbolAck(
        BeginAck("unsubscribe"u8).Add("\"channel\":\"book\",\"depth\":10,"u8), instrument, timeUs);

    public ReadOnlySpan<byte> InstrumentSnapshot(ReadOnlySpan<SyntheticInstrument> instruments)
    {
        FrameText text = _text.Clear()
            .Add("{\"channel\":\"instrument\",\"type\":\"snapshot\",\"data\":{\"assets\":["u8);
        foreach (SyntheticInstrument instrument in instruments)
        {
            text.Add("{\"id\":\""u8).Add(instrument.Base).Add("\",\"status\":\"enabled\",\"precision\":10,"u8)
                .Add("\"precision_display\":5,\"borrowable\":true,\"collateral_value\":0.9,\"margin_rate\":0.02},"u8);
        }

        text.Add("{\"id\":\"USD\",\"status\":\"enabled\",\"precision\":4,\"precision_display\":2,"u8)
            .Add("\"borrowable\":true,\"collateral_value\":1.0,\"margin_rate\":0.025}],\"pairs\":["u8);
        foreach (SyntheticInstrument instrument in instruments) AddPair(text, instrument);
        return text.DropComma().Add("]}}"u8).Bytes;
    }

    /// <summary>What changed of an instrument: all of it, as the channel tells it.</summary>
    public ReadOnlySpan<byte> InstrumentUpdate(SyntheticInstrument instrument)
    {
        FrameText text = _text.Clear()
            .Add("{\"channel\":\"instrument\",\"type\":\"update\",\"data\":{\"assets\":[],\"pairs\":["u8);
        AddPair(text, instrument);
        return text.DropComma().Add("]}}"u8).Bytes;
    }

    public ReadOnlySpan<byte> BookSnapshot(ShownBook book, long timeUs)
    {
        SyntheticMarket market = book.Market;
        FrameText text = BeginData("book"u8, "snapshot"u8, market.Instrument).Add(",\"bids\":["u8);
        AddWindow(text, book.Bids, market.Instrument);
        text.Add("],\"asks\":["u8);
        AddWindow(text, book.Asks, market.Instrument);
        return EndBook(text, market, timeUs);
    }

    /// <summary>What changed in the window since it was last shown.</summary>
    public ReadOnlySpan<byte> BookUpdate(ShownBook book, long timeUs)
    {
        SyntheticMarket market = book.Market;
        FrameText text = BeginData("book"u8, "update"u8, market.Instrument).Add(",\"bids\":["u8);
        AddNews(text, book.Bids, market.Instrument);
        text.Add("],\"asks\":["u8);
        AddNews(text, book.Asks, market.Instrument);
        return EndBook(text, market, timeUs);
    }

    /// <summary>The trades of the market's last step.</summary>
    public ReadOnlySpan<byte> Trades(SyntheticMarket market, long timeUs)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"trade\",\"type\":\"update\",\"data\":["u8);
        for (int i = 0; i < market.TradeCount; i++) AddTrade(text, market.TradeAt(i, timeUs));
        return text.DropComma().Add("]}"u8).Bytes;
    }

    /// <summary>The last trades, oldest first.</summary>
    public ReadOnlySpan<byte> TradeSnapshot(IEnumerable<SyntheticTrade> trades)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"trade\",\"type\":\"snapshot\",\"data\":["u8);
        foreach (SyntheticTrade trade in trades) AddTrade(text, trade);
        return text.DropComma().Add("]}"u8).Bytes;
    }

    public ReadOnlySpan<byte> Trade(SyntheticTrade trade)
    {
        FrameText text = _text.Clear().Add("{\"channel\":\"trade\",\"type\":\"update\",\"data\":["u8);
        AddTrade(text, trade);
        return text.DropComma().Add("]}"u8).Bytes;
    }

    public ReadOnlySpan<byte> Ticker(SyntheticMarket market, bool isSnapshot, long timeUs)
    {
        int decimals = market.Instrument.PriceDecimals;
        long change = market.LastPrice - market.OpenPrice;
        // Hundredths of a percent: one basis point is 0.01.
        long changePercent = change * 10_000 / market.OpenPrice;
        return BeginData("ticker"u8, isSnapshot ? "snapshot"u8 : "update"u8, market.Instrument)
            .Add(",\"bid\":"u8).Add(market.PublicBids.BestPrice, decimals)
            .Add(",\"bid_qty\":"u8).Add(market.PublicBids.BestLots, market.Instrument.QuantityDecimals)
            .Add(",\"ask\":"u8).Add(market.PublicAsks.BestPrice, decimals)
            .Add(",\"ask_qty\":"u8).Add(market.PublicAsks.BestLots, market.Instrument.QuantityDecimals)
            .Add(",\"last\":"u8).Add(market.LastPrice, decimals)
            .Add(",\"volume\":"u8).Add(market.VolumeLots, market.Instrument.QuantityDecimals)
            .Add(",\"vwap\":"u8).Add(market.MeanPrice, decimals)
            .Add(",\"low\":"u8).Add(market.LowPrice, decimals)
            .Add(",\"high\":"u8).Add(market.HighPrice, decimals)
            .Add(",\"change\":"u8).Add(change, decimals)
            .Add(",\"change_pct\":"u8).Add(changePercent, 2)
            .Add(",\"timestamp\":"u8).AddTime(timeUs)
            .Add("}]}"u8).Bytes;
    }

    /// <summary>Bars of one length; the last one of a snapshot, and that of an update, is running.</summary>
    public ReadOnlySpan<byte> Bars(
        SyntheticMarket market, IEnumerable<TradeSum> rows, int minutes, bool isSnapshot, long nowNs)
    {
        int price = market.Instrument.PriceDecimals;
        FrameText text = _text.Clear().Add("{\"channel\":\"ohlc\",\"type\":\""u8)
            .Add(isSnapshot ? "snapshot"u8 : "update"u8).Add("\",\"timestamp\":"u8).AddTime(nowNs / 1_000)
            .Add(",\"data\":["u8);
        foreach (TradeSum row in rows)
        {
            long endUs = (row.OpenNs / 1_000) + (minutes * 60_000_000L);
            text.Add("{\"symbol\":\""u8).Add(SymbolOf(market.Instrument)).Add("\",\"open\":"u8).Add(row.Open, price)
                .Add(",\"high\":"u8).Add(row.High, price).Add(",\"low\":"u8).Add(row.Low, price)
                .Add(",\"close\":"u8).Add(row.Close, price).Add(",\"vwap\":"u8).Add(row.Mean, price)
                .Add(",\"trades\":"u8).Add(row.Count)
                .Add(",\"volume\":"u8).Add(row.Lots, market.Instrument.QuantityDecimals)
                .Add(",\"interval_begin\":"u8).AddTime(row.OpenNs / 1_000)
                .Add(",\"interval\":"u8).Add(minutes).Add(",\"timestamp\":"u8).AddTime(endUs).Add("},"u8);
        }

        return text.DropComma().Add("]}"u8).Bytes;
    }

    private string SymbolOf(SyntheticInstrument instrument) =>
        _unified ? instrument.UnifiedSymbol : instrument.Symbol;

    private FrameText BeginAck(ReadOnlySpan<byte> method)
    {
        _text.Clear().Add("{\"method\":\""u8).Add(method).Add("\",\"result\":{"u8);
        return _unified ? _text.Add("\"asset_class\":\"derivatives\","u8) : _text;
    }

    private ReadOnlySpan<byte> SymbolAck(FrameText text, SyntheticInstrument instrument, long timeUs) =>
        EndAck(text.Add("\"symbol\":\""u8).Add(SymbolOf(instrument)).Add("\""u8), timeUs);

    private static ReadOnlySpan<byte> EndAck(FrameText text, long timeUs) => text
        .Add("},\"success\":true,\"time_in\":"u8).AddTime(timeUs - 40)
        .Add(",\"time_out\":"u8).AddTime(timeUs).Add("}"u8).Bytes;

    private FrameText BeginData(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> type, SyntheticInstrument instrument) =>
        _text.Clear().Add("{\"channel\":\""u8).Add(channel).Add("\",\"type\":\""u8).Add(type)
            .Add("\",\"data\":[{\"symbol\":\""u8).Add(SymbolOf(instrument)).Add("\""u8);

    private static ReadOnlySpan<byte> EndBook(FrameText text, SyntheticMarket market, long timeUs) => text
        .Add("],\"checksum\":"u8).Add(BookCrc.Of(market.PublicBids, market.PublicAsks))
        .Add(",\"timestamp\":"u8).AddTime(timeUs).Add("}]}"u8).Bytes;

    private static void AddWindow(FrameText text, ShownSide shown, SyntheticInstrument instrument)
    {
        PublicSide side = shown.Side;
        for (int i = 0; i < shown.WindowCount; i++) AddLevel(text, side.PriceAt(i), side.LotsAt(i), instrument);
        text.DropComma();
    }

    /// <summary>
    /// Deletions, then what entered or changed. Nothing is said of levels that were pushed out of the window: the
    /// subscriber cuts to its depth after every message.
    /// </summary>
    private static void AddNews(FrameText text, ShownSide shown, SyntheticInstrument instrument)
    {
        for (int i = 0; i < shown.Count; i++)
        {
            if (shown.WasDeleted(i)) AddLevel(text, shown.PriceAt(i), 0, instrument);
        }

        PublicSide side = shown.Side;
        for (int i = 0; i < shown.WindowCount; i++)
        {
            if (shown.HasNews(i)) AddLevel(text, side.PriceAt(i), side.LotsAt(i), instrument);
        }

        text.DropComma();
    }

    private static void AddLevel(FrameText text, long price, long lots, SyntheticInstrument instrument) => text
        .Add("{\"price\":"u8).Add(price, instrument.PriceDecimals)
        .Add(",\"qty\":"u8).Add(lots, instrument.QuantityDecimals).Add("},"u8);

    private void AddTrade(FrameText text, SyntheticTrade trade) => text
        .Add("{\"symbol\":\""u8).Add(SymbolOf(trade.Instrument))
        .Add(trade.TakerBuys ? "\",\"side\":\"buy\",\"price\":"u8 : "\",\"side\":\"sell\",\"price\":"u8)
        .Add(trade.Price, trade.Instrument.PriceDecimals)
        .Add(",\"qty\":"u8).Add(trade.Lots, trade.Instrument.QuantityDecimals)
        .Add(trade.IsMarketOrder ? ",\"ord_type\":\"market\""u8 : ",\"ord_type\":\"limit\""u8)
        .Add(",\"trade_id\":"u8).Add(trade.Id)
        .Add(",\"timestamp\":"u8).AddTime(trade.TimeUs).Add("},"u8);

    private void AddPair(FrameText text, SyntheticInstrument instrument) => text
        .Add("{\"symbol\":\""u8).Add(SymbolOf(instrument)).Add("\",\"base\":\""u8).Add(instrument.Base)
        .Add("\",\"quote\":\"USD\",\"status\":\""u8).Add(instrument.Status)
        .Add("\",\"qty_precision\":"u8).Add(instrument.QuantityDecimals)
        .Add(",\"qty_increment\":"u8).Add(instrument.QuantityIncrement)
        .Add(",\"price_precision\":"u8).Add(instrument.PriceDecimals)
        .Add(",\"cost_precision\":5,\"marginable\":true,\"has_index\":true,\"cost_min\":0.5,\"margin_initial\":0.2,"u8)
        .Add("\"position_limit_long\":300,\"position_limit_short\":240,\"tick_size\":"u8).Add(instrument.Increment)
        .Add(",\"price_increment\":"u8).Add(instrument.Increment)
        .Add(",\"qty_min\":"u8).Add(instrument.QuantityMin).Add("},"u8);
}

/// <summary>One trade as the venue tells it.</summary>
internal readonly record struct SyntheticTrade(
    SyntheticInstrument Instrument, bool TakerBuys, long Price, long Lots, bool IsMarketOrder, long Id, long TimeUs);
