// In:     public GET calls, virtual time.   Out: answers in the form of Kraken's REST, spot and derivatives.
// Thread: the venue's; nothing waits.
// Keeps:  OHLC, charts, Trades and Ticker tell of one tape; a symbol that is not listed is an error, not an empty list.
// Budget: a few ms for the longest answer, which folds thirty days of trades.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The venue's market data over REST.</summary>
internal sealed class MarketDesk(
    PerpetualMarket[] markets, SpotMarket[] spots, IReadOnlyDictionary<SyntheticMarket, VenueTape> tapes,
    QuoteTape[] quotes, FrameText text, VenueModes modes)
{
    private const long SecondNs = 1_000_000_000;
    private const long MinuteNs = 60 * SecondNs;
    private const int OhlcRowsMax = 720;
    private const int ChartRowsMax = 2_000;
    private const int TradesMax = 1_000;
    private const string TickerPath = "/derivatives/api/v3/tickers/";
    private const string UnknownSymbol = "EQuery:Unknown asset pair";
    private const string WrongArguments = "EGeneral:Invalid arguments";

    private static readonly int[] Intervals = [1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600];

    private static readonly Dictionary<string, int> Resolutions = new(StringComparer.Ordinal)
    {
        ["1m"] = 1,
        ["5m"] = 5,
        ["15m"] = 15,
        ["30m"] = 30,
        ["1h"] = 60,
        ["4h"] = 240,
        ["12h"] = 720,
        ["1d"] = 1_440,
        ["1w"] = 10_080,
    };

    /// <summary>The answer to a call, or null when it is no call of market data.</summary>
    public FrameText? Answer(string path, IReadOnlyDictionary<string, string> query, long nowNs) => path switch
    {
        "/0/public/Time" => Time(nowNs),
        RestDesk.StatusPath => Status(nowNs),
        RestDesk.SchedulePath => Begin().Add("\"events\":["u8).Add(modes.InSchedule(nowNs)).Add("]}}"u8),
        "/0/public/Assets" => Assets(),
        "/0/public/AssetPairs" => Instruments(query),
        "/0/public/Ticker" => Ticker(query, nowNs),
        "/0/public/OHLC" => Ohlc(query, nowNs),
        "/0/public/Trades" => Trades(query),
        "/0/public/Depth" => Depth(query, nowNs),
        "/0/public/Spread" => Spread(query, nowNs),
        "/derivatives/api/v3/instruments" => Contracts(),
        "/derivatives/api/v3/tickers" => ContractTickers(nowNs),
        "/derivatives/api/v4/historicalfundingrates" => Funding(query),
        _ when path.StartsWith(TickerPath, StringComparison.Ordinal) =>
            ContractTicker(path[TickerPath.Length..], nowNs),
        _ => path.StartsWith("/api/charts/v1/", StringComparison.Ordinal) ? Chart(path, query, nowNs) : null,
    };

    private FrameText Error(string error) => text.Clear().Add("{\"error\":[\""u8).Add(error).Add("\"]}"u8);

    private FrameText Begin() => text.Clear().Add("{\"error\":[],\"result\":{"u8);

    /// <summary>Position of the spot instrument that any of its names means; −1: none.</summary>
    private int IndexOf(string name) => Array.FindIndex(spots, market => market.IsNamed(name));

    private FrameText Time(long nowNs)
    {
        long seconds = nowNs / SecondNs;
        string shown = DateTimeOffset.FromUnixTimeSeconds(seconds)
            .ToString("ddd, dd MMM yy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        return Begin().Add("\"unixtime\":"u8).Add(seconds).Add(",\"rfc1123\":\""u8).Add(shown).Add("\"}}"u8);
    }

    private FrameText Status(long nowNs)
    {
        string shown = DateTimeOffset.FromUnixTimeSeconds(nowNs / SecondNs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Begin().Add("\"status\":\""u8).Add(VenueModes.NameOf(modes.ModeOfCalls(nowNs)))
            .Add("\",\"timestamp\":\""u8).Add(shown).Add("\""u8).Add(modes.InStatus(nowNs)).Add("}}"u8);
    }

    private FrameText Assets()
    {
        Begin();
        foreach (SpotMarket market in spots)
        {
            text.Add("\""u8).Add(market.AssetKey).Add("\":{\"aclass\":\"currency\",\"altname\":\""u8)
                .Add(market.OldName.Split('/')[0])
                .Add("\",\"decimals\":10,\"display_decimals\":5,\"status\":\"enabled\"},"u8);
        }

        return text.Add("\"ZUSD\":{\"aclass\":\"currency\",\"altname\":\"USD\",\"decimals\":4,"u8)
            .Add("\"display_decimals\":2,\"status\":\"enabled\"}}}"u8);
    }

    private FrameText Instruments(IReadOnlyDictionary<string, string> query)
    {
        bool wantsOther = query.TryGetValue("aclass_base", out string? kind) && kind != "currency";
        string[] asked = query.GetValueOrDefault("pair", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Any(name => IndexOf(name) < 0)) return Error(UnknownSymbol);
        Begin();
        for (int i = 0; i < spots.Length && !wantsOther; i++)
        {
            if (asked.Length > 0 && !asked.Any(spots[i].IsNamed)) continue;
            SyntheticInstrument instrument = spots[i].Background.Instrument;
            text.Add("\""u8).Add(spots[i].Key).Add("\":{\"altname\":\""u8).Add(spots[i].Altname)
                .Add("\",\"wsname\":\""u8).Add(spots[i].OldName)
                .Add("\",\"aclass_base\":\"currency\",\"base\":\""u8).Add(spots[i].AssetKey)
                .Add("\",\"aclass_quote\":\"currency\",\"quote\":\"ZUSD\",\"lot\":\"unit\",\"cost_decimals\":5,"u8)
                .Add("\"pair_decimals\":"u8).Add(instrument.PriceDecimals)
                .Add(",\"lot_decimals\":"u8).Add(instrument.QuantityDecimals)
                .Add(",\"lot_multiplier\":1,\"leverage_buy\":[],\"leverage_sell\":[],"u8);
            AddFees();
            text.Add("\"fee_volume_currency\":\"ZUSD\",\"margin_call\":80,\"margin_stop\":40,"u8)
                .Add("\"ordermin\":\""u8).Add(instrument.QuantityMin)
                .Add("\",\"costmin\":\"0.5\",\"tick_size\":\""u8).Add(instrument.Increment)
                .Add("\",\"status\":\"online\"},"u8);
        }

        return text.DropComma().Add("}}"u8);
    }

    private FrameText Ticker(IReadOnlyDictionary<string, string> query, long nowNs)
    {
        string[] asked = query.GetValueOrDefault("pair", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Any(name => IndexOf(name) < 0)) return Error(UnknownSymbol);
        Begin();
        for (int i = 0; i < spots.Length; i++)
        {
            if (asked.Length > 0 && !asked.Any(spots[i].IsNamed)) continue;
            SyntheticMarket market = markets[i].Spot;
            int price = market.Instrument.PriceDecimals;
            int lots = market.Instrument.QuantityDecimals;
            long todayNs = nowNs - (nowNs % (1_440 * MinuteNs));
            TradeSum today = TradeSum.Of(tapes[market].After(todayNs - 1), market.LastPrice);
            TradeSum day = TradeSum.Of(tapes[market].After(nowNs - (1_440 * MinuteNs)), market.LastPrice);
            text.Add("\""u8).Add(spots[i].Key).Add("\":{\"a\":[\""u8).Add(market.PublicAsks.BestPrice, price)
                .Add("\",\"1\",\""u8).Add(market.PublicAsks.BestLots, lots)
                .Add("\"],\"b\":[\""u8).Add(market.PublicBids.BestPrice, price)
                .Add("\",\"1\",\""u8).Add(market.PublicBids.BestLots, lots)
                .Add("\"],\"c\":[\""u8).Add(market.LastPrice, price).Add("\",\""u8).Add(day.LastLots, lots)
                .Add("\"],\"v\":[\""u8).Add(today.Lots, lots).Add("\",\""u8).Add(day.Lots, lots)
                .Add("\"],\"p\":[\""u8).Add(today.Mean, price).Add("\",\""u8).Add(day.Mean, price)
                .Add("\"],\"t\":["u8).Add(today.Count).Add(","u8).Add(day.Count)
                .Add("],\"l\":[\""u8).Add(today.Low, price).Add("\",\""u8).Add(day.Low, price)
                .Add("\"],\"h\":[\""u8).Add(today.High, price).Add("\",\""u8).Add(day.High, price)
                .Add("\"],\"o\":\""u8).Add(today.Open, price).Add("\"},"u8);
        }

        return text.DropComma().Add("}}"u8);
    }

    private FrameText Ohlc(IReadOnlyDictionary<string, string> query, long nowNs)
    {
        int index = IndexOf(query.GetValueOrDefault("pair", ""));
        if (index < 0) return Error(UnknownSymbol);
        bool isInterval = int.TryParse(query.GetValueOrDefault("interval", "1"), out int minutes)
            && Intervals.Contains(minutes);
        if (!isInterval) return Error(WrongArguments + ":interval");
        SyntheticMarket market = markets[index].Spot;
        int price = market.Instrument.PriceDecimals;
        List<TradeSum> rows = TradeSum.Rows(tapes[market], minutes * MinuteNs, nowNs, OhlcRowsMax + 1);
        Begin().Add("\""u8).Add(spots[index].Key).Add("\":["u8);
        foreach (TradeSum row in rows)
        {
            text.Add("["u8).Add(row.OpenNs / SecondNs).Add(",\""u8).Add(row.Open, price).Add("\",\""u8)
                .Add(row.High, price).Add("\",\""u8).Add(row.Low, price).Add("\",\""u8).Add(row.Close, price)
                .Add("\",\""u8).Add(row.Mean, row.Count == 0 ? 1 : price).Add("\",\""u8)
                .Add(row.Lots, market.Instrument.QuantityDecimals).Add("\","u8).Add(row.Count).Add("],"u8);
        }

        return text.DropComma().Add("],\"last\":"u8).Add(rows[Math.Max(0, rows.Count - 2)].OpenNs / SecondNs)
            .Add("}}"u8);
    }

    private FrameText Trades(IReadOnlyDictionary<string, string> query)
    {
        int index = IndexOf(query.GetValueOrDefault("pair", ""));
        if (index < 0) return Error(UnknownSymbol);
        bool isNumber = long.TryParse(query.GetValueOrDefault("since", "0"), out long sinceNs)
            & int.TryParse(query.GetValueOrDefault("count", "1000"), out int count);
        if (!isNumber || sinceNs < 0 || count is < 1 or > TradesMax) return Error(WrongArguments);
        SyntheticMarket market = markets[index].Spot;
        long lastNs = sinceNs;
        Begin().Add("\""u8).Add(spots[index].Key).Add("\":["u8);
        foreach (SyntheticTrade trade in tapes[market].After(sinceNs).Take(count))
        {
            lastNs = trade.TimeUs * 1_000;
            text.Add("[\""u8).Add(trade.Price, market.Instrument.PriceDecimals).Add("\",\""u8)
                .Add(trade.Lots, market.Instrument.QuantityDecimals).Add("\","u8).Add(trade.TimeUs, 6)
                .Add(trade.TakerBuys ? ",\"b\",\""u8 : ",\"s\",\""u8).Add(trade.IsMarketOrder ? "m"u8 : "l"u8)
                .Add("\",\"\","u8).Add(trade.Id).Add("],"u8);
        }

        return text.DropComma().Add("],\"last\":\""u8).Add(lastNs).Add("\"}}"u8);
    }

    private FrameText Depth(IReadOnlyDictionary<string, string> query, long nowNs)
    {
        int index = IndexOf(query.GetValueOrDefault("pair", ""));
        if (index < 0) return Error(UnknownSymbol);
        bool isNumber = int.TryParse(query.GetValueOrDefault("count", "100"), out int count)
            && count is >= 1 and <= 500;
        if (!isNumber) return Error(WrongArguments + ":count");
        SyntheticMarket market = markets[index].Spot;
        Begin().Add("\""u8).Add(spots[index].Key).Add("\":{\"asks\":["u8);
        Side(market, market.PublicAsks, count, nowNs);
        text.Add("],\"bids\":["u8);
        Side(market, market.PublicBids, count, nowNs);
        return text.Add("]}}}"u8);
    }

    /// <summary>Best prices as they changed: time in whole seconds, bid, ask.</summary>
    private FrameText Spread(IReadOnlyDictionary<string, string> query, long nowNs)
    {
        int index = IndexOf(query.GetValueOrDefault("pair", ""));
        if (index < 0) return Error(UnknownSymbol);
        if (!long.TryParse(query.GetValueOrDefault("since", "0"), out long since)) return Error(WrongArguments);
        int price = spots[index].PriceDecimals;
        Begin().Add("\""u8).Add(spots[index].Key).Add("\":["u8);
        foreach ((long timeNs, long bid, long ask) in quotes[index].Rows)
        {
            if (timeNs / SecondNs < since) continue;
            text.Add("["u8).Add(timeNs / SecondNs).Add(",\""u8).Add(bid, price).Add("\",\""u8).Add(ask, price)
                .Add("\"],"u8);
        }

        return text.DropComma().Add("],\"last\":"u8).Add(nowNs / SecondNs).Add("}}"u8);
    }

    /// <summary>Both schedules: volume, and percent at two decimals.</summary>
    private void AddFees()
    {
        text.Add("\"fees\":["u8);
        foreach (FeeTier tier in FeeSchedule.Spot) AddStep(tier.VolumeDollars, tier.TakerPoints);
        text.DropComma().Add("],\"fees_maker\":["u8);
        foreach (FeeTier tier in FeeSchedule.Spot) AddStep(tier.VolumeDollars, tier.MakerPoints);
        text.DropComma().Add("],"u8);

        void AddStep(long volume, int points) =>
            text.Add("["u8).Add(volume).Add(","u8).Add(points, 2).Add("],"u8);
    }

    private void Side(SyntheticMarket market, PublicSide side, int count, long nowNs)
    {
        for (int i = 0; i < Math.Min(count, side.Count); i++)
        {
            text.Add("[\""u8).Add(side.PriceAt(i), market.Instrument.PriceDecimals).Add("\",\""u8)
                .Add(side.LotsAt(i), market.Instrument.QuantityDecimals).Add("\","u8).Add(nowNs / SecondNs)
                .Add("],"u8);
        }

        text.DropComma();
    }

    private FrameText Contracts()
    {
        text.Clear().Add("{\"result\":\"success\",\"instruments\":["u8);
        foreach (PerpetualMarket market in markets)
        {
            SyntheticInstrument contract = market.Perpetual.Instrument;
            text.Add("{\"symbol\":\""u8).Add(contract.Symbol)
                .Add("\",\"type\":\"flexible_futures\",\"base\":\""u8).Add(contract.Base)
                .Add("\",\"quote\":\"USD\",\"pair\":\""u8).Add(contract.Base)
                .Add(":USD\",\"tickSize\":"u8).Add(contract.Increment)
                .Add(",\"contractSize\":1,\"tradeable\":true,\"postOnly\":false,\"contractValueTradePrecision\":"u8)
                .Add(contract.QuantityDecimals).Add("},"u8);
        }

        return text.DropComma().Add("]}"u8);
    }

    private FrameText ContractTickers(long nowNs)
    {
        text.Clear().Add("{\"result\":\"success\",\"tickers\":["u8);
        foreach (PerpetualMarket market in markets)
        {
            AddTicker(market, nowNs);
            text.Add(","u8);
        }

        return text.DropComma().Add("]}"u8);
    }

    private FrameText ContractTicker(string symbol, long nowNs)
    {
        if (markets.FirstOrDefault(market => market.Symbol == symbol) is not PerpetualMarket found)
        {
            return text.Clear().Add("{\"result\":\"error\",\"error\":\"contractNotFound\"}"u8);
        }

        text.Clear().Add("{\"result\":\"success\",\"ticker\":"u8);
        AddTicker(found, nowNs);
        return text.Add("}"u8);
    }

    private void AddTicker(PerpetualMarket market, long nowNs)
    {
        int price = market.PriceDecimals;
        TradeSum day = TradeSum.Of(tapes[market.Perpetual].After(nowNs - (1_440 * MinuteNs)), market.LastPrice);
        text.Add("{\"tag\":\"perpetual\",\"symbol\":\""u8).Add(market.Symbol)
            .Add("\",\"markPrice\":"u8).Add(market.MarkPrice, price)
            .Add(",\"indexPrice\":"u8).Add(market.IndexPrice, price)
            .Add(",\"bid\":"u8).Add(market.Perpetual.PublicBids.BestPrice, price)
            .Add(",\"bidSize\":"u8).Add(market.Perpetual.PublicBids.BestLots, market.QuantityDecimals)
            .Add(",\"ask\":"u8).Add(market.Perpetual.PublicAsks.BestPrice, price)
            .Add(",\"askSize\":"u8).Add(market.Perpetual.PublicAsks.BestLots, market.QuantityDecimals)
            .Add(",\"last\":"u8).Add(market.LastPrice, price)
            .Add(",\"open24h\":"u8).Add(day.Open, price)
            .Add(",\"high24h\":"u8).Add(day.High, price)
            .Add(",\"low24h\":"u8).Add(day.Low, price)
            .Add(",\"vol24h\":"u8).Add(day.Lots, market.QuantityDecimals)
            .Add(",\"suspended\":false,\"postOnly\":false}"u8);
    }

    /// <summary>The simulated venue charges none: an empty history of a listed contract.</summary>
    private FrameText Funding(IReadOnlyDictionary<string, string> query)
    {
        string symbol = query.GetValueOrDefault("symbol", "");
        return markets.Any(market => market.Symbol == symbol)
            ? text.Clear().Add("{\"result\":\"success\",\"rates\":[]}"u8)
            : text.Clear().Add("{\"result\":\"error\",\"error\":\"contractNotFound\"}"u8);
    }

    /// <summary>Charts of trades; of mark and index it shows the same prices without volume.</summary>
    private FrameText Chart(string path, IReadOnlyDictionary<string, string> query, long nowNs)
    {
        string[] parts = path["/api/charts/v1/".Length..].Split('/');
        bool isKnown = parts.Length == 3 && parts[0] is "trade" or "mark" or "spot";
        PerpetualMarket? market = isKnown ? markets.FirstOrDefault(one => one.Symbol == parts[1]) : null;
        if (market is null || !Resolutions.TryGetValue(parts[2], out int minutes))
        {
            return text.Clear().Add("{\"errors\":[{\"message\":\"contractNotFound\"}]}"u8);
        }

        long from = long.TryParse(query.GetValueOrDefault("from", "0"), out long asked) ? asked : 0;
        bool hasTo = long.TryParse(query.GetValueOrDefault("to", ""), out long to);
        int price = market.PriceDecimals;
        List<TradeSum> rows = TradeSum.Rows(tapes[market.Perpetual], minutes * MinuteNs, nowNs, int.MaxValue);
        rows.RemoveAll(row => row.OpenNs < from * SecondNs || (hasTo && row.OpenNs > to * SecondNs));
        text.Clear().Add("{\"candles\":["u8);
        foreach (TradeSum row in rows.Take(ChartRowsMax))
        {
            text.Add("{\"time\":"u8).Add(row.OpenNs / 1_000_000).Add(",\"open\":\""u8).Add(row.Open, price)
                .Add("\",\"high\":\""u8).Add(row.High, price).Add("\",\"low\":\""u8).Add(row.Low, price)
                .Add("\",\"close\":\""u8).Add(row.Close, price).Add("\",\"volume\":\""u8)
                .Add(parts[0] == "trade" ? row.Lots : 0, market.QuantityDecimals).Add("\"},"u8);
        }

        return text.DropComma().Add("],\"more_candles\":"u8)
            .Add(rows.Count > ChartRowsMax ? "true}"u8 : "false}"u8);
    }
}
