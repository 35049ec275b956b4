using System;
using System.Collections.Generic;
using TradingBot.Market.Events;

namespace References;

/// <summary>A bar of decimals.</summary>
public sealed class NaiveBar
{
    public required int InstrumentId { get; init; }

    public required int Series { get; init; }

    public required long OpenTimeNs { get; init; }

    public required long CloseTimeNs { get; init; }

    public required decimal Open { get; init; }

    public decimal High { get; set; }

    public decimal Low { get; set; }

    public decimal Close { get; set; }

    public decimal Volume { get; set; }

    public decimal Notional { get; set; }

    public decimal SignedVolume { get; set; }

    public long Count { get; set; }
}

/// <summary>Time bars as they are written first: a dictionary per timeframe, decimals, one object per bar.</summary>
public sealed class NaiveBars
{
    private readonly long[] _lengthsNs;
    private readonly long _graceNs;
    private readonly SortedDictionary<int, NaiveBar>[] _open;
    private readonly Dictionary<int, long> _lastTradeId = [];
    private long _nextDueNs = long.MaxValue;

    public NaiveBars(long[] lengthsNs, long graceNs)
    {
        _lengthsNs = lengthsNs;
        _graceNs = graceNs;
        _open = new SortedDictionary<int, NaiveBar>[lengthsNs.Length];
        for (int s = 0; s < _open.Length; s++) _open[s] = [];
    }

    /// <summary>Closes what is due at the engine time, shortest timeframe first, then by instrument.</summary>
    public void CloseDue(long nowNs, List<NaiveBar> closed)
    {
        if (nowNs < _nextDueNs) return;
        _nextDueNs = long.MaxValue;
        foreach (SortedDictionary<int, NaiveBar> open in _open)
        {
            List<int> due = [];
            foreach ((int id, NaiveBar bar) in open)
            {
                if (bar.CloseTimeNs + _graceNs <= nowNs) due.Add(id);
                else _nextDueNs = Math.Min(_nextDueNs, bar.CloseTimeNs + _graceNs);
            }

            foreach (int id in due)
            {
                closed.Add(open[id]);
                open.Remove(id);
            }
        }
    }

    /// <summary>Adds a trade to every timeframe; one that is later than an open bar closes it.</summary>
    public void OnTrade(ref readonly MarketEvent e, List<NaiveBar> closed)
    {
        if (_lastTradeId.TryGetValue(e.InstrumentId, out long last) && e.Number <= last) return;
        _lastTradeId[e.InstrumentId] = e.Number;
        decimal price = new decimal(e.Price) / Scale.Power(e.PriceDecimals);
        decimal quantity = new decimal(e.Quantity) / Scale.Power(e.QuantityDecimals);
        for (int s = 0; s < _lengthsNs.Length; s++)
        {
            long openNs = e.ExchangeTimeNs - (e.ExchangeTimeNs % _lengthsNs[s]);
            if (_open[s].TryGetValue(e.InstrumentId, out NaiveBar? bar) && openNs > bar.OpenTimeNs)
            {
                closed.Add(bar);
                _open[s].Remove(e.InstrumentId);
                bar = null;
            }

            if (bar is null)
            {
                bar = new NaiveBar
                {
                    InstrumentId = e.InstrumentId,
                    Series = s,
                    OpenTimeNs = openNs,
                    CloseTimeNs = openNs + _lengthsNs[s],
                    Open = price,
                    High = price,
                    Low = price,
                };
                _open[s].Add(e.InstrumentId, bar);
                _nextDueNs = Math.Min(_nextDueNs, bar.CloseTimeNs + _graceNs);
            }

            bar.High = Math.Max(bar.High, price);
            bar.Low = Math.Min(bar.Low, price);
            bar.Close = price;
            bar.Volume += quantity;
            bar.Notional += price * quantity;
            bar.SignedVolume += (e.Flags & EventFlags.Buy) != 0 ? quantity : -quantity;
            bar.Count++;
        }
    }
}

/// <summary>Powers of ten.</summary>
internal static class Scale
{
    private static readonly long[] Powers = Build();

    public static long Power(int decimals) => Powers[decimals];

    private static long[] Build()
    {
        long[] powers = new long[19];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
