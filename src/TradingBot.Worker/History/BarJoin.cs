using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;

namespace TradingBot.Worker.History;

/// <summary>
/// Makes bars of a longer timeframe out of shorter ones, where every one of them is there and complete.
/// </summary>
internal static class BarJoin
{
    /// <summary>Whether intervals of one timeframe are made of whole intervals of the other.</summary>
    public static bool CanMake(Timeframe from, Timeframe to) =>
        to.LengthNs > from.LengthNs && to.LengthNs % from.LengthNs == 0
        && (to.OriginNs - from.OriginNs) % from.LengthNs == 0;

    /// <summary>The longer bars that the shorter ones hold whole, oldest first.</summary>
    /// <param name="bars">Of the shorter timeframe, by time.</param>
    /// <param name="from">Their timeframe.</param>
    /// <param name="to">The longer one.</param>
    public static List<BarRow> Make(IReadOnlyList<BarRow> bars, Timeframe from, Timeframe to)
    {
        if (!CanMake(from, to)) throw new ArgumentException($"{to} is not made of {from}.", nameof(to));
        List<BarRow> made = [];
        long parts = to.LengthNs / from.LengthNs;
        int first = 0;
        while (first < bars.Count)
        {
            long openNs = to.OpenTimeOf(bars[first].OpenTimeNs);
            int end = first;
            while (end < bars.Count && to.OpenTimeOf(bars[end].OpenTimeNs) == openNs) end++;
            if (end - first == parts && TryJoin(bars, first, end, openNs, out BarRow joined)) made.Add(joined);
            first = end;
        }

        return made;
    }

    private static bool TryJoin(IReadOnlyList<BarRow> bars, int first, int end, long openNs, out BarRow joined)
    {
        joined = default;
        byte priceDecimals = 0;
        byte volumeDecimals = 0;
        int opening = -1;
        int closing = end - 1;
        for (int i = first; i < end; i++)
        {
            if (!bars[i].Complete) return false;
            priceDecimals = Math.Max(priceDecimals, bars[i].PriceDecimals);
            volumeDecimals = Math.Max(volumeDecimals, bars[i].VolumeDecimals);
            if (bars[i].IsSynthetic) continue;
            if (opening < 0) opening = i;
            closing = i;
        }

        // An empty part repeats a price of before: only where all are empty is it the price of the whole.
        bool isEmpty = opening < 0;
        if (isEmpty) opening = first;
        long high = long.MinValue;
        long low = long.MaxValue;
        Int128 volume = 0;
        long count = 0;
        for (int i = first; i < end; i++)
        {
            if (bars[i].IsSynthetic && !isEmpty) continue;
            int digits = priceDecimals - bars[i].PriceDecimals;
            high = Math.Max(high, Scaled(bars[i].High, digits));
            low = Math.Min(low, Scaled(bars[i].Low, digits));
            volume = checked(volume + (bars[i].Volume * Pow10.Of(volumeDecimals - bars[i].VolumeDecimals)));
            count += bars[i].Count;
        }

        joined = new BarRow
        {
            OpenTimeNs = openNs,
            Open = Scaled(bars[opening].Open, priceDecimals - bars[opening].PriceDecimals),
            High = high,
            Low = low,
            Close = Scaled(bars[closing].Close, priceDecimals - bars[closing].PriceDecimals),
            PriceDecimals = priceDecimals,
            Volume = volume,
            VolumeDecimals = volumeDecimals,
            Count = count,
            Complete = true,
        };
        return true;
    }

    private static long Scaled(long mantissa, int digits) => checked(mantissa * Pow10.Of(digits));
}
