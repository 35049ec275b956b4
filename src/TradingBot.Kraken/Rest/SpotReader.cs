using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;

namespace TradingBot.Kraken.Rest;

/// <summary>Reads the answers of spot market data.</summary>
/// <remarks>https://docs.kraken.com/api/docs/rest-api: Time, SystemStatus, OHLC, Trades, Ticker.</remarks>
public static class SpotReader
{
    private const long NanosPerSecond = 1_000_000_000;
    private const int OhlcFields = 8;
    private const int TradeFieldsMin = 6;

    /// <summary>Timeframes whose intervals begin where ours do; Kraken's weeks begin on Thursday.</summary>
    public static readonly ImmutableArray<string> Timeframes = ["1m", "5m", "15m", "30m", "1h", "4h", "1d"];

    /// <summary>The value of <c>interval</c>, in minutes.</summary>
    public static long IntervalOf(Timeframe timeframe) => timeframe.LengthNs / (60 * NanosPerSecond);

    /// <summary>The venue's time, whole seconds, as Unix ns in text form ready for comparison.</summary>
    public static VenueTime? ReadTime(JsonElement root, out string fault)
    {
        fault = "no unixtime in the answer";
        JsonElement result = root.GetProperty("result"u8);
        bool isRead = result.ValueKind == JsonValueKind.Object
            && JsonFields.TryInteger(result, "unixtime"u8, out long seconds) && seconds is > 0 and < 8_000_000_000;
        if (!isRead) return null;
        JsonFields.TryInteger(result, "unixtime"u8, out seconds);
        return new VenueTime(seconds * NanosPerSecond);
    }

    /// <summary>The venue's mode: online, maintenance, cancel_only, post_only or limit_only.</summary>
    public static string? ReadStatus(JsonElement root, out string fault)
    {
        fault = "no status in the answer";
        JsonElement result = root.GetProperty("result"u8);
        bool isText = result.ValueKind == JsonValueKind.Object
            && result.TryGetProperty("status"u8, out JsonElement status) && status.ValueKind == JsonValueKind.String;
        return isText ? result.GetProperty("status"u8).GetString() : null;
    }

    /// <summary>A reader of OHLC rows of one timeframe: aligned, ascending, and at least one.</summary>
    /// <param name="timeframe">Of the rows.</param>
    /// <param name="names">Names of the instrument asked for; rows of another one are refused. Empty: any.</param>
    public static RestReader<OhlcPage> Ohlc(Timeframe timeframe, IReadOnlyCollection<string> names) =>
        (JsonElement root, out string fault) => ReadOhlc(root, timeframe, names, out fault);

    private static OhlcPage? ReadOhlc(
        JsonElement root, Timeframe timeframe, IReadOnlyCollection<string> names, out string fault)
    {
        if (!TryRows(root, names, out JsonElement rows, out fault)) return null;
        ImmutableArray<OhlcRow>.Builder read = ImmutableArray.CreateBuilder<OhlcRow>(rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (!TryOhlc(row, out OhlcRow one))
            {
                fault = $"row {read.Count} is no OHLC row: {row.GetRawText()}";
                return null;
            }

            if (!OhlcOrder.TryAdd(read, one, timeframe, out fault)) return null;
        }

        if (read.Count > 0) return new OhlcPage(read.ToImmutable(), HasMore: false);
        fault = "no row, where at least the running interval must be";
        return null;
    }

    /// <summary>A page of trades and its cursor.</summary>
    public static TradePage? ReadTrades(JsonElement root, IReadOnlyCollection<string> names, out string fault)
    {
        if (!TryRows(root, names, out JsonElement rows, out fault)) return null;
        JsonElement last = root.GetProperty("result"u8).TryGetProperty("last"u8, out JsonElement told) ? told : default;
        if (!JsonFields.TryAmount(last, out Amount cursor) || cursor.Decimals != 0 || cursor.Mantissa < 0)
        {
            fault = "no cursor named last";
            return null;
        }

        ImmutableArray<TradePrint>.Builder read = ImmutableArray.CreateBuilder<TradePrint>(rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            if (!TryTrade(row, out TradePrint trade))
            {
                fault = $"row {read.Count} is no trade: {row.GetRawText()}";
                return null;
            }

            if (read.Count > 0 && trade.TimeNs < read[^1].TimeNs)
            {
                fault = $"row {read.Count} is older than the row before it";
                return null;
            }

            read.Add(trade);
        }

        return new TradePage(read.ToImmutable(), cursor.Mantissa);
    }

    /// <summary>Tickers of all instruments, by the names of the answer.</summary>
    public static IReadOnlyList<MarketTicker>? ReadTickers(JsonElement root, out string fault)
    {
        fault = "the result holds no tickers";
        JsonElement result = root.GetProperty("result"u8);
        if (result.ValueKind != JsonValueKind.Object) return null;
        List<MarketTicker> tickers = [];
        foreach (JsonProperty entry in result.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object) return null;
            decimal? bid = At(entry.Value, "b", 0);
            decimal? ask = At(entry.Value, "a", 0);
            decimal? price = bid > 0 && ask > 0 ? (bid + ask) / 2 : At(entry.Value, "c", 0);
            decimal? volume = At(entry.Value, "v", 1) * At(entry.Value, "p", 1);
            tickers.Add(new MarketTicker(entry.Name, volume, SpreadPpm(bid, ask), price));
        }

        return tickers.Count > 0 ? tickers : null;
    }

    /// <summary>(ask − bid) ÷ middle, rounded up; null without two sides the right way round.</summary>
    public static long? SpreadPpm(decimal? bid, decimal? ask) => bid > 0 && ask >= bid
        ? (long)decimal.Ceiling((ask.Value - bid.Value) * 2_000_000 / (ask.Value + bid.Value))
        : null;

    /// <summary>The one member of the result that is not the cursor: its name is the venue's to choose.</summary>
    private static bool TryRows(
        JsonElement root, IReadOnlyCollection<string> names, out JsonElement rows, out string fault)
    {
        rows = default;
        string name = "";
        fault = "the result is not one list of rows";
        JsonElement result = root.GetProperty("result"u8);
        if (result.ValueKind != JsonValueKind.Object) return false;
        int lists = 0;
        foreach (JsonProperty entry in result.EnumerateObject())
        {
            if (entry.NameEquals("last"u8)) continue;
            rows = entry.Value;
            name = entry.Name;
            lists++;
        }

        if (lists != 1 || rows.ValueKind != JsonValueKind.Array) return false;
        bool isAsked = names.Count == 0;
        foreach (string own in names) isAsked |= own == name;
        if (!isAsked) fault = $"the rows are of {name}, which was not asked for";
        return isAsked;
    }

    private static bool TryOhlc(JsonElement row, out OhlcRow read)
    {
        read = default;
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() < OhlcFields) return false;
        bool isRead = JsonFields.TryAmount(row[0], out Amount time) & JsonFields.TryAmount(row[6], out Amount volume)
            & JsonFields.TryAmount(row[7], out Amount count);
        if (!isRead || time.Decimals != 0 || time.Mantissa is <= 0 or > 8_000_000_000) return false;
        if (count.Decimals != 0 || count.Mantissa < 0) return false;
        return OhlcOrder.TryRow(
            time.Mantissa * NanosPerSecond, [row[1], row[2], row[3], row[4]], volume, count.Mantissa, out read);
    }

    private static bool TryTrade(JsonElement row, out TradePrint trade)
    {
        trade = default;
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() < TradeFieldsMin) return false;
        bool isRead = JsonFields.TryAmount(row[0], out Amount price) & JsonFields.TryAmount(row[1], out Amount quantity)
            & JsonFields.TryAmount(row[2], out Amount time);
        if (!isRead || price.Mantissa <= 0 || quantity.Mantissa < 0 || !TryNanos(time, out long timeNs)) return false;
        Side side = row[3].ValueKind != JsonValueKind.String ? Side.None
            : row[3].ValueEquals("b"u8) ? Side.Buy : row[3].ValueEquals("s"u8) ? Side.Sell : Side.None;
        long id = 0;
        bool hasId = row.GetArrayLength() > TradeFieldsMin && JsonFields.TryAmount(row[6], out Amount told)
            && told.Decimals == 0 && (id = told.Mantissa) >= 0;
        trade = new TradePrint(
            timeNs, hasId ? id : 0, price.Mantissa, (byte)price.Decimals, quantity.Mantissa, (byte)quantity.Decimals,
            side);
        return true;
    }

    /// <summary>Seconds with a fraction to ns: further digits are below the venue's own resolution.</summary>
    private static bool TryNanos(Amount seconds, out long ns)
    {
        ns = 0;
        if (seconds.Mantissa <= 0) return false;
        if (seconds.Decimals <= 9) return Pow10.TryScaleUp(seconds.Mantissa, 9 - seconds.Decimals, out ns);
        ns = seconds.Mantissa / Pow10.Of(seconds.Decimals - 9);
        return true;
    }

    private static decimal? At(JsonElement owner, string name, int index)
    {
        bool isThere = owner.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > index;
        return isThere ? Number(list[index]) : null;
    }

    /// <summary>A number of a report; null when it is absent or not one.</summary>
    internal static decimal? Number(JsonElement value)
    {
        string? text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : null;
    }
}

/// <summary>What time it is at the venue, as far as it says: whole seconds.</summary>
public sealed record VenueTime(long UnixNs);
