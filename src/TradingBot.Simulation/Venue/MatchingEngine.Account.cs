// What outlives a process, and the step to more decimals: the cold half of matching.
using System;
using System.Collections.Generic;
using TradingBot.Market.Values;

namespace TradingBot.Simulation.Venue;

internal sealed partial class MatchingEngine
{
    private long _fillsBefore;

    /// <summary>Fills of the account's whole life; <see cref="Fills"/> holds the latest of them.</summary>
    public long FillCount => _fillsBefore + _fills.Count;

    /// <summary>Grows with everything that happens to the account.</summary>
    public long Changes { get; private set; }

    /// <summary>Takes over orders and fills as they were left; money and positions are the ledger's.</summary>
    public void Restore(long fillCount, IReadOnlyList<VenueOrder> live, IReadOnlyList<VenueFill> fills, long nowNs)
    {
        _fillsBefore = fillCount - fills.Count;
        _live.AddRange(live);
        _fills.AddRange(fills);
        for (int i = 0; i < _markets.Length; i++) Settle(i, nowNs);
    }

    /// <summary>
    /// The venue closes a part of what margin no longer carries: at market, as protected as any order, with a fee.
    /// Orders that could add to it end first.
    /// </summary>
    public void CloseOut(PositionLedger ledger, long nowNs)
    {
        foreach (VenueOrder order in _live.FindAll(order => !order.ReduceOnly)) End(order, "liquidation", nowNs);
        (int market, long lots) = ledger.PartToClose();
        OrderTicket ticket = new()
        {
            Market = market,
            IsBuy = ledger.PositionOf(market).Lots < 0,
            Type = VenueOrderType.Market,
            Lots = lots,
            ReduceOnly = true,
            IsLiquidation = true,
        };
        VenueOrder closing = new(_newId(), ticket, nowNs) { State = VenueOrderState.Resting };
        _live.Add(closing);
        Report(ReportKind.New, closing, nowNs);
        Take(closing, nowNs);
        Settle(market, nowNs);
    }

    /// <summary>Every order of a market ends.</summary>
    public void EndAll(int market, string reason, long nowNs)
    {
        foreach (VenueOrder order in _live.FindAll(order => order.Market == market)) End(order, reason, nowNs);
        Settle(market, nowNs);
    }

    /// <summary>The ledger settled a position by itself.</summary>
    public void Settled(int market, long nowNs) => Settle(market, nowNs);

    /// <summary>
    /// Brings all numbers of one market to more decimals; false, and nothing is changed, when one leaves 64 bits.
    /// </summary>
    public bool TryWiden(int market, int priceDecimals, int quantityDecimals)
    {
        bool fits = _ledger.CanWiden(market, quantityDecimals);
        List<VenueOrder> orders = _live.FindAll(order => order.Market == market);
        foreach (VenueOrder order in orders)
        {
            fits &= Pow10.TryScaleUp(order.Lots, quantityDecimals, out _);
            fits &= Pow10.TryScaleUp(Math.Max(order.LimitPrice, order.TriggerPrice), priceDecimals, out _);
        }

        if (!fits) return false;
        long price = Pow10.Of(priceDecimals);
        long quantity = Pow10.Of(quantityDecimals);
        _ledger.Widen(market, priceDecimals, quantityDecimals);
        foreach (VenueOrder order in orders)
        {
            order.Lots *= quantity;
            order.FilledLots *= quantity;
            order.TickLots *= (Int128)price * quantity;
            order.LimitPrice *= price;
            order.TriggerPrice *= price;
            bool fitsAhead = Pow10.TryScaleUp(order.AheadLots, quantityDecimals, out long ahead);
            order.AheadLots = fitsAhead ? ahead : long.MaxValue;
        }

        for (int i = 0; i < _fills.Count; i++)
        {
            if (_fills[i].Order.Market != market) continue;
            _fills[i] = _fills[i] with
            {
                Price = _fills[i].Price * price,
                Lots = _fills[i].Lots * quantity,
                CumulativeLots = _fills[i].CumulativeLots * quantity,
                CumulativeTickLots = _fills[i].CumulativeTickLots * price * quantity,
            };
        }

        return true;
    }
}
