using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;

namespace TradingBot.Tests.Twins;

/// <summary>The slow twin of the indicators: whole series in and out, every value from its definition.</summary>
/// <remarks>Null = not enough input yet, or not defined (a division by zero).</remarks>
internal static class NaiveIndicators
{
    /// <summary>Exponential mean with weight 2/(n+1), seeded with the simple mean of the first n values.</summary>
    public static double?[] Ema(IReadOnlyList<double> values, int n) => Smooth(values, n, 2.0 / (n + 1));

    /// <summary>Wilder's average true range, seeded with the mean of n; the first bar's range is high − low.</summary>
    public static double?[] Atr(IReadOnlyList<(double High, double Low, double Close)> bars, int n)
    {
        double[] ranges = [.. bars.Select((bar, i) => i == 0
            ? bar.High - bar.Low
            : Math.Max(bar.High, bars[i - 1].Close) - Math.Min(bar.Low, bars[i - 1].Close))];
        return Smooth(ranges, n, 1.0 / n);
    }

    /// <summary>Wilder's relative strength index, seeded with the mean of the first n gains and losses.</summary>
    public static double?[] Rsi(IReadOnlyList<double> closes, int n)
    {
        double[] changes = [.. closes.Skip(1).Zip(closes, (now, before) => now - before)];
        double?[] gains = Smooth([.. changes.Select(change => Math.Max(change, 0))], n, 1.0 / n);
        double?[] losses = Smooth([.. changes.Select(change => Math.Max(-change, 0))], n, 1.0 / n);
        IEnumerable<double?> values = gains.Zip(losses, (gain, loss) => Ratio(100 * gain, gain + loss));
        // The first close has no change.
        return closes.Count == 0 ? [] : [null, .. values];
    }

    /// <summary>Distance from the mean of the last n values, in population standard deviations of them.</summary>
    public static double?[] ZScore(IReadOnlyList<double> values, int n) => Windows(values, n, window =>
    {
        double mean = window.Average();
        double deviation = Math.Sqrt(window.Average(value => (value - mean) * (value - mean)));
        return Ratio(window[^1] - mean, deviation);
    });

    /// <summary>Bought minus sold over all of the last n trades.</summary>
    public static double?[] TradeFlowImbalance(IReadOnlyList<(Side Taker, double Quantity)> trades, int n) =>
        Windows(trades, n, window => Ratio(
            window.Sum(trade => trade.Taker switch
            {
                Side.Buy => trade.Quantity,
                Side.Sell => -trade.Quantity,
                _ => 0,
            }),
            window.Sum(trade => trade.Quantity)));

    public static double? BookImbalance(double bidQuantity, double askQuantity) =>
        Ratio(bidQuantity - askQuantity, bidQuantity + askQuantity);

    /// <summary>The mid, leaning towards the side with less quantity.</summary>
    public static double? Microprice(double bid, double bidQuantity, double ask, double askQuantity) =>
        Ratio((bid * askQuantity) + (ask * bidQuantity), bidQuantity + askQuantity);

    private static double?[] Smooth(IReadOnlyList<double> values, int n, double weight)
    {
        double?[] means = new double?[values.Count];
        for (int i = n - 1; i < values.Count; i++)
        {
            means[i] = i == n - 1
                ? values.Take(n).Average()
                : means[i - 1] + (weight * (values[i] - means[i - 1]));
        }

        return means;
    }

    private static double?[] Windows<T>(IReadOnlyList<T> values, int n, Func<T[], double?> of) =>
        [.. values.Select((_, i) => i < n - 1 ? null : of([.. values.Skip(i - n + 1).Take(n)]))];

    private static double? Ratio(double? numerator, double? denominator) =>
        denominator == 0 ? null : numerator / denominator;
}
