using System;
using System.Collections.Immutable;
using System.Text.Json;
using TradingBot.Kraken.Orders;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;

namespace TradingBot.Kraken.Rest;

/// <summary>What must hold of rows before anybody may believe them.</summary>
internal static class OhlcOrder
{
    /// <summary>A row of four prices, open, high, low, close; false when they are not prices in that order.</summary>
    public static bool TryRow(
        long openTimeNs, ReadOnlySpan<JsonElement> prices, Amount volume, long count, out OhlcRow row)
    {
        row = default;
        Span<Amount> read = stackalloc Amount[4];
        int decimals = 0;
        for (int i = 0; i < read.Length; i++)
        {
            if (!JsonFields.TryAmount(prices[i], out read[i]) || read[i].Mantissa <= 0) return false;
            decimals = Math.Max(decimals, read[i].Decimals);
        }

        Span<long> scaled = stackalloc long[4];
        for (int i = 0; i < read.Length; i++)
        {
            if (!Pow10.TryScaleUp(read[i].Mantissa, decimals - read[i].Decimals, out scaled[i])) return false;
        }

        (long open, long high, long low, long close) = (scaled[0], scaled[1], scaled[2], scaled[3]);
        bool isOrdered = low <= Math.Min(open, close) && high >= Math.Max(open, close) && volume.Mantissa >= 0;
        row = new OhlcRow(
            openTimeNs, open, high, low, close, (byte)decimals, volume.Mantissa, (byte)volume.Decimals, count);
        return isOrdered;
    }

    /// <summary>
    /// Appends a row that belongs to the timeframe and comes after the last; the same row again is none.
    /// </summary>
    public static bool TryAdd(
        ImmutableArray<OhlcRow>.Builder rows, in OhlcRow row, Timeframe timeframe, out string fault)
    {
        fault = "";
        if (timeframe.OpenTimeOf(row.OpenTimeNs) != row.OpenTimeNs)
        {
            fault = $"row {rows.Count} does not begin where an interval of {timeframe} begins";
            return false;
        }

        if (rows.Count > 0 && row.OpenTimeNs <= rows[^1].OpenTimeNs)
        {
            if (OhlcRow.AreSame(rows[^1], row)) return true;
            fault = $"row {rows.Count} is not after the row before it";
            return false;
        }

        rows.Add(row);
        return true;
    }
}
