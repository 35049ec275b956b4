using System;
using System.Collections.Generic;

namespace TradingBot.Storage.Candles;

/// <summary>A bar that two sources tell differently.</summary>
public readonly record struct BarDifference(BarRow Own, BarRow Other);

/// <summary>Bars of one symbol and timeframe from two sources, compared one by one.</summary>
/// <param name="Equal">Bars with the same prices, volume and count.</param>
/// <param name="Rounded">Those of them whose volume has the error of a sum of binary floats: less than a
/// millionth.</param>
/// <param name="Differences">Bars that both have and tell differently.</param>
/// <param name="NotCompared">Bars that both have at the ends of the own ones, or that are still open: part of their
/// interval is not there.</param>
/// <param name="OnlyOwn">Bars between the ends that the other source has not.</param>
/// <param name="OnlyOther">Bars between the ends that we have not.</param>
/// <param name="Proven">Open times of the equal bars, in order.</param>
public sealed record BarTieOut(
    long Equal, long Rounded, IReadOnlyList<BarDifference> Differences, long NotCompared, long OnlyOwn,
    long OnlyOther, IReadOnlyList<long> Proven)
{
    /// <summary>Compares bars, both oldest first.</summary>
    public static BarTieOut Of(IReadOnlyList<BarRow> own, IReadOnlyList<BarRow> other)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(other);
        List<BarDifference> differences = [];
        List<long> proven = [];
        (long notCompared, long onlyOwn, long onlyOther, long rounded) = (0, 0, 0, 0);
        (int i, int j) = (0, 0);
        while (i < own.Count && j < other.Count)
        {
            int order = own[i].OpenTimeNs.CompareTo(other[j].OpenTimeNs);
            if (order < 0)
            {
                // Before the other's first bar nothing is expected of it.
                if (j > 0 && !own[i].IsSynthetic) onlyOwn++;
                i++;
            }
            else if (order > 0)
            {
                if (i > 0 && !other[j].IsSynthetic) onlyOther++;
                j++;
            }
            else
            {
                bool isEnd = i == 0 || i == own.Count - 1;
                bool agrees = own[i].AgreesWith(other[j], out bool isRounded);
                if (agrees && !isEnd)
                {
                    proven.Add(own[i].OpenTimeNs);
                    if (isRounded) rounded++;
                }
                // A row that was never proven closed may well be another one; that it is equal shows it was closed.
                else if (isEnd || !other[j].Complete) notCompared++;
                else differences.Add(new BarDifference(own[i], other[j]));
                i++;
                j++;
            }
        }

        return new BarTieOut(proven.Count, rounded, differences, notCompared, onlyOwn, onlyOther, proven);
    }
}
