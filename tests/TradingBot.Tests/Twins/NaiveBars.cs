using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using TradingBot.Market.Values;

namespace TradingBot.Tests.Twins;

/// <summary>A trade at its instrument's decimals.</summary>
internal readonly record struct NaiveTrade(long TimeNs, long Price, long Quantity, Side Taker)
{
    public BigInteger Notional => (BigInteger)Price * Quantity;

    /// <summary>Positive when the taker bought; a trade of unknown side counts nothing.</summary>
    public BigInteger SignedQuantity => Taker switch
    {
        Side.Buy => Quantity,
        Side.Sell => -Quantity,
        _ => 0,
    };
}

/// <summary>One bar; notional is at the sum of the price's and the quantity's decimals.</summary>
internal sealed record NaiveBar(
    long OpenTimeNs,
    long CloseTimeNs,
    long Open,
    long High,
    long Low,
    long Close,
    BigInteger Volume,
    BigInteger Notional,
    BigInteger SignedVolume,
    long Count)
{
    /// <summary>False for the last bar of a list while its end is not known.</summary>
    public bool Closed { get; init; } = true;
}

/// <summary>The slow twin of the bar aggregators: a list of trades in, the list of bars out.</summary>
internal static class NaiveBars
{
    private const long DayNs = 86_400L * 1_000_000_000;
    private const long WeekNs = 7 * DayNs;

    /// <summary>1970-01-01 was a Thursday; the first Monday came four days later.</summary>
    private const long FirstMondayNs = 4 * DayNs;

    /// <summary>Bars of equal length, aligned to 1970-01-01 00:00 UTC; weeks begin on Monday 00:00 UTC.</summary>
    /// <param name="trades">In any order of time; open and close are the first and last of the list.</param>
    /// <param name="lengthNs">Length of an interval.</param>
    /// <param name="fillEmpty">Empty intervals between the first and the last repeat the previous close.</param>
    public static List<NaiveBar> Time(IEnumerable<NaiveTrade> trades, long lengthNs, bool fillEmpty = false)
    {
        List<NaiveBar> bars = [];
        foreach (IGrouping<long, NaiveTrade> interval in trades
            .GroupBy(trade => IntervalStart(trade.TimeNs, lengthNs))
            .OrderBy(interval => interval.Key))
        {
            while (fillEmpty && bars.Count > 0 && bars[^1].CloseTimeNs < interval.Key)
            {
                long close = bars[^1].Close;
                long start = bars[^1].CloseTimeNs;
                bars.Add(new NaiveBar(start, start + lengthNs, close, close, close, close, 0, 0, 0, 0));
            }

            bars.Add(BarOf([.. interval], interval.Key, interval.Key + lengthNs));
        }

        // Nothing after the last trade says that its interval is over.
        if (bars.Count > 0) bars[^1] = bars[^1] with { Closed = false };
        return bars;
    }

    public static long IntervalStart(long timeNs, long lengthNs)
    {
        long origin = lengthNs == WeekNs ? FirstMondayNs : 0;
        BigInteger past = BigInteger.Remainder((BigInteger)timeNs - origin, lengthNs);
        return timeNs - (long)(past < 0 ? past + lengthNs : past);
    }

    /// <summary>Closes after <paramref name="count"/> trades.</summary>
    public static List<NaiveBar> Tick(IEnumerable<NaiveTrade> trades, long count) =>
        Split(trades, bar => bar.Count >= count);

    /// <summary>Closes with the trade at which the summed quantity reaches the threshold.</summary>
    public static List<NaiveBar> Volume(IEnumerable<NaiveTrade> trades, BigInteger threshold) =>
        Split(trades, bar => bar.Sum(trade => trade.Quantity) >= threshold);

    /// <summary>Closes with the trade at which the sum of price × quantity reaches the threshold.</summary>
    public static List<NaiveBar> Notional(IEnumerable<NaiveTrade> trades, BigInteger threshold) =>
        Split(trades, bar => bar.Sum(trade => trade.Notional) >= threshold);

    /// <summary>Closes with the trade at which bought minus sold reaches the threshold in either direction.</summary>
    public static List<NaiveBar> Imbalance(IEnumerable<NaiveTrade> trades, BigInteger threshold) =>
        Split(trades, bar => BigInteger.Abs(bar.Sum(trade => trade.SignedQuantity)) >= threshold);

    /// <summary>Trades one after another; the whole trade that completes a bar belongs to it.</summary>
    private static List<NaiveBar> Split(IEnumerable<NaiveTrade> trades, Func<List<NaiveTrade>, bool> complete)
    {
        List<NaiveBar> bars = [];
        List<NaiveTrade> open = [];
        foreach (NaiveTrade trade in trades)
        {
            open.Add(trade);
            if (!complete(open)) continue;
            bars.Add(BarOf(open, open[0].TimeNs, trade.TimeNs));
            open.Clear();
        }

        if (open.Count > 0) bars.Add(BarOf(open, open[0].TimeNs, open[^1].TimeNs) with { Closed = false });
        return bars;
    }

    private static BigInteger Sum(this IEnumerable<NaiveTrade> trades, Func<NaiveTrade, BigInteger> value) =>
        trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + value(trade));

    private static NaiveBar BarOf(List<NaiveTrade> trades, long openTimeNs, long closeTimeNs) => new(
        openTimeNs,
        closeTimeNs,
        trades[0].Price,
        trades.Max(trade => trade.Price),
        trades.Min(trade => trade.Price),
        trades[^1].Price,
        trades.Sum(trade => trade.Quantity),
        trades.Sum(trade => trade.Notional),
        trades.Sum(trade => trade.SignedQuantity),
        trades.Count);
}
