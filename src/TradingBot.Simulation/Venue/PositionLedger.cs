// In:     orders before they exist, fills as they happen, samples of prices, time.
// Out:    refusals, fees, funding, and what has to be closed because margin no longer carries it.
// Thread: the one that drives virtual time.
// Keeps:  position = Σ fills; cash − cost of what is open = deposit + Σ (± price × lots) − fees − funding, to the last
//         unit; reduce-only never opens or flips.
// Budget: some dozens of ns per sample; a look at five markets per question.
using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Market.Values;

namespace TradingBot.Simulation.Venue;

/// <summary>One account of perpetuals: dollars, other collateral, and a position for each market.</summary>
internal sealed class PositionLedger : IVenueLedger
{
    private const int TakerFeePoints = 5;
    private const int MakerFeePoints = 2;

    /// <summary>The venue closes a quarter of a position at a time, as long as it takes.</summary>
    private const int PartsOfPosition = 4;

    private readonly IVenueMarket[] _markets;
    private readonly VenuePosition[] _positions;
    private readonly FundingClock[] _funding;
    private readonly long[] _fundingPaid;
    private readonly MarginTerms _terms;
    private readonly Func<VenueCollateral, long> _priceOf;
    private readonly OrderRules _rules;

    /// <param name="markets">Orders say their market by its place here.</param>
    /// <param name="cash">Deposited, in units of <see cref="Money"/>.</param>
    /// <param name="terms">Null: weighed by cash alone, and never closed out.</param>
    /// <param name="startNs">When funding begins to count, Unix ns.</param>
    /// <param name="priceOf">Worth of one whole unit of a collateral, in units of <see cref="Money"/>.</param>
    public PositionLedger(
        IVenueMarket[] markets, long cash, MarginTerms? terms = null, long startNs = 0,
        Func<VenueCollateral, long>? priceOf = null)
    {
        _markets = markets;
        _terms = terms ?? MarginTerms.CashOnly;
        _priceOf = priceOf ?? (static _ => 0);
        Cash = cash;
        _positions = [.. markets.Select(_ => new VenuePosition())];
        _funding = [.. markets.Select(market => new FundingClock(UnitOf(market), startNs))];
        _fundingPaid = new long[markets.Length];
        _rules = new OrderRules(markets, _positions);
    }

    /// <summary>Deposit + realised results − fees − funding.</summary>
    public long Cash { get; private set; }

    public string ShortReason => "reduce_only";

    /// <summary>
    /// What counts as margin: cash, other collateral less its haircut, and the results of open positions at mark.
    /// </summary>
    public long MarginEquity =>
        checked((long)(Cash + Worth(static collateral => collateral.HaircutPercent) + Unrealised));

    /// <summary>The equity below which the venue closes parts of positions.</summary>
    public long MaintenanceMargin
    {
        get
        {
            Int128 worth = 0;
            for (int i = 0; i < _markets.Length; i++) worth += Worth(i);
            return checked((long)(worth * _terms.MaintenancePercent / 100));
        }
    }

    /// <summary>Whether margin no longer carries what is open.</summary>
    public bool IsShort =>
        _terms.MaintenancePercent > 0 && _positions.Any(one => one.Lots != 0) && MarginEquity < MaintenanceMargin;

    /// <summary>Results of open positions at mark.</summary>
    public long Unrealised
    {
        get
        {
            Int128 sum = 0;
            for (int i = 0; i < _markets.Length; i++)
            {
                Int128 cost = _positions[i].TickLots * Math.Sign(_positions[i].Lots);
                sum += (((Int128)_positions[i].Lots * _markets[i].MarkPrice) - cost) * UnitOf(_markets[i]);
            }

            return checked((long)sum);
        }
    }

    /// <summary>Cash, other collateral at its full worth, and open results at mark.</summary>
    public long PortfolioValue => checked((long)(Cash + Worth(static _ => 0) + Unrealised));

    public VenuePosition PositionOf(int market) => _positions[market];

    /// <summary>What positions, and orders that could add to them, ask for at the last prices.</summary>
    public long InitialMargin(IReadOnlyList<VenueOrder> live) => _rules.Required(live);

    /// <summary>Funding not yet settled; negative: to be received.</summary>
    public long FundingOwed(int market, long nowNs) => _funding[market].Owed(_positions[market].Lots, nowNs);

    public long FundingOwed(long nowNs) => Enumerable.Range(0, _markets.Length).Sum(i => FundingOwed(i, nowNs));

    /// <summary>Funding paid in a market's life; negative: received.</summary>
    public long FundingPaid(int market) => _fundingPaid[market];

    /// <summary>Money that a lot held long owes an hour now.</summary>
    public long FundingRate(int market) => _funding[market].Rate;

    public string? Refusal(OrderTicket ticket, IReadOnlyList<VenueOrder> live) =>
        _rules.Refusal(ticket, _terms.MaintenancePercent > 0 ? MarginEquity : Cash, live);

    public string? AmendRefusal(VenueOrder order, OrderChange change, IReadOnlyList<VenueOrder> live) =>
        _rules.AmendRefusal(order, change);

    /// <summary>A reduce-only order no more than the position it reduces.</summary>
    public long Allowed(VenueOrder order, long price, IReadOnlyList<VenueOrder> live)
    {
        if (!order.ReduceOnly) return order.RemainingLots;
        long opposing = Math.Max(-order.Sign * _positions[order.Market].Lots, 0);
        return Math.Min(order.RemainingLots, opposing);
    }

    /// <summary>A reduce-only order that has nothing left to reduce.</summary>
    public string? EndOf(VenueOrder order) =>
        order.ReduceOnly && Allowed(order, price: 0, []) == 0 ? ShortReason : null;

    public VenueFee Book(VenueOrder order, long price, long lots, bool isMaker, long nowNs)
    {
        Pass(nowNs);
        Fund(order.Market, nowNs);
        VenuePosition position = _positions[order.Market];
        long before = position.Lots;
        Int128 realised = position.Apply(order.Sign, price, lots);
        long unit = UnitOf(_markets[order.Market]);
        long notional = checked((long)((Int128)price * lots * unit));
        int points = isMaker ? MakerFeePoints : TakerFeePoints;
        if (order.Ticket.IsLiquidation) points += _terms.LiquidationFeePoints;
        long fee = Money.BasisPoints(notional, points);
        Cash += checked((long)(realised * unit)) - fee;
        MatchingEngine.Holds(position.Lots == position.FillLots, "position = Σ fills");
        bool reduced = Math.Abs(position.Lots) < Math.Abs(before) && (long)Math.Sign(position.Lots) * before >= 0;
        MatchingEngine.Holds(!order.ReduceOnly || reduced, "reduce-only reduces");
        return new VenueFee(fee, InBase: false);
    }

    /// <summary>Watches how long a position is larger than the stops that protect it.</summary>
    public void Settle(int market, IReadOnlyList<VenueOrder> live, long nowNs)
    {
        VenuePosition position = _positions[market];
        long stops = 0;
        foreach (VenueOrder order in live)
        {
            bool protects = order.Market == market && order.ReduceOnly && order.Ticket.Type == VenueOrderType.StopLoss
                && order.Sign == -Math.Sign(position.Lots);
            if (protects) stops += order.RemainingLots;
        }

        position.Protect(Math.Abs(position.Lots) <= stops, nowNs);
    }

    /// <summary>A market moved: its premium is noted, and hours that have passed are settled.</summary>
    public void Sample(int market, long nowNs)
    {
        if (!_terms.HasFunding) return;
        Pass(nowNs);
        _funding[market].Sample(_markets[market].MarkPrice, _markets[market].IndexPrice);
    }

    /// <summary>The market whose position weighs most, and what the venue closes of it now.</summary>
    public (int Market, long Lots) PartToClose()
    {
        int heaviest = 0;
        for (int i = 1; i < _markets.Length; i++)
        {
            if (Worth(i) > Worth(heaviest)) heaviest = i;
        }

        long lots = Math.Abs(_positions[heaviest].Lots);
        // Nothing left to lose: all of it goes.
        long part = MarginEquity <= 0 ? lots : (lots + PartsOfPosition - 1) / PartsOfPosition;
        return (heaviest, part);
    }

    /// <summary>Takes over the cash as it was left; positions are restored by their owner's own values.</summary>
    public void Restore(long cash) => Cash = cash;

    public bool CanWiden(int market, int quantityDecimals) =>
        Pow10.TryScaleUp(_positions[market].Lots, quantityDecimals, out _);

    public void Widen(int market, int priceDecimals, int quantityDecimals)
    {
        long quantity = Pow10.Of(quantityDecimals);
        VenuePosition position = _positions[market];
        position.Restore(position.Lots * quantity, position.TickLots * Pow10.Of(priceDecimals) * quantity);
    }

    private static long UnitOf(IVenueMarket market) => Money.UnitOf(market);

    /// <summary>What other collateral is worth after a deduction in percent.</summary>
    private Int128 Worth(Func<VenueCollateral, int> deduction)
    {
        Int128 sum = 0;
        foreach (VenueCollateral collateral in _terms.Collateral)
        {
            Int128 worth = (Int128)collateral.Units * _priceOf(collateral) / Money.Pow10(SpotLedger.BaseDecimals);
            sum += worth * (100 - deduction(collateral)) / 100;
        }

        return sum;
    }

    /// <summary>A position's worth at mark.</summary>
    private Int128 Worth(int market) =>
        Int128.Abs(_positions[market].Lots) * _markets[market].MarkPrice * UnitOf(_markets[market]);

    /// <summary>Settles every hour that has passed, market by market, and begins the next.</summary>
    private void Pass(long nowNs)
    {
        if (!_terms.HasFunding) return;
        for (int i = 0; i < _funding.Length; i++)
        {
            while (_funding[i].NextHourNs <= nowNs)
            {
                Fund(i, _funding[i].NextHourNs);
                _funding[i].BeginHour(_markets[i].IndexPrice);
            }
        }
    }

    private void Fund(int market, long nowNs)
    {
        if (!_terms.HasFunding) return;
        long owed = _funding[market].Settle(_positions[market].Lots, nowNs);
        _fundingPaid[market] += owed;
        Cash -= owed;
    }
}
