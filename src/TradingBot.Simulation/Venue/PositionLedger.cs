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
    private const int PpmPerPoint = 100;

    /// <summary>Entries that nobody took yet; older ones are history.</summary>
    private const int EntriesMax = 4_096;

    /// <summary>The venue closes a quarter of a position at a time, as long as it takes.</summary>
    private const int UsualParts = 4;

    private readonly IVenueMarket[] _markets;
    private readonly VenuePosition[] _positions;
    private readonly FundingClock[] _funding;
    private readonly long[] _fundingPaid;
    private readonly MarginTerms _terms;
    private readonly Func<VenueCollateral, long> _priceOf;
    private readonly OrderRules _rules;
    private readonly VenueHabits _habits;
    private readonly bool[] _shrank;
    private readonly TradedVolume _volume = new();

    /// <summary>Markets with a position, in order.</summary>
    private readonly SortedSet<int> _open = [];
    private readonly Queue<AccountEntry> _entries = [];
    private long _entryNumber;

    /// <param name="markets">Orders say their market by its place here.</param>
    /// <param name="cash">Deposited, in units of <see cref="Money"/>.</param>
    /// <param name="terms">Null: weighed by cash alone, and never closed out.</param>
    /// <param name="startNs">When funding begins to count, Unix ns.</param>
    /// <param name="priceOf">Worth of one whole unit of a collateral, in units of <see cref="Money"/>.</param>
    /// <param name="habits">Of the venue; null: the usual ones.</param>
    public PositionLedger(
        IVenueMarket[] markets, long cash, MarginTerms? terms = null, long startNs = 0,
        Func<VenueCollateral, long>? priceOf = null, VenueHabits? habits = null)
    {
        _habits = habits ?? new VenueHabits();
        _shrank = new bool[markets.Length];
        _markets = markets;
        _terms = terms ?? MarginTerms.CashOnly;
        _priceOf = priceOf ?? (static _ => 0);
        Cash = cash;
        _positions = [.. markets.Select(_ => new VenuePosition())];
        _funding = [.. markets.Select(market => new FundingClock(UnitOf(market), startNs, _habits.FundsWholePremium))];
        _fundingPaid = new long[markets.Length];
        _rules = new OrderRules(markets, _positions, _habits.RefusesReduceOnlyExcess);
    }

    /// <summary>Traded in thirty days, in whole dollars: what the fees go by.</summary>
    public long VolumeDollars(long nowNs) => _volume.DollarsAt(nowNs);

    /// <summary>Deposit + transfers + realised results − fees − funding.</summary>
    public long Cash { get; private set; }

    /// <summary>Came from other wallets since the start, less what went there.</summary>
    public long Transferred { get; private set; }

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
            foreach (int i in _open) worth += Worth(i);
            return checked((long)(worth * _terms.MaintenancePercent / 100));
        }
    }

    /// <summary>Whether margin no longer carries what is open.</summary>
    public bool IsShort =>
        _terms.MaintenancePercent > 0 && _open.Count > 0 && MarginEquity < MaintenanceMargin;

    /// <summary>Results of open positions at mark.</summary>
    public long Unrealised
    {
        get
        {
            Int128 sum = 0;
            foreach (int i in _open)
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
        PositionMean was = MeanOf(position);
        Int128 realised = position.Apply(order.Sign, price, lots);
        long unit = UnitOf(_markets[order.Market]);
        long notional = checked((long)((Int128)price * lots * unit));
        DerivativesTier tier = FeeSchedule.OfDerivatives(_volume.DollarsAt(nowNs));
        int ppm = isMaker ? tier.MakerPpm : tier.TakerPpm;
        if (order.Ticket.IsLiquidation) ppm += _terms.LiquidationFeePoints * PpmPerPoint;
        long fee = Money.Share(notional, ppm);
        _volume.Add(nowNs, notional);
        long won = checked((long)(realised * unit));
        Cash += won - fee;
        string type = order.Ticket.IsLiquidation ? "liquidation" : "trade";
        Enter(new AccountEntry(
            0, nowNs, type, order.Market, won - fee, fee, Cash, order.Sign * lots, price, won, was, MeanOf(position)));
        if (position.Lots == 0) _open.Remove(order.Market);
        else _open.Add(order.Market);
        MatchingEngine.Holds(position.Lots == position.FillLots, "position = Σ fills");
        _shrank[order.Market] |= Math.Abs(position.Lots) < Math.Abs(before);
        bool reduced = Math.Abs(position.Lots) < Math.Abs(before) && (long)Math.Sign(position.Lots) * before >= 0;
        MatchingEngine.Holds(!order.ReduceOnly || reduced, "reduce-only reduces");
        return new VenueFee(fee, InBase: false);
    }

    /// <summary>A position ends without a trade, at a price the venue gives.</summary>
    public void SettleAt(int market, long price, long nowNs)
    {
        Fund(market, nowNs);
        VenuePosition position = _positions[market];
        long lots = position.Lots;
        if (lots == 0) return;
        PositionMean was = MeanOf(position);
        long unit = UnitOf(_markets[market]);
        long won = checked((long)(position.Apply(-Math.Sign(lots), price, Math.Abs(lots)) * unit));
        Cash += won;
        SettledMoney += (Int128)lots * price * unit;
        _open.Remove(market);
        Enter(new AccountEntry(
            0, nowNs, "settlement", market, won, 0, Cash, -lots, price, won, was, MeanOf(position)));
    }

    /// <summary>What settlements without a trade were worth: ± price × lots.</summary>
    public Int128 SettledMoney { get; private set; }

    /// <summary>The next entry that nobody took yet.</summary>
    public bool TryTakeEntry(out AccountEntry entry) => _entries.TryDequeue(out entry);

    /// <summary>Money from another wallet, or with a negative amount to it.</summary>
    public void Transfer(long money, long nowNs)
    {
        Cash += money;
        Transferred += money;
        Enter(new AccountEntry(0, nowNs, "transfer", -1, money, 0, Cash, 0, 0, 0, default, default));
    }

    /// <summary>Where the venue does so: resting orders beyond a position that shrank, the least aggressive
    /// first.</summary>
    public IReadOnlyList<VenueOrder> Surplus(int market, IReadOnlyList<VenueOrder> live)
    {
        if (!_habits.ShrinkEndsReduceOnly || !_shrank[market]) return [];
        _shrank[market] = false;
        long left = Math.Abs(_positions[market].Lots);
        List<VenueOrder> surplus = [];
        foreach (VenueOrder order in live
            .Where(one => one.Market == market && one.ReduceOnly && one.State == VenueOrderState.Resting)
            .OrderByDescending(one => one.Sign * one.LimitPrice))
        {
            left -= order.RemainingLots;
            if (left < 0) surplus.Add(order);
        }

        return surplus;
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
        bool whole = MarginEquity <= 0 || _habits.LiquidatesWhole;
        long part = whole ? lots : (lots + UsualParts - 1) / UsualParts;
        return (heaviest, part);
    }

    /// <summary>Takes over the cash as it was left; positions are restored by their owner's own values.</summary>
    public void Restore(long cash)
    {
        Cash = cash;
        for (int i = 0; i < _positions.Length; i++)
        {
            if (_positions[i].Lots != 0) _open.Add(i);
        }
    }

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

    /// <summary>What a collateral is worth in full.</summary>
    public long WorthOf(VenueCollateral collateral) =>
        checked((long)((Int128)collateral.Units * _priceOf(collateral) / Money.Pow10(SpotLedger.BaseDecimals)));

    /// <summary>A position's worth at mark.</summary>
    private Int128 Worth(int market) =>
        Int128.Abs(_positions[market].Lots) * _markets[market].MarkPrice * UnitOf(_markets[market]);

    /// <summary>Settles every hour that has passed, market by market, and begins the next.</summary>
    private void Pass(long nowNs)
    {
        // All markets began at once: they share their hours.
        if (!_terms.HasFunding || nowNs < _funding[0].NextHourNs) return;
        for (int i = 0; i < _funding.Length; i++)
        {
            while (_funding[i].NextHourNs <= nowNs)
            {
                Fund(i, _funding[i].NextHourNs);
                _funding[i].BeginHour(_markets[i].IndexPrice, _markets[i].PaysFunding);
            }
        }
    }

    private static PositionMean MeanOf(VenuePosition position) => new(position.TickLots, Math.Abs(position.Lots));

    private void Enter(in AccountEntry entry)
    {
        if (_entries.Count == EntriesMax) _entries.Dequeue();
        _entries.Enqueue(entry with { Number = ++_entryNumber });
    }

    private void Fund(int market, long nowNs)
    {
        if (!_terms.HasFunding) return;
        long owed = _funding[market].Settle(_positions[market].Lots, nowNs);
        _fundingPaid[market] += owed;
        Cash -= owed;
        if (owed == 0) return;
        PositionMean mean = MeanOf(_positions[market]);
        Enter(new AccountEntry(0, nowNs, "funding", market, -owed, 0, Cash, 0, 0, 0, mean, mean));
    }
}
