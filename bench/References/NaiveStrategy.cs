using System;
using System.Collections.Generic;
using System.Linq;

namespace References;

/// <summary>An opinion as the naive strategy gives it; the limit is in units of price.</summary>
public readonly record struct NaiveSignal(int InstrumentId, bool IsCrossover, bool Buy, decimal Limit, bool WarmedUp);

/// <summary>
/// The example strategy of one instrument, written from its description: windows in queues, indicators over them.
/// </summary>
public sealed class NaiveStrategy
{
    private const int Window = 32;
    private const double Trigger = 0.6, Rearm = 0.4, FlowMin = 0.2, RsiBuyMax = 70, RsiSellMin = 30, AtrShare = 0.5;
    private const int FastBars = 8, SlowBars = 21, RsiBars = 14, AtrBars = 14, BarsMin = 20;

    private readonly Queue<double> _imbalances = new();
    private readonly Queue<(long Quantity, int Direction)> _trades = new();
    private readonly Smoothed _fast = new(FastBars, 2.0 / (FastBars + 1));
    private readonly Smoothed _slow = new(SlowBars, 2.0 / (SlowBars + 1));
    private readonly Wilder _gain = new(RsiBars);
    private readonly Wilder _loss = new(RsiBars);
    private readonly Wilder _range = new(AtrBars);
    private double? _lastClose;
    private long _bars;
    private int _sign;
    private bool _buyArmed = true;
    private bool _sellArmed = true;

    public void OnTrade(long quantity, bool buy)
    {
        _trades.Enqueue((quantity, buy ? 1 : -1));
        if (_trades.Count > Window) _trades.Dequeue();
    }

    public NaiveSignal? OnBook(int id, TreeBook book, decimal priceUnit)
    {
        (long bid, long bidQuantity) = book.BestBid;
        (long ask, long askQuantity) = book.BestAsk;
        long bids = book.QuantitySum(bids: true, 5);
        long asks = book.QuantitySum(bids: false, 5);
        if (bids + asks == 0 || bid >= ask || bidQuantity == 0 || askQuantity == 0) return null;
        double imbalance = (double)(bids - asks) / (bids + asks);
        _imbalances.Enqueue(imbalance);
        if (_imbalances.Count > Window) _imbalances.Dequeue();
        _ = ZScore();
        _buyArmed |= imbalance < Rearm;
        _sellArmed |= imbalance > -Rearm;
        double flow = Flow();
        double weighted = (bid * (double)askQuantity) + (ask * (double)bidQuantity);
        double micro = weighted / ((double)bidQuantity + askQuantity);
        double mid = (bid + ask) / 2.0;
        bool buy = imbalance >= Trigger && _buyArmed && flow >= FlowMin && micro > mid;
        bool sell = imbalance <= -Trigger && _sellArmed && flow <= -FlowMin && micro < mid;
        if (!buy && !sell) return null;
        if (buy) _buyArmed = false;
        else _sellArmed = false;
        bool warm = _imbalances.Count == Window && _trades.Count == Window;
        return new NaiveSignal(id, IsCrossover: false, buy, (buy ? ask : bid) * priceUnit, warm);
    }

    public NaiveSignal? OnBar(NaiveBar bar, decimal priceUnit, bool bookIsStale)
    {
        double close = (double)bar.Close;
        double high = (double)bar.High;
        double low = (double)bar.Low;
        double range = _lastClose is { } last ? Math.Max(high, last) - Math.Min(low, last) : high - low;
        if (_lastClose is { } before)
        {
            _gain.Add(Math.Max(close - before, 0));
            _loss.Add(Math.Max(before - close, 0));
        }

        _range.Add(range);
        _fast.Add(close);
        _slow.Add(close);
        _lastClose = close;
        _bars++;
        if (_slow.Value is not { } slow || _fast.Value is not { } fast) return null;
        int sign = Math.Sign(fast - slow);
        int previous = _sign;
        if (sign != 0) _sign = sign;
        if (sign == 0 || previous == 0 || sign == previous || _range.Value is not { } atr || bookIsStale) return null;
        bool buy = sign > 0;
        double? rsi = Rsi();
        if (rsi is { } strength && (buy ? strength > RsiBuyMax : strength < RsiSellMin)) return null;
        double reach = atr * AtrShare;
        double limit = buy ? close + reach : close - reach;
        double ticks = limit / (double)priceUnit;
        decimal rounded = (decimal)(buy ? Math.Floor(ticks) : Math.Ceiling(ticks)) * priceUnit;
        return new NaiveSignal(bar.InstrumentId, IsCrossover: true, buy, rounded, rsi is not null && _bars >= BarsMin);
    }

    private double? Rsi()
    {
        if (_gain.Value is not { } gain || _loss.Value is not { } loss) return null;
        return gain + loss > 0 ? 100 * (gain / (gain + loss)) : 50;
    }

    private double ZScore()
    {
        if (_imbalances.Count < Window) return 0;
        double mean = _imbalances.Average();
        double deviation = Math.Sqrt(_imbalances.Average(value => (value - mean) * (value - mean)));
        return deviation > 0 ? (_imbalances.Last() - mean) / deviation : 0;
    }

    private double Flow()
    {
        long total = 0;
        long signed = 0;
        foreach ((long quantity, int direction) in _trades)
        {
            total += quantity;
            signed += quantity * direction;
        }

        return total > 0 ? (double)signed / total : 0;
    }

    /// <summary>Exponential mean, seeded with the mean of the first n.</summary>
    private sealed class Smoothed(int length, double weight)
    {
        private readonly List<double> _seed = [];

        public double? Value { get; private set; }

        public void Add(double value)
        {
            if (Value is { } before)
            {
                Value = before + (weight * (value - before));
                return;
            }

            _seed.Add(value);
            if (_seed.Count == length) Value = _seed.Sum() / length;
        }
    }

    /// <summary>Wilder's mean, seeded with the mean of the first n.</summary>
    private sealed class Wilder(int length)
    {
        private readonly List<double> _seed = [];

        public double? Value { get; private set; }

        public void Add(double value)
        {
            if (Value is { } before)
            {
                Value = ((before * (length - 1)) + value) / length;
                return;
            }

            _seed.Add(value);
            if (_seed.Count == length) Value = _seed.Sum() / length;
        }
    }
}
