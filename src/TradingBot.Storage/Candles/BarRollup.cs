using System;
using System.Collections.Generic;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Candles;

/// <summary>Coarse bars from fine ones: exact, at the greatest decimals that occur.</summary>
public static class BarRollup
{
    /// <summary>Whether intervals of one timeframe are made of whole intervals of the other.</summary>
    public static bool CanRoll(Timeframe from, Timeframe to) =>
        to.LengthNs > from.LengthNs && to.LengthNs % from.LengthNs == 0
        && (to.OriginNs - from.OriginNs) % from.LengthNs == 0;

    /// <summary>What lacks a row between the first and the last of some bars, as a ledger that knows nothing
    /// more.</summary>
    public static List<BarGap> HolesIn(IReadOnlyList<BarRow> bars, long lengthNs)
    {
        ArgumentNullException.ThrowIfNull(bars);
        List<BarGap> holes = [];
        for (int i = 1; i < bars.Count; i++)
        {
            long nextNs = bars[i - 1].OpenTimeNs + lengthNs;
            if (bars[i].OpenTimeNs > nextNs)
            {
                holes.Add(new BarGap(nextNs, bars[i].OpenTimeNs, GapState.Detected, "no row"));
            }
        }

        return holes;
    }

    /// <summary>Rolls bars up, oldest first; null when a number leaves its width.</summary>
    /// <param name="fine">Bars of a timeframe that divides the coarse one, oldest first.</param>
    /// <param name="fineLengthNs">Length of their timeframe.</param>
    /// <param name="coarse">What to make.</param>
    /// <param name="gaps">Ledger of the fine bars: a bar with an unsettled gap in it is not complete.</param>
    public static List<BarRow>? Roll(
        IReadOnlyList<BarRow> fine, long fineLengthNs, Timeframe coarse, IReadOnlyList<BarGap> gaps)
    {
        ArgumentNullException.ThrowIfNull(fine);
        ArgumentNullException.ThrowIfNull(gaps);
        List<BarRow> rolled = [];
        int gap = 0;
        for (int i = 0; i < fine.Count;)
        {
            long openNs = coarse.OpenTimeOf(fine[i].OpenTimeNs);
            long closeNs = coarse.CloseTimeOf(openNs);
            BarRow row = fine[i] with { OpenTimeNs = openNs };
            bool complete = fine[i].Complete;
            int next = i + 1;
            for (; next < fine.Count && fine[next].OpenTimeNs < closeNs; next++)
            {
                if (!TryAdd(ref row, fine[next])) return null;
                complete &= fine[next].Complete;
            }

            while (gap < gaps.Count && gaps[gap].ToNs <= openNs) gap++;
            for (int g = gap; g < gaps.Count && gaps[g].FromNs < closeNs; g++)
            {
                complete &= gaps[g].State != GapState.Detected;
            }

            // Nothing is known of what lies before the first and behind the last of the fine bars.
            complete &= fine[0].OpenTimeNs <= openNs && fine[^1].OpenTimeNs + fineLengthNs >= closeNs;
            rolled.Add(row with { Complete = complete });
            i = next;
        }

        return rolled;
    }

    private static bool TryAdd(ref BarRow row, BarRow next)
    {
        byte price = Math.Max(row.PriceDecimals, next.PriceDecimals);
        byte volume = Math.Max(row.VolumeDecimals, next.VolumeDecimals);
        // An interval without trades only repeats the price before it.
        if (next.IsSynthetic && row.IsSynthetic) return true;
        if (!TryWiden(ref row, price, volume) || !TryWiden(ref next, price, volume)) return false;
        if (next.IsSynthetic) return true;
        bool first = row.IsSynthetic;
        row = row with
        {
            Open = first ? next.Open : row.Open,
            High = first ? next.High : Math.Max(row.High, next.High),
            Low = first ? next.Low : Math.Min(row.Low, next.Low),
            Close = next.Close,
            Volume = row.Volume + next.Volume,
            Count = row.Count + next.Count,
        };
        return row.Volume >> 126 == 0;
    }

    private static bool TryWiden(ref BarRow row, byte priceDecimals, byte volumeDecimals)
    {
        int price = priceDecimals - row.PriceDecimals;
        int volume = volumeDecimals - row.VolumeDecimals;
        if (price == 0 && volume == 0) return true;
        bool fits = Pow10.TryScaleUp(row.Open, price, out long open) & Pow10.TryScaleUp(row.High, price, out long high)
            & Pow10.TryScaleUp(row.Low, price, out long low) & Pow10.TryScaleUp(row.Close, price, out long close)
            & row.Volume <= (Int128.One << 126) / Pow10.Of(volume);
        row = row with
        {
            Open = open,
            High = high,
            Low = low,
            Close = close,
            Volume = fits ? row.Volume * Pow10.Of(volume) : 0,
            PriceDecimals = priceDecimals,
            VolumeDecimals = volumeDecimals,
        };
        return fits;
    }
}
