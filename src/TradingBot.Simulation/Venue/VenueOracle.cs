using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>A live order as the venue knows it; numbers are mantissas at the instrument's decimals.</summary>
public sealed record OracleOrder(
    string Symbol, string VenueId, string ClientId, bool IsBuy, VenueOrderType Type, VenueOrderState State, long Lots,
    long FilledLots, long LimitPrice, long TriggerPrice, bool ReduceOnly);

/// <summary>A fill as the venue knows it; the fee at nine decimals of a dollar.</summary>
public sealed record OracleFill(
    string Symbol, string VenueId, string ClientId, bool IsBuy, long Price, long Lots, bool IsMaker, long Fee,
    long TimeNs);

/// <summary>The venue's truth for those who judge a client: read from the core, never from frames.</summary>
public sealed class VenueOracle
{
    private readonly IVenueMarket[] _markets;
    private readonly MatchingEngine _engine;
    private readonly PositionLedger _ledger;
    private readonly Func<long> _now;

    internal VenueOracle(IVenueMarket[] markets, MatchingEngine engine, PositionLedger ledger, Func<long> now)
    {
        _ledger = ledger;
        _markets = markets;
        _engine = engine;
        _now = now;
    }

    /// <summary>Deposit + realised results − fees, at nine decimals of a dollar.</summary>
    public long Cash => _ledger.Cash;

    /// <summary>Cash, other collateral less its haircut, and open results at mark.</summary>
    public long MarginEquity => _ledger.MarginEquity;

    public long MaintenanceMargin => _ledger.MaintenanceMargin;

    /// <summary>
    /// What cash should be by the fills alone, with the money that came or went and what was paid for holding; equal to
    /// <see cref="Cash"/> to the last unit, or the simulator is wrong.
    /// </summary>
    public long CashByFills(long deposit)
    {
        Int128 cash = (Int128)deposit + _ledger.Transferred + _ledger.SettledMoney;
        foreach (VenueFill fill in _engine.Fills)
        {
            long unit = Money.UnitOf(_markets[fill.Order.Market]);
            cash -= (fill.Order.Sign * (Int128)fill.Price * fill.Lots * unit) + fill.Fee;
        }

        for (int i = 0; i < _markets.Length; i++)
        {
            VenuePosition position = _ledger.PositionOf(i);
            cash += Math.Sign(position.Lots) * position.TickLots * Money.UnitOf(_markets[i]);
            cash -= _ledger.FundingPaid(i);
        }

        return checked((long)cash);
    }

    public long MarkPrice(string symbol) => _markets[IndexOf(symbol)].MarkPrice;

    /// <summary>Decimals of an instrument's prices and quantities.</summary>
    public (int Price, int Quantity) DecimalsOf(string symbol)
    {
        IVenueMarket market = _markets[IndexOf(symbol)];
        return (market.PriceDecimals, market.QuantityDecimals);
    }

    /// <summary>What is listed.</summary>
    public IReadOnlyList<string> Symbols => [.. _markets.Select(market => market.Symbol)];

    /// <summary>Funding paid for a market's positions so far; negative: received.</summary>
    public long FundingPaid(string symbol) => _ledger.FundingPaid(IndexOf(symbol));

    public IReadOnlyList<OracleOrder> LiveOrders => [.. _engine.Live.Select(order => new OracleOrder(
        _markets[order.Market].Symbol, order.Id, order.Ticket.ClientId, order.IsBuy, order.Ticket.Type, order.State,
        order.Lots, order.FilledLots, order.LimitPrice, order.TriggerPrice, order.ReduceOnly))];

    public IReadOnlyList<OracleFill> Fills => [.. _engine.Fills.Select(fill => new OracleFill(
        _markets[fill.Order.Market].Symbol, fill.Order.Id, fill.Order.Ticket.ClientId, fill.Order.IsBuy, fill.Price,
        fill.Lots, fill.IsMaker, fill.Fee, fill.TimeNs))];

    public int FillCount => _engine.Fills.Count;

    /// <summary>Signed: short is negative.</summary>
    public long PositionLots(string symbol) => Position(symbol).Lots;

    /// <summary>Mean entry in ticks, rounded down; 0 when flat.</summary>
    public long EntryPrice(string symbol)
    {
        VenuePosition position = Position(symbol);
        return position.Lots == 0 ? 0 : (long)(position.TickLots / Math.Abs(position.Lots));
    }

    public long BestBid(string symbol) => _markets[IndexOf(symbol)].Bids.BestPrice;

    public long BestAsk(string symbol) => _markets[IndexOf(symbol)].Asks.BestPrice;

    public long LastPrice(string symbol) => _markets[IndexOf(symbol)].LastPrice;

    public long IndexPrice(string symbol) => _markets[IndexOf(symbol)].IndexPrice;

    /// <summary>
    /// Time during which a position was larger than its live reduce-only stops, all intervals together.
    /// </summary>
    public long UnprotectedNs(string symbol) => Position(symbol).UnprotectedNs(_now());

    /// <summary>The interval that is still open; 0 when the position is covered.</summary>
    public long UnprotectedCurrentNs(string symbol) => Position(symbol).CurrentUnprotectedNs(_now());

    public long UnprotectedLongestNs(string symbol) => Position(symbol).LongestUnprotectedNs(_now());

    private VenuePosition Position(string symbol) => _ledger.PositionOf(IndexOf(symbol));

    private int IndexOf(string symbol)
    {
        int index = Array.FindIndex(_markets, market => market.Symbol == symbol);
        return index >= 0 ? index : throw new ArgumentException("The venue does not list it.", nameof(symbol));
    }
}
