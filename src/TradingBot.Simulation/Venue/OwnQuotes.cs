using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>Puts an account's resting orders into the published book.</summary>
internal sealed class OwnQuotes
{
    private readonly List<(long Price, long Lots)> _bids = [];
    private readonly List<(long Price, long Lots)> _asks = [];

    /// <summary>Draws a market's book: the background, and what rests in it of the account.</summary>
    /// <param name="market">Whose book.</param>
    /// <param name="index">What orders call the market.</param>
    /// <param name="live">The account's open orders.</param>
    public void Draw(SyntheticMarket market, int index, IReadOnlyList<VenueOrder> live)
    {
        _bids.Clear();
        _asks.Clear();
        foreach (VenueOrder order in live)
        {
            if (order.Market != index || order.State != VenueOrderState.Resting) continue;
            (order.IsBuy ? _bids : _asks).Add((order.LimitPrice, order.RemainingLots));
        }

        market.PublicBids.Draw(_bids, market.Asks.BestPrice);
        market.PublicAsks.Draw(_asks, market.Bids.BestPrice);
    }
}
