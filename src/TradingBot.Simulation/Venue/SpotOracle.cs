using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>The spot account as the venue knows it; amounts in units of ten decimals, of dollars of four.</summary>
public sealed class SpotOracle
{
    private readonly SpotVenue _venue;

    internal SpotOracle(SpotVenue venue) => _venue = venue;

    public IReadOnlyList<OracleOrder> LiveOrders => [.. _venue.Engine.Live.Select(order => new OracleOrder(
        _venue.Markets[order.Market].Symbol, order.Id, order.Ticket.ClientId, order.IsBuy, order.Ticket.Type,
        order.State, order.Lots, order.FilledLots, order.LimitPrice, order.TriggerPrice, order.ReduceOnly))];

    /// <summary>Fees in the asset that paid them.</summary>
    public IReadOnlyList<OracleFill> Fills => [.. _venue.Engine.Fills.Select(fill => new OracleFill(
        _venue.Markets[fill.Order.Market].Symbol, fill.Order.Id, fill.Order.Ticket.ClientId, fill.Order.IsBuy,
        fill.Price, fill.Lots, fill.IsMaker, fill.Fee, fill.TimeNs))];

    /// <summary>In ticks of the market.</summary>
    public long LastPrice(string symbol) => _venue.Markets.Single(market => market.Symbol == symbol).LastPrice;

    /// <summary>The asset in the new spelling: BTC.</summary>
    public long Balance(string asset) => _venue.Ledger.BalanceOf(asset);

    /// <summary>What open orders hold of it.</summary>
    public long Held(string asset) => _venue.Ledger.HeldOf(asset, _venue.Engine.Live);
}
