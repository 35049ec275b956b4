using System;
using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Some trades of a market as one row: of an interval, or of a day for a ticker.</summary>
internal sealed class TradeSum(long openNs, long price)
{
    private Int128 _turnover;

    public long OpenNs { get; } = openNs;

    public long Open { get; private set; } = price;

    public long High { get; private set; } = price;

    public long Low { get; private set; } = price;

    public long Close { get; private set; } = price;

    public long Lots { get; private set; }

    public long LastLots { get; private set; }

    public long Count { get; private set; }

    /// <summary>Volume-weighted price; 0 without a trade, as the venue shows it.</summary>
    public long Mean => Lots == 0 ? 0 : (long)(_turnover / Lots);

    /// <summary>All of the trades; the price stands where there is none.</summary>
    public static TradeSum Of(IEnumerable<SyntheticTrade> trades, long price)
    {
        TradeSum sum = new(0, price);
        foreach (SyntheticTrade trade in trades) sum.Add(trade);
        return sum;
    }

    /// <summary>
    /// The newest intervals until now, the last one running; an interval without a trade has the close before.
    /// </summary>
    public static List<TradeSum> Rows(VenueTape tape, long lengthNs, long nowNs, int rowsMax)
    {
        long runningNs = nowNs - (nowNs % lengthNs);
        long firstNs = rowsMax == int.MaxValue ? 0 : runningNs - ((rowsMax - 1L) * lengthNs);
        List<TradeSum> rows = [];
        // From one interval earlier, so that the first row shown has a close before it.
        foreach (SyntheticTrade trade in tape.After(Math.Max(0, firstNs - lengthNs - 1)))
        {
            long openNs = (trade.TimeUs * 1_000) - (trade.TimeUs * 1_000 % lengthNs);
            if (openNs > runningNs) break;
            Fill(rows, openNs, lengthNs, trade.Price);
            rows[^1].Add(trade);
        }

        if (rows.Count > 0) Fill(rows, runningNs, lengthNs, rows[^1].Close);
        rows.RemoveAll(row => row.OpenNs < firstNs);
        return rows;
    }

    private static void Fill(List<TradeSum> rows, long untilNs, long lengthNs, long price)
    {
        if (rows.Count == 0) rows.Add(new TradeSum(untilNs, price));
        while (rows[^1].OpenNs < untilNs) rows.Add(new TradeSum(rows[^1].OpenNs + lengthNs, rows[^1].Close));
    }

    private void Add(in SyntheticTrade trade)
    {
        if (Count == 0) Open = High = Low = trade.Price;
        High = Math.Max(High, trade.Price);
        Low = Math.Min(Low, trade.Price);
        Close = trade.Price;
        Lots += trade.Lots;
        LastLots = trade.Lots;
        _turnover += (Int128)trade.Price * trade.Lots;
        Count++;
    }
}
