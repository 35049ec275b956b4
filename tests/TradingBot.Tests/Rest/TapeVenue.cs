using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using Xunit;

namespace TradingBot.Tests.Rest;

/// <summary>
/// A venue made of one list of trades per symbol, and bars of it made the obvious way: the slow twin of what is
/// fetched.
/// </summary>
internal sealed class TapeVenue
{
    public const long MinuteNs = 60_000_000_000;
    private readonly Dictionary<string, List<TradePrint>> _tapes = new(StringComparer.Ordinal);

    /// <summary>Altnames, as AAAUSD; one with trades is also a contract PF_AAAUSD.</summary>
    public List<string> Listed { get; } = [];

    /// <summary>Rows of a page of trades.</summary>
    public int PageRows { get; init; } = 1_000;

    /// <summary>Contracts are those of listed symbols that have trades.</summary>
    private IEnumerable<string> Contracts => Listed.Where(_tapes.ContainsKey);

    /// <summary>Rows of OHLC, the running one among them; one less before its first trade.</summary>
    public int OhlcRows { get; init; } = 721;

    /// <summary>Answers in the venue's place where it returns something.</summary>
    public Func<string, StandInReply?> Instead { get; set; } = _ => null;

    /// <summary>Intervals without trades are shown as rows of no volume; else they are left out.</summary>
    public bool ShowsEmpty { get; init; } = true;

    /// <summary>The venue's clock, Unix ns.</summary>
    public Func<long> Now { get; init; } = () =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Lists a symbol whose trades are drawn: several may have one stamp, some minutes have none.</summary>
    public List<TradePrint> Add(string asset, Random random, long fromNs, long toNs, bool withIds = true)
    {
        List<TradePrint> tape = [];
        long id = random.Next(1, 1_000_000);
        long price = 100_000;
        for (long timeNs = fromNs; timeNs < toNs; timeNs += random.Next(1, 60) * 1_000_000_000L)
        {
            // Half a microsecond and more apart, as rows are rounded there.
            int same = random.Next(10) == 0 ? random.Next(2, 6) : 1;
            for (int i = 0; i < same; i++)
            {
                price = Math.Max(1_000, price + random.Next(-50, 51));
                tape.Add(new TradePrint(
                    timeNs, withIds ? id++ : 0, price, 1, random.Next(1, 1_000_000), 4,
                    random.Next(2) == 0 ? Side.Buy : Side.Sell));
            }

            if (random.Next(40) == 0) timeNs += random.Next(60, 400) * 1_000_000_000L;
        }

        List(asset);
        _tapes[asset + "USD"] = tape;
        return tape;
    }

    public void List(string asset)
    {
        if (!Listed.Contains(asset + "USD")) Listed.Add(asset + "USD");
    }

    public void Delist(string asset) => Listed.Remove(asset + "USD");

    /// <summary>Rows equal those of the tape, each once, with none missing between the first and the last.</summary>
    public static void AreThoseOf(List<TradePrint> tape, IReadOnlyList<BarRow> rows, string timeframe)
    {
        Assert.NotEmpty(rows);
        Assert.True(Timeframe.TryParse(timeframe, out Timeframe length));
        long lengthNs = length.LengthNs;
        List<BarRow> expected = Bars(tape, lengthNs, rows[0].OpenTimeNs, rows[^1].OpenTimeNs + lengthNs);
        Assert.Equal(expected.Select(row => row.OpenTimeNs), rows.Select(row => row.OpenTimeNs));
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.True(rows[i].HasValuesOf(expected[i]), $"{rows[i]} is not {expected[i]}");
            Assert.True(rows[i].Complete);
        }
    }

    /// <summary>Bars of a tape between two times, the obvious way.</summary>
    public static List<BarRow> Bars(IEnumerable<TradePrint> tape, long lengthNs, long fromNs, long untilNs)
    {
        List<BarRow> bars = [];
        ILookup<long, TradePrint> byOpen = tape.ToLookup(trade => trade.TimeNs - (trade.TimeNs % lengthNs));
        long? close = tape.Where(trade => trade.TimeNs < fromNs).Select(trade => (long?)trade.Price).LastOrDefault();
        for (long open = fromNs - (fromNs % lengthNs); open < untilNs; open += lengthNs)
        {
            TradePrint[] trades = [.. byOpen[open]];
            if (trades.Length == 0 && close is null) continue;
            close = trades.Length > 0 ? trades[^1].Price : close;
            bars.Add(new BarRow
            {
                OpenTimeNs = open,
                Open = trades.Length > 0 ? trades[0].Price : close!.Value,
                High = trades.Length > 0 ? trades.Max(trade => trade.Price) : close!.Value,
                Low = trades.Length > 0 ? trades.Min(trade => trade.Price) : close!.Value,
                Close = close!.Value,
                PriceDecimals = 1,
                Volume = trades.Sum(trade => trade.Quantity),
                VolumeDecimals = 4,
                Count = trades.Length,
                Complete = true,
            });
        }

        return bars;
    }

    public StandInReply Answer(string path)
    {
        if (Instead(path) is { } reply) return reply;
        Uri uri = new("http://venue" + path);
        Dictionary<string, string> query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(part => part.Split('=')[0], part => Uri.UnescapeDataString(part.Split('=')[1]));
        return uri.AbsolutePath switch
        {
            "/0/public/Time" => Ok($"{{\"unixtime\":{Now() / 1_000_000_000},\"rfc1123\":\"\"}}"),
            "/0/public/SystemStatus" => Ok("{\"status\":\"online\"}"),
            "/0/public/AssetPairs" => Ok(Object(Listed.Select(Describe))),
            "/0/public/Ticker" => Ok(Object(Listed.Select(name => $"\"X{name}\":{{\"a\":[\"100.1\",\"1\",\"1\"],"
                + "\"b\":[\"100.0\",\"1\",\"1\"],\"c\":[\"100.0\",\"1\"],\"v\":[\"1\",\"90000\"],"
                + "\"p\":[\"100\",\"100\"]}"))),
            "/0/public/OHLC" => Ohlc(query),
            "/0/public/Trades" => Trades(query),
            "/derivatives/api/v3/instruments" => Success("instruments", Contracts.Select(name =>
                $"{{\"symbol\":\"PF_{name}\",\"type\":\"flexible_futures\",\"base\":\"{name[..^3]}\",\"quote\":\"USD\","
                + "\"tickSize\":0.1,\"tradeable\":true,\"postOnly\":false,\"contractValueTradePrecision\":2}")),
            "/derivatives/api/v3/tickers" => Success("tickers", Contracts.Select(name =>
                $"{{\"tag\":\"perpetual\",\"symbol\":\"PF_{name}\",\"markPrice\":100.0,\"bid\":100.0,\"ask\":100.1,"
                + "\"volumeQuote\":9000000}")),
            "/derivatives/api/v4/historicalfundingrates" => Success("rates",
                [
                    "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"fundingRate\":-1.5e-09,\"relativeFundingRate\":2e-05}",
                    "{\"timestamp\":\"2026-01-01T01:00:00Z\",\"fundingRate\":1e-09,\"relativeFundingRate\":1e-05}",
                ]),
            _ when uri.AbsolutePath.StartsWith("/api/charts/v1/", StringComparison.Ordinal) =>
                Chart(uri.AbsolutePath.Split('/')[^3..], query),
            _ => StandInReply.Error("EGeneral:Unknown method"),
        };
    }

    private static StandInReply Ok(string result) => new("{\"error\":[],\"result\":" + result + "}");

    private static StandInReply Success(string name, IEnumerable<string> items) =>
        new("{\"result\":\"success\",\"" + name + "\":[" + string.Join(',', items) + "]}");

    private static string Object(IEnumerable<string> members) => "{" + string.Join(',', members) + "}";

    private static string Describe(string name) =>
        $"\"X{name}\":{{\"altname\":\"{name}\",\"wsname\":\"{name[..^3]}/USD\","
        + "\"aclass_base\":\"currency\",\"base\":\"X\",\"quote\":\"ZUSD\",\"pair_decimals\":1,\"lot_decimals\":4,"
        + "\"ordermin\":\"0.01\",\"costmin\":\"0.5\",\"tick_size\":\"0.1\",\"status\":\"online\"}";

    private StandInReply Ohlc(Dictionary<string, string> query)
    {
        if (!_tapes.TryGetValue(query["pair"], out List<TradePrint>? tape) || !Listed.Contains(query["pair"]))
        {
            return StandInReply.Error("EQuery:Unknown asset pair");
        }

        long lengthNs = long.Parse(query["interval"], CultureInfo.InvariantCulture) * MinuteNs;
        List<BarRow> rows = [.. Rows(tape, lengthNs).TakeLast(OhlcRows)];
        StringBuilder text = new("{\"X" + query["pair"] + "\":[");
        text.AppendJoin(',', rows.Select(row => string.Create(CultureInfo.InvariantCulture,
            $"[{row.OpenTimeNs / 1_000_000_000},\"{Dec(row.Open, 1)}\",\"{Dec(row.High, 1)}\",\"{Dec(row.Low, 1)}\","
            + $"\"{Dec(row.Close, 1)}\",\"0.0\",\"{Dec((long)row.Volume, 4)}\",{row.Count}]")));
        return Ok(text.Append("],\"last\":0}").ToString());
    }

    private List<BarRow> Rows(List<TradePrint> tape, long lengthNs)
    {
        List<BarRow> rows = Bars(tape.Where(trade => trade.TimeNs <= Now()), lengthNs, tape[0].TimeNs, Now());
        if (!ShowsEmpty) rows.RemoveAll(row => row.Count == 0);
        return rows;
    }

    private StandInReply Trades(Dictionary<string, string> query)
    {
        if (!_tapes.TryGetValue(query["pair"], out List<TradePrint>? tape))
        {
            return StandInReply.Error("EQuery:Unknown asset pair");
        }

        long since = long.Parse(query["since"], CultureInfo.InvariantCulture);
        int count = Math.Min(PageRows, int.Parse(query["count"], CultureInfo.InvariantCulture));
        TradePrint[] page = [.. tape.Where(trade => trade.TimeNs > since && trade.TimeNs <= Now()).Take(count)];
        string rows = string.Join(',', page.Select(trade => string.Create(CultureInfo.InvariantCulture,
            $"[\"{Dec(trade.Price, 1)}\",\"{Dec(trade.Quantity, 4)}\",{Dec(trade.TimeNs, 9)},"
            + $"\"{(trade.Side == Side.Buy ? "b" : "s")}\",\"l\",\"\""
            + $"{(trade.TradeId > 0 ? "," + trade.TradeId : "")}]")));
        long last = page.Length > 0 ? page[^1].TimeNs : since;
        return Ok("{\"X" + query["pair"] + "\":[" + rows + "],\"last\":\"" + last + "\"}");
    }

    private StandInReply Chart(string[] parts, Dictionary<string, string> query)
    {
        if (!_tapes.TryGetValue(parts[1][3..], out List<TradePrint>? tape))
        {
            return new StandInReply("{\"errors\":[{\"message\":\"contractNotFound\"}]}", 404);
        }

        long lengthNs = parts[2] switch { "1m" => 1, "15m" => 15, "1h" => 60, "4h" => 240, _ => 1_440 } * MinuteNs;
        long from = long.Parse(query["from"], CultureInfo.InvariantCulture) * 1_000_000_000;
        List<BarRow> rows = [.. Rows(tape, lengthNs).Where(row => row.OpenTimeNs >= from)];
        string items = string.Join(',', rows.Take(PageRows).Select(row => string.Create(CultureInfo.InvariantCulture,
            $"{{\"time\":{row.OpenTimeNs / 1_000_000},\"open\":\"{Dec(row.Open, 1)}\",\"high\":\"{Dec(row.High, 1)}\","
            + $"\"low\":\"{Dec(row.Low, 1)}\",\"close\":\"{Dec(row.Close, 1)}\","
            + $"\"volume\":{Dec((long)row.Volume, 4)}}}")));
        return new StandInReply(
            "{\"candles\":[" + items + "],\"more_candles\":" + (rows.Count > PageRows ? "true" : "false") + "}");
    }

    private static string Dec(long mantissa, int decimals) => DecimalText.Of(mantissa, decimals);
}
