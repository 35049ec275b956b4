using System;
using System.Collections.Generic;

namespace References;

/// <summary>An order the naive gate let through.</summary>
public readonly record struct NaiveOrder(int InstrumentId, bool Buy, decimal Limit, decimal Quantity, long ExpiresNs);

/// <summary>The default limits in decimals: collar, rate, caps, and exposure that lapses with its order.</summary>
public sealed class NaiveGate
{
    private const decimal OrderNotional = 100, PositionMax = 300, TotalMax = 500, Collar = 0.02m;
    private const long SecondNs = 1_000_000_000;
    private const long BookAgeMaxNs = 30 * SecondNs;
    private const long TimeToLiveNs = 30 * SecondNs;
    private const int OrdersPerSecond = 2;

    private readonly List<NaiveOrder> _alive = [];
    private readonly Queue<long> _recent = new();

    public List<NaiveOrder> Orders { get; } = [];

    public void Release(long nowNs)
    {
        if (_alive.Count > 0 && _alive[0].ExpiresNs <= nowNs) _alive.RemoveAll(order => order.ExpiresNs <= nowNs);
    }

    /// <param name="signal">What the strategy wants.</param>
    /// <param name="book">The instrument's book, null when none is in sync.</param>
    /// <param name="bookTimeNs">When it was updated last.</param>
    /// <param name="nowNs">Engine time.</param>
    /// <param name="priceUnit">One unit of the instrument's price scale.</param>
    /// <param name="quantityDecimals">Decimals of its quantities.</param>
    public void Decide(
        NaiveSignal signal, TreeBook? book, long bookTimeNs, long nowNs, decimal priceUnit, int quantityDecimals)
    {
        if (book is null || nowNs - bookTimeNs > BookAgeMaxNs || !signal.WarmedUp) return;
        decimal mid = (book.BestBid.Price + book.BestAsk.Price) * priceUnit / 2;
        if (Math.Abs(signal.Limit - mid) > mid * Collar) return;
        decimal unit = Scale.Power(quantityDecimals);
        decimal quantity = Math.Floor(OrderNotional / signal.Limit * unit) / unit;
        if (quantity <= 0) return;
        while (_recent.Count > 0 && nowNs - _recent.Peek() >= SecondNs) _recent.Dequeue();
        if (_recent.Count >= OrdersPerSecond) return;
        decimal total = 0;
        decimal inInstrument = 0;
        foreach (NaiveOrder order in _alive)
        {
            decimal notional = NotionalOf(order.Limit, order.Quantity);
            total += notional;
            if (order.InstrumentId == signal.InstrumentId) inInstrument += notional;
        }

        decimal added = NotionalOf(signal.Limit, quantity);
        if (inInstrument + added > PositionMax || total + added > TotalMax) return;
        NaiveOrder approved = new(signal.InstrumentId, signal.Buy, signal.Limit, quantity, nowNs + TimeToLiveNs);
        _alive.Add(approved);
        Orders.Add(approved);
        _recent.Enqueue(nowNs);
    }

    /// <summary>To eight decimals, upwards, so that a cap is never undercut.</summary>
    private static decimal NotionalOf(decimal price, decimal quantity) =>
        Math.Ceiling(price * quantity * 100_000_000m) / 100_000_000m;
}
