using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Bars;

namespace TradingBot.Kraken.Rest;

/// <summary>Reads the answers of derivatives market data: charts, funding, tickers.</summary>
/// <remarks>https://docs.kraken.com/api/docs/futures-api; the interface is announced to end on 2027-03-01.</remarks>
public static class DerivativesReader
{
    private const long NanosPerMs = 1_000_000;

    /// <summary>Resolutions of charts whose intervals begin where ours do.</summary>
    public static readonly ImmutableArray<string> Timeframes = ["1m", "5m", "15m", "30m", "1h", "4h", "12h", "1d"];

    /// <summary>
    /// A reader of chart rows of one timeframe; no row at all is an answer only where the caller says so.
    /// </summary>
    /// <param name="timeframe">Of the rows.</param>
    /// <param name="hasVolume">Charts of trades have; of mark and index they show zero, and mean nothing by it.</param>
    /// <param name="mayBeEmpty">Before its listing an instrument has no rows.</param>
    public static RestReader<OhlcPage> Charts(Timeframe timeframe, bool hasVolume, bool mayBeEmpty) =>
        (JsonElement root, out string fault) =>
        {
            fault = "the answer is not a list of rows";
            bool isList = root.TryGetProperty("candles"u8, out JsonElement rows)
                && rows.ValueKind == JsonValueKind.Array;
            if (!isList) return null;
            ImmutableArray<OhlcRow>.Builder read = ImmutableArray.CreateBuilder<OhlcRow>(rows.GetArrayLength());
            foreach (JsonElement row in rows.EnumerateArray())
            {
                if (!TryRow(row, hasVolume, out OhlcRow one))
                {
                    fault = $"row {read.Count} is no chart row: {row.GetRawText()}";
                    return null;
                }

                if (!OhlcOrder.TryAdd(read, one, timeframe, out fault)) return null;
            }

            bool hasMore = root.TryGetProperty("more_candles"u8, out JsonElement more)
                && more.ValueKind == JsonValueKind.True;
            if (read.Count > 0 || (mayBeEmpty && !hasMore)) return new OhlcPage(read.ToImmutable(), hasMore);
            fault = "no row, where at least one must be";
            return null;
        };

    /// <summary>All of a contract's funding that the venue keeps, oldest first.</summary>
    public static IReadOnlyList<FundingRow>? ReadFunding(JsonElement root, out string fault)
    {
        fault = "the answer is not a list of rates";
        bool isList = root.TryGetProperty("rates"u8, out JsonElement rates) && rates.ValueKind == JsonValueKind.Array;
        if (!isList) return null;
        List<FundingRow> rows = [];
        foreach (JsonElement rate in rates.EnumerateArray())
        {
            bool isRead = rate.ValueKind == JsonValueKind.Object
                && JsonFields.TimeOf(rate, "timestamp"u8) > 0
                && rate.TryGetProperty("fundingRate"u8, out JsonElement absolute)
                && absolute.ValueKind == JsonValueKind.Number;
            if (!isRead)
            {
                fault = $"rate {rows.Count} is no funding rate: {rate.GetRawText()}";
                return null;
            }

            string relative = rate.TryGetProperty("relativeFundingRate"u8, out JsonElement told)
                && told.ValueKind == JsonValueKind.Number ? told.GetRawText() : "";
            rows.Add(new FundingRow(
                JsonFields.TimeOf(rate, "timestamp"u8), rate.GetProperty("fundingRate"u8).GetRawText(), relative));
        }

        rows.Sort((left, right) => left.TimeNs.CompareTo(right.TimeNs));
        return rows;
    }

    /// <summary>Tickers of all contracts; indices are left out.</summary>
    public static IReadOnlyList<MarketTicker>? ReadTickers(JsonElement root, out string fault)
    {
        fault = "the answer holds no tickers";
        bool isList = root.TryGetProperty("tickers"u8, out JsonElement list) && list.ValueKind == JsonValueKind.Array;
        if (!isList) return null;
        List<MarketTicker> tickers = [];
        foreach (JsonElement entry in list.EnumerateArray())
        {
            bool isNamed = entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("symbol"u8, out JsonElement symbol) && symbol.ValueKind == JsonValueKind.String;
            if (!isNamed) return null;
            if (!entry.TryGetProperty("tag"u8, out _)) continue;
            decimal? bid = Of(entry, "bid");
            decimal? ask = Of(entry, "ask");
            decimal? price = Of(entry, "markPrice") ?? (bid > 0 && ask > 0 ? (bid + ask) / 2 : Of(entry, "last"));
            decimal? volume = Of(entry, "volumeQuote") ?? (Of(entry, "vol24h") * price);
            tickers.Add(new MarketTicker(
                entry.GetProperty("symbol"u8).GetString()!, volume, SpotReader.SpreadPpm(bid, ask), price));
        }

        return tickers.Count > 0 ? tickers : null;
    }

    private static decimal? Of(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) ? SpotReader.Number(value) : null;

    private static bool TryRow(JsonElement row, bool hasVolume, out OhlcRow read)
    {
        read = default;
        if (row.ValueKind != JsonValueKind.Object) return false;
        bool isRead = JsonFields.TryInteger(row, "time"u8, out long timeMs) && timeMs is > 0 and < 8_000_000_000_000
            && row.TryGetProperty("open"u8, out _) && row.TryGetProperty("high"u8, out _)
            && row.TryGetProperty("low"u8, out _) && row.TryGetProperty("close"u8, out _);
        if (!isRead) return false;
        Amount volume = default;
        bool hasOne = row.TryGetProperty("volume"u8, out JsonElement told) && JsonFields.TryAmount(told, out volume);
        if (hasVolume && !hasOne) return false;
        long count = hasVolume && volume.Mantissa == 0 ? 0 : 1;
        return OhlcOrder.TryRow(
            timeMs * NanosPerMs,
            [
                row.GetProperty("open"u8), row.GetProperty("high"u8), row.GetProperty("low"u8),
                row.GetProperty("close"u8),
            ],
            hasVolume ? volume : default, count, out read);
    }
}
